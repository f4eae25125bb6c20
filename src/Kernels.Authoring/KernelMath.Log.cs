namespace Kernels;

// ln x, log2 x and ln(1 + x). x = 2^n m, m in [√½, √2), f = m - 1 (exact), by integer operations on the bits; subnormals are scaled first.
//
// ln x = n ln 2 + f - f²/2 + …, where n * Ln2High is exact (42 and 11 bits, 16 and 8 in float) and n * Ln2High + f is split into a
// rounded sum `high` and what it lost, exactly (Dekker 1971; |n ln 2| > |f| unless n = 0). What is added to high is below a fifth of
// the result, so its errors count little: 0.5 + 0.3 units (f² and the sum that becomes the addend, an eighth each, at f = 0.41).
// - double: with s = f/(2 + f), ln(1 + f) = f - h + s (h + R(s²)), h = f²/2 (Tang 1990; the arrangement of fdlibm's e_log.c).
//   R(z)/z minimax of degree 6 for (2 artanh s - 2 s)/s z^-1 on [0, 0.0295], 2^-58.9 of ln(1 + f) after rounding. The division costs less
//   than the twelve further terms of a polynomial in f.
// - float: ln(1 + f) = f - f²/2 + f³ P(f), P minimax of degree 7, weight f², on [√½ - 1, √2 - 1]: 2^-27.3 of f, 0.11 units.
// Both by Remez exchange in 220-bit arithmetic.
public static partial class KernelMath
{
    const long SqrtHalfBits = 0x3FE6A09E667F3BCD, OneBits = 0x3FF0000000000000, FractionMask = 0x000FFFFFFFFFFFFF;
    const int SqrtHalfBitsSingle = 0x3F3504F3, OneBitsSingle = 0x3F800000, FractionMaskSingle = 0x007FFFFF;

    /// <summary>ln x within <see cref="Bounds.LogDoubleUlp"/> ULP. log(±0) = -∞, log(1) = +0, log(+∞) = +∞, NaN below 0.</summary>
    public static double Log(double x)
    {
        bool tiny = x < 2.2250738585072014e-308;
        long bits = BitConverter.DoubleToInt64Bits(Select(tiny, x * 18014398509481984.0, x)) + (OneBits - SqrtHalfBits);
        double n = BiasedToDouble(bits) - Select(tiny, 4503599627371573.0, 4503599627371519.0);
        double f = BitConverter.Int64BitsToDouble((bits & FractionMask) + SqrtHalfBits) - 1.0;
        return LogBorders(x, LogReduced(f, f / (2.0 + f), n, 0.0));
    }

    /// <summary>ln x within <see cref="Bounds.LogSingleUlp"/> ULP. log(±0) = -∞, log(1) = +0, log(+∞) = +∞, NaN below 0.</summary>
    public static float Log(float x)
    {
        bool tiny = x < 1.17549435e-38f;
        int bits = BitConverter.SingleToInt32Bits(Select(tiny, x * 33554432.0f, x)) + (OneBitsSingle - SqrtHalfBitsSingle);
        float n = (float)(bits >> 23) - Select(tiny, 152.0f, 127.0f);
        float f = BitConverter.Int32BitsToSingle((bits & FractionMaskSingle) + SqrtHalfBitsSingle) - 1.0f;
        return LogBorders(x, LogReduced(f, n, 0.0f));
    }

    /// <summary>ln(1 + x) within <see cref="Bounds.Log1pDoubleUlp"/> ULP, also where x is near 0. log1p(±0) = ±0, log1p(-1) = -∞, log1p(+∞) = +∞, NaN below -1.</summary>
    public static double Log1p(double x)
    {
        // u = 1 + x rounded, and what was lost enters as lost / u: 1/m to one part in a hundred is enough for that. For n = 0, f is x itself.
        double u = 1.0 + x;
        double lost = Select(x < 1.0, x - (u - 1.0), 1.0 - (u - x));
        long bits = BitConverter.DoubleToInt64Bits(u) + (OneBits - SqrtHalfBits);
        double n = BiasedToDouble(bits) - 4503599627371519.0;
        double f = Select(n == 0.0, x, BitConverter.Int64BitsToDouble((bits & FractionMask) + SqrtHalfBits) - 1.0);
        double s = f / (2.0 + f);
        // 2 * 2^-n, whose bits stay non-negative up to n = 1024; and 1/m = (1 - s)/(1 + s) = 1 - 2s + 2s² - …, halved.
        double twice = BitConverter.Int64BitsToDouble(0x7FF0000000000000 - (bits & 0x7FF0000000000000));
        double correction = Select(n == 0.0, 0.0, lost * twice * MulAdd(s, s, 0.5 - s));
        return CopySign(LogBorders(u, LogReduced(f, s, n, correction)), x);
    }

    /// <summary>ln(1 + x) within <see cref="Bounds.Log1pSingleUlp"/> ULP, also where x is near 0. log1p(±0) = ±0, log1p(-1) = -∞, log1p(+∞) = +∞, NaN below -1.</summary>
    public static float Log1p(float x)
    {
        float u = 1.0f + x;
        float lost = Select(x < 1.0f, x - (u - 1.0f), 1.0f - (u - x));
        int bits = BitConverter.SingleToInt32Bits(u) + (OneBitsSingle - SqrtHalfBitsSingle);
        float n = (float)(bits >> 23) - 127.0f;
        float f = Select(n == 0.0f, x, BitConverter.Int32BitsToSingle((bits & FractionMaskSingle) + SqrtHalfBitsSingle) - 1.0f);
        float twice = BitConverter.Int32BitsToSingle(0x7F800000 - (bits & 0x7F800000));
        // 1/(1 + f) within 7 % of itself, of a term below 0.6 units.
        float correction = Select(n == 0.0f, 0.0f, lost * twice * MulAdd(f, MulAdd(0.5f, f, -0.5f), 0.5f));
        return CopySign(LogBorders(u, LogReduced(f, n, correction)), x);
    }

    /// <summary>log2 x within <see cref="Bounds.Log2DoubleUlp"/> ULP, exact for powers of two. log2(±0) = -∞, log2(1) = +0, log2(+∞) = +∞, NaN below 0.</summary>
    public static double Log2(double x)
    {
        bool tiny = x < 2.2250738585072014e-308;
        long bits = BitConverter.DoubleToInt64Bits(Select(tiny, x * 18014398509481984.0, x)) + (OneBits - SqrtHalfBits);
        double n = BiasedToDouble(bits) - Select(tiny, 4503599627371573.0, 4503599627371519.0);
        double f = BitConverter.Int64BitsToDouble((bits & FractionMask) + SqrtHalfBits) - 1.0;
        // ln m as head + tail, head of 21 bits, so that its product with the first 32 bits of 1/ln 2 is exact.
        double s = f / (2.0 + f), h = 0.5 * f * f;
        double head = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(f - h) & -4294967296L);
        double tail = MulAdd(s, h + LogSeries(s * s), (f - head) - h);
        double high = head * 1.4426950407214463;
        double low = MulAdd(tail, 1.4426950407214463, (head + tail) * 1.6751713164886512e-10);
        double sum = n + high;
        return LogBorders(x, sum + (low + ((n - sum) + high)));
    }

    /// <summary>log2 x within <see cref="Bounds.Log2SingleUlp"/> ULP, exact for powers of two. log2(±0) = -∞, log2(1) = +0, log2(+∞) = +∞, NaN below 0.</summary>
    public static float Log2(float x)
    {
        bool tiny = x < 1.17549435e-38f;
        int bits = BitConverter.SingleToInt32Bits(Select(tiny, x * 33554432.0f, x)) + (OneBitsSingle - SqrtHalfBitsSingle);
        float n = (float)(bits >> 23) - Select(tiny, 152.0f, 127.0f);
        float f = BitConverter.Int32BitsToSingle((bits & FractionMaskSingle) + SqrtHalfBitsSingle) - 1.0f;
        float z = f * f, h = 0.5f * z;
        float head = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(f - h) & -4096);
        float tail = MulAdd(f * z, LogSeries(f), (f - head) - h);
        float high = head * 1.4428711f;
        float low = MulAdd(tail, 1.4428711f, (head + tail) * -0.00017605285f);
        float sum = n + high;
        return LogBorders(x, sum + (low + ((n - sum) + high)));
    }

    // The biased exponent as an integer on top of 2^52: the conversion, in two integer operations.
    static double BiasedToDouble(long bits) => BitConverter.Int64BitsToDouble((bits >>> 52) | 0x4330000000000000);

    static double LogBorders(double x, double log) =>
        Select(x > 0.0, Select(x < double.PositiveInfinity, log, x), Select(x == 0.0, double.NegativeInfinity, double.NaN));

    static float LogBorders(float x, float log) =>
        Select(x > 0.0f, Select(x < float.PositiveInfinity, log, x), Select(x == 0.0f, float.NegativeInfinity, float.NaN));

    // n ln 2 + ln(1 + f) + correction.
    static double LogReduced(double f, double s, double n, double correction)
    {
        double h = 0.5 * f * f, whole = n * Ln2High;
        double high = whole + f, lost = f - (high - whole);
        return high + (MulAdd(s, h + LogSeries(s * s), MulAdd(n, Ln2Low, lost + correction)) - h);
    }

    static float LogReduced(float f, float n, float correction)
    {
        float z = f * f, whole = n * Ln2HighSingle;
        float high = whole + f, lost = f - (high - whole);
        return high + MulAdd(-0.5f, z, MulAdd(f * z, LogSeries(f), MulAdd(n, Ln2LowSingle, lost + correction)));
    }

    static double LogSeries(double z)
    {
        double r = 0.14796110331388546;
        r = MulAdd(r, z, 0.15314035381953117);
        r = MulAdd(r, z, 0.18183564882245182);
        r = MulAdd(r, z, 0.2222219856325413);
        r = MulAdd(r, z, 0.2857142874247595);
        r = MulAdd(r, z, 0.39999999999414326);
        r = MulAdd(r, z, 0.6666666666666734);
        return r * z;
    }

    static float LogSeries(float f)
    {
        float p = -0.078597374f;
        p = MulAdd(p, f, 0.12882088f);
        p = MulAdd(p, f, -0.13128898f);
        p = MulAdd(p, f, 0.14181139f);
        p = MulAdd(p, f, -0.16624536f);
        p = MulAdd(p, f, 0.20002288f);
        p = MulAdd(p, f, -0.2500081f);
        return MulAdd(p, f, 0.33333316f);
    }
}
