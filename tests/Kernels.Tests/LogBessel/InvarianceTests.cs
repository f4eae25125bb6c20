using Kernels.Testing;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>An element's result depends on its own arguments alone: not on its neighbours, its place or the length of the spans.</summary>
public class InvarianceTests
{
    delegate void Function(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y, KernelOptions? options);

    static readonly Function[] functions = [LogBessel.LogI, LogBessel.LogK, LogBessel.LogIScaled, LogBessel.LogKScaled, LogBessel.RatioI, LogBessel.RatioIComplement, LogBessel.RatioK,
        (v, x, y, o) => LogBessel.LogIAndDerivatives(v, x, new double[y.Length], y, new double[y.Length], o),
        (v, x, y, o) => LogBessel.LogIAndDerivatives(v, x, new double[y.Length], new double[y.Length], y, o),
        (v, x, y, o) => LogBessel.LogKAndDerivatives(v, x, new double[y.Length], y, new double[y.Length], o),
        (v, x, y, o) => LogBessel.LogKAndDerivatives(v, x, new double[y.Length], new double[y.Length], y, o),
        (v, x, y, o) => LogBessel.LogAbsI(v, x, y, new int[y.Length], o)];

    static (double[] V, double[] X) Points(int count, int seed)
    {
        var random = new Random(seed);
        double[] special = [double.NaN, 0, -1, double.PositiveInfinity, 1e-310];
        double Value() => random.Next(12) == 0 ? special[random.Next(special.Length)] : Math.Pow(10, random.NextDouble() * 7 - 3);
        return ([.. Enumerable.Range(0, count).Select(_ => Value())], [.. Enumerable.Range(0, count).Select(_ => Value())]);
    }

    [Fact]
    public void Results_do_not_depend_on_neighbours_or_length()
    {
        var (v, x) = Points(5000, 1);
        double[] all = new double[v.Length], alone = new double[1];
        foreach (var target in Targets.All)
            foreach (var f in functions)
            {
                KernelOptions options = new() { Target = target };
                f(v, x, all, options);
                for (int k = 0; k < v.Length; k += 7)
                {
                    f(v.AsSpan(k, 1), x.AsSpan(k, 1), alone, options);
                    Assert.Equal(all[k], alone[0]);
                }
                for (int length = 0; length <= 67; length++)
                {
                    using var gv = new GuardedBuffer<double>(length);
                    using var gx = new GuardedBuffer<double>(length, Guard.Behind, 8);
                    using var y = new GuardedBuffer<double>(length, Guard.Before);
                    v.AsSpan(length, length).CopyTo(gv.Span);
                    x.AsSpan(length, length).CopyTo(gx.Span);
                    f(gv.Span, gx.Span, y.Span, options);
                    Assert.Equal(all.AsSpan(length, length), y.Span);
                    y.CheckCanaries();
                }
            }
    }

    [Fact]
    public void Results_may_replace_either_argument()
    {
        var (v, x) = Points(1000, 2);
        double[] expected = new double[v.Length];
        foreach (var f in functions.Take(7))
        {
            f(v, x, expected, null);
            double[] y = [.. v];
            f(y, x, y, null);
            Assert.Equal(expected, y);
            y = [.. x];
            f(v, y, y, null);
            Assert.Equal(expected, y);
        }
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        var (v, x) = Points(100_000, 4);
        double[] one = new double[v.Length], four = new double[v.Length];
        foreach (var f in functions)
        {
            f(v, x, one, new() { MaxDegreeOfParallelism = 1 });
            f(v, x, four, new() { MaxDegreeOfParallelism = 4 });
            Assert.Equal(one, four);
        }
    }

    [Fact]
    public void One_order_or_one_argument_serves_all_elements()
    {
        var (v, x) = Points(300, 3);
        double[] y = new double[v.Length];
        foreach (var target in Targets.All)
            foreach (double one in new[] { 0, 0.4, 12.5, 511, 1e5 })
            {
                KernelOptions options = new() { Target = target };
                double[] ones = [.. v.Select(_ => one)], expected = new double[v.Length];
                LogBessel.LogI(ones, x, expected, options);
                LogBessel.LogI(one, x, y, options);
                Assert.Equal(expected, y);
                LogBessel.LogK(v, ones, expected, options);
                LogBessel.LogK(v, one, y, options);
                Assert.Equal(expected, y);
            }
    }

    [Fact]
    public void Wrong_lengths_and_partial_overlap_are_rejected()
    {
        double[] y = new double[10];
        Assert.Throws<ArgumentException>(() => LogBessel.LogI(new double[3], new double[4], new double[3]));
        Assert.Throws<ArgumentException>(() => LogBessel.LogK(y.AsSpan(0, 8), new double[8], y.AsSpan(1, 8)));
    }
}
