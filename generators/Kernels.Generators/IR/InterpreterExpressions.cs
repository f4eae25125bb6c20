namespace Kernels.Generators.IR;

/// A uniform expression: one value. `active` has one entry in uniform code, one a lane in a lane loop.
delegate ulong Scalar(Frame frame, bool[] active);

/// A varying expression: one value a lane, valid in the active lanes until the next evaluation of the same expression.
delegate ulong[] Vector(Frame frame, bool[] active);

/// A compiled expression: one of the two.
readonly struct Compiled(Scalar? scalar, Vector? vector)
{
    public Scalar Scalar => scalar ?? throw new InterpreterException("A value that may differ between lanes stands where one value for all is needed.");
    public Vector? Vector { get; } = vector;
    public bool IsVarying => Vector is not null;
}

/// Expressions to delegates. Uniform ones are evaluated once, whatever the number of lanes.
sealed partial class FunctionCompiler
{
    Compiled Expression(Expr e)
    {
        switch (e)
        {
            case Const c:
                ulong bits = c.Bits;
                return new((_, _) => bits, null);
            case Use u: return Read(u.Local);
            case Load l: return Load(l);
            case Permute p: return Permute(p);
            case Apply { Op: Op.LaneId }:
                int ids = vectors++;
                return new(null, (f, _) =>
                {
                    ulong[] r = f.Vectors[ids];
                    for (int l = 0; l < r.Length; l++) r[l] = (ulong)l;
                    return r;
                });
            case Apply { Op: Op.Any or Op.All } a: return AnyOrAll(a.Op == Op.Any, Expression(a.Args[0]));
            case Apply a: return Apply(a);
            default: throw new InterpreterException($"No meaning for the expression {e}.");
        }
    }

    Compiled Read(Local local)
    {
        var (varying, slot) = Slot(local);
        return varying ? new(null, (f, _) => f.Vectors[slot]) : new((f, _) => f.Scalars[slot], null);
    }

    /// One value a lane of any expression. In uniform code all lanes take part.
    Vector Broadcast(Compiled c)
    {
        if (c.Vector is { } vector) return vector;
        var scalar = c.Scalar;
        int slot = vectors++;
        return (f, active) =>
        {
            ulong x = scalar(f, active);
            ulong[] r = f.Vectors[slot];
            for (int l = 0; l < r.Length; l++) r[l] = x;
            return r;
        };
    }

    Compiled AnyOrAll(bool any, Compiled argument)
    {
        if (!argument.IsVarying) return argument;
        var vector = argument.Vector!;
        bool everywhere = !inLanes;
        return new((f, active) =>
        {
            if (everywhere) active = f.Machine.All;
            ulong[] x = vector(f, active);
            for (int l = 0; l < x.Length; l++)
                if (active[l] && (x[l] != 0) == any) return any ? 1UL : 0;
            return any ? 0UL : 1;
        }, null);
    }

    Compiled Permute(Permute p)
    {
        var vector = Broadcast(Expression(p.Value));
        if (p.Map.Count != interpreter.Lanes) throw new InterpreterException($"A permutation of {p.Map.Count} lanes on {interpreter.Lanes}.");
        int[] map = [.. p.Map];
        int slot = vectors++;
        return new(null, (f, active) =>
        {
            ulong[] x = vector(f, active), r = f.Vectors[slot];
            for (int l = 0; l < r.Length; l++) r[l] = x[map[l]];
            return r;
        });
    }

    Compiled Apply(Apply a)
    {
        var args = new Compiled[a.Args.Count];
        bool varying = false;
        for (int k = 0; k < args.Length; k++)
        {
            args[k] = Expression(a.Args[k]);
            varying |= args[k].IsVarying;
        }
        var (op, type, operand, evaluate) = (a.Op, a.Type, a.Args[0].Type, interpreter.Evaluate);
        if (!varying)
        {
            Scalar x = args[0].Scalar, y = args.Length > 1 ? args[1].Scalar : Zero, z = args.Length > 2 ? args[2].Scalar : Zero;
            return args.Length switch
            {
                1 => new((f, m) => evaluate(op, type, operand, x(f, m), 0, 0), null),
                2 => new((f, m) => evaluate(op, type, operand, x(f, m), y(f, m), 0), null),
                _ => new((f, m) => evaluate(op, type, operand, x(f, m), y(f, m), z(f, m)), null),
            };
        }
        int slot = vectors++;
        Vector v0 = Broadcast(args[0]);
        if (args.Length == 1)
            return new(null, (f, m) =>
            {
                ulong[] p = v0(f, m), r = f.Vectors[slot];
                for (int l = 0; l < r.Length; l++)
                    if (m[l]) r[l] = evaluate(op, type, operand, p[l], 0, 0);
                return r;
            });
        Vector v1 = Broadcast(args[1]);
        if (args.Length == 2)
            return new(null, (f, m) =>
            {
                ulong[] p = v0(f, m), q = v1(f, m), r = f.Vectors[slot];
                for (int l = 0; l < r.Length; l++)
                    if (m[l]) r[l] = evaluate(op, type, operand, p[l], q[l], 0);
                return r;
            });
        Vector v2 = Broadcast(args[2]);
        return new(null, (f, m) =>
        {
            ulong[] p = v0(f, m), q = v1(f, m), s = v2(f, m), r = f.Vectors[slot];
            for (int l = 0; l < r.Length; l++)
                if (m[l]) r[l] = evaluate(op, type, operand, p[l], q[l], s[l]);
            return r;
        });
    }

    static readonly Scalar Zero = (_, _) => 0;

    Compiled Load(Load load)
    {
        var index = Expression(load.Index);
        var mask = load.Mask is null ? default(Compiled?) : Expression(load.Mask);
        int array = ArraySlot(load.Buffer);
        var (type, isChecked, name) = (load.Index.Type, load.Checked, load.Buffer.Name);
        // When races are checked each lane reads for itself.
        if (!index.IsVarying && mask is not { IsVarying: true } && load.Buffer.Storage != Storage.Lane && !(inLanes && (interpreter.CheckRaces || isHelper)))
        {
            Scalar at = index.Scalar, on = mask?.Scalar ?? One;
            return new((f, m) => on(f, m) == 0 ? 0 : Fetch(f, array, 0, at(f, m), type, isChecked, name), null);
        }
        int slot = vectors++;
        Vector ats = Broadcast(index);
        Vector? ons = mask is { } given ? Broadcast(given) : null;
        return new(null, (f, m) =>
        {
            ulong[] p = ats(f, m), r = f.Vectors[slot];
            ulong[]? q = ons?.Invoke(f, m);
            for (int l = 0; l < r.Length; l++)
                if (m[l]) r[l] = q is null || q[l] != 0 ? Fetch(f, array, l, p[l], type, isChecked, name) : 0;
            return r;
        });
    }

    static readonly Scalar One = (_, _) => 1;

    static ulong Fetch(Frame f, int array, int lane, ulong index, ScalarType type, bool isChecked, string name)
    {
        var view = View(f, array, name);
        return InRange(f, view, lane, index, type, isChecked, name, out long at) ? view.Memory.Read(at, lane) : 0;
    }

    static ArrayView View(Frame f, int array, string name) => f.Arrays[array] ?? throw new InterpreterException($"The array '{name}' is not declared yet.");

    /// Where in memory an index points. Out of range: an error flag if it is checked, else the end of the run: the caller had to see to that.
    static bool InRange(Frame f, ArrayView view, int lane, ulong index, ScalarType type, bool isChecked, string name, out long at)
    {
        long i = type.SignExtend(index), length = view.LengthOf(lane);
        at = view.OffsetOf(lane) + i;
        if ((ulong)i < (ulong)length && (ulong)at < (ulong)view.Memory.Data.Length) return true;
        if (!isChecked) throw new InterpreterException($"'{name}[{i}]' is outside its {length} elements.");
        f.Machine.Errors |= 1;
        return false;
    }
}
