using Kernels.Generators.IR;
using Kernels.Generators.Targets;

namespace Kernels.Generators.Passes;

/// Cuts long expressions into pieces, where several vectors fly:
///
///     y = a polynomial of 20 steps      =>      t = its first 6; t' = t and 6 more; …      printed for all vectors piece by piece
///
/// The emitter prints a statement for one register after the other. A long chain of dependent operations then fills the processor's
/// scheduler before the next register's chain, which could run beside it, is even seen. On entry: predicated.
sealed class Interleave : Rewriter
{
    /// Operations a piece: long enough for the chain's own operands to be loaded, short enough for four chains to fit a scheduler of 60 entries.
    const int Piece = 6;

    readonly Layout layout;
    readonly Shapes shapes;
    readonly Names names;
    List<Stmt>? pieces;

    Interleave(Function f, Layout layout, Shapes shapes) => (this.layout, this.shapes, names) = (layout, shapes, new(f));

    public static Function Run(Function f, Layout layout, Shapes shapes) => layout.IsScalar ? f : new Interleave(f, layout, shapes).Rewrite(f);

    public override Sequence<Stmt> RewriteMany(Stmt s)
    {
        if (s is not (Assign or Store)) return base.RewriteMany(s);
        var before = pieces = [];
        var rewritten = s switch
        {
            Assign a when shapes.IsVarying(a.Value) => a with { Value = Cut(a.Value, top: true).Expr },
            Store { Checked: false } st when shapes.IsVarying(st.Value) => st with { Value = Cut(st.Value, top: true).Expr },
            _ => s,
        };
        pieces = null;
        return before.Count == 0 ? [s] : [.. before, rewritten];
    }

    /// The expression with pieces taken out, and how many operations are left in it.
    (Expr Expr, int Operations) Cut(Expr e, bool top = false)
    {
        if (e is not Apply a || !shapes.IsVarying(e)) return (e, 0);
        int operations = 1;
        var args = a.Args.MapSame(x =>
        {
            var (cut, n) = Cut(x);
            operations += n;
            return cut;
        });
        Expr result = a with { Args = args };
        if (top || operations < Piece || !e.Type.IsFloat() || e.Type.IsNarrow() || layout.Parts(e.Type) == 1) return (result, operations);
        var piece = names.Fresh("piece", e.Type);
        shapes.Add(piece);
        pieces!.Add(new Assign(piece, result));
        return (piece.Read(), 0);
    }
}
