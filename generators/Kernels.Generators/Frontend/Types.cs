using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kernels.Generators.Frontend;

enum LeafKind : byte { Scalar, Span, View }

/// One atom of a type: where it stands (".re"), its C# type, and for scalars what holds it in registers.
sealed record Leaf(string Path, ITypeSymbol Type, LeafKind Kind, ScalarType Held);

/// A field as the layout sees it: a declared one, the one behind an automatic property, or a captured parameter of a primary constructor.
sealed record Field(string Name, ITypeSymbol Type);

/// C# types as the IR has them, under one binding of type parameters: narrow integers are held as int, Half and BFloat16 as float, enums as
/// what they stand for; structs and tuples are the list of their leaves.
sealed class Types(Compilation compilation, IReadOnlyDictionary<ISymbol, ITypeSymbol> arguments)
{
    readonly Dictionary<ISymbol, Leaf[]?> layouts = new(SymbolEqualityComparer.Default);

    public Compilation Compilation { get; } = compilation;

    /// While a table is evaluated, arrays are held as spans of them.
    public bool ArraysAsSpans { get; set; }

    /// Type parameters bound by a constructed method and the types around it.
    public static Dictionary<ISymbol, ITypeSymbol> Bind(IMethodSymbol method)
    {
        var map = new Dictionary<ISymbol, ITypeSymbol>(SymbolEqualityComparer.Default);
        for (int k = 0; k < method.TypeArguments.Length; k++) map[method.OriginalDefinition.TypeParameters[k]] = method.TypeArguments[k];
        for (var t = method.ContainingType; t is not null; t = t.ContainingType)
            for (int k = 0; k < t.TypeArguments.Length; k++) map[t.OriginalDefinition.TypeParameters[k]] = t.TypeArguments[k];
        return map;
    }

    /// The type with type parameters replaced by what they are bound to.
    public ITypeSymbol Of(ITypeSymbol type)
    {
        switch (type)
        {
            case ITypeParameterSymbol p:
                return arguments.TryGetValue(p, out var bound) ? bound : p;
            case IArrayTypeSymbol a:
                return Compilation.CreateArrayTypeSymbol(Of(a.ElementType), a.Rank);
            case INamedTypeSymbol { IsTupleType: true } t:
                var elements = t.TupleElements.Select(e => Of(e.Type)).ToArray();
                if (elements.Zip(t.TupleElements, (x, e) => Same(x, e.Type)).All(x => x)) return t;
                return Compilation.CreateTupleTypeSymbol([.. elements], [.. t.TupleElements.Select(e => (string?)e.Name)]);
            case INamedTypeSymbol n:
                INamedTypeSymbol definition = n.OriginalDefinition;
                if (n.ContainingType is { } outer && IsGeneric(outer))
                    definition = ((INamedTypeSymbol)Of(outer)).GetTypeMembers(n.Name, n.Arity).First();
                return n.Arity == 0 ? definition : definition.Construct([.. n.TypeArguments.Select(Of)]);
            default: return type;
        }
    }

    static bool IsGeneric(INamedTypeSymbol t) => t.Arity > 0 || (t.ContainingType is { } outer && IsGeneric(outer));

    public static bool Same(ITypeSymbol a, ITypeSymbol b) => SymbolEqualityComparer.Default.Equals(a, b);

    /// What an element of the type is in memory; null if it is no scalar.
    public ScalarType? Memory(ITypeSymbol type) => Of(type) switch
    {
        INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } u } => Memory(u),
        { SpecialType: var s } when s != SpecialType.None => s switch
        {
            SpecialType.System_Boolean => ScalarType.U8,
            SpecialType.System_SByte => ScalarType.I8,
            SpecialType.System_Byte => ScalarType.U8,
            SpecialType.System_Int16 => ScalarType.I16,
            SpecialType.System_UInt16 => ScalarType.U16,
            SpecialType.System_Int32 => ScalarType.I32,
            SpecialType.System_UInt32 => ScalarType.U32,
            SpecialType.System_Int64 => ScalarType.I64,
            SpecialType.System_UInt64 => ScalarType.U64,
            SpecialType.System_Single => ScalarType.F32,
            SpecialType.System_Double => ScalarType.F64,
            _ => null,
        },
        INamedTypeSymbol { Name: "Half" } t when InNamespace(t, "System") => ScalarType.F16,
        INamedTypeSymbol { Name: "BFloat16" } t when InNamespace(t, "Kernels") => ScalarType.BF16,
        _ => null,
    };

    public static bool InNamespace(ITypeSymbol t, string name) => t.ContainingType is null && t.ContainingNamespace?.ToDisplayString() == name;

    /// What holds a scalar of the type in registers; null if it is no scalar.
    public ScalarType? Held(ITypeSymbol type) => Memory(type) switch
    {
        ScalarType.U8 when Of(type).SpecialType == SpecialType.System_Boolean => ScalarType.Bool,
        ScalarType.I8 or ScalarType.U8 or ScalarType.I16 or ScalarType.U16 => ScalarType.I32,
        ScalarType.F16 or ScalarType.BF16 => ScalarType.F32,
        var t => t,
    };

    public static bool IsSpan(ITypeSymbol t) => t is INamedTypeSymbol { Name: "Span" or "ReadOnlySpan", Arity: 1 } && InNamespace(t, "System")
        || t is INamedTypeSymbol { Name: "Scratch", Arity: 1 } && InNamespace(t, "Kernels");
    public static bool IsReadOnlySpan(ITypeSymbol t) => t is INamedTypeSymbol { Name: "ReadOnlySpan", Arity: 1 } && InNamespace(t, "System");
    public static bool IsView(ITypeSymbol t) => t is INamedTypeSymbol { Name: "View2", Arity: 1 } && InNamespace(t, "Kernels");
    public static bool IsRange(ITypeSymbol t) => t is INamedTypeSymbol { Name: "LaneRange" or "LaneChunks" } && InNamespace(t, "Kernels");
    public static bool Is(ITypeSymbol? t, string space, string name) => t is INamedTypeSymbol n && n.Name == name && InNamespace(n, space);

    /// The element type of a span, view or array.
    public ITypeSymbol Element(ITypeSymbol t) => Of(t) switch { IArrayTypeSymbol a => a.ElementType, INamedTypeSymbol { Arity: 1 } n => n.TypeArguments[0], var x => x };

    /// The leaves of a type; null if something in it has no place in a spec.
    public Leaf[]? Layout(ITypeSymbol type)
    {
        type = Of(type);
        if (layouts.TryGetValue(type, out var known)) return known;
        layouts[type] = null; // a type that contains itself
        return layouts[type] = Compute(type);
    }

    Leaf[]? Compute(ITypeSymbol type)
    {
        if (Held(type) is { } held) return [new("", type, LeafKind.Scalar, held)];
        if (IsSpan(type) || ArraysAsSpans && type is IArrayTypeSymbol { Rank: 1 }) return [new("", type, LeafKind.Span, ScalarType.I32)];
        if (IsView(type)) return [new("", type, LeafKind.View, ScalarType.I32)];
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct, IsValueType: true } named) return null;
        if (type.OriginalDefinition.SpecialType != SpecialType.None) return null; // char, decimal, IntPtr, Nullable …
        var leaves = new List<Leaf>();
        foreach (var field in Fields(named))
        {
            if (Layout(field.Type) is not { } inner) return null;
            foreach (var leaf in inner) leaves.Add(leaf with { Path = "." + field.Name + leaf.Path });
        }
        return [.. leaves];
    }

    /// The leaves [start, start + count) that a field of that name occupies.
    public (int Start, int Count, ITypeSymbol Type)? FieldRange(ITypeSymbol type, string name)
    {
        int start = 0;
        foreach (var field in Fields((INamedTypeSymbol)Of(type)))
        {
            int count = Layout(field.Type)?.Length ?? 0;
            if (field.Name == name) return (start, count, field.Type);
            start += count;
        }
        return null;
    }

    /// The instance fields of a struct or tuple, in order.
    public List<Field> Fields(INamedTypeSymbol type)
    {
        if (IsRange(type))
        {
            var i32 = Compilation.GetSpecialType(SpecialType.System_Int32);
            return [new("Begin", i32), new("End", i32)];
        }
        if (type.IsTupleType) return [.. type.TupleElements.Select((e, k) => new Field($"Item{k + 1}", Of(e.Type)))];
        var fields = new List<Field>();
        foreach (var member in type.GetMembers())
            if (member is IFieldSymbol { IsStatic: false, IsConst: false } f) fields.Add(new(FieldName(f), Of(f.Type)));
        foreach (var p in CapturedParameters(type)) fields.Add(new(p.Name, Of(p.Type)));
        return fields;
    }

    /// Whether code in the same assembly can read every scalar of a struct by its field's name.
    public bool IsReadable(ITypeSymbol type) => Held(type) is not null || Of(type) is not INamedTypeSymbol t || Fields(t).All(f => IsReadable(f.Type) && (t.IsTupleType
        || t.GetMembers(f.Name).Any(m => m is IFieldSymbol or IPropertySymbol { GetMethod: not null } && (m.DeclaredAccessibility == Accessibility.Public
            || m.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal && SymbolEqualityComparer.Default.Equals(t.ContainingAssembly, Compilation.Assembly)))));

    /// What a value is an array of in memory: a scalar of itself; a struct of its scalars, if they are of one type and stand one after the other.
    public ScalarType? Packed(ITypeSymbol type)
    {
        type = Of(type);
        if (Memory(type) is { } scalar) return scalar;
        // The runtime may order the fields of a tuple, and the C# compiler those of a struct in parts or of captured parameters.
        if (type is not INamedTypeSymbol { IsTupleType: false } t || Layout(t) is not { Length: > 0 } || t.DeclaringSyntaxReferences.Length > 1 || CapturedParameters(t).Any()) return null;
        foreach (var a in t.GetAttributes())
            if (a.AttributeClass?.Name == "StructLayoutAttribute" && (a.NamedArguments.Length > 0 || a.ConstructorArguments is not [{ Value: 0 or (short)0 }])) return null;
        var fields = Fields(t).Select(f => Packed(f.Type)).Distinct().ToList();
        return fields.Count == 1 ? fields[0] : null;
    }

    /// A field's name, or the name of the property or parameter that it is behind.
    public static string FieldName(IFieldSymbol f)
    {
        if (f.AssociatedSymbol is { } property) return property.Name;
        if (f.CorrespondingTupleField is { ContainingType: { IsTupleType: true } tuple } position)
            for (int k = 0; k < tuple.TupleElements.Length; k++)
                if (SymbolEqualityComparer.Default.Equals(tuple.TupleElements[k].CorrespondingTupleField, position)) return $"Item{k + 1}";
        return f.Name.Length > 1 && f.Name[0] == '<' ? f.Name.Substring(1, f.Name.IndexOf('>') - 1) : f.Name;
    }

    public static IMethodSymbol? PrimaryConstructor(INamedTypeSymbol type) => type.InstanceConstructors.FirstOrDefault(c =>
        c.DeclaringSyntaxReferences.Length > 0 && c.DeclaringSyntaxReferences[0].GetSyntax() is TypeDeclarationSyntax);

    /// Parameters of the primary constructor that members use: fields without a symbol.
    static IEnumerable<IParameterSymbol> CapturedParameters(INamedTypeSymbol type)
    {
        if (type.IsRecord || PrimaryConstructor(type) is not { } constructor) yield break;
        foreach (var p in constructor.Parameters)
            if (type.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is TypeDeclarationSyntax t && t.Members.Any(m => Captures(m, p.Name)))) yield return p;
    }

    // By name: a local or member that hides the parameter makes a field too many, which nothing reads.
    static bool Captures(MemberDeclarationSyntax member, string name)
    {
        if (member is FieldDeclarationSyntax or TypeDeclarationSyntax or ConstructorDeclarationSyntax || member.Modifiers.Any(m => m.ValueText == "static")) return false;
        foreach (var node in member.DescendantNodes(n => n is not EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax }))
            if (node is IdentifierNameSyntax id && id.Identifier.ValueText == name && !(id.Parent is MemberAccessExpressionSyntax access && access.Name == id)) return true;
        return false;
    }

    /// An automatic property (its value is a field); of a referenced assembly too.
    public bool IsAuto(IPropertySymbol p)
    {
        if (p.IsStatic || p.IsIndexer) return false;
        foreach (var member in p.ContainingType.GetMembers())
            if (member is IFieldSymbol { IsStatic: false } f && (SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol?.OriginalDefinition, p.OriginalDefinition) || f.Name == $"<{p.Name}>k__BackingField")) return true;
        return false;
    }
}
