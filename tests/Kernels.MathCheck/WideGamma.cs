namespace Kernels.MathCheck;

/// <summary>
/// The gamma function's family in double-double. Where nothing cancels: Stirling's series at x + 32 or beyond, of which 15 terms are taken (the next is below
/// B_32/(32 31 32^31) = 2^-130), and the recurrence back: about 40 operations of 2^-102 on values up to 110, 2^-90 absolute. About the zeros at 1, 2 and
/// 1.46…, Taylor's series (terms fall by 4 at least), whose coefficients are zeta functions by Euler and Maclaurin's formula: relative error below 2^-96.
/// So the reciprocal is good to 2^-89, 2^-36 ULP of a double, and so are the others where they are above 2^-8 of their parts.
/// </summary>
public static class WideGamma
{
    const int Shift = 32;
    static readonly Wide EulerGamma = new(0.5772156649015329, -4.942915152430645e-18);
    static readonly Wide HalfLog2Pi = new(0.9189385332046728, -3.8782941580672414e-17);
    // The zero of ψ to 160 bits: x less the zero keeps 106 bits for every double x. The tests check it by the recurrence.
    const double PsiZero1 = 1.4616321449683622, PsiZero2 = 9.549995429965697e-17, PsiZero3 = 2.89392992820415e-33;

    // B_2k, k = 1 …
    static readonly (double Num, double Den)[] Bernoulli =
    [
        (1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798), (-174611, 330), (854513, 138), (-236364091, 2730), (8553103, 6),
        (-23749461029, 870), (8615841276005, 14322),
    ];

    // ζ(k) - 1 and ζ(k, zero of ψ).
    static readonly Wide[] ZetaLess1 = [.. Enumerable.Range(0, 60).Select(k => k < 2 ? 0 : Zeta(k, 2))];
    static readonly Wide[] ZetaAtZero = [.. Enumerable.Range(0, 60).Select(k => k < 2 ? 0 : Zeta(k, new Wide(PsiZero1, PsiZero2)))];

    /// <summary>ln |Γ(x)|.</summary>
    public static WideMath.Scaled LogGamma(double x)
    {
        if (double.IsInfinity(x) || x <= 0 && x == Math.Floor(x)) return new(double.PositiveInfinity, 0);
        if (x > 1e150) return new(Wide.Scale(x, -600) * (WideMath.Log(x) - 1), 600); // the rest is 2^-490 of it
        if (x >= 0.5) return new(LogGammaOf(x), 0);
        if (x > 0) return new(LogGammaOf(Wide.Sum(x, 1)) - WideMath.Log(x), 0);
        WideMath.Scaled sin = WideTrig.SinPi(x);
        if (x > -1e-90) return new(-WideMath.Log(-x), 0);
        Wide size = sin.Significand.High < 0 ? -sin.Significand : sin.Significand;
        return new(WideMath.Log(Wide.Pi / size) - LogGammaOf(Wide.Sum(1, -x)), 0);
    }

    /// <summary>1/Γ(x).</summary>
    public static WideMath.Scaled ReciprocalGamma(double x)
    {
        if (double.IsNegativeInfinity(x)) return new(double.NaN, 0);
        if (x == 0 || x < 0 && x == Math.Floor(x)) return new(0, 0);
        if (x > 300) return new(1, -1200);
        if (x >= 0.5) return WideMath.Exp(-LogGammaOf(x));
        WideMath.Scaled sin = WideTrig.SinPi(x);
        if (x < -300) return new(Math.Sign(sin.Significand.High), 1200);
        WideMath.Scaled gamma = WideMath.Exp(LogGammaOf(Wide.Sum(1, -x)));
        return new(sin.Significand / Wide.Pi * gamma.Significand, sin.Exponent + gamma.Exponent);
    }

    /// <summary>1/Γ(1 + x), |x| at most 1/2, where 1 + x need not be a double.</summary>
    public static WideMath.Scaled ReciprocalGamma1p(double x) => WideMath.Exp(-LogGammaOf(Wide.Sum(1, x)));

    /// <summary>ψ(x).</summary>
    public static WideMath.Scaled Digamma(double x)
    {
        if (x == 0) return new(x == 0 && double.IsNegative(x) ? double.PositiveInfinity : double.NegativeInfinity, 0);
        if (double.IsPositiveInfinity(x)) return new(x, 0);
        if (x < 0 && x == Math.Floor(x)) return new(double.NaN, 0);
        if (Math.Abs(x) < 1e-90)
        {
            int e = Math.ILogB(x);
            return new(-(Wide)1 / Math.ScaleB(Math.ScaleB(x, -e / 2), -e - -e / 2), -e);
        }
        if (x >= 0.5) return new(DigammaOf(x), 0);
        Wide sin = WideTrig.SinPi(x).Significand, cos = WideTrig.CosPi(x).Significand;
        return new(DigammaOf(Wide.Sum(1, -x)) - Wide.Pi * cos / sin, 0);
    }

    /// <summary>ψ by recurrence and series alone, also about its zero: to check the constant of that.</summary>
    public static Wide DigammaByRecurrence(Wide x)
    {
        if (x.High > 1e100) return WideMath.Log(x);
        Wide sum = 0;
        if (x.High < Shift) for (int j = 0; j < Shift; j++) sum += 1 / (x + j);
        if (x.High < Shift) x += Shift;
        Wide series = 0, square = x * x;
        for (int k = Bernoulli.Length; k >= 1; k--) series = (series + Coefficient(k) / (2 * k)) / square;
        return WideMath.Log(x) - 0.5 / x - series - sum;
    }

    // x >= 1/2.
    static Wide DigammaOf(Wide x)
    {
        Wide d = x - PsiZero1 - PsiZero2 - PsiZero3;
        if (Math.Abs(d.High) > 0.25) return DigammaByRecurrence(x);
        // Σ (-1)^k ζ(k, zero) d^(k-1), k >= 2.
        Wide sum = 0;
        for (int k = 59; k >= 2; k--) sum = sum * d + (k % 2 == 0 ? ZetaAtZero[k] : -ZetaAtZero[k]);
        return sum * d;
    }

    // x >= 1/2.
    static Wide LogGammaOf(Wide x)
    {
        if (x.High < 1.5) return LogGammaFrom2(x - 1) - WideMath.Log1p(x - 1);
        if (x.High < 2.5) return LogGammaFrom2(x - 2);
        Wide product = 1;
        if (x.High < Shift) for (int j = 0; j < Shift; j++) product *= x + j;
        if (x.High < Shift) x += Shift;
        Wide series = 0, square = x * x;
        for (int k = Bernoulli.Length; k >= 1; k--) series = series / square + Coefficient(k) / (2 * k * (2 * k - 1));
        Wide log = WideMath.Log(x);
        return x * (log - 1) - log * 0.5 + HalfLog2Pi + series / x - WideMath.Log(product);
    }

    // ln Γ(2 + z) = (1 - γ) z + Σ (-1)^k (ζ(k) - 1) z^k / k, |z| <= 1/2.
    static Wide LogGammaFrom2(Wide z)
    {
        Wide sum = 0;
        for (int k = 59; k >= 2; k--) sum = sum * z + (k % 2 == 0 ? ZetaLess1[k] : -ZetaLess1[k]) / k;
        return z * (1 - EulerGamma + z * sum);
    }

    // Σ (a + n)^-k, n >= 0: 32 terms, then the integral, half a term and the derivatives (the last is below 2^-120 of the sum).
    static Wide Zeta(int k, Wide a)
    {
        Wide sum = 0;
        for (int n = 0; n < Shift; n++) sum += Power(a + n, k);
        Wide end = a + Shift, last = Power(end, k), square = end * end, falling = k * 0.5, power = last / end;
        sum += last * end / (k - 1) + last * 0.5;
        for (int j = 1; j <= Bernoulli.Length; j++)
        {
            sum += Coefficient(j) * falling * power;
            falling = falling * (k + 2 * j - 1) * (k + 2 * j) / ((2 * j + 1) * (2 * j + 2));
            power /= square;
        }
        return sum;
    }

    // x^-k.
    static Wide Power(Wide x, int k)
    {
        Wide p = 1;
        for (int i = 0; i < k; i++) p /= x;
        return p;
    }

    static Wide Coefficient(int k) => (Wide)Bernoulli[k - 1].Num / Bernoulli[k - 1].Den;
}
