namespace Kernels.Examples;

public static partial class SoftmaxRow
{
    /// <summary>y[r, i] = e^(x[r, i]) / Σ_j e^(x[r, j]), row-major. Allocates nothing; the same result for any number of threads.</summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">At least as many; the same memory as x, or memory that does not overlap it. The rest stays as it is.</param>
    /// <param name="rows">The number of rows; 0 does nothing.</param>
    /// <param name="cols">Elements in a row, at least 1.</param>
    /// <param name="options">Threads, target, cancellation.</param>
    /// <remarks>Error and special values: <see cref="Row"/>.</remarks>
    /// <exception cref="ArgumentException">A size is out of range, a span too short, or the spans overlap in part. Nothing has been written.</exception>
    public static void Rows(ReadOnlySpan<float> x, Span<float> y, int rows, int cols, KernelOptions? options = null)
    {
        Check(rows, cols, x.Length, y.Length);
        RowKernel.Run(rows, cols, x[..(rows * cols)], y[..(rows * cols)], options);
    }

    /// <inheritdoc cref="Rows(ReadOnlySpan{float}, Span{float}, int, int, KernelOptions?)"/>
    public static void Rows(ReadOnlySpan<double> x, Span<double> y, int rows, int cols, KernelOptions? options = null)
    {
        Check(rows, cols, x.Length, y.Length);
        RowDoubleKernel.Run(rows, cols, x[..(rows * cols)], y[..(rows * cols)], options);
    }

    static void Check(int rows, int cols, int source, int destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(cols, 1);
        if (source < (long)rows * cols) throw new ArgumentException($"{rows} rows of {cols} elements need more than the {source} there are.", "x");
        if (destination < (long)rows * cols) throw new ArgumentException($"{rows} rows of {cols} elements need more than the {destination} there are.", "y");
    }
}
