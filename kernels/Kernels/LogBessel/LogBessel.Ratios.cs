namespace Kernels;

public static partial class LogBessel
{
    /// <summary>I_(v+1)(x)/I_v(x), in [0, 1). Within 5 units of 2^-53 of the result, where that is normal.</summary>
    /// <remarks>NaN for x or v below 0. x = ±0: 0, x = +∞: 1, v = +∞: 0, both: NaN.</remarks>
    [ElementKernel]
    public static double RatioI(double v, double x) => RegionRatioI(Regions.OfRatioI(v, x), v, x);

    /// <summary>
    /// 1 - I_(v+1)(x)/I_v(x) without the cancellation for x far above v. With r = √(v² + x²): within 5 units of 2^-53 of the result and, for what the coefficients leave, 0.2 units of 2^-53 times 160/r
    /// for r &gt;= 160, 1 unit of 2^-53 for r &gt;= 60, 2.5 for r &gt;= 30; 5 units of 2^-53 below, where the result is 0.016 or more.
    /// </summary>
    /// <remarks>NaN for x or v below 0. x = ±0: 1, x = +∞: 0, v = +∞: 1, both: NaN.</remarks>
    [ElementKernel]
    public static double RatioIComplement(double v, double x) => RegionRatioIComplement(Regions.OfRatioI(v, x), v, x);

    /// <summary>K_(v+1)(x)/K_v(x). Within 8 units of 2^-53 of the result; for v in (-1, 0) and x below 1, where it goes like a power of x, within 8 (1 + 2 min(-v, 1 + v) ln(2/x)), as its condition number.</summary>
    /// <remarks>
    /// K is even in v: below v = -1/2 the result is the reciprocal of that for -1 - v. NaN for x below 0. x = ±0: +∞ for v above -1/2, 1 for v = -1/2, 0 below. x = +∞: 1, v = +∞: +∞,
    /// v = -∞: 0, both: NaN. +∞ where the ratio overflows.
    /// </remarks>
    [ElementKernel]
    public static double RatioK(double v, double x)
    {
        bool below = v < -0.5;
        double order = KernelMath.Select(below, -1.0 - v, v), ratio = RegionRatioK(Regions.OfK(order, x), order, x);
        return KernelMath.Select(below, 1.0 / ratio, ratio);
    }

    [Compact]
    static double RegionRatioI(int region, double v, double x) => region switch
    {
        0 => IRatio.R160(v, x, false),
        1 => IRatio.R60(v, x, false),
        2 => IRatio.R30(v, x, false),
        3 => IRatio.Downwards(v, x, 12, false),
        4 => IRatio.Downwards(v, x, 16, false),
        5 => IRatio.Downwards(v, x, 22, false),
        6 => IRatio.Downwards(v, x, 29, false),
        7 => IRatio.Downwards(v, x, 36, false),
        _ => IRatio.Outer(v, x, false),
    };

    [Compact]
    static double RegionRatioIComplement(int region, double v, double x) => region switch
    {
        0 => IRatio.R160(v, x, true),
        1 => IRatio.R60(v, x, true),
        2 => IRatio.R30(v, x, true),
        3 => IRatio.Downwards(v, x, 12, true),
        4 => IRatio.Downwards(v, x, 16, true),
        5 => IRatio.Downwards(v, x, 22, true),
        6 => IRatio.Downwards(v, x, 29, true),
        7 => IRatio.Downwards(v, x, 36, true),
        _ => IRatio.Outer(v, x, true),
    };

    [Compact]
    static double RegionRatioK(int region, double v, double x) => region switch
    {
        0 => KRatio.R160(v, x),
        1 => KRatio.R60(v, x),
        2 => KRatio.R30(v, x),
        3 => KRatio.R20(v, x),
        4 => SmallK.Ratio(v, x),
        5 => MiddleK.Ratio1(v, x),
        6 => MiddleK.Ratio2(v, x),
        7 => MiddleK.Ratio5(v, x),
        _ => KRatio.Outer(v, x),
    };
}
