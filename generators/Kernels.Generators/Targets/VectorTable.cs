using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// How every operation on a register of lanes is spelled in C#. Arguments and results are registers of `bits` bits of the operation's type;
/// comparisons give a mask register of the operands' type. Where the runtime's own name means exactly what the IR means, that is the
/// spelling (one JIT instruction or an exact expansion); the rest are Kernels.Runtime.Simd's, which choose by what the processor has. What occurs often is spelled out:
/// intrinsics cost nothing of what the JIT is willing to inline into one method, helpers do, and beyond that they stay calls.
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
            Op.MinOrSecond or Op.MaxOrSecond when !isFloat => $"{v}.{(op == Op.MinOrSecond ? "Min" : "Max")}({a}, {b})",
            // The x86 instructions give the second operand when either is NaN or both are zeros.
            Op.MinOrSecond or Op.MaxOrSecond when IsX86(target) => $"{X86Class(bits, type)}.{(op == Op.MinOrSecond ? "Min" : "Max")}({a}, {b})",
            Op.MinOrSecond or Op.MaxOrSecond => $"{Simd}{op}({a}, {b})",
            Op.Sqrt => $"{v}.Sqrt({a})",
            Op.Floor => $"{v}.Floor({a})",
            Op.Ceiling => $"{v}.Ceiling({a})",
            Op.Truncate => $"{v}.Truncate({a})",
            Op.Round => $"{v}.Round({a})",
            Op.CopySign => $"{v}.CopySign({a}, {b})",
            Op.Fma => target.Fused ? $"{v}.FusedMultiplyAdd({a}, {b}, {c})" : $"{Simd}Fma({a}, {b}, {c})",
            Op.MulAdd => target.Fused ? $"{v}.FusedMultiplyAdd({a}, {b}, {c})" : $"(({a} * {b}) + {c})",
            // An integer added to 1.5 * 2^(fraction bits) stands in the low bits.
            Op.ScaleNormal when target != CpuTarget.Avx512 => type == ScalarType.F32
                ? $"({a} * {v}.ShiftLeft(({b} + {v}.Create(12583039f)).AsInt32(), 23).AsSingle())"
                : $"({a} * {v}.ShiftLeft(({b} + {v}.Create(6755399441056767.0)).AsInt64(), 52).AsDouble())",
            Op.Scale or Op.ScaleNormal => target == CpuTarget.Avx512 ? $"X86Avx512F{(bits == 512 ? "" : ".VL")}.Scale({a}, {b})" : $"{Simd}Scale({a}, {b})",
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

    public static bool IsX86(CpuTarget target) => target != CpuTarget.Neon;

    // Plain loads, stores and widening conversions are everywhere. The portable spellings are methods that the JIT inlines, until it has inlined
    // enough for one method and calls them from there on; the instructions' own names are never calls.

    public static string Load(CpuTarget target, ScalarType type, int bits, string address) =>
        IsX86(target) ? $"{X86Class(bits, type)}.LoadVector{bits}({address})" : $"{V(bits)}.Load({address})";

    public static string Store(CpuTarget target, ScalarType type, int bits, string address, string value) =>
        IsX86(target) ? $"{X86Class(bits, type)}.Store({address}, {value})" : $"{V(bits)}.Store({value}, {address})";

    static string X86Class(int bits, ScalarType type) => bits switch { 512 => "X86Avx512F", 256 => "X86Avx", _ => type == ScalarType.F32 ? "X86Sse" : "X86Sse2" };

    /// 64-bit lanes in a register of `bits`, from 32-bit ones: all of a register of half the size, or the lower or upper half of one of the same size.
    public static string Widen(CpuTarget target, ScalarType from, int bits, string value, string half)
    {
        if (!IsX86(target) || bits == 128 && from != ScalarType.F32) return $"{Simd}Widen{half}({value})";
        if (bits == 128) return $"X86Sse2.ConvertToVector128Double({(half == "Upper" ? $"X86Sse.MoveHighToLow({value}, {value})" : value)})";
        string part = half == "" ? value : $"{value}.Get{half}()";
        return (from, bits) switch
        {
            (ScalarType.F32, 512) => $"X86Avx512F.ConvertToVector512Double({part})",
            (ScalarType.F32, _) => $"X86Avx.ConvertToVector256Double({part})",
            (ScalarType.U32, 512) => $"X86Avx512F.ConvertToVector512UInt64({part})",
            (_, 512) => $"X86Avx512F.ConvertToVector512Int64({part})",
            (ScalarType.U32, _) => $"X86Avx2.ConvertToVector256Int64({part}).AsUInt64()",
            _ => $"X86Avx2.ConvertToVector256Int64({part})",
        };
    }

    /// A load of the lanes of a mask; the others are 0 and touch no memory. mask: registers of I32 or I64.
    public static string MaskLoad(CpuTarget target, ScalarType type, int bits, string address, string mask, ScalarType carrier)
    {
        if (!MasksMemory(target, bits)) return $"{Simd}MaskLoad({address}, {mask})";
        string own = As(mask, carrier, type), zero = bits == 512 ? $", {Register(type, bits)}.Zero" : "";
        return $"{MaskClass(type, bits)}.MaskLoad({address}, {own}{zero})";
    }

    /// A store of the lanes of a mask.
    public static string MaskStore(CpuTarget target, ScalarType type, int bits, string address, string mask, ScalarType carrier, string value) =>
        MasksMemory(target, bits) ? $"{MaskClass(type, bits)}.MaskStore({address}, {As(mask, carrier, type)}, {value})" : $"{Simd}MaskStore({address}, {mask}, {value})";

    static bool MasksMemory(CpuTarget target, int bits) => target == CpuTarget.Avx512 || target == CpuTarget.Avx2 && bits <= 256;

    static string MaskClass(ScalarType type, int bits) => bits == 512 ? "X86Avx512F" : type.IsFloat() ? "X86Avx" : "X86Avx2";

    /// Lane l of the result is lane l + count, for l below count; the others mean nothing.
    public static string Down(string value, ScalarType type, int bits, int count)
    {
        int bytes = count * type.Bytes();
        if (bits == 512) return bytes == 32 ? $"{value}.GetUpper().ToVector512Unsafe()" : $"{Down($"{value}.GetLower()", type, 256, count)}.ToVector512Unsafe()";
        if (bits == 256) return bytes == 16 ? $"{value}.GetUpper().ToVector256Unsafe()" : $"{Down($"{value}.GetLower()", type, 128, count)}.ToVector256Unsafe()";
        return bytes == 8
            ? $"Vector128.Shuffle({value}.AsInt64(), Vector128.Create(1L, 0L)).As{Suffix(type)}()"
            : $"Vector128.Shuffle({value}.AsInt32(), Vector128.Create(1, 0, 3, 2)).As{Suffix(type)}()";
    }

    /// Whether a mask holds in some lane, in all lanes.
    public static string AnyOrAll(CpuTarget target, Op op, ScalarType carrier, int bits, string mask) => op == Op.All ? $"{V(bits)}.EqualsAll({mask}, {Register(carrier, bits)}.AllBitsSet)"
        : IsX86(target) ? $"({V(bits)}.ExtractMostSignificantBits({mask}) != 0)" : $"{Simd}Any({mask})";

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
