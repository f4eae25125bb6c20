using System.ComponentModel;

namespace Kernels.Runtime;

/// <summary>For generated code: the bytes that an array parameter covers: one row, or rows at a stride, so that neighbouring column blocks of one matrix do not count as overlapping.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct Extent
{
    readonly nuint start;
    readonly long bytes, rows, rowBytes, stride;

    /// <summary>A span.</summary>
    public Extent(void* start, long bytes) : this(start, 1, bytes, bytes) { }

    Extent(void* start, long rows, long rowBytes, long stride)
    {
        this.start = (nuint)start;
        this.rows = rows;
        this.rowBytes = rowBytes;
        this.stride = stride;
        bytes = rows == 0 || rowBytes == 0 ? 0 : (rows - 1) * stride + rowBytes;
    }

    /// <summary>A view.</summary>
    public static Extent Of<T>(View2<T> view) where T : unmanaged =>
        new(view.Origin, view.Rows, (long)view.Columns * sizeof(T), view.RowStride * sizeof(T));

    internal bool MayOverlap(in Extent other) =>
        bytes > 0 && other.bytes > 0 && start < other.start + (nuint)other.bytes && other.start < start + (nuint)bytes;

    internal bool SameElements(in Extent other) => start == other.start && (stride == other.stride || rows == 1 && other.rows == 1);

    /// True of arrays whose ranges overlap, but for two of one stride whose columns do not meet.
    internal bool Overlaps(in Extent other)
    {
        if (!MayOverlap(other)) return false;
        long pitch = rows > 1 ? stride : other.stride;
        if ((rows > 1 && stride != pitch) || (other.rows > 1 && other.stride != pitch) || rowBytes > pitch || other.rowBytes > pitch) return true;
        long offset = (long)(other.start - start) % pitch;
        if (offset < 0) offset += pitch; // the column at which other begins, in this one's pitch
        return offset < rowBytes || offset + other.rowBytes > pitch;
    }
}
