using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// Arithmetic on floats, which drivers must leave as it is written.
sealed partial class SpirvEmitter
{
    /// Float arithmetic: rounded where it stands, never fused or reassociated.
    uint Exactly(SpirvOp op, ScalarType type, params uint[] args)
    {
        KeepSpecials(type);
        uint id = module.Make(op, TypeOf(type), args);
        module.Decorate(id, SpirvDecoration.NoContraction);
        return id;
    }

    /// NaN, infinities and signed zeros mean what they mean in the IR.
    void KeepSpecials(ScalarType type)
    {
        module.Require(SpirvCapability.SignedZeroInfNanPreserve);
        module.Extend("SPV_KHR_float_controls");
        module.Mode(SpirvMode.SignedZeroInfNanPreserve, (uint)type.Width());
    }

    uint FloatOperation(Op op, ScalarType type, uint[] v)
    {
        uint a = v[0], b = v.Length > 1 ? v[1] : 0;
        switch (op)
        {
            case Op.Add: return Exactly(SpirvOp.FAdd, type, a, b);
            case Op.Sub: return Exactly(SpirvOp.FAdd, type, a, Exactly(SpirvOp.FNegate, type, b)); // as a difference of equal values it is made 0, of infinities too
            case Op.Mul: return Exactly(SpirvOp.FMul, type, a, b);
            case Op.Div: return Exactly(SpirvOp.FDiv, type, a, b);
            case Op.MulAdd: return Exactly(SpirvOp.FAdd, type, Exactly(SpirvOp.FMul, type, a, b), v[2]);
            case Op.Fma: return type == ScalarType.F32 ? FusedSingle(a, b, v[2]) : FusedDouble(a, b, v[2]);
            case Op.Neg: return Exactly(SpirvOp.FNegate, type, a);
            case Op.Abs: return Glsl(GlslOp.FAbs, type, a);
            case Op.Sqrt: return Glsl(GlslOp.Sqrt, type, a);
            case Op.Floor: return Glsl(GlslOp.Floor, type, a);
            case Op.Ceiling: return Glsl(GlslOp.Ceil, type, a);
            case Op.Truncate: return Glsl(GlslOp.Trunc, type, a);
            case Op.Round: return Glsl(GlslOp.RoundEven, type, a);
            case Op.MinOrSecond: return Choose(type, Ordered(Op.Lt, type, a, b), a, b);
            case Op.MaxOrSecond: return Choose(type, Ordered(Op.Gt, type, a, b), a, b);
            case Op.Min or Op.Max: return Extreme(op, type, a, b);
            case Op.CopySign:
                uint sign = module.Make(SpirvOp.BitwiseAnd, word, HighWord(type, b), Word(0x8000_0000));
                return WithHighWord(type, a, module.Make(SpirvOp.BitwiseOr, word, module.Make(SpirvOp.BitwiseAnd, word, HighWord(type, a), Word(0x7FFF_FFFF)), sign));
            case Op.ScaleNormal: return Exactly(SpirvOp.FMul, type, a, PowerOfTwo(type, module.Make(SpirvOp.ConvertFToS, word, b)));
            case Op.Scale:
                // Two factors, both normal. The first product is inexact only where the second makes the result 0 or infinite.
                uint n = module.Make(SpirvOp.ConvertFToS, word, b), half = module.Make(SpirvOp.ShiftRightArithmetic, word, n, Word(1));
                return Exactly(SpirvOp.FMul, type, Exactly(SpirvOp.FMul, type, a, PowerOfTwo(type, half)), PowerOfTwo(type, module.Make(SpirvOp.ISub, word, n, half)));
            default: throw new Refused($"{op} of {type} has no exact form in Vulkan.");
        }
    }

    /// IEEE 754-2019 minimum and maximum: NaN if either is, and -0 below +0.
    uint Extreme(Op op, ScalarType type, uint a, uint b)
    {
        var (first, second) = op == Op.Min ? (a, b) : (b, a); // of equal values the one with the sign is the lesser
        uint equal = Choose(type, Compare(SpirvOp.UGreaterThanEqual, HighWord(type, a), Word(0x8000_0000)), first, second);
        uint ordered = Choose(type, Ordered(op == Op.Min ? Op.Lt : Op.Gt, type, a, b), a, Choose(type, Ordered(Op.Eq, type, a, b), equal, b));
        return Choose(type, IsNaN(type, a), a, ordered); // a NaN in b fails both comparisons
    }

    // ---- floats by their bits; of F64 by two words, which needs no 64-bit integers ----
    uint Pair => module.Type(SpirvOp.TypeVector, word, 2);

    uint HighWord(ScalarType type, uint x) => type == ScalarType.F32 ? module.Make(SpirvOp.Bitcast, word, x)
        : module.Make(SpirvOp.CompositeExtract, word, module.Make(SpirvOp.Bitcast, Pair, x), 1);

    uint LowWord(uint x) => module.Make(SpirvOp.CompositeExtract, word, module.Make(SpirvOp.Bitcast, Pair, x), 0);

    uint WithHighWord(ScalarType type, uint x, uint high) => type == ScalarType.F32 ? module.Make(SpirvOp.Bitcast, TypeOf(type), high)
        : module.Make(SpirvOp.Bitcast, TypeOf(type), module.Make(SpirvOp.CompositeConstruct, Pair, LowWord(x), high));

    uint IsNaN(ScalarType type, uint x)
    {
        uint high = module.Make(SpirvOp.BitwiseAnd, word, HighWord(type, x), Word(0x7FFF_FFFF)), infinity = Word(type == ScalarType.F32 ? 0x7F80_0000u : 0x7FF0_0000);
        uint above = Compare(SpirvOp.UGreaterThan, high, infinity);
        if (type == ScalarType.F32) return above;
        uint edge = module.Make(SpirvOp.LogicalAnd, boolean, Compare(SpirvOp.IEqual, high, infinity), Compare(SpirvOp.INotEqual, LowWord(x), Word(0)));
        return module.Make(SpirvOp.LogicalOr, boolean, above, edge);
    }

    /// 2^n, a normal number.
    uint PowerOfTwo(ScalarType type, uint n)
    {
        bool single = type == ScalarType.F32;
        uint high = module.Make(SpirvOp.ShiftLeftLogical, word, module.Make(SpirvOp.IAdd, word, n, Word(single ? 127u : 1023)), Word(single ? 23u : 20));
        return module.Make(SpirvOp.Bitcast, TypeOf(type), single ? high : module.Make(SpirvOp.CompositeConstruct, Pair, Word(0), high));
    }

    // ---- constants that the driver must not see ----
    // Mesa's software rasteriser makes 0 of x * 0 and x - x, and x of x + 0, whatever is asked for (NoContraction, SignedZeroInfNanPreserve): wrong for NaN, infinities and -0.

    uint HiddenZero(Const c) => WithHidden(c.Type, c.Type == ScalarType.F32 ? SoftFloat.ToSingle((uint)c.Bits) : SoftFloat.ToDouble(c.Bits));

    /// A number with no bits in the low word of F64, made with a word that is 0, which only the host knows.
    uint WithHidden(ScalarType type, double value)
    {
        KeepSpecials(type);
        uint high = type == ScalarType.F32 ? (uint)SoftFloat.Bits((float)value) : (uint)(SoftFloat.Bits(value) >> 32);
        uint bits = high == 0 ? hidden : module.Make(SpirvOp.BitwiseOr, word, hidden, Word(high));
        return module.Make(SpirvOp.Bitcast, TypeOf(type), type == ScalarType.F32 ? bits : module.Make(SpirvOp.CompositeConstruct, Pair, hidden, bits));
    }
}
