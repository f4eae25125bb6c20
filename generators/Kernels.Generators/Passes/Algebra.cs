using Kernels.Generators.IR;
using static Kernels.Generators.IR.ScalarType;

namespace Kernels.Generators.Passes;

/// What an operation on constants gives, and the identities that let an operation disappear:
///
///     2 + 3 => 5      x * 1 => x      x - (-y) => x + y      (i + 1) + 2 => i + 3      x / 4.0 => x * 0.25
///
/// Integers wrap, so they form a ring. A float identity stands here only if it gives the same bits for every operand, infinities,
/// signed zeros and subnormals included (x + 0.0 is not one: -0 + 0 = 0), or under the FloatMode that allows it. Constants go to
/// the right, and a signed integer minus a constant becomes a sum.
static class Algebra
{
    /// Null if the operation has no one value: division by zero, or a MulAdd that rounding twice would change.
    public static Const? Evaluate(Op op, ScalarType type, IReadOnlyList<Const> args)
    {
        if (op == Op.LaneId) return null;
        ScalarType operand = args[op == Op.Select ? 1 : 0].Type;
        if (op is Op.Div or Op.Rem && operand.IsInteger() && args[1].Bits == 0) return null;
        ulong At(int k) => k < args.Count ? args[k].Bits : 0;
        ulong bits = Operations.Evaluate(op, type, operand, At(0), At(1), At(2), fused: true);
        if (op == Op.MulAdd && bits != Operations.Evaluate(op, type, operand, At(0), At(1), At(2), fused: false)) return null;
        return new(type, bits);
    }

    /// The operation's arguments are simplified already.
    public static Expr Simplify(Apply e, FloatMode mode)
    {
        if (e.Args.Count > 0 && e.Args.All(x => x is Const))
            return (Expr?)Evaluate(e.Op, e.Type, e.Args.Map(x => (Const)x)) ?? e;
        if (Commutes(e.Op) && e.Args[0] is Const && e.Args[1] is not Const)
            e = e with { Args = e.Args.Count == 2 ? [e.Args[1], e.Args[0]] : [e.Args[1], e.Args[0], e.Args[2]] };
        var simpler = e.Op is Op.Select or Op.Convert or Op.Bits or Op.Not or Op.Neg or Op.Abs || e.Op.IsCompare() ? Structural(e)
            : e.Type == Bool ? Logical(e)
            : e.Type.IsFloat() ? Float(e, mode)
            : e.Args.Count == 2 ? Integer(e) : e;
        return LosesCheck(e, simpler) ? e : simpler;
    }

    /// A Checked load raises an error whether or not its value is used. One that stands twice, as in x & x, may go once.
    static bool LosesCheck(Expr before, Expr after)
    {
        if (ReferenceEquals(before, after)) return false;
        foreach (var x in before.Tree())
            if (x is Load { Checked: true } && !after.Tree().Contains(x)) return true;
        return false;
    }

    public static bool Commutes(Op op) => op is Op.Add or Op.Mul or Op.Min or Op.Max or Op.And or Op.Or or Op.Xor or Op.Eq or Op.Ne or Op.Fma or Op.MulAdd;

    static Expr Structural(Apply e)
    {
        var a = e.Args[0];
        var b = e.Args.Count > 1 ? e.Args[1] : a;
        return e.Op switch
        {
            Op.Select when a is Const c => c.Bits != 0 ? b : e.Args[2],
            Op.Select when b.Equals(e.Args[2]) => b,
            Op.Select when a is Apply { Op: Op.Not } n => Simplify(e with { Args = [n.Args[0], e.Args[2], b] }, FloatMode.Strict),
            Op.Select when b is Const { Type: Bool, Bits: 1 } && e.Args[2] is Const { Bits: 0 } => a,
            Op.Convert when a.Type == e.Type => a,
            // There and back through a wider type that holds every value.
            Op.Convert when a is Apply { Op: Op.Convert } inner && inner.Args[0].Type == e.Type && Holds(inner.Type, e.Type) => inner.Args[0],
            Op.Bits when a.Type == e.Type => a,
            Op.Bits when a is Apply { Op: Op.Bits } inner => Structural(e with { Args = inner.Args }),
            Op.Not when a is Apply { Op: Op.Not } inner => inner.Args[0],
            Op.Not when a is Apply { Op: Op.Eq } q => q with { Op = Op.Ne },
            Op.Not when a is Apply { Op: Op.Ne } q => q with { Op = Op.Eq },
            Op.Not when a is Apply { Op: Op.Lt or Op.Le or Op.Gt or Op.Ge } q && q.Args[0].Type.IsInteger() => q with
            {
                Op = q.Op switch { Op.Lt => Op.Ge, Op.Le => Op.Gt, Op.Gt => Op.Le, _ => Op.Lt },
            },
            Op.Neg when a is Apply { Op: Op.Neg } inner => inner.Args[0],
            Op.Abs when a is Apply { Op: Op.Neg or Op.Abs } inner && e.Type.IsFloat() => Make.Apply(Op.Abs, e.Type, inner.Args[0]),
            _ when e.Op.IsCompare() && a.Equals(b) && !a.Type.IsFloat() => e.Op is Op.Eq or Op.Le or Op.Ge ? Make.True : Make.False,
            Op.Eq when b is Const { Type: Bool } c => c.Bits != 0 ? a : Make.Not(a),
            Op.Ne when b is Const { Type: Bool } c => c.Bits == 0 ? a : Make.Not(a),
            _ => e,
        };
    }

    static bool Holds(ScalarType wide, ScalarType narrow) => (wide, narrow) switch
    {
        (F64, F32 or I32 or U32) => true,
        (F32 or F64, F16 or BF16 or I8 or U8 or I16 or U16) => true,
        (I64 or U64, I32 or U32) => true,
        _ => wide.IsInteger() && narrow.IsInteger() && wide.Width() > narrow.Width(),
    };

    static Expr Logical(Apply e)
    {
        if (e.Args.Count != 2) return e;
        var (a, b) = (e.Args[0], e.Args[1]);
        return e.Op switch
        {
            Op.And when b is Const c => c.Bits != 0 ? a : Make.False,
            Op.Or when b is Const c => c.Bits != 0 ? Make.True : a,
            Op.Xor when b is Const c => c.Bits != 0 ? Make.Not(a) : a,
            Op.And or Op.Or when a.Equals(b) => a,
            Op.Xor when a.Equals(b) => Make.False,
            _ => e,
        };
    }

    static Expr Integer(Apply e)
    {
        var (a, b) = (e.Args[0], e.Args[1]);
        var zero = Make.Int(0, e.Type);
        if (b is Const c)
        {
            ulong ones = e.Type.Mask();
            switch (e.Op)
            {
                case Op.Sub when c.Bits != 0 && e.Type.IsSigned(): return Integer(new(Op.Add, e.Type, [a, Make.Int(-c.Integer(), e.Type)]));
                case Op.Add or Op.Sub or Op.Or or Op.Xor when c.Bits == 0: return a;
                case Op.Shl or Op.Shr when (c.Bits & (ulong)(e.Type.Width() - 1)) == 0: return a;
                case Op.Mul or Op.And when c.Bits == 0: return zero;
                case Op.Mul or Op.Div when c.Bits == 1: return a;
                case Op.Rem when c.Bits == 1: return zero;
                case Op.And when c.Bits == ones: return a;
                case Op.Or when c.Bits == ones: return b;
                // (x op c1) op c2
                case Op.Add or Op.Mul or Op.And or Op.Or or Op.Xor when Pair(a, e.Op, out var x, out var y) && y is Const d:
                    return Integer(e with { Args = [x, Evaluate(e.Op, e.Type, [d, c])!] });
            }
        }
        return e.Op switch
        {
            Op.Add when a is Const { Bits: 0 } => b,
            Op.Sub or Op.Xor when a.Equals(b) => zero,
            Op.And or Op.Or or Op.Min or Op.Max or Op.MinOrSecond or Op.MaxOrSecond when a.Equals(b) => a,
            // Constants float to the top of a sum, where they meet.
            Op.Add when Pair(a, Op.Add, out var x, out var y) && y is Const c1 && b is not Const => Integer(new(Op.Add, e.Type, [Integer(new(Op.Add, e.Type, [x, b])), c1])),
            Op.Add when Pair(b, Op.Add, out var x, out var y) && y is Const c2 => Integer(new(Op.Add, e.Type, [Integer(new(Op.Add, e.Type, [a, x])), c2])),
            Op.Add when b is Apply { Op: Op.Neg } n => new Apply(Op.Sub, e.Type, [a, n.Args[0]]),
            Op.Sub when b is Apply { Op: Op.Neg } n => Integer(new(Op.Add, e.Type, [a, n.Args[0]])),
            Op.Sub when Pair(a, Op.Add, out var x, out var y) => x.Equals(b) ? y : y.Equals(b) ? x : e,
            _ => e,
        };
    }

    static bool Pair(Expr e, Op op, out Expr x, out Expr y)
    {
        bool matches = e is Apply { Args.Count: 2 } a && a.Op == op;
        (x, y) = matches ? (((Apply)e).Args[0], ((Apply)e).Args[1]) : (e, e);
        return matches;
    }

    static Expr Float(Apply e, FloatMode mode)
    {
        if (e.Args.Count != 2) return e;
        var (a, b) = (e.Args[0], e.Args[1]);
        bool zeros = (mode & FloatMode.NoSignedZero) != 0, finite = (mode & FloatMode.Finite) != 0;
        if (b is Const c)
        {
            ulong sign = 1UL << (e.Type.Width() - 1);
            switch (e.Op)
            {
                case Op.Mul or Op.Div when c.Bits == One(e.Type): return a;
                case Op.Mul or Op.Div when c.Bits == (One(e.Type) | sign): return new Apply(Op.Neg, e.Type, [a]);
                case Op.Sub when c.Bits == 0: return a;
                case Op.Add when c.Bits == sign: return a;
                case Op.Add or Op.Sub when zeros && (c.Bits & ~sign) == 0: return a;
                case Op.Mul when zeros && finite && (c.Bits & ~sign) == 0: return b;
                case Op.Div when Reciprocal(c) is { } r: return new Apply(Op.Mul, e.Type, [a, r]);
            }
        }
        return e.Op switch
        {
            Op.Add when b is Apply { Op: Op.Neg } n => new Apply(Op.Sub, e.Type, [a, n.Args[0]]),
            Op.Add when a is Apply { Op: Op.Neg } n => new Apply(Op.Sub, e.Type, [b, n.Args[0]]),
            Op.Sub when b is Apply { Op: Op.Neg } n => new Apply(Op.Add, e.Type, [a, n.Args[0]]),
            Op.Mul or Op.Div when a is Apply { Op: Op.Neg } n && b is Apply { Op: Op.Neg } m => new Apply(e.Op, e.Type, [n.Args[0], m.Args[0]]),
            Op.Sub when finite && zeros && a.Equals(b) => new Const(e.Type, 0),
            Op.Min or Op.Max or Op.MinOrSecond or Op.MaxOrSecond when a.Equals(b) => a,
            _ => e,
        };
    }

    static ulong One(ScalarType type) => type == F32 ? 0x3F800000UL : 0x3FF0000000000000UL;

    /// 1/c if c is a power of two and both are normal: then x / c and x * (1/c) are the same real number before rounding.
    static Const? Reciprocal(Const c)
    {
        int fraction = c.Type == F32 ? 23 : 52, width = c.Type.Width(), top = c.Type == F32 ? 254 : 2046;
        if ((c.Bits & ((1UL << fraction) - 1)) != 0) return null;
        ulong sign = c.Bits >> (width - 1);
        int exponent = (int)(c.Bits >> fraction & (ulong)(top + 1)), inverse = top - exponent;
        return exponent < 1 || exponent > top || inverse < 1 ? null : new(c.Type, sign << (width - 1) | (ulong)inverse << fraction);
    }
}
