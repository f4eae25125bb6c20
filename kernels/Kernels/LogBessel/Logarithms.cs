namespace Kernels;

/// <summary>Logarithms of arguments whose range is known: <see cref="KernelMath.Log(double)"/> without its special cases, and two for one division.</summary>
static class Logarithms
{
    const long SqrtHalfBits = 0x3FE6A09E667F3BCD, OneBits = 0x3FF0000000000000, FractionMask = 0x000FFFFFFFFFFFFF;
    const double Ln2High = 0.6931471805598903, Ln2Low = 5.497923018708371e-14;

    /// <summary>x = 2^n (1 + f), 1 + f in [√½, √2), f exact. x: positive, normal, finite.</summary>
    public static double Reduce(double x, out double n)
    {
        long bits = BitConverter.DoubleToInt64Bits(x) + (OneBits - SqrtHalfBits);
        n = BitConverter.Int64BitsToDouble((bits >>> 52) | 0x4330000000000000) - 4503599627371519.0;
        return BitConverter.Int64BitsToDouble((bits & FractionMask) + SqrtHalfBits) - 1.0;
    }

    /// <summary>n ln 2 + ln(1 + f), s = f/(2 + f): the arrangement of fdlibm's e_log.c, and the polynomial of <see cref="KernelMath.Log(double)"/>. Within 1 ULP.</summary>
    public static double Sum(double f, double s, double n)
    {
        double h = 0.5 * f * f, z = s * s;
        double r = 0.14796110331388546;
        r = KernelMath.MulAdd(r, z, 0.15314035381953117);
        r = KernelMath.MulAdd(r, z, 0.18183564882245182);
        r = KernelMath.MulAdd(r, z, 0.2222219856325413);
        r = KernelMath.MulAdd(r, z, 0.2857142874247595);
        r = KernelMath.MulAdd(r, z, 0.39999999999414326);
        r = KernelMath.MulAdd(r, z, 0.6666666666666734);
        return KernelMath.MulAdd(n, Ln2High, f - (h - KernelMath.MulAdd(s, KernelMath.MulAdd(r, z, h), n * Ln2Low)));
    }

    /// <summary>ln x. x: positive, normal, finite.</summary>
    public static double Log(double x)
    {
        double f = Reduce(x, out double n);
        return Sum(f, f / (2.0 + f), n);
    }

    /// <summary>ln x and ln y, both positive, normal and finite.</summary>
    public static double Log(double x, double y, out double logY)
    {
        double f = Reduce(x, out double n), g = Reduce(y, out double m);
        double a = 2.0 + f, b = 2.0 + g, inverse = 1.0 / (a * b);
        logY = Sum(g, g * (a * inverse), m);
        return Sum(f, f * (b * inverse), n);
    }

    /// <summary>ln x, x in (0, ∞), subnormal or not.</summary>
    public static double LogPositive(double x)
    {
        bool tiny = x < 2.2250738585072014e-308;
        double f = Reduce(KernelMath.Select(tiny, x * 18014398509481984.0, x), out double n);
        return Sum(f, f / (2.0 + f), n - KernelMath.Select(tiny, 54.0, 0.0));
    }

    /// <summary>ln(2^shift a/x), a/x possibly beyond the range of double. a: positive, normal, finite; x in (0, ∞). Within 2 u max(1, |result|).</summary>
    public static double LogQuotient(double a, double x, double shift)
    {
        bool tiny = x < 2.2250738585072014e-308;
        double f = Reduce(a, out double n), g = Reduce(KernelMath.Select(tiny, x * 18014398509481984.0, x), out double m);
        double q = Reduce((1.0 + f) / (1.0 + g), out double k);
        return Sum(q, q / (2.0 + q), k + (n - m + shift + KernelMath.Select(tiny, 54.0, 0.0)));
    }
}
