using System.Reflection;
using System.Runtime.Loader;
using Kernels.Generators.Diagnostics;
using Kernels.Generators.Tests.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Kernels.Generators.Tests;

/// Specs through the whole generator: compiled, loaded and run on every target of this machine by a driver that throws when a claim does not hold.
public class GeneratedTests
{
    const string Prelude = """
        static class Test
        {
            public static void True(bool claim, string text) { if (!claim) throw new Exception("not so: " + text); }
            public static IEnumerable<KernelOptions> Targets()
            {
                foreach (var t in new[] { KernelTarget.Spec, KernelTarget.Scalar, KernelTarget.Sse, KernelTarget.Avx2, KernelTarget.Avx512 })
                    if (Isa.Supports(t)) yield return new KernelOptions { Target = t };
            }
        }
        """;

    /// The generated files, by hint name.
    static Dictionary<string, string> Generate(CSharpCompilation specs, out Compilation after)
    {
        var driver = CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Source.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(specs, out after, out var reported);
        Assert.Empty(reported);
        Assert.Null(driver.GetRunResult().Results[0].Exception);
        var errors = after.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error);
        Assert.True(!errors.Any(), string.Join("\n", errors.Take(8).Select(d => $"{d}: {d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line]}")));
        return driver.GetRunResult().Results[0].GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());
    }

    static Dictionary<string, string> Run(string specs, string driver)
    {
        var files = Generate(Source.Files("global using System.Collections.Generic; global using Kernels.Runtime;", Prelude, specs, $"public static class Driver {{ public static unsafe void Run() {{ {driver} }} }}"), out var after);
        var image = new MemoryStream();
        Assert.True(after.Emit(image).Success);
        var assembly = new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(image.ToArray()));
        try { assembly.GetType("Driver")!.GetMethod("Run")!.Invoke(null, null); }
        catch (TargetInvocationException e) { throw new Exception(e.InnerException!.ToString()); }
        return files;
    }

    static async Task<List<string>> Problems(string members)
    {
        var compilation = Source.Members(members);
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        var found = await compilation.WithAnalyzers([new KernelAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return [.. found.Select(d => $"{d.Id} '{d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)}' {d.GetMessage()}").Order()];
    }

    // ---- overloads ----

    [Fact]
    public void Overloads_of_a_kernel_are_overloads_of_Run() => Run("""
        public static partial class A
        {
            [Kernel] public static void Row([Block] int row, int n, ReadOnlySpan<float> x, Span<float> y) { var t = new Scratch<float>(n); foreach (int i in Lanes.Range(0, n)) t[i] = 2; foreach (int i in Lanes.Range(0, n)) y[row * n + i] = t[i] * x[row * n + i]; }
            [Kernel, Specialize(nameof(n), 4)] public static void Row([Block] int row, [Const] int n, ReadOnlySpan<double> x, Span<double> y) { foreach (int i in Lanes.Range(0, n)) y[row * n + i] = 3 * x[row * n + i]; }
            [Kernel, Specialize(typeof(int)), Specialize(typeof(long))] public static void Row<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T> { foreach (int i in Lanes.Over(x)) y[i] = x[i] + x[i]; }
        }
        """, """
        foreach (var o in Test.Targets())
            foreach (int n in new[] { 0, 1, 4, 37 })
            {
                float[] x = new float[3 * n], y = new float[3 * n]; double[] u = new double[3 * n], v = new double[3 * n]; int[] s = new int[n], t = new int[n];
                for (int k = 0; k < 3 * n; k++) x[k] = (float)(u[k] = k - 5);
                for (int k = 0; k < n; k++) s[k] = k;
                A.RowKernel.Run(3, n, x, y, o);
                A.RowKernel.Run(3, n, u, v, o);
                A.RowKernel.Run((ReadOnlySpan<int>)s, t.AsSpan(), o);
                for (int k = 0; k < 3 * n; k++) Test.True(y[k] == 2 * x[k] && v[k] == 3 * u[k], $"{o.Target} {n} [{k}]");
                for (int k = 0; k < n; k++) Test.True(t[k] == 2 * k, $"{o.Target} {n} [{k}]");
            }
        Test.True(A.RowKernel.Info_int_float.GridDimensions == 1 && A.RowKernel.Info_int_float.Clones.Count == 0 && A.RowKernel.Info_int_float.Core(KernelTarget.Avx2) is not null, "info");
        Test.True(A.RowKernel.Info_int_float.Name == "A.Row" && A.RowKernel.Info_T.GridDimensions == 0 && A.RowKernel.Info_int_double.Clones is ["_int_double_n4"], "info");
        delegate*<int, int, float*, int, float*, int, float*, int> core = &A.RowKernel.Scalar_int_float;
        """);

    [Fact]
    public void Overloads_of_an_element_kernel() => Run("""
        public static partial class A
        {
            [ElementKernel] public static float Twice(float x) => 2 * x;
            [ElementKernel] public static double Twice(double x) => 2 * x;
            [ElementKernel] public static double Twice(double x, double y) => 2 * x + y;
        }
        """, """
        foreach (var o in Test.Targets())
            for (int n = 0; n < 40; n++)
            {
                float[] x = new float[n], y = new float[n]; double[] u = new double[n], v = new double[n], w = new double[n];
                for (int k = 0; k < n; k++) x[k] = (float)(u[k] = k - 5);
                A.Twice((ReadOnlySpan<float>)x, y, o); A.Twice((ReadOnlySpan<double>)u, v, o); A.Twice((ReadOnlySpan<double>)u, 7.0, w, o);
                for (int k = 0; k < n; k++) Test.True(y[k] == 2 * x[k] && v[k] == 2 * u[k] && w[k] == 2 * u[k] + 7, $"{o.Target} {n} [{k}]");
            }
        Test.True(A.TwiceKernel.Info_float.Targets.Count > 3 && A.TwiceKernel.Info_double.IsElement && A.TwiceKernel.Info_double_double.IsElement, "info");
        """);

    [Theory]
    [InlineData("[Kernel] public static void F(ReadOnlySpan<float> x) { } [Kernel] static void F(ReadOnlySpan<double> x) { }", "KRN0047 'F' 'F' has an overload of another accessibility, and they share one generated class; give both the same")]
    [InlineData("[Kernel] static void F([Block] int r, ReadOnlySpan<float> x) { } [Kernel] static void F(ReadOnlySpan<float> x, [Block] int r) { }", "KRN0047 'F' 'F' has an overload whose Run takes the same arguments; give one of them another name")]
    [InlineData("[ElementKernel] static float F(float x) => x; [ElementKernel] static void F(float x, out float y) => y = x;", "KRN0047 'F' 'F' has an overload whose Run takes the same arguments; give one of them another name")]
    [InlineData("[ElementKernel] static float F(float x) => x; [ElementKernel] static float F(float x, out double y) { y = 1; return x; }")]
    [InlineData("[Kernel] static void F(ReadOnlySpan<float> x) { } static void F(ReadOnlySpan<float> x, int n) { }")]
    [InlineData("[Kernel, Specialize(typeof(int))] static void F<T>(ReadOnlySpan<T> x) where T : unmanaged { } [Kernel] static void F(ReadOnlySpan<int> x) { }")]
    public async Task Overloads_that_C_sharp_cannot_tell_apart_are_errors(string members, params string[] expected) => Assert.Equal(expected, await Problems(members));
}
