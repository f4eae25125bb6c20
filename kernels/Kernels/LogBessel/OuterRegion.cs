namespace Kernels;

// What the regions with formulas of their own leave: zeros, infinities, NaN, negative arguments, and the two corners where intermediate values would overflow:
// - v or x above 2^300: both are scaled by 2^-600, and the series in 1/r is nothing beside r;
// - v >= 14 and x below 2^-300: r = v to the last bit, s = 1, and the series is that of ln Γ (Stirling; DLMF 5.11.1), to 4e-14 beside v ln(2v/x) > 2900.
// ln((v + r)/x) is formed from the exponents and the quotient of the significands, for v < x as ln(1 + (v + (r - x))/x).
// Rare, so one vector in flight.
static class OuterRegion
{
    const double HalfLog2Pi = 0.91893853320467274, HalfLogHalfPi = 0.22579135264472743;
    const double Large = 2.037035976334486e+90, Down = 2.409919865102884e-181, Up = 4.149515568880993e+180;

    // r - v asinh(v/x), less x if scaled; ln(r)/2; the series. v >= 0, x > 0.
    static double Leading(double v, double x, bool scaled, out double halfLog, out double series)
    {
        bool large = v > Large || x > Large;
        double scale = KernelMath.Select(large, Down, 1.0), shift = KernelMath.Select(large, 600.0, 0.0);
        double a = v * scale, b = x * scale, r = KernelMath.Sqrt(KernelMath.MulAdd(a, a, b * b)), w = scale / r, gap = a * (a / (r + b));
        double asinh = KernelMath.Select(a < b, KernelMath.Log1p((a + gap) / b), Logarithms.LogQuotient(a + r, x, shift));
        halfLog = 0.5 * Logarithms.LogQuotient(r, 1.0, shift);
        double q = w * w;
        series = w * KernelMath.MulAdd(KernelMath.MulAdd(KernelMath.MulAdd(0.00059523809523809524, q, -0.00079365079365079365), q, 0.0027777777777777778), q, -0.083333333333333333);
        return KernelMath.MulAdd(-a, asinh, scaled ? gap : r) * KernelMath.Select(large, Up, 1.0);
    }

    /// <summary>log I, less x if scaled, wherever no formula of its own applies.</summary>
    [Schedule(Vectors = 1)]
    public static double LogI(double v, double x, bool scaled)
    {
        double a = KernelMath.Abs(v);
        double log = Leading(a, x, scaled, out double halfLog, out double series) + (series - (halfLog + HalfLog2Pi));
        bool integer = KernelMath.Floor(v) == v && a < double.PositiveInfinity;
        double atZero = KernelMath.Select(v == 0, 0.0, KernelMath.Select(v > 0 || integer, double.NegativeInfinity, double.PositiveInfinity));
        double atInfinity = KernelMath.Select(a < double.PositiveInfinity, scaled ? double.NegativeInfinity : double.PositiveInfinity, double.NaN);
        double result = KernelMath.Select(x < double.PositiveInfinity, KernelMath.Select(a < double.PositiveInfinity, log, double.NegativeInfinity), atInfinity);
        result = KernelMath.Select(v >= 0 || integer, result, double.NaN);
        result = KernelMath.Select(x == 0 && v > double.NegativeInfinity, atZero, result);
        return KernelMath.Select(x >= 0 && a >= 0, result, double.NaN);
    }

    /// <summary>log K, plus x if scaled, wherever no formula of its own applies.</summary>
    [Schedule(Vectors = 1)]
    public static double LogK(double v, double x, bool scaled)
    {
        double a = KernelMath.Abs(v), leading = Leading(a, x, scaled, out double halfLog, out double series);
        double log = (HalfLogHalfPi - halfLog - series) - leading;
        double result = KernelMath.Select(x < double.PositiveInfinity, KernelMath.Select(a < double.PositiveInfinity, log, double.PositiveInfinity),
            KernelMath.Select(a < double.PositiveInfinity, double.NegativeInfinity, double.NaN));
        result = KernelMath.Select(x == 0, double.PositiveInfinity, result);
        return KernelMath.Select(x >= 0 && a >= 0, result, double.NaN);
    }
}
