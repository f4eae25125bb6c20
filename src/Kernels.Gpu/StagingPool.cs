using System.Numerics;
using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// <summary>
/// Mapped memory through which elements travel, in blocks of powers of two from 64 KiB to 16 MiB that are used again; larger ones are made and freed. Two
/// kinds: for the way back the processor's cache should hold the memory, or reading it is very slow on discrete GPUs.
/// </summary>
sealed class StagingPool(GpuDevice device)
{
    internal const int SmallestBlock = 64 << 10, LargestBlock = 16 << 20;
    /// What is kept of each kind at most.
    const long KeptBytes = 64 << 20;

    static readonly uint[] up = [Vk.HostVisible | Vk.HostCoherent], down = [Vk.HostVisible | Vk.HostCoherent | Vk.HostCached, Vk.HostVisible | Vk.HostCoherent];
    readonly Dictionary<(bool Back, long Bytes), Stack<DeviceMemory>> free = [];
    readonly long[] kept = new long[2];

    /// <summary>A block of at least so many bytes.</summary>
    internal DeviceMemory Rent(long bytes, bool back)
    {
        long size = bytes > LargestBlock ? bytes : (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, SmallestBlock));
        lock (free)
            if (free.TryGetValue((back, size), out var stack) && stack.TryPop(out var block))
            {
                kept[back ? 1 : 0] -= size;
                return block;
            }
        return DeviceMemory.Allocate(device, size, back ? down : up, map: true);
    }

    /// <summary>Gives back a block that the device no longer uses.</summary>
    internal void Return(DeviceMemory block, bool back)
    {
        lock (free)
            if (block.Bytes <= LargestBlock && kept[back ? 1 : 0] + block.Bytes <= KeptBytes)
            {
                if (!free.TryGetValue((back, block.Bytes), out var stack)) free.Add((back, block.Bytes), stack = new());
                stack.Push(block);
                kept[back ? 1 : 0] += block.Bytes;
                return;
            }
        block.Free(device);
    }
}
