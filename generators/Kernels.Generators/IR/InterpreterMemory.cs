namespace Kernels.Generators.IR;

/// Statements that touch arrays.
sealed partial class FunctionCompiler
{
    Exec Declare(DeclareArray d)
    {
        var length = Expression(d.Length).Scalar;
        var fill = d.Fill is null ? null : Expression(d.Fill).Scalar;
        int array = ArraySlot(d.Buffer), lanes = interpreter.Lanes;
        bool inside = inLanes;
        return (f, m) =>
        {
            long count = d.Length.Type.SignExtend(length(f, m));
            if (d.Buffer.Storage != Storage.Lane)
            {
                f.Arrays[array] = new ArrayView { Memory = f.Machine.Declare(d.Buffer, count, fill?.Invoke(f, m)), Length = count };
                return;
            }
            var view = f.Arrays[array];
            if (view is null || view.Length != count)
                f.Arrays[array] = view = new ArrayView { Memory = f.Machine.Declare(d.Buffer, count * lanes, null), LaneStride = count, Length = count };
            for (int l = 0; l < lanes; l++)
                if (!inside || m[l]) Array.Clear(view.Memory.Data, (int)(l * count), (int)count);
        };
    }

    /// The lanes that a masked statement acts on.
    Func<Frame, bool[], bool[]> Acting(Expr? mask)
    {
        if (mask is null) return (_, m) => m;
        int slot = masks++, n = Flags;
        if (!inLanes)
        {
            var on = Expression(mask).Scalar;
            return (f, m) => { f.Masks[slot][0] = m[0] && on(f, m) != 0; return f.Masks[slot]; };
        }
        var vector = Broadcast(Expression(mask));
        return (f, m) =>
        {
            ulong[] on = vector(f, m);
            bool[] acting = f.Masks[slot];
            for (int l = 0; l < n; l++) acting[l] = m[l] && on[l] != 0;
            return acting;
        };
    }

    /// An expression's value by lane; in uniform code, of the one lane there is.
    Vector ByLane(Expr e)
    {
        var compiled = Expression(e);
        if (inLanes) return Broadcast(compiled);
        var scalar = compiled.Scalar;
        int slot = vectors++;
        return (f, m) =>
        {
            f.Vectors[slot][0] = scalar(f, m);
            return f.Vectors[slot];
        };
    }

    void NoLaneArray(Buffer b)
    {
        if (!inLanes && b.Storage == Storage.Lane) throw new InterpreterException($"'{b.Name}' is private to the lanes, but uniform code touches it.");
    }

    Exec Store(Store s)
    {
        NoLaneArray(s.Buffer);
        Vector index = ByLane(s.Index), value = ByLane(s.Value);
        var acting = Acting(s.Mask);
        int array = ArraySlot(s.Buffer), n = Flags;
        var (type, isChecked, name) = (s.Index.Type, s.Checked, s.Buffer.Name);
        return (f, m) =>
        {
            bool[] on = acting(f, m);
            ulong[] p = index(f, m), x = value(f, m);
            var view = View(f, array, name);
            for (int l = 0; l < n; l++)
                if (on[l] && InRange(f, view, l, p[l], type, isChecked, name, out long at)) view.Memory.Write(at, l, x[l]);
        };
    }

    Exec LoadGroup(LoadGroup g)
    {
        if (!inLanes) throw new InterpreterException("A group of loads stands outside of lane code.");
        var index = ByLane(g.Index);
        var targets = Stores(g.Targets);
        int array = ArraySlot(g.Buffer), n = Flags;
        var (type, name) = (g.Index.Type, g.Buffer.Name);
        return (f, m) =>
        {
            ulong[] p = index(f, m);
            for (int l = 0; l < n; l++)
            {
                if (!m[l]) continue;
                ulong at = p[l];
                for (int c = 0; c < targets.Length; c++) targets[c](f, m, l, Fetch(f, array, l, at + (ulong)c & type.Mask(), type, false, name));
            }
        };
    }

    Exec StoreGroup(StoreGroup g)
    {
        if (!inLanes) throw new InterpreterException("A group of stores stands outside of lane code.");
        var index = ByLane(g.Index);
        Vector[] values = [.. g.Values.Map(ByLane)];
        int array = ArraySlot(g.Buffer), n = Flags;
        var (type, name) = (g.Index.Type, g.Buffer.Name);
        return (f, m) =>
        {
            ulong[] p = index(f, m);
            ulong[][] x = [.. values.Select(v => v(f, m))];
            var view = View(f, array, name);
            for (int l = 0; l < n; l++)
                for (int c = 0; c < x.Length; c++)
                    if (m[l] && InRange(f, view, l, p[l] + (ulong)c & type.Mask(), type, false, name, out long at)) view.Memory.Write(at, l, x[c][l]);
        };
    }

    Exec Atomic(Atomic a)
    {
        NoLaneArray(a.Buffer);
        Vector index = ByLane(a.Index), value = ByLane(a.Value);
        Vector? comparand = a.Comparand is null ? null : ByLane(a.Comparand);
        var acting = Acting(a.Mask);
        StoreLocal? old = a.Old is null ? null : StoreTo(a.Old);
        int array = ArraySlot(a.Buffer), n = Flags;
        var (type, element, name) = (a.Index.Type, a.Buffer.Element, a.Buffer.Name);
        if (a.Kind == AtomicKind.CompareExchange && comparand is null) throw new InterpreterException("A CompareExchange without a comparand.");
        return (f, m) =>
        {
            bool[] on = acting(f, m);
            ulong[] p = index(f, m), x = value(f, m);
            ulong[]? expected = comparand?.Invoke(f, m);
            var view = View(f, array, name);
            for (int l = 0; l < n; l++)
            {
                if (!on[l]) continue;
                ulong before = 0;
                if (InRange(f, view, l, p[l], type, a.Checked, name, out long at))
                {
                    before = view.Memory.Update(at, l);
                    view.Memory.Data[at] = a.Kind switch
                    {
                        AtomicKind.Exchange => x[l],
                        AtomicKind.CompareExchange => before == expected![l] ? x[l] : before,
                        _ => Operations.Evaluate(OpOf(a.Kind), element, element, before, x[l], 0, false),
                    };
                }
                old?.Invoke(f, m, l, before);
            }
        };
    }

    static Op OpOf(AtomicKind kind) => kind switch
    {
        AtomicKind.Add => Op.Add,
        AtomicKind.Min => Op.Min,
        AtomicKind.Max => Op.Max,
        AtomicKind.And => Op.And,
        AtomicKind.Or => Op.Or,
        _ => Op.Xor,
    };

    Exec Append(Append a)
    {
        NoLaneArray(a.Buffer);
        if (isHelper) throw new InterpreterException("An append in a function that lane code calls: inline it first.");
        var value = ByLane(a.Value);
        var acting = Acting(a.Mask);
        int array = ArraySlot(a.Buffer), count = Slot(a.Count).Index, n = Flags;
        string name = a.Buffer.Name;
        return (f, m) =>
        {
            bool[] on = acting(f, m);
            ulong[] x = value(f, m);
            var view = View(f, array, name);
            for (int l = 0; l < n; l++)
            {
                if (!on[l]) continue;
                int at = (int)f.Scalars[count];
                if (at == view.Length) { f.Machine.Errors |= 2; break; }
                if (!InRange(f, view, l, (uint)at, ScalarType.I32, false, name, out long place)) break;
                view.Memory.Write(place, l, x[l]);
                f.Scalars[count] = (uint)(at + 1);
            }
        };
    }
}
