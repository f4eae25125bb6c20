using Kernels.Testing;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>The published algorithm has the errors that it is known for, no others, on every target.</summary>
public class PaperAlgorithmTests
{
    const double Unit = 1.1102230246251565e-16;

    // Where the series and the integral stand in: the last row of the paper's Table 1.
    static bool Fallback(double v, double x) => x <= 30 && v <= 12.6964 && !(x > 19.6931 && v > 0.7);

    static IEnumerable<KernelOptions> Options() => ((KernelTarget[])[KernelTarget.Spec, .. Targets.All]).Select(t => new KernelOptions { Target = t });

    [Fact]
    public void Expansions_and_the_series_meet_the_tables()
    {
        foreach (var options in Options())
            foreach (bool first in (bool[])[true, false])
            {
                var table = first ? GoldenTable.LogI : GoldenTable.LogK;
                double[] y = new double[table.V.Length];
                if (first) LogBessel.LogI(table.V, table.X, y, LogBesselAlgorithm.Paper, options);
                else LogBessel.LogK(table.V, table.X, y, LogBesselAlgorithm.Paper, options);
                for (int k = 0; k < y.Length; k++)
                {
                    var (v, x) = (table.V[k], table.X[k]);
                    if (!first && Fallback(v, x)) continue;
                    // v eta and ln v are rounded at the size of kappa. Hankel's sum is cut off at 1e-10 where its second clause reaches furthest; the series adds 64 positive terms,
                    // each the exponential of a sum of as many rounded logarithms, the large ones (k < 16) below 100.
                    double most = Fallback(v, x) ? 1e-13 : 1e-10;
                    double bound = most * Math.Max(1, Math.Abs(y[k])) + 4 * Unit * Criterion.Kappa(v, x);
                    Assert.True(Math.Abs(table.Difference(y[k], k, 0)) <= bound, FormattableString.Invariant($"{options.Target}, {(first ? "I" : "K")}: {v:R}, {x:R}: {y[k]:R}"));
                }
            }
    }

    [Fact]
    public void The_integral_has_the_error_of_its_600_intervals()
    {
        var table = GoldenTable.LogK;
        double[] y = new double[table.V.Length];
        foreach (var options in Options())
        {
            LogBessel.LogK(table.V, table.X, y, LogBesselAlgorithm.Paper, options);
            var errors = Enumerable.Range(0, y.Length).Where(k => Fallback(table.V[k], table.X[k]))
                .Select(k => (X: table.X[k], Error: Math.Abs(table.Difference(y[k], k, 0)) / Math.Max(1, Math.Abs(table.Value(k))))).ToList();
            // Simpson's rule in exact arithmetic: 6.2e-10 at (0, 0.5), 0.27 as x goes to 0.
            Assert.All(errors.Where(e => e.X >= 0.1), e => Assert.InRange(e.Error, 0, 1e-9));
            Assert.InRange(errors.Max(e => e.Error), 0.1, 0.3);
        }
    }

    [Fact]
    public void Special_values_are_the_family_s_own()
    {
        double[] v = [0, 1, 2.5, double.NaN, 1, 3, -2.5, double.PositiveInfinity], x = [0, 0, -1, 1, double.PositiveInfinity, double.NaN, 0, 1], own = new double[8], paper = new double[8];
        LogBessel.LogI(v, x, own);
        LogBessel.LogI(v, x, paper, LogBesselAlgorithm.Paper);
        Assert.Equal(own, paper);
        LogBessel.LogK(v, x, own);
        LogBessel.LogK(v, x, paper, LogBesselAlgorithm.Paper);
        Assert.Equal(own, paper);
    }

    [Fact]
    public void The_algorithm_is_one_of_two()
    {
        double[] v = [1, 2], x = [3, 4], own = new double[2], y = [7, 7];
        LogBessel.LogI(v, x, own);
        Assert.Equal("algorithm", Assert.Throws<ArgumentOutOfRangeException>(() => LogBessel.LogI(v, x, y, (LogBesselAlgorithm)2)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => LogBessel.LogK(v, x, y, (LogBesselAlgorithm)(-1)));
        Assert.Equal([7, 7], y);
        LogBessel.LogI(v, x, y, LogBesselAlgorithm.Auto);
        Assert.Equal(own, y);
    }
}
