using System.Numerics;
using MathNet.Numerics;

namespace Kernels.Tool;

/// <summary>
/// The log-Bessel family by its public entries: every function on arguments of all regions, log I and log K on those of some regions too. Results differ from the spec's, which
/// rounds multiply-adds twice, by up to twice what an entry states of its own error.
/// </summary>
static class LogBesselTour
{
    const double U = 1.0 / (1L << 53), SingleU = 1.0 / (1 << 24);
    const int Count = 4001;

    delegate void Orders<T>(ReadOnlySpan<T> v, ReadOnlySpan<T> x, Span<T> y, KernelOptions? options);
    delegate void DeviceOrders<T>(IDeviceBuffer<T> v, IDeviceBuffer<T> x, IDeviceBuffer<T> y, IDeviceStream? stream) where T : unmanaged;
    delegate void DeviceDerivatives(IDeviceBuffer<double> v, IDeviceBuffer<double> x, IDeviceBuffer<double> value, IDeviceBuffer<double> dx, IDeviceBuffer<double> dv, IDeviceStream? stream);
    delegate void Derivatives(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> value, Span<double> dx, Span<double> dv, KernelOptions? options);

    /// <summary>How far y may be from the true value at v and x.</summary>
    delegate double Bound(double y, double v, double x);

    public static IEnumerable<TourEntry> Entries() =>
    [
        .. from grid in BesselGrid.All where grid.Name is "small" or "large" or "mixed" select Entry<double>("LogBessel.LogI_double", LogBessel.LogI, LogBessel.LogI, Units(4.5), grid, (v, x) => Math.Log(SpecialFunctions.BesselIScaled(v, x)) + x),
        .. from grid in BesselGrid.All where grid.Name is "small" or "large" or "mixed" select Entry<double>("LogBessel.LogK_double", LogBessel.LogK, LogBessel.LogK, Units(6), grid, (v, x) => Math.Log(SpecialFunctions.BesselKScaled(v, x)) - x),
        Entry<double>("LogBessel.LogIScaled_double", LogBessel.LogIScaled, LogBessel.LogIScaled, Units(6, scaled: true), Mixed),
        Entry<double>("LogBessel.LogKScaled_double", LogBessel.LogKScaled, LogBessel.LogKScaled, Units(6, scaled: true), Mixed),
        Entry<double>("LogBessel.RatioI_double", LogBessel.RatioI, LogBessel.RatioI, Relative(5), Mixed),
        Entry<double>("LogBessel.RatioK_double", LogBessel.RatioK, LogBessel.RatioK, Relative(8), Mixed),
        Entry<double>("LogBessel.RatioIComplement", LogBessel.RatioIComplement, LogBessel.RatioIComplement, Complement, Mixed),
        Entry<float>("LogBessel.LogI_float", LogBessel.LogI, LogBessel.LogI, Single(false), Mixed),
        Entry<float>("LogBessel.LogK_float", LogBessel.LogK, LogBessel.LogK, Single(false), Mixed),
        Entry<float>("LogBessel.LogIScaled_float", LogBessel.LogIScaled, LogBessel.LogIScaled, Single(true), Mixed),
        Entry<float>("LogBessel.LogKScaled_float", LogBessel.LogKScaled, LogBessel.LogKScaled, Single(true), Mixed),
        Entry<float>("LogBessel.RatioI_float", LogBessel.RatioI, LogBessel.RatioI, (y, _, _) => 2 * SingleU * y, Mixed),
        Entry<float>("LogBessel.RatioK_float", LogBessel.RatioK, LogBessel.RatioK, (y, _, _) => 2 * SingleU * y, Mixed),
        Entry("LogBessel.LogIAndDerivatives", LogBessel.LogIAndDerivatives, LogBessel.LogIAndDerivatives, (y, v, x) => U * (x * x + 2 * v * v >= 400 ? 8 * Math.Max(Math.Abs(y), Math.Max(v / x, U)) : 12 * Math.Max(1, Math.Abs(y)))),
        Entry("LogBessel.LogKAndDerivatives", LogBessel.LogKAndDerivatives, LogBessel.LogKAndDerivatives, (y, v, x) => U * 8 * Math.Max(x < 1 ? 1 : 0, Math.Abs(y))),
        new("log-bessel", "LogBessel.LogAbsI", $"{Count}, {Mixed.Name}", Count, Signed),
        new("log-bessel", "VonMisesFisher.LogNormalizer", $"{Count}, p = 2048", Count, Normalizer),
        new("log-bessel", "VonMisesFisher.FitKappa", $"{Count}, p = 2048", Count, Fit),
    ];

    static BesselGrid Mixed => BesselGrid.All.Single(g => g.Name == "mixed");

    static double Condition(double v, double x, bool scaled)
    {
        double r = double.Hypot(v, x);
        return (scaled ? v / (r + x) * v : r) + v * Math.Asinh(v / x);
    }

    static Bound Units(double units, bool scaled = false) => (y, v, x) => units * U * Math.Max(Math.Max(1, Math.Abs(y)), Condition(v, x, scaled));
    static double Complement(double y, double v, double x) => double.Hypot(v, x) switch { >= 160 and var r => U * (5 * y + 32 / r), >= 60 => U * (5 * y + 1), >= 30 => U * (5 * y + 2.5), _ => 5 * U };
    static Bound Relative(double units) => (y, _, _) => units * U * Math.Abs(y);
    // 1 ULP, and below kappa/16 what the sum in double leaves.
    static Bound Single(bool scaled) => (y, v, x) => 2 * SingleU * Math.Abs(y) + Math.ScaleB(Math.Max(1, Condition(v, x, scaled)), -29);

    static TourEntry Entry<T>(string name, Orders<T> function, DeviceOrders<T> onDevice, Bound bound, BesselGrid grid, Func<double, double, double>? peer = null) where T : unmanaged, INumber<T> =>
        new("log-bessel", name, $"{Count}, {grid.Name}", Count, () =>
        {
            var (v, x, orders, arguments) = Arguments<T>(grid);
            var y = new TourBuffer<T>(new T[Count], Within(2), Within(3));
            return Case([v, x, y], o => function(v.Span, x.Span, y.Span, o), peer is null ? null : new("Math.NET", () =>
            {
                for (int i = 0; i < Count; i++) y.Span[i] = T.CreateChecked(peer(double.CreateChecked(v.Span[i]), double.CreateChecked(x.Span[i])));
            })) with
            {
                Device = device =>
                {
                    using IDeviceBuffer<T> ofV = device.Upload<T>(v.Span), ofX = device.Upload<T>(x.Span), to = device.Allocate<T>(Count);
                    onDevice(ofV, ofX, to, null);
                    to.Download(y.Span);
                },
            };

            // On a device once more: its quotients may be 4 units off (docs/gpu.md), less than any of these functions states.
            Func<int, double, double> Within(int times) => (i, y) => times * bound(y, double.CreateChecked(orders[i]), double.CreateChecked(arguments[i]));
        });

    /// <param name="dvBound">Of the derivative by v; that by x is right to 8 units of itself.</param>
    static TourEntry Entry(string name, Derivatives function, DeviceDerivatives onDevice, Bound dvBound) => new("log-bessel", name, $"{Count}, {Mixed.Name}", Count, () =>
    {
        var (v, x, orders, arguments) = Arguments<double>(Mixed);
        TourBuffer<double> value = Result(Units(6)), dx = Result(Relative(8)), dv = Result(dvBound);
        return Case([v, x, value, dx, dv], o => function(v.Span, x.Span, value.Span, dx.Span, dv.Span, o)) with
        {
            Device = device =>
            {
                using IDeviceBuffer<double> ofV = device.Upload<double>(v.Span), ofX = device.Upload<double>(x.Span), toValue = device.Allocate<double>(Count), toDx = device.Allocate<double>(Count), toDv = device.Allocate<double>(Count);
                onDevice(ofV, ofX, toValue, toDx, toDv, null);
                toValue.Download(value.Span);
                toDx.Download(dx.Span);
                toDv.Download(dv.Span);
            },
        };

        TourBuffer<double> Result(Bound b) => new(new double[Count], (i, y) => 2 * b(y, orders[i], arguments[i]), (i, y) => 3 * b(y, orders[i], arguments[i]));
    });

    static TourCase Signed()
    {
        var (_, x, orders, arguments) = Arguments<double>(Mixed);
        // Negative orders where both parts of the reflection have one sign: (-1, 0), (-3, -2) …
        double[] negative = [.. orders.Select(v => -(2 * Math.Floor(v) % 1000) - 0.9 * (v - Math.Floor(v)) - 0.05)];
        var v = new TourBuffer<double>(negative);
        var y = new TourBuffer<double>(new double[Count], (i, y) => 2 * Units(8)(y, -negative[i], arguments[i]));
        var sign = new TourBuffer<int>(new int[Count]);
        return Case([v, x, y, sign], o => LogBessel.LogAbsI(v.Span, x.Span, y.Span, sign.Span, o));
    }

    static TourCase Normalizer()
    {
        const double V = 1023;
        var (_, x, _, kappa) = Arguments<double>(Mixed);
        var y = new TourBuffer<double>(new double[Count], (i, y) => 12 * U * Math.Max(Math.Abs(y), double.Hypot(V, kappa[i]) + V * Math.Log(1 + V + double.Hypot(V, kappa[i]))));
        return Case([x, y], o => VonMisesFisher.LogNormalizer(2048, x.Span, y.Span, o));
    }

    static TourCase Fit()
    {
        var lengths = new TourBuffer<double>([.. Enumerable.Range(0, Count).Select(k => (k + 1.0) / (Count + 1))]);
        // The length is met to 8 units, the concentration changes at most twice as much.
        var kappa = new TourBuffer<double>(new double[Count], (i, y) => 2 * 16 * U * y);
        return Case([lengths, kappa], o => VonMisesFisher.FitKappa(2048, lengths.Span, kappa.Span, o));
    }

    static (TourBuffer<T> V, TourBuffer<T> X, T[] Orders, T[] Arguments) Arguments<T>(BesselGrid grid) where T : unmanaged, INumber<T>
    {
        var (v, x) = grid.Points(Count);
        T[] orders = [.. v.Select(T.CreateChecked)], arguments = [.. x.Select(T.CreateChecked)];
        return (new(orders), new(arguments), orders, arguments);
    }

    static TourCase Case(TourBuffer[] buffers, Action<KernelOptions> run, TourPeer? peer = null)
    {
        var spec = new KernelOptions { Target = KernelTarget.Spec, MaxDegreeOfParallelism = 1 };
        return peer is null ? new(buffers, run, () => run(spec)) : new(buffers, run, () => run(spec), peer);
    }
}
