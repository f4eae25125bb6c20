extern alias Fused;
using FusedMath = Fused::Kernels.KernelMath;
using Kernels.MathCheck;

namespace Kernels.Tests;

/// <summary>
/// KernelMath against its stated bounds, with MulAdd rounding once and twice. The allowance beside each bound is the oracle's own error:
/// a double against a float's ULP, and double-double (2^-96) against a double's.
/// </summary>
public class KernelMathAccuracyTests
{
    // 16 ULP of double for Kahan's forms, which are the worst of the oracles, is 2^-25 ULP of float.
    const double SingleOracle = 1.0 / (1 << 25);
    // 2^-96 / 2^-53.
    const double DoubleOracle = 1.0 / (1L << 43);

    public static TheoryData<string> Single => [.. Functions.Single.Select(f => f.Name)];
    public static TheoryData<string> Double => [.. Functions.Double.Select(f => f.Name)];

    [Theory, MemberData(nameof(Single))]
    public void A_float_function_keeps_its_bound_on_one_in_256_of_all_bit_patterns(string name)
    {
        SingleFunction f = Functions.Single.Single(f => f.Name == name);
        // 257 is odd, so low bits vary as well.
        Measured worst = Exhaustive.Measure(f, 0, 1L << 32, 257);
        Assert.Equal((1L << 32) / 257 + 1, worst.Count);
        Assert.True(worst.MaxUlp <= f.Bound + SingleOracle, $"{worst.MaxUlp} ULP at {worst.WorstInput:R}, bound {f.Bound}.");
    }

    [Theory, MemberData(nameof(Single))]
    public void A_float_function_keeps_its_bound_around_borders_and_special_values(string name)
    {
        SingleFunction f = Functions.Single.Single(f => f.Name == name);
        foreach (double border in Functions.Double.Single(d => d.Name == name).Borders.Concat(SingleBorders))
        {
            long bits = BitConverter.SingleToUInt32Bits((float)border);
            Measured worst = Exhaustive.Measure(f, Math.Max(0, bits - 2000), Math.Min(1L << 32, bits + 2000), 1);
            Assert.True(worst.MaxUlp <= f.Bound + SingleOracle, $"{worst.MaxUlp} ULP at {worst.WorstInput:R}, bound {f.Bound}.");
        }
    }

    static readonly double[] SingleBorders =
    [
        0.0, -0.0, float.Epsilon, -float.Epsilon, 1.17549435e-38, -1.17549435e-38, 1, -1, 0.5, -0.5, 88.72284, -87.33655, -103.97208, 128, -126, -149, -150,
        0.34657359, 1.0397208, 16.635532, 0.55, 10, 16777216, -16777216, 8388608, float.MaxValue, -float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    [Theory, MemberData(nameof(Double))]
    public void A_double_function_keeps_its_bound_on_every_binade_and_around_its_borders(string name)
    {
        DoubleFunction f = Functions.Double.Single(f => f.Name == name);
        DoubleSample.Worst worst = DoubleSample.Measure(f, 300);
        Assert.InRange(worst.Count, 30_000, 60_000);
        Assert.True(worst.MaxUlp <= f.Bound + DoubleOracle, $"{worst.MaxUlp} ULP at {worst.Input:R}, bound {f.Bound}.");
    }

    [Fact]
    public void A_measure_of_errors_sees_one_ulp_as_one()
    {
        Assert.Equal(1, Ulp.Error(BitConverter.Int32BitsToSingle(0x3F800001), 1.0));
        Assert.Equal(0.5, Ulp.Error(float.Epsilon, 0.5 * float.Epsilon));
        Assert.Equal(1, Ulp.Error(float.PositiveInfinity, float.MaxValue));
        Assert.Equal(0, Ulp.Error(float.PositiveInfinity, 1e300));
        Assert.Equal(1, Ulp.Error(BitConverter.Int64BitsToDouble(0x3FF0000000000001), (Wide)1.0));
        Assert.Equal(0.5, Ulp.Error(double.Epsilon, new WideMath.Scaled(1, -1075)));
        Assert.Equal(double.PositiveInfinity, Ulp.Error(double.NaN, (Wide)1.0));
        Assert.Equal(double.PositiveInfinity, Ulp.Error(1f, double.NaN));
    }

    [Fact]
    public void The_two_flavours_of_MulAdd_differ()
    {
        double a = 1 + Math.ScaleB(1, -30);
        Assert.NotEqual(KernelMath.MulAdd(a, a, -1 - Math.ScaleB(1, -29)), FusedMath.MulAdd(a, a, -1 - Math.ScaleB(1, -29)));
        float b = 1 + MathF.ScaleB(1, -15);
        Assert.NotEqual(KernelMath.MulAdd(b, b, -1 - MathF.ScaleB(1, -14)), FusedMath.MulAdd(b, b, -1 - MathF.ScaleB(1, -14)));
    }

    [Fact]
    public void The_oracles_agree_with_values_known_from_tables()
    {
        // Leading decimals beyond a double, as high + low: e, ln 10, sin 1, cos 10^22, tanh 1.
        Near(WideMath.Exp(1).Significand, 2.718281828459045, 1.4456468917292502e-16, WideMath.Exp(1).Exponent);
        Near(WideMath.Log(10), 2.302585092994046, -2.1707562233822494e-16, 0);
        Near(WideTrig.Sin(1).Significand, 0.8414709848078965, 1.776845092935536e-18, 0);
        Near(WideTrig.Cos(1e22).Significand, 0.523214785395139, -4.7143201076575164e-17, 0);
        Near(WideMath.Tanh(1).Significand, 0.7615941559557649, 3.7090214482164924e-17, 0);

        static void Near(Wide value, double high, double low, int exponent) =>
            Assert.True(Math.Abs((double)(Wide.Scale(value, exponent) - high - low)) < Math.ScaleB(high, -94), $"{Wide.Scale(value, exponent) - high}");
    }
}
