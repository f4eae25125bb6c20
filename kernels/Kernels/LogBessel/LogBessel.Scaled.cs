namespace Kernels;

public static partial class LogBessel
{
    /// <summary>ln I_v(x) - x without the cancellation, for x far above v. Error at most 6 units of max(1, |result|, r - x + v asinh(v/x)).</summary>
    /// <remarks>As <see cref="LogI(double, double)"/>, but x = +∞: -∞.</remarks>
    [ElementKernel]
    public static double LogIScaled(double v, double x) => RegionIScaled(Regions.OfI(v, x), v, x);

    /// <summary>ln K_v(x) + x without the cancellation, for x far above v. Error at most 6 units of max(1, |result|, r - x + v asinh(v/x)).</summary>
    /// <remarks>As <see cref="LogK(double, double)"/>.</remarks>
    [ElementKernel]
    public static double LogKScaled(double v, double x) => RegionKScaled(Regions.OfK(v, x), v, x);

    [Compact]
    static double RegionIScaled(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogI160(KernelMath.Abs(v), x, true),
        1 => DebyeExpansion.LogI60(KernelMath.Abs(v), x, true),
        2 => DebyeExpansion.LogI30(KernelMath.Abs(v), x, true),
        3 => DebyeExpansion.LogI20(KernelMath.Abs(v), x, true),
        4 => PowerSeries.LogISmall(KernelMath.Abs(v), x, true),
        5 => PowerSeries.LogI(KernelMath.Abs(v), x, 17, true),
        6 => PowerSeries.LogI(KernelMath.Abs(v), x, 23, true),
        7 => PowerSeries.LogI(KernelMath.Abs(v), x, 37, true),
        _ => OuterRegion.LogI(v, x, true),
    };

    [Compact]
    static double RegionKScaled(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogK160(KernelMath.Abs(v), x, true),
        1 => DebyeExpansion.LogK60(KernelMath.Abs(v), x, true),
        2 => DebyeExpansion.LogK30(KernelMath.Abs(v), x, true),
        3 => DebyeExpansion.LogK20(KernelMath.Abs(v), x, true),
        4 => SmallK.LogK(KernelMath.Abs(v), x, true),
        5 => MiddleK.LogK1(KernelMath.Abs(v), x, true),
        6 => MiddleK.LogK2(KernelMath.Abs(v), x, true),
        7 => MiddleK.LogK5(KernelMath.Abs(v), x, true),
        _ => OuterRegion.LogK(v, x, true),
    };
}
