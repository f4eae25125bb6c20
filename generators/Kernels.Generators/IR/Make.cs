namespace Kernels.Generators.IR;

/// Short constructors for IR, and facts about types, for passes and emitters.
static class Make
{
    public static Expr Int(long value, ScalarType type = ScalarType.I32) => new Const(type, unchecked((ulong)value) & Mask(type));
    public static readonly Expr True = new Const(ScalarType.Bool, 1), False = new Const(ScalarType.Bool, 0);
    public static Expr Read(this Local local) => new Use(local);

    public static Expr Apply(Op op, ScalarType type, params Expr[] args) => new Apply(op, type, new(args));
    public static Expr Binary(Op op, Expr a, Expr b) => new Apply(op, a.Type, [a, b]);
    public static Expr Compare(Op op, Expr a, Expr b) => new Apply(op, ScalarType.Bool, [a, b]);
    public static Expr Not(Expr a) => a is Apply { Op: Op.Not, Type: ScalarType.Bool } n ? n.Args[0] : new Apply(Op.Not, a.Type, [a]);
    public static Expr And(Expr? a, Expr b) => a is null ? b : new Apply(Op.And, b.Type, [a, b]);
    public static Expr Or(Expr a, Expr b) => new Apply(Op.Or, a.Type, [a, b]);
    public static Expr Select(Expr c, Expr a, Expr b) => new Apply(Op.Select, a.Type, [c, a, b]);
    public static Expr Any(Expr mask) => new Apply(Op.Any, ScalarType.Bool, [mask]);
    public static Expr ConvertTo(ScalarType type, Expr e) =>
        e.Type == type ? e : e is Const { Type: ScalarType.I32 } c && type == ScalarType.I64 ? Int((int)c.Bits, type) : new Apply(Op.Convert, type, [e]);

    /// A value as memory of that type holds it.
    public static Expr Narrow(Expr e, ScalarType memory)
    {
        if (e.Type == ScalarType.Bool) return new Apply(Op.Convert, memory, [Select(e, Int(1), Int(0))]);
        if (e.Type == memory) return e;
        if (e is Apply { Op: Op.Convert } a && a.Args[0].Type == memory) return a.Args[0]; // was widened from that type: exact
        return new Apply(Op.Convert, memory, [e]);
    }

    /// An element of memory as a register holds it.
    public static Expr Widen(Expr e) => e.Type switch
    {
        ScalarType.I8 or ScalarType.U8 or ScalarType.I16 or ScalarType.U16 => new Apply(Op.Convert, ScalarType.I32, [e]),
        ScalarType.F16 or ScalarType.BF16 => new Apply(Op.Convert, ScalarType.F32, [e]),
        _ => e,
    };

    /// The same, of an element that stands for a value of a known type: bool is a byte in memory.
    public static Expr Widen(Expr e, ScalarType held) => held == ScalarType.Bool ? Compare(Op.Ne, Widen(e), Int(0)) : Widen(e);

    public static int Bytes(this ScalarType type) => type switch
    {
        ScalarType.Bool or ScalarType.I8 or ScalarType.U8 => 1,
        ScalarType.I16 or ScalarType.U16 or ScalarType.F16 or ScalarType.BF16 => 2,
        ScalarType.I32 or ScalarType.U32 or ScalarType.F32 => 4,
        _ => 8,
    };

    static ulong Mask(ScalarType type) => type.Bytes() == 8 ? ulong.MaxValue : (1UL << (8 * type.Bytes())) - 1;

    public static bool IsNarrow(this ScalarType type) => type != ScalarType.Bool && type.Bytes() < 4;
    public static bool IsFloat(this ScalarType type) => type >= ScalarType.F16;
    public static bool IsSigned(this ScalarType type) => type is ScalarType.I8 or ScalarType.I16 or ScalarType.I32 or ScalarType.I64 || type.IsFloat();
    public static bool IsCompare(this Op op) => op is >= Op.Eq and <= Op.Ge;

    /// The integer a constant of an integer type stands for.
    public static long Integer(this Const c) => c.Type switch
    {
        ScalarType.I8 => (sbyte)c.Bits,
        ScalarType.I16 => (short)c.Bits,
        ScalarType.I32 => (int)c.Bits,
        _ => unchecked((long)c.Bits),
    };

    public static Local Length(this Buffer buffer) => new(buffer.Name + ".Length", ScalarType.I32);
}

/// Names that do not occur in a function yet.
sealed class Names
{
    readonly HashSet<string> taken = [];
    readonly Dictionary<string, int> last = [];

    public Names(Function f)
    {
        foreach (var p in f.Parameters)
        {
            string name = p switch { ValueParameter v => v.Local.Name, BufferParameter b => b.Buffer.Name, _ => "" };
            taken.Add(name);
            // The locals that come with a parameter are there whether or not the body reads them.
            foreach (string suffix in p is BufferParameter ? new[] { ".Length", ".Rows", ".Columns", ".Stride" } : [".Grid"]) taken.Add(name + suffix);
        }
        foreach (var s in f.Body.Statements())
        {
            foreach (var local in s.Assigns()) taken.Add(local.Name);
            switch (s)
            {
                case DeclareArray d: taken.Add(d.Buffer.Name); break;
                case For x: taken.Add(x.Label); break;
                case Loop x: taken.Add(x.Label); break;
                case Block x: taken.Add(x.Label); break;
                case ChunkLoop x: taken.Add(x.Label); break;
            }
        }
        foreach (var c in f.Constants) taken.Add(c.Buffer.Name);
        foreach (var r in f.Results) taken.Add(r.Name);
    }

    public string Fresh(string stem)
    {
        if (taken.Add(stem)) return stem;
        last.TryGetValue(stem, out int k);
        while (!taken.Add($"{stem}_{++k}")) { }
        last[stem] = k;
        return $"{stem}_{k}";
    }

    public Local Fresh(string stem, ScalarType type) => new(Fresh(stem), type);
}
