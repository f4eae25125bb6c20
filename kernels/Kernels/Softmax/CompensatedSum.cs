namespace Kernels;

/// <summary>A sum of doubles with what its additions lost (Knuth, The Art of Computer Programming 2, section 4.2.2, theorem B): as good as in twice the precision.</summary>
readonly struct CompensatedSum(double high, double low)
{
    readonly double high = high, low = low;

    public CompensatedSum(double value) : this(value, 0) { }

    public static CompensatedSum Zero => new(0, 0);

    public double Value => high + low;

    [Reduction(Identity = nameof(Zero))]
    public static CompensatedSum Add(CompensatedSum a, CompensatedSum b)
    {
        double sum = a.high + b.high, part = sum - a.high;
        return new(sum, a.low + b.low + ((a.high - (sum - part)) + (b.high - part)));
    }
}
