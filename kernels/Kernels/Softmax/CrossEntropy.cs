using System.Numerics;

namespace Kernels;

/// <summary>
/// Cross-entropy of logits z with one label a row: log Σ e^z - (1 - ε) z_label - ε/cols Σ z, and on request its gradient
/// g (softmax - (1 - ε) [label] - ε/cols), in one sweep. The loss is summed in double, relative to the maximum.
/// </summary>
public static partial class CrossEntropy
{
    /// <summary>The losses.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, Span<float> losses, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<float, float, SingleExponential, MaskedSingle>(logits, labels, losses, default, 0, rows, cols, options ?? CrossEntropyOptions.Default);

    /// <summary>The losses and their gradient.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="gradient">rows*cols elements; exactly logits, or apart from them.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, the gradient's factor, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, Span<float> losses, Span<float> gradient, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<float, float, SingleExponential, MaskedSingle>(logits, labels, losses, gradient, 1, rows, cols, options ?? CrossEntropyOptions.Default);

    /// <summary>The losses.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, Span<double> losses, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<double, double, DoubleExponential, MaskedDouble>(logits, labels, losses, default, 0, rows, cols, options ?? CrossEntropyOptions.Default);

    /// <summary>The losses and their gradient.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="gradient">rows*cols elements; exactly logits, or apart from them.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, the gradient's factor, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, Span<double> losses, Span<double> gradient, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<double, double, DoubleExponential, MaskedDouble>(logits, labels, losses, gradient, 1, rows, cols, options ?? CrossEntropyOptions.Default);

    /// <summary>The losses.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<Half> logits, ReadOnlySpan<int> labels, Span<float> losses, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<Half, float, SingleExponential, MaskedHalf>(logits, labels, losses, default, 0, rows, cols, options ?? CrossEntropyOptions.Default);

    /// <summary>The losses and their gradient.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="gradient">rows*cols elements; exactly logits, or apart from them.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, the gradient's factor, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<Half> logits, ReadOnlySpan<int> labels, Span<float> losses, Span<Half> gradient, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<Half, float, SingleExponential, MaskedHalf>(logits, labels, losses, gradient, 1, rows, cols, options ?? CrossEntropyOptions.Default);

    /// <summary>The losses.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<BFloat16> logits, ReadOnlySpan<int> labels, Span<float> losses, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<BFloat16, float, SingleExponential, MaskedBFloat16>(logits, labels, losses, default, 0, rows, cols, options ?? CrossEntropyOptions.Default);

    /// <summary>The losses and their gradient.</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="gradient">rows*cols elements; exactly logits, or apart from them.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, the gradient's factor, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, spans overlap, or a label is out of range.</exception>
    public static void Rows(ReadOnlySpan<BFloat16> logits, ReadOnlySpan<int> labels, Span<float> losses, Span<BFloat16> gradient, int rows, int cols, CrossEntropyOptions? options = null) =>
        Run<BFloat16, float, SingleExponential, MaskedBFloat16>(logits, labels, losses, gradient, 1, rows, cols, options ?? CrossEntropyOptions.Default);

    static void Run<TElement, T, TExp, TMasked>(ReadOnlySpan<TElement> logits, ReadOnlySpan<int> labels, Span<T> losses, Span<TElement> gradient, int wantsGradient, int rows, int cols, CrossEntropyOptions options)
        where TElement : unmanaged where T : unmanaged, IFloatingPointIeee754<T> where TExp : unmanaged, IExponential<T> where TMasked : unmanaged, IElements<TElement, T>
    {
        if (!RowArguments.Any(rows, cols)) return;
        logits = RowArguments.Input(logits, rows, cols, cols);
        labels = RowArguments.Labels(labels, rows, cols, options);
        losses = RowArguments.Output(losses, rows, 1, 1);
        if (wantsGradient != 0)
        {
            gradient = RowArguments.Output(gradient, rows, cols, cols);
            RowArguments.InPlaceOrApart(logits, cols, gradient, cols, rows, nameof(gradient));
        }
        SoftmaxRows.LossesKernel.Run<TElement, T, TExp, TMasked>(rows, cols, options.IgnoreIndex ?? 0, options.IgnoreIndex is null ? 0 : 1, wantsGradient, options.LabelSmoothing, options.GradientScale,
            logits, labels, losses, gradient, default, default, options.Kernel);
    }
}
