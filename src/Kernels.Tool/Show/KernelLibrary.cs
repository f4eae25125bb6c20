using System.Reflection;
using Kernels.Generators.IR;

namespace Kernels.Tool;

/// <summary>
/// A kernel as the assembly has it: the spec's method, and the generated class beside it if there is one. Of several specs of one name each has
/// an Overload, which is part of the names that follow: "_float", as in the names of its cores.
/// </summary>
sealed record KernelEntry(string FullName, MethodInfo Spec, Type? Generated, string Overload = "")
{
    /// <summary>Type.Method: what users type.</summary>
    public string Name => $"{Spec.DeclaringType!.Name}.{Method}";

    public string Method => Spec.Name + Overload;

    /// <summary>The overloads of the same name, this one included.</summary>
    public IReadOnlyList<string> Overloads { get; init; } = [""];

    public bool IsElement => Spec.IsDefined(typeof(ElementKernelAttribute), inherit: false);

    /// <summary>The methods that hold a target's vector code: the general one, then the clones.</summary>
    public IReadOnlyList<MethodInfo> Cores(KernelTarget target) => Generated is null ? [] :
    [
        .. Generated.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => Overload == Overloads.Where(o => m.Name == target + o || m.Name.StartsWith(target + o + "_", StringComparison.Ordinal)).MaxBy(o => o.Length))
            .OrderBy(m => m.Name.Length).ThenBy(m => m.Name, StringComparer.Ordinal),
    ];
}

/// <summary>The kernels of an assembly, found by the attributes of their specs.</summary>
static class KernelLibrary
{
    public static IReadOnlyList<KernelEntry> Shipped { get; } = In(typeof(Kernels.Examples.Vectors).Assembly);

    public static IReadOnlyList<KernelEntry> In(Assembly assembly)
    {
        var entries =
            from type in assembly.GetTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where method.IsDefined(typeof(KernelAttribute), false) || method.IsDefined(typeof(ElementKernelAttribute), false)
            let name = $"{type.FullName!.Replace('+', '.')}.{method.Name}"
            orderby name
            group method by name into overloads
            from entry in Entries(overloads.Key, [.. overloads])
            select entry;
        return [.. entries];
    }

    /// <summary>The specs of one name; what tells them apart is in their IR.</summary>
    static IEnumerable<KernelEntry> Entries(string name, IReadOnlyList<MethodInfo> specs)
    {
        var generated = specs[0].DeclaringType!.GetNestedType(specs[0].Name + "Kernel", BindingFlags.Public | BindingFlags.NonPublic);
        if (specs.Count == 1) return [new(name, specs[0], generated)];
        var functions = IR(specs[0].Module.Assembly, name).Select(x => IRText.ParseFunction(x.Text)).DistinctBy(f => f.Signature!.Overload).ToList();
        string[] overloads = [.. functions.Select(f => f.Signature!.Overload)];
        return functions.OrderBy(f => f.Signature!.Overload, StringComparer.Ordinal).Select(f => new KernelEntry(name + f.Signature!.Overload,
            specs.First(s => s.IsDefined(typeof(ElementKernelAttribute), false) == (f.Kind == FunctionKind.Element)), generated, f.Signature.Overload) { Overloads = overloads });
    }

    /// <summary>The IR that an assembly carries of the specs of a name: it goes on with type arguments or parameters.</summary>
    public static IEnumerable<KernelIRAttribute> IR(Assembly assembly, string name) => assembly.GetCustomAttributes<KernelIRAttribute>()
        .Where(a => a.Name.StartsWith(name, StringComparison.Ordinal) && a.Name.Length > name.Length && a.Name[name.Length] is '(' or '<');

    /// <summary>The kernel that a user means: by its full name, Type.Method, or the method alone where that is unique.</summary>
    /// <exception cref="Failure">There is none, or there are several.</exception>
    public static KernelEntry Find(IReadOnlyList<KernelEntry> entries, string name)
    {
        foreach (Func<KernelEntry, string> key in (Func<KernelEntry, string>[])[e => e.FullName, e => e.Name, e => e.Method])
            switch (entries.Where(e => key(e).Equals(name, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                case [var only]: return only;
                case [_, _, ..] several: throw new Failure($"'{name}' names several kernels: {string.Join(", ", several.Select(e => e.Name == name ? e.FullName : e.Name))}");
            }
        // The nearest by whichever part of the name was given.
        Func<KernelEntry, string> part = name.Contains('.') ? e => e.Name : e => e.Method;
        string? near = Names.Nearest(name, entries.Select(part));
        throw Names.Unknown("kernel", name, entries.Select(e => e.Name), entries.FirstOrDefault(e => part(e) == near)?.Name);
    }
}
