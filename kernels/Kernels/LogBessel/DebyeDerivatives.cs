namespace Kernels;

// The derivatives of Debye's expansion (see DebyeExpansion), term by term: with w = 1/r, s = v²/r², G_k = k d_k + 2s d_k', H_k = -k d_k + 2(1 - s) d_k',
//
//     ∂x log I = r/x - x w² (1/2 + Σ w^k G_k),     ∂v log I = -asinh(v/x) + v w² (-1/2 + Σ w^k H_k),
//
// and for K the first terms change sign and w^k becomes (-w)^k. The second terms are less than w of the first, so that the coefficients' and sums' errors count w times. asinh is
// ln(1 + (v + (r - x))/x), accurate relative to itself also for v far below x: 4 units of 2^-53 in all.
//
// For v near 0 what I's expansion leaves out, -cos(πv) K_v/I_v, may be all of ∂v log I, whose value at v = 0 is -K_0/I_0. For r < 60 it is added for v < 3/2, where it can be seen (e^-40 beside v/x):
// π e^-2r times K_0 e^2x/(π I_0), a polynomial in w within 0.2 units for 1/60 <= w <= 1/20, times a polynomial near cos πv, exact to the first order at v = 0 and 0 at v = 3/2. From r = 60 on it is below e^-120.
static class DebyeDerivatives
{
    const double HalfLog2Pi = 0.91893853320467274, HalfLogHalfPi = 0.22579135264472743, Pi = 3.141592653589793;

    struct Terms
    {
        public double R, W, S, Asinh, HalfLogR;
    }

    static Terms Of(double v, double x)
    {
        double square = KernelMath.MulAdd(v, v, x * x), r = KernelMath.Sqrt(square), w = 1.0 / r, t = v * w, e = KernelMath.MulAdd(v, v / (r + x), v) / x;
        double f = Logarithms.Reduce(1.0 + e, out double n), g = Logarithms.Reduce(square, out double m);
        f = KernelMath.Select(n == 0, e, f);
        double a = 2.0 + f, b = 2.0 + g, inverse = 1.0 / (a * b);
        return new() { R = r, W = w, S = t * t, Asinh = Logarithms.Sum(f, f * (b * inverse), n), HalfLogR = 0.25 * Logarithms.Sum(g, g * (a * inverse), m) };
    }

    static (double Value, double Dx, double Dv) I(in Terms t, double v, double x, double sum, double g, double h, double rest)
    {
        double square = t.W * t.W;
        return (KernelMath.MulAdd(-v, t.Asinh, t.R) + (sum - (t.HalfLogR + HalfLog2Pi)), t.R / x - x * square * (0.5 + g), KernelMath.MulAdd(v * square, h - 0.5, rest - t.Asinh));
    }

    static (double Value, double Dx, double Dv) K(in Terms t, double v, double x, double sum, double g, double h)
    {
        double square = t.W * t.W;
        return (KernelMath.MulAdd(v, t.Asinh, -t.R) + (sum - (t.HalfLogR - HalfLogHalfPi)), -(t.R / x + x * square * (0.5 + g)), KernelMath.MulAdd(v * square, h - 0.5, t.Asinh));
    }

    static double Rest(in Terms t, double v)
    {
        double q = -11511.743956390945, y = v * v;
        q = KernelMath.MulAdd(q, t.W, 3041.6999669853208);
        q = KernelMath.MulAdd(q, t.W, -463.365857974288);
        q = KernelMath.MulAdd(q, t.W, 35.798449822793756);
        q = KernelMath.MulAdd(q, t.W, -5.257303056421904);
        q = KernelMath.MulAdd(q, t.W, 0.1911102534538384);
        q = KernelMath.MulAdd(q, t.W, -0.42539350528373926);
        q = KernelMath.MulAdd(q, t.W, 0.03275821773135748);
        q = KernelMath.MulAdd(q, t.W, -0.1328131007002179);
        q = KernelMath.MulAdd(q, t.W, 0.031250005496950915);
        q = KernelMath.MulAdd(q, t.W, -0.2500000000298837);
        q = KernelMath.MulAdd(q, t.W, 1.000000000000073);
        double cosine = KernelMath.MulAdd(y, -4.0, 1.0) * KernelMath.MulAdd(y, -0.4444444444444444, 1.0) * KernelMath.MulAdd(KernelMath.MulAdd(0.09, y, -0.49), y, 1.0);
        return KernelMath.Select(v < 1.5, -Pi * q * KernelMath.Exp(-2.0 * t.R) * cosine, 0.0);
    }

    /// <summary>log I and its derivatives for r >= 160, 60, 30, and the rest outside the ellipse. v >= 0.</summary>
    public static (double Value, double Dx, double Dv) I160(double v, double x)
    {
        var t = Of(v, x);
        return I(t, v, x, DebyeCoefficients.I160(t.W, t.S), RatioCoefficients.I160(t.W, t.S), OrderCoefficients.I160(t.W, t.S), 0.0);
    }
    /// <inheritdoc cref="I160"/>
    public static (double Value, double Dx, double Dv) I60(double v, double x)
    {
        var t = Of(v, x);
        return I(t, v, x, DebyeCoefficients.I60(t.W, t.S), RatioCoefficients.I60(t.W, t.S), OrderCoefficients.I60(t.W, t.S), 0.0);
    }
    /// <inheritdoc cref="I160"/>
    public static (double Value, double Dx, double Dv) I30(double v, double x)
    {
        var t = Of(v, x);
        double sum = DebyeExpansion.ToEighth(DebyeCoefficients.I30, t.W, t.S), g = DebyeExpansion.ToEighth(RatioCoefficients.I30, t.W, t.S);
        return I(t, v, x, sum, g, DebyeExpansion.ToEighth(OrderCoefficients.I30, t.W, t.S), Rest(t, v));
    }
    /// <inheritdoc cref="I160"/>
    public static (double Value, double Dx, double Dv) I20(double v, double x)
    {
        var t = Of(v, x);
        double sum = DebyeExpansion.ToTenth(DebyeCoefficients.I20Low, DebyeCoefficients.I20High(t.W, t.S), t.W, t.S);
        double h = DebyeExpansion.ToTenth(OrderCoefficients.I20Low, OrderCoefficients.I20High(t.W, t.S), t.W, t.S);
        // Of the ratio there is no fit down here: recurrence, as IRatio.
        var all = I(t, v, x, sum, 0.0, h, Rest(t, v));
        return (all.Value, v / x + IRatio.Downwards(v, x, 36, false), all.Dv);
    }

    /// <summary>log K and its derivatives for r >= 160, 60, 30, and the rest outside the ellipse. v >= 0.</summary>
    public static (double Value, double Dx, double Dv) K160(double v, double x)
    {
        var t = Of(v, x);
        return K(t, v, x, DebyeCoefficients.K160(t.W, t.S), RatioCoefficients.K160(t.W, t.S), OrderCoefficients.K160(t.W, t.S));
    }
    /// <inheritdoc cref="K160"/>
    public static (double Value, double Dx, double Dv) K60(double v, double x)
    {
        var t = Of(v, x);
        return K(t, v, x, DebyeCoefficients.K60(t.W, t.S), RatioCoefficients.K60(t.W, t.S), OrderCoefficients.K60(t.W, t.S));
    }
    /// <inheritdoc cref="K160"/>
    public static (double Value, double Dx, double Dv) K30(double v, double x)
    {
        var t = Of(v, x);
        double sum = DebyeExpansion.ToEighth(DebyeCoefficients.K30, t.W, t.S), g = DebyeExpansion.ToEighth(RatioCoefficients.K30, t.W, t.S);
        return K(t, v, x, sum, g, DebyeExpansion.ToEighth(OrderCoefficients.K30, t.W, t.S));
    }
    /// <inheritdoc cref="K160"/>
    public static (double Value, double Dx, double Dv) K20(double v, double x)
    {
        var t = Of(v, x);
        double sum = DebyeExpansion.ToTenth(DebyeCoefficients.K20Low, DebyeCoefficients.K20High(t.W, t.S), t.W, t.S);
        double g = DebyeExpansion.ToTenth(RatioCoefficients.K20Low, RatioCoefficients.K20High(t.W, t.S), t.W, t.S);
        return K(t, v, x, sum, g, DebyeExpansion.ToTenth(OrderCoefficients.K20Low, OrderCoefficients.K20High(t.W, t.S), t.W, t.S));
    }
}
