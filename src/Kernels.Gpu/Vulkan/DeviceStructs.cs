using System.Runtime.InteropServices;

namespace Kernels.Gpu.Vulkan;

// What a device says of itself. Of these long structures only the members that are read are named, at the offsets of the specification's C header on 64-bit systems.

[StructLayout(LayoutKind.Explicit, Size = 840)]
unsafe struct VkPhysicalDeviceProperties2()
{
    [FieldOffset(0)] public readonly int sType = 1000059001;
    [FieldOffset(8)] public void* pNext;
    [FieldOffset(16)] public uint apiVersion;
    [FieldOffset(20)] public uint driverVersion;
    [FieldOffset(24)] public uint vendorID;
    [FieldOffset(28)] public uint deviceID;
    [FieldOffset(32)] public uint deviceType;
    [FieldOffset(36)] public fixed byte deviceName[256];
    [FieldOffset(292)] public fixed byte pipelineCacheUUID[16];
    // VkPhysicalDeviceLimits begins at 312.
    [FieldOffset(312 + 28)] public uint maxStorageBufferRange;
    [FieldOffset(312 + 32)] public uint maxPushConstantsSize;
    [FieldOffset(312 + 76)] public uint maxPerStageDescriptorStorageBuffers;
    [FieldOffset(312 + 216)] public uint maxComputeSharedMemorySize;
    [FieldOffset(312 + 220)] public fixed uint maxComputeWorkGroupCount[3];
    [FieldOffset(312 + 232)] public uint maxComputeWorkGroupInvocations;
    [FieldOffset(312 + 236)] public fixed uint maxComputeWorkGroupSize[3];
}

[StructLayout(LayoutKind.Explicit, Size = 112)]
unsafe struct VkPhysicalDeviceVulkan11Properties()
{
    [FieldOffset(0)] public readonly int sType = 50;
    [FieldOffset(8)] public void* pNext;
    [FieldOffset(16)] public fixed byte deviceUUID[16];
    [FieldOffset(64)] public uint subgroupSize;
    [FieldOffset(68)] public uint subgroupSupportedStages;
    [FieldOffset(72)] public uint subgroupSupportedOperations;
}

[StructLayout(LayoutKind.Explicit, Size = 736)]
unsafe struct VkPhysicalDeviceVulkan12Properties()
{
    [FieldOffset(0)] public readonly int sType = 52;
    [FieldOffset(8)] public void* pNext;
    [FieldOffset(20)] public fixed byte driverName[256];
    [FieldOffset(276)] public fixed byte driverInfo[256];
    /// Three widths (16, 32, 64) each of: signed zero, infinity and NaN preserved; subnormals preserved; flushed; round to nearest even; to zero.
    [FieldOffset(544)] public fixed uint floatControls[15];
}

[StructLayout(LayoutKind.Explicit, Size = 240)]
unsafe struct VkPhysicalDeviceFeatures2()
{
    [FieldOffset(0)] public readonly int sType = 1000059000;
    [FieldOffset(8)] public void* pNext;
    // VkPhysicalDeviceFeatures begins at 16.
    [FieldOffset(16 + 156)] public uint shaderFloat64;
    [FieldOffset(16 + 160)] public uint shaderInt64;
    [FieldOffset(16 + 164)] public uint shaderInt16;
}

/// Of VK_EXT_subgroup_size_control, part of Vulkan 1.3.
unsafe struct VkPhysicalDeviceSubgroupSizeControlFeatures()
{
    public readonly int sType = 1000225002;
    public void* pNext;
    public uint subgroupSizeControl, computeFullSubgroups;
}

[StructLayout(LayoutKind.Sequential, Size = 260)]
unsafe struct VkExtensionProperties
{
    public fixed byte extensionName[256];
}

[StructLayout(LayoutKind.Explicit, Size = 64)]
unsafe struct VkPhysicalDeviceVulkan11Features()
{
    [FieldOffset(0)] public readonly int sType = 49;
    [FieldOffset(8)] public void* pNext;
    [FieldOffset(16)] public uint storageBuffer16BitAccess;
}

[StructLayout(LayoutKind.Explicit, Size = 208)]
unsafe struct VkPhysicalDeviceVulkan12Features()
{
    [FieldOffset(0)] public readonly int sType = 51;
    [FieldOffset(8)] public void* pNext;
    [FieldOffset(24)] public uint storageBuffer8BitAccess;
    [FieldOffset(36)] public uint shaderBufferInt64Atomics;
    [FieldOffset(40)] public uint shaderSharedInt64Atomics;
    [FieldOffset(44)] public uint shaderFloat16;
    [FieldOffset(48)] public uint shaderInt8;
    [FieldOffset(140)] public uint scalarBlockLayout;
    [FieldOffset(152)] public uint shaderSubgroupExtendedTypes;
    [FieldOffset(164)] public uint timelineSemaphore;
    [FieldOffset(180)] public uint vulkanMemoryModel;
    [FieldOffset(184)] public uint vulkanMemoryModelDeviceScope;
}

struct VkMemoryType
{
    public uint propertyFlags, heapIndex;
}

struct VkMemoryHeap
{
    public ulong size;
    public uint flags;
}

[System.Runtime.CompilerServices.InlineArray(32)]
struct VkMemoryTypes { VkMemoryType first; }

[System.Runtime.CompilerServices.InlineArray(16)]
struct VkMemoryHeaps { VkMemoryHeap first; }

struct VkPhysicalDeviceMemoryProperties
{
    public uint memoryTypeCount;
    public VkMemoryTypes memoryTypes;
    public uint memoryHeapCount;
    public VkMemoryHeaps memoryHeaps;
}

struct VkQueueFamilyProperties
{
    public uint queueFlags, queueCount, timestampValidBits, granularityX, granularityY, granularityZ;
}
