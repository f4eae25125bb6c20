using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kernels.Gpu;

/// <summary>What drivers compiled, one <see cref="CacheFile"/> a kernel: device and driver/hash of the words and the layout.</summary>
static class PipelineCache
{
    /// <summary>The file of a kernel; null: no cache.</summary>
    internal static string? File(GpuCapabilities device, KernelLayout layout, ReadOnlySpan<uint> words)
    {
        if (CacheFile.Folder() is not { } folder) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(words));
        hash.AppendData(MemoryMarshal.AsBytes<int>([layout.Bindings, layout.PushConstantBytes, layout.LeastSubgroup]));
        return Path.Combine(folder, device.Id, Convert.ToHexStringLower(hash.GetHashAndReset()) + ".bin");
    }
}
