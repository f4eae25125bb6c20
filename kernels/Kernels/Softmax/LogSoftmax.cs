using System.Numerics;

namespace Kernels;

/// <summary>
/// y_j = z_j - log Σ e^(z_k), z = scale*x + bias, by rows; computed as (z - max) - log Σ e^(z - max), so that nothing cancels: at most 3 ULP from the true value, and 0
/// for a row of one element. Where <see cref="Softmax"/> gives 0 for a masked element, -infinity.
/// </summary>
public static class LogSoftmax
{
    /// <inheritdoc cref="Softmax.Compute(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public static void Compute(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, Span{float}, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, int, Span{float}, int, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Run<float, float, SingleExponential, MaskedSingle>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <inheritdoc cref="Softmax.Axis(ReadOnlySpan{float}, Span{float}, int, int, int, SoftmaxOptions?)"/>
    public static void Axis(ReadOnlySpan<float> x, Span<float> y, int outer, int axis, int inner, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Axes(ref x, ref y, outer, axis, inner, out int panels)) return;
        SoftmaxRows.LogAxisKernel.Run<float, SingleExponential, MaskedSingle>(outer, panels, axis, inner, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<float>(options), x, y, default, default, options.Kernel);
    }

    /// <summary>The gradient by x from that by y: dx = scale (dy - e^y Σ dy), by rows; 0 where y is -infinity.</summary>
    /// <param name="y">The logarithms: rows*cols elements.</param>
    /// <param name="dy">As many.</param>
    /// <param name="dx">As many; exactly y or dy, or apart from both.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">The scale of the softmax; threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or dx overlaps another in part.</exception>
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.LogBackwardKernel.Run<float, float, SingleExponential, MaskedSingle>(rows, cols, RowArguments.Scale<float>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    /// <inheritdoc cref="Softmax.Compute(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public static void Compute(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, Span{float}, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, int, Span{float}, int, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<double> x, int xStride, Span<double> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Run<double, double, DoubleExponential, MaskedDouble>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <inheritdoc cref="Softmax.Axis(ReadOnlySpan{float}, Span{float}, int, int, int, SoftmaxOptions?)"/>
    public static void Axis(ReadOnlySpan<double> x, Span<double> y, int outer, int axis, int inner, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Axes(ref x, ref y, outer, axis, inner, out int panels)) return;
        SoftmaxRows.LogAxisKernel.Run<double, DoubleExponential, MaskedDouble>(outer, panels, axis, inner, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<double>(options), x, y, default, default, options.Kernel);
    }

    /// <summary>The gradient by x from that by y: dx = scale (dy - e^y Σ dy), by rows; 0 where y is -infinity.</summary>
    /// <param name="y">The logarithms: rows*cols elements.</param>
    /// <param name="dy">As many.</param>
    /// <param name="dx">As many; exactly y or dy, or apart from both.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">The scale of the softmax; threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or dx overlaps another in part.</exception>
    public static void Backward(ReadOnlySpan<double> y, ReadOnlySpan<double> dy, Span<double> dx, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.LogBackwardKernel.Run<double, double, DoubleExponential, MaskedDouble>(rows, cols, RowArguments.Scale<double>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    /// <inheritdoc cref="Softmax.Compute(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public static void Compute(ReadOnlySpan<Half> x, Span<Half> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, Span{float}, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, int, Span{float}, int, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<Half> x, int xStride, Span<Half> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Run<Half, float, SingleExponential, MaskedHalf>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <summary>The gradient by x from that by y: dx = scale (dy - e^y Σ dy), by rows; 0 where y is -infinity.</summary>
    /// <param name="y">The logarithms: rows*cols elements.</param>
    /// <param name="dy">As many.</param>
    /// <param name="dx">As many; exactly y or dy, or apart from both.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">The scale of the softmax; threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or dx overlaps another in part.</exception>
    public static void Backward(ReadOnlySpan<Half> y, ReadOnlySpan<Half> dy, Span<Half> dx, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.LogBackwardKernel.Run<Half, float, SingleExponential, MaskedHalf>(rows, cols, RowArguments.Scale<float>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    /// <inheritdoc cref="Softmax.Compute(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public static void Compute(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, Span{float}, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <inheritdoc cref="Softmax.Rows(ReadOnlySpan{float}, int, Span{float}, int, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<BFloat16> x, int xStride, Span<BFloat16> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Run<BFloat16, float, SingleExponential, MaskedBFloat16>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <summary>The gradient by x from that by y: dx = scale (dy - e^y Σ dy), by rows; 0 where y is -infinity.</summary>
    /// <param name="y">The logarithms: rows*cols elements.</param>
    /// <param name="dy">As many.</param>
    /// <param name="dx">As many; exactly y or dy, or apart from both.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">The scale of the softmax; threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or dx overlaps another in part.</exception>
    public static void Backward(ReadOnlySpan<BFloat16> y, ReadOnlySpan<BFloat16> dy, Span<BFloat16> dx, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.LogBackwardKernel.Run<BFloat16, float, SingleExponential, MaskedBFloat16>(rows, cols, RowArguments.Scale<float>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    static void Run<TElement, T, TExp, TMasked>(ReadOnlySpan<TElement> x, int xStride, Span<TElement> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions options)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : unmanaged, IExponential<T> where TMasked : unmanaged, IElements<TElement, T>
    {
        if (!RowArguments.Any(rows, cols)) return;
        x = RowArguments.Input(x, rows, cols, xStride);
        y = RowArguments.Output(y, rows, cols, yStride);
        RowArguments.InPlaceOrApart(x, xStride, y, yStride, rows);
        var shape = RowArguments.Shape(rows, cols, xStride, yStride, mask, options.FullyMasked, 0);
        SoftmaxRows.LogProbabilitiesKernel.Run<TElement, T, TExp, TMasked>(rows, shape, RowArguments.Scale<T>(options), x, y, mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
    }
}
