using Kernels.Generators.IR;

namespace Kernels.Fuzz;

/// Values that find mistakes: specials of each type, ties and limits of the conversions out of it, and random bits.
static class Values
{
    static readonly double[] doubles =
    [
        0, 0.5, 1, 1.5, 2.5, 3, 7.5, 0.1, 1e-3, 1e10, 1e16, 255, 256, 32767.5, 65504, 65519.5, 65520, 65536, 16777217, 16777219,
        2147483647, 2147483648, 2147483649, 2147483647.5, 4294967295, 4294967296, 4294967295.5, 9223372036854775807.0, 18446744073709551615.0, 1e19, 3e19, 1e38, 3.4028235e38, 3.4028236e38,
        1e300, double.MaxValue, double.Epsilon, 2.2250738585072014e-308, 1.1754943508222875e-38, 1.401298464324817e-45, 7e-46, 6.103515625e-05, 5.960464477539063e-08, 2.9802322387695312e-08, 4.503599627370496e15, 4503599627370495.5, 9007199254740993,
        double.PositiveInfinity, double.NaN,
    ];

    static readonly long[] integers =
    [
        0, 1, 2, 3, 5, 7, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 16777215, 16777216, 16777217, 16777219, 33554433, 33554435,
        0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF, 0x100000000, 1L << 53, (1L << 53) + 1, (1L << 54) + 2, long.MaxValue, long.MinValue, long.MinValue + 1, long.MaxValue - 511, 0x7FFFFFBFFFFFFFFF, 0x7FFFFFC000000001,
        0x4000004000000001, 0x0101010101010101, 0x00FF00FF00FF00FF, unchecked((long)0x8000008000000001), unchecked((long)0xFFFFFF7FFFFFFFFF), unchecked((long)0xFFFFFF8000000000),
    ];

    static ulong OfDouble(ScalarType type, double x) => Operations.Evaluate(Op.Convert, type, ScalarType.F64, (ulong)BitConverter.DoubleToInt64Bits(x), 0, 0, false);

    public static ulong Any(ScalarType type, Random random)
    {
        if (type == ScalarType.Bool) return (ulong)random.Next(2);
        ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        int how = random.Next(8);
        if (how < 2) return bits & type.Mask();
        if (!Make.IsFloat(type))
        {
            if (how == 2) return (ulong)(random.NextInt64() >> random.Next(64)) & type.Mask();
            if (how == 3) return (ulong)(long)random.Next(-20, 20) & type.Mask();
            if (how == 4)
            {
                double t = Tie(random);
                return Operations.Evaluate(Op.Convert, type, ScalarType.F64, (ulong)BitConverter.DoubleToInt64Bits(t), 0, 0, false) + (ulong)(long)random.Next(-1, 2) & type.Mask();
            }
            long x = integers[random.Next(integers.Length)];
            return (ulong)(random.Next(2) == 0 ? x : -x) & type.Mask();
        }
        switch (how)
        {
            case 2: // near a tie of a narrower format, or one of an integer conversion
                double tie = Tie(random);
                if (type == ScalarType.F64) return (ulong)(BitConverter.DoubleToInt64Bits(tie) + random.Next(-1, 2));
                return OfDouble(type, tie) + (ulong)random.Next(0, 2) & type.Mask();
            case 3: return OfDouble(type, (random.NextDouble() - 0.5) * 64);
            case 4: return OfDouble(type, random.Next(-40, 40) / 2.0);
            default:
                double d = doubles[random.Next(doubles.Length)];
                return OfDouble(type, random.Next(2) == 0 ? d : -d);
        }
    }

    /// Halfway between two numbers of 8, 11 or 24 bits.
    static double Tie(Random random)
    {
        int bits = random.Next(3) switch { 0 => 8, 1 => 11, _ => 24 };
        int exponent = random.Next(4) switch { 0 => random.Next(-30, 20), 1 => random.Next(-155, -120), _ => random.Next(-20, 70) };
        double x = ((1L << bits) + random.NextInt64(1L << bits) | 1) * Math.Pow(2, exponent - bits);
        return random.Next(2) == 0 ? x : -x;
    }

    public static bool IsNaN(ScalarType type, ulong bits) => type switch
    {
        ScalarType.F16 => (bits & 0x7FFF) > 0x7C00,
        ScalarType.BF16 => (bits & 0x7FFF) > 0x7F80,
        ScalarType.F32 => (bits & 0x7FFF_FFFF) > 0x7F80_0000,
        ScalarType.F64 => (bits & 0x7FFF_FFFF_FFFF_FFFF) > 0x7FF0_0000_0000_0000,
        _ => false,
    };

    /// Bit for bit, all NaNs being one value.
    public static bool Same(ScalarType type, ulong a, ulong b) => a == b || IsNaN(type, a) && IsNaN(type, b);

    public static object Boxed(ScalarType type, ulong bits) => type switch
    {
        ScalarType.Bool => bits != 0,
        ScalarType.I32 => (int)bits,
        ScalarType.U32 => (uint)bits,
        ScalarType.I64 => (long)bits,
        ScalarType.U64 => bits,
        ScalarType.F32 => BitConverter.UInt32BitsToSingle((uint)bits),
        ScalarType.F64 => BitConverter.UInt64BitsToDouble(bits),
        _ => throw new ArgumentException($"{type} is no parameter type"),
    };

    public static string Text(ScalarType type, ulong bits) => type switch
    {
        ScalarType.F32 => $"{BitConverter.UInt32BitsToSingle((uint)bits):R} (0x{bits:X8})",
        ScalarType.F64 => $"{BitConverter.UInt64BitsToDouble(bits):R} (0x{bits:X16})",
        ScalarType.F16 => $"{BitConverter.UInt16BitsToHalf((ushort)bits)} (0x{bits:X4})",
        ScalarType.BF16 => $"{BitConverter.UInt32BitsToSingle((uint)bits << 16):R} (0x{bits:X4})",
        _ => $"{type.SignExtend(bits)} (0x{bits:X})",
    };

    public static unsafe void Write(byte* memory, ScalarType type, long index, ulong bits)
    {
        switch (type.Bytes())
        {
            case 1: memory[index] = (byte)bits; break;
            case 2: ((ushort*)memory)[index] = (ushort)bits; break;
            case 4: ((uint*)memory)[index] = (uint)bits; break;
            default: ((ulong*)memory)[index] = bits; break;
        }
    }

    public static unsafe ulong Read(byte* memory, ScalarType type, long index) => type.Bytes() switch
    {
        1 => memory[index],
        2 => ((ushort*)memory)[index],
        4 => ((uint*)memory)[index],
        _ => ((ulong*)memory)[index],
    };
}
