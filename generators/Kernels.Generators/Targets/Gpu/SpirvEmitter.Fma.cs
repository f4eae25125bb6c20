using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// Fma, one rounding, of operations that each round once: Vulkan's own may round twice. Asks for rounding to nearest (a device property), which the errors below rest on.
sealed partial class SpirvEmitter
{
    uint Sum(uint a, uint b) => Exactly(SpirvOp.FAdd, ScalarType.F64, a, b);
    uint Difference(uint a, uint b) => Exactly(SpirvOp.FSub, ScalarType.F64, a, b);
    uint Product(uint a, uint b) => Exactly(SpirvOp.FMul, ScalarType.F64, a, b);

    void RoundToNearest()
    {
        TypeOf(ScalarType.F64);
        foreach (uint width in new uint[] { 32, 64 })
        {
            module.Mode(SpirvMode.RoundingModeRTE, width);
            KeepSpecials(width == 32 ? ScalarType.F32 : ScalarType.F64);
        }
        module.Require(SpirvCapability.RoundingModeRTE);
    }

    /// The rounded sum of doubles and its error (Knuth), exact where nothing overflows.
    (uint Sum, uint Error) TwoSum(uint a, uint b)
    {
        uint sum = Sum(a, b), t = Difference(sum, a);
        return (sum, Sum(Difference(a, Difference(sum, t)), Difference(b, t)));
    }

    /// a + b rounded to odd: an inexact sum with an even last bit moves one step to the side of its error. What is rounded again to two bits less, or is added to what is
    /// far larger, is then as if rounded once.
    uint SumToOdd(uint a, uint b)
    {
        const ScalarType F64 = ScalarType.F64;
        var (sum, error) = TwoSum(a, b);
        uint zero = Float(F64, 0), high = HighWord(F64, sum), low = LowWord(sum);
        uint inexact = Either(Ordered(Op.Lt, F64, error, zero), Ordered(Op.Gt, F64, error, zero)); // not where the error is NaN
        uint even = Compare(SpirvOp.IEqual, And(low, 1), Word(0));
        uint moves = Both(inexact, Both(even, Compare(SpirvOp.ULessThan, And(high, 0x7FFF_FFFF), Word(0x7FF0_0000))));
        uint away = Compare(SpirvOp.ULessThan, module.Make(SpirvOp.BitwiseXor, word, high, HighWord(F64, error)), Word(0x8000_0000)); // equal signs
        uint borrows = Both(module.Make(SpirvOp.LogicalNot, boolean, away), Compare(SpirvOp.IEqual, low, Word(0)));
        uint oddLow = module.Make(SpirvOp.IAdd, word, low, Choose(ScalarType.U32, away, Word(1), Word(uint.MaxValue)));
        uint oddHigh = Choose(ScalarType.U32, borrows, module.Make(SpirvOp.ISub, word, high, Word(1)), high);
        return Choose(F64, moves, module.Make(SpirvOp.Bitcast, TypeOf(F64), module.Make(SpirvOp.CompositeConstruct, Pair, oddLow, oddHigh)), sum);
    }

    uint And(uint x, uint mask) => module.Make(SpirvOp.BitwiseAnd, word, x, Word(mask));
    uint Both(uint a, uint b) => module.Make(SpirvOp.LogicalAnd, boolean, a, b);
    uint Either(uint a, uint b) => module.Make(SpirvOp.LogicalOr, boolean, a, b);

    /// Of floats: the product is exact in double, and nothing of float's range overflows or underflows there.
    uint FusedSingle(uint a, uint b, uint c)
    {
        RoundToNearest();
        uint Wide(uint x) => module.Make(SpirvOp.FConvert, TypeOf(ScalarType.F64), x);
        return module.Make(SpirvOp.FConvert, TypeOf(ScalarType.F32), SumToOdd(Product(Wide(a), Wide(b)), Wide(c)));
    }

    /// Of doubles: Boldo and Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd" (IEEE Trans. Computers 57, 2008), algorithm 5, on significands, whose
    /// product and sum neither overflow nor underflow. Operands below 2^-1022 and results there are as rounded as Vulkan, which may flush them, promises of any operation.
    uint FusedDouble(uint a, uint b, uint c)
    {
        const ScalarType F64 = ScalarType.F64;
        const int Apart = 130; // powers of two beyond which the lesser addend only decides on which side the sum lies
        RoundToNearest();
        uint Field(uint x) => And(Shift(SpirvOp.ShiftRightLogical, HighWord(F64, x), 20), 0x7FF);
        uint Significand(uint x) => WithHighWord(F64, x, module.Make(SpirvOp.BitwiseOr, word, And(HighWord(F64, x), 0x800F_FFFF), Word(0x3FF0_0000)));
        uint IsNormal(uint field) => Compare(SpirvOp.ULessThan, module.Make(SpirvOp.ISub, word, field, Word(1)), Word(0x7FE));
        uint Negated(int value) => Word(unchecked((uint)-value));

        uint fieldA = Field(a), fieldB = Field(b), fieldC = Field(c);
        uint exponent = module.Make(SpirvOp.ISub, word, module.Make(SpirvOp.IAdd, word, fieldA, fieldB), Word(2 * 1023)), exponentC = module.Make(SpirvOp.ISub, word, fieldC, Word(1023));
        uint distance = module.Make(SpirvOp.ISub, word, exponentC, exponent), far = Ordered(Op.Gt, ScalarType.I32, distance, Word(Apart));
        uint clamped = Choose(ScalarType.I32, far, Word(Apart), Choose(ScalarType.I32, Ordered(Op.Lt, ScalarType.I32, distance, Negated(Apart)), Negated(Apart), distance));
        uint scale = Choose(ScalarType.I32, far, module.Make(SpirvOp.ISub, word, exponentC, Word(Apart)), exponent);
        uint x = Significand(a), y = Significand(b);
        uint addend = Choose(F64, Compare(SpirvOp.IEqual, fieldC, Word(0)), WithHidden(F64, 0), Product(Significand(c), PowerOfTwo(F64, clamped)));

        // The exact product (Dekker), of halves of 26 bits.
        (uint High, uint Low) Split(uint v)
        {
            uint t = Product(v, Float(F64, (1 << 27) + 1)), high = Difference(t, Difference(t, v));
            return (high, Difference(v, high));
        }
        var (xh, xl) = Split(x);
        var (yh, yl) = Split(y);
        uint product = Product(x, y);
        uint rest = Sum(Sum(Sum(Difference(Product(xh, yh), product), Product(xh, yl)), Product(xl, yh)), Product(xl, yl));

        var (th, tl) = TwoSum(addend, rest);
        var (vh, vl) = TwoSum(product, th);
        uint result = Sum(vh, SumToOdd(tl, vl)), half = Shift(SpirvOp.ShiftRightArithmetic, scale, 1);
        result = Product(Product(result, PowerOfTwo(F64, half)), PowerOfTwo(F64, module.Make(SpirvOp.ISub, word, scale, half)));
        // With a zero factor, infinities and NaN there is nothing to round.
        uint usual = Both(Both(IsNormal(fieldA), IsNormal(fieldB)), Compare(SpirvOp.INotEqual, fieldC, Word(0x7FF)));
        return Choose(F64, usual, result, Sum(Product(a, b), c));
    }
}
