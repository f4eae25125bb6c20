using System.Runtime.InteropServices;

namespace Kernels.Gpu.Vulkan;

// The structures of the Vulkan 1.2 interface that are used, with the specification's names and member order. Each sets its own sType, so a value
// must be made with `new X { … }`, never by `default`. Dispatchable handles are nint, the others ulong. Members that stay zero are named
// only where the layout needs them.

unsafe struct VkApplicationInfo()
{
    public readonly int sType = 0;
    public void* pNext;
    public byte* pApplicationName;
    public uint applicationVersion;
    public byte* pEngineName;
    public uint engineVersion, apiVersion;
}

unsafe struct VkInstanceCreateInfo()
{
    public readonly int sType = 1;
    public void* pNext;
    public uint flags;
    public VkApplicationInfo* pApplicationInfo;
    public uint enabledLayerCount;
    public byte** ppEnabledLayerNames;
    public uint enabledExtensionCount;
    public byte** ppEnabledExtensionNames;
}

[StructLayout(LayoutKind.Sequential)]
unsafe struct VkLayerProperties
{
    public fixed byte layerName[256];
    public uint specVersion, implementationVersion;
    public fixed byte description[256];
}

unsafe struct VkDebugUtilsMessengerCreateInfoEXT()
{
    public readonly int sType = 1000128004;
    public void* pNext;
    public uint flags, messageSeverity, messageType;
    public delegate* unmanaged<uint, uint, VkDebugUtilsMessengerCallbackDataEXT*, void*, uint> pfnUserCallback;
    public void* pUserData;
}

[StructLayout(LayoutKind.Explicit, Size = 96)]
unsafe struct VkDebugUtilsMessengerCallbackDataEXT
{
    [FieldOffset(40)] public byte* pMessage;
}

unsafe struct VkValidationFeaturesEXT()
{
    public readonly int sType = 1000247000;
    public void* pNext;
    public uint enabledValidationFeatureCount;
    public uint* pEnabledValidationFeatures;
    public uint disabledValidationFeatureCount;
    public uint* pDisabledValidationFeatures;
}

unsafe struct VkDeviceQueueCreateInfo()
{
    public readonly int sType = 2;
    public void* pNext;
    public uint flags, queueFamilyIndex, queueCount;
    public float* pQueuePriorities;
}

unsafe struct VkDeviceCreateInfo()
{
    public readonly int sType = 3;
    public void* pNext;
    public uint flags, queueCreateInfoCount;
    public VkDeviceQueueCreateInfo* pQueueCreateInfos;
    public uint enabledLayerCount;
    public byte** ppEnabledLayerNames;
    public uint enabledExtensionCount;
    public byte** ppEnabledExtensionNames;
    public void* pEnabledFeatures;
}

unsafe struct VkBufferCreateInfo()
{
    public readonly int sType = 12;
    public void* pNext;
    public uint flags;
    public ulong size;
    public uint usage, sharingMode, queueFamilyIndexCount;
    public uint* pQueueFamilyIndices;
}

struct VkMemoryRequirements
{
    public ulong size, alignment;
    public uint memoryTypeBits;
}

unsafe struct VkMemoryAllocateInfo()
{
    public readonly int sType = 5;
    public void* pNext;
    public ulong allocationSize;
    public uint memoryTypeIndex;
}

unsafe struct VkShaderModuleCreateInfo()
{
    public readonly int sType = 16;
    public void* pNext;
    public uint flags;
    public nuint codeSize;
    public uint* pCode;
}

unsafe struct VkDescriptorSetLayoutBinding
{
    public uint binding, descriptorType, descriptorCount, stageFlags;
    public ulong* pImmutableSamplers;
}

unsafe struct VkDescriptorSetLayoutCreateInfo()
{
    public readonly int sType = 32;
    public void* pNext;
    public uint flags, bindingCount;
    public VkDescriptorSetLayoutBinding* pBindings;
}

struct VkPushConstantRange
{
    public uint stageFlags, offset, size;
}

unsafe struct VkPipelineLayoutCreateInfo()
{
    public readonly int sType = 30;
    public void* pNext;
    public uint flags, setLayoutCount;
    public ulong* pSetLayouts;
    public uint pushConstantRangeCount;
    public VkPushConstantRange* pPushConstantRanges;
}

unsafe struct VkPipelineShaderStageCreateInfo()
{
    public readonly int sType = 18;
    public void* pNext;
    public uint flags, stage;
    public ulong module;
    public byte* pName;
    public void* pSpecializationInfo;
}

unsafe struct VkComputePipelineCreateInfo()
{
    public readonly int sType = 29;
    public void* pNext;
    public uint flags;
    public VkPipelineShaderStageCreateInfo stage = new();
    public ulong layout, basePipelineHandle;
    public int basePipelineIndex;
}

unsafe struct VkPipelineCacheCreateInfo()
{
    public readonly int sType = 17;
    public void* pNext;
    public uint flags;
    public nuint initialDataSize;
    public void* pInitialData;
}

struct VkDescriptorPoolSize
{
    public uint type, descriptorCount;
}

unsafe struct VkDescriptorPoolCreateInfo()
{
    public readonly int sType = 33;
    public void* pNext;
    public uint flags, maxSets, poolSizeCount;
    public VkDescriptorPoolSize* pPoolSizes;
}

unsafe struct VkDescriptorSetAllocateInfo()
{
    public readonly int sType = 34;
    public void* pNext;
    public ulong descriptorPool;
    public uint descriptorSetCount;
    public ulong* pSetLayouts;
}

struct VkDescriptorBufferInfo
{
    public ulong buffer, offset, range;
}

unsafe struct VkWriteDescriptorSet()
{
    public readonly int sType = 35;
    public void* pNext;
    public ulong dstSet;
    public uint dstBinding, dstArrayElement, descriptorCount, descriptorType;
    public void* pImageInfo;
    public VkDescriptorBufferInfo* pBufferInfo;
    public ulong* pTexelBufferView;
}

unsafe struct VkCommandPoolCreateInfo()
{
    public readonly int sType = 39;
    public void* pNext;
    public uint flags, queueFamilyIndex;
}

unsafe struct VkCommandBufferAllocateInfo()
{
    public readonly int sType = 40;
    public void* pNext;
    public ulong commandPool;
    public uint level, commandBufferCount;
}

unsafe struct VkCommandBufferBeginInfo()
{
    public readonly int sType = 42;
    public void* pNext;
    public uint flags;
    public void* pInheritanceInfo;
}

struct VkBufferCopy
{
    public ulong srcOffset, dstOffset, size;
}

unsafe struct VkMemoryBarrier()
{
    public readonly int sType = 46;
    public void* pNext;
    public uint srcAccessMask, dstAccessMask;
}

unsafe struct VkSemaphoreTypeCreateInfo()
{
    public readonly int sType = 1000207002;
    public void* pNext;
    public uint semaphoreType;
    public ulong initialValue;
}

unsafe struct VkSemaphoreCreateInfo()
{
    public readonly int sType = 9;
    public void* pNext;
    public uint flags;
}

unsafe struct VkTimelineSemaphoreSubmitInfo()
{
    public readonly int sType = 1000207003;
    public void* pNext;
    public uint waitSemaphoreValueCount;
    public ulong* pWaitSemaphoreValues;
    public uint signalSemaphoreValueCount;
    public ulong* pSignalSemaphoreValues;
}

unsafe struct VkSubmitInfo()
{
    public readonly int sType = 4;
    public void* pNext;
    public uint waitSemaphoreCount;
    public ulong* pWaitSemaphores;
    public uint* pWaitDstStageMask;
    public uint commandBufferCount;
    public nint* pCommandBuffers;
    public uint signalSemaphoreCount;
    public ulong* pSignalSemaphores;
}

unsafe struct VkSemaphoreWaitInfo()
{
    public readonly int sType = 1000207004;
    public void* pNext;
    public uint flags, semaphoreCount;
    public ulong* pSemaphores;
    public ulong* pValues;
}
