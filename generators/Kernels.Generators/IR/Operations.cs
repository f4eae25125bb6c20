namespace Kernels.Generators.IR;

/// What each operation computes: the one place for the interpreter and the constant folder. Values are bits, zero-extended from the type's width.
static class Operations
{
    /// <param name="type">Of the result.</param>
    /// <param name="operand">Of the first argument; of the second for Select.</param>
    /// <param name="fused">MulAdd rounds once.</param>
    /// <exception cref="DivideByZeroException">An integer divisor is 0.</exception>
    public static ulong Evaluate(Op op, ScalarType type, ScalarType operand, ulong a, ulong b, ulong c, bool fused)
    {
        switch (op)
        {
            case Op.Select: return a != 0 ? b : c;
            case Op.Any or Op.All: return a;
            case Op.Bits: return a & type.Mask();
            case Op.Convert: return Convert(type, operand, a);
            case Op.ConvertInRange: return Convert(type, operand, a);
            case Op.LaneId: throw new ArgumentException("LaneId has no operands to compute from.");
        }
        return operand switch
        {
            ScalarType.F32 => Single(op, (uint)a, (uint)b, (uint)c, fused),
            ScalarType.F64 => Double(op, a, b, c, fused),
            ScalarType.F16 or ScalarType.BF16 => throw Invalid(op, operand),
            _ => Integer(op, operand, a, b),
        };
    }

    static ulong Single(Op op, uint x, uint y, uint z, bool fused)
    {
        float a = SoftFloat.ToSingle(x), b = SoftFloat.ToSingle(y), r;
        const uint Sign = 1U << 31;
        switch (op)
        {
            case Op.Add: r = (float)(a + b); break;
            case Op.Sub: r = (float)(a - b); break;
            case Op.Mul: r = (float)(a * b); break;
            case Op.Div: r = (float)(a / b); break;
            case Op.Rem: r = (float)(a % b); break;
            case Op.Sqrt: r = (float)Math.Sqrt(a); break;
            case Op.Floor: r = (float)SoftFloat.Floor(a); break;
            case Op.Ceiling: r = (float)SoftFloat.Ceiling(a); break;
            case Op.Truncate: r = (float)SoftFloat.Truncate(a); break;
            case Op.Round: r = (float)SoftFloat.Round(a); break;
            case Op.Min: r = (float)SoftFloat.Min(a, b); break;
            case Op.Max: r = (float)SoftFloat.Max(a, b); break;
            case Op.Fma: r = SoftFloat.Fma(a, b, SoftFloat.ToSingle(z)); break;
            case Op.MulAdd: r = fused ? SoftFloat.Fma(a, b, SoftFloat.ToSingle(z)) : (float)((float)(a * b) + SoftFloat.ToSingle(z)); break;
            case Op.Neg: return x ^ Sign;
            case Op.Abs: return x & ~Sign;
            case Op.CopySign: return x & ~Sign | y & Sign;
            case Op.MinOrSecond: return a < b ? x : y;
            case Op.MaxOrSecond: return a > b ? x : y;
            case Op.Scale or Op.ScaleNormal: return SoftFloat.Scale(ScalarType.F32, x, y);
            default: return Compare(op, ScalarType.F32, a, b);
        }
        return float.IsNaN(r) ? SoftFloat.NaNBits(ScalarType.F32) : SoftFloat.Bits(r);
    }

    static ulong Double(Op op, ulong x, ulong y, ulong z, bool fused)
    {
        double a = SoftFloat.ToDouble(x), b = SoftFloat.ToDouble(y), r;
        const ulong Sign = 1UL << 63;
        switch (op)
        {
            case Op.Add: r = (double)(a + b); break;
            case Op.Sub: r = (double)(a - b); break;
            case Op.Mul: r = (double)(a * b); break;
            case Op.Div: r = (double)(a / b); break;
            case Op.Rem: r = (double)(a % b); break;
            case Op.Sqrt: r = Math.Sqrt(a); break;
            case Op.Floor: r = SoftFloat.Floor(a); break;
            case Op.Ceiling: r = SoftFloat.Ceiling(a); break;
            case Op.Truncate: r = SoftFloat.Truncate(a); break;
            case Op.Round: r = SoftFloat.Round(a); break;
            case Op.Min: r = SoftFloat.Min(a, b); break;
            case Op.Max: r = SoftFloat.Max(a, b); break;
            case Op.Fma: r = SoftFloat.Fma(a, b, SoftFloat.ToDouble(z)); break;
            case Op.MulAdd: r = fused ? SoftFloat.Fma(a, b, SoftFloat.ToDouble(z)) : (double)((double)(a * b) + SoftFloat.ToDouble(z)); break;
            case Op.Neg: return x ^ Sign;
            case Op.Abs: return x & ~Sign;
            case Op.CopySign: return x & ~Sign | y & Sign;
            case Op.MinOrSecond: return a < b ? x : y;
            case Op.MaxOrSecond: return a > b ? x : y;
            case Op.Scale or Op.ScaleNormal: return SoftFloat.Scale(ScalarType.F64, x, y);
            default: return Compare(op, ScalarType.F64, a, b);
        }
        return double.IsNaN(r) ? SoftFloat.NaNBits(ScalarType.F64) : SoftFloat.Bits(r);
    }

    static ulong Compare(Op op, ScalarType type, double a, double b) => op switch
    {
        Op.Eq => a == b,
        Op.Ne => a != b,
        Op.Lt => a < b,
        Op.Le => a <= b,
        Op.Gt => a > b,
        Op.Ge => a >= b,
        _ => throw Invalid(op, type),
    } ? 1UL : 0;

    static ulong Integer(Op op, ScalarType type, ulong a, ulong b)
    {
        ulong mask = type.Mask();
        bool signed = type.IsSigned();
        long x = type.SignExtend(a), y = type.SignExtend(b);
        int width = type.Width();
        switch (op)
        {
            case Op.Add: return a + b & mask;
            case Op.Sub: return a - b & mask;
            case Op.Mul: return a * b & mask;
            case Op.Div: return b == 0 ? throw new DivideByZeroException() : !signed ? a / b : y == -1 ? 0 - a & mask : (ulong)(x / y) & mask;
            case Op.Rem: return b == 0 ? throw new DivideByZeroException() : !signed ? a % b : y == -1 ? 0 : (ulong)(x % y) & mask;
            case Op.Neg: return 0 - a & mask;
            case Op.Abs: return signed && x < 0 ? 0 - a & mask : a;
            case Op.Min or Op.MinOrSecond: return (signed ? x < y : a < b) ? a : b;
            case Op.Max or Op.MaxOrSecond: return (signed ? x > y : a > b) ? a : b;
            case Op.And: return a & b;
            case Op.Or: return a | b;
            case Op.Xor: return a ^ b;
            case Op.Not: return ~a & mask;
            case Op.Shl: return a << ((int)b & width - 1) & mask;
            case Op.Shr: return (signed ? (ulong)(x >> ((int)b & width - 1)) : a >> ((int)b & width - 1)) & mask;
            case Op.PopCount: return (ulong)PopCount(a);
            case Op.LeadingZeros: return (ulong)LeadingZeros(a, width);
            case Op.TrailingZeros: return (ulong)(a == 0 ? width : PopCount(~a & a - 1));
            case Op.Eq: return a == b ? 1UL : 0;
            case Op.Ne: return a != b ? 1UL : 0;
            case Op.Lt: return (signed ? x < y : a < b) ? 1UL : 0;
            case Op.Le: return (signed ? x <= y : a <= b) ? 1UL : 0;
            case Op.Gt: return (signed ? x > y : a > b) ? 1UL : 0;
            case Op.Ge: return (signed ? x >= y : a >= b) ? 1UL : 0;
            default: throw Invalid(op, type);
        }
    }

    /// As C# unchecked. To integers of 8 and 16 bits a float goes by way of I32, as on .NET.
    static ulong Convert(ScalarType to, ScalarType from, ulong a)
    {
        if (to == from) return a;
        if (from.IsFloat())
        {
            if (to.IsFloat()) return SoftFloat.Narrow(to, SoftFloat.Widen(from, a));
            if (to == ScalarType.U64) return SoftFloat.ToUInt64(from, a);
            if (to == ScalarType.U32) return Math.Min(SoftFloat.ToUInt64(from, a), uint.MaxValue);
            long x = SoftFloat.ToInt64(from, a);
            return (to == ScalarType.I64 ? (ulong)x : (ulong)Math.Max(int.MinValue, Math.Min(int.MaxValue, x))) & to.Mask();
        }
        long value = from.SignExtend(a);
        bool negative = value < 0 && from != ScalarType.U64;
        return to.IsFloat() ? SoftFloat.FromInteger(to, negative, negative ? 0 - (ulong)value : (ulong)value) : (ulong)value & to.Mask();
    }

    static int PopCount(ulong x)
    {
        int count = 0;
        for (; x != 0; x &= x - 1) count++;
        return count;
    }

    public static int LeadingZeros(ulong x, int width)
    {
        int length = 0;
        for (int step = 32; step > 0; step >>= 1)
            if (x >> step != 0) { x >>= step; length += step; }
        return width - length - (x != 0 ? 1 : 0);
    }

    static ArgumentException Invalid(Op op, ScalarType type) => new($"{op} is not defined on {type}.");
}
