namespace Kernels;

// K for x < 1, v < 14.2: Temme's method (Temme 1975) with its series summed beforehand. With n the integer nearest v, μ = v - n, m = μ², z = x²/4,
// b = ln(2/x), σ = μ b, and Σ z^k / (k! Γ(μ + k + 1)) = even(m, z) + μ odd(m, z):
//
//     sin(πμ)/(πμ) K_μ = b sinhc(σ) even - cosh(σ) odd,         sinhc(σ) = sinh(σ)/σ
//     sin(πμ)/(πμ) k_1 = (even - μ odd)/2 + z e^-σ (cosh(σ) odd_z - b sinhc(σ) even_z),    k_j = K_(μ+j) (x/2)^(μ+j), odd_z = ∂odd/∂z
//
// from I_-μ and I_μ; nothing becomes 0/0 where v is near an integer, and the differences lose at most two bits (at x = 1). Then the scaled recurrence
// k_(j+1) = (μ + j) k_j + z k_(j-1), which neither overflows nor underflows for x down to 2^-1074, and log K = ln k_n + v b; for n = 0 log K = ln K_μ.
static class SmallK
{
    /// <summary>The formulas' parts.</summary>
    public struct Parts
    {
        /// <summary>As above; Sigma is σ, Down e^-σ, Sinh b sinhc(σ).</summary>
        public double Mu, Z, B, Sigma, Even, Odd, EvenZ, OddZ, Cosh, Sinh, Down;
        /// <summary>K_μ, k_0 and k_1, times sin(πμ)/(πμ). Zero = First Down overflows for μ near -1/2 and subnormal x; z k_0 is to be z Down First.</summary>
        public double First, Zero, One;
    }

    /// <summary>log K, plus x if scaled, x in (0, 1).</summary>
    public static double LogK(double v, double x, bool scaled)
    {
        var t = Of(v, x);
        double n = v - t.Mu, m = t.Mu * t.Mu, before = t.Z * t.Down * t.First, current = t.One;
        double last = KernelMath.Select(n >= 1, current, t.First);
        for (int j = 1; j < 14; j++)
        {
            double next = KernelMath.MulAdd(t.Mu + j, current, before);
            before = t.Z * current;
            current = next;
            last = KernelMath.Select(n > j, current, last);
        }
        double sinc = KCoefficients.Sinc[0];
        for (int i = 1; i < 9; i++) sinc = KernelMath.MulAdd(sinc, m, KCoefficients.Sinc[i]);
        double log = KernelMath.MulAdd(KernelMath.Select(n == 0, 0.0, v), t.B, Logarithms.Log(last / sinc));
        return scaled ? log + x : log;
    }

    /// <summary>K_(v+1)/K_v, x in (0, 1), v >= -1/2.</summary>
    public static double Ratio(double v, double x)
    {
        var t = Of(v, x);
        double n = v - t.Mu, current = t.One, before = t.Z * t.Down * t.First, last = t.Zero, above = current;
        for (int j = 1; j < 15; j++)
        {
            double next = KernelMath.MulAdd(t.Mu + j, current, before);
            last = KernelMath.Select(n >= j, current, last);
            above = KernelMath.Select(n >= j, next, above);
            before = t.Z * current;
            current = next;
        }
        // Not by 2/x, which may overflow before the product does; nor by k_0 where (x/2)^(2μ) does.
        return KernelMath.Select(t.Mu < -0.25 && n == 0, (above + above) / (t.Down * x) / t.First, (above + above) / last / x);
    }

    /// <summary>Of x in (0, 1), v >= -1/2.</summary>
    public static Parts Of(double v, double x)
    {
        double half = 0.5 * x, z = half * half, mu = v - KernelMath.Round(v), m = mu * mu;
        double b = 0.6931471805599453 - Logarithms.LogPositive(x), sigma = mu * b;
        Eight low = Eight.Of(KCoefficients.LowSmall, m), high = Eight.Of(KCoefficients.HighSmall, m);
        double even = low.First(z, high.First(z, 0)), odd = low.Second(z, high.Second(z, 0));
        double evenZ = Slope(z, low.B, low.C, low.D, high.A, high.B, high.C, high.D), oddZ = Slope(z, low.F, low.G, low.H, high.E, high.F, high.G, high.H);

        double up = KernelMath.Exp(sigma), down = 1.0 / up, cosh = 0.5 * (up + down);
        // For |σ| < 1 by the series of sinh(σ)/σ, to σ^18/19!; beyond that up - down loses less than a unit.
        double q = sigma * sigma, series = 8.22063524662433e-18;
        series = KernelMath.MulAdd(series, q, 2.8114572543455206e-15);
        series = KernelMath.MulAdd(series, q, 7.647163731819816e-13);
        series = KernelMath.MulAdd(series, q, 1.6059043836821613e-10);
        series = KernelMath.MulAdd(series, q, 2.505210838544172e-08);
        series = KernelMath.MulAdd(series, q, 2.7557319223985893e-06);
        series = KernelMath.MulAdd(series, q, 0.0001984126984126984);
        series = KernelMath.MulAdd(series, q, 0.008333333333333333);
        series = KernelMath.MulAdd(series, q, 0.16666666666666666);
        series = KernelMath.MulAdd(series, q, 1.0);
        double sinh = KernelMath.Select(q < 1, b * series, (up - down) / (mu + mu));

        double first = KernelMath.MulAdd(sinh, even, -(cosh * odd));
        double one = KernelMath.MulAdd(z * down, KernelMath.MulAdd(cosh, oddZ, -(sinh * evenZ)), 0.5 * KernelMath.MulAdd(-mu, odd, even));
        return new()
        {
            Mu = mu, Z = z, B = b, Sigma = sigma, Even = even, Odd = odd, EvenZ = evenZ, OddZ = oddZ, Cosh = cosh, Sinh = sinh, Down = down, First = first, Zero = first * down, One = one,
        };
    }

    /// <summary>b + 2c z + 3d z² + …</summary>
    public static double Slope(double z, double b, double c, double d, double e, double f, double g, double h)
    {
        double sum = KernelMath.MulAdd(7 * h, z, 6 * g);
        sum = KernelMath.MulAdd(sum, z, 5 * f);
        sum = KernelMath.MulAdd(sum, z, 4 * e);
        sum = KernelMath.MulAdd(sum, z, 3 * d);
        sum = KernelMath.MulAdd(sum, z, 2 * c);
        return KernelMath.MulAdd(sum, z, b);
    }
}
