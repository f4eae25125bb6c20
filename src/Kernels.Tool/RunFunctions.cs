using System.Globalization;

namespace Kernels.Tool;

/// <summary>The functions of `kernels run`, in the order of the help.</summary>
static class RunFunctions
{
    public static IReadOnlyList<RunFunction> All { get; } =
    [
        OfRows("softmax", "SoftmaxRows.Reload", "exp(z) / Σ exp(z), z = scale x, along the last axis", RowResult.Row, [Scale, Algorithm],
            (x, y, rows, cols, options) => Softmax.Rows(x, y, rows, cols, default, options), (x, y, rows, cols, options) => Softmax.Rows(x, y, rows, cols, default, options),
            (x, y, rows, cols, options) => Softmax.Rows(x, y, rows, cols, default, options), (x, y, rows, cols, options) => Softmax.Rows(x, y, rows, cols, default, options)) with { OnDevice = "SoftmaxRows.DeviceRows" },
        OfRows("log-softmax", "SoftmaxRows.LogProbabilities", "z - log Σ exp(z)", RowResult.Row, [Scale],
            (x, y, rows, cols, options) => LogSoftmax.Rows(x, y, rows, cols, default, options), (x, y, rows, cols, options) => LogSoftmax.Rows(x, y, rows, cols, default, options)),
        OfRows("logsumexp", "SoftmaxRows.LogSums", "log Σ exp(z)", RowResult.Number, [Scale],
            (x, y, rows, cols, options) => LogSumExp.Rows(x, y, rows, cols, default, options), (x, y, rows, cols, options) => LogSumExp.Rows(x, y, rows, cols, default, options)),
        OfRows("stablemax", "SoftmaxRows.Stable", "g(z) / Σ g(z), g(z) = z + 1 from 0 on, 1 / (1 - z) below", RowResult.Row, [Scale],
            (x, y, rows, cols, options) => StableMax.Rows(x, y, rows, cols, options), (x, y, rows, cols, options) => StableMax.Rows(x, y, rows, cols, options)),
        .. BesselFunctions.All,
    ];

    static readonly string[] Algorithms = [.. Enum.GetNames<SoftmaxAlgorithm>().Select(n => n.ToLowerInvariant())];

    static RunParameter Scale => new("scale", "a number of at least 0 that x is multiplied by, 1 if not given");
    static RunParameter Algorithm => new("algorithm", "auto, reload, twopass, or paper (float32 with scale 1)");

    enum RowResult { Row, Number }

    delegate void Rows<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int cols, SoftmaxOptions options);

    delegate void DeviceRows<T>(IDeviceBuffer<T> x, IDeviceBuffer<T> y, int rows, int cols, SoftmaxOptions options) where T : unmanaged;

    static RunFunction OfRows(string name, string kernel, string summary, RowResult result, RunParameter[] options, Rows<float> single, Rows<double> wide, DeviceRows<float>? singleOnDevice = null, DeviceRows<double>? wideOnDevice = null) => new(name, summary,
        [new("x", "float32 or float64, one axis or more")], [new("y", result == RowResult.Row ? "as x" : "as x, without the last axis")], options, call =>
        {
            var x = call.Input("x");
            if (x.Shape.Length == 0) throw new Failure($"{name}: x is a single number; an array of one axis or more is needed");
            var softmaxOptions = Options(name, options, call);
            long[] shape = result == RowResult.Row ? x.Shape : x.Shape[..^1];
            if (x.Shape[^1] == 0 && Npy.Product(shape) != 0) throw new Failure($"{name}: the last axis of x has no elements");
            int columns = (int)Math.Min(x.Shape[^1], int.MaxValue), rows = columns == 0 ? 0 : (int)(x.Count / columns), length = result == RowResult.Row ? x.Data.Length : rows;
            Array y = x.Data switch
            {
                float[] data when x.Type == NpyType.Float32 => float.IsFinite((float)softmaxOptions.Scale) ? Apply(single, singleOnDevice, data) : throw new Failure($"{name}: the scale is beyond float32, which x is"),
                double[] data when x.Type == NpyType.Float64 => Apply(wide, wideOnDevice, data),
                _ => throw new Failure($"{name}: x has dtype {Npy.Descr(x.Type)}; <f4 or <f8 is needed"),
            };
            call.Output("y", x with { Shape = shape, Data = y });

            T[] Apply<T>(Rows<T> function, DeviceRows<T>? onDevice, T[] data) where T : unmanaged => call.Run([data], length, y => function(data, y, rows, columns, softmaxOptions),
                onDevice is null ? null : b => onDevice(b[0], b[1], rows, columns, softmaxOptions));
        }) { Kernel = kernel };

    static SoftmaxOptions Options(string name, RunParameter[] known, RunCall call)
    {
        var options = new SoftmaxOptions { Kernel = call.Kernel };
        if (call.Option("scale") is { } scale)
            options = double.TryParse(scale, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value >= 0
                ? options with { Scale = value } : throw new Failure($"{name}: scale={scale}; a finite number of at least 0 is needed");
        if (known.Contains(Algorithm) && call.Option("algorithm") is { } algorithm)
            options = Array.IndexOf(Algorithms, algorithm.ToLowerInvariant()) is >= 0 and var i
                ? options with { Algorithm = Enum.GetValues<SoftmaxAlgorithm>()[i] } : throw Names.Unknown("algorithm", algorithm, Algorithms, order: false);
        return options;
    }
}
