using Microsoft.CodeAnalysis;

namespace Kernels.Generators.Frontend;

/// The names of functions in IR: fully qualified method, type arguments, parameter types. The same in every compilation that sees the method.
static class Keys
{
    static readonly SymbolDisplayFormat types = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    public static string Of(IMethodSymbol method)
    {
        string name = method.MethodKind == MethodKind.LocalFunction && method.ContainingSymbol is IMethodSymbol outer
            ? $"{Of(outer)}.{method.Name}" : $"{method.ContainingType.ToDisplayString(types)}.{method.Name}";
        if (method.TypeArguments.Length > 0) name += $"<{string.Join(", ", method.TypeArguments.Select(t => t.ToDisplayString(types)))}>";
        name += $"({string.Join(", ", method.Parameters.Select(p => Modifier(p) + p.Type.ToDisplayString(types)))})";
        if (method.MethodKind == MethodKind.Conversion) name += $":{method.ReturnType.ToDisplayString(types)}";
        return name;
    }

    static string Modifier(IParameterSymbol p) => p.RefKind switch { RefKind.Ref => "ref ", RefKind.Out => "out ", _ => "" };
}
