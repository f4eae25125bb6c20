namespace Kernels;

// tanh x, by a = |x|: below 0.55 (artanh 1/2 is 0.5493) a + a³ f(a²), above it 1 - 2/(e^2a + 1), so that neither subtracts nearby values.
//
// Units of 2^-53 (2^-24), the ulp in [1/2, 1). Below 0.55 the correction is at most a tenth of a: 0.5 + 0.1 * 4 + the approximation. Above it
// 2/(e^2a + 1) is below 1/2: the last subtraction 0.5, the quotient 0.25, the rounding of e^2a + 1 0.5, the error of e^2a 0.25: 1.5.
// double: f = N/D, degrees 2 and 3, interpolating (tanh √z - √z)/z^(3/2) at the Chebyshev points of [0, 0.55²]: 2^-57.7 of a after rounding.
// Both sides share the one division. float: f of degree 4, minimax, 2^-27.7.
public static partial class KernelMath
{
    /// <summary>tanh x within <see cref="Bounds.TanhDoubleUlp"/> ULP. tanh(±0) = ±0, tanh(±∞) = ±1.</summary>
    public static double Tanh(double x)
    {
        double a = MinOrSecond(22.0, Abs(x)), z = a * a;
        double numerator = MulAdd(MulAdd(z, -0.0001993183245513845, -0.020501964963793903), z, -0.3333333333333333) * (z * a);
        double denominator = MulAdd(MulAdd(MulAdd(z, 0.0002066839880815247, 0.02329555102548231), z, 0.4615058948913807), z, 1.0);
        double y = a + a, n = Round(y * Log2E);
        double p = ReducedExpm1(MulAdd(n, -Ln2High, y), n * -Ln2Low);
        double power = BitConverter.Int64BitsToDouble((ToInt64InRange(n) + 1023L) << 52);
        bool small = a < 0.55;
        double quotient = Select(small, numerator, -2.0) / Select(small, denominator, MulAdd(power, p, power + 1.0));
        return CopySign(Select(small, a, 1.0) + quotient, x);
    }

    /// <summary>tanh x within <see cref="Bounds.TanhSingleUlp"/> ULP. tanh(±0) = ±0, tanh(±∞) = ±1.</summary>
    public static float Tanh(float x)
    {
        float a = MinOrSecond(10.0f, Abs(x)), z = a * a;
        float f = -0.0062824716f;
        f = MulAdd(f, z, 0.021077758f);
        f = MulAdd(f, z, -0.05385386f);
        f = MulAdd(f, z, 0.13332602f);
        f = MulAdd(f, z, -0.3333332f);
        float y = a + a, n = Round(y * Log2ESingle);
        float p = ReducedExpm1(MulAdd(n, -Ln2HighSingle, y), n * -Ln2LowSingle);
        float power = BitConverter.Int32BitsToSingle((ToInt32InRange(n) + 127) << 23);
        return CopySign(Select(a < 0.55f, MulAdd(z * a, f, a), 1.0f - 2.0f / MulAdd(power, p, power + 1.0f)), x);
    }
}
