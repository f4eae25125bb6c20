namespace Kernels;

/// <summary>Which columns of a row count, for rows in a device's memory: <see cref="RowMask"/> with device buffers.</summary>
public readonly record struct DeviceRowMask
{
    /// <summary>Row r uses the columns 0 … (r mod <see cref="CausalPeriod"/>) + CausalOffset. Null: all.</summary>
    public int? CausalOffset { get; init; }

    /// <summary>Rows after which the causal bound starts anew; 0: never.</summary>
    public int CausalPeriod { get; init; }

    /// <summary>For each row, how many of its first columns count; less than 0 counts as 0, more than the columns as all. Null: all.</summary>
    public IDeviceBuffer<int>? Lengths { get; init; }

    /// <summary>Non-zero where a column counts: cols elements for all rows, or rows*cols. Null: all.</summary>
    public IDeviceBuffer<byte>? Keep { get; init; }

    /// <summary>Added to scale*x: cols elements for all rows, or rows*cols. -infinity masks. Null: nothing.</summary>
    public IDeviceBuffer<float>? Bias { get; init; }

    internal RowShape Shape(int rows, int cols, int xStride, int yStride, FullyMaskedRows policy) =>
        RowArguments.Shape(rows, cols, xStride, yStride, CausalOffset, CausalPeriod, Lengths?.Length ?? 0, Keep?.Length ?? 0, Bias?.Length ?? 0, policy, 0);
}
