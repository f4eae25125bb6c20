using System.Runtime.InteropServices;
using Kernels.Testing;

namespace Kernels.Tests.Examples;

/// <summary>Where arrays lie in one run: so many elements from a page that must not be touched, behind or before them.</summary>
public readonly record struct Place(Guard Guard, int Shift)
{
    /// <summary>Both ends, 16 alignments of 4-byte elements.</summary>
    public static readonly Place[] All = [.. from g in new[] { Guard.Behind, Guard.Before } from s in Enumerable.Range(0, 16) select new Place(g, s)];
}

/// <summary>
/// Memory for one array at any place and length, mapped once: mapping anew for each of a hundred thousand runs would take longer than the runs.
/// Around the array lies a pattern, which must be there afterwards.
/// </summary>
public sealed class Field<T> : IDisposable where T : unmanaged
{
    readonly GuardedBuffer<T> behind, before;
    readonly T[] pattern;

    public Field(int capacity)
    {
        behind = new(capacity + 16);
        before = new(capacity + 16, Guard.Before);
        pattern = new T[capacity + 16];
        Poison.Fill<T>(pattern);
    }

    Span<T> At(int length, Place place, out int start)
    {
        start = place.Guard == Guard.Behind ? pattern.Length - place.Shift - length : place.Shift;
        return place.Guard == Guard.Behind ? behind.Span : before.Span;
    }

    /// <summary>The values, for reading.</summary>
    public Span<T> Put(ReadOnlySpan<T> values, Place place)
    {
        var all = At(values.Length, place, out int start);
        pattern.CopyTo(all);
        values.CopyTo(all[start..]);
        return all.Slice(start, values.Length);
    }

    /// <summary>Poison, for writing.</summary>
    public Span<T> Poisoned(int length, Place place)
    {
        var all = At(length, place, out int start);
        pattern.CopyTo(all);
        return all.Slice(start, length);
    }

    /// <summary>What the array holds now.</summary>
    public ReadOnlySpan<T> Written(int length, Place place)
    {
        var all = At(length, place, out int start);
        return all.Slice(start, length);
    }

    /// <summary>The array holds these values and nothing was written around it.</summary>
    public void Check(ReadOnlySpan<T> expected, Place place, string what)
    {
        var all = At(expected.Length, place, out int start);
        Same.Values<T>(expected, all.Slice(start, expected.Length), what);
        CheckAround(expected.Length, place, what);
    }

    public void CheckAround(int length, Place place, string what)
    {
        var all = At(length, place, out int start);
        Same.Bits<T>(pattern.AsSpan(0, start), all[..start], what + ", before the array");
        Same.Bits<T>(pattern.AsSpan(start + length), all[(start + length)..], what + ", behind the array");
    }

    public void Dispose()
    {
        behind.Dispose();
        before.Dispose();
    }
}

/// <summary>Equality bit by bit, but for NaN, which is one value. Fast where equal.</summary>
public static class Same
{
    public static void Bits<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what) where T : unmanaged =>
        Assert.True(MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual)), what + ": bytes were changed");

    public static void Values<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what) where T : unmanaged
    {
        if (MemoryMarshal.AsBytes(expected).SequenceEqual(MemoryMarshal.AsBytes(actual))) return;
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = (expected[i], actual[i]) switch
            {
                (float a, float b) => Ulp.Distance(a, b, signedZero: true) == 0,
                (double a, double b) => Ulp.Distance(a, b, signedZero: true) == 0,
                var (a, b) => a.Equals(b),
            };
            if (!same) Assert.Fail(FormattableString.Invariant($"{what}: element {i} of {expected.Length} is {actual[i]:R}, expected {expected[i]:R}."));
        }
    }
}

/// <summary>The runs of one test: every target of this process, and the plain C#, which must meet the oracle as well.</summary>
public static class Sweep
{
    /// <summary>The longest array: more than 4 vectors in flight of 64 bytes, 16 trips, and every tail behind them.</summary>
    public const int Longest = 1100;

    public static IReadOnlyList<KernelTarget> Targets { get; } =
        [KernelTarget.Spec, .. Testing.Targets.All];

    public static KernelOptions Options(KernelTarget target, int threads = 1) => new() { Target = target, MaxDegreeOfParallelism = threads };

    /// <summary>Every target × length × place. The plain C# takes no notice of places: one is enough.</summary>
    public static void Run(Action<int, Place, KernelOptions> body, int longest = Longest, Func<int, bool>? lengths = null)
    {
        int runs = 0;
        foreach (var target in Targets)
            foreach (var place in target == KernelTarget.Spec ? Place.All[..1] : Place.All)
                for (int n = 0; n <= longest; n++)
                    if (lengths is null || lengths(n))
                    {
                        body(n, place, Options(target));
                        runs++;
                    }
        Assert.True(runs > 30, "hardly anything was run");
    }

    /// <summary>Every target once.</summary>
    public static void Each(Action<KernelOptions> body)
    {
        foreach (var target in Targets) body(Options(target));
    }

    /// <summary>1, 2, 3 and 8 threads give the same bits on every target.</summary>
    public static void Threads<T>(Func<KernelOptions, T[]> run) where T : unmanaged
    {
        foreach (var target in Targets)
        {
            T[] one = run(Options(target));
            foreach (int threads in new[] { 2, 3, 8 }) Same.Values<T>(one, run(Options(target, threads)), $"{target}, {threads} threads");
        }
    }

    public static string At(KernelOptions options, int n, Place place) => $"{options.Target}, length {n}, {place}";
}

/// <summary>Test data: seeded, of many magnitudes, with the values that break kernels strewn in.</summary>
public static class Data
{
    public static readonly float[] Specials = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -float.Epsilon, 1e-39f, float.MaxValue, float.MinValue, 1.17549435e-38f];

    public static float[] Floats(int seed, int n, double low = -10, double high = 10)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => (float)(low + (high - low) * random.NextDouble()))];
    }

    public static double[] Doubles(int seed, int n, double low = -10, double high = 10)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => low + (high - low) * random.NextDouble())];
    }

    /// <summary>Magnitudes from 2^-130 to 2^120, one element in seven special.</summary>
    public static float[] Wild(int seed, int n)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => random.Next(7) == 0
            ? Specials[random.Next(Specials.Length)]
            : (float)((random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-130, 120))))];
    }

    public static int[] Permutation(int seed, int n)
    {
        int[] p = [.. Enumerable.Range(0, n)];
        new Random(seed).Shuffle(p);
        return p;
    }
}
