using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Kernels.Runtime;

/// <summary>For generated code: one Scratch buffer of a kernel.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ScratchRequest
{
    /// <summary>Undefined at the start of a block.</summary>
    public ScratchRequest(long length, int elementSize) { Length = length; ElementSize = elementSize; }

    /// <summary>Filled once with an element's bits; every block leaves it as it found it.</summary>
    public ScratchRequest(long length, int elementSize, ulong fill) { Length = length; ElementSize = elementSize; Persistent = true; Fill = fill; }

    /// <summary>Elements.</summary>
    public readonly long Length;
    /// <summary>Bytes an element.</summary>
    public readonly int ElementSize;
    /// <summary>Whether it keeps its content between blocks.</summary>
    public readonly bool Persistent;
    /// <summary>The bits of an element of a persistent one.</summary>
    public readonly ulong Fill;

    internal nuint Bytes => checked(((nuint)Length * (nuint)ElementSize + 63) / 64 * 64);
}

/// <summary>Aligned native memory that is freed with its owner at the latest.</summary>
sealed unsafe class Slab(nuint bytes)
{
    public readonly byte* Pointer = (byte*)NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
    public readonly nuint Bytes = bytes;

    public void Free()
    {
        GC.SuppressFinalize(this);
        NativeMemory.AlignedFree(Pointer);
    }

    ~Slab() => NativeMemory.AlignedFree(Pointer);
}

/// <summary>
/// The scratch memory of one worker during one run. Ordinary buffers share a slab that its thread keeps for the next run; persistent ones are kept
/// for the kernel they belong to, in the state that the spec promises to restore, and thrown away when a run did not end well.
/// </summary>
unsafe ref struct WorkerScratch
{
    const nuint LargestKept = 64 << 20;

    [ThreadStatic] static Slab? kept;
    static readonly ConcurrentDictionary<(nint Kernel, int Index, ulong Fill, int ElementSize), ConcurrentBag<Slab>> persistent = new();

    readonly ReadOnlySpan<ScratchRequest> requests;
    readonly nint kernel;
    Slab? ordinary;
    readonly Slab?[]? owned;

    /// Fills pointers, one a request.
    public WorkerScratch(ReadOnlySpan<ScratchRequest> requests, nint kernel, Span<nint> pointers)
    {
        this.requests = requests;
        this.kernel = kernel;
        nuint bytes = 0;
        foreach (ref readonly var r in requests)
            if (!r.Persistent) bytes = checked(bytes + r.Bytes);
        if (bytes > 0)
        {
            ordinary = kept;
            kept = null;
            if (ordinary is null || ordinary.Bytes < bytes)
            {
                ordinary?.Free();
                ordinary = new Slab(bytes);
            }
        }
        nuint offset = 0;
        for (int k = 0; k < requests.Length; k++)
        {
            ref readonly var r = ref requests[k];
            if (!r.Persistent)
            {
                pointers[k] = ordinary is null ? 0 : (nint)(ordinary.Pointer + offset);
                offset += r.Bytes;
                continue;
            }
            owned ??= new Slab?[requests.Length];
            owned[k] = Rent(k, r);
            pointers[k] = (nint)owned[k]!.Pointer;
        }
    }

    public void Return(bool completed)
    {
        if (ordinary is not null)
        {
            if (kept is null && ordinary.Bytes <= LargestKept) kept = ordinary; else ordinary.Free();
            ordinary = null;
        }
        if (owned is null) return;
        for (int k = 0; k < requests.Length; k++)
        {
            if (owned[k] is not { } slab) continue;
            owned[k] = null;
            bool restored = completed && (!Grid.VerifyPersistent || IsFilled(slab, requests[k]));
            if (restored && slab.Bytes <= LargestKept) persistent.GetOrAdd(Key(k, requests[k]), _ => []).Add(slab);
            else slab.Free();
            if (completed && !restored)
                throw new InvalidOperationException($"A block left persistent scratch buffer {k} in another state than it found.");
        }
    }

    readonly (nint, int, ulong, int) Key(int k, in ScratchRequest r) => (kernel, k, r.Fill, r.ElementSize);

    readonly Slab Rent(int k, in ScratchRequest r)
    {
        if (persistent.TryGetValue(Key(k, r), out var bag))
            while (bag.TryTake(out var slab))
            {
                if (slab.Bytes >= r.Bytes) return slab;
                slab.Free();
            }
        var fresh = new Slab(r.Bytes);
        switch (r.ElementSize)
        {
            case 1: new Span<byte>(fresh.Pointer, checked((int)r.Bytes)).Fill((byte)r.Fill); break;
            case 2: Fill(fresh, (ushort)r.Fill); break;
            case 4: Fill(fresh, (uint)r.Fill); break;
            default: Fill(fresh, r.Fill); break;
        }
        return fresh;
    }

    static void Fill<T>(Slab slab, T value) where T : unmanaged => new Span<T>(slab.Pointer, checked((int)(slab.Bytes / (nuint)sizeof(T)))).Fill(value);

    static bool IsFilled(Slab slab, in ScratchRequest r) => r.ElementSize switch
    {
        1 => !new Span<byte>(slab.Pointer, (int)r.Length).ContainsAnyExcept((byte)r.Fill),
        2 => !new Span<ushort>(slab.Pointer, (int)r.Length).ContainsAnyExcept((ushort)r.Fill),
        4 => !new Span<uint>(slab.Pointer, (int)r.Length).ContainsAnyExcept((uint)r.Fill),
        _ => !new Span<ulong>(slab.Pointer, (int)r.Length).ContainsAnyExcept(r.Fill),
    };
}
