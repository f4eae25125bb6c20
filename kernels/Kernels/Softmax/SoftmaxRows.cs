using System.Numerics;

namespace Kernels;

/// <summary>The specs of the family: a block is a row. What all of them share stands in this file.</summary>
static partial class SoftmaxRows
{
    // A lane adds few terms, few of those sums, and then goes into the exact sum: sixteen terms are then within 6u of their sum, one after the other within 15u.
    const int Few = 4, Many = 16;

    // The largest logit: -infinity if there is none; NaN does not count.
    static T Largest<TElement, T, TExp, TElements>(ReadOnlySpan<TElement> x, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int begin, int end)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        T largest = T.NegativeInfinity;
        foreach (int i in Lanes.Range(begin, end)) largest = TExp.Larger(TElements.Logit(x[i], scale, keep, bias, i), largest);
        return Lanes.Max(largest);
    }

    // Whether a logit is NaN.
    static bool HasNaN<TElement, T, TElements>(ReadOnlySpan<TElement> x, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int end)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TElements : struct, IElements<TElement, T>
    {
        bool found = false;
        foreach (int i in Lanes.Range(0, end)) found |= T.IsNaN(TElements.Logit(x[i], scale, keep, bias, i));
        return Lanes.Any(found);
    }

    // Σ e^(z - shift) 2^-reference.
    static double Powers<TElement, T, TExp, TElements>(ReadOnlySpan<TElement> x, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int end, T shift, T least, T reference)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        T sum = T.Zero, some = T.Zero;
        double total = 0;
        CompensatedSum exact = CompensatedSum.Zero;
        int trips = 0;
        foreach (LaneRange chunk in Lanes.Chunks(0, end))
        {
            foreach (int i in chunk) sum += TExp.Power(TElements.Logit(x[i], scale, keep, bias, i) - shift, least, reference);
            if (++trips % Few == 0)
            {
                foreach (int i in chunk)
                {
                    some += sum;
                    sum = T.Zero;
                }
            }
            if (trips == Many)
            {
                foreach (int i in chunk)
                {
                    if (TExp.Compensates) exact = CompensatedSum.Add(exact, new CompensatedSum(TExp.ToDouble(some)));
                    else total += TExp.ToDouble(some);
                    some = T.Zero;
                }
                trips = 0;
            }
        }
        // Of all lanes: the first piece has those that there are.
        foreach (LaneRange chunk in Lanes.Chunks(0, end))
        {
            foreach (int i in chunk)
            {
                if (TExp.Compensates) exact = CompensatedSum.Add(exact, new CompensatedSum(TExp.ToDouble(some) + TExp.ToDouble(sum)));
                else total += TExp.ToDouble(some) + TExp.ToDouble(sum);
            }
            break;
        }
        return TExp.Compensates ? Lanes.Reduce(exact, CompensatedSum.Add).Value : Lanes.Sum(total);
    }

    // 1/total = (m + r) 2^-exponent with m in (1/2, 1], for 0 < total < infinity; otherwise m and r are NaN.
    static void Inverse<T, TExp>(double total, out T m, out T r, out double exponent) where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T>
    {
        long bits = BitConverter.DoubleToInt64Bits(total);
        exponent = (double)(int)((bits >> 52) - 1023);
        Reciprocal<T, TExp>(total > 0 && total < double.PositiveInfinity ? BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000) : double.NaN, out m, out r);
    }

    // 1/total = m + r to twice the precision.
    static void Reciprocal<T, TExp>(double total, out T m, out T r) where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T>
    {
        double inverse = 1 / total;
        m = TExp.FromDouble(inverse);
        r = TExp.FromDouble(KernelMath.Fma(-TExp.ToDouble(m), total, 1.0) * inverse);
    }

    // What a row gives in which nothing but -infinity counts: NaN is no such row.
    static T Nothing<T>(RowShape shape, bool hasNaN, T zero) where T : unmanaged, IFloatingPointIeee754<T> => shape.Zero != 0 && !hasNaN ? zero : T.NaN;
}
