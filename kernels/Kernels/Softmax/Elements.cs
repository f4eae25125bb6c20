using System.Numerics;

namespace Kernels;

/// <summary>How elements lie in memory, and what becomes of them before the exponential: TElement there, T in registers.</summary>
interface IElements<TElement, T> where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What the exponential is taken of. keep and bias: of the row, empty where there is none.</summary>
    static abstract T Logit(TElement x, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i);
    /// <summary>As it lies in memory.</summary>
    static abstract T Load(TElement x);
    /// <summary>To memory, rounded to nearest even.</summary>
    static abstract TElement Store(T x);
}

/// <summary>Floats as they are.</summary>
readonly struct PlainSingle : IElements<float, float>
{
    public static float Logit(float x, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i) => x;
    public static float Load(float x) => x;
    public static float Store(float x) => x;
}

/// <summary>Doubles as they are.</summary>
readonly struct PlainDouble : IElements<double, double>
{
    public static double Logit(double x, double scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i) => x;
    public static double Load(double x) => x;
    public static double Store(double x) => x;
}

/// <summary>Floats, scaled and masked.</summary>
readonly struct MaskedSingle : IElements<float, float>
{
    public static float Logit(float x, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i) => Masked(x, scale, keep, bias, i);
    public static float Load(float x) => x;
    public static float Store(float x) => x;

    // scale x + bias, rounded once, where keep is not 0; -infinity elsewhere, and where x is -infinity, whatever the scale.
    internal static float Masked(float x, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i)
    {
        float b = 0;
        if (bias.Length > 0) b = bias[i];
        float z = KernelMath.Select(x == float.NegativeInfinity, x, KernelMath.Fma(scale, x, b));
        if (keep.Length > 0) z = KernelMath.Select(keep[i] != 0, z, float.NegativeInfinity);
        return z;
    }
}

/// <summary>Doubles, scaled and masked.</summary>
readonly struct MaskedDouble : IElements<double, double>
{
    public static double Logit(double x, double scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i)
    {
        double b = 0;
        if (bias.Length > 0) b = (double)bias[i];
        double z = KernelMath.Select(x == double.NegativeInfinity, x, KernelMath.Fma(scale, x, b));
        if (keep.Length > 0) z = KernelMath.Select(keep[i] != 0, z, double.NegativeInfinity);
        return z;
    }

    public static double Load(double x) => x;
    public static double Store(double x) => x;
}

/// <summary>Halves, computed with as floats, scaled and masked.</summary>
readonly struct MaskedHalf : IElements<Half, float>
{
    public static float Logit(Half x, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i) => MaskedSingle.Masked((float)x, scale, keep, bias, i);
    public static float Load(Half x) => (float)x;
    public static Half Store(float x) => (Half)x;
}

/// <summary>BFloat16, computed with as floats, scaled and masked.</summary>
readonly struct MaskedBFloat16 : IElements<BFloat16, float>
{
    public static float Logit(BFloat16 x, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i) => MaskedSingle.Masked((float)x, scale, keep, bias, i);
    public static float Load(BFloat16 x) => (float)x;
    public static BFloat16 Store(float x) => (BFloat16)x;
}
