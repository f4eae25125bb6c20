namespace Kernels;

// As OuterRegion, with the derivatives: r/x and asinh(v/x) are all of them but for ψ(v) - ln v, which is nothing for r above 2^300 and for x below 2^-300, v >= 14, where r = v, its series (DLMF 5.11.2) to 1e-13
// beside asinh(v/x) > 200.
static class OuterDerivatives
{
    const double Large = 2.037035976334486e+90, Down = 2.409919865102884e-181;

    // r/x, asinh(v/x), v/(2r²), and the other terms of the series, which have different signs for I and K.
    static double Leading(double v, double x, out double asinh, out double half, out double rest)
    {
        bool large = v > Large || x > Large;
        double scale = KernelMath.Select(large, Down, 1.0), shift = KernelMath.Select(large, 600.0, 0.0);
        double a = v * scale, b = x * scale, r = KernelMath.Sqrt(KernelMath.MulAdd(a, a, b * b)), w = 1.0 / r, gap = a * (a / (r + b));
        asinh = KernelMath.Select(v < 1e-8 * x, v / x, KernelMath.Select(a < b, KernelMath.Log1p((a + gap) / b), Logarithms.LogQuotient(a + r, x, shift)));
        double t = a * w * (w * scale), q = t * t;
        half = 0.5 * t;
        rest = q * KernelMath.MulAdd(KernelMath.MulAdd(KernelMath.MulAdd(-0.004166666666666667, q, 0.003968253968253968), q, -0.008333333333333333), q, 0.08333333333333333);
        // Scaled x may have underflowed.
        return KernelMath.Select(a > 1e20 * b, v / x, r / b);
    }

    /// <summary>log I and its derivatives, wherever no formula of its own applies.</summary>
    [Schedule(Vectors = 1)]
    public static (double Value, double Dx, double Dv) I(double v, double x)
    {
        double dx = Leading(v, x, out double asinh, out double half, out double rest), dv = rest - half - asinh;
        bool end = v == double.PositiveInfinity, far = x == double.PositiveInfinity;
        dx = KernelMath.Select(x == 0 && v == 0, 0.0, KernelMath.Select(x == 0 || end, double.PositiveInfinity, KernelMath.Select(far, 1.0, dx)));
        dv = KernelMath.Select(x == 0 || end, double.NegativeInfinity, KernelMath.Select(far, 0.0, dv));
        bool defined = v >= 0 && x >= 0 && !(end && far);
        return (KernelMath.Select(defined, OuterRegion.LogI(v, x, false), double.NaN), KernelMath.Select(defined, dx, double.NaN), KernelMath.Select(defined, dv, double.NaN));
    }

    /// <summary>log K and its derivatives, wherever no formula of its own applies. v >= 0 or NaN.</summary>
    [Schedule(Vectors = 1)]
    public static (double Value, double Dx, double Dv) K(double v, double x)
    {
        double dx = -Leading(v, x, out double asinh, out double half, out double rest), dv = asinh - half - rest;
        bool end = v == double.PositiveInfinity, far = x == double.PositiveInfinity;
        dx = KernelMath.Select(x == 0 || end, double.NegativeInfinity, KernelMath.Select(far, -1.0, dx));
        dv = KernelMath.Select(v == 0, 0.0, KernelMath.Select(x == 0 || end, double.PositiveInfinity, KernelMath.Select(far, 0.0, dv)));
        bool defined = v >= 0 && x >= 0 && !(end && far);
        return (OuterRegion.LogK(v, x, false), KernelMath.Select(defined, dx, double.NaN), KernelMath.Select(defined, dv, double.NaN));
    }
}
