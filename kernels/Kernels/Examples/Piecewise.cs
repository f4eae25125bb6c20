namespace Kernels.Examples;

// A function by regions. Its formulas are short, so they stay branches that are skipped where no lane takes them; from some 40 operations
// on elements are binned, and each region's formula runs on full vectors.
public static partial class Elementwise
{
    /// <summary>The cubic B-spline: 2/3 - t²(1 - t/2) for t = |x| &lt; 1; (2 - t)³/6 for 1 ≤ t &lt; 2; 0 from there on.</summary>
    /// <remarks>Error at most 8 * 2^-53. ±infinity gives 0, NaN gives NaN.</remarks>
    [ElementKernel]
    public static double CubicSpline(double x)
    {
        double t = KernelMath.Abs(x);
        return Piece(t < 1 ? 0 : t < 2 ? 1 : t >= 2 ? 2 : 3, t);
    }

    [Compact]
    static double Piece(int region, double t)
    {
        switch (region)
        {
            case 0: return 2.0 / 3 - t * t * (1 - 0.5 * t);
            case 1:
                double s = 2 - t;
                return s * s * s / 6;
            case 2: return 0;
            default: return t;
        }
    }
}
