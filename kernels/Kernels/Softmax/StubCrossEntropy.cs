namespace Kernels;

/// <summary>Stub.</summary>
public static class CrossEntropy
{
#pragma warning disable CS1591
    public static void Rows(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, Span<float> losses, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, Span<float> losses, Span<float> gradient, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, Span<double> losses, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, Span<double> losses, Span<double> gradient, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<Half> logits, ReadOnlySpan<int> labels, Span<float> losses, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<Half> logits, ReadOnlySpan<int> labels, Span<float> losses, Span<Half> gradient, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<BFloat16> logits, ReadOnlySpan<int> labels, Span<float> losses, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
    public static void Rows(ReadOnlySpan<BFloat16> logits, ReadOnlySpan<int> labels, Span<float> losses, Span<BFloat16> gradient, int rows, int cols, CrossEntropyOptions? options = null) => throw new NotImplementedException();
}
