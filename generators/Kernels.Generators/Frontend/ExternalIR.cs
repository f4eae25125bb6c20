using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;

namespace Kernels.Generators.Frontend;

/// Functions of referenced assemblies, from the IR that their KernelIR attributes carry. The attributes of an assembly are read once,
/// a function is parsed when first asked for.
sealed class ExternalIR(Compilation compilation)
{
    static readonly ConditionalWeakTable<IAssemblySymbol, Dictionary<string, string>> texts = new();
    static readonly ConcurrentDictionary<string, Function?> parsed = new(StringComparer.Ordinal);

    public Function? Find(string key, IAssemblySymbol assembly) =>
        Texts(assembly).TryGetValue(key, out string text) ? Parse(text) : null;

    public Function? Find(string key)
    {
        foreach (var reference in compilation.SourceModule.ReferencedAssemblySymbols)
            if (Find(key, reference) is { } f) return f;
        return null;
    }

    // Text of another version of the format counts as absent: the call is then reported as unknown.
    static Function? Parse(string text) => parsed.GetOrAdd(text, static t =>
    {
        try { return IRText.ParseFunction(t); }
        catch (FormatException) { return null; }
    });

    static Dictionary<string, string> Texts(IAssemblySymbol assembly) => texts.GetValue(assembly, static a =>
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (a.GetTypeByMetadataName("Kernels.KernelIRAttribute") is null && !a.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == "Kernels.Authoring"))) return found;
        foreach (var attribute in a.GetAttributes())
            if (Types.Is(attribute.AttributeClass, "Kernels", "KernelIRAttribute") && attribute.ConstructorArguments is [{ Value: string name }, { Value: string text }])
                found[name] = text;
        return found;
    });
}
