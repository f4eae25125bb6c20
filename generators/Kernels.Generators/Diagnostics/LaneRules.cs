using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Diagnostics;

/// The rules about lanes, on the operations of one method: what varies, what a lane loop leaves behind, what iterations do to each other.
/// Locals count as a whole: a field of a struct is its local.
sealed class LaneRules
{
    readonly IMethodSymbol method;
    readonly FunctionKind kind;
    readonly List<Problem> problems;
    readonly List<IForEachLoopOperation> laneLoops;
    readonly VaryingLocals varying;

    LaneRules(IOperation body, IMethodSymbol method, FunctionKind kind, List<Problem> problems)
    {
        (this.method, this.kind, this.problems) = (method, kind, problems);
        laneLoops = [.. body.DescendantsAndSelf().OfType<IForEachLoopOperation>().Where(IsLaneLoop)];
        varying = new(body, laneLoops, kind == FunctionKind.Element ? method.Parameters.Where(p => !Spec.Has(p, "ConstAttribute")) : []);
    }

    public static void Check(IOperation body, IMethodSymbol method, FunctionKind kind, List<Problem> problems, Lowering module)
    {
        var rules = new LaneRules(body, method, kind, problems);
        bool laneCode = kind == FunctionKind.Element || rules.laneLoops.Count == 0 && kind == FunctionKind.Helper;
        rules.CheckArithmetic(body, laneCode, module);
        if (kind == FunctionKind.Element || rules.laneLoops.Count == 0 && kind != FunctionKind.Kernel) return;
        rules.CheckReductions(body);
        rules.CheckAppend(body);
        rules.CheckAtomics(body);
        foreach (var loop in rules.laneLoops) new AddressRules(loop, rules.varying, problems).Check();
    }

    public static bool IsLaneLoop(IForEachLoopOperation f) => Types.Is(Source(f).Type, "Kernels", "LaneRange");

    static IOperation Source(IForEachLoopOperation f) => f.Collection is IConversionOperation { IsImplicit: true } c ? c.Operand : f.Collection;

    void Report(DiagnosticDescriptor krn, IOperation where, params string[] arguments) => problems.Add(new(krn, where.Syntax.GetLocation(), new(arguments)));

    // ---- arithmetic ----

    void CheckArithmetic(IOperation body, bool laneCode, Lowering module)
    {
        foreach (var op in body.DescendantsAndSelf())
        {
            bool inLanes = laneCode || InLaneLoop(op);
            switch (op)
            {
                case IConversionOperation { IsImplicit: true, Type.SpecialType: SpecialType.System_Double, Operand: { Type.SpecialType: SpecialType.System_Single, ConstantValue.HasValue: false } } c when inLanes:
                    Report(Krn.ImplicitDouble, c.Operand);
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder, OperatorMethod: null } b when IsInteger(b.Type) && varying.Contains(b.RightOperand):
                    Report(Krn.VaryingDivision, b.RightOperand);
                    break;
                case IInvocationOperation { TargetMethod: { IsStatic: true, IsGenericMethod: false } target } i when inLanes && module.Divisors(target) is { Count: > 0 } divisors:
                    foreach (var a in i.Arguments)
                        if (a.Parameter is { } p && divisors.Contains(p.Name) && varying.Contains(a.Value)) Report(Krn.VaryingDivision, a.Value);
                    break;
                case ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder, OperatorMethod: null } a when IsInteger(a.Type) && varying.Contains(a.Value):
                    Report(Krn.VaryingDivision, a.Value);
                    break;
            }
        }
    }

    static bool IsInteger(ITypeSymbol? t) => t?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    bool InLaneLoop(IOperation op) => Enclosing(op) is not null;

    IForEachLoopOperation? Enclosing(IOperation op)
    {
        for (var (child, p) = (op, op.Parent); p is not null; (child, p) = (p, p.Parent))
            if (p is IForEachLoopOperation f && child != f.Collection && laneLoops.Contains(f)) return f;
        return null;
    }

    // ---- reductions ----

    /// A use of a local: where it is read, assigned, or both.
    readonly record struct LocalUse(ILocalSymbol Local, IOperation Where, bool Reads, bool Writes, IOperation? Value);

    static IEnumerable<LocalUse> Uses(IOperation body)
    {
        foreach (var op in body.DescendantsAndSelf())
        {
            if (op is IVariableDeclaratorOperation d)
            {
                if ((d.Initializer ?? (d.Parent as IVariableDeclarationOperation)?.Initializer)?.Value is { } value) yield return new(d.Symbol, d, false, true, value);
                continue;
            }
            if (op is not ILocalReferenceOperation l || l.Parent is INameOfOperation) continue;
            IOperation whole = l;
            while (whole.Parent is IFieldReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: false } && whole.Type is { IsValueType: true }) whole = whole.Parent;
            yield return whole.Parent switch
            {
                ISimpleAssignmentOperation a when a.Target == whole => new(l.Local, l, false, true, a.Value),
                ICompoundAssignmentOperation a when a.Target == whole => new(l.Local, l, true, true, null),
                IIncrementOrDecrementOperation => new(l.Local, l, true, true, null),
                IArgumentOperation { Parameter.RefKind: RefKind.Out } => new(l.Local, l, false, true, null),
                IArgumentOperation { Parameter.RefKind: RefKind.Ref } => new(l.Local, l, true, true, null),
                ITupleOperation { Parent: IDeconstructionAssignmentOperation x } t when x.Target == t => new(l.Local, l, false, true, null),
                _ => new(l.Local, l, true, false, null),
            };
        }
    }

    static IInvocationOperation? LanesCall(IOperation op)
    {
        for (var p = op.Parent; p is not null and not IBlockOperation; p = p.Parent)
            if (p is IInvocationOperation i && Types.Is(i.TargetMethod.ContainingType, "Kernels", "Lanes")) return i;
        return null;
    }

    void CheckReductions(IOperation body)
    {
        var uses = Uses(body).ToList();
        var outer = new HashSet<ISymbol>(uses.Select(u => u.Local).Where(l => Declaration(l, body) is { } d && !InLaneLoop(d)), SymbolEqualityComparer.Default);
        var appended = new HashSet<ISymbol>(uses.Where(u => u.Writes && u.Reads && LanesCall(u.Where)?.TargetMethod.Name == "Append").Select(u => u.Local), SymbolEqualityComparer.Default);
        var carried = new HashSet<ISymbol>(uses.Where(u => u.Writes && InLaneLoop(u.Where) && outer.Contains(u.Local) && !appended.Contains(u.Local)).Select(u => u.Local), SymbolEqualityComparer.Default);
        var partial = new HashSet<ISymbol>(SymbolEqualityComparer.Default);

        foreach (var call in body.DescendantsAndSelf().OfType<IInvocationOperation>().Where(i => Types.Is(i.TargetMethod.ContainingType, "Kernels", "Lanes") && i.TargetMethod.Name is "Sum" or "Min" or "Max" or "Reduce" or "Any" or "All"))
        {
            var locals = call.Arguments[0].Value.DescendantsAndSelf().OfType<ILocalReferenceOperation>().Select(l => l.Local).Where(carried.Contains).ToList();
            if (locals.Count == 0)
            {
                if (!InLaneLoop(call)) Report(Krn.ReductionOperand, call.Arguments[0].Value);
                continue;
            }
            foreach (var local in locals)
            {
                if (call.TargetMethod.Name is not ("Any" or "All")) partial.Add(local);
                if (call.TargetMethod.Name is "Any" or "All" && call.Arguments[0].Value is not ILocalReferenceOperation) continue;
                foreach (var start in uses.Where(u => u.Writes && u.Value is not null && !InLaneLoop(u.Where) && SymbolEqualityComparer.Default.Equals(u.Local, local)))
                    if (Identity(call) is var (isIdentity, name) && !isIdentity(start.Value!) && !start.Value!.Descendants().Append(start.Value!).Any(x => x is ILocalReferenceOperation r && carried.Contains(r.Local)))
                        Report(Krn.ReductionStart, start.Value!, local.Name, name);
            }
        }

        foreach (var u in uses.Where(u => u.Reads && carried.Contains(u.Local)))
        {
            if (InLaneLoop(u.Where)) continue;
            if (LanesCall(u.Where) is not null) continue;
            if (AssignsTo(u.Where, carried) || u.Writes) continue; // lane by lane into another accumulator
            if (!laneLoops.Any(l => l.Syntax.SpanStart < u.Where.Syntax.SpanStart && uses.Any(w => w.Writes && SymbolEqualityComparer.Default.Equals(w.Local, u.Local) && Enclosing(w.Where) == l) || SharesLoop(l, u.Where))) continue;
            Report(Krn.DeadVarying, u.Where, u.Local.Name);
        }
        CheckPartials(uses, partial);
    }

    static bool SharesLoop(IOperation laneLoop, IOperation use)
    {
        for (var p = laneLoop.Parent; p is not null; p = p.Parent)
            if (p is ILoopOperation && use.Syntax.SpanStart >= p.Syntax.SpanStart && use.Syntax.Span.End <= p.Syntax.Span.End) return true;
        return false;
    }

    static bool AssignsTo(IOperation read, HashSet<ISymbol> targets)
    {
        for (var p = read.Parent; p is not null and not IBlockOperation; p = p.Parent)
            if (p is IAssignmentOperation { Target: var target } && Root(target) is { } local && targets.Contains(local)) return true;
        return false;
    }

    static ISymbol? Root(IOperation target) => target switch
    {
        ILocalReferenceOperation l => l.Local,
        IFieldReferenceOperation { Instance: { } i } => Root(i),
        IPropertyReferenceOperation { Property.IsIndexer: false, Instance: { } i } => Root(i),
        _ => null,
    };

    static IOperation? Declaration(ILocalSymbol local, IOperation body) =>
        body.DescendantsAndSelf().FirstOrDefault(o => o is IVariableDeclaratorOperation d && SymbolEqualityComparer.Default.Equals(d.Symbol, local)
            || o is ILocalReferenceOperation { IsDeclaration: true } l && SymbolEqualityComparer.Default.Equals(l.Local, local));

    /// What flows from a partial sum in its loop must end in a partial sum.
    void CheckPartials(List<LocalUse> uses, HashSet<ISymbol> partial)
    {
        bool grew = partial.Count > 0;
        while (grew)
        {
            grew = false;
            foreach (var u in uses.Where(u => u.Writes && u.Value is not null && InLaneLoop(u.Where)))
                if (!partial.Contains(u.Local) && u.Value!.DescendantsAndSelf().Any(o => o is ILocalReferenceOperation l && partial.Contains(l.Local))) grew |= partial.Add(u.Local);
        }
        foreach (var u in uses.Where(u => u.Reads && partial.Contains(u.Local) && InLaneLoop(u.Where)))
        {
            for (var (child, p) = (u.Where, u.Where.Parent); p is not null and not IBlockOperation; (child, p) = (p, p.Parent))
            {
                bool index = p is IArgumentOperation { Parent: IPropertyReferenceOperation { Property.IsIndexer: true } };
                bool store = p is IAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true } } a && a.Value == child;
                bool effect = p is IInvocationOperation i && (Types.Is(i.TargetMethod.ContainingType, "Kernels", "Atomic") || Types.Is(i.TargetMethod.ContainingType, "Kernels", "Lanes") && i.TargetMethod.Name == "Append");
                if (!index && !store && !effect) continue;
                Report(Krn.PartialValue, u.Where, u.Local.Name);
                break;
            }
        }
    }

    /// Whether an expression is what the reduction starts from, and how that reads.
    static (Func<IOperation, bool> Is, string Name)? Identity(IInvocationOperation call)
    {
        bool Member(IOperation o, params string[] names) => Strip(o) switch
        {
            IPropertyReferenceOperation { Property: { IsStatic: true } p } => names.Contains(p.Name),
            IFieldReferenceOperation { Field: { IsStatic: true } f } => names.Contains(f.Name),
            _ => false,
        };
        bool Number(IOperation o, Func<double, bool> matches) => o.ConstantValue is { HasValue: true, Value: IConvertible v and not bool } && matches(Convert.ToDouble(v, System.Globalization.CultureInfo.InvariantCulture));
        bool integer = IsInteger(call.Type);
        switch (call.TargetMethod.Name)
        {
            case "Sum": return (o => Number(o, v => v == 0) || Member(o, "Zero", "AdditiveIdentity") || o is IDefaultValueOperation, "0");
            case "Min": return (o => integer && Same(o, call.Type!, "MaxValue") || Number(o, double.IsPositiveInfinity) || Member(o, "PositiveInfinity") || integer && Member(o, "MaxValue"), integer ? "MaxValue" : "positive infinity");
            case "Max": return (o => integer && Same(o, call.Type!, "MinValue") || Number(o, double.IsNegativeInfinity) || Member(o, "NegativeInfinity") || integer && Member(o, "MinValue"), integer ? "MinValue" : "negative infinity");
            case "Any": return (o => o.ConstantValue is { HasValue: true, Value: false } || o is IDefaultValueOperation, "false");
            case "All": return (o => o.ConstantValue is { HasValue: true, Value: true }, "true");
            default:
                var combine = call.Arguments.Length > 1 ? Strip(call.Arguments[1].Value) : null;
                if (combine is IDelegateCreationOperation d) combine = d.Target;
                if (combine is not IMethodReferenceOperation m) return null;
                var attribute = m.Method.OriginalDefinition.GetAttributes().FirstOrDefault(a => Types.Is(a.AttributeClass, "Kernels", "ReductionAttribute"));
                if (attribute?.NamedArguments.FirstOrDefault(n => n.Key == "Identity").Value.Value is not string { Length: > 0 } name) return null;
                return (o => Member(o, name), name);
        }
    }

    static bool Same(IOperation o, ITypeSymbol type, string member) =>
        o.ConstantValue is { HasValue: true, Value: { } v } && type.GetMembers(member).FirstOrDefault() is IFieldSymbol { HasConstantValue: true, ConstantValue: { } c } && v.Equals(c);

    static IOperation Strip(IOperation o) => o switch { IConversionOperation c => Strip(c.Operand), IParenthesizedOperation p => Strip(p.Operand), _ => o };

    // ---- ordered compaction, atomics ----

    void CheckAppend(IOperation body)
    {
        var uses = Uses(body).ToList();
        var counts = new HashSet<ISymbol>(uses.Where(u => u.Writes && u.Reads && LanesCall(u.Where)?.TargetMethod.Name == "Append").Select(u => u.Local), SymbolEqualityComparer.Default);
        foreach (var u in uses.Where(u => u.Writes && counts.Contains(u.Local) && LanesCall(u.Where)?.TargetMethod.Name != "Append" && InLaneLoop(u.Where)))
            Report(Krn.UniformWrite, u.Where is IVariableDeclaratorOperation ? u.Value! : u.Where, u.Local.Name);
    }

    void CheckAtomics(IOperation body)
    {
        if (kind != FunctionKind.Kernel || Spec.Has(method, "NondeterministicAttribute") || !method.Parameters.Any(p => Spec.Has(p, "BlockAttribute"))) return;
        foreach (var i in body.DescendantsAndSelf().OfType<IInvocationOperation>())
            if (Types.Is(i.TargetMethod.ContainingType, "Kernels", "Atomic") && i.TargetMethod.Name is "Add" or "Exchange" && i.Type?.SpecialType is SpecialType.System_Single or SpecialType.System_Double
                && i.Arguments[0].Value is IPropertyReferenceOperation { Instance: IParameterReferenceOperation })
                Report(Krn.FloatAtomic, i);
    }
}
