namespace Kernels;

static partial class SoftmaxRows
{
    // Rows up to here are bound by the latency of their reductions, not by arithmetic.
    internal const int ShortColumns = 512;

    /// <summary>As Reload, two rows a block, step by step, so that one row's reductions wait while the other's compute. A row gives the same bits with another one or alone.</summary>
    [Kernel, Schedule(Vectors = 2)]
    internal static void Short([Block] int pair, int rows, RowShape shape, [Trusted] ReadOnlySpan<float> x, [Trusted, InPlace(nameof(x))] Span<float> y,
        ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias)
    {
        int first = 2 * pair, second = Math.Min(first + 1, rows - 1), columns = shape.Columns;
        ReadOnlySpan<float> xa = x.Slice(first * shape.XStride, columns), xb = x.Slice(second * shape.XStride, columns);
        Span<float> ya = y.Slice(first * shape.YStride, columns), yb = y.Slice(second * shape.YStride, columns);
        float largestA = float.NegativeInfinity, largestB = float.NegativeInfinity;
        foreach (int i in Lanes.Range(0, columns))
        {
            largestA = KernelMath.MaxOrSecond(xa[i], largestA);
            largestB = KernelMath.MaxOrSecond(xb[i], largestB);
        }
        float topA = Lanes.Max(largestA), topB = Lanes.Max(largestB);
        // Far rows relative to their maximum: see Reload. A row of nothing but -infinity is set right at the end.
        float shiftA = SingleExponential.Near(topA) || topA == float.NegativeInfinity ? 0 : topA, shiftB = SingleExponential.Near(topB) || topB == float.NegativeInfinity ? 0 : topB;
        float nearA = topA == float.NegativeInfinity ? 0 : topA - shiftA, nearB = topB == float.NegativeInfinity ? 0 : topB - shiftB;
        if (second == first)
        {
            Reciprocal<float, SingleExponential>(StorePowers<float, SingleExponential, PlainSingle>(xa, ya, 1f, keep, bias, columns, shiftA, nearA), out float m, out float r);
            ScaleRow(ya, shape, topA, m, r);
        }
        else
        {
            float leastA = SingleExponential.Least(nearA), referenceA = SingleExponential.Reference(nearA), leastB = SingleExponential.Least(nearB), referenceB = SingleExponential.Reference(nearB);
            float sumA = 0, sumB = 0, someA = 0, someB = 0;
            double totalA = 0, totalB = 0;
            int trips = 0;
            // Step by step as StorePowers, so that the bits are the same.
            foreach (LaneRange chunk in Lanes.Chunks(0, columns))
            {
                foreach (int i in chunk)
                {
                    float a = xa[i], b = xb[i];
                    float p = SingleExponential.Power(a - shiftA, leastA, referenceA), q = SingleExponential.Power(b - shiftB, leastB, referenceB);
                    ya[i] = p;
                    yb[i] = q;
                    sumA += p;
                    sumB += q;
                }
                if (++trips % Few == 0)
                {
                    foreach (int i in chunk)
                    {
                        someA += sumA;
                        someB += sumB;
                        sumA = 0;
                        sumB = 0;
                    }
                }
                if (trips == Many)
                {
                    foreach (int i in chunk)
                    {
                        totalA += (double)someA;
                        totalB += (double)someB;
                        someA = 0;
                        someB = 0;
                    }
                    trips = 0;
                }
            }
            // Of all lanes: the first piece has those that there are.
            foreach (LaneRange chunk in Lanes.Chunks(0, columns))
            {
                foreach (int i in chunk)
                {
                    totalA += (double)someA + (double)sumA;
                    totalB += (double)someB + (double)sumB;
                }
                break;
            }
            Reciprocal<float, SingleExponential>(Lanes.Sum(totalA), out float mA, out float rA);
            Reciprocal<float, SingleExponential>(Lanes.Sum(totalB), out float mB, out float rB);
            ScaleRow(ya, shape, topA, mA, rA);
            ScaleRow(yb, shape, topB, mB, rB);
        }
    }

    // y (m + r); where nothing but -infinity was in the row, what the policy says. Powers of NaN are NaN.
    static void ScaleRow(Span<float> y, RowShape shape, float top, float m, float r)
    {
        if (top == float.NegativeInfinity)
        {
            bool found = false;
            foreach (int i in Lanes.Range(0, shape.Columns)) found |= float.IsNaN(y[i]);
            float nothing = Nothing(shape, Lanes.Any(found), 0f);
            foreach (int i in Lanes.Range(0, shape.Columns)) y[i] = nothing;
        }
        else
        {
            foreach (int i in Lanes.Range(0, shape.Columns)) y[i] = KernelMath.Fma(y[i], m, y[i] * r);
        }
    }
}
