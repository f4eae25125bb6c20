namespace Kernels.Gpu.Tests.Families;

/// The log-Bessel functions by their public calls on device buffers; and what all generated calls have in common.
public class DeviceLogBesselTests
{
    static readonly GpuDevice device = GpuDevice.Enumerate().FirstOrDefault()!;

    delegate void Orders<T>(ReadOnlySpan<T> v, ReadOnlySpan<T> x, Span<T> y, KernelOptions? options);
    delegate void DeviceOrders<T>(IDeviceBuffer<T> v, IDeviceBuffer<T> x, IDeviceBuffer<T> y, IDeviceStream? stream) where T : unmanaged;

    /// How far a result may be from the processor's, y, at v and x.
    delegate double Bound(double y, double v, double x);

    const double U = 1.0 / (1L << 53);

    /// What the functions state of themselves, twice, as both differ from the true value, and 4 units for quotients that a device may round to 2.5 ULP where the processor rounds them to 0.5: two of them
    /// on a path at most. Units: of 2^-53 of max(1, |y|, what v and x make of their last digits); of ratios, of themselves.
    [GpuFact]
    public void Doubles_are_those_of_the_processor()
    {
        Same<double>(LogBessel.LogI, LogBessel.LogI, Logarithms);
        Same<double>(LogBessel.LogK, LogBessel.LogK, Logarithms);
        Same<double>(LogBessel.LogIScaled, LogBessel.LogIScaled, Logarithms);
        Same<double>(LogBessel.LogKScaled, LogBessel.LogKScaled, Logarithms);
        Same<double>(LogBessel.RatioI, LogBessel.RatioI, (y, _, _) => (2 * 5 + 4) * U * y);
        Same<double>(LogBessel.RatioK, LogBessel.RatioK, (y, _, _) => (2 * 8 + 4) * U * y);
    }

    static double Logarithms(double y, double v, double x) => (2 * 6 + 4) * U * Math.Max(Math.Max(1, Math.Abs(y)), double.Hypot(v, x) + v * Math.Asinh(v / x));

    /// Computed in double, rounded once: neighbours at most, where the rounding tips; and where logarithms are small beside what they are made of, what that leaves.
    [GpuFact]
    public void Floats_are_those_of_the_processor()
    {
        Bound logarithms = (y, v, x) => Step(y) + 16 * U * Math.Max(1, double.Hypot(v, x) + v * Math.Asinh(v / x)), ratios = (y, _, _) => Step(y);
        Same<float>(LogBessel.LogI, LogBessel.LogI, logarithms);
        Same<float>(LogBessel.LogK, LogBessel.LogK, logarithms);
        Same<float>(LogBessel.RatioI, LogBessel.RatioI, ratios);
        Same<float>(LogBessel.RatioK, LogBessel.RatioK, ratios);
    }

    static double Step(double y) => MathF.BitIncrement((float)Math.Abs(y)) - (float)Math.Abs(y);

    static void Same<T>(Orders<T> processor, DeviceOrders<T> onDevice, Bound bound) where T : unmanaged, System.Numerics.INumber<T>
    {
        const int count = 3001, guard = 64;
        var random = new Random(7);
        T[] v = new T[count], x = new T[count], expected = new T[count];
        for (int k = 0; k < count; k++)
        {
            v[k] = T.CreateChecked(Math.Exp(14 * random.NextDouble() - 5));
            x[k] = T.CreateChecked(Math.Exp(16 * random.NextDouble() - 7));
        }
        (v[0], x[1], x[2], v[3]) = (T.Zero, T.Zero, T.CreateChecked(double.NaN), T.CreateChecked(double.PositiveInfinity));
        processor(v, x, expected, null);
        T poison = T.CreateChecked(-77);
        using GpuBuffer<T> ofV = device.Allocate<T>(v), ofX = device.Allocate<T>(x), to = device.Allocate<T>((ReadOnlySpan<T>)[.. Enumerable.Repeat(poison, count + guard)]);
        onDevice(ofV, ofX, to, null);
        T[] y = to.ToArray();
        for (int k = 0; k < count; k++)
        {
            double wanted = double.CreateChecked(expected[k]), got = double.CreateChecked(y[k]);
            if (!double.IsFinite(wanted) || wanted == 0) Assert.Equal(wanted, got);
            else Assert.True(Math.Abs(wanted - got) <= bound(wanted, double.CreateChecked(v[k]), double.CreateChecked(x[k])), $"v = {v[k]}, x = {x[k]}: {got:R}, not {wanted:R}");
        }
        Assert.All(y[count..], p => Assert.Equal(poison, p));
    }

    [GpuFact]
    public void One_value_may_stand_for_all()
    {
        double[] x = [.. Enumerable.Range(0, 700).Select(k => 0.1 + 0.3 * k)], expected = new double[x.Length];
        using GpuBuffer<double> many = device.Allocate<double>(x), same = device.Allocate<double>((ReadOnlySpan<double>)[.. Enumerable.Repeat(2.5, x.Length)]), one = device.Allocate<double>(x.Length), two = device.Allocate<double>(x.Length);
        LogBessel.LogI(2.5, many, one);
        LogBessel.LogI(same, many, two);
        Assert.Equal(two.ToArray(), one.ToArray());
        LogBessel.LogI(many, 2.5, one);
        LogBessel.LogI(many, same, two);
        Assert.Equal(two.ToArray(), one.ToArray());
    }

    [GpuFact]
    public void Several_results_and_in_place()
    {
        double[] v = [0, 1, 2.5, 30, 400], x = [1, 2, 3, 40, 5], value = new double[5], dx = new double[5], dv = new double[5];
        LogBessel.LogIAndDerivatives(v, x, value, dx, dv);
        using GpuBuffer<double> ofV = device.Allocate<double>(v), ofX = device.Allocate<double>(x), toValue = device.Allocate<double>(5), toDx = device.Allocate<double>(5), toDv = device.Allocate<double>(5);
        LogBessel.LogIAndDerivatives(ofV, ofX, toValue, toDx, toDv);
        double[] there = toValue.ToArray();
        LogBessel.LogIAndDerivatives(ofV, ofX, ofV, ofX, toDv);
        Assert.Equal(there, ofV.ToArray());
        Assert.Equal(toDx.ToArray(), ofX.ToArray());
        for (int k = 0; k < 5; k++) Assert.Equal(value[k], there[k], Logarithms(value[k], v[k], x[k]));
        Assert.Equal("dx", Assert.Throws<ArgumentException>(() => LogBessel.LogIAndDerivatives(toDv, toDv, toValue, toDx, toDx)).ParamName);
    }

    [GpuFact]
    public void Bad_arguments_are_named()
    {
        using GpuBuffer<double> three = device.Allocate<double>(3), two = device.Allocate<double>(2);
        void Throws<T>(string name, Action call) where T : ArgumentException => Assert.Equal(name, Assert.Throws<T>(call).ParamName);
        Throws<ArgumentException>("x", () => LogBessel.LogK(three, two, three));
        Throws<ArgumentException>("destination", () => LogBessel.LogK(three, three, two));
        Throws<ArgumentNullException>("v", () => LogBessel.LogK((IDeviceBuffer<double>)null!, three, three));
        using var none = device.Allocate<double>(0);
        LogBessel.LogK(none, none, none);
    }

    /// Checked indices: what is out of range is left out, and the task of the submission says which array it was.
    [GpuFact]
    public void Indices_out_of_range_are_reported()
    {
        float[] x = [1, 2, 3];
        using GpuBuffer<float> from = device.Allocate<float>(x), to = device.Allocate<float>((ReadOnlySpan<float>)[9, 9, 9]);
        using GpuBuffer<int> index = device.Allocate<int>((ReadOnlySpan<int>)[2, 7, -1]);
        var error = Assert.Throws<ArgumentException>(() => Kernels.Examples.Permutation.GatherCheckedKernel.Run(from, index, to));
        Assert.Contains("x", error.Message);
        Assert.Equal([3, 0, 0], to.ToArray());
        index.Upload([0, 1, 2]);
        Kernels.Examples.Permutation.GatherCheckedKernel.Run(from, index, to);
        Assert.Equal(x, to.ToArray());
    }

    [GpuFact]
    public void What_has_no_GPU_code_says_so()
    {
        using GpuBuffer<float> x = device.Allocate<float>(4), kept = device.Allocate<float>(4);
        using GpuBuffer<int> where = device.Allocate<int>(4), count = device.Allocate<int>(1);
        var error = Assert.Throws<NotSupportedException>(() => Kernels.Examples.Filter.AboveKernel.Run(x, 0, kept, where, count));
        Assert.Contains("Append", error.Message);
    }
}
