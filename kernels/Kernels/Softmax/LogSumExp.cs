namespace Kernels;

/// <summary>
/// log Σ e^(z_k), z = scale*x + bias, by rows: the maximum plus the logarithm of a sum that is at least 1. Error at most 1 ULP of the result and 4e-7 (float) or 1e-15
/// (double) of the logarithm of the sum. NaN gives NaN, else +infinity gives +infinity, and nothing but -infinity gives -infinity.
/// </summary>
public static class LogSumExp
{
    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty.</exception>
    public static float Compute(ReadOnlySpan<float> x, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        float result = 0;
        Rows(x, new Span<float>(ref result), 1, x.Length, default, options);
        return result;
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="result">rows elements, apart from x.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="mask">What counts of a row.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, result overlaps x, or the mask does not fit.</exception>
    public static void Rows(ReadOnlySpan<float> x, Span<float> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        var shape = RowArguments.Shape(rows, cols, cols, cols, mask, options.FullyMasked, 0);
        SoftmaxRows.LogSumsKernel.Run<float, float, SingleExponential, MaskedSingle>(rows, shape, RowArguments.Scale<float>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(result, rows, 1, 1),
            mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
    }

    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty.</exception>
    public static double Compute(ReadOnlySpan<double> x, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        double result = 0;
        Rows(x, new Span<double>(ref result), 1, x.Length, default, options);
        return result;
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="result">rows elements, apart from x.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="mask">What counts of a row.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, result overlaps x, or the mask does not fit.</exception>
    public static void Rows(ReadOnlySpan<double> x, Span<double> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        var shape = RowArguments.Shape(rows, cols, cols, cols, mask, options.FullyMasked, 0);
        SoftmaxRows.LogSumsKernel.Run<double, double, DoubleExponential, MaskedDouble>(rows, shape, RowArguments.Scale<double>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(result, rows, 1, 1),
            mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
    }

    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty.</exception>
    public static float Compute(ReadOnlySpan<Half> x, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        float result = 0;
        Rows(x, new Span<float>(ref result), 1, x.Length, default, options);
        return result;
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="result">rows elements, apart from x.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="mask">What counts of a row.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, result overlaps x, or the mask does not fit.</exception>
    public static void Rows(ReadOnlySpan<Half> x, Span<float> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        var shape = RowArguments.Shape(rows, cols, cols, cols, mask, options.FullyMasked, 0);
        SoftmaxRows.LogSumsKernel.Run<Half, float, SingleExponential, MaskedHalf>(rows, shape, RowArguments.Scale<float>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(result, rows, 1, 1),
            mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
    }

    /// <summary>Of one row.</summary>
    /// <param name="x">At least one element.</param>
    /// <param name="options">Scale, target.</param>
    /// <exception cref="ArgumentException">x is empty.</exception>
    public static float Compute(ReadOnlySpan<BFloat16> x, SoftmaxOptions? options = null)
    {
        if (x.IsEmpty) throw new ArgumentException("A row needs at least one element.", nameof(x));
        float result = 0;
        Rows(x, new Span<float>(ref result), 1, x.Length, default, options);
        return result;
    }

    /// <summary>Of each row of a row-major matrix.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="result">rows elements, apart from x.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="mask">What counts of a row.</param>
    /// <param name="options">Scale, threads.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a span is too short, result overlaps x, or the mask does not fit.</exception>
    public static void Rows(ReadOnlySpan<BFloat16> x, Span<float> result, int rows, int cols, RowMask mask = default, SoftmaxOptions? options = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!RowArguments.Any(rows, cols)) return;
        var shape = RowArguments.Shape(rows, cols, cols, cols, mask, options.FullyMasked, 0);
        SoftmaxRows.LogSumsKernel.Run<BFloat16, float, SingleExponential, MaskedBFloat16>(rows, shape, RowArguments.Scale<float>(options), RowArguments.Input(x, rows, cols, cols), RowArguments.Output(result, rows, 1, 1),
            mask.Keep, mask.Bias, mask.Lengths, options.Kernel);
    }
}
