namespace Kernels;

// sin x and cos x for every finite argument. The float functions reduce to half turns in double, the double ones to quarter turns in
// two doubles; arguments too large for that, or too near a multiple of π/2, take the exact reduction of KernelMath.TrigReduction.cs.
//
// double: x = n π/2 + r - low, |r| <= π/4 (Cody and Waite 1980, chapter 8). π/2 is cut after 33 and 66 bits, so that n c1 and n c2 are exact
// for |n| <= 2^18; x - n c1 is exact, and so is what y - w loses, (y - r) - w, since y is a multiple of ulp(w) (Boldo, Graillat and
// Muller 2017). n c3 is off by |n| 2^-120, nothing against r unless |r| < |n| 2^-62: then, and above 400,000, the slow path.
// sin(r - low) = r - (r³ S(r²) + low (1 - r²/2)): what is taken from r is below 0.11 r, so its errors (2.5 units) count 0.27, and the last
// sum 0.5; low is up to 2^-51, which makes the missing r⁴/24 of its factor 0.07; S minimax of degree 5 on [0, (π/4)²], 2^-57.2 of r: 0.06.
// cos(r - low) = (1 - r²/2) + (what that lost + r⁴ C(r²) + low sin r), C likewise, 2^-59.9. Below 0.9 in all.
//
// float: r = x - n π, |r| <= π/2, in double, π cut after 29 bits (two of them zero): exact enough (2^-59) up to 2^24, where floats keep 2^-29 away
// from multiples of π/2. sin r = r (1 + z P(z)), P minimax of degree 3 on [0, (π/2)²], 2^-27.3 of sin r: 0.5 + 0.11 ULP.
public static partial class KernelMath
{
    const double TwoOverPi = 0.6366197723675814, HalfPi1 = 1.5707963267341256, HalfPi2 = 6.077100506303966e-11, HalfPi3 = 2.0222662487959506e-21;
    const double OneOverPi = 0.3183098861837907, Pi = 3.141592653589793, PiHead = 3.141592651605606, PiTail = 1.984187159361081e-09;
    // Adding it rounds to an integer, whose low bits are then the low bits of the sum.
    const double ToInteger = 6755399441055744.0;

    /// <summary>sin x within <see cref="Bounds.SinDoubleUlp"/> ULP, for every finite x. sin(±0) = ±0; NaN for ±∞.</summary>
    public static double Sin(double x) => SinOfQuarters(x, 0L);

    /// <summary>cos x within <see cref="Bounds.SinDoubleUlp"/> ULP, for every finite x. cos(±0) = 1; NaN for ±∞.</summary>
    public static double Cos(double x) => SinOfQuarters(x, 1L);

    /// <summary>sin x within <see cref="Bounds.SinSingleUlp"/> ULP, for every finite x. sin(±0) = ±0; NaN for ±∞.</summary>
    public static float Sin(float x)
    {
        double wide = (double)x, t = MulAdd(wide, OneOverPi, ToInteger), n = t - ToInteger;
        long flip = BitConverter.DoubleToInt64Bits(t) << 63;
        double r = MulAdd(n, -PiTail, MulAdd(n, -PiHead, wide));
        if ((Abs(x) >= 16777216.0f) & (Abs(x) < float.PositiveInfinity)) ReduceHuge(x, 0UL, out r, out flip);
        return (float)SinOfHalf(r, flip);
    }

    /// <summary>cos x within <see cref="Bounds.SinSingleUlp"/> ULP, for every finite x. cos(±0) = 1; NaN for ±∞.</summary>
    public static float Cos(float x)
    {
        // x = (n + 1/2) π + r: cos x = (-1)^(n + 1) sin r.
        double wide = (double)Abs(x), t = MulAdd(wide, OneOverPi, -0.5) + ToInteger, n = (t - ToInteger) + 0.5;
        long flip = (BitConverter.DoubleToInt64Bits(t) + 1L) << 63;
        double r = MulAdd(n, -PiTail, MulAdd(n, -PiHead, wide));
        if ((wide >= 16777216.0) & (wide < double.PositiveInfinity)) ReduceHuge(Abs(x), 1UL << 62, out r, out flip);
        return (float)SinOfHalf(r, flip);
    }

    /// <summary>sin πx within <see cref="Bounds.SinPiDoubleUlp"/> ULP. ±0 for integral x, with the sign of x; NaN for ±∞.</summary>
    public static double SinPi(double x)
    {
        double sin = SinOfQuarterTurns(x, 0L);
        return Select(sin == 0.0, CopySign(0.0, x), sin);
    }

    /// <summary>cos πx within <see cref="Bounds.SinPiDoubleUlp"/> ULP. +0 at integers and a half; NaN for ±∞.</summary>
    public static double CosPi(double x) => SinOfQuarterTurns(x, 1L) + 0.0;

    /// <summary>sin πx within <see cref="Bounds.SinPiSingleUlp"/> ULP. ±0 for integral x, with the sign of x; NaN for ±∞.</summary>
    public static float SinPi(float x)
    {
        double y = (double)MulAdd(-2.0f, Round(0.5f * x), x), t = y + ToInteger;
        float sin = (float)SinOfHalf((y - (t - ToInteger)) * Pi, BitConverter.DoubleToInt64Bits(t) << 63);
        return Select(sin == 0.0f, CopySign(0.0f, x), sin);
    }

    /// <summary>cos πx within <see cref="Bounds.SinPiSingleUlp"/> ULP. +0 at integers and a half; NaN for ±∞.</summary>
    public static float CosPi(float x)
    {
        double y = (double)MulAdd(-2.0f, Round(0.5f * x), x), t = (y - 0.5) + ToInteger;
        double r = y - ((t - ToInteger) + 0.5);
        return (float)SinOfHalf(r * Pi, (BitConverter.DoubleToInt64Bits(t) + 1L) << 63) + 0.0f;
    }

    // sin(x + quarters π/2).
    static double SinOfQuarters(double x, long quarters)
    {
        double t = MulAdd(x, TwoOverPi, ToInteger), n = t - ToInteger;
        long turn = BitConverter.DoubleToInt64Bits(t);
        double y = MulAdd(n, -HalfPi1, x), w = n * HalfPi2, r = y - w;
        double low = MulAdd(n, HalfPi3, -((y - r) - w));
        double size = Abs(x);
        if (((size >= 400000.0) & (size < double.PositiveInfinity)) | (Abs(r) < Abs(n) * 2.168404344971009e-19)) ReduceHuge(x, out r, out low, out turn);
        return SinReduced(r, low, turn + quarters);
    }

    // sin(π x + quarters π/2). x modulo 2 and r are exact; π r is a head and, with Dekker's split, a tail, left out where it is subnormal.
    static double SinOfQuarterTurns(double x, long quarters)
    {
        double y = MulAdd(-2.0, Round(0.5 * x), x), t = (y + y) + ToInteger;
        double r = MulAdd(-0.5, t - ToInteger, y), high = r * Pi;
        double head = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(r) & -134217728L);
        double low = (high - head * PiHead) - MulAdd(r - head, PiHead, r * PiTail);
        return SinReduced(high, Select(Abs(r) < 1e-280, 0.0, low), BitConverter.DoubleToInt64Bits(t) + quarters);
    }

    // sin(r - low + turn π/2), |r| <= π/4. A zero r keeps its sign when low is +0.
    static double SinReduced(double r, double low, long turn)
    {
        double z = r * r, half = 0.5 * z, one = 1.0 - half;
        double s = -1.5896795873775974e-10;
        s = MulAdd(s, z, 2.5050758119152935e-08);
        s = MulAdd(s, z, -2.7557313691941534e-06);
        s = MulAdd(s, z, 0.00019841269829807865);
        s = MulAdd(s, z, -0.008333333333322413);
        s = MulAdd(s, z, 0.16666666666666632);
        double sin = r - MulAdd(z * r, s, low * one);
        double c = -1.1359648088324223e-11;
        c = MulAdd(c, z, 2.0875723279083273e-09);
        c = MulAdd(c, z, -2.7557314352377933e-07);
        c = MulAdd(c, z, 2.4801587289482344e-05);
        c = MulAdd(c, z, -0.0013888888888874125);
        c = MulAdd(c, z, 0.0416666666666666);
        double cos = one + MulAdd(z * z, c, MulAdd(sin, low, (1.0 - one) - half));
        double value = Select((turn & 1L) == 0L, sin, cos);
        return BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) ^ ((turn & 2L) << 62));
    }

    // ± sin r, |r| <= π/2, to 27 bits; flip: 0 or the sign bit.
    static double SinOfHalf(double r, long flip)
    {
        double z = r * r;
        double p = 2.6057498168553603e-06;
        p = MulAdd(p, z, -0.0001980958977482247);
        p = MulAdd(p, z, 0.008333066080538418);
        p = MulAdd(p, z, -0.16666659544729814);
        return BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(r) ^ flip) * MulAdd(p, z, 1.0);
    }
}
