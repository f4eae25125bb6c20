using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Rows in parts, as several machines would have them: computed, merged in any order, and written.</summary>
public class PartialTests
{
    static void Close<T, E>(Row row, SoftmaxPartial partial, string what) where T : unmanaged where E : IElement<T>
    {
        // The reference times ln 2 and the logarithm are doubles; the sum errs as its terms do, and by a rounding for each merge.
        double slack = (Check.SumUnits + 3) * Check.Unit<T, E>() + 2 * Check.Step<double, OfDouble>(row.Max) + 2 * Check.Step<double, OfDouble>(row.LogSumExp.High) + 2 * Check.Step<double, OfDouble>(row.LogSum.High);
        Check.Near<double, OfDouble>(row.LogSumExp, partial.LogSumExp, slack, () => what);
    }

    delegate SoftmaxPartial Compute<T>(ReadOnlySpan<T> x, SoftmaxOptions options);
    delegate void Write<T>(SoftmaxPartial partial, ReadOnlySpan<T> x, Span<T> y, SoftmaxOptions options);

    static void Splits<T, E>(Compute<T> compute, Write<T> write) where T : unmanaged where E : IElement<T>
    {
        var random = new Random(1);
        foreach (var (low, high) in new[] { (-10.0, 10.0), (-80, 80), (-1000, 1000), (99_990, 100_020), (-1e30, 1e30) })
            for (int trial = 0; trial < 12; trial++)
            {
                int n = random.Next(1, 2000);
                double scale = trial % 3 == 0 ? 0.5 : 1;
                T[] x = Samples.Uniform<T, E>(trial, n, low, high), y = new T[n];
                if (trial % 4 == 1) x.AsSpan(0, n / 2).Fill(E.Of(double.NegativeInfinity));
                var row = Samples.Row<T, E>(x, scale);
                int[] cuts = [0, .. Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(n)).Append(n).Distinct().Order().Where(c => c > 0)];
                int[] order = Data.Permutation(trial, cuts.Length - 1);
                foreach (var target in Sweep.Targets)
                {
                    string what = FormattableString.Invariant($"{target}, [{low}, {high}], {n} in {order.Length} parts, scale {scale}");
                    var options = Samples.On(target) with { Scale = scale };
                    Close<T, E>(row, compute(x, options), what + ", whole");
                    var parts = Array.ConvertAll(order, k => compute(x.AsSpan(cuts[k], cuts[k + 1] - cuts[k]), options));
                    // One after the other, and as a tree.
                    var chain = parts.Aggregate(SoftmaxPartial.Empty, SoftmaxPartial.Merge);
                    Close<T, E>(row, chain, what + ", chain");
                    List<SoftmaxPartial> tree = [.. parts];
                    while (tree.Count > 1) tree = [.. Enumerable.Range(0, (tree.Count + 1) / 2).Select(k => 2 * k + 1 < tree.Count ? SoftmaxPartial.Merge(tree[2 * k], tree[2 * k + 1]) : tree[2 * k])];
                    Close<T, E>(row, tree[0], what + ", tree");
                    for (int k = 0; k + 1 < cuts.Length; k++) write(chain, x.AsSpan(cuts[k]..cuts[k + 1]), y.AsSpan(cuts[k]..cuts[k + 1]), options);
                    Check.Probabilities<T, E>(row, y, what);
                    T[] both = [.. x];
                    write(chain, both, both, options);
                    // The same powers and the same factor wherever a part begins.
                    Same.Values<T>(y, both, what + ", in place");
                }
            }
    }

    [Fact]
    public void Parts_of_float_merge_in_any_order() =>
        Splits<float, OfFloat>((x, o) => SoftmaxPartial.Compute(x, o), (p, x, y, o) => p.Write(x, y, o));

    [Fact]
    public void Parts_of_double_merge_in_any_order() =>
        Splits<double, OfDouble>((x, o) => SoftmaxPartial.Compute(x, o), (p, x, y, o) => p.Write(x, y, o));

    [Fact]
    public void Empty_and_masked_parts_change_nothing_and_NaN_stays() => Sweep.Each(o =>
    {
        var options = new SoftmaxOptions { Kernel = o };
        float[] x = Data.Floats(1, 77), masked = [.. Enumerable.Repeat(float.NegativeInfinity, 20)];
        var part = SoftmaxPartial.Compute(x, options);
        var none = SoftmaxPartial.Compute(masked, options);
        Assert.Equal(double.NegativeInfinity, SoftmaxPartial.Empty.LogSumExp);
        Assert.Equal(double.NegativeInfinity, none.LogSumExp);
        Assert.Equal(double.NegativeInfinity, SoftmaxPartial.Merge(SoftmaxPartial.Empty, SoftmaxPartial.Empty).LogSumExp);
        Assert.Equal(double.NegativeInfinity, SoftmaxPartial.Merge(none, none).LogSumExp);
        foreach (var empty in new[] { SoftmaxPartial.Empty, none })
        {
            Assert.Equal(part.LogSumExp, SoftmaxPartial.Merge(part, empty).LogSumExp);
            Assert.Equal(part.LogSumExp, SoftmaxPartial.Merge(empty, part).LogSumExp);
        }
        var spoilt = SoftmaxPartial.Compute([1f, float.NaN], options);
        Assert.True(double.IsNaN(spoilt.LogSumExp));
        Assert.True(double.IsNaN(SoftmaxPartial.Merge(part, spoilt).LogSumExp));
        Assert.True(double.IsNaN(SoftmaxPartial.Merge(spoilt, part).LogSumExp));
        float[] y = new float[x.Length];
        SoftmaxPartial.Merge(part, spoilt).Write(x, y, options);
        Assert.All(y, v => Assert.True(float.IsNaN(v)));
        SoftmaxPartial.Merge(part, SoftmaxPartial.Compute([float.PositiveInfinity], options)).Write(x, y, options);
        Assert.All(y, v => Assert.True(float.IsNaN(v)));
    });
}
