namespace Kernels.Examples;

// The smallest kernel: two streams in, one out, one multiply-add an element. What it costs beyond the memory traffic is the compiler's fault.
public static partial class Vectors
{
    /// <summary>y[i] = a*x[i] + y[i] for i &lt; x.Length.</summary>
    /// <param name="a">The factor.</param>
    /// <param name="x">n elements.</param>
    /// <param name="y">At least n elements; the same memory as x, or memory that does not overlap it. Elements from n on stay as they are.</param>
    /// <remarks>Rounded once or twice: the error is at most u(|a*x| + |y'|), u = 2^-24, y' the result. NaN and infinities as IEEE 754 has them.</remarks>
    [Kernel]
    public static void Axpy(float a, ReadOnlySpan<float> x, [InPlace(nameof(x))] Span<float> y)
    {
        foreach (int i in Lanes.Over(x)) y[i] = KernelMath.MulAdd(a, x[i], y[i]);
    }

    /// <summary>As <see cref="Axpy"/>, u = 2^-53.</summary>
    [Kernel]
    public static void AxpyDouble(double a, ReadOnlySpan<double> x, [InPlace(nameof(x))] Span<double> y)
    {
        foreach (int i in Lanes.Over(x)) y[i] = KernelMath.MulAdd(a, x[i], y[i]);
    }
}
