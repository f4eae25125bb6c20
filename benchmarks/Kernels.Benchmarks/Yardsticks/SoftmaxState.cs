namespace Kernels.Benchmarks.Yardsticks;

// What stands between the loops of a softmax row, the same for every width: the reference 2^Exponent and the total relative to it.
unsafe struct SoftmaxState
{
    public float Exponent, Low, High;
    public double Total;
    float top;

    public SoftmaxState(float top) => Refer(top);

    public readonly bool Near => MathF.Abs(top) <= 1e5f;

    void Refer(float c)
    {
        top = c;
        Exponent = MathF.Round(c * 1.44269502f);
        Low = c - 105;
        High = c + 60;
    }

    public void RaiseTo(float c)
    {
        float before = Exponent;
        Refer(c);
        Total *= Math.ScaleB(1, (int)Math.Max(before - Exponent, -2000));
    }

    public void Finish(out float m, out float r)
    {
        long bits = BitConverter.DoubleToInt64Bits(Total);
        Exponent += (int)((bits >> 52) - 1023);
        double inverse = Total > 0 ? 1 / BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000) : double.NaN;
        m = (float)inverse;
        r = (float)(inverse - m);
        Low = Exponent * 0.693147182f - 110;
    }

    // Rows around numbers so large that only their differences count; not timed.
    public static void Far(float* x, float* y, int n)
    {
        float top = float.NegativeInfinity;
        for (int i = 0; i < n; i++) top = x[i] > top ? x[i] : top;
        double sum = 0;
        for (int i = 0; i < n; i++) sum += Math.Exp((double)x[i] - top);
        for (int i = 0; i < n; i++) y[i] = (float)(Math.Exp((double)x[i] - top) / sum);
    }
}
