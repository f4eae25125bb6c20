using System.Buffers;
using System.Numerics;

namespace Kernels;

/// <summary>
/// Σ e^(x_j) of a part of a row, as Sum 2^Exponent e^Shift: parts that several threads or machines have are merged, and each then writes its own
/// probabilities. Merging is associative up to the rounding of doubles.
/// </summary>
/// <param name="Sum">At least 0; NaN if the part holds NaN or +infinity.</param>
/// <param name="Exponent">Integral.</param>
/// <param name="Shift">0, or the largest element where elements are beyond 1e5.</param>
public readonly record struct SoftmaxPartial(double Sum, double Exponent, double Shift)
{
    // Elements of a piece, whatever the number of threads, so that results do not depend on it.
    internal const int Piece = 65536;

    /// <summary>Of no elements.</summary>
    public static SoftmaxPartial Empty => default;

    /// <summary>log of the sum: -infinity for nothing. Absolute error at most 4e-7 for floats.</summary>
    public double LogSumExp => Shift + (Exponent * Math.Log(2) + Math.Log(Sum));

    /// <summary>Of x.</summary>
    /// <param name="x">Any length.</param>
    /// <param name="options">Scale, threads and target count.</param>
    public static SoftmaxPartial Compute(ReadOnlySpan<float> x, SoftmaxOptions? options = null) =>
        Compute<float, SingleExponential, PlainSingle, MaskedSingle>(x, default, default, options ?? SoftmaxOptions.Default);

    /// <inheritdoc cref="Compute(ReadOnlySpan{float}, SoftmaxOptions?)"/>
    public static SoftmaxPartial Compute(ReadOnlySpan<double> x, SoftmaxOptions? options = null) =>
        Compute<double, DoubleExponential, PlainDouble, MaskedDouble>(x, default, default, options ?? SoftmaxOptions.Default);

    /// <summary>Of both parts.</summary>
    public static SoftmaxPartial Merge(SoftmaxPartial a, SoftmaxPartial b)
    {
        if (!(a.Sum > 0 && b.Sum > 0)) return double.IsNaN(a.Sum) || b.Sum == 0 ? a : b;
        if (a.Shift == 0 && b.Shift == 0)
        {
            double top = Math.Max(a.Exponent, b.Exponent);
            return new(Scaled(a.Sum, a.Exponent - top) + Scaled(b.Sum, b.Exponent - top), top, 0);
        }
        // The larger one says how the sum is kept. Differences of shifts are exact or so large that they decide.
        var (large, small) = Below(a, b) > 0 ? (b, a) : (a, b);
        return large with { Sum = large.Sum + small.Sum * Math.Exp(Below(large, small)) };
    }

    // log of 2^e e^s of b by that of a.
    static double Below(SoftmaxPartial a, SoftmaxPartial b) => b.Shift - a.Shift + (b.Exponent - a.Exponent) * Math.Log(2);

    static double Scaled(double x, double exponent) => Math.ScaleB(x, (int)Math.Max(exponent, -3000));

    /// <summary>y_j = e^(x_j) / sum, for elements x that are among those of this sum.</summary>
    /// <param name="x">A part of the row.</param>
    /// <param name="y">At least as long; exactly x, or apart from it.</param>
    /// <param name="options">As for <see cref="Compute(ReadOnlySpan{float}, SoftmaxOptions?)"/>.</param>
    /// <exception cref="ArgumentException">y is shorter than x, or overlaps it in part.</exception>
    public void Write(ReadOnlySpan<float> x, Span<float> y, SoftmaxOptions? options = null) =>
        Write<float, SingleExponential, PlainSingle, MaskedSingle>(x, y, default, default, options ?? SoftmaxOptions.Default);

    /// <inheritdoc cref="Write(ReadOnlySpan{float}, Span{float}, SoftmaxOptions?)"/>
    public void Write(ReadOnlySpan<double> x, Span<double> y, SoftmaxOptions? options = null) =>
        Write<double, DoubleExponential, PlainDouble, MaskedDouble>(x, y, default, default, options ?? SoftmaxOptions.Default);

    internal static SoftmaxPartial Compute<T, TExp, TPlain, TMasked>(ReadOnlySpan<T> x, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, SoftmaxOptions options)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : unmanaged, IExponential<T> where TPlain : unmanaged, IElements<T, T> where TMasked : unmanaged, IElements<T, T>
    {
        if (x.IsEmpty) return Empty;
        int pieces = (int)(((long)x.Length + Piece - 1) / Piece);
        double[]? rented = pieces > 16 ? ArrayPool<double>.Shared.Rent(3 * pieces) : null;
        Span<double> sums = rented ?? stackalloc double[48], totals = sums[..pieces], exponents = sums.Slice(pieces, pieces), shifts = sums.Slice(2 * pieces, pieces);
        T scale = RowArguments.Scale<T>(options);
        int hasKeep = keep.IsEmpty ? 0 : 1, hasBias = bias.IsEmpty ? 0 : 1;
        if (options.Scale == 1 && hasKeep + hasBias == 0)
            SoftmaxRows.PieceSumsKernel.Run<T, TExp, TPlain>(pieces, Piece, 0, 0, scale, x, keep, bias, totals, exponents, shifts, options.Kernel);
        else SoftmaxRows.PieceSumsKernel.Run<T, TExp, TMasked>(pieces, Piece, hasKeep, hasBias, scale, x, keep, bias, totals, exponents, shifts, options.Kernel);
        SoftmaxPartial all = Empty;
        for (int p = 0; p < pieces; p++) all = Merge(all, new(totals[p], exponents[p], shifts[p]));
        if (rented is not null) ArrayPool<double>.Shared.Return(rented);
        return all;
    }

    internal unsafe void Write<T, TExp, TPlain, TMasked>(ReadOnlySpan<T> x, Span<T> y, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, SoftmaxOptions options)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : unmanaged, IExponential<T> where TPlain : unmanaged, IElements<T, T> where TMasked : unmanaged, IElements<T, T>
    {
        if (y.Length < x.Length) throw new ArgumentException($"{y.Length} elements, but x has {x.Length}.", nameof(y));
        if (x.IsEmpty) return;
        int pieces = (int)(((long)x.Length + Piece - 1) / Piece), head = (16 - RowArguments.Misalignment(y)) & 15;
        T scale = RowArguments.Scale<T>(options);
        PowerSum sum = new() { Total = Sum, Exponent = Exponent, Shift = Shift };
        int hasKeep = keep.IsEmpty ? 0 : 1, hasBias = bias.IsEmpty ? 0 : 1;
        if (options.Scale == 1 && hasKeep + hasBias == 0)
            SoftmaxRows.WritePiecesKernel.Run<T, TExp, TPlain>(pieces, Piece, head, 0, 0, sum, scale, x, y[..x.Length], keep, bias, options.Kernel);
        else SoftmaxRows.WritePiecesKernel.Run<T, TExp, TMasked>(pieces, Piece, head, hasKeep, hasBias, sum, scale, x, y[..x.Length], keep, bias, options.Kernel);
    }
}
