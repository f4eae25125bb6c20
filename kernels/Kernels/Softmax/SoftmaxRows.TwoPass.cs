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
    internal static void TwoPass<T, TExp, TElements>([Block] int row, RowShape shape, T scale, ReadOnlySpan<T> x, [InPlace(nameof(x))] Span<T> y,
        ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, ReadOnlySpan<int> lengths)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        ReadOnlySpan<T> source = x.Slice(row * shape.XStride, shape.Columns);
        Span<T> target = y.Slice(row * shape.YStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int limit = shape.Limit(row, lengths);
        PowerSum sum = LazySum<T, T, TExp, TElements>(source, scale, keeps, biases, limit);
        T outside = T.Zero;
        if (sum.Total == 0)
        {
            outside = Nothing(shape, false, T.Zero);
            foreach (int i in Lanes.Range(0, limit)) target[i] = outside;
        }
        else
        {
            int head = shape.Head(row, limit);
            WritePowers<T, TExp, TElements>(source, target, scale, keeps, biases, 0, head, sum);
            WritePowers<T, TExp, TElements>(source, target, scale, keeps, biases, head, limit, sum);
        }
        foreach (int i in Lanes.Range(limit, shape.Columns)) target[i] = outside;
    }

    /// <summary>The sums of a long row's pieces: one block a piece, whatever the number of threads.</summary>
    [Kernel, Schedule(PrefetchBytes = 8192)]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(PlainSingle))]
    [Specialize(typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(PlainDouble))]
    [Specialize(typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    internal static void PieceSums<T, TExp, TElements>([Block] int piece, int length, int hasKeep, int hasBias, T scale, ReadOnlySpan<T> x, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias,
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
    internal static void WritePieces<T, TExp, TElements>([Block] int piece, int length, int head, int hasKeep, int hasBias, PowerSum sum, T scale, ReadOnlySpan<T> x,
        [InPlace(nameof(x))] Span<T> y, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        int begin = piece * length, count = Math.Min(length, x.Length - begin), first = Math.Min(head, count);
        ReadOnlySpan<T> source = x.Slice(begin, count);
        Span<T> target = y.Slice(begin, count);
        ReadOnlySpan<byte> keeps = keep.Slice(begin * hasKeep, count * hasKeep);
        ReadOnlySpan<float> biases = bias.Slice(begin * hasBias, count * hasBias);
        WritePowers<T, TExp, TElements>(source, target, scale, keeps, biases, 0, first, sum);
        WritePowers<T, TExp, TElements>(source, target, scale, keeps, biases, first, count, sum);
    }

    // Total 0: nothing but -infinity. NaN: NaN or +infinity among the logits.
    static PowerSum LazySum<TElement, T, TExp, TElements>(ReadOnlySpan<TElement> x, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int end)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        T top = Largest<TElement, T, TExp, TElements>(x, scale, keep, bias, 0, Math.Min(end, Look));
        if (!TExp.Near(top)) top = Largest<TElement, T, TExp, TElements>(x, scale, keep, bias, 0, end);
        double total = 0, shift = 0;
        T reference = TExp.Reference(top);
        int at = 0;
        while (at < end && TExp.Near(top))
        {
            T least = TExp.Least(top), most = TExp.Most(top), sum = T.Zero;
            double all = 0;
            int trips = 0, stop = end, seen = end;
            foreach (LaneRange chunk in Lanes.Chunks(at, end))
            {
                bool above = false;
                foreach (int i in chunk) above |= TElements.Logit(x[i], scale, keep, bias, i) > most;
                if (Lanes.Any(above))
                {
                    stop = chunk.Begin;
                    seen = Math.Max(chunk.End, Math.Min(end, chunk.Begin + Look));
                    break;
                }
                foreach (int i in chunk) sum += TExp.Power(TElements.Logit(x[i], scale, keep, bias, i), least, reference);
                if (++trips == Trips)
                {
                    foreach (int i in chunk)
                    {
                        all += TExp.ToDouble(sum);
                        sum = T.Zero;
                    }
                    trips = 0;
                }
            }
            total += Lanes.Sum(all) + TExp.ToDouble(Lanes.Sum(sum));
            at = stop;
            if (at < end)
            {
                top = Largest<TElement, T, TExp, TElements>(x, scale, keep, bias, at, seen);
                T raised = TExp.Reference(top);
                total *= KernelMath.Scale(1.0, KernelMath.MaxOrSecond(TExp.ToDouble(reference - raised), -2000.0));
                reference = raised;
            }
        }
        if (!TExp.Near(top))
        {
            // So far out the spacing of z is above 2^-7: near the maximum the difference is exact, elsewhere the power is 0.
            top = Largest<TElement, T, TExp, TElements>(x, scale, keep, bias, 0, end);
            reference = TExp.Reference(T.Zero);
            if (top == T.NegativeInfinity) total = HasNaN<TElement, T, TElements>(x, scale, keep, bias, end) ? double.NaN : 0;
            else
            {
                shift = TExp.ToDouble(top);
                total = Powers<TElement, T, TExp, TElements>(x, scale, keep, bias, end, top, TExp.Least(T.Zero), reference);
            }
        }
        return new PowerSum { Total = total, Exponent = TExp.ToDouble(reference), Shift = shift };
    }

    // y[begin … end - 1] = e^z / sum.
    static void WritePowers<T, TExp, TElements>(ReadOnlySpan<T> x, Span<T> y, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int begin, int end, PowerSum sum)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<T, T>
    {
        Inverse<T, TExp>(sum.Total, out T m, out T r, out double power);
        double all = sum.Exponent + power;
        T shift = TExp.FromDouble(sum.Shift), exponent = TExp.FromDouble(all), least = TExp.Vanishing(exponent);
        foreach (int i in Lanes.Range(begin, end)) y[i] = TExp.Power(TElements.Logit(x[i], scale, keep, bias, i) - shift, least, exponent, m, r);
    }
}
