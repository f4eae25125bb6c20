using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Frontend;

// Spans are names for parts of arrays; arrays come from parameters, stackalloc, Scratch and tables.
partial class FunctionLowering
{
    Value SpanProperty(IPropertyReferenceOperation op)
    {
        if (op.Instance!.Type is { } t && types.Of(t).TypeKind == TypeKind.Array) return op.Property.Name == "Length" ? new(op.Type!, ((SpanAtom)Table(op.Instance).Atoms[0]).Length) : throw Unknown();
        var value = Lower(op.Instance);
        return (value.Atoms[0], op.Property.Name) switch
        {
            (SpanAtom s, "Length") => new(op.Type!, s.Length),
            (SpanAtom s, "IsEmpty") => new(op.Type!, Make.Compare(Op.Eq, s.Length, Int(0))),
            (SpanAtom s, "Span") => value.As(types.Of(op.Type!)),
            (ViewAtom v, "Rows") => new(op.Type!, v.Rows),
            (ViewAtom v, "Columns") => new(op.Type!, v.Columns),
            (ViewAtom v, "RowStride") => new(op.Type!, v.Stride),
            _ => throw Unknown(),
        };
        LanguageException Unknown() => Fail(Krn.UnknownCall, op, op.Property.ToDisplayString());
    }

    Value SpanMethod(IInvocationOperation op)
    {
        var m = op.TargetMethod;
        var operands = (op.Instance is null ? [] : new[] { op.Instance }).Concat(op.Arguments.OrderBy(a => a.Parameter!.Ordinal).Select(a => a.Value)).ToList();
        switch (m.Name)
        {
            case "op_Implicit" or "AsSpan" when operands.Count == 1: return Lower(operands[0]).As(types.Of(op.Type!));
            case "Persistent": return Scratch(op, types.Of(op.Type!), op.Arguments.First(a => a.Parameter!.Ordinal == 1).Value);
            case "Slice" or "AsSpan":
                var v = Operands(operands);
                if (v[0].Atoms[0] is not SpanAtom s) break;
                var start = operands.Count > 2 ? v[1].Scalar : Stable(v[1].Scalar);
                return Part(types.Of(op.Type!), s, start, operands.Count > 2 ? v[2].Scalar : Subtract(s.Length, start));
            case "Row":
                var r = Operands(operands);
                if (r[0].Atoms[0] is not ViewAtom view) break;
                return new(types.Of(op.Type!), [new SpanAtom(view.Buffers, Add(view.Offset, Multiply(r[1].Scalar, view.Stride)), view.Columns)]);
            case "Clear" or "Fill":
                var f = Operands(operands);
                if (f[0].Atoms[0] is not SpanAtom all) break;
                var index = new Local(Fresh("index"), ScalarType.I32);
                var place = new ElementPlace(types.Element(f[0].Type), all.Buffers, Add(all.Offset, new Use(index)));
                var fill = m.Name == "Fill" ? f[1].Map(e => Stable(e)) : Default(place.Type, op);
                var body = Aside(() => Assign(place, fill, op));
                Emit(new For(Fresh("for"), index, Int(0), all.Length, 1, body.ToSequence()));
                return new(op.Type!, []);
            case "CopyTo":
                var c = Operands(operands);
                if (c[0].Atoms[0] is not SpanAtom from || c[1].Atoms[0] is not SpanAtom to || from.Buffers.Equals(to.Buffers)) break;
                var i = new Local(Fresh("index"), ScalarType.I32);
                var element = types.Element(c[0].Type);
                var copy = Aside(() => Assign(new ElementPlace(element, to.Buffers, Add(to.Offset, new Use(i))), Read(new ElementPlace(element, from.Buffers, Add(from.Offset, new Use(i))), op), op));
                Emit(new For(Fresh("for"), i, Int(0), from.Length, 1, copy.ToSequence()));
                return new(op.Type!, []);
        }
        throw Fail(Krn.UnknownCall, op, Keys.Of(m));
    }

    // ---- arrays of the block and of a lane ----

    Value DeclareArray(ITypeSymbol spanType, ITypeSymbol element, Expr length, Storage storage, Value? fill, IOperation op)
    {
        var leaves = LayoutOf(element, op);
        string name = NameFor(op);
        var buffers = new List<Buffer>();
        if (leaves.Length > 1) length = Once(length);
        for (int k = 0; k < leaves.Length; k++)
        {
            if (leaves[k].Kind != LeafKind.Scalar) throw Fail(Krn.Type, op, element.ToDisplayString());
            var buffer = new Buffer(Fresh(Join(name, leaves[k].Path)), types.Memory(leaves[k].Type)!.Value, storage);
            names.Add(buffer.Name + ".Length");
            buffers.Add(buffer);
            Emit(new DeclareArray(buffer, length, fill is null ? null : Narrow(((ScalarAtom)fill.Atoms[k]).Value, buffer.Element)));
        }
        return new(spanType, [new SpanAtom(buffers.ToSequence(), Int(0), length)]);
    }

    /// The local that an array is made for.
    static string NameFor(IOperation op)
    {
        for (var p = op; p is not null; p = p.Parent)
        {
            if (p is IVariableDeclaratorOperation d) return d.Symbol.Name;
            if (p is IBlockOperation) break;
        }
        for (SyntaxNode? s = op.Syntax; s is not null and not StatementSyntax; s = s.Parent)
            if (s is VariableDeclaratorSyntax v) return v.Identifier.ValueText;
        return "array";
    }

    Value Scratch(IOperation op, ITypeSymbol type, IOperation? fill)
    {
        if (laneDepth > 0 || kind == FunctionKind.Element) throw Fail(Krn.ScratchPlace, op);
        var length = op is IInvocationOperation i ? i.Arguments.First(a => a.Parameter!.Ordinal == 0).Value : ((IObjectCreationOperation)op).Arguments[0].Value;
        var n = ScalarOf(length);
        return DeclareArray(type, types.Element(type), n is Const ? n : Stable(n, NameFor(op) + ".Length"), Storage.Scratch, fill is null ? null : Lower(fill), op);
    }

    Storage LocalStorage => table is not null ? Storage.Block : laneDepth > 0 || kind == FunctionKind.Element || kind == FunctionKind.Helper && !hasLaneLoop && !BodyHasLaneLoop ? Storage.Lane : Storage.Block;

    bool? bodyHasLaneLoop;
    bool BodyHasLaneLoop => bodyHasLaneLoop ??= Body(method)?.Descendants().Any(o => o is IForEachLoopOperation { Collection.Type: { } t } && Types.IsRange(types.Of(t))) ?? false;

    Value StackAlloc(IOperation op)
    {
        var model = module.Model(op.Syntax.SyntaxTree);
        var info = model.GetTypeInfo(op.Syntax);
        var span = info.ConvertedType is { } converted && Types.IsSpan(types.Of(converted)) ? types.Of(converted)
            : info.Type is { } natural && Types.IsSpan(types.Of(natural)) ? types.Of(natural) : throw Fail(Krn.Construct, op, "A pointer", "declare the local as Span<T>");
        var element = types.Element(span);
        ExpressionSyntax? size = null;
        InitializerExpressionSyntax? initializer = null;
        switch (op.Syntax)
        {
            case StackAllocArrayCreationExpressionSyntax s:
                size = s.Type is ArrayTypeSyntax a ? a.RankSpecifiers[0].Sizes[0] : null;
                initializer = s.Initializer;
                break;
            case ImplicitStackAllocArrayCreationExpressionSyntax s: initializer = s.Initializer; break;
        }
        var elements = initializer?.Expressions.Select(e => model.GetOperation(e)!).ToList() ?? [];
        if (initializer is not null) return LocalArray(op, elements, element);
        var length = size is null or OmittedArraySizeExpressionSyntax ? throw Fail(Krn.ArrayLength, op) : model.GetOperation(size) is { } sizeOp ? ScalarOf(sizeOp) : throw Fail(Krn.ArrayLength, op);
        if (length is not Const && (kind != FunctionKind.Helper || length.Tree().Any(x => x is Load)) && !length.Tree().All(x => x is not Load && (x is not Use u || IsConstant(u.Local)))) throw Fail(Krn.ArrayLength, size!.GetLocation());
        return DeclareArray(span, element, length, LocalStorage, null, op);
    }

    bool IsConstant(Local local) => method.Parameters.Any(p => Spec.Has(p, "ConstAttribute") && variables.TryGetValue(p.OriginalDefinition, out var v) && v.Slots[0].Local == local);

    /// Elements written down: data if all are constants, otherwise an array that is filled.
    Value LocalArray(IOperation op, IReadOnlyList<IOperation> elements, ITypeSymbol element)
    {
        element = types.Of(element);
        var span = types.Of(module.Compilation.GetTypeByMetadataName("System.ReadOnlySpan`1")!.Construct(element));
        bool readOnly = op.Syntax.Parent is not null && op.Type is { } t && Types.IsReadOnlySpan(types.Of(t)) || op.Kind == OperationKind.ArrayCreation;
        if (elements.Any(e => e is ISpreadOperation)) throw Fail(Krn.Heap, op, op.Syntax.ToString());
        if (readOnly && types.Memory(element) is { } memory && elements.All(e => e.ConstantValue.HasValue))
        {
            var bits = elements.Select(e => Constant(e, memory, element)).ToSequence();
            return Data(new Buffer(Fresh(NameFor(op)), memory, Storage.Constant), bits, span);
        }
        var values = Operands([.. elements]);
        var array = DeclareArray(span, element, Int(elements.Count), LocalStorage, null, op);
        for (int k = 0; k < values.Length; k++)
            Assign(new ElementPlace(element, ((SpanAtom)array.Atoms[0]).Buffers, Int(k)), values[k], op);
        return array;
    }

    ulong Constant(IOperation e, ScalarType memory, ITypeSymbol element)
    {
        var held = types.Held(element)!.Value;
        var value = ScalarOf(e);
        return value is Const c && (c.Type == held || c.Type == memory) ? c.Bits & memory.Mask() : throw Fail(Krn.ConstantData, e, e.Syntax.ToString());
    }

    Value Data(Buffer buffer, Sequence<ulong> bits, ITypeSymbol span)
    {
        data.Add(new(buffer, bits));
        names.Add(buffer.Name + ".Length");
        return new(span, [new SpanAtom([buffer], Int(0), Int(bits.Count))]);
    }

    /// An array where a span is wanted: a table, or elements written down.
    Value ArrayAsSpan(IOperation array, ITypeSymbol span) => (array is IArrayCreationOperation ? Lower(array) : Table(array)).As(span);
}
