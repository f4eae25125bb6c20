namespace Kernels.Tool;

/// <summary>The functions of the log-Bessel family for `kernels run`: of an order and an argument, element by element.</summary>
static class BesselFunctions
{
    public static IReadOnlyList<RunFunction> All { get; } =
    [
        Of("log-bessel-i", "LogBessel.LogI_double", "log I_v(x)", LogBessel.LogI, LogBessel.LogI, LogBessel.LogI, LogBessel.LogI),
        Of("log-bessel-k", "LogBessel.LogK_double", "log K_v(x)", LogBessel.LogK, LogBessel.LogK, LogBessel.LogK, LogBessel.LogK),
        Of("log-bessel-i-scaled", "LogBessel.LogIScaled_double", "log I_v(x) - x", LogBessel.LogIScaled, LogBessel.LogIScaled, LogBessel.LogIScaled, LogBessel.LogIScaled),
        Of("log-bessel-k-scaled", "LogBessel.LogKScaled_double", "log K_v(x) + x", LogBessel.LogKScaled, LogBessel.LogKScaled, LogBessel.LogKScaled, LogBessel.LogKScaled),
        Of("bessel-ratio-i", "LogBessel.RatioI_double", "I_v+1(x) / I_v(x)", LogBessel.RatioI, LogBessel.RatioI, LogBessel.RatioI, LogBessel.RatioI),
        Of("bessel-ratio-k", "LogBessel.RatioK_double", "K_v+1(x) / K_v(x)", LogBessel.RatioK, LogBessel.RatioK, LogBessel.RatioK, LogBessel.RatioK),
    ];

    delegate void Orders<T>(ReadOnlySpan<T> v, ReadOnlySpan<T> x, Span<T> y, KernelOptions? options);

    delegate void DeviceOrders<T>(IDeviceBuffer<T> v, IDeviceBuffer<T> x, IDeviceBuffer<T> y, IDeviceStream? stream) where T : unmanaged;

    static RunFunction Of(string name, string kernel, string summary, Orders<float> single, Orders<double> wide, DeviceOrders<float> singleOnDevice, DeviceOrders<double> wideOnDevice) => new(name, summary,
        [new("v", "the orders, float32 or float64"), new("x", "the arguments; as v, or either is a single number")], [new("y", "as v and x")], [], call =>
        {
            NpyArray v = call.Input("v"), x = call.Input("x");
            if (v.Type != x.Type) throw new Failure($"{name}: v has dtype {Npy.Descr(v.Type)} and x has {Npy.Descr(x.Type)}; they must be equal");
            if (v.Shape.Length > 0 && x.Shape.Length > 0 && !v.Shape.SequenceEqual(x.Shape)) throw new Failure($"{name}: v has the shape ({string.Join(", ", v.Shape)}) and x ({string.Join(", ", x.Shape)}); they must be equal, or one a single number");
            var shape = v.Shape.Length > 0 ? v.Shape : x.Shape;
            Array y = v.Data switch
            {
                float[] orders when v.Type == NpyType.Float32 => Apply(single, singleOnDevice, orders, (float[])x.Data),
                double[] orders when v.Type == NpyType.Float64 => Apply(wide, wideOnDevice, orders, (double[])x.Data),
                _ => throw new Failure($"{name}: v has dtype {Npy.Descr(v.Type)}; <f4 or <f8 is needed"),
            };
            call.Output("y", v with { Shape = shape, Data = y });

            T[] Apply<T>(Orders<T> function, DeviceOrders<T> onDevice, T[] orders, T[] arguments) where T : unmanaged
            {
                int count = v.Shape.Length > 0 ? orders.Length : arguments.Length;
                T[] ofV = Repeated(orders, v.Shape, count), ofX = Repeated(arguments, x.Shape, count);
                return call.Run([ofV, ofX], count, y => function(ofV, ofX, y, call.Kernel), b => onDevice(b[0], b[1], b[2], null));
            }
        }) { Kernel = kernel };

    static T[] Repeated<T>(T[] values, long[] shape, int count)
    {
        if (shape.Length > 0) return values;
        var all = new T[count];
        Array.Fill(all, values[0]);
        return all;
    }
}
