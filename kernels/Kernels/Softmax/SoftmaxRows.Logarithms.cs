using System.Numerics;

namespace Kernels;

static partial class SoftmaxRows
{
    // top + ln(total 2^..) = log Σ e^z: total = Σ e^(z - top), at least 1. What z - top loses to rounding is weighted by e^(z - top), so that the sum is as good as its terms.
    static double SumBelowTop<TElement, T, TExp, TElements>(ReadOnlySpan<TElement> x, T scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int end, T top)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T> =>
        Powers<TElement, T, TExp, TElements>(x, scale, keep, bias, end, top, TExp.Least(T.Zero), TExp.Reference(T.Zero)) / TExp.Unit;

    // Σ e^z for Σ e^(z - top): small probabilities want z itself, as z - top is rounded.
    static PowerSum OfLogits<T, TExp>(double total, T top) where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T>
    {
        double exponent = 0, shift = TExp.ToDouble(top);
        if (TExp.Near(top))
        {
            total *= DoubleExponential.Parts(shift, out exponent);
            shift = 0;
        }
        return new PowerSum { Total = total, Exponent = exponent, Shift = shift };
    }

    /// <summary>y = z - log Σ e^z by rows.</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    [Specialize(typeof(Half), typeof(float), typeof(SingleExponential), typeof(MaskedHalf))]
    [Specialize(typeof(BFloat16), typeof(float), typeof(SingleExponential), typeof(MaskedBFloat16))]
    internal static void LogProbabilities<TElement, T, TExp, TElements>([Block] int row, RowShape shape, T scale, [Trusted] ReadOnlySpan<TElement> x, [Trusted, InPlace(nameof(x))] Span<TElement> y,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        ReadOnlySpan<TElement> source = x.Slice(row * shape.XStride, shape.Columns);
        Span<TElement> target = y.Slice(row * shape.YStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int limit = shape.Limit(row, lengths);
        T top = Largest<TElement, T, TExp, TElements>(source, scale, keeps, biases, 0, limit);
        if (top == T.NegativeInfinity)
        {
            T nothing = Nothing(shape, HasNaN<TElement, T, TElements>(source, scale, keeps, biases, limit), T.NegativeInfinity);
            foreach (int i in Lanes.Range(0, limit)) target[i] = TElements.Store(nothing);
        }
        else
        {
            // Both parts have one sign: z - top <= 0 and rest >= 0, so that nothing cancels.
            double total = SumBelowTop<TElement, T, TExp, TElements>(source, scale, keeps, biases, limit, top);
            T rest = TExp.FromDouble(KernelMath.Log(total));
            foreach (int i in Lanes.Range(0, limit)) target[i] = TElements.Store(TElements.Logit(source[i], scale, keeps, biases, i) - top - rest);
        }
        foreach (int i in Lanes.Range(limit, shape.Columns)) target[i] = TElements.Store(T.NegativeInfinity);
    }

    /// <summary>log Σ e^z by rows.</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    [Specialize(typeof(Half), typeof(float), typeof(SingleExponential), typeof(MaskedHalf))]
    [Specialize(typeof(BFloat16), typeof(float), typeof(SingleExponential), typeof(MaskedBFloat16))]
    internal static void LogSums<TElement, T, TExp, TElements>([Block] int row, RowShape shape, T scale, [Trusted] ReadOnlySpan<TElement> x, Span<T> result,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        ReadOnlySpan<TElement> source = x.Slice(row * shape.XStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int limit = shape.Limit(row, lengths);
        T top = Largest<TElement, T, TExp, TElements>(source, scale, keeps, biases, 0, limit), sum = top;
        if (TExp.ToDouble(T.Abs(top)) < double.PositiveInfinity)
        {
            double total = SumBelowTop<TElement, T, TExp, TElements>(source, scale, keeps, biases, limit, top);
            sum = TExp.FromDouble(TExp.ToDouble(top) + KernelMath.Log(total));
        }
        else if (HasNaN<TElement, T, TElements>(source, scale, keeps, biases, limit)) sum = T.NaN;
        result[row] = sum;
    }

    /// <summary>The probabilities of elements that are narrower than the arithmetic: powers cannot be stored as they lie in memory, so they are computed twice.</summary>
    [Kernel]
    [Specialize(typeof(Half), typeof(float), typeof(SingleExponential), typeof(MaskedHalf))]
    [Specialize(typeof(BFloat16), typeof(float), typeof(SingleExponential), typeof(MaskedBFloat16))]
    internal static void Probabilities<TElement, T, TExp, TElements>([Block] int row, RowShape shape, T scale, [Trusted] ReadOnlySpan<TElement> x, [Trusted, InPlace(nameof(x))] Span<TElement> y,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        ReadOnlySpan<TElement> source = x.Slice(row * shape.XStride, shape.Columns);
        Span<TElement> target = y.Slice(row * shape.YStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int limit = shape.Limit(row, lengths);
        T top = Largest<TElement, T, TExp, TElements>(source, scale, keeps, biases, 0, limit);
        if (top == T.NegativeInfinity)
        {
            T nothing = Nothing(shape, HasNaN<TElement, T, TElements>(source, scale, keeps, biases, limit), T.Zero);
            foreach (int i in Lanes.Range(0, limit)) target[i] = TElements.Store(nothing);
        }
        else
        {
            PowerSum sum = OfLogits<T, TExp>(SumBelowTop<TElement, T, TExp, TElements>(source, scale, keeps, biases, limit, top), top);
            Inverse<T, TExp>(sum.Total, out T m, out T r, out double power);
            T shift = TExp.FromDouble(sum.Shift), exponent = TExp.FromDouble(sum.Exponent + power), least = TExp.Vanishing(exponent);
            foreach (int i in Lanes.Range(0, limit))
                target[i] = TElements.Store(TExp.Power(TElements.Logit(source[i], scale, keeps, biases, i) - shift, least, exponent, m, r));
        }
        foreach (int i in Lanes.Range(limit, shape.Columns)) target[i] = TElements.Store(T.Zero);
    }

    /// <summary>log Σ e^z - (1 - ε) z_label - ε/C Σ z by rows, and its gradient g (softmax - (1 - ε) [label] - ε/C).</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    [Specialize(typeof(Half), typeof(float), typeof(SingleExponential), typeof(MaskedHalf))]
    [Specialize(typeof(BFloat16), typeof(float), typeof(SingleExponential), typeof(MaskedBFloat16))]
    internal static void Losses<TElement, T, TExp, TElements>([Block] int row, int columns, int ignored, int ignores, int wantsGradient, double smoothing, double gradientScale,
        [Trusted] ReadOnlySpan<TElement> x, [Trusted] ReadOnlySpan<int> labels, Span<T> losses, [Trusted, InPlace(nameof(x))] Span<TElement> gradient, [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        int label = labels[row];
        ReadOnlySpan<TElement> source = x.Slice(row * columns, columns);
        Span<TElement> target = gradient.Slice(row * columns * wantsGradient, columns * wantsGradient);
        if (ignores != 0 && label == ignored)
        {
            losses[row] = T.Zero;
            foreach (int i in Lanes.Range(0, columns * wantsGradient)) target[i] = TElements.Store(T.Zero);
        }
        else
        {
            T top = Largest<TElement, T, TExp, TElements>(source, T.One, keep, bias, 0, columns);
            double total = SumBelowTop<TElement, T, TExp, TElements>(source, T.One, keep, bias, columns, top);
            // Entries on the processor have looked at the labels; on a device nobody has.
            double below = double.NaN;
            if (label >= 0 && label < columns) below = TExp.ToDouble(top) - TExp.ToDouble(TElements.Load(source[label]));
            double loss = KernelMath.Log(total) + (1 - smoothing) * below;
            if (smoothing > 0)
            {
                double apart = 0;
                foreach (int i in Lanes.Range(0, columns)) apart += TExp.ToDouble(top - TElements.Load(source[i]));
                loss += smoothing / (double)columns * Lanes.Sum(apart);
            }
            losses[row] = TExp.FromDouble(loss);
            if (wantsGradient != 0)
            {
                PowerSum sum = OfLogits<T, TExp>(total, top);
                Inverse<T, TExp>(sum.Total, out T m, out T r, out double power);
                T shift = TExp.FromDouble(sum.Shift), exponent = TExp.FromDouble(sum.Exponent + power), least = TExp.Vanishing(exponent), g = TExp.FromDouble(gradientScale);
                T elsewhere = TExp.FromDouble(smoothing / (double)columns), there = TExp.FromDouble(1 - smoothing);
                foreach (int i in Lanes.Range(0, columns))
                {
                    T p = TExp.Power(TElements.Load(source[i]) - shift, least, exponent, m, r) - elsewhere;
                    target[i] = TElements.Store(g * (i == label ? p - there : p));
                }
            }
        }
    }
}
