namespace Kernels;

// asinh x, a = |x|. Below 0.36 a + a³ P(a²): the correction is below 0.022 a, 0.5 + 0.1 ULP. Above it ln u, u = a + √(1 + a²) > √2: with u as a rounded sum and what it
// lost, to which the root's own error (1 + a² - root²)/(2 root) is added, exactly enough (Dekker 1971; products by Fma). The logarithm is KernelMath.Log's, n >= 1, and
// takes what u lost as Log1p does: 0.9 units. Above 10^10 u is 2a and what is left out 2^-68 of the result.
// P: minimax of degree 9, weight a², on [0, 0.36²], 2^-61.1 of asinh a after rounding. float: in double, rounded once.
public static partial class KernelMath
{
    /// <summary>asinh x = ln(x + √(1 + x²)) within <see cref="Bounds.AsinhDoubleUlp"/> ULP, also where x is near 0 or its square overflows. asinh(±0) = ±0, asinh(±∞) = ±∞.</summary>
    public static double Asinh(double x)
    {
        double a = Abs(x), z = a * a;
        double p = 0.004652351840726587;
        p = MulAdd(p, z, -0.008748465999619152);
        p = MulAdd(p, z, 0.011387436490079427);
        p = MulAdd(p, z, -0.013947917489950725);
        p = MulAdd(p, z, 0.017351634737793272);
        p = MulAdd(p, z, -0.022372110582253964);
        p = MulAdd(p, z, 0.030381943151326696);
        p = MulAdd(p, z, -0.04464285712300815);
        p = MulAdd(p, z, 0.07499999999984898);
        p = MulAdd(p, z, -0.16666666666666627);
        double small = MulAdd(a * z, p, a);

        bool huge = a > 1e10;
        double y = Select(huge, 1.0, a), square = y * y, one = 1.0 + square, root = Sqrt(one), u = root + y;
        double oneLost = Select(y < 1.0, square - (one - 1.0), 1.0 - (one - square)) + Fma(y, y, -square);
        double back = root * root, residual = (one - back) + (oneLost - Fma(root, root, -back));
        double lost = (y - (u - root)) + 0.5 * residual / root;
        // u = 2^n m, as in Log; for huge arguments of a, with n one more.
        long bits = BitConverter.DoubleToInt64Bits(Select(huge, a, u)) + (OneBits - SqrtHalfBits);
        double n = BiasedToDouble(bits) - Select(huge, 4503599627371518.0, 4503599627371519.0);
        double f = BitConverter.Int64BitsToDouble((bits & FractionMask) + SqrtHalfBits) - 1.0, s = f / (2.0 + f);
        double twice = BitConverter.Int64BitsToDouble(0x7FF0000000000000 - (bits & 0x7FF0000000000000));
        double large = LogReduced(f, s, n, Select(huge, 0.0, lost * twice * MulAdd(s, s, 0.5 - s)));
        return CopySign(Select(a < 0.36, small, Select(a < double.PositiveInfinity, large, a)), x);
    }

    /// <summary>asinh x within <see cref="Bounds.AsinhSingleUlp"/> ULP, also where x is near 0 or its square overflows. asinh(±0) = ±0, asinh(±∞) = ±∞.</summary>
    public static float Asinh(float x) => (float)Asinh((double)x);
}
