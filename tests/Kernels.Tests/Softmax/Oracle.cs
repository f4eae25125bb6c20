namespace Kernels.Tests.SoftmaxFamily;

/// <summary>
/// What one row must give, by the definition: e^(z - max) / Σ e^(z - max), in DoubleDouble for results of double. For float, double is exact enough: z - max is
/// off by at most 2^-53 * 110 where the result is not 0, so the oracle errs by 1e-14 of a result, a 5-millionth of an ULP of float.
/// </summary>
public sealed class Row
{
    public DoubleDouble[] Probability { get; }
    public DoubleDouble[] Logarithm { get; }
    public DoubleDouble LogSumExp { get; }
    /// <summary>The largest logit, and ln Σ e^(z - max): LogSumExp is their sum.</summary>
    public double Max { get; }
    public DoubleDouble LogSum { get; }
    /// <summary>Σ e^(z - max).</summary>
    public DoubleDouble Sum { get; }

    /// <param name="z">The logits, -infinity where masked.</param>
    /// <param name="wide">In DoubleDouble.</param>
    /// <param name="used">Columns from here on do not belong to the row; null: all belong.</param>
    /// <param name="policy">For rows without a logit above -infinity.</param>
    public Row(ReadOnlySpan<double> z, bool wide, int? used = null, FullyMaskedRows policy = FullyMaskedRows.Propagate)
    {
        int n = used ?? z.Length;
        Probability = new DoubleDouble[z.Length];
        Logarithm = new DoubleDouble[z.Length];
        Array.Fill(Logarithm, double.NegativeInfinity);
        var part = z[..n];
        Max = double.NegativeInfinity;
        foreach (double v in part) Max = Math.Max(Max, v);      // Math.Max keeps NaN.
        if (!double.IsFinite(Max))
        {
            LogSumExp = LogSum = Max;
            if (Max < 0 && policy == FullyMaskedRows.Zero) return;
            Array.Fill(Probability, double.NaN, 0, n);
            Array.Fill(Logarithm, double.NaN, 0, n);
            return;
        }
        // Powers of double are kept times 2^64, so that a quotient that is subnormal is rounded once.
        int shift = wide ? 64 : 0;
        for (int i = 0; i < n; i++)
        {
            Logarithm[i] = wide ? z[i] - (DoubleDouble)Max : z[i] - Max;
            Probability[i] = wide ? DoubleDouble.Exp(Logarithm[i], shift) : Math.Exp(Logarithm[i].High);
            Sum += Probability[i].Scale(-shift);
        }
        LogSum = wide ? DoubleDouble.Log(Sum) : Math.Log(Sum.High);
        LogSumExp = LogSum + Max;
        for (int i = 0; i < n; i++)
        {
            Probability[i] = (wide ? Probability[i] / Sum : Probability[i].High / Sum.High).Scale(-shift);
            Logarithm[i] -= LogSum;
        }
    }
}
