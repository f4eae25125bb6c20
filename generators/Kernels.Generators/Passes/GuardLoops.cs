using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Checks of a lane or chunk loop's accesses move in front of it:
///
///     lanes (i in b .. e) … x[o + i]? …   =>   if (b >= e | (o + b >= 0 & o + e - 1 < x.Length)) lanes (i in b .. e) … x[o + i] …  else fail
///
/// for accesses that every iteration makes, at an index affine in the lane with a part that the loop does not change. Bounds could
/// not hand these to the host: the loop stands under a condition, or its bounds are computed. A range that fails skips the loop and raises the error flag
/// (by a store outside the array): what a kernel with the flag raised has computed means nothing. Accesses under a condition stay checked where they are.
/// On entry: after Bounds.
sealed class GuardLoops : Rewriter
{
    readonly Shapes shapes;
    readonly HashSet<string> views;

    GuardLoops(Function f)
    {
        shapes = new Shapes(f);
        views = [.. f.Parameters.OfType<BufferParameter>().Where(p => p.View2).Select(p => p.Buffer.Name)];
    }

    public static Function Run(Function f) => new GuardLoops(f).Rewrite(f);

    sealed record Access(Buffer Buffer, Expr Index);

    public override Sequence<Stmt> RewriteMany(Stmt s) => s switch
    {
        LaneLoop l => Guard(l, l.Begin, l.End, [(l, l.Lane)]),
        ChunkLoop c when Pieces(c) is { Count: > 0 } pieces => Guard(c, c.Begin, c.End, pieces),
        _ => base.RewriteMany(s),
    };

    /// The lane loops of a chunk loop that run over exactly a piece.
    static List<(LaneLoop Loop, Local Lane)> Pieces(ChunkLoop c) =>
        [.. c.Body.OfType<LaneLoop>().Where(l => l.Begin == c.ChunkBegin.Read() && l.End == c.ChunkEnd.Read()).Select(l => (l, l.Lane))];

    Sequence<Stmt> Guard(Stmt loop, Expr begin, Expr end, List<(LaneLoop Loop, Local Lane)> loops)
    {
        var changed = new HashSet<string>(new Sequence<Stmt>([loop]).Statements().SelectMany(x => x.Assigns()).Select(x => x.Name));
        Expr? inside = null;
        Buffer? first = null;
        var guarded = new HashSet<Access>();
        foreach (var (body, lane) in loops)
            foreach (var access in Always(body.Body))
            {
                if (guarded.Contains(access) || Range(access, lane, begin, end, changed) is not { } range) continue;
                guarded.Add(access);
                first ??= access.Buffer;
                inside = Make.And(inside, range);
            }
        if (inside is null) return [base.Rewrite(loop)];
        var unchecked_ = new Uncheck(loops.Select(l => l.Loop), guarded).Rewrite(loop);
        Expr none = Make.Compare(Op.Ge, begin, end);
        Stmt fail = new Store(first!, Make.Int(-1), new Const(first!.Element, 0), Checked: true);
        return [new If(Make.Or(none, inside), [unchecked_], [fail])];
    }

    /// The checked accesses that each iteration makes.
    IEnumerable<Access> Always(Sequence<Stmt> body)
    {
        foreach (var s in body)
        {
            if (s is Block or Loop or For or Leave) yield break; // what follows may not be reached
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree())
                    if (x is Load { Checked: true } l && Guardable(l.Buffer)) yield return new(l.Buffer, l.Index);
            if (s is Store { Checked: true } st && Guardable(st.Buffer)) yield return new(st.Buffer, st.Index);
        }
    }

    bool Guardable(Buffer b) => b.Storage == Storage.Parameter && !views.Contains(b.Name);

    Expr? Range(Access access, Local lane, Expr begin, Expr end, HashSet<string> changed)
    {
        if (shapes.Affine(access.Index, lane) is not var (factor, uniform, constant) || factor == 0) return null;
        if (uniform is not null && uniform.Tree().Any(x => x is Load || x is Use u && changed.Contains(u.Local.Name))) return null;
        Expr At(Expr i, long more)
        {
            Expr at = Make.Binary(Op.Mul, Make.ConvertTo(ScalarType.I64, i), Make.Int(factor, ScalarType.I64));
            if (uniform is not null) at = Make.Binary(Op.Add, at, Make.ConvertTo(ScalarType.I64, uniform));
            return Make.Binary(Op.Add, at, Make.Int(constant + more, ScalarType.I64));
        }
        Expr low = factor > 0 ? At(begin, 0) : At(end, -factor), high = factor > 0 ? At(end, -factor) : At(begin, 0);
        return Make.And(Make.Compare(Op.Ge, low, Make.Int(0, ScalarType.I64)),
            Make.Compare(Op.Lt, high, Make.ConvertTo(ScalarType.I64, access.Buffer.Length().Read())));
    }

    sealed class Uncheck(IEnumerable<LaneLoop> loops, HashSet<Access> guarded) : Rewriter
    {
        readonly HashSet<LaneLoop> loops = [.. loops];
        bool within;

        public override Expr Rewrite(Expr e) => base.Rewrite(e) is var r && r is Load { Checked: true } l && within && guarded.Contains(new(l.Buffer, l.Index)) ? l with { Checked = false } : r;

        public override Stmt Rewrite(Stmt s)
        {
            bool outer = within;
            if (s is LaneLoop l && loops.Contains(l)) within = true;
            var result = base.Rewrite(s);
            within = outer;
            return result is Store { Checked: true } st && outer && guarded.Contains(new(st.Buffer, st.Index)) ? st with { Checked = false } : result;
        }
    }
}
