namespace Kernels.Testing;

/// <summary>One run of a kernel: takes its arrays from memory and its target from options.</summary>
public delegate void KernelCase(int length, KernelMemory memory, KernelOptions options);

/// <summary>Where the arrays of a test run lie: at guard pages, at a given shift from alignment.</summary>
public sealed class KernelMemory : IDisposable
{
    readonly Guard guard;
    readonly int shift;
    readonly List<(Array? Before, Func<Array> Now, Action Check, IDisposable Owner)> buffers = [];

    internal KernelMemory(Guard guard, int shift, int seed) { this.guard = guard; this.shift = shift; Random = new(seed); }

    /// <summary>The same numbers for every target.</summary>
    public Random Random { get; }

    /// <summary>An input with these values, which must still be there after the run.</summary>
    public Span<T> Input<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var span = Add<T>(values.Length, values.ToArray());
        values.CopyTo(span);
        return span;
    }

    /// <inheritdoc cref="Input{T}(ReadOnlySpan{T})"/>
    public Span<T> Input<T>(int length, Func<Random, T> value) where T : unmanaged
    {
        var values = new T[length];
        for (int k = 0; k < length; k++) values[k] = value(Random);
        return Input<T>(values);
    }

    /// <summary>An output, poisoned; compared with the spec's after the run, so that an element one writes and the other does not is a difference.</summary>
    public Span<T> Output<T>(int length) where T : unmanaged
    {
        var span = Add<T>(length, null);
        Poison.Fill(span);
        return span;
    }

    /// <summary>An array that is read and written, with these values at first.</summary>
    public Span<T> InOut<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var span = Add<T>(values.Length, null);
        values.CopyTo(span);
        return span;
    }

    Span<T> Add<T>(int length, T[]? before) where T : unmanaged
    {
        var buffer = new GuardedBuffer<T>(length, guard, shift * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        buffers.Add((before, () => buffer.Span.ToArray(), buffer.CheckCanaries, buffer));
        return buffer.Span;
    }

    internal List<Array> Finish()
    {
        var outputs = new List<Array>();
        foreach (var (before, now, check, _) in buffers)
        {
            check();
            if (before is null) outputs.Add(now());
            else if (KernelTest.FirstDifference(before, now(), 0) is var at and >= 0) throw new InvalidOperationException($"Input element {at} was changed.");
        }
        return outputs;
    }

    /// <summary>Frees all arrays.</summary>
    public void Dispose() => buffers.ForEach(b => b.Owner.Dispose());
}

/// <summary>
/// Runs a kernel on every target × length × placement and compares each output with the plain C#. Lengths cover every tail of the widest vectors; both ends
/// of the arrays get their guard page, at several alignments.
/// </summary>
public static class KernelTest
{
    /// <summary>0 … 4 L + 3 for L lanes, and two that need many trips.</summary>
    public static IEnumerable<int> Lengths(int lanes = 16) => [.. Enumerable.Range(0, 4 * lanes + 4), 16 * lanes + 7, 1000];

    /// <summary>Every combination; the first difference throws and says where it is.</summary>
    /// <param name="run">Runs the kernel once.</param>
    /// <param name="lengths">Given to run; null: <see cref="Lengths"/>.</param>
    /// <param name="ulps">How far a float may be from the spec's: 0, unless reductions or MulAdd make a difference that the caller has derived. Integers are equal.</param>
    /// <param name="targets">Null: <see cref="Targets.All"/>.</param>
    /// <param name="threads">As KernelOptions.MaxDegreeOfParallelism.</param>
    /// <param name="seed">Of the run's random numbers.</param>
    /// <exception cref="InvalidOperationException">A difference, a changed input, a byte written outside, or nothing was run.</exception>
    public static void Run(KernelCase run, IEnumerable<int>? lengths = null, long ulps = 0, IReadOnlyList<KernelTarget>? targets = null, int threads = 1, int seed = 1)
    {
        int runs = 0;
        foreach (int length in lengths ?? Lengths())
            foreach (var (guard, shift) in new[] { (Guard.Behind, 0), (Guard.Before, 0), (Guard.Behind, 1), (Guard.Before, 3) })
            {
                List<Array> Outputs(KernelTarget target)
                {
                    using var memory = new KernelMemory(guard, shift, seed + length);
                    try
                    {
                        run(length, memory, new() { Target = target, MaxDegreeOfParallelism = threads });
                        return memory.Finish();
                    }
                    catch (InvalidOperationException e) { throw new InvalidOperationException($"{target}, length {length}, guard {guard}, shift {shift}: {e.Message}", e); }
                }
                var expected = Outputs(KernelTarget.Spec);
                if (expected.Count == 0) throw new InvalidOperationException("The kernel has no output: nothing would be compared.");
                foreach (var target in targets ?? Targets.All)
                {
                    var actual = Outputs(target);
                    runs++;
                    for (int k = 0; k < expected.Count; k++)
                        if (FirstDifference(expected[k], actual[k], ulps) is var at and >= 0)
                            throw new InvalidOperationException(FormattableString.Invariant(
                                $"{target}, length {length}, guard {guard}, shift {shift}: output {k}[{at}] is {actual[k].GetValue(at):R}, the spec gives {expected[k].GetValue(at):R}."));
                }
            }
        if (runs == 0) throw new InvalidOperationException("No target or no length: nothing was run.");
    }

    /// The first element that differs; NaNs are one value, the zeros two. -1: none.
    internal static int FirstDifference(Array expected, Array actual, long ulps)
    {
        if (expected.Length != actual.Length) return Math.Min(expected.Length, actual.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            bool same = (expected, actual) switch
            {
                (float[] a, float[] b) => Ulp.Distance(a[k], b[k], signedZero: ulps == 0) <= ulps,
                (double[] a, double[] b) => Ulp.Distance(a[k], b[k], signedZero: ulps == 0) <= ulps,
                (Half[] a, Half[] b) => Ulp.Distance(a[k], b[k], signedZero: ulps == 0) <= ulps,
                _ => expected.GetValue(k)!.Equals(actual.GetValue(k)),
            };
            if (!same) return k;
        }
        return -1;
    }
}
