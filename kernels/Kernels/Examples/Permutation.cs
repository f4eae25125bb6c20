namespace Kernels.Examples;

/// <summary>Data-dependent indices, with and without a promise about them. Exact copies.</summary>
public static partial class Permutation
{
    /// <summary>y[i] = x[index[i]], i &lt; index.Length. Every index is in range: the caller has checked.</summary>
    /// <param name="x">The source.</param>
    /// <param name="index">n indices into x; repetitions are allowed.</param>
    /// <param name="y">At least n elements.</param>
    [Kernel]
    public static void Gather([Trusted] ReadOnlySpan<float> x, ReadOnlySpan<int> index, Span<float> y)
    {
        foreach (int i in Lanes.Over(index)) y[i] = x[index[i]];
    }

    /// <summary>As <see cref="Gather"/>, with indices from anywhere: one out of range gives an error, and 0 in its place.</summary>
    [Kernel]
    public static void GatherChecked(ReadOnlySpan<float> x, ReadOnlySpan<int> index, Span<float> y)
    {
        foreach (int i in Lanes.Over(index)) y[i] = x[index[i]];
    }

    /// <summary>y[index[i]] = x[i], i &lt; index.Length. The indices are distinct and in range: the caller has checked.</summary>
    /// <param name="x">At least n elements.</param>
    /// <param name="index">n distinct indices into y.</param>
    /// <param name="y">The destination; elements that no index names stay as they are.</param>
    [Kernel]
    public static void Scatter(ReadOnlySpan<float> x, ReadOnlySpan<int> index, [Trusted] Span<float> y)
    {
        foreach (int i in Lanes.Over(index)) y[index[i]] = x[i];
    }

    /// <summary>As <see cref="Scatter"/>, with distinct indices from anywhere: one out of range writes nothing and gives an error.</summary>
    [Kernel]
    public static void ScatterChecked(ReadOnlySpan<float> x, ReadOnlySpan<int> index, Span<float> y)
    {
        foreach (int i in Lanes.Over(index)) y[index[i]] = x[i];
    }
}
