using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Frontend;

// Statics: constants, tables, and static members of type parameters.
partial class FunctionLowering
{
    Value StaticField(IFieldReferenceOperation op)
    {
        var f = op.Field;
        var type = types.Of(f.Type);
        if (types.Held(types.Of(f.ContainingType)) is { } primitive && PrimitiveConstant(f.Name, primitive) is { } constant) return new(type, constant);
        if (type.TypeKind == TypeKind.Array) return Table(op);
        if (!f.IsReadOnly && !f.IsConst) throw Fail(Krn.MutableStatic, op, f.Name);
        if (Initializer(f) is not { } initializer) throw Fail(Krn.ConstantData, op, f.Name);
        // A scalar or struct: its initialiser stands in its place.
        return InOwner(f.ContainingType, lowering => lowering.Lower(initializer));
    }

    IOperation? Initializer(ISymbol symbol)
    {
        var syntax = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        EqualsValueClauseSyntax? value = syntax switch
        {
            VariableDeclaratorSyntax v => v.Initializer,
            PropertyDeclarationSyntax p => p.Initializer,
            _ => null,
        };
        return value is null ? null : (module.Model(value.SyntaxTree).GetOperation(value) as ISymbolInitializerOperation)?.Value;
    }

    /// Lowers an expression of another type's member, under that type's arguments.
    Value InOwner(INamedTypeSymbol owner, Func<FunctionLowering, Value> lower)
    {
        owner = (INamedTypeSymbol)types.Of(owner);
        var map = new Dictionary<ISymbol, ITypeSymbol>(SymbolEqualityComparer.Default);
        for (var t = owner; t is not null; t = t.ContainingType)
            for (int k = 0; k < t.TypeArguments.Length; k++) map[t.OriginalDefinition.TypeParameters[k]] = t.TypeArguments[k];
        return lower(new FunctionLowering(this, new Types(module.Compilation, map)));
    }

    FunctionLowering(FunctionLowering caller, Types types)
    {
        (module, method, kind, problems, this.types) = (caller.module, caller.method, FunctionKind.Helper, caller.problems, types);
        (names, data, code, frozen, laneDepth, constants, inlined) = (caller.names, caller.data, caller.code, caller.frozen, caller.laneDepth, caller.constants, true);
    }

    Value StaticProperty(IPropertyReferenceOperation op)
    {
        var p = op.Property;
        if (Types.Is(p.ContainingType, "Kernels", "Target")) return new(op.Type!, p.Name == "IsCpu" ? Make.True : Make.False);
        var owner = op.ConstrainedToType is { } constrained ? types.Of(constrained) : types.Of(p.ContainingType);
        if (types.Held(owner) is { } primitive)
            return PrimitiveConstant(p.Name, primitive) is { } c ? new(owner, c) : throw Fail(Krn.UnknownCall, op, $"{owner.ToDisplayString()}.{p.Name}");
        var getter = Resolve(p.GetMethod!, op.ConstrainedToType, op);
        var actual = getter.AssociatedSymbol as IPropertySymbol ?? p;
        if (Types.IsSpan(types.Of(actual.Type))) return Table(actual, op);
        if (Initializer(actual) is { } initializer && actual.SetMethod is null) return InOwner(actual.ContainingType, l => l.Lower(initializer));
        return CallValues(getter, [], op);
    }

    /// T.One, float.PositiveInfinity … of the primitives.
    static Expr? PrimitiveConstant(string name, ScalarType t)
    {
        if (t.IsFloat())
        {
            double? value = name switch
            {
                "Zero" or "AdditiveIdentity" => 0, "One" or "MultiplicativeIdentity" => 1, "NegativeOne" => -1, "NegativeZero" => -0.0,
                "PositiveInfinity" => double.PositiveInfinity, "NegativeInfinity" => double.NegativeInfinity, "NaN" => double.NaN,
                "Pi" => t == ScalarType.F32 ? (float)Math.PI : Math.PI, "E" => t == ScalarType.F32 ? (float)Math.E : Math.E, "Tau" => t == ScalarType.F32 ? (float)(2 * Math.PI) : 2 * Math.PI,
                "MaxValue" => t == ScalarType.F32 ? float.MaxValue : double.MaxValue, "MinValue" => t == ScalarType.F32 ? float.MinValue : double.MinValue,
                "Epsilon" => t == ScalarType.F32 ? float.Epsilon : double.Epsilon,
                _ => null,
            };
            return value is { } v ? new Const(t, t == ScalarType.F32 ? FloatBits((float)v) : unchecked((ulong)BitConverter.DoubleToInt64Bits(v))) : null;
        }
        if (!t.IsInteger()) return null;
        return name switch
        {
            "Zero" or "AdditiveIdentity" => Int(0, t),
            "One" or "MultiplicativeIdentity" => Int(1, t),
            "NegativeOne" when t is ScalarType.I32 or ScalarType.I64 => Int(-1, t),
            "MaxValue" => new Const(t, t switch { ScalarType.I32 => int.MaxValue, ScalarType.U32 => uint.MaxValue, ScalarType.I64 => long.MaxValue, _ => ulong.MaxValue }),
            "MinValue" => new Const(t, t switch { ScalarType.I32 => 0x80000000, ScalarType.I64 => 0x8000000000000000, _ => 0 }),
            _ => null,
        };
    }

    // ---- tables ----

    Value Table(IOperation op) => op switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation when table is not null => Lower(op),
        ILocalReferenceOperation or IParameterReferenceOperation => throw new LanguageException(), // its declaration was reported
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } f } => Table(f, op),
        IFieldReferenceOperation { Field: { IsStatic: true } f } => throw Fail(Krn.MutableStatic, op, f.Name),
        IConversionOperation c => Table(c.Operand),
        IPropertyReferenceOperation { Property: { IsStatic: true } p } => Table(p, op),
        _ => throw Fail(Krn.Heap, op, op.Syntax.ToString()),
    };

    /// A static readonly array, or a static span property of constants, as data of the function.
    Value Table(ISymbol symbol, IOperation op)
    {
        var element = types.Of(symbol is IFieldSymbol f ? types.Element(f.Type) : types.Element(((IPropertySymbol)symbol).Type));
        var span = module.Compilation.GetTypeByMetadataName("System.ReadOnlySpan`1")!.Construct(element);
        if (constants.TryGetValue(symbol, out var known)) return new(span, [new SpanAtom([known.Buffer], Int(0), Int(known.Bits.Count))]);
        if (types.Memory(element) is not { } memory) throw Fail(Krn.ConstantData, op, symbol.Name);
        var source = Initializer(symbol) ?? (symbol is IPropertySymbol { GetMethod: { } g } && Body(g) is IBlockOperation { Operations: [IReturnOperation { ReturnedValue: { } value }] } ? value : null);
        while (source is IConversionOperation c) source = c.Operand;
        if (source is IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } other }) return Table(other, op);
        IReadOnlyList<IOperation>? elements = source switch
        {
            IArrayCreationOperation { Initializer: { } i } => i.ElementValues,
            ICollectionExpressionOperation c => c.Elements,
            IObjectCreationOperation { Arguments: [{ Value: var argument }] } when Creation(argument) is { Initializer: { } i } => i.ElementValues,
            _ => null,
        };
        Sequence<ulong>? bits = elements is not null ? Literals(elements, memory, element)
            : source is IInvocationOperation call && call.TargetMethod.IsStatic ? module.Evaluate(Resolve(call.TargetMethod, null, call), call, memory) : null;
        if (bits is null) throw Fail(Krn.ConstantData, op, symbol.Name);
        var table = new ConstantData(new Buffer(Fresh(symbol.Name), memory, Storage.Constant), bits.Value);
        constants[symbol] = table;
        return Data(table.Buffer, bits.Value, span);
    }

    static IArrayCreationOperation? Creation(IOperation op) => op is IConversionOperation c ? Creation(c.Operand) : op as IArrayCreationOperation;

    /// Elements that fold to constants; each is an expression of constants and pure calls.
    Sequence<ulong>? Literals(IReadOnlyList<IOperation> elements, ScalarType memory, ITypeSymbol element)
    {
        var bits = new ulong[elements.Count];
        for (int k = 0; k < bits.Length; k++)
        {
            if (elements[k] is ISpreadOperation) return null;
            var value = elements[k].ConstantValue.HasValue ? ScalarOf(elements[k]) : module.Evaluate(elements[k], types);
            if (value is not Const c) return null;
            if (c.Type != types.Held(element)) value = ConvertScalar(c, element);
            if (value is not Const folded) return null;
            bits[k] = memory == folded.Type || memory.IsInteger() ? folded.Bits & memory.Mask() : module.Fold(new Apply(Op.Convert, memory, [folded])) is { } narrow ? narrow.Bits : 0;
        }
        return bits.ToSequence();
    }
}
