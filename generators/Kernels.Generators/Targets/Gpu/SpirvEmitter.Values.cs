using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// Expressions: what each operation is in SPIR-V.
sealed partial class SpirvEmitter
{
    uint Value(Expr e) => e switch
    {
        Const c => c.Type is ScalarType.F32 or ScalarType.F64 && (c.Bits & c.Type.Mask() >> 1) == 0 ? HiddenZero(c) : Constant(c.Type, c.Bits),
        Use u => Get(u.Local),
        Load l => Load(l),
        Apply a => Apply(a),
        _ => throw new Refused($"{e.GetType().Name} where the structured IR has none."),
    };

    uint Compare(SpirvOp op, uint a, uint b) => module.Make(op, boolean, a, b);
    uint Choose(ScalarType type, uint c, uint a, uint b) => module.Make(SpirvOp.Select, TypeOf(type), c, a, b);
    uint Glsl(GlslOp op, ScalarType type, params uint[] args) => module.Make(SpirvOp.ExtInst, TypeOf(type), [module.Import("GLSL.std.450"), (uint)op, .. args]);

    uint Apply(Apply a)
    {
        if (a.Op is Op.Any or Op.All) return Vote(a.Op, Value(a.Args[0]));
        var operand = a.Args.Count > 0 ? a.Args[0].Type : a.Type;
        // A NaN test, which a driver may otherwise believe to be constant.
        if (a.Op is Op.Eq or Op.Ne && operand.IsFloat() && a.Args[0].Equals(a.Args[1]))
        {
            uint isNaN = IsNaN(operand, Value(a.Args[0]));
            return a.Op == Op.Ne ? isNaN : module.Make(SpirvOp.LogicalNot, boolean, isNaN);
        }
        var v = new uint[a.Args.Count];
        for (int k = 0; k < v.Length; k++) v[k] = a.Op.IsCompare() && a.Args[k] is Const c ? Constant(c.Type, c.Bits) : Value(a.Args[k]);
        if (a.Type.IsFloat() && a.Op is Op.Div && a.Args[0].Equals(a.Args[1])) v[1] = Exactly(SpirvOp.FMul, a.Type, v[1], WithHidden(a.Type, 1.0)); // x / x of infinity and NaN
        switch (a.Op)
        {
            case Op.Select: return Choose(a.Type, v[0], v[1], v[2]);
            case Op.Convert: return Converted(operand, a.Type, v[0]);
            case Op.ConvertInRange: return module.Make(SpirvOp.ConvertFToS, TypeOf(a.Type), v[0]);
            case Op.Bits: return Bits(operand, a.Type, a.Type is ScalarType.F32 or ScalarType.F64 && !operand.IsFloat() ? Hiding(operand, v[0]) : v[0]);
            case >= Op.Eq and <= Op.Ge: return Ordered(a.Op, operand, v[0], v[1]);
            case Op.And or Op.Or or Op.Xor or Op.Not when a.Type == ScalarType.Bool:
                return module.Make(a.Op switch { Op.And => SpirvOp.LogicalAnd, Op.Or => SpirvOp.LogicalOr, Op.Xor => SpirvOp.LogicalNotEqual, _ => SpirvOp.LogicalNot }, boolean, v);
        }
        return a.Type.IsFloat() ? FloatOperation(a.Op, a.Type, v) : IntegerOperation(a, v);
    }

    /// A comparison; of floats, only Ne is true with NaN.
    uint Ordered(Op op, ScalarType type, uint a, uint b)
    {
        if (type.IsFloat()) KeepSpecials(type);
        // Mesa 22.3 decides wrongly on a widened 32-bit integer and a constant above 0, so it must see no constant.
        if (type == ScalarType.I64) b = Hiding(type, b);
        bool signed = type.IsSigned();
        return Compare(op switch
        {
            Op.Eq => type == ScalarType.Bool ? SpirvOp.LogicalEqual : type.IsFloat() ? SpirvOp.FOrdEqual : SpirvOp.IEqual,
            Op.Ne => type == ScalarType.Bool ? SpirvOp.LogicalNotEqual : type.IsFloat() ? SpirvOp.FUnordNotEqual : SpirvOp.INotEqual,
            Op.Lt => type.IsFloat() ? SpirvOp.FOrdLessThan : signed ? SpirvOp.SLessThan : SpirvOp.ULessThan,
            Op.Le => type.IsFloat() ? SpirvOp.FOrdLessThanEqual : signed ? SpirvOp.SLessThanEqual : SpirvOp.ULessThanEqual,
            Op.Gt => type.IsFloat() ? SpirvOp.FOrdGreaterThan : signed ? SpirvOp.SGreaterThan : SpirvOp.UGreaterThan,
            _ => type.IsFloat() ? SpirvOp.FOrdGreaterThanEqual : signed ? SpirvOp.SGreaterThanEqual : SpirvOp.UGreaterThanEqual,
        }, a, b);
    }

    // ---- integers ----
    uint IntegerOperation(Apply e, uint[] v)
    {
        var type = e.Type;
        uint t = TypeOf(type), a = v[0], b = v.Length > 1 ? v[1] : 0, zero = Constant(type, 0);
        bool signed = type.IsSigned();
        switch (e.Op)
        {
            case Op.Add: return module.Make(SpirvOp.IAdd, t, a, b);
            case Op.Sub: return module.Make(SpirvOp.ISub, t, a, b);
            case Op.Mul: return module.Make(SpirvOp.IMul, t, a, b);
            case Op.Div or Op.Rem: return Divide(e, a, b);
            case Op.Neg: return module.Make(SpirvOp.ISub, t, zero, a);
            case Op.Abs: return signed ? Choose(type, Ordered(Op.Lt, type, a, zero), module.Make(SpirvOp.ISub, t, zero, a), a) : a;
            case Op.Min or Op.MinOrSecond: return Choose(type, Ordered(Op.Lt, type, a, b), a, b);
            case Op.Max or Op.MaxOrSecond: return Choose(type, Ordered(Op.Gt, type, a, b), a, b);
            case Op.And: return module.Make(SpirvOp.BitwiseAnd, t, a, b);
            case Op.Or: return module.Make(SpirvOp.BitwiseOr, t, a, b);
            case Op.Xor: return module.Make(SpirvOp.BitwiseXor, t, a, b);
            case Op.Not: return module.Make(SpirvOp.Not, t, a);
            case Op.Shl or Op.Shr:
                uint count = module.Make(SpirvOp.BitwiseAnd, word, b, Word((uint)type.Width() - 1));
                return module.Make(e.Op == Op.Shl ? SpirvOp.ShiftLeftLogical : signed ? SpirvOp.ShiftRightArithmetic : SpirvOp.ShiftRightLogical, t, a, count);
            case Op.PopCount or Op.LeadingZeros or Op.TrailingZeros: return CountBits(e.Op, type, a);
            default: throw new Refused($"{e.Op} of {type}.");
        }
    }

    /// The least integer divided by -1 is undefined in SPIR-V, and wraps in the IR.
    uint Divide(Apply e, uint a, uint b)
    {
        var type = e.Type;
        uint t = TypeOf(type);
        if (!type.IsSigned()) return module.Make(e.Op == Op.Div ? SpirvOp.UDiv : SpirvOp.UMod, t, a, b);
        var op = e.Op == Op.Div ? SpirvOp.SDiv : SpirvOp.SRem;
        if (e.Args[1] is Const c && c.Integer() != -1) return module.Make(op, t, a, b);
        uint minus = Ordered(Op.Eq, type, b, Constant(type, type.Mask())), zero = Constant(type, 0);
        uint quotient = module.Make(op, t, a, Choose(type, minus, Constant(type, 1), b));
        return e.Op == Op.Div ? Choose(type, minus, module.Make(SpirvOp.ISub, t, zero, a), quotient) : quotient; // a rem 1 = 0 = a rem -1
    }

    /// Instructions for 32 bits; of 64, by halves.
    uint CountBits(Op op, ScalarType type, uint a)
    {
        uint Count(uint x)
        {
            if (op == Op.PopCount) return module.Make(SpirvOp.BitCount, word, x);
            // The position found is -1 for 0.
            if (op == Op.LeadingZeros) return module.Make(SpirvOp.ISub, word, Word(31), Glsl(GlslOp.FindUMsb, ScalarType.U32, x));
            return Choose(ScalarType.U32, Compare(SpirvOp.IEqual, x, Word(0)), Word(32), Glsl(GlslOp.FindILsb, ScalarType.U32, x));
        }
        if (type.Width() == 32) return Count(a);
        uint low = module.Make(SpirvOp.UConvert, word, a), high = module.Make(SpirvOp.UConvert, word, module.Make(SpirvOp.ShiftRightLogical, TypeOf(type), a, Word(32)));
        uint countLow = Count(low), countHigh = Count(high), both = module.Make(SpirvOp.IAdd, word, countLow, countHigh);
        uint count = op switch
        {
            Op.PopCount => both,
            Op.LeadingZeros => Choose(ScalarType.U32, Compare(SpirvOp.IEqual, high, Word(0)), both, countHigh),
            _ => Choose(ScalarType.U32, Compare(SpirvOp.IEqual, low, Word(0)), both, countLow),
        };
        return module.Make(SpirvOp.UConvert, TypeOf(type), count);
    }
}
