namespace Kernels;

/// <summary>Something apart from the processor that runs kernels: a GPU. Hosts such as Kernels.Gpu implement it.</summary>
public interface IDevice
{
    /// <summary>For messages.</summary>
    string Name { get; }

    /// <summary>A new array; its elements are undefined.</summary>
    /// <exception cref="ArgumentOutOfRangeException">length is negative or too large for the device.</exception>
    IDeviceBuffer<T> Allocate<T>(long length) where T : unmanaged;

    /// <summary>A new stream.</summary>
    IDeviceStream CreateStream();
}

/// <summary>An array in a device's memory. May be disposed while work that was recorded still uses it.</summary>
public interface IDeviceBuffer : IDisposable
{
    /// <summary>The device.</summary>
    IDevice Device { get; }

    /// <summary>The size without padding.</summary>
    long Bytes { get; }
}

/// <summary>An array in a device's memory.</summary>
/// <typeparam name="T">Its elements.</typeparam>
public interface IDeviceBuffer<T> : IDeviceBuffer where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    long Length { get; }

    /// <summary>Copies elements to the device. Waits for the submissions that use the buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the buffer.</exception>
    void Upload(ReadOnlySpan<T> elements, long start = 0);

    /// <summary>Copies elements from the device. Waits for the submissions that use the buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the buffer.</exception>
    void Download(Span<T> elements, long start = 0);
}

/// <summary>A list of work for a device, recorded and then submitted together; it runs as if in order.</summary>
public interface IDeviceStream : IDisposable
{
    /// <summary>The device.</summary>
    IDevice Device { get; }

    /// <summary>Records a run of a generated kernel. Callers are the generated methods, which have checked the arguments.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groups">How many groups; the layout says how they are folded.</param>
    /// <param name="arrays">Array k of the kernel; null: an empty one.</param>
    /// <param name="pushConstants">The bytes that the kernel's layout has; copied.</param>
    /// <exception cref="ArgumentException">An array belongs to another device.</exception>
    void Dispatch(DeviceKernel kernel, long groups, ReadOnlySpan<IDeviceBuffer?> arrays, ReadOnlySpan<byte> pushConstants);

    /// <summary>Gives what was recorded to the device.</summary>
    /// <returns>Ends when the device is done. An index that was out of range is an <see cref="ArgumentException"/> in the task.</returns>
    Task SubmitAsync(CancellationToken cancellationToken = default);

    /// <summary>As <see cref="SubmitAsync"/>, and waits.</summary>
    void Submit(CancellationToken cancellationToken = default);
}

/// <summary>A matrix in a device's memory, from the first element of the buffer on: what <see cref="View2{T}"/> is on the processor.</summary>
public readonly record struct DeviceView2<T> where T : unmanaged
{
    /// <param name="buffer">Has all elements.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="rowStride">Elements from one row to the next; at least <paramref name="columns"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, the stride is less than the columns, or the last row ends behind the buffer.</exception>
    public DeviceView2(IDeviceBuffer<T> buffer, int rows, int columns, long rowStride)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStride, columns);
        Int128 needed = rows == 0 || columns == 0 ? 0 : (Int128)(rows - 1) * rowStride + columns;
        if (needed > buffer.Length) throw new ArgumentOutOfRangeException(nameof(rows), rows, $"The matrix needs {needed} elements, the buffer has {buffer.Length}.");
        (Buffer, Rows, Columns, RowStride) = (buffer, rows, columns, rowStride);
    }

    /// <summary>All elements.</summary>
    public IDeviceBuffer<T> Buffer { get; }
    /// <summary>The number of rows.</summary>
    public int Rows { get; }
    /// <summary>The number of columns.</summary>
    public int Columns { get; }
    /// <summary>Elements from one row to the next.</summary>
    public long RowStride { get; }
}
