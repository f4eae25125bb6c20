using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Runtime;

// Conversions between lanes of different widths. Two registers of 64-bit lanes hold what one of 32-bit lanes does.
public static unsafe partial class Simd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> WidenLower(Vector512<int> v) => Vector512.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> WidenUpper(Vector512<int> v) => Vector512.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> WidenLower(Vector256<int> v) => Vector256.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> WidenUpper(Vector256<int> v) => Vector256.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> WidenLower(Vector128<int> v) => Vector128.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> WidenUpper(Vector128<int> v) => Vector128.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Widen(Vector256<int> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Int64(v) : Vector512.Create(Vector256.WidenLower(v), Vector256.WidenUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Widen(Vector128<int> v) => Avx2.IsSupported ? Avx2.ConvertToVector256Int64(v) : Vector256.Create(Vector128.WidenLower(v), Vector128.WidenUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Narrow(Vector512<long> lower, Vector512<long> upper) => Vector512.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Narrow(Vector256<long> lower, Vector256<long> upper) => Vector256.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Narrow(Vector128<long> lower, Vector128<long> upper) => Vector128.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Narrow(Vector512<long> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector256Int32(v) : Vector256.Narrow(v.GetLower(), v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Narrow(Vector256<long> v) => Avx512F.VL.IsSupported ? Avx512F.VL.ConvertToVector128Int32(v) : Vector128.Narrow(v.GetLower(), v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> WidenLower(Vector512<uint> v) => Vector512.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> WidenUpper(Vector512<uint> v) => Vector512.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> WidenLower(Vector256<uint> v) => Vector256.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> WidenUpper(Vector256<uint> v) => Vector256.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> WidenLower(Vector128<uint> v) => Vector128.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> WidenUpper(Vector128<uint> v) => Vector128.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Widen(Vector256<uint> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt64(v) : Vector512.Create(Vector256.WidenLower(v), Vector256.WidenUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Widen(Vector128<uint> v) => Avx2.IsSupported ? Avx2.ConvertToVector256Int64(v).AsUInt64() : Vector256.Create(Vector128.WidenLower(v), Vector128.WidenUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Narrow(Vector512<ulong> lower, Vector512<ulong> upper) => Vector512.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Narrow(Vector256<ulong> lower, Vector256<ulong> upper) => Vector256.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Narrow(Vector128<ulong> lower, Vector128<ulong> upper) => Vector128.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Narrow(Vector512<ulong> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt32(v) : Vector256.Narrow(v.GetLower(), v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Narrow(Vector256<ulong> v) => Avx512F.VL.IsSupported ? Avx512F.VL.ConvertToVector128UInt32(v) : Vector128.Narrow(v.GetLower(), v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> WidenLower(Vector512<float> v) => Vector512.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> WidenUpper(Vector512<float> v) => Vector512.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WidenLower(Vector256<float> v) => Vector256.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> WidenUpper(Vector256<float> v) => Vector256.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> WidenLower(Vector128<float> v) => Vector128.WidenLower(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> WidenUpper(Vector128<float> v) => Vector128.WidenUpper(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Widen(Vector256<float> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(v) : Vector512.Create(Vector256.WidenLower(v), Vector256.WidenUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Widen(Vector128<float> v) => Avx.IsSupported ? Avx.ConvertToVector256Double(v) : Vector256.Create(Vector128.WidenLower(v), Vector128.WidenUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Narrow(Vector512<double> lower, Vector512<double> upper) => Vector512.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Narrow(Vector256<double> lower, Vector256<double> upper) => Vector256.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Narrow(Vector128<double> lower, Vector128<double> upper) => Vector128.Narrow(lower, upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Narrow(Vector512<double> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector256Single(v) : Vector256.Narrow(v.GetLower(), v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Narrow(Vector256<double> v) => Avx.IsSupported ? Avx.ConvertToVector128Single(v) : Vector128.Narrow(v.GetLower(), v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDouble(Vector256<int> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(v) : Vector512.Create(ToDoubleLower(v), ToDoubleUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ToDouble(Vector128<int> v) => Avx.IsSupported ? Avx.ConvertToVector256Double(v) : Vector256.Create(ToDoubleLower(v), ToDoubleUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDoubleLower(Vector512<int> v) => ToDouble(v.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDoubleUpper(Vector512<int> v) => ToDouble(v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ToDoubleLower(Vector256<int> v) => ToDouble(v.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ToDoubleUpper(Vector256<int> v) => ToDouble(v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ToDoubleLower(Vector128<int> v) => Vector128.Create((double)v.GetElement(0), v.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ToDoubleUpper(Vector128<int> v) => Vector128.Create((double)v.GetElement(2), v.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDouble(Vector256<uint> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(v) : Vector512.Create(ToDoubleLower(v), ToDoubleUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ToDouble(Vector128<uint> v) => Avx512F.VL.IsSupported ? Avx512F.VL.ConvertToVector256Double(v) : Vector256.Create(ToDoubleLower(v), ToDoubleUpper(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDoubleLower(Vector512<uint> v) => ToDouble(v.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDoubleUpper(Vector512<uint> v) => ToDouble(v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ToDoubleLower(Vector256<uint> v) => ToDouble(v.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ToDoubleUpper(Vector256<uint> v) => ToDouble(v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ToDoubleLower(Vector128<uint> v) => Vector128.Create((double)v.GetElement(0), v.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ToDoubleUpper(Vector128<uint> v) => Vector128.Create((double)v.GetElement(2), v.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> ClampToInt32(Vector512<double> v)
    {
        var low = MaxOrSecond(v, Vector512.Create(-2147483648.0));
        var clamped = MinOrSecond(low, Vector512.Create(2147483647.0));
        return clamped & Vector512.Equals(v, v); // NaN: 0
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> ClampToUInt32(Vector512<double> v)
    {
        var low = MaxOrSecond(v, Vector512<double>.Zero);
        return MinOrSecond(low, Vector512.Create(4294967295.0)) & Vector512.Equals(v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> ClampToInt32(Vector256<double> v)
    {
        var low = MaxOrSecond(v, Vector256.Create(-2147483648.0));
        var clamped = MinOrSecond(low, Vector256.Create(2147483647.0));
        return clamped & Vector256.Equals(v, v); // NaN: 0
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> ClampToUInt32(Vector256<double> v)
    {
        var low = MaxOrSecond(v, Vector256<double>.Zero);
        return MinOrSecond(low, Vector256.Create(4294967295.0)) & Vector256.Equals(v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<double> ClampToInt32(Vector128<double> v)
    {
        var low = MaxOrSecond(v, Vector128.Create(-2147483648.0));
        var clamped = MinOrSecond(low, Vector128.Create(2147483647.0));
        return clamped & Vector128.Equals(v, v); // NaN: 0
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<double> ClampToUInt32(Vector128<double> v)
    {
        var low = MaxOrSecond(v, Vector128<double>.Zero);
        return MinOrSecond(low, Vector128.Create(4294967295.0)) & Vector128.Equals(v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32InRange(Vector512<double> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector256Int32WithTruncation(v) : Vector256.Create((int)v.GetElement(0), (int)v.GetElement(1), (int)v.GetElement(2), (int)v.GetElement(3), (int)v.GetElement(4), (int)v.GetElement(5), (int)v.GetElement(6), (int)v.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32(Vector512<double> v) => ToInt32InRange(ClampToInt32(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ToUInt32(Vector512<double> v) => Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt32WithTruncation(ClampToUInt32(v)) : Vector256.Create((uint)v.GetElement(0), (uint)v.GetElement(1), (uint)v.GetElement(2), (uint)v.GetElement(3), (uint)v.GetElement(4), (uint)v.GetElement(5), (uint)v.GetElement(6), (uint)v.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt32InRange(Vector256<double> v) => Avx.IsSupported ? Avx.ConvertToVector128Int32WithTruncation(v) : Vector128.Create((int)v.GetElement(0), (int)v.GetElement(1), (int)v.GetElement(2), (int)v.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt32(Vector256<double> v) => ToInt32InRange(ClampToInt32(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ToUInt32(Vector256<double> v) => Avx512F.VL.IsSupported ? Avx512F.VL.ConvertToVector128UInt32WithTruncation(ClampToUInt32(v)) : Vector128.Create((uint)v.GetElement(0), (uint)v.GetElement(1), (uint)v.GetElement(2), (uint)v.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ToInt32InRange(Vector512<double> lower, Vector512<double> upper) => Vector512.Create(ToInt32InRange(lower), ToInt32InRange(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32InRange(Vector256<double> lower, Vector256<double> upper) => Vector256.Create(ToInt32InRange(lower), ToInt32InRange(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt32InRange(Vector128<double> lower, Vector128<double> upper) => Vector128.Create((int)lower.GetElement(0), (int)lower.GetElement(1), (int)upper.GetElement(0), (int)upper.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ToInt32(Vector512<double> lower, Vector512<double> upper) => Vector512.Create(ToInt32(lower), ToInt32(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt32(Vector256<double> lower, Vector256<double> upper) => Vector256.Create(ToInt32(lower), ToInt32(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt32(Vector128<double> lower, Vector128<double> upper) => Vector128.Create((int)lower.GetElement(0), (int)lower.GetElement(1), (int)upper.GetElement(0), (int)upper.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ToUInt32(Vector512<double> lower, Vector512<double> upper) => Vector512.Create(ToUInt32(lower), ToUInt32(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ToUInt32(Vector256<double> lower, Vector256<double> upper) => Vector256.Create(ToUInt32(lower), ToUInt32(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ToUInt32(Vector128<double> lower, Vector128<double> upper) => Vector128.Create((uint)lower.GetElement(0), (uint)lower.GetElement(1), (uint)upper.GetElement(0), (uint)upper.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector512<long> v) => Avx512DQ.IsSupported ? Avx512DQ.ConvertToVector256Single(v) : Vector256.Create((float)v.GetElement(0), (float)v.GetElement(1), (float)v.GetElement(2), (float)v.GetElement(3), (float)v.GetElement(4), (float)v.GetElement(5), (float)v.GetElement(6), (float)v.GetElement(7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector256<long> v) => Avx512DQ.VL.IsSupported ? Avx512DQ.VL.ConvertToVector128Single(v) : Vector128.Create((float)v.GetElement(0), (float)v.GetElement(1), (float)v.GetElement(2), (float)v.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(Vector512<long> lower, Vector512<long> upper) => Vector512.Create(ToSingle(lower), ToSingle(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector256<long> lower, Vector256<long> upper) => Vector256.Create(ToSingle(lower), ToSingle(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector128<long> lower, Vector128<long> upper) => Vector128.Create((float)lower.GetElement(0), (float)lower.GetElement(1), (float)upper.GetElement(0), (float)upper.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector512<ulong> v) => Avx512DQ.IsSupported ? Avx512DQ.ConvertToVector256Single(v) : Vector256.Create(Kernels.Runtime.Narrow.ToSingle(v.GetElement(0)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(1)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(2)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(3)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(4)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(5)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(6)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector256<ulong> v) => Avx512DQ.VL.IsSupported ? Avx512DQ.VL.ConvertToVector128Single(v) : Vector128.Create(Kernels.Runtime.Narrow.ToSingle(v.GetElement(0)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(1)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(2)), Kernels.Runtime.Narrow.ToSingle(v.GetElement(3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(Vector512<ulong> lower, Vector512<ulong> upper) => Vector512.Create(ToSingle(lower), ToSingle(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector256<ulong> lower, Vector256<ulong> upper) => Vector256.Create(ToSingle(lower), ToSingle(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector128<ulong> lower, Vector128<ulong> upper) => Vector128.Create(Kernels.Runtime.Narrow.ToSingle(lower.GetElement(0)), Kernels.Runtime.Narrow.ToSingle(lower.GetElement(1)), Kernels.Runtime.Narrow.ToSingle(upper.GetElement(0)), Kernels.Runtime.Narrow.ToSingle(upper.GetElement(1)));

    // To float by rounding to odd: an inexact result has an odd last bit, so that rounding it again, to a format of at most 22 bits, is rounding once.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> NarrowToOdd(Vector512<double> v)
    {
        var near = Narrow(v);
        var back = Widen(near);
        return ToOdd(near, Narrow(Vector512.Equals(back, v).AsInt64()), Narrow(Vector512.LessThan(Vector512.Abs(back), Vector512.Abs(v)).AsInt64()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NarrowToOdd(Vector256<double> v)
    {
        var near = Narrow(v);
        var back = Widen(near);
        return ToOdd(near, Narrow(Vector256.Equals(back, v).AsInt64()), Narrow(Vector256.LessThan(Vector256.Abs(back), Vector256.Abs(v)).AsInt64()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NarrowToOdd(Vector512<double> lower, Vector512<double> upper) => Vector512.Create(NarrowToOdd(lower), NarrowToOdd(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> NarrowToOdd(Vector256<double> lower, Vector256<double> upper) => Vector256.Create(NarrowToOdd(lower), NarrowToOdd(upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NarrowToOdd(Vector128<double> lower, Vector128<double> upper)
    {
        var near = Narrow(lower, upper);
        Vector128<double> first = WidenLower(near), second = WidenUpper(near);
        return ToOdd(near, Narrow(Vector128.Equals(first, lower).AsInt64(), Vector128.Equals(second, upper).AsInt64()),
            Narrow(Vector128.LessThan(Vector128.Abs(first), Vector128.Abs(lower)).AsInt64(), Vector128.LessThan(Vector128.Abs(second), Vector128.Abs(upper)).AsInt64()));
    }

    /// <summary>The nearest float, or where it is inexact, finite and even, its neighbour on the other side of the exact value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> ToOdd(Vector256<float> near, Vector256<int> exact, Vector256<int> below)
    {
        var bits = near.AsInt32();
        var even = Vector256.Equals(bits & Vector256<int>.One, Vector256<int>.Zero);
        var finite = Vector256.LessThan(bits & Vector256.Create(0x7FFFFFFF), Vector256.Create(0x7F800000));
        var moved = Vector256.ConditionalSelect(below, bits + Vector256<int>.One, bits - Vector256<int>.One);
        return Vector256.ConditionalSelect(~exact & even & finite, moved, bits).AsSingle();
    }

    /// <summary>The nearest float, or where it is inexact, finite and even, its neighbour on the other side of the exact value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> ToOdd(Vector128<float> near, Vector128<int> exact, Vector128<int> below)
    {
        var bits = near.AsInt32();
        var even = Vector128.Equals(bits & Vector128<int>.One, Vector128<int>.Zero);
        var finite = Vector128.LessThan(bits & Vector128.Create(0x7FFFFFFF), Vector128.Create(0x7F800000));
        var moved = Vector128.ConditionalSelect(below, bits + Vector128<int>.One, bits - Vector128<int>.One);
        return Vector128.ConditionalSelect(~exact & even & finite, moved, bits).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> LoadWidex2(int* p) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).As<long, int>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> LoadWidex2(uint* p) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).As<long, uint>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> LoadWidex2(float* p) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).As<long, float>());
}
