using System.Runtime.InteropServices;

namespace Kernels.Testing;

/// <summary>A pattern that differs from place to place, so that a result copied from elsewhere does not pass for it. Fill outputs before a run; afterwards tell what was written.</summary>
public static class Poison
{
    /// <summary>Fills every byte.</summary>
    public static void Fill<T>(Span<T> span) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(span);
        for (int k = 0; k < bytes.Length; k++) bytes[k] = Byte(k);
    }

    /// <summary>The first element that does not hold the pattern any more; -1: none was written.</summary>
    public static int FirstWritten<T>(ReadOnlySpan<T> span) where T : unmanaged => First(span, written: true);

    /// <summary>The first element that still holds the pattern; -1: all were written. A result may equal the pattern by chance, of small integers quite easily.</summary>
    public static int FirstUnwritten<T>(ReadOnlySpan<T> span) where T : unmanaged => First(span, written: false);

    static unsafe int First<T>(ReadOnlySpan<T> span, bool written) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(span);
        for (int i = 0; i < span.Length; i++)
        {
            bool same = true;
            for (int k = i * sizeof(T); k < (i + 1) * sizeof(T); k++) same &= bytes[k] == Byte(k);
            if (same != written) return i;
        }
        return -1;
    }

    static byte Byte(int k) => (byte)(((uint)k * 2654435761u + 0x9E3779B9u) >> 23);
}
