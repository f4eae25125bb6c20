namespace Kernels;

/// <summary>
/// y_j = g(z_j) / Σ g(z_k) with g(z) = z + 1 from 0 on and 1/(1 - z) below, z = scale*x, by rows: a softmax without exponentials, whose sum does not absorb
/// small terms (Prieto et al., "Grokking at the Edge of Numerical Stability", 2025). Within 1 ULP; NaN or +infinity in a row gives NaN throughout, -infinity 0.
/// </summary>
public static class StableMax
{
    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="y">At least as many; exactly x, or apart from it.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty, y is shorter, or overlaps x in part.</exception>
    public static void Compute(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, y, 1, x.Length, options);
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many; exactly x, or apart from it.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or y overlaps x in part.</exception>
    public static void Rows(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.StableKernel.Run<float, float, SingleExponential, MaskedSingle>(rows, cols, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<float>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(y, rows, cols, cols), options.Kernel);
    }

    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="y">At least as many; exactly x, or apart from it.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty, y is shorter, or overlaps x in part.</exception>
    public static void Compute(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, y, 1, x.Length, options);
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many; exactly x, or apart from it.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or y overlaps x in part.</exception>
    public static void Rows(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.StableKernel.Run<double, double, DoubleExponential, MaskedDouble>(rows, cols, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<double>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(y, rows, cols, cols), options.Kernel);
    }

    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="y">At least as many; exactly x, or apart from it.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty, y is shorter, or overlaps x in part.</exception>
    public static void Compute(ReadOnlySpan<Half> x, Span<Half> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, y, 1, x.Length, options);
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many; exactly x, or apart from it.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or y overlaps x in part.</exception>
    public static void Rows(ReadOnlySpan<Half> x, Span<Half> y, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.StableKernel.Run<Half, float, SingleExponential, MaskedHalf>(rows, cols, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<float>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(y, rows, cols, cols), options.Kernel);
    }

    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="y">At least as many; exactly x, or apart from it.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty, y is shorter, or overlaps x in part.</exception>
    public static void Compute(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        Rows(x, y, 1, x.Length, options);
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many; exactly x, or apart from it.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, or y overlaps x in part.</exception>
    public static void Rows(ReadOnlySpan<BFloat16> x, Span<BFloat16> y, int rows, int cols, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        SoftmaxRows.StableKernel.Run<BFloat16, float, SingleExponential, MaskedBFloat16>(rows, cols, options.FullyMasked == FullyMaskedRows.Zero ? 1 : 0, RowArguments.Scale<float>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(y, rows, cols, cols), options.Kernel);
    }
}
