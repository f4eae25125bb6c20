using MathNet.Numerics;

namespace Kernels.Tool;

/// <summary>The log-Bessel family by its public entries, on arguments of one region and of all. Results differ from the spec's, which rounds multiply-adds twice, by up to twice what an entry states of its own error.</summary>
static class LogBesselTour
{
    const double U = 1.0 / (1L << 53);
    const int Count = 4001;

    delegate void Orders(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y, KernelOptions? options);

    public static IEnumerable<TourEntry> Entries() =>
        from grid in BesselGrid.All
        where grid.Name is "small" or "large" or "mixed"
        from entry in ((string Name, Orders Function, double Units, Func<double, double, double> Peer)[])
        [
            ("LogBessel.LogI", LogBessel.LogI, 4.5, (v, x) => Math.Log(SpecialFunctions.BesselIScaled(v, x)) + x),
            ("LogBessel.LogK", LogBessel.LogK, 6, (v, x) => Math.Log(SpecialFunctions.BesselKScaled(v, x)) - x),
        ]
        select new TourEntry("log-bessel", entry.Name, $"{Count}, {grid.Name}", Count, () => Prepare(grid, entry.Function, entry.Units, entry.Peer));

    static TourCase Prepare(BesselGrid grid, Orders function, double units, Func<double, double, double> peer)
    {
        var (orders, arguments) = grid.Points(Count);
        TourBuffer<double> v = new(orders), x = new(arguments);
        // In units of u max(1, |y|, the condition number r + v asinh(v/x)).
        var y = new TourBuffer<double>(new double[Count], (i, y) => 2 * units * U * Math.Max(Math.Max(1, Math.Abs(y)), Condition(orders[i], arguments[i])));
        var spec = new KernelOptions { Target = KernelTarget.Spec, MaxDegreeOfParallelism = 1 };
        return new([v, x, y], o => function(v.Span, x.Span, y.Span, o), () => function(v.Span, x.Span, y.Span, spec), new TourPeer("Math.NET", () =>
        {
            for (int i = 0; i < Count; i++) y.Span[i] = peer(v.Span[i], x.Span[i]);
        }));
    }

    static double Condition(double v, double x) => Math.Sqrt(v * v + x * x) + v * Math.Asinh(v / x);
}
