using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

partial class FunctionLowering
{
    Expr ScalarOf(IOperation op)
    {
        var value = Lower(op);
        return value.Atoms.Count == 1 && value.Atoms[0] is ScalarAtom s ? s.Value : throw Fail(Krn.Type, op, value.Type.ToDisplayString());
    }

    Value Lower(IOperation op)
    {
        if (op.ConstantValue is { HasValue: true, Value: { } constant } && op.Type is not null && types.Held(op.Type) is { } held && Bits(constant, held) is { } bits)
            return new(types.Of(op.Type), new Const(held, bits));
        switch (op)
        {
            case IParenthesizedOperation p: return Lower(p.Operand);
            case ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IInstanceReferenceOperation or IPropertyReferenceOperation
                or IImplicitIndexerReferenceOperation or IArrayElementReferenceOperation: return LowerReference(op);
            case IBinaryOperation b: return Lower(b);
            case IUnaryOperation u: return Lower(u);
            case IConversionOperation c: return Lower(c);
            case IConditionalOperation c: return Lower(c);
            case IInvocationOperation i: return Lower(i);
            case IObjectCreationOperation o: return Lower(o);
            case IDefaultValueOperation d: return Default(d.Type!, d);
            case ISimpleAssignmentOperation a: return Lower(a);
            case ICompoundAssignmentOperation a: return Lower(a);
            case IIncrementOrDecrementOperation i: return Lower(i);
            case IDeconstructionAssignmentOperation d: return Lower(d);
            case ITupleOperation t: return Lower(t);
            case ITupleBinaryOperation t: return Lower(t);
            case IWithOperation w: return Lower(w);
            case ISwitchExpressionOperation s: return Lower(s);
            case IIsPatternOperation p: return new(p.Type!, Matches(p.Pattern, Once(ScalarOf(p.Value))));
            case ISizeOfOperation s: return new(s.Type!, Int(SizeOf(s.TypeOperand, s)));
            case IArrayCreationOperation { DimensionSizes: [var size], Initializer: null } a when table is not null:
                return DeclareArray(types.Of(a.Type!), types.Element(a.Type!), ScalarOf(size), Storage.Scratch, Default(types.Element(a.Type!), a), a);
            case IArrayCreationOperation a: return LocalArray(a, a.DimensionSizes.Length == 1 && a.Initializer is not null ? a.Initializer.ElementValues : throw Fail(Krn.Heap, a, a.Syntax.ToString()), ((IArrayTypeSymbol)a.Type!).ElementType);
            case ICollectionExpressionOperation c when c.Type is { } t && Types.IsSpan(t): return LocalArray(c, c.Elements, types.Element(t));
            case IDelegateCreationOperation or IMethodReferenceOperation or IAnonymousFunctionOperation: throw Fail(Krn.Delegate, op);
            case IThrowOperation: throw Fail(Krn.Exception, op);
            case IInterpolatedStringOperation or ILiteralOperation: throw Fail(Krn.Text, op);
            case IAnonymousObjectCreationOperation or ICollectionExpressionOperation: throw Fail(Krn.Heap, op, op.Syntax.ToString());
            case IDeclarationExpressionOperation: return Read(PlaceOf(op), op);
            case INameOfOperation: throw Fail(Krn.Text, op);
            case IAddressOfOperation: throw Fail(Krn.Construct, op, "A pointer", "use a span");
            case IAwaitOperation: throw Fail(Krn.Construct, op, "'await'", "a spec runs to its end");
            case IIsTypeOperation or ITypeOfOperation: throw Fail(Krn.Construct, op, "A type test", "use static abstract members of a type parameter");
            case ICoalesceOperation or IConditionalAccessOperation: throw Fail(Krn.Construct, op, "null", "test a bool");
        }
        if (op.Syntax is StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax) return StackAlloc(op);
        if (op.Kind == OperationKind.Invalid || op.ChildOperations.Any(c => c.Kind == OperationKind.Invalid)) throw new LanguageException(); // the C# compiler reports it
        if (op.Syntax is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } && op.ChildOperations.Count == 1) return Lower(op.ChildOperations.First());
        throw Fail(Krn.Construct, op, $"'{Shorten(op.Syntax)}'", "write it with locals, operators, loops and static methods");
    }

    static string Shorten(SyntaxNode node)
    {
        string text = node.ToString().Split('\n')[0].Trim();
        return text.Length > 40 ? text.Substring(0, 40) + "…" : text;
    }

    static ulong? Bits(object value, ScalarType held) => value switch
    {
        bool b => b ? 1u : 0u,
        sbyte v => unchecked((uint)v),
        byte v => v,
        short v => unchecked((uint)v),
        ushort v => v,
        int v => unchecked((uint)v),
        uint v => v,
        long v => unchecked((ulong)v),
        ulong v => v,
        float v => FloatBits(v),
        double v => unchecked((ulong)BitConverter.DoubleToInt64Bits(v)),
        _ => null,
    };

    static ulong FloatBits(float v) => BitConverter.ToUInt32(BitConverter.GetBytes(v), 0);

    Value Default(ITypeSymbol type, IOperation op)
    {
        type = types.Of(type);
        return new(type, [.. LayoutOf(type, op).Select(l => l.Kind == LeafKind.Scalar ? (Atom)new ScalarAtom(Zero(l.Held)) : throw Fail(Krn.SpanBinding, op, "an empty span names none"))]);
    }

    int SizeOf(ITypeSymbol type, IOperation op) => LayoutOf(type, op).Sum(l => types.Memory(l.Type)?.Bytes() ?? 0);

    // ---- conditions ----

    /// The right side may be evaluated although the left decides: it reads no memory, divides no integers and is small.
    static bool IsCheap(Expr e)
    {
        int nodes = 0;
        foreach (var x in e.Tree())
            if (++nodes > 24 || x is Load || x is Apply { Op: Op.Div or Op.Rem, Type: ScalarType.I32 or ScalarType.U32 or ScalarType.I64 or ScalarType.U64 }) return false;
        return true;
    }

    Expr ShortCircuit(bool and, IOperation left, IOperation right)
    {
        var a = ScalarOf(left);
        if (a is Const known) return known.Bits != 0 == and ? ScalarOf(right) : a;
        Expr b = a;
        var inner = Aside(() => b = ScalarOf(right));
        if (inner.Count == 0 && IsCheap(b)) return Make.Apply(and ? Op.And : Op.Or, ScalarType.Bool, a, b);
        var t = new Local(Fresh("t"), ScalarType.Bool);
        Emit(new Assign(t, a));
        inner.Add(new Assign(t, b));
        Emit(new If(and ? new Use(t) : Make.Not(new Use(t)), inner.ToSequence(), []));
        return Frozen(t);
    }

    Value Lower(IConditionalOperation op)
    {
        var type = types.Of(op.Type!);
        var condition = ScalarOf(op.Condition);
        if (condition is Const known) return Lower(known.Bits != 0 ? op.WhenTrue : op.WhenFalse!);
        return Choose(type, condition, () => Lower(op.WhenTrue), () => Lower(op.WhenFalse!), op);
    }

    /// Both sides are computed and one selected if that is safe and cheap; otherwise a branch.
    Value Choose(ITypeSymbol type, Expr condition, Func<Value> whenTrue, Func<Value> whenFalse, IOperation op)
    {
        Value a = null!, b = null!;
        var first = Aside(() => a = whenTrue());
        var second = Aside(() => b = whenFalse());
        if (a.HasSpans || b.HasSpans)
            throw Fail(Krn.SpanBinding, op, "choose between two by an 'if' around the code that uses them");
        if (first.Count == 0 && second.Count == 0 && a.Atoms.Concat(b.Atoms).All(x => IsCheap(((ScalarAtom)x).Value)))
        {
            if (a.Atoms.Count > 1) condition = Once(condition);
            return new(type, [.. a.Atoms.Zip(b.Atoms, (x, y) => new ScalarAtom(Make.Select(condition, ((ScalarAtom)x).Value, ((ScalarAtom)y).Value)))]);
        }
        var results = LayoutOf(type, op).Select(l => new Local(Fresh("t"), l.Held)).ToList();
        foreach (var r in results) Emit(new Assign(r, Zero(r.Type)));
        for (int k = 0; k < results.Count; k++)
        {
            first.Add(new Assign(results[k], ((ScalarAtom)a.Atoms[k]).Value));
            second.Add(new Assign(results[k], ((ScalarAtom)b.Atoms[k]).Value));
        }
        Emit(new If(condition, first.ToSequence(), second.ToSequence()));
        return new(type, [.. results.Select(r => new ScalarAtom(Frozen(r)))]);
    }

    // ---- tuples ----

    Value Lower(ITupleOperation op)
    {
        var values = Operands([.. op.Elements]);
        return new(types.Of(op.Type!), [.. values.SelectMany(v => v.Atoms)]);
    }

    Value Lower(ITupleBinaryOperation op)
    {
        var v = Operands([op.LeftOperand, op.RightOperand]);
        Expr? all = null;
        for (int k = 0; k < v[0].Atoms.Count; k++)
            all = Make.And(all, Make.Compare(Op.Eq, ((ScalarAtom)v[0].Atoms[k]).Value, ((ScalarAtom)v[1].Atoms[k]).Value));
        return new(op.Type!, op.OperatorKind == BinaryOperatorKind.NotEquals ? Make.Not(all!) : all!);
    }

    // ---- patterns ----

    /// Whether a scalar matches; constants, comparisons, and, or, not, _ and var.
    Expr Matches(IPatternOperation pattern, Expr value)
    {
        switch (pattern)
        {
            case IDiscardPatternOperation: return Make.True;
            case IConstantPatternOperation c: return Make.Compare(Op.Eq, value, Convert(ScalarOf(c.Value), value.Type));
            case IRelationalPatternOperation r:
                var op = r.OperatorKind switch
                {
                    BinaryOperatorKind.LessThan => Op.Lt, BinaryOperatorKind.LessThanOrEqual => Op.Le,
                    BinaryOperatorKind.GreaterThan => Op.Gt, _ => Op.Ge,
                };
                return Make.Compare(op, value, Convert(ScalarOf(r.Value), value.Type));
            case IBinaryPatternOperation b:
                return Make.Apply(b.OperatorKind == BinaryOperatorKind.Or ? Op.Or : Op.And, ScalarType.Bool, Matches(b.LeftPattern, value), Matches(b.RightPattern, value));
            case INegatedPatternOperation n: return Make.Not(Matches(n.Pattern, value));
            case IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol local, MatchesNull: true } d:
                Assign(Declare(local, d), new Value(types.Of(local.Type), value), d);
                return Make.True;
            default: throw Fail(Krn.Construct, pattern, "This pattern", "use constants, comparisons, and, or, not, or an 'if'");
        }
    }

    Value Lower(ISwitchExpressionOperation op)
    {
        var value = Once(ScalarOf(op.Value));
        if (value is Use u && !frozen.Contains(u.Local)) value = Temp(value);
        return Arms(0);

        Value Arms(int k)
        {
            if (k == op.Arms.Length) return Default(op.Type!, op); // no arm matches: C# throws, which a spec does not
            var arm = op.Arms[k];
            var matches = Matches(arm.Pattern, value);
            if (arm.Guard is not null) { var guard = ScalarOf(arm.Guard); matches = matches == Make.True ? guard : Make.And(matches, guard); }
            if (matches is Const { Bits: 1 } || k == op.Arms.Length - 1 && arm.Guard is null) return Lower(arm.Value);
            return Choose(types.Of(op.Type!), matches, () => Lower(arm.Value), () => Arms(k + 1), op);
        }
    }
}
