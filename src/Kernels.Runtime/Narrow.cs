using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kernels.Runtime;

/// <summary>
/// For generated code: the scalar conversions that C# has no operator for, on 16-bit floats as bits, each rounded once to nearest
/// even. C# converts a long to a BFloat16 through float only, which would round twice.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Narrow
{
    /// <summary>Exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromHalf(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>To nearest even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ToHalf(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>To nearest even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ToHalf(double value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>Exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>To nearest even; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ToBFloat16(float value) => ((BFloat16)value).Bits;

    /// <summary>To nearest even. Rounding to odd first keeps every tie what it was.</summary>
    public static ushort ToBFloat16(double value)
    {
        float near = (float)value;
        uint bits = BitConverter.SingleToUInt32Bits(near);
        if (near != value && (bits & 1) == 0 && float.IsFinite(near) && double.IsFinite(value))
            bits = Math.Abs((double)near) < Math.Abs(value) ? bits + 1 : bits - 1; // the odd neighbour on the other side of value
        // An infinite near means |value| rounds beyond float's range, whose upper end is BFloat16's as well.
        return ToBFloat16(BitConverter.UInt32BitsToSingle(bits));
    }

    /// <summary>To nearest even.</summary>
    public static ushort ToBFloat16(long value)
    {
        // 52 upper bits and one that stands for the rest are exact as a double.
        if (Math.Abs((double)value) < 1L << 53) return ToBFloat16((double)value);
        return ToBFloat16((double)((value & ~0x7FFL) | ((value & 0x7FF) != 0 ? 0x400L : 0)));
    }

    /// <summary>To nearest even.</summary>
    public static ushort ToBFloat16(ulong value) =>
        value <= long.MaxValue ? ToBFloat16((long)value) : ToBFloat16((double)((value & ~0xFFFUL) | ((value & 0xFFF) != 0 ? 0x800UL : 0)));

    /// <summary>To nearest even, once, by the runtime's own conversion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ulong value) => value;

    /// <summary>
    /// As BitConverter's, which .NET 10 compiles wrongly when the bits come from an 8- or 16-bit array: it loads four bytes from there as a float.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BitsToSingle(int bits) => Vector128.CreateScalarUnsafe(bits).AsSingle().ToScalar();

    /// <inheritdoc cref="BitsToSingle(int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BitsToSingle(uint bits) => Vector128.CreateScalarUnsafe(bits).AsSingle().ToScalar();

    /// <summary>|value|; the least value stays what it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Abs(int value) => unchecked((value ^ (value >> 31)) - (value >> 31));

    /// <summary>|value|; the least value stays what it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Abs(long value) => unchecked((value ^ (value >> 63)) - (value >> 63));

    /// <summary>a / b; the least value divided by -1 stays what it is, where C# throws.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Divide(int a, int b) => b == -1 ? unchecked(-a) : a / b;

    /// <summary>a % b; 0 for b = -1, where C# throws on the least value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Remainder(int a, int b) => b == -1 ? 0 : a % b;

    /// <inheritdoc cref="Divide(int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Divide(long a, long b) => b == -1 ? unchecked(-a) : a / b;

    /// <inheritdoc cref="Remainder(int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Remainder(long a, long b) => b == -1 ? 0 : a % b;
}
