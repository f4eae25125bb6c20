using System.Numerics;

namespace Kernels;

/// <summary>
/// What the softmax specs need of the precision they compute in, T. Powers of e are p 2^n with p = e^t near 1 and t = z - n ln 2: z is not reduced by the row's
/// maximum, which would round it.
/// </summary>
interface IExponential<T> where T : struct, IFloatingPointIeee754<T>
{
    /// <summary>x if it exceeds the largest so far; NaN does not.</summary>
    static abstract T Larger(T x, T largest);
    /// <summary>Whether n ln 2 keeps all its bits for elements near this one.</summary>
    static abstract bool Near(T top);
    /// <summary>The power of 2 that powers of e are kept relative to: that nearest e^top, less what keeps the smallest that matter normal.</summary>
    static abstract T Reference(T top);
    /// <summary>Below top by so much that e^z vanishes beside e^top, even as a subnormal result.</summary>
    static abstract T Least(T top);
    /// <summary>Above top by so much that a new reference is worth its price; sums of 2^31 such powers stay finite.</summary>
    static abstract T Most(T top);
    /// <summary>Where e^z 2^-exponent vanishes, as a subnormal result too.</summary>
    static abstract T Vanishing(T exponent);
    /// <summary>e^max(z, least) 2^-reference, for z up to a few above the reference's top. NaN stays NaN.</summary>
    static abstract T Power(T z, T least, T reference);
    /// <summary>e^max(z, least) (m + r) 2^-exponent, rounded once at the end, subnormal or not.</summary>
    static abstract T Power(T z, T least, T exponent, T m, T r);
    /// <summary>2^Reference(0): what Power makes of 1 when nothing exceeds 0.</summary>
    static abstract double Unit { get; }
    /// <summary>Whether sums of doubles must tell what they lose: where T is no narrower.</summary>
    static abstract bool Compensates { get; }
    static abstract double ToDouble(T x);
    static abstract T FromDouble(double x);
}

/// <summary>binary32.</summary>
readonly struct SingleExponential : IExponential<float>
{
    const float Log2E = 1.44269502f;

    // ln 2 = Ln2High + Ln2Low to 52 bits; n*Ln2High is exact under the one rounding of Fma.
    const float Ln2High = 0.693147182f, Ln2Low = -1.90465421e-9f;

    public static float Larger(float x, float largest) => KernelMath.MaxOrSecond(x, largest);

    public static bool Near(float top) => KernelMath.Abs(top) <= 1e5f;

    // From top - 104.5 to top the exponents are -152 … 1, so that with 26 more all are those of normal numbers.
    public static float Reference(float top) => KernelMath.Round(top * Log2E) - 26;

    // e^-104.5 = 2^-150.8: less than half of the smallest subnormal.
    public static float Least(float top) => top - 104.5f;

    // e^48 2^26 = 2^95.3, and 16 of them in a sum.
    public static float Most(float top) => top + 48;

    public static float Vanishing(float exponent) => exponent * Ln2High - 110;

    public static float Power(float z, float least, float reference)
    {
        float p = Parts(KernelMath.MaxOrSecond(least, z), out float n);
        return KernelMath.ScaleNormal(p, n - reference);
    }

    public static float Power(float z, float least, float exponent, float m, float r)
    {
        float p = Parts(KernelMath.MaxOrSecond(least, z), out float n);
        // The same p as in the sum: a term that is all of it gives exactly 1.
        return KernelMath.Scale(KernelMath.Fma(p, m, p * r), n - exponent);
    }

    /// <summary>e^z = the result times 2^n.</summary>
    public static float Parts(float z, out float n)
    {
        n = KernelMath.Round(z * Log2E);
        float t = KernelMath.Fma(n, -Ln2Low, KernelMath.Fma(n, -Ln2High, z));
        return KernelMath.Fma(Expm1OverT(t), t, 1);
    }

    // (e^t - 1)/t for |t| <= 0.35: minimax with c0 = c1 = 1, relative error of e^t 1.4e-8, by a Remez exchange, the coefficients rounded one after the other.
    internal static float Expm1OverT(float t)
    {
        float q = KernelMath.MulAdd(0.00119437557f, t, 0.00836713333f);
        q = KernelMath.MulAdd(q, t, 0.0417004004f);
        q = KernelMath.MulAdd(q, t, 0.16666539f);
        q = KernelMath.MulAdd(q, t, 0.499998719f);
        return KernelMath.MulAdd(q, t, 1);
    }

    public static double Unit => 67108864;
    public static bool Compensates => false;
    public static double ToDouble(float x) => (double)x;
    public static float FromDouble(double x) => (float)x;
}

/// <summary>binary64.</summary>
readonly struct DoubleExponential : IExponential<double>
{
    const double Log2E = 1.4426950408889634;

    // ln 2 = Ln2High + Ln2Low to 85 bits; n*Ln2High is exact under the one rounding of Fma.
    const double Ln2High = 0.6931471806019545, Ln2Low = -4.2009150726810846e-11;

    public static double Larger(double x, double largest) => KernelMath.MaxOrSecond(x, largest);

    public static bool Near(double top) => KernelMath.Abs(top) <= 1e5;

    // From top - 746 to top the exponents are -1078 … 1.
    public static double Reference(double top) => KernelMath.Round(top * Log2E) - 60;

    // e^-746 = 2^-1076.3: less than half of the smallest subnormal.
    public static double Least(double top) => top - 746;

    // e^600 2^60 = 2^925.7.
    public static double Most(double top) => top + 600;

    public static double Vanishing(double exponent) => exponent * Ln2High - 760;

    public static double Power(double z, double least, double reference)
    {
        double p = Parts(KernelMath.MaxOrSecond(least, z), out double n);
        return KernelMath.ScaleNormal(p, n - reference);
    }

    public static double Power(double z, double least, double exponent, double m, double r)
    {
        double p = Parts(KernelMath.MaxOrSecond(least, z), out double n);
        return KernelMath.Scale(KernelMath.Fma(p, m, p * r), n - exponent);
    }

    /// <summary>e^z = the result times 2^n.</summary>
    public static double Parts(double z, out double n)
    {
        n = KernelMath.Round(z * Log2E);
        double t = KernelMath.Fma(n, -Ln2Low, KernelMath.Fma(n, -Ln2High, z));
        return KernelMath.Fma(Expm1OverT(t), t, 1);
    }

    // (e^t - 1)/t for |t| <= 0.347: minimax with c0 = c1 = 1 and c2 = 1/2, relative error of e^t 5e-19 before rounding.
    static double Expm1OverT(double t)
    {
        double q = KernelMath.MulAdd(2.0936276064022675e-09, t, 2.5112585464414078e-08);
        q = KernelMath.MulAdd(q, t, 2.755745798499264e-07);
        q = KernelMath.MulAdd(q, t, 2.75572349000017e-06);
        q = KernelMath.MulAdd(q, t, 2.4801586741535988e-05);
        q = KernelMath.MulAdd(q, t, 0.00019841269894207986);
        q = KernelMath.MulAdd(q, t, 0.001388888888939425);
        q = KernelMath.MulAdd(q, t, 0.008333333333318932);
        q = KernelMath.MulAdd(q, t, 0.04166666666666532);
        q = KernelMath.MulAdd(q, t, 0.1666666666666668);
        q = KernelMath.MulAdd(q, t, 0.5);
        return KernelMath.MulAdd(q, t, 1);
    }

    public static double Unit => 1152921504606846976;
    public static bool Compensates => true;
    public static double ToDouble(double x) => x;
    public static double FromDouble(double x) => x;
}
