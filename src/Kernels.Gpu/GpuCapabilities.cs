using System.Runtime.InteropServices;
using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// <summary>What a device is.</summary>
public enum GpuDeviceType
{
    /// <summary>Something else.</summary>
    Other = 0,
    /// <summary>Part of the processor, with its memory.</summary>
    Integrated = 1,
    /// <summary>A card with memory of its own.</summary>
    Discrete = 2,
    /// <summary>A device lent by a virtual machine's host.</summary>
    Virtual = 3,
    /// <summary>A driver that computes on the processor, such as lavapipe: for tests, not for speed.</summary>
    Cpu = 4,
}

/// <summary>What a device can do. Source: the Vulkan 1.2 specification, chapters "Features" and "Limits".</summary>
public sealed record GpuCapabilities
{
    /// <summary>The device's name, as the driver gives it.</summary>
    public required string Name { get; init; }
    /// <summary>What the device is.</summary>
    public required GpuDeviceType Type { get; init; }
    /// <summary>Name and version of the driver, as it gives them.</summary>
    public required string Driver { get; init; }
    /// <summary>Stable over restarts: vendor, device, the driver's version and its 16-byte identifier, in hexadecimal. Another driver, another Id.</summary>
    public required string Id { get; init; }
    /// <summary>Kernels may compute with double.</summary>
    public bool Float64 { get; init; }
    /// <summary>Kernels may compute with Half.</summary>
    public bool Float16 { get; init; }
    /// <summary>Kernels may compute with long and ulong.</summary>
    public bool Int64 { get; init; }
    /// <summary>Kernels may compute with short and ushort.</summary>
    public bool Int16 { get; init; }
    /// <summary>Kernels may compute with sbyte and byte.</summary>
    public bool Int8 { get; init; }
    /// <summary>Arrays of 16-bit elements.</summary>
    public bool Storage16 { get; init; }
    /// <summary>Arrays of 8-bit elements.</summary>
    public bool Storage8 { get; init; }
    /// <summary>64-bit atomics on arrays and on group-shared memory.</summary>
    public bool Int64Atomics { get; init; }
    /// <summary>Operations across a subgroup on 8-, 16- and 64-bit integers and on Half.</summary>
    public bool SubgroupExtendedTypes { get; init; }
    /// <summary>SPIR-V's memory model of Vulkan, with device scope.</summary>
    public bool VulkanMemoryModel { get; init; }
    /// <summary>Array elements of structs may be packed as in C.</summary>
    public bool ScalarBlockLayout { get; init; }
    /// <summary>The number of threads that run in step, by the device's own choice. Drivers with several sizes may take another one for a kernel.</summary>
    public required int SubgroupSize { get; init; }
    /// <summary>What kernels may do across a subgroup.</summary>
    public required GpuSubgroupOperations SubgroupOperations { get; init; }
    /// <summary>A kernel can be promised that its subgroups have all their threads (VK_EXT_subgroup_size_control).</summary>
    public bool FullSubgroups { get; init; }
    /// <summary>The most threads of a group.</summary>
    public required int MaxGroupThreads { get; init; }
    /// <summary>The most threads of a group along x, y and z.</summary>
    public required (int X, int Y, int Z) MaxGroupSize { get; init; }
    /// <summary>The most groups of a dispatch along x, y and z; at least 65535 each.</summary>
    public required (long X, long Y, long Z) MaxGroups { get; init; }
    /// <summary>Bytes of memory that a group shares; at least 16384.</summary>
    public required int SharedMemoryBytes { get; init; }
    /// <summary>Bytes of push constants; at least 128.</summary>
    public required int MaxPushConstantBytes { get; init; }
    /// <summary>The most arrays of a kernel; at least 4.</summary>
    public required int MaxBindings { get; init; }
    /// <summary>Bytes of the largest buffer; at least 2^27.</summary>
    public required long MaxBufferBytes { get; init; }
    /// <summary>Bytes of the device's own memory; on unified memory, of the memory it shares.</summary>
    public required long MemoryBytes { get; init; }
    /// <summary>The processor reaches all the device's memory: transfers are plain copies.</summary>
    public required bool UnifiedMemory { get; init; }

    /// <summary>
    /// Generated kernels in the wave form run: subgroups are full, of leastSubgroup threads or more, a whole number of them is a group, and they shuffle and vote. Otherwise the tree form serves.
    /// </summary>
    /// <param name="groupThreads">Threads of a group along x.</param>
    /// <param name="leastSubgroup">What the kernel's layout asks for.</param>
    public bool RunsWaves(int groupThreads, int leastSubgroup) =>
        HasFullSubgroups(groupThreads, leastSubgroup) && SubgroupOperations.HasFlag(GpuSubgroupOperations.Shuffle | GpuSubgroupOperations.Vote);

    internal bool HasFullSubgroups(int groupThreads, int least) => FullSubgroups && SubgroupSize >= least && groupThreads % SubgroupSize == 0;

    /// <summary>Families of five controls of float arithmetic, three widths (16, 32, 64 bits) each, in the order of VkPhysicalDeviceVulkan12Properties.</summary>
    internal bool[] FloatControls { get; init; } = new bool[15];

    internal static unsafe GpuCapabilities Read(in VkPhysicalDeviceProperties2 p, in VkPhysicalDeviceVulkan11Properties p11, in VkPhysicalDeviceVulkan12Properties p12,
        in VkPhysicalDeviceFeatures2 f, in VkPhysicalDeviceVulkan11Features f11, in VkPhysicalDeviceVulkan12Features f12, in VkPhysicalDeviceMemoryProperties memory)
    {
        long bytes = 0;
        for (int i = 0; i < memory.memoryHeapCount; i++)
            if ((memory.memoryHeaps[i].flags & Vk.DeviceLocal) != 0) bytes = Math.Max(bytes, (long)Math.Min(memory.memoryHeaps[i].size, long.MaxValue));
        var controls = new bool[15];
        fixed (byte* name = p.deviceName, driver = p12.driverName, info = p12.driverInfo, uuid = p.pipelineCacheUUID)
        fixed (uint* groups = p.maxComputeWorkGroupCount, size = p.maxComputeWorkGroupSize, floats = p12.floatControls)
        {
            for (int i = 0; i < controls.Length; i++) controls[i] = floats[i] != 0;
            var type = Enum.IsDefined((GpuDeviceType)p.deviceType) ? (GpuDeviceType)p.deviceType : GpuDeviceType.Other;
            return new()
            {
                Name = Text(name),
                Type = type,
                Driver = $"{Text(driver)} {Text(info)}".Trim(),
                Id = $"{p.vendorID:x8}-{p.deviceID:x8}-{p.driverVersion:x8}-{Convert.ToHexStringLower(new ReadOnlySpan<byte>(uuid, 16))}",
                Float64 = f.shaderFloat64 != 0,
                Float16 = f12.shaderFloat16 != 0,
                Int64 = f.shaderInt64 != 0,
                Int16 = f.shaderInt16 != 0,
                Int8 = f12.shaderInt8 != 0,
                Storage16 = f11.storageBuffer16BitAccess != 0,
                Storage8 = f12.storageBuffer8BitAccess != 0,
                Int64Atomics = f12.shaderBufferInt64Atomics != 0 && f12.shaderSharedInt64Atomics != 0,
                SubgroupExtendedTypes = f12.shaderSubgroupExtendedTypes != 0,
                VulkanMemoryModel = f12.vulkanMemoryModel != 0 && f12.vulkanMemoryModelDeviceScope != 0,
                ScalarBlockLayout = f12.scalarBlockLayout != 0,
                SubgroupSize = (int)p11.subgroupSize,
                SubgroupOperations = (p11.subgroupSupportedStages & Vk.StageCompute) != 0 ? (GpuSubgroupOperations)p11.subgroupSupportedOperations : 0,
                MaxGroupThreads = (int)Math.Min(p.maxComputeWorkGroupInvocations, int.MaxValue),
                MaxGroupSize = (Int(size[0]), Int(size[1]), Int(size[2])),
                MaxGroups = (groups[0], groups[1], groups[2]),
                SharedMemoryBytes = Int(p.maxComputeSharedMemorySize),
                MaxPushConstantBytes = Int(p.maxPushConstantsSize),
                MaxBindings = Int(p.maxPerStageDescriptorStorageBuffers),
                MaxBufferBytes = p.maxStorageBufferRange & ~3u,
                MemoryBytes = bytes,
                UnifiedMemory = type is GpuDeviceType.Integrated or GpuDeviceType.Cpu && DeviceMemory.Find(memory, uint.MaxValue, DeviceMemory.Unified) >= 0,
                FloatControls = controls,
            };
        }
    }

    static int Int(uint value) => (int)Math.Min(value, int.MaxValue);

    static unsafe string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}

/// <summary>Kinds of operations across a subgroup, with Vulkan's bits.</summary>
[Flags]
public enum GpuSubgroupOperations
{
    /// <summary>Elect a thread, barriers.</summary>
    Basic = 1,
    /// <summary>All, any, all equal.</summary>
    Vote = 2,
    /// <summary>Sum, minimum, maximum and the like, over the subgroup or the threads before.</summary>
    Arithmetic = 4,
    /// <summary>A bit of each thread; broadcast.</summary>
    Ballot = 8,
    /// <summary>The value of any thread.</summary>
    Shuffle = 16,
    /// <summary>The value of a thread so many places away.</summary>
    ShuffleRelative = 32,
    /// <summary>Arithmetic in clusters.</summary>
    Clustered = 64,
    /// <summary>Exchange among four threads.</summary>
    Quad = 128,
}
