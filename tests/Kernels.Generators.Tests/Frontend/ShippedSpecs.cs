namespace Kernels.Generators.Tests.Frontend;

/// The specs that this repository ships, from their source files.
static class ShippedSpecs
{
    static string[] Files()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Kernels.sln"))) directory = directory.Parent;
        Assert.NotNull(directory);
        return [.. Directory.EnumerateFiles(Path.Combine(directory.FullName, "kernels", "Kernels"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))];
    }

    /// All of them, in one compilation.
    public static readonly Lazy<Microsoft.CodeAnalysis.CSharp.CSharpCompilation> Compilation = new(() => Source.Files([.. Files().Select(File.ReadAllText)]));
}
