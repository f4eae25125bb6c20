using System.Globalization;
using System.Runtime.CompilerServices;
using Kernels.MathCheck;

namespace Kernels.Tests;

/// <summary>The table of docs/math.md says what the code says: a row for each function and type, the bound of KernelMath.Bounds, the measured error.</summary>
public class MathDocumentationTests
{
    [Fact]
    public void Every_float_function_has_its_row_with_its_bound_and_its_recorded_error()
    {
        foreach (SingleFunction f in Functions.Single)
        {
            (double bound, double measured) = Row(f.Name, "float");
            Assert.Equal(f.Bound, bound);
            if (Exhaustive.Load().SingleOrDefault(r => r.Function == f.Name) is { } record) Assert.Equal(Math.Round(record.MaxUlp, 3), measured);
            else Assert.InRange(measured, Math.Round(Exhaustive.Measure(f, 0, 1L << 32, 40_009).MaxUlp, 3), f.RoundedDouble ? bound : 0);
        }
    }

    [Fact]
    public void Every_double_function_has_its_row_with_its_bound_and_an_error_not_below_the_sampled_one()
    {
        foreach (DoubleFunction f in Functions.Double)
        {
            (double bound, double measured) = Row(f.Name, "double");
            Assert.Equal(f.Bound, bound);
            Assert.InRange(measured, Math.Round(DoubleSample.Measure(f, 20).MaxUlp, 3), bound);
        }
    }

    static (double Bound, double Measured) Row(string name, string type)
    {
        string[] cells = Assert.Single(File.ReadLines(Table()), line => line.StartsWith($"| `{name}` | {type} |", StringComparison.Ordinal)).Split('|');
        return (double.Parse(cells[3], CultureInfo.InvariantCulture), double.Parse(cells[4], CultureInfo.InvariantCulture));
    }

    static string Table([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "math.md");
}
