extern alias Fused;
using FusedMath = Fused::Kernels.KernelMath;
using Bounds = Kernels.KernelMath.Bounds;

namespace Kernels.MathCheck;

/// <summary>A float function: both flavours of MulAdd, an oracle in double (error below 2^-27 ULP of float), the bound, the files its code is in.</summary>
public sealed record SingleFunction(string Name, Func<float, float> Plain, Func<float, float> Fused, Func<double, double> Oracle, double Bound, params string[] Files)
{
    /// <summary>The double function, rounded once: its bound follows from that one's, so a run over all floats is welcome but not asked for.</summary>
    public bool RoundedDouble { get; init; }
}

/// <summary>
/// A double function, likewise, with an oracle in double-double. Borders: arguments at which its code changes course. LeastBelowZero: a bound that holds below 0 in
/// units no smaller than the ulp of this (for functions that pass 0 there in a sum that cancels).
/// </summary>
public sealed record DoubleFunction(string Name, Func<double, double> Plain, Func<double, double> Fused, Func<double, WideMath.Scaled> Oracle, double Bound, double[] Borders,
    Func<double, double>? LeastBelowZero = null);

/// <summary>What is measured.</summary>
public static class Functions
{
    public static readonly SingleFunction[] Single =
    [
        new("exp", KernelMath.Exp, FusedMath.Exp, Math.Exp, Bounds.ExpSingleUlp, "Exp"),
        new("exp2", KernelMath.Exp2, FusedMath.Exp2, x => Math.Pow(2, x), Bounds.Exp2SingleUlp, "Exp"),
        new("expm1", KernelMath.Expm1, FusedMath.Expm1, Expm1, Bounds.Expm1SingleUlp, "Exp"),
        new("log", KernelMath.Log, FusedMath.Log, Math.Log, Bounds.LogSingleUlp, "Log"),
        new("log1p", KernelMath.Log1p, FusedMath.Log1p, Log1p, Bounds.Log1pSingleUlp, "Log"),
        new("log2", KernelMath.Log2, FusedMath.Log2, Math.Log2, Bounds.Log2SingleUlp, "Log"),
        new("sin", KernelMath.Sin, FusedMath.Sin, Math.Sin, Bounds.SinSingleUlp, "Sin", "TrigReduction"),
        new("cos", KernelMath.Cos, FusedMath.Cos, Math.Cos, Bounds.SinSingleUlp, "Sin", "TrigReduction"),
        new("sinpi", KernelMath.SinPi, FusedMath.SinPi, x => SinOfQuarterTurns(x, 0), Bounds.SinPiSingleUlp, "Sin"),
        new("cospi", KernelMath.CosPi, FusedMath.CosPi, x => SinOfQuarterTurns(x, 1), Bounds.SinPiSingleUlp, "Sin"),
        new("tanh", KernelMath.Tanh, FusedMath.Tanh, Math.Tanh, Bounds.TanhSingleUlp, "Tanh", "Exp"),
        new("rsqrt", KernelMath.Rsqrt, FusedMath.Rsqrt, x => 1 / Math.Sqrt(x), Bounds.RsqrtUlp, "Small"),
        new("sinh", KernelMath.Sinh, FusedMath.Sinh, Math.Sinh, Bounds.SinhSingleUlp, "Hyperbolic", "Exp"),
        new("cosh", KernelMath.Cosh, FusedMath.Cosh, Math.Cosh, Bounds.CoshSingleUlp, "Hyperbolic", "Exp"),
        new("asinh", KernelMath.Asinh, FusedMath.Asinh, Math.Asinh, Bounds.AsinhSingleUlp, "Asinh", "Log") { RoundedDouble = true },
        new("lgamma", KernelMath.LogGamma, FusedMath.LogGamma, GammaInDouble.LogGamma, Bounds.LogGammaSingleUlp, "LogGamma", "Log", "Sin") { RoundedDouble = true },
        new("rgamma", KernelMath.ReciprocalGamma, FusedMath.ReciprocalGamma, GammaInDouble.ReciprocalGamma, Bounds.ReciprocalGammaSingleUlp, "ReciprocalGamma", "LogGamma", "Log", "Exp", "Sin") { RoundedDouble = true },
        new("digamma", KernelMath.Digamma, FusedMath.Digamma, GammaInDouble.Digamma, Bounds.DigammaSingleUlp, "Digamma", "LogGamma", "Log") { RoundedDouble = true },
    ];

    public static readonly DoubleFunction[] Double =
    [
        new("exp", KernelMath.Exp, FusedMath.Exp, WideMath.Exp, Bounds.ExpDoubleUlp, [709.782712893384, -708.3964185322641, -745.1332191019411, -744.4400719213812, 0.34657359027997264]),
        new("exp2", KernelMath.Exp2, FusedMath.Exp2, WideMath.Exp2, Bounds.Exp2DoubleUlp, [1024, 1023.9999999999999, -1022, -1074, -1075, -1074.5, 0.5]),
        new("expm1", KernelMath.Expm1, FusedMath.Expm1, WideMath.Expm1, Bounds.Expm1DoubleUlp, [709.782712893384, 0.34657359027997264, 1.0397207708399179, 37.0, -37.42994775023705, -40.0, 36.736800569677101]),
        new("log", KernelMath.Log, FusedMath.Log, x => new(x < 0 ? double.NaN : x == 0 ? double.NegativeInfinity : double.IsFinite(x) ? WideMath.Log(x) : x, 0), Bounds.LogDoubleUlp, [1, 0.7071067811865476, 1.4142135623730951, 0.5, 2, 2.2250738585072014e-308]),
        new("log1p", KernelMath.Log1p, FusedMath.Log1p, x => new(x < -1 ? double.NaN : x == -1 ? double.NegativeInfinity : double.IsFinite(x) ? WideMath.Log1p(x) : x, 0), Bounds.Log1pDoubleUlp, [-1, -0.2928932188134524, 0.41421356237309515, 1, 9007199254740992, -0.5]),
        new("log2", KernelMath.Log2, FusedMath.Log2, x => new(x < 0 ? double.NaN : x == 0 ? double.NegativeInfinity : double.IsFinite(x) ? WideMath.Log2(x) : x, 0), Bounds.Log2DoubleUlp, [1, 0.7071067811865476, 1.4142135623730951, 0.5, 2, 2.2250738585072014e-308]),
        new("sin", KernelMath.Sin, FusedMath.Sin, WideTrig.Sin, Bounds.SinDoubleUlp, TrigBorders),
        new("cos", KernelMath.Cos, FusedMath.Cos, WideTrig.Cos, Bounds.SinDoubleUlp, TrigBorders),
        new("sinpi", KernelMath.SinPi, FusedMath.SinPi, WideTrig.SinPi, Bounds.SinPiDoubleUlp, [0.25, 0.75, -0.5, 1.25, 4503599627370496, 9007199254740992, 1e-280, 1e-300, 3, 1e15 + 0.5]),
        new("cospi", KernelMath.CosPi, FusedMath.CosPi, WideTrig.CosPi, Bounds.SinPiDoubleUlp, [0.25, 0.75, -0.5, 1.25, 4503599627370496, 9007199254740992, 1e-280, 3, 1e15 + 0.5]),
        new("tanh", KernelMath.Tanh, FusedMath.Tanh, WideMath.Tanh, Bounds.TanhDoubleUlp, [0.55, 0.5493061443340549, 22, 19.06, 0.17328679513998632]),
        new("rsqrt", KernelMath.Rsqrt, FusedMath.Rsqrt, WideMath.Rsqrt, Bounds.RsqrtUlp, [0.25, 4]),
        new("sinh", KernelMath.Sinh, FusedMath.Sinh, WideMath.Sinh, Bounds.SinhDoubleUlp, [710.4758600739439, 0.34657359027997264, 1.0397207708399179, 18.36840028483855, 18.7149738751185, 89.41599]),
        new("cosh", KernelMath.Cosh, FusedMath.Cosh, WideMath.Cosh, Bounds.CoshDoubleUlp, [710.4758600739439, 0.34657359027997264, 1.0397207708399179, 18.36840028483855, 18.7149738751185, 89.41599]),
        new("asinh", KernelMath.Asinh, FusedMath.Asinh, WideMath.Asinh, Bounds.AsinhDoubleUlp, [0.36, 0.35355339059327379, 1.2374368670764582, 1e10, 1e154, 1.340780792994297e154]),
        new("lgamma", KernelMath.LogGamma, FusedMath.LogGamma, WideGamma.LogGamma, Bounds.LogGammaDoubleUlp,
            [.. NegativeIntegers, 2.5, -2.5, 0.7071067811865476, 1.4142135623730951, -1.4142135623730951, 1.5, 1.4616321449683623, 3, 2.559983327851638e305, 2.552e305, -2.45702473822080, -2.74768264672741, -3.14358088834998, -3.95529428485860, -4.03936183974054, -4.99154464056005, -5.00821816832259, -5.99860748008088, -6.00138529445316, -6.99980150789064, -7.00019833340732],
            x => Math.Max(1, Math.Abs(WideGamma.LogGamma(-x).Significand.High))),
        new("rgamma", KernelMath.ReciprocalGamma, FusedMath.ReciprocalGamma, WideGamma.ReciprocalGamma, Bounds.ReciprocalGammaDoubleUlp,
            [.. NegativeIntegers, 1.5, 2.5, 3.5, 7.5, 8, -7.5, -8.5, 170.6243769563027, 171.6243769563027, 177.8, 178.46, 178.47, -170.5, -171.5, -177.0, -180.0, -200, 200]),
        new("digamma", KernelMath.Digamma, FusedMath.Digamma, WideGamma.Digamma, Bounds.DigammaDoubleUlp,
            [.. NegativeIntegers, 1.4616321449683622, 2.5, -1.5, 0.46163214496836236, -0.5040830082644554, -1.573498473162390, -2.610720868444145, -3.635293366436901, -4.653237761743142, -5.667162441556886, -6.678418213073427, -7.687788325031626, -8.695764163816401, -1e5 - 0.5, -4503599627370495.5],
            x => Math.Max(1, Math.Abs(WideGamma.Digamma(1 - x).Significand.High))),
    ];

    // And halfway between them.
    static double[] NegativeIntegers => [.. Enumerable.Range(1, 20).SelectMany(k => new[] { -k, 0.5 - k, (double)k })];

    internal static double SinOfQuarterTurns(double x, int quarters)
    {
        double y = x - 2 * Math.Round(x / 2), n = Math.Round(2 * y), angle = (y - n / 2) * Math.PI;
        int turn = ((int)n + quarters) & 3;
        double value = (turn & 1) == 0 ? Math.Sin(angle) : Math.Cos(angle);
        return turn >= 2 ? -value : value;
    }

    // Multiples of π/2 and π/4; the double nearest to a multiple of π/2 of all; where the reduction changes.
    static double[] TrigBorders =>
    [
        .. Enumerable.Range(1, 40).Select(k => k * (Math.PI / 4)), .. Enumerable.Range(1, 40).Select(k => Math.Round(Math.Pow(2, k / 2.0)) * (Math.PI / 2)),
        Math.ScaleB(6381956970095103, 797), -Math.ScaleB(6381956970095103, 797), 400000, -400000, 16777216, 1e22, 1e300,
    ];

    // Kahan's forms: u = e^x and u = 1 + x carry the same error in numerator and denominator. A few ULP of double.
    static double Expm1(double x)
    {
        double u = Math.Exp(x);
        return u == 1 ? x : u - 1 == -1 ? -1 : double.IsInfinity(u) ? u : (u - 1) * x / Math.Log(u);
    }

    static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }
}
