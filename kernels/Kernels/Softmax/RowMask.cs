namespace Kernels;

/// <summary>
/// Which columns of a row count; what is set applies together. Columns that do not count are not read where a length or the causal bound leaves them out, and give
/// +0 (probabilities) or -infinity (logarithms).
/// </summary>
public readonly ref struct RowMask
{
    /// <summary>Row r uses the columns 0 … (r mod <see cref="CausalPeriod"/>) + CausalOffset. Null: all.</summary>
    public int? CausalOffset { get; init; }

    /// <summary>Rows after which the causal bound starts anew, as in a batch of square blocks; 0: never.</summary>
    public int CausalPeriod { get; init; }

    /// <summary>For each row, how many of its first columns count, 0 … cols. Empty: all.</summary>
    public ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>Non-zero where a column counts: cols elements for all rows, or rows*cols. Empty: all.</summary>
    public ReadOnlySpan<byte> Keep { get; init; }

    /// <summary>Added to scale*x with one rounding: cols elements for all rows, or rows*cols. -infinity masks. Empty: nothing.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>Row r uses the columns 0 … r + offset; with a period, 0 … (r mod period) + offset.</summary>
    public static RowMask Causal(int offset = 0, int period = 0) => new() { CausalOffset = offset, CausalPeriod = period };
}
