using System.Numerics;

namespace Kernels;

static partial class SoftmaxRows
{
    // Columns of a block: with an axis of some hundred elements, what a block reads again is in the caches.
    internal const int Panel = 1024;

    /// <summary>Softmax along the middle one of three axes: the lanes lie along the last, each with a sum of its own.</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    internal static void Axis<T, TExp, TElements>([Block] int outer, [Block] int panel, int axis, int inner, int zero, T scale, ReadOnlySpan<T> x, [InPlace(nameof(x))] Span<T> y,
        ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        int from = outer * axis * inner;
        foreach (int j in Lanes.Range(panel * Panel, Math.Min(panel * Panel + Panel, inner)))
        {
            T top = T.NegativeInfinity;
            bool hasNaN = false;
            for (int k = 0; k < axis; k++)
            {
                T z = TElements.Logit(x[from + k * inner + j], scale, keep, bias, j);
                hasNaN |= T.IsNaN(z);
                top = TExp.Larger(z, top);
            }
            bool nothing = zero != 0 & top == T.NegativeInfinity & !hasNaN;
            T shift = TExp.Near(top) ? T.Zero : top;
            T least = TExp.Least(top - shift), reference = TExp.Reference(top - shift);
            CompensatedSum total = CompensatedSum.Zero;
            T sum = T.Zero;
            for (int k = 0; k < axis; k++)
            {
                T power = TExp.Power(TElements.Logit(x[from + k * inner + j], scale, keep, bias, j) - shift, least, reference);
                y[from + k * inner + j] = power;
                sum += power;
                if (k % Few == Few - 1)
                {
                    total = CompensatedSum.Add(total, new CompensatedSum(TExp.ToDouble(sum)));
                    sum = T.Zero;
                }
            }
            total = CompensatedSum.Add(total, new CompensatedSum(TExp.ToDouble(sum)));
            Reciprocal<T, TExp>(total.Value, out T m, out T r);
            for (int k = 0; k < axis; k++)
            {
                T p = y[from + k * inner + j];
                y[from + k * inner + j] = KernelMath.Select(nothing, T.Zero, T.FusedMultiplyAdd(p, m, p * r));
            }
        }
    }

    /// <summary>Logarithms of the same.</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    internal static void LogAxis<T, TExp, TElements>([Block] int outer, [Block] int panel, int axis, int inner, int zero, T scale, ReadOnlySpan<T> x, [InPlace(nameof(x))] Span<T> y,
        ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        int from = outer * axis * inner;
        foreach (int j in Lanes.Range(panel * Panel, Math.Min(panel * Panel + Panel, inner)))
        {
            T top = T.NegativeInfinity;
            bool hasNaN = false;
            for (int k = 0; k < axis; k++)
            {
                T z = TElements.Logit(x[from + k * inner + j], scale, keep, bias, j);
                hasNaN |= T.IsNaN(z);
                top = TExp.Larger(z, top);
            }
            bool nothing = zero != 0 & top == T.NegativeInfinity & !hasNaN;
            T least = TExp.Least(T.Zero), reference = TExp.Reference(T.Zero);
            CompensatedSum total = CompensatedSum.Zero;
            T sum = T.Zero;
            for (int k = 0; k < axis; k++)
            {
                sum += TExp.Power(TElements.Logit(x[from + k * inner + j], scale, keep, bias, j) - top, least, reference);
                if (k % Few == Few - 1)
                {
                    total = CompensatedSum.Add(total, new CompensatedSum(TExp.ToDouble(sum)));
                    sum = T.Zero;
                }
            }
            total = CompensatedSum.Add(total, new CompensatedSum(TExp.ToDouble(sum)));
            T rest = TExp.FromDouble(KernelMath.Log(total.Value / TExp.Unit));
            for (int k = 0; k < axis; k++) y[from + k * inner + j] = KernelMath.Select(nothing, T.NegativeInfinity, TElements.Logit(x[from + k * inner + j], scale, keep, bias, j) - top - rest);
        }
    }
}
