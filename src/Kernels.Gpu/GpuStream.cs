using System.Runtime.InteropServices;
using Kernels.Runtime;
using Kernels.Gpu.Vulkan;

namespace Kernels.Gpu;

/// <summary>
/// An ordered list of work for a device: dispatches and copies are recorded, then submitted together, and run as if one after the other. Submissions of a stream
/// run in their order. Between streams there is no order, except that work submitted after another stream's task has ended sees all of it. A stream is used
/// by one thread at a time; several streams may be used at once. All members that record throw <see cref="ObjectDisposedException"/> when the stream or an argument is disposed,
/// <see cref="GpuDeviceLostException"/> when the device is lost, and <see cref="GpuOutOfMemoryException"/> when there is no memory for what passes through the processor's.
/// </summary>
public sealed unsafe class GpuStream : IDeviceStream, IAsyncDisposable
{
    readonly GpuDevice device;
    Batch batch;
    Task tail = Task.CompletedTask, fed = Task.CompletedTask;
    bool disposed;
    // Where the checked kernels of the batch raise error bits, and which they are.
    GpuBuffer<uint>? errors;
    readonly List<DeviceKernel> checkedKernels = [];

    internal GpuStream(GpuDevice device)
    {
        this.device = device;
        batch = new(device);
    }

    /// <summary>The number of dispatches, fills and copies that wait for <see cref="SubmitAsync"/>.</summary>
    public int Recorded => batch.Operations.Count;

    /// <summary>Records a run of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groups">The number of groups along x, y and z. One of them 0: nothing runs.</param>
    /// <param name="buffers">Buffer k is array k of the kernel.</param>
    /// <param name="pushConstants">Exactly the bytes of the kernel's layout; copied.</param>
    /// <exception cref="ArgumentException">A kernel or buffer of another device, or not as many buffers or bytes as the kernel has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More groups than <see cref="GpuCapabilities.MaxGroups"/>, or less than 0.</exception>
    public void Dispatch(GpuKernel kernel, (long X, long Y, long Z) groups, ReadOnlySpan<GpuBuffer> buffers, ReadOnlySpan<byte> pushConstants = default)
    {
        Usable();
        ArgumentNullException.ThrowIfNull(kernel);
        kernel.ThrowIfDisposed();
        if (kernel.Device != device) throw new ArgumentException($"The kernel '{kernel.Name}' belongs to another device than the stream.", nameof(kernel));
        var most = device.Capabilities.MaxGroups;
        if (groups.X < 0 || groups.Y < 0 || groups.Z < 0 || groups.X > most.X || groups.Y > most.Y || groups.Z > most.Z)
            throw new ArgumentOutOfRangeException(nameof(groups), groups, $"Of '{device.Capabilities.Name}' a dispatch may have {most.X} x {most.Y} x {most.Z} groups.");
        if (buffers.Length != kernel.Layout.Bindings)
            throw new ArgumentException($"The kernel '{kernel.Name}' has {kernel.Layout.Bindings} arrays; {buffers.Length} buffers were given.", nameof(buffers));
        if (pushConstants.Length != kernel.Layout.PushConstantBytes)
            throw new ArgumentException($"The kernel '{kernel.Name}' has {kernel.Layout.PushConstantBytes} bytes of push constants; {pushConstants.Length} were given.", nameof(pushConstants));
        foreach (var buffer in buffers) Mine(buffer, nameof(buffers));
        if (groups.X == 0 || groups.Y == 0 || groups.Z == 0) return;

        batch.Hold(kernel);
        foreach (var buffer in buffers) batch.Hold(buffer);
        var handles = new ulong[buffers.Length];
        for (int i = 0; i < handles.Length; i++) handles[i] = buffers[i].Vulkan;
        batch.Operations.Add(new(handles) { Kernel = kernel, X = (uint)groups.X, Y = (uint)groups.Y, Z = (uint)groups.Z, Push = pushConstants.ToArray() });
    }

    IDevice IDeviceStream.Device => device;

    void IDeviceStream.Dispatch(DeviceKernel kernel, long groups, ReadOnlySpan<IDeviceBuffer?> arrays, ReadOnlySpan<byte> pushConstants)
    {
        Usable();
        ArgumentNullException.ThrowIfNull(kernel);
        if (arrays.Length != kernel.Layout.Arrays) throw new ArgumentException($"The kernel '{kernel.Name}' has {kernel.Layout.Arrays} arrays; {arrays.Length} were given.", nameof(arrays));
        var buffers = new GpuBuffer[kernel.Layout.Arrays + (kernel.Layout.HasErrors ? 1 : 0)];
        for (int k = 0; k < arrays.Length; k++)
            buffers[k] = arrays[k] switch
            {
                null => device.Empty,
                GpuBuffer b => b,
                var other => throw new ArgumentException($"{kernel.Name}: array {k} is a {other.GetType().Name}, not a buffer of '{device.Capabilities.Name}'.", nameof(arrays)),
            };
        var loaded = device.Load(kernel);
        foreach (var buffer in buffers.AsSpan(0, arrays.Length)) Mine(buffer, nameof(arrays));
        if (kernel.Layout.HasErrors)
        {
            if (errors is null) Fill(errors = device.Allocate<uint>(1));
            buffers[^1] = errors;
            if (!checkedKernels.Contains(kernel)) checkedKernels.Add(kernel);
        }
        Dispatch(loaded, GpuKernel.Fold(groups), buffers, pushConstants);
    }

    /// The last delivery of the batch: what the checked kernels found.
    void DeliverErrors()
    {
        if (errors is null || device.IsLost) return;
        string arrays = checkedKernels is [var one] ? one.Indexed : string.Join("; ", checkedKernels.Select(k => $"{k.Name}: {k.Indexed}"));
        uint[] found = [0];
        Download(errors, found.AsMemory());
        batch.Deliveries.Add(() => Check.Errors((int)found[0], arrays, ""));
        errors.Dispose();
        errors = null;
        checkedKernels.Clear();
    }

    /// <summary>As the other, with the push constants as a value, such as a struct of int and float fields.</summary>
    public void Dispatch<TPush>(GpuKernel kernel, (long X, long Y, long Z) groups, ReadOnlySpan<GpuBuffer> buffers, in TPush pushConstants) where TPush : unmanaged =>
        Dispatch(kernel, groups, buffers, MemoryMarshal.AsBytes(new ReadOnlySpan<TPush>(in pushConstants)));

    /// <summary>Records a copy to the device. The elements are read before the call returns.</summary>
    /// <exception cref="ArgumentException">The buffer belongs to another device.</exception>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the buffer.</exception>
    public void Upload<T>(GpuBuffer<T> destination, ReadOnlySpan<T> elements, long start = 0) where T : unmanaged
    {
        Usable();
        Mine(destination, nameof(destination));
        destination.CheckRange(start, elements.Length);
        if (elements.IsEmpty) return;
        batch.Hold(destination);
        var block = batch.Rent((long)elements.Length * sizeof(T), back: false);
        fixed (T* from = elements) Buffer.MemoryCopy(from, block.Mapped, block.Bytes, (long)elements.Length * sizeof(T));
        Copy(block.Buffer, destination.Vulkan, 0, start * sizeof(T), (long)elements.Length * sizeof(T));
    }

    /// <summary>Records a copy from the device. The elements are written before the task of the submission is done, and only if it succeeds, or fails because a generated kernel's index was out of range.</summary>
    /// <exception cref="ArgumentException">The buffer belongs to another device.</exception>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the buffer.</exception>
    public void Download<T>(GpuBuffer<T> source, Memory<T> elements, long start = 0) where T : unmanaged
    {
        var block = RecordDownload(source, elements.Length, start);
        if (elements.Length > 0) batch.Deliveries.Add(() => new ReadOnlySpan<T>(block.Mapped, elements.Length).CopyTo(elements.Span));
    }

    /// <summary>As the other, for memory that stays where it is until the submission is over.</summary>
    internal void Download<T>(GpuBuffer<T> source, T* elements, int length, long start) where T : unmanaged
    {
        var block = RecordDownload(source, length, start);
        if (length > 0) batch.Deliveries.Add(() => new ReadOnlySpan<T>(block.Mapped, length).CopyTo(new(elements, length)));
    }

    DeviceMemory RecordDownload<T>(GpuBuffer<T> source, int length, long start) where T : unmanaged
    {
        Usable();
        Mine(source, nameof(source));
        source.CheckRange(start, length);
        if (length == 0) return default;
        batch.Hold(source);
        var block = batch.Rent((long)length * sizeof(T), back: true);
        Copy(source.Vulkan, block.Buffer, start * sizeof(T), 0, (long)length * sizeof(T));
        return block;
    }

    /// <summary>Records that every 32-bit word of a buffer gets this value; elements shorter than a word get its parts.</summary>
    /// <exception cref="ArgumentException">The buffer belongs to another device.</exception>
    public void Fill(GpuBuffer buffer, uint word = 0)
    {
        Usable();
        Mine(buffer, nameof(buffer));
        batch.Hold(buffer);
        batch.Operations.Add(new([buffer.Vulkan]) { Word = word });
    }

    /// <summary>Records a copy on the device.</summary>
    /// <exception cref="ArgumentException">A buffer belongs to another device, or two parts of one buffer overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The elements are not all in the buffers.</exception>
    public void Copy<T>(GpuBuffer<T> source, GpuBuffer<T> destination, long start, long destinationStart, long length) where T : unmanaged
    {
        Usable();
        Mine(source, nameof(source));
        Mine(destination, nameof(destination));
        source.CheckRange(start, length, nameof(start), nameof(length));
        destination.CheckRange(destinationStart, length, nameof(destinationStart), nameof(length));
        if (source == destination && Math.Abs(start - destinationStart) < length)
            throw new ArgumentException($"The {length} elements from {start} on and those from {destinationStart} on of the same buffer overlap.", nameof(destinationStart));
        if (length == 0) return;
        batch.Hold(source);
        batch.Hold(destination);
        Copy(source.Vulkan, destination.Vulkan, start * sizeof(T), destinationStart * sizeof(T), length * sizeof(T));
    }

    /// <summary>
    /// Gives what was recorded to the device; then recording begins anew. Without a token that can be cancelled it is one submission. With one the work is given in
    /// parts, two of them on the device at a time, so large that each takes some milliseconds or is one dispatch; the token is asked before each.
    /// </summary>
    /// <returns>
    /// Ends when the device is done and downloads are delivered. Cancelled: the device is done with the parts it was given, the rest was not run, and no download
    /// was delivered. The stream's next submission runs all the same.
    /// </returns>
    /// <exception cref="GpuDeviceLostException">In the task: the device is lost.</exception>
    /// <exception cref="GpuOutOfMemoryException">In the task: the driver has no memory for the submission.</exception>
    /// <exception cref="GpuValidationException">In the task: the validation layer found a fault.</exception>
    /// <exception cref="OperationCanceledException">In the task: cancelled before the end.</exception>
    /// <exception cref="ArgumentException">In the task: a generated kernel found an index out of range. The rest was computed.</exception>
    public Task SubmitAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        try { DeliverErrors(); }
        catch (GpuException e) { return Task.FromException(e); }
        var given = batch;
        batch = new(device);
        var feeding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = given.Start(tail, fed, feeding, cancellationToken);
        tail = task;
        fed = feeding.Task;
        return task;
    }

    /// <summary>As <see cref="SubmitAsync"/>, and waits.</summary>
    public void Submit(CancellationToken cancellationToken = default) => SubmitAsync(cancellationToken).GetAwaiter().GetResult();

    /// <summary>Drops what is recorded, and waits for what is submitted.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        if (disposed) return default;
        disposed = true;
        errors?.Dispose();
        batch.Release();
        // Errors belong to whoever has the submission's task.
        return new(tail.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
    }

    void Copy(ulong from, ulong to, long start, long destinationStart, long bytes) =>
        batch.Operations.Add(new([from, to]) { Copy = new() { srcOffset = (ulong)start, dstOffset = (ulong)destinationStart, size = (ulong)bytes } });

    void Usable()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        device.ThrowIfLost();
    }

    void Mine(GpuBuffer buffer, string parameter)
    {
        ArgumentNullException.ThrowIfNull(buffer, parameter);
        buffer.ThrowIfDisposed();
        if (buffer.Device != device) throw new ArgumentException("A buffer belongs to another device than the stream.", parameter);
    }
}
