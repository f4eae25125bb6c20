namespace Kernels;

/// <summary>Which formula serves (v, x): 0 … 3 the shells of <see cref="DebyeExpansion"/>, 4 … 7 the classes of x inside the ellipse, 8 all else.</summary>
static class Regions
{
    // 2^-300 and 2^600: r up to 2^300.
    const double Least = 4.9090934652977266e-91, MostSquare = 4.149515568880993e180;

    /// <summary>The shell of r² = v² + x²: 0 from r = 160, 1 from 60, 2 from 30, 3 below.</summary>
    public static int Shell(double r2) => KernelMath.Select(r2 >= 25600, 0, KernelMath.Select(r2 >= 3600, 1, KernelMath.Select(r2 >= 900, 2, 3)));

    /// <summary>Whether r² may be formed.</summary>
    public static bool IsModerate(double r2) => r2 < MostSquare;

    /// <summary>For I. Negative orders that are no integers go to the last region.</summary>
    public static int OfI(double v, double x) => Of(v, x, v >= 0 || KernelMath.Floor(v) == v, 2, 5, 10);

    /// <summary>For K, which is even in v.</summary>
    public static int OfK(double v, double x) => Of(v, x, true, 1, 2, 5);

    /// <summary>For I_(v+1)/I_v: 0 … 2 the shells to r = 30, 3 … 7 the classes of x below them, 8 all else.</summary>
    public static int OfRatioI(double v, double x)
    {
        double r2 = KernelMath.MulAdd(x, x, v * v);
        int inside = KernelMath.Select(x < 2, 3, KernelMath.Select(x < 5, 4, KernelMath.Select(x < 10, 5, KernelMath.Select(x < 20, 6, 7))));
        bool plain = v >= 0 && x >= Least && IsModerate(r2);
        return KernelMath.Select(v >= 0 && x > 0 && r2 < 900, inside, KernelMath.Select(plain && r2 >= 900, Shell(r2), 8));
    }

    static int Of(double v, double x, bool even, double first, double second, double third)
    {
        // NaN fails every comparison.
        double a = v * v, r2 = KernelMath.MulAdd(x, x, a), ellipse = a + r2;
        int inside = KernelMath.Select(x < first, 4, KernelMath.Select(x < second, 5, KernelMath.Select(x < third, 6, 7)));
        bool plain = x >= Least && IsModerate(r2);
        return KernelMath.Select(even && x > 0 && ellipse < 400, inside, KernelMath.Select(even && plain && ellipse >= 400, Shell(r2), 8));
    }

    // For float arguments: 0 r >= 30, 1 the rest outside the ellipse, 2 … 5 the classes of x inside it, 6 all else. No float but infinity is beyond 2^300.

    /// <summary>For I of float arguments.</summary>
    public static int OfISingle(double v, double x) => OfSingle(v, x, v >= 0 || KernelMath.Floor(v) == v, 2, 5, 10);

    /// <summary>For K of float arguments.</summary>
    public static int OfKSingle(double v, double x) => OfSingle(v, x, true, 1, 2, 5);

    static int OfSingle(double v, double x, bool even, double first, double second, double third)
    {
        double a = v * v, r2 = KernelMath.MulAdd(x, x, a), ellipse = a + r2;
        int inside = KernelMath.Select(x < first, 2, KernelMath.Select(x < second, 3, KernelMath.Select(x < third, 4, 5)));
        int outside = KernelMath.Select(r2 < double.PositiveInfinity && ellipse >= 400, KernelMath.Select(r2 >= 900, 0, 1), 6);
        return KernelMath.Select(even && x > 0, KernelMath.Select(ellipse < 400, inside, outside), 6);
    }

    /// <summary>For I_(v+1)/I_v of float arguments: 0 r >= 30, 1 … 4 the classes of x below it, 5 all else.</summary>
    public static int OfRatioISingle(double v, double x)
    {
        double r2 = KernelMath.MulAdd(x, x, v * v);
        int inside = KernelMath.Select(x < 2, 1, KernelMath.Select(x < 5, 2, KernelMath.Select(x < 10, 3, 4)));
        return KernelMath.Select(v >= 0 && x > 0 && r2 < double.PositiveInfinity, KernelMath.Select(r2 < 900, inside, 0), 5);
    }
}
