using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// A Vulkan buffer with memory of its own, mapped where the processor can reach it and that was asked for.
unsafe struct DeviceMemory
{
    internal const uint Unified = Vk.DeviceLocal | Vk.HostVisible | Vk.HostCoherent;

    internal ulong Buffer, Memory;
    /// null: not mapped.
    internal byte* Mapped;
    internal long Bytes;

    /// <param name="device">The device.</param>
    /// <param name="bytes">At least 1.</param>
    /// <param name="wanted">Sets of memory properties, the best first.</param>
    /// <param name="map">Map it.</param>
    /// <exception cref="GpuOutOfMemoryException">There is not so much.</exception>
    internal static DeviceMemory Allocate(GpuDevice device, long bytes, ReadOnlySpan<uint> wanted, bool map)
    {
        var api = device.Api;
        var made = new DeviceMemory { Bytes = bytes };
        try
        {
            var create = new VkBufferCreateInfo { size = (ulong)bytes, usage = Vk.UseCopySource | Vk.UseCopyDestination | Vk.UseStorage };
            device.Check(api.CreateBuffer(device.Handle, &create, null, &made.Buffer), "vkCreateBuffer", bytes);
            VkMemoryRequirements needs;
            api.GetBufferMemoryRequirements(device.Handle, made.Buffer, &needs);
            int type = -1;
            foreach (uint properties in wanted)
                if ((type = Find(device.MemoryProperties, needs.memoryTypeBits, properties)) >= 0) break;
            if (type < 0) throw new GpuFeatureMissingException("memory", $"'{device.Capabilities.Name}' has no memory of the kind that is needed.");
            var allocate = new VkMemoryAllocateInfo { allocationSize = needs.size, memoryTypeIndex = (uint)type };
            device.Check(api.AllocateMemory(device.Handle, &allocate, null, &made.Memory), "vkAllocateMemory", bytes);
            device.Check(api.BindBufferMemory(device.Handle, made.Buffer, made.Memory, 0), "vkBindBufferMemory");
            void* mapped = null;
            if (map) device.Check(api.MapMemory(device.Handle, made.Memory, 0, ulong.MaxValue, 0, &mapped), "vkMapMemory", bytes);
            made.Mapped = (byte*)mapped;
            return made;
        }
        catch
        {
            api.DestroyBuffer(device.Handle, made.Buffer, null);
            api.FreeMemory(device.Handle, made.Memory, null);
            throw;
        }
    }

    internal void Free(GpuDevice device)
    {
        device.Api.DestroyBuffer(device.Handle, Buffer, null);
        device.Api.FreeMemory(device.Handle, Memory, null);
        this = default;
    }

    /// <summary>The first memory type among these with the properties, or -1. Drivers order equal types by speed.</summary>
    internal static int Find(in VkPhysicalDeviceMemoryProperties memory, uint types, uint properties)
    {
        for (int i = 0; i < memory.memoryTypeCount; i++)
            if ((types >> i & 1) != 0 && (memory.memoryTypes[i].propertyFlags & properties) == properties) return i;
        return -1;
    }
}
