using System.Reflection;
using System.Runtime.InteropServices;
using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kernels.Generators.Tests.Targets;

/// The cores of some functions, compiled by Roslyn and loaded: what a generated file would be, without the host around it.
sealed unsafe class CompiledCores
{
    readonly Assembly assembly;

    static readonly MetadataReference[] references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var n && (n.StartsWith("System.", StringComparison.Ordinal) || n.StartsWith("Kernels.", StringComparison.Ordinal) || n is "netstandard.dll" or "mscorlib.dll"))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    CompiledCores(Assembly assembly) => this.assembly = assembly;

    public static string Source(IReadOnlyList<Function> functions, IEnumerable<CpuTarget> targets)
    {
        var text = new System.Text.StringBuilder("#pragma warning disable\n" + Compiler.CoreUsings);
        for (int k = 0; k < functions.Count; k++)
        {
            text.Append($"public static unsafe class F{k} {{\n");
            foreach (var target in targets) text.Append(Compiler.Core(functions[k], target));
            text.Append("}\n");
        }
        return text.ToString();
    }

    public static CompiledCores Compile(IReadOnlyList<Function> functions, IEnumerable<CpuTarget> targets) => Compile(Source(functions, targets));

    public static CompiledCores Compile(string source)
    {
        var compilation = CSharpCompilation.Create("Cores" + Guid.NewGuid().ToString("N"), [CSharpSyntaxTree.ParseText(source)], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        if (!result.Success)
            throw new InvalidOperationException(string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)) + "\n" + source);
        return new(Assembly.Load(image.ToArray()));
    }

    /// Runs one block. Arguments in the order of the core's parameters: scalars boxed, arrays by their address.
    public int Run(int function, CpuTarget target, params object[] arguments)
    {
        var method = assembly.GetType($"F{function}")!.GetMethod(target.Method)!;
        var parameters = method.GetParameters();
        var values = new object[arguments.Length];
        for (int k = 0; k < values.Length; k++)
            values[k] = arguments[k] is nint address ? Pointer.Box((void*)address, parameters[k].ParameterType) : arguments[k];
        return (int)method.Invoke(null, values)!;
    }

    /// The CPU targets that this process can execute.
    public static IEnumerable<CpuTarget> Runnable()
    {
        yield return CpuTarget.Scalar;
        if (System.Runtime.Intrinsics.X86.Sse2.IsSupported) yield return CpuTarget.Sse;
        if (System.Runtime.Intrinsics.X86.Avx2.IsSupported) yield return CpuTarget.Avx2;
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) yield return CpuTarget.Avx512;
    }
}
