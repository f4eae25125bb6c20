using System.Runtime.CompilerServices;

namespace Kernels.Gpu.Tests;

public class StreamTests
{
    static GpuDevice Device => GpuDevice.GetDefault();

    static GpuKernel Axpy() => Device.CreateKernel("axpy", Modules.Axpy(), Modules.AxpyLayout);

    [GpuFact]
    public async Task A_hundred_dispatches_in_one_submission_run_in_order()
    {
        // y += 2 x a hundred times, then z += 2 y: integers, exact, and wrong if one dispatch overtakes another.
        using var kernel = Axpy();
        var x = Enumerable.Range(0, 1000).Select(i => (float)i).ToArray();
        using GpuBuffer<float> bx = Device.Allocate<float>(x), by = Device.Allocate<float>(new float[1000]), bz = Device.Allocate<float>(new float[1000]);
        using var stream = Device.CreateStream();
        for (int i = 0; i < 100; i++) stream.Dispatch(kernel, (16, 1, 1), [bx, by], (1000, 0));
        stream.Dispatch(kernel, (16, 1, 1), [by, bz], (1000, 0));
        var result = new float[1000];
        stream.Download(bz, result);
        Assert.Equal(102, stream.Recorded);
        await stream.SubmitAsync();
        Assert.Equal(0, stream.Recorded);
        Assert.Equal(x.Select(v => 400 * v), result);
    }

    [GpuFact]
    public async Task Submissions_of_a_stream_are_ordered_with_their_copies()
    {
        using var kernel = Axpy();
        using GpuBuffer<float> bx = Device.Allocate<float>(64), by = Device.Allocate<float>(64);
        using var stream = Device.CreateStream();
        List<(float[] Result, Task Done)> all = [];
        stream.Upload(by, new float[64]);
        for (int i = 0; i < 50; i++)
        {
            // The elements are read at once: the array may change afterwards.
            var x = Enumerable.Repeat((float)i, 64).ToArray();
            stream.Upload(bx, x.AsSpan());
            x.AsSpan().Fill(float.NaN);
            stream.Dispatch(kernel, (1, 1, 1), [bx, by], (64, 0));
            var result = new float[64];
            stream.Download(by, result);
            all.Add((result, stream.SubmitAsync(i % 3 == 0 ? new CancellationTokenSource().Token : default)));
        }
        await all[^1].Done;
        for (int i = 0; i < 50; i++)
        {
            Assert.True(all[i].Done.IsCompletedSuccessfully);
            Assert.All(all[i].Result, r => Assert.Equal(i * (i + 1), r));
        }
    }

    [GpuFact]
    public async Task Two_streams_work_at_once()
    {
        using var kernel = Axpy();
        await Task.WhenAll(Enumerable.Range(1, 2).Select(k => Task.Run(async () =>
        {
            using GpuBuffer<float> bx = Device.Allocate<float>(Enumerable.Repeat((float)k, 640).ToArray()), by = Device.Allocate<float>(new float[640]);
            await using var stream = Device.CreateStream();
            for (int i = 0; i < 100; i++)
            {
                stream.Dispatch(kernel, (10, 1, 1), [bx, by], (640, 0));
                await stream.SubmitAsync();
            }
            Assert.All(by.ToArray(), r => Assert.Equal(200 * k, r));
        })));
    }

    [GpuFact]
    public async Task Cancellation_stops_between_dispatches()
    {
        const int dispatches = 400, places = dispatches * Modules.SlowGroups;
        using var kernel = Device.CreateKernel("slow", Modules.Slow(), Modules.SlowLayout);
        using var marks = Device.Allocate<uint>(new uint[places]);
        using var stream = Device.CreateStream();
        for (int k = 0; k < dispatches; k++) stream.Dispatch(kernel, (Modules.SlowGroups, 1, 1), [marks], (k * Modules.SlowGroups, Modules.SlowSteps));
        var downloaded = new uint[places];
        stream.Download(marks, downloaded);
        using var source = new CancellationTokenSource();
        var task = stream.SubmitAsync(source.Token);
        // The first dispatch has run: cancelled in the midst.
        var seen = new uint[1];
        while (seen[0] == 0)
        {
            await Task.Delay(1);
            using var look = Device.CreateStream();
            look.Download(marks, seen);
            await look.SubmitAsync();
        }
        source.Cancel();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.True(task.IsCanceled);

        uint[] after = marks.ToArray();
        int done = after.AsSpan().IndexOf(0u);
        Assert.InRange(done, 1, places - 1);
        Assert.Equal(0, done % Modules.SlowGroups);
        Assert.Equal(-1, after.AsSpan(done).IndexOfAnyExcept(0u));
        Assert.Equal(-1, downloaded.AsSpan().IndexOfAnyExcept(0u));

        // The stream is as good as new.
        stream.Dispatch(kernel, (1, 1, 1), [marks], (places - 1, 1));
        stream.Submit();
        Assert.NotEqual(0u, marks.ToArray()[^1]);
    }

    [GpuFact]
    public void A_token_cancelled_before_submits_nothing()
    {
        using var kernel = Axpy();
        using GpuBuffer<float> bx = Device.Allocate<float>([1]), by = Device.Allocate<float>([1]);
        using var stream = Device.CreateStream();
        stream.Dispatch(kernel, (1, 1, 1), [bx, by], (1, 0));
        Assert.ThrowsAny<OperationCanceledException>(() => stream.Submit(new(canceled: true)));
        Assert.Equal(0, stream.Recorded);
        Assert.Equal([1f], by.ToArray());
    }

    [GpuFact]
    public async Task Empty_grids_and_empty_submissions_do_nothing()
    {
        using var kernel = Axpy();
        using GpuBuffer<float> bx = Device.Allocate<float>(0), by = Device.Allocate<float>(0);
        using var stream = Device.CreateStream();
        stream.Dispatch(kernel, (0, 1, 1), [bx, by], (0, 0));
        stream.Upload(bx, []);
        stream.Download(bx, Memory<float>.Empty);
        Assert.Equal(0, stream.Recorded);
        await stream.SubmitAsync();
        // Arrays without elements can still be bound.
        stream.Dispatch(kernel, (1, 1, 1), [bx, by], (0, 0));
        await stream.SubmitAsync();
    }

    [GpuFact]
    public async Task What_is_disposed_while_it_is_used_is_freed_afterwards()
    {
        using var slow = Device.CreateKernel("slow", Modules.Slow(), Modules.SlowLayout);
        var kernel = Axpy();
        GpuBuffer<float> bx = Device.Allocate<float>([1, 2]), by = Device.Allocate<float>([3, 4]);
        var marks = Device.Allocate<uint>(Modules.SlowGroups);
        var stream = Device.CreateStream();
        stream.Dispatch(slow, (Modules.SlowGroups, 1, 1), [marks], (0, Modules.SlowSteps));
        stream.Dispatch(kernel, (1, 1, 1), [bx, by], (2, 0));
        var result = new float[2];
        stream.Download(by, result);
        // Some before the submission, some during it, or, if the test's thread has to wait, after it.
        bx.Dispose();
        kernel.Dispose();
        Assert.NotEqual(0ul, bx.Vulkan);
        var task = stream.SubmitAsync();
        by.Dispose();
        marks.Dispose();
        await stream.DisposeAsync();
        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal([5, 8], result);
        Assert.Equal((0ul, 0ul, 0ul), (bx.Vulkan, by.Vulkan, marks.Vulkan));
        Assert.Throws<ObjectDisposedException>(() => { _ = stream.SubmitAsync(); });
    }

    [GpuTheory, InlineData(0), InlineData(1), InlineData(5), InlineData(4099)]
    public void A_fill_is_ordered_like_all_else(int length)
    {
        using var bytes = Device.Allocate<byte>(Enumerable.Repeat((byte)7, length).ToArray());
        using var copy = Device.Allocate<byte>(length);
        using var stream = Device.CreateStream();
        stream.Fill(bytes, 0x04030201);
        stream.Copy(bytes, copy, 0, 0, length);
        stream.Fill(bytes);
        stream.Submit();
        Assert.Equal(Enumerable.Range(0, length).Select(i => (byte)(i % 4 + 1)), copy.ToArray());
        Assert.Equal(new byte[length], bytes.ToArray());
        Assert.Throws<ArgumentNullException>(() => stream.Fill(null!));
    }

    [GpuFact]
    public void A_forgotten_stream_gives_back_what_it_held()
    {
        var buffer = Device.Allocate<int>(4);
        Record(buffer);
        buffer.Dispose();
        for (int i = 0; i < 10 && buffer.Vulkan != 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal(0ul, buffer.Vulkan);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Record(GpuBuffer<int> buffer) => Device.CreateStream().Upload(buffer, [1, 2, 3, 4]);
    }

    [GpuFact]
    public void Uploads_wait_for_what_is_in_flight()
    {
        using var slow = Device.CreateKernel("slow", Modules.Slow(), Modules.SlowLayout);
        using var marks = Device.Allocate<uint>(4 * Modules.SlowGroups);
        using var stream = Device.CreateStream();
        for (int k = 0; k < 4; k++) stream.Dispatch(slow, (Modules.SlowGroups, 1, 1), [marks], (k * Modules.SlowGroups, Modules.SlowSteps));
        var task = stream.SubmitAsync();
        marks.Upload(new uint[marks.Length]);
        Assert.True(task.IsCompleted);
        Assert.Equal(new uint[marks.Length], marks.ToArray());
    }

    [GpuFact]
    public void Many_submissions_use_the_same_few_command_buffers()
    {
        using var kernel = Axpy();
        using GpuBuffer<float> bx = Device.Allocate<float>([1f]), by = Device.Allocate<float>([0f]);
        using var stream = Device.CreateStream();
        int before = Device.Queue.Slots;
        for (int i = 0; i < 3000; i++)
        {
            stream.Dispatch(kernel, (1, 1, 1), [bx, by], (1, 0));
            stream.Submit();
        }
        Assert.Equal([6000f], by.ToArray());
        // Other tests run meanwhile and take some too.
        Assert.InRange(Device.Queue.Slots - before, 0, 100);
    }
}
