namespace Kernels.Gpu;

/// <summary>Something of a device that is disposed. Dispose may be called while the device still uses it: it is freed when that is over.</summary>
public abstract class GpuResource : IDisposable
{
    // The object itself counts as one use until it is disposed.
    int uses = 1, disposed;

    private protected GpuResource(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
    }

    /// <summary>Frees what nobody disposed. A recorded or submitted use keeps the object alive.</summary>
    ~GpuResource() => Close();

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>It must not be used any more; what was recorded before still runs.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    internal bool IsDisposed => Volatile.Read(ref disposed) != 0;

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <summary>A use begins.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    internal void Hold()
    {
        ThrowIfDisposed();
        for (int seen = Volatile.Read(ref uses); ;)
        {
            ObjectDisposedException.ThrowIf(seen == 0, this);
            int now = Interlocked.CompareExchange(ref uses, seen + 1, seen);
            if (now == seen) return;
            seen = now;
        }
    }

    /// <summary>A use ends.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref uses) == 0) Free();
    }

    /// Gives the driver's objects back; also called if the constructor of the derived type threw.
    private protected abstract void Free();

    void Close()
    {
        // No device: the constructor threw before there was anything to free.
        if (Device is not null && Interlocked.Exchange(ref disposed, 1) == 0) Release();
    }
}
