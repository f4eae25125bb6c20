using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

// Methods of the framework and of KernelMath that are operations of the IR. The generic-math names (T.Sqrt, T.One) mean the same on a
// bound type parameter as Math.Sqrt on a double.
partial class FunctionLowering
{
    /// The vector function that a method of MathF or Math has in KernelMath, where the framework's own has no vector form.
    static readonly HashSet<string> transcendental = [.. "Acos Acosh Asin Asinh Atan Atan2 Atanh Cbrt Cos Cosh Exp Log Log10 Log2 Pow Sin SinCos Sinh Tan Tanh Exp2 Exp10 ExpM1 LogP1 Log2P1 Hypot RootN SinPi CosPi TanPi ScaleB".Split(' ')];

    static readonly HashSet<string> primitives = [.. "Fma MulAdd MinOrSecond MaxOrSecond Scale ScaleNormal ToInt32InRange ToInt64InRange Sqrt Round Floor Ceiling Truncate Abs CopySign Max Min Select".Split(' ')];

    /// A method of KernelMath that is an operation of the IR.
    public static bool IsPrimitive(IMethodSymbol m) => primitives.Contains(m.Name);

    Value? Intrinsic(IMethodSymbol m, ITypeSymbol? constrained, IInvocationOperation op)
    {
        var owner = types.Of(constrained ?? m.ContainingType);
        bool math = Types.Is(owner, "System", "Math") || Types.Is(owner, "System", "MathF");
        bool kernelMath = Types.Is(owner, "Kernels", "KernelMath");
        var primitive = types.Held(owner);
        if (kernelMath && m.Name == "Select")
        {
            var v = Operands(InOrder(op));
            var condition = v[1].Atoms.Count > 1 ? Once(v[0].Scalar) : v[0].Scalar;
            return new(types.Of(op.Type!), [.. v[1].Atoms.Zip(v[2].Atoms, (x, y) => x is ScalarAtom a && y is ScalarAtom b ? (Atom)new ScalarAtom(Make.Select(condition, a.Value, b.Value)) : throw Fail(Krn.SpanBinding, op, "choose between two by an 'if' around the code that uses them"))]);
        }
        if (Types.Is(owner, "System.Runtime.CompilerServices", "Unsafe"))
        {
            if (m.Name == "SizeOf") return new(op.Type!, Int(SizeOf(m.TypeArguments[0], op)));
            if (m.Name == "BitCast" && types.Memory(m.TypeArguments[0]) is { } f && types.Memory(m.TypeArguments[1]) is { } t && f.Width() == t.Width() && f.Width() >= 32)
                return new(types.Of(op.Type!), Reinterpret(ScalarOf(op.Arguments[0].Value), t));
            throw Fail(Krn.UnknownCall, op, Keys.Of(m));
        }
        bool bits = Types.Is(owner, "System.Numerics", "BitOperations"), converter = Types.Is(owner, "System", "BitConverter");
        if (!math && !kernelMath && primitive is null && !bits && !converter) return null;

        if ((math || primitive is not null) && transcendental.Contains(m.Name) && !(primitive is { } p0 && p0.IsInteger()))
            throw Fail(Krn.UseKernelMath, op, $"{owner.Name}.{m.Name}", m.Name == "ScaleB" ? "Scale" : m.Name);
        if (primitive is not null && StorageType(owner) is { } storage) throw Fail(Krn.HalfArithmetic, op, storage);
        var type = types.Of(op.Type!);
        var operands = InOrder(op);
        // An operation is looked up before its operands are lowered: they are lowered again for a call otherwise.
        var kinds = operands.Select(o => o.Type is null ? null : types.Held(o.Type)).ToArray();
        if (kernelMath && !IsPrimitive(m)) return null;
        if (kinds.Any(k => k is null)) return Refuse();
        var result = converter ? Converted(m.Name) : bits ? BitOperation(m.Name) : Arithmetic(m.Name);
        if (result is null) return Refuse();
        return new(type, result);

        Value? Refuse() => kernelMath ? null : throw Fail(Krn.UnknownCall, op, Keys.Of(m));

        Expr[] Args() => [.. Operands(operands).Select(v => v.Scalar)];

        Expr Apply(Op o) { var a = Args(); return Make.Apply(o, a[0].Type, a); }

        Expr? Arithmetic(string name)
        {
            if (operands.Count == 0) return null;
            bool isFloat = kinds[0]!.Value.IsFloat();
            switch (name)
            {
                case "Abs" or "Min" or "Max": return Apply((Op)Enum.Parse(typeof(Op), name));
                case "Sqrt" or "Floor" or "Ceiling" or "Truncate" or "CopySign" when isFloat: return Apply((Op)Enum.Parse(typeof(Op), name));
                case "Round" when isFloat && operands.Count == 1: return Apply(Op.Round);
                case "Round" when isFloat && operands.Count == 2 && operands[1].ConstantValue is { HasValue: true, Value: 0 } && operands[1].Type?.Name == "MidpointRounding":
                    return Make.Apply(Op.Round, kinds[0]!.Value, ScalarOf(operands[0]));
                case "FusedMultiplyAdd" or "Fma" when isFloat && operands.Count == 3: return Apply(Op.Fma);
                case "MulAdd" or "MultiplyAddEstimate" when isFloat && operands.Count == 3: return Apply(Op.MulAdd);
                case "MinOrSecond" when kernelMath: return Apply(Op.MinOrSecond);
                case "MaxOrSecond" when kernelMath: return Apply(Op.MaxOrSecond);
                case "Scale" when kernelMath && kinds[0] == kinds[1]: return Apply(Op.Scale);
                case "ScaleNormal" when kernelMath && kinds[0] == kinds[1]: return Apply(Op.ScaleNormal);
                case "ToInt32InRange" when kernelMath: return Make.Apply(Op.ConvertInRange, ScalarType.I32, Args());
                case "ToInt64InRange" when kernelMath: return Make.Apply(Op.ConvertInRange, ScalarType.I64, Args());
            }
            if (kernelMath) return null;
            switch (name)
            {
                case "Clamp":
                    var c = Args().Select(Once).ToArray();
                    return Make.Select(Make.Compare(Op.Lt, c[0], c[1]), c[1], Make.Select(Make.Compare(Op.Gt, c[0], c[2]), c[2], c[0]));
                case "IsNaN" when isFloat: { var x = Once(Args()[0]); return Make.Compare(Op.Ne, x, x); }
                case "IsInfinity" when isFloat: { var x = Args()[0]; return Make.Compare(Op.Eq, Make.Apply(Op.Abs, x.Type, x), PrimitiveConstant("PositiveInfinity", x.Type)!); }
                case "IsFinite" when isFloat: { var x = Args()[0]; return Make.Compare(Op.Lt, Make.Apply(Op.Abs, x.Type, x), PrimitiveConstant("PositiveInfinity", x.Type)!); }
                case "IsPositiveInfinity" when isFloat: { var x = Args()[0]; return Make.Compare(Op.Eq, x, PrimitiveConstant("PositiveInfinity", x.Type)!); }
                case "IsNegativeInfinity" when isFloat: { var x = Args()[0]; return Make.Compare(Op.Eq, x, PrimitiveConstant("NegativeInfinity", x.Type)!); }
                case "IsNegative" when isFloat:
                    { var x = Args()[0]; var whole = x.Type == ScalarType.F32 ? ScalarType.I32 : ScalarType.I64; return Make.Compare(Op.Lt, Reinterpret(x, whole), Zero(whole)); }
                case "IsNegative": { var x = Args()[0]; return x.Type.IsSigned() ? Make.Compare(Op.Lt, x, Zero(x.Type)) : Make.False; }
                case "IsPositive" when !isFloat: { var x = Args()[0]; return x.Type.IsSigned() ? Make.Compare(Op.Ge, x, Zero(x.Type)) : Make.True; }
                case "IsZero": { var x = Args()[0]; return Make.Compare(Op.Eq, x, Zero(x.Type)); }
                case "IsPow2" when !isFloat: return PowerOfTwo(Args()[0]);
                case "Sign": { var x = Once(Args()[0]); return Make.Select(Make.Compare(Op.Gt, x, Zero(x.Type)), Int(1), Make.Select(Make.Compare(Op.Lt, x, Zero(x.Type)), Int(-1), Int(0))); }
                case "BigMul" when kinds[0] == ScalarType.I32: { var a = Args(); return Make.Binary(Op.Mul, Convert(a[0], ScalarType.I64), Convert(a[1], ScalarType.I64)); }
                case "BigMul" when kinds[0] == ScalarType.U32: { var a = Args(); return Make.Binary(Op.Mul, Convert(a[0], ScalarType.U64), Convert(a[1], ScalarType.U64)); }
                case "PopCount" or "LeadingZeroCount" or "TrailingZeroCount" when !isFloat && !types.Memory(owner)!.Value.IsNarrow(): return BitOperation(name) is { } e ? Convert(e, types.Held(type)!.Value) : null;
                case "RotateLeft" or "RotateRight" when !isFloat && !types.Memory(owner)!.Value.IsNarrow(): return BitOperation(name);
                case "CreateTruncating" or "CreateSaturating" or "CreateChecked":
                    var source = types.Memory(operands[0].Type!)!.Value;
                    var target = types.Memory(owner)!.Value;
                    if (!target.IsFloat() && (source.IsFloat() || name != "CreateTruncating" && !Fits(source, target))) return source.IsFloat() && name != "CreateChecked" && !target.IsNarrow() ? ConvertScalar(Args()[0], owner) : null;
                    return ConvertScalar(Args()[0], owner);
            }
            return null;
        }

        Expr? BitOperation(string name)
        {
            if (kinds[0] is not (ScalarType.I32 or ScalarType.U32 or ScalarType.I64 or ScalarType.U64)) return null;
            int width = kinds[0]!.Value.Width();
            switch (name)
            {
                case "PopCount": return Convert(Apply(Op.PopCount), ScalarType.I32);
                case "LeadingZeroCount": return Convert(Apply(Op.LeadingZeros), ScalarType.I32);
                case "TrailingZeroCount": return Convert(Apply(Op.TrailingZeros), ScalarType.I32);
                case "Log2":
                    var x = Args()[0];
                    return Make.Binary(Op.Sub, Int(width - 1), Convert(Make.Apply(Op.LeadingZeros, x.Type, Make.Binary(Op.Or, x, Int(1, x.Type))), ScalarType.I32));
                case "IsPow2": return PowerOfTwo(Args()[0]);
                case "RotateLeft" or "RotateRight":
                    var a = Args();
                    var unsigned = width == 32 ? ScalarType.U32 : ScalarType.U64;
                    var (v, n) = (Once(Reinterpret(a[0], unsigned)), Once(Convert(a[1], ScalarType.I32)));
                    Expr back = Make.Apply(Op.Neg, ScalarType.I32, n);
                    if (n is Const k) back = Int(-k.Integer() & (width - 1));
                    var (left, right) = name == "RotateLeft" ? (n, back) : (back, n);
                    return Reinterpret(Make.Binary(Op.Or, Make.Apply(Op.Shl, unsigned, v, left), Make.Apply(Op.Shr, unsigned, v, right)), a[0].Type);
            }
            return null;
        }

        Expr PowerOfTwo(Expr e)
        {
            var x = Once(e);
            var single = Make.Compare(Op.Eq, Make.Binary(Op.And, x, Make.Binary(Op.Sub, x, Int(1, x.Type))), Zero(x.Type));
            return Make.Apply(Op.And, ScalarType.Bool, Make.Compare(x.Type.IsSigned() ? Op.Gt : Op.Ne, x, Zero(x.Type)), single);
        }

        Expr? Converted(string name) => name switch
        {
            "SingleToInt32Bits" or "SingleToUInt32Bits" or "Int32BitsToSingle" or "UInt32BitsToSingle" or "DoubleToInt64Bits" or "DoubleToUInt64Bits" or "Int64BitsToDouble" or "UInt64BitsToDouble"
                => Reinterpret(Args()[0], types.Held(type)!.Value),
            _ => null,
        };

        static bool Fits(ScalarType source, ScalarType target) =>
            source.IsInteger() && (source.IsSigned() == target.IsSigned() ? source.Width() <= target.Width() : !source.IsSigned() && source.Width() < target.Width());
    }

    static List<IOperation> InOrder(IInvocationOperation op) => [.. op.Arguments.OrderBy(a => a.Parameter!.Ordinal).Select(a => a.Value)];

    /// Conversions of the storage types, which are methods in C#.
    Value? IntrinsicOperator(IMethodSymbol m, IReadOnlyList<Value> values) =>
        m.MethodKind == MethodKind.Conversion && values.Count == 1 && types.Held(values[0].Type) is not null && types.Held(m.ReturnType) is not null
            ? new(types.Of(m.ReturnType), ConvertScalar(values[0].Scalar, m.ReturnType)) : null;
}
