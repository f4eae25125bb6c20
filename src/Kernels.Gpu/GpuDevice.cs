using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// <summary>
/// A Vulkan 1.2 device. Devices are found once and live as long as the process, so there is nothing to dispose; the driver's side is opened at the
/// first buffer, kernel or stream. All members may be called from several threads.
/// </summary>
public sealed unsafe class GpuDevice : IDevice
{
    static readonly Lock gate = new();
    static GpuDevice[] known = [];

    readonly nint physical;
    readonly Lock opening = new();
    volatile Opened? opened;
    readonly VkPhysicalDeviceFeatures2 features;
    readonly VkPhysicalDeviceVulkan11Features features11;
    readonly VkPhysicalDeviceVulkan12Features features12;
    volatile string? lost;
    readonly Dictionary<DeviceKernel, GpuKernel> loaded = [];
    GpuBuffer<uint>? empty;

    sealed record Opened(nint Handle, DeviceApi Api, SubmissionQueue Queue);

    GpuDevice(nint physical, GpuCapabilities capabilities, in VkPhysicalDeviceMemoryProperties memory,
        in VkPhysicalDeviceFeatures2 features, in VkPhysicalDeviceVulkan11Features features11, in VkPhysicalDeviceVulkan12Features features12)
    {
        (this.physical, this.features, this.features11, this.features12) = (physical, features, features11, features12);
        (Capabilities, MemoryProperties) = (capabilities, memory);
        Staging = new(this);
    }

    /// <summary>There is at least one device.</summary>
    public static bool IsAvailable => Enumerate().Count > 0;

    /// <summary>Why there is no device, and what to install; null: there is one.</summary>
    public static string? UnavailableReason
    {
        get
        {
            try { _ = GetDefault(); return null; }
            catch (GpuUnavailableException e) { return e.Message; }
        }
    }

    /// <summary>What the validation layer has said so far in this process; empty unless the environment variable KERNELS_GPU_VALIDATION is 1.</summary>
    public static IReadOnlyList<string> ValidationMessages => Validation.Messages;

    /// <summary>
    /// All devices with Vulkan 1.2 and a compute queue, the fastest kind first: discrete, integrated, virtual, processor. Empty where there is none.
    /// A device that was lost is not among them: a new object stands for it.
    /// </summary>
    public static IReadOnlyList<GpuDevice> Enumerate()
    {
        try { return Find(); }
        catch (GpuUnavailableException) { return []; }
    }

    /// <summary>The first device of <see cref="Enumerate"/>.</summary>
    /// <exception cref="GpuUnavailableException">There is none; the message says what to install.</exception>
    public static GpuDevice GetDefault() => Find() is [var first, ..] ? first : throw new GpuUnavailableException(Instance.NoDevice);

    /// <summary>The devices that fulfil a condition, in the order of <see cref="Enumerate"/>.</summary>
    public static IReadOnlyList<GpuDevice> Query(Func<GpuCapabilities, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return [.. Enumerate().Where(d => condition(d.Capabilities))];
    }

    /// <summary>What the device is and can do.</summary>
    public GpuCapabilities Capabilities { get; }

    /// <summary>The driver gave the device up; whatever is asked of this object throws <see cref="GpuDeviceLostException"/>.</summary>
    public bool IsLost => lost is not null;

    /// <summary>A new buffer; its elements are undefined.</summary>
    /// <exception cref="ArgumentOutOfRangeException">length is negative, or the buffer would have more than <see cref="GpuCapabilities.MaxBufferBytes"/>.</exception>
    /// <exception cref="GpuOutOfMemoryException">The device has not so much memory left.</exception>
    public GpuBuffer<T> Allocate<T>(long length) where T : unmanaged => new(this, length, Capabilities.UnifiedMemory);

    /// <summary>A new buffer with these elements.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are too many, as in <see cref="Allocate"/>.</exception>
    /// <exception cref="GpuOutOfMemoryException">The device has not so much memory left.</exception>
    public GpuBuffer<T> Allocate<T>(ReadOnlySpan<T> elements) where T : unmanaged
    {
        var buffer = Allocate<T>(elements.Length);
        try { buffer.Upload(elements); }
        catch { buffer.Dispose(); throw; }
        return buffer;
    }

    /// <summary>Makes a kernel of a SPIR-V module.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="words">The module: Vulkan 1.2's SPIR-V, at most version 1.5, with a compute entry point `main`. Not used after the call.</param>
    /// <param name="layout">How it is called.</param>
    /// <exception cref="ArgumentException">No name, or a layout that is none.</exception>
    /// <exception cref="GpuDeviceLostException">The device is lost.</exception>
    /// <exception cref="KernelCompileException">The words are no such module, disagree with the layout, or are refused by the driver.</exception>
    /// <exception cref="GpuFeatureMissingException">The device lacks something that the module needs.</exception>
    public GpuKernel CreateKernel(string name, ReadOnlySpan<uint> words, KernelLayout layout) => new(this, name, words, layout);

    /// <summary>A new stream.</summary>
    public GpuStream CreateStream() => new(this);

    string IDevice.Name => Capabilities.Name;
    IDeviceBuffer<T> IDevice.Allocate<T>(long length) => Allocate<T>(length);
    IDeviceStream IDevice.CreateStream() => CreateStream();

    /// <summary>A generated kernel, compiled at its first use and then kept.</summary>
    /// <exception cref="GpuFeatureMissingException">The device lacks something that it needs.</exception>
    internal GpuKernel Load(DeviceKernel kernel)
    {
        lock (loaded)
        {
            if (loaded.TryGetValue(kernel, out var known)) return known;
            var layout = kernel.Layout;
            bool waves = kernel.Waves is not null && Capabilities.RunsWaves(layout.GroupSize, kernel.Waves.LeastWave) && kernel.Waves.SharedBytes <= Capabilities.SharedMemoryBytes;
            return loaded[kernel] = CreateKernel(kernel.Name, kernel.Spirv(waves),
                new(layout.Arrays + (layout.HasErrors ? 1 : 0), layout.PushConstantBytes, layout.GroupSize, LeastSubgroup: waves ? kernel.Waves!.LeastWave : 0));
        }
    }

    /// 0: not made yet.
    internal ulong EmptyHandle => empty?.Vulkan ?? 0;

    /// <summary>Bound where a kernel has an array and the caller none.</summary>
    internal GpuBuffer<uint> Empty
    {
        get
        {
            lock (loaded) return empty ??= Allocate<uint>(0);
        }
    }

    /// <summary>Name and kind.</summary>
    public override string ToString() => $"{Capabilities.Name} ({Capabilities.Type})";

    internal nint Handle => Driver.Handle;
    internal DeviceApi Api => Driver.Api;
    internal SubmissionQueue Queue => Driver.Queue;
    internal StagingPool Staging { get; }
    internal VkPhysicalDeviceMemoryProperties MemoryProperties { get; }
    /// The name of the kernel that was submitted last, for the message when the device is lost.
    internal volatile string? LastKernel;

    /// <summary>Throws unless the call succeeded.</summary>
    internal void Check(int result, string call, long bytes = 0)
    {
        CheckResult(result, call, bytes);
        Validation.Check();
    }

    /// <summary>As <see cref="Check"/>, for calls that have consequences: what the validation layer says is thrown by the next call.</summary>
    internal void CheckResult(int result, string call, long bytes = 0)
    {
        if (result == Vk.DeviceLost) throw Lose(call);
        Vk.Check(result, call, bytes);
    }

    /// <summary>Marks the device as lost.</summary>
    internal GpuException Lose(string call)
    {
        lost ??= call;
        return Vk.Error(Vk.DeviceLost, lost, 0, LastKernel);
    }

    internal void ThrowIfLost()
    {
        if (lost is not null) throw Lose(lost);
    }

    static GpuDevice[] Find()
    {
        lock (gate)
        {
            if (known.Length > 0 && !known.Any(d => d.IsLost)) return known;
            var instance = Instance.Get();
            var living = known.Where(d => !d.IsLost).ToDictionary(d => d.Capabilities.Id + d.physical);
            return known = [.. instance.PhysicalDevices().Select(p => Describe(instance, p)).OfType<GpuDevice>()
                .Select(d => living.GetValueOrDefault(d.Capabilities.Id + d.physical, d)).OrderBy(d => Rank(d.Capabilities.Type))];
        }
    }

    static int Rank(GpuDeviceType type) => type switch { GpuDeviceType.Discrete => 0, GpuDeviceType.Integrated => 1, GpuDeviceType.Virtual => 2, GpuDeviceType.Cpu => 4, _ => 3 };

    /// null: not Vulkan 1.2, or no compute queue.
    static GpuDevice? Describe(Instance instance, nint physical)
    {
        // A driver of an older version must not be asked for structures it does not know.
        var properties = new VkPhysicalDeviceProperties2();
        instance.GetPhysicalDeviceProperties2(physical, &properties);
        if (properties.apiVersion < Vk.Api12 || Family(instance, physical) < 0) return null;

        var properties12 = new VkPhysicalDeviceVulkan12Properties();
        var properties11 = new VkPhysicalDeviceVulkan11Properties { pNext = &properties12 };
        properties.pNext = &properties11;
        instance.GetPhysicalDeviceProperties2(physical, &properties);
        bool sizes = instance.HasExtension(physical, Instance.SubgroupSizeControl);
        var subgroups = new VkPhysicalDeviceSubgroupSizeControlFeatures();
        var features12 = new VkPhysicalDeviceVulkan12Features { pNext = sizes ? &subgroups : null };
        var features11 = new VkPhysicalDeviceVulkan11Features { pNext = &features12 };
        var features = new VkPhysicalDeviceFeatures2 { pNext = &features11 };
        instance.GetPhysicalDeviceFeatures2(physical, &features);
        VkPhysicalDeviceMemoryProperties memory;
        instance.GetPhysicalDeviceMemoryProperties(physical, &memory);
        var capabilities = GpuCapabilities.Read(properties, properties11, properties12, features, features11, features12, memory) with { FullSubgroups = subgroups.computeFullSubgroups != 0 };
        return new(physical, capabilities, memory, features, features11, features12);
    }

    /// A queue family for computing alone, which leaves the desktop's queue free, else any that computes; -1: none.
    static int Family(Instance instance, nint physical)
    {
        uint count = 0;
        instance.GetPhysicalDeviceQueueFamilyProperties(physical, &count, null);
        var families = new VkQueueFamilyProperties[count];
        fixed (VkQueueFamilyProperties* at = families) instance.GetPhysicalDeviceQueueFamilyProperties(physical, &count, at);
        int alone = Array.FindIndex(families, f => (f.queueFlags & (Vk.QueueCompute | Vk.QueueGraphics)) == Vk.QueueCompute);
        return alone >= 0 ? alone : Array.FindIndex(families, f => (f.queueFlags & Vk.QueueCompute) != 0);
    }

    /// A failure is not remembered: memory that was missing may be there later.
    Opened Driver
    {
        get
        {
            if (opened is { } already) return already;
            lock (opening) return opened ??= Open();
        }
    }

    Opened Open()
    {
        var instance = Instance.Get();
        uint family = (uint)Family(instance, physical);
        float priority = 1;
        var queue = new VkDeviceQueueCreateInfo { queueFamilyIndex = family, queueCount = 1, pQueuePriorities = &priority };
        // Everything that kernels may ask for and the device has, and nothing else: unused features can cost speed (robust access does).
        bool full = Capabilities.FullSubgroups;
        var subgroups = new VkPhysicalDeviceSubgroupSizeControlFeatures { computeFullSubgroups = 1 };
        var enable12 = new VkPhysicalDeviceVulkan12Features
        {
            pNext = full ? &subgroups : null,
            storageBuffer8BitAccess = features12.storageBuffer8BitAccess, shaderBufferInt64Atomics = features12.shaderBufferInt64Atomics,
            shaderSharedInt64Atomics = features12.shaderSharedInt64Atomics, shaderFloat16 = features12.shaderFloat16, shaderInt8 = features12.shaderInt8,
            scalarBlockLayout = features12.scalarBlockLayout, shaderSubgroupExtendedTypes = features12.shaderSubgroupExtendedTypes,
            timelineSemaphore = 1, vulkanMemoryModel = features12.vulkanMemoryModel, vulkanMemoryModelDeviceScope = features12.vulkanMemoryModelDeviceScope,
        };
        var enable11 = new VkPhysicalDeviceVulkan11Features { pNext = &enable12, storageBuffer16BitAccess = features11.storageBuffer16BitAccess };
        var enable = new VkPhysicalDeviceFeatures2 { pNext = &enable11, shaderFloat64 = features.shaderFloat64, shaderInt64 = features.shaderInt64, shaderInt16 = features.shaderInt16 };
        nint handle;
        fixed (byte* extension = Instance.Utf8(Instance.SubgroupSizeControl))
        {
            byte* extensions = extension;
            var create = new VkDeviceCreateInfo { pNext = &enable, queueCreateInfoCount = 1, pQueueCreateInfos = &queue, enabledExtensionCount = full ? 1u : 0, ppEnabledExtensionNames = &extensions };
            Vk.Check(instance.CreateDevice(physical, &create, null, &handle), "vkCreateDevice");
        }
        var api = new DeviceApi(handle, instance.GetDeviceProcAddr);
        nint first;
        api.GetDeviceQueue(handle, family, 0, &first);
        return new(handle, api, new(this, handle, api, first, family));
    }
}
