namespace Kernels;

// Outside the ellipse x² + 2v² = 400 one expansion serves all orders, v = 0 included. With r = √(v² + x²), w = 1/r, s = v²/r²:
//
//     log I = r - v asinh(v/x) - ln(2πr)/2 + Σ w^k d_k(s),    log K = -r + v asinh(v/x) + ln(π/(2r))/2 + Σ (-w)^k d_k(s)
//
// Debye's expansion (DLMF 10.41.3-4) in w and s in place of 1/v and t = v/r: U_k(t)/v^k = w^k p_k(s), p_k a polynomial of degree k, so that nothing
// is divided by v, and s = 0 gives Hankel's expansion (DLMF 10.40.1-2); its logarithm is taken once, in the coefficients. asinh(v/x) = ln((v + r)/x).
//
// Errors, in units of 2^-53 of kappa = r + v asinh(v/x), the condition number: r 1, of which r/(v + r) reaches the result through the
// logarithm's argument too; the quotient (v + r)/x 2 and the logarithm 1, times v/kappa < 0.46; the sums 1; the coefficients above. Below 4.5 in all.
static class DebyeExpansion
{
    const double HalfLog2Pi = 0.91893853320467274, HalfLogHalfPi = 0.22579135264472743;

    /// <summary>What all shells share.</summary>
    struct Terms
    {
        /// <summary>r = √(v² + x²); for the scaled functions r - x.</summary>
        public double R;
        /// <summary>1/r.</summary>
        public double W;
        /// <summary>v²/r².</summary>
        public double S;
        /// <summary>asinh(v/x).</summary>
        public double Asinh;
        /// <summary>ln(r)/2.</summary>
        public double HalfLogR;
    }

    /// <summary>Of v >= 0 and x with r in [14, 2^300) and x >= 2^-300.</summary>
    static Terms Of(double v, double x, bool scaled)
    {
        double square = KernelMath.MulAdd(v, v, x * x), r = KernelMath.Sqrt(square);
        if (scaled) return Scaled(v, x, square, r);
        // One division for two reciprocals.
        double both = 1.0 / (r * x), w = both * x, t = v * w;
        double asinh = Logarithms.Log((v + r) * (both * r), square, out double log);
        return new() { R = r, W = w, S = t * t, Asinh = asinh, HalfLogR = 0.25 * log };
    }

    // r - x = v²/(r + x), and asinh(v/x) = ln(1 + (v + (r - x))/x), so that neither loses digits where v is small beside x.
    static Terms Scaled(double v, double x, double square, double r)
    {
        double product = r * x, sum = r + x, all = 1.0 / (product * sum), w = all * x * sum, t = v * w;
        double gap = v * (v * (all * product)), e = (v + gap) * (all * r * sum);
        double f = Logarithms.Reduce(1.0 + e, out double n), g = Logarithms.Reduce(square, out double m);
        f = KernelMath.Select(n == 0, e, f);
        double a = 2.0 + f, b = 2.0 + g, inverse = 1.0 / (a * b);
        double asinh = Logarithms.Sum(f, f * (b * inverse), n), log = Logarithms.Sum(g, g * (a * inverse), m);
        return new() { R = gap, W = w, S = t * t, Asinh = asinh, HalfLogR = 0.25 * log };
    }

    /// <summary>The sum of a table of w … w^8.</summary>
    public static double ToEighth(ReadOnlySpan<double> table, double w, double s)
    {
        var c = Eight.Of(table, s);
        return c.First(w, c.Second(w, 0)) * w;
    }

    /// <summary>The same and what follows, w^8 higher w.</summary>
    public static double ToTenth(ReadOnlySpan<double> table, double higher, double w, double s)
    {
        var c = Eight.Of(table, s);
        return c.First(w, c.Second(w, higher)) * w;
    }

    /// <summary>The sum for log I where r >= 30, and where r is smaller.</summary>
    public static double SumI30(double w, double s) => ToEighth(DebyeCoefficients.I30, w, s);
    /// <inheritdoc cref="SumI30"/>
    public static double SumI20(double w, double s) => ToTenth(DebyeCoefficients.I20Low, DebyeCoefficients.I20High(w, s), w, s);

    /// <summary>log I from its sum.</summary>
    static double SumI(in Terms t, double v, double sum) => KernelMath.MulAdd(-v, t.Asinh, t.R) + (sum - (t.HalfLogR + HalfLog2Pi));

    /// <summary>log K from its sum.</summary>
    static double SumK(in Terms t, double v, double sum) => KernelMath.MulAdd(v, t.Asinh, -t.R) + (sum - (t.HalfLogR - HalfLogHalfPi));

    /// <summary>log I, less x if scaled, for r >= 160, 60, 30, and the rest outside the ellipse.</summary>
    public static double LogI160(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumI(t, v, DebyeCoefficients.I160(t.W, t.S)); }
    /// <inheritdoc cref="LogI160"/>
    public static double LogI60(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumI(t, v, DebyeCoefficients.I60(t.W, t.S)); }
    /// <inheritdoc cref="LogI160"/>
    public static double LogI30(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumI(t, v, SumI30(t.W, t.S)); }
    /// <inheritdoc cref="LogI160"/>
    public static double LogI20(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumI(t, v, SumI20(t.W, t.S)); }

    /// <summary>log K, plus x if scaled, for r >= 160, 60, 30, and the rest outside the ellipse.</summary>
    public static double LogK160(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumK(t, v, DebyeCoefficients.K160(t.W, t.S)); }
    /// <inheritdoc cref="LogK160"/>
    public static double LogK60(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumK(t, v, DebyeCoefficients.K60(t.W, t.S)); }
    /// <inheritdoc cref="LogK160"/>
    public static double LogK30(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumK(t, v, ToEighth(DebyeCoefficients.K30, t.W, t.S)); }
    /// <inheritdoc cref="LogK160"/>
    public static double LogK20(double v, double x, bool scaled) { var t = Of(v, x, scaled); return SumK(t, v, ToTenth(DebyeCoefficients.K20Low, DebyeCoefficients.K20High(t.W, t.S), t.W, t.S)); }
}
