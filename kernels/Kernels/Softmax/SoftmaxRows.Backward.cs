using System.Numerics;

namespace Kernels;

static partial class SoftmaxRows
{
    /// <summary>dx = scale y (dy - Σ y dy) by rows, 0 where y is 0.</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    [Specialize(typeof(Half), typeof(float), typeof(SingleExponential), typeof(MaskedHalf))]
    [Specialize(typeof(BFloat16), typeof(float), typeof(SingleExponential), typeof(MaskedBFloat16))]
    internal static void Backward<TElement, T, TExp, TElements>([Block] int row, int columns, T scale, ReadOnlySpan<TElement> y, ReadOnlySpan<TElement> dy,
        [InPlace(nameof(y)), InPlace(nameof(dy))] Span<TElement> dx)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        int from = row * columns;
        double sum = 0;
        foreach (int i in Lanes.Range(0, columns))
        {
            T p = TElements.Load(y[from + i]), d = TElements.Load(dy[from + i]);
            sum += TExp.ToDouble(p) * TExp.ToDouble(p == T.Zero ? T.Zero : d);
        }
        T inner = TExp.FromDouble(Lanes.Sum(sum));
        foreach (int i in Lanes.Range(0, columns))
        {
            T p = TElements.Load(y[from + i]), d = TElements.Load(dy[from + i]);
            dx[from + i] = TElements.Store(p == T.Zero ? T.Zero : scale * p * (d - inner));
        }
    }

    /// <summary>dx = scale (dy - e^y Σ dy) by rows, for y = log softmax.</summary>
    [Kernel]
    [Specialize(typeof(float), typeof(float), typeof(SingleExponential), typeof(MaskedSingle))]
    [Specialize(typeof(double), typeof(double), typeof(DoubleExponential), typeof(MaskedDouble))]
    [Specialize(typeof(Half), typeof(float), typeof(SingleExponential), typeof(MaskedHalf))]
    [Specialize(typeof(BFloat16), typeof(float), typeof(SingleExponential), typeof(MaskedBFloat16))]
    internal static void LogBackward<TElement, T, TExp, TElements>([Block] int row, int columns, T scale, ReadOnlySpan<TElement> y, ReadOnlySpan<TElement> dy,
        [InPlace(nameof(y)), InPlace(nameof(dy))] Span<TElement> dx)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : struct, IExponential<T> where TElements : struct, IElements<TElement, T>
    {
        int from = row * columns;
        double sum = 0;
        foreach (int i in Lanes.Range(0, columns)) sum += TExp.ToDouble(TElements.Load(y[from + i]) == T.NegativeInfinity ? T.Zero : TElements.Load(dy[from + i]));
        T all = TExp.FromDouble(Lanes.Sum(sum));
        foreach (int i in Lanes.Range(0, columns))
        {
            T l = TElements.Load(y[from + i]), p = TExp.Power(l, TExp.Vanishing(T.Zero), T.Zero, T.One, T.Zero);
            dx[from + i] = TElements.Store(l == T.NegativeInfinity ? T.Zero : scale * (TElements.Load(dy[from + i]) - p * all));
        }
    }
}
