namespace Kernels.Tests.SoftmaxFamily;

/// <summary>The family's calls for one element type, and the type's own facts, so that a test is written once for all types.</summary>
public interface IElement<T> where T : unmanaged
{
    /// <summary>Bits of the significand, with the leading one.</summary>
    static abstract int Digits { get; }
    /// <summary>Exponent of the least normal number.</summary>
    static abstract int LeastExponent { get; }
    /// <summary>Whether the arithmetic is double; else it is float.</summary>
    static abstract bool Wide { get; }
    /// <summary>The nearest element.</summary>
    static abstract T Of(double value);
    static abstract double Value(T element);
    static abstract void Compute(ReadOnlySpan<T> x, Span<T> y, SoftmaxOptions? options);
    static abstract void Softmax(ReadOnlySpan<T> x, Span<T> y, int rows, int cols, RowMask mask, SoftmaxOptions? options);
    static abstract void Softmax(ReadOnlySpan<T> x, int xStride, Span<T> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options);
    static abstract void LogCompute(ReadOnlySpan<T> x, Span<T> y, SoftmaxOptions? options);
    static abstract void LogSoftmax(ReadOnlySpan<T> x, Span<T> y, int rows, int cols, RowMask mask, SoftmaxOptions? options);
    static abstract void LogSoftmax(ReadOnlySpan<T> x, int xStride, Span<T> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options);
    static abstract double LogSumExp(ReadOnlySpan<T> x, SoftmaxOptions? options);
    static abstract double[] LogSumExp(ReadOnlySpan<T> x, int rows, int cols, RowMask mask, SoftmaxOptions? options);
    static abstract void Backward(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int cols, SoftmaxOptions? options);
    static abstract void LogBackward(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int cols, SoftmaxOptions? options);
    static abstract void StableMax(ReadOnlySpan<T> x, Span<T> y, int rows, int cols, SoftmaxOptions? options);
    static abstract double[] CrossEntropy(ReadOnlySpan<T> logits, ReadOnlySpan<int> labels, int rows, int cols, CrossEntropyOptions? options);
    static abstract double[] CrossEntropy(ReadOnlySpan<T> logits, ReadOnlySpan<int> labels, Span<T> gradient, int rows, int cols, CrossEntropyOptions? options);
}

public readonly struct OfFloat : IElement<float>
{
    public static int Digits => 24;
    public static int LeastExponent => -126;
    public static bool Wide => false;
    public static float Of(double value) => (float)value;
    public static double Value(float element) => element;
    public static void Compute(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options) => Kernels.Softmax.Compute(x, y, options);
    public static void Softmax(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, y, rows, cols, mask, options);
    public static void Softmax(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static void LogCompute(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options) => Kernels.LogSoftmax.Compute(x, y, options);
    public static void LogSoftmax(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, y, rows, cols, mask, options);
    public static void LogSoftmax(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static double LogSumExp(ReadOnlySpan<float> x, SoftmaxOptions? options) => Kernels.LogSumExp.Compute(x, options);
    public static double[] LogSumExp(ReadOnlySpan<float> x, int rows, int cols, RowMask mask, SoftmaxOptions? options)
    {
        float[] result = new float[rows];
        Kernels.LogSumExp.Rows(x, result, rows, cols, mask, options);
        return Array.ConvertAll(result, v => (double)v);
    }
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.Softmax.Backward(y, dy, dx, rows, cols, options);
    public static void LogBackward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.LogSoftmax.Backward(y, dy, dx, rows, cols, options);
    public static void StableMax(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, SoftmaxOptions? options) => Kernels.StableMax.Rows(x, y, rows, cols, options);
    public static double[] CrossEntropy(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int rows, int cols, CrossEntropyOptions? options)
    {
        float[] losses = new float[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
    public static double[] CrossEntropy(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, Span<float> gradient, int rows, int cols, CrossEntropyOptions? options)
    {
        float[] losses = new float[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, gradient, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
}

public readonly struct OfDouble : IElement<double>
{
    public static int Digits => 53;
    public static int LeastExponent => -1022;
    public static bool Wide => true;
    public static double Of(double value) => value;
    public static double Value(double element) => element;
    public static void Compute(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options) => Kernels.Softmax.Compute(x, y, options);
    public static void Softmax(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, y, rows, cols, mask, options);
    public static void Softmax(ReadOnlySpan<double> x, int xStride, Span<double> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static void LogCompute(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options) => Kernels.LogSoftmax.Compute(x, y, options);
    public static void LogSoftmax(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, y, rows, cols, mask, options);
    public static void LogSoftmax(ReadOnlySpan<double> x, int xStride, Span<double> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static double LogSumExp(ReadOnlySpan<double> x, SoftmaxOptions? options) => Kernels.LogSumExp.Compute(x, options);
    public static double[] LogSumExp(ReadOnlySpan<double> x, int rows, int cols, RowMask mask, SoftmaxOptions? options)
    {
        double[] result = new double[rows];
        Kernels.LogSumExp.Rows(x, result, rows, cols, mask, options);
        return Array.ConvertAll(result, v => (double)v);
    }
    public static void Backward(ReadOnlySpan<double> y, ReadOnlySpan<double> dy, Span<double> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.Softmax.Backward(y, dy, dx, rows, cols, options);
    public static void LogBackward(ReadOnlySpan<double> y, ReadOnlySpan<double> dy, Span<double> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.LogSoftmax.Backward(y, dy, dx, rows, cols, options);
    public static void StableMax(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, SoftmaxOptions? options) => Kernels.StableMax.Rows(x, y, rows, cols, options);
    public static double[] CrossEntropy(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, int rows, int cols, CrossEntropyOptions? options)
    {
        double[] losses = new double[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
    public static double[] CrossEntropy(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, Span<double> gradient, int rows, int cols, CrossEntropyOptions? options)
    {
        double[] losses = new double[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, gradient, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
}

public readonly struct OfHalf : IElement<Half>
{
    public static int Digits => 11;
    public static int LeastExponent => -14;
    public static bool Wide => false;
    public static Half Of(double value) => (Half)value;
    public static double Value(Half element) => (double)element;
    public static void Compute(ReadOnlySpan<Half> x, Span<Half> y, SoftmaxOptions? options) => Kernels.Softmax.Compute(x, y, options);
    public static void Softmax(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, y, rows, cols, mask, options);
    public static void Softmax(ReadOnlySpan<Half> x, int xStride, Span<Half> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static void LogCompute(ReadOnlySpan<Half> x, Span<Half> y, SoftmaxOptions? options) => Kernels.LogSoftmax.Compute(x, y, options);
    public static void LogSoftmax(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, y, rows, cols, mask, options);
    public static void LogSoftmax(ReadOnlySpan<Half> x, int xStride, Span<Half> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static double LogSumExp(ReadOnlySpan<Half> x, SoftmaxOptions? options) => Kernels.LogSumExp.Compute(x, options);
    public static double[] LogSumExp(ReadOnlySpan<Half> x, int rows, int cols, RowMask mask, SoftmaxOptions? options)
    {
        float[] result = new float[rows];
        Kernels.LogSumExp.Rows(x, result, rows, cols, mask, options);
        return Array.ConvertAll(result, v => (double)v);
    }
    public static void Backward(ReadOnlySpan<Half> y, ReadOnlySpan<Half> dy, Span<Half> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.Softmax.Backward(y, dy, dx, rows, cols, options);
    public static void LogBackward(ReadOnlySpan<Half> y, ReadOnlySpan<Half> dy, Span<Half> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.LogSoftmax.Backward(y, dy, dx, rows, cols, options);
    public static void StableMax(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, SoftmaxOptions? options) => Kernels.StableMax.Rows(x, y, rows, cols, options);
    public static double[] CrossEntropy(ReadOnlySpan<Half> logits, ReadOnlySpan<int> labels, int rows, int cols, CrossEntropyOptions? options)
    {
        float[] losses = new float[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
    public static double[] CrossEntropy(ReadOnlySpan<Half> logits, ReadOnlySpan<int> labels, Span<Half> gradient, int rows, int cols, CrossEntropyOptions? options)
    {
        float[] losses = new float[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, gradient, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
}

public readonly struct OfBFloat16 : IElement<BFloat16>
{
    public static int Digits => 8;
    public static int LeastExponent => -126;
    public static bool Wide => false;
    public static BFloat16 Of(double value) => (BFloat16)(float)value;
    public static double Value(BFloat16 element) => (float)element;
    public static void Compute(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, SoftmaxOptions? options) => Kernels.Softmax.Compute(x, y, options);
    public static void Softmax(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, y, rows, cols, mask, options);
    public static void Softmax(ReadOnlySpan<BFloat16> x, int xStride, Span<BFloat16> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.Softmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static void LogCompute(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, SoftmaxOptions? options) => Kernels.LogSoftmax.Compute(x, y, options);
    public static void LogSoftmax(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, y, rows, cols, mask, options);
    public static void LogSoftmax(ReadOnlySpan<BFloat16> x, int xStride, Span<BFloat16> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions? options) => Kernels.LogSoftmax.Rows(x, xStride, y, yStride, rows, cols, mask, options);
    public static double LogSumExp(ReadOnlySpan<BFloat16> x, SoftmaxOptions? options) => Kernels.LogSumExp.Compute(x, options);
    public static double[] LogSumExp(ReadOnlySpan<BFloat16> x, int rows, int cols, RowMask mask, SoftmaxOptions? options)
    {
        float[] result = new float[rows];
        Kernels.LogSumExp.Rows(x, result, rows, cols, mask, options);
        return Array.ConvertAll(result, v => (double)v);
    }
    public static void Backward(ReadOnlySpan<BFloat16> y, ReadOnlySpan<BFloat16> dy, Span<BFloat16> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.Softmax.Backward(y, dy, dx, rows, cols, options);
    public static void LogBackward(ReadOnlySpan<BFloat16> y, ReadOnlySpan<BFloat16> dy, Span<BFloat16> dx, int rows, int cols, SoftmaxOptions? options) => Kernels.LogSoftmax.Backward(y, dy, dx, rows, cols, options);
    public static void StableMax(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, SoftmaxOptions? options) => Kernels.StableMax.Rows(x, y, rows, cols, options);
    public static double[] CrossEntropy(ReadOnlySpan<BFloat16> logits, ReadOnlySpan<int> labels, int rows, int cols, CrossEntropyOptions? options)
    {
        float[] losses = new float[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
    public static double[] CrossEntropy(ReadOnlySpan<BFloat16> logits, ReadOnlySpan<int> labels, Span<BFloat16> gradient, int rows, int cols, CrossEntropyOptions? options)
    {
        float[] losses = new float[rows];
        Kernels.CrossEntropy.Rows(logits, labels, losses, gradient, rows, cols, options);
        return Array.ConvertAll(losses, v => (double)v);
    }
}
