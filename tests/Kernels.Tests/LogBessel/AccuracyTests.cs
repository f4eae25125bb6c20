using Kernels.Testing;
using Xunit.Abstractions;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>The functions against the golden tables, on every target.</summary>
public class AccuracyTests(ITestOutputHelper output)
{
    delegate void Function(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y, KernelOptions? options);

    // The bounds follow from the analyses at the formulas: LogI 4.5 and LogK 6 units at most. 3 and 0.6 are what such errors leave when they add at random.
    void Meets(Function f, GoldenTable table, double most, int factor, string name)
    {
        double[] y = new double[table.V.Length];
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            f(table.V, table.X, y, new() { Target = target });
            output.WriteLine(Criterion.Meets(y.Select((value, k) => Criterion.Error(table.Difference(value, k, factor), value, Criterion.Kappa(table.V[k], table.X[k], factor != 0))),
                most, 3, 0.6, $"{name} on {target}"));
        }
    }

    [Fact] public void LogI_meets_the_table() => Meets(LogBessel.LogI, GoldenTable.LogI, 4.5, 0, "LogI");
    [Fact] public void LogK_meets_the_table() => Meets(LogBessel.LogK, GoldenTable.LogK, 6, 0, "LogK");
    [Fact] public void LogIScaled_meets_the_table() => Meets(LogBessel.LogIScaled, GoldenTable.LogI, 6, -1, "LogIScaled");
    [Fact] public void LogKScaled_meets_the_table() => Meets(LogBessel.LogKScaled, GoldenTable.LogK, 6, 1, "LogKScaled");

    // Relative to the result. The bounds follow from the analyses at the formulas, too.
    void MeetsRelatively(Function f, GoldenTable table, double most, string name)
    {
        double[] y = new double[table.V.Length];
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            f(table.V, table.X, y, new() { Target = target });
            output.WriteLine(Criterion.Meets(y.Select((value, k) => Criterion.Relative(table.Difference(value, k, 0), table.Value(k))), most, 5, 1, $"{name} on {target}"));
        }
    }

    [Fact] public void RatioI_meets_the_table() => MeetsRelatively(LogBessel.RatioI, GoldenTable.RatioI, 5, "RatioI");
    [Fact] public void RatioK_meets_the_table() => MeetsRelatively(LogBessel.RatioK, GoldenTable.RatioK, 8, "RatioK");

    [Fact]
    public void RatioIComplement_meets_the_table()
    {
        // 1 - ratio loses digits of the table, which has 25, only near 1 - 1e-6.
        var table = GoldenTable.RatioI;
        double[] y = new double[table.V.Length];
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            LogBessel.RatioIComplement(table.V, table.X, y, new() { Target = target });
            // 1 - y is not exact: its error, and the table's difference to it, add up to y's error.
            output.WriteLine(Criterion.Meets(y.Select((value, k) =>
            {
                double other = 1 - value, rounding = (1 - other) - value;
                double error = table.Difference(other, k, 0) + rounding;
                double r = double.Hypot(table.V[k], table.X[k]), rest = r >= 160 ? 0.2 * 160 / r : r >= 60 ? 1 : r >= 30 ? 2.5 : 5;
                return Math.Abs(error) / (Criterion.Unit * (5 * value + rest));
            }), 1, 1, 0.5, $"RatioIComplement on {target}"));
        }
    }

    [Fact]
    public void LogI_of_order_zero_is_accurate_relative_to_itself_near_zero()
    {
        // log I_0 = x²/4 - x^4/64 + x^6/576 - …, the next term 0.004 x^6 of it; far below 1 where the criterion asks for nothing.
        foreach (double x in new[] { 1e-150, 1e-20, 1e-8, 1e-4, 3e-3 })
        {
            double expected = x * x / 4 * (1 - x * x / 16 + x * x * x * x / 144);
            Assert.InRange(LogBessel.LogI(0, x) / expected, 1 - 1e-15, 1 + 1e-15);
            Assert.Equal(LogBessel.LogI(0, 1.5), LogBessel.LogI(1e-300, 1.5));
        }
    }
}
