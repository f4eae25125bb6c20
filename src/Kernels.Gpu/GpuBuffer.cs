using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// <summary>An array in a device's memory, of whatever elements: what a dispatch binds.</summary>
public abstract unsafe class GpuBuffer : GpuResource, IDeviceBuffer
{
    static readonly uint[] shared = [DeviceMemory.Unified | Vk.HostCached, DeviceMemory.Unified], own = [Vk.DeviceLocal, 0];
    readonly Lock gate = new();
    DeviceMemory memory;
    Task pending = Task.CompletedTask;

    private protected GpuBuffer(GpuDevice device, long bytes, bool map) : base(device)
    {
        device.ThrowIfLost();
        // Vulkan has no buffers without bytes. Whole words, so that a kernel may read bytes and halves by words where the device has nothing smaller.
        memory = DeviceMemory.Allocate(device, Math.Max(bytes + 3 & ~3L, 4), map ? shared : own, map);
        Bytes = bytes;
        GC.AddMemoryPressure(memory.Bytes);
    }

    /// <summary>Length in bytes.</summary>
    public long Bytes { get; }

    IDevice IDeviceBuffer.Device => Device;

    internal ulong Vulkan => memory.Buffer;

    /// null: the processor cannot reach it.
    internal byte* Mapped => memory.Mapped;

    /// <summary>A submission uses the buffer until the task is done.</summary>
    internal void Pend(Task task)
    {
        lock (gate) pending = pending.IsCompleted ? task : Task.WhenAll(pending, task);
    }

    /// <summary>Waits until the submissions so far that use the buffer are over, well or not.</summary>
    internal void WaitPending()
    {
        Task task;
        lock (gate) task = pending;
        if (!task.IsCompleted) ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        Device.ThrowIfLost();
    }

    private protected override void Free()
    {
        if (memory.Buffer == 0) return;
        GC.RemoveMemoryPressure(memory.Bytes);
        memory.Free(Device);
    }
}

/// <summary>
/// Elements in a device's memory: on a discrete GPU its own, on unified memory the processor's. Made by <see cref="GpuDevice.Allocate{T}(long)"/>.
/// Upload, Download and CopyTo wait for the submissions made before, on any stream, and block; <see cref="GpuStream"/> has the same without blocking.
/// </summary>
public sealed unsafe class GpuBuffer<T> : GpuBuffer, IDeviceBuffer<T> where T : unmanaged
{
    internal GpuBuffer(GpuDevice device, long length, bool map) : base(device, CheckedBytes(device, length), map) => Length = length;

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>Copies elements to the device.</summary>
    /// <param name="elements">From here.</param>
    /// <param name="start">The place of the first of them in the buffer.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the buffer.</exception>
    /// <exception cref="GpuDeviceLostException">The device is lost.</exception>
    public void Upload(ReadOnlySpan<T> elements, long start = 0)
    {
        CheckRange(start, elements.Length);
        Hold();
        try
        {
            WaitPending();
            if (Mapped != null) elements.CopyTo(new((T*)Mapped + start, elements.Length));
            else
                fixed (T* from = elements) Staged(from, start, elements.Length, back: false);
        }
        finally { Release(); }
    }

    /// <summary>Copies elements from the device.</summary>
    /// <param name="elements">To here.</param>
    /// <param name="start">The place of the first of them in the buffer.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the buffer.</exception>
    /// <exception cref="GpuDeviceLostException">The device is lost.</exception>
    public void Download(Span<T> elements, long start = 0)
    {
        CheckRange(start, elements.Length);
        Hold();
        try
        {
            WaitPending();
            if (Mapped != null) new ReadOnlySpan<T>((T*)Mapped + start, elements.Length).CopyTo(elements);
            else
                fixed (T* to = elements) Staged(to, start, elements.Length, back: true);
        }
        finally { Release(); }
    }

    /// <summary>All elements.</summary>
    /// <exception cref="OverflowException">There are more than an array can hold.</exception>
    public T[] ToArray()
    {
        var elements = GC.AllocateUninitializedArray<T>(checked((int)Length));
        Download(elements);
        return elements;
    }

    /// <summary>Copies all elements to the beginning of another buffer of the device.</summary>
    /// <exception cref="ArgumentException">The destination belongs to another device or is this buffer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public void CopyTo(GpuBuffer<T> destination) => CopyTo(destination, 0, 0, Length);

    /// <summary>Copies elements to another buffer of the device, or to another part of this one.</summary>
    /// <exception cref="ArgumentException">The destination belongs to another device, or the two parts overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The elements are not all in the buffers.</exception>
    public void CopyTo(GpuBuffer<T> destination, long start, long destinationStart, long length)
    {
        using var stream = Device.CreateStream();
        stream.Copy(this, destination, start, destinationStart, length);
        WaitPending();
        destination.WaitPending();
        stream.Submit();
    }

    internal void CheckRange(long start, long length, string startName = "start", string lengthName = "elements")
    {
        ThrowIfDisposed();
        if (start < 0 || start > Length) throw new ArgumentOutOfRangeException(startName, start, $"The buffer has {Length} elements.");
        if (length < 0 || length > Length - start) throw new ArgumentOutOfRangeException(lengthName, length, $"The buffer has {Length - start} elements from element {start} on.");
    }

    /// Block by block, one on its way while the next is copied.
    void Staged(T* host, long start, long length, bool back)
    {
        using var stream = Device.CreateStream();
        long most = Math.Max(1, StagingPool.LargestBlock / sizeof(T));
        var before = Task.CompletedTask;
        for (long at = 0; at < length; at += most)
        {
            int n = (int)Math.Min(most, length - at);
            if (back) stream.Download(this, host + at, n, start + at);
            else stream.Upload(this, new(host + at, n), start + at);
            var task = stream.SubmitAsync();
            before.GetAwaiter().GetResult();
            before = task;
        }
        before.GetAwaiter().GetResult();
    }

    static long CheckedBytes(GpuDevice device, long length)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        long most = device.Capabilities.MaxBufferBytes;
        if (length > most / sizeof(T))
            throw new ArgumentOutOfRangeException(nameof(length), length, $"{length} elements of {sizeof(T)} bytes are more than the {most} bytes that a buffer of '{device.Capabilities.Name}' may have.");
        return length * sizeof(T);
    }
}
