using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

partial class FunctionLowering
{
    Value Lower(IBinaryOperation op)
    {
        if (op.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr && op.OperatorMethod is null)
            return new(op.Type!, ShortCircuit(op.OperatorKind == BinaryOperatorKind.ConditionalAnd, op.LeftOperand, op.RightOperand));
        if (op.IsLifted) throw Fail(Krn.Construct, op, "A nullable", "carry a bool beside the value");
        if (op.IsChecked && types.Held(op.Type!) is { } t && !t.IsFloat()) throw Fail(Krn.Checked, op);
        var v = Operands([op.LeftOperand, op.RightOperand]);
        return Binary(op.OperatorKind, v[0], v[1], op.OperatorMethod, op.ConstrainedToType, op.Type!, op);
    }

    Value Binary(BinaryOperatorKind kind, Value a, Value b, IMethodSymbol? operatorMethod, ITypeSymbol? constrained, ITypeSymbol type, IOperation op)
    {
        type = types.Of(type);
        // A static abstract operator of a primitive is the primitive's own.
        if (operatorMethod is not null && !(constrained is not null && types.Held(constrained) is not null || types.Held(a.Type) is not null && types.Held(operatorMethod.ContainingType) is not null))
            return CallValues(Resolve(operatorMethod, constrained, op), [a, b], op);
        if ((StorageType(a.Type) ?? StorageType(b.Type)) is { } storage) throw Fail(Krn.HalfArithmetic, op, storage);
        return new(type, Arithmetic(kind, a.Scalar, b.Scalar, op));
    }

    string? StorageType(ITypeSymbol type) => types.Memory(type) is ScalarType.F16 or ScalarType.BF16 ? types.Of(type).Name : null;

    Expr Arithmetic(BinaryOperatorKind kind, Expr a, Expr b, IOperation op)
    {
        switch (kind)
        {
            case BinaryOperatorKind.LeftShift: return Make.Apply(Op.Shl, a.Type, a, Convert(b, ScalarType.I32));
            case BinaryOperatorKind.RightShift: return Make.Apply(Op.Shr, a.Type, a, Convert(b, ScalarType.I32));
            case BinaryOperatorKind.UnsignedRightShift:
                var unsigned = a.Type switch { ScalarType.I32 => ScalarType.U32, ScalarType.I64 => ScalarType.U64, var t => t };
                return Reinterpret(Make.Apply(Op.Shr, unsigned, Reinterpret(a, unsigned), Convert(b, ScalarType.I32)), a.Type);
        }
        if (kind == BinaryOperatorKind.Remainder && a.Type.IsFloat()) throw Fail(Krn.Remainder, op);
        if (a.Type != b.Type) throw Fail(Krn.Construct, op, "This operator", "convert the operands to one type");
        Op o = kind switch
        {
            BinaryOperatorKind.Add => Op.Add,
            BinaryOperatorKind.Subtract => Op.Sub,
            BinaryOperatorKind.Multiply => Op.Mul,
            BinaryOperatorKind.Divide => Op.Div,
            BinaryOperatorKind.Remainder => Op.Rem,
            BinaryOperatorKind.And => Op.And,
            BinaryOperatorKind.Or => Op.Or,
            BinaryOperatorKind.ExclusiveOr => Op.Xor,
            BinaryOperatorKind.Equals => Op.Eq,
            BinaryOperatorKind.NotEquals => Op.Ne,
            BinaryOperatorKind.LessThan => Op.Lt,
            BinaryOperatorKind.LessThanOrEqual => Op.Le,
            BinaryOperatorKind.GreaterThan => Op.Gt,
            BinaryOperatorKind.GreaterThanOrEqual => Op.Ge,
            _ => throw Fail(Krn.Construct, op, "This operator", "use arithmetic, comparisons, logic or shifts"),
        };
        return o.IsCompare() ? Make.Compare(o, a, b) : Make.Binary(o, a, b);
    }

    Value Lower(IUnaryOperation op)
    {
        if (op.IsLifted) throw Fail(Krn.Construct, op, "A nullable", "carry a bool beside the value");
        if (op.IsChecked && types.Held(op.Type!) is { } held && !held.IsFloat()) throw Fail(Krn.Checked, op);
        var v = Lower(op.Operand);
        if (op.OperatorMethod is { } m && types.Held(v.Type) is null) return CallValues(Resolve(m, op.ConstrainedToType, op), [v], op);
        if (StorageType(v.Type) is { } storage) throw Fail(Krn.HalfArithmetic, op, storage);
        var e = v.Scalar;
        return new(types.Of(op.Type!), op.OperatorKind switch
        {
            UnaryOperatorKind.Plus => e,
            UnaryOperatorKind.Minus => Make.Apply(Op.Neg, e.Type, e),
            UnaryOperatorKind.BitwiseNegation => Make.Apply(Op.Not, e.Type, e),
            UnaryOperatorKind.Not => e is Const c ? c.Bits != 0 ? Make.False : Make.True : Make.Not(e),
            UnaryOperatorKind.Hat => throw Fail(Krn.Construct, op, "An index from the end", "use it in brackets"),
            _ => throw Fail(Krn.Construct, op, "This operator", "use -, ~ or !"),
        });
    }

    // ---- conversions ----

    Value Lower(IConversionOperation op)
    {
        var to = types.Of(op.Type!);
        if (op.Operand is ITupleOperation or IConditionalOperation or ISwitchExpressionOperation && op.Operand.Type is null) return Lower(op.Operand).As(to);
        if (op.Operand.Type is null && op.Operand is ILiteralOperation) throw Fail(Krn.Construct, op, "null", "use a value");
        if (op.Operand.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.StackAllocArrayCreationExpressionSyntax or Microsoft.CodeAnalysis.CSharp.Syntax.ImplicitStackAllocArrayCreationExpressionSyntax)
            return StackAlloc(op.Operand).As(to);
        if (op.Operand.Type is { } before && types.Of(before).TypeKind == TypeKind.Array && Types.IsSpan(to)) return ArrayAsSpan(op.Operand, to);
        var v = Lower(op.Operand);
        var from = v.Type;
        if (Types.Same(from, to)) return v.As(to);
        if (v.Atoms.Count == 1 && v.Atoms[0] is SpanAtom && Types.IsSpan(to)) return v.As(to);
        if (types.Held(from) is not null && types.Held(to) is not null)
        {
            if (op.IsChecked && !op.IsImplicit && !types.Held(to)!.Value.IsFloat()) throw Fail(Krn.Checked, op);
            return new(to, ConvertScalar(v.Scalar, to));
        }
        if (op.OperatorMethod is { } m) return CallValues(Resolve(m, op.ConstrainedToType, op), [v], op).As(to);
        if (to is INamedTypeSymbol { IsTupleType: true } target && from is INamedTypeSymbol { IsTupleType: true } source)
        {
            var atoms = new List<Atom>();
            int at = 0;
            for (int k = 0; k < target.TupleElements.Length; k++)
            {
                var (a, b) = (source.TupleElements[k].Type, target.TupleElements[k].Type);
                int count = LayoutOf(a, op).Length;
                var element = v.Range(a, at, count);
                at += count;
                atoms.AddRange(types.Held(b) is not null && count == 1 ? new Value(b, ConvertScalar(element.Scalar, b)).Atoms : element.Atoms);
            }
            return new(to, atoms);
        }
        if (to.IsReferenceType) throw Fail(Krn.Heap, op, op.Syntax.ToString());
        throw Fail(Krn.Type, op, to.ToDisplayString());
    }

    /// To a C# type, held in a register: narrow types are wrapped or rounded to what they can hold.
    Expr ConvertScalar(Expr e, ITypeSymbol to)
    {
        var (memory, held) = (types.Memory(to)!.Value, types.Held(to)!.Value);
        if (held == ScalarType.Bool) return e.Type == ScalarType.Bool ? e : Make.Compare(Op.Ne, e, Zero(e.Type));
        if (memory == held) return Convert(e, held);
        if (e is Const { Type: ScalarType.I32 } c && memory.IsInteger()) return Int(memory.SignExtend(c.Bits & memory.Mask()));
        if (memory.IsInteger() && e.Type.IsFloat()) e = Convert(e, ScalarType.I32); // as the runtime: saturate to int, then wrap
        return Widen(Narrow(e, memory));
    }

    /// The value to store as an element of that type.
    static Expr Narrow(Expr e, ScalarType memory) => Make.Narrow(e, memory);
    static Expr Widen(Expr e) => Make.Widen(e);

    static Expr Convert(Expr e, ScalarType to)
    {
        if (e.Type == to) return e;
        if (e is Const c && c.Type.IsInteger() && to.IsInteger()) return new Const(to, unchecked((ulong)c.Integer()) & to.Mask());
        return e.Type == ScalarType.Bool ? Make.Select(e, new Const(to, 1), Zero(to)) : new Apply(Op.Convert, to, [e]);
    }

    static Expr Reinterpret(Expr e, ScalarType to) => e.Type == to ? e : e is Const c ? new Const(to, c.Bits) : new Apply(Op.Bits, to, [e]);

    // ---- assignment ----

    Value Lower(ISimpleAssignmentOperation op)
    {
        if (op.IsRef)
        {
            if (op.Target is not ILocalReferenceOperation l) throw Fail(Krn.Construct, op, "This reference", "assign a ref local");
            aliases[l.Local] = StablePlace(PlaceOf(op.Value));
            return Lower(op.Value);
        }
        var place = PlaceOf(op.Target);
        int start = code.Count;
        var value = Lower(op.Value);
        Assign(Protect(place, start), value, op);
        return op.Parent is IExpressionStatementOperation ? value : Read(place, op);
    }

    Value Lower(ICompoundAssignmentOperation op)
    {
        if (op.IsChecked && types.Held(op.Type!) is { } held && !held.IsFloat()) throw Fail(Krn.Checked, op);
        var place = StablePlace(PlaceOf(op.Target));
        var before = Read(place, op.Target);
        int start = code.Count;
        var value = Lower(op.Value);
        before = Protect(before, start);
        Value result;
        bool primitive = types.Held(before.Type) is not null;
        if (op.OperatorMethod is not null && !primitive || !primitive) result = op.OperatorMethod is null ? throw Fail(Krn.Type, op, before.Type.ToDisplayString()) : CallValues(Resolve(op.OperatorMethod, op.ConstrainedToType, op), [before, value], op);
        else
        {
            if (StorageType(before.Type) is { } storage) throw Fail(Krn.HalfArithmetic, op, storage);
            // C# computes in the type both operands convert to: for shifts the left one's, otherwise the right one is already of it.
            bool shift = op.OperatorKind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift;
            var a = shift ? before.Scalar : Convert(before.Scalar, value.Scalar.Type);
            result = new(before.Type, ConvertScalar(Arithmetic(op.OperatorKind, a, value.Scalar, op), before.Type));
        }
        Assign(place, result, op);
        return op.Parent is IExpressionStatementOperation ? result : Read(place, op);
    }

    Value Lower(IIncrementOrDecrementOperation op)
    {
        var place = StablePlace(PlaceOf(op.Target));
        var before = Read(place, op.Target);
        if (types.Held(before.Type) is not { } held)
        {
            if (op.OperatorMethod is null) throw Fail(Krn.Type, op, before.Type.ToDisplayString());
            var next = CallValues(Resolve(op.OperatorMethod, op.ConstrainedToType, op), [before], op);
            if (op.IsPostfix && op.Parent is not IExpressionStatementOperation) before = before.Map(e => Temp(e));
            Assign(place, next, op);
            return op.IsPostfix ? before : next;
        }
        if (op.IsChecked && !held.IsFloat()) throw Fail(Krn.Checked, op);
        if (StorageType(before.Type) is { } storage) throw Fail(Krn.HalfArithmetic, op, storage);
        Expr e = before.Scalar;
        bool used = op.Parent is not (IExpressionStatementOperation or IForLoopOperation);
        if (op.IsPostfix && used) e = Temp(e);
        Expr one = held switch { ScalarType.F32 => new Const(held, 0x3F800000), ScalarType.F64 => new Const(held, 0x3FF0000000000000), _ => Int(1, held) };
        var after = ConvertScalar(Make.Binary(op.Kind == OperationKind.Increment ? Op.Add : Op.Sub, e, one), before.Type);
        Assign(place, new Value(before.Type, after), op);
        return op.IsPostfix ? new(before.Type, e) : used ? Read(place, op) : before;
    }

    Value Lower(IDeconstructionAssignmentOperation op)
    {
        var places = new List<Place>();
        Flatten(op.Target, places);
        int start = code.Count;
        var value = Lower(op.Value);
        if (value.Type is not INamedTypeSymbol { IsTupleType: true }) value = Deconstruct(value, places, op);
        for (int k = 0; k < places.Count; k++) places[k] = Protect(places[k], start);
        // All values before all assignments: (a, b) = (b, a).
        var slots = places.SelectMany(p => p is SlotPlace s ? s.Slots.Select(x => x.Local) : [null]).Where(l => l is not null).ToList();
        bool writes = places.Any(p => p is ElementPlace);
        value = value.Map(e => e is not Const && e.Tree().Any(x => x is Use u && slots.Contains(u.Local) || writes && x is Load) && value.Atoms.Count > 1 ? Temp(e) : e);
        int at = 0;
        foreach (var place in places)
        {
            int count = LayoutOf(place.Type, op).Length;
            Assign(place, value.Range(place.Type, at, count), op);
            at += count;
        }
        return value;
    }

    void Flatten(IOperation target, List<Place> places)
    {
        switch (target)
        {
            case ITupleOperation t: foreach (var e in t.Elements) Flatten(e, places); break;
            case IDeclarationExpressionOperation { Expression: ITupleOperation t }: Flatten(t, places); break;
            default: places.Add(PlaceOf(target)); break;
        }
    }

    /// Through the type's Deconstruct method; a record's is its properties.
    Value Deconstruct(Value value, List<Place> places, IDeconstructionAssignmentOperation op)
    {
        var m = value.Type.GetMembers("Deconstruct").OfType<IMethodSymbol>().FirstOrDefault(x => x.Parameters.Length == places.Count);
        if (m is null) throw Fail(Krn.Construct, op, "This deconstruction", "deconstruct a tuple");
        if (m.IsImplicitlyDeclared)
            return new(value.Type, [.. m.Parameters.SelectMany(p => FieldOf(value, p.Name, op).Atoms)]);
        var call = CallFunction(m, [value], op);
        return new(value.Type, [.. call.Skip(call.Count - m.Parameters.Sum(p => LayoutOf(p.Type, op).Length)).Select(l => (Atom)new ScalarAtom(new Use(l)))]);
    }
}
