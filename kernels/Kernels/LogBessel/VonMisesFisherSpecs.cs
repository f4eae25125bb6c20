namespace Kernels;

// The distribution of von Mises and Fisher on the unit sphere of R^p, density C_p(κ) exp(κ μᵀx), with v = p/2 - 1:
//
//     C_p(κ) = κ^v / ((2π)^(v+1) I_v(κ)),   A_p(κ) = I_(v+1)(κ)/I_v(κ), the mean resultant length
//
// K. V. Mardia, P. E. Jupp: Directional Statistics (2000), 9.3.
static partial class VonMisesFisherSpecs
{
    const double HalfLog2Pi = 0.91893853320467274, Log2Pi = 1.8378770664093455, LogPi = 1.1447298858494002, Inverse2Pi = 0.15915494309189535;

    /// <summary>
    /// log C for v >= 0. log κ^v and log I have -v ln κ in common, which is taken out of both formulas of log I: nothing cancels for small κ, and κ = 0 gives the
    /// constant density. NaN for κ below 0.
    /// </summary>
    [ElementKernel]
    internal static double LogNormalizer(double v, double x) => Normalizer(Region(v, x), v, x);

    // As Regions, where small x needs no care: there is no asinh(v/x).
    static int Region(double v, double x)
    {
        double a = v * v, r2 = KernelMath.MulAdd(x, x, a);
        int inside = KernelMath.Select(x < 5, 4, KernelMath.Select(x < 10, 5, 6));
        return KernelMath.Select(x >= 0 && Regions.IsModerate(r2), KernelMath.Select(a + r2 < 400, inside, Regions.Shell(r2)), 7);
    }

    [Compact]
    static double Normalizer(int region, double v, double x) => region switch
    {
        0 => Outside(v, x, out double w, out double s) - DebyeCoefficients.I160(w, s),
        1 => Outside(v, x, out double w, out double s) - DebyeCoefficients.I60(w, s),
        2 => Outside(v, x, out double w, out double s) - DebyeExpansion.SumI30(w, s),
        3 => Outside(v, x, out double w, out double s) - DebyeExpansion.SumI20(w, s),
        4 => Inside(v, x, 17),
        5 => Inside(v, x, 23),
        6 => Inside(v, x, 37),
        // κ from 2^300 on: all else is nothing beside it. κ below 0 and NaN.
        _ => KernelMath.Select(x > 0, -x, double.NaN),
    };

    // v ln κ - log I without its series = v ln(v + r) - r + ln(2πr)/2.
    static double Outside(double v, double x, out double w, out double s)
    {
        double square = KernelMath.MulAdd(v, v, x * x), r = KernelMath.Sqrt(square);
        double log = Logarithms.Log((v + r) * Inverse2Pi, square, out double logSquare), t = v / r;
        w = 1 / r;
        s = t * t;
        return KernelMath.MulAdd(v, log, -r) + KernelMath.MulAdd(0.25, logSquare, -HalfLog2Pi);
    }

    // I = (κ/2)^v S/Γ(v + 1).
    static double Inside(double v, double x, int terms)
    {
        double half = 0.5 * x, tail = PowerSeries.Tail(v, half * half, terms, out double b), gamma = PowerSeries.ReciprocalGamma(v, out double product);
        return KernelMath.MulAdd(-v, LogPi, -Log2Pi) - Logarithms.Log(KernelMath.MulAdd(tail + b, gamma, tail + b) / (b * product));
    }

    /// <summary>
    /// The first approximation of κ for A_p(κ) = R, 0 <= R <= 1. A. Banerjee, I. S. Dhillon, J. Ghosh, S. Sra: Clustering on the Unit Hypersphere using von
    /// Mises-Fisher Distributions, JMLR 6 (2005), equation 4.4.
    /// </summary>
    [ElementKernel]
    internal static double FirstKappa(double p, double r) => r * (p - r * r) / ((1 - r) * (1 + r));

    /// <summary>A better κ after a = A_p(κ) and complement = 1 - A_p(κ): Newton's step, A' = 1 - A² - (p - 1) A/κ, kept within a factor of 2.</summary>
    [ElementKernel]
    internal static double NextKappa(double p, double r, double kappa, double a, double complement)
    {
        // Near 1 the complements tell A_p from R. Far out the terms of A' cancel, and it is (p - 1)/(2κ²) (1 + O(p/κ)).
        double excess = KernelMath.Select(r > 0.5, (1 - r) - complement, a - r);
        double slope = KernelMath.Select(kappa > 1e4 * p, 0.5 * (p - 1) / kappa / kappa, complement * (1 + a) - (p - 1) * a / kappa);
        double next = KernelMath.Clamp(kappa - excess / slope, 0.5 * kappa, 2 * kappa);
        return KernelMath.Select(kappa > 0 && kappa < double.PositiveInfinity, next, kappa);
    }

    /// <summary>One over the length of each row; infinity for rows of zeros.</summary>
    [Kernel, Specialize(typeof(float)), Specialize(typeof(double))]
    internal static void InverseLengths<T>([Block] int row, int columns, [Trusted] ReadOnlySpan<T> x, [Trusted] Span<double> inverse) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> source = x.Slice(row * columns, columns);
        double sum = 0;
        foreach (int i in Lanes.Over(source))
        {
            double value = double.CreateTruncating(source[i]);
            sum += value * value;
        }
        inverse[row] = 1 / Math.Sqrt(Lanes.Sum(sum));
    }

    internal const int Tile = 512;

    /// <summary>The sum of all rows, each times its factor; a block: some columns.</summary>
    [Kernel, Specialize(typeof(float)), Specialize(typeof(double))]
    internal static void WeightedSum<T>([Block] int tile, int rows, int columns, [Trusted] ReadOnlySpan<T> x, [Trusted] ReadOnlySpan<double> factors, [Trusted] Span<double> sum) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        int begin = tile * Tile, width = Math.Min(Tile, columns - begin);
        Span<double> target = sum.Slice(begin, width);
        foreach (int i in Lanes.Over(target)) target[i] = 0;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<T> source = x.Slice(row * columns + begin, width);
            double factor = factors[row];
            foreach (int i in Lanes.Over(target)) target[i] += factor * double.CreateTruncating(source[i]);
        }
    }
}
