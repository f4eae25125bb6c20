using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Kernels.Runtime;

/// <summary>
/// For generated code: runs the blocks of a grid, numbered in order, on one thread or several. Blocks are independent, so results do not depend on who
/// runs which; they are handed out in contiguous ranges. The caller works too, and waits only for workers that have begun: a busy thread
/// pool makes a run slower, never stuck. One thread and no persistent scratch: nothing is allocated once the thread has its scratch slab.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Grid
{
    /// <summary>For tests: after each run, persistent scratch is compared with its fill, and a difference throws.</summary>
    public static bool VerifyPersistent { get; set; }

    /// <summary>Runs every block. Returns the error bits of all, or-ed.</summary>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="body">(args, first block, behind the last block, scratch pointers) to error bits.</param>
    /// <param name="args">What body gets; it need live no longer than this call.</param>
    /// <param name="scratch">What each worker gets.</param>
    /// <param name="options">Threads and cancellation.</param>
    public static int Run(long blocks, delegate*<void*, long, long, void**, int> body, void* args, ReadOnlySpan<ScratchRequest> scratch, KernelOptions? options)
    {
        if (blocks <= 0) return 0;
        options ??= KernelOptions.Default;
        options.CancellationToken.ThrowIfCancellationRequested();
        int threads = (int)Math.Min(blocks, options.Threads);
        if (threads == 1) return Alone(blocks, body, args, scratch, options.CancellationToken);

        var job = new Job(blocks, threads, body, args, scratch.ToArray(), options.CancellationToken);
        for (int k = 1; k < threads; k++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        return job.RunAsCaller();
    }

    static int Alone(long blocks, delegate*<void*, long, long, void**, int> body, void* args, ReadOnlySpan<ScratchRequest> requests, CancellationToken token)
    {
        if (requests.Length == 0) return Blocks(0, blocks, body, args, null, token);
        nint* pointers = stackalloc nint[requests.Length];
        var scratch = new WorkerScratch(requests, (nint)body, new(pointers, requests.Length));
        bool completed = false;
        try
        {
            int errors = Blocks(0, blocks, body, args, (void**)pointers, token);
            completed = true;
            return errors;
        }
        finally { scratch.Return(completed); }
    }

    /// One call for all blocks, or one a block where somebody may cancel.
    static int Blocks(long begin, long end, delegate*<void*, long, long, void**, int> body, void* args, void** scratch, CancellationToken token)
    {
        if (!token.CanBeCanceled) return body(args, begin, end, scratch);
        int errors = 0;
        for (long b = begin; b < end; b++)
        {
            token.ThrowIfCancellationRequested();
            errors |= body(args, b, b + 1, scratch);
        }
        return errors;
    }

    sealed class Job(long blocks, int threads, delegate*<void*, long, long, void**, int> body, void* args, ScratchRequest[] requests, CancellationToken token) : IThreadPoolWorkItem
    {
        // Small enough that one slow range does not keep the others waiting, large enough that handing out costs nothing beside it.
        const int RangesPerThread = 8;

        readonly long range = Math.Max(1, blocks / ((long)threads * RangesPerThread));
        readonly delegate*<void*, long, long, void**, int> body = body;
        readonly void* args = args;
        readonly object done = new();
        long next;
        int errors;
        int joined; // workers inside, plus Closed once the caller lets nobody in: args may be gone
        const int Closed = 1 << 30;
        Exception? failure;
        long failureAt = long.MaxValue;

        public void Execute()
        {
            if ((Interlocked.Increment(ref joined) & Closed) == 0) Work();
            if (Interlocked.Decrement(ref joined) == Closed)
                lock (done) Monitor.PulseAll(done);
        }

        public int RunAsCaller()
        {
            Work();
            Interlocked.Or(ref joined, Closed);
            SpinWait spin = default;
            while (!spin.NextSpinWillYield && Volatile.Read(ref joined) != Closed) spin.SpinOnce();
            lock (done)
                while (Volatile.Read(ref joined) != Closed) Monitor.Wait(done);
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
            return errors;
        }

        void Work()
        {
            long begin = 0;
            try
            {
                nint* pointers = stackalloc nint[requests.Length];
                var scratch = new WorkerScratch(requests, (nint)body, new(pointers, requests.Length));
                bool completed = false;
                try
                {
                    int mine = 0;
                    while ((begin = Interlocked.Add(ref next, range) - range) < blocks)
                        mine |= Blocks(begin, Math.Min(begin + range, blocks), body, args, (void**)pointers, token);
                    Interlocked.Or(ref errors, mine);
                    completed = true;
                }
                finally { scratch.Return(completed); }
            }
            catch (Exception e)
            {
                Interlocked.Exchange(ref next, blocks); // nobody starts another range
                lock (done)
                    if (failure is null || begin < failureAt) (failure, failureAt) = (e, begin);
            }
        }
    }
}
