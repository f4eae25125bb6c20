using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kernels.Generators.Tests.Frontend;

/// Specs as text, compiled as a user's project is.
static class Source
{
    static readonly MetadataReference[] references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(p => Path.GetFileName(p) is var n && (n.StartsWith("System.", StringComparison.Ordinal) || n is "netstandard.dll" or "mscorlib.dll")).Select(p => MetadataReference.CreateFromFile(p)),
        MetadataReference.CreateFromFile(typeof(Kernels.KernelAttribute).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Kernels.KernelOptions).Assembly.Location),
    ];

    const string Usings = "global using System; global using System.Numerics; global using Kernels;";

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Preview);

    /// A class body: members of `static partial class S`.
    public static CSharpCompilation Members(string members) => Files($"public static partial class S\n{{\n{members}\n}}");

    public static CSharpCompilation Files(params string[] files) => CSharpCompilation.Create("Specs",
        files.Prepend(Usings).Select((f, k) => CSharpSyntaxTree.ParseText(f, ParseOptions, $"File{k}.cs")), references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    public static IEnumerable<IMethodSymbol> Specs(Compilation compilation) =>
        Types(compilation.Assembly.GlobalNamespace).SelectMany(t => t.GetMembers().OfType<IMethodSymbol>()).Where(Spec.IsSpec);

    static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol space) =>
        space.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(m => (m is INamedTypeSymbol t ? [t] : Enumerable.Empty<INamedTypeSymbol>()).Concat(Types(m)));

    public static IMethodSymbol Method(Compilation compilation, string name) =>
        Types(compilation.Assembly.GlobalNamespace).SelectMany(t => t.GetMembers(name)).OfType<IMethodSymbol>().First();

    /// The module of a method without errors in C# or in the language.
    public static Module Lower(CSharpCompilation compilation, string name)
    {
        var errors = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        Assert.True(errors.Count == 0, string.Join("\n", errors));
        var (module, problems) = Lowering.Lower(compilation, Spec.Instances(Method(compilation, name)).First());
        Assert.True(module is not null, string.Join("\n", problems.Select(p => p.ToDiagnostic())));
        return module;
    }

    public static Module Lower(string members, string name = "F") => Lower(Members(members), name);

    /// The results of a method of scalars, run one lane wide.
    public static ulong[] Run(string members, params object[] arguments)
    {
        var module = Lower(members);
        var bits = arguments.Select(a => a switch
        {
            float f => SoftFloat.Bits(f), double d => SoftFloat.Bits(d), int i => (uint)i, uint u => u, long l => (ulong)l, ulong u => u, bool b => b ? 1u : 0u,
            _ => throw new ArgumentException(a.ToString()),
        }).ToArray();
        // Called from uniform code, through the inliner: it decides whose a helper's arrays are.
        var f = module.Kernel;
        var caller = f with { Name = "caller", Constants = [], Body = [new Call(f.Results, f.Name, f.Parameters.Map(p => (Expr)new Use(((ValueParameter)p).Local)), [])] };
        var outcome = new Interpreter(Kernels.Generators.Passes.Inline.Run(new Module(caller, [f, .. module.Helpers])), 1).Call(bits);
        Assert.True(outcome.Failure is null, outcome.Failure);
        return outcome.Results;
    }

    public static int RunInt(string members, params object[] arguments) => (int)Run(members, arguments)[0];
    public static float RunFloat(string members, params object[] arguments) => SoftFloat.ToSingle((uint)Run(members, arguments)[0]);
    public static double RunDouble(string members, params object[] arguments) => SoftFloat.ToDouble(Run(members, arguments)[0]);
}
