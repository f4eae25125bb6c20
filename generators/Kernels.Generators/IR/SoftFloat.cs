namespace Kernels.Generators.IR;

/// Float arithmetic that gives the same bits wherever the compiler runs: on .NET Framework there is neither a fused multiply-add nor a Half,
/// conversions of unsigned and 64-bit integers round twice, and intermediate results may be wider than their type. Values are bits,
/// zero-extended; a NaN that an operation makes is the one C# calls NaN.
static unsafe class SoftFloat
{
    public static uint Bits(float x) => *(uint*)&x;
    public static ulong Bits(double x) => *(ulong*)&x;
    public static float ToSingle(uint bits) => *(float*)&bits;
    public static double ToDouble(ulong bits) => *(double*)&bits;

    /// (fraction bits, exponent bits) of a float type.
    public static (int Fraction, int Exponent) Layout(ScalarType type) => type switch
    {
        ScalarType.F16 => (10, 5),
        ScalarType.BF16 => (7, 8),
        ScalarType.F32 => (23, 8),
        _ => (52, 11),
    };

    public static ulong InfinityBits(ScalarType type)
    {
        var (fraction, exponent) = Layout(type);
        return ((1UL << exponent) - 1) << fraction;
    }

    /// C#'s NaN: quiet, sign set, no payload.
    public static ulong NaNBits(ScalarType type) => InfinityBits(type) | 1UL << (type.Width() - 1) | 1UL << (Layout(type).Fraction - 1);

    static ulong Magnitude(ScalarType type, ulong bits) => bits & (type.Mask() >> 1);
    static bool IsNegative(ScalarType type, ulong bits) => bits >> (type.Width() - 1) != 0;
    public static bool IsNaN(ScalarType type, ulong bits) => Magnitude(type, bits) > InfinityBits(type);
    public static bool IsInfinity(ScalarType type, ulong bits) => Magnitude(type, bits) == InfinityBits(type);

    /// ±hi:lo * 2^exponent to the nearest value of the type, ties to even. Bit 0 of lo may stand for everything below it.
    static ulong Pack(ScalarType type, bool negative, int exponent, ulong hi, ulong lo)
    {
        var (fraction, exponentBits) = Layout(type);
        ulong sign = negative ? 1UL << (type.Width() - 1) : 0;
        if ((hi | lo) == 0) return sign;
        if (hi == 0) { hi = lo; lo = 0; exponent -= 64; }
        int zeros = Operations.LeadingZeros(hi, 64);
        if (zeros > 0) { hi = hi << zeros | lo >> (64 - zeros); lo <<= zeros; }
        int top = exponent + 127 - zeros, lowest = 2 - (1 << (exponentBits - 1)); // the value is in [2^top, 2^(top+1)); below 2^lowest: subnormal
        if (lo != 0) hi |= 1;                                                     // at least 11 bits of hi are rounded away
        int keep = fraction + 1 - Math.Max(lowest - top, 0);
        ulong kept, rest, half;
        if (keep < 0) return sign;
        if (keep == 0) { kept = 0; rest = hi; half = 1UL << 63; }
        else
        {
            kept = hi >> (64 - keep);
            rest = hi << keep;
            half = 1UL << 63;
        }
        if (rest > half || rest == half && (kept & 1) != 0) kept++;
        if (top > -lowest + 1) return sign | InfinityBits(type);
        ulong bits = top < lowest ? kept : ((ulong)(top - lowest) << fraction) + kept; // a carry runs into the exponent, and from there into infinity
        return sign | bits;
    }

    /// magnitude * 2^Exponent of a finite value.
    static (ulong Magnitude, int Exponent) Unpack(ScalarType type, ulong bits)
    {
        var (fraction, exponentBits) = Layout(type);
        ulong magnitude = Magnitude(type, bits);
        int biased = (int)(magnitude >> fraction), bias = (1 << (exponentBits - 1)) - 1;
        ulong f = magnitude & ((1UL << fraction) - 1);
        return biased == 0 ? (f, 1 - bias - fraction) : (f | 1UL << fraction, biased - bias - fraction);
    }

    public static float Fma(float a, float b, float c)
    {
        double product = (double)((double)a * b), sum = (double)(product + c);       // the product is exact
        double back = (double)(sum - product), error = (double)((double)(product - (double)(sum - back)) + (double)(c - back));
        ulong bits = Bits(sum);
        // Rounded to odd, the sum keeps apart what lies on either side of a float's rounding boundary.
        if (error != 0 && (bits & 1) == 0 && !IsNaN(ScalarType.F64, Bits(error)) && !IsInfinity(ScalarType.F64, bits))
            bits = (error > 0) == (sum > 0) ? bits + 1 : bits - 1;
        return (float)ToDouble(bits);
    }

    public static double Fma(double a, double b, double c)
    {
        const ScalarType F64 = ScalarType.F64;
        ulong x = Bits(a), y = Bits(b), z = Bits(c);
        if (IsNaN(F64, x) || IsInfinity(F64, x) || IsNaN(F64, y) || IsInfinity(F64, y) || a == 0 || b == 0) return (double)((double)(a * b) + c);
        if (IsNaN(F64, z) || IsInfinity(F64, z)) return c;
        bool negative = IsNegative(F64, x) != IsNegative(F64, y);
        var (mx, ex) = Unpack(F64, x);
        var (my, ey) = Unpack(F64, y);
        Multiply(mx, my, out ulong hi, out ulong lo);
        int e = ex + ey;
        if (c == 0) return ToDouble(Pack(F64, negative, e, hi, lo));
        Normalise(ref hi, ref lo, ref e);
        var (zhi, ez) = Unpack(F64, z);
        ulong zlo = 0;
        ez -= 64;
        Normalise(ref zhi, ref zlo, ref ez);
        bool zNegative = IsNegative(F64, z);
        if (ez > e || ez == e && (zhi > hi || zhi == hi && zlo > lo))
        {
            (hi, zhi, lo, zlo) = (zhi, hi, zlo, lo);
            (e, ez, negative, zNegative) = (ez, e, zNegative, negative);
        }
        ShiftRight(ref zhi, ref zlo, e - ez);
        if (negative == zNegative)
        {
            lo += zlo;
            hi += zhi + (lo < zlo ? 1UL : 0);
        }
        else
        {
            hi -= zhi + (lo < zlo ? 1UL : 0);
            lo -= zlo;
            if ((hi | lo) == 0) return 0;
        }
        return ToDouble(Pack(F64, negative, e, hi, lo));
    }

    static void Multiply(ulong a, ulong b, out ulong hi, out ulong lo)
    {
        ulong a0 = (uint)a, a1 = a >> 32, b0 = (uint)b, b1 = b >> 32;
        ulong low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (uint)middle;
        hi = a1 * b1 + (middle >> 32) + (other >> 32);
        lo = other << 32 | (uint)low;
    }

    /// Leading bit to bit 126: a sum of two then fits, and a difference of unlike exponents loses at most one leading bit.
    static void Normalise(ref ulong hi, ref ulong lo, ref int exponent)
    {
        if (hi == 0) { hi = lo; lo = 0; exponent -= 64; }
        int left = Operations.LeadingZeros(hi, 64) - 1;
        exponent -= left;
        if (left > 0) { hi = hi << left | lo >> (64 - left); lo <<= left; } // never less than 0: neither operand fills 127 bits
    }

    /// What is shifted out leaves a trace in bit 0.
    static void ShiftRight(ref ulong hi, ref ulong lo, int n)
    {
        if (n == 0) return;
        ulong lost;
        if (n >= 128) (lost, hi, lo) = (hi | lo, 0, 0);
        else if (n > 64) (lost, hi, lo) = (lo | hi << (128 - n), 0, hi >> (n - 64));
        else if (n == 64) (lost, hi, lo) = (lo, 0, hi);
        else (lost, hi, lo) = (lo << (64 - n), hi >> n, lo >> n | hi << (64 - n));
        if (lost != 0) lo |= 1;
    }

    /// x * 2^n rounded once.
    public static ulong Scale(ScalarType type, ulong x, ulong n)
    {
        if (IsNaN(type, x) || IsInfinity(type, x)) return x;
        int power = (int)Math.Max(-5000, Math.Min(5000, ToInt64(type, n)));
        var (magnitude, exponent) = Unpack(type, x);
        return Pack(type, IsNegative(type, x), exponent + power, 0, magnitude);
    }

    public static double Min(double a, double b) => double.IsNaN(a) ? a : double.IsNaN(b) ? b : a < b || a == b && IsNegative(ScalarType.F64, Bits(a)) ? a : b;
    public static double Max(double a, double b) => double.IsNaN(a) ? a : double.IsNaN(b) ? b : a > b || a == b && IsNegative(ScalarType.F64, Bits(b)) ? a : b;

    static double WithSignOf(double magnitude, double sign) => ToDouble(Bits(magnitude) & ~(1UL << 63) | Bits(sign) & 1UL << 63);

    // A float's integral neighbours and square root by way of double are exact, resp. rounded as if once: 53 >= 2*24 + 2.
    public static double Floor(double x) => WithSignOf(Math.Floor(x), x);
    public static double Ceiling(double x) => WithSignOf(Math.Ceiling(x), x);
    public static double Truncate(double x) => WithSignOf(Math.Truncate(x), x);
    public static double Round(double x)
    {
        const double TwoTo52 = 4503599627370496;
        double magnitude = Math.Abs(x);
        return magnitude < TwoTo52 ? WithSignOf((double)((double)(magnitude + TwoTo52) - TwoTo52), x) : x;
    }

    /// Any float type to double: exact.
    public static double Widen(ScalarType type, ulong bits)
    {
        if (type == ScalarType.F64) return ToDouble(bits);
        if (type == ScalarType.F32) return ToSingle((uint)bits);
        int up = 52 - Layout(type).Fraction;
        ulong sign = IsNegative(type, bits) ? 1UL << 63 : 0;
        ulong magnitude = Magnitude(type, bits);
        if (magnitude >= InfinityBits(type)) return ToDouble(sign | InfinityBits(ScalarType.F64) | magnitude << up | (IsNaN(type, bits) ? 1UL << 51 : 0));
        var (m, e) = Unpack(type, bits);
        return ToDouble(Pack(ScalarType.F64, sign != 0, e, 0, m));
    }

    /// Double to any float type, rounded once; a NaN becomes quiet and keeps its upper payload bits.
    public static ulong Narrow(ScalarType type, double x)
    {
        ulong bits = Bits(x);
        if (type == ScalarType.F64) return bits;
        bool negative = bits >> 63 != 0;
        if (double.IsNaN(x))
        {
            var (fraction, _) = Layout(type);
            return (negative ? 1UL << (type.Width() - 1) : 0) | InfinityBits(type) | 1UL << (fraction - 1) | bits >> (52 - fraction) & (1UL << fraction) - 1;
        }
        if (type == ScalarType.F32) return Bits((float)x);
        if (IsInfinity(ScalarType.F64, bits)) return (negative ? 1UL << (type.Width() - 1) : 0) | InfinityBits(type);
        var (m, e) = Unpack(ScalarType.F64, bits);
        return Pack(type, negative, e, 0, m);
    }

    /// An integer to any float type, rounded once.
    public static ulong FromInteger(ScalarType type, bool negative, ulong magnitude) => magnitude == 0 ? 0 : Pack(type, negative, 0, 0, magnitude);

    /// Truncated; saturates; NaN gives 0.
    public static long ToInt64(ScalarType type, ulong bits)
    {
        double x = Widen(type, bits);
        return double.IsNaN(x) ? 0 : x >= 9223372036854775808.0 ? long.MaxValue : x < -9223372036854775808.0 ? long.MinValue : (long)x;
    }

    /// Truncated; saturates; NaN gives 0.
    public static ulong ToUInt64(ScalarType type, ulong bits)
    {
        const double TwoTo63 = 9223372036854775808.0;
        double x = Widen(type, bits);
        return !(x >= 1) ? 0 : x >= 2 * TwoTo63 ? ulong.MaxValue : x < TwoTo63 ? (ulong)(long)x : (ulong)(long)(x - TwoTo63) + (1UL << 63);
    }
}
