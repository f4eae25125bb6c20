namespace Kernels;

// In a file of its own so that the tests can compile the functions a second time, with a fused one in its place.
public static partial class KernelMath
{
    /// <summary>a*b + c, rounded once where the target has the instruction and twice elsewhere: a bound must cover both. Twice as plain C#.</summary>
    public static float MulAdd(float a, float b, float c) => a * b + c;
    /// <inheritdoc cref="MulAdd(float, float, float)"/>
    public static double MulAdd(double a, double b, double c) => a * b + c;
}
