using System.Numerics;

namespace Kernels;

/// <summary>
/// Iterations that run on lanes: SIMD lanes on a CPU, threads of a group on a GPU. As plain C# there is one lane, so that a spec means
/// what its scalar run does.
/// </summary>
public static class Lanes
{
    /// <summary>The iterations begin … end - 1, unordered. None if end is not above begin.</summary>
    public static LaneRange Range(int begin, int end) => new(begin, end);

    /// <summary>The indices of a span.</summary>
    public static LaneRange Over<T>(ReadOnlySpan<T> span) => new(0, span.Length);

    /// <inheritdoc cref="Over{T}(ReadOnlySpan{T})"/>
    public static LaneRange Over<T>(Span<T> span) => new(0, span.Length);

    /// <summary>begin … end - 1 in pieces of one trip of a lane loop each: a uniform loop, which may be left by break.</summary>
    public static LaneChunks Chunks(int begin, int end) => new(begin, end);

    /// <summary>The sum over all lanes, by pairwise halving.</summary>
    public static T Sum<T>(T value) where T : INumber<T> => value;

    /// <summary>The minimum over all lanes; NaN if any is NaN.</summary>
    public static T Min<T>(T value) where T : INumber<T> => value;

    /// <summary>The maximum over all lanes; NaN if any is NaN.</summary>
    public static T Max<T>(T value) where T : INumber<T> => value;

    /// <summary>Whether the value is true in some lane.</summary>
    public static bool Any(bool value) => value;

    /// <summary>Whether the value is true in all lanes.</summary>
    public static bool All(bool value) => value;

    /// <summary>All lanes' values combined by pairwise halving. combine: a static method that carries <see cref="ReductionAttribute"/>.</summary>
    public static T Reduce<T>(T value, Func<T, T, T> combine) => value;

    /// <summary>
    /// destination[count++] = value, in the order of the lanes. At the end of destination the value is dropped, and the
    /// generated wrapper throws when the kernel has finished.
    /// </summary>
    /// <exception cref="IndexOutOfRangeException">destination is full (when run as plain C#).</exception>
    public static void Append<T>(Span<T> destination, ref int count, T value) => destination[count++] = value;
}

/// <summary>A range of iterations for a foreach.</summary>
public readonly struct LaneRange(int begin, int end)
{
    /// <summary>The first iteration.</summary>
    public int Begin { get; } = begin;
    /// <summary>Behind the last iteration.</summary>
    public int End { get; } = end;

    /// <summary>For foreach.</summary>
    public Enumerator GetEnumerator() => new(Begin, End);

    /// <summary>For foreach.</summary>
    public struct Enumerator(int begin, int end)
    {
        int current = begin - 1;
        /// <summary>The iteration.</summary>
        public readonly int Current => current;
        /// <summary>To the next iteration.</summary>
        public bool MoveNext() => ++current < end;
    }
}

/// <summary>The pieces of a range for a foreach.</summary>
public readonly struct LaneChunks(int begin, int end)
{
    readonly int begin = begin, end = end;

    /// <summary>For foreach.</summary>
    public Enumerator GetEnumerator() => new(begin, end);

    /// <summary>For foreach.</summary>
    public struct Enumerator(int begin, int end)
    {
        int current = begin - 1;
        /// <summary>The piece: one iteration, as plain C# has one lane.</summary>
        public readonly LaneRange Current => new(current, current + 1);
        /// <summary>To the next piece.</summary>
        public bool MoveNext() => ++current < end;
    }
}
