namespace Kernels.Tests.SoftmaxFamily;

/// <summary>The oracle itself, against constants and identities.</summary>
public class OracleTests
{
    static void Same(DoubleDouble expected, DoubleDouble actual) =>
        Assert.True(Math.Abs((actual - expected).High) <= 1e-28 * Math.Abs(expected.High), FormattableString.Invariant($"{actual} for {expected}"));

    [Fact]
    public void Powers_and_logarithms_have_twice_the_digits_of_double()
    {
        Same(new(2.718281828459045, 1.4456468917292502e-16), DoubleDouble.Exp(1));
        Same(new(2.302585092994046, -2.1707562233822494e-16), DoubleDouble.Log(10));
        foreach (double v in new[] { 1e-8, 0.3, 0.7, 17.25, 150, 299 })
        {
            Same(1, DoubleDouble.Exp(v) * DoubleDouble.Exp(-v));
            // Near 1 the digits of x, not of its logarithm, are what there is.
            Same(1 + (DoubleDouble)v, 1 + DoubleDouble.Log(DoubleDouble.Exp(v)));
            Same(DoubleDouble.Exp(v), DoubleDouble.Exp(v / 2) * DoubleDouble.Exp(v / 2));
        }
        Same(DoubleDouble.Exp(-700), DoubleDouble.Exp(-700, 64).Scale(-64));
    }

    [Fact]
    public void The_oracles_of_float_and_double_agree()
    {
        double[] z = [.. Enumerable.Range(0, 100).Select(i => (double)(float)Math.Sin(i * i) * 30)];
        Row narrow = new(z, wide: false), wide = new(z, wide: true);
        DoubleDouble sum = 0;
        for (int i = 0; i < z.Length; i++)
        {
            sum += wide.Probability[i];
            Assert.True(Math.Abs(narrow.Probability[i].High / wide.Probability[i].High - 1) < 2e-14);
            Assert.True(Math.Abs(narrow.Logarithm[i].High - wide.Logarithm[i].High) < 2e-14);
            Same(wide.Probability[i], DoubleDouble.Exp(wide.Logarithm[i]));
        }
        Same(1, sum);
        Same(wide.LogSumExp, z[7] - wide.Logarithm[7]);
    }
}
