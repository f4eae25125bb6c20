namespace Kernels;

// ψ(x) = Γ'(x)/Γ(x), w = x for x >= 1, otherwise 1 + |x|.
// - w >= 2.5: ln w - 1/(2w) - Q(1/w²)/w²: Q minimax of degree 12 instead of the (divergent) Bernoulli terms, 2^-57.9 of ψ. 0.5 for the last sum, 0.3 for ln w, 0.2 for what is
//   taken off (0.213 at 2.5, of 0.703): 1.2 ULP.
// - [1, 2.5): (w - x0) D(w), x0 = 1.4616… the zero in two doubles, so that the first factor is right to half a unit however near x0; D minimax of degree 26 about 53/32, where
//   its constant is a double to 2^-65, 2^-57 of D. 0.5 for the factor, 0.9 for D, 0.5 for the product: 1.9 ULP.
// - 0 < x < 1: ψ(1 + x) - 1/x: two terms of one sign above x0 - 1, and below it 1/x is more than 2 and |ψ(1 + x)| below 0.58: 0.5 + 0.5 + 0.7 at most.
// - x < 0: ψ(1 + |x|) - π cot πx, and π cot πμ = 1/μ - μ C(μ²), μ = x - round(x): C minimax of degree 14, 2^-56.5 of 1. Between any two poles ψ passes 0, where the sum cancels:
//   its parts are right to two ulps of the largest of |ψ(x)|, |ψ(|x|)| and 1, and that is what the bound is counted in there.
public static partial class KernelMath
{
    /// <summary>
    /// ψ(x), the logarithmic derivative of Γ, within <see cref="Bounds.DigammaDoubleUlp"/> ULP for x >= 0; for x &lt; 0 in ULP of the largest of |ψ(x)|, |ψ(-x)| and 1. digamma(±0) = ∓∞,
    /// digamma(+∞) = +∞, NaN for the negative integers and -∞.
    /// </summary>
    public static double Digamma(double x)
    {
        const double ZeroHigh = 1.4616321449683622, ZeroLow = 9.549995429965697e-17, LessHigh = 0.46163214496836236, LessLow = -1.5522348162858677e-17, ThirdPiSquared = 3.289868133696453;
        double y = Abs(x), value = 0.0;
        bool below = x < 1.0;
        double w = Select(below, 1.0 + y, x);
        bool stirling = w >= 2.5;
        if (stirling)
        {
            double f = SplitForLog(w, out double n), inverse = 1.0 / w, z = inverse * inverse;
            double q = 17.46874632438562;
            q = MulAdd(q, z, -22.340721000826004);
            q = MulAdd(q, z, 13.374909732706888);
            q = MulAdd(q, z, -5.079220969634872);
            q = MulAdd(q, z, 1.4245387052627498);
            q = MulAdd(q, z, -0.33629316151358635);
            q = MulAdd(q, z, 0.07773870314211788);
            q = MulAdd(q, z, -0.020872928113130174);
            q = MulAdd(q, z, 0.0075696048743475915);
            q = MulAdd(q, z, -0.004166551598967948);
            q = MulAdd(q, z, 0.003968252655534041);
            q = MulAdd(q, z, -0.00833333332552495);
            q = MulAdd(q, z, 0.08333333333331634);
            // What 1 + |x| lost, times ψ' to within a fifth.
            double lost = Select(below, 1.0 - (w - y), 0.0);
            value = LogReduced(f, f / (2.0 + f), n, MulAdd(-z, q, (lost - 0.5) * inverse));
        }
        if (!stirling)
        {
            // distance D, both in two doubles.
            double v = w - 1.65625, distance = Select(below, y - LessHigh, x - ZeroHigh), less = Select(below, LessLow, ZeroLow);
            double d = 7.798683986856295e-07;
            d = MulAdd(d, v, -3.187568827295496e-06);
            d = MulAdd(d, v, 4.478076276980922e-06);
            d = MulAdd(d, v, -2.290869086345537e-06);
            d = MulAdd(d, v, 2.565683297994094e-06);
            d = MulAdd(d, v, -1.0312892713961163e-05);
            d = MulAdd(d, v, 2.007443341781303e-05);
            d = MulAdd(d, v, -2.9131314008927678e-05);
            d = MulAdd(d, v, 4.554591021975795e-05);
            d = MulAdd(d, v, -7.72091778881846e-05);
            d = MulAdd(d, v, 0.00012929851694325138);
            d = MulAdd(d, v, -0.00021367459804854476);
            d = MulAdd(d, v, 0.00035349147214265217);
            d = MulAdd(d, v, -0.0005857422070969312);
            d = MulAdd(d, v, 0.0009707160863221931);
            d = MulAdd(d, v, -0.0016090057989733644);
            d = MulAdd(d, v, 0.002668301220993978);
            d = MulAdd(d, v, -0.004428525990980285);
            d = MulAdd(d, v, 0.007359501506641111);
            d = MulAdd(d, v, -0.01225665376218061);
            d = MulAdd(d, v, 0.020486150739403124);
            d = MulAdd(d, v, -0.03445218620137195);
            d = MulAdd(d, v, 0.05856567325503524);
            d = MulAdd(d, v, -0.1015269040956457);
            d = MulAdd(d, v, 0.18284800420371505);
            d = MulAdd(d, v, -0.35804220493711025);
            double slope = d * v, whole = 0.890221979165822 + slope, lost = (0.890221979165822 - whole) + slope;
            value = distance * whole;
            value += MulAdd(distance, lost, MulAdd(-less, whole, Fma(distance, whole, -value)));
        }
        if (below)
        {
            bool negative = x < 0.0;
            double mu = Select(negative, x - Round(x), 0.0), z = mu * mu, pole = Select(negative, mu, x);
            double c = 17.073706492749846;
            c = MulAdd(c, z, -15.91489168788714);
            c = MulAdd(c, z, 12.848722002620057);
            c = MulAdd(c, z, -2.108036695079892);
            c = MulAdd(c, z, 3.0556430684974822);
            c = MulAdd(c, z, 1.8087154145695281);
            c = MulAdd(c, z, 2.0248446814053462);
            c = MulAdd(c, z, 1.9977174774908255);
            c = MulAdd(c, z, 2.0002751544550907);
            c = MulAdd(c, z, 2.000485219414073);
            c = MulAdd(c, z, 2.001989359077383);
            c = MulAdd(c, z, 2.0081547085704585);
            c = MulAdd(c, z, 2.0346861240059733);
            c = MulAdd(c, z, 2.16464646742214);
            // π cot πμ = 1/pole - μ C with what its parts lost, where that is finite and counts.
            double quotient = 1.0 / pole, linear = mu * ThirdPiSquared, cotangent = linear - quotient, sum = value + cotangent;
            double lost = (linear - (quotient + cotangent)) - Fma(-quotient, pole, 1.0) * quotient;
            lost += Select(Abs(value) > Abs(cotangent), (value - sum) + cotangent, (cotangent - sum) + value);
            double rest = MulAdd(mu * z, c, Fma(mu, ThirdPiSquared, -linear) + Select(Abs(pole) < 1e-100, 0.0, lost));
            value = Select(negative & (mu == 0.0), double.NaN, sum + rest);
        }
        return Select(x < double.PositiveInfinity, value, x);
    }

    /// <summary>ψ(x), the logarithmic derivative of Γ, within <see cref="Bounds.DigammaSingleUlp"/> ULP for every x. digamma(±0) = ∓∞, digamma(+∞) = +∞, NaN for the negative integers and -∞.</summary>
    public static float Digamma(float x) => (float)Digamma((double)x);
}
