using System.Diagnostics;
using Kernels.Testing;

namespace Kernels.Tool;

/// <summary>A function on a grid of arguments: what a process measured; the competitors in the order of <see cref="LogBesselProcess.Competitors"/>, null: not there.</summary>
/// <param name="Ratios">Of the time a value to ours.</param>
/// <param name="NonFinite">The share of values that are not finite.</param>
/// <param name="Differences">The largest |theirs - ours| / max(1, |ours|) among finite values.</param>
sealed record LogBesselTimes(string Function, string Grid, double?[] NsPerValue, double?[] Ratios, double?[] NonFinite, double?[] Differences);

/// <summary>What one process measured.</summary>
sealed record LogBesselProcess(IReadOnlyList<PeerInfo> Competitors, IReadOnlyList<LogBesselTimes> Times);

/// <summary>What is measured and how often.</summary>
/// <param name="Values">Of a grid; a peer that is slow on it computes the first of them only.</param>
/// <param name="SlowNs">A peer's turn takes about so long at most.</param>
sealed record LogBesselSettings(IReadOnlyList<string> Grids, int Processes, int Rounds, int Values, double SlowNs, int Threads, bool WarmUp);

/// <summary>
/// Measures in this process. The competitors take turns in rounds, so that a busy machine slows all of them; ours counts as one competitor. Of the times the least
/// counts, of the ratios, taken round by round, the median.
/// </summary>
static class LogBesselBench
{
    public static LogBesselProcess Run(LogBesselSettings settings, bool check, Action<string> progress)
    {
        LogBesselPeer[] all = [new OurLogBessel(settings.Threads), .. LogBesselPeer.All()];
        int[] there = [.. Enumerable.Range(0, all.Length).Where(k => all[k].Info.Missing is null)];
        var grids = BesselGrid.All.Where(g => settings.Grids.Contains(g.Name)).Select(g => (g.Name, Points: g.Points(settings.Values))).ToList();
        if (settings.WarmUp)
            Timing.WarmUp([.. grids.SelectMany(g => there.SelectMany(k => ((bool[])[true, false]).Select(first => (Action)(() => all[k].Run(first, Short(g.Points.V), Short(g.Points.X), new double[Short(g.Points.V).Length])))))],
                new ProgressLine(TextWriter.Null));
        var times = new List<LogBesselTimes>();
        foreach (var (name, (v, x)) in grids)
            foreach (bool first in (bool[])[true, false])
            {
                progress($"{Function(first)}, {name}");
                times.Add(Measure(settings, name, first, v, x, all, there, check));
            }
        return new([.. all.Select(c => c.Info)], times);

        static double[] Short(double[] values) => values[..Math.Min(64, values.Length)];
    }

    static string Function(bool first) => first ? "log I" : "log K";

    static LogBesselTimes Measure(LogBesselSettings settings, string grid, bool first, double[] v, double[] x, LogBesselPeer[] all, int[] there, bool check)
    {
        int n = v.Length;
        double[] y = new double[n], ours = new double[n];
        double?[] nonFinite = new double?[all.Length], differences = new double?[all.Length];
        int[] counts = new int[there.Length], passes = new int[there.Length];
        for (int s = 0; s < there.Length; s++)
        {
            // How many values make a turn, from a few of them; a fast one goes over them until what the others left in the caches counts no more.
            int few = Math.Min(n, 200);
            long start = Stopwatch.GetTimestamp();
            all[there[s]].Run(first, v.AsSpan(0, few), x.AsSpan(0, few), y.AsSpan(0, few));
            double ns = Math.Max(1, Stopwatch.GetElapsedTime(start).TotalNanoseconds) / few;
            counts[s] = (int)Math.Clamp(settings.SlowNs / ns, few, n);
            start = Stopwatch.GetTimestamp();
            all[there[s]].Run(first, v.AsSpan(0, counts[s]), x.AsSpan(0, counts[s]), y.AsSpan(0, counts[s]));
            passes[s] = (int)Math.Max(1, settings.SlowNs / 2 / Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            if (!check) continue;
            var result = s == 0 ? ours : y;
            if (s == 0) counts[s] = n;
            all[there[s]].Run(first, v.AsSpan(0, counts[s]), x.AsSpan(0, counts[s]), result.AsSpan(0, counts[s]));
            nonFinite[there[s]] = Enumerable.Range(0, counts[s]).Count(i => !double.IsFinite(result[i])) / (double)counts[s];
            differences[there[s]] = Enumerable.Range(0, counts[s]).Where(i => double.IsFinite(result[i])).Select(i => Math.Abs(result[i] - ours[i]) / Math.Max(1, Math.Abs(ours[i]))).DefaultIfEmpty(0).Max();
        }

        var times = new double[there.Length, settings.Rounds];
        for (int round = 0; round < settings.Rounds; round++)
            for (int turn = 0; turn < there.Length; turn++)
            {
                int s = (turn + round) % there.Length, count = counts[s];
                long start = Stopwatch.GetTimestamp();
                for (int pass = 0; pass < passes[s]; pass++) all[there[s]].Run(first, v.AsSpan(0, count), x.AsSpan(0, count), y.AsSpan(0, count));
                times[s, round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count / passes[s];
            }
        double?[] best = new double?[all.Length], ratios = new double?[all.Length];
        for (int s = 0; s < there.Length; s++)
        {
            best[there[s]] = Enumerable.Range(0, settings.Rounds).Min(r => times[s, r]);
            ratios[there[s]] = SoftmaxBench.Median([.. Enumerable.Range(0, settings.Rounds).Select(r => times[s, r] / times[0, r])]);
        }
        return new(Function(first), grid, best, ratios, nonFinite, differences);
    }
}
