using System.Text;

namespace Kernels.Gpu.Vulkan;

/// The functions of one logical device, by the specification's names without vk, called without the loader between.
sealed unsafe class DeviceApi
{
    readonly Func<string, nint> find;

    internal DeviceApi(nint device, nint getDeviceProcAddr)
    {
        find = name =>
        {
            fixed (byte* bytes = Encoding.UTF8.GetBytes(name + "\0"))
            {
                nint found = ((delegate* unmanaged<nint, byte*, nint>)getDeviceProcAddr)(device, bytes);
                return found != 0 ? found : throw new GpuUnavailableException($"The Vulkan driver has no {name}, which Vulkan 1.2 requires: update the driver.");
            }
        };
        GetDeviceQueue = (delegate* unmanaged<nint, uint, uint, nint*, void>)find("vkGetDeviceQueue");
        CreateBuffer = (delegate* unmanaged<nint, VkBufferCreateInfo*, void*, ulong*, int>)find("vkCreateBuffer");
        DestroyBuffer = Destroyer("vkDestroyBuffer");
        GetBufferMemoryRequirements = (delegate* unmanaged<nint, ulong, VkMemoryRequirements*, void>)find("vkGetBufferMemoryRequirements");
        AllocateMemory = (delegate* unmanaged<nint, VkMemoryAllocateInfo*, void*, ulong*, int>)find("vkAllocateMemory");
        FreeMemory = Destroyer("vkFreeMemory");
        BindBufferMemory = (delegate* unmanaged<nint, ulong, ulong, ulong, int>)find("vkBindBufferMemory");
        MapMemory = (delegate* unmanaged<nint, ulong, ulong, ulong, uint, void**, int>)find("vkMapMemory");
        CreateShaderModule = (delegate* unmanaged<nint, VkShaderModuleCreateInfo*, void*, ulong*, int>)find("vkCreateShaderModule");
        DestroyShaderModule = Destroyer("vkDestroyShaderModule");
        CreateDescriptorSetLayout = (delegate* unmanaged<nint, VkDescriptorSetLayoutCreateInfo*, void*, ulong*, int>)find("vkCreateDescriptorSetLayout");
        DestroyDescriptorSetLayout = Destroyer("vkDestroyDescriptorSetLayout");
        CreatePipelineLayout = (delegate* unmanaged<nint, VkPipelineLayoutCreateInfo*, void*, ulong*, int>)find("vkCreatePipelineLayout");
        DestroyPipelineLayout = Destroyer("vkDestroyPipelineLayout");
        CreatePipelineCache = (delegate* unmanaged<nint, VkPipelineCacheCreateInfo*, void*, ulong*, int>)find("vkCreatePipelineCache");
        DestroyPipelineCache = Destroyer("vkDestroyPipelineCache");
        GetPipelineCacheData = (delegate* unmanaged<nint, ulong, nuint*, void*, int>)find("vkGetPipelineCacheData");
        CreateComputePipelines = (delegate* unmanaged<nint, ulong, uint, VkComputePipelineCreateInfo*, void*, ulong*, int>)find("vkCreateComputePipelines");
        DestroyPipeline = Destroyer("vkDestroyPipeline");
        CreateDescriptorPool = (delegate* unmanaged<nint, VkDescriptorPoolCreateInfo*, void*, ulong*, int>)find("vkCreateDescriptorPool");
        DestroyDescriptorPool = Destroyer("vkDestroyDescriptorPool");
        ResetDescriptorPool = (delegate* unmanaged<nint, ulong, uint, int>)find("vkResetDescriptorPool");
        AllocateDescriptorSets = (delegate* unmanaged<nint, VkDescriptorSetAllocateInfo*, ulong*, int>)find("vkAllocateDescriptorSets");
        UpdateDescriptorSets = (delegate* unmanaged<nint, uint, VkWriteDescriptorSet*, uint, void*, void>)find("vkUpdateDescriptorSets");
        CreateCommandPool = (delegate* unmanaged<nint, VkCommandPoolCreateInfo*, void*, ulong*, int>)find("vkCreateCommandPool");
        DestroyCommandPool = Destroyer("vkDestroyCommandPool");
        ResetCommandPool = (delegate* unmanaged<nint, ulong, uint, int>)find("vkResetCommandPool");
        AllocateCommandBuffers = (delegate* unmanaged<nint, VkCommandBufferAllocateInfo*, nint*, int>)find("vkAllocateCommandBuffers");
        BeginCommandBuffer = (delegate* unmanaged<nint, VkCommandBufferBeginInfo*, int>)find("vkBeginCommandBuffer");
        EndCommandBuffer = (delegate* unmanaged<nint, int>)find("vkEndCommandBuffer");
        CmdBindPipeline = (delegate* unmanaged<nint, uint, ulong, void>)find("vkCmdBindPipeline");
        CmdBindDescriptorSets = (delegate* unmanaged<nint, uint, ulong, uint, uint, ulong*, uint, uint*, void>)find("vkCmdBindDescriptorSets");
        CmdPushConstants = (delegate* unmanaged<nint, ulong, uint, uint, uint, void*, void>)find("vkCmdPushConstants");
        CmdDispatch = (delegate* unmanaged<nint, uint, uint, uint, void>)find("vkCmdDispatch");
        CmdCopyBuffer = (delegate* unmanaged<nint, ulong, ulong, uint, VkBufferCopy*, void>)find("vkCmdCopyBuffer");
        CmdFillBuffer = (delegate* unmanaged<nint, ulong, ulong, ulong, uint, void>)find("vkCmdFillBuffer");
        CmdPipelineBarrier = (delegate* unmanaged<nint, uint, uint, uint, uint, VkMemoryBarrier*, uint, void*, uint, void*, void>)find("vkCmdPipelineBarrier");
        CreateSemaphore = (delegate* unmanaged<nint, VkSemaphoreCreateInfo*, void*, ulong*, int>)find("vkCreateSemaphore");
        WaitSemaphores = (delegate* unmanaged<nint, VkSemaphoreWaitInfo*, ulong, int>)find("vkWaitSemaphores");
        QueueSubmit = (delegate* unmanaged<nint, uint, VkSubmitInfo*, ulong, int>)find("vkQueueSubmit");
    }

    delegate* unmanaged<nint, ulong, void*, void> Destroyer(string name) => (delegate* unmanaged<nint, ulong, void*, void>)find(name);

    internal readonly delegate* unmanaged<nint, uint, uint, nint*, void> GetDeviceQueue;
    internal readonly delegate* unmanaged<nint, VkBufferCreateInfo*, void*, ulong*, int> CreateBuffer;
    internal readonly delegate* unmanaged<nint, ulong, VkMemoryRequirements*, void> GetBufferMemoryRequirements;
    internal readonly delegate* unmanaged<nint, VkMemoryAllocateInfo*, void*, ulong*, int> AllocateMemory;
    internal readonly delegate* unmanaged<nint, ulong, ulong, ulong, int> BindBufferMemory;
    internal readonly delegate* unmanaged<nint, ulong, ulong, ulong, uint, void**, int> MapMemory;
    internal readonly delegate* unmanaged<nint, VkShaderModuleCreateInfo*, void*, ulong*, int> CreateShaderModule;
    internal readonly delegate* unmanaged<nint, VkDescriptorSetLayoutCreateInfo*, void*, ulong*, int> CreateDescriptorSetLayout;
    internal readonly delegate* unmanaged<nint, VkPipelineLayoutCreateInfo*, void*, ulong*, int> CreatePipelineLayout;
    internal readonly delegate* unmanaged<nint, VkPipelineCacheCreateInfo*, void*, ulong*, int> CreatePipelineCache;
    internal readonly delegate* unmanaged<nint, ulong, nuint*, void*, int> GetPipelineCacheData;
    internal readonly delegate* unmanaged<nint, ulong, uint, VkComputePipelineCreateInfo*, void*, ulong*, int> CreateComputePipelines;
    internal readonly delegate* unmanaged<nint, VkDescriptorPoolCreateInfo*, void*, ulong*, int> CreateDescriptorPool;
    internal readonly delegate* unmanaged<nint, ulong, uint, int> ResetDescriptorPool, ResetCommandPool;
    internal readonly delegate* unmanaged<nint, VkDescriptorSetAllocateInfo*, ulong*, int> AllocateDescriptorSets;
    internal readonly delegate* unmanaged<nint, uint, VkWriteDescriptorSet*, uint, void*, void> UpdateDescriptorSets;
    internal readonly delegate* unmanaged<nint, VkCommandPoolCreateInfo*, void*, ulong*, int> CreateCommandPool;
    internal readonly delegate* unmanaged<nint, VkCommandBufferAllocateInfo*, nint*, int> AllocateCommandBuffers;
    internal readonly delegate* unmanaged<nint, VkCommandBufferBeginInfo*, int> BeginCommandBuffer;
    internal readonly delegate* unmanaged<nint, int> EndCommandBuffer;
    internal readonly delegate* unmanaged<nint, uint, ulong, void> CmdBindPipeline;
    internal readonly delegate* unmanaged<nint, uint, ulong, uint, uint, ulong*, uint, uint*, void> CmdBindDescriptorSets;
    internal readonly delegate* unmanaged<nint, ulong, uint, uint, uint, void*, void> CmdPushConstants;
    internal readonly delegate* unmanaged<nint, uint, uint, uint, void> CmdDispatch;
    internal readonly delegate* unmanaged<nint, ulong, ulong, uint, VkBufferCopy*, void> CmdCopyBuffer;
    internal readonly delegate* unmanaged<nint, ulong, ulong, ulong, uint, void> CmdFillBuffer;
    internal readonly delegate* unmanaged<nint, uint, uint, uint, uint, VkMemoryBarrier*, uint, void*, uint, void*, void> CmdPipelineBarrier;
    internal readonly delegate* unmanaged<nint, VkSemaphoreCreateInfo*, void*, ulong*, int> CreateSemaphore;
    internal readonly delegate* unmanaged<nint, VkSemaphoreWaitInfo*, ulong, int> WaitSemaphores;
    internal readonly delegate* unmanaged<nint, uint, VkSubmitInfo*, ulong, int> QueueSubmit;
    internal readonly delegate* unmanaged<nint, ulong, void*, void> DestroyBuffer, FreeMemory, DestroyShaderModule, DestroyDescriptorSetLayout, DestroyPipelineLayout,
        DestroyPipelineCache, DestroyPipeline, DestroyDescriptorPool, DestroyCommandPool;
}
