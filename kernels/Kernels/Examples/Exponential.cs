namespace Kernels.Examples;

// What both widths of SoftmaxRow need of e^x in double: uniform work, once a change of reference.
static class Exponential
{
    public const double Log2E = 1.4426950408889634;
    // ln 2 = Ln2High + Ln2Low to 85 bits; Ln2High has 33.
    public const double Ln2High = 0.6931471806019545, Ln2Low = -4.2009150726810846e-11;

    /// <summary>e^(bias0 - bias1) * 2^(exponent0 - exponent1), 0 below 2^-1074.</summary>
    public static double Ratio(double bias0, double exponent0, double bias1, double exponent1)
    {
        double d = KernelMath.MaxOrSecond(bias0 - bias1, -1e6);
        double n = KernelMath.Round(d * Log2E);
        double t = KernelMath.Fma(n, -Ln2Low, KernelMath.Fma(n, -Ln2High, d));
        return KernelMath.Scale(Polynomial(t, 1), KernelMath.MaxOrSecond(n + (exponent0 - exponent1), -2000));
    }

    /// <summary>m e^t for |t| ≤ 0.347: minimax with c1 = 1 and c2 = 1/2, relative error 5e-19 before rounding.</summary>
    public static double Polynomial(double t, double m)
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
        return KernelMath.MulAdd(p * t, m, m);
    }
}
