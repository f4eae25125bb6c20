namespace Kernels;

/// <summary>
/// Logarithms of the modified Bessel functions I_v(x) and K_v(x) of real order v and argument x, finite wherever the functions are positive: also where they
/// themselves overflow or underflow.
/// </summary>
/// <remarks>
/// Errors are stated in units of 2^-53 of max(1, |result|, kappa), kappa = r + v asinh(v/x) and r = √(v² + x²), the condition number: log I crosses 0 near x = 0.66 v, where no
/// bound on the error relative to the result can hold for rounded arguments. What was measured: docs/logbessel.md.
/// </remarks>
public static partial class LogBessel
{
    /// <summary>ln I_v(x), the modified Bessel function of the first kind. Error at most 4.5 units.</summary>
    /// <remarks>
    /// Negative integers: I_-n = I_n. NaN for x below 0 and for other negative orders, where I may be negative. x = ±0: 0 for v = 0, +∞ for negative v that are no
    /// integers, else -∞. x = +∞: +∞, v = +∞: -∞, both: NaN.
    /// </remarks>
    [ElementKernel]
    public static double LogI(double v, double x) => RegionI(Regions.OfI(v, x), v, x);

    /// <summary>ln K_v(x), the modified Bessel function of the second kind, even in v. Error at most 6 units.</summary>
    /// <remarks>NaN for x below 0. x = ±0: +∞. x = +∞: -∞, v = ±∞: +∞, both: NaN.</remarks>
    [ElementKernel]
    public static double LogK(double v, double x) => RegionK(Regions.OfK(v, x), v, x);

    [Compact]
    static double RegionI(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogI160(KernelMath.Abs(v), x, false),
        1 => DebyeExpansion.LogI60(KernelMath.Abs(v), x, false),
        2 => DebyeExpansion.LogI30(KernelMath.Abs(v), x, false),
        3 => DebyeExpansion.LogI20(KernelMath.Abs(v), x, false),
        4 => PowerSeries.LogISmall(KernelMath.Abs(v), x, false),
        5 => PowerSeries.LogI(KernelMath.Abs(v), x, 17, false),
        6 => PowerSeries.LogI(KernelMath.Abs(v), x, 23, false),
        7 => PowerSeries.LogI(KernelMath.Abs(v), x, 37, false),
        _ => OuterRegion.LogI(v, x, false),
    };

    [Compact]
    static double RegionK(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogK160(KernelMath.Abs(v), x, false),
        1 => DebyeExpansion.LogK60(KernelMath.Abs(v), x, false),
        2 => DebyeExpansion.LogK30(KernelMath.Abs(v), x, false),
        3 => DebyeExpansion.LogK20(KernelMath.Abs(v), x, false),
        4 => SmallK.LogK(KernelMath.Abs(v), x, false),
        5 => MiddleK.LogK1(KernelMath.Abs(v), x, false),
        6 => MiddleK.LogK2(KernelMath.Abs(v), x, false),
        7 => MiddleK.LogK5(KernelMath.Abs(v), x, false),
        _ => OuterRegion.LogK(v, x, false),
    };
}
