namespace Kernels;

// Rows on devices, in floats alone: a group of threads a row, or a piece of one. On CPUs they are there for comparison only.
static partial class SoftmaxRows
{
    // Floats of a piece's sum in memory: Top, High, Low, Exponent, Shift.
    internal const int SumLength = 5;

    /// <summary>Rows of up to some thousand columns: 256 threads a row.</summary>
    [Kernel, CpuLanes(1), Schedule(Threads = 256)]
    [Specialize(typeof(PlainSingle))]
    [Specialize(typeof(MaskedDevice))]
    internal static void DeviceRows<TElements>([Block] int row, RowShape shape, float scale, [Trusted] ReadOnlySpan<float> x, [Trusted, InPlace(nameof(x))] Span<float> y,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths)
        where TElements : struct, IElements<float, float> => DeviceRow<TElements>(row, shape, scale, x, y, keep, bias, lengths);

    /// <summary>Short rows: 32 threads a row.</summary>
    [Kernel, CpuLanes(1), Schedule(Threads = 32)]
    [Specialize(typeof(PlainSingle))]
    [Specialize(typeof(MaskedDevice))]
    internal static void DeviceShortRows<TElements>([Block] int row, RowShape shape, float scale, [Trusted] ReadOnlySpan<float> x, [Trusted, InPlace(nameof(x))] Span<float> y,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths)
        where TElements : struct, IElements<float, float> => DeviceRow<TElements>(row, shape, scale, x, y, keep, bias, lengths);

    static void DeviceRow<TElements>(int row, RowShape shape, float scale, ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, ReadOnlySpan<int> lengths)
        where TElements : struct, IElements<float, float>
    {
        ReadOnlySpan<float> source = x.Slice(row * shape.XStride, shape.Columns);
        Span<float> target = y.Slice(row * shape.YStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int limit = shape.Limit(row, lengths);
        DeviceSum sum = DevicePart<TElements>(source, scale, keeps, biases, 0, limit, out float shift);
        DeviceWrite<TElements>(source, target, scale, keeps, biases, 0, limit, sum, shift, shape.Zero);
        foreach (int i in Lanes.Range(limit, shape.Columns)) target[i] = 0;
    }

    /// <summary>The sums of pieces of rows, one group each.</summary>
    [Kernel, CpuLanes(1), Schedule(Threads = 256)]
    [Specialize(typeof(PlainSingle))]
    [Specialize(typeof(MaskedDevice))]
    internal static void DevicePieceSums<TElements>([Block] int row, [Block] int piece, int pieces, int length, RowShape shape, float scale, [Trusted] ReadOnlySpan<float> x,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths, [Trusted] Span<float> sums)
        where TElements : struct, IElements<float, float>
    {
        ReadOnlySpan<float> source = x.Slice(row * shape.XStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int begin = piece * length, limit = shape.Limit(row, lengths);
        DeviceSum sum = DevicePart<TElements>(source, scale, keeps, biases, begin, Math.Min(begin + length, limit), out float shift);
        StoreSum(sums, SumLength * (row * pieces + piece), sum, shift);
    }

    /// <summary>The sum of a row from those of its pieces.</summary>
    [Kernel, CpuLanes(1), Schedule(Threads = 32)]
    internal static void DeviceMergeSums([Block] int row, int pieces, [Trusted] ReadOnlySpan<float> sums, [Trusted] Span<float> merged)
    {
        ReadOnlySpan<float> source = sums.Slice(SumLength * row * pieces, SumLength * pieces);
        float most = float.NegativeInfinity;
        foreach (int p in Lanes.Range(0, pieces)) most = KernelMath.MaxOrSecond(most, source[SumLength * p]);
        float top = Lanes.Max(most), shift = DeviceShift(top);
        DeviceSum sum = DeviceSum.Zero;
        foreach (int p in Lanes.Range(0, pieces))
        {
            // Relative to the row's shift. A piece's own is its maximum, or 0; above the row's it is only where nothing of the piece counts.
            float factor = DeviceSum.Parts(KernelMath.MinOrSecond(0f, KernelMath.MaxOrSecond(-DeviceSum.Far, source[SumLength * p + 4] - shift)), out float n);
            sum = DeviceSum.Add(sum, new DeviceSum(source[SumLength * p], source[SumLength * p + 1] * factor, source[SumLength * p + 2] * factor, source[SumLength * p + 3] + n));
        }
        DeviceSum total = Lanes.Reduce(sum, DeviceSum.Add);
        StoreSum(merged, SumLength * row, total, shift);
    }

    static void StoreSum(Span<float> sums, int at, DeviceSum sum, float shift)
    {
        sums[at] = sum.Top;
        sums[at + 1] = sum.High;
        sums[at + 2] = sum.Low;
        sums[at + 3] = sum.Exponent;
        sums[at + 4] = shift;
    }

    /// <summary>The probabilities of pieces of rows, from the sums of the rows.</summary>
    [Kernel, CpuLanes(1), Schedule(Threads = 256)]
    [Specialize(typeof(PlainSingle))]
    [Specialize(typeof(MaskedDevice))]
    internal static void DeviceWritePieces<TElements>([Block] int row, [Block] int piece, int length, RowShape shape, float scale, [Trusted] ReadOnlySpan<float> x, [Trusted, InPlace(nameof(x))] Span<float> y,
        [Trusted] ReadOnlySpan<byte> keep, [Trusted] ReadOnlySpan<float> bias, [Trusted] ReadOnlySpan<int> lengths, [Trusted] ReadOnlySpan<float> sums)
        where TElements : struct, IElements<float, float>
    {
        ReadOnlySpan<float> source = x.Slice(row * shape.XStride, shape.Columns);
        Span<float> target = y.Slice(row * shape.YStride, shape.Columns);
        ReadOnlySpan<byte> keeps = keep.Slice(row * shape.KeepStride, shape.KeepColumns);
        ReadOnlySpan<float> biases = bias.Slice(row * shape.BiasStride, shape.BiasColumns);
        int at = SumLength * row, begin = piece * length, end = Math.Min(begin + length, shape.Columns), limit = Math.Min(shape.Limit(row, lengths), end);
        DeviceWrite<TElements>(source, target, scale, keeps, biases, begin, limit, new DeviceSum(sums[at], sums[at + 1], sums[at + 2], sums[at + 3]), sums[at + 4], shape.Zero);
        foreach (int i in Lanes.Range(Math.Max(begin, limit), end)) target[i] = 0;
    }

    // Σ e^(z - shift) of a part of a row; shift is 0 or, far out, the largest z.
    static DeviceSum DevicePart<TElements>(ReadOnlySpan<float> x, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int begin, int end, out float shift)
        where TElements : struct, IElements<float, float>
    {
        DeviceSum sum = DeviceSum.Zero;
        foreach (int i in Lanes.Range(begin, end)) sum = DeviceSum.Add(sum, DeviceSum.Of(TElements.Logit(x[i], scale, keep, bias, i)));
        DeviceSum total = Lanes.Reduce(sum, DeviceSum.Add);
        shift = DeviceShift(total.Top);
        if (shift != 0)
        {
            DeviceSum again = DeviceSum.Zero;
            foreach (int i in Lanes.Range(begin, end)) again = DeviceSum.Add(again, DeviceSum.Of(TElements.Logit(x[i], scale, keep, bias, i) - shift));
            DeviceSum relative = Lanes.Reduce(again, DeviceSum.Add);
            total = new DeviceSum(total.Top, relative.High, relative.Low, relative.Exponent);
        }
        return total;
    }

    // So far out the spacing of z is at least 2^-8: near the maximum the difference is exact, elsewhere the result is 0.
    static float DeviceShift(float top) => KernelMath.Abs(top) > DeviceSum.Shifted && KernelMath.Abs(top) < float.PositiveInfinity ? top : 0f;

    // y = e^z / sum.
    static void DeviceWrite<TElements>(ReadOnlySpan<float> x, Span<float> y, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int begin, int end, DeviceSum sum, float shift, int zero)
        where TElements : struct, IElements<float, float>
    {
        if (KernelMath.Abs(sum.Top) == float.PositiveInfinity)
        {
            // No element counts, or one is infinite. A NaN shows in the sum.
            float nothing = sum.Top < 0 && zero != 0 && !float.IsNaN(sum.High) ? 0f : float.NaN;
            foreach (int i in Lanes.Range(begin, end)) y[i] = nothing;
        }
        else
        {
            sum.Inverse(out float m, out float r, out float power);
            float exponent = sum.Exponent + power;
            foreach (int i in Lanes.Range(begin, end))
            {
                float z = TElements.Logit(x[i], scale, keep, bias, i) - shift;
                float p = DeviceSum.Parts(KernelMath.MinOrSecond(DeviceSum.Far, KernelMath.MaxOrSecond(-DeviceSum.Far, z)), out float n);
                y[i] = KernelMath.Scale(p * m + p * r, KernelMath.MaxOrSecond(-250f, n - exponent));
            }
        }
    }
}

/// <summary>Floats, scaled and masked, without a fused operation: scale x and the sum with the bias are rounded.</summary>
readonly struct MaskedDevice : IElements<float, float>
{
    public static float Logit(float x, float scale, ReadOnlySpan<byte> keep, ReadOnlySpan<float> bias, int i)
    {
        float b = 0;
        if (bias.Length > 0) b = bias[i];
        float z = KernelMath.Select(x == float.NegativeInfinity, x, scale * x + b);
        if (keep.Length > 0) z = KernelMath.Select(keep[i] != 0, z, float.NegativeInfinity);
        return z;
    }

    public static float Load(float x) => x;
    public static float Store(float x) => x;
}
