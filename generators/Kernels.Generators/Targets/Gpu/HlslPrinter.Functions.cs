namespace Kernels.Generators.Targets.Gpu;

/// Bit casts, and the functions of GLSL.std.450.
sealed partial class HlslPrinter
{
    (string, int) Bitcast(SpirvLine line)
    {
        uint from = module.Definitions[line.Args[0]].Type;
        switch (Type(from), Type(line.Type))
        {
            case ("float", "uint"):
                var single = Use(line.Args[0]);
                return single.Bits is { } word ? (word.Text, word.Level) : ($"asuint({single.Text})", 0);
            case ("uint", "float"):
                var given = Use(line.Args[0]);
                made.Bits = new(given.Text, given.Type, given.Level);
                return ($"asfloat({given.Text})", 0);
            case ("double", "uint2"):
                called.Add(HlslFunctions.Words);
                return Call(HlslFunctions.Words, line.Args[0]);
            case ("uint2", "double"):
                var pair = Use(line.Args[0]);
                return (pair.Text.StartsWith("uint2(", StringComparison.Ordinal) ? "asdouble" + pair.Text.Substring(5) : $"asdouble({pair.At(0)}.x, {pair.At(0)}.y)", 0);
            case ("uint64_t", "uint2"):
                var whole = Use(line.Args[0]);
                if (!whole.Trivial && !IsConstant(line.Args[0])) Named(whole);
                return ($"uint2(uint({whole.Text}), uint({whole.At(0)} >> 32ull))", 0);
            case ("uint2", "uint64_t"):
                var halves = Use(line.Args[0]);
                if (!halves.Trivial) Named(halves);
                return ($"uint64_t({halves.Text}.y) << 32ull | uint64_t({halves.Text}.x)", HlslValue.Or);
            case ("double", "uint64_t"):
                called.Add(HlslFunctions.Words);
                var x = Use(line.Args[0]);
                if (!x.Trivial) Named(x);
                return ($"uint64_t(words({x.Text}).y) << 32ull | uint64_t(words({x.Text}).x)", HlslValue.Or);
            case ("uint64_t", "double"):
                var bits = Use(line.Args[0]);
                if (!bits.Trivial && !IsConstant(line.Args[0])) Named(bits);
                return ($"asdouble(uint({bits.Text}), uint({bits.At(0)} >> 32ull))", 0);
            default: throw Unknown($"A bit cast of {Type(from)} to {Type(line.Type)}");
        }
    }

    (string, int) Extended(GlslOp op, SpirvLine line)
    {
        uint x = line.Args[2];
        bool isDouble = IsFloat(line.Type) && IsWide(line.Type);
        (string, int) Round(string function, uint how)
        {
            if (!isDouble) return Exact(Call(function, x));
            called.Add(HlslFunctions.Rounded);
            return Exact(($"{HlslFunctions.Rounded}({Text(x)}, {how}u)", 0));
        }
        switch (op)
        {
            case GlslOp.RoundEven: return Round("round", 0);
            case GlslOp.Trunc: return Round("trunc", 1);
            case GlslOp.Floor: return Round("floor", 2);
            case GlslOp.Ceil: return Round("ceil", 3);
            case GlslOp.FAbs: return Exact(Call("abs", x));
            case GlslOp.Sqrt:
                if (isDouble) called.Add(HlslFunctions.SquareRoot);
                return Exact(Call(isDouble ? HlslFunctions.SquareRoot : "sqrt", x));
            // Both give -1 of 0, as SPIR-V's.
            case GlslOp.FindILsb: return Call("firstbitlow", x);
            case GlslOp.FindUMsb: return Call("firstbithigh", x);
            default: throw Unknown($"The function {op}");
        }
    }
}
