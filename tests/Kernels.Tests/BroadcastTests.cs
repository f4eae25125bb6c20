using Kernels.Testing;

namespace Kernels.Tests;

public struct Line
{
    public double Slope, Start;
}

/// An element kernel whose cases are binned, with an input of two fields.
public static partial class ByRegion
{
    [ElementKernel]
    public static double Curve(Line line, double x) => Piece(x < 0 ? 0 : x < 1 ? 1 : 2, line.Slope, line.Start, x);

    [Compact]
    static double Piece(int region, double slope, double start, double x) => region switch
    {
        0 => KernelMath.MulAdd(slope, KernelMath.Exp(x), start),
        1 => KernelMath.MulAdd(slope, KernelMath.Log1p(x), start),
        _ => KernelMath.MulAdd(slope, KernelMath.Exp(1 - x) * KernelMath.Log(x), start),
    };
}

/// One value for all elements of an input, where the cores of that are made of the core of arrays.
public class BroadcastTests
{
    public static TheoryData<int> Lengths => [.. (int[])[0, 1, 2, 7, 8, 9, 63, 64, 65, 127, 128, 129, 2047, 2048, 2049, 4096, 5001]];

    static double[] Values(int n) => [.. Enumerable.Range(0, n).Select(k => 3 * Math.Sin(k * 1.7) - 0.5)];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void One_value_is_an_array_of_it(int n)
    {
        var line = new Line { Slope = 1.5, Start = -0.25 };
        double[] values = Values(n);
        foreach (var target in Isa.Targets)
        {
            var options = new KernelOptions { Target = target };
            using GuardedBuffer<double> x = new(n), one = new(n), many = new(n);
            values.CopyTo(x.Span);
            ByRegion.Curve(Enumerable.Repeat(line, n).ToArray(), x.Span, many.Span, options);
            ByRegion.Curve(line, x.Span, one.Span, options);
            Assert.True(one.Span.SequenceEqual(many.Span), $"one line, {target}");

            Line[] lines = [.. Enumerable.Range(0, n).Select(k => new Line { Slope = k, Start = 1.0 / (k + 1) })];
            ByRegion.Curve(lines, Enumerable.Repeat(0.75, n).ToArray(), many.Span, options);
            ByRegion.Curve(lines, 0.75, one.Span, options);
            Assert.True(one.Span.SequenceEqual(many.Span), $"one x, {target}");

            ByRegion.Curve(line, x.Span, many.Span, options);
            ByRegion.Curve(line, x.Span, x.Span, options);
            Assert.True(x.Span.SequenceEqual(many.Span), $"in place, {target}");
            x.CheckCanaries();
            one.CheckCanaries();
        }
    }

    [Fact]
    public void On_threads()
    {
        const int N = 50_000;
        var line = new Line { Slope = -2, Start = 3 };
        double[] x = Values(N), one = new double[N], threads = new double[N];
        ByRegion.Curve(line, x, one);
        ByRegion.Curve(line, x, threads, new KernelOptions { MaxDegreeOfParallelism = 2 });
        Assert.Equal(one, threads);
    }

    [Fact]
    public void The_text_of_the_cases_is_there_once()
    {
        var kernel = Kernels.Tool.KernelLibrary.Find(Kernels.Tool.KernelLibrary.In(typeof(ByRegion).Assembly), "ByRegion.Curve");
        string code = Kernels.Tool.Emitted.Code(kernel, KernelTarget.Avx2);
        Assert.Contains("int Avx2_s0(double", code);
        Assert.Equal(1, code.Split("int Avx2_case1(").Length - 1);
        Assert.DoesNotContain("_s0_case", code);
    }
}
