using System.Reflection;

namespace Kernels.Tool;

/// <summary>A kernel as the assembly has it: the spec's method, and the generated class beside it if there is one.</summary>
sealed record KernelEntry(string FullName, MethodInfo Spec, Type? Generated)
{
    /// <summary>Type.Method: what users type.</summary>
    public string Name => $"{Spec.DeclaringType!.Name}.{Spec.Name}";

    public bool IsElement => Spec.IsDefined(typeof(ElementKernelAttribute), inherit: false);

    /// <summary>The methods that hold a target's vector code: the general one, then the clones.</summary>
    public IReadOnlyList<MethodInfo> Cores(KernelTarget target) => Generated is null ? [] :
    [
        .. Generated.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => m.Name == target.ToString() || m.Name.StartsWith(target + "_", StringComparison.Ordinal))
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
            select new KernelEntry(name, method, type.GetNestedType(method.Name + "Kernel", BindingFlags.Public | BindingFlags.NonPublic));
        return [.. entries];
    }

    /// <summary>The kernel that a user means: by its full name, Type.Method, or the method alone where that is unique.</summary>
    /// <exception cref="Failure">There is none, or there are several.</exception>
    public static KernelEntry Find(IReadOnlyList<KernelEntry> entries, string name)
    {
        foreach (Func<KernelEntry, string> key in (Func<KernelEntry, string>[])[e => e.FullName, e => e.Name, e => e.Spec.Name])
            switch (entries.Where(e => key(e).Equals(name, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                case [var only]: return only;
                case [_, _, ..] several: throw new Failure($"'{name}' names several kernels: {string.Join(", ", several.Select(e => e.Name == name ? e.FullName : e.Name))}");
            }
        // The nearest by whichever part of the name was given.
        Func<KernelEntry, string> part = name.Contains('.') ? e => e.Name : e => e.Spec.Name;
        string? near = Names.Nearest(name, entries.Select(part));
        throw Names.Unknown("kernel", name, entries.Select(e => e.Name), entries.FirstOrDefault(e => part(e) == near)?.Name);
    }
}
