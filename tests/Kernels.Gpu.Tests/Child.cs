using System.Runtime.CompilerServices;
using Kernels.Tests.Shared;

namespace Kernels.Gpu.Tests;

/// This assembly as a program of its own: for what is decided once a process, the drivers and the validation layer, and for a lost device.
static class Child
{
    internal static ChildProcess.Result Start(string task, params (string Name, string Value)[] environment) =>
        ChildProcess.Start(typeof(Child).Assembly, task, TimeSpan.FromMinutes(5), environment);

    /// The tests leave the user's cache alone.
    [ModuleInitializer]
    internal static void OwnCache() => Environment.SetEnvironmentVariable(CacheFile.Variable,
        Environment.GetEnvironmentVariable(CacheFile.Variable) ?? Path.Combine(Path.GetTempPath(), "kernels-gpu-tests"));

    static int Main(string[] arguments)
    {
        try
        {
            switch (arguments.FirstOrDefault())
            {
                case "unavailable": Console.WriteLine($"{GpuDevice.IsAvailable} {GpuDevice.Enumerate().Count}"); GpuDevice.GetDefault(); return 2;
                case "kernel": Console.WriteLine(string.Join(' ', Run())); return 0;
                case "everything": Everything(); Console.WriteLine($"{GpuDevice.ValidationMessages.Count} messages"); return 0;
                case "shaders": Console.WriteLine($"{Shaders.ShippedShaderValidationTests.OneOfEach()} kernels, {Shaders.ShaderRun.Dispatches} dispatches, {GpuDevice.ValidationMessages.Count} messages"); return 0;
                case "waves": Console.WriteLine($"{GpuDevice.GetDefault().Capabilities.SubgroupSize}: {Shaders.WaveFormTests.All()}"); return 0;
                case "undeclared": GpuDevice.GetDefault().CreateKernel("undeclared", Modules.Axpy(64, declareFloat64: false), Modules.AxpyLayout); return 0;
                case "lost": Lost(); return 0;
                default: return 2;
            }
        }
        catch (Exception e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            return 3;
        }
    }

    static float[] Run()
    {
        var device = GpuDevice.GetDefault();
        using var kernel = device.CreateKernel("axpy", Modules.Axpy(), Modules.AxpyLayout);
        using GpuBuffer<float> x = device.Allocate<float>([1, 2]), y = device.Allocate<float>([3, 4]);
        using var stream = device.CreateStream();
        stream.Dispatch(kernel, (1, 1, 1), [x, y], (2, 0));
        stream.Submit();
        return y.ToArray();
    }

    /// The tests that touch the driver in every way, one after the other, in this process.
    static void Everything()
    {
        var buffers = new BufferTests();
        foreach (bool map in new[] { true, false })
        {
            foreach (int length in new[] { 0, 1, 65537, (16 << 20) + 3 }) buffers.What_is_uploaded_comes_back_and_nothing_beside_it(length, map);
            buffers.Parts_are_written_and_read_where_they_belong(map);
        }
        var kernels = new KernelTests();
        kernels.Axpy_in_float_is_exact_and_leaves_the_rest_alone(1000);
        kernels.Axpy_in_double_keeps_all_bits();
        kernels.Group_shared_memory_and_barriers_work();
        kernels.Folded_grids_run_every_group_once(200_000);
        kernels.Words_that_are_no_kernel_are_refused_with_the_reason();
        kernels.What_the_device_lacks_is_named();
        var streams = new StreamTests();
        streams.A_hundred_dispatches_in_one_submission_run_in_order().Wait();
        streams.Submissions_of_a_stream_are_ordered_with_their_copies().Wait();
        streams.Two_streams_work_at_once().Wait();
        streams.Cancellation_stops_between_dispatches().Wait();
        streams.Empty_grids_and_empty_submissions_do_nothing().Wait();
        streams.A_fill_is_ordered_like_all_else(4099);
        streams.What_is_disposed_while_it_is_used_is_freed_afterwards().Wait();
    }

    /// No driver here can be made to lose its device, so the host's own mark is set.
    static void Lost()
    {
        var device = GpuDevice.GetDefault();
        Run();
        using var kernel = device.CreateKernel("axpy", Modules.Axpy(), Modules.AxpyLayout);
        using var buffer = device.Allocate<float>(1);
        using var stream = device.CreateStream();
        stream.Dispatch(kernel, (1, 1, 1), [buffer, buffer], (1, 0));
        device.Lose("vkQueueSubmit");
        var thrown = Assert.Throws<GpuDeviceLostException>(() => stream.Submit());
        Assert.Equal("axpy", thrown.LastKernel);
        Assert.Throws<GpuDeviceLostException>(() => device.Allocate<int>(1));
        Assert.Throws<GpuDeviceLostException>(() => buffer.ToArray());
        var again = GpuDevice.GetDefault();
        Assert.NotSame(device, again);
        Assert.Same(again, GpuDevice.GetDefault());
        Assert.False(again.IsLost);
        using var other = again.CreateStream();
        Assert.Equal("buffer", Assert.Throws<ArgumentException>(() => other.Fill(buffer)).ParamName);
        Assert.Equal("kernel", Assert.Throws<ArgumentException>(() => other.Dispatch(kernel, (1, 1, 1), [buffer, buffer], (1, 0))).ParamName);
        Console.WriteLine(string.Join(' ', Run()));
    }
}
