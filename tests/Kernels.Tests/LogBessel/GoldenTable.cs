using System.Globalization;
using System.Numerics;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>A table of v, x and values computed in multi-precision arithmetic: inputs are exact doubles, values have 25 digits.</summary>
sealed class GoldenTable
{
    /// <summary>The inputs.</summary>
    public double[] V { get; }
    /// <inheritdoc cref="V"/>
    public double[] X { get; }
    readonly (BigInteger Digits, int Exponent)[] values;

    GoldenTable(string file, int column)
    {
        using var reader = new StreamReader(typeof(GoldenTable).Assembly.GetManifestResourceStream(file) ?? throw new FileNotFoundException(file));
        string[][] rows = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Trim().Split(','))];
        V = [.. rows.Select(r => double.Parse(r[0], CultureInfo.InvariantCulture))];
        X = [.. rows.Select(r => double.Parse(r[1], CultureInfo.InvariantCulture))];
        values = [.. rows.Select(r => Decimal(r[column]))];
    }

    /// <summary>log I and log K at 1637 points each.</summary>
    public static GoldenTable LogI { get; } = new("logI.csv", 2);
    /// <inheritdoc cref="LogI"/>
    public static GoldenTable LogK { get; } = new("logK.csv", 2);

    /// <summary>I_(v+1)/I_v and K_(v+1)/K_v at 300 points.</summary>
    public static GoldenTable RatioI { get; } = new("ratios.csv", 2);
    /// <inheritdoc cref="RatioI"/>
    public static GoldenTable RatioK { get; } = new("ratios.csv", 3);
    /// <summary>Derivatives by x and by v at 300 points.</summary>
    public static GoldenTable LogIDx { get; } = new("derivatives.csv", 2);
    /// <inheritdoc cref="LogIDx"/>
    public static GoldenTable LogIDv { get; } = new("derivatives.csv", 3);
    /// <inheritdoc cref="LogIDx"/>
    public static GoldenTable LogKDx { get; } = new("derivatives.csv", 4);
    /// <inheritdoc cref="LogIDx"/>
    public static GoldenTable LogKDv { get; } = new("derivatives.csv", 5);
    /// <summary>ln |I_v| for negative orders that are no integers, near integers and near zeros of I too, at 262 points (power series in 400 bits), and the signs of I_v.</summary>
    public static GoldenTable LogAbsI { get; } = new("logAbsI.csv", 2);
    /// <inheritdoc cref="LogAbsI"/>
    public static GoldenTable SignI { get; } = new("logAbsI.csv", 3);

    /// <summary>The value, rounded.</summary>
    public double Value(int row) => -Difference(0, row, 0);

    /// <summary>result - (value + factor x), exact before it is rounded.</summary>
    public double Difference(double result, int row, int factor)
    {
        var (digits, exponent) = values[row];
        var sum = Exact(result) - new Ratio(digits * BigInteger.Pow(10, Math.Max(exponent, 0)), BigInteger.Pow(10, Math.Max(-exponent, 0)));
        return (sum - new Ratio(factor, 1) * Exact(X[row])).Round();
    }

    readonly record struct Ratio(BigInteger Numerator, BigInteger Denominator)
    {
        public static Ratio operator -(Ratio a, Ratio b) => new(a.Numerator * b.Denominator - b.Numerator * a.Denominator, a.Denominator * b.Denominator);
        public static Ratio operator *(Ratio a, Ratio b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

        public double Round()
        {
            int shift = (int)Math.Max(0, Denominator.GetBitLength() - Numerator.GetBitLength() + 80);
            return Math.ScaleB((double)((Numerator << shift) / Denominator), -shift);
        }
    }

    static Ratio Exact(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x), fraction = bits & 0x000FFFFFFFFFFFFF;
        int biased = (int)(bits >> 52) & 0x7FF, exponent = Math.Max(biased, 1) - 1075;
        BigInteger significand = biased == 0 ? fraction : fraction | 1L << 52;
        if (bits < 0) significand = -significand;
        return exponent > 0 ? new(significand << exponent, 1) : new(significand, BigInteger.One << -exponent);
    }

    static (BigInteger, int) Decimal(string text)
    {
        string[] parts = text.Split('e', 'E');
        int exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0, point = parts[0].IndexOf('.');
        if (point >= 0) exponent -= parts[0].Length - point - 1;
        return (BigInteger.Parse(parts[0].Replace(".", ""), CultureInfo.InvariantCulture), exponent);
    }
}
