namespace Kernels;

public static partial class LogBessel
{
    /// <summary>ln |I_v(x)| and the sign of I_v(x), also for negative orders that are no integers, where I_-a = I_a + (2/π) sin(πa) K_a (DLMF 10.27.2) has zeros, and for x below 0 and integer orders.</summary>
    /// <returns>
    /// ln |I_v(x)|, within 8 units of the class's measure where both parts have one sign. Where they do not, for v in (-2, -1), (-4, -3) …, their errors, 4.5 and 6 units, are divided by
    /// |1 - smaller/larger|: near a zero of I only the place of the zero is accurate.
    /// </returns>
    /// <param name="v">The order.</param>
    /// <param name="x">The argument. I_-n(-x) = I_n(-x) = (-1)^n I_n(x); NaN for x below 0 and orders that are no integers.</param>
    /// <param name="sign">1 or -1; 0 where I is 0 (x = 0, v above 0 or a negative integer) and where the result is NaN.</param>
    [ElementKernel]
    public static double LogAbsI(double v, double x, out int sign)
    {
        double order = KernelMath.Abs(v), argument = KernelMath.Abs(x), whole = KernelMath.Floor(order);
        bool integer = whole == order && order < double.PositiveInfinity, reflected = v < 0 && !integer, odd = 0.5 * whole != KernelMath.Floor(0.5 * whole);
        double first = RegionI(Regions.OfI(order, argument), order, argument);
        double second = RegionKWhereNeeded(KernelMath.Select(reflected, Regions.OfK(order, argument), 9), order, argument);
        double log = first, signed = KernelMath.Select(first == double.NegativeInfinity, 0.0, KernelMath.Select(x < 0 && odd, -1.0, 1.0));
        if (reflected)
        {
            // sin(πa) < 0 where ⌊a⌋ is odd.
            second += KernelMath.Log(0.6366197723675814 * KernelMath.Abs(KernelMath.SinPi(order)));
            double larger = KernelMath.MaxOrSecond(first, second), gap = KernelMath.Select(first == second, 0.0, KernelMath.MinOrSecond(first, second) - larger);
            log = larger + (odd ? KernelMath.Log(-KernelMath.Expm1(gap)) : KernelMath.Log1p(KernelMath.Exp(gap)));
            signed = KernelMath.Select(odd && second >= first, KernelMath.Select(second == first, 0.0, -1.0), 1.0);
        }
        bool defined = (x >= 0 || integer && x < 0) && v > double.NegativeInfinity && !double.IsNaN(log);
        sign = KernelMath.ToInt32InRange(KernelMath.Select(defined, signed, 0.0));
        return KernelMath.Select(defined, log, double.NaN);
    }

    [Compact]
    static double RegionKWhereNeeded(int region, double v, double x) => region switch
    {
        0 => DebyeExpansion.LogK160(v, x, false),
        1 => DebyeExpansion.LogK60(v, x, false),
        2 => DebyeExpansion.LogK30(v, x, false),
        3 => DebyeExpansion.LogK20(v, x, false),
        4 => SmallK.LogK(v, x, false),
        5 => MiddleK.LogK1(v, x, false),
        6 => MiddleK.LogK2(v, x, false),
        7 => MiddleK.LogK5(v, x, false),
        8 => OuterRegion.LogK(v, x, false),
        _ => 0,
    };
}
