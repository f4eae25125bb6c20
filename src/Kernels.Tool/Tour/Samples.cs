namespace Kernels.Tool;

/// <summary>Reproducible data: equal seeds, equal arrays.</summary>
static class Samples
{
    /// <summary>Uniform in [low, high).</summary>
    public static float[] Floats(int count, double low, double high, int seed = 1) => Make(count, seed, r => (float)(low + (high - low) * r.NextDouble()));

    /// <inheritdoc cref="Floats"/>
    public static double[] Doubles(int count, double low, double high, int seed = 1) => Make(count, seed, r => low + (high - low) * r.NextDouble());

    /// <inheritdoc cref="Floats"/>
    public static int[] Ints(int count, int low, int high, int seed = 1) => Make(count, seed, r => r.Next(low, high));

    public static byte[] Bytes(int count, int seed = 1) => Make(count, seed, r => (byte)r.Next(256));

    public static sbyte[] SignedBytes(int count, int seed = 1) => Make(count, seed, r => (sbyte)r.Next(-128, 128));

    /// <summary>0 … count - 1 in random order.</summary>
    public static int[] Permutation(int count, int seed = 1)
    {
        int[] items = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(items);
        return items;
    }

    static T[] Make<T>(int count, int seed, Func<Random, T> next)
    {
        var random = new Random(seed);
        var items = new T[count];
        foreach (ref T item in items.AsSpan()) item = next(random);
        return items;
    }
}
