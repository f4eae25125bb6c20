namespace Kernels;

// 1/Γ(x), which is entire: no poles, zeros at 0, -1, -2, …
//
// |x| < 8: x = n + μ, |μ| <= 1/2, 1/Γ(1 + μ) = 1 + γ μ + μ² U(μ), U minimax of degree 14, 2^-60.5. The factors μ + j, j < n (n >= 1), or μ - j, j <= -n, that lead from there to x are exact,
// since none has more digits below the point than x nor is larger; their product is carried in two doubles, and its second part joins μ T before 1 is added. In units of 2^-53, the ulp in [1/2, 1):
// 1 + μ T has 0.5 for the sum, 0.25 for μ T (below 0.44) and 0.25 from T: 1; then one quotient or product, 0.5: 1.5 ULP.
// x >= 8: exp(-ln Γ(x)), ln Γ by Stirling's series in two doubles (2^-56 absolute: 0.13 units), as Exp then: 1.1 ULP. x is cut at 200, where the result is 0.
// x <= -8: sin(πx) Γ(1 - x)/π = sin(πx) exp(ln (|x| Γ(|x|)) - ln π): 1.1 + 0.83 (sin) + 0.5: 2.45 ULP.
public static partial class KernelMath
{
    /// <summary>1/Γ(x) within <see cref="Bounds.ReciprocalGammaDoubleUlp"/> ULP, near its zeros too, gradual underflow included. x itself for ±0, +0 for the negative integers and +∞, NaN for -∞.</summary>
    public static double ReciprocalGamma(double x)
    {
        double y = Abs(x), value = x;
        bool small = y < 8.0;
        if (small) value = ReciprocalGammaByProduct(x);
        if (!small) value = ReciprocalGammaByStirling(x);
        return value;
    }

    /// <summary>1/Γ(x) within <see cref="Bounds.ReciprocalGammaSingleUlp"/> ULP, near its zeros too, gradual underflow included. x itself for ±0, +0 for the negative integers and +∞, NaN for -∞.</summary>
    public static float ReciprocalGamma(float x) => (float)ReciprocalGamma((double)x);

    /// <summary>1/Γ(1 + mu) within <see cref="Bounds.ReciprocalGamma1pUlp"/> ULP for |mu| at most 1/2: a polynomial, for use where the rest of the argument is dealt with otherwise. Beyond that without a bound.</summary>
    public static double ReciprocalGamma1p(double mu)
    {
        double head = ReciprocalGamma1p(mu, out double tail);
        return head + tail;
    }

    /// <inheritdoc cref="ReciprocalGamma1p(double)"/>
    public static float ReciprocalGamma1p(float mu) => (float)ReciprocalGamma1p((double)mu);

    // 1/Γ(1 + μ) = result + tail = 1 + γ μ + μ² U(μ), |μ| <= 1/2.
    static double ReciprocalGamma1p(double mu, out double tail)
    {
        double u = 4.898369763727235e-09;
        u = MulAdd(u, mu, 4.810500955420533e-09);
        u = MulAdd(u, mu, -2.054891450379159e-07);
        u = MulAdd(u, mu, 1.1336214860170373e-06);
        u = MulAdd(u, mu, -1.2505508674604692e-06);
        u = MulAdd(u, mu, -2.013499773186472e-05);
        u = MulAdd(u, mu, 0.00012805029295504685);
        u = MulAdd(u, mu, -0.00021524165467897381);
        u = MulAdd(u, mu, -0.0011651675928050552);
        u = MulAdd(u, mu, 0.007218943245183958);
        u = MulAdd(u, mu, -0.009621971527843203);
        u = MulAdd(u, mu, -0.04219773455548602);
        u = MulAdd(u, mu, 0.16653861138229162);
        u = MulAdd(u, mu, -0.04200263503409623);
        u = MulAdd(u, mu, -0.6558780715202539);
        double linear = EulerGamma * mu, rest = mu * mu * u, sum = 1.0 + linear, head = sum + rest;
        tail = (((1.0 - sum) + linear) + ((sum - head) + rest)) + Fma(EulerGamma, mu, -linear);
        return head;
    }

    static double ReciprocalGammaByProduct(double x)
    {
        double n = Round(x), mu = x - n;
        bool above = n > 0.5;
        // Times or over the product of side + 1, …, side + count; side is μ or -μ. Times μ (which is x where n = 0, and carries its sign) below.
        double side = Select(above, mu, -mu), count = Select(above, n - 1.0, -n);
        double high = Select(above, 1.0, Select(n == 0.0, x, mu)), low = 0.0;
        for (int j = 1; j <= 8; j++)
        {
            double factor = Select(count >= (double)j, side + (double)j, 1.0), product = high * factor;
            low = MulAdd(low, factor, Fma(high, factor, -product));
            high = product;
        }
        double head = ReciprocalGamma1p(mu, out double tail);
        // (head + tail)/(high + low) by one step from head times the rounded inverse; or their product.
        double inverse = 1.0 / Select(above, high, 1.0), quotient = head * inverse;
        double divided = MulAdd(MulAdd(-quotient, low, tail + Fma(-quotient, high, head)), inverse, quotient);
        double times = head * high, multiplied = times + MulAdd(head, low, MulAdd(tail, high, Fma(head, high, -times)));
        bool odd = (ToInt64InRange(n) & 1L) != 0L;
        return Select(above, divided, Select(mu == 0.0, high, Select(odd, -multiplied, multiplied)));
    }

    static double ReciprocalGammaByStirling(double x)
    {
        double y = MinOrSecond(200.0, Abs(x));
        bool positive = x > 0.0;
        // ln y = n ln 2 + 2 s + 2/3 s³ + s⁵ L(s²), s = f/(2 + f), all but the last term in two doubles.
        double f = SplitForLog(y, out double n), d = 2.0 + f, s = f / d;
        double sLow = MulAdd(-s, f - (d - 2.0), Fma(-s, d, f)) / d;
        double z = s * s, zLow = MulAdd(2.0 * s, sLow, Fma(s, s, -z));
        double c = s * z, cLow = MulAdd(s, zLow, MulAdd(sLow, z, Fma(s, z, -c)));
        double third = TwoThirds * c, thirdLow = MulAdd(TwoThirds, cLow, MulAdd(TwoThirdsLow, c, Fma(TwoThirds, c, -third)));
        double l = 0.13249381406159527;
        l = MulAdd(l, z, 0.1325070013164286);
        l = MulAdd(l, z, 0.15387040784120284);
        l = MulAdd(l, z, 0.1818177765919474);
        l = MulAdd(l, z, 0.22222222604647351);
        l = MulAdd(l, z, 0.28571428569564894);
        l = MulAdd(l, z, 0.4000000000000355);
        double whole = n * Ln2High, twice = s + s, large = whole + twice, log = large + third;
        double logLow = ((twice - (large - whole)) + (third - (log - large))) + MulAdd(c * z, l, MulAdd(n, Ln2Low, MulAdd(2.0, sLow, thirdLow)));
        // ln Γ(y) = y ln y - y - ln y/2 + ln √2π + S, or ln (y Γ(y)/π): sums of two doubles, the larger first.
        double constant = Select(positive, 0.9189385332046728, -0.22579135264472744), half = Select(positive, -0.5, 0.5);
        double product = y * log, a = product - y, halved = half * log, b = a + halved, withConstant = b + constant, series = StirlingSeries(y), e = withConstant + series;
        double eLow = MulAdd(y + half, logLow, Fma(y, log, -product)) + (((product - a) - y) + ((a - b) + halved) + ((b - withConstant) + constant) + ((withConstant - e) + series));
        eLow += Select(positive, -3.8782941580672414e-17, 6.4622584878775846e-18);

        double sign = Select(positive, -1.0, 1.0), high = sign * e, k = Round(high * Log2E);
        double reduced = MulAdd(k, -Ln2High, high);
        double power = 1.0 + ReducedExpm1(reduced, MulAdd(k, -Ln2Low, sign * eLow));
        double value = Select(positive, power, power * (SinOfQuarterTurns(x, 0L) + 0.0));
        // k reaches 1250: in two steps, of which only the second can round.
        double first = Floor(0.5 * k);
        return ScaleNormal(ScaleNormal(value, first), k - first);
    }

    const double TwoThirds = 0.6666666666666666, TwoThirdsLow = 3.700743415417188e-17;
}
