using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using static Kernels.Generators.IR.ScalarType;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Fuzz;

/// Every operation on every type against Operations, bit for bit, on every target and at widths that make registers of 128 to 512 bits and
/// values of two to eight of them. A row is one expression over elements of a, b, c and a uniform p; rows over the same types share a kernel.
static class OpTable
{
    static readonly ScalarType[] arithmetic = [I32, U32, I64, U64, F32, F64], narrow = [I8, U8, I16, U16, F16, BF16];
    static readonly Schedule[] schedules = [new(), new(Lanes: 4), new(Lanes: 16), new(Vectors: 1), new(Vectors: 2), new(Lanes: 64)];
    const int RowsAKernel = 8;

    enum Domain { Any, NonZeroP, Scale, ScaleNormal, Fits32, Fits64 }

    sealed record Row(string Name, Expr Value, Domain Domain = Domain.Any, long[]? P = null);

    static readonly Local lane = new("i", I32);
    static Buffer Array(string name, ScalarType type) => new(name, type, Storage.Parameter);
    static Expr A(ScalarType t) => new Load(Array("a", t), lane.Read());
    static Expr B(ScalarType t) => new Load(Array("b", t), lane.Read());
    static Expr C(ScalarType t) => new Load(Array("c", t), lane.Read());
    static Expr P(ScalarType t) => new Use(new("p", t));
    static Expr To(ScalarType t, Expr e) => e.Type == t ? e : new Apply(Op.Convert, t, [e]);
    static Const One(ScalarType t) => new(t, Operations.Evaluate(Op.Convert, t, I32, 1, 0, 0, false));

    static IEnumerable<Row> Rows()
    {
        foreach (var t in arithmetic)
        {
            bool isFloat = Make.IsFloat(t);
            Row Binary(Op op) => new($"{op}.{t}", Make.Binary(op, A(t), B(t)));
            Row Unary(Op op) => new($"{op}.{t}", Make.Apply(op, t, A(t)));
            foreach (var op in new[] { Op.Add, Op.Sub, Op.Mul, Op.Min, Op.Max, Op.MinOrSecond, Op.MaxOrSecond }) yield return Binary(op);
            yield return Unary(Op.Neg);
            yield return Unary(Op.Abs);
            if (isFloat)
            {
                foreach (var op in new[] { Op.Div, Op.Rem, Op.CopySign }) yield return Binary(op);
                foreach (var op in new[] { Op.Sqrt, Op.Floor, Op.Ceiling, Op.Truncate, Op.Round }) yield return Unary(op);
                yield return new($"Fma.{t}", Make.Apply(Op.Fma, t, A(t), B(t), C(t)));
                yield return new($"MulAdd.{t}", Make.Apply(Op.MulAdd, t, A(t), B(t), C(t)));
                yield return new($"Fma.{t} near cancellation", Make.Apply(Op.Fma, t, A(t), B(t), Make.Apply(Op.Neg, t, Make.Binary(Op.Mul, A(t), B(t)))));
                yield return new($"Scale.{t}", Make.Binary(Op.Scale, A(t), B(t)), Domain.Scale);
                yield return new($"ScaleNormal.{t}", Make.Binary(Op.ScaleNormal, A(t), B(t)), Domain.ScaleNormal);
                yield return new($"ConvertInRange.{t}.I32", Make.Apply(Op.ConvertInRange, I32, A(t)), Domain.Fits32);
                yield return new($"ConvertInRange.{t}.I64", Make.Apply(Op.ConvertInRange, I64, A(t)), Domain.Fits64);
            }
            else
            {
                foreach (var op in new[] { Op.And, Op.Or, Op.Xor }) yield return Binary(op);
                foreach (var op in new[] { Op.Not, Op.PopCount, Op.LeadingZeros, Op.TrailingZeros }) yield return Unary(op);
                foreach (var op in new[] { Op.Shl, Op.Shr })
                {
                    yield return new($"{op}.{t} by a count a lane", Make.Apply(op, t, A(t), B(I32)));
                    yield return new($"{op}.{t} by one count", Make.Apply(op, t, A(t), P(I32)), P: [0, 1, 5, 31, 32, 33, 63, 64, -1, int.MinValue]);
                    yield return new($"{op}.{t} of a uniform", Make.Apply(op, t, P(t), B(I32)));
                    foreach (int count in new[] { 0, 1, 31, 32, 47, 63, 64, 65, -1 })
                        yield return new($"{op}.{t} by {count}", Make.Apply(op, t, A(t), Make.Int(count)));
                }
                foreach (var op in new[] { Op.Div, Op.Rem })
                {
                    yield return new($"{op}.{t} by a uniform", Make.Binary(op, A(t), P(t)), Domain.NonZeroP, [1, -1, 2, 3, -7, 1000, int.MinValue, int.MaxValue, long.MinValue, long.MaxValue]);
                    yield return new($"{op}.{t} of a uniform", Make.Binary(op, P(t), Make.Binary(Op.Or, P(t), One(t))), Domain.NonZeroP, [-1, 1, int.MinValue, long.MinValue]);
                    foreach (long d in new[] { 1, -1, 2, 3, 7, -5, 16, -16, 641, int.MinValue, int.MaxValue, long.MinValue })
                        if ((Make.Int(d, t) as Const)!.Bits != 0) yield return new($"{op}.{t} by {d}", Make.Binary(op, A(t), Make.Int(d, t)));
                }
            }
            yield return new($"Sub.{t} uniform", Make.Binary(Op.Sub, A(t), P(t)));
            yield return new($"Sub.{t} from uniform", Make.Binary(Op.Sub, P(t), A(t)));
            yield return new($"Neg.{t} uniform", Make.Binary(Op.Add, A(t), Make.Apply(Op.Neg, t, P(t))));
            yield return new($"Abs.{t} uniform", Make.Binary(Op.Add, A(t), Make.Apply(Op.Abs, t, P(t))));
            yield return new($"Min.{t} uniform", Make.Binary(Op.Min, A(t), P(t)));
            for (var op = Op.Eq; op <= Op.Ge; op++)
            {
                Expr test = Make.Compare(op, A(t), B(t));
                yield return new($"{op}.{t} select own", Make.Select(test, A(t), B(t)));
                yield return new($"{op}.{t} to I32", To(I32, test));
                yield return new($"{op}.{t} to F64", To(F64, test));
                yield return new($"{op}.{t} with a constant", Make.Select(Make.Compare(op, A(t), One(t)), A(t), B(t)));
                yield return new($"{op}.{t} with a uniform", Make.Select(Make.Compare(op, P(t), B(t)), A(t), B(t)));
            }
            foreach (var u in arithmetic) yield return new($"Convert.{t}.{u}", To(u, A(t)));
            foreach (var u in arithmetic)
                if (t.Bytes() == u.Bytes()) yield return new($"Bits.{t}.{u}", Make.Apply(Op.Bits, u, A(t)));
            foreach (var u in arithmetic)
            {
                yield return new($"Convert.{t}.{u} uniform", Make.Select(Make.Compare(Op.Lt, To(u, P(t)), A(u)), A(u), To(u, P(t))));
                yield return new($"Select.{t} on {u}", Make.Select(Make.Compare(Op.Lt, A(u), B(u)), One(t), To(t, A(u))));
            }
            yield return new($"Convert.Bool.{t}", To(t, Make.Compare(Op.Le, A(t), B(t))));
            foreach (var n in narrow)
            {
                yield return new($"load {n} as {t}", To(t, A(n)));
                yield return new($"store {t} as {n}", To(n, A(t)));
                yield return new($"{t} through {n}", To(t, To(n, A(t))));
                yield return new($"{t} through {n} to F32", To(F32, To(n, A(t))));
                yield return new($"{t} through {n} to I64", To(I64, To(n, A(t))));
                yield return new($"store a uniform {t} as {n}", To(n, P(t)));
            }
        }
        foreach (var n in narrow)
            foreach (var t in new[] { I32, U32 }) yield return new($"Bits.F32 of a loaded {n} as {t}", Make.Apply(Op.Bits, F32, To(t, A(n))));
        foreach (var n in narrow)
            foreach (var m in narrow) yield return new($"copy {n} to {m}", To(m, A(n)));
        foreach (var n in narrow)
            foreach (long x in new[] { 0, 1, 77, -1 }) yield return new($"store constant {x} to {n}", new Const(n, (ulong)x & n.Mask()));
        foreach (var (t, u) in new[] { (I32, F64), (F64, I32), (F32, U32), (I64, U64) })
        {
            Expr p = Make.Compare(Op.Lt, A(t), B(t)), q = Make.Compare(Op.Eq, To(u, A(t)), To(u, B(t)));
            foreach (var op in new[] { Op.And, Op.Or, Op.Xor, Op.Eq, Op.Ne }) yield return new($"{op}.Bool of {t} and {u}", To(t, Make.Apply(op, Bool, p, q)));
            yield return new($"Select.Bool of {t}", To(u, Make.Select(p, q, Make.Not(p))));
            yield return new($"Not.Bool of {t}", Make.Select(Make.Not(q), A(t), B(t)));
            yield return new($"And.Bool uniform {t}", Make.Select(Make.And(Make.Compare(Op.Gt, P(t), One(t)), p), A(t), B(t)));
        }
        foreach (var t in arithmetic) yield return new($"constants of {t}", Make.Select(Make.Compare(Op.Lt, A(t), B(t)), new Const(t, 0x8000_0000_8000_0001 & t.Mask()), new Const(t, 0xFFEF_FFFF_FF7F_FFFF & t.Mask())));
    }

    sealed record Kernel(Row[] Rows, Dictionary<string, ScalarType> Inputs, ScalarType? P);

    /// Rows over the same types, a few a kernel.
    static IEnumerable<Kernel> Kernels()
    {
        var groups = Rows().GroupBy(r =>
        {
            var nodes = r.Value.Tree().ToList();
            string Type(string name) => nodes.OfType<Load>().Where(l => l.Buffer.Name == name).Select(l => l.Buffer.Element.ToString()).FirstOrDefault("");
            string p = nodes.OfType<Use>().Where(u => u.Local.Name == "p").Select(u => u.Type.ToString()).FirstOrDefault("");
            return (a: Type("a"), b: Type("b"), c: Type("c"), p, r.Domain, Values: r.P is null ? "" : string.Join(" ", r.P));
        });
        foreach (var g in groups)
        {
            var inputs = new Dictionary<string, ScalarType>();
            foreach (var (name, type) in new[] { ("a", g.Key.a), ("b", g.Key.b), ("c", g.Key.c) })
                if (type != "") inputs[name] = Enum.Parse<ScalarType>(type);
            foreach (var rows in g.Chunk(RowsAKernel))
                yield return new(rows, inputs, g.Key.p == "" ? null : Enum.Parse<ScalarType>(g.Key.p));
        }
    }

    static Function Build(Kernel k, Schedule schedule)
    {
        var parameters = new List<Parameter>();
        if (k.P is { } p) parameters.Add(new ValueParameter(new("p", p), ParameterRole.Plain));
        foreach (var (name, type) in k.Inputs) parameters.Add(new BufferParameter(Array(name, type), Access.Read));
        var results = k.Rows.Select((r, j) => Array($"r{j}", r.Value.Type)).ToList();
        parameters.AddRange(results.Select(r => new BufferParameter(r, Access.Write)));
        var body = k.Rows.Select((r, j) => (Stmt)new Store(results[j], lane.Read(), r.Value)).ToSequence();
        return new("Rows", FunctionKind.Kernel, parameters.ToSequence(), [], [],
            [new LaneLoop(lane, Make.Int(0), results[0].Length().Read(), body)], schedule);
    }

    static ulong Evaluate(Expr e, Func<string, ulong> element, ulong p, bool fused)
    {
        switch (e)
        {
            case Const c: return c.Bits;
            case Use: return p;
            case Load l: return element(l.Buffer.Name);
            case Apply a:
                ulong Arg(int k) => k < a.Args.Count ? Evaluate(a.Args[k], element, p, fused) : 0;
                return Operations.Evaluate(a.Op, a.Type, a.Args[0].Type, Arg(0), Arg(1), Arg(2), fused);
            default: throw new InvalidOperationException();
        }
    }

    static ulong Draw(ScalarType type, Domain domain, string name, Random random)
    {
        switch (domain)
        {
            case Domain.Scale when name == "a":
                if (random.Next(16) == 0) return Operations.Evaluate(Op.Convert, type, F64, (ulong)BitConverter.DoubleToInt64Bits(random.Next(2) == 0 ? 0.0 : -0.0), 0, 0, false);
                double x = (1 + random.NextDouble()) * Math.Pow(2, random.Next(-20, 20)) * (random.Next(2) * 2 - 1);
                return Operations.Evaluate(Op.Convert, type, F64, (ulong)BitConverter.DoubleToInt64Bits(x), 0, 0, false);
            case Domain.Scale:
                int limit = type == F32 ? 250 : 2000;
                return Operations.Evaluate(Op.Convert, type, I32, (uint)(random.Next(8) == 0 ? limit * (random.Next(2) * 2 - 1) : random.Next(-limit, limit + 1)), 0, 0, false);
            case Domain.ScaleNormal when name != "a":
                int top = type == F32 ? 127 : 1023;
                return Operations.Evaluate(Op.Convert, type, I32, (uint)random.Next(1 - top, top + 1), 0, 0, false);
            case Domain.Fits32 or Domain.Fits64:
                double bound = domain == Domain.Fits32 ? 2147483648.0 : 9223372036854775808.0;
                while (true)
                {
                    ulong bits = Values.Any(type, random);
                    double y = type == F32 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits);
                    if (y > -bound && y < bound) return bits;
                }
            default: return Values.Any(type, random);
        }
    }

    /// The wrong rows, one line each: name, target, schedule, an example.
    /// <param name="all">Every kernel under every schedule, instead of the default and two that take turns.</param>
    public static (List<string> Wrong, int Rows, int Cores) Run(string? filter = null, bool all = true)
    {
        var kernels = Kernels().ToList();
        if (filter is not null) kernels = kernels.Select(k => k with { Rows = [.. k.Rows.Where(r => r.Name.Contains(filter, StringComparison.Ordinal))] }).Where(k => k.Rows.Length > 0).ToList();
        var wrong = new List<string>();
        int cores = 0;
        foreach (var half in kernels.Chunk((kernels.Count + 1) / 2)) // two assemblies: less text in memory at once
        {
            var variants = half.SelectMany(k => schedules.Select(s => (Kernel: k, Schedule: s))).ToList();
            IEnumerable<CpuTarget> Targets(int v)
            {
                var s = variants[v].Schedule;
                int at = v % schedules.Length, turn = v / schedules.Length % (schedules.Length - 1) + 1;
                if (!all && at != 0 && at != turn && at != turn % (schedules.Length - 1) + 1) yield break;
                foreach (var t in Cores.Runnable)
                    if (t.VectorBits > 0 || s.Vectors == 0 && s.Lanes is 0 or 4) yield return t;
                if (Cores.RunsNeonText && s is { Lanes: 0, Vectors: 0 }) yield return CpuTarget.Neon;
            }
            var compiled = new Cores([.. variants.Select(v => Build(v.Kernel, v.Schedule))], Targets);
            Parallel.For(0, half.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, h =>
            {
                for (int s = 0; s < schedules.Length; s++)
                    if (compiled.Failure(h * schedules.Length + s) is { } failure)
                        lock (wrong) wrong.Add($"{string.Join(", ", half[h].Rows.Select(r => r.Name))}: {schedules[s]}: {failure}");
                var found = Check(half[h], (s, t) => compiled.Failure(h * schedules.Length + s) is null && Targets(h * schedules.Length + s).Contains(t) ? compiled[h * schedules.Length + s, t] : null);
                lock (wrong) wrong.AddRange(found);
            });
            cores += variants.Select((_, v) => Targets(v).Count()).Sum();
        }
        return (wrong, kernels.Sum(k => k.Rows.Length), cores);
    }

    static unsafe List<string> Check(Kernel kernel, Func<int, CpuTarget, System.Reflection.MethodInfo?> core)
    {
        var random = new Random(20240607);
        var domain = kernel.Rows[0].Domain;
        bool exhaustive = kernel.Inputs.Count == 1 && kernel.Inputs.Values.First().Bytes() == 2;
        int n = exhaustive ? 65536 + 7 : kernel.Inputs.Count >= 3 ? 4001 : 2011;
        var data = kernel.Inputs.ToDictionary(x => x.Key, x => Enumerable.Range(0, n).Select(j => exhaustive && j < 65536 ? (ulong)j : Draw(x.Value, domain, x.Key, random)).ToArray());
        ulong[] ps = kernel.P is not { } pt ? [0]
            : kernel.Rows[0].P is { } given ? [.. given.Select(x => (ulong)x & pt.Mask()).Where(x => x != 0 || domain != Domain.NonZeroP)]
            : [.. Enumerable.Range(0, 6).Select(_ => Values.Any(pt, random))];
        var wrong = new List<string>();
        var memory = new List<nint>();
        nint Allocate(int bytes)
        {
            nint p = (nint)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)bytes + 64);
            memory.Add(p);
            return p;
        }
        try
        {
            var inputs = kernel.Inputs.ToDictionary(x => x.Key, x =>
            {
                nint p = Allocate(n * x.Value.Bytes());
                for (int j = 0; j < n; j++) Values.Write((byte*)p, x.Value, j, data[x.Key][j]);
                return p;
            });
            var outputs = kernel.Rows.Select(r => Allocate(n * r.Value.Type.Bytes())).ToArray();
            foreach (ulong p in ps)
            {
                var expected = new ulong[2][][];
                foreach (var target in Cores.Runnable.Append(CpuTarget.Neon))
                    for (int s = 0; s < schedules.Length; s++)
                    {
                        if (core(s, target) is not { } method) continue;
                        int f = target.Fused ? 1 : 0;
                        expected[f] ??= [.. kernel.Rows.Select(r => Enumerable.Range(0, n).Select(j => Evaluate(r.Value, name => data[name][j], p, target.Fused)).ToArray())];
                        var arguments = new List<object>();
                        if (kernel.P is { } type) arguments.Add(Values.Boxed(type, p));
                        foreach (var address in inputs.Values) { arguments.Add(address); arguments.Add(n); }
                        for (int r = 0; r < outputs.Length; r++)
                        {
                            new Span<byte>((void*)outputs[r], n * kernel.Rows[r].Value.Type.Bytes()).Fill(0xCC);
                            arguments.Add(outputs[r]);
                            arguments.Add(n);
                        }
                        try { Cores.Run(method, [.. arguments]); }
                        catch (Exception e) { wrong.Add($"{string.Join(", ", kernel.Rows.Select(r => r.Name))} on {target.Name}, {Name(schedules[s])}: p = {p}: {e.GetType().Name}"); continue; }
                        for (int r = 0; r < outputs.Length; r++)
                        {
                            var t = kernel.Rows[r].Value.Type;
                            int bad = 0, first = -1;
                            for (int j = 0; j < n; j++)
                                if (!Values.Same(t, Values.Read((byte*)outputs[r], t, j), expected[f][r][j])) { if (bad++ == 0) first = j; }
                            if (bad == 0) continue;
                            string operands = string.Join(", ", kernel.Inputs.Select(x => $"{x.Key} = {Values.Text(x.Value, data[x.Key][first])}"));
                            wrong.Add($"{kernel.Rows[r].Name} on {target.Name}, {Name(schedules[s])}: {bad} of {n}, [{first}] {operands}{(kernel.P is { } q ? $", p = {Values.Text(q, p)}" : "")}: {Values.Text(t, Values.Read((byte*)outputs[r], t, first))}, not {Values.Text(t, expected[f][r][first])}");
                        }
                    }
            }
        }
        finally
        {
            foreach (nint p in memory) System.Runtime.InteropServices.NativeMemory.Free((void*)p);
        }
        return wrong;
    }

    static string Name(Schedule s) => s.Lanes > 0 ? $"{s.Lanes} lanes" : s.Vectors > 0 ? $"{s.Vectors} vectors" : "default";
}
