namespace Kernels;

static partial class SoftmaxRows
{
    // Rows up to here are bound by the latency of their reductions, not by arithmetic.
    internal const int ShortColumns = 512, ShortRows = 4;

    /// <summary>
    /// As Reload, four rows a block, each step for all of them before the next step: while one row's reduction waits, the others' work goes on. A row gives the same
    /// bits with others or alone.
    /// </summary>
    [Kernel, Schedule(Vectors = 2)]
    internal static void Short([Block] int block, int rows, RowShape shape, [Trusted] ReadOnlySpan<float> x, [Trusted, InPlace(nameof(x))] Span<float> y,
        ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias)
    {
        int first = ShortRows * block, columns = shape.Columns, done = 0;
        if (rows - first >= ShortRows)
        {
            ReadOnlySpan<float> xa = x.Slice(first * shape.XStride, columns), xb = x.Slice((first + 1) * shape.XStride, columns);
            ReadOnlySpan<float> xc = x.Slice((first + 2) * shape.XStride, columns), xd = x.Slice((first + 3) * shape.XStride, columns);
            float topA = LargestOf(xa, keep, bias), topB = LargestOf(xb, keep, bias), topC = LargestOf(xc, keep, bias), topD = LargestOf(xd, keep, bias);
            if (SingleExponential.Near(topA) & SingleExponential.Near(topB) & SingleExponential.Near(topC) & SingleExponential.Near(topD))
            {
                Span<float> ya = y.Slice(first * shape.YStride, columns), yb = y.Slice((first + 1) * shape.YStride, columns);
                Span<float> yc = y.Slice((first + 2) * shape.YStride, columns), yd = y.Slice((first + 3) * shape.YStride, columns);
                double a = StorePowersOf(xa, ya, keep, bias, 0f, topA), b = StorePowersOf(xb, yb, keep, bias, 0f, topB);
                double c = StorePowersOf(xc, yc, keep, bias, 0f, topC), d = StorePowersOf(xd, yd, keep, bias, 0f, topD);
                Divide(ya, a);
                Divide(yb, b);
                Divide(yc, c);
                Divide(yd, d);
                done = ShortRows;
            }
        }
        for (int row = first + done; row < Math.Min(first + ShortRows, rows); row++)
        {
            ReadOnlySpan<float> source = x.Slice(row * shape.XStride, columns);
            Span<float> target = y.Slice(row * shape.YStride, columns);
            float top = LargestOf(source, keep, bias);
            if (top == float.NegativeInfinity)
            {
                float nothing = Nothing(shape, HasNaN<float, float, PlainSingle>(source, 1f, keep, bias, columns), 0f);
                foreach (int i in Lanes.Over(target)) target[i] = nothing;
            }
            else
            {
                // Far rows relative to their maximum: see Reload.
                float shift = SingleExponential.Near(top) ? 0 : top;
                Divide(target, StorePowersOf(source, target, keep, bias, shift, top - shift));
            }
        }
    }

    static float LargestOf(ReadOnlySpan<float> x, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias) => Largest<float, float, SingleExponential, PlainSingle>(x, 1f, keep, bias, 0, x.Length);

    static double StorePowersOf(ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, float shift, float top) =>
        StorePowers<float, SingleExponential, PlainSingle>(x, y, 1f, keep, bias, x.Length, shift, top);

    static void Divide(Span<float> y, double total)
    {
        Reciprocal<float, SingleExponential>(total, out float m, out float r);
        foreach (int i in Lanes.Over(y)) y[i] = KernelMath.Fma(y[i], m, y[i] * r);
    }
}
