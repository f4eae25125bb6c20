namespace Kernels.Tests.LogBesselFamily;

/// <summary>
/// How errors are judged: in units of 2^-53 of max(1, |value|, kappa), kappa = |x ∂/∂x| + |v ∂/∂v| to its leading part: what a rounding of both arguments may change. The value
/// itself crosses zero, where no bound relative to it holds.
/// </summary>
static class Criterion
{
    /// <summary>2^-53.</summary>
    public const double Unit = 1.1102230246251565e-16;

    /// <summary>v &lt; 0 counts as |v|; of the scaled functions, r - x takes the place of r.</summary>
    public static double Kappa(double v, double x, bool scaled = false)
    {
        v = Math.Abs(v);
        double r = double.Hypot(v, x), gap = v / (r + x) * v, ratio = (v + gap) / x;
        double asinh = ratio < 1e-5 ? ratio - ratio * ratio / 2 : Math.Log(1 + ratio);
        return (scaled ? gap : r) + v * asinh;
    }

    /// <summary>A difference in these units.</summary>
    public static double Error(double difference, double value, double kappa) => Math.Abs(difference) / (Unit * Math.Max(1, Math.Max(Math.Abs(value), kappa)));

    /// <summary>A difference in units of 2^-53 of value; 0 where both are 0.</summary>
    public static double Relative(double difference, double value) => difference == 0 ? 0 : Math.Abs(difference) / (Unit * Math.Abs(value));

    /// <summary>What was measured, in words. No error above most, at most one in a hundred above the second, half of them at most the third; NaN and infinity are above all.</summary>
    public static string Meets(IEnumerable<double> errors, double most, double percentile99, double median, string what)
    {
        double[] sorted = [.. errors.Select(e => double.IsNaN(e) ? double.PositiveInfinity : e).Order()];
        double p99 = sorted[sorted.Length * 99 / 100], half = sorted[sorted.Length / 2];
        string found = FormattableString.Invariant($"{what}: max {sorted[^1]:F2}, 99 % {p99:F2}, median {half:F2}");
        Assert.True(sorted[^1] <= most && p99 <= percentile99 && half <= median, found);
        return found;
    }
}
