namespace Kernels.Generators.IR;

/// Statements to delegates. `inLanes` says whether the code being compiled runs once or on all lanes; n is the number of its flags of activity.
sealed partial class FunctionCompiler
{
    readonly Interpreter interpreter;
    readonly Function function;
    readonly bool isHelper;                     // compiled to be called from lane code: every local is varying
    readonly Dictionary<string, (bool Varying, int Index)> slots = [];
    readonly Dictionary<string, int> arrays = [];
    readonly Dictionary<string, (int Mask, bool InLanes)> labels = [];
    readonly HashSet<string> varying = [];
    bool inLanes;
    int scalars, vectors, masks = 1;            // mask 0: the function's own activity

    int Flags => inLanes ? interpreter.Lanes : 1;

    public FunctionCompiler(Interpreter interpreter, Function function, bool inLanes)
    {
        (this.interpreter, this.function, this.inLanes, isHelper) = (interpreter, function, inLanes, inLanes);
        foreach (var s in function.Body.Statements())
        {
            if (s is not LaneLoop loop) continue;
            varying.Add(loop.Lane.Name);
            foreach (var inner in loop.Body.Statements())
                if (inner is not IR.Append)
                    foreach (var local in inner.Assigns()) varying.Add(local.Name);
        }
        foreach (var s in function.Body.Statements())
            if (s is IR.Append a) varying.Remove(a.Count.Name); // one count for all lanes
    }

    public Code Compile()
    {
        var body = Body(function.Body);
        foreach (var r in function.Results) Slot(r);
        return new(interpreter, function) { Body = body, Slots = slots, Arrays = arrays, Scalars = scalars, Vectors = vectors, Masks = masks };
    }

    (bool Varying, int Index) Slot(Local local)
    {
        if (slots.TryGetValue(local.Name, out var slot)) return slot;
        bool isVarying = isHelper || varying.Contains(local.Name);
        return slots[local.Name] = (isVarying, isVarying ? vectors++ : scalars++);
    }

    int ArraySlot(Buffer buffer) => arrays.TryGetValue(buffer.Name, out int slot) ? slot : arrays[buffer.Name] = arrays.Count;

    delegate void StoreLocal(Frame frame, bool[] active, int lane, ulong value);

    /// Assigns one lane's value; in uniform code, everyone's.
    StoreLocal StoreTo(Local local)
    {
        var (isVarying, slot) = Slot(local);
        if (!isVarying && inLanes) throw new InterpreterException($"'{local.Name}' is one value for all lanes but a lane assigns it.");
        if (!isVarying) return (f, _, _, x) => f.Scalars[slot] = x;
        if (inLanes) return (f, _, l, x) => f.Vectors[slot][l] = x;
        return (f, _, _, x) =>
        {
            ulong[] all = f.Vectors[slot];
            for (int l = 0; l < all.Length; l++) all[l] = x;
        };
    }

    StoreLocal[] Stores(Sequence<Local> locals) => [.. locals.Map(StoreTo)];

    static bool MayStop(Stmt s) => s is IR.Leave or IR.Return || s.Bodies().Any(b => b.Any(MayStop));

    static bool Any(bool[] active, int n)
    {
        for (int l = 0; l < n; l++)
            if (active[l]) return true;
        return false;
    }

    Exec Body(Sequence<Stmt> body)
    {
        var all = new (Exec Exec, bool MayStop)[body.Count];
        for (int k = 0; k < all.Length; k++) all[k] = (Statement(body[k]), MayStop(body[k]));
        int n = Flags;
        return (f, m) =>
        {
            foreach (var (exec, mayStop) in all)
            {
                f.Machine.Step();
                exec(f, m);
                if (mayStop && !Any(m, n)) return;
            }
        };
    }

    Exec Statement(Stmt s) => s switch
    {
        Assign a => Assign(a),
        DeclareArray d => Declare(d),
        Store st => Store(st),
        LoadGroup g => LoadGroup(g),
        StoreGroup g => StoreGroup(g),
        Atomic a => Atomic(a),
        Append a => Append(a),
        If i => If(i),
        For x => inLanes ? LaneFor(x) : UniformFor(x),
        Loop l => Labelled(l.Label, l.Body, forEver: true),
        Block b => Labelled(b.Label, b.Body, forEver: false),
        Leave l => Leave(l.Label),
        IR.Return => Return(),
        LaneLoop l => LaneLoop(l),
        ChunkLoop c => ChunkLoop(c),
        Reduce r => Reduce(r),
        Call c => Call(c),
        Dispatch d => Dispatch(d),
        _ => throw new InterpreterException($"No meaning for the statement {s}."),
    };

    Exec Assign(Assign a)
    {
        var value = Expression(a.Value);
        var (isVarying, slot) = Slot(a.Target);
        if (!isVarying)
        {
            var scalar = value.IsVarying ? throw new InterpreterException($"'{a.Target.Name}' is one value for all lanes; its value is not.") : value.Scalar;
            return (f, m) => f.Scalars[slot] = scalar(f, m);
        }
        var vector = Broadcast(value);
        bool everywhere = !inLanes;
        return (f, m) =>
        {
            if (everywhere) m = f.Machine.All;
            ulong[] from = vector(f, m), to = f.Vectors[slot];
            for (int l = 0; l < to.Length; l++)
                if (m[l]) to[l] = from[l];
        };
    }

    Exec If(If s)
    {
        var condition = Expression(s.Condition);
        Exec then = Body(s.Then), otherwise = Body(s.Else);
        if (!condition.IsVarying || !inLanes)
        {
            var scalar = condition.Scalar;
            return (f, m) => (scalar(f, m) != 0 ? then : otherwise)(f, m);
        }
        var vector = condition.Vector!;
        int yes = masks++, no = masks++;
        return (f, m) =>
        {
            ulong[] c = vector(f, m);
            bool[] t = f.Masks[yes], e = f.Masks[no];
            for (int l = 0; l < t.Length; l++)
            {
                t[l] = m[l] && c[l] != 0;
                e[l] = m[l] && c[l] == 0;
            }
            if (Any(t, t.Length)) then(f, t);
            if (Any(e, e.Length)) otherwise(f, e);
            for (int l = 0; l < t.Length; l++) m[l] = t[l] || e[l];
        };
    }

    /// Registers a label around the compilation of a body; its mask holds the lanes that have left.
    (int Left, Exec Body) Enclosed(string label, Sequence<Stmt> body)
    {
        int left = masks++;
        labels[label] = (left, inLanes);
        var exec = Body(body);
        labels.Remove(label);
        return (left, exec);
    }

    Exec Labelled(string label, Sequence<Stmt> statements, bool forEver)
    {
        var (mask, body) = Enclosed(label, statements);
        int n = Flags;
        return (f, m) =>
        {
            bool[] left = f.Masks[mask];
            Array.Clear(left, 0, n);
            do
            {
                f.Machine.Step();
                body(f, m);
            } while (forEver && Any(m, n));
            for (int l = 0; l < n; l++) m[l] |= left[l];
        };
    }

    Exec Leave(string label)
    {
        if (!labels.TryGetValue(label, out var target)) throw new InterpreterException($"Nothing encloses the leave of '{label}'.");
        if (target.InLanes != inLanes) throw new InterpreterException($"'{label}' is left out of a lane loop.");
        int n = Flags;
        return (f, m) =>
        {
            bool[] left = f.Masks[target.Mask];
            for (int l = 0; l < n; l++)
            {
                left[l] |= m[l];
                m[l] = false;
            }
        };
    }

    Exec Return()
    {
        if (inLanes && !isHelper) throw new InterpreterException("A return out of a lane loop.");
        int n = Flags;
        return (_, m) => Array.Clear(m, 0, n);
    }

    Exec UniformFor(For s)
    {
        Scalar begin = Expression(s.Begin).Scalar, end = Expression(s.End).Scalar;
        var set = StoreTo(s.Index);
        var (mask, body) = Enclosed(s.Label, s.Body);
        var (type, step) = (s.Index.Type, s.Step);
        Op goesOn = step > 0 ? Op.Lt : Op.Gt;
        return (f, m) =>
        {
            bool[] left = f.Masks[mask];
            left[0] = false;
            ulong last = end(f, m);
            for (ulong i = begin(f, m); m[0] && Operations.Evaluate(goesOn, ScalarType.Bool, type, i, last, 0, false) != 0; i = i + (ulong)(long)step & type.Mask())
            {
                f.Machine.Step();
                set(f, m, 0, i);
                body(f, m);
            }
            m[0] |= left[0];
        };
    }

    Exec LaneFor(For s)
    {
        Vector begin = Broadcast(Expression(s.Begin)), end = Broadcast(Expression(s.End));
        int index = Slot(s.Index).Index, current = vectors++, last = vectors++, running = masks++, finished = masks++;
        var (mask, body) = Enclosed(s.Label, s.Body);
        var (type, step) = (s.Index.Type, s.Step);
        Op goesOn = step > 0 ? Op.Lt : Op.Gt;
        return (f, m) =>
        {
            ulong[] i = f.Vectors[current], e = f.Vectors[last], local = f.Vectors[index];
            bool[] run = f.Masks[running], done = f.Masks[finished], left = f.Masks[mask];
            int n = run.Length;
            Array.Copy(begin(f, m), i, n);
            Array.Copy(end(f, m), e, n);
            Array.Clear(done, 0, n);
            Array.Clear(left, 0, n);
            Array.Copy(m, run, n);
            while (true)
            {
                bool any = false;
                for (int l = 0; l < n; l++)
                    if (run[l])
                    {
                        run[l] = Operations.Evaluate(goesOn, ScalarType.Bool, type, i[l], e[l], 0, false) != 0;
                        done[l] |= !run[l];
                        any |= run[l];
                        if (run[l]) local[l] = i[l];
                    }
                if (!any) break;
                f.Machine.Step();
                body(f, run);
                for (int l = 0; l < n; l++) i[l] = i[l] + (ulong)(long)step & type.Mask();
            }
            for (int l = 0; l < n; l++) m[l] = done[l] || left[l];
        };
    }

    Exec LaneLoop(LaneLoop s)
    {
        if (inLanes) throw new InterpreterException("A lane loop stands in lane code.");
        Scalar begin = Expression(s.Begin).Scalar, end = Expression(s.End).Scalar;
        int lane = Slot(s.Lane).Index, mask = masks++;
        inLanes = true;
        var body = Body(s.Body);
        inLanes = false;
        var (type, endType, trips) = (s.Begin.Type, s.End.Type, s.Trips);
        return (f, m) =>
        {
            long first = type.SignExtend(begin(f, m)), last = endType.SignExtend(end(f, m));
            bool[] active = f.Masks[mask];
            ulong[] local = f.Vectors[lane];
            int n = active.Length;
            if (trips == Trips.OneFull && last - first != n || trips == Trips.OnePartial && (last <= first || last - first >= n))
                throw new InterpreterException($"A lane loop over {first} … {last} is not {trips} on {n} lanes.");
            f.Machine.LoopId = ++f.Machine.Loops;
            for (long at = first; at < last; at += n)
            {
                f.Machine.Step();
                f.Machine.FirstIteration = at - first;
                for (int l = 0; l < n; l++)
                    if (active[l] = at + l < last) local[l] = (uint)(at + l);
                body(f, active);
            }
            f.Machine.LoopId = 0;
        };
    }

    Exec ChunkLoop(ChunkLoop s)
    {
        if (inLanes) throw new InterpreterException("A chunk loop stands in lane code.");
        Scalar begin = Expression(s.Begin).Scalar, end = Expression(s.End).Scalar;
        StoreLocal setBegin = StoreTo(s.ChunkBegin), setEnd = StoreTo(s.ChunkEnd);
        var (mask, body) = Enclosed(s.Label, s.Body);
        var (type, endType, beginMask, endMask) = (s.Begin.Type, s.End.Type, s.ChunkBegin.Type.Mask(), s.ChunkEnd.Type.Mask());
        return (f, m) =>
        {
            bool[] left = f.Masks[mask];
            left[0] = false;
            long last = endType.SignExtend(end(f, m));
            for (long at = type.SignExtend(begin(f, m)); m[0] && at < last; at += interpreter.Lanes)
            {
                f.Machine.Step();
                setBegin(f, m, 0, (ulong)at & beginMask);
                setEnd(f, m, 0, (ulong)Math.Min(at + interpreter.Lanes, last) & endMask);
                body(f, m);
            }
            m[0] |= left[0];
        };
    }
}
