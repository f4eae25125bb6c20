using System.Numerics.Tensors;

namespace Kernels.Tool;

/// <summary>
/// The softmax family by its public entries. Sums have another order on every target, so that results differ by up to twice what an entry states
/// of its own error; u is half a step at 1.
/// </summary>
static class SoftmaxTour
{
    const double U = 1.0 / (1 << 24), Range = 20;
    const string Tensors = "TensorPrimitives";

    public static IEnumerable<TourEntry> Entries() =>
        from shape in ((int Rows, int Cols)[])[(4, 1003), (64, 128)]
        from entry in ((string Name, Func<int, int, TourCase> Prepare)[])
        [
            ("Softmax.Rows", Probabilities), ("Softmax.Rows<Half>", HalfProbabilities), ("LogSoftmax.Rows", Logarithms), ("LogSumExp.Rows", LogSums), ("StableMax.Rows", Stable),
        ]
        select new TourEntry("softmax", entry.Name, $"{shape.Rows}x{shape.Cols}", shape.Rows * shape.Cols, () => entry.Prepare(shape.Rows, shape.Cols));

    // Each within 4.5 ULP of the true value, on a device 8.
    static TourCase Probabilities(int rows, int cols)
    {
        var x = new TourBuffer<float>(Samples.Floats(rows * cols, -Range, Range));
        var y = new TourBuffer<float>(new float[rows * cols], (_, y) => 9 * Step(y), (_, y) => 12.5 * Step(y));
        return Case([x, y], o => Softmax.Rows(x.Span, y.Span, rows, cols, default, o), new TourPeer(Tensors, () =>
        {
            for (int at = 0; at < rows * cols; at += cols) Softmaxed(x.Span.Slice(at, cols), y.Span.Slice(at, cols));
        })) with
        {
            Device = device =>
            {
                using IDeviceBuffer<float> from = device.Upload<float>(x.Span), to = device.Allocate<float>(rows * cols);
                Softmax.Rows(from, to, rows, cols);
                to.Download(y.Span);
            },
        };
    }

    // Each is the float result, rounded: they are equal or neighbours. The peer computes in float as well.
    static TourCase HalfProbabilities(int rows, int cols)
    {
        var row = new float[cols];
        var x = new TourBuffer<Half>([.. Samples.Floats(rows * cols, -Range, Range).Select(v => (Half)v)]);
        var y = new TourBuffer<Half>(new Half[rows * cols], (_, y) => (double)Half.BitIncrement((Half)y) - y);
        return Case([x, y], o => Softmax.Rows(x.Span, y.Span, rows, cols, default, o), new TourPeer(Tensors, () =>
        {
            for (int at = 0; at < rows * cols; at += cols)
            {
                TensorPrimitives.ConvertToSingle(x.Span.Slice(at, cols), row);
                Softmaxed(row, row);
                TensorPrimitives.ConvertToHalf(row, y.Span.Slice(at, cols));
            }
        }));
    }

    // Each within 3 ULP of the true value, and 5 u for the sum.
    static TourCase Logarithms(int rows, int cols)
    {
        var powers = new float[cols];
        var x = new TourBuffer<float>(Samples.Floats(rows * cols, -Range, Range));
        var y = new TourBuffer<float>(new float[rows * cols], (_, y) => 2 * (3 * Step(y) + 5 * U));
        return Case([x, y], o => LogSoftmax.Rows(x.Span, y.Span, rows, cols, default, o), new TourPeer(Tensors, () =>
        {
            for (int at = 0; at < rows * cols; at += cols)
            {
                Span<float> from = x.Span.Slice(at, cols), to = y.Span.Slice(at, cols);
                TensorPrimitives.Subtract(from, TensorPrimitives.Max<float>(from), to);
                TensorPrimitives.Exp<float>(to, powers);
                TensorPrimitives.Subtract(to, MathF.Log(TensorPrimitives.Sum<float>(powers)), to);
            }
        }));
    }

    // Each: 5 u for the sum, at most cols, 2 ULP of its logarithm, one of the maximum and one of the result.
    static TourCase LogSums(int rows, int cols)
    {
        var powers = new float[cols];
        var x = new TourBuffer<float>(Samples.Floats(rows * cols, -Range, Range));
        var result = new TourBuffer<float>(new float[rows], (_, y) => 2 * (5 * U + 2 * Step(Math.Log(cols)) + Step(Range) + Step(y)));
        return Case([x, result], o => LogSumExp.Rows(x.Span, result.Span, rows, cols, default, o), new TourPeer(Tensors, () =>
        {
            for (int r = 0; r < rows; r++)
            {
                var from = x.Span.Slice(r * cols, cols);
                float max = TensorPrimitives.Max<float>(from);
                TensorPrimitives.Subtract(from, max, powers);
                TensorPrimitives.Exp<float>(powers, powers);
                result.Span[r] = max + MathF.Log(TensorPrimitives.Sum<float>(powers));
            }
        }));
    }

    // Each within 1 ULP of the true value.
    static TourCase Stable(int rows, int cols)
    {
        var x = new TourBuffer<float>(Samples.Floats(rows * cols, -Range, Range));
        var y = new TourBuffer<float>(new float[rows * cols], (_, y) => 2 * Step(y));
        return Case([x, y], o => StableMax.Rows(x.Span, y.Span, rows, cols, o));
    }

    static TourCase Case(TourBuffer[] buffers, Action<SoftmaxOptions> rows, params TourPeer[] peers)
    {
        var spec = new SoftmaxOptions { Kernel = new() { Target = KernelTarget.Spec, MaxDegreeOfParallelism = 1 } };
        var last = spec;
        return new(buffers, o => rows(last = ReferenceEquals(last.Kernel, o) ? last : new() { Kernel = o }), () => rows(spec), peers);
    }

    // The fastest composition that subtracts the maximum.
    static void Softmaxed(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Subtract(x, TensorPrimitives.Max(x), y);
        TensorPrimitives.Exp<float>(y, y);
        TensorPrimitives.Multiply(y, 1 / TensorPrimitives.Sum<float>(y), y);
    }

    // The step of float at the true value, which may lie in the next binade.
    static double Step(double v)
    {
        float above = (float)(Math.Abs(v) * (1 + 16 * U));
        return (double)float.BitIncrement(above) - above;
    }
}
