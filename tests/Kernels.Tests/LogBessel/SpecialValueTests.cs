using Kernels.Testing;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>Zeros, infinities, NaN, negative arguments, and arguments near the ends of double's range.</summary>
public class SpecialValueTests
{
    const double Inf = double.PositiveInfinity, NaN = double.NaN;

    // v, x, LogI, LogK, LogIScaled, LogKScaled.
    static readonly double[][] table =
    [
        [NaN, 1, NaN, NaN, NaN, NaN], [1, NaN, NaN, NaN, NaN, NaN], [NaN, NaN, NaN, NaN, NaN, NaN], [NaN, 0, NaN, NaN, NaN, NaN], [NaN, Inf, NaN, NaN, NaN, NaN], [Inf, NaN, NaN, NaN, NaN, NaN],
        [1, -1, NaN, NaN, NaN, NaN], [0.5, -1e300, NaN, NaN, NaN, NaN], [0, -Inf, NaN, NaN, NaN, NaN], [2, -double.Epsilon, NaN, NaN, NaN, NaN],
        [0, 0, 0, Inf, 0, Inf], [0, -0.0, 0, Inf, 0, Inf], [-0.0, 0, 0, Inf, 0, Inf], [1, 0, -Inf, Inf, -Inf, Inf], [1e-300, 0, -Inf, Inf, -Inf, Inf],
        [-3, 0, -Inf, Inf, -Inf, Inf], [-2.5, 0, Inf, Inf, Inf, Inf], [Inf, 0, -Inf, Inf, -Inf, Inf],
        [0, Inf, Inf, -Inf, -Inf, -Inf], [1e300, Inf, Inf, -Inf, -Inf, -Inf], [-2, Inf, Inf, -Inf, -Inf, -Inf], [-2.5, Inf, NaN, -Inf, NaN, -Inf], [Inf, Inf, NaN, NaN, NaN, NaN], [-Inf, Inf, NaN, NaN, NaN, NaN],
        [Inf, 1, -Inf, Inf, -Inf, Inf], [Inf, 1e308, -Inf, Inf, -Inf, Inf], [-Inf, 1, NaN, Inf, NaN, Inf],
        // Beyond the range of double: the results are.
        [1.7e308, double.Epsilon, -Inf, Inf, -Inf, Inf], [1.7e308, 1, -Inf, Inf, -Inf, Inf],
        // x far above v: log I = x - ln(2πx)/2, log K = -x + ln(π/(2x))/2, v² / 2x more and less.
        [0, 1.7e308, 1.7e308, -1.7e308, -355.78235697981876, -354.6376270939694], [1e200, 1e300, 1e300, -1e300, -5e99, 5e99],
        // v far above x: log I = v ln(x/2) - ln Γ(v + 1) (mpmath, 40 digits).
        [20, double.Epsilon, -14944.999998499576, 14941.311119045462, -14944.999998499576, 14941.311119045462],
        [1e6, double.Epsilon, -757948737.4865993, 757948722.9779416, -757948737.4865993, 757948722.9779416],
        // μ = -1/2, -0.4: k_0 of Temme's scaled recurrence is beyond the range of double.
        [1.5, 5e-310, -1069.6123150148929342, 1068.5137027262248245, -1069.6123150148929342, 1068.5137027262248245], [2.6, 1e-320, -1918.8659322945644955, 1917.2172736689771138, -1918.8659322945644955, 1917.2172736689771138],
        [0, double.Epsilon, 0, 6.612788072178832, 0, 6.612788072178832],
    ];

    static void Close(double expected, double actual, double v, double x, string what)
    {
        bool same = expected.Equals(actual) || expected == actual || double.IsFinite(expected) && Criterion.Error(actual - expected, expected, 0) <= 8;
        Assert.True(same, FormattableString.Invariant($"{what}({v:R}, {x:R}) = {actual:R}, not {expected:R}"));
    }

    [Fact]
    public void Special_values_are_those_of_the_table()
    {
        double[] v = [.. table.Select(r => r[0])], x = [.. table.Select(r => r[1])], i = new double[v.Length], k = new double[v.Length], si = new double[v.Length], sk = new double[v.Length];
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            KernelOptions options = new() { Target = target };
            LogBessel.LogI(v, x, i, options);
            LogBessel.LogK(v, x, k, options);
            LogBessel.LogIScaled(v, x, si, options);
            LogBessel.LogKScaled(v, x, sk, options);
            for (int n = 0; n < v.Length; n++)
            {
                Close(table[n][2], i[n], v[n], x[n], $"{target}: LogI");
                Close(table[n][3], k[n], v[n], x[n], $"{target}: LogK");
                Close(table[n][4], si[n], v[n], x[n], $"{target}: LogIScaled");
                Close(table[n][5], sk[n], v[n], x[n], $"{target}: LogKScaled");
            }
        }
    }

    [Fact]
    public void Special_values_of_the_ratios()
    {
        // v, x, RatioI, 1 - RatioI, RatioK.
        double[][] rows =
        [
            [NaN, 1, NaN, NaN, NaN], [1, NaN, NaN, NaN, NaN], [1, -1, NaN, NaN, NaN], [0, -0.0, 0, 1, Inf], [3, 0, 0, 1, Inf], [1, Inf, 1, 0, 1], [Inf, 1, 0, 1, Inf], [Inf, 0, 0, 1, Inf], [Inf, Inf, NaN, NaN, NaN],
            [-0.5, 0, NaN, NaN, 1], [-0.5, 3, NaN, NaN, 1], [-0.75, 0, NaN, NaN, 0], [-Inf, 3, NaN, NaN, 0], [-Inf, Inf, NaN, NaN, NaN],
            // x/(r + v) and (r + v)/x, x/(2(v + 1)) and 2v/x where those are all.
            [1e308, 1.7e308, 0.57194605431270704, 0.42805394568729297, 1.7484166425480012], [0, 1.7e308, 1, 2.9411764705882353e-309, 1], [3e250, 4e-30, 6.666666666666667e-281, 1, 1.5e280],
            [20, 4e-300, 9.523809523809524e-302, 1, 1e301], [1.5, 5e-310, 1e-310, 1, Inf], [-0.5, 5e-310, NaN, NaN, 1], [0.5, 1e-200, 3.3333333333333333e-201, 1, 1e200],
        ];
        double[] v = [.. rows.Select(r => r[0])], x = [.. rows.Select(r => r[1])], i = new double[v.Length], c = new double[v.Length], k = new double[v.Length];
        static void Near(double expected, double actual, string what, double condition = 1) => Assert.True(
            expected.Equals(actual) || expected == actual || Math.Abs(actual - expected) <= 8 * condition * Criterion.Unit * Math.Abs(expected) + 2 * double.Epsilon, FormattableString.Invariant($"{what}: {actual:R}, not {expected:R}"));
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            KernelOptions options = new() { Target = target };
            LogBessel.RatioI(v, x, i, options);
            LogBessel.RatioIComplement(v, x, c, options);
            LogBessel.RatioK(v, x, k, options);
            for (int n = 0; n < v.Length; n++)
            {
                string where = FormattableString.Invariant($"{target} at {v[n]:R}, {x[n]:R}");
                Near(rows[n][2], i[n], "RatioI on " + where);
                Near(rows[n][3], c[n], "RatioIComplement on " + where);
                // In (-1, 0) it goes like a power of x.
                Near(rows[n][4], k[n], "RatioK on " + where, v[n] > -1 && v[n] < 0 && x[n] < 1 ? 1 + 2 * Math.Min(-v[n], 1 + v[n]) * Math.Log(2 / x[n]) : 1);
            }
        }
        foreach (double order in new[] { 0.25, 1, 3.7, 50 })
            foreach (double argument in new[] { 0.1, 3, 30 }) Assert.Equal(1 / LogBessel.RatioK(order, argument), LogBessel.RatioK(-1 - order, argument));
    }

    [Fact]
    public void Orders_of_either_sign_agree()
    {
        foreach (double x in new[] { 1e-310, 0.1, 1.5, 7, 19, 25, 100, 1e4, 1e200 })
        {
            foreach (double v in new double[] { 0, 1, 2, 7, 13, 14, 40, 1000 }) Assert.Equal(LogBessel.LogI(v, x), LogBessel.LogI(-v, x));
            foreach (double v in new[] { 0, 0.3, 1, 2.5, 13.9, 40.5, 1e9 }) Assert.Equal(LogBessel.LogK(v, x), LogBessel.LogK(-v, x));
            foreach (double v in new[] { -0.5, -1e-300, -13.5, -40.5 }) Assert.Equal(double.NaN, LogBessel.LogI(v, x));
        }
    }
}
