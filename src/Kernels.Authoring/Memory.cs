using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels;

/// <summary>Memory shared by the lanes of a block: per-worker memory on a CPU, groupshared on a GPU. Undefined at the start of a block.</summary>
public readonly ref struct Scratch<T> where T : unmanaged
{
    readonly Span<T> items;

    /// <summary>length elements; a constant upper bound of length is needed for GPUs.</summary>
    public Scratch(int length) => items = GC.AllocateUninitializedArray<T>(length);

    Scratch(Span<T> items) => this.items = items;

    /// <summary>
    /// CPU only: filled with <paramref name="fill"/> once and handed from block to block; the spec restores that state before its
    /// block ends.
    /// </summary>
    public static Scratch<T> Persistent(int length, T fill)
    {
        var items = new T[length];
        Array.Fill(items, fill);
        return new(items);
    }

    /// <summary>The number of elements.</summary>
    public int Length => items.Length;

    /// <summary>Element index.</summary>
    public ref T this[int index] => ref items[index];

    /// <summary>The elements as a span, to hand to helpers.</summary>
    public Span<T> Span => items;

    /// <inheritdoc cref="Span"/>
    public static implicit operator Span<T>(Scratch<T> scratch) => scratch.items;
}

/// <summary>
/// Read-modify-write that is correct when several lanes or blocks meet at one address: in lane order within a block, in some order
/// between blocks. Each returns the value before.
/// </summary>
public static class Atomic
{
    /// <summary>location += value.</summary>
    public static T Add<T>(ref T location, T value) where T : unmanaged, System.Numerics.INumber<T> => Update(ref location, value, static (a, b) => unchecked(a + b));
    /// <summary>location = min(location, value); NaN if either is NaN.</summary>
    public static T Min<T>(ref T location, T value) where T : unmanaged, System.Numerics.INumber<T> => Update(ref location, value, static (a, b) => T.Min(a, b));
    /// <summary>location = max(location, value); NaN if either is NaN.</summary>
    public static T Max<T>(ref T location, T value) where T : unmanaged, System.Numerics.INumber<T> => Update(ref location, value, static (a, b) => T.Max(a, b));
    /// <summary>location &amp;= value.</summary>
    public static T And<T>(ref T location, T value) where T : unmanaged, System.Numerics.IBinaryInteger<T> => Update(ref location, value, static (a, b) => a & b);
    /// <summary>location |= value.</summary>
    public static T Or<T>(ref T location, T value) where T : unmanaged, System.Numerics.IBinaryInteger<T> => Update(ref location, value, static (a, b) => a | b);
    /// <summary>location ^= value.</summary>
    public static T Xor<T>(ref T location, T value) where T : unmanaged, System.Numerics.IBinaryInteger<T> => Update(ref location, value, static (a, b) => a ^ b);
    /// <summary>location = value.</summary>
    public static T Exchange<T>(ref T location, T value) where T : unmanaged => Update(ref location, value, static (_, b) => b);
    /// <summary>If location's bits equal comparand's: location = value.</summary>
    public static T CompareExchange<T>(ref T location, T value, T comparand) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4)
            return Unsafe.BitCast<int, T>(Interlocked.CompareExchange(ref Unsafe.As<T, int>(ref location), Unsafe.BitCast<T, int>(value), Unsafe.BitCast<T, int>(comparand)));
        if (Unsafe.SizeOf<T>() == 8)
            return Unsafe.BitCast<long, T>(Interlocked.CompareExchange(ref Unsafe.As<T, long>(ref location), Unsafe.BitCast<T, long>(value), Unsafe.BitCast<T, long>(comparand)));
        throw new NotSupportedException($"Atomic operations act on 4- and 8-byte elements, not on {typeof(T).Name}.");
    }

    static T Update<T>(ref T location, T value, Func<T, T, T> combine) where T : unmanaged
    {
        while (true)
        {
            T before = Unsafe.SizeOf<T>() == 8
                ? Unsafe.BitCast<long, T>(Volatile.Read(ref Unsafe.As<T, long>(ref location)))
                : location;
            T seen = CompareExchange(ref location, combine(before, value), before);
            if (Same(seen, before)) return before;
        }
    }

    static bool Same<T>(T a, T b) where T : unmanaged =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in a)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in b)));
}

/// <summary>A matrix of any size in memory that the caller keeps alive and in place: rows of unit stride, a row stride in elements. For data beyond the reach of a span.</summary>
public readonly unsafe struct View2<T> where T : unmanaged
{
    readonly T* origin;

    /// <param name="origin">Element [0, 0].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="rowStride">Elements from [r, c] to [r + 1, c]; at least <paramref name="columns"/>.</param>
    public View2(T* origin, int rows, int columns, long rowStride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStride, columns);
        if (origin is null && rows > 0 && columns > 0) throw new ArgumentNullException(nameof(origin));
        this.origin = origin;
        Rows = rows;
        Columns = columns;
        RowStride = rowStride;
    }

    /// <summary>Element [0, 0].</summary>
    public T* Origin => origin;
    /// <summary>The number of rows.</summary>
    public int Rows { get; }
    /// <summary>The number of columns.</summary>
    public int Columns { get; }
    /// <summary>Elements from one row to the next.</summary>
    public long RowStride { get; }

    /// <summary>An element.</summary>
    /// <exception cref="IndexOutOfRangeException">Outside the matrix.</exception>
    public ref T this[int row, int column]
    {
        get
        {
            if ((uint)row >= (uint)Rows || (uint)column >= (uint)Columns) throw new IndexOutOfRangeException();
            return ref origin[row * RowStride + column];
        }
    }

    /// <summary>A row.</summary>
    public Span<T> Row(int row) => (uint)row < (uint)Rows ? new(origin + row * RowStride, Columns) : throw new IndexOutOfRangeException();
}

/// <summary>What the code runs on: constants in generated code.</summary>
public static class Target
{
    /// <summary>True on a CPU, and as plain C#.</summary>
    public static bool IsCpu => true;
    /// <summary>True on a GPU.</summary>
    public static bool IsGpu => false;
}
