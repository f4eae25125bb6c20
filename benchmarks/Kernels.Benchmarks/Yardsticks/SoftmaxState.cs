namespace Kernels.Benchmarks.Yardsticks;

// What stands between the loops of a softmax row, the same for every width: the reference e^Bias * 2^Exponent and the total relative to it.
unsafe struct SoftmaxState()
{
    public float Bias = float.MinValue, Exponent = 0, Low = -105, High = 60;
    public double Total = 0;
    public bool Raise = true;

    public void RaiseTo(float top)
    {
        float c = top > float.MinValue ? top : float.MinValue;
        bool far = MathF.Abs(c) > 1e5f;
        float offset = far ? 0 : c, bias = far ? c : 0, exponent = MathF.Round(offset * 1.44269502f);
        Total *= Math.Exp(Math.Max(-1e6, (double)Bias - bias + (Exponent - (double)exponent) * 0.6931471805599453));
        (Bias, Exponent, Low, High) = (bias, exponent, offset - 105, offset + 60);
    }

    public void Add(float* lanes, int count)
    {
        for (int h = count / 2; h > 0; h /= 2)
            for (int i = 0; i < h; i++)
            {
                float a = lanes[i], b = lanes[i + h], s = a + b, part = s - a;
                lanes[i] = s;
                lanes[count + i] = lanes[count + i] + lanes[count + i + h] - (a - (s - part) + (b - part));
            }
        Total += (double)lanes[0] - lanes[count];
    }

    public readonly void Finish(out float m, out float exponent, out float low)
    {
        long bits = BitConverter.DoubleToInt64Bits(Total);
        exponent = Exponent + (int)((bits >> 52) - 1023);
        double fraction = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        m = Total > 0 ? (float)(1 / fraction) : float.NaN;
        low = exponent * 0.693147182f - 110;
    }
}
