using Kernels.Testing;
using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Softmax, LogSoftmax and LogSumExp of single rows against the definition, by every algorithm on every target.</summary>
public class AccuracyTests
{
    static readonly int[] Lengths = [1, 2, 5, 16, 63, 64, 65, 257, 1000, 5000];

    static void Ranges<T, E>(params (double Low, double High)[] ranges) where T : unmanaged where E : IElement<T>
    {
        foreach (var (low, high) in ranges)
            foreach (int n in Lengths)
                Samples.Meets<T, E>(Samples.Uniform<T, E>(n, n, low, high), FormattableString.Invariant($"[{low}, {high}]"));
    }

    [Fact]
    public void Rows_of_float_meet_the_bound() => Ranges<float, OfFloat>((-10, 10), (-1e-38, 1e-38), (-80, 80), (-1000, 1000), (995, 1005), (99_950, 100_050),
        (-100_050, -99_950), (-1e6, 1e6), (1e6, 1e6 + 50), (-1e38, 1e38), (-3e38, 3e38));

    [Fact]
    public void Rows_of_double_meet_the_bound() => Ranges<double, OfDouble>((-10, 10), (-700, 700), (99_950, 100_050), (1e12, 1e12 + 50), (-1e300, 1e300), (-8e307, 8e307));

    [Fact]
    public void Rows_of_Half_meet_the_bound() => Ranges<Half, OfHalf>((-10, 10), (-1e-7, 1e-7), (-65504, 65504));

    [Fact]
    public void Rows_of_BFloat16_meet_the_bound() => Ranges<BFloat16, OfBFloat16>((-10, 10), (-80, 80), (-1000, 1000), (-3e38, 3e38));

    [Fact]
    public void Scales_are_applied_with_one_rounding()
    {
        foreach (double scale in new[] { 0, 0.125, (double)0.3f, 3, 1e-30f, 1e5f })
            foreach (int n in new[] { 1, 17, 300 })
            {
                string what = FormattableString.Invariant($"scale {scale}");
                Samples.Meets<float, OfFloat>(Samples.Uniform<float, OfFloat>(n, n), what, scale);
                Samples.Meets<double, OfDouble>(Samples.Uniform<double, OfDouble>(n, n), what, scale);
                Samples.Meets<Half, OfHalf>(Samples.Uniform<Half, OfHalf>(n, n), what, scale);
                Samples.Meets<BFloat16, OfBFloat16>(Samples.Uniform<BFloat16, OfBFloat16>(n, n), what, scale);
            }
        // 0.3 is no float: for double it is taken as it is.
        Samples.Meets<double, OfDouble>(Samples.Uniform<double, OfDouble>(1, 100), "scale 0.3", 0.3);
    }

    [Fact]
    public void Rows_of_two_values_meet_the_bound()
    {
        // Few different errors: they add instead of averaging out.
        var random = new Random(1);
        for (int k = 0; k < 150; k++)
        {
            float[] x = [.. Enumerable.Repeat(random.Next(-2_000_000, 2_000_000) * 1e-6f, random.Next(1, 700)), .. Enumerable.Repeat(random.Next(-2_000_000, 2_000_000) * 1e-5f, random.Next(1, 700))];
            Samples.Meets<float, OfFloat>(x, $"two values, {k}");
            if (k % 15 == 0) Samples.Meets<double, OfDouble>(Array.ConvertAll(x, v => (double)v), $"two values, {k}");
        }
    }

    [Fact]
    public void Stairs_meet_the_bound()
    {
        for (int step = 16; step <= 64; step += step == 16 ? 1 : 13)
            foreach (int sign in new[] { 1, -1 })
            {
                double[] x = [.. Enumerable.Range(0, 2000).Select(i => sign * (i / step) * 70.0)];
                Samples.Meets<float, OfFloat>(Samples.Of<float, OfFloat>(x), $"stairs of {step}, {sign}");
                if (step < 30) Samples.Meets<double, OfDouble>(x, $"stairs of {step}, {sign}");
                Samples.Meets<Half, OfHalf>(Samples.Of<Half, OfHalf>(x), $"stairs of {step}, {sign}");
                Samples.Meets<BFloat16, OfBFloat16>(Samples.Of<BFloat16, OfBFloat16>(x), $"stairs of {step}, {sign}");
            }
        double[] steep = [.. Enumerable.Range(0, 2000).Select(i => (i / 50) * 800.0)];
        Samples.Meets<double, OfDouble>(steep, "stairs of 800");
    }

    static void OneLarge<T, E>(int lengths, params double[] values) where T : unmanaged where E : IElement<T>
    {
        T[] all = Samples.Uniform<T, E>(2, 200);
        int k = 0;
        // Every length and every position; each pair with one of the values.
        for (int n = 1; n <= 200; n += lengths)
            for (int at = 0; at < n; at++)
            {
                T[] x = all[..n];
                x[at] = E.Of(values[k++ % values.Length]);
                var row = Samples.Row<T, E>(x);
                T[] y = new T[n];
                foreach (var target in Sweep.Targets)
                {
                    if (target == KernelTarget.Spec && k % 8 != 0) continue;
                    var options = Samples.On(target) with { Algorithm = Samples.Algorithms[k / 7 % Samples.Algorithms.Length] };
                    E.Compute(x, y, options);
                    Check.Probabilities<T, E>(row, y, $"{options.Algorithm}, {target}, {E.Value(x[at])} at {at} of {n}");
                    if (k % 3 == 0)
                    {
                        E.LogCompute(x, y, options with { Algorithm = SoftmaxAlgorithm.Auto });
                        Check.Logarithms<T, E>(row, y, $"{target}, {E.Value(x[at])} at {at} of {n}");
                    }
                }
            }
    }

    [Fact]
    public void A_single_large_float_at_any_place_meets_the_bound() => OneLarge<float, OfFloat>(1, 61, 200, 99_999, 100_001, 1e30, float.MaxValue);

    [Fact]
    public void A_single_large_double_at_any_place_meets_the_bound() => OneLarge<double, OfDouble>(9, 61, 800, 1e6, 1e300);

    [Fact]
    public void A_single_large_narrow_element_at_any_place_meets_the_bound()
    {
        OneLarge<Half, OfHalf>(5, 61, 200, 65504);
        OneLarge<BFloat16, OfBFloat16>(5, 61, 200, 1e30);
    }

    static void Equal<T, E>(params double[] values) where T : unmanaged where E : IElement<T>
    {
        foreach (int n in new[] { 1, 2, 3, 16, 64, 100, 1000, 4096 })
            foreach (double value in values)
            {
                T[] x = new T[n], y = new T[n];
                Array.Fill(x, E.Of(value));
                foreach (var target in Sweep.Targets)
                    foreach (var algorithm in Samples.Algorithms)
                    {
                        E.Compute(x, y, Samples.On(target) with { Algorithm = algorithm });
                        string what = FormattableString.Invariant($"{target}, {algorithm}, {n} times {value}");
                        // 1 ULP, and the half that narrowing adds.
                        Check.Near<T, E>(1 / (DoubleDouble)n, y[0], Check.Step<T, E>(1.0 / n), () => what);
                        Assert.True(y.All(v => v.Equals(y[0])) && (n > 1 || E.Value(y[0]) == 1), what);
                    }
                if (n != 1) continue;
                foreach (var target in Sweep.Targets)
                {
                    E.LogCompute(x, y, Samples.On(target));
                    double sum = E.LogSumExp(x, Samples.On(target));
                    Assert.True(E.Value(y[0]) == 0 && sum == E.Value(x[0]), FormattableString.Invariant($"{target}, {typeof(T).Name}, {value} alone: logarithm {E.Value(y[0])}, LogSumExp {sum:R}"));
                }
            }
    }

    [Fact]
    public void Equal_elements_give_1_over_n_and_a_single_one_exactly_1()
    {
        Equal<float, OfFloat>(0, 3.7, -123.4, 1e5, -1e30, float.MaxValue, float.MinValue);
        Equal<double, OfDouble>(0, 3.7, -1234.5, 1e300, double.MaxValue, double.MinValue);
        Equal<Half, OfHalf>(0, 3.7, -123.4, 65504);
        Equal<BFloat16, OfBFloat16>(0, 3.7, -123.4, 3e38);
    }

    static void SumsTo1(int n, IEnumerable<KernelTarget> targets)
    {
        // The errors of terms average out; the sum's own and that of its inverse stay: 2e-7 is 3.4 u.
        float[] x = Data.Floats(n, n), y = new float[n];
        foreach (var target in targets)
            foreach (var algorithm in Samples.Algorithms)
            {
                Kernels.Softmax.Compute(x, y, Samples.On(target) with { Algorithm = algorithm });
                double sum = 0;
                foreach (float v in y) sum += v;
                Assert.True(Math.Abs(sum - 1) <= 2e-7, FormattableString.Invariant($"{target}, {algorithm}, {n}: off by {sum - 1}"));
            }
    }

    [Fact]
    public void Rows_sum_to_1()
    {
        foreach (int n in new[] { 1, 2, 3, 10, 100, 1000, 4097, 50_000, 1 << 18 }) SumsTo1(n, Sweep.Targets);
        SumsTo1(1 << 22, [Targets.Level]);
    }

    [Fact]
    public void A_row_of_64_million_sums_to_1() => SumsTo1(1 << 26, Sweep.Targets);
}
