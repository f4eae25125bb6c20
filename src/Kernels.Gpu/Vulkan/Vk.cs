namespace Kernels.Gpu.Vulkan;

/// Constants of the interface, and results turned into exceptions.
static class Vk
{
    internal const uint Api12 = 1u << 22 | 2u << 12;
    internal const uint QueueGraphics = 1, QueueCompute = 2;
    internal const uint StorageBuffer = 7, StageCompute = 32, FullSubgroups = 2;
    internal const uint UseCopySource = 1, UseCopyDestination = 2, UseStorage = 32;
    internal const uint DeviceLocal = 1, HostVisible = 2, HostCoherent = 4, HostCached = 8;
    internal const uint AtCompute = 0x800, AtTransfer = 0x1000, AtHost = 0x4000;
    internal const uint ShaderRead = 0x20, ShaderWrite = 0x40, TransferRead = 0x800, TransferWrite = 0x1000, HostRead = 0x2000;
    internal const int Success = 0, Timeout = 2, OutOfHostMemory = -1, OutOfDeviceMemory = -2, DeviceLost = -4, TooManyObjects = -10,
        OutOfPoolMemory = -1000069000, InvalidShader = -1000012000;

    /// <summary>Throws unless the call succeeded; a lost device is for the caller (<see cref="GpuDevice.Check"/>) to see first.</summary>
    internal static void Check(int result, string call, long bytes = 0)
    {
        if (result < 0) throw Error(result, call, bytes, null);
    }

    internal static GpuException Error(int result, string call, long bytes, string? lastKernel) => result switch
    {
        OutOfDeviceMemory or OutOfHostMemory or TooManyObjects or OutOfPoolMemory => new GpuOutOfMemoryException(bytes, result switch
        {
            TooManyObjects => $"{call}: the driver allows no more allocations; dispose buffers.",
            OutOfPoolMemory => $"{call}: the driver's pool is used up.",
            _ => $"{call}: no {(result == OutOfHostMemory ? "host" : "device")} memory{(bytes > 0 ? $" for {bytes} bytes" : "")}.",
        }),
        DeviceLost => new GpuDeviceLostException($"{call}: the device is lost{(lastKernel is null ? "" : $"; the last kernel given to it was '{lastKernel}'")}.", lastKernel),
        _ => new GpuException($"{call} failed: {Name(result)}."),
    };

    static string Name(int result) => result switch
    {
        -3 => "initialisation failed (-3)",
        -5 => "memory map failed (-5)",
        -6 => "layer not present (-6)",
        -7 => "extension not present (-7)",
        -8 => "feature not present (-8)",
        -9 => "incompatible driver (-9)",
        -13 => "unknown error (-13)",
        _ => $"VkResult {result}",
    };
}
