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
        Assert.DoesNotContain(reported, d => d.Severity > DiagnosticSeverity.Info);
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

    // ---- reductions ----

    [Theory]
    [InlineData("float"), InlineData("double")]
    public void Minima_and_maxima_of_zeros_of_both_signs_and_of_NaN_anywhere(string type) => Run($$"""
        static partial class A
        {
            [Kernel] public static void Extremes(ReadOnlySpan<{{type}}> x, Span<{{type}}> y)
            {
                {{type}} low = {{type}}.PositiveInfinity, high = {{type}}.NegativeInfinity;
                foreach (int i in Lanes.Over(x)) { low = KernelMath.Min(low, x[i]); high = KernelMath.Max(high, x[i]); }
                y[0] = Lanes.Min(low);
                y[1] = Lanes.Max(high);
            }
        }
        """, $$"""
        bool Same({{type}} a, {{type}} b) => {{type}}.IsNaN(a) ? {{type}}.IsNaN(b) : a == b && {{type}}.IsNegative(a) == {{type}}.IsNegative(b);
        {{type}}[] special = [0, -({{type}})0, {{type}}.NaN, -{{type}}.NaN, 1, -1, {{type}}.PositiveInfinity, {{type}}.NegativeInfinity, {{type}}.Epsilon];
        var y = new {{type}}[2];
        foreach (var o in Test.Targets())
        {
            foreach (int n in new[] { 1, 2, 3, 7, 8, 15, 16, 33, 64, 100 })
                for (int at = 0; at < n; at++)
                    foreach (var fill in special[..2])
                        foreach (var one in special)
                        {
                            var x = new {{type}}[n];
                            x.AsSpan().Fill(fill);
                            x[at] = one;
                            A.ExtremesKernel.Run(x, y, o);
                            var (low, high) = (x[0], x[0]);
                            foreach (var v in x) (low, high) = ({{type}}.Min(low, v), {{type}}.Max(high, v));
                            Test.True(Same(low, y[0]) && Same(high, y[1]), $"{o.Target} {n} {at} {fill} {one}: {y[0]} {y[1]}");
                        }
        }
        """);

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

    // ---- arrays of narrow types and of structs ----

    [Theory]
    [InlineData("Half", "(Half)((float)x * 1.5f + (float)y)", "(Half)((r.Next() & 1023) * 0.37f - 100)")]
    [InlineData("BFloat16", "(BFloat16)((float)x * 1.5f + (float)y)", "(BFloat16)((r.Next() & 1023) * 0.37f - 100)")]
    [InlineData("byte", "(byte)(3 * x + y)", "(byte)r.Next()")]
    [InlineData("sbyte", "(sbyte)(3 * x + y)", "(sbyte)r.Next()")]
    [InlineData("short", "(short)(3 * x + y)", "(short)r.Next()")]
    [InlineData("ushort", "(ushort)(3 * x + y)", "(ushort)r.Next()")]
    [InlineData("bool", "x ^ !y", "(r.Next() & 1) == 0")]
    public void Element_kernels_of_narrow_types_at_every_length(string type, string body, string random)
    {
        var files = Run($$"""
            public static partial class A
            {
                [ElementKernel] public static {{type}} F({{type}} x, {{type}} y) => {{body}};
                [ElementKernel] public static void Both({{type}} x, {{type}} y, out {{type}} first, out {{type}} second) { first = y; second = x; }
            }
            """, $$"""
            var r = new Random(1);
            foreach (var o in Test.Targets())
                for (int n = 0; n <= 70; n++)
                {
                    {{type}}[] x = new {{type}}[n], y = new {{type}}[n], a = new {{type}}[n + 1], b = new {{type}}[n + 1], c = new {{type}}[n + 1], p = new {{type}}[n + 1], q = new {{type}}[n + 1];
                    for (int k = 0; k < n; k++) { x[k] = {{random}}; y[k] = {{random}}; }
                    a[n] = b[n] = c[n] = p[n] = q[n] = {{random}};
                    var end = a[n];
                    A.F((ReadOnlySpan<{{type}}>)x, (ReadOnlySpan<{{type}}>)y, a.AsSpan(), o);
                    if (n > 0) { A.F((ReadOnlySpan<{{type}}>)x, y[0], b.AsSpan(), o); A.F(x[0], (ReadOnlySpan<{{type}}>)y, c.AsSpan(), o); }
                    for (int k = 0; k < n; k++) Test.True(a[k].Equals(A.F(x[k], y[k])) && b[k].Equals(A.F(x[k], y[0])) && c[k].Equals(A.F(x[0], y[k])), $"{o.Target} {n} [{k}]: {a[k]} {b[k]} {c[k]}");
                    A.Both((ReadOnlySpan<{{type}}>)x, (ReadOnlySpan<{{type}}>)y, p.AsSpan(), q.AsSpan(), o);
                    for (int k = 0; k < n; k++) Test.True(p[k].Equals(y[k]) && q[k].Equals(x[k]), $"{o.Target} {n} [{k}]");
                    Test.True(a[n].Equals(end) && b[n].Equals(end) && c[n].Equals(end) && p[n].Equals(end) && q[n].Equals(end), $"{o.Target} {n}: nothing behind");
                }
            """);
        foreach (string target in new[] { "Avx2", "Avx512" })
        {
            string code = files.Single(f => f.Key.StartsWith("A.F", StringComparison.Ordinal) && f.Key.EndsWith(target + ".g.cs", StringComparison.Ordinal)).Value;
            Assert.Contains("Simd.", code);
            Assert.DoesNotContain("GetElement", code);
            Assert.DoesNotContain("for (int", code);
        }
    }

    [Fact]
    public void A_generic_element_kernel_of_narrow_and_wide_types() => Run("""
        interface IOf<T> { static abstract T From(float x); static abstract float To(T x); }
        struct OfHalf : IOf<Half> { public static Half From(float x) => (Half)x; public static float To(Half x) => (float)x; }
        struct OfFloat : IOf<float> { public static float From(float x) => x; public static float To(float x) => x; }
        static partial class A
        {
            [ElementKernel, Specialize(typeof(Half), typeof(OfHalf)), Specialize(typeof(float), typeof(OfFloat))]
            internal static T F<T, O>(T x, T y) where T : unmanaged where O : unmanaged, IOf<T> => O.From(O.To(x) + 2 * O.To(y));
        }
        """, """
        foreach (var o in Test.Targets())
            for (int n = 0; n < 40; n++)
            {
                float[] x = new float[n], y = new float[n], z = new float[n]; Half[] u = new Half[n], v = new Half[n];
                for (int k = 0; k < n; k++) u[k] = (Half)(x[k] = k);
                A.FKernel.Run<float, OfFloat>(x, 3f, y, o); A.FKernel.Run<Half, OfHalf>(u, (Half)3, v, o);
                for (int k = 0; k < n; k++) Test.True(y[k] == k + 6 && (float)v[k] == k + 6, $"{o.Target} {n} [{k}]: {y[k]} {v[k]}");
            }
        """);

    [Fact]
    public void A_destination_may_be_an_input_of_an_element_kernel_with_several() => Run("""
        public static partial class A
        {
            [ElementKernel] public static void Swap(float x, float y, out float first, out float second) { first = y + 1; second = x; }
        }
        """, """
        foreach (var o in Test.Targets())
            for (int n = 0; n < 70; n++)
            {
                float[] x = new float[n], y = new float[n];
                for (int k = 0; k < n; k++) { x[k] = k; y[k] = -k; }
                A.Swap((ReadOnlySpan<float>)x, (ReadOnlySpan<float>)y, x.AsSpan(), y.AsSpan(), o);
                for (int k = 0; k < n; k++) Test.True(x[k] == 1 - k && y[k] == k, $"{o.Target} {n} [{k}]: {x[k]} {y[k]}");
            }
        """);

    [Theory]
    [InlineData("float", "public float Re, Im; public C(float re, float im) { Re = re; Im = im; }")]
    [InlineData("double", "readonly double re, im; public C(double re, double im) { this.re = re; this.im = im; } public double Re => re; public double Im => im;")]
    [InlineData("float", "public float Re { get; } public float Im { get; } public C(float re, float im) { Re = re; Im = im; }")]
    [InlineData("Half", "readonly Half re, im; public C(float re, float im) { this.re = (Half)re; this.im = (Half)im; } public float Re => (float)re; public float Im => (float)im;")]
    public void Element_kernels_of_structs(string type, string members) => Run($$"""
        public struct C { {{members}} }
        public struct V { public {{type}} X, Y, Z; }
        public static partial class A
        {
            [ElementKernel] public static C Product(C a, C b) => new C(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);
            [ElementKernel] public static {{type}} Turn(in V v, C c, out V w) { w = new V { X = v.Z, Y = v.X, Z = v.Y }; return v.Y; }
        }
        """, $$"""
        foreach (var o in Test.Targets())
            for (int n = 0; n <= 70; n++)
            {
                C[] a = new C[n], b = new C[n], c = new C[n + 1], d = new C[n]; V[] v = new V[n], w = new V[n]; {{type}}[] m = new {{type}}[n];
                for (int k = 0; k < n; k++) { a[k] = new C(k, 1); b[k] = new C(2, k - 3); v[k] = new V { X = ({{type}})k, Y = ({{type}})(2 * k), Z = ({{type}})(-k) }; }
                A.Product(a, b, c, o);
                if (n > 2) A.Product(a, b[2], d, o);
                for (int k = 0; k < n; k++)
                {
                    C e = A.Product(a[k], b[k]);
                    Test.True(c[k].Re == e.Re && c[k].Im == e.Im, $"{o.Target} {n} [{k}]: {c[k].Re} {c[k].Im}");
                    if (n > 2) Test.True(d[k].Re == A.Product(a[k], b[2]).Re && d[k].Im == A.Product(a[k], b[2]).Im, $"{o.Target} {n} [{k}]");
                }
                Test.True(c[n].Re == 0 && c[n].Im == 0, "nothing behind");
                A.Product(a, b, a, o);
                for (int k = 0; k < n; k++) Test.True(a[k].Re == c[k].Re && a[k].Im == c[k].Im, $"{o.Target} in place {n} [{k}]");
                A.TurnKernel.Run(v, a, m, w, o);
                for (int k = 0; k < n; k++) Test.True(w[k].X == v[k].Z && w[k].Y == v[k].X && w[k].Z == v[k].Y && m[k] == v[k].Y, $"{o.Target} {n} [{k}]");
                A.TurnKernel.Run(v, a, m, v, o with { MaxDegreeOfParallelism = 2 });
                for (int k = 0; k < n; k++) Test.True(w[k].X == v[k].X && w[k].Y == v[k].Y && w[k].Z == v[k].Z, $"{o.Target} in place {n} [{k}]");
            }
        C[] many = new C[20000], result = new C[20000];
        for (int k = 0; k < many.Length; k++) many[k] = new C(k & 15, 1);
        foreach (var o in Test.Targets())
        {
            A.Product(many, many, result, o with { MaxDegreeOfParallelism = 3 });
            for (int k = 0; k < many.Length; k++) Test.True(result[k].Re == (k & 15) * (k & 15) - 1 && result[k].Im == 2 * (k & 15), $"{o.Target} [{k}]");
        }
        """);

    [Theory]
    [InlineData("public struct P { public float A; public double B; } [ElementKernel] static float F(P p) => p.A;", "KRN0032 'p' The parameter 'p' is a struct that is no array of one type in memory; use a struct of fields of one scalar type, or take the fields one by one")]
    [InlineData("[ElementKernel] static (float, float) F(float p) => (p, p);", "KRN0031 '(float, float)' A element kernel returns what is an array of one type in memory; use a struct of fields of one scalar type, or out parameters")]
    [InlineData("public ref struct P { public Span<float> A; } [Kernel] static void F(P p) => p.A[0] = 1;", "KRN0032 'p' The parameter 'p' is a struct that contains a span; take the span as a parameter of its own")]
    [InlineData("public struct P { float a; double b; public readonly float Sum => a + (float)b; } [Kernel] static void F(P p, Span<float> x) => x[0] = p.Sum;", "KRN0032 'p' The parameter 'p' is a struct with private fields; make them internal, or take them as parameters")]
    [InlineData("public struct P { public float A, B; } [Kernel] static void F(ReadOnlySpan<P> p, Span<float> x) { foreach (int i in Lanes.Over(x)) x[i] = p[i].A; }", "KRN0032 'p' The parameter 'p' is a span of structs; take a span of float and index it by 2*i + k")]
    public async Task Structs_that_cannot_be_taken_apart_are_errors(string members, string expected) => Assert.Equal([expected], await Problems(members));

    // ---- what must not reach a user as a failure of the compiler ----

    [Theory]
    [InlineData("[Kernel] static void F(ReadOnlySpan<float> x, Span<float> y) => Put(x, y.Slice(1)); static void Put(ReadOnlySpan<float> x, Span<float> y) { int m = 0; foreach (int i in Lanes.Over(x)) Lanes.Append(y, ref m, x[i]); }", "KRN0037 'y.Slice(1)' Lanes.Append takes a whole span and 'ref' an int local of the block")]
    [InlineData("struct E { } [Kernel] static void F(Span<E> x) { }", "KRN0032 'x' The parameter 'x' is a span of structs without fields; take its length as an int")]
    [InlineData("[Kernel] static void F(float? x, Span<float> y) => y[0] = 1;", "KRN0002 'x' A spec cannot hold a 'float?'; use bool, int, uint, long, ulong, float, double, a struct or tuple of these, or a span")]
    public async Task Errors_are_found_in_the_front_end(string members, string expected)
    {
        Assert.Equal([expected], await Problems(members));
        CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Source.ParseOptions).RunGeneratorsAndUpdateCompilation(Source.Members(members), out _, out var reported);
        Assert.Empty(reported);
    }

    [Fact]
    public void Specialising_twice_is_specialising_once() => Run("""
        public static partial class A
        {
            [Kernel, Specialize(nameof(n), 1, 2, 2), Specialize(nameof(n), 3)] public static void F(Span<float> y, [Const] int n) { foreach (int i in Lanes.Over(y)) y[i] = n; }
            [Kernel, Specialize(typeof(int)), Specialize(typeof(int))] public static void G<T>(Span<T> y, T a) where T : unmanaged { foreach (int i in Lanes.Over(y)) y[i] = a; }
        }
        """, """
        float[] x = new float[9]; int[] y = new int[9];
        foreach (var o in Test.Targets())
            for (int n = 0; n < 5; n++)
            {
                A.FKernel.Run(x, n, o); Test.True(x[8] == n, "F");
                A.GKernel.Run(y.AsSpan(), n, o); Test.True(y[8] == n, "G");
            }
        Test.True(A.FKernel.Info.Clones.Count == 3, "clones");
        """);

    [Fact]
    public void Names_of_specs_may_differ_in_case_alone_or_be_keywords() => Run("""
        public static partial class A
        {
            [ElementKernel] public static float F(float @class, float @in) => @class + 2 * @in;
            [ElementKernel] public static float f(float x) => 3 * x;
            [Kernel] public static void G(float @class, Span<float> x) { foreach (int i in Lanes.Over(x)) x[i] = @class; }
        }
        public static partial class a
        {
            [ElementKernel] public static float F(float @class, float @in) => @class + 4 * @in;
        }
        """, """
        float[] x = [1, 2, 3], y = new float[3];
        foreach (var o in Test.Targets())
        {
            A.F((ReadOnlySpan<float>)x, 1f, y, o); Test.True(y[2] == 5, "F");
            A.f((ReadOnlySpan<float>)x, y, o); Test.True(y[2] == 9, "f");
            a.F(1f, (ReadOnlySpan<float>)x, y, o); Test.True(y[2] == 13, "a.F");
            A.GKernel.Run(7, y, o); Test.True(y[2] == 7, "G");
        }
        """);
}
