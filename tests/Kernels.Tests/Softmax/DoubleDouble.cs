namespace Kernels.Tests.SoftmaxFamily;

/// <summary>
/// A number as the sum of two doubles, about 106 bits: what results of double are measured with. Dekker 1971; each operation errs by some 2^-104 of its result.
/// Where High is subnormal, Low is lost.
/// </summary>
public readonly record struct DoubleDouble(double High, double Low = 0)
{
    static readonly DoubleDouble Ln2 = new(0.6931471805599453, 2.3190468138462996e-17);

    public static implicit operator DoubleDouble(double value) => new(value);

    // high + low exactly, if |high| is the larger one; infinities and NaN stay what they are.
    static DoubleDouble Normal(double high, double low)
    {
        double sum = high + low;
        return double.IsFinite(sum) ? new(sum, low - (sum - high)) : new(sum);
    }

    public static DoubleDouble operator +(DoubleDouble a, DoubleDouble b)
    {
        double sum = a.High + b.High;
        if (!double.IsFinite(sum)) return new(sum);
        double part = sum - a.High, low = a.High - (sum - part) + (b.High - part);
        // The tails as well: their difference matters where the heads cancel.
        double tails = a.Low + b.Low, t = tails - a.Low, rest = a.Low - (tails - t) + (b.Low - t);
        var first = Normal(sum, low + tails);
        return Normal(first.High, first.Low + rest);
    }

    public static DoubleDouble operator -(DoubleDouble a) => new(-a.High, -a.Low);
    public static DoubleDouble operator -(DoubleDouble a, DoubleDouble b) => a + -b;

    public static DoubleDouble operator *(DoubleDouble a, DoubleDouble b)
    {
        double product = a.High * b.High;
        if (!double.IsFinite(product)) return new(product);
        return Normal(product, Math.FusedMultiplyAdd(a.High, b.High, -product) + (a.High * b.Low + a.Low * b.High));
    }

    public static DoubleDouble operator /(DoubleDouble a, DoubleDouble b)
    {
        double q = a.High / b.High;
        if (!double.IsFinite(q) || double.IsInfinity(b.High)) return new(q);
        var rest = a - q * b;
        double r = rest.High / b.High;
        return Normal(q, r) + new DoubleDouble((rest - r * b).High / b.High);
    }

    public DoubleDouble Scale(int exponent) => new(Math.ScaleB(High, exponent), Math.ScaleB(Low, exponent));

    /// <summary>e^x 2^exponent, to some 2^-95 of it.</summary>
    public static DoubleDouble Exp(DoubleDouble x, int exponent = 0)
    {
        if (double.IsNaN(x.High)) return double.NaN;
        if (x.High < -800) return 0;
        if (x.High > 710) return double.PositiveInfinity;
        double n = Math.Round(x.High / Ln2.High);
        // |t| < 0.0014: the eleventh term of the series is below 2^-120 of the sum.
        var t = (x - n * Ln2).Scale(-8);
        DoubleDouble sum = 1;
        for (int k = 10; k > 0; k--) sum = 1 + sum * t / k;
        for (int k = 0; k < 8; k++) sum *= sum;
        return sum.Scale((int)n + exponent);
    }

    /// <summary>ln x, by one step of Newton's method from the double.</summary>
    public static DoubleDouble Log(DoubleDouble x)
    {
        double first = Math.Log(x.High);
        if (!double.IsFinite(first)) return first;
        var rest = x * Exp(-first) - 1;
        return first + (rest - rest * rest * 0.5);
    }
}
