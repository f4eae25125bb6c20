namespace Kernels.Examples;

// A reduction wider than its data: the products of two floats are exact in double, so the additions alone make the error.
public static partial class Vectors
{
    /// <summary>result[0] = Σ x[i]*y[i], i &lt; x.Length, accumulated in double. 0 when x is empty.</summary>
    /// <param name="x">n elements.</param>
    /// <param name="y">At least n elements.</param>
    /// <param name="result">At least one element.</param>
    /// <remarks>The error is at most (n - 1) u Σ|x[i]*y[i]| / (1 - n u), u = 2^-53, in any order of the additions. NaN and infinities as IEEE 754 has them.</remarks>
    [Kernel]
    public static void Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<double> result)
    {
        double sum = 0;
        foreach (int i in Lanes.Over(x)) sum = KernelMath.MulAdd((double)x[i], (double)y[i], sum); // exact product: fused or not, the same bits
        result[0] = Lanes.Sum(sum);
    }

    /// <summary>result[0] = Σ x[i]*y[i] mod 2^32, i &lt; x.Length.</summary>
    /// <param name="x">n elements.</param>
    /// <param name="y">At least n elements.</param>
    /// <param name="result">At least one element.</param>
    /// <remarks>Exact while the sum fits an int: always for n below 2^17 = 2^31 / 2^14. Beyond, it wraps.</remarks>
    [Kernel]
    public static void DotBytes(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> y, Span<int> result)
    {
        int sum = 0;
        foreach (int i in Lanes.Over(x)) sum += x[i] * y[i];
        result[0] = Lanes.Sum(sum);
    }
}
