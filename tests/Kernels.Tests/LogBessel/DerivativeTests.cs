using Kernels.Testing;
using Kernels.Tests.SoftmaxFamily;
using Xunit.Abstractions;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>Values and derivatives in one pass: against the golden tables, against differences of the oracle's values, at zeros and infinities.</summary>
public class DerivativeTests(ITestOutputHelper output)
{
    const double Inf = double.PositiveInfinity, NaN = double.NaN;

    delegate void Function(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> value, Span<double> dx, Span<double> dv, KernelOptions? options);

    static void OnAllTargets(Function f, double[] v, double[] x, Action<KernelTarget, double[], double[], double[]> check)
    {
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            double[] value = new double[v.Length], dx = new double[v.Length], dv = new double[v.Length];
            f(v, x, value, dx, dv, new() { Target = target });
            check(target, value, dx, dv);
        }
    }

    // What an error of ∂v log I is measured by: see LogIAndDerivatives.
    static double MeasureOfDv(double v, double x, double dv) => x * x + 2 * v * v >= 400 ? Math.Max(Math.Max(Math.Abs(dv), v / x), Criterion.Unit) : Math.Max(1, Math.Abs(dv)) * 1.5;

    [Fact]
    public void The_values_are_those_of_the_plain_functions()
    {
        foreach (var (f, table, most) in new[] { ((Function)LogBessel.LogIAndDerivatives, GoldenTable.LogI, 4.5), (LogBessel.LogKAndDerivatives, GoldenTable.LogK, 6) })
            OnAllTargets(f, table.V, table.X, (target, value, _, _) =>
                output.WriteLine(Criterion.Meets(value.Select((y, k) => Criterion.Error(table.Difference(y, k, 0), y, Criterion.Kappa(table.V[k], table.X[k]))), most, 3, 0.6, $"value of {f.Method.Name} on {target}")));
    }

    [Fact]
    public void The_derivatives_meet_the_tables()
    {
        double[] v = GoldenTable.LogIDx.V, x = GoldenTable.LogIDx.X;
        OnAllTargets(LogBessel.LogIAndDerivatives, v, x, (target, _, dx, dv) =>
        {
            output.WriteLine(Criterion.Meets(dx.Select((y, k) => Criterion.Relative(GoldenTable.LogIDx.Difference(y, k, 0), y)), 8, 5, 1, $"dx log I on {target}"));
            output.WriteLine(Criterion.Meets(dv.Select((y, k) => Criterion.Relative(GoldenTable.LogIDv.Difference(y, k, 0), MeasureOfDv(v[k], x[k], y))), 8, 6, 1, $"dv log I on {target}"));
        });
        OnAllTargets(LogBessel.LogKAndDerivatives, v, x, (target, _, dx, dv) =>
        {
            output.WriteLine(Criterion.Meets(dx.Select((y, k) => Criterion.Relative(GoldenTable.LogKDx.Difference(y, k, 0), y)), 8, 5, 1, $"dx log K on {target}"));
            output.WriteLine(Criterion.Meets(dv.Select((y, k) => Criterion.Relative(GoldenTable.LogKDv.Difference(y, k, 0), x[k] < 1 ? Math.Max(1, Math.Abs(y)) : y)), 8, 6, 1, $"dv log K on {target}"));
        });
    }

    [Fact]
    public void The_derivatives_are_slopes_of_the_oracle()
    {
        // f' = (8 (f(h) - f(-h)) - (f(2h) - f(-2h)))/(12h) + h^4 f⁗'/30: at h = 2^-14 of the scale on which f varies, that of x or 1 in v, 2^-61 is left; the oracle's error, 1e-30 kappa, makes 1e-25 of it.
        static double Slope(Func<double, DoubleDouble> f, double h) => ((8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)).High;
        double[] v = [0.5, 0.25, 1, 1.5, 3.5, 8, 13, 6, 2, 0.5, 14, 9, 25, 3, 40, 70, 1, 120], x = [0.125, 0.75, 1.5, 3, 4.5, 7, 9, 15, 19, 21, 4, 18, 10, 40, 2, 50, 90, 150];
        double[] LogI(bool byOrder) => [.. v.Select((_, k) => byOrder ? Slope(h => Oracle.LogI(v[k] + h, x[k]), 1 / 16384.0) : Slope(h => Oracle.LogI(v[k], x[k] + h), Math.ScaleB(x[k], -14)))];
        double[] LogK(bool byOrder) => [.. v.Select((_, k) => byOrder ? Slope(h => Oracle.LogK(v[k] + h, x[k]), 1 / 16384.0) : Slope(h => Oracle.LogK(v[k], x[k] + h), Math.ScaleB(x[k], -14)))];
        foreach (var (f, byX, byV) in new[] { ((Function)LogBessel.LogIAndDerivatives, LogI(false), LogI(true)), (LogBessel.LogKAndDerivatives, LogK(false), LogK(true)) })
            OnAllTargets(f, v, x, (target, _, dx, dv) =>
            {
                for (int k = 0; k < v.Length; k++)
                {
                    Assert.True(Math.Abs(dx[k] - byX[k]) <= 9 * Criterion.Unit * Math.Abs(byX[k]), $"{target}: dx at {v[k]}, {x[k]}: {dx[k]:R}, not {byX[k]:R}");
                    Assert.True(Math.Abs(dv[k] - byV[k]) <= 9 * Criterion.Unit * MeasureOfDv(v[k], x[k], byV[k]), $"{target}: dv at {v[k]}, {x[k]}: {dv[k]:R}, not {byV[k]:R}");
                }
            });
    }

    [Fact]
    public void At_order_zero_the_derivative_of_I_is_minus_the_quotient_and_that_of_K_zero()
    {
        foreach (double x in new[] { 1e-300, 0.3, 1, 5, 19, 20, 25, 31, 59 })
        {
            // Logarithms near -2x: their rounding, times 2x.
            double expected = -Math.Exp(LogBessel.LogKScaled(0, x) - LogBessel.LogIScaled(0, x) - 2 * x), dv = LogBessel.LogIAndDerivatives(0, x).Dv;
            Assert.True(Math.Abs(dv - expected) <= (x < 20 ? 12 * Criterion.Unit * Math.Max(1, -expected) : 40 * Criterion.Unit * -expected), $"{x}: {dv:R}, not {expected:R}");
            Assert.Equal(0, LogBessel.LogKAndDerivatives(0, x).Dv);
        }
    }

    [Fact]
    public void Special_values()
    {
        // v, x; value, dx, dv of log I; of log K.
        double[][] table =
        [
            [NaN, 1, NaN, NaN, NaN, NaN, NaN, NaN], [1, NaN, NaN, NaN, NaN, NaN, NaN, NaN], [1, -1, NaN, NaN, NaN, NaN, NaN, NaN],
            [0, 0, 0, 0, -Inf, Inf, -Inf, 0], [2, 0, -Inf, Inf, -Inf, Inf, -Inf, Inf], [0.5, -0.0, -Inf, Inf, -Inf, Inf, -Inf, Inf],
            [3, Inf, Inf, 1, 0, -Inf, -1, 0], [Inf, 3, -Inf, Inf, -Inf, Inf, -Inf, Inf], [Inf, 0, -Inf, Inf, -Inf, Inf, -Inf, Inf], [Inf, Inf, NaN, NaN, NaN, NaN, NaN, NaN],
            [0, 1e200, 1e200, 1, 0, -1e200, -1, 0], [1e200, 1e200, 5.3283997535355202e199, 1.4142135623730951, -0.881373587019543, -5.3283997535355202e199, -1.4142135623730951, 0.881373587019543],
            // dv = ±(ln(2v/x) - …) with x = 2e-300: ln(1e300) + ψ(20), ψ(21).
            [20, 2e-300, -13857.846174425027589, 1e301, -693.79605189045585423, 13854.157294970913652, -1e301, 693.74605189045585423],
        ];
        double[] v = [.. table.Select(r => r[0])], x = [.. table.Select(r => r[1])];
        void Check(double[] row, double[] got, int first, KernelTarget target)
        {
            for (int j = 0; j < 3; j++)
            {
                double expected = row[first + j];
                bool same = expected.Equals(got[j]) || expected == got[j] || double.IsFinite(expected) && Math.Abs(got[j] - expected) <= 8 * Criterion.Unit * Math.Max(Math.Abs(expected), j == 0 ? Criterion.Kappa(row[0], row[1]) : 0);
                Assert.True(same, $"{target}: {first + j} at {row[0]}, {row[1]}: {got[j]:R}, not {expected:R}");
            }
        }
        OnAllTargets(LogBessel.LogIAndDerivatives, v, x, (target, value, dx, dv) => { for (int k = 0; k < v.Length; k++) Check(table[k], [value[k], dx[k], dv[k]], 2, target); });
        OnAllTargets(LogBessel.LogKAndDerivatives, v, x, (target, value, dx, dv) => { for (int k = 0; k < v.Length; k++) Check(table[k], [value[k], dx[k], dv[k]], 5, target); });
        foreach (double order in new[] { 0.3, 7, 40.5 })
        {
            var (plus, minus) = (LogBessel.LogKAndDerivatives(order, 3), LogBessel.LogKAndDerivatives(-order, 3));
            Assert.Equal((plus.Value, plus.Dx, -plus.Dv), minus);
            Assert.Equal((NaN, NaN, NaN), LogBessel.LogIAndDerivatives(-order, 3));
        }
    }
}
