using System.Reflection;
using System.Runtime.Loader;
using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using static Kernels.Generators.IR.ScalarType;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Tests;

/// The host's code is compiled around hand-written cores and run, so that these tests need no other part of the compiler.
/// Each driver is C# that throws when a claim does not hold.
public class HostTests
{
    static readonly Lazy<MetadataReference[]> references = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(f => MetadataReference.CreateFromFile(f))]);

    // Not global: generated code must do without.
    const string Usings = "using System; using System.Threading; using Kernels; using Kernels.Runtime;\n";
    const string Prelude = Usings + """
        static class Test
        {
            public static void True(bool claim, string text) { if (!claim) throw new Exception("not so: " + text); }
            public static string Throws<E>(Action act) where E : Exception
            {
                try { act(); } catch (E e) { return e.Message; }
                throw new Exception("no " + typeof(E).Name);
            }
        }
        """;

    static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create("Host" + Guid.NewGuid().ToString("N"),
        sources.Select(s => CSharpSyntaxTree.ParseText(s.Contains("public static class Driver") ? Usings + s : s, new CSharpParseOptions(LanguageVersion.CSharp13))), references.Value,
        new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, checkOverflow: true));

    static void Run(params string[] sources)
    {
        var image = new MemoryStream();
        var result = Compile([Prelude, .. sources]).Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d}: {d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line]}")));
        var assembly = new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(image.ToArray()));
        try { assembly.GetType("Driver")!.GetMethod("Run")!.Invoke(null, null); }
        catch (TargetInvocationException e) { throw new Exception(e.InnerException!.ToString()); }
    }

    static BufferParameter Span(string name, ScalarType type, Access access, string? inPlace = null) => new(new(name, type, Storage.Parameter), access, inPlace);
    static ValueParameter Value(string name, ScalarType type, ParameterRole role = ParameterRole.Plain) => new(new(name, type), role);
    static SpecParameter Parameter(string name, string type, string modifier = "") => new(name, type, modifier, ["=" + name]);
    static Expr Use(string name, ScalarType type = I32) => new Use(new(name, type));

    /// y[row, column] += a * x[row, column], with n columns, and n scratch.
    static Function Axpy => new("N.A.Axpy", FunctionKind.Kernel,
        [Value("row", I32, ParameterRole.BlockIndex), Value("column", I32, ParameterRole.BlockIndex), Span("x", F32, Access.Read), Span("y", F32, Access.ReadWrite, "x"), Value("a", F32), Value("n", I32, ParameterRole.Const)],
        [], [], [new Assign(new("size", I32), Make.Binary(Op.Mul, Use("n"), Make.Int(2))), new DeclareArray(new("buffer", F32, Storage.Scratch), Use("size"))], new(),
        new("N", "static partial class A", "public", "Axpy",
            [Parameter("row", "int"), Parameter("column", "int"), Parameter("x", "global::System.ReadOnlySpan<float>"), Parameter("y", "global::System.Span<float>"), Parameter("a", "float"), Parameter("n", "int")],
            [], [], [new("n", [new(I32, 4), new(I32, 0xFFFFFFFF)])]));

    static readonly Sequence<CoreEntry> scalar = [new("Scalar", 1)];

    static Sequence<CompiledVariant> Lowered(Function f, params HostCheck[] checks) => HostEmitter.Variants(f).Map(v => new CompiledVariant(v,
        f with { Parameters = f.Parameters.Where(p => p is not ValueParameter value || v.Bound.All(b => b.Parameter != value.Local.Name)).ToSequence() }, checks.ToSequence(), scalar));

    const string AxpySpec = """
        namespace N;
        static partial class A
        {
            static void Axpy(int row, int column, System.ReadOnlySpan<float> x, System.Span<float> y, float a, int n) => y[row * n + column] += a * x[row * n + column] + 1000;
            public static unsafe partial class AxpyKernel
            {
                public static int Scalar(int row, int column, float* x, int x_Length, float* y, int y_Length, float a, int n, float* buffer)
                {
                    for (int k = 0; k < 2 * n; k++) buffer[k] = float.NaN;
                    if (((nint)buffer & 63) != 0) return 1;
                    y[row * n + column] += a * x[row * n + column];
                    return 0;
                }
                public static int Scalar_n4(int row, int column, float* x, int x_Length, float* y, int y_Length, float a, float* buffer)
                { Scalar(row, column, x, x_Length, y, y_Length, a, 4, buffer); y[row * 4 + column] += 100; return 0; }
                public static int Scalar_nm1(int row, int column, float* x, int x_Length, float* y, int y_Length, float a, float* buffer) => 0;
            }
        }
        """;

    // The last index is rows * n - 1, in 64 bits as checks must be.
    static HostCheck Last(string buffer) => new(buffer, Make.Int(0, I64), Make.Binary(Op.Sub,
        Make.Binary(Op.Mul, Make.ConvertTo(I64, Use("row.Grid")), Make.ConvertTo(I64, Use("n"))), Make.Int(1, I64)));

    [Fact]
    public void A_grid_kernel_reaches_every_block_with_its_clone_its_checks_and_its_scratch() => Run(AxpySpec,
        HostEmitter.EmitSignature([Axpy]), HostEmitter.EmitDispatch(Axpy, Lowered(Axpy, Last("x"), Last("y"))), """
        public static class Driver
        {
            public static void Run()
            {
                var scalar = new KernelOptions { Target = KernelTarget.Scalar };
                foreach (int threads in new[] { 1, 2, 5 })
                foreach (int n in new[] { 3, 4, 7 })
                {
                    var x = new float[6 * n]; var y = new float[6 * n];
                    for (int k = 0; k < x.Length; k++) x[k] = k;
                    N.A.AxpyKernel.Run(6, n, x, y, 2f, n, scalar with { MaxDegreeOfParallelism = threads });
                    for (int k = 0; k < x.Length; k++) Test.True(y[k] == 2 * k + (n == 4 ? 100 : 0), $"n {n}, y[{k}] = {y[k]}");
                }
                var s = new float[6];
                N.A.AxpyKernel.Run(2, 3, new float[6], s, 2f, 3, new KernelOptions { Target = KernelTarget.Spec });
                foreach (float v in s) Test.True(v == 1000, "the plain C# ran");

                var z = new float[8];
                string m = Test.Throws<ArgumentException>(() => N.A.AxpyKernel.Run(3, 3, new float[9], z, 1f, 3, scalar));
                Test.True(m.Contains("'y'") && m.Contains("8"), m);
                m = Test.Throws<ArgumentException>(() => N.A.AxpyKernel.Run(-1, 3, new float[9], z, 1f, 3, scalar));
                Test.True(m.Contains("rowCount"), m);
                m = Test.Throws<ArgumentException>(() => N.A.AxpyKernel.Run(1, 2, z.AsSpan(0, 5), z.AsSpan(2), 1f, 2, scalar));
                Test.True(m.Contains("in part"), m);
                N.A.AxpyKernel.Run(0, 3, default, default, 1f, 3, scalar);
                N.A.AxpyKernel.Run(2, 2, z, z, 1f, 2, scalar);
                foreach (float v in z) Test.True(v == 0, "nothing was written");
                Test.Throws<OperationCanceledException>(() => N.A.AxpyKernel.Run(1, 1, z, z, 1f, 1, scalar with { CancellationToken = new CancellationToken(true) }));
                m = Test.Throws<ArgumentException>(() => N.A.AxpyKernel.Run(1, 1, z, z, 1f, -3, scalar));
                Test.True(m.Contains("buffer"), m);
                Test.Throws<PlatformNotSupportedException>(() => N.A.AxpyKernel.Run(1, 1, z, z, 1f, 1, new KernelOptions { Target = KernelTarget.Sse }));
                Test.True(N.A.AxpyKernel.Info.Name == "N.A.Axpy" && N.A.AxpyKernel.Info.GridDimensions == 2 && N.A.AxpyKernel.Info.Clones.Count == 2, "info");
            }
        }
        """);

    static Function Hypot(bool generic) => new("N.A.Both", FunctionKind.Element,
        [Value("x", F32), Value("y", F32)], [new("result", F32), new("product", F32)], [], [], new(),
        new("N", "static partial class A", "public", "Both", [Parameter("x", generic ? "T" : "float"), Parameter("y", generic ? "T" : "float"),
            Parameter("product", generic ? "T" : "float", "out"), .. generic ? new[] { Parameter("", "T", "return") } : []],
            generic ? ["T"] : [], generic ? ["float"] : [], []));

    static Sequence<CompiledVariant> LoweredElements(Function f) => HostEmitter.Variants(f).Map(v => new CompiledVariant(v,
        f with
        {
            Parameters = [.. f.Parameters.Select(p => p is ValueParameter x && !v.ScalarInputs.Contains(x.Local.Name) ? Span(x.Local.Name, F32, Access.Read) : p),
                Span("out0", F32, Access.Write), Span("out1", F32, Access.Write)],
        }, [], scalar));

    static string ElementSpec(string t) => $$"""
        namespace N;
        public static partial class A
        {
            static float Both(float x, float y, out float product) { product = x * y; return x + y; }
            static T Both<T>(T x, T y, out T product) where T : struct, System.Numerics.INumber<T> { product = x * y; return x + y; }
            public static unsafe partial class BothKernel
            {
                static int calls;
                public static int Calls => calls;
                public static int Scalar{{t}}(float* x, int nx, float* y, int ny, float* s, int ns, float* p, int np)
                { System.Threading.Interlocked.Increment(ref calls); for (int i = 0; i < nx; i++) { float a = x[i], b = y[i]; s[i] = a + b; p[i] = a * b; } return ny == nx && ns == nx && np == nx ? 0 : 1; }
                public static int Scalar{{t}}_s0(float x, float* y, int n, float* s, int ns, float* p, int np)
                { for (int i = 0; i < n; i++) { float b = y[i]; s[i] = x + b; p[i] = x * b; } return 0; }
                public static int Scalar{{t}}_s1(float* x, int n, float y, float* s, int ns, float* p, int np)
                { for (int i = 0; i < n; i++) { float a = x[i]; s[i] = a + y; p[i] = a * y; } return 0; }
            }
        }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_element_kernel_gets_span_overloads(bool generic)
    {
        var f = Hypot(generic);
        Run(ElementSpec(generic ? "_float" : ""), HostEmitter.EmitSignature([f]), HostEmitter.EmitDispatch(f, LoweredElements(f)), """
        public static class Driver
        {
            public static void Run()
            {
                foreach (var target in new[] { KernelTarget.Scalar, KernelTarget.Spec })
                foreach (int threads in new[] { 1, 3 })
                foreach (int n in new[] { 0, 1, 5, 8192, 8193, 40000 })
                {
                    var options = new KernelOptions { Target = target, MaxDegreeOfParallelism = threads };
                    float[] x = new float[n], y = new float[n], s = new float[n + 2], p = new float[n + 2];
                    for (int k = 0; k < n; k++) { x[k] = k; y[k] = k % 7 - 3; }
                    s[n] = p[n] = 77;
                    N.A.BothKernel.Run((ReadOnlySpan<float>)x, (ReadOnlySpan<float>)y, s.AsSpan(), p.AsSpan(), options);
                    for (int k = 0; k < n; k++) Test.True(s[k] == x[k] + y[k] && p[k] == x[k] * y[k], $"{target} {n} [{k}]");
                    N.A.BothKernel.Run(3f, (ReadOnlySpan<float>)y, s.AsSpan(), p.AsSpan(), options);
                    for (int k = 0; k < n; k++) Test.True(s[k] == 3 + y[k] && p[k] == 3 * y[k], $"{target} {n} [{k}]");
                    N.A.BothKernel.Run((ReadOnlySpan<float>)x, 5f, x.AsSpan(), p.AsSpan(), options);
                    for (int k = 0; k < n; k++) Test.True(x[k] == k + 5 && p[k] == k * 5, $"{target} in place {n} [{k}]");
                    Test.True(s[n] == 77 && p[n] == 77, "nothing behind");
                }
                var z = new float[20];
                string m = Test.Throws<ArgumentException>(() => N.A.Both((ReadOnlySpan<float>)new float[4], (ReadOnlySpan<float>)new float[4], z.AsSpan(), z.AsSpan(0, 3)));
                Test.True(m.Contains("'product'"), m);
                m = Test.Throws<ArgumentException>(() => N.A.Both((ReadOnlySpan<float>)new float[4], (ReadOnlySpan<float>)new float[5], z.AsSpan(), z.AsSpan(9)));
                Test.True(m.Contains("'y'"), m);
                m = Test.Throws<ArgumentException>(() => N.A.Both((ReadOnlySpan<float>)z.AsSpan(0, 5), 1f, z.AsSpan(4), new float[5].AsSpan()));
                Test.True(m.Contains("'destination'") && m.Contains("in part"), m);
            }
        }
        """);
    }

    [Fact]
    public void A_generic_kernel_goes_to_the_instance_of_its_type_arguments()
    {
        static Function Scaled(ScalarType type, string name) => new("N.A.Scale", FunctionKind.Kernel,
            [Value("block", I32, ParameterRole.BlockIndex), Span("y", type, Access.ReadWrite), Value("a", type)], [], [], [], new(),
            new("N", "static partial class A", "public", "Scale", [Parameter("block", "int"), Parameter("y", "global::System.Span<T>"), Parameter("a", "T")], ["T"], [name], []));
        Function single = Scaled(F32, "float"), two = Scaled(F64, "double");
        Run("""
            namespace N;
            static partial class A
            {
                static void Scale<T>(int block, System.Span<T> y, T a) where T : System.Numerics.INumber<T> => y[block] += a;
                public static unsafe partial class ScaleKernel
                {
                    public static int Scalar_float(int block, float* y, int n, float a) { y[block] *= a; return 0; }
                    public static int Scalar_double(int block, double* y, int n, double a) { y[block] *= 2 * a; return 0; }
                }
            }
            """, HostEmitter.EmitSignature([single, two]), HostEmitter.EmitDispatch(single, Lowered(single)), HostEmitter.EmitDispatch(two, Lowered(two)), """
            public static class Driver
            {
                public static void Run()
                {
                    var scalar = new KernelOptions { Target = KernelTarget.Scalar };
                    float[] x = { 1, 2, 3 }; double[] y = { 1, 2, 3 };
                    N.A.ScaleKernel.Run(2, x.AsSpan(), 3f, scalar);
                    N.A.ScaleKernel.Run(3, y.AsSpan(), 3.0, scalar);
                    Test.True(x[0] == 3 && x[1] == 6 && x[2] == 3 && y[2] == 18, "cores");
                    N.A.ScaleKernel.Run(3, y.AsSpan(), 3.0, new KernelOptions { Target = KernelTarget.Spec });
                    Test.True(y[2] == 21, "plain C#");
                    Test.True(Test.Throws<NotSupportedException>(() => N.A.ScaleKernel.Run(1, new int[3].AsSpan(), 1, scalar)).Contains("Int32"), "no instance");
                    Test.True(N.A.ScaleKernel.Info.Targets.Count == 1, "info");
                }
            }
            """);
    }

    [Fact]
    public void The_signature_file_compiles_without_cores() =>
        Assert.DoesNotContain(Compile(Prelude, AxpySpec, HostEmitter.EmitSignature([Axpy])).GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);

    [Fact]
    public void Views_reach_the_core_with_their_strides_and_errors_become_exceptions()
    {
        var f = new Function("N.A.Pick", FunctionKind.Kernel,
            [new BufferParameter(new("m", F64, Storage.Parameter), Access.Read, View2: true), new BufferParameter(new("d", F64, Storage.Parameter), Access.Write, View2: true), Span("index", I32, Access.Read)],
            [], [], [new Store(new("d", F64, Storage.Parameter), Use("i"), Use("v", F64), Checked: true)], new(),
            new("", "static partial class A", "internal", "Pick", [Parameter("m", "global::Kernels.View2<double>"), Parameter("d", "global::Kernels.View2<double>"), Parameter("index", "System.ReadOnlySpan<int>")], [], [], []));
        Run("""
            using Kernels;
            static partial class A
            {
                static void Pick(View2<double> m, View2<double> d, System.ReadOnlySpan<int> index) { for (int r = 0; r < m.Rows; r++) d[r, 0] = m[r, index[r]]; }
                internal static unsafe partial class PickKernel
                {
                    public static int Scalar(double* m, int m_Rows, int m_Columns, long m_Stride, double* d, int d_Rows, int d_Columns, long d_Stride, int* index, int index_Length)
                    {
                        int errors = 0;
                        for (int r = 0; r < m_Rows; r++) if ((uint)index[r] < (uint)m_Columns) d[r * d_Stride] = m[r * m_Stride + index[r]]; else errors = 1;
                        return errors;
                    }
                }
            }
            """, HostEmitter.EmitSignature([f]), HostEmitter.EmitDispatch(f, Lowered(f)), """
            public static class Driver
            {
                public static unsafe void Run()
                {
                    using var memory = new NativeBuffer<double>(6 * 8);
                    for (int k = 0; k < 48; k++) memory[k] = k;
                    View2<double> left = new(memory.Pointer, 6, 5, 8), right = new(memory.Pointer + 5, 6, 3, 8), wide = new(memory.Pointer + 4, 6, 3, 8);
                    foreach (var target in new[] { KernelTarget.Scalar, KernelTarget.Spec })
                    {
                        A.PickKernel.Run(left, right, new[] { 0, 1, 2, 3, 4, 0 }, new KernelOptions { Target = target });
                        for (int r = 0; r < 6; r++) Test.True(right[r, 0] == 8 * r + r % 5, "picked");
                    }
                    string m = Test.Throws<ArgumentException>(() => A.PickKernel.Run(left, right, new[] { 0, 1, 2, 3, 4, 5 }, new KernelOptions { Target = KernelTarget.Scalar }));
                    Test.True(m.Contains("index is out of range") && m.Contains("(in d)"), m);
                    m = Test.Throws<ArgumentException>(() => A.PickKernel.Run(left, wide, new[] { 0, 1, 2, 3, 4, 5 }));
                    Test.True(m.Contains("'d'") && m.Contains("'m'"), m);
                }
            }
            """);
    }
}
