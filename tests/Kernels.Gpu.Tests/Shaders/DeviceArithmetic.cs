using Kernels.Generators.IR;

namespace Kernels.Gpu.Tests.Shaders;

/// Arithmetic that a device may have instead of the IR's. Source: the Vulkan specification 1.2, appendix "Precision and Operation of SPIR-V Instructions". Addition, multiplication, negation,
/// comparison and conversions are correctly rounded there, MulAdd is two operations in the emitted text, and Fma is made of operations that round once: these leave subnormals, division and square root.
static class DeviceArithmetic
{
    /// Division is within 2.5 ULP of the quotient, which is half an ULP from the rounded one: 3 places, or 6 where these are below a power of two and half as far apart.
    /// A square root may be 1 / inversesqrt(x), of 2.5 and 2 ULP: a relative error of 4.5 · 2^(1-p), p bits of precision, which is at most 9 places of relative 2^-p; one more for the rounded root itself.
    public const int DivisionPlaces = 6, RootPlaces = 10;

    public static ulong Exact(Op op, ScalarType type, ScalarType operand, ulong a, ulong b, ulong c) => Operations.Evaluate(op, type, operand, a, b, c, fused: false);

    public static bool IsInexact(Apply a) => a.Type is ScalarType.F32 or ScalarType.F64 && a.Op is Op.Div or Op.Sqrt;

    /// Subnormal operands and results of arithmetic count as 0 of their sign, of float or of both float and double. What looks at bits only is left alone.
    public static Evaluation Flushing(bool doubles)
    {
        return Evaluate;

        ulong Evaluate(Op op, ScalarType type, ScalarType operand, ulong a, ulong b, ulong c)
        {
            switch (op)
            {
                case Op.MinOrSecond or Op.MaxOrSecond when operand.IsFloat():
                    return Exact(op == Op.MinOrSecond ? Op.Lt : Op.Gt, ScalarType.Bool, operand, Flush(operand, a), Flush(operand, b), 0) != 0 ? a : b;
                case Op.Neg or Op.Abs or Op.CopySign or Op.Select or Op.Bits or Op.And or Op.Or or Op.Xor or Op.Not or Op.Any or Op.All:
                case Op.Min or Op.Max: // selects, too: of a zero and a subnormal either may come out, which is within the least normal number
                    return Exact(op, type, operand, a, b, c);
                case Op.Convert when IsShort(type) || IsShort(operand) && type == ScalarType.F32: // by their bits
                    return Exact(op, type, operand, a, b, c);
                case Op.Convert when IsShort(operand) && type == ScalarType.F64:
                    return Evaluate(op, type, ScalarType.F32, Exact(op, ScalarType.F32, operand, a, 0, 0), 0, 0);
                // As the emitter says of it: a subnormal factor is like a device's operation on it.
                case Op.Fma when type == ScalarType.F64 && !doubles && (IsSubnormal(type, a) || IsSubnormal(type, b)):
                case Op.MulAdd:
                    return Evaluate(Op.Add, type, type, Evaluate(Op.Mul, type, type, a, b, 0), c, 0);
                default:
                    return Flush(type, Exact(op, type, operand, Flush(operand, a), Flush(operand, b), Flush(operand, c)));
            }
        }

        ulong Flush(ScalarType type, ulong bits) => type == ScalarType.F32 || doubles && type == ScalarType.F64 ? IsSubnormal(type, bits) ? bits & Sign(type) : bits : bits;
    }

    static bool IsShort(ScalarType type) => type is ScalarType.F16 or ScalarType.BF16;
    static ulong Sign(ScalarType type) => 1UL << type.Width() - 1;

    public static bool IsSubnormal(ScalarType type, ulong bits) => type is ScalarType.F32 or ScalarType.F64 && (bits & ~Sign(type)) < (type == ScalarType.F32 ? 1UL << 23 : 1UL << 52) && (bits & ~Sign(type)) != 0;

    /// Divisions and roots off by their bounds, to a side that is drawn for each of them.
    public static Evaluation Erring(Random random) => (op, type, operand, a, b, c) =>
    {
        ulong exact = Exact(op, type, operand, a, b, c);
        if (type is not (ScalarType.F32 or ScalarType.F64) || op is not (Op.Div or Op.Sqrt)) return exact;
        int places = op == Op.Div ? DivisionPlaces : RootPlaces;
        return Move(type, exact, random.Next(2) == 0 ? places : -places);
    };

    /// The value so many places further from 0 (nearer, if negative); 0, infinities and NaN stay.
    public static ulong Move(ScalarType type, ulong bits, int places)
    {
        ulong magnitude = bits & ~Sign(type), infinity = SoftFloat.InfinityBits(type);
        if (magnitude == 0 || magnitude >= infinity) return bits;
        return bits & Sign(type) | (ulong)Math.Clamp((long)magnitude + places, 0, (long)infinity);
    }
}
