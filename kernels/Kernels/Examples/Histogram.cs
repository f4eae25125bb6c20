namespace Kernels.Examples;

/// <summary>Counts by bins: lanes and blocks that meet at one address. Additions of integers commute, so every order gives the same counts.</summary>
public static partial class Histogram
{
    /// <summary>
    /// Adds to bins[b] the number of elements v of piece number <paramref name="piece"/> with low ≤ v &lt; high and
    /// b = min(trunc((v - low)*scale), bins.Length - 1), in float. NaN and all that lies outside is counted nowhere.
    /// </summary>
    /// <param name="piece">Elements piece*length … of x.</param>
    /// <param name="length">Elements in a piece; the last piece may be shorter.</param>
    /// <param name="x">The data.</param>
    /// <param name="low">The lower end of bin 0.</param>
    /// <param name="high">The upper end of the last bin.</param>
    /// <param name="scale">bins.Length / (high - low).</param>
    /// <param name="bins">The counts, added to.</param>
    [Kernel]
    public static void Count([Block] int piece, int length, ReadOnlySpan<float> x, float low, float high, float scale, Span<int> bins)
    {
        int begin = piece * length, last = bins.Length - 1;
        foreach (int i in Lanes.Range(begin, Math.Min(begin + length, x.Length)))
        {
            float v = x[i];
            if (v >= low && v < high) Atomic.Add(ref bins[Math.Min((int)((v - low) * scale), last)], 1);
        }
    }

    /// <summary>Adds to bins[v] the number of bytes v of the piece; counts in memory of the block first, so that blocks seldom meet.</summary>
    /// <param name="piece">Bytes piece*length … of x.</param>
    /// <param name="length">Bytes in a piece; the last piece may be shorter.</param>
    /// <param name="x">The data.</param>
    /// <param name="bins">256 counts, added to.</param>
    [Kernel]
    public static void CountBytes([Block] int piece, int length, ReadOnlySpan<byte> x, Span<int> bins)
    {
        var counts = new Scratch<int>(256);
        foreach (int b in Lanes.Range(0, 256)) counts[b] = 0;
        int begin = piece * length;
        foreach (int i in Lanes.Range(begin, Math.Min(begin + length, x.Length))) Atomic.Add(ref counts[x[i]], 1);
        foreach (int b in Lanes.Range(0, 256)) Atomic.Add(ref bins[b], counts[b]);
    }
}
