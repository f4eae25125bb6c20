using System.Numerics;

namespace Kernels;

static partial class SoftmaxRows
{
    /// <summary>
    /// Maximum, powers stored and added, scaled in place: for rows that stay in the caches. The reference is a power of 2, not the maximum, so that powers err by
    /// some 2u only, u = 2^-24, however far z is from the maximum.
    /// </summary>
    [Kernel]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(PlainSingle))]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(PlainDouble))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    internal static void Reload<T, TExp, TElements>([Block] int row, RowShape shape, T scale, [Trusted] ReadOnlySpan<T> x, [Trusted, InPlace(nameof(x))] Span<T> y,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        ReadOnlySpan<T> source = x.Slice(row * shape.XStride, shape.Columns);
        Span<T> target = y.Slice(row * shape.YStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int limit = shape.Limit(row, lengths);
        T top = Largest<T, T, TExp, TElements>(source, scale, keeps, biases, 0, limit);
        if (top == T.NegativeInfinity)
        {
            T nothing = Nothing(shape, HasNaN<T, T, TElements>(source, scale, keeps, biases, limit), T.Zero);
            foreach (int i in Lanes.Range(0, limit)) target[i] = nothing;
        }
        else
        {
            double total;
            if (TExp.Near(top)) total = StorePowers<T, TExp, TElements>(source, target, scale, keeps, biases, limit, T.Zero, top);
            // So far out the spacing of z is above 2^-7: near the maximum the difference is exact, elsewhere the result is 0.
            else total = StorePowers<T, TExp, TElements>(source, target, scale, keeps, biases, limit, top, T.Zero);
            Reciprocal<T, TExp>(total, out T m, out T r);
            foreach (int i in Lanes.Range(0, limit)) target[i] = T.FusedMultiplyAdd(target[i], m, target[i] * r);
        }
        foreach (int i in Lanes.Range(limit, shape.Columns)) target[i] = T.Zero;
    }

    // y = e^(z - shift) 2^-reference of top - shift; their sum.
    static double StorePowers<T, TExp, TElements>(ReadOnlySpan<T> x, Span<T> y, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int end, T shift, T top)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        T least = TExp.Least(top), reference = TExp.Reference(top), sum = T.Zero, some = T.Zero;
        double total = 0;
        CompensatedSum exact = CompensatedSum.Zero;
        int trips = 0;
        foreach (LaneRange chunk in Lanes.Chunks(0, end))
        {
            foreach (int i in chunk)
            {
                T power = TExp.Power(TElements.Logit(x[i], scale, keep, bias, i) - shift, least, reference);
                y[i] = power;
                sum += power;
            }
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
}
