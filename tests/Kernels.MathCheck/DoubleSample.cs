namespace Kernels.MathCheck;

/// <summary>Double functions on stratified arguments: some of each binade and sign, with most where functions do their work, and the borders.</summary>
public static class DoubleSample
{
    public readonly record struct Worst(double MaxUlp, double Input, int Count);

    static readonly double[] Special =
    [
        0.0, double.NegativeZero, double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, 2.225073858507201e-308, -2.2250738585072014e-308, 1, -1, 0.5, -0.5, 2,
        double.MaxValue, -double.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
    ];

    /// <summary>The arguments, the same each time: 5 of each binade; perBinade from 2^-8 to 2^11; 65 neighbours of each border.</summary>
    public static IEnumerable<double> Arguments(DoubleFunction function, int perBinade)
    {
        var random = new Random(20250801);
        for (int exponent = 0; exponent <= 2046; exponent++)
            for (int k = 0, n = exponent - 1023 is >= -8 and < 11 ? perBinade : 5; k < n; k++)
            {
                long bits = (long)exponent << 52 | random.NextInt64(1L << 52);
                yield return BitConverter.Int64BitsToDouble(bits);
                yield return BitConverter.Int64BitsToDouble(bits | long.MinValue);
            }
        foreach (double border in function.Borders.Concat(Special))
            for (int d = -32; d <= 32; d++)
                yield return BitConverter.Int64BitsToDouble(unchecked(BitConverter.DoubleToInt64Bits(border) + d));
    }

    public static Worst Measure(DoubleFunction function, int perBinade)
    {
        Worst worst = new(-1, 0, 0);
        int count = 0;
        foreach (double x in Arguments(function, perBinade))
        {
            count++;
            WideMath.Scaled exact = double.IsNaN(x) ? new(x, 0) : function.Oracle(x);
            double least = x < 0 && function.LeastBelowZero is { } f ? f(x) : 0;
            double error = Math.Max(Ulp.Error(function.Plain(x), exact, least), Ulp.Error(function.Fused(x), exact, least));
            if (error > worst.MaxUlp) worst = new(error, x, 0);
        }
        return worst with { Count = count };
    }
}
