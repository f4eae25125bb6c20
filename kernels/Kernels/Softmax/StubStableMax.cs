namespace Kernels;

/// <summary>Stub.</summary>
public static class StableMax
{
#pragma warning disable CS1591
    public static void Compute(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Compute(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Compute(ReadOnlySpan<Half> x, Span<Half> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Compute(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, SoftmaxOptions? options = null) => throw new NotImplementedException();
}
