using System.Runtime.InteropServices;

namespace Kernels.Testing;

/// <summary>Which end of a <see cref="GuardedBuffer{T}"/> touches memory that must not be accessed.</summary>
public enum Guard
{
    /// <summary>The page behind the data: finds vectors that run over the end.</summary>
    Behind,
    /// <summary>The page before the data: finds accesses at negative indices.</summary>
    Before,
}

/// <summary>
/// Elements between two pages without access: reading or writing one byte across the guarded end kills the process, whatever alignment the data has.
/// The bytes around the data within its own pages are canaries, which show writes on the other side.
/// </summary>
public sealed unsafe class GuardedBuffer<T> : IDisposable where T : unmanaged
{
    const byte Canary = 0xC5;
    readonly nuint bytes, page, inner;
    byte* pages;
    readonly T* data;

    /// <param name="length">The number of elements.</param>
    /// <param name="guard">The end that touches a guard page.</param>
    /// <param name="offset">Bytes between that end and the guard page: shifts the alignment.</param>
    public GuardedBuffer(int length, Guard guard = Guard.Behind, int offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Length = length;
        page = (nuint)Environment.SystemPageSize;
        bytes = (nuint)length * (nuint)sizeof(T);
        inner = Math.Max(1, (bytes + (nuint)offset + page - 1) / page) * page;
        pages = Pages.Map(inner + 2 * page);
        Pages.Forbid(pages, page);
        Pages.Forbid(pages + page + inner, page);
        NativeMemory.Fill(pages + page, inner, Canary);
        data = (T*)(guard == Guard.Behind ? pages + page + inner - (nuint)offset - bytes : pages + page + (nuint)offset);
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>Element 0.</summary>
    public T* Pointer => pages is not null ? data : throw new ObjectDisposedException(nameof(GuardedBuffer<T>));

    /// <summary>The elements.</summary>
    public Span<T> Span => new(Pointer, Length);

    /// <summary>Nothing was written beside the data.</summary>
    /// <exception cref="InvalidOperationException">Something was.</exception>
    public void CheckCanaries()
    {
        byte* first = pages + page, begin = (byte*)Pointer, end = begin + bytes;
        Check(new(first, (int)(begin - first)), begin, begin);
        Check(new(end, (int)(first + inner - end)), end, begin);
    }

    static void Check(ReadOnlySpan<byte> canaries, byte* from, byte* begin)
    {
        int at = canaries.IndexOfAnyExcept(Canary);
        if (at < 0) return;
        long offset = (from == begin ? at - canaries.Length : from - begin + at);
        throw new InvalidOperationException($"A byte outside the data was written: byte {offset} from the first element.");
    }

    /// <summary>Unmaps the pages.</summary>
    public void Dispose()
    {
        if (pages is null) return;
        Pages.Unmap(pages, inner + 2 * page);
        pages = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Unmaps the pages of a buffer that nobody disposed.</summary>
    ~GuardedBuffer() => Dispose();
}

/// Whole pages from the operating system.
static unsafe partial class Pages
{
    const int ReadWrite = 3, NoAccess = 0, Private = 2, AnonymousLinux = 0x20, AnonymousMac = 0x1000;
    const uint Commit = 0x3000, Release = 0x8000, PageReadWrite = 4, PageNoAccess = 1;

    public static byte* Map(nuint size)
    {
        byte* memory = OperatingSystem.IsWindows() ? (byte*)VirtualAlloc(null, size, Commit, PageReadWrite)
            : (byte*)MMap(null, size, ReadWrite, Private | (OperatingSystem.IsMacOS() ? AnonymousMac : AnonymousLinux), -1, 0);
        return memory is not null && memory != (byte*)-1 ? memory : throw new OutOfMemoryException();
    }

    public static void Forbid(byte* address, nuint size)
    {
        bool done = OperatingSystem.IsWindows() ? VirtualProtect(address, size, PageNoAccess, out _) != 0 : MProtect(address, size, NoAccess) == 0;
        if (!done) throw new InvalidOperationException("The guard page cannot be protected.");
    }

    public static void Unmap(byte* address, nuint size)
    {
        if (OperatingSystem.IsWindows()) VirtualFree(address, 0, Release); else MUnmap(address, size);
    }

    [LibraryImport("libc", EntryPoint = "mmap")] private static partial void* MMap(void* address, nuint size, int protection, int flags, int file, long offset);
    [LibraryImport("libc", EntryPoint = "mprotect")] private static partial int MProtect(void* address, nuint size, int protection);
    [LibraryImport("libc", EntryPoint = "munmap")] private static partial int MUnmap(void* address, nuint size);
    [LibraryImport("kernel32")] private static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protection);
    [LibraryImport("kernel32")] private static partial int VirtualProtect(void* address, nuint size, uint protection, out uint before);
    [LibraryImport("kernel32")] private static partial int VirtualFree(void* address, nuint size, uint type);
}
