namespace Kernels;

/// <summary>Stub.</summary>
public static class Softmax
{
#pragma warning disable CS1591
    public static void Compute(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Compute(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<double> x, int xStride, Span<double> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Backward(ReadOnlySpan<double> y, ReadOnlySpan<double> dy, Span<double> dx, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Compute(ReadOnlySpan<Half> x, Span<Half> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<Half> x, int xStride, Span<Half> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Backward(ReadOnlySpan<Half> y, ReadOnlySpan<Half> dy, Span<Half> dx, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Compute(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<BFloat16> x, int xStride, Span<BFloat16> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Backward(ReadOnlySpan<BFloat16> y, ReadOnlySpan<BFloat16> dy, Span<BFloat16> dx, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Axis(ReadOnlySpan<float> x, Span<float> y, int outer, int axis, int inner, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Axis(ReadOnlySpan<double> x, Span<double> y, int outer, int axis, int inner, SoftmaxOptions? options = null) => throw new NotImplementedException();
}
