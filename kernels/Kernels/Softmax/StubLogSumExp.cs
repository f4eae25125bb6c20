namespace Kernels;

/// <summary>Stub.</summary>
public static class LogSumExp
{
#pragma warning disable CS1591
    public static float Compute(ReadOnlySpan<float> x, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<float> x, Span<float> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static double Compute(ReadOnlySpan<double> x, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<double> x, Span<double> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static float Compute(ReadOnlySpan<Half> x, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<Half> x, Span<float> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static float Compute(ReadOnlySpan<BFloat16> x, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<BFloat16> x, Span<float> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => throw new NotImplementedException();
}
