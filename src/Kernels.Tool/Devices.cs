using Kernels.Gpu;

namespace Kernels.Tool;

/// <summary>The device that commands mean by the target "vulkan", and arrays on it.</summary>
static class Devices
{
    public const string Vulkan = "vulkan";

    /// <exception cref="Failure">There is none.</exception>
    public static GpuDevice Default()
    {
        try { return GpuDevice.GetDefault(); }
        catch (GpuException e) { throw new Failure($"target {Vulkan}: {e.Message.ReplaceLineEndings(" ")} --target {Targets.Auto} runs on the processor"); }
    }

    public static IDeviceBuffer<T> Upload<T>(this IDevice device, ReadOnlySpan<T> elements) where T : unmanaged
    {
        var buffer = device.Allocate<T>(elements.Length);
        buffer.Upload(elements);
        return buffer;
    }
}
