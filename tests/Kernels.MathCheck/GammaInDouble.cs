namespace Kernels.MathCheck;

/// <summary>
/// Oracles for the float functions, fast enough for all of them: recurrence to 16 and seven terms of Stirling's series (the next is 2^-64), in double, with a reflection below 1/2. Their
/// parts are below 60 wherever they cancel, so 2^-47 absolute, and where the result is below 1/4 the double-double oracle takes over: 2^-22 ULP of float.
/// </summary>
static class GammaInDouble
{
    const double HalfLog2Pi = 0.9189385332046728;
    static readonly double[] LogCoefficients = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156];
    static readonly double[] PsiCoefficients = [1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12];

    public static double LogGamma(double x)
    {
        if (double.IsInfinity(x) || x <= 0 && x == Math.Floor(x)) return double.PositiveInfinity;
        double value = x > 0 ? LogOfPositive(x) : Math.Log(Math.PI / Math.Abs(Functions.SinOfQuarterTurns(x, 0))) - LogOfPositive(1 - x);
        return Math.Abs(value) < 0.25 ? (double)WideGamma.LogGamma(x).Significand : value;
    }

    public static double ReciprocalGamma(double x)
    {
        if (double.IsNegativeInfinity(x)) return double.NaN;
        if (x > 60) return 0;
        double sin = Functions.SinOfQuarterTurns(x, 0);
        if (x < -60) return sin == 0 ? 0 : sin * double.PositiveInfinity;
        double y = x < 0.5 ? 1 - x : x, product = 1;
        for (; y < 16; y++) product *= y;
        double series = Series(LogCoefficients, y) / y, gamma = Math.Exp((y - 0.5) * Math.Log(y) - y + HalfLog2Pi + series) / product;
        return x < 0.5 ? Math.Abs(x) < 1e-30 ? x : x == Math.Floor(x) ? 0 : sin / Math.PI * gamma : 1 / gamma;
    }

    public static double Digamma(double x)
    {
        if (x == 0) return double.IsNegative(x) ? double.PositiveInfinity : double.NegativeInfinity;
        if (double.IsInfinity(x)) return x > 0 ? x : double.NaN;
        if (x < 0 && x == Math.Floor(x)) return double.NaN;
        double y = x < 0.5 ? 1 - x : x, sum = x < 0.5 ? Math.PI * Functions.SinOfQuarterTurns(x, 1) / Functions.SinOfQuarterTurns(x, 0) : 0;
        for (; y < 16; y++) sum += 1 / y;
        double value = Math.Log(y) - 0.5 / y - Series(PsiCoefficients, y) / (y * y) - sum;
        return Math.Abs(value) < 0.25 ? (double)WideGamma.Digamma(x).Significand : value;
    }

    static double LogOfPositive(double x)
    {
        double product = 1;
        for (; x < 16; x++) product *= x;
        return (x - 0.5) * Math.Log(x) - x + HalfLog2Pi + Series(LogCoefficients, x) / x - Math.Log(product);
    }

    static double Series(double[] coefficients, double x)
    {
        double z = 1 / (x * x), sum = 0;
        for (int k = coefficients.Length - 1; k >= 0; k--) sum = sum * z + coefficients[k];
        return sum;
    }
}
