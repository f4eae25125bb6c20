namespace Kernels.Gpu;

/// <summary>Something went wrong with a GPU. The derived types say what.</summary>
public class GpuException(string message) : Exception(message);

/// <summary>No device can be used: no Vulkan loader, no driver, or no device with Vulkan 1.2 and a compute queue. The message says what to install.</summary>
public sealed class GpuUnavailableException(string message) : GpuException(message);

/// <summary>The kernel needs something that the device lacks; another device, or the CPU, may run it.</summary>
public sealed class GpuFeatureMissingException(string feature, string message) : GpuException(message)
{
    /// <summary>What is missing, by the name of the property of <see cref="GpuCapabilities"/>, or, where it has none, of the SPIR-V capability or float control; "memory": a kind of memory.</summary>
    public string Feature { get; } = feature;
}

/// <summary>Memory of the device or of the driver is used up.</summary>
public sealed class GpuOutOfMemoryException(long requestedBytes, string message) : GpuException(message)
{
    /// <summary>How much was asked for; 0 where it was the driver that asked.</summary>
    public long RequestedBytes { get; } = requestedBytes;
}

/// <summary>The driver gave the device up: a crash, a hang, or a removed card. Its buffers are lost; <see cref="GpuDevice.Enumerate"/> opens it anew.</summary>
public sealed class GpuDeviceLostException(string message, string? lastKernel) : GpuException(message)
{
    /// <summary>The name of the last kernel given to the device, which may or may not be the cause.</summary>
    public string? LastKernel { get; } = lastKernel;
}

/// <summary>The words are no SPIR-V module that can be made a kernel, or the driver refused them.</summary>
public sealed class KernelCompileException(string kernel, string message) : GpuException($"The kernel '{kernel}' cannot be compiled: {message}")
{
    /// <summary>The kernel's name.</summary>
    public string Kernel { get; } = kernel;
}

/// <summary>The validation layer (KERNELS_GPU_VALIDATION=1) had something to say: a fault of this library or of a kernel's words.</summary>
public sealed class GpuValidationException(IReadOnlyList<string> messages) : GpuException("The Vulkan validation layer reports: " + string.Join(Environment.NewLine, messages))
{
    /// <summary>The layer's messages since the last report.</summary>
    public IReadOnlyList<string> Messages { get; } = messages;
}
