using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Runtime;

// What a processor without the instruction does lane by lane stands in methods of its own (…Slow): a large body, even one that is never
// reached, uses up what the JIT is willing to inline into a kernel.

// Masks: any, all, bits; masked loads and stores. Inactive lanes touch no memory.
/// <summary>The primitives of generated code. Not for use by hand: no argument is checked.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe partial class Simd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector512<int> mask) => Vector512.ExtractMostSignificantBits(mask) != 0;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Vector512<int> mask) => Vector512.EqualsAll(mask, Vector512<int>.AllBitsSet);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector512<int> mask) => (uint)Vector512.ExtractMostSignificantBits(mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector512<long> mask) => Vector512.ExtractMostSignificantBits(mask) != 0;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Vector512<long> mask) => Vector512.EqualsAll(mask, Vector512<long>.AllBitsSet);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector512<long> mask) => (uint)Vector512.ExtractMostSignificantBits(mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector256<int> mask) => Vector256.ExtractMostSignificantBits(mask) != 0;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Vector256<int> mask) => Vector256.EqualsAll(mask, Vector256<int>.AllBitsSet);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector256<int> mask) => (uint)Vector256.ExtractMostSignificantBits(mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector256<long> mask) => Vector256.ExtractMostSignificantBits(mask) != 0;
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Vector256<long> mask) => Vector256.EqualsAll(mask, Vector256<long>.AllBitsSet);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector256<long> mask) => (uint)Vector256.ExtractMostSignificantBits(mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector128<int> mask) => Vector128.AnyWhereAllBitsSet(mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Vector128<int> mask) => Vector128.EqualsAll(mask, Vector128<int>.AllBitsSet);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector128<int> mask) => (uint)Vector128.ExtractMostSignificantBits(mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Vector128<long> mask) => Vector128.AnyWhereAllBitsSet(mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Vector128<long> mask) => Vector128.EqualsAll(mask, Vector128<long>.AllBitsSet);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector128<long> mask) => (uint)Vector128.ExtractMostSignificantBits(mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MaskLoad<T>(T* address, Vector512<int> mask) where T : unmanaged
    {
        if (Avx512F.IsSupported) return Avx512F.MaskLoad((int*)address, mask, Vector512<int>.Zero).As<int, T>();
        return MaskLoadSlow(address, mask);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<T> MaskLoadSlow<T>(T* address, Vector512<int> mask) where T : unmanaged
    {
        uint bits = Bits(mask);
        var result = Vector512<T>.Zero;
        if ((bits & 1u) != 0) result = result.WithElement(0, address[0]);
        if ((bits & 2u) != 0) result = result.WithElement(1, address[1]);
        if ((bits & 4u) != 0) result = result.WithElement(2, address[2]);
        if ((bits & 8u) != 0) result = result.WithElement(3, address[3]);
        if ((bits & 16u) != 0) result = result.WithElement(4, address[4]);
        if ((bits & 32u) != 0) result = result.WithElement(5, address[5]);
        if ((bits & 64u) != 0) result = result.WithElement(6, address[6]);
        if ((bits & 128u) != 0) result = result.WithElement(7, address[7]);
        if ((bits & 256u) != 0) result = result.WithElement(8, address[8]);
        if ((bits & 512u) != 0) result = result.WithElement(9, address[9]);
        if ((bits & 1024u) != 0) result = result.WithElement(10, address[10]);
        if ((bits & 2048u) != 0) result = result.WithElement(11, address[11]);
        if ((bits & 4096u) != 0) result = result.WithElement(12, address[12]);
        if ((bits & 8192u) != 0) result = result.WithElement(13, address[13]);
        if ((bits & 16384u) != 0) result = result.WithElement(14, address[14]);
        if ((bits & 32768u) != 0) result = result.WithElement(15, address[15]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MaskStore<T>(T* address, Vector512<int> mask, Vector512<T> value) where T : unmanaged
    {
        if (Avx512F.IsSupported) { Avx512F.MaskStore((int*)address, mask, value.As<T, int>()); return; }
        MaskStoreSlow(address, mask, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MaskStoreSlow<T>(T* address, Vector512<int> mask, Vector512<T> value) where T : unmanaged
    {
        uint bits = Bits(mask);
        if ((bits & 1u) != 0) address[0] = value.GetElement(0);
        if ((bits & 2u) != 0) address[1] = value.GetElement(1);
        if ((bits & 4u) != 0) address[2] = value.GetElement(2);
        if ((bits & 8u) != 0) address[3] = value.GetElement(3);
        if ((bits & 16u) != 0) address[4] = value.GetElement(4);
        if ((bits & 32u) != 0) address[5] = value.GetElement(5);
        if ((bits & 64u) != 0) address[6] = value.GetElement(6);
        if ((bits & 128u) != 0) address[7] = value.GetElement(7);
        if ((bits & 256u) != 0) address[8] = value.GetElement(8);
        if ((bits & 512u) != 0) address[9] = value.GetElement(9);
        if ((bits & 1024u) != 0) address[10] = value.GetElement(10);
        if ((bits & 2048u) != 0) address[11] = value.GetElement(11);
        if ((bits & 4096u) != 0) address[12] = value.GetElement(12);
        if ((bits & 8192u) != 0) address[13] = value.GetElement(13);
        if ((bits & 16384u) != 0) address[14] = value.GetElement(14);
        if ((bits & 32768u) != 0) address[15] = value.GetElement(15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MaskLoad<T>(T* address, Vector512<long> mask) where T : unmanaged
    {
        if (Avx512F.IsSupported) return Avx512F.MaskLoad((long*)address, mask, Vector512<long>.Zero).As<long, T>();
        return MaskLoadSlow(address, mask);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<T> MaskLoadSlow<T>(T* address, Vector512<long> mask) where T : unmanaged
    {
        uint bits = Bits(mask);
        var result = Vector512<T>.Zero;
        if ((bits & 1u) != 0) result = result.WithElement(0, address[0]);
        if ((bits & 2u) != 0) result = result.WithElement(1, address[1]);
        if ((bits & 4u) != 0) result = result.WithElement(2, address[2]);
        if ((bits & 8u) != 0) result = result.WithElement(3, address[3]);
        if ((bits & 16u) != 0) result = result.WithElement(4, address[4]);
        if ((bits & 32u) != 0) result = result.WithElement(5, address[5]);
        if ((bits & 64u) != 0) result = result.WithElement(6, address[6]);
        if ((bits & 128u) != 0) result = result.WithElement(7, address[7]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MaskStore<T>(T* address, Vector512<long> mask, Vector512<T> value) where T : unmanaged
    {
        if (Avx512F.IsSupported) { Avx512F.MaskStore((long*)address, mask, value.As<T, long>()); return; }
        MaskStoreSlow(address, mask, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MaskStoreSlow<T>(T* address, Vector512<long> mask, Vector512<T> value) where T : unmanaged
    {
        uint bits = Bits(mask);
        if ((bits & 1u) != 0) address[0] = value.GetElement(0);
        if ((bits & 2u) != 0) address[1] = value.GetElement(1);
        if ((bits & 4u) != 0) address[2] = value.GetElement(2);
        if ((bits & 8u) != 0) address[3] = value.GetElement(3);
        if ((bits & 16u) != 0) address[4] = value.GetElement(4);
        if ((bits & 32u) != 0) address[5] = value.GetElement(5);
        if ((bits & 64u) != 0) address[6] = value.GetElement(6);
        if ((bits & 128u) != 0) address[7] = value.GetElement(7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MaskLoad<T>(T* address, Vector256<int> mask) where T : unmanaged
    {
        if (Avx2.IsSupported) return Avx2.MaskLoad((int*)address, mask).As<int, T>();
        return MaskLoadSlow(address, mask);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<T> MaskLoadSlow<T>(T* address, Vector256<int> mask) where T : unmanaged
    {
        uint bits = Bits(mask);
        var result = Vector256<T>.Zero;
        if ((bits & 1u) != 0) result = result.WithElement(0, address[0]);
        if ((bits & 2u) != 0) result = result.WithElement(1, address[1]);
        if ((bits & 4u) != 0) result = result.WithElement(2, address[2]);
        if ((bits & 8u) != 0) result = result.WithElement(3, address[3]);
        if ((bits & 16u) != 0) result = result.WithElement(4, address[4]);
        if ((bits & 32u) != 0) result = result.WithElement(5, address[5]);
        if ((bits & 64u) != 0) result = result.WithElement(6, address[6]);
        if ((bits & 128u) != 0) result = result.WithElement(7, address[7]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MaskStore<T>(T* address, Vector256<int> mask, Vector256<T> value) where T : unmanaged
    {
        if (Avx2.IsSupported) { Avx2.MaskStore((int*)address, mask, value.As<T, int>()); return; }
        MaskStoreSlow(address, mask, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MaskStoreSlow<T>(T* address, Vector256<int> mask, Vector256<T> value) where T : unmanaged
    {
        uint bits = Bits(mask);
        if ((bits & 1u) != 0) address[0] = value.GetElement(0);
        if ((bits & 2u) != 0) address[1] = value.GetElement(1);
        if ((bits & 4u) != 0) address[2] = value.GetElement(2);
        if ((bits & 8u) != 0) address[3] = value.GetElement(3);
        if ((bits & 16u) != 0) address[4] = value.GetElement(4);
        if ((bits & 32u) != 0) address[5] = value.GetElement(5);
        if ((bits & 64u) != 0) address[6] = value.GetElement(6);
        if ((bits & 128u) != 0) address[7] = value.GetElement(7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MaskLoad<T>(T* address, Vector256<long> mask) where T : unmanaged
    {
        if (Avx2.IsSupported) return Avx2.MaskLoad((long*)address, mask).As<long, T>();
        return MaskLoadSlow(address, mask);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<T> MaskLoadSlow<T>(T* address, Vector256<long> mask) where T : unmanaged
    {
        uint bits = Bits(mask);
        var result = Vector256<T>.Zero;
        if ((bits & 1u) != 0) result = result.WithElement(0, address[0]);
        if ((bits & 2u) != 0) result = result.WithElement(1, address[1]);
        if ((bits & 4u) != 0) result = result.WithElement(2, address[2]);
        if ((bits & 8u) != 0) result = result.WithElement(3, address[3]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MaskStore<T>(T* address, Vector256<long> mask, Vector256<T> value) where T : unmanaged
    {
        if (Avx2.IsSupported) { Avx2.MaskStore((long*)address, mask, value.As<T, long>()); return; }
        MaskStoreSlow(address, mask, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MaskStoreSlow<T>(T* address, Vector256<long> mask, Vector256<T> value) where T : unmanaged
    {
        uint bits = Bits(mask);
        if ((bits & 1u) != 0) address[0] = value.GetElement(0);
        if ((bits & 2u) != 0) address[1] = value.GetElement(1);
        if ((bits & 4u) != 0) address[2] = value.GetElement(2);
        if ((bits & 8u) != 0) address[3] = value.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MaskLoad<T>(T* address, Vector128<int> mask) where T : unmanaged
    {
        if (Avx2.IsSupported) return Avx2.MaskLoad((int*)address, mask).As<int, T>();
        return MaskLoadSlow(address, mask);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector128<T> MaskLoadSlow<T>(T* address, Vector128<int> mask) where T : unmanaged
    {
        uint bits = Bits(mask);
        var result = Vector128<T>.Zero;
        if ((bits & 1u) != 0) result = result.WithElement(0, address[0]);
        if ((bits & 2u) != 0) result = result.WithElement(1, address[1]);
        if ((bits & 4u) != 0) result = result.WithElement(2, address[2]);
        if ((bits & 8u) != 0) result = result.WithElement(3, address[3]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MaskStore<T>(T* address, Vector128<int> mask, Vector128<T> value) where T : unmanaged
    {
        if (Avx2.IsSupported) { Avx2.MaskStore((int*)address, mask, value.As<T, int>()); return; }
        MaskStoreSlow(address, mask, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MaskStoreSlow<T>(T* address, Vector128<int> mask, Vector128<T> value) where T : unmanaged
    {
        uint bits = Bits(mask);
        if ((bits & 1u) != 0) address[0] = value.GetElement(0);
        if ((bits & 2u) != 0) address[1] = value.GetElement(1);
        if ((bits & 4u) != 0) address[2] = value.GetElement(2);
        if ((bits & 8u) != 0) address[3] = value.GetElement(3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> MaskLoad<T>(T* address, Vector128<long> mask) where T : unmanaged
    {
        if (Avx2.IsSupported) return Avx2.MaskLoad((long*)address, mask).As<long, T>();
        return MaskLoadSlow(address, mask);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector128<T> MaskLoadSlow<T>(T* address, Vector128<long> mask) where T : unmanaged
    {
        uint bits = Bits(mask);
        var result = Vector128<T>.Zero;
        if ((bits & 1u) != 0) result = result.WithElement(0, address[0]);
        if ((bits & 2u) != 0) result = result.WithElement(1, address[1]);
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MaskStore<T>(T* address, Vector128<long> mask, Vector128<T> value) where T : unmanaged
    {
        if (Avx2.IsSupported) { Avx2.MaskStore((long*)address, mask, value.As<T, long>()); return; }
        MaskStoreSlow(address, mask, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void MaskStoreSlow<T>(T* address, Vector128<long> mask, Vector128<T> value) where T : unmanaged
    {
        uint bits = Bits(mask);
        if ((bits & 1u) != 0) address[0] = value.GetElement(0);
        if ((bits & 2u) != 0) address[1] = value.GetElement(1);
    }
}
