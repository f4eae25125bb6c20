using System.Text;
using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using Kernels.Generators.Tests.Targets;
using static Kernels.Generators.IR.ScalarType;

namespace Kernels.Generators.Tests;

/// Every row of the table means what the interpreter's operation does: on variables, which the JIT compiles, and on literals, which the C# compiler folds.
public unsafe class ScalarTableTests
{
    static readonly ScalarType[] integers = [I32, U32, I64, U64], floats = [F32, F64], all = [Bool, I8, U8, I16, U16, I32, U32, I64, U64, F16, BF16, F32, F64];
    static readonly Op[] ofInteger = [Op.Add, Op.Sub, Op.Mul, Op.Neg, Op.Abs, Op.Min, Op.Max, Op.And, Op.Or, Op.Xor, Op.Not, Op.Shl, Op.Shr, Op.PopCount, Op.LeadingZeros, Op.TrailingZeros],
        ofFloat = [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Neg, Op.Abs, Op.Min, Op.Max, Op.MinOrSecond, Op.MaxOrSecond, Op.Sqrt, Op.Floor, Op.Ceiling, Op.Truncate, Op.Round, Op.CopySign, Op.Fma, Op.MulAdd],
        compare = [Op.Eq, Op.Ne, Op.Lt, Op.Le, Op.Gt, Op.Ge];

    static ulong[] Samples(ScalarType t) => t switch
    {
        Bool => [0, 1],
        F16 => [0, 0x8000, 0x3C00, 0xC110, 0x7BFF, 0x7C00, 0x7E00, 1],
        BF16 => [0, 0x8000, 0x3F80, 0xC049, 0x7F7F, 0xFF80, 0x7FC0, 1],
        F32 => [.. new[] { 0f, -0f, 1f, -2.5f, 3.5f, 0.1f, 16777217f, 3e9f, -3e9f, 1e20f, -1e20f, float.Epsilon, float.MaxValue, float.NegativeInfinity, float.NaN, 65519.99f, 1.00390625f }.Select(x => (ulong)BitConverter.SingleToUInt32Bits(x))],
        F64 => [.. new[] { 0d, -0d, 1d, -2.5, 3.5, 0.1, 1.00390625000001, 9007199254740993d, 4294967295.5, -2147483649d, 1e19, 1e300, -1e300, double.Epsilon, double.PositiveInfinity, double.NaN, 65519.999 }.Select(BitConverter.DoubleToUInt64Bits)],
        _ => [.. new long[] { 0, 1, 2, 7, -1, -3, 100, 31, 33, 64, int.MaxValue, int.MinValue, 0x1000001, long.MaxValue, long.MinValue, 0x4000_0040_0000_0001 }.Select(x => (ulong)x & t.Mask()).Distinct()],
    };

    static IEnumerable<Apply> Rows()
    {
        static Apply Row(Op op, ScalarType result, params ScalarType[] operands) => new(op, result, operands.Select((t, k) => (Expr)new Use(new("abc"[k].ToString(), t))).ToSequence());
        static int Arity(Op op) => op is Op.Fma or Op.MulAdd ? 3 : op is Op.Neg or Op.Abs or Op.Not or Op.PopCount or Op.LeadingZeros or Op.TrailingZeros or Op.Sqrt or Op.Floor or Op.Ceiling or Op.Truncate or Op.Round ? 1 : 2;
        foreach (var t in integers)
            foreach (var op in ofInteger) yield return op is Op.Shl or Op.Shr ? Row(op, t, t, I32) : Row(op, t, [.. Enumerable.Repeat(t, Arity(op))]);
        foreach (var t in floats)
            foreach (var op in ofFloat) yield return Row(op, t, [.. Enumerable.Repeat(t, Arity(op))]);
        foreach (var op in compare)
            foreach (var t in integers.Concat(floats)) yield return Row(op, Bool, t, t);
        foreach (var op in new[] { Op.And, Op.Or, Op.Xor, Op.Eq, Op.Ne }) yield return Row(op, Bool, Bool, Bool);
        yield return Row(Op.Not, Bool, Bool);
        foreach (var from in all)
            foreach (var to in all)
            {
                if (from != Bool && to != Bool) yield return Row(Op.Convert, to, from);
                if (from != to && from.Width() == to.Width() && from != Bool && from.Width() >= 32) yield return Row(Op.Bits, to, from);
            }
    }

    /// As bits: a method returns its value's bits whatever its type.
    static string AsBits(ScalarType t, string value) => t switch
    {
        Bool => $"({value} ? 1ul : 0ul)",
        F32 => $"System.BitConverter.SingleToUInt32Bits({value})",
        F64 => $"System.BitConverter.DoubleToUInt64Bits({value})",
        _ => $"((ulong)({value}) & 0x{t.Mask():X}ul)",
    };

    static string FromBits(ScalarType t, string bits) => t switch
    {
        Bool => $"{bits} != 0",
        F32 => $"System.BitConverter.UInt32BitsToSingle((uint){bits})",
        F64 => $"System.BitConverter.UInt64BitsToDouble({bits})",
        _ => $"({t.CSharp()}){bits}",
    };

    static bool Same(ScalarType t, ulong a, ulong b) => a == b || IsNaN(t, a) && IsNaN(t, b);

    static bool IsNaN(ScalarType t, ulong bits) => t switch
    {
        F16 => (bits & 0x7FFF) > 0x7C00,
        BF16 => (bits & 0x7FFF) > 0x7F80,
        F32 => float.IsNaN(BitConverter.UInt32BitsToSingle((uint)bits)),
        F64 => double.IsNaN(BitConverter.UInt64BitsToDouble(bits)),
        _ => false,
    };

    [Fact]
    public void Every_row_computes_what_the_interpreter_does()
    {
        var code = new StringBuilder("#pragma warning disable\npublic static unsafe class F0 {\n");
        var cases = new List<(string What, ulong Expected, ScalarType Type)>();
        var calls = new StringBuilder();
        int row = 0;
        foreach (bool fused in new[] { false, true })
            foreach (var apply in Rows().Where(r => !fused || r.Op == Op.MulAdd))
            {
                var operands = apply.Args.Select(a => a.Type).ToList();
                var printer = new ScalarPrinter(fused);
                string locals = string.Concat(operands.Select((t, k) => $"{t.CSharp()} {"abc"[k]} = {FromBits(t, "xyz"[k].ToString())}; "));
                code.Append($"static ulong R{++row}(ulong x, ulong y, ulong z) {{ unchecked {{ {locals}return {AsBits(apply.Type, printer.Print(apply))}; }} }}\n");
                int sample = 0;
                ulong[] Values(int k) => k >= operands.Count ? [0] : operands.Count < 3 ? Samples(operands[k]) : [.. Samples(operands[k]).Where((_, i) => (i + k) % 2 == 0)];
                foreach (ulong a in Values(0))
                    foreach (ulong b in Values(1))
                        foreach (ulong c in Values(2))
                        {
                            var bits = new[] { a, b, c };
                            ulong expected = Operations.Evaluate(apply.Op, apply.Type, operands[0], a, b, c, fused);
                            calls.Append($"p[{cases.Count}] = R{row}({a}ul, {b}ul, {c}ul);\n");
                            cases.Add(($"{printer.Print(apply)} of 0x{a:X}, 0x{b:X}, 0x{c:X}", expected, apply.Type));
                            if (sample++ % 7 != 0) continue;
                            var literals = apply with { Args = operands.Select((t, k) => (Expr)new Const(t, bits[k])).ToSequence() };
                            calls.Append($"p[{cases.Count}] = unchecked({AsBits(apply.Type, printer.Print(literals))});\n");
                            cases.Add((printer.Print(literals), expected, apply.Type));
                        }
            }
        // Some thousand statements a method: one method of all would exceed what the compilers like.
        string[] statements = calls.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int parts = 0;
        foreach (var part in statements.Chunk(2000)) code.Append($"static void P{parts++}(ulong* p) {{\n{string.Join('\n', part)}\n}}\n");
        code.Append("public static int Scalar(ulong* p) {\n").Append(string.Concat(Enumerable.Range(0, parts).Select(k => $"P{k}(p); "))).Append("return 0; }\n}");
        var actual = new ulong[cases.Count];
        fixed (ulong* p = actual) CompiledCores.Compile(code.ToString()).Run(0, CpuTarget.All.First(t => t.Method == "Scalar"), (nint)p);
        var wrong = cases.Select((c, k) => (c.What, c.Expected, Actual: actual[k], Ok: Same(c.Type, c.Expected, actual[k]))).Where(c => !c.Ok).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Count}:\n" + string.Join("\n", wrong.GroupBy(w => w.What.Split(" of ")[0]).Select(g => g.First()).Take(25).Select(w => $"{w.What}: 0x{w.Actual:X}, not 0x{w.Expected:X}")));
        Assert.True(cases.Count > 5000);
    }
}
