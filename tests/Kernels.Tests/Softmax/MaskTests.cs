using Kernels.Testing;
using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Masks of every kind × policies × functions × element types × shapes, against the definition.</summary>
public class MaskTests
{
    static void Masks<T, E>() where T : unmanaged where E : IElement<T>
    {
        int k = 0;
        foreach (var (rows, cols) in new[] { (9, 2), (12, 7), (11, 16), (9, 37), (7, 129), (6, 700) })
            foreach (var mask in MaskCase.All(rows, cols, cols))
                foreach (var policy in Enum.GetValues<FullyMaskedRows>())
                {
                    // Pairwise: scale, strides and algorithm walk through their values as masks, policies and shapes do.
                    double scale = new[] { 1, 0.125, 0, 2.5 }[k % 4];
                    int xStride = cols + new[] { 0, 3, 17 }[k % 3], yStride = cols + new[] { 0, 5 }[k / 2 % 2];
                    var algorithm = Samples.Algorithms[k / 3 % 3];
                    k++;
                    T[] x = Samples.Uniform<T, E>(k, (rows - 1) * xStride + cols, -12, 12), y = new T[(rows - 1) * yStride + cols], poison = new T[y.Length];
                    Poison.Fill<T>(poison);
                    var expected = new Row[rows];
                    for (int r = 0; r < rows; r++)
                    {
                        var row = x.AsSpan(r * xStride, cols);
                        if (r % 3 == 0) row[r % cols] = E.Of(double.NegativeInfinity);
                        // What is not part of a row must not matter: not its padding, not the columns left out.
                        x.AsSpan(r * xStride + cols, r == rows - 1 ? 0 : xStride - cols).Fill(E.Of(double.NaN));
                        row[mask.Used(r, cols)..].Fill(E.Of(r % 2 == 0 ? double.NaN : double.PositiveInfinity));
                        expected[r] = mask.Row<T, E>(row, r, scale, policy);
                    }
                    foreach (var target in Sweep.Targets)
                    {
                        string what = FormattableString.Invariant($"{target}, {rows} × {cols}, strides {xStride} and {yStride}, {mask}, {policy}, {algorithm}, scale {scale}");
                        var options = Samples.On(target) with { Scale = scale, FullyMasked = policy, Algorithm = algorithm };
                        void Padding()
                        {
                            for (int r = 0; r < rows - 1; r++)
                                Same.Bits<T>(poison.AsSpan(r * yStride + cols, yStride - cols), y.AsSpan(r * yStride + cols, yStride - cols), what + $", padding of row {r}");
                        }
                        poison.CopyTo(y, 0);
                        E.Softmax(x, xStride, y, yStride, rows, cols, mask.Mask, options);
                        for (int r = 0; r < rows; r++) Check.Probabilities<T, E>(expected[r], y.AsSpan(r * yStride, cols), $"{what}, row {r}");
                        Padding();
                        if ((k + (int)target) % 2 == 0) continue;
                        poison.CopyTo(y, 0);
                        E.LogSoftmax(x, xStride, y, yStride, rows, cols, mask.Mask, options);
                        for (int r = 0; r < rows; r++) Check.Logarithms<T, E>(expected[r], y.AsSpan(r * yStride, cols), $"{what}, row {r}");
                        Padding();
                        if (xStride != cols) continue;
                        double[] sums = E.LogSumExp(x, rows, cols, mask.Mask, options);
                        for (int r = 0; r < rows; r++) Check.LogSumExps<T, E>(expected[r], sums[r], $"{what}, row {r}");
                    }
                }
    }

    [Fact] public void Masked_rows_of_float_meet_the_bound() => Masks<float, OfFloat>();
    [Fact] public void Masked_rows_of_double_meet_the_bound() => Masks<double, OfDouble>();
    [Fact] public void Masked_rows_of_Half_meet_the_bound() => Masks<Half, OfHalf>();
    [Fact] public void Masked_rows_of_BFloat16_meet_the_bound() => Masks<BFloat16, OfBFloat16>();

    static unsafe void Unread<T, E>() where T : unmanaged where E : IElement<T>
    {
        foreach (int used in new[] { 1, 2, 3, 15, 16, 17, 31, 33, 64, 65, 100, 257 })
            foreach (bool causal in new[] { false, true })
            {
                const int beyond = 300;
                int cols = used + beyond;
                T[] values = Samples.Uniform<T, E>(used, used);
                using var x = new GuardedBuffer<T>(used);
                values.CopyTo(x.Span);
                // The columns left out lie on a page without access.
                ReadOnlySpan<T> row = new(x.Pointer, cols);
                var mask = causal ? new MaskCase { CausalOffset = used - 1 } : new MaskCase { Lengths = [used] };
                var expected = mask.Row<T, E>([.. values, .. new T[beyond]], 0, 1, FullyMaskedRows.Propagate);
                T[] y = new T[cols];
                foreach (var target in Targets.All)
                    foreach (var algorithm in Samples.Algorithms)
                    {
                        string what = $"{target}, {algorithm}, {used} of {cols} columns, causal: {causal}";
                        var options = Samples.On(target) with { Algorithm = algorithm };
                        E.Softmax(row, y, 1, cols, mask.Mask, options);
                        Check.Probabilities<T, E>(expected, y, what);
                        E.LogSoftmax(row, y, 1, cols, mask.Mask, options);
                        Check.Logarithms<T, E>(expected, y, what);
                        Check.LogSumExps<T, E>(expected, E.LogSumExp(row, 1, cols, mask.Mask, options)[0], what);
                    }
            }
    }

    [Fact]
    public void Columns_left_out_are_not_read()
    {
        Unread<float, OfFloat>();
        Unread<double, OfDouble>();
        Unread<Half, OfHalf>();
        Unread<BFloat16, OfBFloat16>();
    }

    static void Broken<T, E>() where T : unmanaged where E : IElement<T>
    {
        const int rows = 6, cols = 40;
        foreach (double value in new[] { double.NaN, double.PositiveInfinity })
            foreach (var mask in new MaskCase[] { new() { Name = "lengths", Lengths = [30, 40, 10, 1, 39, 17] }, new() { Name = "causal", CausalOffset = 3 }, new() { Name = "keep", Keep = [.. Enumerable.Range(0, cols).Select(i => (byte)(i % 3))] } })
            {
                T[] x = Samples.Uniform<T, E>(3, rows * cols), y = new T[x.Length];
                // Column 1 counts in rows 0, 2 and 4 under every mask; column 3 in rows 1, 3 and 5 under some: not where it is beyond the length or not kept.
                for (int r = 0; r < rows; r++) x[r * cols + (r % 2 == 0 ? 1 : 3)] = E.Of(value);
                foreach (var target in Sweep.Targets)
                {
                    E.Softmax(x, y, rows, cols, mask.Mask, Samples.On(target));
                    for (int r = 0; r < rows; r++) Check.Probabilities<T, E>(mask.Row<T, E>(x.AsSpan(r * cols, cols), r, 1, default), y.AsSpan(r * cols, cols), $"{target}, {value}, {mask}, row {r}");
                    E.LogSoftmax(x, y, rows, cols, mask.Mask, Samples.On(target));
                    for (int r = 0; r < rows; r++) Check.Logarithms<T, E>(mask.Row<T, E>(x.AsSpan(r * cols, cols), r, 1, default), y.AsSpan(r * cols, cols), $"{target}, {value}, {mask}, row {r}");
                    double[] sums = E.LogSumExp(x, rows, cols, mask.Mask, Samples.On(target));
                    for (int r = 0; r < rows; r++) Check.LogSumExps<T, E>(mask.Row<T, E>(x.AsSpan(r * cols, cols), r, 1, default), sums[r], $"{target}, {value}, {mask}, row {r}");
                }
            }
    }

    [Fact]
    public void NaN_and_infinity_spoil_their_row_where_they_count_and_nothing_beyond_its_length()
    {
        Broken<float, OfFloat>();
        Broken<double, OfDouble>();
        Broken<Half, OfHalf>();
        Broken<BFloat16, OfBFloat16>();
    }

    [Fact]
    public void Masks_of_large_numbers_are_not_minus_infinity() => Sweep.Each(o =>
    {
        // Finite: as long as nothing larger is in the row, they are elements like others.
        foreach (float low in new[] { float.MinValue, -1e30f, -1e9f })
        {
            float[] x = new float[100], y = new float[100];
            Array.Fill(x, low);
            Kernels.Softmax.Compute(x, y, new() { Kernel = o, FullyMasked = FullyMaskedRows.Zero });
            Assert.All(y, v => Assert.Equal(0.01f, v, 2e-9f));
            x[37] = 0;
            Kernels.Softmax.Compute(x, y, new() { Kernel = o });
            for (int i = 0; i < y.Length; i++) Assert.Equal(i == 37 ? 1 : 0, y[i]);
        }
    });
}
