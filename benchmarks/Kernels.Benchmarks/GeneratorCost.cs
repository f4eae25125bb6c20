using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Kernels.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kernels.Benchmarks;

/// <summary>
/// What the generator costs a project of 100 element kernels that each inline an exponential and a logarithm: a whole build, a keystroke, the size of
/// what it writes, and the JIT compiler's time for it. The figures are in docs/figures.md.
/// </summary>
static class GeneratorCost
{
    const int Kernels = 100, Warming = 20, Repetitions = 20;

    static readonly CSharpParseOptions options = new(LanguageVersion.Preview);

    public static void Run(string[] args)
    {
        if (args is ["first-call", var assembly, var count]) FirstCalls(assembly, int.Parse(count, CultureInfo.InvariantCulture));
        else Measure();
    }

    static SyntaxTree Kernel(int k, string body = "KernelMath.Log(1f + KernelMath.Exp(x * {0}f))", string comment = "") => Parse($"Kernel{k}.cs",
        $"using Kernels;\n// {comment}\npublic static partial class K{k} {{ [ElementKernel] public static float F(float x) => {string.Format(CultureInfo.InvariantCulture, body, k + 1)}; }}");

    static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, options, path);

    static CSharpCompilation Project()
    {
        string calls = string.Concat(Enumerable.Range(0, Kernels).Select(k => $"    public static void C{k}(float[] x, float[] y) => K{k}.F(x, y);\n"));
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal))
            .Append(typeof(KernelMath).Assembly.Location).Append(typeof(KernelOptions).Assembly.Location).Distinct();
        return CSharpCompilation.Create("Generated", [.. Enumerable.Range(0, Kernels).Select(k => Kernel(k)), Parse("Calls.cs", $"public static class Calls\n{{\n{calls}}}")],
            platform.Select(p => MetadataReference.CreateFromFile(p)), new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release));
    }

    // An editor asks for what other code can name alone; a build for the cores too.
    static GeneratorDriver Driver(bool editor) => CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: options,
        driverOptions: new(editor ? IncrementalGeneratorOutputKind.Implementation : IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: false));

    static void Measure()
    {
        var project = Project();
        var clock = Stopwatch.StartNew();
        var driver = Driver(editor: false).RunGenerators(project);
        Line("whole run, cold", clock.Elapsed.TotalSeconds, "s");
        clock.Restart();
        driver = Driver(editor: false).RunGenerators(Project());
        Line("whole run, warm", clock.Elapsed.TotalSeconds, "s");
        var editor = Driver(editor: true).RunGenerators(project);
        // On the same project: the runs before were on equal ones.
        driver = driver.RunGenerators(project);
        foreach (var (name, d) in new[] { ("editor", editor), ("build", driver) })
        {
            Line($"{name}: a comment", Keystroke(d, project, n => Kernel(n, comment: $"note {n}")), "ms");
            Line($"{name}: a body", Keystroke(d, project, n => Kernel(n, body: "KernelMath.Log(2f + KernelMath.Exp(x * {0}f))")), "ms");
        }
        Line("a second compilation, bound", Median(_ => Bind(project)), "ms");

        var sources = driver.GetRunResult().Results[0].GeneratedSources;
        Line("generated text", sources.Sum(s => s.SourceText.Length) / 1e6, "MB");
        string dll = Path.Combine(Directory.CreateTempSubdirectory("kernels-generator-").FullName, "Generated.dll");
        foreach (string warmth in new[] { "cold", "warm" })
        {
            clock.Restart();
            using var file = File.Create(dll);
            if (project.Clone().AddSyntaxTrees(driver.GetRunResult().GeneratedTrees).Emit(file) is { Success: false } failed)
                throw new InvalidOperationException(string.Join("\n", failed.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)));
            Line($"C# compilation of it, {warmth}", clock.Elapsed.TotalSeconds, "s");
        }
        Line("assembly", new FileInfo(dll).Length / 1e6, "MB");
        foreach (int count in new[] { 1, Kernels })
        {
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. HostArguments(), "generator", "first-call", dll, count.ToString(CultureInfo.InvariantCulture)]))!;
            child.WaitForExit();
        }
        Directory.Delete(Path.GetDirectoryName(dll)!, recursive: true);
    }

    static string[] HostArguments() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(GeneratorCost).Assembly.Location] : [];

    static double Keystroke(GeneratorDriver driver, CSharpCompilation project, Func<int, SyntaxTree> edit) => Median(n =>
    {
        var edited = project.ReplaceSyntaxTree(project.SyntaxTrees[n], edit(n));
        edited.GetSemanticModel(edited.SyntaxTrees[n]); // an editor has this anyway
        var clock = Stopwatch.StartNew();
        driver.RunGenerators(edited);
        return clock.Elapsed.TotalMilliseconds;
    });

    // What a compilation of the generator's own would cost at each edit before any lowering: the same trees and references, every kernel's operations.
    static double Bind(CSharpCompilation project)
    {
        var clock = Stopwatch.StartNew();
        var own = CSharpCompilation.Create("Own", project.SyntaxTrees.Take(Kernels), project.References, project.Options);
        foreach (var tree in own.SyntaxTrees)
        {
            var model = own.GetSemanticModel(tree);
            foreach (var method in tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()) model.GetOperation(method);
        }
        return clock.Elapsed.TotalMilliseconds;
    }

    static double Median(Func<int, double> measure) => Enumerable.Range(0, Warming + Repetitions).Select(measure).Skip(Warming).Order().ElementAt(Repetitions / 2);

    static void FirstCalls(string assembly, int count)
    {
        float[] x = new float[1000], y = new float[1000];
        var calls = Assembly.LoadFrom(assembly).GetType("Calls", throwOnError: true)!;
        var clock = Stopwatch.StartNew();
        for (int k = 0; k < count; k++) calls.GetMethod($"C{k}")!.CreateDelegate<Action<float[], float[]>>()(x, y);
        Line($"first calls of {count}", clock.Elapsed.TotalMilliseconds, "ms");
    }

    static void Line(string what, double value, string unit) => Console.WriteLine(FormattableString.Invariant($"{what,-30} {value,10:F3} {unit}"));
}
