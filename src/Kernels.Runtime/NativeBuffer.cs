using System.Buffers;
using System.Runtime.InteropServices;

namespace Kernels.Runtime;

/// <summary>
/// Native memory for large data: aligned to 64 bytes, from 4 MiB on to 2 MiB and, on Linux, with a request for huge pages; of any length. Starts as zeros.
/// Dispose frees it; a buffer that nobody disposes is freed by its finaliser, so keep the object alive while its memory is in use.
/// </summary>
public sealed unsafe class NativeBuffer<T> : MemoryManager<T> where T : unmanaged
{
    const long HugePage = 2 << 20;
    const int MadvHugePage = 14;

    readonly long pressure;
    nint address;
    int pins;

    /// <param name="length">The number of elements.</param>
    /// <param name="alignment">In bytes, a power of two of at least 64; 0: by size.</param>
    /// <exception cref="ArgumentOutOfRangeException">length is negative or beyond the address space, or alignment is not a power of two of at least 64.</exception>
    public NativeBuffer(long length, int alignment = 0)
    {
        // The finaliser runs even when this constructor throws: nothing is allocated then.
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (long.MaxValue - HugePage) / sizeof(T));
        if (alignment != 0 && (alignment < 64 || !System.Numerics.BitOperations.IsPow2(alignment)))
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "A power of two of at least 64, or 0.");
        long bytes = length * sizeof(T);
        bool huge = bytes >= 2 * HugePage;
        if (alignment == 0) alignment = huge ? (int)HugePage : 64;
        nuint size = ((nuint)Math.Max(bytes, 1) + (nuint)alignment - 1) / (nuint)alignment * (nuint)alignment;
        void* memory = NativeMemory.AlignedAlloc(size, (nuint)alignment);
        if (huge && OperatingSystem.IsLinux()) _ = Libc.Madvise(memory, size, MadvHugePage); // advice: a refusal is no error
        NativeMemory.Clear(memory, size);
        Length = length;
        Alignment = alignment;
        address = (nint)memory;
        pressure = (long)size;
        GC.AddMemoryPressure(pressure);
    }

    /// <summary>Frees the memory of a buffer that nobody disposed.</summary>
#pragma warning disable CA2015 // A span outliving its buffer is the caller's mistake, documented above; without a finaliser a forgotten buffer would leak gigabytes.
    ~NativeBuffer() => Dispose(disposing: false);
#pragma warning restore CA2015

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>The address is a multiple of so many bytes.</summary>
    public int Alignment { get; }

    /// <summary>Element 0.</summary>
    public T* Pointer => address != 0 ? (T*)address : throw new ObjectDisposedException(nameof(NativeBuffer<T>));

    /// <summary>All elements.</summary>
    /// <exception cref="InvalidOperationException">There are more than a span can hold: use <see cref="Slice"/> or <see cref="View"/>.</exception>
    public Span<T> Span => Length <= int.MaxValue ? new(Pointer, (int)Length)
        : throw new InvalidOperationException($"{Length} elements are more than a span can hold; use Slice or View.");

    /// <summary>Some elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the buffer.</exception>
    public Span<T> Slice(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        return new(Pointer + start, length);
    }

    /// <summary>The elements as a matrix, row after row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffer has fewer elements, or a size is negative.</exception>
    public View2<T> View(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)rows * columns, Length, nameof(rows));
        return new(Pointer, rows, columns, columns);
    }

    /// <summary>An element.</summary>
    /// <exception cref="IndexOutOfRangeException">Outside the buffer.</exception>
    public ref T this[long index]
    {
        get
        {
            if ((ulong)index >= (ulong)Length) throw new IndexOutOfRangeException();
            return ref Pointer[index];
        }
    }

    /// <inheritdoc/>
    public override Span<T> GetSpan() => Span;

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        if ((ulong)elementIndex > (ulong)Length) throw new ArgumentOutOfRangeException(nameof(elementIndex));
        var at = Pointer + elementIndex;
        Interlocked.Increment(ref pins);
        return new(at, default, this);
    }

    /// <inheritdoc/>
    public override void Unpin() => Interlocked.Decrement(ref pins);

    /// <summary>Frees the memory. Spans and pointers into it must not be used any more.</summary>
    /// <exception cref="InvalidOperationException">A handle from <see cref="Pin"/> is still in use.</exception>
    public void Dispose() => ((IDisposable)this).Dispose();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Volatile.Read(ref pins) != 0) throw new InvalidOperationException("The buffer is pinned.");
        nint freed = Interlocked.Exchange(ref address, 0);
        if (freed == 0) return;
        NativeMemory.AlignedFree((void*)freed);
        GC.RemoveMemoryPressure(pressure);
    }
}

static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "madvise")]
    internal static partial int Madvise(void* address, nuint length, int advice);
}
