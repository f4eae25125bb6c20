using Kernels.Tests.SoftmaxFamily;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>log I and log K in double-double arithmetic, for x up to 600 and v up to 600, by other methods than the specs'.</summary>
static class Oracle
{
    static readonly DoubleDouble HalfLog2Pi = new(0.9189385332046728, -3.8782941580672414e-17);

    // B_2n/(2n (2n - 1)), as fractions.
    static readonly (double, double)[] stirling =
        [(1, 12), (-1, 360), (1, 1260), (-1, 1680), (1, 1188), (-691, 360360), (1, 156), (-3617, 122400), (43867, 244188), (-174611, 125400), (77683, 5796)];

    /// <summary>The power series, term by term (DLMF 10.25.2): all terms are positive.</summary>
    public static DoubleDouble LogI(double v, double x)
    {
        DoubleDouble half = new(x / 2), z = half * half, term = 1, sum = 1;
        for (int k = 1; term.High > sum.High * 1e-33; k++)
        {
            term = term * z / (k * (new DoubleDouble(v) + k));
            sum += term;
        }
        return v * DoubleDouble.Log(half) - LogGamma(v) + DoubleDouble.Log(sum);
    }

    /// <summary>ln Γ(v + 1): Stirling's series at v + 41 (DLMF 5.11.1), whose twelfth term is below 1e-34.</summary>
    static DoubleDouble LogGamma(double v)
    {
        DoubleDouble product = 1, y = new DoubleDouble(v) + 41;
        for (int k = 1; k <= 40; k++) product *= new DoubleDouble(v) + k;
        DoubleDouble power = 1 / y, square = power * power, sum = (y - 0.5) * DoubleDouble.Log(y) - y + HalfLog2Pi;
        foreach (var (numerator, denominator) in stirling)
        {
            sum += power * numerator / denominator;
            power *= square;
        }
        return sum - DoubleDouble.Log(product);
    }

    /// <summary>½ ∫ e^(v t - x cosh t) dt by the trapezoidal rule from the peak outwards: its error falls as e^(-π²/step) (DLMF 10.32.9).</summary>
    public static DoubleDouble LogK(double v, double x)
    {
        double peak = Math.Asinh(v / x), step = Math.Min(0.0625, Math.ScaleB(1, (int)Math.Floor(Math.Log2(0.5 / Math.Sqrt(double.Hypot(v, x))))));
        var top = Exponent(v, x, peak);
        DoubleDouble sum = 1;
        foreach (int direction in new[] { 1, -1 })
            for (int k = 1; ; k++)
            {
                var term = DoubleDouble.Exp(Exponent(v, x, peak + new DoubleDouble(k * direction * step)) - top);
                sum += term;
                if (term.High < 1e-33) break;
            }
        return top + DoubleDouble.Log(sum * (step / 2));
    }

    static DoubleDouble Exponent(double v, double x, DoubleDouble t)
    {
        var power = DoubleDouble.Exp(t);
        return v * t - x * (power + 1 / power).Scale(-1);
    }
}
