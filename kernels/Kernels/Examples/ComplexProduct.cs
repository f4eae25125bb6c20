namespace Kernels.Examples;

/// <summary>Interleaved complex numbers: an access group of two becomes contiguous loads and a transpose in registers.</summary>
public static partial class ComplexProduct
{
    /// <summary>z[k] = x[k] * y[k], element k at [2k] (real part) and [2k + 1] (imaginary part).</summary>
    /// <param name="x">2n floats.</param>
    /// <param name="y">2n floats.</param>
    /// <param name="z">2n floats; an odd last one stays as it is.</param>
    /// <remarks>
    /// Each part is rounded three times: error at most 2u(|a c| + |b d|), u = 2^-24, and as much in the imaginary part, plus 2^-149 where a
    /// product is subnormal. Infinities and NaN as the formula gives them, without the recovery of C's Annex G.
    /// </remarks>
    [Kernel]
    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z)
    {
        foreach (int k in Lanes.Range(0, z.Length / 2))
        {
            float a = x[2 * k], b = x[2 * k + 1], c = y[2 * k], d = y[2 * k + 1];
            z[2 * k] = a * c - b * d;
            z[2 * k + 1] = a * d + b * c;
        }
    }
}
