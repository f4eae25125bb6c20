using Kernels.Examples;

namespace Kernels.Tests.Examples;

// The examples as the tests call them: through the generated code, or, in a build without it, as plain C#.
static class Calls
{
    public static void Axpy(float a, ReadOnlySpan<float> x, Span<float> y, KernelOptions o) => Vectors.AxpyKernel.Run(a, x, y, o);
    public static void AxpyDouble(double a, ReadOnlySpan<double> x, Span<double> y, KernelOptions o) => Vectors.AxpyDoubleKernel.Run(a, x, y, o);
    public static void Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<double> result, KernelOptions o) => Vectors.DotKernel.Run(x, y, result, o);
    public static void DotBytes(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> y, Span<int> result, KernelOptions o) => Vectors.DotBytesKernel.Run(x, y, result, o);
    public static void Clamp(ReadOnlySpan<float> x, float low, float high, Span<float> y, KernelOptions o)
    {
        // Overloads have one scalar at most.
        float[] lows = new float[x.Length];
        Array.Fill(lows, low);
        Elementwise.ClampKernel.Run(x, lows, high, y, o);
    }
    public static void Split(ReadOnlySpan<double> x, Span<double> whole, Span<double> fraction, KernelOptions o) => Elementwise.SplitKernel.Run(x, whole, fraction, o);
    public static void CubicSpline(ReadOnlySpan<double> x, Span<double> y, KernelOptions o) => Elementwise.CubicSplineKernel.Run(x, y, o);
    public static void Escape(int rows, int width, float left, float top, float step, int limit, Span<int> counts, KernelOptions o) => Mandelbrot.EscapeKernel.Run(rows, width, left, top, step, limit, counts, o);
    public static void Count(int pieces, int length, ReadOnlySpan<float> x, float low, float high, float scale, Span<int> bins, KernelOptions o) => Histogram.CountKernel.Run(pieces, length, x, low, high, scale, bins, o);
    public static void CountBytes(int pieces, int length, ReadOnlySpan<byte> x, Span<int> bins, KernelOptions o) => Histogram.CountBytesKernel.Run(pieces, length, x, bins, o);
    public static void Above(ReadOnlySpan<float> x, float threshold, Span<float> kept, Span<int> where, Span<int> count, KernelOptions o) => Filter.AboveKernel.Run(x, threshold, kept, where, count, o);
    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z, KernelOptions o) => ComplexProduct.MultiplyKernel.Run(x, y, z, o);
    public static void Gather(ReadOnlySpan<float> x, ReadOnlySpan<int> index, Span<float> y, KernelOptions o) => Permutation.GatherKernel.Run(x, index, y, o);
    public static void GatherChecked(ReadOnlySpan<float> x, ReadOnlySpan<int> index, Span<float> y, KernelOptions o) => Permutation.GatherCheckedKernel.Run(x, index, y, o);
    public static void Scatter(ReadOnlySpan<float> x, ReadOnlySpan<int> index, Span<float> y, KernelOptions o) => Permutation.ScatterKernel.Run(x, index, y, o);
    public static void ScatterChecked(ReadOnlySpan<float> x, ReadOnlySpan<int> index, Span<float> y, KernelOptions o) => Permutation.ScatterCheckedKernel.Run(x, index, y, o);
    public static void Transform16(int blocks, ReadOnlySpan<float> x, Span<float> y, KernelOptions o) => WalshHadamard.Transform16Kernel.Run(blocks, x, y, o);
    public static void Distinct(int rows, int capacity, int longest, ReadOnlySpan<int> starts, ReadOnlySpan<int> keys, Span<byte> first, Span<int> distinct, KernelOptions o) => HashInsert.DistinctKernel.Run(rows, capacity, longest, starts, keys, first, distinct, o);
    public static void Transform(ReadOnlySpan<float> m, ReadOnlySpan<float> x, Vector3 t, Span<float> y, KernelOptions o) => Matrices.TransformKernel.Run(m, x, t, y, o);
    public static void Product<S>(int rows, int inner, int columns, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, KernelOptions o) where S : unmanaged, ISemiring => Semirings.ProductKernel.Run<S>(rows, inner, columns, a, b, c, o);
    public static void Softmax(int rows, int cols, ReadOnlySpan<float> x, Span<float> y, KernelOptions o) => SoftmaxRow.Rows(x, y, rows, cols, o);
    public static void Softmax(int rows, int cols, ReadOnlySpan<double> x, Span<double> y, KernelOptions o) => SoftmaxRow.Rows(x, y, rows, cols, o);
}
