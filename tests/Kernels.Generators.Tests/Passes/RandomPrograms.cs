using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Tests.Passes;

/// Random kernels that keep the rules of the IR: uniform code, then a lane loop with nested branches, loops, early exits and a local
/// array, then a reduction. All indices are in range, every loop ends, and few names make values meet often.
sealed class RandomPrograms(int seed)
{
    static readonly Buffer x = new("x", ScalarType.F64, Storage.Parameter), y = new("y", ScalarType.F64, Storage.Parameter), t = new("t", ScalarType.F64, Storage.Lane);
    static readonly Local lane = new("i", ScalarType.I32), sum = new("sum", ScalarType.F64);
    readonly Random random = new(seed);
    readonly List<Local> indices = [];
    readonly List<string> labels = [];
    string prefix = "u";
    int named;

    public Function Kernel()
    {
        var uniform = Locals("u").Concat(Body(2, false));
        Stmt[] start = [new Assign(sum, Bits(0.0))];
        prefix = "v";
        IEnumerable<Stmt> inner = [.. Locals("v"), new DeclareArray(t, Make.Int(4)), .. Body(3, true), new Assign(sum, Make.Binary(Op.Add, new Use(sum), Float(1, true)))];
        var combine = new Function("add", FunctionKind.Helper, [Value("a"), Value("b")], [new("r", ScalarType.F64)], [],
            [new Assign(new("r", ScalarType.F64), Make.Binary(Op.Add, new Use(new("a", ScalarType.F64)), new Use(new("b", ScalarType.F64))))], new());
        Local total = new("total", ScalarType.F64);
        Stmt[] end = [new Reduce([total], [sum], combine), new Store(y, new Use(x.Length()), new Use(total))];
        return new("K", FunctionKind.Kernel, [new ValueParameter(new("n", ScalarType.I32), ParameterRole.Plain), new BufferParameter(x, Access.Read), new BufferParameter(y, Access.ReadWrite)], [], [],
            [.. uniform, .. start, new LaneLoop(lane, Make.Int(0), new Use(x.Length()), inner.ToSequence()), .. end], new());
    }

    static Expr Bits(double value) => new Const(ScalarType.F64, BitConverter.DoubleToUInt64Bits(value));
    static Parameter Value(string name) => new ValueParameter(new(name, ScalarType.F64), ParameterRole.Plain);

    IEnumerable<Stmt> Locals(string p) => Enumerable.Range(0, 3).SelectMany(k => new Stmt[]
    {
        new Assign(new($"{p}f{k}", ScalarType.F64), p == "u" ? Bits(k - 1.0) : k == 0 ? new Load(x, new Use(lane)) : new Use(new($"uf{k}", ScalarType.F64))),
        new Assign(new($"{p}k{k}", ScalarType.I32), p == "u" && k == 0 ? new Use(new("n", ScalarType.I32)) : Make.Int(k)),
    });

    Sequence<Stmt> Body(int depth, bool lanes)
    {
        var body = new List<Stmt>();
        int count = random.Next(2, 6);
        for (int k = 0; k < count; k++) body.AddRange(Statement(depth, lanes));
        return body.ToSequence();
    }

    IEnumerable<Stmt> Statement(int depth, bool lanes)
    {
        switch (random.Next(depth > 0 ? 12 : 6))
        {
            case 0 or 1 or 2: return [new Assign(new($"{prefix}f{random.Next(3)}", ScalarType.F64), Float(3, lanes))];
            case 3: return [new Assign(new($"{prefix}k{random.Next(3)}", ScalarType.I32), Int(2, lanes))];
            case 4 when lanes: return [random.Next(2) == 0 ? new Store(y, new Use(lane), Float(2, true)) : new Store(t, Slot(), Float(2, true))];
            case 5 when labels.Count > 0: return [new If(Condition(lanes), [new Leave(labels[random.Next(labels.Count)])], [])];
            case 6 or 7: return [new If(Condition(lanes), Body(depth - 1, lanes), random.Next(2) == 0 ? [] : Body(depth - 1, lanes))];
            case 8:
            {
                string label = $"b{named++}";
                labels.Add(label);
                var body = Body(depth - 1, lanes);
                labels.Remove(label);
                return [new Block(label, body)];
            }
            case 9 or 10:
            {
                string label = $"l{named++}";
                Local index = new($"j{named++}", ScalarType.I32);
                labels.Add(label);
                indices.Add(index);
                var body = Body(depth - 1, lanes);
                indices.Remove(index);
                labels.Remove(label);
                int begin = random.Next(2);
                return [new For(label, index, Make.Int(begin), Make.Int(begin + random.Next(4)), 1, body)];
            }
            case 11:
            {
                string label = $"w{named++}";
                Local trip = new($"c{named++}", ScalarType.I32);
                labels.Add(label);
                var body = Body(depth - 1, lanes);
                labels.Remove(label);
                Stmt step = new Assign(trip, Make.Binary(Op.Add, new Use(trip), Make.Int(1)));
                Stmt exit = new If(Make.Compare(Op.Ge, new Use(trip), Make.Int(random.Next(4))), [new Leave(label)], []);
                return [new Assign(trip, Make.Int(0)), new Loop(label, [exit, step, .. body])];
            }
            default: return [];
        }
    }

    /// In range of the array of 4: an index of a loop that ends below 5 masked, or a constant.
    Expr Slot() => indices.Count > 0 && random.Next(2) == 0 ? Make.Binary(Op.And, new Use(indices[random.Next(indices.Count)]), Make.Int(3)) : Make.Int(random.Next(4));

    Expr Condition(bool lanes) => random.Next(3) == 0
        ? Make.Compare((Op)((int)Op.Eq + random.Next(6)), Int(1, lanes), Int(1, lanes))
        : Make.Compare((Op)((int)Op.Eq + random.Next(6)), Float(1, lanes), Float(1, lanes));

    Expr Float(int depth, bool lanes)
    {
        if (depth == 0 || random.Next(4) == 0)
            return random.Next(6) switch
            {
                0 => Bits(new[] { 0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0 }[random.Next(7)]),
                1 when lanes => new Load(x, new Use(lane)),
                2 when lanes => new Load(y, new Use(lane)),
                3 when lanes => new Load(t, Slot()),
                _ => new Use(new($"{(lanes && random.Next(4) > 0 ? "v" : "u")}f{random.Next(3)}", ScalarType.F64)),
            };
        return random.Next(9) switch
        {
            0 => Make.Apply(Op.Neg, ScalarType.F64, Float(depth - 1, lanes)),
            1 => Make.Select(Condition(lanes), Float(depth - 1, lanes), Float(depth - 1, lanes)),
            2 => Make.Apply(Op.Convert, ScalarType.F64, Int(1, lanes)),
            3 => Make.Apply(Op.Fma, ScalarType.F64, Float(depth - 1, lanes), Float(depth - 1, lanes), Float(depth - 1, lanes)),
            var k => Make.Binary(new[] { Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Max }[k - 4], Float(depth - 1, lanes), Float(depth - 1, lanes)),
        };
    }

    Expr Int(int depth, bool lanes)
    {
        if (depth == 0 || random.Next(4) == 0)
            return random.Next(3) == 0 ? Make.Int(random.Next(-2, 4))
                : indices.Count > 0 && random.Next(2) == 0 ? new Use(indices[random.Next(indices.Count)])
                : new Use(new($"{(lanes && random.Next(4) > 0 ? "v" : "u")}k{random.Next(3)}", ScalarType.I32));
        return Make.Binary(new[] { Op.Add, Op.Sub, Op.Mul, Op.And, Op.Or, Op.Xor, Op.Min }[random.Next(7)], Int(depth - 1, lanes), Int(depth - 1, lanes));
    }
}
