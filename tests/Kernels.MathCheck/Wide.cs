namespace Kernels.MathCheck;

/// <summary>
/// High + Low, about 106 bits: the arithmetic of the oracles. Sums and products carry a relative error below 2^-102 (Dekker 1971; Joldes,
/// Muller and Popescu 2017 give 3 and 5 units of 2^-106 for these algorithms).
/// </summary>
public readonly record struct Wide(double High, double Low)
{
    public static readonly Wide Ln2 = new(0.6931471805599453, 2.3190468138462996e-17), Ln2Third = new(5.707708438416212e-34, -3.5824322106018114e-50);
    public static readonly Wide Pi = new(3.141592653589793, 1.2246467991473532e-16);

    public static implicit operator Wide(double x) => new(x, 0);
    public static explicit operator double(Wide x) => x.High;
    public static Wide operator -(Wide a) => new(-a.High, -a.Low);

    /// <summary>The exact sum.</summary>
    public static Wide Sum(double a, double b)
    {
        double s = a + b, t = s - a;
        return new(s, (a - (s - t)) + (b - t));
    }

    /// <summary>The exact product.</summary>
    public static Wide Product(double a, double b)
    {
        double p = a * b;
        return new(p, Math.FusedMultiplyAdd(a, b, -p));
    }

    static Wide Normal(double high, double low)
    {
        double s = high + low;
        return new(s, low - (s - high));
    }

    public static Wide operator +(Wide a, Wide b)
    {
        Wide s = Sum(a.High, b.High), t = Sum(a.Low, b.Low);
        s = Normal(s.High, s.Low + t.High);
        return Normal(s.High, s.Low + t.Low);
    }

    public static Wide operator -(Wide a, Wide b) => a + -b;

    public static Wide operator *(Wide a, Wide b)
    {
        Wide p = Product(a.High, b.High);
        return Normal(p.High, p.Low + (a.High * b.Low + a.Low * b.High));
    }

    public static Wide operator /(Wide a, Wide b)
    {
        double q = a.High / b.High;
        Wide r = a - b * q;
        double q2 = r.High / b.High;
        r -= b * q2;
        return Normal(q, q2) + r.High / b.High;
    }

    /// <summary>x * 2^n, exact while both parts stay normal.</summary>
    public static Wide Scale(Wide x, int n) => new(Math.ScaleB(x.High, n), Math.ScaleB(x.Low, n));
}
