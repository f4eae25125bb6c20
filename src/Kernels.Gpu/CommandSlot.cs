using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// One dispatch; without a kernel one copy; with one buffer a fill.
sealed record Operation(ulong[] Buffers)
{
    internal GpuKernel? Kernel { get; init; }
    internal uint X { get; init; }
    internal uint Y { get; init; }
    internal uint Z { get; init; }
    internal byte[] Push { get; init; } = [];
    /// From Buffers[0] to Buffers[1].
    internal VkBufferCopy Copy { get; init; }
    /// For every word of Buffers[0].
    internal uint Word { get; init; }
}

/// <summary>A command buffer and the descriptors of its dispatches, used again and again.</summary>
sealed unsafe class CommandSlot
{
    readonly GpuDevice device;
    readonly ulong pool;
    ulong descriptorPool;
    int maxSets, maxDescriptors;

    internal CommandSlot(GpuDevice device, uint family)
    {
        this.device = device;
        var create = new VkCommandPoolCreateInfo { queueFamilyIndex = family };
        ulong made;
        device.Check(device.Api.CreateCommandPool(device.Handle, &create, null, &made), "vkCreateCommandPool");
        pool = made;
        var allocate = new VkCommandBufferAllocateInfo { commandPool = pool, commandBufferCount = 1 };
        nint commands;
        try { device.Check(device.Api.AllocateCommandBuffers(device.Handle, &allocate, &commands), "vkAllocateCommandBuffers"); }
        catch
        {
            device.Api.DestroyCommandPool(device.Handle, pool, null);
            throw;
        }
        Commands = commands;
    }

    internal nint Commands { get; }

    /// <summary>
    /// Records the operations. Operations that share a buffer run one after the other, with a barrier between them; others may overlap. What
    /// was submitted before is seen, and the processor sees the results when the submission is done.
    /// </summary>
    internal void Record(ReadOnlySpan<Operation> operations)
    {
        var api = device.Api;
        device.Check(api.ResetCommandPool(device.Handle, pool, 0), "vkResetCommandPool");
        var sets = Sets(operations);
        var begin = new VkCommandBufferBeginInfo { flags = 1 };
        device.Check(api.BeginCommandBuffer(Commands, &begin), "vkBeginCommandBuffer");
        Barrier();
        HashSet<ulong> touched = [];
        GpuKernel? bound = null;
        int set = 0;
        foreach (var operation in operations)
        {
            if (touched.Overlaps(operation.Buffers))
            {
                Barrier();
                touched.Clear();
            }
            touched.UnionWith(operation.Buffers);
            touched.Remove(device.EmptyHandle); // nobody reads or writes it
            if (operation.Kernel is { } kernel)
            {
                if (kernel != bound) api.CmdBindPipeline(Commands, 1, kernel.Pipeline);
                bound = kernel;
                Dispatch(operation, kernel, sets[set++]);
            }
            else if (operation.Buffers.Length == 1) api.CmdFillBuffer(Commands, operation.Buffers[0], 0, ulong.MaxValue, operation.Word);
            else
            {
                var copy = operation.Copy;
                api.CmdCopyBuffer(Commands, operation.Buffers[0], operation.Buffers[1], 1, &copy);
            }
        }
        var toHost = new VkMemoryBarrier { srcAccessMask = Vk.ShaderWrite | Vk.TransferWrite, dstAccessMask = Vk.HostRead };
        api.CmdPipelineBarrier(Commands, Vk.AtCompute | Vk.AtTransfer, Vk.AtHost, 0, 1, &toHost, 0, null, 0, null);
        device.Check(api.EndCommandBuffer(Commands), "vkEndCommandBuffer");
        if (bound is not null) device.LastKernel = bound.Name;
    }

    void Dispatch(Operation operation, GpuKernel kernel, ulong set)
    {
        var api = device.Api;
        int count = operation.Buffers.Length;
        if (count > 0)
        {
            var infos = stackalloc VkDescriptorBufferInfo[count];
            for (int i = 0; i < count; i++) infos[i] = new() { buffer = operation.Buffers[i], range = ulong.MaxValue };
            // Consecutive bindings of one type are one write.
            var write = new VkWriteDescriptorSet { dstSet = set, descriptorCount = (uint)count, descriptorType = Vk.StorageBuffer, pBufferInfo = infos };
            api.UpdateDescriptorSets(device.Handle, 1, &write, 0, null);
            api.CmdBindDescriptorSets(Commands, 1, kernel.PipelineLayout, 0, 1, &set, 0, null);
        }
        fixed (byte* push = operation.Push)
            if (push != null) api.CmdPushConstants(Commands, kernel.PipelineLayout, Vk.StageCompute, 0, (uint)operation.Push.Length, push);
        api.CmdDispatch(Commands, operation.X, operation.Y, operation.Z);
    }

    void Barrier()
    {
        var barrier = new VkMemoryBarrier
        {
            srcAccessMask = Vk.ShaderWrite | Vk.TransferWrite,
            dstAccessMask = Vk.ShaderRead | Vk.ShaderWrite | Vk.TransferRead | Vk.TransferWrite,
        };
        device.Api.CmdPipelineBarrier(Commands, Vk.AtCompute | Vk.AtTransfer, Vk.AtCompute | Vk.AtTransfer, 0, 1, &barrier, 0, null, 0, null);
    }

    /// One descriptor set for each dispatch.
    ulong[] Sets(ReadOnlySpan<Operation> operations)
    {
        var api = device.Api;
        List<ulong> layouts = [];
        int descriptors = 0;
        foreach (var operation in operations)
        {
            if (operation.Kernel is null) continue;
            layouts.Add(operation.Kernel.SetLayout);
            descriptors += operation.Buffers.Length;
        }
        var sets = new ulong[layouts.Count];
        if (sets.Length == 0) return sets;
        if (sets.Length > maxSets || descriptors > maxDescriptors)
        {
            api.DestroyDescriptorPool(device.Handle, descriptorPool, null);
            descriptorPool = 0;
            maxSets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(sets.Length, 16));
            maxDescriptors = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(descriptors, 64));
            var size = new VkDescriptorPoolSize { type = Vk.StorageBuffer, descriptorCount = (uint)maxDescriptors };
            var create = new VkDescriptorPoolCreateInfo { maxSets = (uint)maxSets, poolSizeCount = 1, pPoolSizes = &size };
            ulong made;
            int result = api.CreateDescriptorPool(device.Handle, &create, null, &made);
            if (result < 0) maxSets = 0;
            device.Check(result, "vkCreateDescriptorPool");
            descriptorPool = made;
        }
        else device.Check(api.ResetDescriptorPool(device.Handle, descriptorPool, 0), "vkResetDescriptorPool");
        fixed (ulong* layout = layouts.ToArray(), set = sets)
        {
            var allocate = new VkDescriptorSetAllocateInfo { descriptorPool = descriptorPool, descriptorSetCount = (uint)sets.Length, pSetLayouts = layout };
            device.Check(api.AllocateDescriptorSets(device.Handle, &allocate, set), "vkAllocateDescriptorSets");
        }
        return sets;
    }
}
