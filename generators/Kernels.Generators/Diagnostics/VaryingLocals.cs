using Kernels.Generators.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Diagnostics;

/// The locals and parameters that may differ between lanes: what depends on a lane's index, or is assigned where lanes have parted.
/// A fixed point over assignments; memory read at a uniform index is uniform.
sealed class VaryingLocals
{
    readonly HashSet<ISymbol> symbols = new(SymbolEqualityComparer.Default);

    public VaryingLocals(IOperation body, List<IForEachLoopOperation> laneLoops, IEnumerable<ISymbol> parameters)
    {
        foreach (var p in parameters) symbols.Add(p);
        foreach (var loop in laneLoops) foreach (var local in loop.Locals) symbols.Add(local);
        if (symbols.Count == 0) return;
        for (int before = -1; before != symbols.Count;)
        {
            before = symbols.Count;
            foreach (var op in body.DescendantsAndSelf())
            {
                switch (op)
                {
                    case IVariableDeclaratorOperation d when (d.Initializer ?? (d.Parent as IVariableDeclarationOperation)?.Initializer)?.Value is { } value && (Contains(value) || Parted(d)): symbols.Add(d.Symbol); break;
                    case IAssignmentOperation a when Contains(a.Value) || Parted(a): Add(a.Target); break;
                    case IIncrementOrDecrementOperation i when Parted(i): Add(i.Target); break;
                    case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out, Parent: IInvocationOperation call } a when call.Arguments.Any(x => Contains(x.Value)) || Parted(a):
                        if (call.TargetMethod.Name != "Append") Add(a.Value);
                        break;
                }
            }
        }
    }

    void Add(IOperation target)
    {
        switch (target)
        {
            case ILocalReferenceOperation l: symbols.Add(l.Local); break;
            case IParameterReferenceOperation p: symbols.Add(p.Parameter); break;
            case IFieldReferenceOperation { Instance: { } i }: Add(i); break;
            case IPropertyReferenceOperation { Property.IsIndexer: false, Instance: { } i }: Add(i); break;
            case ITupleOperation t: foreach (var e in t.Elements) Add(e); break;
            case IDeclarationExpressionOperation d: Add(d.Expression); break;
        }
    }

    public bool Contains(IOperation expression) => expression.DescendantsAndSelf().Any(o => o switch
    {
        ILocalReferenceOperation l => symbols.Contains(l.Local),
        IParameterReferenceOperation p => symbols.Contains(p.Parameter),
        IInvocationOperation i => Types.Is(i.TargetMethod.ContainingType, "Kernels", "Atomic"),
        _ => false,
    });

    /// Under a condition that differs between lanes, or behind one that ended a loop or an iteration for some.
    public bool Parted(IOperation op)
    {
        for (var (child, p) = (op, op.Parent); p is not null; (child, p) = (p, p.Parent))
        {
            switch (p)
            {
                case IConditionalOperation c when child != c.Condition && Contains(c.Condition): return true;
                case IWhileLoopOperation w when w.Condition is not null && Contains(w.Condition): return true;
                case IForLoopOperation f when f.Condition is not null && !f.Before.Contains(child) && Contains(f.Condition): return true;
                case ISwitchOperation s when Contains(s.Value): return true;
                case ILoopOperation l when l.Body.Descendants().Any(b => b is IBranchOperation { BranchKind: BranchKind.Break } && Condition(b, l)): return true;
                case IForEachLoopOperation f when LaneRules.IsLaneLoop(f): return f.Body.Descendants().Any(b => b is IBranchOperation { BranchKind: BranchKind.Continue } c && SymbolEqualityComparer.Default.Equals(c.Target, f.ContinueLabel) && Condition(c, f));
            }
        }
        return false;
    }

    bool Condition(IOperation op, IOperation within)
    {
        for (var p = op.Parent; p is not null && p != within; p = p.Parent)
            if (p is IConditionalOperation c && Contains(c.Condition)) return true;
        return false;
    }
}
