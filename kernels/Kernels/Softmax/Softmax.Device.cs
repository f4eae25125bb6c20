using Kernels.Runtime;

namespace Kernels;

// Rows in a device's memory. Class summary: Softmax.cs.
public static partial class Softmax
{
    // A group's threads take a row of so many columns in some dozens of trips; longer ones are split, so that few rows fill a device.
    const int DevicePiece = 16384, DeviceShortColumns = 256;

    /// <summary>
    /// Softmax of each row of a row-major matrix on a device, in floats alone: within 8 ULP of the true value (12 in rows of more than 16384 columns whose maximum is beyond 44000), and with a scale or a
    /// bias within |scale x| + |z| more, relative in 2^-24 (docs/gpu.md); subnormal results may be 0. NaN, infinities and masks as on the processor.
    /// </summary>
    /// <param name="x">rows*cols elements.</param>
    /// <param name="y">As many: x, or another buffer.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="mask">What counts of a row.</param>
    /// <param name="options">Scale and policy. Threads and target are for processors; the algorithm is the device's own.</param>
    /// <param name="stream">Where the work is recorded: nothing happens before the stream is submitted. null: it runs now, and the call waits.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, a buffer is too short, y is the bias, the mask does not fit, or another algorithm than Auto is asked for.</exception>
    public static void Rows(IDeviceBuffer<float> x, IDeviceBuffer<float> y, int rows, int cols, DeviceRowMask mask = default, SoftmaxOptions? options = null, IDeviceStream? stream = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!DeviceArguments(x, y, rows, cols, mask, options, out var shape)) return;
        float scale = RowArguments.Scale<float>(options);
        if (RowArguments.IsPlain(shape, options)) DeviceRows<PlainSingle>(x, y, rows, shape, scale, mask, stream);
        else DeviceRows<MaskedDevice>(x, y, rows, shape, scale, mask, stream);
    }

    /// <summary>Softmax of each row of a row-major matrix on a device that computes with doubles: the algorithm of the processor, within 4.5 ULP. Without doubles or 64-bit integers the host throws (Kernels.Gpu: GpuFeatureMissingException).</summary>
    /// <inheritdoc cref="Rows(IDeviceBuffer{float}, IDeviceBuffer{float}, int, int, DeviceRowMask, SoftmaxOptions?, IDeviceStream?)"/>
    public static void Rows(IDeviceBuffer<double> x, IDeviceBuffer<double> y, int rows, int cols, DeviceRowMask mask = default, SoftmaxOptions? options = null, IDeviceStream? stream = null)
    {
        options ??= SoftmaxOptions.Default;
        if (!DeviceArguments(x, y, rows, cols, mask, options, out var shape)) return;
        double scale = RowArguments.Scale<double>(options);
        if (RowArguments.IsPlain(shape, options)) SoftmaxRows.ReloadKernel.Run<double, DoubleExponential, PlainDouble>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, stream);
        else SoftmaxRows.ReloadKernel.Run<double, DoubleExponential, MaskedDouble>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, stream);
    }

    static bool DeviceArguments<T>(IDeviceBuffer<T> x, IDeviceBuffer<T> y, int rows, int cols, DeviceRowMask mask, SoftmaxOptions options, out RowShape shape) where T : unmanaged
    {
        shape = new() { Columns = cols, XStride = cols, YStride = cols };
        if (!RowArguments.Any(rows, cols)) return false;
        RowArguments.Device(x, rows, cols, cols);
        RowArguments.Device(y, rows, cols, cols);
        if (options.Algorithm != SoftmaxAlgorithm.Auto) throw new ArgumentException($"Devices have an algorithm of their own: {options.Algorithm} is for processors.", nameof(options));
        DeviceCheck.Apart(y, mask.Bias, false, nameof(y), nameof(mask));
        shape = mask.Shape(rows, cols, cols, cols, options.FullyMasked);
        return true;
    }

    static void DeviceRows<TElements>(IDeviceBuffer<float> x, IDeviceBuffer<float> y, int rows, RowShape shape, float scale, DeviceRowMask mask, IDeviceStream? stream) where TElements : unmanaged, IElements<float, float>
    {
        if (shape.Columns <= DeviceShortColumns) SoftmaxRows.DeviceShortRowsKernel.Run<TElements>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, stream);
        else if (shape.Columns <= DevicePiece) SoftmaxRows.DeviceRowsKernel.Run<TElements>(rows, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, stream);
        else
        {
            int pieces = (shape.Columns - 1) / DevicePiece + 1;
            using var own = stream is null ? x.Device.CreateStream() : null;
            using var sums = x.Device.Allocate<float>((long)SoftmaxRows.SumLength * rows * pieces);
            using var merged = x.Device.Allocate<float>((long)SoftmaxRows.SumLength * rows);
            SoftmaxRows.DevicePieceSumsKernel.Run<TElements>(rows, pieces, pieces, DevicePiece, shape, scale, x, mask.Keep, mask.Bias, mask.Lengths, sums, stream ?? own);
            SoftmaxRows.DeviceMergeSumsKernel.Run(rows, pieces, sums, merged, stream ?? own);
            SoftmaxRows.DeviceWritePiecesKernel.Run<TElements>(rows, pieces, DevicePiece, shape, scale, x, y, mask.Keep, mask.Bias, mask.Lengths, merged, stream ?? own);
            own?.Submit();
        }
    }
}
