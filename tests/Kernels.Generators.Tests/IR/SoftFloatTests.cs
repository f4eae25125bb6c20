using System.Numerics;
using Kernels.Generators.IR;

namespace Kernels.Generators.Tests.IR;

/// The compiler's own float arithmetic against the runtime's, on every pairing of special values and on random bits. Bit for bit; NaNs compare as one value.
public class SoftFloatTests
{
    const int Samples = 200_000;

    static readonly double[] doubles =
    [
        0.0, -0.0, 1, -1, 1.5, 2.5, -2.5, 0.5, 3, 1e300, -1e300, 1e-300, double.Epsilon, -double.Epsilon, 2 * double.Epsilon, double.MaxValue, double.MinValue,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN, 2.2250738585072014e-308, 2.225073858507201e-308, 1 + double.Epsilon, 4503599627370495.5, 4503599627370497.5,
        9223372036854775808.0, -9223372036854775808.0, 18446744073709551616.0, 2147483647, 2147483648, -2147483649.0, 4294967295, 4294967296, 65504, 65520, 6e-8, 3e-8, 1.0 / 3,
    ];

    static readonly float[] singles =
    [
        .. doubles.Select(x => (float)x), float.Epsilon, 3 * float.Epsilon, float.MaxValue, float.MinValue, 1.17549435E-38f, 1.1754942E-38f, 1 + 1.1920929E-07f, 8388607.5f, 16777217f,
    ];

    /// Random bits; half of the time an exponent near 0, so that sums cancel and products stay in range.
    static IEnumerable<double> RandomDoubles(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            ulong bits = (ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64();
            if (random.Next(2) == 0) bits = bits & 0x800F_FFFF_FFFF_FFFF | (ulong)(1023 + random.Next(-60, 60)) << 52;
            if (random.Next(4) == 0) bits &= ~0UL << random.Next(52);
            yield return BitConverter.UInt64BitsToDouble(bits);
        }
    }

    static IEnumerable<float> RandomSingles(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            uint bits = (uint)random.NextInt64();
            if (random.Next(2) == 0) bits = bits & 0x807F_FFFF | (uint)(127 + random.Next(-30, 30)) << 23;
            if (random.Next(4) == 0) bits &= ~0U << random.Next(23);
            yield return BitConverter.UInt32BitsToSingle(bits);
        }
    }

    static IEnumerable<T[]> Tuples<T>(T[] special, IEnumerable<T> random, int size)
    {
        int count = (int)Math.Pow(special.Length, size);
        for (int k = 0; k < count; k++)
        {
            var tuple = new T[size];
            for (int j = 0, rest = k; j < size; j++, rest /= special.Length) tuple[j] = special[rest % special.Length];
            yield return tuple;
        }
        using var e = random.GetEnumerator();
        for (int k = 0; k < Samples; k++)
        {
            var tuple = new T[size];
            for (int j = 0; j < size; j++) { e.MoveNext(); tuple[j] = e.Current; }
            yield return tuple;
        }
    }

    static void Same(double expected, double actual, params object[] of)
    {
        if (double.IsNaN(expected) && double.IsNaN(actual)) return;
        if (BitConverter.DoubleToUInt64Bits(expected) != BitConverter.DoubleToUInt64Bits(actual))
            Assert.Fail($"{string.Join(", ", of)}: expected {expected:R}, got {actual:R}");
    }

    static double Eval(Op op, params double[] x) => BitConverter.UInt64BitsToDouble(Operations.Evaluate(op, ScalarType.F64, ScalarType.F64,
        BitConverter.DoubleToUInt64Bits(x[0]), x.Length > 1 ? BitConverter.DoubleToUInt64Bits(x[1]) : 0, x.Length > 2 ? BitConverter.DoubleToUInt64Bits(x[2]) : 0, false));

    static float Eval(Op op, params float[] x) => BitConverter.UInt32BitsToSingle((uint)Operations.Evaluate(op, ScalarType.F32, ScalarType.F32,
        BitConverter.SingleToUInt32Bits(x[0]), x.Length > 1 ? BitConverter.SingleToUInt32Bits(x[1]) : 0, x.Length > 2 ? BitConverter.SingleToUInt32Bits(x[2]) : 0, false));

    [Fact]
    public void Double_fma_is_the_runtimes()
    {
        foreach (var t in Tuples(doubles, RandomDoubles(1), 3)) Same(Math.FusedMultiplyAdd(t[0], t[1], t[2]), SoftFloat.Fma(t[0], t[1], t[2]), t[0], t[1], t[2]);
    }

    [Fact]
    public void Double_fma_that_almost_cancels_is_exact()
    {
        using var r = RandomDoubles(2).GetEnumerator();
        for (int k = 0; k < Samples; k++)
        {
            r.MoveNext(); double a = r.Current;
            r.MoveNext(); double b = r.Current;
            foreach (double c in new[] { -(a * b), -Math.BitIncrement(a * b), Math.BitDecrement(-(a * b)) * 0.5 })
                Same(Math.FusedMultiplyAdd(a, b, c), SoftFloat.Fma(a, b, c), a, b, c);
        }
    }

    [Fact]
    public void Single_fma_is_the_runtimes()
    {
        foreach (var t in Tuples(singles, RandomSingles(3), 3)) Same(MathF.FusedMultiplyAdd(t[0], t[1], t[2]), SoftFloat.Fma(t[0], t[1], t[2]), t[0], t[1], t[2]);
    }

    [Theory]
    [InlineData(nameof(Op.Add)), InlineData(nameof(Op.Sub)), InlineData(nameof(Op.Mul)), InlineData(nameof(Op.Div)), InlineData(nameof(Op.Min)), InlineData(nameof(Op.Max))]
    [InlineData(nameof(Op.CopySign)), InlineData(nameof(Op.MinOrSecond)), InlineData(nameof(Op.MaxOrSecond))]
    public void Binary_operations_are_the_runtimes(string name)
    {
        var op = Enum.Parse<Op>(name);
        foreach (var t in Tuples(doubles, RandomDoubles(4), 2))
        {
            double a = t[0], b = t[1];
            Same(op switch
            {
                Op.Add => a + b, Op.Sub => a - b, Op.Mul => a * b, Op.Div => a / b, Op.Min => Math.Min(a, b), Op.Max => Math.Max(a, b), Op.CopySign => Math.CopySign(a, b),
                Op.MinOrSecond => a < b ? a : b, _ => a > b ? a : b,
            }, Eval(op, a, b), a, b);
        }
        foreach (var t in Tuples(singles, RandomSingles(5), 2))
        {
            float a = t[0], b = t[1];
            Same(op switch
            {
                Op.Add => a + b, Op.Sub => a - b, Op.Mul => a * b, Op.Div => a / b, Op.Min => MathF.Min(a, b), Op.Max => MathF.Max(a, b), Op.CopySign => MathF.CopySign(a, b),
                Op.MinOrSecond => a < b ? a : b, _ => a > b ? a : b,
            }, Eval(op, a, b), a, b);
        }
    }

    [Fact]
    public void Unary_operations_are_the_runtimes()
    {
        foreach (var t in Tuples(doubles, RandomDoubles(6), 1))
        {
            double x = t[0];
            Same(Math.Sqrt(x), Eval(Op.Sqrt, x), "Sqrt", x);
            Same(Math.Floor(x), Eval(Op.Floor, x), "Floor", x);
            Same(Math.Ceiling(x), Eval(Op.Ceiling, x), "Ceiling", x);
            Same(Math.Truncate(x), Eval(Op.Truncate, x), "Truncate", x);
            Same(Math.Round(x), Eval(Op.Round, x), "Round", x);
            Same(Math.Abs(x), Eval(Op.Abs, x), "Abs", x);
            Same(-x, Eval(Op.Neg, x), "Neg", x);
        }
        foreach (var t in Tuples(singles, RandomSingles(7), 1))
        {
            float x = t[0];
            Same(MathF.Sqrt(x), Eval(Op.Sqrt, x), "Sqrt", x);
            Same(MathF.Floor(x), Eval(Op.Floor, x), "Floor", x);
            Same(MathF.Ceiling(x), Eval(Op.Ceiling, x), "Ceiling", x);
            Same(MathF.Truncate(x), Eval(Op.Truncate, x), "Truncate", x);
            Same(MathF.Round(x), Eval(Op.Round, x), "Round", x);
        }
    }

    [Fact]
    public void Scale_rounds_once()
    {
        var random = new Random(8);
        for (int k = 0; k < Samples; k++)
        {
            double x = (random.NextDouble() + 1) * Math.Pow(2, random.Next(-20, 20)) * (random.Next(2) * 2 - 1);
            int n = random.Next(4) == 0 ? random.Next(-2000, 2001) : random.Next(-1090, -1000);
            Same(Math.ScaleB(x, n), Eval(Op.Scale, x, n), x, n);
            float y = (float)x;
            int m = random.Next(2) == 0 ? random.Next(-250, 251) : random.Next(-155, -120);
            Same(MathF.ScaleB(y, m), Eval(Op.Scale, y, m), y, m);
        }
    }

    static ulong Convert(ScalarType to, ScalarType from, ulong bits) => Operations.Evaluate(Op.Convert, to, from, bits, 0, 0, false);

    [Fact]
    public void Every_half_widens_exactly()
    {
        for (int k = 0; k < 65536; k++)
        {
            var half = BitConverter.UInt16BitsToHalf((ushort)k);
            Same((double)half, BitConverter.UInt64BitsToDouble(Convert(ScalarType.F64, ScalarType.F16, (ulong)k)), half);
            Same((float)half, BitConverter.UInt32BitsToSingle((uint)Convert(ScalarType.F32, ScalarType.F16, (ulong)k)), half);
            Same((float)new BFloat16((ushort)k), BitConverter.UInt32BitsToSingle((uint)Convert(ScalarType.F32, ScalarType.BF16, (ulong)k)), k);
        }
    }

    [Fact]
    public void Narrowing_rounds_to_nearest_even()
    {
        foreach (var t in Tuples(singles, RandomSingles(9).Select(x => x * 1e-3f), 1))
        {
            float x = t[0];
            Same((double)(Half)x, (double)BitConverter.UInt16BitsToHalf((ushort)Convert(ScalarType.F16, ScalarType.F32, BitConverter.SingleToUInt32Bits(x))), x);
            if (!float.IsNaN(x)) Assert.Equal(((BFloat16)x).Bits, (ushort)Convert(ScalarType.BF16, ScalarType.F32, BitConverter.SingleToUInt32Bits(x)));
        }
        foreach (var t in Tuples(doubles, RandomDoubles(10), 1))
        {
            Same((double)(Half)t[0], (double)BitConverter.UInt16BitsToHalf((ushort)Convert(ScalarType.F16, ScalarType.F64, BitConverter.DoubleToUInt64Bits(t[0]))), t[0]);
            Same((float)t[0], BitConverter.UInt32BitsToSingle((uint)Convert(ScalarType.F32, ScalarType.F64, BitConverter.DoubleToUInt64Bits(t[0]))), t[0]);
        }
        Assert.True(float.IsNaN((float)new BFloat16((ushort)Convert(ScalarType.BF16, ScalarType.F32, 0x7F80_0001))));
    }

    [Fact]
    public void Floats_to_integers_saturate_as_on_this_runtime()
    {
        foreach (var t in Tuples(doubles, RandomDoubles(11), 1))
        {
            double x = t[0];
            ulong bits = BitConverter.DoubleToUInt64Bits(x);
            void Is(ulong expected, ScalarType to) => Assert.True(expected == Convert(to, ScalarType.F64, bits), $"{x:R} to {to}");
            unchecked
            {
                Is((uint)(int)x, ScalarType.I32);
                Is((uint)x, ScalarType.U32);
                Is((ulong)(long)x, ScalarType.I64);
                Is((ulong)x, ScalarType.U64);
                Is((byte)(sbyte)x, ScalarType.I8);
                Is((byte)x, ScalarType.U8);
                Is((ushort)(short)x, ScalarType.I16);
                Is((ushort)x, ScalarType.U16);
            }
        }
    }

    [Fact]
    public void Integers_to_floats_round_once()
    {
        var random = new Random(12);
        var special = new ulong[] { 0, 1, ulong.MaxValue, long.MaxValue, 1UL << 63, (1UL << 63) + 1024, (1UL << 63) + 1025, (1UL << 53) + 1, 0xFFFF_FFFF_FFFF_FBFF, 0xFFFF_FF80_0000_0000, 0xFFFF_FF7F_FFFF_FFFF, 16777217, 0x8000_0080_0000_0001 };
        foreach (ulong x in special.Concat(Enumerable.Range(0, Samples).Select(_ => (ulong)random.NextInt64() * 2 >> random.Next(64))))
        {
            Same((double)x, BitConverter.UInt64BitsToDouble(Convert(ScalarType.F64, ScalarType.U64, x)), x);
            Same((double)(long)x, BitConverter.UInt64BitsToDouble(Convert(ScalarType.F64, ScalarType.I64, x)), (long)x);
            Same((float)(long)x, BitConverter.UInt32BitsToSingle((uint)Convert(ScalarType.F32, ScalarType.I64, x)), (long)x);
            Same((float)(int)x, BitConverter.UInt32BitsToSingle((uint)Convert(ScalarType.F32, ScalarType.I32, (uint)x)), (int)x);
            Assert.True(IsNearest(x, BitConverter.UInt32BitsToSingle((uint)Convert(ScalarType.F32, ScalarType.U64, x))), x.ToString());
        }
    }

    /// Runtimes round ulong (and UInt128) to float by way of double, twice; so the definition itself is the reference.
    static bool IsNearest(ulong x, float y)
    {
        var distance = BigInteger.Abs(new BigInteger(y) - x);
        foreach (float other in new[] { MathF.BitIncrement(y), MathF.BitDecrement(y) })
        {
            var away = BigInteger.Abs(new BigInteger(other) - x);
            if (away < distance || away == distance && (BitConverter.SingleToUInt32Bits(y) & 1) != 0 && away > 0) return false;
        }
        return true;
    }

    [Fact]
    public void Integer_operations_are_the_runtimes()
    {
        var random = new Random(13);
        for (int k = 0; k < Samples; k++)
        {
            long a = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64), b = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            int i = (int)a, j = (int)b;
            ulong E(Op op, ScalarType t, ulong x, ulong y) => Operations.Evaluate(op, t, t, x, y, 0, false);
            unchecked
            {
                Assert.Equal((uint)(i * j), E(Op.Mul, ScalarType.I32, (uint)i, (uint)j));
                Assert.Equal((uint)(i >> j), E(Op.Shr, ScalarType.I32, (uint)i, (uint)j));
                Assert.Equal((uint)i >> j, E(Op.Shr, ScalarType.U32, (uint)i, (uint)j));
                Assert.Equal((uint)(i << j), E(Op.Shl, ScalarType.U32, (uint)i, (uint)j));
                Assert.Equal((ulong)(a >> j), E(Op.Shr, ScalarType.I64, (ulong)a, (uint)j));
                Assert.Equal((ulong)a >> j, E(Op.Shr, ScalarType.U64, (ulong)a, (uint)j));
                Assert.Equal((ulong)(a << j), E(Op.Shl, ScalarType.I64, (ulong)a, (uint)j));
                Assert.Equal((ulong)Math.Min(a, b), E(Op.Min, ScalarType.I64, (ulong)a, (ulong)b));
                Assert.Equal(Math.Max((uint)a, (uint)b), E(Op.Max, ScalarType.U32, (uint)a, (uint)b));
                Assert.Equal(a < b, E(Op.Lt, ScalarType.I64, (ulong)a, (ulong)b) != 0);
                Assert.Equal((ulong)a < (ulong)b, E(Op.Lt, ScalarType.U64, (ulong)a, (ulong)b) != 0);
                Assert.Equal((uint)System.Numerics.BitOperations.LeadingZeroCount((uint)i), E(Op.LeadingZeros, ScalarType.I32, (uint)i, 0));
                Assert.Equal((uint)System.Numerics.BitOperations.TrailingZeroCount((uint)i), E(Op.TrailingZeros, ScalarType.I32, (uint)i, 0));
                Assert.Equal((ulong)long.PopCount(a), E(Op.PopCount, ScalarType.I64, (ulong)a, 0));
                if (b != 0 && b != -1) Assert.Equal((ulong)(a / b), E(Op.Div, ScalarType.I64, (ulong)a, (ulong)b));
                if (j != 0) Assert.Equal((uint)i % (uint)j, E(Op.Rem, ScalarType.U32, (uint)i, (uint)j));
            }
        }
        Assert.Equal(1UL << 63, Operations.Evaluate(Op.Div, ScalarType.I64, ScalarType.I64, 1UL << 63, ulong.MaxValue, 0, false));
        Assert.Throws<DivideByZeroException>(() => Operations.Evaluate(Op.Div, ScalarType.I32, ScalarType.I32, 1, 0, 0, false));
    }
}
