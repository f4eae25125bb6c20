using System.Collections.Concurrent;
using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// <summary>
/// The device's queue. Every submission raises one timeline semaphore by one, and a thread of its own waits for the next value and completes its
/// task, so that no thread of the pool waits for the GPU. One queue serves all streams: submissions start in the order in which they are made.
/// </summary>
sealed unsafe class SubmissionQueue
{
    readonly GpuDevice device;
    readonly nint handle, queue;
    readonly DeviceApi api;
    readonly ulong timeline;
    readonly Lock gate = new();
    readonly Queue<(ulong Value, TaskCompletionSource Done)> pending = [];
    readonly SemaphoreSlim arrived = new(0);
    readonly ConcurrentBag<CommandSlot> idle = [];
    Thread? waiter;
    ulong last;

    internal SubmissionQueue(GpuDevice device, nint handle, DeviceApi api, nint queue, uint family)
    {
        (this.device, this.handle, this.api, this.queue, Family) = (device, handle, api, queue, family);
        var type = new VkSemaphoreTypeCreateInfo { semaphoreType = 1 };
        var create = new VkSemaphoreCreateInfo { pNext = &type };
        ulong made;
        Vk.Check(api.CreateSemaphore(handle, &create, null, &made), "vkCreateSemaphore");
        timeline = made;
    }

    internal uint Family { get; }

    /// The number of command buffers ever made; for tests.
    internal int Slots;

    /// <summary>Records the operations and gives them to the device.</summary>
    /// <returns>Done when the device is; faulted when it is lost.</returns>
    internal Task Submit(ReadOnlySpan<Operation> operations)
    {
        device.ThrowIfLost();
        if (!idle.TryTake(out var slot))
        {
            slot = new(device, Family);
            Interlocked.Increment(ref Slots);
        }
        // A slot whose recording failed is reset at its next use; one that was submitted comes back when the device is done with it.
        Task done;
        try
        {
            slot.Record(operations);
            Validation.Check();
            done = Submit(slot.Commands);
        }
        catch
        {
            idle.Add(slot);
            throw;
        }
        done.ContinueWith(static (t, s) => { var (bag, used) = ((ConcurrentBag<CommandSlot>, CommandSlot))s!; if (t.IsCompletedSuccessfully) bag.Add(used); },
            (idle, slot), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return done;
    }

    Task Submit(nint commands)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            ulong value = last + 1, semaphore = timeline;
            var values = new VkTimelineSemaphoreSubmitInfo { signalSemaphoreValueCount = 1, pSignalSemaphoreValues = &value };
            var submit = new VkSubmitInfo { pNext = &values, commandBufferCount = 1, pCommandBuffers = &commands, signalSemaphoreCount = 1, pSignalSemaphores = &semaphore };
            device.CheckResult(api.QueueSubmit(queue, 1, &submit, 0), "vkQueueSubmit");
            last = value;
            pending.Enqueue((value, done));
            if (waiter is null)
            {
                waiter = new(Wait) { IsBackground = true, Name = "Kernels.Gpu" };
                waiter.Start();
            }
        }
        arrived.Release();
        return done.Task;
    }

    void Wait()
    {
        while (true)
        {
            arrived.Wait();
            (ulong value, TaskCompletionSource done) next;
            lock (gate) next = pending.Dequeue();
            ulong semaphore = timeline;
            var wait = new VkSemaphoreWaitInfo { semaphoreCount = 1, pSemaphores = &semaphore, pValues = &next.value };
            int result = device.IsLost ? Vk.DeviceLost : api.WaitSemaphores(handle, &wait, ulong.MaxValue);
            if (result == Vk.Success) next.done.SetResult();
            // Whatever else went wrong: nobody knows any more what the device has done.
            else next.done.SetException(device.Lose("vkWaitSemaphores"));
        }
    }
}
