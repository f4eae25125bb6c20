using System.Reflection;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Kernels.Gpu;
using Kernels.Gpu.ComputeSharp;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// Emitted shader structs against the signatures of ComputeSharp's types (tests/Kernels.ComputeSharp.Contract). They are compiled, and what they tell ComputeSharp is read; nothing runs on Direct3D here.
public class ComputeSharpEmitterTests
{
    static readonly MetadataReference[] references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(p => Path.GetFileName(p) is var n && (n.StartsWith("System.", StringComparison.Ordinal) || n.StartsWith("Kernels.", StringComparison.Ordinal) || n == "ComputeSharp.dll"))
            .Select(p => MetadataReference.CreateFromFile(p))];

    static CSharpCompilation Consumer(string source) => CSharpCompilation.Create("Consumer" + Guid.NewGuid().ToString("N"), [CSharpSyntaxTree.ParseText(source)], references,
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    static string[] Complaints(CSharpCompilation c) => [.. c.GetDiagnostics().Where(d => d.Severity != DiagnosticSeverity.Hidden).Select(d => d.ToString())];

    static GpuModule Shader(string body, string parameters, bool elements = false) => SmallShaders.Emit(Kernel(body, parameters), elements);

    [Fact]
    public void Structs_are_wanted_where_both_are_referenced()
    {
        Assert.True(ComputeSharpEmitter.IsWanted(Consumer("")));
        Assert.False(ComputeSharpEmitter.IsWanted(CSharpCompilation.Create("Other", [], references.Where(r => !r.Display!.Contains("ComputeSharp")))));
    }

    /// What a project gets that references both: the structs beside its kernels, by names that its code can use.
    [Fact]
    public void The_generator_emits_them_in_such_a_project()
    {
        const string spec = """
            using System; using Kernels; using Kernels.Gpu.ComputeSharp;
            public static partial class Mine
            {
                [ElementKernel] public static float Twice(float x) => 2 * x;
                [Kernel] internal static void Sums([Block] int row, int columns, ReadOnlySpan<float> x, Span<float> sums) { float s = 0; foreach (int i in Lanes.Range(0, columns)) s += x[row * columns + i]; sums[row] = Lanes.Sum(s); }
            }
            public static class User
            {
                public static void Call(ComputeSharp.GraphicsDevice device, ComputeSharp.ReadWriteBuffer<float> a, ComputeSharp.ReadWriteBuffer<float> b) => device.Run(new Mine.SumsShader(a, b, 4, 100));
                public static void Element(ComputeSharp.GraphicsDevice device, ComputeSharp.ReadWriteBuffer<float> a, ComputeSharp.ReadWriteBuffer<float> b, int count) => device.Run(new Mine.TwiceShader(a, b, xSingle: false, xOne: 0, elements: count));
            }
            """;
        var compilation = CSharpCompilation.Create("Consumer", [CSharpSyntaxTree.ParseText(spec, Frontend.Source.ParseOptions)], references, new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Frontend.Source.ParseOptions).RunGeneratorsAndUpdateCompilation(compilation, out var after, out var reported);
        Assert.Empty(reported);
        Assert.Empty(after.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        var plain = compilation.WithReferences(references.Where(r => !r.Display!.Contains("ComputeSharp")));
        CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Frontend.Source.ParseOptions).RunGeneratorsAndUpdateCompilation(plain, out after, out _);
        Assert.DoesNotContain(after.SyntaxTrees, t => t.ToString().Contains("SumsShader : global"));
    }

    /// A shader for each shipped kernel, in one consumer, with a call as users write it.
    [Fact]
    public void Every_shipped_kernel_compiles_in_a_consumer_without_diagnostics()
    {
        var structs = ShippedShaders.Emitted.Select((e, k) => ComputeSharpEmitter.Emit(e.Shader, e.Kernel.Name, $"Shader{k}")).ToList();
        structs.Add(ComputeSharpEmitter.Emit(Shader("(lanes i:i32 0 x.Length:i32 (= a:f32 (@ x:f32:Parameter i)) (st y:f32:Parameter i (Mul a s:f32)))",
            "(val s:f32 Plain) (buf x:f32:Parameter Read () 0 0) (buf y:f32:Parameter ReadWrite () 0 0)", elements: true), "Scaled", "Scaled"));
        const string call = "public static class User { public static void Call(ComputeSharp.GraphicsDevice device, ComputeSharp.ReadWriteBuffer<float> a, ComputeSharp.ReadWriteBuffer<float> b) => device.Run(new Scaled(a, b, 2, a.Length)); }";
        Assert.Empty(Complaints(Consumer("using Kernels.Gpu.ComputeSharp;\n" + string.Join("\n", structs) + call)));
        Assert.True(structs.Count > 90);
    }

    /// Constants where the layout puts them, arrays in the order of their registers, groups of all blocks.
    [Fact]
    public void A_struct_tells_ComputeSharp_what_the_layout_says()
    {
        var shader = Shader("(lanes i:i32 0 n:i32 (= a:f64 (@ x:f64:Parameter i)) (st y:f64:Parameter i (Mul a s:f64)))",
            "(val row:i32 BlockIndex) (val n:i32 Plain) (val s:f64 Plain) (val column:i32 BlockIndex) " + XY);
        const string probe = """
            public sealed class Probe
            {
                struct Loader : ComputeSharp.Descriptors.IConstantBufferLoader, ComputeSharp.Descriptors.IGraphicsResourceLoader
                {
                    public byte[] Bytes; public string Arrays;
                    public void LoadConstantBuffer(System.ReadOnlySpan<byte> data) => Bytes = data.ToArray();
                    public void LoadGraphicsResource(ComputeSharp.IGraphicsResource resource, uint index) => Arrays += $"{index}:{resource.GetType().GetGenericArguments()[0].Name} ";
                }
                static string Of<T>(T shader) where T : struct, ComputeSharp.Descriptors.IComputeShaderDescriptor<T>
                {
                    var loader = new Loader();
                    T.LoadConstantBuffer(in shader, ref loader, 1, 2, 3);
                    T.LoadGraphicsResources(in shader, ref loader);
                    string ranges = "";
                    foreach (var r in T.ResourceDescriptorRanges.Span) ranges += $"{r.Type}{r.Register} ";
                    return $"{T.ThreadsX} {T.ThreadsY} {T.ThreadsZ}, {T.ConstantBufferSize}, {loader.Arrays}, {ranges}, {System.Convert.ToHexString(loader.Bytes)}, {T.HlslSource}";
                }
                static ComputeSharp.ReadWriteBuffer<double> Buffer() => (ComputeSharp.ReadWriteBuffer<double>)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(ComputeSharp.ReadWriteBuffer<double>));
                public static string Said() { var s = new Described(Buffer(), Buffer(), 3, 70000, 2.0, 5); return $"{s.Groups}; {Of(s)}"; }
            }
            """;
        var compilation = Consumer(ComputeSharpEmitter.Emit(shader, "Described", "Described") + probe.Replace("public byte[] Bytes; public string Arrays;", "public byte[] Bytes = []; public string Arrays = \"\"; public Loader() { }"));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        string said = (string)Assembly.Load(image.ToArray()).GetType("Probe")!.GetMethod("Said")!.Invoke(null, null)!;
        Assert.Equal([("row.Grid", 0), ("n", 4), ("s", 8), ("column.Grid", 16), ("x.Length", 20), ("y.Length", 24), ("grid", 28)], shader.Layout.PushConstants.Select(c => (c.Name, c.Offset)));
        string bytes = Convert.ToHexString([.. BitConverter.GetBytes(3), .. BitConverter.GetBytes(70000), .. BitConverter.GetBytes(2.0), .. BitConverter.GetBytes(5), .. new byte[8], .. BitConverter.GetBytes(15)]);
        Assert.StartsWith($"15; 256 1 1, 32, 0:Double 1:Double , UnorderedAccessView0 UnorderedAccessView1 , {bytes}, // Described: ", said);
        Assert.EndsWith(HlslPrinter.Print(shader, "Described").TrimEnd('\n'), said);
    }

    [Fact]
    public void Groups_beyond_what_one_direction_takes_are_rows()
    {
        Assert.Equal((256, 1), KernelShader.Threads(1, 256));
        Assert.Equal((65535 * 64, 1), KernelShader.Threads(65535, 64));
        Assert.Equal((65535 * 1024, 2), KernelShader.Threads(65536, 1024));
    }

    /// Where there is no DXC the exception says what to install; what is in the cache needs none.
    [Fact]
    public void Bytecode_comes_from_the_cache_or_needs_a_compiler()
    {
        string text = "// " + Guid.NewGuid();
        var folder = Directory.CreateTempSubdirectory("kernels-dxil");
        string? before = Environment.GetEnvironmentVariable("KERNELS_GPU_CACHE");
        try
        {
            Environment.SetEnvironmentVariable("KERNELS_GPU_CACHE", folder.FullName);
            if (!OperatingSystem.IsWindows()) Assert.Contains("ComputeSharp.Dxc", Assert.Throws<ShaderCompileException>(() => Dxil.Of(text)).Message);
            byte[] dxil = [1, 2, 3];
            CacheFile.Store(Dxil.File(text)!, dxil);
            Assert.Equal(dxil, Dxil.Of(text).ToArray());
            // A damaged file counts as none.
            string other = text + "2", file = Dxil.File(other)!;
            CacheFile.Store(file, dxil);
            byte[] damaged = File.ReadAllBytes(file);
            damaged[^1] ^= 1;
            File.WriteAllBytes(file, damaged);
            if (!OperatingSystem.IsWindows()) Assert.Throws<ShaderCompileException>(() => Dxil.Of(other));
        }
        finally
        {
            Environment.SetEnvironmentVariable("KERNELS_GPU_CACHE", before);
            folder.Delete(true);
        }
    }

    /// The adapter compiles with what the texts were tested with.
    [Fact]
    public void The_adapter_gives_DXC_the_tested_arguments() =>
        Assert.Equal(["-T", "cs_6_0", .. HlslPrinter.Arguments], (string[])typeof(Dxil).GetField("arguments", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!);
}
