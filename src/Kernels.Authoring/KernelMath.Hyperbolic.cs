namespace Kernels;

// sinh x and cosh x: a = |x| = n ln 2 + r, |r| <= ln 2 / 2 (as exp), and the addition theorem with S = sinh(n ln 2), C = cosh(n ln 2):
//   sinh a = S cosh r + C sinh r,   cosh a = C cosh r + S sinh r,
// so that no exponential is divided by, and nothing cancels near 0: for n = 0, S = 0 and C = 1. S and C are formed at half their size, from
// 2^(n-2) and 2^(-n-2), and doubled at the end, because n reaches 1025 (129 in float); what their sums lose (n >= 27) is added back.
//
// Units of 2^-54 (2^-25), the ulp in [1/4, 1/2): sinh is worst for n = 1, r < 0, where S = 3/4 and the result is as small as 0.354. The product C r
// (at most 0.433) 0.5, its sum with the smaller terms 0.5, the last sum 0.5 or exact (Sterbenz), the smaller terms (below 0.1) 0.15: 1.65. For n = 0
// r + r³ q stands alone, so that subnormal x stay whole: 0.6. For n >= 2 the result is at least 1.1 in units twice to four times larger for the same terms. cosh has no such case: below 1.25.
// sinh r = r + r³ q(r²), 2^-61.6 of sinh r; cosh r = 1 + r²/2 + r⁴ p(r²), 2^-69.9. float: r + r³ q, 2^-34.3, and 1 + r² p, 2^-33.2. Minimax, by Remez exchange,
// weight r² (r⁴), on |r| <= 1.0001 ln 2 / 2.
public static partial class KernelMath
{
    /// <summary>sinh x within <see cref="Bounds.SinhDoubleUlp"/> ULP. sinh(±0) = ±0, sinh(±∞) = ±∞; ±∞ beyond ±710.4758.</summary>
    public static double Sinh(double x)
    {
        double a = MinOrSecond(710.5, Abs(x)), n = Round(a * Log2E);
        HyperbolicOfLogs(n, out double up, out double down);
        double s = up - down, c = up + down, r = MulAdd(n, -Ln2High, a);
        double sinh = SinhTail(r, n * -Ln2Low, out double cosh);
        return CopySign(Select(n == 0.0, r + sinh, 2.0 * (s + MulAdd(c, r, MulAdd(c, sinh, MulAdd(s, cosh, (up - s) - down))))), x);
    }

    /// <summary>cosh x within <see cref="Bounds.CoshDoubleUlp"/> ULP. cosh(±0) = 1, cosh(±∞) = +∞; +∞ beyond ±710.4758.</summary>
    public static double Cosh(double x)
    {
        double a = MinOrSecond(710.5, Abs(x)), n = Round(a * Log2E);
        HyperbolicOfLogs(n, out double up, out double down);
        double s = up - down, c = up + down, r = MulAdd(n, -Ln2High, a);
        double sinh = SinhTail(r, n * -Ln2Low, out double cosh);
        return 2.0 * (c + MulAdd(s, r, MulAdd(s, sinh, MulAdd(c, cosh, (up - c) + down))));
    }

    /// <summary>sinh x within <see cref="Bounds.SinhSingleUlp"/> ULP. sinh(±0) = ±0, sinh(±∞) = ±∞; ±∞ beyond ±89.41599.</summary>
    public static float Sinh(float x)
    {
        float a = MinOrSecond(89.5f, Abs(x)), n = Round(a * Log2ESingle);
        HyperbolicOfLogs(n, out float up, out float down);
        float s = up - down, c = up + down, r = MulAdd(n, -Ln2HighSingle, a);
        float sinh = SinhTail(r, n * -Ln2LowSingle, out float cosh);
        return CopySign(Select(n == 0.0f, r + sinh, 2.0f * (s + MulAdd(c, r, MulAdd(c, sinh, MulAdd(s, cosh, (up - s) - down))))), x);
    }

    /// <summary>cosh x within <see cref="Bounds.CoshSingleUlp"/> ULP. cosh(±0) = 1, cosh(±∞) = +∞; +∞ beyond ±89.41599.</summary>
    public static float Cosh(float x)
    {
        float a = MinOrSecond(89.5f, Abs(x)), n = Round(a * Log2ESingle);
        HyperbolicOfLogs(n, out float up, out float down);
        float s = up - down, c = up + down, r = MulAdd(n, -Ln2HighSingle, a);
        float sinh = SinhTail(r, n * -Ln2LowSingle, out float cosh);
        return 2.0f * (c + MulAdd(s, r, MulAdd(s, sinh, MulAdd(c, cosh, (up - c) + down))));
    }

    // 2^(n-2) and 2^(-n-2), n in [0, 1025]; the second no further down than counts.
    static void HyperbolicOfLogs(double n, out double up, out double down)
    {
        up = BitConverter.Int64BitsToDouble((ToInt64InRange(n) + 1021L) << 52);
        down = BitConverter.Int64BitsToDouble((1021L - ToInt64InRange(MinOrSecond(64.0, n))) << 52);
    }

    // 2^(n-2) and 2^(-n-2), n in [0, 129].
    static void HyperbolicOfLogs(float n, out float up, out float down)
    {
        up = BitConverter.Int32BitsToSingle((ToInt32InRange(n) + 125) << 23);
        down = BitConverter.Int32BitsToSingle((125 - ToInt32InRange(MinOrSecond(32.0f, n))) << 23);
    }

    // sinh(high + low) - high; coshm1 = cosh(high + low) - 1.
    static double SinhTail(double high, double low, out double coshm1)
    {
        double r = high + low, z = r * r;
        double p = 2.0921769091240122e-09;
        p = MulAdd(p, z, 2.7557251821748916e-07);
        p = MulAdd(p, z, 2.480158734920047e-05);
        p = MulAdd(p, z, 0.0013888888888873283);
        p = MulAdd(p, z, 0.041666666666666685);
        coshm1 = MulAdd(z * z, p, 0.5 * z);
        double q = 2.5109323003560586e-08;
        q = MulAdd(q, z, 2.7557243447465142e-06);
        q = MulAdd(q, z, 0.00019841269886818874);
        q = MulAdd(q, z, 0.008333333333321386);
        q = MulAdd(q, z, 0.16666666666666677);
        return MulAdd(r * z, q, low);
    }

    static float SinhTail(float high, float low, out float coshm1)
    {
        float r = high + low, z = r * r;
        float p = 0.0013935404f;
        p = MulAdd(p, z, 0.04166646f);
        p = MulAdd(p, z, 0.5f);
        coshm1 = z * p;
        float q = 0.00019973969f;
        q = MulAdd(q, z, 0.008333175f);
        q = MulAdd(q, z, 0.16666667f);
        return MulAdd(r * z, q, low);
    }
}
