using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Frontend;

partial class FunctionLowering
{
    /// A loop body whose continue leaves a block around it.
    List<Stmt> LoopBody(IOperation body, ILabelSymbol next, Action? first = null)
    {
        var target = jumps[next] = new(Fresh("continue"));
        var inner = Aside(() => { first?.Invoke(); Statement(body); });
        return target.Used ? [new Block(target.Label, inner.ToSequence())] : inner;
    }

    void LowerWhile(IWhileLoopOperation op)
    {
        var exit = jumps[op.ExitLabel] = new(Fresh("loop"));
        var body = Aside(() =>
        {
            if (op.ConditionIsTop) LeaveUnless(op.Condition!, op.ConditionIsUntil, exit.Label);
            code.AddRange(LoopBody(op.Body, op.ContinueLabel));
            if (!op.ConditionIsTop) LeaveUnless(op.Condition!, op.ConditionIsUntil, exit.Label);
        });
        Emit(new Loop(exit.Label, body.ToSequence()));
    }

    void LeaveUnless(IOperation condition, bool until, string label)
    {
        var c = ScalarOf(condition);
        if (c is Const { Bits: var known } && known != 0 != until) return;
        Emit(new If(until ? c : Make.Not(c), [new Leave(label)], []));
    }

    void LowerFor(IForLoopOperation op)
    {
        if (CountedFor(op)) return;
        Statements(op.Before);
        var exit = jumps[op.ExitLabel] = new(Fresh("loop"));
        var body = Aside(() =>
        {
            if (op.Condition is not null) LeaveUnless(op.Condition, false, exit.Label);
            code.AddRange(LoopBody(op.Body, op.ContinueLabel));
            Statements(op.AtLoopBottom);
        });
        Emit(new Loop(exit.Label, body.ToSequence()));
    }

    /// for (int i = b; i < e; i += step) where the body changes neither i nor what e is computed from: bounds are evaluated once.
    bool CountedFor(IForLoopOperation op)
    {
        if (op.Before is not [IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [{ } declarator] } declaration] }]
            || (declarator.Initializer ?? declaration.Initializer) is not { } start || declarator.Symbol.Type.SpecialType != SpecialType.System_Int32) return false;
        var index = declarator.Symbol;
        if (op.Condition is not IBinaryOperation { OperatorKind: var comparison } condition || !IsIndex(condition.LeftOperand) || condition.RightOperand.Type?.SpecialType != SpecialType.System_Int32) return false;
        if (op.AtLoopBottom is not [IExpressionStatementOperation { Operation: var bottom }] || Step(bottom) is not { } step || step == 0) return false;
        bool up = comparison is BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual;
        if (!up && comparison is not (BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual) || up != step > 0) return false;
        var changed = Assigned(op.Body);
        if (changed.Contains(index) || !IsInvariant(condition.RightOperand, changed, op.Body)) return false;

        var begin = ScalarOf(start.Value);
        int at = code.Count;
        var end = ScalarOf(condition.RightOperand);
        begin = Protect(begin, at);
        if (comparison == BinaryOperatorKind.LessThanOrEqual) end = end is Const c ? Int(c.Integer() + 1) : Make.Binary(Op.Add, end, Int(1));
        if (comparison == BinaryOperatorKind.GreaterThanOrEqual) end = end is Const c ? Int(c.Integer() - 1) : Make.Binary(Op.Sub, end, Int(1));
        var exit = jumps[op.ExitLabel] = new(Fresh("for"));
        var local = Declare(index, declarator).Slots[0].Local!;
        frozen.Add(local);
        var body = LoopBody(op.Body, op.ContinueLabel);
        Emit(new For(exit.Label, local, begin, end, step, body.ToSequence()));
        return true;

        bool IsIndex(IOperation o) => o is ILocalReferenceOperation l && SymbolEqualityComparer.Default.Equals(l.Local, index);

        int? Step(IOperation bottom) => bottom switch
        {
            IIncrementOrDecrementOperation i when IsIndex(i.Target) => i.Kind == OperationKind.Increment ? 1 : -1,
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add, Value.ConstantValue: { HasValue: true, Value: int by } } c when IsIndex(c.Target) => by,
            ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Subtract, Value.ConstantValue: { HasValue: true, Value: int by } } c when IsIndex(c.Target) => -by,
            _ => null,
        };
    }

    /// Same value in every trip: no part is assigned in the body, and elements are read only if nothing is written.
    bool IsInvariant(IOperation e, HashSet<ISymbol> changed, IOperation body)
    {
        bool? writes = null;
        foreach (var x in e.DescendantsAndSelf())
        {
            switch (x)
            {
                case ILocalReferenceOperation l when changed.Contains(l.Local) || aliases.ContainsKey(l.Local): return false;
                case IParameterReferenceOperation p when changed.Contains(p.Parameter.OriginalDefinition): return false;
                case IInstanceReferenceOperation when changed.Count > 0 && body.Descendants().Any(y => y is IAssignmentOperation a && RootsInThis(a.Target)): return false;
                case IAssignmentOperation or IIncrementOrDecrementOperation: return false;
                case IInvocationOperation i when i.Arguments.Any(a => a.Parameter?.RefKind is RefKind.Ref or RefKind.Out): return false;
                case IPropertyReferenceOperation p when IsElement(p) && !Types.IsReadOnlySpan(types.Of(p.Instance!.Type!)):
                case IInvocationOperation when true:
                    writes ??= body.Descendants().Any(y => y is IInvocationOperation || y is IAssignmentOperation { Target: IPropertyReferenceOperation or IFieldReferenceOperation });
                    if (writes.Value && x is not IInvocationOperation { Arguments: var arguments } || writes.Value && ((IInvocationOperation)x).Arguments.Any(a => types.Held(a.Value.Type!) is null)) return false;
                    break;
            }
        }
        return true;
    }

    static bool RootsInThis(IOperation target) => target switch
    {
        IFieldReferenceOperation { Instance: { } i } => i is IInstanceReferenceOperation || RootsInThis(i),
        IPropertyReferenceOperation { Instance: { } i } => i is IInstanceReferenceOperation || RootsInThis(i),
        _ => false,
    };

    // ---- foreach ----

    void LowerForEach(IForEachLoopOperation op)
    {
        var collection = op.Collection;
        while (collection is IConversionOperation { IsImplicit: true } c && c.OperatorMethod is null) collection = c.Operand;
        var type = types.Of(collection.Type!);
        if (Types.Is(type, "Kernels", "LaneRange")) LowerLaneLoop(op, collection);
        else if (Types.Is(type, "Kernels", "LaneChunks")) LowerChunks(op, collection);
        else if (Types.IsSpan(type)) LowerSpanLoop(op, collection);
        else throw Fail(Krn.Construct, op.Collection, "A 'foreach' over this", "go over a span, or over Lanes.Range");
    }

    void LowerSpanLoop(IForEachLoopOperation op, IOperation collection)
    {
        var span = (SpanAtom)Lower(collection).Atoms[0];
        var exit = jumps[op.ExitLabel] = new(Fresh("for"));
        var index = new Local(Fresh("index"), ScalarType.I32);
        frozen.Add(index);
        var local = LoopVariable(op);
        var place = new ElementPlace(types.Of(local.Type), span.Buffers, Add(span.Offset, new Use(index)));
        var body = LoopBody(op.Body, op.ContinueLabel, () =>
        {
            if (local.IsRef) aliases[local] = place;
            else Assign(Declare(local, op), Read(place, op), op);
        });
        Emit(new For(exit.Label, index, Int(0), span.Length, 1, body.ToSequence()));
    }

    ILocalSymbol LoopVariable(IForEachLoopOperation op) =>
        op.LoopControlVariable is IVariableDeclaratorOperation d ? d.Symbol : throw Fail(Krn.Construct, op.LoopControlVariable, "This loop variable", "declare one local");
}
