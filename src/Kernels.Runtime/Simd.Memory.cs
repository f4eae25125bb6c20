using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Runtime;

// Checked elements, ordered compaction, prefetching and streaming stores.
public static unsafe partial class Simd
{
    /// <summary>destination[index] if active and in range; else 0, with error bit 1 raised if active.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LoadChecked<T>(T* buffer, long length, long index, bool active, ref int errors) where T : unmanaged
    {
        if (active & (ulong)index < (ulong)length) return buffer[index];
        if (active) errors |= 1;
        return default;
    }

    /// <inheritdoc cref="LoadChecked{T}(T*, long, long, bool, ref int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LoadChecked<T>(T* buffer, long length, ulong index, bool active, ref int errors) where T : unmanaged => LoadChecked(buffer, length, (long)index, active, ref errors);

    /// <summary>Whether the index is in range; if it is not and the lane is active, error bit 1 is raised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool InRange(long index, long length, bool active, ref int errors)
    {
        if (active & (ulong)index < (ulong)length) return true;
        if (active) errors |= 1;
        return false;
    }

    /// <inheritdoc cref="InRange(long, long, bool, ref int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool InRange(ulong index, long length, bool active, ref int errors) => InRange((long)index, length, active, ref errors);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <summary>Stores past the caches are seen by other threads before what follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFence()
    {
        if (Sse.IsSupported) Sse.StoreFence();
        else Thread.MemoryBarrier();
    }

    /// <summary>Past the caches where the address is aligned for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal<T>(Vector512<T> value, T* address) where T : unmanaged
    {
        if (((nuint)address & 63) == 0) value.StoreAlignedNonTemporal(address);
        else value.Store(address);
    }

    /// <summary>Past the caches where the address is aligned for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal<T>(Vector256<T> value, T* address) where T : unmanaged
    {
        if (((nuint)address & 31) == 0) value.StoreAlignedNonTemporal(address);
        else value.Store(address);
    }

    /// <summary>Past the caches where the address is aligned for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal<T>(Vector128<T> value, T* address) where T : unmanaged
    {
        if (((nuint)address & 15) == 0) value.StoreAlignedNonTemporal(address);
        else value.Store(address);
    }

    /// <summary>The active lanes' values behind one another at buffer[count]; returns the new count. Nothing is written behind it. room: for a register, so that this is inlined (stackalloc is not).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Append<T>(T* buffer, int count, int length, Vector512<T> value, Vector512<int> mask, T* room, ref int errors) where T : unmanaged
    {
        uint bits = Bits(mask);
        int active = BitOperations.PopCount(bits);
        if (Avx512F.IsSupported && active <= length - count)
        {
            Avx512F.CompressStore((int*)(buffer + count), mask, value.As<T, int>());
            return count + active;
        }
        value.Store(room);
        for (; bits != 0; bits &= bits - 1)
        {
            if (count >= length) { errors |= 2; break; }
            buffer[count++] = room[BitOperations.TrailingZeroCount(bits)];
        }
        return count;
    }

    /// <summary>The active lanes' values behind one another at buffer[count]; returns the new count. Nothing is written behind it. room: for a register, so that this is inlined (stackalloc is not).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Append<T>(T* buffer, int count, int length, Vector512<T> value, Vector512<long> mask, T* room, ref int errors) where T : unmanaged
    {
        uint bits = Bits(mask);
        int active = BitOperations.PopCount(bits);
        if (Avx512F.IsSupported && active <= length - count)
        {
            Avx512F.CompressStore((long*)(buffer + count), mask, value.As<T, long>());
            return count + active;
        }
        value.Store(room);
        for (; bits != 0; bits &= bits - 1)
        {
            if (count >= length) { errors |= 2; break; }
            buffer[count++] = room[BitOperations.TrailingZeroCount(bits)];
        }
        return count;
    }

    /// <summary>The active lanes' values behind one another at buffer[count]; returns the new count. Nothing is written behind it. room: for a register, so that this is inlined (stackalloc is not).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Append<T>(T* buffer, int count, int length, Vector256<T> value, Vector256<int> mask, T* room, ref int errors) where T : unmanaged
    {
        uint bits = Bits(mask);
        int active = BitOperations.PopCount(bits);
        if (Avx512F.VL.IsSupported && active <= length - count)
        {
            Avx512F.VL.CompressStore((int*)(buffer + count), mask, value.As<T, int>());
            return count + active;
        }
        value.Store(room);
        for (; bits != 0; bits &= bits - 1)
        {
            if (count >= length) { errors |= 2; break; }
            buffer[count++] = room[BitOperations.TrailingZeroCount(bits)];
        }
        return count;
    }

    /// <summary>The active lanes' values behind one another at buffer[count]; returns the new count. Nothing is written behind it. room: for a register, so that this is inlined (stackalloc is not).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Append<T>(T* buffer, int count, int length, Vector256<T> value, Vector256<long> mask, T* room, ref int errors) where T : unmanaged
    {
        uint bits = Bits(mask);
        int active = BitOperations.PopCount(bits);
        if (Avx512F.VL.IsSupported && active <= length - count)
        {
            Avx512F.VL.CompressStore((long*)(buffer + count), mask, value.As<T, long>());
            return count + active;
        }
        value.Store(room);
        for (; bits != 0; bits &= bits - 1)
        {
            if (count >= length) { errors |= 2; break; }
            buffer[count++] = room[BitOperations.TrailingZeroCount(bits)];
        }
        return count;
    }

    /// <summary>The active lanes' values behind one another at buffer[count]; returns the new count. Nothing is written behind it. room: for a register, so that this is inlined (stackalloc is not).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Append<T>(T* buffer, int count, int length, Vector128<T> value, Vector128<int> mask, T* room, ref int errors) where T : unmanaged
    {
        uint bits = Bits(mask);
        int active = BitOperations.PopCount(bits);
        if (Avx512F.VL.IsSupported && active <= length - count)
        {
            Avx512F.VL.CompressStore((int*)(buffer + count), mask, value.As<T, int>());
            return count + active;
        }
        value.Store(room);
        for (; bits != 0; bits &= bits - 1)
        {
            if (count >= length) { errors |= 2; break; }
            buffer[count++] = room[BitOperations.TrailingZeroCount(bits)];
        }
        return count;
    }

    /// <summary>The active lanes' values behind one another at buffer[count]; returns the new count. Nothing is written behind it. room: for a register, so that this is inlined (stackalloc is not).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Append<T>(T* buffer, int count, int length, Vector128<T> value, Vector128<long> mask, T* room, ref int errors) where T : unmanaged
    {
        uint bits = Bits(mask);
        int active = BitOperations.PopCount(bits);
        if (Avx512F.VL.IsSupported && active <= length - count)
        {
            Avx512F.VL.CompressStore((long*)(buffer + count), mask, value.As<T, long>());
            return count + active;
        }
        value.Store(room);
        for (; bits != 0; bits &= bits - 1)
        {
            if (count >= length) { errors |= 2; break; }
            buffer[count++] = room[BitOperations.TrailingZeroCount(bits)];
        }
        return count;
    }

    /// <summary>As <see cref="Append{T}(T*, int, int, Vector512{T}, Vector512{int}, T*, ref int)"/> where a whole register fits behind the count, and may be changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AppendSlack(int* buffer, int count, Vector512<int> value, Vector512<int> mask)
    {
        // In a register and stored whole: the instruction that compresses to memory is twice as slow.
        if (Avx512F.IsSupported)
        {
            Avx512F.Compress(Vector512<int>.Zero, mask, value).Store(buffer + count);
            return count + BitOperations.PopCount(Bits(mask));
        }
        return AppendSlack(buffer, AppendSlack(buffer, count, value.GetLower(), mask.GetLower()), value.GetUpper(), mask.GetUpper());
    }

    /// <inheritdoc cref="AppendSlack(int*, int, Vector512{int}, Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AppendSlack(int* buffer, int count, Vector256<int> value, Vector256<int> mask)
    {
        uint bits = Bits(mask);
        if (Avx512F.VL.IsSupported) Avx512F.VL.Compress(Vector256<int>.Zero, mask, value).Store(buffer + count);
        else if (Avx2.IsSupported && Bmi2.X64.IsSupported)
        {
            // The numbers of the active lanes, a byte each, moved together.
            ulong lanes = Bmi2.X64.ParallelBitExtract(0x0706050403020100, Bmi2.X64.ParallelBitDeposit(bits, 0x0101010101010101) * 255);
            Avx2.PermuteVar8x32(value, Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(lanes).AsByte())).Store(buffer + count);
        }
        else return AppendSlack(buffer, AppendSlack(buffer, count, value.GetLower(), mask.GetLower()), value.GetUpper(), mask.GetUpper());
        return count + BitOperations.PopCount(bits);
    }

    /// <inheritdoc cref="AppendSlack(int*, int, Vector512{int}, Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AppendSlack(int* buffer, int count, Vector128<int> value, Vector128<int> mask)
    {
        // Each lane goes to the count so far; the next one overwrites it if it is not active.
        buffer[count] = value.GetElement(0);
        count -= mask.GetElement(0);
        buffer[count] = value.GetElement(1);
        count -= mask.GetElement(1);
        buffer[count] = value.GetElement(2);
        count -= mask.GetElement(2);
        buffer[count] = value.GetElement(3);
        return count - mask.GetElement(3);
    }
}
