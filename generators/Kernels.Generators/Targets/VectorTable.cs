using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// How every operation on a register of lanes is spelled in C#. Arguments and results are registers of `bits` bits of the operation's type;
/// comparisons give a mask register of the operands' type. Where the runtime's own name means exactly what the IR means, that is the
/// spelling (one JIT instruction or an exact expansion); the rest are Kernels.Runtime.Simd's, which choose by what the processor has.
/// Conversions between 32- and 64-bit types change the number of lanes a register has: see CoreEmitter.
static class VectorTable
{
    public const string Simd = "Simd.";

    public static string V(int bits) => $"Vector{bits}";
    public static string Register(ScalarType type, int bits) => $"{V(bits)}<{type.CSharp()}>";

    public static string Spell(CpuTarget target, Op op, ScalarType type, ScalarType operand, int bits, IReadOnlyList<string> args)
    {
        string v = V(bits);
        string a = args.Count > 0 ? args[0] : "", b = args.Count > 1 ? args[1] : "", c = args.Count > 2 ? args[2] : "";
        bool isFloat = operand.IsFloat();
        return op switch
        {
            Op.Add => $"({a} + {b})",
            Op.Sub => $"({a} - {b})",
            Op.Mul => $"({a} * {b})",
            Op.Div => isFloat ? $"({a} / {b})" : $"{Simd}Divide({a}, {b})",
            Op.Rem => $"{Simd}Remainder({a}, {b})",
            Op.Neg => $"(-{a})",
            Op.Abs => type.IsSigned() || isFloat ? $"{v}.Abs({a})" : a,
            Op.Min => $"{v}.Min({a}, {b})",
            Op.Max => $"{v}.Max({a}, {b})",
            Op.MinOrSecond => isFloat ? $"{Simd}MinOrSecond({a}, {b})" : $"{v}.Min({a}, {b})",
            Op.MaxOrSecond => isFloat ? $"{Simd}MaxOrSecond({a}, {b})" : $"{v}.Max({a}, {b})",
            Op.Sqrt => $"{v}.Sqrt({a})",
            Op.Floor => $"{v}.Floor({a})",
            Op.Ceiling => $"{v}.Ceiling({a})",
            Op.Truncate => $"{v}.Truncate({a})",
            Op.Round => $"{v}.Round({a})",
            Op.CopySign => $"{v}.CopySign({a}, {b})",
            Op.Fma => target.Fused ? $"{v}.FusedMultiplyAdd({a}, {b}, {c})" : $"{Simd}Fma({a}, {b}, {c})",
            Op.MulAdd => target.Fused ? $"{v}.FusedMultiplyAdd({a}, {b}, {c})" : $"(({a} * {b}) + {c})",
            Op.Scale => $"{Simd}Scale({a}, {b})",
            Op.And => $"({a} & {b})",
            Op.Or => $"({a} | {b})",
            Op.Xor => $"({a} ^ {b})",
            Op.Not => $"(~{a})",
            Op.PopCount => $"{Simd}PopCount({a})",
            Op.LeadingZeros => $"{Simd}LeadingZeros({a})",
            Op.TrailingZeros => $"{Simd}TrailingZeros({a})",
            Op.Eq => $"{v}.Equals({a}, {b})",
            Op.Ne => $"(~{v}.Equals({a}, {b}))",
            Op.Lt => $"{v}.LessThan({a}, {b})",
            Op.Le => $"{v}.LessThanOrEqual({a}, {b})",
            Op.Gt => $"{v}.GreaterThan({a}, {b})",
            Op.Ge => $"{v}.GreaterThanOrEqual({a}, {b})",
            Op.Select => $"{v}.ConditionalSelect({a}, {b}, {c})",
            Op.Bits => As(a, operand, type),
            _ => throw new NotSupportedException($"{op} has no vector spelling"),
        };
    }

    /// A shift by one count for all lanes, or by a count a lane.
    public static string Shift(Op op, ScalarType type, int bits, string value, string count, bool uniform)
    {
        string name = op == Op.Shl ? "ShiftLeft" : type is ScalarType.I32 or ScalarType.I64 ? "ShiftRightArithmetic" : "ShiftRightLogical";
        return uniform ? $"{V(bits)}.{name}({value}, {count} & {type.Width() - 1})" : $"{Simd}{name}({value}, {count})";
    }

    /// The same bits as registers of another type of the same width.
    public static string As(string value, ScalarType from, ScalarType to) => from == to ? value : $"{value}.As{Suffix(to)}()";

    public static string Suffix(ScalarType type) => type switch
    {
        ScalarType.I32 => "Int32",
        ScalarType.U32 => "UInt32",
        ScalarType.I64 => "Int64",
        ScalarType.U64 => "UInt64",
        ScalarType.F32 => "Single",
        ScalarType.F64 => "Double",
        _ => throw new NotSupportedException($"no registers of {type}"),
    };

    /// Conversions within one width: I32, U32, F32 and I64, U64, F64.
    public static string ConvertSameWidth(ScalarType from, ScalarType to, int bits, string a, bool inRange)
    {
        if (from == to) return a;
        if (!from.IsFloat() && !to.IsFloat()) return As(a, from, to);
        return $"{V(bits)}.ConvertTo{Suffix(to)}{(inRange ? "Native" : "")}({a})";
    }
}
