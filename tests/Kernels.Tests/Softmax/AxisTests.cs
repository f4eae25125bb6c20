using Kernels.Testing;
using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Axis: softmax over the middle of three dimensions, against the definition and against rows of the transposed array.</summary>
public class AxisTests
{
    delegate void Call<T>(ReadOnlySpan<T> x, Span<T> y, int outer, int axis, int inner, SoftmaxOptions options);

    static readonly (int Outer, int Axis, int Inner)[] Shapes = [(1, 1, 1), (2, 3, 1), (1, 7, 5), (3, 16, 16), (2, 33, 17), (2, 5, 64), (1, 50, 65), (3, 300, 9), (1, 4, 1000), (1, 1000, 70), (2, 1, 33)];

    static void Agrees<T, E>(Call<T> call, bool logarithms) where T : unmanaged where E : IElement<T>
    {
        foreach (var (outer, axis, inner) in Shapes)
            foreach (double scale in new[] { 1, 0.5 })
            {
                T[] x = Samples.Uniform<T, E>(axis, outer * axis * inner, -30, 30), transposed = new T[x.Length];
                if (x.Length > 2) x[x.Length / 2] = E.Of(double.NegativeInfinity);
                if (inner > 3) x[3] = E.Of(double.NaN);
                if (inner > 4) for (int a = 0; a < axis; a++) x[a * inner + 4] = E.Of(a * 70);
                for (int i = 0; i < x.Length; i++) transposed[(i / (axis * inner) * inner + i % inner) * axis + i / inner % axis] = x[i];
                var expected = new Row[outer * inner];
                for (int r = 0; r < expected.Length; r++) expected[r] = Samples.Row<T, E>(transposed.AsSpan(r * axis, axis), scale);
                foreach (var target in Sweep.Targets)
                {
                    T[]? one = null;
                    foreach (int threads in new[] { 1, 2, 5 })
                    {
                        string what = FormattableString.Invariant($"{target}, {threads} threads, {outer} × {axis} × {inner}, scale {scale}");
                        var options = Samples.On(target, threads) with { Scale = scale };
                        T[] y = new T[x.Length], rows = new T[x.Length], back = new T[x.Length];
                        call(x, y, outer, axis, inner, options);
                        if (one is not null)
                        {
                            Same.Values<T>(one, y, what);
                            continue;
                        }
                        one = [.. y];
                        T[] inPlace = [.. x];
                        call(inPlace, inPlace, outer, axis, inner, options);
                        Same.Values<T>(y, inPlace, what + ", in place");
                        for (int i = 0; i < x.Length; i++) back[(i / (axis * inner) * inner + i % inner) * axis + i / inner % axis] = y[i];
                        if (logarithms) E.LogSoftmax(transposed, rows, outer * inner, axis, default, options);
                        else E.Softmax(transposed, rows, outer * inner, axis, default, options);
                        for (int r = 0; r < expected.Length; r++)
                        {
                            if (logarithms) Check.Logarithms<T, E>(expected[r], back.AsSpan(r * axis, axis), $"{what}, row {r}");
                            else Check.Probabilities<T, E>(expected[r], back.AsSpan(r * axis, axis), $"{what}, row {r}");
                        }
                        // The powers are the same, so that the sums and two roundings are left of each one's bound: half of it each; of logarithms, what the order gives the sum's logarithm, absolutely.
                        for (int i = 0; i < x.Length; i++)
                        {
                            double u = E.Value(back[i]), v = E.Value(rows[i]);
                            if (u.Equals(v)) continue;
                            double slack = Check.Ulps * Check.Step<T, E>(v) + (logarithms ? 2 * Check.SumUnits * Check.Unit<T, E>() : 0);
                            Assert.True(Math.Abs(u - v) <= slack, FormattableString.Invariant($"{what}, {i}: {u:R}, by rows {v:R}"));
                        }
                    }
                }
            }
    }

    [Fact] public void Softmax_of_float_equals_rows() => Agrees<float, OfFloat>(Kernels.Softmax.Axis, false);
    [Fact] public void Softmax_of_double_equals_rows() => Agrees<double, OfDouble>(Kernels.Softmax.Axis, false);
    [Fact] public void LogSoftmax_of_float_equals_rows() => Agrees<float, OfFloat>(Kernels.LogSoftmax.Axis, true);
    [Fact] public void LogSoftmax_of_double_equals_rows() => Agrees<double, OfDouble>(Kernels.LogSoftmax.Axis, true);

    [Fact]
    public void Nothing_outside_is_touched_and_fully_masked_lines_follow_the_policy()
    {
        using Field<float> fx = new(2000), fy = new(2000);
        foreach (var target in Targets.All)
            foreach (var place in Place.All)
                foreach (var (outer, axis, inner) in new[] { (1, 3, 1 + place.Shift), (2, 7, 17 + place.Shift), (3, 9, 64) })
                {
                    float[] x = Data.Floats(1, outer * axis * inner);
                    for (int a = 0; a < axis; a++) x[a * inner] = float.NegativeInfinity;
                    var y = fy.Poisoned(x.Length, place);
                    Kernels.Softmax.Axis(fx.Put(x, place), y, outer, axis, inner, Samples.On(target) with { FullyMasked = place.Shift % 2 == 0 ? FullyMaskedRows.Zero : FullyMaskedRows.Propagate });
                    fy.CheckAround(x.Length, place, $"{target}, {place}, {outer} × {axis} × {inner}");
                    for (int a = 0; a < axis; a++) Assert.Equal(place.Shift % 2 == 0 ? 0 : float.NaN, y[a * inner]);
                    if (inner > 1) Assert.InRange(y[1], 0, 1);
                }
    }
}
