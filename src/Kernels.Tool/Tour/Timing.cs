using System.Diagnostics;
using System.Runtime;

namespace Kernels.Tool;

/// <summary>How long to measure: a batch of calls lasts about Batch; each placement is measured Repetitions times.</summary>
sealed record TimingBudget(TimeSpan Batch, int Repetitions, int Placements)
{
    public static readonly TimingBudget Full = new(TimeSpan.FromMilliseconds(1), 5, TourBuffer.PlacementCount);
    public static readonly TimingBudget Quick = new(TimeSpan.FromMilliseconds(0.4), 3, 3);
}

/// <summary>
/// Times of several ways to do one thing. They take turns, so that a change of the machine's speed meets all of them alike. For each placement of
/// the buffers the best batch counts, as what disturbs a batch only ever adds time; over the placements the median counts, as a lucky one proves nothing.
/// </summary>
static class Timing
{
    // A tier counts 30 calls, but only those made once nothing new has been compiled for 100 ms; then the next tier is compiled in the background, which
    // a busy machine delays. Two tiers follow the first one.
    const int WarmUpCalls = 35, QuietPhases = 2;
    static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200), Limit = TimeSpan.FromSeconds(8);

    /// <summary>Brings all methods that the calls reach to their final code: calls them until that makes the JIT compile nothing more.</summary>
    public static void WarmUp(IReadOnlyList<Action> calls, ProgressLine progress)
    {
        var clock = Stopwatch.StartNew();
        for (int quiet = 0; quiet < QuietPhases && clock.Elapsed < Limit;)
        {
            progress.Show($"warm-up, {JitInfo.GetCompiledMethodCount()} methods compiled");
            long before = JitInfo.GetCompiledMethodCount(), seen;
            foreach (var call in calls)
                for (int i = 0; i < WarmUpCalls; i++) call();
            do
            {
                seen = JitInfo.GetCompiledMethodCount();
                Thread.Sleep(Quiet);
            }
            while (JitInfo.GetCompiledMethodCount() != seen && clock.Elapsed < Limit);
            quiet = seen == before ? quiet + 1 : 0;
        }
    }

    /// <summary>Nanoseconds a call, for each subject.</summary>
    public static double[] Measure(IReadOnlyList<Action> subjects, Action<int> place, TimingBudget budget)
    {
        var batches = new int[subjects.Count];
        var best = new double[subjects.Count, budget.Placements];
        for (int p = 0; p < budget.Placements; p++)
        {
            place(p);
            for (int s = 0; s < subjects.Count; s++)
            {
                best[s, p] = double.PositiveInfinity;
                if (p == 0) batches[s] = BatchSize(subjects[s], budget.Batch);
            }
            for (int r = 0; r < budget.Repetitions; r++)
                for (int k = 0; k < subjects.Count; k++)
                {
                    int s = (k + r) % subjects.Count;
                    best[s, p] = Math.Min(best[s, p], Batch(subjects[s], batches[s]) / batches[s]);
                }
        }
        return [.. Enumerable.Range(0, subjects.Count).Select(s => Median([.. Enumerable.Range(0, budget.Placements).Select(p => best[s, p])]))];
    }

    static int BatchSize(Action subject, TimeSpan wanted)
    {
        subject();
        for (int calls = 1; ; calls *= 2)
            if (Batch(subject, calls) is var ns && (ns >= wanted.TotalNanoseconds / 2 || calls >= 1 << 24))
                return (int)Math.Clamp(calls * wanted.TotalNanoseconds / Math.Max(ns, 1), 1, 1 << 24);
    }

    static double Batch(Action subject, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++) subject();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }
}
