using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>The gradients: dx = s y (dy - Σ y dy), and dx = s (dy - e^logp Σ dy).</summary>
public class BackwardTests
{
    static void Softmax<T, E>() where T : unmanaged where E : IElement<T>
    {
        foreach (var (rows, cols) in new[] { (1, 1), (3, 2), (5, 17), (2, 64), (7, 129), (2, 3000) })
            foreach (double scale in new[] { 1, 0.125, 3 })
            {
                T[] y = Samples.Uniform<T, E>(cols, rows * cols, -8, 8), dy = Samples.Uniform<T, E>(rows, rows * cols, -3, 3), dx = new T[y.Length];
                for (int r = 0; r < rows; r++) Probabilities(y.AsSpan(r * cols, cols), r);
                foreach (var target in Sweep.Targets)
                {
                    var options = Samples.On(target) with { Scale = scale };
                    E.Backward(y, dy, dx, rows, cols, options);
                    for (int r = 0; r < rows; r++)
                    {
                        DoubleDouble dot = 0;
                        double magnitude = 0, total = 0;
                        for (int i = r * cols; i < (r + 1) * cols; i++)
                        {
                            dot += (DoubleDouble)E.Value(y[i]) * E.Value(dy[i]);
                            magnitude += Math.Abs(E.Value(y[i]) * E.Value(dy[i]));
                        }
                        for (int i = r * cols; i < (r + 1) * cols; i++)
                        {
                            double p = E.Value(y[i]);
                            var exact = scale * ((DoubleDouble)p * (E.Value(dy[i]) - dot));
                            // Products and additions of Σ: 5 u of the magnitudes. The difference and two products: half an ULP each, and so may a step below the normal numbers.
                            double slack = scale * p * 5 * Check.Unit<T, E>() * magnitude + 3 * Check.Step<T, E>(exact.High);
                            int at = i;
                            Check.Near<T, E>(exact, dx[i], slack, () => FormattableString.Invariant($"{target}, {rows} × {cols}, scale {scale}, element {at}"));
                            if (p == 0) Assert.Equal(0.0, E.Value(dx[i]));
                            total += E.Value(dx[i]);
                        }
                        // Σ dx = s Σ y dy (1 - Σ y), and the errors above.
                        if (E.Digits >= 24)
                        {
                            double sum = 0;
                            for (int i = r * cols; i < (r + 1) * cols; i++) sum += E.Value(y[i]);
                            double slack = scale * (Math.Abs(dot.High * (1 - sum)) + 16 * Check.Unit<T, E>() * (magnitude + Math.Abs(dot.High))) + 1e-300;
                            Assert.True(Math.Abs(total) <= slack, FormattableString.Invariant($"{target}, {rows} × {cols}: Σ dx = {total}, allowed {slack}"));
                        }
                    }
                    T[] first = [.. y], second = new T[dx.Length];
                    E.Backward(first, dy, first, rows, cols, options);
                    Same.Values<T>(dx, first, $"{target}, in place of y");
                    E.Backward(y, dy, second, rows, cols, Samples.On(target, 5) with { Scale = scale });
                    Same.Values<T>(dx, second, $"{target}, 5 threads");
                }
            }

        // The row's softmax as the oracle has it, every fifth element masked.
        static void Probabilities(Span<T> row, int r)
        {
            for (int i = 0; i < row.Length; i++) if ((i + r) % 5 == 4) row[i] = E.Of(double.NegativeInfinity);
            var exact = Samples.Row<T, E>(row);
            for (int i = 0; i < row.Length; i++) row[i] = E.Of(exact.Probability[i].High);
        }
    }

    static void LogSoftmax<T, E>() where T : unmanaged where E : IElement<T>
    {
        foreach (var (rows, cols) in new[] { (1, 1), (3, 2), (5, 17), (2, 64), (7, 129), (2, 3000) })
            foreach (double scale in new[] { 1, 0.125, 3 })
            {
                T[] x = Samples.Uniform<T, E>(cols, rows * cols, -8, 8), dy = Samples.Uniform<T, E>(rows, rows * cols, -3, 3), dx = new T[x.Length], y = new T[x.Length];
                for (int r = 0; r < rows; r++)
                {
                    // Masked: nothing comes back from there.
                    if (cols > 4) x[r * cols + 4] = E.Of(double.NegativeInfinity);
                    if (cols > 4) dy[r * cols + 4] = E.Of(0);
                    var exact = Samples.Row<T, E>(x.AsSpan(r * cols, cols));
                    for (int i = 0; i < cols; i++) y[r * cols + i] = E.Of(exact.Logarithm[i].High);
                }
                foreach (var target in Sweep.Targets)
                {
                    var options = Samples.On(target) with { Scale = scale };
                    E.LogBackward(y, dy, dx, rows, cols, options);
                    for (int r = 0; r < rows; r++)
                    {
                        DoubleDouble sum = 0;
                        double magnitude = 0;
                        for (int i = r * cols; i < (r + 1) * cols; i++)
                        {
                            sum += E.Value(dy[i]);
                            magnitude += Math.Abs(E.Value(dy[i]));
                        }
                        for (int i = r * cols; i < (r + 1) * cols; i++)
                        {
                            var p = DoubleDouble.Exp(E.Value(y[i]));
                            var exact = scale * (E.Value(dy[i]) - p * sum);
                            // Σ dy: 5 u of the magnitudes. The power 4 u, its product 1 u; the difference and the product with s: half an ULP each.
                            double slack = scale * p.High * Check.Unit<T, E>() * (5 * magnitude + 5 * Math.Abs(sum.High)) + 2 * Check.Step<T, E>(exact.High);
                            int at = i;
                            Check.Near<T, E>(exact, dx[i], slack, () => FormattableString.Invariant($"{target}, {rows} × {cols}, scale {scale}, element {at}"));
                        }
                    }
                    T[] first = [.. y];
                    E.LogBackward(first, dy, first, rows, cols, options);
                    Same.Values<T>(dx, first, $"{target}, in place of y");
                }
            }
    }

    [Fact]
    public void The_incoming_gradient_may_be_written_over() => Sweep.Each(o =>
    {
        float[] y = [.. Enumerable.Repeat(0.25f, 80)], dy = Data.Floats(1, 80), dx = new float[80];
        var options = new SoftmaxOptions { Kernel = o };
        Kernels.Softmax.Backward(y, dy, dx, 20, 4, options);
        float[] both = [.. dy];
        Kernels.Softmax.Backward(y, both, both, 20, 4, options);
        Same.Values<float>(dx, both, $"{o.Target}, softmax");
        for (int i = 0; i < y.Length; i++) y[i] = -1.5f;
        Kernels.LogSoftmax.Backward(y, dy, dx, 20, 4, options);
        both = [.. dy];
        Kernels.LogSoftmax.Backward(y, both, both, 20, 4, options);
        Same.Values<float>(dx, both, $"{o.Target}, log-softmax");
    });

    [Fact] public void Gradients_of_float_are_exact_within_rounding() { Softmax<float, OfFloat>(); LogSoftmax<float, OfFloat>(); }
    [Fact] public void Gradients_of_double_are_exact_within_rounding() { Softmax<double, OfDouble>(); LogSoftmax<double, OfDouble>(); }
    [Fact] public void Gradients_of_Half_are_exact_within_rounding() { Softmax<Half, OfHalf>(); LogSoftmax<Half, OfHalf>(); }
    [Fact] public void Gradients_of_BFloat16_are_exact_within_rounding() { Softmax<BFloat16, OfBFloat16>(); LogSoftmax<BFloat16, OfBFloat16>(); }

    [Fact]
    public void Where_the_probability_is_0_the_gradient_is_0_whatever_came_back() => Sweep.Each(o =>
    {
        foreach (float back in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            for (int n = 2; n < 70; n++)
            {
                float[] y = new float[n], dy = Data.Floats(n, n), dx = new float[n];
                for (int i = 0; i < n; i++) y[i] = i % 2 == 0 ? 1f / ((n + 1) / 2) : 0;
                for (int i = 1; i < n; i += 2) dy[i] = back;
                Kernels.Softmax.Backward(y, dy, dx, 1, n, new() { Kernel = o });
                for (int i = 1; i < n; i += 2) Assert.True(dx[i] == 0, FormattableString.Invariant($"{o.Target}, {n}, {back}, {i}: {dx[i]}"));
                // And the sum takes no notice of them.
                for (int i = 0; i < n; i += 2) Assert.True(float.IsFinite(dx[i]), FormattableString.Invariant($"{o.Target}, {n}, {back}, {i}: {dx[i]}, not masked"));
            }
    });

    [Fact]
    public void A_constant_gives_0_and_differences_give_the_gradient() => Sweep.Each(o =>
    {
        const int n = 50;
        const double h = 1e-5, scale = 0.75;
        var options = new SoftmaxOptions { Kernel = o, Scale = scale };
        double[] x = Data.Doubles(1, n, -3, 3), dy = Data.Doubles(2, n, -2, 2), y = new double[n], log = new double[n], dx = new double[n], dlog = new double[n];
        Kernels.Softmax.Compute(x, y, options);
        Kernels.LogSoftmax.Compute(x, log, options);
        double[] ones = [.. Enumerable.Repeat(1.0, n)];
        Kernels.Softmax.Backward(y, ones, dx, 1, n, options);
        // 1 - Σ y: some u.
        Assert.All(dx, v => Assert.InRange(v, -4e-16, 4e-16));
        Kernels.Softmax.Backward(y, dy, dx, 1, n, options);
        Kernels.LogSoftmax.Backward(log, dy, dlog, 1, n, options);
        for (int i = 0; i < n; i++)
        {
            // Central differences of the definition: an error of h² times a third derivative below 10, and 1e-15 / h of rounding.
            double Along(double by, bool logarithms)
            {
                double[] moved = [.. x.Select((v, k) => scale * (k == i ? v + by : v))];
                var row = new Row(moved, wide: false);
                return Enumerable.Range(0, n).Sum(k => dy[k] * (logarithms ? row.Logarithm : row.Probability)[k].High);
            }
            Assert.Equal((Along(h, false) - Along(-h, false)) / (2 * h), dx[i], 5e-9);
            Assert.Equal((Along(h, true) - Along(-h, true)) / (2 * h), dlog[i], 5e-8);
        }
    });
}
