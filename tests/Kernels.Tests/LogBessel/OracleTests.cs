using Kernels.Testing;
using Kernels.Tests.SoftmaxFamily;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>The oracle against the golden tables, and the specs against the oracle where their formulas meet.</summary>
public class OracleTests
{
    static bool InRange(double v, double x) => v < 600 && x < 600 && x > 1e-3;

    [Fact]
    public void The_oracle_meets_the_tables()
    {
        int count = 0;
        foreach (var (table, f) in new[] { (GoldenTable.LogI, (Func<double, double, DoubleDouble>)Oracle.LogI), (GoldenTable.LogK, Oracle.LogK) })
            for (int k = 0; k < table.V.Length; k++)
            {
                double v = table.V[k], x = table.X[k];
                if (!InRange(v, x) || k % 2 != 0) continue; // half of them, for time
                var value = f(v, x);
                // High's difference is exact; the tables have 25 digits, a unit of which is 1e-9 units of 2^-53, and double-double arithmetic loses less in 600 steps.
                double error = Criterion.Error(table.Difference(value.High, k, 0) + value.Low, value.High, Criterion.Kappa(v, x));
                Assert.True(error < 1e-7, FormattableString.Invariant($"v = {v:R}, x = {x:R}: {error}"));
                count++;
            }
        Assert.True(count > 500);
    }

    // Both sides of each border of Regions, at distances of up to two steps.
    static IEnumerable<(double V, double X)> Borders()
    {
        static double Step(double x, int steps)
        {
            for (; steps > 0; steps--) x = double.BitIncrement(x);
            for (; steps < 0; steps++) x = double.BitDecrement(x);
            // Below 0 I has a border of its own.
            return Math.Max(x, 0);
        }
        for (int step = -2; step <= 2; step++)
        {
            foreach (double x in new double[] { 1, 2, 5, 10 })
                foreach (double v in new[] { 0, 0.25, 0.5, 1, 1.5, 3.7, 8.5, 13.9 })
                    if (x * x + 2 * v * v < 400) yield return (v, Step(x, step));
            for (int angle = 0; angle <= 12; angle++)
            {
                var (sin, cos) = Math.SinCos(Math.PI / 2 * angle / 12.5);
                yield return (Step(Math.Sqrt(200) * sin, step), 20 * cos);
                foreach (double r in new double[] { 30, 60, 160 }) yield return (Step(r * sin, step), r * cos);
            }
            // Orders where the nearest integer changes.
            foreach (double x in new[] { 0.01, 0.9, 1.2, 3, 9, 15 })
                foreach (double v in new[] { 0.5, 1.5, 6.5, 7.5, 1, 4, 8 }) yield return (Step(v, step), x);
        }
    }

    [Fact]
    public void On_both_sides_of_a_border_the_bounds_hold()
    {
        (double V, double X)[] points = [.. Borders()];
        double[] v = [.. points.Select(p => p.V)], x = [.. points.Select(p => p.X)], y = new double[v.Length];
        DoubleDouble[] i = [.. points.Select(p => Oracle.LogI(p.V, p.X))], k = [.. points.Select(p => Oracle.LogK(p.V, p.X))];
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            IEnumerable<double> Errors(DoubleDouble[] exact) => y.Select((value, n) => Criterion.Error((value - exact[n]).High, value, Criterion.Kappa(v[n], x[n])));
            LogBessel.LogI(v, x, y, new() { Target = target });
            Criterion.Meets(Errors(i), 4.5, 4.5, 1, $"LogI on {target}");
            LogBessel.LogK(v, x, y, new() { Target = target });
            Criterion.Meets(Errors(k), 6, 6, 1, $"LogK on {target}");
        }
    }
}
