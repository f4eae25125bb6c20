using Microsoft.CodeAnalysis;

namespace Kernels.Generators.Frontend;

/// The names of functions in IR: fully qualified method, type arguments, parameter types. The same in every compilation that sees the method.
static class Keys
{
    public static readonly SymbolDisplayFormat Types = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    public static string Of(IMethodSymbol method)
    {
        string name = method.MethodKind == MethodKind.LocalFunction && method.ContainingSymbol is IMethodSymbol outer
            ? $"{Of(outer)}.{method.Name}" : $"{method.ContainingType.ToDisplayString(Types)}.{method.Name}";
        if (method.TypeArguments.Length > 0) name += $"<{string.Join(", ", method.TypeArguments.Select(t => t.ToDisplayString(Types)))}>";
        name += $"({string.Join(", ", method.Parameters.Select(p => Modifier(p) + p.Type.ToDisplayString(Types)))})";
        if (method.MethodKind == MethodKind.Conversion) name += $":{method.ReturnType.ToDisplayString(Types)}";
        return name;
    }

    static string Modifier(IParameterSymbol p) => p.RefKind switch { RefKind.Ref => "ref ", RefKind.Out => "out ", RefKind.In => "in ", _ => "" };
}
