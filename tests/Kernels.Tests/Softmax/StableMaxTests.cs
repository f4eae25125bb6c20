using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>StableMax: g(x) = x + 1 from 0 on, 1/(1 - x) below; g / Σ g.</summary>
public class StableMaxTests
{
    static DoubleDouble G(double z) => z >= 0 ? z + (DoubleDouble)1 : double.IsNegativeInfinity(z) ? 0 : 1 / (1 - (DoubleDouble)z);

    static void Meets<T, E>(T[] x, string what, double scale = 1) where T : unmanaged where E : IElement<T>
    {
        var g = Array.ConvertAll(x, v => G(Samples.Logit<T, E>(v, scale, 0)));
        DoubleDouble sum = 0;
        foreach (var v in g) sum += v.Scale(-64);
        T[] y = new T[x.Length];
        foreach (var target in Sweep.Targets)
        {
            E.StableMax(x, y, 1, x.Length, Samples.On(target) with { Scale = scale });
            for (int i = 0; i < x.Length; i++)
            {
                int at = i;
                var exact = double.IsFinite(sum.High) ? (g[i].Scale(-64) / sum) : double.NaN;
                // In u: 2 of g, above and below the line, 2.5 of the sum, 1 of its inverse, the last rounding: as for softmax.
                double slack = Check.Probability<T, E>(exact);
                Check.Near<T, E>(exact, y[i], slack, () => $"{target}, {what}, {at} of {x.Length}");
                if (double.IsNegativeInfinity(E.Value(x[i])) && double.IsFinite(sum.High)) Assert.Equal(0.0, E.Value(y[i]));
            }
        }
    }

    static void Ranges<T, E>(double largest) where T : unmanaged where E : IElement<T>
    {
        foreach (double range in new[] { 1e-6, 0.5, 3, 100, 30_000, largest })
            foreach (int n in new[] { 1, 2, 3, 16, 17, 64, 65, 300, 1000 })
            {
                T[] x = Samples.Uniform<T, E>(n, n, -range, range);
                foreach (double scale in new[] { 1, 0.25 }) Meets<T, E>(x, FormattableString.Invariant($"± {range}, scale {scale}"), scale);
                x[n / 2] = E.Of(double.NegativeInfinity);
                if (n > 1) Meets<T, E>(x, FormattableString.Invariant($"± {range} and -infinity"));
                foreach (double special in new[] { double.NaN, double.PositiveInfinity })
                {
                    x[n / 3] = E.Of(special);
                    Meets<T, E>(x, FormattableString.Invariant($"± {range} and {special}"));
                }
            }
        foreach (double edge in new[] { 0.0, -0.0 }) Meets<T, E>(Samples.Of<T, E>(edge, 1, edge, -1, 5), "zeros");
    }

    [Fact]
    public void Minus_infinity_is_0_at_any_scale()
    {
        float[] y = new float[3];
        StableMax.Compute([float.NegativeInfinity, 1, 2], y, new() { Scale = 0 });
        Assert.Equal([0, 0.5f, 0.5f], y);
    }

    [Fact] public void Rows_of_float_meet_the_bound() => Ranges<float, OfFloat>(3e38);
    [Fact] public void Rows_of_double_meet_the_bound() => Ranges<double, OfDouble>(1e300);
    [Fact] public void Rows_of_Half_meet_the_bound() => Ranges<Half, OfHalf>(65504);
    [Fact] public void Rows_of_BFloat16_meet_the_bound() => Ranges<BFloat16, OfBFloat16>(3e38);

    [Fact]
    public void Nothing_overflows()
    {
        foreach (int n in new[] { 1, 2, 100, 5000 })
        {
            float[] x = new float[n];
            Array.Fill(x, float.MaxValue);
            Meets<float, OfFloat>(x, "largest");
            x[0] = float.MinValue;
            if (n > 1) Meets<float, OfFloat>(x, "largest and smallest");
        }
        Meets<double, OfDouble>([double.MaxValue, 1], "largest double");
    }

    [Fact]
    public void Rows_of_minus_infinity_follow_the_policy() => Sweep.Each(o =>
    {
        float[] x = [.. Enumerable.Repeat(float.NegativeInfinity, 40)], y = new float[40];
        Kernels.StableMax.Compute(x, y, new() { Kernel = o });
        Assert.All(y, v => Assert.True(float.IsNaN(v)));
        Kernels.StableMax.Compute(x, y, new() { Kernel = o, FullyMasked = FullyMaskedRows.Zero });
        Assert.All(y, v => Assert.Equal(0f, v));
    });

    [Fact]
    public void Larger_elements_never_get_less_and_rows_and_places_do_not_matter()
    {
        using Field<float> fx = new(1100), fy = new(1100);
        float[] all = [.. Data.Floats(1, 1100, -20, 20).Order()];
        foreach (var target in Sweep.Targets)
        {
            float[] y = new float[1100], both = [.. all];
            Kernels.StableMax.Compute(all, y, Samples.On(target));
            // g is monotone, and rounding and the factor keep it so.
            for (int i = 1; i < y.Length; i++) Assert.True(y[i] >= y[i - 1], $"{target}, {i}");
            Kernels.StableMax.Rows(all, y, 11, 100, Samples.On(target));
            Kernels.StableMax.Rows(both, both, 11, 100, Samples.On(target, 5));
            Same.Values<float>(y, both, $"{target}, in place, 5 threads");
            foreach (var place in target == KernelTarget.Spec ? Place.All[..1] : Place.All)
                for (int n = 1; n <= 1100; n += n < 140 ? 1 : 37)
                {
                    var part = fy.Poisoned(n, place);
                    Kernels.StableMax.Compute(fx.Put(all.AsSpan(0, n), place), part, Samples.On(target));
                    fy.CheckAround(n, place, $"{target}, {n}, {place}");
                    if (n == 100) Same.Values<float>(y.AsSpan(0, n), part, $"{target}, {place}");
                }
        }
    }
}
