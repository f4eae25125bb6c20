using System.Globalization;
using Kernels.Generators.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Diagnostics;

/// What iterations of one lane loop provably do to each other: indices are compared as sums of a multiple of the lane index, uniform terms
/// and a constant. Whatever is not of this form is left to the race-checking interpreter.
sealed class AddressRules(IForEachLoopOperation loop, VaryingLocals varying, List<Problem> problems)
{
    sealed record Access(IPropertyReferenceOperation Where, ISymbol Array, Dictionary<string, long> Terms, long Constant, bool Read, bool Written)
    {
        public long Lane => Terms.TryGetValue("", out long c) ? c : 0;
    }

    public void Check()
    {
        var accesses = new List<Access>();
        foreach (var element in loop.Body.DescendantsAndSelf().OfType<IPropertyReferenceOperation>())
        {
            if (!element.Property.IsIndexer || element.Property.Parameters.Length != 1 || !Types.IsSpan(element.Property.ContainingType)) continue;
            if (element.Parent is IArgumentOperation { Parent: IInvocationOperation i } && Types.Is(i.TargetMethod.ContainingType, "Kernels", "Atomic")) continue;
            bool written = element.Parent is IAssignmentOperation a && a.Target == element || element.Parent is IIncrementOrDecrementOperation || element.Parent is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out };
            bool read = !written || element.Parent is not ISimpleAssignmentOperation;
            var array = element.Instance switch
            {
                IParameterReferenceOperation p => (ISymbol)p.Parameter,
                ILocalReferenceOperation l when !IsInside(l.Local) => l.Local,
                _ => null,
            };
            if (array is null || varying.Contains(element.Instance!)) continue;
            var index = element.Arguments[0].Value;
            if (written && !varying.Contains(index) && !varying.Parted(element)) { Report(Krn.SameAddress, element.Parent is IAssignmentOperation ? element : element.Parent!); continue; }
            if (Linear(index) is var (terms, constant)) accesses.Add(new(element, array, terms, constant, read, written));
        }
        foreach (var write in accesses.Where(x => x.Written && x.Lane != 0))
        {
            foreach (var other in accesses)
            {
                if (other == write || !SymbolEqualityComparer.Default.Equals(other.Array, write.Array) || other.Constant == write.Constant || !SameTerms(other, write)) continue;
                if ((other.Constant - write.Constant) % write.Lane != 0) continue;
                if (other.Read) Report(Krn.LoopDependency, other.Where, other.Where.Syntax.ToString());
                else if (other.Where.Syntax.SpanStart > write.Where.Syntax.SpanStart) Report(Krn.SameAddress, other.Where);
            }
        }
    }

    static bool SameTerms(Access a, Access b) => a.Terms.Count == b.Terms.Count && a.Terms.All(t => b.Terms.TryGetValue(t.Key, out long c) && c == t.Value);

    bool IsInside(ILocalSymbol local) => loop.Body.Descendants().Any(o => o is IVariableDeclaratorOperation d && SymbolEqualityComparer.Default.Equals(d.Symbol, local));

    void Report(DiagnosticDescriptor krn, IOperation where, params string[] arguments) => problems.Add(new(krn, where.Syntax.GetLocation(), new(arguments)));

    /// Coefficients by term, the lane index under the empty name; null if a varying term is not the lane index.
    (Dictionary<string, long>, long)? Linear(IOperation e)
    {
        var terms = new Dictionary<string, long>();
        long constant = 0;
        if (!Add(e, 1)) return null;
        foreach (string zero in terms.Where(t => t.Value == 0).Select(t => t.Key).ToList()) terms.Remove(zero);
        return (terms, constant);

        bool Add(IOperation op, long factor)
        {
            if (op.ConstantValue is { HasValue: true, Value: IConvertible v and not string and not bool }) { constant += factor * Convert.ToInt64(v, CultureInfo.InvariantCulture); return true; }
            switch (op)
            {
                case IParenthesizedOperation p: return Add(p.Operand, factor);
                case IConversionOperation { IsImplicit: true } c: return Add(c.Operand, factor);
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, OperatorMethod: null } b: return Add(b.LeftOperand, factor) && Add(b.RightOperand, factor);
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract, OperatorMethod: null } b: return Add(b.LeftOperand, factor) && Add(b.RightOperand, -factor);
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply, OperatorMethod: null } b:
                    if (b.LeftOperand.ConstantValue is { HasValue: true, Value: int l }) return Add(b.RightOperand, factor * l);
                    if (b.RightOperand.ConstantValue is { HasValue: true, Value: int r }) return Add(b.LeftOperand, factor * r);
                    break;
            }
            string name = op is ILocalReferenceOperation x && loop.Locals.Contains(x.Local, SymbolEqualityComparer.Default) ? "" : op.Syntax.ToString();
            if (name.Length > 0 && (varying.Contains(op) || op.DescendantsAndSelf().Any(o => o is ILocalReferenceOperation l && IsInside(l.Local)))) return false;
            terms[name] = (terms.TryGetValue(name, out long before) ? before : 0) + factor;
            return true;
        }
    }
}
