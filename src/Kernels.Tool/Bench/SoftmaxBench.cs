using System.Diagnostics;
using Kernels.Runtime;
using Kernels.Testing;

namespace Kernels.Tool;

/// <summary>A process's figures for a shape; the competitors in the order of <see cref="BenchProcess.Competitors"/>, null: not there. Ratios: to ours.</summary>
sealed record BenchTimes(BenchShape Shape, double?[] NsPerElement, double?[] Ratios, double?[] Ulps, double? ReadNs, double? CopyNs);

/// <summary>What one process measured.</summary>
sealed record BenchProcess(IReadOnlyList<PeerInfo> Competitors, IReadOnlyList<BenchTimes> Times);

/// <summary>
/// Measures in this process. The competitors take turns in rounds, so that a busy machine slows all of them; x and y move from round to round, so that nobody
/// wins by a lucky placement; of the times of a competitor the least counts, of its ratios to ours, taken round by round, the median.
/// </summary>
static unsafe class SoftmaxBench
{
    const int Page = 4096, HugePage = 2 << 20, Line = 64, SlackFloats = 4 * Page / sizeof(float);
    // Up to this many elements a turn starts with a call that is not timed: what has been left in the caches is then the competitor's own.
    const long CachedElements = 1 << 20;
    // Of uniform data; repeated, which no competitor can profit from.
    const int SampleCount = 1 << 20;

    /// <param name="settings">What to measure.</param>
    /// <param name="check">Whether to compare results with a reference in double, which takes longer than the times.</param>
    /// <param name="progress">Called with each shape.</param>
    public static BenchProcess Run(BenchSettings settings, bool check, Action<BenchShape> progress)
    {
        SoftmaxPeer[] all = [new Ours(settings.Threads), .. SoftmaxPeer.All()];
        try
        {
            long most = settings.Shapes.Max(s => s.Elements) + SlackFloats;
            using NativeBuffer<float> x = new(most, HugePage), y = new(most, HugePage);
            Fill(x);
            int[] there = [.. Enumerable.Range(0, all.Length).Where(k => all[k].Info.Missing is null)];
            if (settings.WarmUp) WarmUp(settings, [.. there.Select(k => all[k])], x.Pointer, y.Pointer);
            var times = new List<BenchTimes>();
            foreach (var shape in settings.Shapes)
            {
                progress(shape);
                times.Add(Measure(settings, shape, all, there, check, x.Pointer, y.Pointer));
            }
            return new([.. all.Select(c => c.Info)], times);
        }
        finally
        {
            foreach (var c in all) c.Dispose();
        }
    }

    static void Fill(NativeBuffer<float> x)
    {
        float[] sample = Samples.Floats((int)Math.Min(SampleCount, x.Length), -10, 10);
        for (long at = 0; at < x.Length; at += sample.Length)
        {
            int count = (int)Math.Min(sample.Length, x.Length - at);
            sample.AsSpan(0, count).CopyTo(x.Slice(at, count));
        }
    }

    // Shapes cut down to what can be called often. Ours stay large enough to reach the methods for large data; the peers have the same for all.
    static void WarmUp(BenchSettings settings, SoftmaxPeer[] competitors, float* x, float* y)
    {
        var calls = new List<Action>();
        foreach (var c in competitors)
        {
            long most = c is Ours ? BenchSettings.LargeElements : CachedElements;
            foreach (var shape in settings.Shapes.Select(s => new BenchShape((int)Math.Clamp(most / s.Cols, 1, s.Rows), (int)Math.Min(s.Cols, most))).Distinct())
                calls.Add(() =>
                {
                    c.Prepare(shape.Rows, shape.Cols);
                    c.Run(x, y);
                });
        }
        Timing.WarmUp(calls, new ProgressLine(TextWriter.Null));
    }

    static BenchTimes Measure(BenchSettings settings, BenchShape shape, SoftmaxPeer[] all, int[] there, bool check, float* xs, float* ys)
    {
        bool large = BenchSettings.IsLarge(shape);
        foreach (int k in there) all[k].Prepare(shape.Rows, shape.Cols);
        var ulps = new double?[all.Length];
        if (check)
        {
            var reference = new Reference(shape, xs);
            foreach (int k in there)
            {
                new Span<float>(ys, (int)shape.Elements).Fill(float.NaN);
                all[k].Run(xs, ys);
                ulps[k] = reference.MaxUlps(ys);
            }
        }

        // The passes of the floor take their turns like competitors, behind them in the array.
        int subjects = there.Length + (large ? 2 : 0), rounds = large ? settings.LargeRounds : settings.Rounds, discarded = large ? 1 : 3;
        int repeats = (int)Math.Max(1, settings.BatchElements / shape.Elements);
        var ns = new double[subjects, rounds];
        var random = new Random(1);
        for (int round = -discarded; round < rounds; round++)
        {
            int atX = random.Next(2 * Page / Line), atY;
            do atY = random.Next(2 * Page / Line); while ((atX - atY) % (Page / Line) == 0); // places in the page that differ
            float* x = xs + atX * (Line / sizeof(float)), y = ys + atY * (Line / sizeof(float));
            for (int turn = 0; turn < subjects; turn++)
            {
                int s = (turn + Math.Max(round, 0)) % subjects; // another one begins in each round
                if (shape.Elements <= CachedElements) Call(s, x, y);
                long start = Stopwatch.GetTimestamp();
                for (int k = 0; k < repeats; k++) Call(s, x, y);
                if (round >= 0) ns[s, round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeats;
            }
        }

        double?[] best = new double?[all.Length], ratios = new double?[all.Length];
        for (int s = 0; s < there.Length; s++)
        {
            best[there[s]] = Least(s);
            ratios[there[s]] = Median([.. Enumerable.Range(0, rounds).Select(r => ns[s, r] / ns[0, r])]);
        }
        return new(shape, best, ratios, ulps, large ? Least(there.Length) : null, large ? Least(there.Length + 1) : null);

        double Least(int s) => Enumerable.Range(0, rounds).Min(r => ns[s, r]) / shape.Elements;

        void Call(int s, float* x, float* y)
        {
            if (s < there.Length) all[there[s]].Run(x, y);
            else if (s == there.Length) MemoryFloor.Read(x, shape.Elements, settings.Threads);
            else MemoryFloor.Copy(x, y, shape.Elements, settings.Threads);
        }
    }

    public static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }

    /// <summary>The first and the last row in double.</summary>
    sealed class Reference
    {
        readonly BenchShape shape;
        readonly float* x;
        readonly (long Start, double Max, double Sum)[] rows;

        public Reference(BenchShape shape, float* x)
        {
            this.shape = shape;
            this.x = x;
            rows = [.. new long[] { 0, shape.Rows - 1 }.Distinct().Select(r => Row(r * shape.Cols))];
        }

        // Sums of blocks first: 2^26 terms one by one would err by more than needed.
        (long, double, double) Row(long start)
        {
            double max = double.NegativeInfinity, sum = 0;
            for (int i = 0; i < shape.Cols; i++) max = Math.Max(max, x[start + i]);
            for (int i = 0; i < shape.Cols;)
            {
                double block = 0;
                for (int end = Math.Min(shape.Cols, i + 4096); i < end; i++) block += Math.Exp(x[start + i] - max);
                sum += block;
            }
            return (start, max, sum);
        }

        /// <summary>The largest error of results that are not subnormal.</summary>
        public double MaxUlps(float* y)
        {
            const double smallestNormal = 1.17549435e-38;
            double worst = 0;
            foreach (var (start, max, sum) in rows)
                for (int i = 0; i < shape.Cols; i++)
                    if (Math.Exp(x[start + i] - max) / sum is var exact && exact >= smallestNormal) worst = Math.Max(worst, Ulp.Error(y[start + i], exact));
            return worst;
        }
    }
}
