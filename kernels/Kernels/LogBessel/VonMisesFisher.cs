using System.Buffers;

namespace Kernels;

/// <summary>What <see cref="VonMisesFisher.Fit(ReadOnlySpan{double}, int, int, Span{double}, KernelOptions?)"/> finds beside the mean direction.</summary>
/// <param name="Kappa">The concentration.</param>
/// <param name="MeanResultantLength">The length of the mean of the unit vectors, from 0 to 1.</param>
public readonly record struct VonMisesFisherFit(double Kappa, double MeanResultantLength);

/// <summary>
/// The distribution of von Mises and Fisher on the unit sphere of R^p: density C_p(κ) exp(κ μᵀx), mean direction μ, concentration κ. In any number of dimensions: the
/// Bessel functions that it is made of overflow where p or κ are some hundreds, their logarithms do not.
/// </summary>
/// <remarks>K. V. Mardia, P. E. Jupp: Directional Statistics (2000), 9.3 and 10.3.</remarks>
public static class VonMisesFisher
{
    const int Chunk = 1024, NewtonSteps = 4;

    /// <summary>log C_p(κ) = (p/2 - 1) ln κ - (p/2) ln 2π - log I_(p/2-1)(κ), and its limit at κ = 0.</summary>
    /// <param name="p">Dimensions of the space, at least 2.</param>
    /// <param name="kappa">The concentration. Below 0 or NaN: the result is NaN.</param>
    /// <returns>Within 6 units of 2^-53 of max(1, |result|, r + v ln(1 + v + r)), v = p/2 - 1, r = √(v² + κ²).</returns>
    /// <exception cref="ArgumentOutOfRangeException">p is below 2.</exception>
    public static double LogNormalizer(int p, double kappa) => VonMisesFisherSpecs.LogNormalizer(Order(p), kappa);

    /// <inheritdoc cref="LogNormalizer(int, double)"/>
    /// <exception cref="ArgumentException">destination and kappa differ in length, or overlap without being the same memory.</exception>
    public static void LogNormalizer(int p, ReadOnlySpan<double> kappa, Span<double> destination, KernelOptions? options = null) => VonMisesFisherSpecs.LogNormalizer(Order(p), kappa, destination, options);

    /// <summary>A_p(κ) = I_(p/2)(κ)/I_(p/2-1)(κ): how long the mean of many unit vectors of this distribution is.</summary>
    /// <inheritdoc cref="LogNormalizer(int, double)"/>
    /// <returns>From 0 to 1; as exact as <see cref="LogBessel.RatioI(double, double)"/>.</returns>
    public static double MeanResultantLength(int p, double kappa) => LogBessel.RatioI(Order(p), kappa);

    /// <inheritdoc cref="MeanResultantLength(int, double)"/>
    /// <exception cref="ArgumentException">destination and kappa differ in length, or overlap without being the same memory.</exception>
    public static void MeanResultantLength(int p, ReadOnlySpan<double> kappa, Span<double> destination, KernelOptions? options = null) => LogBessel.RatioI(Order(p), kappa, destination, options);

    /// <summary>The κ with A_p(κ) = meanResultantLength: the maximum-likelihood estimate of the concentration. 0 gives 0, 1 gives infinity.</summary>
    /// <remarks>Newton's method from the approximation of Banerjee and others (JMLR 6, 2005). Up to 1/2, A_p(result) is meanResultantLength within 8 units of 2^-53 of that; above, 1 - A_p(result) is 1 - meanResultantLength as nearly as <see cref="LogBessel.RatioIComplement(double, double)"/> is exact.</remarks>
    /// <param name="p">Dimensions of the space, at least 2.</param>
    /// <param name="meanResultantLength">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is below 2, or meanResultantLength is not from 0 to 1.</exception>
    public static double FitKappa(int p, double meanResultantLength)
    {
        double kappa = 0;
        FitKappa(p, new ReadOnlySpan<double>(in meanResultantLength), new Span<double>(ref kappa));
        return kappa;
    }

    /// <inheritdoc cref="FitKappa(int, double)"/>
    /// <exception cref="ArgumentException">kappa and meanResultantLength differ in length, or overlap without being the same memory.</exception>
    public static void FitKappa(int p, ReadOnlySpan<double> meanResultantLength, Span<double> kappa, KernelOptions? options = null)
    {
        double v = Order(p);
        if (kappa.Length != meanResultantLength.Length) throw new ArgumentException($"The length is {kappa.Length}; it must be that of meanResultantLength, {meanResultantLength.Length}.", nameof(kappa));
        if (meanResultantLength.Overlaps(kappa, out int offset) && offset != 0) throw new ArgumentException("It overlaps meanResultantLength without being the same memory.", nameof(kappa));
        for (int i = 0; i < meanResultantLength.Length; i++)
            if (!(meanResultantLength[i] >= 0 && meanResultantLength[i] <= 1))
                throw new ArgumentOutOfRangeException(nameof(meanResultantLength), meanResultantLength[i], $"A mean resultant length is from 0 to 1; that of index {i} is not.");
        Span<double> r = stackalloc double[Math.Min(Chunk, kappa.Length)], a = stackalloc double[r.Length], b = stackalloc double[r.Length];
        for (int at = 0; at < kappa.Length; at += Chunk)
        {
            var target = kappa.Slice(at, Math.Min(Chunk, kappa.Length - at));
            Span<double> wanted = r[..target.Length], reached = a[..target.Length], complement = b[..target.Length];
            meanResultantLength.Slice(at, target.Length).CopyTo(wanted);
            VonMisesFisherSpecs.FirstKappa(p, wanted, target, options);
            for (int step = 0; step < NewtonSteps; step++)
            {
                LogBessel.RatioI(v, target, reached, options);
                LogBessel.RatioIComplement(v, target, complement, options);
                VonMisesFisherSpecs.NextKappa(p, wanted, target, reached, complement, target, options);
            }
        }
    }

    /// <summary>The maximum-likelihood fit to directions: the mean direction, and the concentration of its length.</summary>
    /// <param name="x">Vectors, row after row: rows · p elements. Each is taken as the direction that it points to, whatever its length.</param>
    /// <param name="rows">How many.</param>
    /// <param name="p">Dimensions, at least 2.</param>
    /// <param name="meanDirection">Receives p elements, a unit vector; undefined (NaN) where the mean is 0.</param>
    /// <param name="options">Target and threads.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is below 2, or rows below 1.</exception>
    /// <exception cref="ArgumentException">x or meanDirection has another length, they overlap, or a row of x has no direction: its length is 0, infinite or NaN.</exception>
    public static VonMisesFisherFit Fit(ReadOnlySpan<double> x, int rows, int p, Span<double> meanDirection, KernelOptions? options = null) => Fit<double>(x, rows, p, meanDirection, options);

    /// <inheritdoc cref="Fit(ReadOnlySpan{double}, int, int, Span{double}, KernelOptions?)"/>
    public static VonMisesFisherFit Fit(ReadOnlySpan<float> x, int rows, int p, Span<double> meanDirection, KernelOptions? options = null) => Fit<float>(x, rows, p, meanDirection, options);

    static VonMisesFisherFit Fit<T>(ReadOnlySpan<T> x, int rows, int p, Span<double> meanDirection, KernelOptions? options) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        Order(p);
        if (rows < 1) throw new ArgumentOutOfRangeException(nameof(rows), rows, "At least one row is needed.");
        if (x.Length != (long)rows * p) throw new ArgumentException($"The length is {x.Length}; rows * p are {(long)rows * p}.", nameof(x));
        if (meanDirection.Length != p) throw new ArgumentException($"The length is {meanDirection.Length}; p is {p}.", nameof(meanDirection));
        if (System.Runtime.InteropServices.MemoryMarshal.AsBytes(x).Overlaps(System.Runtime.InteropServices.MemoryMarshal.AsBytes(meanDirection))) throw new ArgumentException("It overlaps x.", nameof(meanDirection));
        double[] rented = ArrayPool<double>.Shared.Rent(rows);
        try
        {
            var inverse = rented.AsSpan(0, rows);
            VonMisesFisherSpecs.InverseLengthsKernel.Run<T>(rows, p, x, inverse, options);
            for (int row = 0; row < rows; row++)
                if (!(inverse[row] > 0 && inverse[row] < double.PositiveInfinity)) throw new ArgumentException($"Row {row} has no direction: its length is {1 / inverse[row]}.", nameof(x));
            VonMisesFisherSpecs.WeightedSumKernel.Run<T>((p + VonMisesFisherSpecs.Tile - 1) / VonMisesFisherSpecs.Tile, rows, p, x, inverse, meanDirection, options);
        }
        finally { ArrayPool<double>.Shared.Return(rented); }
        double square = 0;
        foreach (double s in meanDirection) square += s * s;
        double length = Math.Sqrt(square), r = Math.Min(1, length / rows);
        foreach (ref double s in meanDirection) s /= length;
        return new(FitKappa(p, r), r);
    }

    static double Order(int p) => p >= 2 ? 0.5 * p - 1 : throw new ArgumentOutOfRangeException(nameof(p), p, "A sphere has at least 2 dimensions around it.");
}
