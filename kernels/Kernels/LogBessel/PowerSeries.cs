namespace Kernels;

// Inside the ellipse, x < 20 and v < 14.2: I = (x/2)^v / Γ(v + 1) · S, S = Σ z^k / (k! (v + 1)_k), z = x²/4 (DLMF 10.25.2). All terms are positive.
//
// S = 1 + z h_2/(v + 1), h_k = 1 + z h_{k+1}/(k (v + k)), is run as a fraction A/B without a division a term; B stays below 1e150. A rounding of B's
// factor perturbs k (v + k) in numerator and denominator alike: it changes S by the weight of the terms behind it, so the errors of some
// √(z) factors count, a few units of 2^-53 where ln S is about x. 9 + 2.8 x terms leave 2^-55 of S.
static class PowerSeries
{
    /// <summary>S - 1 = numerator/denominator, both positive.</summary>
    public static double Tail(double v, double z, int terms, out double denominator)
    {
        double a = 1, b = 1;
        for (int k = terms; k > 1; k--)
        {
            b *= KernelMath.MulAdd(k, v, k * k);
            a = KernelMath.MulAdd(z, a, b);
        }
        denominator = b * (v + 1);
        return z * a;
    }

    /// <summary>
    /// 1/Γ(1 + v) = (1 + excess)/product, v in [0, 15.5]: with n the integer nearest v and μ = v - n, Γ(1 + v) = Γ(1 + μ) (μ + 1) … (μ + n).
    /// excess is accurate relative to itself; product is 1 for n = 0.
    /// </summary>
    public static double ReciprocalGamma(double v, out double product)
    {
        double n = KernelMath.Round(v), t = v - n, m = t * t;
        // 1/Γ(1 + μ) = 1 + m e(m) + μ o(m): interpolation at Chebyshev points of [0, 1/4], 0.2 and 0.05 units of 2^-53, of 1.
        double e = 5.1041498417163275e-09;
        e = KernelMath.MulAdd(e, m, -2.056750434568255e-07);
        e = KernelMath.MulAdd(e, m, -1.250484796492716e-06);
        e = KernelMath.MulAdd(e, m, 0.0001280502813722699);
        e = KernelMath.MulAdd(e, m, -0.0011651675917944975);
        e = KernelMath.MulAdd(e, m, -0.00962197152787899);
        e = KernelMath.MulAdd(e, m, 0.1665386113822915);
        e = KernelMath.MulAdd(e, m, -0.6558780715202539);
        double o = 4.939580133523849e-09;
        o = KernelMath.MulAdd(o, m, 1.1335045480626792e-06);
        o = KernelMath.MulAdd(o, m, -2.01349556850396e-05);
        o = KernelMath.MulAdd(o, m, -0.00021524166229467653);
        o = KernelMath.MulAdd(o, m, 0.007218943245911072);
        o = KernelMath.MulAdd(o, m, -0.04219773455552084);
        o = KernelMath.MulAdd(o, m, -0.042002635034095515);
        o = KernelMath.MulAdd(o, m, 0.5772156649015329);
        double excess = KernelMath.MulAdd(m, e, t * o);

        // The product by the binary digits of n: (t + 1)(t + 8) = y + 8, (t + 2)(t + 7) = y + 14 … with y = t (t + 9).
        bool digit = n >= 8;
        double y = t * (t + 9);
        product = KernelMath.Select(digit, (y + 8) * (y + 14) * ((y + 18) * (y + 20)), 1.0);
        t += KernelMath.Select(digit, 8.0, 0.0);
        n -= KernelMath.Select(digit, 8.0, 0.0);
        digit = n >= 4;
        y = t * (t + 5);
        product *= KernelMath.Select(digit, (y + 4) * (y + 6), 1.0);
        t += KernelMath.Select(digit, 4.0, 0.0);
        n -= KernelMath.Select(digit, 4.0, 0.0);
        digit = n >= 2;
        product *= KernelMath.Select(digit, (t + 1) * (t + 2), 1.0);
        t += KernelMath.Select(digit, 2.0, 0.0);
        n -= KernelMath.Select(digit, 2.0, 0.0);
        product *= KernelMath.Select(n >= 1, t + 1, 1.0);
        return excess;
    }

    /// <summary>log I, less x if scaled, for x in [2, 20): terms as the largest x of the class needs.</summary>
    public static double LogI(double v, double x, int terms, bool scaled)
    {
        double half = 0.5 * x, tail = Tail(v, half * half, terms, out double b);
        double gamma = ReciprocalGamma(v, out double product);
        double y = KernelMath.MulAdd(tail + b, gamma, tail + b) / (b * product);
        if (scaled) y *= KernelMath.Exp(-x);
        double log = Logarithms.Log(half, y, out double logY);
        return KernelMath.MulAdd(v, log, logY);
    }

    /// <summary>log I, less x if scaled, for x in (0, 2). Where S/Γ(v + 1) is near 1, its difference from 1 is what counts: log I_0 = x²/4 … is accurate relative to itself.</summary>
    public static double LogISmall(double v, double x, bool scaled)
    {
        double half = 0.5 * x, tail = Tail(v, half * half, 12, out double b);
        double gamma = ReciprocalGamma(v, out double product), series = tail / b;
        double difference = series + KernelMath.MulAdd(series, gamma, gamma), y = (1 + difference) / product;
        double f = Logarithms.Reduce(y, out double n);
        f = KernelMath.Select(n == 0 && product == 1, difference, f);
        double log = KernelMath.MulAdd(v, Logarithms.LogPositive(x) - 0.6931471805599453, Logarithms.Sum(f, f / (2.0 + f), n));
        return scaled ? log - x : log;
    }
}
