using System.Globalization;
using Kernels.Testing;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>The distribution of von Mises and Fisher: tables, closed forms, the fit of κ and of a matrix, bad input.</summary>
public class VonMisesFisherTests
{
    const double Unit = 1.1102230246251565e-16;

    static double[][] Table(string file)
    {
        using var reader = new StreamReader(typeof(VonMisesFisherTests).Assembly.GetManifestResourceStream(file) ?? throw new FileNotFoundException(file));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',').Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray())];
    }

    static IEnumerable<KernelOptions> Options() => ((KernelTarget[])[KernelTarget.Spec, .. Targets.All]).Select(t => new KernelOptions { Target = t });

    // What the docstring states, and half a unit for the table's own rounding.
    static void NormalizerIs(double expected, double actual, int p, double kappa, string what)
    {
        double v = 0.5 * p - 1, r = double.Hypot(v, kappa), unit = Unit * Math.Max(1, Math.Max(Math.Abs(expected), r + v * Math.Log(1 + v + r)));
        Assert.True(Math.Abs(actual - expected) <= 6.5 * unit, FormattableString.Invariant($"{what}: log C_{p}({kappa:R}) = {actual:R}, not {expected:R}: {Math.Abs(actual - expected) / unit:F1} units"));
    }

    [Fact]
    public void The_normalizer_and_the_length_meet_the_table()
    {
        double[] y = new double[1];
        foreach (var options in Options())
            foreach (double[] row in Table("vmf_lognorm.csv"))
            {
                var (p, kappa) = ((int)row[0], row[1]);
                VonMisesFisher.LogNormalizer(p, [kappa], y, options);
                NormalizerIs(row[2], y[0], p, kappa, $"{options.Target}");
                VonMisesFisher.MeanResultantLength(p, [kappa], y, options);
                Assert.InRange(y[0] / row[3], 1 - 6 * Unit, 1 + 6 * Unit);
                Assert.InRange(VonMisesFisher.MeanResultantLength(p, kappa) / row[3], 1 - 6 * Unit, 1 + 6 * Unit);
            }
    }

    [Fact]
    public void In_three_dimensions_there_is_a_closed_form()
    {
        // C_3 = κ / (4π sinh κ); ln sinh κ = κ + ln(1 - e^(-2κ)) - ln 2. The closed form errs by a unit of its own terms, which are no larger than the result or 1.
        foreach (double kappa in new[] { 1e-3, 0.1, 0.7, 1.99, 2, 4.99, 5, 9.99, 10, 19.9, 20.1, 25, 29.9, 30.1, 59, 61, 159, 161, 1e4, 1e8 })
        {
            double expected = Math.Log(kappa) - Math.Log(4 * Math.PI) - (kappa + Math.Log(1 - Math.Exp(-2 * kappa)) - Math.Log(2));
            if (kappa < 0.01) expected = -Math.Log(4 * Math.PI) - kappa * kappa / 6 + Math.Pow(kappa, 4) / 180;
            double actual = VonMisesFisher.LogNormalizer(3, kappa), unit = Unit * Math.Max(1, Math.Max(Math.Abs(expected), kappa + 0.5 * Math.Log(1.5 + kappa)));
            Assert.True(Math.Abs(actual - expected) <= 10 * unit, FormattableString.Invariant($"log C_3({kappa:R}) = {actual:R}, not {expected:R}"));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(3.0)]
    [InlineData(12.0)]
    [InlineData(80.0)]
    public void On_the_circle_the_density_integrates_to_one(double kappa)
    {
        // The trapezoidal rule of a periodic analytic function: exact to rounding with 512 points here (the error is 2 I_512(κ)/I_0(κ)).
        double log = VonMisesFisher.LogNormalizer(2, kappa), sum = 0;
        for (int k = 0; k < 512; k++) sum += Math.Exp(log + kappa * Math.Cos(Math.PI * k / 256));
        // The exponent is rounded at a size of |log C| + κ, the normalizer by 6.5 units of that; 512 additions.
        Assert.Equal(1, sum * Math.PI / 256, Unit * (512 + 10 * (1 + Math.Abs(log) + kappa)));
    }

    [Fact]
    public void At_zero_the_density_is_that_of_the_sphere()
    {
        // Γ(p/2) / (2 π^(p/2)): the reciprocal of the surface.
        var surfaces = new (int P, double Surface)[] { (2, 2 * Math.PI), (3, 4 * Math.PI), (4, 2 * Math.PI * Math.PI), (6, Math.Pow(Math.PI, 3)), (8, Math.Pow(Math.PI, 4) / 3) };
        foreach (var options in Options())
            foreach (var (p, surface) in surfaces)
                foreach (double kappa in new[] { 0.0, -0.0, double.Epsilon, 1e-300, 1e-20 })
                {
                    double[] y = new double[1];
                    VonMisesFisher.LogNormalizer(p, [kappa], y, options);
                    NormalizerIs(-Math.Log(surface), y[0], p, kappa, $"{options.Target}");
                }
    }

    [Fact]
    public void Beyond_all_measures()
    {
        foreach (int p in new[] { 2, 3, 2048, int.MaxValue })
        {
            Assert.Equal(double.NegativeInfinity, VonMisesFisher.LogNormalizer(p, double.PositiveInfinity));
            Assert.Equal(-1e300, VonMisesFisher.LogNormalizer(p, 1e300), 1e285);
            Assert.Equal(double.NaN, VonMisesFisher.LogNormalizer(p, double.NaN));
            Assert.Equal(double.NaN, VonMisesFisher.LogNormalizer(p, -1));
            Assert.Equal(0, VonMisesFisher.MeanResultantLength(p, 0));
            Assert.Equal(1, VonMisesFisher.MeanResultantLength(p, double.PositiveInfinity));
            Assert.Equal(0, VonMisesFisher.FitKappa(p, 0));
            Assert.Equal(double.PositiveInfinity, VonMisesFisher.FitKappa(p, 1));
        }
    }

    [Fact]
    public void The_fit_meets_the_table()
    {
        // The relative change of κ is at most twice that of A_p or of 1 - A_p, whichever is less; the first errs by 8 units of 2^-53 of itself, the second by 8 of 1.
        foreach (double[] row in Table("vmf_kappa_mle.csv"))
        {
            double r = row[1], units = r <= 0.5 ? 8 : 8 / (1 - r);
            Assert.InRange(VonMisesFisher.FitKappa((int)row[0], r) / row[2], 1 - 2 * units * Unit, 1 + 2 * units * Unit);
        }
    }

    [Fact]
    public void The_fitted_kappa_has_the_length_it_was_fitted_to()
    {
        var random = new Random(3);
        foreach (int p in (int[])[2, 3, 4, 5, 10, 31, 58, 62, 512, 2048, 8192, 32768, 1_000_000])
        {
            double[] lengths = [.. Enumerable.Range(0, 1500).Select(k => (k % 3) switch { 0 => random.NextDouble(), 1 => Math.Pow(10, -18 * random.NextDouble()), _ => 1 - Math.Pow(10, -15 * random.NextDouble()) }), 1e-310, 0.5, Math.BitDecrement(1.0)];
            double[] kappa = new double[lengths.Length];
            VonMisesFisher.FitKappa(p, lengths, kappa);
            for (int k = 0; k < kappa.Length; k++)
            {
                Assert.Equal(kappa[k], VonMisesFisher.FitKappa(p, lengths[k]));
                double v = 0.5 * p - 1, r = lengths[k], reached = LogBessel.RatioI(v, kappa[k]), complement = LogBessel.RatioIComplement(v, kappa[k]);
                // The ratio's own 5 units count again here.
                double error = r <= 0.5 ? Math.Abs(reached - r) / Math.Max(r, 1e-290) / 13 : Math.Abs(complement - (1 - r)) / Math.Max(13 * (1 - r), kappa[k] < 30 && v < 30 ? 5 : 0);
                Assert.True(error <= Unit, FormattableString.Invariant($"p = {p}, {r:R}: κ = {kappa[k]:R} has {reached:R}, 1 - {complement:R}: {error / Unit:F1}"));
            }
        }
    }

    [Fact]
    public void A_matrix_of_features()
    {
        const int Rows = 700;
        var random = new Random(11);
        foreach (int p in (int[])[2, 3, 17, 512, 513, 2048])
        {
            double[] x = [.. Enumerable.Range(0, Rows * p).Select(k => random.NextDouble() - 0.4 + (k % p == 0 ? 1 : 0))];
            double[] mean = new double[p], direction = new double[p];
            for (int row = 0; row < Rows; row++)
            {
                var vector = x.AsSpan(row * p, p);
                double length = Math.Sqrt(vector.ToArray().Sum(a => a * a));
                for (int k = 0; k < p; k++) mean[k] += vector[k] / length;
            }
            double resultant = Math.Sqrt(mean.Sum(a => a * a));
            // Sums of Rows terms of size 1 at most in some order, twice: 2 Rows units; of p squares: p units.
            double bound = (2 * Rows + p) * Unit;
            foreach (var options in Options().Append(new KernelOptions { MaxDegreeOfParallelism = 2 }))
            {
                var fit = VonMisesFisher.Fit(x, Rows, p, direction, options);
                Assert.InRange(fit.MeanResultantLength / (resultant / Rows), 1 - bound, 1 + bound);
                Assert.Equal(VonMisesFisher.FitKappa(p, fit.MeanResultantLength), fit.Kappa);
                for (int k = 0; k < p; k++) Assert.Equal(mean[k] / resultant, direction[k], bound);
            }
            float[] single = [.. x.Select(a => (float)a)];
            var rounded = VonMisesFisher.Fit(single, Rows, p, direction);
            Assert.Equal(resultant / Rows, rounded.MeanResultantLength, 1e-7);
            Assert.Equal(1, Math.Sqrt(direction.Sum(a => a * a)), 4 * p * Unit);
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        double[] two = [0.5, 0.5], three = new double[3], untouched = [7, 7, 7];
        Assert.Equal("p", Assert.Throws<ArgumentOutOfRangeException>(() => VonMisesFisher.LogNormalizer(1, 1)).ParamName);
        Assert.Equal("p", Assert.Throws<ArgumentOutOfRangeException>(() => VonMisesFisher.MeanResultantLength(0, 1)).ParamName);
        Assert.Equal("p", Assert.Throws<ArgumentOutOfRangeException>(() => VonMisesFisher.FitKappa(-1, 0.5)).ParamName);
        foreach (double bad in new[] { -0.1, 1.0000000000000002, double.NaN, double.PositiveInfinity })
        {
            Assert.Equal("meanResultantLength", Assert.Throws<ArgumentOutOfRangeException>(() => VonMisesFisher.FitKappa(3, bad)).ParamName);
            Assert.Throws<ArgumentOutOfRangeException>(() => VonMisesFisher.FitKappa(3, [0.5, 0.5, bad], untouched));
        }
        Assert.Equal("kappa", Assert.Throws<ArgumentException>(() => VonMisesFisher.FitKappa(3, two, untouched)).ParamName);
        double[] shared = new double[5];
        Assert.Equal("kappa", Assert.Throws<ArgumentException>(() => VonMisesFisher.FitKappa(3, shared.AsSpan(0, 4), shared.AsSpan(1, 4))).ParamName);
        Assert.Throws<ArgumentException>(() => VonMisesFisher.LogNormalizer(3, two, untouched.AsSpan(0, 1)));
        Assert.Equal("rows", Assert.Throws<ArgumentOutOfRangeException>(() => VonMisesFisher.Fit(three, 0, 3, untouched)).ParamName);
        Assert.Equal("x", Assert.Throws<ArgumentException>(() => VonMisesFisher.Fit(three, 2, 3, untouched)).ParamName);
        Assert.Equal("meanDirection", Assert.Throws<ArgumentException>(() => VonMisesFisher.Fit(three, 1, 3, untouched.AsSpan(0, 2))).ParamName);
        Assert.Equal("meanDirection", Assert.Throws<ArgumentException>(() => VonMisesFisher.Fit(three, 1, 3, three)).ParamName);
        Assert.All(untouched, a => Assert.Equal(7, a));
        foreach (double bad in new[] { 0, double.NaN, double.PositiveInfinity })
            Assert.Contains("Row 1", Assert.Throws<ArgumentException>(() => VonMisesFisher.Fit((double[])[1, 2, bad, 0], 2, 2, new double[2])).Message);
    }

    [Fact]
    public void Nothing_is_touched_beyond_the_ends()
    {
        foreach (var options in Options())
            foreach (int n in (int[])[0, 1, 7, 8, 9, 33])
            {
                using GuardedBuffer<double> kappa = new(n), y = new(n);
                for (int k = 0; k < n; k++) kappa.Span[k] = 7.0 * k;
                VonMisesFisher.LogNormalizer(37, kappa.Span, y.Span, options);
                VonMisesFisher.MeanResultantLength(37, kappa.Span, y.Span, options);
                VonMisesFisher.FitKappa(37, y.Span, kappa.Span, options);
                kappa.CheckCanaries();
                y.CheckCanaries();
            }
        var rows = new double[0];
        Assert.Throws<ArgumentOutOfRangeException>(() => VonMisesFisher.Fit(rows, 0, 2, new double[2]));
    }
}
