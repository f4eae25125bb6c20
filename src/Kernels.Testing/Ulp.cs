using System.Numerics;

namespace Kernels.Testing;

/// <summary>
/// How far apart two floats are, in representable numbers between them. All NaNs are one value, a NaN is infinitely far from a number, and an infinity is
/// the neighbour of the largest finite number. The zeros are one value unless their signs count.
/// </summary>
public static class Ulp
{
    /// <summary>The number of steps from a to b; <see cref="long.MaxValue"/> if one is NaN, or if there are more.</summary>
    public static long Distance(float a, float b, bool signedZero = false) =>
        float.IsNaN(a) || float.IsNaN(b) ? NaNs(float.IsNaN(a), float.IsNaN(b)) : Steps(Order(BitConverter.SingleToInt32Bits(a), signedZero), Order(BitConverter.SingleToInt32Bits(b), signedZero));

    /// <inheritdoc cref="Distance(float, float, bool)"/>
    public static long Distance(double a, double b, bool signedZero = false) =>
        double.IsNaN(a) || double.IsNaN(b) ? NaNs(double.IsNaN(a), double.IsNaN(b)) : Steps(Order(BitConverter.DoubleToInt64Bits(a), signedZero), Order(BitConverter.DoubleToInt64Bits(b), signedZero));

    /// <inheritdoc cref="Distance(float, float, bool)"/>
    public static long Distance(Half a, Half b, bool signedZero = false) =>
        Half.IsNaN(a) || Half.IsNaN(b) ? NaNs(Half.IsNaN(a), Half.IsNaN(b)) : Steps(Order(BitConverter.HalfToInt16Bits(a), signedZero), Order(BitConverter.HalfToInt16Bits(b), signedZero));

    /// <summary>The error of a result in units of the last place of the exact value, a fraction: what bounds of functions are stated in.</summary>
    public static double Error(float actual, double exact)
    {
        if (double.IsNaN(exact) || float.IsNaN(actual)) return double.IsNaN(exact) && float.IsNaN(actual) ? 0 : double.PositiveInfinity;
        float rounded = (float)exact;
        if (float.IsInfinity(rounded) || float.IsInfinity(actual)) return rounded == actual ? 0 : Math.Max(1, Distance(rounded, actual));
        // The unit below a power of two is half of the one above: exact lies in the binade of its own exponent.
        double unit = exact == 0 ? float.Epsilon : Math.Max(float.Epsilon, Math.ScaleB(1, Math.ILogB(exact) - 23));
        return Math.Abs(actual - exact) / unit;
    }

    static long NaNs(bool a, bool b) => a && b ? 0 : long.MaxValue;

    static Int128 Order<B>(B bits, bool signedZero) where B : IBinaryInteger<B>, ISignedNumber<B>, IMinMaxValue<B>
    {
        if (!B.IsNegative(bits)) return Int128.CreateChecked(bits);
        Int128 magnitude = Int128.CreateChecked(bits) - Int128.CreateChecked(B.MinValue);
        return signedZero ? -magnitude - 1 : -magnitude;
    }

    static long Steps(Int128 a, Int128 b)
    {
        Int128 steps = Int128.Abs(a - b);
        return steps > long.MaxValue ? long.MaxValue : (long)steps;
    }
}
