namespace Kernels.Examples;

// SoftmaxRow.Row in double: the same passes. There is no wider type for the total, so what its additions round off is summed apart.
public static partial class SoftmaxRow
{
    /// <summary>As <see cref="Row"/>, in double: at most 4.5 ULP of the true value, and one more step of 2^-1074 where that is subnormal.</summary>
    [Kernel]
    public static void RowDouble([Block] int row, int cols, ReadOnlySpan<double> x, [InPlace(nameof(x))] Span<double> y)
    {
        ReadOnlySpan<double> source = x.Slice(row * cols, cols);
        Span<double> target = y.Slice(row * cols, cols);
        double top = Top(source, 0, Math.Min(cols, Look));
        if (!Double.Near(top)) top = Top(source, 0, cols);
        double total = 0, lost = 0;
        double exponent = Double.Exponent(top);
        int at = 0;
        while (at < cols && Double.Near(top))
        {
            double sum = 0, low = top - 760, high = top + 600;
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
                foreach (int i in chunk) sum += Double.Power(source[i], low, exponent);
                if (++trips == Trips)
                {
                    lost += Add(ref total, Lanes.Sum(sum));
                    sum = 0;
                    trips = 0;
                }
            }
            lost += Add(ref total, Lanes.Sum(sum));
            at = stop;
            if (at < cols)
            {
                top = Top(source, at, seen);
                double raised = Double.Exponent(top);
                double ratio = KernelMath.Scale(1.0, KernelMath.MaxOrSecond(exponent - raised, -2000));
                total *= ratio;
                lost *= ratio;
                exponent = raised;
            }
        }

        if (Double.Near(top))
        {
            total += lost;
            // 1/total = (m + r) 2^-k, m in (1/2, 1]. With r, the largest result is 1 where all others vanish, and never above.
            long bits = BitConverter.DoubleToInt64Bits(total);
            exponent += (int)((bits >> 52) - 1023);
            double fraction = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
            double m = total > 0 ? 1 / fraction : double.NaN, r = m * KernelMath.Fma(-m, fraction, 1), low = exponent * Double.Ln2High - 760;
            foreach (int i in Lanes.Range(0, cols)) target[i] = Double.Power(source[i], low, exponent, m, r);
        }
        else
        {
            // So far out the spacing of x is above 2^-36: near the maximum the difference is exact, elsewhere the result is 0.
            top = Top(source, 0, cols);
            total = 0;
            lost = 0;
            double sum = 0;
            int trips = 0;
            foreach (LaneRange chunk in Lanes.Chunks(0, cols))
            {
                foreach (int i in chunk)
                {
                    double power = Double.Power(source[i] - top, -760, 0);
                    sum += power;
                    target[i] = power;
                }
                if (++trips == Trips)
                {
                    lost += Add(ref total, Lanes.Sum(sum));
                    sum = 0;
                    trips = 0;
                }
            }
            lost += Add(ref total, Lanes.Sum(sum));
            double scale = 1 / (total + lost);
            foreach (int i in Lanes.Range(0, cols)) target[i] *= scale;
        }
    }

    // total += value; what rounding took (Knuth's TwoSum).
    static double Add(ref double total, double value)
    {
        double s = total + value, part = s - total, lost = total - (s - part) + (value - part);
        total = s;
        return lost;
    }

    // The largest of x[begin … end - 1]: -infinity if there is none; NaN does not count.
    static double Top(ReadOnlySpan<double> x, int begin, int end)
    {
        double top = double.NegativeInfinity;
        foreach (int i in Lanes.Range(begin, end)) top = KernelMath.MaxOrSecond(x[i], top);
        return Lanes.Max(top);
    }

    static class Double
    {
        const double Log2E = 1.4426950408889634;

        // ln 2 = Ln2High + Ln2Low to 85 bits; Ln2High has 33, so that z - n*Ln2High is exact under one rounding.
        public const double Ln2High = 0.6931471806019545, Ln2Low = -4.2009150726810846e-11;

        /// <summary>Whether n*ln 2 keeps all its bits for elements near this one.</summary>
        public static bool Near(double top) => KernelMath.Abs(top) <= 1e5;

        /// <summary>What sums are relative to, as a power of 2. e^600 times 2^31 elements stays below the largest double; e^-760 rounds to 0.</summary>
        public static double Exponent(double top) => KernelMath.Round(top * Log2E);

        /// <summary>e^x 2^-exponent; what is below low counts as low. NaN stays NaN.</summary>
        public static double Power(double x, double low, double exponent)
        {
            double p = Split(x, low, out double n);
            return KernelMath.Scale(p, n - exponent);
        }

        /// <summary>e^x (m + r) 2^-exponent.</summary>
        public static double Power(double x, double low, double exponent, double m, double r)
        {
            double p = Split(x, low, out double n);
            return KernelMath.Scale(KernelMath.Fma(p, m, p * r), n - exponent);
        }

        // e^max(x, low) = p 2^n.
        static double Split(double x, double low, out double n)
        {
            double z = KernelMath.MaxOrSecond(low, x);
            n = KernelMath.Round(z * Log2E);
            return Exp(KernelMath.Fma(n, -Ln2Low, KernelMath.Fma(n, -Ln2High, z)));
        }

        // e^t for |t| ≤ 0.347: minimax with c0 = c1 = 1 and c2 = 1/2, relative error 5e-19 before rounding.
        static double Exp(double t)
        {
            double p = KernelMath.MulAdd(2.0936276064022675e-09, t, 2.5112585464414078e-08);
            p = KernelMath.MulAdd(p, t, 2.755745798499264e-07);
            p = KernelMath.MulAdd(p, t, 2.75572349000017e-06);
            p = KernelMath.MulAdd(p, t, 2.4801586741535988e-05);
            p = KernelMath.MulAdd(p, t, 0.00019841269894207986);
            p = KernelMath.MulAdd(p, t, 0.001388888888939425);
            p = KernelMath.MulAdd(p, t, 0.008333333333318932);
            p = KernelMath.MulAdd(p, t, 0.04166666666666532);
            p = KernelMath.MulAdd(p, t, 0.1666666666666668);
            p = KernelMath.MulAdd(p, t, 0.5);
            p = KernelMath.MulAdd(p, t, 1);
            return KernelMath.Fma(p, t, 1);
        }
    }
}
