using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Runtime;

// Arithmetic that the portable vector classes lack, or define otherwise than the language does.
public static unsafe partial class Simd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MinOrSecond(Vector512<float> a, Vector512<float> b) => Avx512F.IsSupported ? Avx512F.Min(a, b) : Vector512.ConditionalSelect(Vector512.LessThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MaxOrSecond(Vector512<float> a, Vector512<float> b) => Avx512F.IsSupported ? Avx512F.Max(a, b) : Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MinOrSecond(Vector512<double> a, Vector512<double> b) => Avx512F.IsSupported ? Avx512F.Min(a, b) : Vector512.ConditionalSelect(Vector512.LessThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MaxOrSecond(Vector512<double> a, Vector512<double> b) => Avx512F.IsSupported ? Avx512F.Max(a, b) : Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MinOrSecond(Vector256<float> a, Vector256<float> b) => Avx.IsSupported ? Avx.Min(a, b) : Vector256.ConditionalSelect(Vector256.LessThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MaxOrSecond(Vector256<float> a, Vector256<float> b) => Avx.IsSupported ? Avx.Max(a, b) : Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MinOrSecond(Vector256<double> a, Vector256<double> b) => Avx.IsSupported ? Avx.Min(a, b) : Vector256.ConditionalSelect(Vector256.LessThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MaxOrSecond(Vector256<double> a, Vector256<double> b) => Avx.IsSupported ? Avx.Max(a, b) : Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MinOrSecond(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.Min(a, b) : Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MaxOrSecond(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.Max(a, b) : Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MinOrSecond(Vector128<double> a, Vector128<double> b) => Sse2.IsSupported ? Sse2.Min(a, b) : Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MaxOrSecond(Vector128<double> a, Vector128<double> b) => Sse2.IsSupported ? Sse2.Max(a, b) : Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    /// <summary>x * 2^n by two multiplications, of which only the second can round (see KernelMath.Scale).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> x, Vector512<float> n)
    {
        if (Avx512F.IsSupported) return Avx512F.Scale(x, n);
        var whole = Vector512.ConvertToInt32Native(n);
        var half = Vector512.ShiftRightArithmetic(whole, 1);
        var bias = Vector512.Create(127);
        return x * Vector512.ShiftLeft(half + bias, 23).AsSingle() * Vector512.ShiftLeft(whole - half + bias, 23).AsSingle();
    }

    /// <summary>x * 2^n by two multiplications, of which only the second can round (see KernelMath.Scale).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Scale(Vector512<double> x, Vector512<double> n)
    {
        if (Avx512F.IsSupported) return Avx512F.Scale(x, n);
        // n + 1.5 * 2^52 holds n in its low bits: no conversion to 64-bit integers is needed.
        var magic = Vector512.Create(6755399441055744.0);
        var whole = (n + magic).AsInt64() - magic.AsInt64();
        whole = Vector512.ConditionalSelect(Vector512.Equals(n, n).AsInt64(), whole, Vector512<long>.Zero);
        var half = HalfOfSmall(whole);
        var bias = Vector512.Create(1023L);
        return x * Vector512.ShiftLeft(half + bias, 52).AsDouble() * Vector512.ShiftLeft(whole - half + bias, 52).AsDouble();
    }

    /// <summary>v >> 1 of 64-bit lanes in [-2^31, 2^31), arithmetic, on processors that shift only 32-bit lanes so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<long> HalfOfSmall(Vector512<long> v) => Vector512.ShiftRightLogical(v + Vector512.Create(1L << 32), 1) - Vector512.Create(1L << 31);

    /// <summary>x * 2^n by two multiplications, of which only the second can round (see KernelMath.Scale).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Scale(Vector256<float> x, Vector256<float> n)
    {
        if (Avx512F.VL.IsSupported) return Avx512F.VL.Scale(x, n);
        var whole = Vector256.ConvertToInt32Native(n);
        var half = Vector256.ShiftRightArithmetic(whole, 1);
        var bias = Vector256.Create(127);
        return x * Vector256.ShiftLeft(half + bias, 23).AsSingle() * Vector256.ShiftLeft(whole - half + bias, 23).AsSingle();
    }

    /// <summary>x * 2^n by two multiplications, of which only the second can round (see KernelMath.Scale).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Scale(Vector256<double> x, Vector256<double> n)
    {
        if (Avx512F.VL.IsSupported) return Avx512F.VL.Scale(x, n);
        // n + 1.5 * 2^52 holds n in its low bits: no conversion to 64-bit integers is needed.
        var magic = Vector256.Create(6755399441055744.0);
        var whole = (n + magic).AsInt64() - magic.AsInt64();
        whole = Vector256.ConditionalSelect(Vector256.Equals(n, n).AsInt64(), whole, Vector256<long>.Zero);
        var half = HalfOfSmall(whole);
        var bias = Vector256.Create(1023L);
        return x * Vector256.ShiftLeft(half + bias, 52).AsDouble() * Vector256.ShiftLeft(whole - half + bias, 52).AsDouble();
    }

    /// <summary>v >> 1 of 64-bit lanes in [-2^31, 2^31), arithmetic, on processors that shift only 32-bit lanes so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<long> HalfOfSmall(Vector256<long> v) => Vector256.ShiftRightLogical(v + Vector256.Create(1L << 32), 1) - Vector256.Create(1L << 31);

    /// <summary>x * 2^n by two multiplications, of which only the second can round (see KernelMath.Scale).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> x, Vector128<float> n)
    {
        if (Avx512F.VL.IsSupported) return Avx512F.VL.Scale(x, n);
        var whole = Vector128.ConvertToInt32Native(n);
        var half = Vector128.ShiftRightArithmetic(whole, 1);
        var bias = Vector128.Create(127);
        return x * Vector128.ShiftLeft(half + bias, 23).AsSingle() * Vector128.ShiftLeft(whole - half + bias, 23).AsSingle();
    }

    /// <summary>x * 2^n by two multiplications, of which only the second can round (see KernelMath.Scale).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Scale(Vector128<double> x, Vector128<double> n)
    {
        if (Avx512F.VL.IsSupported) return Avx512F.VL.Scale(x, n);
        // n + 1.5 * 2^52 holds n in its low bits: no conversion to 64-bit integers is needed.
        var magic = Vector128.Create(6755399441055744.0);
        var whole = (n + magic).AsInt64() - magic.AsInt64();
        whole = Vector128.ConditionalSelect(Vector128.Equals(n, n).AsInt64(), whole, Vector128<long>.Zero);
        var half = HalfOfSmall(whole);
        var bias = Vector128.Create(1023L);
        return x * Vector128.ShiftLeft(half + bias, 52).AsDouble() * Vector128.ShiftLeft(whole - half + bias, 52).AsDouble();
    }

    /// <summary>v >> 1 of 64-bit lanes in [-2^31, 2^31), arithmetic, on processors that shift only 32-bit lanes so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<long> HalfOfSmall(Vector128<long> v) => Vector128.ShiftRightLogical(v + Vector128.Create(1L << 32), 1) - Vector128.Create(1L << 31);

    /// <summary>a*b + c rounded once, without the instruction: the product is exact in double, and the sum is rounded to odd there, so that rounding it to float is the only rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fma(Vector128<float> a, Vector128<float> b, Vector128<float> c)
    {
        if (System.Runtime.Intrinsics.X86.Fma.IsSupported || AdvSimd.IsSupported) return Vector128.FusedMultiplyAdd(a, b, c);
        var lower = FmaToOdd(Vector128.WidenLower(a), Vector128.WidenLower(b), Vector128.WidenLower(c));
        var upper = FmaToOdd(Vector128.WidenUpper(a), Vector128.WidenUpper(b), Vector128.WidenUpper(c));
        return Vector128.Narrow(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<double> FmaToOdd(Vector128<double> a, Vector128<double> b, Vector128<double> c)
    {
        var product = a * b;
        var sum = product + c;
        // The error of the sum (Knuth's two-sum), exact as nothing here can overflow or underflow double.
        var t = sum - product;
        var error = (product - (sum - t)) + (c - t);
        // An inexact sum with an even last bit moves one step to the side of its error.
        var inexact = ~Vector128.Equals(error, Vector128<double>.Zero) & Vector128.LessThan(Vector128.Abs(sum), Vector128.Create(double.PositiveInfinity));
        var even = Vector128.Equals(sum.AsInt64() & Vector128<long>.One, Vector128<long>.Zero).AsDouble();
        var away = Vector128.Equals((sum.AsInt64() ^ error.AsInt64()) & Vector128.Create(long.MinValue), Vector128<long>.Zero);
        var step = Vector128.ConditionalSelect(away, Vector128<long>.One, Vector128<long>.AllBitsSet);
        var odd = (sum.AsInt64() + step).AsDouble();
        return Vector128.ConditionalSelect(inexact & even & Vector128.Equals(error, error), odd, sum);
    }

    /// <summary>a*b + c rounded once, lane by lane where the instruction is missing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Fma(Vector128<double> a, Vector128<double> b, Vector128<double> c)
    {
        if (System.Runtime.Intrinsics.X86.Fma.IsSupported || AdvSimd.Arm64.IsSupported) return Vector128.FusedMultiplyAdd(a, b, c);
        return Vector128.Create(Math.FusedMultiplyAdd(a.GetElement(0), b.GetElement(0), c.GetElement(0)), Math.FusedMultiplyAdd(a.GetElement(1), b.GetElement(1), c.GetElement(1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Divide(Vector512<int> a, Vector512<int> b) => Vector512.Create(Kernels.Runtime.Narrow.Divide(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Divide(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Divide(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Divide(a.GetElement(3), b.GetElement(3)), Kernels.Runtime.Narrow.Divide(a.GetElement(4), b.GetElement(4)), Kernels.Runtime.Narrow.Divide(a.GetElement(5), b.GetElement(5)), Kernels.Runtime.Narrow.Divide(a.GetElement(6), b.GetElement(6)), Kernels.Runtime.Narrow.Divide(a.GetElement(7), b.GetElement(7)), Kernels.Runtime.Narrow.Divide(a.GetElement(8), b.GetElement(8)), Kernels.Runtime.Narrow.Divide(a.GetElement(9), b.GetElement(9)), Kernels.Runtime.Narrow.Divide(a.GetElement(10), b.GetElement(10)), Kernels.Runtime.Narrow.Divide(a.GetElement(11), b.GetElement(11)), Kernels.Runtime.Narrow.Divide(a.GetElement(12), b.GetElement(12)), Kernels.Runtime.Narrow.Divide(a.GetElement(13), b.GetElement(13)), Kernels.Runtime.Narrow.Divide(a.GetElement(14), b.GetElement(14)), Kernels.Runtime.Narrow.Divide(a.GetElement(15), b.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Remainder(Vector512<int> a, Vector512<int> b) => Vector512.Create(Kernels.Runtime.Narrow.Remainder(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Remainder(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Remainder(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Remainder(a.GetElement(3), b.GetElement(3)), Kernels.Runtime.Narrow.Remainder(a.GetElement(4), b.GetElement(4)), Kernels.Runtime.Narrow.Remainder(a.GetElement(5), b.GetElement(5)), Kernels.Runtime.Narrow.Remainder(a.GetElement(6), b.GetElement(6)), Kernels.Runtime.Narrow.Remainder(a.GetElement(7), b.GetElement(7)), Kernels.Runtime.Narrow.Remainder(a.GetElement(8), b.GetElement(8)), Kernels.Runtime.Narrow.Remainder(a.GetElement(9), b.GetElement(9)), Kernels.Runtime.Narrow.Remainder(a.GetElement(10), b.GetElement(10)), Kernels.Runtime.Narrow.Remainder(a.GetElement(11), b.GetElement(11)), Kernels.Runtime.Narrow.Remainder(a.GetElement(12), b.GetElement(12)), Kernels.Runtime.Narrow.Remainder(a.GetElement(13), b.GetElement(13)), Kernels.Runtime.Narrow.Remainder(a.GetElement(14), b.GetElement(14)), Kernels.Runtime.Narrow.Remainder(a.GetElement(15), b.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Divide(Vector512<uint> a, Vector512<uint> b) => Vector512.Create(a.GetElement(0) / b.GetElement(0), a.GetElement(1) / b.GetElement(1), a.GetElement(2) / b.GetElement(2), a.GetElement(3) / b.GetElement(3), a.GetElement(4) / b.GetElement(4), a.GetElement(5) / b.GetElement(5), a.GetElement(6) / b.GetElement(6), a.GetElement(7) / b.GetElement(7), a.GetElement(8) / b.GetElement(8), a.GetElement(9) / b.GetElement(9), a.GetElement(10) / b.GetElement(10), a.GetElement(11) / b.GetElement(11), a.GetElement(12) / b.GetElement(12), a.GetElement(13) / b.GetElement(13), a.GetElement(14) / b.GetElement(14), a.GetElement(15) / b.GetElement(15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Remainder(Vector512<uint> a, Vector512<uint> b) => Vector512.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3), a.GetElement(4) % b.GetElement(4), a.GetElement(5) % b.GetElement(5), a.GetElement(6) % b.GetElement(6), a.GetElement(7) % b.GetElement(7), a.GetElement(8) % b.GetElement(8), a.GetElement(9) % b.GetElement(9), a.GetElement(10) % b.GetElement(10), a.GetElement(11) % b.GetElement(11), a.GetElement(12) % b.GetElement(12), a.GetElement(13) % b.GetElement(13), a.GetElement(14) % b.GetElement(14), a.GetElement(15) % b.GetElement(15));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Divide(Vector512<long> a, Vector512<long> b) => Vector512.Create(Kernels.Runtime.Narrow.Divide(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Divide(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Divide(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Divide(a.GetElement(3), b.GetElement(3)), Kernels.Runtime.Narrow.Divide(a.GetElement(4), b.GetElement(4)), Kernels.Runtime.Narrow.Divide(a.GetElement(5), b.GetElement(5)), Kernels.Runtime.Narrow.Divide(a.GetElement(6), b.GetElement(6)), Kernels.Runtime.Narrow.Divide(a.GetElement(7), b.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Remainder(Vector512<long> a, Vector512<long> b) => Vector512.Create(Kernels.Runtime.Narrow.Remainder(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Remainder(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Remainder(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Remainder(a.GetElement(3), b.GetElement(3)), Kernels.Runtime.Narrow.Remainder(a.GetElement(4), b.GetElement(4)), Kernels.Runtime.Narrow.Remainder(a.GetElement(5), b.GetElement(5)), Kernels.Runtime.Narrow.Remainder(a.GetElement(6), b.GetElement(6)), Kernels.Runtime.Narrow.Remainder(a.GetElement(7), b.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Divide(Vector512<ulong> a, Vector512<ulong> b) => Vector512.Create(a.GetElement(0) / b.GetElement(0), a.GetElement(1) / b.GetElement(1), a.GetElement(2) / b.GetElement(2), a.GetElement(3) / b.GetElement(3), a.GetElement(4) / b.GetElement(4), a.GetElement(5) / b.GetElement(5), a.GetElement(6) / b.GetElement(6), a.GetElement(7) / b.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Remainder(Vector512<ulong> a, Vector512<ulong> b) => Vector512.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3), a.GetElement(4) % b.GetElement(4), a.GetElement(5) % b.GetElement(5), a.GetElement(6) % b.GetElement(6), a.GetElement(7) % b.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Divide(Vector256<int> a, Vector256<int> b) => Vector256.Create(Kernels.Runtime.Narrow.Divide(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Divide(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Divide(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Divide(a.GetElement(3), b.GetElement(3)), Kernels.Runtime.Narrow.Divide(a.GetElement(4), b.GetElement(4)), Kernels.Runtime.Narrow.Divide(a.GetElement(5), b.GetElement(5)), Kernels.Runtime.Narrow.Divide(a.GetElement(6), b.GetElement(6)), Kernels.Runtime.Narrow.Divide(a.GetElement(7), b.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Remainder(Vector256<int> a, Vector256<int> b) => Vector256.Create(Kernels.Runtime.Narrow.Remainder(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Remainder(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Remainder(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Remainder(a.GetElement(3), b.GetElement(3)), Kernels.Runtime.Narrow.Remainder(a.GetElement(4), b.GetElement(4)), Kernels.Runtime.Narrow.Remainder(a.GetElement(5), b.GetElement(5)), Kernels.Runtime.Narrow.Remainder(a.GetElement(6), b.GetElement(6)), Kernels.Runtime.Narrow.Remainder(a.GetElement(7), b.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Divide(Vector256<uint> a, Vector256<uint> b) => Vector256.Create(a.GetElement(0) / b.GetElement(0), a.GetElement(1) / b.GetElement(1), a.GetElement(2) / b.GetElement(2), a.GetElement(3) / b.GetElement(3), a.GetElement(4) / b.GetElement(4), a.GetElement(5) / b.GetElement(5), a.GetElement(6) / b.GetElement(6), a.GetElement(7) / b.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Remainder(Vector256<uint> a, Vector256<uint> b) => Vector256.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3), a.GetElement(4) % b.GetElement(4), a.GetElement(5) % b.GetElement(5), a.GetElement(6) % b.GetElement(6), a.GetElement(7) % b.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Divide(Vector256<long> a, Vector256<long> b) => Vector256.Create(Kernels.Runtime.Narrow.Divide(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Divide(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Divide(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Divide(a.GetElement(3), b.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Remainder(Vector256<long> a, Vector256<long> b) => Vector256.Create(Kernels.Runtime.Narrow.Remainder(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Remainder(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Remainder(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Remainder(a.GetElement(3), b.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Divide(Vector256<ulong> a, Vector256<ulong> b) => Vector256.Create(a.GetElement(0) / b.GetElement(0), a.GetElement(1) / b.GetElement(1), a.GetElement(2) / b.GetElement(2), a.GetElement(3) / b.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Remainder(Vector256<ulong> a, Vector256<ulong> b) => Vector256.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Divide(Vector128<int> a, Vector128<int> b) => Vector128.Create(Kernels.Runtime.Narrow.Divide(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Divide(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Divide(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Divide(a.GetElement(3), b.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Remainder(Vector128<int> a, Vector128<int> b) => Vector128.Create(Kernels.Runtime.Narrow.Remainder(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Remainder(a.GetElement(1), b.GetElement(1)), Kernels.Runtime.Narrow.Remainder(a.GetElement(2), b.GetElement(2)), Kernels.Runtime.Narrow.Remainder(a.GetElement(3), b.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Divide(Vector128<uint> a, Vector128<uint> b) => Vector128.Create(a.GetElement(0) / b.GetElement(0), a.GetElement(1) / b.GetElement(1), a.GetElement(2) / b.GetElement(2), a.GetElement(3) / b.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Remainder(Vector128<uint> a, Vector128<uint> b) => Vector128.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Divide(Vector128<long> a, Vector128<long> b) => Vector128.Create(Kernels.Runtime.Narrow.Divide(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Divide(a.GetElement(1), b.GetElement(1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Remainder(Vector128<long> a, Vector128<long> b) => Vector128.Create(Kernels.Runtime.Narrow.Remainder(a.GetElement(0), b.GetElement(0)), Kernels.Runtime.Narrow.Remainder(a.GetElement(1), b.GetElement(1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Divide(Vector128<ulong> a, Vector128<ulong> b) => Vector128.Create(a.GetElement(0) / b.GetElement(0), a.GetElement(1) / b.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Remainder(Vector128<ulong> a, Vector128<ulong> b) => Vector128.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1));

    /// <summary>As C#'s %, lane by lane: no processor has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Remainder(Vector512<float> a, Vector512<float> b) => Vector512.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3), a.GetElement(4) % b.GetElement(4), a.GetElement(5) % b.GetElement(5), a.GetElement(6) % b.GetElement(6), a.GetElement(7) % b.GetElement(7), a.GetElement(8) % b.GetElement(8), a.GetElement(9) % b.GetElement(9), a.GetElement(10) % b.GetElement(10), a.GetElement(11) % b.GetElement(11), a.GetElement(12) % b.GetElement(12), a.GetElement(13) % b.GetElement(13), a.GetElement(14) % b.GetElement(14), a.GetElement(15) % b.GetElement(15));

    /// <summary>As C#'s %, lane by lane: no processor has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Remainder(Vector512<double> a, Vector512<double> b) => Vector512.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3), a.GetElement(4) % b.GetElement(4), a.GetElement(5) % b.GetElement(5), a.GetElement(6) % b.GetElement(6), a.GetElement(7) % b.GetElement(7));

    /// <summary>As C#'s %, lane by lane: no processor has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Remainder(Vector256<float> a, Vector256<float> b) => Vector256.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3), a.GetElement(4) % b.GetElement(4), a.GetElement(5) % b.GetElement(5), a.GetElement(6) % b.GetElement(6), a.GetElement(7) % b.GetElement(7));

    /// <summary>As C#'s %, lane by lane: no processor has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Remainder(Vector256<double> a, Vector256<double> b) => Vector256.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3));

    /// <summary>As C#'s %, lane by lane: no processor has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Remainder(Vector128<float> a, Vector128<float> b) => Vector128.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1), a.GetElement(2) % b.GetElement(2), a.GetElement(3) % b.GetElement(3));

    /// <summary>As C#'s %, lane by lane: no processor has it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Remainder(Vector128<double> a, Vector128<double> b) => Vector128.Create(a.GetElement(0) % b.GetElement(0), a.GetElement(1) % b.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftLeft(Vector512<int> value, Vector512<int> count)
    {
        var n = count & Vector512.Create(31);
        if (Avx512F.IsSupported) return Avx512F.ShiftLeftLogicalVariable(value, n.AsUInt32());
        return Vector512.Create(value.GetElement(0) << n.GetElement(0), value.GetElement(1) << n.GetElement(1), value.GetElement(2) << n.GetElement(2), value.GetElement(3) << n.GetElement(3), value.GetElement(4) << n.GetElement(4), value.GetElement(5) << n.GetElement(5), value.GetElement(6) << n.GetElement(6), value.GetElement(7) << n.GetElement(7), value.GetElement(8) << n.GetElement(8), value.GetElement(9) << n.GetElement(9), value.GetElement(10) << n.GetElement(10), value.GetElement(11) << n.GetElement(11), value.GetElement(12) << n.GetElement(12), value.GetElement(13) << n.GetElement(13), value.GetElement(14) << n.GetElement(14), value.GetElement(15) << n.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftRightArithmetic(Vector512<int> value, Vector512<int> count)
    {
        var n = count & Vector512.Create(31);
        if (Avx512F.IsSupported) return Avx512F.ShiftRightArithmeticVariable(value, n.AsUInt32());
        return Vector512.Create(value.GetElement(0) >> n.GetElement(0), value.GetElement(1) >> n.GetElement(1), value.GetElement(2) >> n.GetElement(2), value.GetElement(3) >> n.GetElement(3), value.GetElement(4) >> n.GetElement(4), value.GetElement(5) >> n.GetElement(5), value.GetElement(6) >> n.GetElement(6), value.GetElement(7) >> n.GetElement(7), value.GetElement(8) >> n.GetElement(8), value.GetElement(9) >> n.GetElement(9), value.GetElement(10) >> n.GetElement(10), value.GetElement(11) >> n.GetElement(11), value.GetElement(12) >> n.GetElement(12), value.GetElement(13) >> n.GetElement(13), value.GetElement(14) >> n.GetElement(14), value.GetElement(15) >> n.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftLeft(Vector512<uint> value, Vector512<int> count)
    {
        var n = count & Vector512.Create(31);
        if (Avx512F.IsSupported) return Avx512F.ShiftLeftLogicalVariable(value, n.AsUInt32());
        return Vector512.Create(value.GetElement(0) << n.GetElement(0), value.GetElement(1) << n.GetElement(1), value.GetElement(2) << n.GetElement(2), value.GetElement(3) << n.GetElement(3), value.GetElement(4) << n.GetElement(4), value.GetElement(5) << n.GetElement(5), value.GetElement(6) << n.GetElement(6), value.GetElement(7) << n.GetElement(7), value.GetElement(8) << n.GetElement(8), value.GetElement(9) << n.GetElement(9), value.GetElement(10) << n.GetElement(10), value.GetElement(11) << n.GetElement(11), value.GetElement(12) << n.GetElement(12), value.GetElement(13) << n.GetElement(13), value.GetElement(14) << n.GetElement(14), value.GetElement(15) << n.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRightLogical(Vector512<uint> value, Vector512<int> count)
    {
        var n = count & Vector512.Create(31);
        if (Avx512F.IsSupported) return Avx512F.ShiftRightLogicalVariable(value, n.AsUInt32());
        return Vector512.Create(value.GetElement(0) >> n.GetElement(0), value.GetElement(1) >> n.GetElement(1), value.GetElement(2) >> n.GetElement(2), value.GetElement(3) >> n.GetElement(3), value.GetElement(4) >> n.GetElement(4), value.GetElement(5) >> n.GetElement(5), value.GetElement(6) >> n.GetElement(6), value.GetElement(7) >> n.GetElement(7), value.GetElement(8) >> n.GetElement(8), value.GetElement(9) >> n.GetElement(9), value.GetElement(10) >> n.GetElement(10), value.GetElement(11) >> n.GetElement(11), value.GetElement(12) >> n.GetElement(12), value.GetElement(13) >> n.GetElement(13), value.GetElement(14) >> n.GetElement(14), value.GetElement(15) >> n.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> ShiftLeft(Vector512<long> value, Vector512<long> count)
    {
        var n = count & Vector512.Create(63L);
        if (Avx512F.IsSupported) return Avx512F.ShiftLeftLogicalVariable(value, n.AsUInt64());
        return Vector512.Create(value.GetElement(0) << (int)n.GetElement(0), value.GetElement(1) << (int)n.GetElement(1), value.GetElement(2) << (int)n.GetElement(2), value.GetElement(3) << (int)n.GetElement(3), value.GetElement(4) << (int)n.GetElement(4), value.GetElement(5) << (int)n.GetElement(5), value.GetElement(6) << (int)n.GetElement(6), value.GetElement(7) << (int)n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> ShiftRightArithmetic(Vector512<long> value, Vector512<long> count)
    {
        var n = count & Vector512.Create(63L);
        if (Avx512F.IsSupported) return Avx512F.ShiftRightArithmeticVariable(value, n.AsUInt64());
        return Vector512.Create(value.GetElement(0) >> (int)n.GetElement(0), value.GetElement(1) >> (int)n.GetElement(1), value.GetElement(2) >> (int)n.GetElement(2), value.GetElement(3) >> (int)n.GetElement(3), value.GetElement(4) >> (int)n.GetElement(4), value.GetElement(5) >> (int)n.GetElement(5), value.GetElement(6) >> (int)n.GetElement(6), value.GetElement(7) >> (int)n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftLeft(Vector512<ulong> value, Vector512<long> count)
    {
        var n = count & Vector512.Create(63L);
        if (Avx512F.IsSupported) return Avx512F.ShiftLeftLogicalVariable(value, n.AsUInt64());
        return Vector512.Create(value.GetElement(0) << (int)n.GetElement(0), value.GetElement(1) << (int)n.GetElement(1), value.GetElement(2) << (int)n.GetElement(2), value.GetElement(3) << (int)n.GetElement(3), value.GetElement(4) << (int)n.GetElement(4), value.GetElement(5) << (int)n.GetElement(5), value.GetElement(6) << (int)n.GetElement(6), value.GetElement(7) << (int)n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftRightLogical(Vector512<ulong> value, Vector512<long> count)
    {
        var n = count & Vector512.Create(63L);
        if (Avx512F.IsSupported) return Avx512F.ShiftRightLogicalVariable(value, n.AsUInt64());
        return Vector512.Create(value.GetElement(0) >> (int)n.GetElement(0), value.GetElement(1) >> (int)n.GetElement(1), value.GetElement(2) >> (int)n.GetElement(2), value.GetElement(3) >> (int)n.GetElement(3), value.GetElement(4) >> (int)n.GetElement(4), value.GetElement(5) >> (int)n.GetElement(5), value.GetElement(6) >> (int)n.GetElement(6), value.GetElement(7) >> (int)n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftLeft(Vector256<int> value, Vector256<int> count)
    {
        var n = count & Vector256.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt32());
        return Vector256.Create(value.GetElement(0) << n.GetElement(0), value.GetElement(1) << n.GetElement(1), value.GetElement(2) << n.GetElement(2), value.GetElement(3) << n.GetElement(3), value.GetElement(4) << n.GetElement(4), value.GetElement(5) << n.GetElement(5), value.GetElement(6) << n.GetElement(6), value.GetElement(7) << n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftRightArithmetic(Vector256<int> value, Vector256<int> count)
    {
        var n = count & Vector256.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftRightArithmeticVariable(value, n.AsUInt32());
        return Vector256.Create(value.GetElement(0) >> n.GetElement(0), value.GetElement(1) >> n.GetElement(1), value.GetElement(2) >> n.GetElement(2), value.GetElement(3) >> n.GetElement(3), value.GetElement(4) >> n.GetElement(4), value.GetElement(5) >> n.GetElement(5), value.GetElement(6) >> n.GetElement(6), value.GetElement(7) >> n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftLeft(Vector256<uint> value, Vector256<int> count)
    {
        var n = count & Vector256.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt32());
        return Vector256.Create(value.GetElement(0) << n.GetElement(0), value.GetElement(1) << n.GetElement(1), value.GetElement(2) << n.GetElement(2), value.GetElement(3) << n.GetElement(3), value.GetElement(4) << n.GetElement(4), value.GetElement(5) << n.GetElement(5), value.GetElement(6) << n.GetElement(6), value.GetElement(7) << n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRightLogical(Vector256<uint> value, Vector256<int> count)
    {
        var n = count & Vector256.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftRightLogicalVariable(value, n.AsUInt32());
        return Vector256.Create(value.GetElement(0) >> n.GetElement(0), value.GetElement(1) >> n.GetElement(1), value.GetElement(2) >> n.GetElement(2), value.GetElement(3) >> n.GetElement(3), value.GetElement(4) >> n.GetElement(4), value.GetElement(5) >> n.GetElement(5), value.GetElement(6) >> n.GetElement(6), value.GetElement(7) >> n.GetElement(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> ShiftLeft(Vector256<long> value, Vector256<long> count)
    {
        var n = count & Vector256.Create(63L);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt64());
        return Vector256.Create(value.GetElement(0) << (int)n.GetElement(0), value.GetElement(1) << (int)n.GetElement(1), value.GetElement(2) << (int)n.GetElement(2), value.GetElement(3) << (int)n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> ShiftRightArithmetic(Vector256<long> value, Vector256<long> count)
    {
        var n = count & Vector256.Create(63L);
        if (Avx512F.VL.IsSupported) return Avx512F.VL.ShiftRightArithmeticVariable(value, n.AsUInt64());
        return Vector256.Create(value.GetElement(0) >> (int)n.GetElement(0), value.GetElement(1) >> (int)n.GetElement(1), value.GetElement(2) >> (int)n.GetElement(2), value.GetElement(3) >> (int)n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftLeft(Vector256<ulong> value, Vector256<long> count)
    {
        var n = count & Vector256.Create(63L);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt64());
        return Vector256.Create(value.GetElement(0) << (int)n.GetElement(0), value.GetElement(1) << (int)n.GetElement(1), value.GetElement(2) << (int)n.GetElement(2), value.GetElement(3) << (int)n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftRightLogical(Vector256<ulong> value, Vector256<long> count)
    {
        var n = count & Vector256.Create(63L);
        if (Avx2.IsSupported) return Avx2.ShiftRightLogicalVariable(value, n.AsUInt64());
        return Vector256.Create(value.GetElement(0) >> (int)n.GetElement(0), value.GetElement(1) >> (int)n.GetElement(1), value.GetElement(2) >> (int)n.GetElement(2), value.GetElement(3) >> (int)n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftLeft(Vector128<int> value, Vector128<int> count)
    {
        var n = count & Vector128.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt32());
        return Vector128.Create(value.GetElement(0) << n.GetElement(0), value.GetElement(1) << n.GetElement(1), value.GetElement(2) << n.GetElement(2), value.GetElement(3) << n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftRightArithmetic(Vector128<int> value, Vector128<int> count)
    {
        var n = count & Vector128.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftRightArithmeticVariable(value, n.AsUInt32());
        return Vector128.Create(value.GetElement(0) >> n.GetElement(0), value.GetElement(1) >> n.GetElement(1), value.GetElement(2) >> n.GetElement(2), value.GetElement(3) >> n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftLeft(Vector128<uint> value, Vector128<int> count)
    {
        var n = count & Vector128.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt32());
        return Vector128.Create(value.GetElement(0) << n.GetElement(0), value.GetElement(1) << n.GetElement(1), value.GetElement(2) << n.GetElement(2), value.GetElement(3) << n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftRightLogical(Vector128<uint> value, Vector128<int> count)
    {
        var n = count & Vector128.Create(31);
        if (Avx2.IsSupported) return Avx2.ShiftRightLogicalVariable(value, n.AsUInt32());
        return Vector128.Create(value.GetElement(0) >> n.GetElement(0), value.GetElement(1) >> n.GetElement(1), value.GetElement(2) >> n.GetElement(2), value.GetElement(3) >> n.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> ShiftLeft(Vector128<long> value, Vector128<long> count)
    {
        var n = count & Vector128.Create(63L);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt64());
        return Vector128.Create(value.GetElement(0) << (int)n.GetElement(0), value.GetElement(1) << (int)n.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> ShiftRightArithmetic(Vector128<long> value, Vector128<long> count)
    {
        var n = count & Vector128.Create(63L);
        if (Avx512F.VL.IsSupported) return Avx512F.VL.ShiftRightArithmeticVariable(value, n.AsUInt64());
        return Vector128.Create(value.GetElement(0) >> (int)n.GetElement(0), value.GetElement(1) >> (int)n.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> ShiftLeft(Vector128<ulong> value, Vector128<long> count)
    {
        var n = count & Vector128.Create(63L);
        if (Avx2.IsSupported) return Avx2.ShiftLeftLogicalVariable(value, n.AsUInt64());
        return Vector128.Create(value.GetElement(0) << (int)n.GetElement(0), value.GetElement(1) << (int)n.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> ShiftRightLogical(Vector128<ulong> value, Vector128<long> count)
    {
        var n = count & Vector128.Create(63L);
        if (Avx2.IsSupported) return Avx2.ShiftRightLogicalVariable(value, n.AsUInt64());
        return Vector128.Create(value.GetElement(0) >> (int)n.GetElement(0), value.GetElement(1) >> (int)n.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> PopCount(Vector512<int> v) => Vector512.Create(BitOperations.PopCount((uint)v.GetElement(0)), BitOperations.PopCount((uint)v.GetElement(1)), BitOperations.PopCount((uint)v.GetElement(2)), BitOperations.PopCount((uint)v.GetElement(3)), BitOperations.PopCount((uint)v.GetElement(4)), BitOperations.PopCount((uint)v.GetElement(5)), BitOperations.PopCount((uint)v.GetElement(6)), BitOperations.PopCount((uint)v.GetElement(7)), BitOperations.PopCount((uint)v.GetElement(8)), BitOperations.PopCount((uint)v.GetElement(9)), BitOperations.PopCount((uint)v.GetElement(10)), BitOperations.PopCount((uint)v.GetElement(11)), BitOperations.PopCount((uint)v.GetElement(12)), BitOperations.PopCount((uint)v.GetElement(13)), BitOperations.PopCount((uint)v.GetElement(14)), BitOperations.PopCount((uint)v.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LeadingZeros(Vector512<int> v) => Avx512CD.IsSupported ? Avx512CD.LeadingZeroCount(v) : Vector512.Create(BitOperations.LeadingZeroCount((uint)v.GetElement(0)), BitOperations.LeadingZeroCount((uint)v.GetElement(1)), BitOperations.LeadingZeroCount((uint)v.GetElement(2)), BitOperations.LeadingZeroCount((uint)v.GetElement(3)), BitOperations.LeadingZeroCount((uint)v.GetElement(4)), BitOperations.LeadingZeroCount((uint)v.GetElement(5)), BitOperations.LeadingZeroCount((uint)v.GetElement(6)), BitOperations.LeadingZeroCount((uint)v.GetElement(7)), BitOperations.LeadingZeroCount((uint)v.GetElement(8)), BitOperations.LeadingZeroCount((uint)v.GetElement(9)), BitOperations.LeadingZeroCount((uint)v.GetElement(10)), BitOperations.LeadingZeroCount((uint)v.GetElement(11)), BitOperations.LeadingZeroCount((uint)v.GetElement(12)), BitOperations.LeadingZeroCount((uint)v.GetElement(13)), BitOperations.LeadingZeroCount((uint)v.GetElement(14)), BitOperations.LeadingZeroCount((uint)v.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> TrailingZeros(Vector512<int> v) => Vector512.Create(BitOperations.TrailingZeroCount((uint)v.GetElement(0)), BitOperations.TrailingZeroCount((uint)v.GetElement(1)), BitOperations.TrailingZeroCount((uint)v.GetElement(2)), BitOperations.TrailingZeroCount((uint)v.GetElement(3)), BitOperations.TrailingZeroCount((uint)v.GetElement(4)), BitOperations.TrailingZeroCount((uint)v.GetElement(5)), BitOperations.TrailingZeroCount((uint)v.GetElement(6)), BitOperations.TrailingZeroCount((uint)v.GetElement(7)), BitOperations.TrailingZeroCount((uint)v.GetElement(8)), BitOperations.TrailingZeroCount((uint)v.GetElement(9)), BitOperations.TrailingZeroCount((uint)v.GetElement(10)), BitOperations.TrailingZeroCount((uint)v.GetElement(11)), BitOperations.TrailingZeroCount((uint)v.GetElement(12)), BitOperations.TrailingZeroCount((uint)v.GetElement(13)), BitOperations.TrailingZeroCount((uint)v.GetElement(14)), BitOperations.TrailingZeroCount((uint)v.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> PopCount(Vector512<uint> v) => Vector512.Create((uint)BitOperations.PopCount((uint)v.GetElement(0)), (uint)BitOperations.PopCount((uint)v.GetElement(1)), (uint)BitOperations.PopCount((uint)v.GetElement(2)), (uint)BitOperations.PopCount((uint)v.GetElement(3)), (uint)BitOperations.PopCount((uint)v.GetElement(4)), (uint)BitOperations.PopCount((uint)v.GetElement(5)), (uint)BitOperations.PopCount((uint)v.GetElement(6)), (uint)BitOperations.PopCount((uint)v.GetElement(7)), (uint)BitOperations.PopCount((uint)v.GetElement(8)), (uint)BitOperations.PopCount((uint)v.GetElement(9)), (uint)BitOperations.PopCount((uint)v.GetElement(10)), (uint)BitOperations.PopCount((uint)v.GetElement(11)), (uint)BitOperations.PopCount((uint)v.GetElement(12)), (uint)BitOperations.PopCount((uint)v.GetElement(13)), (uint)BitOperations.PopCount((uint)v.GetElement(14)), (uint)BitOperations.PopCount((uint)v.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> LeadingZeros(Vector512<uint> v) => Avx512CD.IsSupported ? Avx512CD.LeadingZeroCount(v) : Vector512.Create((uint)BitOperations.LeadingZeroCount((uint)v.GetElement(0)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(1)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(2)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(3)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(4)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(5)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(6)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(7)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(8)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(9)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(10)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(11)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(12)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(13)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(14)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> TrailingZeros(Vector512<uint> v) => Vector512.Create((uint)BitOperations.TrailingZeroCount((uint)v.GetElement(0)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(1)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(2)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(3)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(4)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(5)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(6)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(7)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(8)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(9)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(10)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(11)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(12)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(13)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(14)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> PopCount(Vector512<long> v) => Vector512.Create((long)BitOperations.PopCount((ulong)v.GetElement(0)), (long)BitOperations.PopCount((ulong)v.GetElement(1)), (long)BitOperations.PopCount((ulong)v.GetElement(2)), (long)BitOperations.PopCount((ulong)v.GetElement(3)), (long)BitOperations.PopCount((ulong)v.GetElement(4)), (long)BitOperations.PopCount((ulong)v.GetElement(5)), (long)BitOperations.PopCount((ulong)v.GetElement(6)), (long)BitOperations.PopCount((ulong)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> LeadingZeros(Vector512<long> v) => Avx512CD.IsSupported ? Avx512CD.LeadingZeroCount(v) : Vector512.Create((long)BitOperations.LeadingZeroCount((ulong)v.GetElement(0)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(1)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(2)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(3)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(4)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(5)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(6)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> TrailingZeros(Vector512<long> v) => Vector512.Create((long)BitOperations.TrailingZeroCount((ulong)v.GetElement(0)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(1)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(2)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(3)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(4)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(5)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(6)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> PopCount(Vector512<ulong> v) => Vector512.Create((ulong)BitOperations.PopCount((ulong)v.GetElement(0)), (ulong)BitOperations.PopCount((ulong)v.GetElement(1)), (ulong)BitOperations.PopCount((ulong)v.GetElement(2)), (ulong)BitOperations.PopCount((ulong)v.GetElement(3)), (ulong)BitOperations.PopCount((ulong)v.GetElement(4)), (ulong)BitOperations.PopCount((ulong)v.GetElement(5)), (ulong)BitOperations.PopCount((ulong)v.GetElement(6)), (ulong)BitOperations.PopCount((ulong)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> LeadingZeros(Vector512<ulong> v) => Avx512CD.IsSupported ? Avx512CD.LeadingZeroCount(v) : Vector512.Create((ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(0)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(1)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(2)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(3)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(4)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(5)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(6)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> TrailingZeros(Vector512<ulong> v) => Vector512.Create((ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(0)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(1)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(2)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(3)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(4)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(5)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(6)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> PopCount(Vector256<int> v) => Vector256.Create(BitOperations.PopCount((uint)v.GetElement(0)), BitOperations.PopCount((uint)v.GetElement(1)), BitOperations.PopCount((uint)v.GetElement(2)), BitOperations.PopCount((uint)v.GetElement(3)), BitOperations.PopCount((uint)v.GetElement(4)), BitOperations.PopCount((uint)v.GetElement(5)), BitOperations.PopCount((uint)v.GetElement(6)), BitOperations.PopCount((uint)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LeadingZeros(Vector256<int> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector256.Create(BitOperations.LeadingZeroCount((uint)v.GetElement(0)), BitOperations.LeadingZeroCount((uint)v.GetElement(1)), BitOperations.LeadingZeroCount((uint)v.GetElement(2)), BitOperations.LeadingZeroCount((uint)v.GetElement(3)), BitOperations.LeadingZeroCount((uint)v.GetElement(4)), BitOperations.LeadingZeroCount((uint)v.GetElement(5)), BitOperations.LeadingZeroCount((uint)v.GetElement(6)), BitOperations.LeadingZeroCount((uint)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> TrailingZeros(Vector256<int> v) => Vector256.Create(BitOperations.TrailingZeroCount((uint)v.GetElement(0)), BitOperations.TrailingZeroCount((uint)v.GetElement(1)), BitOperations.TrailingZeroCount((uint)v.GetElement(2)), BitOperations.TrailingZeroCount((uint)v.GetElement(3)), BitOperations.TrailingZeroCount((uint)v.GetElement(4)), BitOperations.TrailingZeroCount((uint)v.GetElement(5)), BitOperations.TrailingZeroCount((uint)v.GetElement(6)), BitOperations.TrailingZeroCount((uint)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> PopCount(Vector256<uint> v) => Vector256.Create((uint)BitOperations.PopCount((uint)v.GetElement(0)), (uint)BitOperations.PopCount((uint)v.GetElement(1)), (uint)BitOperations.PopCount((uint)v.GetElement(2)), (uint)BitOperations.PopCount((uint)v.GetElement(3)), (uint)BitOperations.PopCount((uint)v.GetElement(4)), (uint)BitOperations.PopCount((uint)v.GetElement(5)), (uint)BitOperations.PopCount((uint)v.GetElement(6)), (uint)BitOperations.PopCount((uint)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> LeadingZeros(Vector256<uint> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector256.Create((uint)BitOperations.LeadingZeroCount((uint)v.GetElement(0)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(1)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(2)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(3)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(4)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(5)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(6)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> TrailingZeros(Vector256<uint> v) => Vector256.Create((uint)BitOperations.TrailingZeroCount((uint)v.GetElement(0)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(1)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(2)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(3)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(4)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(5)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(6)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> PopCount(Vector256<long> v) => Vector256.Create((long)BitOperations.PopCount((ulong)v.GetElement(0)), (long)BitOperations.PopCount((ulong)v.GetElement(1)), (long)BitOperations.PopCount((ulong)v.GetElement(2)), (long)BitOperations.PopCount((ulong)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> LeadingZeros(Vector256<long> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector256.Create((long)BitOperations.LeadingZeroCount((ulong)v.GetElement(0)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(1)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(2)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> TrailingZeros(Vector256<long> v) => Vector256.Create((long)BitOperations.TrailingZeroCount((ulong)v.GetElement(0)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(1)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(2)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> PopCount(Vector256<ulong> v) => Vector256.Create((ulong)BitOperations.PopCount((ulong)v.GetElement(0)), (ulong)BitOperations.PopCount((ulong)v.GetElement(1)), (ulong)BitOperations.PopCount((ulong)v.GetElement(2)), (ulong)BitOperations.PopCount((ulong)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> LeadingZeros(Vector256<ulong> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector256.Create((ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(0)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(1)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(2)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> TrailingZeros(Vector256<ulong> v) => Vector256.Create((ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(0)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(1)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(2)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> PopCount(Vector128<int> v) => Vector128.Create(BitOperations.PopCount((uint)v.GetElement(0)), BitOperations.PopCount((uint)v.GetElement(1)), BitOperations.PopCount((uint)v.GetElement(2)), BitOperations.PopCount((uint)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LeadingZeros(Vector128<int> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector128.Create(BitOperations.LeadingZeroCount((uint)v.GetElement(0)), BitOperations.LeadingZeroCount((uint)v.GetElement(1)), BitOperations.LeadingZeroCount((uint)v.GetElement(2)), BitOperations.LeadingZeroCount((uint)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> TrailingZeros(Vector128<int> v) => Vector128.Create(BitOperations.TrailingZeroCount((uint)v.GetElement(0)), BitOperations.TrailingZeroCount((uint)v.GetElement(1)), BitOperations.TrailingZeroCount((uint)v.GetElement(2)), BitOperations.TrailingZeroCount((uint)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> PopCount(Vector128<uint> v) => Vector128.Create((uint)BitOperations.PopCount((uint)v.GetElement(0)), (uint)BitOperations.PopCount((uint)v.GetElement(1)), (uint)BitOperations.PopCount((uint)v.GetElement(2)), (uint)BitOperations.PopCount((uint)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> LeadingZeros(Vector128<uint> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector128.Create((uint)BitOperations.LeadingZeroCount((uint)v.GetElement(0)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(1)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(2)), (uint)BitOperations.LeadingZeroCount((uint)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> TrailingZeros(Vector128<uint> v) => Vector128.Create((uint)BitOperations.TrailingZeroCount((uint)v.GetElement(0)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(1)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(2)), (uint)BitOperations.TrailingZeroCount((uint)v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> PopCount(Vector128<long> v) => Vector128.Create((long)BitOperations.PopCount((ulong)v.GetElement(0)), (long)BitOperations.PopCount((ulong)v.GetElement(1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> LeadingZeros(Vector128<long> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector128.Create((long)BitOperations.LeadingZeroCount((ulong)v.GetElement(0)), (long)BitOperations.LeadingZeroCount((ulong)v.GetElement(1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> TrailingZeros(Vector128<long> v) => Vector128.Create((long)BitOperations.TrailingZeroCount((ulong)v.GetElement(0)), (long)BitOperations.TrailingZeroCount((ulong)v.GetElement(1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> PopCount(Vector128<ulong> v) => Vector128.Create((ulong)BitOperations.PopCount((ulong)v.GetElement(0)), (ulong)BitOperations.PopCount((ulong)v.GetElement(1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> LeadingZeros(Vector128<ulong> v) => Avx512CD.VL.IsSupported ? Avx512CD.VL.LeadingZeroCount(v) : Vector128.Create((ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(0)), (ulong)BitOperations.LeadingZeroCount((ulong)v.GetElement(1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> TrailingZeros(Vector128<ulong> v) => Vector128.Create((ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(0)), (ulong)BitOperations.TrailingZeroCount((ulong)v.GetElement(1)));
}
