namespace Kernels;

// Functions of a few operations.
public static partial class KernelMath
{
    /// <summary>1/√x within <see cref="Bounds.RsqrtUlp"/> ULP: a correctly rounded root and quotient. rsqrt(±0) = ±∞, rsqrt(+∞) = +0, NaN below 0.</summary>
    public static double Rsqrt(double x) => 1.0 / Sqrt(x);
    /// <inheritdoc cref="Rsqrt(double)"/>
    public static float Rsqrt(float x) => 1.0f / Sqrt(x);

    /// <summary>x, but at least low and at most high, where low is not above high. NaN stays NaN.</summary>
    public static double Clamp(double x, double low, double high) => MinOrSecond(high, MaxOrSecond(low, x));
    /// <inheritdoc cref="Clamp(double, double, double)"/>
    public static float Clamp(float x, float low, float high) => MinOrSecond(high, MaxOrSecond(low, x));

    /// <summary>1 above 0, -1 below; ±0 and NaN stay what they are.</summary>
    public static double Sign(double x) => Select(x > 0.0, 1.0, Select(x < 0.0, -1.0, x));
    /// <inheritdoc cref="Sign(double)"/>
    public static float Sign(float x) => Select(x > 0.0f, 1.0f, Select(x < 0.0f, -1.0f, x));
}
