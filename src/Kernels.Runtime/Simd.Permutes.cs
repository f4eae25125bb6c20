using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Runtime;

// Lanes that change places: unzipping and zipping for interleaved data.
public static unsafe partial class Simd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> UnzipEven<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx512F.IsSupported) return Avx512F.PermuteVar16x32x2(a.AsInt32(), Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), b.AsInt32()).As<int, T>();
        if (sizeof(T) == 8 && Avx512F.IsSupported) return Avx512F.PermuteVar8x64x2(a.AsInt64(), Vector512.Create(0L, 2L, 4L, 6L, 8L, 10L, 12L, 14L), b.AsInt64()).As<long, T>();
        return UnzipEvenSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<T> UnzipEvenSlow<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector512.Create(a.AsInt32().GetElement(0), a.AsInt32().GetElement(2), a.AsInt32().GetElement(4), a.AsInt32().GetElement(6), a.AsInt32().GetElement(8), a.AsInt32().GetElement(10), a.AsInt32().GetElement(12), a.AsInt32().GetElement(14), b.AsInt32().GetElement(0), b.AsInt32().GetElement(2), b.AsInt32().GetElement(4), b.AsInt32().GetElement(6), b.AsInt32().GetElement(8), b.AsInt32().GetElement(10), b.AsInt32().GetElement(12), b.AsInt32().GetElement(14)).As<int, T>()
            : Vector512.Create(a.AsInt64().GetElement(0), a.AsInt64().GetElement(2), a.AsInt64().GetElement(4), a.AsInt64().GetElement(6), b.AsInt64().GetElement(0), b.AsInt64().GetElement(2), b.AsInt64().GetElement(4), b.AsInt64().GetElement(6)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> UnzipOdd<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx512F.IsSupported) return Avx512F.PermuteVar16x32x2(a.AsInt32(), Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), b.AsInt32()).As<int, T>();
        if (sizeof(T) == 8 && Avx512F.IsSupported) return Avx512F.PermuteVar8x64x2(a.AsInt64(), Vector512.Create(1L, 3L, 5L, 7L, 9L, 11L, 13L, 15L), b.AsInt64()).As<long, T>();
        return UnzipOddSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<T> UnzipOddSlow<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector512.Create(a.AsInt32().GetElement(1), a.AsInt32().GetElement(3), a.AsInt32().GetElement(5), a.AsInt32().GetElement(7), a.AsInt32().GetElement(9), a.AsInt32().GetElement(11), a.AsInt32().GetElement(13), a.AsInt32().GetElement(15), b.AsInt32().GetElement(1), b.AsInt32().GetElement(3), b.AsInt32().GetElement(5), b.AsInt32().GetElement(7), b.AsInt32().GetElement(9), b.AsInt32().GetElement(11), b.AsInt32().GetElement(13), b.AsInt32().GetElement(15)).As<int, T>()
            : Vector512.Create(a.AsInt64().GetElement(1), a.AsInt64().GetElement(3), a.AsInt64().GetElement(5), a.AsInt64().GetElement(7), b.AsInt64().GetElement(1), b.AsInt64().GetElement(3), b.AsInt64().GetElement(5), b.AsInt64().GetElement(7)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> ZipLower<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx512F.IsSupported) return Avx512F.PermuteVar16x32x2(a.AsInt32(), Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b.AsInt32()).As<int, T>();
        if (sizeof(T) == 8 && Avx512F.IsSupported) return Avx512F.PermuteVar8x64x2(a.AsInt64(), Vector512.Create(0L, 8L, 1L, 9L, 2L, 10L, 3L, 11L), b.AsInt64()).As<long, T>();
        return ZipLowerSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<T> ZipLowerSlow<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector512.Create(a.AsInt32().GetElement(0), b.AsInt32().GetElement(0), a.AsInt32().GetElement(1), b.AsInt32().GetElement(1), a.AsInt32().GetElement(2), b.AsInt32().GetElement(2), a.AsInt32().GetElement(3), b.AsInt32().GetElement(3), a.AsInt32().GetElement(4), b.AsInt32().GetElement(4), a.AsInt32().GetElement(5), b.AsInt32().GetElement(5), a.AsInt32().GetElement(6), b.AsInt32().GetElement(6), a.AsInt32().GetElement(7), b.AsInt32().GetElement(7)).As<int, T>()
            : Vector512.Create(a.AsInt64().GetElement(0), b.AsInt64().GetElement(0), a.AsInt64().GetElement(1), b.AsInt64().GetElement(1), a.AsInt64().GetElement(2), b.AsInt64().GetElement(2), a.AsInt64().GetElement(3), b.AsInt64().GetElement(3)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> ZipUpper<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx512F.IsSupported) return Avx512F.PermuteVar16x32x2(a.AsInt32(), Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b.AsInt32()).As<int, T>();
        if (sizeof(T) == 8 && Avx512F.IsSupported) return Avx512F.PermuteVar8x64x2(a.AsInt64(), Vector512.Create(4L, 12L, 5L, 13L, 6L, 14L, 7L, 15L), b.AsInt64()).As<long, T>();
        return ZipUpperSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<T> ZipUpperSlow<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector512.Create(a.AsInt32().GetElement(8), b.AsInt32().GetElement(8), a.AsInt32().GetElement(9), b.AsInt32().GetElement(9), a.AsInt32().GetElement(10), b.AsInt32().GetElement(10), a.AsInt32().GetElement(11), b.AsInt32().GetElement(11), a.AsInt32().GetElement(12), b.AsInt32().GetElement(12), a.AsInt32().GetElement(13), b.AsInt32().GetElement(13), a.AsInt32().GetElement(14), b.AsInt32().GetElement(14), a.AsInt32().GetElement(15), b.AsInt32().GetElement(15)).As<int, T>()
            : Vector512.Create(a.AsInt64().GetElement(4), b.AsInt64().GetElement(4), a.AsInt64().GetElement(5), b.AsInt64().GetElement(5), a.AsInt64().GetElement(6), b.AsInt64().GetElement(6), a.AsInt64().GetElement(7), b.AsInt64().GetElement(7)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> UnzipEven<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx2.IsSupported) return Avx2.Permute4x64(Avx.Shuffle(a.AsSingle(), b.AsSingle(), 0b10_00_10_00).AsInt64(), 0b11_01_10_00).As<long, T>();
        if (sizeof(T) == 8 && Avx2.IsSupported) return Avx2.Permute4x64(Avx2.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt64(), 0b11_01_10_00).As<long, T>();
        return UnzipEvenSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<T> UnzipEvenSlow<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector256.Create(a.AsInt32().GetElement(0), a.AsInt32().GetElement(2), a.AsInt32().GetElement(4), a.AsInt32().GetElement(6), b.AsInt32().GetElement(0), b.AsInt32().GetElement(2), b.AsInt32().GetElement(4), b.AsInt32().GetElement(6)).As<int, T>()
            : Vector256.Create(a.AsInt64().GetElement(0), a.AsInt64().GetElement(2), b.AsInt64().GetElement(0), b.AsInt64().GetElement(2)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> UnzipOdd<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx2.IsSupported) return Avx2.Permute4x64(Avx.Shuffle(a.AsSingle(), b.AsSingle(), 0b11_01_11_01).AsInt64(), 0b11_01_10_00).As<long, T>();
        if (sizeof(T) == 8 && Avx2.IsSupported) return Avx2.Permute4x64(Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt64(), 0b11_01_10_00).As<long, T>();
        return UnzipOddSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<T> UnzipOddSlow<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector256.Create(a.AsInt32().GetElement(1), a.AsInt32().GetElement(3), a.AsInt32().GetElement(5), a.AsInt32().GetElement(7), b.AsInt32().GetElement(1), b.AsInt32().GetElement(3), b.AsInt32().GetElement(5), b.AsInt32().GetElement(7)).As<int, T>()
            : Vector256.Create(a.AsInt64().GetElement(1), a.AsInt64().GetElement(3), b.AsInt64().GetElement(1), b.AsInt64().GetElement(3)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> ZipLower<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx2.IsSupported) return Avx2.Permute2x128(Avx2.UnpackLow(a.AsInt32(), b.AsInt32()), Avx2.UnpackHigh(a.AsInt32(), b.AsInt32()), 0x20).As<int, T>();
        if (sizeof(T) == 8 && Avx2.IsSupported) return Avx2.Permute2x128(Avx2.UnpackLow(a.AsInt64(), b.AsInt64()), Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()), 0x20).As<long, T>();
        return ZipLowerSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<T> ZipLowerSlow<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector256.Create(a.AsInt32().GetElement(0), b.AsInt32().GetElement(0), a.AsInt32().GetElement(1), b.AsInt32().GetElement(1), a.AsInt32().GetElement(2), b.AsInt32().GetElement(2), a.AsInt32().GetElement(3), b.AsInt32().GetElement(3)).As<int, T>()
            : Vector256.Create(a.AsInt64().GetElement(0), b.AsInt64().GetElement(0), a.AsInt64().GetElement(1), b.AsInt64().GetElement(1)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> ZipUpper<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        if (sizeof(T) == 4 && Avx2.IsSupported) return Avx2.Permute2x128(Avx2.UnpackLow(a.AsInt32(), b.AsInt32()), Avx2.UnpackHigh(a.AsInt32(), b.AsInt32()), 0x31).As<int, T>();
        if (sizeof(T) == 8 && Avx2.IsSupported) return Avx2.Permute2x128(Avx2.UnpackLow(a.AsInt64(), b.AsInt64()), Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()), 0x31).As<long, T>();
        return ZipUpperSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<T> ZipUpperSlow<T>(Vector256<T> a, Vector256<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector256.Create(a.AsInt32().GetElement(4), b.AsInt32().GetElement(4), a.AsInt32().GetElement(5), b.AsInt32().GetElement(5), a.AsInt32().GetElement(6), b.AsInt32().GetElement(6), a.AsInt32().GetElement(7), b.AsInt32().GetElement(7)).As<int, T>()
            : Vector256.Create(a.AsInt64().GetElement(2), b.AsInt64().GetElement(2), a.AsInt64().GetElement(3), b.AsInt64().GetElement(3)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> UnzipEven<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        if (AdvSimd.Arm64.IsSupported) return sizeof(T) == 4 ? AdvSimd.Arm64.UnzipEven(a.AsInt32(), b.AsInt32()).As<int, T>() : AdvSimd.Arm64.UnzipEven(a.AsInt64(), b.AsInt64()).As<long, T>();
        if (sizeof(T) == 4 && Sse2.IsSupported) return Sse.Shuffle(a.AsSingle(), b.AsSingle(), 0b10_00_10_00).As<float, T>();
        if (sizeof(T) == 8 && Sse2.IsSupported) return Sse2.UnpackLow(a.AsInt64(), b.AsInt64()).As<long, T>();
        return UnzipEvenSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector128<T> UnzipEvenSlow<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector128.Create(a.AsInt32().GetElement(0), a.AsInt32().GetElement(2), b.AsInt32().GetElement(0), b.AsInt32().GetElement(2)).As<int, T>()
            : Vector128.Create(a.AsInt64().GetElement(0), b.AsInt64().GetElement(0)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> UnzipOdd<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        if (AdvSimd.Arm64.IsSupported) return sizeof(T) == 4 ? AdvSimd.Arm64.UnzipOdd(a.AsInt32(), b.AsInt32()).As<int, T>() : AdvSimd.Arm64.UnzipOdd(a.AsInt64(), b.AsInt64()).As<long, T>();
        if (sizeof(T) == 4 && Sse2.IsSupported) return Sse.Shuffle(a.AsSingle(), b.AsSingle(), 0b11_01_11_01).As<float, T>();
        if (sizeof(T) == 8 && Sse2.IsSupported) return Sse2.UnpackHigh(a.AsInt64(), b.AsInt64()).As<long, T>();
        return UnzipOddSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector128<T> UnzipOddSlow<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector128.Create(a.AsInt32().GetElement(1), a.AsInt32().GetElement(3), b.AsInt32().GetElement(1), b.AsInt32().GetElement(3)).As<int, T>()
            : Vector128.Create(a.AsInt64().GetElement(1), b.AsInt64().GetElement(1)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> ZipLower<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        if (AdvSimd.Arm64.IsSupported) return sizeof(T) == 4 ? AdvSimd.Arm64.ZipLow(a.AsInt32(), b.AsInt32()).As<int, T>() : AdvSimd.Arm64.ZipLow(a.AsInt64(), b.AsInt64()).As<long, T>();
        if (sizeof(T) == 4 && Sse2.IsSupported) return Sse2.UnpackLow(a.AsInt32(), b.AsInt32()).As<int, T>();
        if (sizeof(T) == 8 && Sse2.IsSupported) return Sse2.UnpackLow(a.AsInt64(), b.AsInt64()).As<long, T>();
        return ZipLowerSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector128<T> ZipLowerSlow<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector128.Create(a.AsInt32().GetElement(0), b.AsInt32().GetElement(0), a.AsInt32().GetElement(1), b.AsInt32().GetElement(1)).As<int, T>()
            : Vector128.Create(a.AsInt64().GetElement(0), b.AsInt64().GetElement(0)).As<long, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> ZipUpper<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        if (AdvSimd.Arm64.IsSupported) return sizeof(T) == 4 ? AdvSimd.Arm64.ZipHigh(a.AsInt32(), b.AsInt32()).As<int, T>() : AdvSimd.Arm64.ZipHigh(a.AsInt64(), b.AsInt64()).As<long, T>();
        if (sizeof(T) == 4 && Sse2.IsSupported) return Sse2.UnpackHigh(a.AsInt32(), b.AsInt32()).As<int, T>();
        if (sizeof(T) == 8 && Sse2.IsSupported) return Sse2.UnpackHigh(a.AsInt64(), b.AsInt64()).As<long, T>();
        return ZipUpperSlow(a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector128<T> ZipUpperSlow<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged
    {
        return sizeof(T) == 4
            ? Vector128.Create(a.AsInt32().GetElement(2), b.AsInt32().GetElement(2), a.AsInt32().GetElement(3), b.AsInt32().GetElement(3)).As<int, T>()
            : Vector128.Create(a.AsInt64().GetElement(1), b.AsInt64().GetElement(1)).As<long, T>();
    }
}
