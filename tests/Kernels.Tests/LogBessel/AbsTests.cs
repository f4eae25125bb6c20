using Kernels.Testing;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>ln |I_v| and its sign for all real orders.</summary>
public class AbsTests
{
    const double Inf = double.PositiveInfinity, NaN = double.NaN;

    [Fact]
    public void Negative_orders_meet_the_table()
    {
        var table = GoldenTable.LogAbsI;
        double[] y = new double[table.V.Length];
        int[] sign = new int[y.Length];
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            LogBessel.LogAbsI(table.V, table.X, y, sign, new() { Target = target });
            for (int k = 0; k < y.Length; k++)
            {
                double a = -table.V[k], x = table.X[k], larger = LogBessel.LogI(a, x), smaller = LogBessel.LogK(a, x) + Math.Log(Math.Abs(double.SinPi(a)) * 2 / Math.PI);
                // Where the parts differ in sign, their errors, 4.5 and 6 units of kappa, come divided by 1 - smaller/larger.
                double magnified = double.IsOddInteger(Math.Floor(a)) ? 1 / -double.ExpM1(-Math.Abs(larger - smaller)) : 1;
                double error = Criterion.Error(table.Difference(y[k], k, 0), y[k], Math.Max(1, Criterion.Kappa(a, x)) * magnified);
                Assert.True(error <= 11, FormattableString.Invariant($"{target}: {error:F2} at {table.V[k]:R}, {x:R}"));
                Assert.Equal(GoldenTable.SignI.Value(k), sign[k]);
            }
        }
    }

    [Fact]
    public void Signs_have_memory_of_their_own()
    {
        double[] v = [-0.5, 1, 2, 3], x = [1, 2, 3, 4], y = [7, 7, 7, 7];
        foreach (double[] taken in (double[][])[v, x, y])
            Assert.Equal("sign", Assert.Throws<ArgumentException>(() => LogBessel.LogAbsI(v, x, y, System.Runtime.InteropServices.MemoryMarshal.Cast<double, int>(taken.AsSpan()))).ParamName);
        Assert.Equal([7, 7, 7, 7], y);
    }

    [Fact]
    public void Other_arguments_are_those_of_LogI()
    {
        // v, x, result, sign.
        double[][] table =
        [
            [NaN, 1, NaN, 0], [1, NaN, NaN, 0], [0.5, -1, NaN, 0], [-0.5, -1, NaN, 0], [-Inf, 1, NaN, 0], [Inf, 1, -Inf, 0], [Inf, Inf, NaN, 0],
            [0, 0, 0, 1], [2, 0, -Inf, 0], [-2, 0, -Inf, 0], [-0.5, 0, Inf, 1], [-1.5, 0, Inf, -1], [-2.5, 0, Inf, 1], [-1.5, Inf, Inf, 1], [3, Inf, Inf, 1], [3, -Inf, Inf, -1],
        ];
        double[] v = [.. table.Select(r => r[0])], x = [.. table.Select(r => r[1])], y = new double[v.Length];
        int[] sign = new int[v.Length];
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            LogBessel.LogAbsI(v, x, y, sign, new() { Target = target });
            Assert.Equal(table.Select(r => (r[2], (int)r[3])), y.Zip(sign));
        }
        foreach (double order in new double[] { 0, 1, 2, 5, 0.5, 7.3, 100 })
            foreach (double argument in new[] { 1e-10, 0.5, 3, 30, 1e5 })
            {
                double expected = LogBessel.LogI(order, argument);
                Assert.Equal((expected, 1), (LogBessel.LogAbsI(order, argument, out int plus), plus));
                if (order != Math.Floor(order)) continue;
                int parity = double.IsOddInteger(order) ? -1 : 1;
                Assert.Equal((expected, 1), (LogBessel.LogAbsI(-order, argument, out plus), plus));
                Assert.Equal((expected, parity), (LogBessel.LogAbsI(order, -argument, out int minus), minus));
            }
    }
}
