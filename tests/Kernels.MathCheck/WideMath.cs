using System.Numerics;

namespace Kernels.MathCheck;

/// <summary>
/// Elementary functions of a double to about 100 bits, from the defining series with rational coefficients and reductions of their own:
/// nothing of KernelMath. Relative error below 2^-96 (40 operations of 2^-102 in a series whose terms fall at least by 0.12), so below
/// 2^-43 ULP of a double.
/// </summary>
public static class WideMath
{
    /// <summary>Significand, to be multiplied by 2^Exponent: so that results beyond the range of double, and subnormal ones, keep their bits.</summary>
    public readonly record struct Scaled(Wide Significand, int Exponent);

    public static Scaled Exp(double x) => Exp((Wide)x);

    public static Scaled Exp(Wide x)
    {
        if (x.High > 2000) return new(1, 2900);
        if (x.High < -2000) return new(1, -2900);
        int n = (int)Math.Round(x.High / Wide.Ln2.High);
        return new(ExpSeries(ReduceByLn2(x, n)) + 1, n);
    }

    public static Scaled Exp2(double x)
    {
        double n = Math.Round(Math.Clamp(x, -1100, 1100));
        return new(Math.Abs(x) > 1100 ? 1 : ExpSeries(Wide.Ln2 * (x - n)) + 1, (int)n);
    }

    public static Scaled Expm1(double x)
    {
        if (Math.Abs(x) < 1e-100) return new(x, 0);
        if (Math.Abs(x) < 0.3) return new(ExpSeries(x), 0);
        if (x < -100) return new(-1, 0);
        Scaled e = Exp(x);
        return e.Exponent > 200 ? e : new(Wide.Scale(e.Significand, e.Exponent) - 1, 0);
    }

    public static Scaled Tanh(double x)
    {
        if (Math.Abs(x) > 25) return new(Math.Sign(x), 0); // 1 - tanh is below 2^-70
        Scaled e = Expm1(2 * x);
        return Math.Abs(x) < 1e-100 ? new(x, 0) : new(e.Significand / (e.Significand + 2), 0);
    }

    // From e^x - 1 = t below 100: 1/2 (t + t/(1 + t)), so that nothing cancels near 0.
    public static Scaled Sinh(double x)
    {
        double a = Math.Abs(x);
        if (a < 1e-100) return new(x, 0);
        Scaled e = a > 100 ? Exp(a) : Expm1(a);
        Wide sinh = a > 100 ? e.Significand : e.Significand + e.Significand / (e.Significand + 1);
        return new(x < 0 ? -sinh : sinh, e.Exponent - 1);
    }

    public static Scaled Cosh(double x)
    {
        Scaled e = Exp(Math.Abs(x));
        Wide inverse = e.Exponent > 200 ? 0 : Wide.Scale(1 / e.Significand, -2 * e.Exponent);
        return new(e.Significand + inverse, e.Exponent - 1);
    }

    // ln(1 + t), t = a + a²/(1 + √(1 + a²)).
    public static Scaled Asinh(double x)
    {
        double a = Math.Abs(x);
        if (a < 1e-100 || double.IsInfinity(a)) return new(x, 0);
        Wide log;
        if (a > 1e30) log = Log(a) + Wide.Ln2; // the rest is 2^-200
        else
        {
            Wide square = Wide.Product(a, a);
            log = Log1p(a + square / (1 + Root(1 + square)));
        }
        return new(x < 0 ? -log : log, 0);
    }

    static Wide Root(Wide x)
    {
        double r = Math.Sqrt(x.High);
        return r + (x - Wide.Product(r, r)) / (2 * r);
    }

    public static Scaled Rsqrt(double x)
    {
        if (!(x > 0 && x < double.PositiveInfinity)) return new(1 / Math.Sqrt(x), 0);
        int even = Math.ILogB(x) & ~1;
        double m = Math.ScaleB(Math.ScaleB(x, -even / 2), -even / 2), y = 1 / Math.Sqrt(m);
        Wide error = 1 - Wide.Product(y, y) * m; // Newton's step doubles 2^-52
        return new(y + error * (y / 2), -even / 2);
    }

    public static Wide Log(double x) => Log((Wide)x);

    public static Wide Log(Wide x)
    {
        (Wide m, int n) = Split(x);
        Wide s = (m - 1) / (m + 1), z = s * s, sum = 0;
        for (int k = 49; k >= 1; k -= 2) sum = sum * z + (Wide)1 / k;
        Wide log = s * sum * 2;
        return n == 0 ? log : Wide.Ln2 * n + (log + Wide.Ln2Third.High * n);
    }

    public static Wide Log1p(double x) => Log1p((Wide)x);

    public static Wide Log1p(Wide x)
    {
        if (Math.Abs(x.High) < 1e-100) return x;
        if (Math.Abs(x.High) > 0.25) return Log(1 + x);
        Wide s = x / (2 + x), z = s * s, sum = 0;
        for (int k = 49; k >= 1; k -= 2) sum = sum * z + (Wide)1 / k;
        return s * sum * 2;
    }

    public static Wide Log2(double x)
    {
        (Wide m, int n) = Split(x);
        return m == 1 ? n : n + Log(m) / Wide.Ln2;
    }

    // x = m 2^n, m in [0.7, 1.42).
    static (Wide, int) Split(Wide x)
    {
        int n = Math.ILogB(x.High);
        Wide m = Wide.Scale(Wide.Scale(x, -n / 2), -n - -n / 2);
        return m.High > 1.4142 ? (Wide.Scale(m, -1), n + 1) : (m, n);
    }

    // e^r - 1.
    static Wide ExpSeries(Wide r)
    {
        Wide sum = 1;
        for (int k = 30; k >= 2; k--) sum = 1 + r * sum / k;
        return r * sum;
    }

    static Wide ReduceByLn2(Wide x, int n) =>
        x - Wide.Product(Wide.Ln2.High, n) - Wide.Product(Wide.Ln2.Low, n) - Wide.Ln2Third.High * n;
}
