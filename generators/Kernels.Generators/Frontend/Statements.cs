using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

partial class FunctionLowering
{
    /// Where break and continue go. Lanes: the labels of a lane loop, which only continue may use.
    sealed class JumpTarget(string label, DiagnosticDescriptor? error = null)
    {
        public string Label { get; } = label;
        public DiagnosticDescriptor? Error { get; } = error;
        public bool Used { get; set; }
    }

    readonly Dictionary<ILabelSymbol, JumpTarget> jumps = new(SymbolEqualityComparer.Default);

    /// One that fails is reported and left out, so that the errors behind it show too.
    void Statement(IOperation op)
    {
        try { LowerStatement(op); }
        catch (LanguageException) { }
    }

    void Statements(IEnumerable<IOperation> operations)
    {
        foreach (var op in operations) Statement(op);
    }

    void LowerStatement(IOperation op)
    {
        switch (op)
        {
            case IBlockOperation b: Statements(b.Operations); break;
            case IVariableDeclarationGroupOperation g: foreach (var d in g.Declarations) Statement(d); break;
            case IVariableDeclarationOperation d: foreach (var declarator in d.Declarators) LowerDeclarator(declarator, declarator.Initializer ?? d.Initializer); break;
            case IVariableDeclaratorOperation d: LowerDeclarator(d, d.Initializer); break;
            case IExpressionStatementOperation e: LowerEffect(e.Operation); break;
            case IConditionalOperation c: LowerIf(c); break;
            case IForLoopOperation f: LowerFor(f); break;
            case IWhileLoopOperation w: LowerWhile(w); break;
            case IForEachLoopOperation f: LowerForEach(f); break;
            case ISwitchOperation s: LowerSwitch(s); break;
            case IBranchOperation b: LowerBranch(b); break;
            case IReturnOperation { Kind: OperationKind.Return } r: LowerReturn(r); break;
            case IEmptyOperation or ILocalFunctionOperation: break;
            case ILabeledOperation: throw Fail(Krn.Goto, op);
            case IThrowOperation or ITryOperation: throw Fail(Krn.Exception, op);
            case IReturnOperation: throw Fail(Krn.Construct, op, "'yield'", "write the results to a span");
            case IUsingOperation or ILockOperation: throw Fail(Krn.Construct, op, "'using' or 'lock'", "lanes and blocks share nothing that needs it");
            default: LowerEffect(op); break;
        }
    }

    void LowerEffect(IOperation op)
    {
        if (op is IInvocationOperation i) Invoke(i, used: false);
        else Lower(op);
    }

    void LowerDeclarator(IVariableDeclaratorOperation d, IVariableInitializerOperation? initializer)
    {
        var local = d.Symbol;
        if (local.IsRef)
        {
            aliases[local] = StablePlace(PlaceOf(initializer!.Value));
            return;
        }
        if (initializer is null)
        {
            // The first assignment must dominate every use, and C# accepts one in each branch.
            foreach (var slot in Declare(local, d).Slots)
                if (slot.Local is { } l) Emit(new Assign(l, Zero(l.Type)));
            return;
        }
        var value = Lower(initializer.Value);
        var place = Declare(local, d);
        if (!value.HasSpans) { Assign(place, value, d); return; }
        bool mutable = assigned.Contains(local);
        for (int k = 0; k < place.Slots.Count; k++)
        {
            if (value.Atoms[k] is ScalarAtom s) Emit(new Assign(place.Slots[k].Local!, s.Value));
            else place.Slots[k].Bound = Named(value.Atoms[k], local.Name, mutable);
        }
    }

    void LowerIf(IConditionalOperation op)
    {
        var condition = ScalarOf(op.Condition);
        if (condition is Const known)
        {
            if (known.Bits != 0) Statement(op.WhenTrue);
            else if (op.WhenFalse is not null) Statement(op.WhenFalse);
            return;
        }
        var then = Aside(() => Statement(op.WhenTrue));
        var otherwise = op.WhenFalse is null ? [] : Aside(() => Statement(op.WhenFalse));
        Emit(new If(condition, then.ToSequence(), otherwise.ToSequence()));
    }

    void LowerBranch(IBranchOperation op)
    {
        if (op.BranchKind == BranchKind.GoTo) throw Fail(Krn.Goto, op);
        if (!jumps.TryGetValue(op.Target, out var target)) throw Fail(Krn.Goto, op);
        if (target.Error is { } error) throw Fail(error, op);
        target.Used = true;
        Emit(new Leave(target.Label));
    }

    void LowerReturn(IReturnOperation op)
    {
        if (laneLoopHere > 0) throw Fail(Krn.ReturnLaneLoop, op);
        if (op.ReturnedValue is not null)
        {
            var value = method.ReturnsVoid ? null : Lower(op.ReturnedValue);
            if (method.ReturnsVoid) LowerEffect(op.ReturnedValue);
            else if (table is not null) { table = value!.Atoms[0] is SpanAtom { Buffers: [var made] } ? made.Name : ""; Emit(new Return()); return; }
            else if (inlined) { spanResult = spanResult is null ? value : throw Fail(Krn.SpanBinding, op, "a method that returns one has a single return, at its end"); return; }
            else
                for (int k = 0; k < returned.Count; k++)
                {
                    var e = ((ScalarAtom)value!.Atoms[k]).Value;
                    if (returned.Count > 1 && e.Tree().Any(x => x is Use u && returned.IndexOf(u.Local) is >= 0 and var at && at < k)) e = Temp(e);
                    Emit(new Assign(returned[k], e));
                }
        }
        if (op.IsImplicit && method.ReturnsVoid) return; // the end of an expression body
        if (kind == FunctionKind.Kernel) { exitUsed = true; Emit(new Leave(exit!)); }
        else if (inlined) throw Fail(Krn.SpanBinding, op, "a method that returns one has a single return, at its end");
        else Emit(new Return());
    }

    // ---- switch ----

    /// A chain of ifs in the order of the sections, the default last.
    void LowerSwitch(ISwitchOperation op)
    {
        var value = Temp(ScalarOf(op.Value), "switch");
        var target = jumps[op.ExitLabel] = new(Fresh("switch"));
        var sections = op.Cases.OrderBy(c => c.Clauses.Any(x => x is IDefaultCaseClauseOperation) ? 1 : 0).ToList();
        var chain = Aside(() => Section(0));
        Finish(chain, target);

        void Section(int k)
        {
            if (k == sections.Count) return;
            var section = sections[k];
            var body = SectionBody(section, op.ExitLabel);
            if (section.Clauses.Any(c => c is IDefaultCaseClauseOperation)) { Statements(body); return; }
            Expr? any = null;
            foreach (var clause in section.Clauses)
            {
                Expr matches = clause switch
                {
                    ISingleValueCaseClauseOperation s => Make.Compare(Op.Eq, value, Convert(ScalarOf(s.Value), value.Type)),
                    IPatternCaseClauseOperation p when p.Guard is null => Matches(p.Pattern, value),
                    IPatternCaseClauseOperation p => Make.And(Matches(p.Pattern, value), ScalarOf(p.Guard!)),
                    IRelationalCaseClauseOperation r => throw Fail(Krn.Construct, r, "This case", "use 'case < c'"),
                    _ => throw Fail(Krn.Construct, clause, "This case", "use constants or comparisons"),
                };
                any = any is null ? matches : Make.Or(any, matches);
            }
            var then = Aside(() => Statements(body));
            var otherwise = Aside(() => Section(k + 1));
            Emit(new If(any!, then.ToSequence(), otherwise.ToSequence()));
        }
    }

    /// A section without the break at its end.
    static List<IOperation> SectionBody(ISwitchCaseOperation section, ILabelSymbol exit)
    {
        var body = section.Body.ToList();
        if (body.Count == 1 && body[0] is IBlockOperation block) body = [.. block.Operations];
        if (body.Count > 0 && body[body.Count - 1] is IBranchOperation b && SymbolEqualityComparer.Default.Equals(b.Target, exit)) body.RemoveAt(body.Count - 1);
        return body;
    }

    /// Statements that jumps may leave, in a block only if one does.
    void Finish(List<Stmt> body, JumpTarget target)
    {
        if (target.Used) Emit(new Block(target.Label, body.ToSequence()));
        else code.AddRange(body);
    }
}
