using System.Numerics;

namespace Kernels.MathCheck;

/// <summary>sin and cos to about 100 bits: exact reduction with 1,400 bits of π from Machin's formula, then Taylor's series in double-double.</summary>
public static class WideTrig
{
    const int PiBits = 1400;
    static readonly BigInteger PiScaled = 16 * ArcCot(5) - 4 * ArcCot(239);

    // arccot(n) 2^PiBits, with 20 guard bits.
    static BigInteger ArcCot(int n)
    {
        BigInteger term = (BigInteger.One << (PiBits + 20)) / n, sum = term;
        for (int k = 3, sign = -1; !term.IsZero; k += 2, sign = -sign) sum += sign * ((term /= n * n) / k);
        return sum >> 20;
    }

    public static WideMath.Scaled Sin(double x) => Shifted(x, 0);
    public static WideMath.Scaled Cos(double x) => Shifted(x, 1);

    /// <summary>Exact at multiples of 1/2, relative error as <see cref="Sin"/> elsewhere.</summary>
    public static WideMath.Scaled SinPi(double x)
    {
        if (!double.IsFinite(x)) return new(double.NaN, 0);
        double y = Math.IEEERemainder(x, 2), n = Math.Round(2 * y), r = y - n / 2;
        if (Math.Abs(r) < 1e-100 && r != 0) return (int)n % 2 == 0 ? Tiny(r * ((int)n == 0 ? 1 : -1)) : new(n > 0 ? 1 : -1, 0);
        return new(Quarter(Wide.Pi * r, (int)n), 0);
    }

    public static WideMath.Scaled CosPi(double x)
    {
        if (!double.IsFinite(x)) return new(double.NaN, 0);
        double y = Math.IEEERemainder(x, 2), n = Math.Round(2 * y), r = y - n / 2;
        return new(Math.Abs(r) < 1e-100 && (int)n % 2 == 0 ? (int)n == 0 ? 1 : -1 : Quarter(Wide.Pi * r, (int)n + 1), 0);
    }

    /// <summary>sin(π num/den).</summary>
    public static Wide SinOfFraction(BigInteger num, BigInteger den)
    {
        // Nearest multiple of a quarter turn: num/den = n/2 + rest/(2 den).
        BigInteger n = BigInteger.Divide(4 * num + den + 8 * BigInteger.Abs(num) * den, 2 * den) - 4 * BigInteger.Abs(num);
        BigInteger rest = 2 * num - n * den;
        return Quarter(ToWide(rest * PiScaled / (2 * den), -PiBits), (int)(((n % 4) + 4) % 4));
    }

    // π r without underflow.
    static WideMath.Scaled Tiny(double r) => new(Wide.Pi * Math.ScaleB(r, 600), -600);

    static WideMath.Scaled Shifted(double x, int quarters)
    {
        if (!double.IsFinite(x)) return new(double.NaN, 0);
        if (Math.Abs(x) < 1e-100) return new(quarters == 0 ? x : 1, 0);
        (Wide r, int n) = Reduce(x);
        return new(Quarter(r, n + quarters), 0);
    }

    static Wide Quarter(Wide r, int quarters)
    {
        Wide value = (quarters & 1) == 0 ? SinSeries(r) : CosSeries(r);
        return (quarters & 2) == 0 ? value : -value;
    }

    // x = n π/2 + r, exactly up to 2^-1300 of π and one rounding of r to 106 bits.
    static (Wide, int) Reduce(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52 & 0x7FF);
        BigInteger m = (bits & 0xFFFFFFFFFFFFFL) | (exponent == 0 ? 0 : 1L << 52);
        int shift = PiBits + Math.Max(exponent, 1) - 1075;
        BigInteger scaled = shift >= 0 ? m << shift : m >> -shift;
        BigInteger n = (2 * scaled + PiScaled / 2) / PiScaled, rest = 2 * scaled - n * PiScaled; // 2x - nπ
        Wide r = ToWide(rest, -PiBits - 1);
        return x < 0 ? (-r, (int)(-n & 3)) : (r, (int)(n & 3));
    }

    static Wide ToWide(BigInteger value, int exponent)
    {
        int drop = Math.Max(0, (int)BigInteger.Abs(value).GetBitLength() - 160);
        value >>= drop;
        double high = (double)value, low = (double)(value - new BigInteger(high));
        return Wide.Scale(new Wide(high, low), exponent + drop);
    }

    static Wide SinSeries(Wide r)
    {
        Wide z = r * r, sum = 1;
        for (int k = 15; k >= 1; k--) sum = 1 - z * sum / (2.0 * k * (2 * k + 1));
        return r * sum;
    }

    static Wide CosSeries(Wide r)
    {
        Wide z = r * r, sum = 1;
        for (int k = 15; k >= 1; k--) sum = 1 - z * sum / (2.0 * k * (2 * k - 1));
        return sum;
    }
}
