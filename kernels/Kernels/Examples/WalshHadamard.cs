namespace Kernels.Examples;

/// <summary>A transform that lives in registers: an array of the block, one element a lane, and butterflies across lanes.</summary>
public static partial class WalshHadamard
{
    /// <summary>y[16b + i] = Σ_j (-1)^popcount(i &amp; j) x[16b + j] for block b: the unnormalised transform in natural order.</summary>
    /// <param name="block">b.</param>
    /// <param name="x">16 elements a block.</param>
    /// <param name="y">16 elements a block; the same memory as x, or memory that does not overlap it.</param>
    /// <remarks>Four additions deep: the error is at most 4u Σ|x| / (1 - 4u), u = 2^-24; exact for integers with Σ|x| at most 2^24. The order is fixed: equal bits on every target.</remarks>
    [Kernel, Lanes(16)]
    public static void Transform16([Block] int block, ReadOnlySpan<float> x, [InPlace(nameof(x))] Span<float> y)
    {
        Span<float> t = stackalloc float[16], u = stackalloc float[16];
        foreach (int i in Lanes.Range(0, 16)) t[i] = x[16 * block + i];
        for (int s = 0; s < 4; s++)
        {
            int h = 1 << s;
            foreach (int i in Lanes.Range(0, 16))
            {
                float mine = t[i], other = t[i ^ h];
                u[i] = (i & h) == 0 ? mine + other : other - mine;
            }
            foreach (int i in Lanes.Range(0, 16)) t[i] = u[i];
        }
        foreach (int i in Lanes.Range(0, 16)) y[16 * block + i] = t[i];
    }
}
