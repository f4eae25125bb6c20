using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Runtime;

// Arrays of 8- and 16-bit elements: widened to 32-bit lanes on load, narrowed on store.
public static unsafe partial class Simd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadI8x16(sbyte* p) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector128.Load(p)) : LoadI8x16Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<int> LoadI8x16Slow(sbyte* p) => Vector512.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7], (int)p[8], (int)p[9], (int)p[10], (int)p[11], (int)p[12], (int)p[13], (int)p[14], (int)p[15]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadU8x16(byte* p) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector128.Load(p)) : LoadU8x16Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<int> LoadU8x16Slow(byte* p) => Vector512.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7], (int)p[8], (int)p[9], (int)p[10], (int)p[11], (int)p[12], (int)p[13], (int)p[14], (int)p[15]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadI16x16(short* p) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector256.Load(p)) : LoadI16x16Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<int> LoadI16x16Slow(short* p) => Vector512.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7], (int)p[8], (int)p[9], (int)p[10], (int)p[11], (int)p[12], (int)p[13], (int)p[14], (int)p[15]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadU16x16(ushort* p) => Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector256.Load(p)) : LoadU16x16Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector512<int> LoadU16x16Slow(ushort* p) => Vector512.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7], (int)p[8], (int)p[9], (int)p[10], (int)p[11], (int)p[12], (int)p[13], (int)p[14], (int)p[15]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadBF16x16(ushort* p) => Vector512.ShiftLeft(LoadU16x16(p), 16).AsSingle();

    /// <summary>Half to float by integers: exponent and fraction move up, the exponent is rebiased by a multiplication that is exact for subnormals too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadF16x16(ushort* p) => HalfToSingle(LoadU16x16(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> HalfToSingle(Vector512<int> bits)
    {
        var sign = Vector512.ShiftLeft(bits & Vector512.Create(0x8000), 16);
        var magnitude = bits & Vector512.Create(0x7FFF);
        // The largest exponent is infinity and NaN in both formats.
        var special = Vector512.GreaterThan(magnitude, Vector512.Create(0x7BFF));
        var scaled = (Vector512.ShiftLeft(magnitude, 13).AsSingle() * Vector512.Create(5.192296858534828E+33f)).AsInt32();
        var wide = Vector512.ConditionalSelect(special, Vector512.ShiftLeft(magnitude, 13) | Vector512.Create(0x7F800000), scaled);
        return (wide | sign).AsSingle();
    }

    /// <summary>float to Half, to nearest even: adding a power of two 13 bits above the last kept one rounds subnormal results, an integer carry the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> SingleToHalf(Vector512<float> value)
    {
        var bits = value.AsInt32();
        var sign = Vector512.ShiftRightLogical(bits, 16) & Vector512.Create(0x8000);
        var magnitude = bits & Vector512.Create(0x7FFFFFFF);
        var subnormal = (magnitude.AsSingle() + Vector512.Create(0.5f)).AsInt32() - Vector512.Create(0x3F000000); // 0.5: last bit 2^-24, Half's smallest
        var odd = Vector512.ShiftRightLogical(magnitude, 13) & Vector512<int>.One;
        var normal = Vector512.ShiftRightLogical(magnitude + Vector512.Create(unchecked((int)0xC8000FFF)) + odd, 13);
        var result = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0x38800000)), subnormal, normal);
        result = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(0x477FEFFF)), Vector512.Create(0x7C00), result);
        result = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(0x7F800000)), Vector512.Create(0x7E00) | (Vector512.ShiftRightLogical(magnitude, 13) & Vector512.Create(0x3FF)), result);
        return result | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> SingleToBFloat16(Vector512<float> value)
    {
        var bits = value.AsInt32();
        var upper = Vector512.ShiftRightLogical(bits, 16);
        var rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7FFF) + (upper & Vector512<int>.One), 16);
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsInt32(), rounded, upper | Vector512.Create(0x40));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ThroughI8(Vector512<int> v) => Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(v, 24), 24);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreI8(Vector512<int> v, sbyte* p)
    {
        if (Avx512F.IsSupported) { Avx512F.ConvertToVector128SByte(v).Store(p); return; }
        StoreI8Slow(v, p);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StoreI8Slow(Vector512<int> v, sbyte* p)
    {
        p[0] = unchecked((sbyte)v.GetElement(0));
        p[1] = unchecked((sbyte)v.GetElement(1));
        p[2] = unchecked((sbyte)v.GetElement(2));
        p[3] = unchecked((sbyte)v.GetElement(3));
        p[4] = unchecked((sbyte)v.GetElement(4));
        p[5] = unchecked((sbyte)v.GetElement(5));
        p[6] = unchecked((sbyte)v.GetElement(6));
        p[7] = unchecked((sbyte)v.GetElement(7));
        p[8] = unchecked((sbyte)v.GetElement(8));
        p[9] = unchecked((sbyte)v.GetElement(9));
        p[10] = unchecked((sbyte)v.GetElement(10));
        p[11] = unchecked((sbyte)v.GetElement(11));
        p[12] = unchecked((sbyte)v.GetElement(12));
        p[13] = unchecked((sbyte)v.GetElement(13));
        p[14] = unchecked((sbyte)v.GetElement(14));
        p[15] = unchecked((sbyte)v.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ThroughU8(Vector512<int> v) => v & Vector512.Create(0xFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreU8(Vector512<int> v, byte* p)
    {
        if (Avx512F.IsSupported) { Avx512F.ConvertToVector128Byte(v).Store(p); return; }
        StoreU8Slow(v, p);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StoreU8Slow(Vector512<int> v, byte* p)
    {
        p[0] = unchecked((byte)v.GetElement(0));
        p[1] = unchecked((byte)v.GetElement(1));
        p[2] = unchecked((byte)v.GetElement(2));
        p[3] = unchecked((byte)v.GetElement(3));
        p[4] = unchecked((byte)v.GetElement(4));
        p[5] = unchecked((byte)v.GetElement(5));
        p[6] = unchecked((byte)v.GetElement(6));
        p[7] = unchecked((byte)v.GetElement(7));
        p[8] = unchecked((byte)v.GetElement(8));
        p[9] = unchecked((byte)v.GetElement(9));
        p[10] = unchecked((byte)v.GetElement(10));
        p[11] = unchecked((byte)v.GetElement(11));
        p[12] = unchecked((byte)v.GetElement(12));
        p[13] = unchecked((byte)v.GetElement(13));
        p[14] = unchecked((byte)v.GetElement(14));
        p[15] = unchecked((byte)v.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ThroughI16(Vector512<int> v) => Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(v, 16), 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreI16(Vector512<int> v, short* p)
    {
        if (Avx512F.IsSupported) { Avx512F.ConvertToVector256Int16(v).Store(p); return; }
        StoreI16Slow(v, p);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StoreI16Slow(Vector512<int> v, short* p)
    {
        p[0] = unchecked((short)v.GetElement(0));
        p[1] = unchecked((short)v.GetElement(1));
        p[2] = unchecked((short)v.GetElement(2));
        p[3] = unchecked((short)v.GetElement(3));
        p[4] = unchecked((short)v.GetElement(4));
        p[5] = unchecked((short)v.GetElement(5));
        p[6] = unchecked((short)v.GetElement(6));
        p[7] = unchecked((short)v.GetElement(7));
        p[8] = unchecked((short)v.GetElement(8));
        p[9] = unchecked((short)v.GetElement(9));
        p[10] = unchecked((short)v.GetElement(10));
        p[11] = unchecked((short)v.GetElement(11));
        p[12] = unchecked((short)v.GetElement(12));
        p[13] = unchecked((short)v.GetElement(13));
        p[14] = unchecked((short)v.GetElement(14));
        p[15] = unchecked((short)v.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ThroughU16(Vector512<int> v) => v & Vector512.Create(0xFFFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreU16(Vector512<int> v, ushort* p)
    {
        if (Avx512F.IsSupported) { Avx512F.ConvertToVector256UInt16(v).Store(p); return; }
        StoreU16Slow(v, p);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void StoreU16Slow(Vector512<int> v, ushort* p)
    {
        p[0] = unchecked((ushort)v.GetElement(0));
        p[1] = unchecked((ushort)v.GetElement(1));
        p[2] = unchecked((ushort)v.GetElement(2));
        p[3] = unchecked((ushort)v.GetElement(3));
        p[4] = unchecked((ushort)v.GetElement(4));
        p[5] = unchecked((ushort)v.GetElement(5));
        p[6] = unchecked((ushort)v.GetElement(6));
        p[7] = unchecked((ushort)v.GetElement(7));
        p[8] = unchecked((ushort)v.GetElement(8));
        p[9] = unchecked((ushort)v.GetElement(9));
        p[10] = unchecked((ushort)v.GetElement(10));
        p[11] = unchecked((ushort)v.GetElement(11));
        p[12] = unchecked((ushort)v.GetElement(12));
        p[13] = unchecked((ushort)v.GetElement(13));
        p[14] = unchecked((ushort)v.GetElement(14));
        p[15] = unchecked((ushort)v.GetElement(15));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ThroughF16(Vector512<float> v) => HalfToSingle(SingleToHalf(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreF16(Vector512<float> v, ushort* p) => StoreU16(SingleToHalf(v), p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ThroughBF16(Vector512<float> v) => Vector512.ShiftLeft(SingleToBFloat16(v), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBF16(Vector512<float> v, ushort* p) => StoreU16(SingleToBFloat16(v), p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadI8x8(sbyte* p) => Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).As<long, sbyte>()) : LoadI8x8Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<int> LoadI8x8Slow(sbyte* p) => Vector256.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadU8x8(byte* p) => Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).As<long, byte>()) : LoadU8x8Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<int> LoadU8x8Slow(byte* p) => Vector256.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadI16x8(short* p) => Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.Load(p)) : LoadI16x8Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<int> LoadI16x8Slow(short* p) => Vector256.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadU16x8(ushort* p) => Avx2.IsSupported ? Avx2.ConvertToVector256Int32(Vector128.Load(p)) : LoadU16x8Slow(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<int> LoadU16x8Slow(ushort* p) => Vector256.Create((int)p[0], (int)p[1], (int)p[2], (int)p[3], (int)p[4], (int)p[5], (int)p[6], (int)p[7]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadBF16x8(ushort* p) => Vector256.ShiftLeft(LoadU16x8(p), 16).AsSingle();

    /// <summary>Half to float by integers: exponent and fraction move up, the exponent is rebiased by a multiplication that is exact for subnormals too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadF16x8(ushort* p) => HalfToSingle(LoadU16x8(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> HalfToSingle(Vector256<int> bits)
    {
        var sign = Vector256.ShiftLeft(bits & Vector256.Create(0x8000), 16);
        var magnitude = bits & Vector256.Create(0x7FFF);
        // The largest exponent is infinity and NaN in both formats.
        var special = Vector256.GreaterThan(magnitude, Vector256.Create(0x7BFF));
        var scaled = (Vector256.ShiftLeft(magnitude, 13).AsSingle() * Vector256.Create(5.192296858534828E+33f)).AsInt32();
        var wide = Vector256.ConditionalSelect(special, Vector256.ShiftLeft(magnitude, 13) | Vector256.Create(0x7F800000), scaled);
        return (wide | sign).AsSingle();
    }

    /// <summary>float to Half, to nearest even: adding a power of two 13 bits above the last kept one rounds subnormal results, an integer carry the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> SingleToHalf(Vector256<float> value)
    {
        var bits = value.AsInt32();
        var sign = Vector256.ShiftRightLogical(bits, 16) & Vector256.Create(0x8000);
        var magnitude = bits & Vector256.Create(0x7FFFFFFF);
        var subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsInt32() - Vector256.Create(0x3F000000); // 0.5: last bit 2^-24, Half's smallest
        var odd = Vector256.ShiftRightLogical(magnitude, 13) & Vector256<int>.One;
        var normal = Vector256.ShiftRightLogical(magnitude + Vector256.Create(unchecked((int)0xC8000FFF)) + odd, 13);
        var result = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0x38800000)), subnormal, normal);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(0x477FEFFF)), Vector256.Create(0x7C00), result);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude, Vector256.Create(0x7F800000)), Vector256.Create(0x7E00) | (Vector256.ShiftRightLogical(magnitude, 13) & Vector256.Create(0x3FF)), result);
        return result | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> SingleToBFloat16(Vector256<float> value)
    {
        var bits = value.AsInt32();
        var upper = Vector256.ShiftRightLogical(bits, 16);
        var rounded = Vector256.ShiftRightLogical(bits + Vector256.Create(0x7FFF) + (upper & Vector256<int>.One), 16);
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsInt32(), rounded, upper | Vector256.Create(0x40));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ThroughI8(Vector256<int> v) => Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(v, 24), 24);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreI8(Vector256<int> v, sbyte* p)
    {
        if (Avx512F.VL.IsSupported) { Unsafe.WriteUnaligned(p, Avx512F.VL.ConvertToVector128SByte(v).AsInt64().ToScalar()); return; }
        var words = Vector128.Narrow(v.GetLower().AsUInt32(), v.GetUpper().AsUInt32());
        Unsafe.WriteUnaligned(p, Vector128.Narrow(words, words).AsInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ThroughU8(Vector256<int> v) => v & Vector256.Create(0xFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreU8(Vector256<int> v, byte* p)
    {
        if (Avx512F.VL.IsSupported) { Unsafe.WriteUnaligned(p, Avx512F.VL.ConvertToVector128Byte(v).AsInt64().ToScalar()); return; }
        var words = Vector128.Narrow(v.GetLower().AsUInt32(), v.GetUpper().AsUInt32());
        Unsafe.WriteUnaligned(p, Vector128.Narrow(words, words).AsInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ThroughI16(Vector256<int> v) => Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(v, 16), 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreI16(Vector256<int> v, short* p)
    {
        if (Avx512F.VL.IsSupported) { Avx512F.VL.ConvertToVector128Int16(v).Store(p); return; }
        Vector128.Store(Vector128.Narrow(v.GetLower().AsUInt32(), v.GetUpper().AsUInt32()), (ushort*)p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ThroughU16(Vector256<int> v) => v & Vector256.Create(0xFFFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreU16(Vector256<int> v, ushort* p)
    {
        if (Avx512F.VL.IsSupported) { Avx512F.VL.ConvertToVector128UInt16(v).Store(p); return; }
        Vector128.Store(Vector128.Narrow(v.GetLower().AsUInt32(), v.GetUpper().AsUInt32()), (ushort*)p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ThroughF16(Vector256<float> v) => HalfToSingle(SingleToHalf(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreF16(Vector256<float> v, ushort* p) => StoreU16(SingleToHalf(v), p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ThroughBF16(Vector256<float> v) => Vector256.ShiftLeft(SingleToBFloat16(v), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBF16(Vector256<float> v, ushort* p) => StoreU16(SingleToBFloat16(v), p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadI8x4(sbyte* p) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(p)).As<int, sbyte>()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadU8x4(byte* p) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(p)).As<int, byte>())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadI16x4(short* p) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).As<long, short>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadU16x4(ushort* p) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(p)).As<long, ushort>()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadBF16x4(ushort* p) => Vector128.ShiftLeft(LoadU16x4(p), 16).AsSingle();

    /// <summary>Half to float by integers: exponent and fraction move up, the exponent is rebiased by a multiplication that is exact for subnormals too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadF16x4(ushort* p) => HalfToSingle(LoadU16x4(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> HalfToSingle(Vector128<int> bits)
    {
        var sign = Vector128.ShiftLeft(bits & Vector128.Create(0x8000), 16);
        var magnitude = bits & Vector128.Create(0x7FFF);
        // The largest exponent is infinity and NaN in both formats.
        var special = Vector128.GreaterThan(magnitude, Vector128.Create(0x7BFF));
        var scaled = (Vector128.ShiftLeft(magnitude, 13).AsSingle() * Vector128.Create(5.192296858534828E+33f)).AsInt32();
        var wide = Vector128.ConditionalSelect(special, Vector128.ShiftLeft(magnitude, 13) | Vector128.Create(0x7F800000), scaled);
        return (wide | sign).AsSingle();
    }

    /// <summary>float to Half, to nearest even: adding a power of two 13 bits above the last kept one rounds subnormal results, an integer carry the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> SingleToHalf(Vector128<float> value)
    {
        var bits = value.AsInt32();
        var sign = Vector128.ShiftRightLogical(bits, 16) & Vector128.Create(0x8000);
        var magnitude = bits & Vector128.Create(0x7FFFFFFF);
        var subnormal = (magnitude.AsSingle() + Vector128.Create(0.5f)).AsInt32() - Vector128.Create(0x3F000000); // 0.5: last bit 2^-24, Half's smallest
        var odd = Vector128.ShiftRightLogical(magnitude, 13) & Vector128<int>.One;
        var normal = Vector128.ShiftRightLogical(magnitude + Vector128.Create(unchecked((int)0xC8000FFF)) + odd, 13);
        var result = Vector128.ConditionalSelect(Vector128.LessThan(magnitude, Vector128.Create(0x38800000)), subnormal, normal);
        result = Vector128.ConditionalSelect(Vector128.GreaterThan(magnitude, Vector128.Create(0x477FEFFF)), Vector128.Create(0x7C00), result);
        result = Vector128.ConditionalSelect(Vector128.GreaterThan(magnitude, Vector128.Create(0x7F800000)), Vector128.Create(0x7E00) | (Vector128.ShiftRightLogical(magnitude, 13) & Vector128.Create(0x3FF)), result);
        return result | sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<int> SingleToBFloat16(Vector128<float> value)
    {
        var bits = value.AsInt32();
        var upper = Vector128.ShiftRightLogical(bits, 16);
        var rounded = Vector128.ShiftRightLogical(bits + Vector128.Create(0x7FFF) + (upper & Vector128<int>.One), 16);
        return Vector128.ConditionalSelect(Vector128.Equals(value, value).AsInt32(), rounded, upper | Vector128.Create(0x40));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ThroughI8(Vector128<int> v) => Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(v, 24), 24);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreI8(Vector128<int> v, sbyte* p)
    {
        if (Avx512F.VL.IsSupported) { Unsafe.WriteUnaligned(p, Avx512F.VL.ConvertToVector128SByte(v).AsInt32().ToScalar()); return; }
        var words = Vector128.Narrow(v.AsUInt32(), v.AsUInt32());
        Unsafe.WriteUnaligned(p, Vector128.Narrow(words, words).AsInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ThroughU8(Vector128<int> v) => v & Vector128.Create(0xFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreU8(Vector128<int> v, byte* p)
    {
        if (Avx512F.VL.IsSupported) { Unsafe.WriteUnaligned(p, Avx512F.VL.ConvertToVector128Byte(v).AsInt32().ToScalar()); return; }
        var words = Vector128.Narrow(v.AsUInt32(), v.AsUInt32());
        Unsafe.WriteUnaligned(p, Vector128.Narrow(words, words).AsInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ThroughI16(Vector128<int> v) => Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(v, 16), 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreI16(Vector128<int> v, short* p)
    {
        if (Avx512F.VL.IsSupported) { Unsafe.WriteUnaligned(p, Avx512F.VL.ConvertToVector128Int16(v).AsInt64().ToScalar()); return; }
        Unsafe.WriteUnaligned(p, Vector128.Narrow(v.AsUInt32(), v.AsUInt32()).AsInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ThroughU16(Vector128<int> v) => v & Vector128.Create(0xFFFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreU16(Vector128<int> v, ushort* p)
    {
        if (Avx512F.VL.IsSupported) { Unsafe.WriteUnaligned(p, Avx512F.VL.ConvertToVector128UInt16(v).AsInt64().ToScalar()); return; }
        Unsafe.WriteUnaligned(p, Vector128.Narrow(v.AsUInt32(), v.AsUInt32()).AsInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ThroughF16(Vector128<float> v) => HalfToSingle(SingleToHalf(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreF16(Vector128<float> v, ushort* p) => StoreU16(SingleToHalf(v), p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ThroughBF16(Vector128<float> v) => Vector128.ShiftLeft(SingleToBFloat16(v), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBF16(Vector128<float> v, ushort* p) => StoreU16(SingleToBFloat16(v), p);
}
