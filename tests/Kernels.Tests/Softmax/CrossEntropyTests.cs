using Kernels.Testing;
using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Losses and their gradients: lse - (1 - ε) z_k - (ε/C) Σ z, and softmax - (1 - ε) [k] - ε/C.</summary>
public class CrossEntropyTests
{
    static CrossEntropyOptions On(KernelTarget target, int threads = 1) => new() { Kernel = Sweep.Options(target, threads) };

    static DoubleDouble Loss(Row row, int label, double smoothing)
    {
        // Σ of what is not negative: as the definition, and nothing cancels.
        var loss = (1 - (DoubleDouble)smoothing) * -row.Logarithm[label];
        if (smoothing > 0) foreach (var v in row.Logarithm) loss += (DoubleDouble)smoothing / row.Logarithm.Length * -v;
        return loss;
    }

    static void Meets<T, E>(double low, double high) where T : unmanaged where E : IElement<T>
    {
        foreach (var (rows, cols) in new[] { (1, 1), (5, 2), (9, 17), (4, 64), (6, 131), (2, 3000) })
            foreach (double smoothing in new[] { 0, 0.1, 1 })
                foreach (double scale in new[] { 1.0, -0.25 })
                {
                    T[] x = Samples.Uniform<T, E>(cols, rows * cols, low, high), gradient = new T[x.Length], second = new T[x.Length];
                    int[] labels = [.. Enumerable.Range(0, rows).Select(r => r * 37 % cols)];
                    if (rows > 2) labels[2] = -100;
                    foreach (var target in Sweep.Targets)
                    {
                        string what = FormattableString.Invariant($"{target}, [{low}, {high}], {rows} × {cols}, smoothing {smoothing}, gradient × {scale}");
                        var options = On(target) with { LabelSmoothing = smoothing, GradientScale = scale, IgnoreIndex = -100 };
                        double[] losses = E.CrossEntropy(x, labels, gradient, rows, cols, options), alone = E.CrossEntropy(x, labels, rows, cols, options);
                        Same.Values<double>(losses, alone, what + ", without gradient");
                        double[] threads = E.CrossEntropy(x, labels, second, rows, cols, options with { Kernel = Sweep.Options(target, 5) });
                        Same.Values<double>(losses, threads, what + ", 5 threads");
                        Same.Values<T>(gradient, second, what + ", gradient of 5 threads");
                        for (int r = 0; r < rows; r++)
                        {
                            var g = gradient.AsSpan(r * cols, cols);
                            if (labels[r] < 0)
                            {
                                Assert.Equal(0.0, losses[r]);
                                foreach (T v in g) Assert.Equal(0.0, E.Value(v));
                                continue;
                            }
                            var row = Samples.Row<T, E>(x.AsSpan(r * cols, cols));
                            var loss = Loss(row, labels[r], smoothing);
                            double slack = Check.Logarithm<T, E>(loss);
                            // Smoothed: the mean of z - max, or of z, adds 5 u of its magnitude as sums do, and lse and z are rounded before they cancel.
                            if (smoothing > 0)
                            {
                                double mean = 0;
                                foreach (T v in x.AsSpan(r * cols, cols)) mean += Math.Abs(E.Value(v)) / cols;
                                slack += smoothing * Check.SumUnits * Check.Unit<T, E>() * (mean + Math.Abs(row.Max)) + 2 * Check.Unit<T, E>() * Math.Abs(row.LogSumExp.High);
                            }
                            if (E.Wide) Check.Near<double, OfDouble>(loss, losses[r], slack, () => $"{what}, row {r}, loss");
                            else Check.Near<float, OfFloat>(loss, (float)losses[r], slack, () => $"{what}, row {r}, loss");
                            for (int i = 0; i < cols; i++)
                            {
                                int at = i;
                                var share = (DoubleDouble)smoothing / cols;
                                var wanted = i == labels[r] ? 1 - (DoubleDouble)smoothing + share : share;
                                var exact = scale * (row.Probability[i] - wanted);
                                // The probability's error; 2 u of the target's, 1 - ε and ε/C being rounded; the difference and the product.
                                double off = Math.Abs(scale) * (Check.Probability<T, E>(row.Probability[i]) + 2 * Check.Unit<T, E>() * wanted.High) + 2 * Check.Step<T, E>(exact.High);
                                Check.Near<T, E>(exact, g[i], off, () => $"{what}, row {r}, gradient {at}");
                            }
                        }
                    }
                }
    }

    [Fact] public void Losses_and_gradients_of_float_meet_the_bound() { Meets<float, OfFloat>(-10, 10); Meets<float, OfFloat>(-90, 90); Meets<float, OfFloat>(99_990, 100_010); }
    [Fact] public void Losses_and_gradients_of_double_meet_the_bound() { Meets<double, OfDouble>(-10, 10); Meets<double, OfDouble>(99_990, 100_010); }
    [Fact] public void Losses_and_gradients_of_Half_meet_the_bound() => Meets<Half, OfHalf>(-10, 10);
    [Fact] public void Losses_and_gradients_of_BFloat16_meet_the_bound() => Meets<BFloat16, OfBFloat16>(-10, 10);

    [Fact]
    public unsafe void Ignored_rows_are_not_read()
    {
        foreach (int cols in new[] { 1, 7, 64, 300 })
        {
            using var logits = new GuardedBuffer<float>(2 * cols);
            Data.Floats(1, 2 * cols).CopyTo(logits.Span);
            logits.Span[..cols].Fill(float.NaN);
            // Row 2 lies on a page without access.
            ReadOnlySpan<float> all = new(logits.Pointer, 3 * cols);
            foreach (var target in Sweep.Targets)
                foreach (int ignored in new[] { -100, 255, 0 })
                {
                    if (ignored == 0 && cols == 1) continue;
                    float[] losses = new float[3], gradient = new float[3 * cols];
                    CrossEntropy.Rows(all, [ignored, cols - 1, ignored], losses, gradient, 3, cols, On(target) with { IgnoreIndex = ignored, LabelSmoothing = 0.1 });
                    Assert.Equal(0f, losses[0]);
                    Assert.Equal(0f, losses[2]);
                    Assert.True(float.IsFinite(losses[1]));
                    for (int i = 0; i < cols; i++) Assert.True(gradient[i] == 0 && gradient[2 * cols + i] == 0);
                    Array.Fill(losses, float.NaN);
                    CrossEntropy.Rows(all, [ignored, cols - 1, ignored], losses, 3, cols, On(target) with { IgnoreIndex = ignored });
                    Assert.Equal(0f, losses[0]);
                    Assert.Equal(0f, losses[2]);
                }
        }
    }

    [Fact]
    public void Special_values() => Sweep.Each(o =>
    {
        var options = new CrossEntropyOptions { Kernel = o };
        foreach (int n in new[] { 3, 20, 70 })
        {
            float[] x = Data.Floats(n, n), losses = new float[1], gradient = new float[n];
            x[1] = float.NegativeInfinity;
            // Not the label: no effect but its probability of 0.
            CrossEntropy.Rows(x, [2], losses, gradient, 1, n, options);
            Check.Near<float, OfFloat>(Loss(Samples.Row<float, OfFloat>(x), 2, 0), losses[0], Check.Logarithm<float, OfFloat>(Loss(Samples.Row<float, OfFloat>(x), 2, 0)), () => $"{o.Target}, {n}");
            Assert.Equal(0f, gradient[1]);
            CrossEntropy.Rows(x, [1], losses, gradient, 1, n, options);
            Assert.Equal(float.PositiveInfinity, losses[0]);
            Assert.Equal(-1f, gradient[1]);
            foreach (float special in new[] { float.NaN, float.PositiveInfinity })
            {
                x[n - 1] = special;
                CrossEntropy.Rows(x, [0], losses, gradient, 1, n, options);
                Assert.False(float.IsFinite(losses[0]));
                Assert.All(gradient, v => Assert.True(float.IsNaN(v)));
            }
        }
    });

    [Fact]
    public void Nothing_outside_is_touched()
    {
        using Field<float> fx = new(1100), fg = new(1100), fl = new(8);
        foreach (var target in Targets.All)
            foreach (var place in Place.All)
                for (int cols = 1; cols <= 270; cols += cols < 70 ? 1 : 29)
                {
                    float[] x = Data.Floats(cols, 4 * cols);
                    var losses = fl.Poisoned(4, place);
                    var gradient = fg.Poisoned(x.Length, place);
                    CrossEntropy.Rows(fx.Put(x, place), [0, cols - 1, cols / 2, 0], losses, gradient, 4, cols, On(target));
                    fl.CheckAround(4, place, $"{target}, {cols}, {place}, losses");
                    fg.CheckAround(x.Length, place, $"{target}, {cols}, {place}, gradient");
                }
    }
}
