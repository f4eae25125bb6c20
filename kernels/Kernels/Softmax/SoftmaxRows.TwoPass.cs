using System.Numerics;

namespace Kernels;

/// <summary>A sum of powers of e, Total 2^Exponent e^Shift: Exponent is integral, Shift 0 unless elements are so large that n ln 2 would lose its bits.</summary>
readonly struct PowerSum
{
    public required double Total { get; init; }
    public required double Exponent { get; init; }
    public required double Shift { get; init; }
}

static partial class SoftmaxRows
{
    // Elements looked at for a new reference, and for the first one.
    const int Look = 256;

    /// <summary>
    /// The two-pass form with a lazy reference: the sum is kept relative to a power of 2 that the first elements give, and that is raised only when an element
    /// exceeds it by far. Reads x twice and writes y once, past the caches: for what comes from memory.
    /// </summary>
    [Kernel, Schedule(PrefetchBytes = 8192, NonTemporal = true)]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(PlainSingle))]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(PlainDouble))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    internal static void TwoPass<T, TExp, TElements>([Block] int row, RowShape shape, T scale, [Trusted] ReadOnlySpan<T> x, [Trusted, InPlace(nameof(x))] Span<T> y,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        ReadOnlySpan<T> source = x.Slice(row * shape.XStride, shape.Columns);
        Span<T> target = y.Slice(row * shape.YStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int limit = shape.Limit(row, lengths);
        PowerSum sum = LazySum<T, T, TExp, TElements>(source, scale, keeps, biases, limit);
        if (sum.Total == 0)
        {
            T nothing = Nothing(shape, false, T.Zero);
            foreach (int i in Lanes.Range(0, limit)) target[i] = nothing;
        }
        else
        {
            WritePowers<T, TExp, TElements>(source, target, scale, keeps, biases, shape.Head(row, limit), limit, sum);
        }
        foreach (int i in Lanes.Range(limit, shape.Columns)) target[i] = T.Zero;
    }

    /// <summary>The sums of a long row's pieces: one block a piece, whatever the number of threads.</summary>
    [Kernel, Schedule(PrefetchBytes = 8192)]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(PlainSingle))]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(PlainDouble))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    internal static void PieceSums<T, TExp, TElements>([Block] int piece, int length, int hasKeep, int hasBias, T scale, [Trusted] ReadOnlySpan<T> x, [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias,
        Span<double> totals, Span<double> exponents, Span<double> shifts)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        int begin = piece * length, count = Math.Min(length, x.Length - begin);
        PowerSum sum = LazySum<T, T, TExp, TElements>(x.Slice(begin, count), scale, keep.Slice(begin * hasKeep, count * hasKeep), bias.Slice(begin * hasBias, count * hasBias), count);
        totals[piece] = sum.Total;
        exponents[piece] = sum.Exponent;
        shifts[piece] = sum.Shift;
    }

    /// <summary>The pieces' probabilities, from the sum of them all.</summary>
    [Kernel, Schedule(PrefetchBytes = 8192, NonTemporal = true)]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(PlainSingle))]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(PlainDouble))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    internal static void WritePieces<T, TExp, TElements>([Block] int piece, int length, int head, int hasKeep, int hasBias, PowerSum sum, T scale, [Trusted] ReadOnlySpan<T> x,
        [Trusted, InPlace(nameof(x))] Span<T> y, [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        int begin = piece * length, count = Math.Min(length, x.Length - begin);
        ReadOnlySpan<T> source = x.Slice(begin, count);
        Span<T> target = y.Slice(begin, count);
        ReadOnlySpan<byte> keeps = keep.Slice(begin * hasKeep, count * hasKeep);
        ReadOnlySpan<float> biases = bias.Slice(begin * hasBias, count * hasBias);
        WritePowers<T, TExp, TElements>(source, target, scale, keeps, biases, Math.Min(head, count), count, sum);
    }

    // Total 0: nothing but -infinity. NaN: NaN or +infinity among the logits.
    static PowerSum LazySum<TElement, T, TExp, TElements>(ReadOnlySpan<TElement> x, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int end)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        T shift = T.Zero, reference = TExp.Reference(T.Zero);
        double total = 0;
        bool nothing = false;
        int at = 0, seen = Math.Min(end, Look);
        while (at < end)
        {
            T largest = T.NegativeInfinity;
            foreach (int i in Lanes.Range(at, seen)) largest = TExp.Larger(TElements.Logit(x[i], scale, keep, bias, i) - shift, largest);
            T top = Lanes.Max(largest);
            if (!TExp.Near(top))
            {
                // From the start again, with the whole row's maximum: so far out the spacing of z is above 2^-7, so that near the maximum the difference
                // is exact, and elsewhere the power is 0.
                bool whole = at == 0 && seen == end;
                at = 0;
                seen = end;
                total = 0;
                if (!whole) continue;
                nothing = top == T.NegativeInfinity;
                if (!nothing) shift = top;
                top = T.Zero;
            }
            T raised = TExp.Reference(top);
            if (at > 0) total *= KernelMath.Scale(1.0, KernelMath.MaxOrSecond(TExp.ToDouble(reference - raised), -2000.0));
            reference = raised;
            T least = TExp.Least(top), most = TExp.Most(top), sum = T.Zero, some = T.Zero;
            double all = 0;
            CompensatedSum exact = CompensatedSum.Zero;
            int trips = 0, stop = end;
            seen = end;
            foreach (LaneRange chunk in Lanes.Chunks(at, end))
            {
                bool above = false;
                foreach (int i in chunk) above |= TElements.Logit(x[i], scale, keep, bias, i) - shift > most;
                if (Lanes.Any(above))
                {
                    stop = chunk.Begin;
                    seen = Math.Max(chunk.End, Math.Min(end, chunk.Begin + Look));
                    break;
                }
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
                        else all += TExp.ToDouble(some);
                        some = T.Zero;
                    }
                    trips = 0;
                }
            }
            // Of all lanes: the first piece has those that there are.
            foreach (LaneRange chunk in Lanes.Chunks(at, end))
            {
                foreach (int i in chunk)
                {
                    if (TExp.Compensates) exact = CompensatedSum.Add(exact, new CompensatedSum(TExp.ToDouble(some) + TExp.ToDouble(sum)));
                    else all += TExp.ToDouble(some) + TExp.ToDouble(sum);
                }
                break;
            }
            total += TExp.Compensates ? Lanes.Reduce(exact, CompensatedSum.Add).Value : Lanes.Sum(all);
            at = stop;
        }
        return new PowerSum { Total = nothing && !double.IsNaN(total) ? 0 : total, Exponent = TExp.ToDouble(reference), Shift = TExp.ToDouble(shift) };
    }

    // y[0 … end - 1] = e^z / sum. The first head elements by themselves, so that the stores that follow are aligned.
    static void WritePowers<T, TExp, TElements>(ReadOnlySpan<T> x, Span<T> y, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int head, int end, PowerSum sum)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        Inverse<T, TExp>(sum.Total, out T m, out T r, out double power);
        T shift = TExp.FromDouble(sum.Shift), exponent = TExp.FromDouble(sum.Exponent + power), least = TExp.Vanishing(exponent);
        int begin = 0, stop = head;
        while (begin < end)
        {
            foreach (int i in Lanes.Range(begin, stop)) y[i] = TExp.Power(TElements.Logit(x[i], scale, keep, bias, i) - shift, least, exponent, m, r);
            begin = stop;
            stop = end;
        }
    }
}
