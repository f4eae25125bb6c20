namespace Kernels;

// ln |Γ(x)|, y = |x|.
// - y >= 2.5: Stirling's series as x (ln x - 1) + (ln 2π - ln x)/2 + S(1/x²)/x: S minimax of degree 12 instead of the (divergent) Bernoulli terms, 2^-58.5 of ln Γ.
// - below: ln Γ(2 + μ) = μ (g + μ G(μ)), g = 1 - γ in two doubles, G minimax of degree 18 on [√2 - 2, 1/2], 2^-58.9 of ln Γ: relatively exact about the zero at 2.
// - x < √2: with Γ(2 + μ) = Γ(x) p the logarithm of p is taken off: p = x, or x (1 + x) in two doubles for |x| < 1/2. About the zero at 1, where p = 1 + μ, both are sums that
//   begin with μ: ln Γ = -γ μ + (μ² G - (ln p - μ)), and what follows -γ μ is of second order, so that nothing cancels.
// - x <= -1/2: Γ(x) Γ(y) = π/(y |sin πx|) or, for y < √2, Γ(x) Γ(1 + y) = π/|sin πx|.
//
// Units: ulps of the result. y >= 2.5, worst at 2.5 (ln Γ = 0.285; the sum's second part, below 1/2, takes four roundings of half a unit of 1/4: 1, the logarithm's rest times x 0.2):
// 1.7 with the last sum. [√2, 2.5): g μ is exact in two doubles, μ² G 1.25 at 1.5 (where ln Γ is its minimum), the last sum 0.5: 1.85; near 2 0.6. [√½, √2): the same, and
// ln p - μ (0.25). Below √½ ln Γ >= 0.27, ln p in two parts: 1.4. In all below 2. x < 0: ln |Γ| passes 0 between any two poles, where the sum cancels; its parts are
// right to two ulps of the largest of |ln|Γ(x)||, |ln|Γ(y)|| and 1, and that is what the bound is counted in there.
public static partial class KernelMath
{
    const double SqrtTwo = 1.4142135623730951, SqrtHalf = 0.7071067811865476;
    const double EulerGamma = 0.5772156649015329, EulerGammaLow = -4.942915152430645e-18, LogPi = 1.1447298858494002, HalfZeta2 = 0.3224670334241132, HalfZeta2Low = 1.520336175199238e-17;

    /// <summary>
    /// ln |Γ(x)| within <see cref="Bounds.LogGammaDoubleUlp"/> ULP for x >= 0; for x &lt; 0 in ULP of the largest of |ln |Γ(x)||, |ln |Γ(-x)|| and 1. lgamma(1) = lgamma(2) = +0;
    /// +∞ for ±0, the negative integers and ±∞.
    /// </summary>
    public static double LogGamma(double x)
    {
        double y = Abs(x), head = 0.0, tail = 0.0;
        bool stirling = y >= 2.5, pole = false;
        if (stirling) head = StirlingLogGamma(y, out tail);
        if (!stirling)
        {
            // ln Γ(2 + μ), or about 1 what is left of it with ln(1 + μ) to come off.
            double mu = Select(y < 0.5, x, Select(y < SqrtTwo, y - 1.0, y - 2.0));
            bool nearOne = (x >= SqrtHalf) & (x < SqrtTwo);
            double slope = Select(nearOne, -EulerGamma, 0.42278433509846713);
            double g = 1.1434184049913265e-07;
            g = MulAdd(g, mu, -1.1794336470193088e-07);
            g = MulAdd(g, mu, 1.438268306310803e-07);
            g = MulAdd(g, mu, -4.4844948461073056e-07);
            g = MulAdd(g, mu, 9.870075606278392e-07);
            g = MulAdd(g, mu, -2.036526145995282e-06);
            g = MulAdd(g, mu, 4.366563888915209e-06);
            g = MulAdd(g, mu, -9.440546190844942e-06);
            g = MulAdd(g, mu, 2.0508503116361998e-05);
            g = MulAdd(g, mu, -4.4926051285773625e-05);
            g = MulAdd(g, mu, 9.945739245351358e-05);
            g = MulAdd(g, mu, -0.0002231547756731524);
            g = MulAdd(g, mu, 0.0005096695311862712);
            g = MulAdd(g, mu, -0.0011927539108664222);
            g = MulAdd(g, mu, 0.002890510330565404);
            g = MulAdd(g, mu, -0.007385551028692686);
            g = MulAdd(g, mu, 0.02058080842778635);
            g = MulAdd(g, mu, -0.06735230105319796);
            double square = mu * mu, linear = mu * slope, quadratic = square * HalfZeta2;
            head = linear + quadratic;
            double lost = ((linear - head) + quadratic) + Fma(mu, slope, -linear);
            double lostSquare = MulAdd(square, HalfZeta2Low, Fma(square, HalfZeta2, -quadratic)) + HalfZeta2 * Fma(mu, mu, -square);
            tail = MulAdd(square * mu, g, (lostSquare + lost) + mu * -EulerGammaLow);
        }
        if (x < SqrtTwo)
        {
            bool reflected = x <= -0.5, nearOne = x >= SqrtHalf;
            // p = size one and what that lost.
            double size = y, one = Select(y < 0.5, 1.0 + x, 1.0), oneLost = Select(y < 0.5, x - (one - 1.0), 0.0);
            if (reflected)
            {
                size = Abs(SinOfQuarterTurns(x, 0L));
                one = Select(y < SqrtTwo, 1.0, y);
            }
            double p = size * one, lost = MulAdd(size, oneLost, Fma(size, one, -p));
            // ln p, as Log, with what p lost as in Log1p: high + rest.
            bool tiny = p < 1e-290;
            long bits = BitConverter.DoubleToInt64Bits(Select(tiny, p * 18014398509481984.0, p)) + (OneBits - SqrtHalfBits);
            double n = BiasedToDouble(bits) - Select(tiny, 4503599627371573.0, 4503599627371519.0);
            double f = BitConverter.Int64BitsToDouble((bits & FractionMask) + SqrtHalfBits) - 1.0, s = f / (2.0 + f);
            double twice = BitConverter.Int64BitsToDouble(0x7FF0000000000000 - (bits & 0x7FF0000000000000));
            double correction = Select(tiny, 0.0, lost * twice * MulAdd(s, s, 0.5 - s));
            double h = 0.5 * f * f, whole = n * Ln2High, high = whole + f;
            double rest = MulAdd(s, h + LogSeries(s * s), MulAdd(n, Ln2Low, (f - (high - whole)) + correction)) - h;
            // ±(head + tail) - ln p; about 1 high is μ, which head has already.
            double sign = Select(reflected, -1.0, 1.0), core = sign * head, log = Select(nearOne, 0.0, high), sum = core - log;
            double sumLost = Select(Abs(core) > Abs(log), (core - sum) - log, core - (sum + log));
            tail = (Select(reflected, LogPi, 0.0) + MulAdd(sign, tail, -rest)) + sumLost;
            head = sum;
            pole = p == 0.0;
        }
        return Select(pole | (y == double.PositiveInfinity), double.PositiveInfinity, head + tail);
    }

    /// <summary>ln |Γ(x)| within <see cref="Bounds.LogGammaSingleUlp"/> ULP for every x. lgamma(1) = lgamma(2) = +0; +∞ for ±0, the negative integers and ±∞.</summary>
    public static float LogGamma(float x) => (float)LogGamma((double)x);

    // ln Γ(x) = result + tail, x >= 2.5.
    static double StirlingLogGamma(double x, out double tail)
    {
        double f = SplitForLog(x, out double n), s = f / (2.0 + f);
        double h = 0.5 * f * f, whole = n * Ln2High, high = whole + f;
        double rest = MulAdd(s, h + LogSeries(s * s), MulAdd(n, Ln2Low, f - (high - whole))) - h;
        // Up to where the result overflows the first part must not: it leaves x more to the tail there.
        double less = high - Select(x > 1e305, 2.0, 1.0), product = x * less;
        double small = MulAdd(x - 0.5, rest, MulAdd(x, (high - less) - 1.0, StirlingSeries(x) + (Fma(x, less, -product) - 3.8782941580672414e-17)));
        tail = MulAdd(-0.5, high, 0.9189385332046728) + small;
        // An overflow leaves no tail.
        tail = Select(product < double.PositiveInfinity, tail, 0.0);
        return product;
    }

    // x = 2^n (1 + result), the sum in [√½, √2); x normal.
    static double SplitForLog(double x, out double n)
    {
        long bits = BitConverter.DoubleToInt64Bits(x) + (OneBits - SqrtHalfBits);
        n = BiasedToDouble(bits) - 4503599627371519.0;
        return BitConverter.Int64BitsToDouble((bits & FractionMask) + SqrtHalfBits) - 1.0;
    }

    // ln Γ(x) - x (ln x - 1) - (ln 2π - ln x)/2, x >= 2.5.
    static double StirlingSeries(double x)
    {
        double inverse = 1.0 / x, z = inverse * inverse;
        double p = 1.3146469061106334;
        p = MulAdd(p, z, -1.6411956363598361);
        p = MulAdd(p, z, 0.9607589956847701);
        p = MulAdd(p, z, -0.3590495378613928);
        p = MulAdd(p, z, 0.10067796012860308);
        p = MulAdd(p, z, -0.02453706725541814);
        p = MulAdd(p, z, 0.006164555498890095);
        p = MulAdd(p, z, -0.0019087546582256328);
        p = MulAdd(p, z, 0.0008415354966216299);
        p = MulAdd(p, z, -0.0005952347182368845);
        p = MulAdd(p, z, 0.0007936507633881596);
        p = MulAdd(p, z, -0.0027777777776507454);
        p = MulAdd(p, z, 0.08333333333333318);
        return p * inverse;
    }
}
