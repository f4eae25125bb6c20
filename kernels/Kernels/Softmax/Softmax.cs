using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels;

/// <summary>
/// y_j = e^(z_j) / Σ e^(z_k), z = scale*x + bias, by rows. Within 4.5 ULP of the true value for float and double (tested; docs/softmax.md says what is proved), one more step where that is subnormal, and correctly
/// rounded but for as much for Half and BFloat16; Σ y within 2e-7 of 1 for float. NaN or +infinity among the z: NaN throughout. -infinity gives +0.
/// Algorithms, error analysis and figures: docs/softmax.md.
/// </summary>
public static partial class Softmax
{
    /// <summary>Softmax of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="y">At least as many; exactly x, or apart from it. What is longer stays as it is.</param>
    /// <param name="options">Scale, policy, algorithm, threads.</param>
    /// <exception cref="ArgumentException">x is empty, y is shorter, or overlaps x in part.</exception>
    public static void Compute(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <summary>Softmax of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many; exactly x, or apart from it.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="mask">What counts of a row.</param>
    /// <param name="options">Scale, policy, algorithm, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, y overlaps x in part, or the mask does not fit.</exception>
    public static void Rows(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <summary>Softmax of each row of a matrix whose rows lie xStride and yStride elements apart. What lies between rows of y stays as it is.</summary>
    /// <param name="x">(rows - 1)*xStride + cols elements.</param>
    /// <param name="xStride">At least cols.</param>
    /// <param name="y">(rows - 1)*yStride + cols elements; exactly x with its stride, or apart from it.</param>
    /// <param name="yStride">At least cols.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="mask">What counts of a row.</param>
    /// <param name="options">Scale, policy, algorithm, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, y overlaps x in part, or the mask does not fit.</exception>
    public static void Rows(ReadOnlySpan<float> x, int xStride, Span<float> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Wide<float, SingleExponential, PlainSingle, MaskedSingle>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <summary>Softmax along the middle axis of outer x axis x inner elements.</summary>
    /// <param name="x">outer*axis*inner elements.</param>
    /// <param name="y">As many; exactly x, or apart from it.</param>
    /// <param name="outer">0: nothing happens.</param>
    /// <param name="axis">At least 1.</param>
    /// <param name="inner">0: nothing happens.</param>
    /// <param name="options">Scale, policy, threads.</param>
    /// <exception cref="ArgumentException">A size is negative, axis is 0, a span is too short, or y overlaps x in part.</exception>
    public static void Axis(ReadOnlySpan<float> x, Span<float> y, int outer, int axis, int inner, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Axes(ref x, ref y, outer, axis, inner, out int panels)) return;
        SoftmaxRows.AxisKernel.Run<float, SingleExponential, MaskedSingle>(outer, panels, axis, inner, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<float>(options), x, y, default, default, options.Kernel);
    }

    /// <summary>The gradient by x from that by y: dx = scale y (dy - Σ y dy), by rows; exactly 0 where y is 0, whatever dy is there.</summary>
    /// <param name="y">The softmax: rows*cols elements.</param>
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
        SoftmaxRows.BackwardKernel.Run<float, float, SingleExponential, MaskedSingle>(rows, cols, RowArguments.Scale<float>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public static void Compute(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <inheritdoc cref="Rows(ReadOnlySpan{float}, Span{float}, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <inheritdoc cref="Rows(ReadOnlySpan{float}, int, Span{float}, int, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<double> x, int xStride, Span<double> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Wide<double, DoubleExponential, PlainDouble, MaskedDouble>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <inheritdoc cref="Axis(ReadOnlySpan{float}, Span{float}, int, int, int, SoftmaxOptions?)"/>
    public static void Axis(ReadOnlySpan<double> x, Span<double> y, int outer, int axis, int inner, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Axes(ref x, ref y, outer, axis, inner, out int panels)) return;
        SoftmaxRows.AxisKernel.Run<double, DoubleExponential, MaskedDouble>(outer, panels, axis, inner, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<double>(options), x, y, default, default, options.Kernel);
    }

    /// <inheritdoc cref="Backward(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int, int, SoftmaxOptions?)"/>
    public static void Backward(ReadOnlySpan<double> y, ReadOnlySpan<double> dy, Span<double> dx, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.BackwardKernel.Run<double, double, DoubleExponential, MaskedDouble>(rows, cols, RowArguments.Scale<double>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public static void Compute(ReadOnlySpan<Half> x, Span<Half> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <inheritdoc cref="Rows(ReadOnlySpan{float}, Span{float}, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <inheritdoc cref="Rows(ReadOnlySpan{float}, int, Span{float}, int, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<Half> x, int xStride, Span<Half> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Narrow<Half, MaskedHalf>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <inheritdoc cref="Backward(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int, int, SoftmaxOptions?)"/>
    public static void Backward(ReadOnlySpan<Half> y, ReadOnlySpan<Half> dy, Span<Half> dx, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.BackwardKernel.Run<Half, float, SingleExponential, MaskedHalf>(rows, cols, RowArguments.Scale<float>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public static void Compute(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, x.Length, y, x.Length, 1, x.Length, default, options);
    }

    /// <inheritdoc cref="Rows(ReadOnlySpan{float}, Span{float}, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) => Rows(x, cols, y, cols, rows, cols, mask, options);

    /// <inheritdoc cref="Rows(ReadOnlySpan{float}, int, Span{float}, int, int, int, RowMask, SoftmaxOptions?)"/>
    public static void Rows(ReadOnlySpan<BFloat16> x, int xStride, Span<BFloat16> y, int yStride, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null) =>
        Narrow<BFloat16, MaskedBFloat16>(x, xStride, y, yStride, rows, cols, mask, options ?? SoftmaxOptions.Default);

    /// <inheritdoc cref="Backward(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int, int, SoftmaxOptions?)"/>
    public static void Backward(ReadOnlySpan<BFloat16> y, ReadOnlySpan<BFloat16> dy, Span<BFloat16> dx, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.BackwardKernel.Run<BFloat16, float, SingleExponential, MaskedBFloat16>(rows, cols, RowArguments.Scale<float>(options), RowArguments.Input(y, rows, cols, cols), RowArguments.Input(dy, rows, cols, cols),
            RowArguments.Output(dx, rows, cols, cols), options.Kernel);
    }

    // x and y together: what the two-pass form reads and writes past the caches is larger than a quarter of a last-level cache of 32 MiB.
    const long CachedBytes = 8 << 20;

    // Shorter rows are bound by what a row costs, and stay in the caches between the passes anyway: with 1000 columns reloading is faster, with 4000 both are equal.
    const int LongColumns = 4096;

    static void Wide<T, TExp, TPlain, TMasked>(ReadOnlySpan<T> x, int xStride, Span<T> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions options)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : unmanaged, IExponential<T> where TPlain : unmanaged, IElements<T, T> where TMasked : unmanaged, IElements<T, T>
    {
        if (!RowArguments.Any(rows, cols)) return;
        x = RowArguments.Input(x, rows, cols, xStride);
        y = RowArguments.Output(y, rows, cols, yStride);
        RowArguments.InPlaceOrApart(x, xStride, y, yStride, rows);
        var shape = RowArguments.Shape(rows, cols, xStride, yStride, mask, options.FullyMasked, RowArguments.Misalignment(y));
        bool plain = RowArguments.IsPlain(shape, options);
        T scale = RowArguments.Scale<T>(options);
        var algorithm = options.Algorithm;
        if (algorithm == SoftmaxAlgorithm.Auto)
            algorithm = cols >= LongColumns && 2L * rows * cols * Unsafe.SizeOf<T>() > CachedBytes ? SoftmaxAlgorithm.TwoPass : SoftmaxAlgorithm.Reload;
        if (algorithm == SoftmaxAlgorithm.Paper) Paper(x, y, rows, shape, plain, options);
        else if (algorithm == SoftmaxAlgorithm.TwoPass && cols >= 2 * SoftmaxPartial.Piece) Pieces<T, TExp, TPlain, TMasked>(x, y, rows, shape, mask, options);
        else if (algorithm == SoftmaxAlgorithm.TwoPass && plain)
            SoftmaxRows.TwoPassKernel.Run<T, TExp, TPlain>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
        else if (algorithm == SoftmaxAlgorithm.TwoPass)
            SoftmaxRows.TwoPassKernel.Run<T, TExp, TMasked>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
        else if (plain && typeof(T) == typeof(float) && cols <= SoftmaxRows.ShortColumns && shape.Causal + shape.HasLengths == 0)
            SoftmaxRows.ShortKernel.Run((int)((rows + SoftmaxRows.ShortRows - 1L) / SoftmaxRows.ShortRows), rows, shape, MemoryMarshal.Cast<T, float>(x), MemoryMarshal.Cast<T, float>(y), default, default, options.Kernel);
        else if (plain) SoftmaxRows.ReloadKernel.Run<T, TExp, TPlain>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
        else SoftmaxRows.ReloadKernel.Run<T, TExp, TMasked>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
    }

    static void Narrow<TElement, TMasked>(ReadOnlySpan<TElement> x, int xStride, Span<TElement> y, int yStride, int rows, int cols, RowMask mask, SoftmaxOptions options)
        where TElement : unmanaged where TMasked : unmanaged, IElements<TElement, float>
    {
        if (!RowArguments.Any(rows, cols)) return;
        x = RowArguments.Input(x, rows, cols, xStride);
        y = RowArguments.Output(y, rows, cols, yStride);
        RowArguments.InPlaceOrApart(x, xStride, y, yStride, rows);
        var shape = RowArguments.Shape(rows, cols, xStride, yStride, mask, options.FullyMasked, 0);
        if (options.Algorithm == SoftmaxAlgorithm.Paper) throw new ArgumentException("The paper's form is there for float, without masks and with scale 1.", nameof(options));
        SoftmaxRows.ProbabilitiesKernel.Run<TElement, float, SingleExponential, TMasked>(rows, shape, RowArguments.Scale<float>(options), x, y, mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
    }

    // Long rows by pieces, that threads share.
    static void Pieces<T, TExp, TPlain, TMasked>(ReadOnlySpan<T> x, Span<T> y, int rows, RowShape shape, RowMask mask, SoftmaxOptions options)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : unmanaged, IExponential<T> where TPlain : unmanaged, IElements<T, T> where TMasked : unmanaged, IElements<T, T>
    {
        for (int row = 0; row < rows; row++)
        {
            int limit = shape.Limit(row, mask.Lengths);
            var source = x.Slice(row * shape.XStride, limit);
            var target = y.Slice(row * shape.YStride, shape.Columns);
            var keep = mask.Keep.Slice(row * shape.KeepStride, Math.Min(limit, shape.KeepColumns));
            var bias = mask.Bias.Slice(row * shape.BiasStride, Math.Min(limit, shape.BiasColumns));
            var sum = SoftmaxPartial.Compute<T, TExp, TPlain, TMasked>(source, keep, bias, options);
            if (sum.Sum == 0) target[..limit].Fill(shape.Zero != 0 ? T.Zero : T.NaN);
            else sum.Write<T, TExp, TPlain, TMasked>(source, target[..limit], keep, bias, options);
            target[limit..].Clear();
        }
    }

    static void Paper<T>(ReadOnlySpan<T> x, Span<T> y, int rows, RowShape shape, bool plain, SoftmaxOptions options) where T : unmanaged
    {
        if (!plain || shape.Causal + shape.HasLengths > 0 || typeof(T) != typeof(float)) throw new ArgumentException("The paper's form is there for float, without masks and with scale 1.", nameof(options));
        SoftmaxRows.PaperKernel.Run(rows, shape.Columns, shape.XStride, shape.YStride, MemoryMarshal.Cast<T, float>(x),
            MemoryMarshal.Cast<T, float>(y), options.Kernel);
    }
}
