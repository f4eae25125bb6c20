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
    // The gamma functions' is the largest: 2^-47 absolute where the result is 1/4 or more (GammaInDouble), 2^-45 relative, over 2^-24.
    const double SingleOracle = 1.0 / (1 << 21);
    // 2^-89 (the reciprocal gamma function's, WideGamma; the others' is 2^-96) over 2^-53.
    const double DoubleOracle = 1.0 / (1L << 36);

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
    public void The_reciprocal_gamma_function_about_one_keeps_its_bound()
    {
        var random = new Random(11);
        for (int k = -1000; k <= 20000; k++)
        {
            double mu = k < 0 ? Math.CopySign(Math.ScaleB(1 + random.NextDouble(), k / 2 - 2), random.Next(2) - 0.5) : k / 20000.0 - 0.5;
            WideMath.Scaled exact = WideGamma.ReciprocalGamma1p(mu);
            Assert.InRange(Ulp.Error(KernelMath.ReciprocalGamma1p(mu), exact), 0, KernelMath.Bounds.ReciprocalGamma1pUlp + DoubleOracle);
            Assert.InRange(Ulp.Error(FusedMath.ReciprocalGamma1p(mu), exact), 0, KernelMath.Bounds.ReciprocalGamma1pUlp + DoubleOracle);
            WideMath.Scaled single = WideGamma.ReciprocalGamma1p((float)mu);
            Assert.InRange(Ulp.Error(KernelMath.ReciprocalGamma1p((float)mu), Math.ScaleB((double)single.Significand, single.Exponent)), 0, KernelMath.Bounds.ReciprocalGamma1pUlp);
        }
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
        // sinh 1, cosh 1, asinh 1; ln Γ(1/2) = ln π/2, ln Γ(3/2), ln Γ(10) = ln 362880, ln |Γ(-1/2)|; 1/Γ(1/2) = 1/√π; ψ(1) = -γ, ψ(1/2).
        Near(WideMath.Sinh(1).Significand, 1.1752011936438014, 7.849672142285669e-17, WideMath.Sinh(1).Exponent);
        Near(WideMath.Cosh(1).Significand, 1.5430806348152437, 6.606796775006833e-17, WideMath.Cosh(1).Exponent);
        Near(WideMath.Asinh(1).Significand, 0.881373587019543, -2.250545892825866e-17, 0);
        Near(WideGamma.LogGamma(0.5).Significand, 0.5723649429247001, 5.132975581353913e-18, 0);
        Near(WideGamma.LogGamma(1.5).Significand, -0.12078223763524522, -4.1797047492946264e-18, 0);
        Near(WideGamma.LogGamma(10).Significand, 12.801827480081469, 5.206295788716661e-16, 0);
        Near(WideGamma.LogGamma(-0.5).Significand, 1.2655121234846454, 2.832344371981691e-17, 0);
        Near(WideGamma.ReciprocalGamma(0.5).Significand, 0.5641895835477563, 7.66772980658294e-18, WideGamma.ReciprocalGamma(0.5).Exponent);
        Near(WideGamma.Digamma(1).Significand, -0.5772156649015329, 4.942915152430645e-18, 0);
        Near(WideGamma.Digamma(0.5).Significand, -1.9635100260214235, 6.95842813380203e-17, 0);

        // The zero of ψ to 160 bits, and about it both ways to the same value.
        double zero = 1.4616321449683622;
        Assert.InRange((double)WideGamma.DigammaByRecurrence(new Wide(zero, 9.549995429965697e-17)), -1e-28, 1e-28);
        foreach (double d in new[] { 0.01, -0.01, 0.2, -0.2 })
            Assert.InRange((double)(WideGamma.Digamma(zero + d).Significand - WideGamma.DigammaByRecurrence(zero + d)), -1e-28, 1e-28);

        static void Near(Wide value, double high, double low, int exponent) =>
            Assert.True(Math.Abs((double)(Wide.Scale(value, exponent) - high - low)) < Math.ScaleB(Math.Abs(high), -94), $"{Wide.Scale(value, exponent) - high}");
    }
}
