namespace Kernels;

// The derivatives of the power series inside the ellipse (see PowerSeries). With S = N/D, D = Π_(k<=n) k (v + k), n the number of terms:
//
//     ∂x log I = v/x + (x/2) N_z/N,     ∂v log I = ln(x/2) - ψ(v + n + 1) + N_v/N:
//
// d ln(Γ(v + 1) D)/dv is the digamma function at v + n + 1 >= 13, where its asymptotic series (DLMF 5.11.2) ends soon. N and its derivatives by z and v are sums of positive terms, so ∂x errs by
// 5 units of 2^-53 of itself. In ∂v the three parts, none above 4, cancel: it errs by up to 12 units of 2^-53 of max(1, |∂v|), which is more than that of itself where v is small and x large (its value at v = 0 is -K_0/I_0).
static class PowerSeriesDerivatives
{
    struct Sums
    {
        public double N, Nz, Nv, D;
    }

    static Sums Of(double v, double z, int terms)
    {
        double a = 1, az = 0, av = 0, b = 1, bv = 0;
        for (int k = terms; k > 1; k--)
        {
            double q = KernelMath.MulAdd(k, v, k * k);
            bv = KernelMath.MulAdd(bv, q, b * k);
            b *= q;
            az = KernelMath.MulAdd(z, az, a);
            av = KernelMath.MulAdd(z, av, bv);
            a = KernelMath.MulAdd(z, a, b);
        }
        double d = b * (v + 1);
        return new() { N = KernelMath.MulAdd(z, a, d), Nz = KernelMath.MulAdd(z, az, a), Nv = KernelMath.MulAdd(z, av, KernelMath.MulAdd(bv, v + 1, b)), D = d };
    }

    // ψ(y) - ln y, y >= 13.
    static double Digamma(double y)
    {
        double t = 1.0 / y, q = t * t, sum = 0.021092796092796094;
        sum = KernelMath.MulAdd(sum, q, -0.007575757575757576);
        sum = KernelMath.MulAdd(sum, q, 0.004166666666666667);
        sum = KernelMath.MulAdd(sum, q, -0.003968253968253968);
        sum = KernelMath.MulAdd(sum, q, 0.008333333333333333);
        sum = KernelMath.MulAdd(sum, q, -0.08333333333333333);
        return t * KernelMath.MulAdd(sum, t, -0.5);
    }

    /// <summary>log I and its derivatives for x in [2, 20), v &gt;= 0: terms as the largest x of the class needs.</summary>
    public static (double Value, double Dx, double Dv) I(double v, double x, int terms)
    {
        double half = 0.5 * x, gamma = PowerSeries.ReciprocalGamma(v, out double product), top = v + (terms + 1.0);
        var s = Of(v, half * half, terms);
        double log = Logarithms.Log(half, KernelMath.MulAdd(s.N, gamma, s.N) / (s.D * product), out double logY), inverse = 1.0 / s.N;
        double dv = (Logarithms.Log(half / top) - Digamma(top)) + s.Nv * inverse;
        return (KernelMath.MulAdd(v, log, logY), v / x + half * (s.Nz * inverse), dv);
    }

    /// <summary>The same for x in (0, 2); the value as PowerSeries.LogISmall.</summary>
    public static (double Value, double Dx, double Dv) ISmall(double v, double x)
    {
        double half = 0.5 * x, top = v + 13.0, log = Logarithms.LogPositive(x) - 0.6931471805599453;
        var s = Of(v, half * half, 12);
        double dv = (log - Logarithms.Log(top) - Digamma(top)) + s.Nv / s.N;
        return (PowerSeries.LogISmall(v, x, false), v / x + half * (s.Nz / s.N), dv);
    }
}
