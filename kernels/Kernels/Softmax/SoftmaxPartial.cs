namespace Kernels;

/// <summary>Stub.</summary>
public readonly record struct SoftmaxPartial(double Reference, double Sum)
{
#pragma warning disable CS1591
    public static SoftmaxPartial Empty => throw new NotImplementedException();
    public static SoftmaxPartial Compute(ReadOnlySpan<float> x, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static SoftmaxPartial Compute(ReadOnlySpan<double> x, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public static SoftmaxPartial Merge(SoftmaxPartial a, SoftmaxPartial b) => throw new NotImplementedException();
    public double LogSumExp => throw new NotImplementedException();
    public void Write(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
    public void Write(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options = null) => throw new NotImplementedException();
}
