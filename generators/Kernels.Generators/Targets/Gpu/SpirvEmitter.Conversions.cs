using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// Conversions as C# unchecked has them (Operations.Convert), 16-bit floats by integer arithmetic: no device feature, and rounding to even whatever the device's mode.
sealed partial class SpirvEmitter
{
    uint Converted(ScalarType from, ScalarType to, uint x)
    {
        if (from == to) return x;
        if (from is ScalarType.F16 or ScalarType.BF16) return Converted(ScalarType.F32, to, from == ScalarType.F16 ? HalfToSingle(x) : Bits(ScalarType.U32, ScalarType.F32, Shift(SpirvOp.ShiftLeftLogical, x, 16)));
        if (from is ScalarType.I8 or ScalarType.I16)
        {
            uint unused = (uint)(32 - from.Width());
            return Converted(ScalarType.I32, to, Shift(SpirvOp.ShiftRightArithmetic, Shift(SpirvOp.ShiftLeftLogical, x, unused), unused));
        }
        if (from is ScalarType.U8 or ScalarType.U16) return Converted(ScalarType.I32, to, x);
        if (to is ScalarType.F16 or ScalarType.BF16)
            return from == ScalarType.F32 ? to == ScalarType.F16 ? SingleToHalf(x) : SingleToBFloat16(x) : throw new Refused($"A conversion of {from} to {to}: only float has one yet.");
        if (to.IsNarrow()) return module.Make(SpirvOp.BitwiseAnd, word, Converted(from, ScalarType.I32, x), Word((uint)to.Mask()));
        if (from.IsFloat()) return to.IsFloat() ? module.Make(SpirvOp.FConvert, TypeOf(to), x) : Saturated(from, to, x);
        if (to.IsFloat()) return module.Make(from.IsSigned() ? SpirvOp.ConvertSToF : SpirvOp.ConvertUToF, TypeOf(to), Hiding(from, x));
        if (from.Width() == to.Width()) return x;
        return module.Make(to.Width() == 64 && from.IsSigned() ? SpirvOp.SConvert : SpirvOp.UConvert, TypeOf(to), x);
    }

    /// An integer as it is; one that the driver finds to be 0 must not become a zero that it knows (see HiddenZero).
    uint Hiding(ScalarType type, uint x) => module.Make(SpirvOp.BitwiseOr, TypeOf(type), x, Converted(ScalarType.U32, type, hidden));

    uint Shift(SpirvOp op, uint x, uint by) => module.Make(op, word, x, Word(by));

    uint Bits(ScalarType from, ScalarType to, uint x) => TypeOf(from) == TypeOf(to) ? x : module.Make(SpirvOp.Bitcast, TypeOf(to), x);

    /// Truncated; what does not fit becomes the nearest integer that there is, NaN 0. The conversion itself sees only what fits.
    uint Saturated(ScalarType from, ScalarType to, uint x)
    {
        bool signed = to.IsSigned();
        int bits = to.Width() - (signed ? 1 : 0);
        uint beyond = Float(from, Math.Pow(2, bits)), over = Ordered(Op.Ge, from, x, beyond);
        // What truncates to -2^31 lies above -2^31 - 1; only F64 has a value between, and so a bound that does not fit.
        bool edge = !(from == ScalarType.F64 && signed && bits == 31);
        uint least = Float(from, !signed ? 0 : edge ? -Math.Pow(2, bits) : -Math.Pow(2, bits) - 1);
        uint fits = module.Make(SpirvOp.LogicalAnd, boolean, Ordered(edge ? Op.Ge : Op.Gt, from, x, least), Ordered(Op.Lt, from, x, beyond));
        uint result = module.Make(signed ? SpirvOp.ConvertFToS : SpirvOp.ConvertFToU, TypeOf(to), Choose(from, fits, x, Float(from, 0)));
        result = Choose(to, over, Constant(to, to.Mask() >> (signed ? 1 : 0)), result);
        return signed ? Choose(to, Ordered(edge ? Op.Lt : Op.Le, from, x, least), Constant(to, 1UL << bits), result) : result;
    }

    uint HalfToSingle(uint h)
    {
        uint magnitude = module.Make(SpirvOp.BitwiseAnd, word, h, Word(0x7FFF)), sign = Shift(SpirvOp.ShiftLeftLogical, module.Make(SpirvOp.BitwiseAnd, word, h, Word(0x8000)), 16);
        uint normal = module.Make(SpirvOp.IAdd, word, Shift(SpirvOp.ShiftLeftLogical, magnitude, 13), Word((127 - 15) << 23));
        uint special = module.Make(SpirvOp.IAdd, word, normal, Word((127 - 15) << 23)); // the exponent of all ones stays that
        uint small = Bits(ScalarType.F32, ScalarType.U32, Exactly(SpirvOp.FMul, ScalarType.F32, module.Make(SpirvOp.ConvertUToF, TypeOf(ScalarType.F32), magnitude), Float(ScalarType.F32, Math.Pow(2, -24))));
        uint bits = Choose(ScalarType.U32, Compare(SpirvOp.ULessThan, magnitude, Word(0x400)), small, Choose(ScalarType.U32, Compare(SpirvOp.UGreaterThanEqual, magnitude, Word(0x7C00)), special, normal));
        return Bits(ScalarType.U32, ScalarType.F32, module.Make(SpirvOp.BitwiseOr, word, bits, sign));
    }

    /// bits + what rounds its low `cut` bits to even, these shifted out.
    uint RoundedOff(uint bits, uint cut)
    {
        uint odd = module.Make(SpirvOp.BitwiseAnd, word, Shift(SpirvOp.ShiftRightLogical, bits, cut), Word(1));
        return Shift(SpirvOp.ShiftRightLogical, module.Make(SpirvOp.IAdd, word, module.Make(SpirvOp.IAdd, word, bits, Word((1u << (int)cut - 1) - 1)), odd), cut);
    }

    uint SingleToHalf(uint x)
    {
        uint bits = Bits(ScalarType.F32, ScalarType.U32, x), magnitude = module.Make(SpirvOp.BitwiseAnd, word, bits, Word(0x7FFF_FFFF));
        uint sign = module.Make(SpirvOp.BitwiseAnd, word, Shift(SpirvOp.ShiftRightLogical, bits, 16), Word(0x8000));
        uint normal = RoundedOff(module.Make(SpirvOp.ISub, word, magnitude, Word((127 - 15) << 23)), 13); // 65520 and above carry into infinity
        // Below 2^-14: a multiple of 2^-24, at most 2^10 of them.
        uint scaled = Exactly(SpirvOp.FMul, ScalarType.F32, Bits(ScalarType.U32, ScalarType.F32, magnitude), Float(ScalarType.F32, Math.Pow(2, 24)));
        uint isSmall = Compare(SpirvOp.ULessThan, magnitude, Word((127 - 14) << 23));
        uint small = module.Make(SpirvOp.ConvertFToU, word, Glsl(GlslOp.RoundEven, ScalarType.F32, Choose(ScalarType.F32, isSmall, scaled, Float(ScalarType.F32, 0))));
        uint result = Choose(ScalarType.U32, isSmall, small, normal);
        result = Choose(ScalarType.U32, Compare(SpirvOp.UGreaterThanEqual, magnitude, Word((127 + 16) << 23)), Word(0x7C00), result);
        result = Choose(ScalarType.U32, Compare(SpirvOp.UGreaterThan, magnitude, Word(0x7F80_0000)), Word(0x7E00), result);
        return module.Make(SpirvOp.BitwiseOr, word, result, sign);
    }

    uint SingleToBFloat16(uint x)
    {
        uint bits = Bits(ScalarType.F32, ScalarType.U32, x);
        return Choose(ScalarType.U32, IsNaN(ScalarType.F32, x), Word(0x7FC0), RoundedOff(bits, 16));
    }
}
