namespace Kernels;

/// <summary>
/// Σ e^z = (High + Low) 2^Exponent and the largest z, in floats without fused operations: devices have no doubles or slow ones, and may round a fused operation twice. Multiplications by
/// powers of 2 are exact; what additions lose is kept in Low (Knuth, The Art of Computer Programming 2, section 4.2.2, theorem B).
/// </summary>
readonly struct DeviceSum(float top, float high, float low, float exponent)
{
    /// <summary>z is taken to be no farther from 0: n of <see cref="Parts"/> has 16 bits.</summary>
    public const float Far = 45000;

    /// <summary>Rows whose maximum is farther from 0 are taken relative to it. What Far cuts off is then at least 1000 below the maximum: nothing.</summary>
    public const float Shifted = 44000;

    public readonly float Top = top, High = high, Low = low, Exponent = exponent;

    public static DeviceSum Zero => new(float.NegativeInfinity, 0, 0, -1e9f);

    /// <summary>e^z alone; beyond Far that of Far.</summary>
    public static DeviceSum Of(float z)
    {
        float p = Parts(KernelMath.MinOrSecond(Far, KernelMath.MaxOrSecond(-Far, z)), out float n);
        // NaN is in High alone.
        return new(KernelMath.MaxOrSecond(z, float.NegativeInfinity), p, 0, KernelMath.MaxOrSecond(n, -1e9f));
    }

    [Reduction(Identity = nameof(Zero))]
    public static DeviceSum Add(DeviceSum a, DeviceSum b)
    {
        // One factor is 1. What is 2^126 times smaller vanishes beside the other.
        float e = KernelMath.MaxOrSecond(a.Exponent, b.Exponent);
        float fa = KernelMath.ScaleNormal(1f, KernelMath.MaxOrSecond(-126f, a.Exponent - e)), fb = KernelMath.ScaleNormal(1f, KernelMath.MaxOrSecond(-126f, b.Exponent - e));
        float x = a.High * fa, y = b.High * fb, sum = x + y, part = sum - x;
        return new(KernelMath.MaxOrSecond(a.Top, b.Top), sum, a.Low * fa + b.Low * fb + ((x - (sum - part)) + (y - part)), e);
    }

    // ln 2 = Ln2High + Ln2Middle + Ln2Low: 4 and 8 bits, so that their products with n are exact below 2^16; the rest relative to 2^-24.
    const float Log2E = 1.44269502f, Ln2High = 0.6875f, Ln2Middle = 0.005645751953125f, Ln2Low = 1.42860677e-6f;

    /// <summary>e^z = the result times 2^n, for |z| at most Far: within 2.4u of it, u = 2^-24 (docs/gpu.md).</summary>
    public static float Parts(float z, out float n)
    {
        n = KernelMath.Round(z * Log2E);
        float t = z - n * Ln2High - n * Ln2Middle - n * Ln2Low;
        return SingleExponential.Expm1OverT(t) * t + 1;
    }

    /// <summary>1/(High + Low) = (m + r) 2^-exponent with m in (1/2, 1]; NaN where the sum is no positive number. The division may err by 2.5 ULP: r makes up for it.</summary>
    public void Inverse(out float m, out float r, out float exponent)
    {
        float total = High + Low, rest = High - total + Low;
        int bits = BitConverter.SingleToInt32Bits(total);
        exponent = (float)((bits >> 23) - 127);
        float s = total > 0 && total < float.PositiveInfinity ? BitConverter.Int32BitsToSingle((bits & 0x007F_FFFF) | 0x3F80_0000) : float.NaN;
        m = 1 / s;
        // The rounding of s m by splitting both in halves (T. J. Dekker, "A floating-point technique for extending the available precision", 1971).
        float sHigh = Half(s), sLow = s - sHigh, mHigh = Half(m), mLow = m - mHigh, product = s * m;
        float error = (sHigh * mHigh - product) + sHigh * mLow + sLow * mHigh + sLow * mLow;
        r = (1 - product - error - rest * KernelMath.ScaleNormal(1f, -exponent) * m) * m;
    }

    static float Half(float x)
    {
        float c = 4097 * x;
        return c - (c - x);
    }
}
