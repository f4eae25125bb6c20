using FsCheck;
using FsCheck.Fluent;
using Kernels.Testing;

namespace Kernels.Tests.Examples;

public class SoftmaxRowTests
{
    // In units u = 2^-24 of the result, up to two of which make an ULP, the worst case adds: e^t 1.9 (polynomial 0.2, t 0.3, its last two roundings 1.4) above and below
    // the line; a lane's sum of 4 terms 1.5, the tree and the total 1, all of one sign; and the final rounding, half an ULP. Signs that agree in all of these are
    // rare: 400 000 rows of two values, chosen so that few different errors meet, reach 4.09 ULP, and random rows 2.5. A subnormal result is rounded once more.
    const double Bound = 4.5;

    static double[] Oracle(ReadOnlySpan<float> x)
    {
        double top = double.NegativeInfinity, sum = 0, low = 0;
        foreach (float v in x) top = Math.Max(top, v);
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = Math.Exp(x[i] - top);
            double s = sum + y[i], b = s - sum;
            low += sum - (s - b) + (y[i] - b);
            sum = s;
        }
        for (int i = 0; i < y.Length; i++) y[i] /= sum + low;
        return y;
    }

    static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Ulp.Error(actual[i], expected[i]);
            if (!(error <= Bound + (expected[i] < 1.17549435e-38 ? 1 : 0)) || actual[i] > 1)
                Assert.Fail(FormattableString.Invariant($"{what}: element {i} of {expected.Length} is {actual[i]:R}, exact {expected[i]:R}, {error} ULP"));
        }
    }

    static void Row(ReadOnlySpan<float> x, string what)
    {
        double[] expected = Oracle(x);
        foreach (var target in Sweep.Targets)
        {
            float[] y = new float[x.Length];
            Calls.Softmax(1, x.Length, x, y, Sweep.Options(target));
            Close(expected, y, $"{target}, {what}");
        }
    }

    [Fact]
    public void Rows_of_every_length_and_place_meet_the_bound()
    {
        float[] x = Data.Floats(60, Sweep.Longest, -30, 30);
        double[][] expected = [.. Enumerable.Range(0, Sweep.Longest + 1).Select(n => Oracle(x.AsSpan(0, n)))];
        using Field<float> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        foreach (var target in Sweep.Targets)
        {
            float[]?[] rows = new float[Sweep.Longest + 1][];
            foreach (var place in target == KernelTarget.Spec ? Place.All[..1] : Place.All)
                for (int n = 1; n <= Sweep.Longest; n++)
                {
                    if (place != Place.All[0] && n > 300 && n % 11 != place.Shift % 11) continue;
                    var y = fy.Poisoned(n, place);
                    Calls.Softmax(1, n, fx.Put(x.AsSpan(0, n), place), y, Sweep.Options(target));
                    string at = $"{target}, length {n}, {place}";
                    fy.CheckAround(n, place, at);
                    // The first place against the oracle; the bits must not depend on the place.
                    if (rows[n] is { } before) Same.Values<float>(before, y, at);
                    else
                    {
                        Close(expected[n], y, at);
                        rows[n] = y.ToArray();
                    }
                }
        }
    }

    public static readonly TheoryData<double, double> Ranges = new()
    {
        { -10, 10 }, { -80, 80 }, { -1000, 1000 }, { 995, 1005 }, { 99_950, 100_050 }, { -100_050, -99_950 }, { -1e6, 1e6 }, { 1e6, 1e6 + 50 }, { -3e38, 3e38 }, { -1e-38, 1e-38 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Rows_of_any_range_meet_the_bound(double low, double high)
    {
        foreach (int n in new[] { 1, 2, 5, 16, 63, 64, 65, 257, 1000, 20_000 })
            for (int seed = 0; seed < 3; seed++) Row(Data.Floats(seed, n, low, high), FormattableString.Invariant($"[{low}, {high}], seed {seed}"));
    }

    [Fact]
    public void Rows_of_two_values_meet_the_bound() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Gen.Choose(1, 700).Two().ToArbitrary(), Gen.Choose(-2_000_000, 2_000_000).Two().ToArbitrary(), (counts, values) =>
            Row([.. Enumerable.Repeat(values.Item1 * 1e-6f, counts.Item1), .. Enumerable.Repeat(values.Item2 * 1e-5f, counts.Item2)], "two values")));

    [Fact]
    public void A_maximum_that_comes_late_at_any_place_meets_the_bound()
    {
        foreach (float late in new[] { 61f, 200f, 99_999f, 100_001f, 1e30f, float.MaxValue })
            for (int at = 0; at < 600; at += at < 140 ? 1 : 13)
            {
                float[] x = Data.Floats(61, 600);
                x[at] = late;
                Row(x, FormattableString.Invariant($"{late} at {at}"));
            }
        // Stairs of 70: a new reference in every step, whatever the chunk length; downwards: none.
        foreach (int step in new[] { 1, 16, 64, 300 })
        {
            Row([.. Enumerable.Range(0, 3000).Select(i => i / step * 70f)], $"stairs of {step}");
            Row([.. Enumerable.Range(0, 3000).Select(i => -(i / step * 70f))], $"stairs of {step}, down");
        }
    }

    [Fact]
    public void Masked_elements_give_0_and_leave_the_others_right()
    {
        foreach (float mask in new[] { float.NegativeInfinity, float.MinValue, -1e30f, -1e9f })
            foreach (var (from, to) in new[] { (0, 300), (0, 999), (500, 1000), (1, 1000), (37, 801) })
            {
                float[] x = Data.Floats(62, 1000);
                x.AsSpan(from, to - from).Fill(mask);
                Row(x, FormattableString.Invariant($"{mask} from {from} to {to}"));
                Sweep.Each(o =>
                {
                    float[] y = new float[1000];
                    Calls.Softmax(1, 1000, x, y, o);
                    Assert.All(y[from..to], v => Assert.Equal(0, BitConverter.SingleToInt32Bits(v)));
                    if (to - from == 999) Assert.Equal(1f, y[from == 0 ? 999 : 0]);
                });
            }
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void A_NaN_or_an_infinity_at_any_place_makes_the_row_NaN(float value)
    {
        foreach (int n in new[] { 1, 2, 17, 64, 300, 1000 })
            for (int at = 0; at < n; at += at < 70 ? 1 : 31)
            {
                float[] x = Data.Floats(63, n);
                x[at] = value;
                Sweep.Each(o =>
                {
                    float[] y = new float[n];
                    Calls.Softmax(1, n, x, y, o);
                    Assert.True(y.All(float.IsNaN), $"{o.Target}, {n}, at {at}");
                });
            }
    }

    [Fact]
    public void Rows_of_minus_infinity_are_NaN_and_rows_of_one_number_are_1_over_n() => Sweep.Each(o =>
    {
        foreach (int n in new[] { 1, 2, 3, 16, 64, 100, 1000, 4096 })
        {
            float[] y = new float[n], x = new float[n];
            Array.Fill(x, float.NegativeInfinity);
            Calls.Softmax(1, n, x, y, o);
            Assert.True(y.All(float.IsNaN));
            foreach (float v in new[] { 0f, 3.7f, -123.4f, 1e5f, -1e30f, float.MaxValue, float.MinValue })
            {
                Array.Fill(x, v);
                Calls.Softmax(1, n, x, y, o);
                Close([.. Enumerable.Repeat(1.0 / n, n)], y, FormattableString.Invariant($"{o.Target}, {n} times {v}"));
                Assert.All(y, w => Assert.Equal(y[0], w));
                if (n == 1) Assert.Equal(1f, y[0]);
            }
        }
    });

    [Fact]
    public void Long_rows_sum_to_1()
    {
        float[] x = Data.Floats(64, 1 << 20, -10, 10);
        Sweep.Each(o =>
        {
            float[] y = new float[x.Length];
            Calls.Softmax(1, x.Length, x, y, o);
            Assert.InRange(y.Sum(v => (double)v), 1 - 2e-7, 1 + 2e-7);
        });
    }

    [Fact]
    public void Larger_elements_never_get_less() => Sweep.Each(o =>
    {
        float[] x = new float[4096], y = new float[4096];
        for (int i = 0; i < x.Length; i++) x[i] = i == 0 ? -0.4f : MathF.BitIncrement(x[i - 1]);
        Calls.Softmax(1, x.Length, x, y, o);
        // Neighbours whose powers of e differ by less than an ULP: rounding may make them equal, never swap them by more than the polynomial's last bit.
        for (int i = 1; i < y.Length; i++) Assert.True(y[i] >= MathF.BitDecrement(y[i - 1]), $"{o.Target}, {i}");
    });

    [Fact]
    public void Rows_are_independent_of_each_other_of_threads_and_of_being_in_place()
    {
        const int rows = 37, cols = 131;
        float[] x = Data.Wild(65, rows * cols);
        for (int k = 0; k < rows / 2 * cols; k++) x[k] = Data.Floats(66, 1)[0] * (k % 97);
        Sweep.Threads(o =>
        {
            float[] y = new float[x.Length], one = new float[cols], both = [.. x];
            Calls.Softmax(rows, cols, x, y, o);
            for (int r = 0; r < rows; r++)
            {
                Calls.Softmax(1, cols, x.AsSpan(r * cols, cols), one, o);
                Same.Values<float>(one, y.AsSpan(r * cols, cols), $"{o.Target}, row {r}");
            }
            Calls.Softmax(rows, cols, both, both, o);
            Same.Values<float>(y, both, $"{o.Target}, in place");
            return y;
        });
    }

    [Fact]
    public void Double_rows_meet_the_bound()
    {
        foreach (var (low, high) in new[] { (-10.0, 10.0), (-700, 700), (99_950, 100_050), (-1e6, 1e6), (-8e307, 8e307) })
            foreach (int n in new[] { 1, 2, 7, 64, 333, 5000 })
            {
                double[] x = Data.Doubles(67, n, low, high);
                Array.Fill(x, x[0], 0, n / 3);
                double top = x.Max();
                double[] e = [.. x.Select(v => Math.Exp(v - top))];
                // The oracle rounds v - top by 2^-53 |v - top|, which e^ turns into a relative error; Math.Exp and the plain sum err by some ULP more.
                double sum = e.Order().Sum();
                Sweep.Each(o =>
                {
                    double[] y = new double[n];
                    Calls.Softmax(1, n, x, y, o);
                    for (int i = 0; i < n; i++)
                    {
                        double exact = e[i] / sum, slack = (4.5 + 2 + Math.Max(1, Math.Min(800, Math.Abs(x[i] - top))) + Math.Sqrt(n)) * 2.3e-16;
                        Assert.True(Math.Abs(y[i] - exact) <= slack * exact + 1e-323 && y[i] <= 1, FormattableString.Invariant($"{o.Target}, [{low}, {high}], {n}: {y[i]:R} for {exact:R}"));
                    }
                });
            }
        foreach (double[] x in new double[][] { [1, double.NaN], [1, double.PositiveInfinity], [double.NegativeInfinity, double.NegativeInfinity] })
            Sweep.Each(o =>
            {
                double[] y = new double[2];
                Calls.Softmax(1, 2, x, y, o);
                Assert.True(y.All(double.IsNaN));
            });
    }

    [Fact]
    public void Wrong_sizes_and_partial_overlap_are_rejected_before_anything_is_written()
    {
        float[] x = Data.Floats(68, 100), y = new float[100], before = [.. x];
        Assert.Throws<ArgumentOutOfRangeException>(() => Calls.Softmax(1, 0, x, y, KernelOptions.Default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calls.Softmax(-1, 10, x, y, KernelOptions.Default));
        Assert.Throws<ArgumentException>(() => Calls.Softmax(11, 10, x, y, KernelOptions.Default));
        Assert.Throws<ArgumentException>(() => Calls.Softmax(10, 10, x, y.AsSpan(1), KernelOptions.Default));
        Assert.Throws<ArgumentException>(() => Calls.Softmax(65536, 65536, x, y, KernelOptions.Default));
        Assert.Throws<ArgumentException>(() => Calls.Softmax(1, 50, x.AsSpan(0, 50), x.AsSpan(1, 50), KernelOptions.Default));
        Assert.All(y, v => Assert.Equal(0f, v));
        Assert.Equal(before, x);
        Calls.Softmax(0, 10, x, y, KernelOptions.Default);
    }
}
