using Kernels.Testing;

namespace Kernels.Gpu.Tests;

public class KernelTests
{
    static GpuDevice Device => GpuDevice.GetDefault();

    [GpuTheory, InlineData(0), InlineData(1), InlineData(63), InlineData(64), InlineData(65), InlineData(1000), InlineData((1 << 20) + 1)]
    public void Axpy_in_float_is_exact_and_leaves_the_rest_alone(int n)
    {
        // Integers below 2^24: every operation is exact, so the result is, however the device rounds or fuses.
        const int band = 64;
        var x = Enumerable.Range(0, n).Select(i => (float)(i % 1000)).ToArray();
        var y = Enumerable.Range(0, n).Select(i => (float)(i % 777)).Concat(Enumerable.Repeat(float.NaN, band)).ToArray();
        using var kernel = Device.CreateKernel("axpy", Modules.Axpy(), Modules.AxpyLayout);
        using GpuBuffer<float> bx = Device.Allocate<float>(x), by = Device.Allocate<float>(y);
        using var stream = Device.CreateStream();
        stream.Dispatch(kernel, ((n + 63) / 64, 1, 1), [bx, by], (n, 0));
        stream.Submit();
        var result = by.ToArray();
        for (int i = 0; i < n; i++) Assert.Equal(2 * x[i] + y[i], result[i]);
        Assert.All(result[n..], r => Assert.Equal(BitConverter.SingleToInt32Bits(float.NaN), BitConverter.SingleToInt32Bits(r)));
    }

    [GpuFact]
    public void Axpy_in_double_keeps_all_bits()
    {
        if (!Device.Capabilities.Float64)
        {
            Assert.Equal("Float64", Assert.Throws<GpuFeatureMissingException>(() => Device.CreateKernel("axpy64", Modules.Axpy(64), Modules.AxpyLayout)).Feature);
            return;
        }
        // Doubling is exact and the addition rounds once, correctly (Vulkan, "Precision and Operation of SPIR-V Instructions"): equal bits.
        var random = new Random(1);
        var x = Enumerable.Range(0, 1000).Select(_ => random.NextDouble() - 0.5).ToArray();
        var y = x.Select(_ => random.NextDouble()).ToArray();
        using var kernel = Device.CreateKernel("axpy64", Modules.Axpy(64), Modules.AxpyLayout);
        using GpuBuffer<double> bx = Device.Allocate<double>(x), by = Device.Allocate<double>(y);
        using var stream = Device.CreateStream();
        stream.Dispatch(kernel, (16, 1, 1), [bx, by], (1000, 0));
        stream.Submit();
        Assert.Equal(x.Zip(y, (a, b) => 2 * a + b), by.ToArray());
    }

    [GpuFact]
    public void Group_shared_memory_and_barriers_work()
    {
        // Sums of 64 integers below 1000: exact.
        var x = Enumerable.Range(0, 64 * 50).Select(i => (float)(i * 31 % 1000)).ToArray();
        using var kernel = Device.CreateKernel("sum", Modules.GroupSum(), new(2, 0, 64));
        using GpuBuffer<float> bx = Device.Allocate<float>(x), by = Device.Allocate<float>(50);
        using var stream = Device.CreateStream();
        stream.Dispatch(kernel, (50, 1, 1), [bx, by]);
        stream.Submit();
        Assert.Equal(x.Chunk(64).Select(c => c.Sum()), by.ToArray());
    }

    [GpuTheory, InlineData(0), InlineData(65535), InlineData(65536), InlineData(200_000)]
    public void Folded_grids_run_every_group_once(int groups)
    {
        using var kernel = Device.CreateKernel("folded", Modules.Folded(), new(1, 8, 1));
        using var marks = Device.Allocate<uint>(groups + 10);
        using var stream = Device.CreateStream();
        stream.Fill(marks);
        stream.Dispatch(kernel, GpuKernel.Fold(groups), [marks], (groups, 0));
        stream.Submit();
        var result = marks.ToArray();
        for (int i = 0; i < result.Length; i++) Assert.Equal(i < groups ? (uint)i + 1 : 0, result[i]);
    }

    [Fact]
    public void Grids_that_cannot_be_folded_are_refused()
    {
        Assert.Equal((65535, 65535, 1), GpuKernel.Fold(65535L * 65535));
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuKernel.Fold(65535L * 65535 + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuKernel.Fold(-1));
    }

    [GpuFact]
    public void Words_that_are_no_kernel_are_refused_with_the_reason()
    {
        void Refused(string reason, uint[] words, KernelLayout? layout = null)
        {
            var thrown = Assert.Throws<KernelCompileException>(() => Device.CreateKernel("bad", words, layout ?? Modules.AxpyLayout));
            Assert.Contains(reason, thrown.Message);
            Assert.Contains("'bad'", thrown.Message);
        }
        var good = Modules.Axpy();
        Refused("0x07230203", []);
        Refused("0x07230203", [1, 2, 3, 4, 5, 6]);
        Refused("that are left", good[..^1].Append(0x0008_0001u).ToArray());
        Refused("0 words long", [.. good, 0]);
        Refused("too short", [.. good, 0x0001_0011]);
        Refused("'other'", Modules.Axpy(entry: "other"));
        Refused("64 x 1 x 1", good, new(2, 8, 128));
        Refused("binding 1", good, new(1, 8, 64));
        good[1] = 0x00010600;
        Refused("1.6", good);
        Assert.Throws<ArgumentException>(() => Device.CreateKernel("", Modules.Axpy(), Modules.AxpyLayout));
        Assert.Throws<ArgumentNullException>(() => Device.CreateKernel("axpy", Modules.Axpy(), null!));
        Assert.Throws<ArgumentException>(() => Device.CreateKernel("axpy", Modules.Axpy(), new(2, 7, 64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.CreateKernel("axpy", Modules.Axpy(), new(-2, 8, 64)));
    }

    [GpuFact]
    public void What_the_device_lacks_is_named()
    {
        void Missing(string feature, uint[] words, KernelLayout layout) =>
            Assert.Equal(feature, Assert.Throws<GpuFeatureMissingException>(() => Device.CreateKernel("big", words, layout)).Feature);
        var c = Device.Capabilities;
        uint threads = (uint)c.MaxGroupThreads + 1;
        Missing("MaxGroupThreads", Modules.Axpy(localSize: (threads, 1, 1)), new(2, 8, (int)threads));
        Missing("SharedMemoryBytes", Modules.GroupSum((uint)c.SharedMemoryBytes / 4 + 1), new(2, 0, 64));
        Missing("MaxPushConstantBytes", Modules.Axpy(), new(2, c.MaxPushConstantBytes + 4, 64));
        Missing("SPIR-V capability 6", Modules.Axpy(capability: 6), Modules.AxpyLayout);
        Missing("FullSubgroups", Modules.Axpy(), Modules.AxpyLayout with { LeastSubgroup = 2 * c.SubgroupSize });
        // What this device has, another may not.
        Assert.Equal("Float64", Assert.Throws<GpuFeatureMissingException>(() =>
            SpirvModule.Read("axpy64", Modules.Axpy(64)).CheckDevice("axpy64", Modules.AxpyLayout, c with { Float64 = false })).Feature);
    }

    [GpuFact]
    public void Waves_run_where_subgroups_are_full_and_divide_the_group()
    {
        var c = Device.Capabilities with { FullSubgroups = true, SubgroupSize = 32, SubgroupOperations = GpuSubgroupOperations.Shuffle | GpuSubgroupOperations.Vote | GpuSubgroupOperations.Basic };
        Assert.True(c.RunsWaves(256, 4) && c.RunsWaves(32, 32));
        Assert.False(c.RunsWaves(16, 4), "a group is less than a subgroup");
        Assert.False(c.RunsWaves(48, 4), "a subgroup and a half");
        Assert.False(c.RunsWaves(256, 64), "too small");
        Assert.False((c with { FullSubgroups = false }).RunsWaves(256, 4));
        Assert.False((c with { SubgroupOperations = GpuSubgroupOperations.Basic | GpuSubgroupOperations.Vote }).RunsWaves(256, 4));
        Assert.False((c with { SubgroupOperations = GpuSubgroupOperations.Basic | GpuSubgroupOperations.Shuffle }).RunsWaves(256, 4));

        var module = SpirvModule.Read("k", Modules.Axpy(capability: 65)); // GroupNonUniformShuffle
        var layout = Modules.AxpyLayout with { LeastSubgroup = 4 };
        string Missing(GpuCapabilities device) => Assert.Throws<GpuFeatureMissingException>(() => module.CheckDevice("k", layout, device)).Feature;
        module.CheckDevice("k", layout, c);
        Assert.Equal("FullSubgroups", Missing(c with { FullSubgroups = false }));
        Assert.Equal("FullSubgroups", Missing(c with { SubgroupSize = 128 }));
        Assert.Equal("SubgroupOperations.Shuffle", Missing(c with { SubgroupOperations = GpuSubgroupOperations.Basic }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.CreateKernel("axpy", Modules.Axpy(), Modules.AxpyLayout with { LeastSubgroup = -1 }));
    }

    [GpuFact]
    public void Wrong_arguments_of_a_dispatch_are_named()
    {
        using var kernel = Device.CreateKernel("axpy", Modules.Axpy(), Modules.AxpyLayout);
        using var buffer = Device.Allocate<float>(64);
        using var stream = Device.CreateStream();
        var most = Device.Capabilities.MaxGroups;
        Assert.Equal("groups", Assert.Throws<ArgumentOutOfRangeException>(() => stream.Dispatch(kernel, (most.X + 1, 1, 1), [buffer, buffer], (1, 1))).ParamName);
        Assert.Equal("groups", Assert.Throws<ArgumentOutOfRangeException>(() => stream.Dispatch(kernel, (1, -1, 1), [buffer, buffer], (1, 1))).ParamName);
        Assert.Equal("buffers", Assert.Throws<ArgumentException>(() => stream.Dispatch(kernel, (1, 1, 1), [buffer], (1, 1))).ParamName);
        Assert.Equal("pushConstants", Assert.Throws<ArgumentException>(() => stream.Dispatch(kernel, (1, 1, 1), [buffer, buffer], 1)).ParamName);
        Assert.Throws<ArgumentNullException>(() => stream.Dispatch(kernel, (1, 1, 1), [buffer, null!], (1, 1)));
        Assert.Throws<ArgumentNullException>(() => stream.Dispatch(null!, (1, 1, 1), []));
        Assert.Equal(0, stream.Recorded);
        kernel.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Dispatch(kernel, (1, 1, 1), [buffer, buffer], (1, 1)));
    }
}
