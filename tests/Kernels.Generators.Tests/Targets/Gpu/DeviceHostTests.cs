using System.Reflection;
using Kernels.Generators.Tests.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// The overloads on device buffers, against a device that only writes down what it is told.
public class DeviceHostTests
{
    const string Recorder = """
        public sealed class Device : IDevice
        {
            public string Name => "recorder";
            public IDeviceBuffer<T> Allocate<T>(long length) where T : unmanaged => new Buffer<T>(this, length);
            public IDeviceStream CreateStream() => new Stream(this);
            public readonly System.Collections.Generic.List<string> Log = new();
        }
        public sealed class Buffer<T>(Device device, long length) : IDeviceBuffer<T> where T : unmanaged
        {
            public IDevice Device => device;
            public long Length => length;
            public unsafe long Bytes => length * sizeof(T);
            public void Upload(ReadOnlySpan<T> elements, long start) { }
            public void Download(Span<T> elements, long start) { }
            public void Dispose() { }
            public override string ToString() => $"{typeof(T).Name}[{length}]";
        }
        public sealed class Stream(Device device) : IDeviceStream
        {
            public IDevice Device => device;
            public void Dispatch(DeviceKernel kernel, long groups, ReadOnlySpan<IDeviceBuffer?> arrays, ReadOnlySpan<byte> push)
            {
                if (kernel.Spirv()[0] != 0x07230203 || push.Length != kernel.Layout.PushConstantBytes || arrays.Length != kernel.Layout.Arrays) throw new Exception("no call of this kernel");
                device.Log.Add($"{kernel.Name} x{groups} ({string.Join(" ", arrays.ToArray().Select(a => a?.ToString() ?? "-"))}) {Convert.ToHexString(push)}");
            }
            public System.Threading.Tasks.Task SubmitAsync(System.Threading.CancellationToken c) => System.Threading.Tasks.Task.CompletedTask;
            public void Submit(System.Threading.CancellationToken c) => device.Log.Add("submit");
            public void Dispose() { }
        }
        """;

    /// Runs `public static object Run()` of the class `Driver` beside the specs.
    static object? Run(string members, string driver)
    {
        var c = Source.Files("global using System.Linq;", Recorder, $"public static partial class S {{ {members} }} public static class Driver {{ public static object Run() {{ {driver} }} static string Threws(Action a) {{ try {{ a(); }} catch (ArgumentException e) {{ return e.ParamName; }} return \"nothing\"; }} }}");
        CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Source.ParseOptions).RunGeneratorsAndUpdateCompilation(c, out var after, out _);
        var image = new MemoryStream();
        var result = after.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(image.ToArray()).GetType("Driver")!.GetMethod("Run")!.Invoke(null, null);
    }

    const string Axpy = "[Kernel] public static void F([Block] int row, float a, ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = a * x[i]; }";

    [Fact]
    public void A_block_kernel_gets_its_scalars_lengths_and_grid() => Assert.Equal(
        // a, x.Length, y.Length, the number of groups: in the order of the parameters, the grid's own size where the kernel reads it
        ["S.F x3 (Single[5] Single[7]) 03000000" + "0000C03F" + "05000000" + "07000000" + "03000000", "submit"],
        (string[])Run(Axpy, "var d = new Device(); S.FKernel.Run(3, 1.5f, new Buffer<float>(d, 5), new Buffer<float>(d, 7)); return d.Log.ToArray();")!);

    [Fact]
    public void A_stream_is_only_recorded() => Assert.Equal(
        ["S.F x1 (Single[5] Single[5]) 01000000" + "0000C03F" + "05000000" + "05000000" + "01000000"],
        (string[])Run(Axpy, "var d = new Device(); S.FKernel.Run(1, 1.5f, new Buffer<float>(d, 5), new Buffer<float>(d, 5), d.CreateStream()); S.FKernel.Run(0, 1.5f, new Buffer<float>(d, 5), new Buffer<float>(d, 5), d.CreateStream()); return d.Log.ToArray();")!);

    /// One shader: count, and for each input whether it is one value, and which.
    [Fact]
    public void An_element_kernel_takes_values_for_inputs() => Assert.Equal(
        [
            "S.F x2 (Single[300] Single[300] Single[400]) 2C0100002C0100002C010000" + "00000000" + "00000000" + "00000000" + "00000000" + "02000000",
            "S.F x2 (- Single[300] Single[400]) 2C0100002C0100002C010000" + "01000000" + "00002040" + "00000000" + "00000000" + "02000000",
            "S.F x2 (Single[300] - Single[400]) 2C0100002C0100002C010000" + "00000000" + "00000000" + "01000000" + "00002040" + "02000000",
        ],
        (string[])Run("[ElementKernel] public static float F(float x, float y) => x - y;", """
            var d = new Device(); var a = new Buffer<float>(d, 300); var r = new Buffer<float>(d, 400); var s = d.CreateStream();
            S.F(a, a, r, s); S.F(2.5f, a, r, s); S.F(a, 2.5f, r, s);
            return d.Log.ToArray();
            """)!);

    [Fact]
    public void Arguments_are_checked_before_anything_is_recorded() => Assert.Equal(
        ["y", "y", "rowCount", "y", "x", "0"],
        (string[])Run(Axpy + " [ElementKernel] public static double G(double x, double y) => x / y;", """
            var d = new Device(); var five = new Buffer<float>(d, 5); var four = new Buffer<float>(d, 4); var wide = new Buffer<double>(d, 5); var short4 = new Buffer<double>(d, 4);
            return new[]
            {
                Threws(() => S.FKernel.Run(1, 2, five, four)), Threws(() => S.FKernel.Run(1, 2, five, five)), Threws(() => S.FKernel.Run(-1, 2, five, new Buffer<float>(d, 5))),
                Threws(() => S.G(wide, short4, wide)), Threws(() => S.G((IDeviceBuffer<double>)null!, wide, wide)), d.Log.Count.ToString(),
            };
            """)!);

    [Fact]
    public void A_clone_is_chosen_by_its_constants() => Assert.Equal(
        ["S.F_n4", "S.F"],
        ((string[])Run("[Kernel, Specialize(\"n\", 4)] public static void F([Const] int n, ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = n * x[i]; }", """
            var d = new Device(); var s = d.CreateStream(); S.FKernel.Run(4, new Buffer<float>(d, 5), new Buffer<float>(d, 5), s); S.FKernel.Run(5, new Buffer<float>(d, 5), new Buffer<float>(d, 5), s);
            return d.Log.ToArray();
            """)!).Select(l => l.Split(' ')[0]));

    /// new(…) and default fit spans and buffers.
    [Fact]
    public void What_fits_spans_too_means_spans() => Assert.Equal(6f, Run(Axpy, """
        float[] x = [3], y = [0];
        unsafe { fixed (float* p = x, q = y) S.FKernel.Run(1, 2, new(p, 1), new(q, 1)); }
        S.FKernel.Run(0, 2, default, default);
        return y[0];
        """));

    [Fact]
    public void What_has_no_shader_is_told_at_the_build_and_throws()
    {
        const string Members = "[Kernel] public static void F(ReadOnlySpan<float> x, Span<float> y) { int n = 0; foreach (int i in Lanes.Over(x)) Lanes.Append(y, ref n, x[i]); }";
        CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Source.ParseOptions).RunGeneratorsAndUpdateCompilation(Source.Members(Members), out _, out var reported);
        var told = Assert.Single(reported);
        Assert.Equal(("KRN0097", DiagnosticSeverity.Info), (told.Id, told.Severity));
        Assert.Contains("Append", told.GetMessage());
        Assert.Contains("Append", (string)Run(Members, "var d = new Device(); try { S.FKernel.Run(new Buffer<float>(d, 5), new Buffer<float>(d, 5)); } catch (NotSupportedException e) { return e.Message; } return \"\";")!);
    }
}
