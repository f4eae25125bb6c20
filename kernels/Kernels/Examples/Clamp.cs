namespace Kernels.Examples;

// Element kernels: scalars in, scalars out; the generator writes the loops. Comparisons, not Min and Max, because of the rule for NaN.
public static partial class Elementwise
{
    /// <summary>low if x &lt; low, else high if x > high, else x. Exact.</summary>
    /// <remarks>A NaN x stays NaN; a bound that is NaN does not bound; where low > high, an x below low gives low and an x above both gives high. -0 and +0 are equal and stay as they are.</remarks>
    [ElementKernel]
    public static float Clamp(float x, float low, float high) => x < low ? low : x > high ? high : x;

    /// <summary>whole = x towards zero, fraction = x - whole. Both exact.</summary>
    /// <remarks>whole has the sign of x, so ±0 for |x| &lt; 1. ±infinity gives (±infinity, ±0), NaN gives (NaN, NaN).</remarks>
    [ElementKernel]
    public static void Split(double x, out double whole, out double fraction)
    {
        whole = KernelMath.Truncate(x);
        fraction = KernelMath.CopySign(x == whole ? 0 : x - whole, x);
    }
}
