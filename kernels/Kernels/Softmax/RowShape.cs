namespace Kernels;

/// <summary>Where rows lie, and how many of their columns count. A stride of 0 gives all rows the same mask.</summary>
readonly struct RowShape
{
    /// <summary>Columns of a row, elements from row to row.</summary>
    public required int Columns { get; init; }
    public required int XStride { get; init; }
    public required int YStride { get; init; }
    /// <summary>Columns of the byte mask and of the bias: Columns, or 0 where there is none.</summary>
    public int KeepColumns { get; init; }
    public int KeepStride { get; init; }
    public int BiasColumns { get; init; }
    public int BiasStride { get; init; }
    /// <summary>1: row r uses the columns 0 … r mod Period + Offset.</summary>
    public int Causal { get; init; }
    public int Offset { get; init; }
    public int Period { get; init; }
    /// <summary>1: the lengths count.</summary>
    public int HasLengths { get; init; }
    /// <summary>1: fully masked rows give 0, not NaN.</summary>
    public int Zero { get; init; }
    /// <summary>Elements by which the address of y[0] is above a multiple of 16 elements.</summary>
    public int Misalignment { get; init; }

    /// <summary>How many of the row's first columns are read.</summary>
    public int Limit(int row, ReadOnlySpan<int> lengths)
    {
        int limit = Columns;
        if (Causal != 0) limit = Math.Min(limit, Math.Max(row % Period + Offset + 1, 0));
        if (HasLengths != 0) limit = Math.Min(limit, Math.Max(lengths[row], 0));
        return limit;
    }

    /// <summary>Elements of the row of y before its first multiple of 16, for stores that need alignment.</summary>
    public int Head(int row, int limit) => Math.Min((16 - ((Misalignment + row * YStride) & 15)) & 15, limit);
}
