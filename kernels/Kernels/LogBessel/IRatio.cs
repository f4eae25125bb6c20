namespace Kernels;

// I_(v+1)/I_v, v >= 0. For r < 30 by the recurrence I_(k-1) = (2k/x) I_k + I_(k+1) downwards from an order where I counts no more (Miller's method; DLMF 3.6). With
// I_(v+k) ∝ (x/2)^k q_k it is q_(k-1) = (v + k) q_k + z q_(k+1), z = x²/4: all terms are positive, nothing is divided, and no step overflows (q < 1e70) or underflows.
//
// Errors in units of 2^-53: with ρ_k = I_(v+k)/I_(v+k-1) an error at step k reaches the result times Π_(j<k) ρ_j ρ_(j+1), which falls as e^(-k²/x), and what it disturbs is the part
// 2(v + k) ρ/x of the sum: over all steps the weights add to about 1, for three roundings a step. z's rounding, half a unit, moves the result by less than that; x/2 q_1/q_0 two more. 5 in all.
//
// Elsewhere I_(v+1)/I_v = x/(r + v) - x w² (1/2 + Σ w^k G_k(s)), w = 1/r, s = v²/r²: the derivative of Debye's expansion (see DebyeExpansion), G_k = k d_k + 2s d_k'. The second part is less than w
// of the first. The sum's fit and roundings count w times; r, r + v and the quotient 1.8, the last sum 1: below 4. 1 - x/(r + v) = (v + v²/(r + x))/(r + v).
static class IRatio
{
    /// <summary>I_(v+1)/I_v, or 1 less that, for v &gt;= 0, x &lt; 30: as many steps as the largest x of the class needs for 2^-56.</summary>
    public static double Downwards(double v, double x, int steps, bool complement)
    {
        double half = 0.5 * x, z = half * half, before = 0, current = 1;
        for (int k = steps; k > 0; k--)
        {
            double next = KernelMath.MulAdd(v + k, current, z * before);
            before = current;
            current = next;
        }
        return complement ? KernelMath.MulAdd(-half, before, current) / current : half * before / current;
    }

    /// <summary>The same for r &gt;= 160, 60, 30.</summary>
    public static double R160(double v, double x, bool complement) { double r = Radius(v, x, out double w, out double s); return Sum(v, x, r, w, RatioCoefficients.I160(w, s), complement); }
    /// <inheritdoc cref="R160"/>
    public static double R60(double v, double x, bool complement) { double r = Radius(v, x, out double w, out double s); return Sum(v, x, r, w, RatioCoefficients.I60(w, s), complement); }
    /// <inheritdoc cref="R160"/>
    public static double R30(double v, double x, bool complement) { double r = Radius(v, x, out double w, out double s); return Sum(v, x, r, w, DebyeExpansion.ToEighth(RatioCoefficients.I30, w, s), complement); }

    /// <summary>r, w = 1/r, and s = v²/r².</summary>
    public static double Radius(double v, double x, out double w, out double s)
    {
        double r = KernelMath.Sqrt(KernelMath.MulAdd(v, v, x * x));
        w = 1.0 / r;
        double t = v * w;
        s = t * t;
        return r;
    }

    static double Sum(double v, double x, double r, double w, double sum, bool complement)
    {
        double d = r + v, second = x * w * (w * (0.5 + sum));
        return complement ? KernelMath.MulAdd(v, v / (r + x), v) / d + second : x / d - second;
    }

    /// <summary>Wherever no formula of its own applies: r above 2^300; x below 2^-300, where r = v and x/(2v) is all but 1/v of it, so that the second part is -1/v of the first; zeros, infinities, NaN.</summary>
    [Schedule(Vectors = 1)]
    public static double Outer(double v, double x, bool complement)
    {
        double most = KernelMath.MaxOrSecond(v, x), a = v / most, b = x / most, r = KernelMath.Sqrt(KernelMath.MulAdd(a, a, b * b)), d = r + a;
        // x/(2(v + 1)) for small x, nothing for large ones.
        double ratio = b / (d + KernelMath.Select(x < v, 2.0 / most, 0.0)), result = ratio;
        if (complement) result = KernelMath.Select(x < 1, 1.0 - ratio, KernelMath.MulAdd(a, a / (r + b), a) / d + 0.5 * b / (r * r) / most);
        double zero = complement ? 1.0 : 0.0, one = 1.0 - zero;
        result = KernelMath.Select(x == 0 || v == double.PositiveInfinity, zero, KernelMath.Select(x == double.PositiveInfinity, one, result));
        bool defined = v >= 0 && x >= 0 && (v < double.PositiveInfinity || x < double.PositiveInfinity);
        return KernelMath.Select(defined, result, double.NaN);
    }
}
