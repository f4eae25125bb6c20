using Kernels.Tool;

namespace Kernels.Tests;

/// Specs of one name, as a library has them.
public static partial class Overloaded
{
    [Kernel]
    public static void Scale(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        foreach (int i in Lanes.Over(x)) y[i] = a * x[i];
    }

    [Kernel]
    public static void Scale(double a, ReadOnlySpan<double> x, Span<double> y)
    {
        foreach (int i in Lanes.Over(x)) y[i] = a * x[i];
    }
}

public class OverloadTests
{
    [Fact]
    public void The_tool_shows_each_overload_by_its_name()
    {
        var entries = KernelLibrary.In(typeof(Overloaded).Assembly);
        foreach (string type in (string[])["float", "double"])
        {
            var kernel = KernelLibrary.Find(entries, $"Overloaded.Scale_{type}");
            Assert.Contains($"({type} a, {type}* x", Emitted.Code(kernel, KernelTarget.Avx2));
            Assert.Equal($"Avx2_{type}", Assert.Single(kernel.Cores(KernelTarget.Avx2)).Name);
        }
    }

    [Fact]
    public void The_arguments_choose_the_overload()
    {
        float[] x = [1, 2, 3], y = new float[3];
        double[] u = [1, 2, 3], v = new double[3];
        Overloaded.ScaleKernel.Run(2, x, y);
        Overloaded.ScaleKernel.Run(3, u, v);
        Assert.Equal([2f, 4, 6], y);
        Assert.Equal([3.0, 6, 9], v);
        Assert.NotEmpty(Overloaded.ScaleKernel.Info_float.Targets);
        Assert.NotEmpty(Overloaded.ScaleKernel.Info_double.Targets);
    }
}
