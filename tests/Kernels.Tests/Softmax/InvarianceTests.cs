using Kernels.Testing;
using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>What must not change a result: shifts, order, masked neighbours, other rows, threads, memory shared with the input, the target.</summary>
public class InvarianceTests
{
    static void Within(double steps, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Ulp.Distance(expected[i], actual[i]) <= steps, FormattableString.Invariant($"{what}, {i}: {actual[i]:R} for {expected[i]:R}"));
    }

    static void ByTargetAndAlgorithm(Action<Func<float[], float[]>, string> body)
    {
        foreach (var target in Sweep.Targets)
            foreach (var algorithm in Samples.Algorithms)
                body(x =>
                {
                    float[] y = new float[x.Length];
                    Kernels.Softmax.Compute(x, y, Samples.On(target) with { Algorithm = algorithm });
                    return y;
                }, $"{target}, {algorithm}");
    }

    [Fact]
    public void A_shift_changes_nothing_beyond_the_bound() => ByTargetAndAlgorithm((softmax, what) =>
    {
        // Multiples of 2^-8 below 2^15: every shifted element is a float. Each of the two rows may err by the bound.
        float[] x = [.. Data.Floats(1, 1000).Select(v => MathF.Round(v * 256) / 256)];
        float[] y = softmax(x);
        foreach (float shift in new[] { 1f, -17.25f, 1000, -30_000 }) Within(2 * Check.Ulps, y, softmax([.. x.Select(v => v + shift)]), $"{what}, shift {shift}");
    });

    [Fact]
    public void A_permutation_permutes() => ByTargetAndAlgorithm((softmax, what) =>
    {
        float[] x = Data.Floats(2, 1500, -20, 20), y = softmax(x);
        int[] order = Data.Permutation(3, x.Length);
        // The sum is added in another order.
        Within(2, [.. order.Select(i => y[i])], softmax([.. order.Select(i => x[i])]), what);
    });

    [Fact]
    public void Equal_elements_of_a_row_give_equal_bits() => ByTargetAndAlgorithm((softmax, what) =>
    {
        float[] values = Data.Floats(4, 13, -90, 5), x = [.. Enumerable.Range(0, 1000).Select(i => values[i * i % 13])], y = softmax(x);
        for (int i = 0; i < x.Length; i++) Assert.True(y[i].Equals(y[Array.IndexOf(x, x[i])]), $"{what}, {i}");
    });

    [Fact]
    public void Masked_elements_count_for_nothing_wherever_they_are() => ByTargetAndAlgorithm((softmax, what) =>
    {
        float[] x = Data.Floats(5, 700), y = softmax(x);
        var random = new Random(6);
        foreach (int more in new[] { 1, 16, 300, 3000 })
        {
            bool[] masked = [.. Enumerable.Repeat(false, x.Length), .. Enumerable.Repeat(true, more)];
            random.Shuffle(masked);
            int k = 0;
            float[] padded = softmax([.. masked.Select(m => m ? float.NegativeInfinity : x[k++])]);
            Within(2, y, [.. padded.Where((_, i) => !masked[i])], $"{what}, {more} masked");
            Assert.All(padded.Where((_, i) => masked[i]), v => Assert.Equal(0, BitConverter.SingleToInt32Bits(v)));
        }
    });

    [Fact]
    public void Larger_elements_never_get_less() => ByTargetAndAlgorithm((softmax, what) =>
    {
        foreach (float start in new[] { -0.4f, 0.34f, 1.03f, -17.7f })
        {
            float[] x = new float[4096];
            for (int i = 0; i < x.Length; i++) x[i] = i == 0 ? start : MathF.BitIncrement(x[i - 1]);
            float[] y = softmax(x);
            // Neighbours' powers differ by less than an ULP: the polynomial's last bit may swap them by one step, not more.
            for (int i = 1; i < y.Length; i++) Assert.True(y[i] >= MathF.BitDecrement(y[i - 1]), FormattableString.Invariant($"{what}, from {start}, {i}: {y[i]:R} after {y[i - 1]:R}"));
        }
        // Farther apart: never.
        float[] far = [.. Data.Floats(7, 3000, -95, 10).Order()], z = softmax(far);
        for (int i = 1; i < z.Length; i++)
            if (far[i] - far[i - 1] > 1e-5f) Assert.True(z[i] >= z[i - 1], FormattableString.Invariant($"{what}, {i}"));
    });

    [Fact]
    public void Targets_and_algorithms_agree()
    {
        foreach (int n in new[] { 3, 50, 1000 })
        {
            float[] x = Data.Floats(n, n, -30, 30);
            float[]? first = null;
            ByTargetAndAlgorithm((softmax, what) => Within(4, first ??= softmax(x), softmax(x), what));
        }
    }

    static void Rows<T, E>() where T : unmanaged where E : IElement<T>
    {
        foreach (var (rows, cols) in new[] { (37, 1), (37, 5), (19, 64), (13, 131), (3, 3000) })
        {
            T[] x = Samples.Uniform<T, E>(8, rows * cols, -50, 50);
            x[cols / 2] = E.Of(double.NaN);
            x[cols * 2] = E.Of(double.NegativeInfinity);
            foreach (var target in Sweep.Targets)
                // Auto may choose another algorithm for a large job than for each of its rows.
                foreach (var algorithm in Samples.Algorithms[1..])
                {
                    string what = $"{target}, {algorithm}, {rows} × {cols}";
                    var options = Samples.On(target) with { Algorithm = algorithm };
                    T[] y = new T[x.Length], log = new T[x.Length], one = new T[cols];
                    E.Softmax(x, y, rows, cols, default, options);
                    E.LogSoftmax(x, log, rows, cols, default, options);
                    double[] sums = E.LogSumExp(x, rows, cols, default, options);
                    for (int r = 0; r < rows; r++)
                    {
                        var row = x.AsSpan(r * cols, cols);
                        E.Compute(row, one, options);
                        Same.Values<T>(one, y.AsSpan(r * cols, cols), $"{what}, row {r}");
                        E.LogCompute(row, one, options);
                        Same.Values<T>(one, log.AsSpan(r * cols, cols), $"{what}, logarithms of row {r}");
                        Assert.Equal(sums[r], E.LogSumExp(row, options));
                    }
                    // In place; and with strides, in place too.
                    T[] both = [.. x];
                    E.Softmax(both, both, rows, cols, default, options);
                    Same.Values<T>(y, both, $"{what}, in place");
                    both = [.. x];
                    E.LogSoftmax(both, both, rows, cols, default, options);
                    Same.Values<T>(log, both, $"{what}, logarithms in place");
                    int stride = cols + 9;
                    T[] wide = new T[rows * stride];
                    Poison.Fill<T>(wide);
                    T[] before = [.. wide];
                    for (int r = 0; r < rows; r++) x.AsSpan(r * cols, cols).CopyTo(wide.AsSpan(r * stride));
                    E.Softmax(wide, stride, wide, stride, rows, cols, default, options);
                    for (int r = 0; r < rows; r++)
                    {
                        Same.Values<T>(y.AsSpan(r * cols, cols), wide.AsSpan(r * stride, cols), $"{what}, in place with strides, row {r}");
                        Same.Bits<T>(before.AsSpan(r * stride + cols, 9), wide.AsSpan(r * stride + cols, 9), $"{what}, padding of row {r}");
                    }
                }
        }
    }

    [Fact] public void Rows_of_float_equal_single_rows_in_place_or_not() => Rows<float, OfFloat>();
    [Fact] public void Rows_of_double_equal_single_rows_in_place_or_not() => Rows<double, OfDouble>();
    [Fact] public void Rows_of_Half_equal_single_rows_in_place_or_not() => Rows<Half, OfHalf>();
    [Fact] public void Rows_of_BFloat16_equal_single_rows_in_place_or_not() => Rows<BFloat16, OfBFloat16>();

    static void Threads<T, E>() where T : unmanaged where E : IElement<T>
    {
        foreach (var (rows, cols) in new[] { (101, 33), (7, 2000), (1, 300_000), (2, 100_001) })
        {
            T[] x = Samples.Uniform<T, E>(9, rows * cols, -40, 40);
            var mask = new MaskCase { CausalOffset = cols / 2, Lengths = [.. Enumerable.Range(0, rows).Select(r => cols - r % cols)] };
            foreach (var target in Targets.All)
                foreach (var algorithm in Samples.Algorithms)
                {
                    T[][] Results(int threads)
                    {
                        var options = Samples.On(target, threads) with { Algorithm = algorithm };
                        T[] y = new T[x.Length], masked = new T[x.Length], log = new T[x.Length];
                        E.Softmax(x, y, rows, cols, default, options);
                        E.Softmax(x, masked, rows, cols, mask.Mask, options);
                        E.LogSoftmax(x, log, rows, cols, default, options);
                        // Through double: the type of a LogSumExp may be wider than T.
                        double[] sums = E.LogSumExp(x, rows, cols, default, options);
                        return [y, masked, log, [.. System.Runtime.InteropServices.MemoryMarshal.Cast<double, T>(sums)]];
                    }
                    T[][] one = Results(1);
                    foreach (int threads in new[] { 2, 5 })
                    {
                        T[][] more = Results(threads);
                        for (int k = 0; k < one.Length; k++) Same.Bits<T>(one[k], more[k], $"{target}, {algorithm}, {threads} threads, {rows} × {cols}, result {k}");
                    }
                }
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        Threads<float, OfFloat>();
        Threads<double, OfDouble>();
        Threads<BFloat16, OfBFloat16>();
    }

    [Fact]
    public void What_lies_behind_the_rows_stays() => Sweep.Each(o =>
    {
        float[] x = Data.Floats(10, 40), y = new float[40], before = new float[40];
        Poison.Fill<float>(y);
        Poison.Fill<float>(before);
        Kernels.Softmax.Compute(x.AsSpan(0, 21), y, new() { Kernel = o });
        Same.Bits<float>(before.AsSpan(21), y.AsSpan(21), "Compute");
        Kernels.Softmax.Rows(x, y, 3, 9, default, new() { Kernel = o });
        Same.Bits<float>(before.AsSpan(27), y.AsSpan(27), "Rows");
        Kernels.LogSoftmax.Rows(x, y, 3, 9, default, new() { Kernel = o });
        Same.Bits<float>(before.AsSpan(27), y.AsSpan(27), "LogSoftmax.Rows");
    });

    [Fact]
    public void Powers_of_logarithms_are_the_probabilities() => Sweep.Each(o =>
    {
        float[] x = Data.Floats(11, 900), p = new float[900], log = new float[900];
        Kernels.Softmax.Compute(x, p, new() { Kernel = o });
        Kernels.LogSoftmax.Compute(x, log, new() { Kernel = o });
        // The absolute error of the logarithm is the relative one of its power.
        for (int i = 0; i < x.Length; i++)
        {
            double slack = Check.Logarithm<float, OfFloat>((double)log[i]) + Check.Ulps * Math.ScaleB(1, -23);
            Assert.True(Math.Abs(Math.Exp(log[i]) / p[i] - 1) <= slack, FormattableString.Invariant($"{o.Target}, {i}"));
        }
    });
}
