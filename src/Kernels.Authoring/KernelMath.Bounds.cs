namespace Kernels;

[KernelFunction]
public static partial class KernelMath
{
    /// <summary>
    /// The largest error of each function in units in the last place of the exact result, over all arguments, with <see cref="MulAdd(double, double, double)"/>
    /// fused or not. The derivation stands in the function's file, what was measured in docs/math.md.
    /// </summary>
    public static class Bounds
    {
        /// <summary><see cref="Exp(float)"/></summary>
        public const double ExpSingleUlp = 1.0;
        /// <summary><see cref="Exp(double)"/></summary>
        public const double ExpDoubleUlp = 1.0;
        /// <summary><see cref="Exp2(float)"/></summary>
        public const double Exp2SingleUlp = 1.25;
        /// <summary><see cref="Exp2(double)"/></summary>
        public const double Exp2DoubleUlp = 1.25;
        /// <summary><see cref="Expm1(float)"/></summary>
        public const double Expm1SingleUlp = 1.75;
        /// <summary><see cref="Expm1(double)"/></summary>
        public const double Expm1DoubleUlp = 1.75;
        /// <summary><see cref="Log(float)"/></summary>
        public const double LogSingleUlp = 1.0;
        /// <summary><see cref="Log(double)"/></summary>
        public const double LogDoubleUlp = 1.0;
        /// <summary><see cref="Log1p(float)"/></summary>
        public const double Log1pSingleUlp = 1.0;
        /// <summary><see cref="Log1p(double)"/></summary>
        public const double Log1pDoubleUlp = 1.0;
        /// <summary><see cref="Log2(float)"/></summary>
        public const double Log2SingleUlp = 1.0;
        /// <summary><see cref="Log2(double)"/></summary>
        public const double Log2DoubleUlp = 1.0;
        /// <summary><see cref="Sin(float)"/> and its cosine</summary>
        public const double SinSingleUlp = 0.75;
        /// <summary><see cref="Sin(double)"/> and its cosine</summary>
        public const double SinDoubleUlp = 1.0;
        /// <summary><see cref="SinPi(float)"/> and its cosine</summary>
        public const double SinPiSingleUlp = 0.75;
        /// <summary><see cref="SinPi(double)"/> and its cosine</summary>
        public const double SinPiDoubleUlp = 1.0;
        /// <summary><see cref="Tanh(float)"/></summary>
        public const double TanhSingleUlp = 1.75;
        /// <summary><see cref="Tanh(double)"/></summary>
        public const double TanhDoubleUlp = 1.5;
        /// <summary><see cref="Sinh(float)"/></summary>
        public const double SinhSingleUlp = 1.75;
        /// <summary><see cref="Sinh(double)"/></summary>
        public const double SinhDoubleUlp = 1.75;
        /// <summary><see cref="Cosh(float)"/></summary>
        public const double CoshSingleUlp = 1.25;
        /// <summary><see cref="Cosh(double)"/></summary>
        public const double CoshDoubleUlp = 1.25;
        /// <summary><see cref="Asinh(float)"/></summary>
        public const double AsinhSingleUlp = 0.51;
        /// <summary><see cref="Asinh(double)"/></summary>
        public const double AsinhDoubleUlp = 1.0;
        /// <summary><see cref="LogGamma(float)"/></summary>
        public const double LogGammaSingleUlp = 0.75;
        /// <summary><see cref="LogGamma(double)"/>; for negative arguments of the largest of |ln |Γ(x)||, |ln |Γ(-x)|| and 1.</summary>
        public const double LogGammaDoubleUlp = 2.0;
        /// <summary><see cref="ReciprocalGamma(float)"/></summary>
        public const double ReciprocalGammaSingleUlp = 0.51;
        /// <summary><see cref="ReciprocalGamma(double)"/>: reached below -8 only, 1.5 above.</summary>
        public const double ReciprocalGammaDoubleUlp = 2.5;
        /// <summary><see cref="ReciprocalGamma1p(double)"/> and <see cref="ReciprocalGamma1p(float)"/></summary>
        public const double ReciprocalGamma1pUlp = 1.0;
        /// <summary><see cref="Digamma(float)"/></summary>
        public const double DigammaSingleUlp = 0.75;
        /// <summary><see cref="Digamma(double)"/>; for negative arguments of the largest of |ψ(x)|, |ψ(-x)| and 1.</summary>
        public const double DigammaDoubleUlp = 2.0;
        /// <summary><see cref="Rsqrt(float)"/> and <see cref="Rsqrt(double)"/>: half an ulp of the quotient, and the root's, which is up to one of the result's.</summary>
        public const double RsqrtUlp = 1.5;
    }
}
