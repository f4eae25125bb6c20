namespace Kernels;

// e^x, 2^x and e^x - 1. The method: x = n ln 2 + r, |r| <= ln 2 / 2, and e^x = 2^n (1 + r + r² q(r)) (Cody and Waite 1980, chapter 6).
//
// r = high + low. ln 2 is cut after 42 bits (double; n has 11) or 16 bits (float; n has 8), so n * Ln2High and x - n * Ln2High are exact,
// fused or not. Only `high` carries weight, so the sum is built as 1 + (high + (r² q + low)). Its error in units of 2^-53 (2^-24), the
// ulp of results in [0.7, 1), where it is worst: the last sum 0.5; high + (…), which is below 0.3 there, 0.25; rounding r itself
// reaches the result through r² q only, 0.09; r² q + low, below 0.05, 0.06; q's own rounding 0.03 (q is about 1/2 + r/6; the Horner
// steps above it are smaller still); the polynomial 0.006 (0.06 in float). In all below 0.94 (0.99); Scale is exact unless the
// result is subnormal, where its rounding adds half a unit to an error that has shrunk to half or less.
//
// q: minimax for (e^r - 1 - r) / r², weight r² e^-r, on |r| <= 1.0001 ln 2 / 2, by Remez exchange in 220-bit arithmetic, coefficients then
// rounded; the error after rounding is 2^-60.3 of e^r (degree 10, double) and 2^-28.0 (degree 4, float).
public static partial class KernelMath
{
    const double Log2E = 1.4426950408889634;
    const double Ln2High = 0.6931471805598903, Ln2Low = 5.497923018708371e-14;
    const float Log2ESingle = 1.442695f;
    const float Ln2HighSingle = 0.693145752f, Ln2LowSingle = 1.42860677e-06f;

    /// <summary>e^x within <see cref="Bounds.ExpDoubleUlp"/> ULP, gradual underflow included. exp(-∞) = +0, exp(±0) = 1, exp(+∞) = +∞; +∞ above 709.78, +0 below -745.13.</summary>
    public static double Exp(double x)
    {
        x = MinOrSecond(710.0, MaxOrSecond(-746.0, x));
        double n = Round(x * Log2E);
        return Scale(1.0 + ReducedExpm1(MulAdd(n, -Ln2High, x), n * -Ln2Low), n);
    }

    /// <summary>e^x within <see cref="Bounds.ExpSingleUlp"/> ULP, gradual underflow included. exp(-∞) = +0, exp(±0) = 1, exp(+∞) = +∞; +∞ above 88.72, +0 below -103.97.</summary>
    public static float Exp(float x)
    {
        x = MinOrSecond(89.0f, MaxOrSecond(-104.0f, x));
        float n = Round(x * Log2ESingle);
        return Scale(1.0f + ReducedExpm1(MulAdd(n, -Ln2HighSingle, x), n * -Ln2LowSingle), n);
    }

    /// <summary>2^x within <see cref="Bounds.Exp2DoubleUlp"/> ULP, exact for integral x, gradual underflow included. exp2(-∞) = +0, exp2(+∞) = +∞.</summary>
    public static double Exp2(double x)
    {
        // x - n is exact; (x - n) ln 2 is rounded, half an ulp at 0.3, which adds 0.25 to the error of Exp less r's 0.09.
        x = MinOrSecond(1025.0, MaxOrSecond(-1076.0, x));
        double n = Round(x);
        return Scale(1.0 + ReducedExpm1((x - n) * Ln2, 0.0), n);
    }

    /// <summary>2^x within <see cref="Bounds.Exp2SingleUlp"/> ULP, exact for integral x, gradual underflow included. exp2(-∞) = +0, exp2(+∞) = +∞.</summary>
    public static float Exp2(float x)
    {
        x = MinOrSecond(129.0f, MaxOrSecond(-151.0f, x));
        float n = Round(x);
        return Scale(1.0f + ReducedExpm1((x - n) * Ln2Single, 0.0f), n);
    }

    /// <summary>e^x - 1 within <see cref="Bounds.Expm1DoubleUlp"/> ULP, also where x is near 0. expm1(±0) = ±0, expm1(-∞) = -1, expm1(+∞) = +∞.</summary>
    public static double Expm1(double x)
    {
        // With 1 + high + tail for e^r and c = 2^(n-1): 2 ((c high + (c - 1/2)) + c tail). c stays finite where 2^n would not, its products are
        // exact, c - 1/2 is exact for |n| < 54 (and off by half a unit for n = 54), c high + (c - 1/2) is exact for n = 1 below 1/2, where
        // the result is smallest, and never above the result otherwise: 0.5 + 0.5 + 0.5 + 0.2.
        double y = MinOrSecond(710.0, MaxOrSecond(-40.0, x));
        double n = Round(y * Log2E);
        double high = MulAdd(n, -Ln2High, y), tail = ExpTail(high, n * -Ln2Low);
        double c = BitConverter.Int64BitsToDouble((ToInt64InRange(n) + 1022L) << 52);
        return CopySign(Select(n == 0.0, high + tail, 2.0 * MulAdd(c, tail, MulAdd(c, high, c - 0.5))), x);
    }

    /// <summary>e^x - 1 within <see cref="Bounds.Expm1SingleUlp"/> ULP, also where x is near 0. expm1(±0) = ±0, expm1(-∞) = -1, expm1(+∞) = +∞.</summary>
    public static float Expm1(float x)
    {
        float y = MinOrSecond(89.0f, MaxOrSecond(-18.0f, x));
        float n = Round(y * Log2ESingle);
        float high = MulAdd(n, -Ln2HighSingle, y), tail = ExpTail(high, n * -Ln2LowSingle);
        float c = BitConverter.Int32BitsToSingle((ToInt32InRange(n) + 126) << 23);
        return CopySign(Select(n == 0.0f, high + tail, 2.0f * MulAdd(c, tail, MulAdd(c, high, c - 0.5f))), x);
    }

    const double Ln2 = 0.6931471805599453;
    const float Ln2Single = 0.6931472f;

    // e^(high + low) - 1 for |high + low| <= ln 2 / 2, |low| below 2^-33 (2^-12 in float).
    static double ReducedExpm1(double high, double low) => high + ExpTail(high, low);

    // What is to be added to high.
    static double ExpTail(double high, double low)
    {
        double r = high + low;
        double q = 2.0827066294946814e-09;
        q = MulAdd(q, r, 2.5112045022860732e-08);
        q = MulAdd(q, r, 2.755758020835042e-07);
        q = MulAdd(q, r, 2.7557234835236217e-06);
        q = MulAdd(q, r, 2.480158692896245e-05);
        q = MulAdd(q, r, 0.00019841269896414993);
        q = MulAdd(q, r, 0.001388888888911407);
        q = MulAdd(q, r, 0.00833333333331702);
        q = MulAdd(q, r, 0.0416666666666661);
        q = MulAdd(q, r, 0.16666666666666682);
        q = MulAdd(q, r, 0.5);
        return MulAdd(r * r, q, low);
    }

    static float ReducedExpm1(float high, float low) => high + ExpTail(high, low);

    // What is to be added to high.
    static float ExpTail(float high, float low)
    {
        float r = high + low;
        float q = 0.0013814599f;
        q = MulAdd(q, r, 0.0083687175f);
        q = MulAdd(q, r, 0.04166839f);
        q = MulAdd(q, r, 0.16666521f);
        q = MulAdd(q, r, 0.49999994f);
        return MulAdd(r * r, q, low);
    }
}
