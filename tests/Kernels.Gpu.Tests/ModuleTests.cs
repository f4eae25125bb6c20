namespace Kernels.Gpu.Tests;

/// Reading modules needs no device.
public class ModuleTests
{
    [Fact]
    public void The_reader_finds_what_the_builder_wrote()
    {
        var axpy = SpirvModule.Read("axpy", Modules.Axpy(64, localSize: (4, 3, 2)));
        Assert.Equal((4u, 3u, 2u), axpy.LocalSize);
        Assert.Equal([0u, 1u], axpy.Bindings);
        Assert.Equal([1u, 10u], axpy.Capabilities);
        Assert.Equal(0, axpy.SharedBytes);
        Assert.Equal(4 * 1000, SpirvModule.Read("sum", Modules.GroupSum(1000)).SharedBytes);
    }

    [Fact]
    public void Damaged_words_are_read_or_refused_but_never_crash_the_reader()
    {
        var random = new Random(7);
        int refused = 0;
        foreach (uint[] good in new[] { Modules.Axpy(), Modules.Axpy(64), Modules.GroupSum(), Modules.Slow() })
            for (int round = 0; round < 5000; round++)
            {
                uint[] words = [.. good[..random.Next(good.Length / 2, good.Length + 1)]];
                for (int changes = random.Next(4); changes > 0; changes--)
                    words[random.Next(words.Length)] = random.Next(3) switch { 0 => (uint)random.Next(400), 1 => (uint)random.NextInt64(1L << 32), _ => words[random.Next(words.Length)] };
                try { SpirvModule.Read("damaged", words); }
                catch (KernelCompileException) { refused++; }
            }
        Assert.InRange(refused, 2000, 19000);
    }

    [Fact]
    public void Float_modes_are_asked_of_the_device()
    {
        // OpExecutionMode main SignedZeroInfNanPreserve (4461) or DenormPreserve (4459), width 32, after the LocalSize of the same entry point.
        uint[] With(uint mode)
        {
            List<uint> words = [.. Modules.Axpy()];
            int at = words.IndexOf(6u << 16 | 16);
            words.InsertRange(at + 6, [4u << 16 | 16, words[at + 1], mode, 32]);
            return [.. words];
        }
        Assert.Equal([(4459u, 32u)], SpirvModule.Read("k", With(4459)).FloatModes);
        var device = new GpuCapabilities
        {
            Name = "d", Type = GpuDeviceType.Other, Driver = "", Id = "", SubgroupSize = 8, SubgroupOperations = 0, MaxGroupThreads = 128, MaxGroupSize = (128, 128, 64),
            MaxGroups = (1, 1, 1), SharedMemoryBytes = 0, MaxPushConstantBytes = 128, MaxBindings = 4, MaxBufferBytes = 4, MemoryBytes = 4, UnifiedMemory = false,
            FloatControls = [.. Enumerable.Range(0, 15).Select(i => i == 1)],
        };
        SpirvModule.Read("k", With(4461)).CheckDevice("k", Modules.AxpyLayout, device);
        Assert.Equal("DenormPreserve32", Assert.Throws<GpuFeatureMissingException>(() => SpirvModule.Read("k", With(4459)).CheckDevice("k", Modules.AxpyLayout, device)).Feature);
    }
}
