namespace Kernels;

public static partial class LogBessel
{
    /// <summary>
    /// ln I_v(x), its derivative by x, which is I_(v+1)/I_v + v/x, and its derivative by v, in one pass. Errors: value 4.5 units as <see cref="LogI(double, double)"/>; dx 8 units of 2^-53 of itself;
    /// dv 8 units of 2^-53 of max(|dv|, v/x, 2^-53) where x² + 2v² is 400 or more, elsewhere 12 of max(1, |dv|): its parts cancel, for x above 1 and v near 0, where it is -K_0/I_0, down to their errors.
    /// </summary>
    /// <remarks>
    /// NaN for x or v below 0. x = ±0: dx = +∞, for v = 0 0; dv = -∞. x = +∞: 1 and 0, v = +∞: +∞ and -∞, both: NaN. For r = √(v² + x²) above 60 and v = 0 dv is 0 in place of -K_0/I_0, which is above -1e-51.
    /// </remarks>
    [ElementKernel]
    public static void LogIAndDerivatives(double v, double x, out double value, out double dx, out double dv)
    {
        var all = RegionIDerivatives(Regions.OfI(KernelMath.Select(v >= 0, v, double.NaN), x), v, x);
        value = all.Value;
        dx = all.Dx;
        dv = all.Dv;
    }

    /// <summary>
    /// ln K_v(x), its derivative by x, which is v/x - K_(v+1)/K_v, and its derivative by v, in one pass. Errors: value 6 units as <see cref="LogK(double, double)"/>; dx and dv 8 units of 2^-53 of
    /// themselves, dv for x below 1 of max(1, |dv|).
    /// </summary>
    /// <remarks>NaN for x below 0. dv is odd in v, so 0 for v = 0. x = ±0: dx = -∞, dv = ±∞. x = +∞: -1 and 0, v = ±∞: -∞ and ±∞, both: NaN.</remarks>
    [ElementKernel]
    public static void LogKAndDerivatives(double v, double x, out double value, out double dx, out double dv)
    {
        var all = RegionKDerivatives(Regions.OfK(v, x), KernelMath.Abs(v), x);
        value = all.Value;
        dx = all.Dx;
        dv = KernelMath.Select(v < 0, -all.Dv, all.Dv);
    }

    /// <inheritdoc cref="LogIAndDerivatives(double, double, out double, out double, out double)"/>
    public static (double Value, double Dx, double Dv) LogIAndDerivatives(double v, double x)
    {
        LogIAndDerivatives(v, x, out double value, out double dx, out double dv);
        return (value, dx, dv);
    }

    /// <inheritdoc cref="LogKAndDerivatives(double, double, out double, out double, out double)"/>
    public static (double Value, double Dx, double Dv) LogKAndDerivatives(double v, double x)
    {
        LogKAndDerivatives(v, x, out double value, out double dx, out double dv);
        return (value, dx, dv);
    }

    [Compact]
    static (double Value, double Dx, double Dv) RegionIDerivatives(int region, double v, double x) => region switch
    {
        0 => DebyeDerivatives.I160(v, x),
        1 => DebyeDerivatives.I60(v, x),
        2 => DebyeDerivatives.I30(v, x),
        3 => DebyeDerivatives.I20(v, x),
        4 => PowerSeriesDerivatives.ISmall(v, x),
        5 => PowerSeriesDerivatives.I(v, x, 17),
        6 => PowerSeriesDerivatives.I(v, x, 23),
        7 => PowerSeriesDerivatives.I(v, x, 37),
        _ => OuterDerivatives.I(v, x),
    };

    [Compact]
    static (double Value, double Dx, double Dv) RegionKDerivatives(int region, double v, double x) => region switch
    {
        0 => DebyeDerivatives.K160(v, x),
        1 => DebyeDerivatives.K60(v, x),
        2 => DebyeDerivatives.K30(v, x),
        3 => DebyeDerivatives.K20(v, x),
        4 => KDerivatives.Small(v, x),
        5 => KDerivatives.K1(v, x),
        6 => KDerivatives.K2(v, x),
        7 => KDerivatives.K5(v, x),
        _ => OuterDerivatives.K(v, x),
    };
}
