namespace Kernels.Gpu.Tests;

public sealed class CacheTests : IDisposable
{
    readonly string folder = Path.Combine(Path.GetTempPath(), "kernels-gpu-" + Guid.NewGuid().ToString("n"));

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_is_stored_comes_back_unless_it_was_damaged()
    {
        string file = Path.Combine(folder, "a", "b.bin");
        Assert.Empty(CacheFile.Load(file));
        Assert.Empty(CacheFile.Load(null));
        CacheFile.Store(file, [1, 2, 3]);
        CacheFile.Store(file, [1, 2, 3, 4]);
        Assert.Equal([1, 2, 3, 4], CacheFile.Load(file));
        Assert.Equal([file], Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        byte[] all = File.ReadAllBytes(file);
        all[^1] ^= 1;
        File.WriteAllBytes(file, all);
        Assert.Empty(CacheFile.Load(file));
        File.WriteAllBytes(file, all[..10]);
        Assert.Empty(CacheFile.Load(file));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_does_no_harm()
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        CacheFile.Store(Path.Combine(file, "a", "b.bin"), [1]);
        Assert.Empty(CacheFile.Load(Path.Combine(file, "a", "b.bin")));
    }

    [GpuFact]
    public void The_files_are_by_device_words_and_layout_and_the_folder_can_be_named()
    {
        foreach (string cache in new[] { folder, "/dev/null/nowhere", "off" })
        {
            var result = Child.Start("kernel", ("KERNELS_GPU_CACHE", cache));
            Assert.Equal((0, "5 8"), (result.ExitCode, result.Output));
        }
        var device = GpuDevice.GetDefault().Capabilities;
        string file = Assert.Single(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        Assert.Equal(device.Id, Path.GetFileName(Path.GetDirectoryName(file)));
        byte[] stored = CacheFile.Load(file);
        // The header that Vulkan prescribes: its length, version 1, vendor, device, the driver's identifier.
        Assert.True(stored.Length >= 32);
        Assert.Equal(1u, BitConverter.ToUInt32(stored, 4));
        Assert.Equal(device.Id[^32..], Convert.ToHexStringLower(stored.AsSpan(16, 16)));

        var names = new[] { PipelineCache.File(device, new(1, 4, 8), [1]), PipelineCache.File(device, new(1, 4, 8), [2]), PipelineCache.File(device, new(2, 4, 8), [1]), PipelineCache.File(device, new(1, 4, 8, LeastSubgroup: 4), [1]) };
        Assert.Equal(4, names.Distinct().Count());
        // A second run finds the file, with the same result.
        Assert.Equal("5 8", Child.Start("kernel", ("KERNELS_GPU_CACHE", folder)).Output);
    }
}
