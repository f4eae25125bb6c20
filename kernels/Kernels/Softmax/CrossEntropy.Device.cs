using System.Numerics;

namespace Kernels;

// Rows in a device's memory. Class summary: CrossEntropy.cs.
public static partial class CrossEntropy
{
    /// <summary>The losses, and on request their gradient, on a device that computes with doubles. Without them or 64-bit integers the host throws (Kernels.Gpu: GpuFeatureMissingException).</summary>
    /// <param name="logits">rows*cols elements.</param>
    /// <param name="labels">rows labels, 0 … cols - 1 or the ignored one: a row with another has the loss NaN, and the gradient of none.</param>
    /// <param name="losses">rows elements.</param>
    /// <param name="gradient">rows*cols elements: logits, or another buffer. null: not wanted.</param>
    /// <param name="rows">0: nothing happens.</param>
    /// <param name="cols">At least 1.</param>
    /// <param name="options">Smoothing, ignored label, the gradient's factor.</param>
    /// <param name="stream">Where the work is recorded: nothing happens before the stream is submitted. null: it runs now, and the call waits.</param>
    /// <exception cref="ArgumentException">A size is negative or 0, or a buffer is too short.</exception>
    public static void Rows(IDeviceBuffer<float> logits, IDeviceBuffer<int> labels, IDeviceBuffer<float> losses, IDeviceBuffer<float>? gradient, int rows, int cols, CrossEntropyOptions? options = null, IDeviceStream? stream = null) =>
        OnDevice<float, SingleExponential, MaskedSingle>(logits, labels, losses, gradient, rows, cols, options ?? CrossEntropyOptions.Default, stream);

    /// <inheritdoc cref="Rows(IDeviceBuffer{float}, IDeviceBuffer{int}, IDeviceBuffer{float}, IDeviceBuffer{float}?, int, int, CrossEntropyOptions?, IDeviceStream?)"/>
    public static void Rows(IDeviceBuffer<double> logits, IDeviceBuffer<int> labels, IDeviceBuffer<double> losses, IDeviceBuffer<double>? gradient, int rows, int cols, CrossEntropyOptions? options = null, IDeviceStream? stream = null) =>
        OnDevice<double, DoubleExponential, MaskedDouble>(logits, labels, losses, gradient, rows, cols, options ?? CrossEntropyOptions.Default, stream);

    static void OnDevice<T, TExp, TMasked>(IDeviceBuffer<T> logits, IDeviceBuffer<int> labels, IDeviceBuffer<T> losses, IDeviceBuffer<T>? gradient, int rows, int cols, CrossEntropyOptions options, IDeviceStream? stream)
        where T : unmanaged, IFloatingPointIeee754<T> where TExp : unmanaged, IExponential<T> where TMasked : unmanaged, IElements<T, T>
    {
        if (!RowArguments.Any(rows, cols)) return;
        RowArguments.Device(logits, rows, cols, cols);
        RowArguments.Device(labels, rows, 1, 1);
        RowArguments.Device(losses, rows, 1, 1);
        if (gradient is not null) RowArguments.Device(gradient, rows, cols, cols);
        SoftmaxRows.LossesKernel.Run<T, T, TExp, TMasked>(rows, cols, options.IgnoreIndex ?? 0, options.IgnoreIndex is null ? 0 : 1, gradient is null ? 0 : 1, options.LabelSmoothing, options.GradientScale,
            logits, labels, losses, gradient, null, null, stream);
    }
}
