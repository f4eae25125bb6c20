using Kernels.Generators;
using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using static Kernels.Generators.IR.ScalarType;

namespace Kernels.Fuzz;

using Atomic = Kernels.Generators.IR.Atomic;

/// A compiler with one mistake: made here, of what the passes and the emitter give, so that the compiler itself knows nothing of it.
sealed record Mutation(string Name, Func<Function, Function>? Source = null, Func<Function, Function>? Lowered = null, Func<string, string>? Text = null)
{
    public string Emit(Function f, CpuTarget target)
    {
        if (Source is not null) f = Source(f);
        var lowered = Compiler.Lower(f, target, Fuzzer.Limits);
        if (Lowered is not null) lowered = lowered with { Function = Lowered(lowered.Function) };
        string text = CoreEmitter.Emit(lowered, target.Method, target);
        return Text is null ? text : Text(text);
    }

    static Function Each(Function f, Func<Apply, Expr?> change) => new Expressions(change).Rewrite(f);
    static Function Each(Function f, Func<Stmt, IEnumerable<Stmt>?> change) => new Statements(change).Rewrite(f);

    sealed class Expressions(Func<Apply, Expr?> change) : Rewriter
    {
        public override Expr Rewrite(Expr e) => base.Rewrite(e) is var r && r is Apply a ? change(a) ?? r : r;
    }

    sealed class Statements(Func<Stmt, IEnumerable<Stmt>?> change) : Rewriter
    {
        public override Sequence<Stmt> RewriteMany(Stmt s) => base.Rewrite(s) is var r && change(r) is { } changed ? changed.ToSequence() : [r];
    }

    static Apply Of(Op op, ScalarType t, params Expr[] args) => new(op, t, new(args));

    /// The first load after a store to its array is taken before the store.
    static Sequence<Stmt> AcrossStores(Sequence<Stmt> body)
    {
        var result = new List<Stmt>();
        int names = 0;
        for (int k = 0; k < body.Count; k++)
        {
            if (body[k] is Store { Checked: false } st && k + 1 < body.Count && body[k + 1] is Assign a
                && a.Value.Tree().OfType<Load>().FirstOrDefault(l => l.Buffer == st.Buffer && !l.Buffer.Element.IsNarrow()) is { } load)
            {
                var early = new Local($"early{names++}_{result.Count}", load.Type);
                result.Add(new Assign(early, load));
                result.Add(st);
                result.Add(a with { Value = new Replace(load, early).Rewrite(a.Value) });
                k++;
            }
            else result.Add(body[k]);
        }
        return result.ToSequence();
    }

    sealed class Replace(Load from, Local to) : Rewriter
    {
        public override Expr Rewrite(Expr e) => e.Equals(from) ? new Use(to) : base.Rewrite(e);
    }

    sealed class Hoister : Rewriter
    {
        public override Sequence<Stmt> Rewrite(Sequence<Stmt> body) => AcrossStores(base.Rewrite(body));
    }

    static bool Unsigned(ScalarType t) => t is U32 or U64;
    static Expr Signed(Expr e) => Of(Op.Bits, e.Type == U32 ? I32 : I64, e);

    public static readonly Mutation[] All =
    [
        new("the arms of a select are swapped", Lowered: f => Each(f, a => a is { Op: Op.Select } && !(a.Args[2] is Use) ? a with { Args = [a.Args[0], a.Args[2], a.Args[1]] } : null)),
        new("no blend under a mask", Lowered: f => Each(f, s => s is Assign { Value: Apply { Op: Op.Select } v } a && v.Args[2] is Use u && u.Local == a.Target ? [a with { Value = v.Args[1] }] : null)),
        new("the else branch under the mask of the then branch", Lowered: f => Each(f, s => s is Assign { Target.Name: var n, Value: Apply { Op: Op.Not } v } a && (n.StartsWith("when", StringComparison.Ordinal) || n.StartsWith("else", StringComparison.Ordinal)) ? [a with { Value = v.Args[0] }] : null)),
        new("trips advance by one too many", Lowered: f => Each(f, s => s is Assign { Target.Name: var n, Value: Apply { Op: Op.Add } v } a && n.Contains("_at", StringComparison.Ordinal) && v.Args[1] is Const c && c.Integer() > 1 ? [a with { Value = v with { Args = [v.Args[0], Make.Int(c.Integer() + 1, c.Type)] } }] : null)),
        new("no tail mask", Lowered: f => Each(f, s => s is Assign { Target.Name: var n } a && n.StartsWith("exists", StringComparison.Ordinal) ? [a with { Value = Of(Op.Ge, Bool, new Apply(Op.LaneId, I32, []), Make.Int(0)) }] : null)),
        new("the partial trip is forgotten", Lowered: f => Each(f, s => s is LaneLoop { Trips: Trips.OnePartial } ? [] : null)),
        new("even and odd are swapped in unzipping", Text: t => t.Replace("UnzipEven(", "Unzip?(").Replace("UnzipOdd(", "UnzipEven(").Replace("Unzip?(", "UnzipOdd(")),
        new("lower and upper are swapped in zipping", Text: t => t.Replace("ZipLower(", "Zip?(").Replace("ZipUpper(", "ZipLower(").Replace("Zip?(", "ZipUpper(")),
        new("minimum for maximum", Lowered: f => Each(f, a => a is { Op: Op.Max, Type: F32 } ? a with { Op = Op.Min } : null)),
        new("unsigned comparison as signed", Lowered: f => Each(f, a => a.Op is Op.Lt or Op.Gt && Unsigned(a.Args[0].Type) ? a with { Args = [Signed(a.Args[0]), Signed(a.Args[1])] } : null)),
        new("float to integer rounds instead of truncating", Lowered: f => Each(f, a => a is { Op: Op.Convert, Type: I32 } && a.Args[0].Type is F64 or F32 && a.Op == Op.Convert && a.Type == I32 ? a with { Args = [Of(Op.Round, a.Args[0].Type, a.Args[0])] } : null)),
        new("lanes that leave stay", Lowered: f => f.Body.Statements().Any(s => s is Loop l && !l.Label.Contains("_trips", StringComparison.Ordinal)) ? f /* it would spin for ever */ : Each(f, s => s is Assign { Target.Name: var n, Value: not Const } && n.StartsWith("left", StringComparison.Ordinal) ? [] : null)),
        new("a load is taken across a store", Source: f => new Hoister().Rewrite(f)),
        new("the operands of a combine are swapped", Lowered: f => Each(f, s => s is Reduce r ? [r with { Combine = r.Combine with { Parameters = [.. r.Combine.Parameters.Skip(r.Values.Count), .. r.Combine.Parameters.Take(r.Values.Count)] } }] : null)),
        new("unsigned to float as signed", Lowered: f => Each(f, a => a is { Op: Op.Convert, Type: F32 or F64 } && Unsigned(a.Args[0].Type) ? a with { Args = [Signed(a.Args[0])] } : null)),
        new("Fma rounds twice", Lowered: f => Each(f, a => a is { Op: Op.Fma } ? Of(Op.Add, a.Type, Of(Op.Mul, a.Type, a.Args[0], a.Args[1]), a.Args[2]) : null)),
        new("arithmetic shift as logical", Lowered: f => Each(f, a => a is { Op: Op.Shr, Type: I32 } ? Of(Op.Bits, I32, Of(Op.Shr, U32, Of(Op.Bits, U32, a.Args[0]), a.Args[1])) : null)),
        new("the error flag of a checked store is lost", Text: t => t.Replace("else errors |= 1;", "else errors |= 0;")),
        new("a varying for ends one trip late", Source: f => Each(f, s => s is For { Step: > 0 } x && x.Begin is not Const ? [x with { End = Make.Binary(Op.Add, x.End, Make.Int(1, x.End.Type)) }] : null)),
        new("atomic minimum for maximum", Lowered: f => Each(f, s => s is Atomic { Kind: AtomicKind.Max } a ? [a with { Kind = AtomicKind.Min }] : null)),
    ];
}
