using Kernels.Gpu;

namespace Kernels.Tool.Tests;

/// The commands on a Vulkan device; where there is none, what they say instead.
public class VulkanTests
{
    static bool HasDevice => GpuDevice.IsAvailable;

    [Fact]
    public void Run_takes_the_device_or_says_what_is_missing()
    {
        using var folder = new TempFolder();
        float[] x = Samples.Floats(4 * 300, -20, 20), expected = new float[x.Length];
        double[] v = Samples.Doubles(300, 0, 40), t = Samples.Doubles(300, 0.1, 90), log = new double[300];
        Npy.Write(folder["x.npy"], new(NpyType.Float32, [4, 300], x));
        Npy.Write(folder["v.npy"], new(NpyType.Float64, [300], v));
        Npy.Write(folder["t.npy"], new(NpyType.Float64, [300], t));
        var softmax = Cli.Run("run", "softmax", "-i", folder["x.npy"], "-o", folder["y.npy"], "-t", "vulkan");
        if (!HasDevice)
        {
            softmax.FailsWith("target vulkan: ", "apt-get install", "--target auto");
            return;
        }
        Assert.Equal((0, "", ""), (softmax.ExitCode, softmax.Output, softmax.Error));
        Softmax.Rows(x, expected, 4, 300);
        var y = Npy.Read(folder["y.npy"]);
        Assert.Equal([4L, 300], y.Shape);
        // 8 ULP there and 4.5 here; a device may give 0 for what is subnormal.
        foreach (var (a, b) in ((float[])y.Data).Zip(expected)) Assert.True(Math.Abs(a - b) <= 12.5 * (MathF.BitIncrement(b) - b) + 1.2e-38, $"{a:R}, not {b:R}");

        Assert.Equal(0, Cli.Run("run", "log-bessel-i", "-i", "v=" + folder["v.npy"], "-i", "x=" + folder["t.npy"], "-o", folder["y.npy"], "-t", "vulkan").ExitCode);
        LogBessel.LogI(v, t, log);
        var result = (double[])Npy.Read(folder["y.npy"]).Data;
        for (int k = 0; k < log.Length; k++)
        {
            // 6 units there and here, and 4 for the device's quotients, of max(1, |log|, what v and x make of their last digits).
            double condition = double.Hypot(v[k], t[k]) + v[k] * Math.Asinh(v[k] / t[k]);
            Assert.True(Math.Abs(result[k] - log[k]) <= 16 * Math.ScaleB(Math.Max(Math.Max(1, Math.Abs(log[k])), condition), -53), $"{result[k]:R}, not {log[k]:R}");
        }
    }

    [Fact]
    public void What_has_no_form_for_devices_says_so()
    {
        using var folder = new TempFolder();
        Npy.Write(folder["x.npy"], new(NpyType.Float32, [3], new float[] { 1, 2, 3 }));
        var run = Cli.Run("run", "logsumexp", "-i", folder["x.npy"], "-o", folder["y.npy"], "-t", "vulkan");
        if (HasDevice) run.FailsWith("logsumexp has no form for devices", "--target auto");
        Assert.False(File.Exists(folder["y.npy"]));
    }

    [Fact]
    public void The_tour_checks_device_forms_and_times_nothing_there()
    {
        StringWriter output = new(), error = new();
        static TourEntry Entry(float there) => new("made", "Double", "10", 10, () =>
        {
            var y = new TourBuffer<float>(new float[10], null, (_, _) => 0.5);
            void Set(float value) => y.Span.Fill(value);
            return new([y], _ => Set(2), () => Set(2)) { Device = _ => Set(there) };
        });
        int Run(float there) => TourCommand.Run([Entry(there)], new(TimeSpan.FromMicroseconds(20), 2, 2), json: false, output, error);
        Assert.Equal(HasDevice ? CommandLine.WrongResult : 0, Run(2.75f));
        if (HasDevice) Assert.Contains("Double 10 on vulkan: differs", error.ToString());
        Assert.Equal(0, Run(2.25f));
        string text = output.ToString();
        if (!HasDevice) Assert.Contains("vulkan: no device", text);
        else
        {
            Assert.Contains($"vulkan: {GpuDevice.GetDefault()}; results are checked there, nothing is timed.", text);
            Assert.Matches(@"vulkan +ok +\S+ +-", text);
        }
    }

    [Theory]
    [InlineData("spirv", "; SPIR-V 1.3", "EntryPoint GLCompute", "LocalSize 256 1 1")]
    [InlineData("hlsl", "[numthreads(256, 1, 1)]", "RWStructuredBuffer<uint> x : register(u0)", "cbuffer")]
    [InlineData("computesharp", "IComputeShaderDescriptor<", "HlslSource", "LoadConstantBuffer")]
    public void Show_prints_each_form_of_the_GPU_code(string form, params string[] parts)
    {
        var run = Cli.Run("show", "Vectors.Axpy", "--target", form);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (string part in parts) Assert.Contains(part, run.Output);
        Cli.Run("show", "Filter.Above", "--target", form).FailsWith("Filter.Above has no GPU code: Append");
    }

    [Fact]
    public void A_function_of_run_stands_for_its_kernel()
    {
        foreach (var function in RunFunctions.All) Assert.Equal(0, Cli.Run("show", function.Name, "--ir").ExitCode);
        foreach (string form in (string[])["spirv", "hlsl", "computesharp"])
            Assert.Contains("DeviceRows", Cli.Run("show", "softmax", "--target", form).Output);
    }

    [Fact]
    public void Reductions_have_two_forms() => Assert.Equal(2, Cli.Run("show", "Vectors.Dot", "--target", "spirv").Output.Split("---- ").Length - 1);
}
