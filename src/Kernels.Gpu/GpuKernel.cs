using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// <summary>How a kernel is called: array k is binding k of descriptor set 0, a storage buffer.</summary>
/// <param name="Bindings">The number of arrays.</param>
/// <param name="PushConstantBytes">Bytes of push constants, from offset 0 on; a multiple of 4.</param>
/// <param name="LocalSizeX">Threads of a group along x, as in the module.</param>
/// <param name="LocalSizeY">Along y.</param>
/// <param name="LocalSizeZ">Along z.</param>
/// <param name="LeastSubgroup">0, or the kernel rests on full subgroups (<see cref="GpuCapabilities.FullSubgroups"/>) of at least so many threads, whose size divides LocalSizeX.</param>
public sealed record KernelLayout(int Bindings, int PushConstantBytes, int LocalSizeX, int LocalSizeY = 1, int LocalSizeZ = 1, int LeastSubgroup = 0);

/// <summary>
/// A compiled kernel of a device, made by <see cref="GpuDevice.CreateKernel"/>. The module is checked against its layout and the device; beyond that it must be valid
/// (spirv-val, KERNELS_GPU_VALIDATION=1): drivers may crash on words that are not. What the driver compiled is kept on disk, see <see cref="PipelineCache"/>.
/// </summary>
public sealed unsafe class GpuKernel : GpuResource
{
    internal GpuKernel(GpuDevice device, string name, ReadOnlySpan<uint> words, KernelLayout layout) : base(device)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfNegative(layout.Bindings, nameof(layout));
        ArgumentOutOfRangeException.ThrowIfNegative(layout.PushConstantBytes, nameof(layout));
        ArgumentOutOfRangeException.ThrowIfNegative(layout.LeastSubgroup, nameof(layout));
        if (layout.PushConstantBytes % 4 != 0) throw new ArgumentException($"{layout.PushConstantBytes} bytes of push constants are not a multiple of 4.", nameof(layout));
        device.ThrowIfLost();
        (Name, Layout) = (name, layout);
        var module = SpirvModule.Read(name, words);
        module.CheckLayout(name, layout);
        module.CheckDevice(name, layout, device.Capabilities);
        Create(words);
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>How it is called.</summary>
    public KernelLayout Layout { get; }

    /// <summary>
    /// The grid of so many groups in a row, for kernels that number their groups x + 65535 y and do nothing from the last number on, as generated kernels do:
    /// no device need have more than 65535 groups along an axis.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">groups is negative, or more than 65535 squared.</exception>
    public static (long X, long Y, long Z) Fold(long groups)
    {
        const long most = 65535;
        ArgumentOutOfRangeException.ThrowIfNegative(groups);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups, most * most);
        return groups <= most ? (groups, 1, 1) : (most, (groups + most - 1) / most, 1);
    }

    internal ulong Pipeline { get; private set; }
    internal ulong PipelineLayout { get; private set; }
    internal ulong SetLayout { get; private set; }

    void Create(ReadOnlySpan<uint> words)
    {
        nint device = Device.Handle;
        var api = Device.Api;
        ulong made;

        var bindings = new VkDescriptorSetLayoutBinding[Layout.Bindings];
        for (int i = 0; i < bindings.Length; i++) bindings[i] = new() { binding = (uint)i, descriptorType = Vk.StorageBuffer, descriptorCount = 1, stageFlags = Vk.StageCompute };
        fixed (VkDescriptorSetLayoutBinding* at = bindings)
        {
            var create = new VkDescriptorSetLayoutCreateInfo { bindingCount = (uint)bindings.Length, pBindings = at };
            Device.Check(api.CreateDescriptorSetLayout(device, &create, null, &made), "vkCreateDescriptorSetLayout");
            SetLayout = made;
        }

        var range = new VkPushConstantRange { stageFlags = Vk.StageCompute, size = (uint)Layout.PushConstantBytes };
        ulong set = SetLayout;
        var pipelineLayout = new VkPipelineLayoutCreateInfo { setLayoutCount = 1, pSetLayouts = &set, pushConstantRangeCount = range.size > 0 ? 1u : 0, pPushConstantRanges = &range };
        Device.Check(api.CreatePipelineLayout(device, &pipelineLayout, null, &made), "vkCreatePipelineLayout");
        PipelineLayout = made;

        ulong module = 0, cache = 0;
        try
        {
            fixed (uint* code = words)
            {
                var create = new VkShaderModuleCreateInfo { codeSize = (nuint)words.Length * 4, pCode = code };
                Compiled(api.CreateShaderModule(device, &create, null, &module), "vkCreateShaderModule");
            }
            string? file = PipelineCache.File(Device.Capabilities, Layout, words);
            byte[] stored = CacheFile.Load(file);
            fixed (byte* data = stored)
            {
                var create = new VkPipelineCacheCreateInfo { initialDataSize = (nuint)stored.Length, pInitialData = data };
                // Without a cache the driver compiles, that is all.
                if (api.CreatePipelineCache(device, &create, null, &cache) < 0) cache = 0;
            }
            fixed (byte* main = "main\0"u8)
            {
                var create = new VkComputePipelineCreateInfo { layout = PipelineLayout, stage = new() { flags = Layout.LeastSubgroup > 0 ? Vk.FullSubgroups : 0, stage = Vk.StageCompute, module = module, pName = main } };
                Compiled(api.CreateComputePipelines(device, cache, 1, &create, null, &made), "vkCreateComputePipelines");
                Pipeline = made;
            }
            if (cache != 0 && file is not null) Store(file, stored, cache);
        }
        finally
        {
            api.DestroyPipelineCache(device, cache, null);
            api.DestroyShaderModule(device, module, null);
        }
    }

    /// What the driver refuses for another reason than memory or a lost device is a fault of the words.
    void Compiled(int result, string call)
    {
        if (result < 0 && result is not (Vk.OutOfDeviceMemory or Vk.OutOfHostMemory or Vk.DeviceLost))
            throw new KernelCompileException(Name, $"the driver refused it ({Vk.Error(result, call, 0, null).Message})");
        Device.Check(result, call);
    }

    void Store(string file, byte[] stored, ulong cache)
    {
        nuint size = 0;
        if (Device.Api.GetPipelineCacheData(Device.Handle, cache, &size, null) < 0 || size == 0) return;
        var data = new byte[size];
        int result;
        fixed (byte* at = data) result = Device.Api.GetPipelineCacheData(Device.Handle, cache, &size, at);
        if (result == Vk.Success && !data.AsSpan(0, (int)size).SequenceEqual(stored)) CacheFile.Store(file, data.AsSpan(0, (int)size));
    }

    private protected override void Free()
    {
        // Nothing was made: the device may not even be open.
        if (SetLayout == 0) return;
        Device.Api.DestroyPipeline(Device.Handle, Pipeline, null);
        Device.Api.DestroyPipelineLayout(Device.Handle, PipelineLayout, null);
        Device.Api.DestroyDescriptorSetLayout(Device.Handle, SetLayout, null);
    }
}
