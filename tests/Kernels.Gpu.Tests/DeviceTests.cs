using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu.Tests;

public class DeviceTests
{
    [Fact]
    public void Where_a_GPU_is_expected_there_is_one()
    {
        if (Environment.GetEnvironmentVariable("KERNELS_EXPECT_GPU") == "1") Assert.Null(GpuDevice.UnavailableReason);
        Assert.Equal(GpuDevice.UnavailableReason is null, GpuDevice.IsAvailable);
    }

    [GpuFact]
    public void Every_device_has_what_Vulkan_requires()
    {
        Assert.Same(GpuDevice.Enumerate()[0], GpuDevice.GetDefault());
        foreach (var device in GpuDevice.Enumerate())
        {
            var c = device.Capabilities;
            Assert.NotEmpty(c.Name);
            Assert.NotEmpty(c.Driver);
            Assert.Equal(3 * 9 + 32, c.Id.Length);
            // The required limits: Vulkan 1.2, "Limits", "Required Limits".
            Assert.True(c.MaxGroupThreads >= 128 && c.MaxGroupSize is { X: >= 128, Y: >= 128, Z: >= 64 }, c.ToString());
            Assert.True(c.MaxGroups is { X: >= 65535, Y: >= 65535, Z: >= 65535 }, c.ToString());
            Assert.True(c.SharedMemoryBytes >= 16384 && c.MaxPushConstantBytes >= 128 && c.MaxBindings >= 4 && c.MaxBufferBytes >= 1 << 27, c.ToString());
            Assert.True(System.Numerics.BitOperations.IsPow2(c.SubgroupSize) && c.SubgroupSize <= 128, c.ToString());
            Assert.True(c.SubgroupOperations.HasFlag(GpuSubgroupOperations.Basic), c.ToString());
            Assert.True(c.MemoryBytes > 0, c.ToString());
        }
        Assert.Empty(GpuDevice.Query(c => c.MaxGroupThreads < 0));
        Assert.Equal(GpuDevice.Enumerate(), GpuDevice.Query(_ => true));
        Assert.Throws<ArgumentNullException>(() => GpuDevice.Query(null!));
    }

    [GpuFact]
    public void Lavapipe_is_described_as_measured()
    {
        // Debian's mesa 22.3: the shared notes' table, read with vulkaninfo. Other versions differ in the subgroup only.
        if (GpuDevice.Query(c => c.Driver.StartsWith("llvmpipe", StringComparison.Ordinal)) is not [var device, ..]) return;
        var c = device.Capabilities;
        Assert.Equal((GpuDeviceType.Cpu, true, true, true, true, true), (c.Type, c.UnifiedMemory, c.Float64, c.Int64, c.Int16, c.Float16));
        Assert.Equal((32768, 1024, 1L << 27), (c.SharedMemoryBytes, c.MaxGroupThreads, c.MaxBufferBytes));
        Assert.True(c.FullSubgroups && c.RunsWaves(256, 4), "the wave form is not tested");
    }

    [Fact]
    public void Without_a_driver_the_error_says_what_to_install()
    {
        string empty = Path.GetTempFileName();
        try
        {
            var result = Child.Start("unavailable", ("VK_ICD_FILENAMES", empty), ("VK_DRIVER_FILES", empty));
            Assert.Equal(3, result.ExitCode);
            Assert.StartsWith("False 0", result.Output);
            Assert.Contains("GpuUnavailableException", result.Output);
            Assert.Contains("apt-get install libvulkan1 mesa-vulkan-drivers", result.Output);
        }
        finally { File.Delete(empty); }
    }

    [GpuFact]
    public void The_validation_layer_has_nothing_to_say()
    {
        var result = Child.Start("everything", ("KERNELS_GPU_VALIDATION", "1"));
        if (NoLayer(result)) return;
        Assert.Equal((0, "0 messages"), (result.ExitCode, result.Output));
    }

    [GpuFact]
    public void The_validation_layer_is_heard()
    {
        var result = Child.Start("undeclared", ("KERNELS_GPU_VALIDATION", "1"));
        if (NoLayer(result)) return;
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("GpuValidationException", result.Output);
        Assert.Contains("Float64", result.Output);
    }

    /// The layer is a package of its own; where a GPU is expected, so is the layer.
    internal static bool NoLayer(Kernels.Tests.Shared.ChildProcess.Result result)
    {
        bool missing = result.Output.Contains("vulkan-validationlayers");
        Assert.False(missing && Environment.GetEnvironmentVariable("KERNELS_EXPECT_GPU") == "1", result.Output);
        return missing;
    }

    [GpuFact]
    public void A_lost_device_fails_all_it_is_asked_and_is_found_anew()
    {
        var result = Child.Start("lost");
        Assert.Equal((0, "5 8"), (result.ExitCode, result.Output));
    }

    [Fact]
    public void Results_become_typed_errors()
    {
        Assert.Equal(42, Assert.IsType<GpuOutOfMemoryException>(Vk.Error(Vk.OutOfDeviceMemory, "vkX", 42, null)).RequestedBytes);
        Assert.IsType<GpuOutOfMemoryException>(Vk.Error(Vk.OutOfHostMemory, "vkX", 0, null));
        Assert.IsType<GpuOutOfMemoryException>(Vk.Error(Vk.TooManyObjects, "vkX", 0, null));
        Assert.Equal("k", Assert.IsType<GpuDeviceLostException>(Vk.Error(Vk.DeviceLost, "vkX", 0, "k")).LastKernel);
        Assert.Contains("vkX", Vk.Error(-13, "vkX", 0, null).Message);
        foreach (var type in typeof(GpuException).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Exception)))) Assert.True(type.IsAssignableTo(typeof(GpuException)));
    }
}
