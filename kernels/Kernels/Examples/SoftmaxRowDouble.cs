namespace Kernels.Examples;

// The double form of SoftmaxRow.Row: the same passes, with the running total compensated as well, as there is no wider type for it.
public static partial class SoftmaxRow
{
    /// <summary>As <see cref="Row"/>, in double: at most 4 ULP of the true value, and one more step of 2^-1074 where that is subnormal.</summary>
    [Kernel]
    public static void RowDouble([Block] int row, int cols, ReadOnlySpan<double> x, [InPlace(nameof(x))] Span<double> y)
    {
        ReadOnlySpan<double> source = x.Slice(row * cols, cols);
        Span<double> target = y.Slice(row * cols, cols);
        if (cols == 1) target[0] = source[0] - source[0] + 1;
        else
        {
            var total = PartialDouble.Zero;
            var reference = ReferenceDouble.At(double.MinValue);
            bool raise = true;
            int at = 0, seen = Math.Min(cols, Look);
            while (at < cols)
            {
                if (raise)
                {
                    double top = double.NegativeInfinity;
                    foreach (int i in Lanes.Range(at, seen)) top = KernelMath.MaxOrSecond(source[i], top);
                    var raised = ReferenceDouble.At(Lanes.Max(top));
                    total = total.Times(Exponential.Ratio(reference.Bias, reference.Exponent, raised.Bias, raised.Exponent));
                    reference = raised;
                    raise = false;
                }
                var sum = PartialDouble.Zero;
                int stop = cols;
                foreach (LaneRange chunk in Lanes.Chunks(at, cols))
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
                    foreach (int i in chunk) sum = sum.Plus(reference.Power(source[i], reference.Low, reference.Exponent, 1));
                }
                total = PartialDouble.Combine(total, Lanes.Reduce(sum, PartialDouble.Combine));
                at = stop;
            }

            double value = total.Sum - total.Excess;
            long bits = BitConverter.DoubleToInt64Bits(value);
            double exponent = reference.Exponent + (double)(int)((bits >> 52) - 1023);
            double fraction = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
            double m = value > 0 ? 1 / fraction : double.NaN, low = exponent * (Exponential.Ln2High + Exponential.Ln2Low) - 760;
            foreach (int i in Lanes.Range(0, cols)) target[i] = KernelMath.MinOrSecond(1, reference.Power(source[i], low, exponent, m));
        }
    }

    readonly struct ReferenceDouble
    {
        public readonly double Bias, Exponent, Low, High;

        ReferenceDouble(double bias, double exponent, double low, double high)
        {
            Bias = bias;
            Exponent = exponent;
            Low = low;
            High = high;
        }

        // e^600 times 2^31 elements stays below the largest double; e^-760 rounds to 0.
        public static ReferenceDouble At(double top)
        {
            double c = KernelMath.MaxOrSecond(top, double.MinValue);
            bool far = KernelMath.Abs(c) > 1e5;
            double offset = far ? 0 : c;
            return new(far ? c : 0, KernelMath.Round(offset * Exponential.Log2E), offset - 760, offset + 600);
        }

        public double Power(double x, double low, double exponent, double m)
        {
            double z = KernelMath.MaxOrSecond(low, x - Bias);
            double n = KernelMath.Round(z * Exponential.Log2E);
            double t = KernelMath.Fma(n, -Exponential.Ln2Low, KernelMath.Fma(n, -Exponential.Ln2High, z));
            return KernelMath.Scale(Exponential.Polynomial(t, m), n - exponent);
        }
    }

    readonly struct PartialDouble(double sum, double excess)
    {
        public readonly double Sum = sum, Excess = excess;

        public static PartialDouble Zero => new(0, 0);

        public PartialDouble Times(double factor) => new(Sum * factor, Excess * factor);

        public PartialDouble Plus(double term)
        {
            double y = term - Excess, s = Sum + y;
            return new(s, s - Sum - y);
        }

        [Reduction(Identity = nameof(Zero))]
        public static PartialDouble Combine(PartialDouble a, PartialDouble b)
        {
            double s = a.Sum + b.Sum, part = s - a.Sum;
            double error = a.Sum - (s - part) + (b.Sum - part);
            return new(s, a.Excess + b.Excess - error);
        }
    }
}
