namespace Kernels;

/// <summary>M 2^E with E integral: a sum of powers of e that cannot overflow.</summary>
readonly struct ExtendedPower(float m, float e)
{
    public readonly float M = m, E = e;

    /// <summary>0, below every power.</summary>
    public static ExtendedPower Zero => new(0, -1e9f);

    [Reduction(Identity = nameof(Zero))]
    public static ExtendedPower Add(ExtendedPower a, ExtendedPower b)
    {
        float e = KernelMath.Max(a.E, b.E);
        return new(a.M * KernelMath.ScaleNormal(1f, KernelMath.MaxOrSecond(-126f, a.E - e)) + b.M * KernelMath.ScaleNormal(1f, KernelMath.MaxOrSecond(-126f, b.E - e)), e);
    }
}

static partial class SoftmaxRows
{
    /// <summary>The published two-pass form: each lane's sum is a pair (mantissa, exponent). For comparison; float sums, no masks.</summary>
    [Kernel]
    internal static void Paper([Block] int row, int columns, int xStride, int yStride, ReadOnlySpan<float> x, [InPlace(nameof(x))] Span<float> y)
    {
        ReadOnlySpan<float> source = x.Slice(row * xStride, columns);
        Span<float> target = y.Slice(row * yStride, columns);
        ExtendedPower sum = ExtendedPower.Zero;
        foreach (int i in Lanes.Range(0, columns))
        {
            float p = SingleExponential.Parts(source[i], out float n);
            sum = ExtendedPower.Add(sum, new ExtendedPower(p, n));
        }
        ExtendedPower total = Lanes.Reduce(sum, ExtendedPower.Add);
        float inverse = 1 / total.M;
        foreach (int i in Lanes.Range(0, columns))
        {
            float p = SingleExponential.Parts(source[i], out float n);
            target[i] = KernelMath.Scale(p * inverse, KernelMath.MaxOrSecond(-250f, n - total.E));
        }
    }
}
