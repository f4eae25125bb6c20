using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Joins a product and a sum where the author allows one rounding:   a * b + c  =>  MulAdd(a, b, c).
///
/// Under FloatMode.Contract only. The product must stand inside the sum: value numbering nests what is used once, and a product
/// that others need too stays, for it would be computed twice. a*b - c and c - a*b negate an operand, which targets spell for free.
static class Contract
{
    public static Function Run(Function f) => (f.Schedule.Float & FloatMode.Contract) == 0 ? f : new Contraction().Rewrite(f);

    sealed class Contraction : Rewriter
    {
        public override Expr Rewrite(Expr e)
        {
            e = base.Rewrite(e);
            if (e is not Apply { Op: Op.Add or Op.Sub } sum || !e.Type.IsFloat()) return e;
            var (a, b) = (sum.Args[0], sum.Args[1]);
            if (a is Apply { Op: Op.Mul } p) return Make.Apply(Op.MulAdd, e.Type, p.Args[0], p.Args[1], sum.Op == Op.Add ? b : Negate(b));
            if (b is Apply { Op: Op.Mul } q) return Make.Apply(Op.MulAdd, e.Type, sum.Op == Op.Add ? q.Args[0] : Negate(q.Args[0]), q.Args[1], a);
            return e;
        }

        static Expr Negate(Expr e) => Algebra.Simplify(new Apply(Op.Neg, e.Type, [e]), FloatMode.Strict);
    }
}
