using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kernels.Runtime;

/// <summary>Read-modify-write of memory that other workers may reach. Each returns the value before. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SharedAtomic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref int at, int value) => unchecked(Interlocked.Add(ref at, value) - value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int And(ref int at, int value) => Interlocked.And(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Or(ref int at, int value) => Interlocked.Or(ref at, value);

    public static int Xor(ref int at, int value)
    {
        int before = Volatile.Read(ref at), seen;
        while ((seen = Interlocked.CompareExchange(ref at, before ^ value, before)) != before) before = seen;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Add(ref uint at, uint value) => unchecked(Interlocked.Add(ref at, value) - value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint And(ref uint at, uint value) => Interlocked.And(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Or(ref uint at, uint value) => Interlocked.Or(ref at, value);

    public static uint Xor(ref uint at, uint value)
    {
        uint before = Volatile.Read(ref at), seen;
        while ((seen = Interlocked.CompareExchange(ref at, before ^ value, before)) != before) before = seen;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Add(ref long at, long value) => unchecked(Interlocked.Add(ref at, value) - value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long And(ref long at, long value) => Interlocked.And(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Or(ref long at, long value) => Interlocked.Or(ref at, value);

    public static long Xor(ref long at, long value)
    {
        long before = Volatile.Read(ref at), seen;
        while ((seen = Interlocked.CompareExchange(ref at, before ^ value, before)) != before) before = seen;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ref ulong at, ulong value) => unchecked(Interlocked.Add(ref at, value) - value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong And(ref ulong at, ulong value) => Interlocked.And(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Or(ref ulong at, ulong value) => Interlocked.Or(ref at, value);

    public static ulong Xor(ref ulong at, ulong value)
    {
        ulong before = Volatile.Read(ref at), seen;
        while ((seen = Interlocked.CompareExchange(ref at, before ^ value, before)) != before) before = seen;
        return before;
    }

    public static int Min(ref int at, int value)
    {
        int before = Volatile.Read(ref at), seen;
        while (Math.Min(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static int Max(ref int at, int value)
    {
        int before = Volatile.Read(ref at), seen;
        while (Math.Max(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static uint Min(ref uint at, uint value)
    {
        uint before = Volatile.Read(ref at), seen;
        while (Math.Min(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static uint Max(ref uint at, uint value)
    {
        uint before = Volatile.Read(ref at), seen;
        while (Math.Max(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static long Min(ref long at, long value)
    {
        long before = Volatile.Read(ref at), seen;
        while (Math.Min(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static long Max(ref long at, long value)
    {
        long before = Volatile.Read(ref at), seen;
        while (Math.Max(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static ulong Min(ref ulong at, ulong value)
    {
        ulong before = Volatile.Read(ref at), seen;
        while (Math.Min(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static ulong Max(ref ulong at, ulong value)
    {
        ulong before = Volatile.Read(ref at), seen;
        while (Math.Max(before, value) != before && (seen = Interlocked.CompareExchange(ref at, value, before)) != before) before = seen;
        return before;
    }

    public static float Add(ref float at, float value)
    {
        float before = Volatile.Read(ref at);
        while (true)
        {
            float seen = Interlocked.CompareExchange(ref at, before + value, before);
            if (BitConverter.SingleToInt32Bits(seen) == BitConverter.SingleToInt32Bits(before)) return before;
            before = seen;
        }
    }

    public static float Min(ref float at, float value)
    {
        float before = Volatile.Read(ref at);
        while (true)
        {
            float seen = Interlocked.CompareExchange(ref at, MathF.Min(before, value), before);
            if (BitConverter.SingleToInt32Bits(seen) == BitConverter.SingleToInt32Bits(before)) return before;
            before = seen;
        }
    }

    public static float Max(ref float at, float value)
    {
        float before = Volatile.Read(ref at);
        while (true)
        {
            float seen = Interlocked.CompareExchange(ref at, MathF.Max(before, value), before);
            if (BitConverter.SingleToInt32Bits(seen) == BitConverter.SingleToInt32Bits(before)) return before;
            before = seen;
        }
    }

    public static double Add(ref double at, double value)
    {
        double before = Volatile.Read(ref at);
        while (true)
        {
            double seen = Interlocked.CompareExchange(ref at, before + value, before);
            if (BitConverter.DoubleToInt64Bits(seen) == BitConverter.DoubleToInt64Bits(before)) return before;
            before = seen;
        }
    }

    public static double Min(ref double at, double value)
    {
        double before = Volatile.Read(ref at);
        while (true)
        {
            double seen = Interlocked.CompareExchange(ref at, Math.Min(before, value), before);
            if (BitConverter.DoubleToInt64Bits(seen) == BitConverter.DoubleToInt64Bits(before)) return before;
            before = seen;
        }
    }

    public static double Max(ref double at, double value)
    {
        double before = Volatile.Read(ref at);
        while (true)
        {
            double seen = Interlocked.CompareExchange(ref at, Math.Max(before, value), before);
            if (BitConverter.DoubleToInt64Bits(seen) == BitConverter.DoubleToInt64Bits(before)) return before;
            before = seen;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Exchange(ref int at, int value) => Interlocked.Exchange(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CompareExchange(ref int at, int value, int comparand) => Interlocked.CompareExchange(ref at, value, comparand);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Exchange(ref uint at, uint value) => Interlocked.Exchange(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint CompareExchange(ref uint at, uint value, uint comparand) => Interlocked.CompareExchange(ref at, value, comparand);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Exchange(ref long at, long value) => Interlocked.Exchange(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long CompareExchange(ref long at, long value, long comparand) => Interlocked.CompareExchange(ref at, value, comparand);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange(ref ulong at, ulong value) => Interlocked.Exchange(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareExchange(ref ulong at, ulong value, ulong comparand) => Interlocked.CompareExchange(ref at, value, comparand);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exchange(ref float at, float value) => Interlocked.Exchange(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float CompareExchange(ref float at, float value, float comparand) => Interlocked.CompareExchange(ref at, value, comparand);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exchange(ref double at, double value) => Interlocked.Exchange(ref at, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double CompareExchange(ref double at, double value, double comparand) => Interlocked.CompareExchange(ref at, value, comparand);
}

/// <summary>The same on memory that one worker alone reaches. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LocalAtomic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ref int at, int value)
    {
        int before = at;
        at = unchecked(before + value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(ref int at, int value)
    {
        int before = at;
        at = unchecked(Math.Min(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(ref int at, int value)
    {
        int before = at;
        at = unchecked(Math.Max(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Exchange(ref int at, int value)
    {
        int before = at;
        at = unchecked(value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int And(ref int at, int value)
    {
        int before = at;
        at = unchecked(before & value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Or(ref int at, int value)
    {
        int before = at;
        at = unchecked(before | value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Xor(ref int at, int value)
    {
        int before = at;
        at = unchecked(before ^ value);
        return before;
    }

    /// <summary>Compares bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CompareExchange(ref int at, int value, int comparand)
    {
        int before = at;
        if (before == comparand) at = value;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Add(ref uint at, uint value)
    {
        uint before = at;
        at = unchecked(before + value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(ref uint at, uint value)
    {
        uint before = at;
        at = unchecked(Math.Min(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(ref uint at, uint value)
    {
        uint before = at;
        at = unchecked(Math.Max(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Exchange(ref uint at, uint value)
    {
        uint before = at;
        at = unchecked(value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint And(ref uint at, uint value)
    {
        uint before = at;
        at = unchecked(before & value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Or(ref uint at, uint value)
    {
        uint before = at;
        at = unchecked(before | value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Xor(ref uint at, uint value)
    {
        uint before = at;
        at = unchecked(before ^ value);
        return before;
    }

    /// <summary>Compares bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint CompareExchange(ref uint at, uint value, uint comparand)
    {
        uint before = at;
        if (before == comparand) at = value;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Add(ref long at, long value)
    {
        long before = at;
        at = unchecked(before + value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Min(ref long at, long value)
    {
        long before = at;
        at = unchecked(Math.Min(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Max(ref long at, long value)
    {
        long before = at;
        at = unchecked(Math.Max(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Exchange(ref long at, long value)
    {
        long before = at;
        at = unchecked(value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long And(ref long at, long value)
    {
        long before = at;
        at = unchecked(before & value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Or(ref long at, long value)
    {
        long before = at;
        at = unchecked(before | value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Xor(ref long at, long value)
    {
        long before = at;
        at = unchecked(before ^ value);
        return before;
    }

    /// <summary>Compares bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long CompareExchange(ref long at, long value, long comparand)
    {
        long before = at;
        if (before == comparand) at = value;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ref ulong at, ulong value)
    {
        ulong before = at;
        at = unchecked(before + value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Min(ref ulong at, ulong value)
    {
        ulong before = at;
        at = unchecked(Math.Min(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Max(ref ulong at, ulong value)
    {
        ulong before = at;
        at = unchecked(Math.Max(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Exchange(ref ulong at, ulong value)
    {
        ulong before = at;
        at = unchecked(value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong And(ref ulong at, ulong value)
    {
        ulong before = at;
        at = unchecked(before & value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Or(ref ulong at, ulong value)
    {
        ulong before = at;
        at = unchecked(before | value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Xor(ref ulong at, ulong value)
    {
        ulong before = at;
        at = unchecked(before ^ value);
        return before;
    }

    /// <summary>Compares bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CompareExchange(ref ulong at, ulong value, ulong comparand)
    {
        ulong before = at;
        if (before == comparand) at = value;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(ref float at, float value)
    {
        float before = at;
        at = unchecked(before + value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(ref float at, float value)
    {
        float before = at;
        at = unchecked(MathF.Min(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(ref float at, float value)
    {
        float before = at;
        at = unchecked(MathF.Max(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exchange(ref float at, float value)
    {
        float before = at;
        at = unchecked(value);
        return before;
    }

    /// <summary>Compares bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float CompareExchange(ref float at, float value, float comparand)
    {
        float before = at;
        if (BitConverter.SingleToInt32Bits(before) == BitConverter.SingleToInt32Bits(comparand)) at = value;
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Add(ref double at, double value)
    {
        double before = at;
        at = unchecked(before + value);
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Min(ref double at, double value)
    {
        double before = at;
        at = unchecked(Math.Min(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(ref double at, double value)
    {
        double before = at;
        at = unchecked(Math.Max(before, value));
        return before;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exchange(ref double at, double value)
    {
        double before = at;
        at = unchecked(value);
        return before;
    }

    /// <summary>Compares bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double CompareExchange(ref double at, double value, double comparand)
    {
        double before = at;
        if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(comparand)) at = value;
        return before;
    }
}
