namespace Kernels;

// K for 1 <= x < 20 inside the ellipse: √(2x/π) e^x K_μ and -√(2x/π) e^x K'_μ, |μ| <= 1/2, are even in μ and smooth in 1/x, so polynomials in μ² and 1/x give
// both without a transcendental function; then K_(μ+1) = -K'_μ + (μ/x) K_μ, and K_(a+1) = K_(a-1) + (2a/x) K_a, stable upwards, to v < 14.2. The polynomials err
// by some 2 units of 2^-53, a step of the recurrence by 2 at first, less and less as its terms grow.
static class MiddleK
{
    /// <summary>log K, plus x if scaled, x in [1, 2), [2, 5), [5, 20).</summary>
    public static double LogK1(double v, double x, bool scaled) { double value = Start1(v, x, out double inverse, out double mu, out double slope); return Finish(v, x, scaled, mu, inverse, value, slope); }
    /// <inheritdoc cref="LogK1"/>
    public static double LogK2(double v, double x, bool scaled) { double value = Start2(v, x, out double inverse, out double mu, out double slope); return Finish(v, x, scaled, mu, inverse, value, slope); }
    /// <inheritdoc cref="LogK1"/>
    public static double LogK5(double v, double x, bool scaled) { double value = Start5(v, x, out double inverse, out double mu, out double slope); return Finish(v, x, scaled, mu, inverse, value, slope); }

    /// <summary>K_(v+1)/K_v for the same x, v >= -1/2.</summary>
    public static double Ratio1(double v, double x) { double value = Start1(v, x, out double inverse, out double mu, out double slope); return Ratio(v - mu, mu, inverse, value, slope); }
    /// <inheritdoc cref="Ratio1"/>
    public static double Ratio2(double v, double x) { double value = Start2(v, x, out double inverse, out double mu, out double slope); return Ratio(v - mu, mu, inverse, value, slope); }
    /// <inheritdoc cref="Ratio1"/>
    public static double Ratio5(double v, double x) { double value = Start5(v, x, out double inverse, out double mu, out double slope); return Ratio(v - mu, mu, inverse, value, slope); }

    /// <summary>√(2x/π) e^x K_μ and slope -√(2x/π) e^x K'_μ, μ = v less the nearest integer.</summary>
    public static double Start1(double v, double x, out double inverse, out double mu, out double slope)
    {
        inverse = 1.0 / x;
        double m = Order(v, out mu);
        return Both(KCoefficients.Low1, KCoefficients.High1, m, KernelMath.MulAdd(inverse, 4.0, -3.0), out slope);
    }

    /// <inheritdoc cref="Start1"/>
    public static double Start2(double v, double x, out double inverse, out double mu, out double slope)
    {
        inverse = 1.0 / x;
        double m = Order(v, out mu);
        return Both(KCoefficients.Low2, KCoefficients.High2, m, KernelMath.MulAdd(inverse, 6.666666666666667, -2.3333333333333335), out slope);
    }

    /// <inheritdoc cref="Start1"/>
    public static double Start5(double v, double x, out double inverse, out double mu, out double slope)
    {
        inverse = 1.0 / x;
        double m = Order(v, out mu);
        return Both(KCoefficients.Low5, KCoefficients.High5, m, KernelMath.MulAdd(inverse, 13.333333333333334, -1.6666666666666667), out slope);
    }

    // 8μ² - 1 in [-1, 1].
    static double Order(double v, out double mu)
    {
        mu = v - KernelMath.Round(v);
        return KernelMath.MulAdd(8.0 * mu, mu, -1.0);
    }

    /// <summary>The two polynomials of a pair of tables at m = 8μ² - 1, t linear in 1/x.</summary>
    public static double Both(ReadOnlySpan<double> lowTable, ReadOnlySpan<double> highTable, double m, double t, out double slope)
    {
        Eight low = Eight.Of(lowTable, t), high = Eight.Of(highTable, t);
        slope = low.Second(m, high.Second(m, 0));
        return low.First(m, high.First(m, 0));
    }

    static double Finish(double v, double x, bool scaled, double mu, double inverse, double value, double slope)
    {
        double n = v - mu, before = value, current = KernelMath.MulAdd(mu * inverse, value, slope), step = inverse + inverse, factor = mu * step;
        double last = KernelMath.Select(n >= 1, current, value);
        for (int j = 1; j < 14; j++)
        {
            factor += step;
            double next = KernelMath.MulAdd(factor, current, before);
            before = current;
            current = next;
            last = KernelMath.Select(n > j, current, last);
        }
        // ln √(π/(2x)) goes into the one logarithm.
        double log = Logarithms.Log(last * last * (1.5707963267948966 * inverse));
        return scaled ? 0.5 * log : KernelMath.MulAdd(0.5, log, -x);
    }

    // One step more than Finish.
    static double Ratio(double n, double mu, double inverse, double value, double slope)
    {
        double before = value, current = KernelMath.MulAdd(mu * inverse, value, slope), step = inverse + inverse, factor = mu * step, last = before, above = current;
        for (int j = 1; j < 15; j++)
        {
            factor += step;
            double next = KernelMath.MulAdd(factor, current, before);
            before = current;
            current = next;
            last = KernelMath.Select(n >= j, before, last);
            above = KernelMath.Select(n >= j, current, above);
        }
        return above / last;
    }
}
