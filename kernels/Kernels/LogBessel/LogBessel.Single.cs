namespace Kernels;

// float: computed in double to some 2^-30 of max(1, |result|, kappa), kappa as in the remarks on the class (for the scaled functions with r - x in place of r), and rounded once. For that the
// expansions of r >= 160 do from r = 30 on and those of r >= 60 below, and the series and recurrences need fewer terms.
public static partial class LogBessel
{
    /// <summary>ln I_v(x), special values as <see cref="LogI(double, double)"/>. Within 1 ULP where |result| is kappa/16 or more.</summary>
    [ElementKernel]
    public static float LogI(float v, float x) => (float)SingleI(Regions.OfISingle((double)v, (double)x), (double)v, (double)x);

    /// <summary>ln K_v(x), special values as <see cref="LogK(double, double)"/>. Within 1 ULP where |result| is kappa/16 or more.</summary>
    [ElementKernel]
    public static float LogK(float v, float x) => (float)SingleK(Regions.OfKSingle((double)v, (double)x), (double)v, (double)x);

    /// <summary>ln I_v(x) - x, special values as <see cref="LogIScaled(double, double)"/>. Within 1 ULP where |result| is kappa/16 or more.</summary>
    [ElementKernel]
    public static float LogIScaled(float v, float x) => (float)SingleIScaled(Regions.OfISingle((double)v, (double)x), (double)v, (double)x);

    /// <summary>ln K_v(x) + x, special values as <see cref="LogKScaled(double, double)"/>. Within 1 ULP where |result| is kappa/16 or more.</summary>
    [ElementKernel]
    public static float LogKScaled(float v, float x) => (float)SingleKScaled(Regions.OfKSingle((double)v, (double)x), (double)v, (double)x);

    /// <summary>I_(v+1)(x)/I_v(x), special values as <see cref="RatioI(double, double)"/>. Within 1 ULP.</summary>
    [ElementKernel]
    public static float RatioI(float v, float x) => (float)SingleRatioI(Regions.OfRatioISingle((double)v, (double)x), (double)v, (double)x);

    /// <summary>K_(v+1)(x)/K_v(x), special values as <see cref="RatioK(double, double)"/>. Within 1 ULP.</summary>
    [ElementKernel]
    public static float RatioK(float v, float x)
    {
        bool below = v < -0.5f;
        double wide = (double)v, order = KernelMath.Select(below, -1.0 - wide, wide), ratio = SingleRatioK(Regions.OfKSingle(order, (double)x), order, (double)x);
        return (float)KernelMath.Select(below, 1.0 / ratio, ratio);
    }

    [Compact]
    static double SingleI(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogI160(KernelMath.Abs(v), x, false),
        1 => DebyeExpansion.LogI60(KernelMath.Abs(v), x, false),
        2 => PowerSeries.LogISmall(KernelMath.Abs(v), x, false),
        3 => PowerSeries.LogI(KernelMath.Abs(v), x, 11, false),
        4 => PowerSeries.LogI(KernelMath.Abs(v), x, 17, false),
        5 => PowerSeries.LogI(KernelMath.Abs(v), x, 26, false),
        _ => OuterRegion.LogI(v, x, false),
    };

    [Compact]
    static double SingleIScaled(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogI160(KernelMath.Abs(v), x, true),
        1 => DebyeExpansion.LogI60(KernelMath.Abs(v), x, true),
        2 => PowerSeries.LogISmall(KernelMath.Abs(v), x, true),
        3 => PowerSeries.LogI(KernelMath.Abs(v), x, 11, true),
        4 => PowerSeries.LogI(KernelMath.Abs(v), x, 17, true),
        5 => PowerSeries.LogI(KernelMath.Abs(v), x, 26, true),
        _ => OuterRegion.LogI(v, x, true),
    };

    [Compact]
    static double SingleK(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogK160(KernelMath.Abs(v), x, false),
        1 => DebyeExpansion.LogK60(KernelMath.Abs(v), x, false),
        2 => SmallK.LogK(KernelMath.Abs(v), x, false),
        3 => MiddleK.LogK1(KernelMath.Abs(v), x, false),
        4 => MiddleK.LogK2(KernelMath.Abs(v), x, false),
        5 => MiddleK.LogK5(KernelMath.Abs(v), x, false),
        _ => OuterRegion.LogK(v, x, false),
    };

    [Compact]
    static double SingleKScaled(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogK160(KernelMath.Abs(v), x, true),
        1 => DebyeExpansion.LogK60(KernelMath.Abs(v), x, true),
        2 => SmallK.LogK(KernelMath.Abs(v), x, true),
        3 => MiddleK.LogK1(KernelMath.Abs(v), x, true),
        4 => MiddleK.LogK2(KernelMath.Abs(v), x, true),
        5 => MiddleK.LogK5(KernelMath.Abs(v), x, true),
        _ => OuterRegion.LogK(v, x, true),
    };

    [Compact]
    static double SingleRatioI(int region, double v, double x) => region switch
    {
        0 => IRatio.R160(v, x, false),
        1 => IRatio.Downwards(v, x, 8, false),
        2 => IRatio.Downwards(v, x, 11, false),
        3 => IRatio.Downwards(v, x, 15, false),
        4 => IRatio.Downwards(v, x, 26, false),
        _ => IRatio.Outer(v, x, false),
    };

    [Compact]
    static double SingleRatioK(int region, double v, double x) => region switch
    {
        0 => KRatio.R160(v, x),
        1 => KRatio.R60(v, x),
        2 => SmallK.Ratio(v, x),
        3 => MiddleK.Ratio1(v, x),
        4 => MiddleK.Ratio2(v, x),
        5 => MiddleK.Ratio5(v, x),
        _ => KRatio.Outer(v, x),
    };
}
