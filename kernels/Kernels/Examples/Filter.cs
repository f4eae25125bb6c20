namespace Kernels.Examples;

/// <summary>Ordered compaction: the output's length is known only at its end.</summary>
public static partial class Filter
{
    /// <summary>kept = the elements of x above the threshold, in order; where = their indices; count[0] = their number. NaN is not above anything.</summary>
    /// <param name="x">The data.</param>
    /// <param name="threshold">An element that equals it is not kept.</param>
    /// <param name="kept">Long enough for what is kept.</param>
    /// <param name="where">As long.</param>
    /// <param name="count">At least one element.</param>
    [Kernel]
    public static void Above(ReadOnlySpan<float> x, float threshold, Span<float> kept, Span<int> where, Span<int> count)
    {
        int values = 0, indices = 0;
        foreach (int i in Lanes.Over(x))
        {
            float v = x[i];
            if (v > threshold)
            {
                Lanes.Append(kept, ref values, v);
                Lanes.Append(where, ref indices, i);
            }
        }
        count[0] = values;
    }
}
