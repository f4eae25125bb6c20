using System.Numerics;

namespace Kernels;

static partial class SoftmaxRows
{
    /// <summary>g(x) / Σ g(x), g(x) = x + 1 from 0 on and 1 / (1 - x) below: Prieto et al., "Grokking at the Edge of Numerical Stability" (2025), section 4.</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    [Specialize(typeof(Half), typeof(float), typeof(SingleExponential), typeof(MaskedHalf))]
    [Specialize(typeof(BFloat16), typeof(float), typeof(SingleExponential), typeof(MaskedBFloat16))]
    internal static void Stable<TElement, T, TExp, TElements>([Block] int row, int columns, int zero, T scale, ReadOnlySpan<TElement> x, [InPlace(nameof(x))] Span<TElement> y)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        int from = row * columns;
        double by = 1, total = 0;
        while (true)
        {
            CompensatedSum sum = CompensatedSum.Zero;
            foreach (int i in Lanes.Range(0, columns)) sum = CompensatedSum.Add(sum, new CompensatedSum(Growth<T, TExp>(scale, TElements.Load(x[from + i])) * by));
            total = Lanes.Reduce(sum, CompensatedSum.Add).Value;
            if (total < double.PositiveInfinity || by < 1) break;
            by = Small;
        }
        double inverse = total < double.PositiveInfinity ? by / total : double.NaN;
        if (total == 0 && zero != 0) inverse = 0;
        foreach (int i in Lanes.Range(0, columns))
        {
            double g = Growth<T, TExp>(scale, TElements.Load(x[from + i]));
            y[from + i] = TElements.Store(TExp.FromDouble(g * inverse));
        }
    }

    // 2^-40: sums of 2^31 of the largest doubles are finite.
    const double Small = 9.094947017729282e-13;

    // In double, where float's x + 1 and 1 - x are exact to 2^-53.
    static double Growth<T, TExp>(T scale, T x) where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T>
    {
        double z = TExp.ToDouble(x == T.NegativeInfinity ? x : scale * x), a = Math.Abs(z) + 1;
        return z < 0 ? 1 / a : z + 1;
    }
}
