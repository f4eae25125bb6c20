using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kernels.Gpu;

/// <summary>What is recorded for one submission, and its run: parts to the queue, deliveries, release of what was used.</summary>
sealed class Batch(GpuDevice device)
{
    /// A part that was done faster is followed by a larger one, by a smaller one if it took longer.
    static readonly TimeSpan fast = TimeSpan.FromMilliseconds(2), slow = TimeSpan.FromMilliseconds(8);

    /// A stream that nobody disposed, with work that was never submitted. In flight the queue keeps the batch alive.
    ~Batch() => Release();

    readonly HashSet<GpuResource> used = [];
    readonly List<(DeviceMemory Block, bool Back)> staging = [];

    internal List<Operation> Operations { get; } = [];

    /// Copies out of staging blocks, when the device is done.
    internal List<Action> Deliveries { get; } = [];

    internal void Hold(GpuResource resource)
    {
        if (used.Contains(resource)) return;
        resource.Hold();
        used.Add(resource);
    }

    internal DeviceMemory Rent(long bytes, bool back)
    {
        var block = device.Staging.Rent(bytes, back);
        staging.Add((block, back));
        return block;
    }

    /// <summary>Runs; the buffers are in use until the task is done.</summary>
    internal Task Start(Task before, Task fedBefore, TaskCompletionSource fed, CancellationToken cancellation)
    {
        // Taken first: the run clears the set when it ends, on another thread.
        GpuBuffer[] buffers = [.. used.OfType<GpuBuffer>()];
        var task = Run(before, fedBefore, fed, cancellation);
        foreach (var buffer in buffers) buffer.Pend(task);
        return task;
    }

    /// <param name="before">The stream's last submission: this one ends after it, though not with it.</param>
    /// <param name="fedBefore">All parts of the stream's last submission are in the queue.</param>
    /// <param name="fed">Set when all parts of this one are.</param>
    /// <param name="cancellation">Asked before each part.</param>
    async Task Run(Task before, Task fedBefore, TaskCompletionSource fed, CancellationToken cancellation)
    {
        Task given = Task.CompletedTask;
        try
        {
            try
            {
                await fedBefore.ConfigureAwait(false);
                int size = cancellation.CanBeCanceled ? 1 : int.MaxValue;
                for (int at = 0; at < Operations.Count;)
                {
                    cancellation.ThrowIfCancellationRequested();
                    long start = Stopwatch.GetTimestamp();
                    int count = Math.Min(size, Operations.Count - at);
                    var part = device.Queue.Submit(CollectionsMarshal.AsSpan(Operations).Slice(at, count));
                    (var previous, given) = (given, part);
                    if ((at += count) == Operations.Count) break;
                    bool first = at == count;
                    await previous.ConfigureAwait(false);
                    var took = Stopwatch.GetElapsedTime(start);
                    if (!first) size = took < fast ? Math.Min(2 * size, 256) : took > slow ? Math.Max(size / 2, 1) : size;
                }
            }
            finally { fed.SetResult(); }
            await given.ConfigureAwait(false);
            foreach (var deliver in Deliveries) deliver();
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            // Parts end in their order, so the last one is all of them; after that nothing of this batch is in use, whatever went wrong.
            await given.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Release();
        }
    }

    internal void Release()
    {
        foreach (var resource in used) resource.Release();
        foreach (var (block, back) in staging) device.Staging.Return(block, back);
        GC.SuppressFinalize(this);
        used.Clear();
        staging.Clear();
        Deliveries.Clear();
    }
}
