namespace Kernels;

// K_(v+1)/K_v = (r + v)/x + x w² (1/2 + Σ (-w)^k G_k(s)) outside the ellipse, for v >= -1/2: the counterpart of IRatio. The second part is less than (1 - s) w of the first; errors as there.
// Inside, SmallK and MiddleK have both orders at hand.
static class KRatio
{
    /// <summary>K_(v+1)/K_v for r >= 160, 60, 30, and the rest outside the ellipse.</summary>
    public static double R160(double v, double x) { double r = IRatio.Radius(v, x, out double w, out double s); return Sum(v, x, r, w, RatioCoefficients.K160(w, s)); }
    /// <inheritdoc cref="R160"/>
    public static double R60(double v, double x) { double r = IRatio.Radius(v, x, out double w, out double s); return Sum(v, x, r, w, RatioCoefficients.K60(w, s)); }
    /// <inheritdoc cref="R160"/>
    public static double R30(double v, double x) { double r = IRatio.Radius(v, x, out double w, out double s); return Sum(v, x, r, w, DebyeExpansion.ToEighth(RatioCoefficients.K30, w, s)); }
    /// <inheritdoc cref="R160"/>
    public static double R20(double v, double x)
    {
        double r = IRatio.Radius(v, x, out double w, out double s);
        return Sum(v, x, r, w, DebyeExpansion.ToTenth(RatioCoefficients.K20Low, RatioCoefficients.K20High(w, s), w, s));
    }

    static double Sum(double v, double x, double r, double w, double sum) => (r + v) / x + x * w * (w * (0.5 + sum));

    /// <summary>Wherever no formula of its own applies: r above 2^300 or x below 2^-300, where the first part is all; zeros, infinities, NaN. v &gt;= -1/2.</summary>
    [Schedule(Vectors = 1)]
    public static double Outer(double v, double x)
    {
        double most = KernelMath.MaxOrSecond(v, x), a = v / most, b = x / most, result = (KernelMath.Sqrt(KernelMath.MulAdd(a, a, b * b)) + a) * (most / x);
        // K_1/2 = K_-1/2.
        result = KernelMath.Select(x == 0, KernelMath.Select(v == -0.5, 1.0, double.PositiveInfinity), result);
        result = KernelMath.Select(v == double.PositiveInfinity, double.PositiveInfinity, KernelMath.Select(x == double.PositiveInfinity, 1.0, result));
        bool defined = !double.IsNaN(v) && x >= 0 && (v < double.PositiveInfinity || x < double.PositiveInfinity);
        return KernelMath.Select(defined, result, double.NaN);
    }
}
