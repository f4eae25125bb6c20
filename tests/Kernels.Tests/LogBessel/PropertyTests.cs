using Kernels.Testing;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>
/// What the functions have among themselves, at random points over the whole range. Slack is what the stated bounds leave: 4.5 kappa for log I, 6 kappa for log K (kappa at least 1), 5 and 8 units for the ratios.
/// </summary>
public class PropertyTests
{
    // Orders 0 and 1e-3 … 1e6, arguments 1e-300 … 1e6 or 1e-3 … 1e6, and where formulas meet.
    static readonly double[] v, x;

    static PropertyTests()
    {
        var random = new Random(21);
        double Log(double from, double to) => Math.Pow(10, from + (to - from) * random.NextDouble());
        var points = Enumerable.Range(0, 6000).Select(k => (k % 11 == 0 ? 0 : Log(-3, 6), k % 5 == 0 ? Log(-300, 6) : Log(-3, 6)))
            .Concat(Enumerable.Range(0, 3000).Select(_ => (30 * random.NextDouble(), 40 * random.NextDouble() + 1e-3))).ToArray();
        v = [.. points.Select(p => p.Item1)];
        x = [.. points.Select(p => p.Item2)];
    }

    delegate void Function(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y, KernelOptions? options);

    static double[] Of(Function f, KernelTarget target, double order = 0, double factor = 1)
    {
        double[] y = new double[v.Length];
        f([.. v.Select(a => a + order)], [.. x.Select(a => a * factor)], y, new() { Target = target });
        return y;
    }

    // The sum of the kappas of orders v + steps, each at least 1.
    static double Kappa(int k, params double[] steps) => steps.Sum(s => Math.Max(1, Criterion.Kappa(v[k] + s, x[k])));

    static void Holds(KernelTarget target, string what, Func<int, double> excess, Func<int, double> slack, Func<int, bool>? where = null)
    {
        for (int k = 0; k < v.Length; k++)
            if (where?.Invoke(k) ?? true)
                Assert.True(excess(k) <= slack(k) * Criterion.Unit, FormattableString.Invariant($"{what} on {target} at {v[k]:R}, {x[k]:R}: {excess(k) / Criterion.Unit} > {slack(k)}"));
    }

    public static TheoryData<KernelTarget> AllTargets => [KernelTarget.Spec, .. Targets.All];

    [Theory, MemberData(nameof(AllTargets))]
    public void Wronskian(KernelTarget target)
    {
        // I_v K_(v+1) + I_(v+1) K_v = 1/x (DLMF 10.28.2).
        double[] i = Of(LogBessel.LogI, target), k = Of(LogBessel.LogK, target), ratioI = Of(LogBessel.RatioI, target), ratioK = Of(LogBessel.RatioK, target);
        Holds(target, "Wronskian", n => Math.Abs(i[n] + k[n] + Math.Log(ratioI[n] + ratioK[n]) + Math.Log(x[n])), n => 16 * (1 + Kappa(n, 0)) + 4 * Math.Abs(Math.Log(x[n])), n => double.IsFinite(ratioK[n]));
    }

    [Theory, MemberData(nameof(AllTargets))]
    public void Recurrences(KernelTarget target)
    {
        // I_(v-1) - I_(v+1) = (2v/x) I_v, K_(v+1) - K_(v-1) = (2v/x) K_v (DLMF 10.29.1), divided by the middle one, relative to the largest term; at v + 1. The order v + 1 is rounded: half a unit of v
        // times ∂v log, which is at most 1/(v + 1) of the ratio.
        double[] i = Of(LogBessel.RatioI, target), above = Of(LogBessel.RatioI, target, 1), k = Of(LogBessel.RatioK, target), aboveK = Of(LogBessel.RatioK, target, 1);
        double[] log = Of(LogBessel.LogI, target), logAbove = Of(LogBessel.LogI, target, 1), logK = Of(LogBessel.LogK, target), logAboveK = Of(LogBessel.LogK, target, 1);
        bool Plain(int n) => double.IsFinite(aboveK[n] * x[n]) && x[n] > 1e-290;
        Holds(target, "I", n => Math.Abs(1 / i[n] - above[n] - 2 * (v[n] + 1) / x[n]) * i[n], _ => 16, Plain);
        Holds(target, "K", n => Math.Abs(aboveK[n] - 1 / k[n] - 2 * (v[n] + 1) / x[n]) / aboveK[n], _ => 22, Plain);
        Holds(target, "log I", n => Math.Abs(logAbove[n] - log[n] - Math.Log(i[n])), n => 5 * Kappa(n, 0, 1) + 10, Plain);
        Holds(target, "log K", n => Math.Abs(logAboveK[n] - logK[n] - Math.Log(k[n])), n => 7 * Kappa(n, 0, 1) + 10, Plain);
    }

    [Theory, MemberData(nameof(AllTargets))]
    public void Bounds_of_the_ratios(KernelTarget target)
    {
        // Amos 1974, Segura 2011; the bounds' own roundings count 4 units.
        double[] i = Of(LogBessel.RatioI, target), k = Of(LogBessel.RatioK, target);
        static double Bound(double v, double x, double shift, double root) => x / (v + shift + double.Hypot(v + root, x));
        foreach (var (shift, root, upper) in new[] { (0.5, 0.5, true), (0, 2, true), (0.5, 1.5, false), (1, 1, false) })
            Holds(target, $"I, {shift}, {root}", n => (upper ? 1 : -1) * (i[n] / Bound(v[n], x[n], shift, root) - 1), _ => 10, n => x[n] > 1e-290);
        Holds(target, "K from below", n => 1 - k[n] / ((v[n] + double.Hypot(v[n], x[n])) / x[n]), _ => 13, n => double.IsFinite(k[n]));
        Holds(target, "K from above", n => k[n] / ((v[n] + 0.5 + double.Hypot(v[n] + 0.5, x[n])) / x[n]) - 1, _ => 13, n => double.IsFinite(k[n]));
    }

    [Theory, MemberData(nameof(AllTargets))]
    public void Monotone(KernelTarget target)
    {
        // Steps of 2^-30 in x, 2^-30 (1 + v) in v: far below what the errors hide, so that a jump at a border between formulas would be seen.
        double[] i = Of(LogBessel.LogI, target), k = Of(LogBessel.LogK, target), scaledI = Of(LogBessel.LogIScaled, target), scaledK = Of(LogBessel.LogKScaled, target);
        const double Step = 1 + 9.313225746154785e-10;
        double[] furtherI = Of(LogBessel.LogI, target, 0, Step), furtherK = Of(LogBessel.LogK, target, 0, Step), furtherScaledI = Of(LogBessel.LogIScaled, target, 0, Step), furtherScaledK = Of(LogBessel.LogKScaled, target, 0, Step);
        double[] higherI = Of(LogBessel.LogI, target, 9.313225746154785e-10), higherK = Of(LogBessel.LogK, target, 9.313225746154785e-10);
        Holds(target, "I up in x", n => i[n] - furtherI[n], n => 9 * Kappa(n, 0));
        Holds(target, "K down in x", n => furtherK[n] - k[n], n => 12 * Kappa(n, 0));
        Holds(target, "I down in v", n => higherI[n] - i[n], n => 9 * Kappa(n, 0));
        Holds(target, "K up in v", n => k[n] - higherK[n], n => 12 * Kappa(n, 0));
        // x^-v I and 1/(x^v K) grow; √x e^x K falls for v > 1/2 and √x e^-x I grows then (DLMF 10.37).
        Holds(target, "x^-v I up", n => i[n] - furtherI[n] + v[n] * Math.Log(Step), n => 10 * Kappa(n, 0) + 2 * v[n] * (1 + Math.Abs(Math.Log(x[n]))));
        Holds(target, "x^v K down", n => furtherK[n] - k[n] + v[n] * Math.Log(Step), n => 13 * Kappa(n, 0) + 2 * v[n] * (1 + Math.Abs(Math.Log(x[n]))));
        Holds(target, "scaled I", n => scaledI[n] - furtherScaledI[n] - 0.5 * Math.Log(Step), n => 12 * Math.Max(1 + Math.Abs(scaledI[n]), Criterion.Kappa(v[n], x[n], true)), n => v[n] > 0.5);
        Holds(target, "scaled K", n => furtherScaledK[n] - scaledK[n] + 0.5 * Math.Log(Step), n => 12 * Math.Max(1 + Math.Abs(scaledK[n]), Criterion.Kappa(v[n], x[n], true)), n => v[n] > 0.5);
        Holds(target, "scaled and plain I", n => Math.Abs(i[n] - x[n] - scaledI[n]), n => 11 * Kappa(n, 0));
        Holds(target, "scaled and plain K", n => Math.Abs(k[n] + x[n] - scaledK[n]), n => 13 * Kappa(n, 0));
    }

    [Theory, MemberData(nameof(AllTargets))]
    public void Turan_and_convexity(KernelTarget target)
    {
        // I_v² >= I_(v-1) I_(v+1), K_v² <= K_(v-1) K_(v+1) at v + 1; log I concave in v; x ∂x log I grows with x.
        double[] i = Of(LogBessel.LogI, target), i1 = Of(LogBessel.LogI, target, 1), i2 = Of(LogBessel.LogI, target, 2);
        double[] k = Of(LogBessel.LogK, target), k1 = Of(LogBessel.LogK, target, 1), k2 = Of(LogBessel.LogK, target, 2);
        Holds(target, "I", n => i[n] + i2[n] - 2 * i1[n], n => 5 * Kappa(n, 0, 1, 1, 2));
        Holds(target, "K", n => 2 * k1[n] - k[n] - k2[n], n => 7 * Kappa(n, 0, 1, 1, 2));
        double[] dx = Of((a, b, y, o) => LogBessel.LogIAndDerivatives(a, b, new double[y.Length], y, new double[y.Length], o), target);
        double[] further = Of((a, b, y, o) => LogBessel.LogIAndDerivatives(a, b, new double[y.Length], y, new double[y.Length], o), target, 0, 1 + 9.313225746154785e-10);
        Holds(target, "x dx", n => 1 - further[n] * (1 + 9.313225746154785e-10) / dx[n], _ => 20, n => double.IsFinite(dx[n]));
        double[] dv = Of((a, b, y, o) => LogBessel.LogIAndDerivatives(a, b, new double[y.Length], new double[y.Length], y, o), target);
        double[] dvK = Of((a, b, y, o) => LogBessel.LogKAndDerivatives(a, b, new double[y.Length], new double[y.Length], y, o), target);
        Holds(target, "dv log I", n => dv[n], _ => 12);
        Holds(target, "dv log K", n => -dvK[n], _ => 0);
    }

    [Fact]
    public void Half_integer_orders_have_closed_forms()
    {
        // I_1/2 = √(2/(πx)) sinh x, K_1/2 = √(π/(2x)) e^-x; the ratios coth x - 1/x and 1 + 1/x (DLMF 10.39, 10.49).
        foreach (double argument in new[] { 0.6, 0.99, 1.5, 3, 7, 15, 19.9, 25, 31, 70, 200 })
        {
            double logI = argument + Math.Log(-double.ExpM1(-2 * argument)) - 0.5 * Math.Log(2 * Math.PI * argument), logK = 0.5 * Math.Log(Math.PI / (2 * argument)) - argument;
            // The closed forms' own roundings count 1.5 units.
            Assert.InRange(Criterion.Error(LogBessel.LogI(0.5, argument) - logI, logI, Criterion.Kappa(0.5, argument)), 0, 6);
            Assert.InRange(Criterion.Error(LogBessel.LogK(0.5, argument) - logK, logK, Criterion.Kappa(0.5, argument)), 0, 7.5);
            Assert.InRange(LogBessel.RatioK(0.5, argument) / (1 + 1 / argument), 1 - 1.2e-15, 1 + 1.2e-15);
            // coth x - 1/x loses digits for small x.
            Assert.InRange(LogBessel.RatioI(0.5, argument) - (1 / Math.Tanh(argument) - 1 / argument), -1e-15 * (1 + 1 / argument), 1e-15 * (1 + 1 / argument));
        }
    }
}
