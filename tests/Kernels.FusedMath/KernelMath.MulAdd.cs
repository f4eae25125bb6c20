namespace Kernels;

public static partial class KernelMath
{
    /// <summary>a*b + c, rounded once.</summary>
    public static float MulAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
    /// <inheritdoc cref="MulAdd(float, float, float)"/>
    public static double MulAdd(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);
}
