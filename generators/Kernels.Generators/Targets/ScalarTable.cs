using System.Globalization;
using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// How every operation on scalars is spelled in C#: the one place that knows. Uniform code of every core, the scalar target and
/// the host's checks all print from here, so that one test of this table against the interpreter covers them.
///
/// The text means what the IR means only inside an `unchecked` context; it is an atom, a call or in parentheses, so it can be nested anywhere.
/// F16 and BF16 are `ushort` bits and are only converted. MulAdd is fused when the target has the instruction: the caller says.
static class ScalarTable
{
    const string Narrow = "global::Kernels.Runtime.Narrow.", KernelMath = "global::Kernels.KernelMath.";

    /// The C# type that holds a value, and that a pointer to an element has.
    public static string CSharp(this ScalarType type) => type switch
    {
        ScalarType.Bool => "bool",
        ScalarType.I8 => "sbyte",
        ScalarType.U8 => "byte",
        ScalarType.I16 => "short",
        ScalarType.U16 or ScalarType.F16 or ScalarType.BF16 => "ushort",
        ScalarType.I32 => "int",
        ScalarType.U32 => "uint",
        ScalarType.I64 => "long",
        ScalarType.U64 => "ulong",
        ScalarType.F32 => "float",
        _ => "double",
    };

    public static bool IsFloat(ScalarType type) => type is ScalarType.F32 or ScalarType.F64 or ScalarType.F16 or ScalarType.BF16;

    public static bool IsSigned(ScalarType type) => type is ScalarType.I8 or ScalarType.I16 or ScalarType.I32 or ScalarType.I64;

    public static string Spell(Apply apply, IReadOnlyList<string> args, bool fused)
    {
        var type = apply.Type;
        string a = args.Count > 0 ? args[0] : "", b = args.Count > 1 ? args[1] : "", c = args.Count > 2 ? args[2] : "";
        string math = type == ScalarType.F32 ? "global::System.MathF." : "global::System.Math.";
        return apply.Op switch
        {
            Op.Add => $"({a} + {b})",
            Op.Sub => $"({a} - {b})",
            Op.Mul => $"({a} * {b})",
            Op.Div => MayOverflow(apply) ? $"{Narrow}Divide({a}, {b})" : $"({a} / {b})",
            Op.Rem => MayOverflow(apply) ? $"{Narrow}Remainder({a}, {b})" : $"({a} % {b})",
            Op.Neg => type is ScalarType.U32 or ScalarType.U64 ? $"(0u - {a})" : $"(-{a})",
            Op.Abs => IsFloat(type) ? $"{math}Abs({a})" : IsSigned(type) ? $"{Narrow}Abs({a})" : a,
            Op.Min => $"{math}Min({a}, {b})",
            Op.Max => $"{math}Max({a}, {b})",
            Op.MinOrSecond => IsFloat(type) ? $"{KernelMath}MinOrSecond({a}, {b})" : $"{math}Min({a}, {b})",
            Op.MaxOrSecond => IsFloat(type) ? $"{KernelMath}MaxOrSecond({a}, {b})" : $"{math}Max({a}, {b})",
            Op.Sqrt => $"{math}Sqrt({a})",
            Op.Floor => $"{math}Floor({a})",
            Op.Ceiling => $"{math}Ceiling({a})",
            Op.Truncate => $"{math}Truncate({a})",
            Op.Round => $"{math}Round({a})",
            Op.CopySign => $"{math}CopySign({a}, {b})",
            Op.Fma => $"{math}FusedMultiplyAdd({a}, {b}, {c})",
            Op.MulAdd => fused ? $"{math}FusedMultiplyAdd({a}, {b}, {c})" : $"({a} * {b} + {c})",
            Op.Scale or Op.ScaleNormal => $"{KernelMath}{apply.Op}({a}, {b})",
            Op.And => $"({a} & {b})",
            Op.Or => $"({a} | {b})",
            Op.Xor => $"({a} ^ {b})",
            Op.Not => type == ScalarType.Bool ? $"(!{a})" : $"(~{a})",
            Op.Shl => $"({a} << {b})",
            Op.Shr => $"({a} >> {b})",
            Op.PopCount => Count("PopCount", type, a),
            Op.LeadingZeros => Count("LeadingZeroCount", type, a),
            Op.TrailingZeros => Count("TrailingZeroCount", type, a),
            Op.Eq => $"({a} == {b})",
            Op.Ne => $"({a} != {b})",
            Op.Lt => $"({a} < {b})",
            Op.Le => $"({a} <= {b})",
            Op.Gt => $"({a} > {b})",
            Op.Ge => $"({a} >= {b})",
            // C#'s conditional skips an operand; an out-of-range index raises its flag all the same.
            Op.Select => apply.Tree().Any(x => x is Load { Checked: true }) ? $"{KernelMath}Select({a}, {b}, {c})" : $"({a} ? {b} : {c})",
            Op.Convert => Convert(apply.Args[0], type, a),
            Op.ConvertInRange => $"{apply.Args[0].Type.CSharp()}.ConvertToIntegerNative<{type.CSharp()}>({a})",
            Op.Bits => Bits(apply.Args[0].Type, type, a),
            Op.Any or Op.All => a,       // of a uniform condition: every lane has the same
            Op.LaneId => "0",
            _ => throw new NotSupportedException($"{apply.Op} has no scalar spelling"),
        };
    }

    /// The least integer divided by -1 throws in C#, even unchecked.
    static bool MayOverflow(Apply a) => IsSigned(a.Type) && a.Args[1] is not Const { Bits: not (uint.MaxValue or ulong.MaxValue) };

    static string Count(string method, ScalarType type, string a)
    {
        bool wide = type is ScalarType.I64 or ScalarType.U64;
        string count = $"global::System.Numerics.BitOperations.{method}(({(wide ? "ulong" : "uint")}){a})";
        return type == ScalarType.I32 ? count : $"(({type.CSharp()}){count})";
    }

    static string Convert(Expr value, ScalarType to, string a)
    {
        var from = value.Type;
        if (from == to) return a;
        if (from == ScalarType.F16 || from == ScalarType.BF16)
        {
            string wide = $"{Narrow}From{(from == ScalarType.F16 ? "Half" : "BFloat16")}({a})";
            return to == ScalarType.F32 ? wide : Convert(new Use(new("", ScalarType.F32)), to, wide); // widening is exact
        }
        if (from == ScalarType.Bool) return Convert(new Use(new("", ScalarType.I32)), to, $"({a} ? 1 : 0)");
        return to switch
        {
            ScalarType.Bool => $"({a} != 0)",
            ScalarType.F16 => $"{Narrow}ToHalf({(from == ScalarType.F64 ? a : $"(float){a}")})", // integers beyond float's precision overflow Half
            ScalarType.BF16 => $"{Narrow}ToBFloat16({(IsFloat(from) ? a : from == ScalarType.U64 ? a : $"(long){a}")})",
            // A constant conversion that overflows is undefined at compile time, so the generator decides it.
            _ when IsFloat(from) && !IsFloat(to) && Constant(value) is { } constant => Literal(new(to, Operations.Evaluate(Op.Convert, to, from, constant.Bits, 0, 0, false))),
            _ => $"(({to.CSharp()}){a})",
        };
    }

    /// The value of an expression of constants alone.
    static Const? Constant(Expr e)
    {
        if (e is Const c) return c;
        if (e is not Apply { Op: not (Op.LaneId or Op.MulAdd) } a) return null;
        var values = new ulong[3];
        for (int k = 0; k < a.Args.Count; k++)
        {
            if (Constant(a.Args[k]) is not { } value) return null;
            values[k] = value.Bits;
        }
        bool divides = a.Op is Op.Div or Op.Rem && !IsFloat(a.Type) && values[1] == 0;
        return divides ? null : new(a.Type, Operations.Evaluate(a.Op, a.Type, a.Args[0].Type, values[0], values[1], values[2], false));
    }

    static string Bits(ScalarType from, ScalarType to, string a) => (from, to) switch
    {
        _ when from == to => a,
        (ScalarType.F32, ScalarType.I32) => $"global::System.BitConverter.SingleToInt32Bits({a})",
        (ScalarType.F32, ScalarType.U32) => $"global::System.BitConverter.SingleToUInt32Bits({a})",
        (ScalarType.I32 or ScalarType.U32, ScalarType.F32) => $"{Narrow}BitsToSingle({a})",
        (ScalarType.F64, ScalarType.I64) => $"global::System.BitConverter.DoubleToInt64Bits({a})",
        (ScalarType.F64, ScalarType.U64) => $"global::System.BitConverter.DoubleToUInt64Bits({a})",
        (ScalarType.I64, ScalarType.F64) => $"global::System.BitConverter.Int64BitsToDouble({a})",
        (ScalarType.U64, ScalarType.F64) => $"global::System.BitConverter.UInt64BitsToDouble({a})",
        _ => $"(({to.CSharp()}){a})", // integers and 16-bit floats (ushort): C#'s unchecked conversion keeps the bits
    };

    public static string Literal(Const constant)
    {
        ulong bits = constant.Bits;
        var invariant = CultureInfo.InvariantCulture;
        switch (constant.Type)
        {
            case ScalarType.Bool: return bits != 0 ? "true" : "false";
            case ScalarType.I8: return $"((sbyte){Negative(((sbyte)bits).ToString(invariant))})";
            case ScalarType.U8: return $"((byte){(byte)bits})";
            case ScalarType.I16: return $"((short){Negative(((short)bits).ToString(invariant))})";
            case ScalarType.U16 or ScalarType.F16 or ScalarType.BF16: return $"((ushort)0x{(ushort)bits:X})";
            case ScalarType.I32: return Negative(((int)bits).ToString(invariant));
            case ScalarType.U32: return ((uint)bits).ToString(invariant) + "u";
            case ScalarType.I64: return Negative(((long)bits).ToString(invariant) + "L");
            case ScalarType.U64: return bits.ToString(invariant) + "ul";
            case ScalarType.F32:
                float single = ToSingle((uint)bits);
                if (float.IsNaN(single)) return "float.NaN";
                if (float.IsInfinity(single)) return single > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";
                if (bits == 0x8000_0000) return "(-0f)";
                foreach (string format in new[] { "G6", "G7", "G8", "G9" })
                {
                    string text = single.ToString(format, invariant);
                    if (float.TryParse(text, NumberStyles.Float, invariant, out float parsed) && parsed == single) return Negative(text + "f");
                }
                return $"global::System.BitConverter.UInt32BitsToSingle(0x{(uint)bits:X8}u)";
            default:
                double value = BitConverter.Int64BitsToDouble((long)bits);
                if (double.IsNaN(value)) return "double.NaN";
                if (double.IsInfinity(value)) return value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";
                if (bits == 0x8000_0000_0000_0000) return "(-0d)";
                foreach (string format in new[] { "G15", "G16", "G17" })
                {
                    string text = value.ToString(format, invariant);
                    if (double.TryParse(text, NumberStyles.Float, invariant, out double parsed) && parsed == value) return Negative(text + "d");
                }
                return $"global::System.BitConverter.UInt64BitsToDouble(0x{bits:X16}ul)";
        }
    }

    static string Negative(string text) => text[0] == '-' ? $"({text})" : text;

    static unsafe float ToSingle(uint bits) => *(float*)&bits;
}
