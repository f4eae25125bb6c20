using System.Numerics.Tensors;
using Kernels.Examples;

namespace Kernels.Tool;

/// <summary>
/// The examples. Most are the same operations in the same order on every target, so that equal bits are asked for; where an operation may be
/// rounded once or twice, or a sum has another order, the tolerance follows from the bound that the spec states for both.
/// </summary>
static class ExamplesTour
{
    const double HalfUlp = 1.0 / (1 << 24), HalfUlpDouble = HalfUlp / (1 << 29);
    const string Tensors = "TensorPrimitives";

    public static IEnumerable<TourEntry> Entries(bool quick)
    {
        int[] lengths = quick ? [1003] : [1003, 1_000_003];
        foreach (int n in lengths)
        {
            yield return Entry("Vectors.Axpy", $"{n}", n, () => Axpy(n));
            yield return Entry("Vectors.AxpyDouble", $"{n}", n, () => AxpyDouble(n));
            yield return Entry("Vectors.Dot", $"{n}", n, () => Dot(n));
            yield return Entry("Vectors.DotBytes", $"{n}", n, () => DotBytes(n));
            yield return Entry("Elementwise.Clamp", $"{n}", n, () => Clamp(n));
            yield return Entry("Elementwise.Split", $"{n}", n, () => Split(n));
            yield return Entry("Elementwise.CubicSpline", $"{n}", n, () => CubicSpline(n));
            yield return Entry("ComplexProduct.Multiply", $"{n}", n, () => Multiply(n));
            yield return Entry("Matrices.Transform", $"{n}", n, () => Transform(n));
            yield return Entry("Permutation.Gather", $"{n}", n, () => Gather(n, isChecked: false));
            yield return Entry("Permutation.GatherChecked", $"{n}", n, () => Gather(n, isChecked: true));
            yield return Entry("Permutation.Scatter", $"{n}", n, () => Scatter(n, isChecked: false));
            yield return Entry("Permutation.ScatterChecked", $"{n}", n, () => Scatter(n, isChecked: true));
            yield return Entry("Filter.Above", $"{n}", n, () => Above(n));
            yield return Entry("Histogram.Count", $"{n}", n, () => Count(n));
            yield return Entry("Histogram.CountBytes", $"{n}", n, () => CountBytes(n));
            int blocks = n / 16;
            yield return Entry("WalshHadamard.Transform16", $"{blocks}x16", 16 * blocks, () => Transform16(blocks));
            int rows = Math.Max(1, n / 500);
            yield return Entry("HashInsert.Distinct", $"{rows}x500", 500 * rows, () => Distinct(rows));
            int cols = Math.Min(n, 100_003);
            yield return Entry("SoftmaxRow.Row", $"{n / cols}x{cols}", n / cols * cols, () => Softmax(n / cols, cols));
            yield return Entry("SoftmaxRow.RowDouble", $"{n / cols}x{cols}", n / cols * cols, () => SoftmaxDouble(n / cols, cols));
        }
        int size = quick ? 33 : 130;
        yield return Entry("Semirings.Product<MinPlus>", $"{size}x{size}x{size}", size * size * size, () => Product<MinPlus>(size));
        yield return Entry("Semirings.Product<MaxTimes>", $"{size}x{size}x{size}", size * size * size, () => Product<MaxTimes>(size));
        yield return Entry("Semirings.Product<PlusTimes>", $"{size}x{size}x{size}", size * size * size, () => Product<PlusTimes>(size));
        int height = quick ? 5 : 48, width = quick ? 67 : 211;
        yield return Entry("Mandelbrot.Escape", $"{height}x{width}", height * width, () => Escape(height, width));
    }

    static TourEntry Entry(string kernel, string shape, long elements, Func<TourCase> prepare) => new("examples", kernel, shape, elements, prepare);

    // Both within u(|a x| + |y'|) of the true value, and |y'| <= (|a x| + |y|)(1 + u).
    static TourCase Axpy(int n)
    {
        const float a = 0.7f;
        float[] x0 = Samples.Floats(n, -1, 1), y0 = Samples.Floats(n, -1, 1, 2);
        var x = new TourBuffer<float>(x0);
        var y = new TourBuffer<float>(y0, (i, _) => 2 * HalfUlp * (2 * Math.Abs(a * x0[i]) + Math.Abs(y0[i])) * (1 + 2 * HalfUlp));
        return new([x, y], o => Vectors.AxpyKernel.Run(a, x.Span, y.Span, o), () => Vectors.Axpy(a, x.Span, y.Span),
            new TourPeer(Tensors, () => TensorPrimitives.MultiplyAdd(x.Span, a, y.Span, y.Span)));
    }

    static TourCase AxpyDouble(int n)
    {
        const double a = 0.7;
        double[] x0 = Samples.Doubles(n, -1, 1), y0 = Samples.Doubles(n, -1, 1, 2);
        var x = new TourBuffer<double>(x0);
        var y = new TourBuffer<double>(y0, (i, _) => 2 * HalfUlpDouble * (2 * Math.Abs(a * x0[i]) + Math.Abs(y0[i])) * (1 + 2 * HalfUlpDouble));
        return new([x, y], o => Vectors.AxpyDoubleKernel.Run(a, x.Span, y.Span, o), () => Vectors.AxpyDouble(a, x.Span, y.Span),
            new TourPeer(Tensors, () => TensorPrimitives.MultiplyAdd<double>(x.Span, a, y.Span, y.Span)));
    }

    // Any order of the additions errs by at most (n - 1) u S / (1 - n u), S the sum of the absolute values, itself known as well as that.
    static TourCase Dot(int n)
    {
        float[] x0 = Samples.Floats(n, -1, 1), y0 = Samples.Floats(n, -1, 1, 2);
        double s = x0.Zip(y0, (p, q) => Math.Abs((double)p * q)).Sum(), bound = n * HalfUlpDouble / (1 - n * HalfUlpDouble);
        TourBuffer<float> x = new(x0), y = new(y0);
        var result = new TourBuffer<double>([double.NaN], (_, _) => 2 * bound * s * (1 + 2 * bound));
        return new([x, y, result], o => Vectors.DotKernel.Run(x.Span, y.Span, result.Span, o), () => Vectors.Dot(x.Span, y.Span, result.Span),
            new TourPeer(Tensors, () => result.Span[0] = TensorPrimitives.Dot(x.Span, y.Span)));
    }

    static TourCase DotBytes(int n)
    {
        TourBuffer<sbyte> x = new(Samples.SignedBytes(n)), y = new(Samples.SignedBytes(n, 2));
        var result = new TourBuffer<int>([-1]);
        return new([x, y, result], o => Vectors.DotBytesKernel.Run(x.Span, y.Span, result.Span, o), () => Vectors.DotBytes(x.Span, y.Span, result.Span));
    }

    static TourCase Clamp(int n)
    {
        TourBuffer<float> x = new(Special(Samples.Floats(n, -2, 2))), y = new(new float[n]);
        TourBuffer<float> low = new(Samples.Floats(n, -1.5, -0.5, 2)), high = new(Samples.Floats(n, 0.5, 1.5, 3));
        return new([x, low, high, y], o => Elementwise.ClampKernel.Run(x.Span, low.Span, high.Span, y.Span, o), () =>
        {
            Span<float> from = x.Span, l = low.Span, h = high.Span, to = y.Span;
            for (int i = 0; i < from.Length; i++) to[i] = Elementwise.Clamp(from[i], l[i], h[i]);
        }, new TourPeer(Tensors, () => TensorPrimitives.Clamp<float>(x.Span, low.Span, high.Span, y.Span)));
    }

    static TourCase Split(int n)
    {
        TourBuffer<double> x = new(Samples.Doubles(n, -99, 99)), whole = new(new double[n]), fraction = new(new double[n]);
        return new([x, whole, fraction], o => Elementwise.SplitKernel.Run(x.Span, whole.Span, fraction.Span, o), () =>
        {
            Span<double> from = x.Span, w = whole.Span, f = fraction.Span;
            for (int i = 0; i < from.Length; i++) Elementwise.Split(from[i], out w[i], out f[i]);
        });
    }

    static TourCase CubicSpline(int n)
    {
        TourBuffer<double> x = new(Samples.Doubles(n, -3, 3)), y = new(new double[n]);
        return new([x, y], o => Elementwise.CubicSplineKernel.Run(x.Span, y.Span, o), () =>
        {
            Span<double> from = x.Span, to = y.Span;
            for (int i = 0; i < from.Length; i++) to[i] = Elementwise.CubicSpline(from[i]);
        });
    }

    static TourCase Multiply(int n)
    {
        TourBuffer<float> x = new(Samples.Floats(2 * n, -1, 1)), y = new(Samples.Floats(2 * n, -1, 1, 2)), z = new(new float[2 * n]);
        return new([x, y, z], o => ComplexProduct.MultiplyKernel.Run(x.Span, y.Span, z.Span, o), () => ComplexProduct.Multiply(x.Span, y.Span, z.Span));
    }

    static TourCase Transform(int n)
    {
        var t = new Vector3(0.25f, -0.5f, 0.125f);
        TourBuffer<float> m = new(Samples.Floats(9 * n, -1, 1)), x = new(Samples.Floats(3 * n, -1, 1, 2)), y = new(new float[3 * n]);
        return new([m, x, y], o => Matrices.TransformKernel.Run(m.Span, x.Span, t, y.Span, o), () => Matrices.Transform(m.Span, x.Span, t, y.Span));
    }

    static TourCase Gather(int n, bool isChecked)
    {
        TourBuffer<float> x = new(Samples.Floats(n, -1, 1)), y = new(new float[n]);
        var index = new TourBuffer<int>(Samples.Permutation(n));
        return isChecked
            ? new([x, index, y], o => Permutation.GatherCheckedKernel.Run(x.Span, index.Span, y.Span, o), () => Permutation.GatherChecked(x.Span, index.Span, y.Span))
            : new([x, index, y], o => Permutation.GatherKernel.Run(x.Span, index.Span, y.Span, o), () => Permutation.Gather(x.Span, index.Span, y.Span));
    }

    static TourCase Scatter(int n, bool isChecked)
    {
        TourBuffer<float> x = new(Samples.Floats(n, -1, 1)), y = new(new float[n]);
        var index = new TourBuffer<int>(Samples.Permutation(n));
        return isChecked
            ? new([x, index, y], o => Permutation.ScatterCheckedKernel.Run(x.Span, index.Span, y.Span, o), () => Permutation.ScatterChecked(x.Span, index.Span, y.Span))
            : new([x, index, y], o => Permutation.ScatterKernel.Run(x.Span, index.Span, y.Span, o), () => Permutation.Scatter(x.Span, index.Span, y.Span));
    }

    static TourCase Above(int n)
    {
        TourBuffer<float> x = new(Special(Samples.Floats(n, -1, 1))), kept = new(new float[n]);
        TourBuffer<int> where = new(new int[n]), count = new(new int[1]);
        return new([x, kept, where, count], o => Filter.AboveKernel.Run(x.Span, 0.25f, kept.Span, where.Span, count.Span, o),
            () => Filter.Above(x.Span, 0.25f, kept.Span, where.Span, count.Span));
    }

    static TourCase Count(int n)
    {
        const int bins = 64, length = 4096;
        int pieces = (n + length - 1) / length;
        var x = new TourBuffer<float>(Special(Samples.Floats(n, -0.1, 1.1)));
        var counts = new TourBuffer<int>(new int[bins]);
        return new([x, counts], o => Histogram.CountKernel.Run(pieces, length, x.Span, 0, 1, bins, counts.Span, o), () =>
        {
            for (int p = 0; p < pieces; p++) Histogram.Count(p, length, x.Span, 0, 1, bins, counts.Span);
        });
    }

    static TourCase CountBytes(int n)
    {
        const int length = 16384;
        int pieces = (n + length - 1) / length;
        var x = new TourBuffer<byte>(Samples.Bytes(n));
        var counts = new TourBuffer<int>(new int[256]);
        return new([x, counts], o => Histogram.CountBytesKernel.Run(pieces, length, x.Span, counts.Span, o), () =>
        {
            for (int p = 0; p < pieces; p++) Histogram.CountBytes(p, length, x.Span, counts.Span);
        });
    }

    static TourCase Transform16(int blocks)
    {
        TourBuffer<float> x = new(Samples.Floats(16 * blocks, -1, 1)), y = new(new float[16 * blocks]);
        return new([x, y], o => WalshHadamard.Transform16Kernel.Run(blocks, x.Span, y.Span, o), () =>
        {
            for (int b = 0; b < blocks; b++) WalshHadamard.Transform16(b, x.Span, y.Span);
        });
    }

    // Half of the keys of a row are new, the table is half full at its end.
    static TourCase Distinct(int rows)
    {
        const int length = 500, capacity = 512;
        TourBuffer<int> starts = new([.. Enumerable.Range(0, rows + 1).Select(r => r * length)]), keys = new(Samples.Ints(rows * length, 0, 310)), distinct = new(new int[rows]);
        var first = new TourBuffer<byte>(new byte[rows * length]);
        return new([starts, keys, first, distinct], o => HashInsert.DistinctKernel.Run(rows, capacity, length, starts.Span, keys.Span, first.Span, distinct.Span, o), () =>
        {
            for (int r = 0; r < rows; r++) HashInsert.Distinct(r, capacity, length, starts.Span, keys.Span, first.Span, distinct.Span);
        });
    }

    // Both within 4 ULP and a step of the smallest subnormal of the true value, which may lie in the next binade.
    static TourCase Softmax(int rows, int cols)
    {
        var x = new TourBuffer<float>(Samples.Floats(rows * cols, -20, 20));
        var y = new TourBuffer<float>(new float[rows * cols], (_, y) => 8 * Step((float)y * (1 + 1f / (1 << 20))) + 2 * float.Epsilon);
        return new([x, y], o => SoftmaxRow.RowKernel.Run(rows, cols, x.Span, y.Span, o), () =>
        {
            for (int r = 0; r < rows; r++) SoftmaxRow.Row(r, cols, x.Span, y.Span);
        }, new TourPeer(Tensors, () =>
        {
            for (int r = 0; r < rows; r++) TensorPrimitives.SoftMax(x.Span.Slice(r * cols, cols), y.Span.Slice(r * cols, cols));
        }));

        static double Step(float v) => (double)float.BitIncrement(v) - v;
    }

    static TourCase SoftmaxDouble(int rows, int cols)
    {
        var x = new TourBuffer<double>(Samples.Doubles(rows * cols, -20, 20));
        var y = new TourBuffer<double>(new double[rows * cols], (_, y) => 8 * Step(y * (1 + 1.0 / (1L << 48))) + 2 * double.Epsilon);
        return new([x, y], o => SoftmaxRow.RowDoubleKernel.Run(rows, cols, x.Span, y.Span, o), () =>
        {
            for (int r = 0; r < rows; r++) SoftmaxRow.RowDouble(r, cols, x.Span, y.Span);
        }, new TourPeer(Tensors, () =>
        {
            for (int r = 0; r < rows; r++) TensorPrimitives.SoftMax<double>(x.Span.Slice(r * cols, cols), y.Span.Slice(r * cols, cols));
        }));

        static double Step(double v) => double.BitIncrement(v) - v;
    }

    static TourCase Product<TSemiring>(int size) where TSemiring : unmanaged, ISemiring
    {
        TourBuffer<float> a = new(Samples.Floats(size * size, 0, 1)), b = new(Samples.Floats(size * size, 0, 1, 2)), c = new(new float[size * size]);
        return new([a, b, c], o => Semirings.ProductKernel.Run<TSemiring>(size, size, size, a.Span, b.Span, c.Span, o), () =>
        {
            for (int r = 0; r < size; r++) Semirings.Product<TSemiring>(r, size, size, a.Span, b.Span, c.Span);
        });
    }

    static TourCase Escape(int height, int width)
    {
        const int limit = 200;
        float step = 3f / width;
        var counts = new TourBuffer<int>(new int[height * width]);
        return new([counts], o => Mandelbrot.EscapeKernel.Run(height, width, -2.2f, -0.4f, step, limit, counts.Span, o), () =>
        {
            for (int r = 0; r < height; r++) Mandelbrot.Escape(r, width, -2.2f, -0.4f, step, limit, counts.Span);
        });
    }

    // The values that a comparison gets wrong first.
    static float[] Special(float[] x)
    {
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0f, float.Epsilon];
        for (int i = 0; i < x.Length; i += 37) x[i] = special[i / 37 % special.Length];
        return x;
    }
}
