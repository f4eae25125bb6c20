using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

// What a condition says about the variables in it.
static partial class Bounds
{
    sealed partial class Finder
    {
        Sequence<Stmt> Under(Expr condition, bool truth, Sequence<Stmt> body)
        {
            var outerWhen = when;
            int outerUncertain = uncertain;
            var added = new List<Symbol>();
            Learn(condition, truth, added);
            var result = Rewrite(body);
            foreach (var s in added) refined.Remove(s);
            (when, uncertain) = (outerWhen, outerUncertain);
            return result;
        }

        void Learn(Expr condition, bool truth, List<Symbol> added)
        {
            switch (condition)
            {
                case Apply { Op: Op.Not } n:
                    Learn(n.Args[0], !truth, added);
                    return;
                case Apply { Op: Op.And } a when truth:
                    foreach (var x in a.Args) Learn(x, true, added);
                    return;
                case Apply { Op: Op.Or } o when !truth:
                    foreach (var x in o.Args) Learn(x, false, added);
                    return;
            }
            if (OfHost(condition))
            {
                when = Make.And(when, truth ? condition : Make.Not(condition));
                return;
            }
            if (condition is not Apply c || !c.Op.IsCompare() || Value(c.Args[0])?.Replace(Refined) is not { } left || Value(c.Args[1])?.Replace(Refined) is not { } right || !Compare(c, truth, left, right, added))
                uncertain++;
        }

        bool Compare(Apply c, bool truth, IndexRange left, IndexRange right, List<Symbol> added)
        {
            // As left - right + strict <= 0. Unsigned comparison is signed if both sides are known not to be negative.
            var op = truth ? c.Op : c.Op switch { Op.Eq => Op.Ne, Op.Ne => Op.Eq, Op.Lt => Op.Ge, Op.Le => Op.Gt, Op.Gt => Op.Le, _ => Op.Lt };
            if (!c.Args[0].Type.IsSigned())
            {
                bool rightPositive = IsNotNegative(right);
                bool leftPositive = IsNotNegative(left);
                // (uint)i < (uint)n is 0 <= i and i < n
                if (op is Op.Lt or Op.Le && rightPositive && !leftPositive && !AtMost(IndexRange.Negate(left), added)) return false;
                if (!rightPositive || (!leftPositive && op is not (Op.Lt or Op.Le))) return false;
            }
            IndexRange? ab = IndexRange.Subtract(left, right), ba = IndexRange.Subtract(right, left);
            return op switch
            {
                Op.Lt => AtMost(IndexRange.Add(ab, 1), added),
                Op.Le => AtMost(ab, added),
                Op.Gt => AtMost(IndexRange.Add(ba, 1), added),
                Op.Ge => AtMost(ba, added),
                Op.Eq => AtMost(ab, added) & AtMost(IndexRange.Subtract(right, left), added),
                _ => false,
            };
        }

        /// difference <= 0, taken as a bound of its innermost variable.
        bool AtMost(IndexRange? difference, List<Symbol> added)
        {
            difference = difference?.Replace(Refined);
            var variable = difference?.Symbols.Where(s => s.Atom is null).OrderByDescending(s => s.Order).FirstOrDefault();
            if (variable is null || !IndexRange.Split(difference!, variable, out var factor, out var rest)) return false;
            if (!factor.IsConstant(out long sign) || Math.Abs(sign) != 1) return false;
            var bound = sign > 0 ? IndexRange.Negate(rest) : rest;
            if (bound is null) return false;
            var (low, high) = sign > 0 ? (variable.Low!, IndexRange.Min(variable.High!, bound)) : (IndexRange.Max(variable.Low!, bound), variable.High!);
            refined[variable] = Variable(low, high, variable.Exact, variable.Order);
            added.Add(variable);
            return true;
        }
    }
}
