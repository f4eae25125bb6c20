namespace Kernels;

// The derivatives of K inside the ellipse, by SmallK's and MiddleK's formulas and recurrences differentiated by the order: the derivatives of their polynomials by μ² are polynomials of their own.
// ∂v log K = (∂v K)/K is 0 for v = 0, as every term has a factor μ. ∂x log K = -(K_(v-1)/K_v + v/x), both parts of one sign (for x < 1 and v < 1/2 -(2k_1/k_0 - v)/x, which loses at most a factor of 3).
static class KDerivatives
{
    /// <summary>log K and its derivatives for x in [1, 2), [2, 5), [5, 20), v >= 0.</summary>
    public static (double Value, double Dx, double Dv) K1(double v, double x)
    {
        double value = MiddleK.Start1(v, x, out double inverse, out double mu, out double slope), t = KernelMath.MulAdd(inverse, 4.0, -3.0);
        double byOrder = MiddleK.Both(KOrderCoefficients.Low1, KOrderCoefficients.High1, KernelMath.MulAdd(8.0 * mu, mu, -1.0), t, out double slopeByOrder);
        return Finish(v, x, mu, inverse, value, slope, byOrder, slopeByOrder);
    }

    /// <inheritdoc cref="K1"/>
    public static (double Value, double Dx, double Dv) K2(double v, double x)
    {
        double value = MiddleK.Start2(v, x, out double inverse, out double mu, out double slope), t = KernelMath.MulAdd(inverse, 6.666666666666667, -2.3333333333333335);
        double byOrder = MiddleK.Both(KOrderCoefficients.Low2, KOrderCoefficients.High2, KernelMath.MulAdd(8.0 * mu, mu, -1.0), t, out double slopeByOrder);
        return Finish(v, x, mu, inverse, value, slope, byOrder, slopeByOrder);
    }

    /// <inheritdoc cref="K1"/>
    public static (double Value, double Dx, double Dv) K5(double v, double x)
    {
        double value = MiddleK.Start5(v, x, out double inverse, out double mu, out double slope), t = KernelMath.MulAdd(inverse, 13.333333333333334, -1.6666666666666667);
        double byOrder = MiddleK.Both(KOrderCoefficients.Low5, KOrderCoefficients.High5, KernelMath.MulAdd(8.0 * mu, mu, -1.0), t, out double slopeByOrder);
        return Finish(v, x, mu, inverse, value, slope, byOrder, slopeByOrder);
    }

    // byOrder and slopeByOrder: of value and slope, by μ².
    static (double Value, double Dx, double Dv) Finish(double v, double x, double mu, double inverse, double value, double slope, double byOrder, double slopeByOrder)
    {
        double n = v - mu, twice = mu + mu, part = mu * inverse, step = inverse + inverse, factor = mu * step;
        double before = value, current = KernelMath.MulAdd(part, value, slope);
        double beforeDv = twice * byOrder, currentDv = KernelMath.MulAdd(twice, slopeByOrder, KernelMath.MulAdd(part, beforeDv, inverse * value));
        double last = value, lastDv = beforeDv, below = KernelMath.MulAdd(-part, value, slope);
        for (int j = 1; j < 15; j++)
        {
            bool counts = n >= j;
            last = KernelMath.Select(counts, current, last);
            below = KernelMath.Select(counts, before, below);
            lastDv = KernelMath.Select(counts, currentDv, lastDv);
            factor += step;
            double next = KernelMath.MulAdd(factor, current, before), nextDv = KernelMath.MulAdd(factor, currentDv, KernelMath.MulAdd(step, current, beforeDv));
            before = current;
            beforeDv = currentDv;
            current = next;
            currentDv = nextDv;
        }
        double log = Logarithms.Log(last * last * (1.5707963267948966 * inverse)), reciprocal = 1.0 / last;
        return (KernelMath.MulAdd(0.5, log, -x), -KernelMath.MulAdd(v, inverse, below * reciprocal), lastDv * reciprocal);
    }

    /// <summary>The same for x in (0, 1).</summary>
    public static (double Value, double Dx, double Dv) Small(double v, double x)
    {
        var t = SmallK.Of(v, x);
        double mu = t.Mu, n = v - mu, m = mu * mu, twice = mu + mu;
        Eight low = Eight.Of(KOrderCoefficients.LowSmall, m), high = Eight.Of(KOrderCoefficients.HighSmall, m);
        double even = twice * low.First(t.Z, high.First(t.Z, 0)), odd = twice * low.Second(t.Z, high.Second(t.Z, 0));
        double evenZ = twice * SmallK.Slope(t.Z, low.B, low.C, low.D, high.A, high.B, high.C, high.D), oddZ = twice * SmallK.Slope(t.Z, low.F, low.G, low.H, high.E, high.F, high.G, high.H);
        // By μ: of cosh(σ) b sinh(σ), which is b μ t.Sinh; of b sinhc(σ) b² sinhc', sinhc' = (cosh - sinhc)/σ, for |σ| < 1 by the series Σ 2k σ^(2k-1)/(2k + 1)!.
        double cosh = t.B * mu * t.Sinh, q = t.Sigma * t.Sigma, series = 1.4797141443904235e-16;
        series = KernelMath.MulAdd(series, q, 4.498331606952993e-14);
        series = KernelMath.MulAdd(series, q, 1.0706045224544528e-11);
        series = KernelMath.MulAdd(series, q, 1.9270852604185938e-09);
        series = KernelMath.MulAdd(series, q, 2.505210838544172e-07);
        series = KernelMath.MulAdd(series, q, 2.2045855379188714e-05);
        series = KernelMath.MulAdd(series, q, 0.0011904761904761906);
        series = KernelMath.MulAdd(series, q, 0.03333333333333333);
        series = KernelMath.MulAdd(series, q, 0.3333333333333333);
        double sinh = KernelMath.Select(q < 1, t.B * t.B * t.Sigma * series, KernelMath.MulAdd(t.B, t.Cosh, -t.Sinh) / mu);

        double first = t.First, firstDv = KernelMath.MulAdd(sinh, t.Even, t.Sinh * even) - KernelMath.MulAdd(cosh, t.Odd, t.Cosh * odd);
        double inner = KernelMath.MulAdd(t.Cosh, t.OddZ, -(t.Sinh * t.EvenZ));
        double innerDv = KernelMath.MulAdd(cosh, t.OddZ, t.Cosh * oddZ) - KernelMath.MulAdd(sinh, t.EvenZ, t.Sinh * evenZ);
        double one = t.One, scale = t.Z * t.Down;
        double oneDv = KernelMath.MulAdd(scale, KernelMath.MulAdd(-t.B, inner, innerDv), 0.5 * (even - KernelMath.MulAdd(mu, odd, t.Odd)));

        double before = scale * first, beforeDv = scale * KernelMath.MulAdd(-t.B, first, firstDv), current = one, currentDv = oneDv;
        double last = first, lastDv = firstDv, below = before;
        for (int j = 1; j < 15; j++)
        {
            bool counts = n >= j;
            last = KernelMath.Select(counts, current, last);
            lastDv = KernelMath.Select(counts, currentDv, lastDv);
            below = KernelMath.Select(counts, before, below);
            double next = KernelMath.MulAdd(mu + j, current, before), nextDv = KernelMath.MulAdd(mu + j, currentDv, current + beforeDv);
            before = t.Z * current;
            beforeDv = t.Z * currentDv;
            current = next;
            currentDv = nextDv;
        }
        double sinc = KCoefficients.Sinc[0], sincDv = KOrderCoefficients.Sinc[0];
        for (int i = 1; i < 9; i++) sinc = KernelMath.MulAdd(sinc, m, KCoefficients.Sinc[i]);
        for (int i = 1; i < KOrderCoefficients.Sinc.Length; i++) sincDv = KernelMath.MulAdd(sincDv, m, KOrderCoefficients.Sinc[i]);
        bool lowest = n == 0;
        double power = KernelMath.Select(lowest, 0.0, t.B);
        double value = KernelMath.MulAdd(v, power, Logarithms.Log(last / sinc)), dv = lastDv / last - twice * (sincDv / sinc) + power;
        // below is z k_(n-1), and K_(v-1)/K_v = (x/2) k_(n-1)/k_n = (2/x) z k_(n-1)/k_n.
        double part = KernelMath.Select(lowest, one / t.Zero, below / last);
        return (value, -(KernelMath.Select(lowest, part + part - v, part + part + v) / x), dv);
    }
}
