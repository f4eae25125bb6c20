using Kernels.Examples;

namespace Kernels.Tests.Examples;

public class ElementwiseTests
{
    [Fact]
    public void Clamp_is_exact_at_every_length_and_place()
    {
        float[] x = Data.Wild(20, Sweep.Longest);
        // The rule once more, in other words: NaN first, then the lower bound, then the upper one.
        float[] expected = [.. x.Select(v => float.IsNaN(v) ? v : v.CompareTo(-3f) < 0 ? -3f : v.CompareTo(1e10f) > 0 ? 1e10f : v)];
        using Field<float> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        Sweep.Run((n, place, o) =>
        {
            Calls.Clamp(fx.Put(x.AsSpan(0, n), place), -3, 1e10f, fy.Poisoned(n, place), o);
            fy.Check(expected.AsSpan(0, n), place, Sweep.At(o, n, place));
        });
    }

    [Fact]
    public void Clamp_lets_a_NaN_bound_pass_everything_and_tries_the_lower_bound_first() => Sweep.Each(o =>
    {
        float[] x = [.. Data.Specials, 1, -1, 5], y = new float[x.Length];
        Calls.Clamp(x, float.NaN, 2, y, o);
        Same.Values<float>([.. x.Select(v => v > 2 ? 2 : v)], y, "low NaN");
        Calls.Clamp(x, 0, float.NaN, y, o);
        Same.Values<float>([.. x.Select(v => v < 0 ? 0 : v)], y, "high NaN");
        Calls.Clamp(x, 3, -3, y, o);
        Same.Values<float>([.. x.Select(v => float.IsNaN(v) ? v : v < 3 ? 3 : -3)], y, "low > high");
    });

    [Fact]
    public void Split_takes_numbers_apart_exactly_at_every_length_and_place()
    {
        double[] x = [.. Data.Wild(21, 200).Select(v => (double)v), .. Data.Doubles(22, 100, -1e17, 1e17), .. Data.Doubles(23, 100, -2, 2), 1e308, -1e308, 5e-324, -0.5, 4503599627370495.5];
        double[] whole = [.. x.Select(Math.Truncate)];
        double[] fraction = [.. x.Select(v => double.IsInfinity(v) ? Math.CopySign(0, v) : Math.CopySign((double)((Quad)v - Math.Truncate(v)), v))];
        using Field<double> fx = new(x.Length), fw = new(x.Length), ff = new(x.Length);
        Sweep.Run((n, place, o) =>
        {
            Calls.Split(fx.Put(x.AsSpan(0, n), place), fw.Poisoned(n, place), ff.Poisoned(n, place), o);
            fw.Check(whole.AsSpan(0, n), place, Sweep.At(o, n, place));
            ff.Check(fraction.AsSpan(0, n), place, Sweep.At(o, n, place));
        }, x.Length);
    }

    // x - trunc(x) is exact in double for every finite x: the difference has no more bits than x.
    readonly record struct Quad(double Value)
    {
        public static explicit operator Quad(double v) => new(v);
        public static explicit operator double(Quad q) => q.Value;
        public static Quad operator -(Quad a, double b) => new(double.IsNaN(a.Value) ? double.NaN : Math.IEEERemainder(a.Value, 1) is var r && Math.Sign(r) * Math.Sign(a.Value) < 0 ? r + Math.CopySign(1, a.Value) : Math.Abs(r) == 1 ? 0 : r);
    }

    [Fact]
    public void Cubic_spline_meets_its_bound_at_every_length_and_place()
    {
        double[] x = [.. Data.Doubles(24, 800, -2.5, 2.5), .. Data.Doubles(25, 80, -1, 1), .. Data.Doubles(26, 80, 3, 1e9), 0, -0.0, 1, -1, 2, -2, Math.BitDecrement(1.0), Math.BitDecrement(2.0), Math.BitIncrement(2.0),
            double.NaN, double.PositiveInfinity, double.NegativeInfinity, 5e-324, double.MaxValue, .. Data.Doubles(27, 126, -2.5, 2.5)];
        // Each piece has at most 5 roundings of values up to 2/3 and one of the constant: 8 * 2^-53 covers them. decimal carries 28 digits.
        double[] oracle = [.. x.Select(v => double.IsNaN(v) ? v : (double)Spline(Math.Abs(v)))];
        using Field<double> fx = new(x.Length), fy = new(x.Length);
        foreach (var target in Sweep.Targets)
        {
            double[] all = new double[x.Length];
            Calls.CubicSpline(x, all, Sweep.Options(target));
            for (int i = 0; i < x.Length; i++)
                Assert.True(double.IsNaN(x[i]) ? double.IsNaN(all[i]) : Math.Abs(all[i] - oracle[i]) <= 8 * 1.1102231e-16, FormattableString.Invariant($"{target}: {x[i]:R} gives {all[i]:R}"));
        }
        double[] expected = [.. x.Select(Elementwise.CubicSpline)];
        Sweep.Run((n, place, o) =>
        {
            Calls.CubicSpline(fx.Put(x.AsSpan(0, n), place), fy.Poisoned(n, place), o);
            fy.Check(expected.AsSpan(0, n), place, Sweep.At(o, n, place));
        }, x.Length);
    }

    static decimal Spline(double t)
    {
        if (t >= 2) return 0;
        // t * 2^60 cut to an integer is off by 2^-60 at most; a cast of t itself to decimal would keep 15 digits only.
        decimal d = (decimal)(long)Math.ScaleB(t, 60) / (1L << 60);
        return t < 1 ? 2m / 3 - d * d * (1 - d / 2) : (2 - d) * (2 - d) * (2 - d) / 6;
    }

    [Fact]
    public void A_chunk_of_one_region_and_chunks_of_all_regions_give_the_same_bits() => Sweep.Each(o =>
    {
        // Sorted: long stretches of one region. Shuffled: every region in every vector.
        double[] sorted = [.. Data.Doubles(28, 3000, -3, 3).Order()], y = new double[3000], z = new double[3000];
        int[] order = Data.Permutation(29, 3000);
        double[] shuffled = [.. order.Select(i => sorted[i])];
        Calls.CubicSpline(sorted, y, o);
        Calls.CubicSpline(shuffled, z, o);
        Same.Values<double>([.. order.Select(i => y[i])], z, o.Target.ToString());
    });
}
