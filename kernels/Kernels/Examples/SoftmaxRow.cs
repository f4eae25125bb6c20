namespace Kernels.Examples;

/// <summary>
/// e^(x_i) / Σ e^(x_j) by rows in two passes. The maximum is never subtracted: that would round x_i. Instead e^x = p * 2^n with p near 1, and
/// the sum is kept relative to 2^E, where E comes from the first elements and is raised only when an element exceeds it by far.
/// </summary>
public static partial class SoftmaxRow
{
    // Elements looked at for a new reference. Trips of a lane's sum before it goes into the total: all terms may err to one side,
    // 4 equal ones by half an ULP of their sum, 16 by 1.5, 64 by 6.
    const int Look = 256, Trips = 4;

    /// <summary>y[row, i] = e^(x[row, i]) / Σ_j e^(x[row, j]), row-major.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cols">Its length.</param>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many; the same memory as x, or memory that does not overlap it.</param>
    /// <remarks>
    /// At most 4.5 ULP of the true value, and one more step of 2^-149 where that is subnormal; never above 1; exactly 1 where all others vanish.
    /// -infinity gives +0. A row that holds NaN or +infinity, or nothing but -infinity, gives NaN throughout.
    /// </remarks>
    [Kernel]
    public static void Row([Block] int row, int cols, ReadOnlySpan<float> x, [InPlace(nameof(x))] Span<float> y)
    {
        ReadOnlySpan<float> source = x.Slice(row * cols, cols);
        Span<float> target = y.Slice(row * cols, cols);
        float top = Top(source, 0, Math.Min(cols, Look));
        if (!Single.Near(top)) top = Top(source, 0, cols);
        double total = 0;
        float exponent = Single.Exponent(top);
        int at = 0;
        while (at < cols && Single.Near(top))
        {
            float sum = 0, low = top - 87, high = top + 60;
            int trips = 0, stop = cols, seen = cols;
            foreach (LaneRange chunk in Lanes.Chunks(at, cols))
            {
                bool above = false;
                foreach (int i in chunk) above |= source[i] > high;
                if (Lanes.Any(above))
                {
                    stop = chunk.Begin;
                    seen = Math.Max(chunk.End, Math.Min(cols, chunk.Begin + Look));
                    break;
                }
                foreach (int i in chunk) sum += Single.Power(source[i], low, exponent);
                if (++trips == Trips)
                {
                    total += (double)Lanes.Sum(sum);
                    sum = 0;
                    trips = 0;
                }
            }
            total += (double)Lanes.Sum(sum);
            at = stop;
            if (at < cols)
            {
                top = Top(source, at, seen);
                float raised = Single.Exponent(top);
                total *= KernelMath.Scale(1.0, KernelMath.MaxOrSecond((double)(exponent - raised), -2000));
                exponent = raised;
            }
        }

        if (Single.Near(top))
        {
            // 1/total = (m + r) 2^-k, m in (1/2, 1]. With r, the largest result is 1 where all others vanish, and never above.
            long bits = BitConverter.DoubleToInt64Bits(total);
            exponent += (float)(int)((bits >> 52) - 1023);
            double fraction = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
            double inverse = total > 0 ? 1 / fraction : double.NaN;
            float m = (float)inverse, r = (float)(inverse - (double)m), low = exponent * Single.Ln2High - 110;
            foreach (int i in Lanes.Range(0, cols)) target[i] = Single.Power(source[i], low, exponent, m, r);
        }
        else
        {
            // So far out the spacing of x is above 2^-7: near the maximum the difference is exact, elsewhere the result is 0.
            top = Top(source, 0, cols);
            double sum = 0;
            foreach (int i in Lanes.Range(0, cols))
            {
                float power = Single.Power(source[i] - top, -105, 0, 1, 0);
                sum += (double)power;
                target[i] = power;
            }
            float scale = (float)(1 / Lanes.Sum(sum));
            foreach (int i in Lanes.Range(0, cols)) target[i] *= scale;
        }
    }

    // The largest of x[begin … end - 1]: -infinity if there is none; NaN does not count.
    static float Top(ReadOnlySpan<float> x, int begin, int end)
    {
        float top = float.NegativeInfinity;
        foreach (int i in Lanes.Range(begin, end)) top = KernelMath.MaxOrSecond(x[i], top);
        return Lanes.Max(top);
    }

    static class Single
    {
        const float Log2E = 1.44269502f;

        // ln 2 = Ln2High + Ln2Low to 52 bits; Ln2High has 21, so that z - n*Ln2High is exact under one rounding.
        public const float Ln2High = 0.693147182f, Ln2Low = -1.90465421e-9f;

        /// <summary>Whether n*ln 2 keeps all its bits for elements near this one.</summary>
        public static bool Near(float top) => KernelMath.Abs(top) <= 1e5f;

        /// <summary>What sums are relative to, as a power of 2. e^60 times 2^31 elements stays below the largest float; 2^31 times e^-87 adds nothing.</summary>
        public static float Exponent(float top) => KernelMath.Round(top * Log2E);

        /// <summary>e^x 2^-exponent, normal; what is below low counts as low. NaN stays NaN.</summary>
        public static float Power(float x, float low, float exponent)
        {
            float p = Split(x, low, out float n);
            return KernelMath.ScaleNormal(p, n - exponent);
        }

        /// <summary>e^x (m + r) 2^-exponent.</summary>
        public static float Power(float x, float low, float exponent, float m, float r)
        {
            float p = Split(x, low, out float n);
            return KernelMath.Scale(KernelMath.Fma(p, m, p * r), n - exponent);
        }

        // e^max(x, low) = p 2^n.
        static float Split(float x, float low, out float n)
        {
            float z = KernelMath.MaxOrSecond(low, x);
            n = KernelMath.Round(z * Log2E);
            return Exp(KernelMath.Fma(n, -Ln2Low, KernelMath.Fma(n, -Ln2High, z)));
        }

        // e^t for |t| ≤ 0.35: minimax with c0 = c1 = 1, relative error 1.4e-8, by a Remez exchange, the coefficients rounded one after the other.
        static float Exp(float t)
        {
            float p = KernelMath.MulAdd(0.00119437557f, t, 0.00836713333f);
            p = KernelMath.MulAdd(p, t, 0.0417004004f);
            p = KernelMath.MulAdd(p, t, 0.16666539f);
            p = KernelMath.MulAdd(p, t, 0.499998719f);
            p = KernelMath.MulAdd(p, t, 1);
            return KernelMath.Fma(p, t, 1);
        }
    }
}
