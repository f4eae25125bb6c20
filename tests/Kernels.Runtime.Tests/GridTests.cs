using System.Runtime.InteropServices;

namespace Kernels.Runtime.Tests;

/// Scratch slabs and persistent buffers are kept between runs, so the tests of this class run one after another.
public unsafe class GridTests
{
    struct Arguments { public int* Counts; public long FailAt; public nint Cancel; public int SlowWorkers; }

    static int Count(void* args, long begin, long end, void** scratch)
    {
        var a = (Arguments*)args;
        for (long b = begin; b < end; b++)
        {
            Interlocked.Increment(ref a->Counts[b]);
            if (b == a->FailAt) throw new InvalidDataException($"block {b}");
            if (b == 3 && a->Cancel != 0) ((CancellationTokenSource)GCHandle.FromIntPtr(a->Cancel).Target!).Cancel();
        }
        return begin <= 5 && 5 < end ? 2 : begin == 0 ? 1 : 0;
    }

    static (int Errors, int[] Counts) Run(int blocks, KernelOptions? options, long failAt = -1)
    {
        var counts = new int[blocks + 1];
        fixed (int* c = counts)
        {
            Arguments a = new() { Counts = c, FailAt = failAt };
            return (Grid.Run(blocks, &Count, &a, default, options), counts);
        }
    }

    [Fact]
    public void Every_block_runs_once_on_any_number_of_threads()
    {
        for (int threads = 1; threads <= 8; threads++)
            foreach (int blocks in new[] { 0, 1, 2, 7, 8, 1000, 4097 })
            {
                var (errors, counts) = Run(blocks, new() { MaxDegreeOfParallelism = threads });
                Assert.All(counts[..blocks], n => Assert.Equal(1, n));
                Assert.Equal(0, counts[blocks]);
                Assert.Equal(blocks == 0 ? 0 : blocks >= 6 ? 2 : 1, errors & (blocks >= 6 ? 2 : 3)); // or-ed over ranges
            }
    }

    [Fact]
    public void Threads_change_no_result()
    {
        static int Body(void* args, long begin, long end, void** scratch)
        {
            float* sums = *(float**)args, memory = (float*)scratch[0];
            for (long b = begin; b < end; b++)
            {
                for (int k = 0; k < 100; k++) memory[k] = 1f / (b + k + 1);
                for (int k = 0; k < 100; k++) sums[b] += memory[k];
            }
            return 0;
        }
        float[] Sums(int threads)
        {
            var sums = new float[500];
            fixed (float* s = sums)
            {
                float* p = s;
                Grid.Run(500, &Body, &p, [new ScratchRequest(100, 4)], new() { MaxDegreeOfParallelism = threads });
            }
            return sums;
        }
        var expected = Sums(1);
        Assert.NotEqual(0, expected[499]);
        for (int threads = 2; threads <= 8; threads++) Assert.Equal(expected, Sums(threads));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_exception_of_a_block_reaches_the_caller(int threads)
    {
        var e = Assert.Throws<InvalidDataException>(() => Run(100, new() { MaxDegreeOfParallelism = threads }, failAt: 41));
        Assert.Equal("block 41", e.Message);
        Run(100, new() { MaxDegreeOfParallelism = threads }); // and the next run is well
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Cancellation_stops_before_the_next_block(int threads)
    {
        Assert.ThrowsAny<OperationCanceledException>(() => Run(10, new() { MaxDegreeOfParallelism = threads, CancellationToken = new(true) }));
        using var source = new CancellationTokenSource();
        var handle = GCHandle.Alloc(source);
        const int blocks = 100_000;
        var counts = new int[blocks];
        fixed (int* c = counts)
        {
            Arguments a = new() { Counts = c, FailAt = -1, Cancel = GCHandle.ToIntPtr(handle) };
            nint pointer = (nint)(&a);
            Assert.ThrowsAny<OperationCanceledException>(() => Grid.Run(blocks, &Count, (void*)pointer, default,
                new() { MaxDegreeOfParallelism = threads, CancellationToken = source.Token }));
        }
        handle.Free();
        Assert.Equal(1, counts[3]);
        if (threads == 1) Assert.Equal(4, counts.Sum());
        else Assert.True(counts.Sum() < blocks);
    }

    [Fact]
    public void A_full_thread_pool_does_not_stop_a_run()
    {
        // A worker that comes after the end must find the door closed: the arguments are gone by then.
        var gate = new ManualResetEventSlim(); // not disposed: work that is still queued comes by later
        ThreadPool.GetMinThreads(out int min, out _);
        for (int k = 0; k < 2 * min; k++) ThreadPool.UnsafeQueueUserWorkItem(_ => gate.Wait(), null);
        for (int k = 0; k < 50; k++) Assert.Equal(64, Run(64, new() { MaxDegreeOfParallelism = 4 }).Counts.Sum());
        gate.Set();
    }

    static int Touch(void* args, long begin, long end, void** scratch)
    {
        long* state = (long*)args; // 0: throw?  1: address  2: wrong values seen
        double* memory = (double*)scratch[1];
        state[1] = (nint)memory;
        for (int k = 0; k < 1000; k++) if (memory[k] != -1) state[2]++;
        memory[begin] = 5;
        if (state[0] == 1) throw new InvalidDataException();
        if (state[0] != 2) memory[begin] = -1;
        if (((nint)scratch[0] & 63) != 0 || ((nint)memory & 63) != 0) state[2]++;
        new Span<byte>(scratch[0], 333).Fill(9);
        return 0;
    }

    static readonly ScratchRequest[] mixed = [new(333, 1), new(1000, 8, BitConverter.DoubleToUInt64Bits(-1))];

    [Fact]
    public void Persistent_scratch_is_filled_once_and_thrown_away_after_an_exception()
    {
        long* state = stackalloc long[3];
        nint p = (nint)state;
        void Go() => Grid.Run(1, &Touch, (void*)p, mixed, null);
        Go();
        long first = state[1];
        Go();
        Assert.Equal(first, state[1]); // the same memory, still filled
        Assert.Equal(0, state[2]);
        state[0] = 1;
        Assert.Throws<InvalidDataException>(Go);
        state[0] = 0;
        Go();
        Assert.Equal(0, state[2]); // not what the failed run left

        Grid.VerifyPersistent = true;
        try
        {
            Go();
            state[0] = 2;
            Assert.Throws<InvalidOperationException>(Go); // left dirty
            state[0] = 0;
            Go();
            Assert.Equal(0, state[2]);
        }
        finally { Grid.VerifyPersistent = false; }
    }

    [Fact]
    public void One_thread_allocates_nothing()
    {
        static int Nothing(void* args, long begin, long end, void** scratch) => 0;
        ScratchRequest* requests = stackalloc ScratchRequest[1] { new(1000, 4) };
        var options = new KernelOptions();
        long before = 0;
        for (int k = 0; k < 100; k++)
        {
            if (k == 50) before = GC.GetAllocatedBytesForCurrentThread();
            Grid.Run(10, &Nothing, null, default, options);
            Grid.Run(10, &Nothing, null, default, null);
            Grid.Run(10, &Nothing, null, new(requests, 1), null);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
