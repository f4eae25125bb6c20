using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernels.Runtime;

namespace Kernels;

/// <summary>The checks that the entries of the family share; all before anything is written.</summary>
static class RowArguments
{
    /// <summary>Rows and columns: false if there is nothing to do.</summary>
    public static bool Any(int rows, int cols)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(cols);
        if (rows == 0) return false;
        return cols > 0 ? true : throw new ArgumentException("A row needs at least one column.", nameof(cols));
    }

    /// <summary>rows rows of cols elements, stride from row to row.</summary>
    public static ReadOnlySpan<T> Input<T>(ReadOnlySpan<T> x, int rows, int cols, int stride, [CallerArgumentExpression(nameof(x))] string name = "") =>
        x[..Length(x.Length, rows, cols, stride, name)];

    /// <summary>rows rows of cols elements, stride from row to row.</summary>
    public static Span<T> Output<T>(Span<T> y, int rows, int cols, int stride, [CallerArgumentExpression(nameof(y))] string name = "") =>
        y[..Length(y.Length, rows, cols, stride, name)];

    /// <summary>A buffer that holds rows rows of cols elements.</summary>
    public static IDeviceBuffer<T> Device<T>(IDeviceBuffer<T> x, int rows, int cols, int stride, [CallerArgumentExpression(nameof(x))] string name = "") where T : unmanaged
    {
        Length(DeviceCheck.Count(x, name), rows, cols, stride, name);
        return x;
    }

    static int Length(int length, int rows, int cols, int stride, string name)
    {
        if (stride < cols && rows > 1) throw new ArgumentOutOfRangeException(name + "Stride", stride, $"Rows of {cols} elements need a stride of at least as many.");
        long needed = (rows - 1L) * stride + cols;
        return needed <= length ? (int)needed : throw new ArgumentException($"{length} elements, but {rows} rows of {cols} at a stride of {stride} need {needed}.", name);
    }

    /// <summary>Exactly one memory with one stride, or apart.</summary>
    public static void InPlaceOrApart<T>(ReadOnlySpan<T> x, int xStride, Span<T> y, int yStride, int rows, string name = "y") where T : unmanaged
    {
        if (!x.Overlaps(y, out int offset) || offset == 0 && (xStride == yStride || rows == 1)) return;
        throw new ArgumentException("Overlaps x in part: it must be exactly x, or apart from it.", name);
    }

    /// <summary>Elements by which the address is above a multiple of 16 elements.</summary>
    public static unsafe int Misalignment<T>(Span<T> y) where T : unmanaged => (int)((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(y)) / (nuint)sizeof(T) & 15);

    /// <summary>Where the rows lie and what counts of them.</summary>
    public static RowShape Shape(int rows, int cols, int xStride, int yStride, RowMask mask, FullyMaskedRows policy, int misalignment)
    {
        if (mask.Lengths.Length == rows)
            for (int r = 0; r < rows; r++)
                if ((uint)mask.Lengths[r] > (uint)cols) throw new ArgumentException($"Lengths[{r}] is {mask.Lengths[r]}; a row has {cols} columns.", nameof(mask));
        return Shape(rows, cols, xStride, yStride, mask.CausalOffset, mask.CausalPeriod, mask.Lengths.Length, mask.Keep.Length, mask.Bias.Length, policy, misalignment);
    }

    /// <summary>As the other, from what the mask's arrays have for lengths.</summary>
    public static RowShape Shape(int rows, int cols, int xStride, int yStride, int? offset, int period, long lengths, long keep, long bias, FullyMaskedRows policy, int misalignment)
    {
        if (period < 0) throw new ArgumentOutOfRangeException("mask", period, "CausalPeriod is at least 0.");
        if (lengths != 0 && lengths != rows) throw new ArgumentException($"{lengths} Lengths for {rows} rows.", "mask");
        int keepStride = Stride(keep, nameof(RowMask.Keep)), biasStride = Stride(bias, nameof(RowMask.Bias));
        return new()
        {
            Columns = cols, XStride = xStride, YStride = yStride, Misalignment = misalignment, Zero = policy == FullyMaskedRows.Zero ? 1 : 0,
            KeepColumns = keep == 0 ? 0 : cols, KeepStride = keepStride, BiasColumns = bias == 0 ? 0 : cols, BiasStride = biasStride,
            HasLengths = lengths == 0 ? 0 : 1,
            Causal = offset is null ? 0 : 1, Offset = Math.Clamp(offset ?? 0, -rows, cols), Period = period == 0 ? rows : period,
        };

        int Stride(long length, string name) => length == 0 || length == cols ? 0 : length == (long)rows * cols ? cols
            : throw new ArgumentException($"{name} has {length} elements: {cols} for all rows, or {rows} times as many.", "mask");
    }

    /// <summary>Three axes: false if there is nothing to do.</summary>
    public static bool Axes<T>(ref ReadOnlySpan<T> x, ref Span<T> y, int outer, int axis, int inner, out int panels) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outer);
        ArgumentOutOfRangeException.ThrowIfNegative(axis);
        ArgumentOutOfRangeException.ThrowIfNegative(inner);
        panels = (int)((inner + (SoftmaxRows.Panel - 1L)) / SoftmaxRows.Panel);
        if (outer == 0 || inner == 0) return false;
        if (axis == 0) throw new ArgumentException("The axis needs at least one element.", nameof(axis));
        Int128 needed = (Int128)outer * axis * inner;
        if (needed > x.Length) throw new ArgumentException($"{x.Length} elements, but {outer} x {axis} x {inner} are {needed}.", nameof(x));
        if (needed > y.Length) throw new ArgumentException($"{y.Length} elements, but {outer} x {axis} x {inner} are {needed}.", nameof(y));
        x = x[..(int)needed];
        y = y[..(int)needed];
        InPlaceOrApart(x, 1, y, 1, 1);
        return true;
    }

    /// <summary>A label a row, in range or ignored.</summary>
    public static ReadOnlySpan<int> Labels(ReadOnlySpan<int> labels, int rows, int cols, CrossEntropyOptions options)
    {
        labels = Input(labels, rows, 1, 1);
        for (int r = 0; r < rows; r++)
            if ((uint)labels[r] >= (uint)cols && labels[r] != options.IgnoreIndex) throw new ArgumentException($"labels[{r}] is {labels[r]}; there are {cols} columns.", nameof(labels));
        return labels;
    }

    /// <summary>The scale in the precision of the arithmetic.</summary>
    public static T Scale<T>(SoftmaxOptions options) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scale = T.CreateTruncating(options.Scale);
        return T.IsFinite(scale) ? scale : throw new ArgumentException($"A Scale of {options.Scale} is infinite in {typeof(T).Name}.", nameof(options));
    }

    /// <summary>Whether logits are the elements themselves.</summary>
    public static bool IsPlain(RowShape shape, SoftmaxOptions options) => options.Scale == 1 && shape.KeepColumns + shape.BiasColumns == 0;
}
