extern alias Fused;
using FusedMath = Fused::Kernels.KernelMath;
using static System.Double;

namespace Kernels.Tests;

/// <summary>What the documentation says about zeros, infinities, NaN and the thresholds, to the bit, in both types and both flavours of MulAdd.</summary>
public class KernelMathSpecialValueTests
{
    static readonly Dictionary<string, (Func<double, double>[] Double, Func<float, float>[] Single)> Functions = new()
    {
        ["exp"] = ([KernelMath.Exp, FusedMath.Exp], [KernelMath.Exp, FusedMath.Exp]),
        ["exp2"] = ([KernelMath.Exp2, FusedMath.Exp2], [KernelMath.Exp2, FusedMath.Exp2]),
        ["expm1"] = ([KernelMath.Expm1, FusedMath.Expm1], [KernelMath.Expm1, FusedMath.Expm1]),
        ["log"] = ([KernelMath.Log, FusedMath.Log], [KernelMath.Log, FusedMath.Log]),
        ["log1p"] = ([KernelMath.Log1p, FusedMath.Log1p], [KernelMath.Log1p, FusedMath.Log1p]),
        ["log2"] = ([KernelMath.Log2, FusedMath.Log2], [KernelMath.Log2, FusedMath.Log2]),
        ["sin"] = ([KernelMath.Sin, FusedMath.Sin], [KernelMath.Sin, FusedMath.Sin]),
        ["cos"] = ([KernelMath.Cos, FusedMath.Cos], [KernelMath.Cos, FusedMath.Cos]),
        ["sinpi"] = ([KernelMath.SinPi, FusedMath.SinPi], [KernelMath.SinPi, FusedMath.SinPi]),
        ["cospi"] = ([KernelMath.CosPi, FusedMath.CosPi], [KernelMath.CosPi, FusedMath.CosPi]),
        ["tanh"] = ([KernelMath.Tanh, FusedMath.Tanh], [KernelMath.Tanh, FusedMath.Tanh]),
        ["rsqrt"] = ([KernelMath.Rsqrt, FusedMath.Rsqrt], [KernelMath.Rsqrt, FusedMath.Rsqrt]),
        ["sinh"] = ([KernelMath.Sinh, FusedMath.Sinh], [KernelMath.Sinh, FusedMath.Sinh]),
        ["cosh"] = ([KernelMath.Cosh, FusedMath.Cosh], [KernelMath.Cosh, FusedMath.Cosh]),
        ["asinh"] = ([KernelMath.Asinh, FusedMath.Asinh], [KernelMath.Asinh, FusedMath.Asinh]),
        ["lgamma"] = ([KernelMath.LogGamma, FusedMath.LogGamma], [KernelMath.LogGamma, FusedMath.LogGamma]),
        ["rgamma"] = ([KernelMath.ReciprocalGamma, FusedMath.ReciprocalGamma], [KernelMath.ReciprocalGamma, FusedMath.ReciprocalGamma]),
        ["digamma"] = ([KernelMath.Digamma, FusedMath.Digamma], [KernelMath.Digamma, FusedMath.Digamma]),
        ["sign"] = ([KernelMath.Sign, FusedMath.Sign], [KernelMath.Sign, FusedMath.Sign]),
    };

    /// <summary>The value of each function at -∞, -1, -0, +0, 1, +∞. A value that is not exact is left out (marked -2).</summary>
    [Theory]
    [InlineData("exp", 0.0, -2, 1, 1, -2, PositiveInfinity)]
    [InlineData("exp2", 0.0, 0.5, 1, 1, 2, PositiveInfinity)]
    [InlineData("expm1", -1, -2, -0.0, 0.0, -2, PositiveInfinity)]
    [InlineData("log", NaN, NaN, NegativeInfinity, NegativeInfinity, 0.0, PositiveInfinity)]
    [InlineData("log1p", NaN, NegativeInfinity, -0.0, 0.0, -2, PositiveInfinity)]
    [InlineData("log2", NaN, NaN, NegativeInfinity, NegativeInfinity, 0.0, PositiveInfinity)]
    [InlineData("sin", NaN, -2, -0.0, 0.0, -2, NaN)]
    [InlineData("cos", NaN, -2, 1, 1, -2, NaN)]
    [InlineData("sinpi", NaN, -0.0, -0.0, 0.0, 0.0, NaN)]
    [InlineData("cospi", NaN, -1, 1, 1, -1, NaN)]
    [InlineData("tanh", -1, -2, -0.0, 0.0, -2, 1)]
    [InlineData("rsqrt", NaN, NaN, NegativeInfinity, PositiveInfinity, 1, 0.0)]
    [InlineData("sinh", NegativeInfinity, -2, -0.0, 0.0, -2, PositiveInfinity)]
    [InlineData("cosh", PositiveInfinity, -2, 1, 1, -2, PositiveInfinity)]
    [InlineData("asinh", NegativeInfinity, -2, -0.0, 0.0, -2, PositiveInfinity)]
    [InlineData("lgamma", PositiveInfinity, PositiveInfinity, PositiveInfinity, PositiveInfinity, 0.0, PositiveInfinity)]
    [InlineData("rgamma", NaN, 0.0, -0.0, 0.0, 1, 0.0)]
    [InlineData("digamma", NaN, NaN, PositiveInfinity, NegativeInfinity, -2, PositiveInfinity)]
    [InlineData("sign", -1, -1, -0.0, 0.0, 1, 1)]
    public void Special_values_are_exact(string name, double atMinusInfinity, double atMinusOne, double atMinusZero, double atZero, double atOne, double atInfinity)
    {
        double[] arguments = [NegativeInfinity, -1, -0.0, 0.0, 1, PositiveInfinity, NaN];
        foreach ((double x, double y) in arguments.Zip([atMinusInfinity, atMinusOne, atMinusZero, atZero, atOne, atInfinity, NaN]))
        {
            if (y == -2) continue;
            foreach (var f in Functions[name].Double) Same(y, f(x), $"double {name}({x})");
            foreach (var f in Functions[name].Single) Same(y, f((float)x), $"float {name}({x})");
        }
    }

    [Theory]
    [InlineData("exp", 709.782712893384, 1.7976931348622732e308)]
    [InlineData("exp", 709.7827128933841, PositiveInfinity)]
    [InlineData("exp", -745.1332191019411, Epsilon)]
    [InlineData("exp", -745.1332191019412, 0.0)]
    [InlineData("exp2", 1024, PositiveInfinity)]
    [InlineData("exp2", 1023, 8.98846567431158e307)]
    [InlineData("exp2", -1074, Epsilon)]
    [InlineData("exp2", -1075, 0.0)]
    [InlineData("expm1", 709.7827128933841, PositiveInfinity)]
    [InlineData("expm1", -40, -1)]
    [InlineData("expm1", Epsilon, Epsilon)]
    [InlineData("log2", Epsilon, -1074)]
    [InlineData("log1p", -Epsilon, -Epsilon)]
    [InlineData("sin", -Epsilon, -Epsilon)]
    [InlineData("tanh", Epsilon, Epsilon)]
    [InlineData("sinpi", 0.5, 1)]
    [InlineData("sinpi", -1e300, -0.0)]
    [InlineData("cospi", 2.5, 0.0)]
    [InlineData("cospi", -0.5, 0.0)]
    [InlineData("cospi", 9007199254740993, 1)]
    [InlineData("rsqrt", 0.25, 2)]
    [InlineData("sinh", 710.4758600739439, 1.7976931348622732e308)]
    [InlineData("sinh", -710.475860073944, NegativeInfinity)]
    [InlineData("cosh", 710.475860073944, PositiveInfinity)]
    [InlineData("sinh", -Epsilon, -Epsilon)]
    [InlineData("cosh", 1e-9, 1)]
    [InlineData("asinh", -Epsilon, -Epsilon)]
    [InlineData("lgamma", 2, 0.0)]
    [InlineData("lgamma", -3, PositiveInfinity)]
    [InlineData("lgamma", -4503599627370497.0, PositiveInfinity)]
    [InlineData("lgamma", 2.5599833278516382e305, 1.7976931348623155e308)]
    [InlineData("lgamma", 2.5599833278516397e305, PositiveInfinity)]
    [InlineData("rgamma", Epsilon, Epsilon)]
    [InlineData("rgamma", 2, 1)]
    [InlineData("rgamma", 4, 0.16666666666666666)]
    [InlineData("rgamma", -3, 0.0)]
    [InlineData("rgamma", -200, 0.0)]
    [InlineData("rgamma", -1e300, 0.0)]
    [InlineData("rgamma", 179, 0.0)]
    [InlineData("rgamma", -200.5, NegativeInfinity)]
    [InlineData("rgamma", -201.5, PositiveInfinity)]
    [InlineData("digamma", -7, NaN)]
    [InlineData("digamma", -1e300, NaN)]
    [InlineData("digamma", Epsilon, NegativeInfinity)]
    [InlineData("digamma", -Epsilon, PositiveInfinity)]
    public void Thresholds_in_double_are_where_they_belong(string name, double x, double y)
    {
        foreach (var f in Functions[name].Double)
            // The largest finite values are not exact; their neighbours are told apart by KernelMathAccuracyTests.
            if (y is > 1e308 and < PositiveInfinity) Assert.True(IsFinite(f(x))); else Same(y, f(x), $"double {name}({x})");
    }

    [Theory]
    [InlineData("exp", 88.72284f, float.PositiveInfinity)]
    [InlineData("exp", -103.97209f, 0f)]
    [InlineData("exp", -103.97208f, float.Epsilon)]
    [InlineData("exp2", 128f, float.PositiveInfinity)]
    [InlineData("exp2", -149f, float.Epsilon)]
    [InlineData("exp2", -150f, 0f)]
    [InlineData("expm1", -18f, -1f)]
    [InlineData("expm1", -float.Epsilon, -float.Epsilon)]
    [InlineData("log2", float.Epsilon, -149f)]
    [InlineData("log1p", float.Epsilon, float.Epsilon)]
    [InlineData("sin", -float.Epsilon, -float.Epsilon)]
    [InlineData("tanh", -float.Epsilon, -float.Epsilon)]
    [InlineData("tanh", 9.1f, 1f)]
    [InlineData("sinpi", -1e30f, -0f)]
    [InlineData("sinpi", 3f, 0f)]
    [InlineData("sinpi", 1.5f, -1f)]
    [InlineData("cospi", 2.5f, 0f)]
    [InlineData("cospi", 16777215f, -1f)]
    [InlineData("sinh", -89.416f, float.NegativeInfinity)]
    [InlineData("cosh", 89.416f, float.PositiveInfinity)]
    [InlineData("sinh", -float.Epsilon, -float.Epsilon)]
    [InlineData("asinh", -float.Epsilon, -float.Epsilon)]
    [InlineData("asinh", float.MaxValue, 89.415985f)]
    [InlineData("lgamma", 2f, 0f)]
    [InlineData("lgamma", -5f, float.PositiveInfinity)]
    [InlineData("lgamma", -16777217f, float.PositiveInfinity)]
    [InlineData("lgamma", 1e37f, float.PositiveInfinity)]
    [InlineData("rgamma", -float.Epsilon, -float.Epsilon)]
    [InlineData("rgamma", 5f, 0.041666668f)]
    [InlineData("rgamma", -5f, 0f)]
    [InlineData("rgamma", 60f, 0f)]
    [InlineData("rgamma", -60.5f, float.NegativeInfinity)]
    [InlineData("digamma", -5f, float.NaN)]
    [InlineData("digamma", -1e30f, float.NaN)]
    public void Thresholds_in_float_are_where_they_belong(string name, float x, float y)
    {
        foreach (var f in Functions[name].Single) Same(y, f(x), $"float {name}({x})");
    }

    [Fact]
    public void Powers_of_two_and_their_logarithms_are_exact()
    {
        for (int n = -1074; n < 1024; n++)
        {
            Assert.Equal(Math.ScaleB(1, n), KernelMath.Exp2((double)n));
            Assert.Equal(n, KernelMath.Log2(Math.ScaleB(1, n)));
            Assert.Equal(n, FusedMath.Log2(Math.ScaleB(1, n)));
            if (n is < -149 or > 127) continue;
            Assert.Equal(MathF.ScaleB(1, n), KernelMath.Exp2((float)n));
            Assert.Equal(n, KernelMath.Log2(MathF.ScaleB(1, n)));
            Assert.Equal(n, FusedMath.Log2(MathF.ScaleB(1, n)));
        }
    }

    [Fact]
    public void Clamp_keeps_NaN_and_its_limits()
    {
        Same(NaN, KernelMath.Clamp(NaN, -1.0, 1.0), "NaN");
        Same(NaN, KernelMath.Clamp(float.NaN, -1f, 1f), "NaN");
        Assert.Equal(1, KernelMath.Clamp(PositiveInfinity, -1.0, 1.0));
        Assert.Equal(-1, KernelMath.Clamp(-1.5f, -1f, 1f));
        Assert.Equal(0.25f, KernelMath.Clamp(0.25f, -1f, 1f));
    }

    [Theory]
    [InlineData(1.5f, -149f), InlineData(0.75f, -126f), InlineData(1.9999999f, -130f), InlineData(1.5f, 127f), InlineData(-1f, 128f), InlineData(1f, -250f), InlineData(1f, 250f)]
    public void Scale_rounds_once(float x, float n)
    {
        Assert.Equal((float)Math.ScaleB((double)x, (int)n), KernelMath.Scale(x, n));
        Assert.Equal(Math.ScaleB((double)x, (int)n * 8), KernelMath.Scale((double)x, n * 8.0));
    }

    [Theory]
    [InlineData(1.5f, -126f), InlineData(0.75f, -126f), InlineData(1e-30f, -100f), InlineData(1.5f, 127f), InlineData(2f, 127f), InlineData(-1f, 0f), InlineData(float.NaN, 1e9f)]
    public void ScaleNormal_rounds_once(float x, float n)
    {
        Assert.Equal(float.IsNaN(x) ? x : (float)Math.ScaleB((double)x, (int)n), KernelMath.ScaleNormal(x, n));
        Assert.Equal(float.IsNaN(x) ? x : Math.ScaleB((double)x, (int)n * 8), KernelMath.ScaleNormal((double)x, n * 8.0));
    }

    // -0 is not +0, and NaN is NaN.
    static void Same(double expected, double actual, string what) =>
        Assert.True(IsNaN(expected) ? IsNaN(actual) : BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual), $"{what} = {actual}, expected {expected}.");
}
