namespace Kernels.Examples;

/// <summary>
/// e^(x_i) / Σ e^(x_j) by rows in two passes. The maximum is never subtracted: that would round x_i. Instead e^x = p * 2^n with p near 1, and
/// the sum is kept relative to 2^E, where E comes from the first elements and is raised only when an element exceeds it by far.
/// </summary>
public static partial class SoftmaxRow
{
    // Elements looked at for a new reference, and elements summed in float before the sum goes on in double.
    const int Look = 256, Piece = 65536;

    /// <summary>y[row, i] = e^(x[row, i]) / Σ_j e^(x[row, j]), row-major.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cols">Its length.</param>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many; the same memory as x, or memory that does not overlap it.</param>
    /// <remarks>
    /// At most 4 ULP of the true value, and one more step of 2^-149 where that is subnormal; never above 1; exactly 1 for cols = 1.
    /// -infinity gives +0. A row that holds NaN or +infinity, or nothing but -infinity, gives NaN throughout.
    /// </remarks>
    [Kernel]
    public static void Row([Block] int row, int cols, ReadOnlySpan<float> x, [InPlace(nameof(x))] Span<float> y)
    {
        ReadOnlySpan<float> source = x.Slice(row * cols, cols);
        Span<float> target = y.Slice(row * cols, cols);
        if (cols == 1) target[0] = source[0] - source[0] + 1;
        else
        {
            double total = 0;
            var reference = Reference.At(float.MinValue);
            bool raise = true;
            int at = 0, seen = Math.Min(cols, Look);
            while (at < cols)
            {
                if (raise)
                {
                    float top = float.NegativeInfinity;
                    foreach (int i in Lanes.Range(at, seen)) top = KernelMath.MaxOrSecond(source[i], top);
                    var raised = Reference.At(Lanes.Max(top));
                    total *= Exponential.Ratio((double)reference.Bias, (double)reference.Exponent, (double)raised.Bias, (double)raised.Exponent);
                    reference = raised;
                    raise = false;
                }
                var sum = new Partial(0, 0);
                int stop = Math.Min(cols, at + Piece);
                foreach (LaneRange chunk in Lanes.Chunks(at, stop))
                {
                    bool above = false;
                    foreach (int i in chunk) above |= source[i] - reference.Bias > reference.High;
                    if (Lanes.Any(above))
                    {
                        raise = true;
                        stop = chunk.Begin;
                        seen = Math.Max(chunk.End, Math.Min(cols, chunk.Begin + Look));
                        break;
                    }
                    foreach (int i in chunk) sum = sum.Plus(reference.Power(source[i], reference.Low, reference.Exponent, Polynomial.One));
                }
                var piece = Lanes.Reduce(sum, Partial.Combine);
                total += (double)piece.Sum - (double)piece.Excess;
                at = stop;
            }

            // 1/total = m * 2^-k, m in (1/2, 1]; m goes into the coefficients, where it costs nothing. No elements, or NaN: m is NaN.
            long bits = BitConverter.DoubleToInt64Bits(total);
            float exponent = reference.Exponent + (float)(int)((bits >> 52) - 1023);
            double fraction = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
            var scaled = Polynomial.One.Times(total > 0 ? (float)(1 / fraction) : float.NaN);
            float low = exponent * Polynomial.Ln2 - 110;
            foreach (int i in Lanes.Range(0, cols)) target[i] = KernelMath.MinOrSecond(1, reference.Power(source[i], low, exponent, scaled));
        }
    }

    /// <summary>What sums are relative to: e^Bias * 2^Exponent. Bias is 0 unless x is so large that n*ln 2 would lose its last bits.</summary>
    readonly struct Reference
    {
        public readonly float Bias, Exponent, Low, High;

        Reference(float bias, float exponent, float low, float high)
        {
            Bias = bias;
            Exponent = exponent;
            Low = low;
            High = high;
        }

        // e^60 times 2^31 elements stays below the largest float; e^-105 rounds to 0.
        public static Reference At(float top)
        {
            float c = KernelMath.MaxOrSecond(top, float.MinValue);
            bool far = KernelMath.Abs(c) > 1e5f;
            float offset = far ? 0 : c;
            return new(far ? c : 0, KernelMath.Round(offset * Polynomial.Log2E), offset - 105, offset + 60);
        }

        // e^(x - Bias) * 2^-exponent with the given multiple of the polynomial; what is below low counts as low. NaN stays NaN.
        public float Power(float x, float low, float exponent, Polynomial p)
        {
            float z = KernelMath.MaxOrSecond(low, x - Bias);
            float n = KernelMath.Round(z * Polynomial.Log2E);
            return KernelMath.Scale(p.At(KernelMath.Fma(n, -Polynomial.Ln2Low, KernelMath.Fma(n, -Polynomial.Ln2High, z))), n - exponent);
        }
    }

    /// <summary>A multiple of e^t for |t| ≤ 0.35: minimax with c0 = c1 = 1, relative error 1.4e-8, by a Remez exchange with the coefficients rounded one after the other.</summary>
    readonly struct Polynomial
    {
        public const float Log2E = 1.44269502f, Ln2 = 0.693147182f;
        // ln 2 = Ln2High + Ln2Low to 52 bits; Ln2High has 21, so that n*Ln2High - z is exact under one rounding.
        public const float Ln2High = 0.693147182f, Ln2Low = -1.90465421e-9f;

        readonly float c0, c1, c2, c3, c4, c5, c6;

        Polynomial(float c0, float c1, float c2, float c3, float c4, float c5, float c6)
        {
            this.c0 = c0;
            this.c1 = c1;
            this.c2 = c2;
            this.c3 = c3;
            this.c4 = c4;
            this.c5 = c5;
            this.c6 = c6;
        }

        public static Polynomial One => new(1, 1, 0.499998719f, 0.16666539f, 0.0417004004f, 0.00836713333f, 0.00119437557f);

        public Polynomial Times(float m) => new(c0 * m, c1 * m, c2 * m, c3 * m, c4 * m, c5 * m, c6 * m);

        public float At(float t)
        {
            float p = KernelMath.MulAdd(c6, t, c5);
            p = KernelMath.MulAdd(p, t, c4);
            p = KernelMath.MulAdd(p, t, c3);
            p = KernelMath.MulAdd(p, t, c2);
            p = KernelMath.MulAdd(p, t, c1);
            return KernelMath.MulAdd(p, t, c0);
        }
    }

    /// <summary>A compensated sum (Kahan): the value is Sum - Excess, off by 2u of the sum however many terms it has.</summary>
    readonly struct Partial(float sum, float excess)
    {
        public readonly float Sum = sum, Excess = excess;

        public static Partial Zero => new(0, 0);

        public Partial Plus(float term)
        {
            float y = term - Excess, s = Sum + y;
            return new(s, s - Sum - y);
        }

        /// <summary>Both sums, with the exact error of adding them (Knuth's TwoSum).</summary>
        [Reduction(Identity = nameof(Zero))]
        public static Partial Combine(Partial a, Partial b)
        {
            float s = a.Sum + b.Sum, part = s - a.Sum;
            float error = a.Sum - (s - part) + (b.Sum - part);
            return new(s, a.Excess + b.Excess - error);
        }
    }
}
