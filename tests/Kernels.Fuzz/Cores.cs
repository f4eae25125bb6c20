using System.Reflection;
using System.Runtime.Intrinsics;
using System.Text;
using Kernels.Generators;
using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kernels.Fuzz;

/// The cores of many functions in one assembly: Roslyn is paid once, and a core that cannot be emitted or compiled fails alone.
sealed class Cores
{
    readonly Dictionary<(int, string), MethodInfo> methods = [];
    readonly Dictionary<int, string> failures = [];

    public static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var n && (n.StartsWith("System.", StringComparison.Ordinal) || n is "Kernels.Runtime.dll" or "Kernels.Authoring.dll"))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    /// The CPU targets whose cores this process can execute. NEON's table is portable text: with FMA it means the same here.
    public static readonly CpuTarget[] Runnable =
    [
        CpuTarget.Scalar,
        .. System.Runtime.Intrinsics.X86.Sse2.IsSupported ? new[] { CpuTarget.Sse } : [],
        .. System.Runtime.Intrinsics.X86.Avx2.IsSupported ? new[] { CpuTarget.Avx2 } : [],
        .. Vector512.IsHardwareAccelerated ? new[] { CpuTarget.Avx512 } : [],
    ];

    public static bool RunsNeonText => System.Runtime.Intrinsics.X86.Fma.IsSupported;

    public string? Failure(int function) => failures.GetValueOrDefault(function);

    public MethodInfo this[int function, CpuTarget target] => methods[(function, target.Name)];

    /// <param name="emit">Compiler.Core, or a deliberately wrong one.</param>
    /// <param name="names">Of the classes: what a stack trace shows when a core touches a guard page.</param>
    public Cores(IReadOnlyList<Function> functions, Func<int, IEnumerable<CpuTarget>> targets, Func<Function, CpuTarget, string>? emit = null, Func<int, string>? names = null)
    {
        string Name(int k) => names is null ? $"F{k}" : names(k);
        emit ??= (f, t) => Compiler.Core(f, t, limits: Fuzzer.Limits);
        var trees = new SyntaxTree?[functions.Count];
        for (int k = 0; k < functions.Count; k++)
        {
            var text = new StringBuilder("#pragma warning disable\n" + Compiler.CoreUsings).Append($"public static unsafe class {Name(k)} {{\n");
            try
            {
                foreach (var target in targets(k)) text.Append(emit(functions[k], target));
                trees[k] = CSharpSyntaxTree.ParseText(text.Append("}\n").ToString(), path: $"{k}");
            }
            catch (Exception e) { failures[k] = "emitter: " + e; }
        }
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release, concurrentBuild: false);
        while (true)
        {
            using var image = new MemoryStream();
            var result = CSharpCompilation.Create("Cores" + Guid.NewGuid().ToString("N"), trees.OfType<SyntaxTree>(), References, options).Emit(image);
            if (result.Success)
            {
                var assembly = Assembly.Load(image.ToArray());
                for (int k = 0; k < functions.Count; k++)
                    if (trees[k] is not null)
                        foreach (var target in targets(k)) methods[(k, target.Name)] = assembly.GetType(Name(k))!.GetMethod(target.Method)!;
                return;
            }
            foreach (var d in result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error))
            {
                if (d.Location.SourceTree is not { } tree) throw new InvalidOperationException(d.ToString());
                int k = int.Parse(tree.FilePath);
                failures.TryAdd(k, $"compiler: {d}\n{tree.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line]}");
                trees[k] = null;
            }
        }
    }

    /// Runs one block. Arguments in the order of the core's parameters: scalars boxed, arrays by their address (nint).
    public static unsafe int Run(MethodInfo core, params object[] arguments)
    {
        var parameters = core.GetParameters();
        var values = new object[arguments.Length];
        for (int k = 0; k < values.Length; k++)
            values[k] = arguments[k] is nint address ? Pointer.Box((void*)address, parameters[k].ParameterType) : arguments[k];
        return (int)core.Invoke(null, BindingFlags.DoNotWrapExceptions, null, values, null)!;
    }
}
