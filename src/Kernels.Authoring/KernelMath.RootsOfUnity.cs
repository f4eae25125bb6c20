namespace Kernels;

// cos and sin of a rational number of half turns: twiddle factors, quadrature nodes, window functions. Meant for constants and plans: the
// generator evaluates them when the arguments are constant; accuracy, not speed.
//
// The angle is brought into [0, π/4] in integers, divided in two doubles, and the series summed by Horner's rule in two doubles with
// the divisors 2k(2k ± 1), each step 1 - z a / d: its errors (below 2^-101, Dekker 1971) shrink by z/6 < 0.11 (sin) or z/2 < 0.31 (cos) a step
// and add up to less than 2^-100, as does the remainder after 15 terms. So the result is the correctly rounded one unless the exact value
// lies within 2^-46 ULP of a midpoint between two doubles; 0, ±1/2 and ±1 are exact.
public static partial class KernelMath
{
    /// <summary>cos(π numerator/denominator), correctly rounded (see the file for the one proviso). The denominator is positive.</summary>
    public static double CosPi(int numerator, int denominator)
    {
        CosSinPi(numerator, denominator, 0L, out double high, out double low);
        return high + low;
    }

    /// <summary>sin(π numerator/denominator), correctly rounded (see the file for the one proviso). The denominator is positive.</summary>
    public static double SinPi(int numerator, int denominator)
    {
        CosSinPi(numerator, denominator, 1L, out double high, out double low);
        return high + low;
    }

    /// <summary>cos(π numerator/denominator) rounded once to float. The denominator is positive.</summary>
    public static float CosPiSingle(int numerator, int denominator)
    {
        CosSinPi(numerator, denominator, 0L, out double high, out double low);
        return RoundOnce(high, low);
    }

    /// <summary>sin(π numerator/denominator) rounded once to float. The denominator is positive.</summary>
    public static float SinPiSingle(int numerator, int denominator)
    {
        CosSinPi(numerator, denominator, 1L, out double high, out double low);
        return RoundOnce(high, low);
    }

    // cos(π (numerator/denominator - quarters/2)) = high + low, |low| at most half an ulp of high.
    static void CosSinPi(int numerator, int denominator, long quarters, out double high, out double low)
    {
        // In units of π/(2 d): a half turn is 2d, a turn 4d.
        long d = denominator, turn = 4L * d;
        long a = (2L * numerator - quarters * d) % turn;
        if (a < 0L) a += turn;
        if (a > 2L * d) a = turn - a;
        bool negative = a > d;
        if (negative) a = 2L * d - a;
        bool sine = 2L * a > d;
        if (sine) a = d - a;

        // t = a/(2d) half turns in two doubles, at most 1/4; angle = π t; z = angle².
        double p = (double)a, q = (double)(2L * d), t = p / q;
        double tLow = Fma(-t, q, p) / q;
        Multiply(t, tLow, Pi, 1.2246467991473532e-16, out double angle, out double angleLow);
        Multiply(angle, angleLow, angle, angleLow, out double z, out double zLow);
        high = 1.0;
        low = 0.0;
        for (int k = 15; k >= 1; k--)
        {
            double divisor = sine ? 2.0 * k * (2.0 * k + 1.0) : 2.0 * k * (2.0 * k - 1.0);
            Multiply(z, zLow, high, low, out double m, out double mLow);
            double quotient = m / divisor, quotientLow = (Fma(-quotient, divisor, m) + mLow) / divisor;
            high = 1.0 - quotient;
            low = ((1.0 - high) - quotient) - quotientLow;
            Normalize(ref high, ref low);
        }
        if (sine) Multiply(high, low, angle, angleLow, out high, out low);
        if (negative)
        {
            high = -high;
            low = -low;
        }
        high += 0.0;
    }

    // The product of two pairs, normalized.
    static void Multiply(double a, double aLow, double b, double bLow, out double high, out double low)
    {
        high = a * b;
        low = Fma(a, b, -high) + (a * bLow + aLow * b);
        Normalize(ref high, ref low);
    }

    static void Normalize(ref double high, ref double low)
    {
        double sum = high + low;
        low -= sum - high;
        high = sum;
    }

    // high + low to float with one rounding: high with an odd last bit where low is not 0 never looks like a midpoint (Boldo and Melquiond 2008).
    static float RoundOnce(double high, double low)
    {
        long bits = BitConverter.DoubleToInt64Bits(high);
        if (low != 0.0 && (bits & 1L) == 0L) bits += (low > 0.0) == (high > 0.0) ? 1L : -1L;
        return (float)BitConverter.Int64BitsToDouble(bits);
    }
}
