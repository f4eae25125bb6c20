using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kernels.Benchmarks;

/// <summary>
/// Ratios of the forms of one kernel, quickly and in one process. The forms take turns, so that a busy machine slows all of them; the buffers move from round
/// to round, so that no form wins by one lucky placement; what is reported is the median of the rounds' ratios, and the fastest time.
/// </summary>
static unsafe class Comparer
{
    public sealed record Row(string Level, string Kernel, int Length, string Form, double NsPerElement, double? RatioToHand);

    public static void Run(string[] args)
    {
        string? json = args.SkipWhile(a => a != "--json").Skip(1).FirstOrDefault();
        int rounds = args.Contains("--quick") ? 15 : 41;
        var rows = new List<Row>();
        Console.WriteLine($"{"level",-8}{"kernel",-14}{"length",9}  {"form",-11}{"ns/element",11}{"ratio to hand",15}");
        foreach (var item in Case.All)
        {
            item.Check();
            WarmUp(item);
            foreach (int n in new[] { 128, 1000, 4096, 65536, 1 << 20 })
                foreach (var row in Measure(item, n, rounds))
                {
                    rows.Add(row);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Level,-8}{row.Kernel,-14}{row.Length,9}  {row.Form,-11}{row.NsPerElement,11:F4}{row.RatioToHand,15:F3}"));
                }
        }
        if (json is not null) File.WriteAllText(json, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true }));
    }

    // Until a method has been called 30 times and the compiler has had a pause of 100 ms to answer, it runs at 20 times its cost, the library's as well as ours.
    static void WarmUp(Case item)
    {
        const int n = 1000;
        float[] x = [.. Enumerable.Range(0, n).Select(i => MathF.Sin(i))], y = new float[n];
        fixed (float* px = x, py = y)
            for (int pass = 0; pass < 4; pass++)
            {
                foreach (var (_, run) in item.Forms())
                    for (int k = 0; k < 100; k++) run(px, py, n);
                Thread.Sleep(250);
            }
    }

    static IEnumerable<Row> Measure(Case item, int n, int rounds)
    {
        var forms = item.Forms().ToArray();
        double[][] times = [.. forms.Select(_ => new double[rounds])];
        Rounds(item, n, forms, times);
        for (int f = 0; f < forms.Length; f++)
        {
            double[] ratios = [.. Enumerable.Range(0, rounds).Select(r => times[f][r] / times[0][r]).Order()];
            yield return new(Case.Level, item.Name, n, forms[f].Name, times[f].Min() / n, f == 0 ? null : ratios[rounds / 2]);
        }
    }

    static void Rounds(Case item, int n, (string, Case.Form)[] forms, double[][] times)
    {
        const int page = 4096, slack = 4 * page;
        byte* xs = (byte*)NativeMemory.AlignedAlloc((nuint)(4L * n + slack), page), ys = (byte*)NativeMemory.AlignedAlloc((nuint)(4L * n + slack), page);
        try
        {
            var random = new Random(1);
            int repeats = Math.Max(1, 200_000 / n);
            for (int round = -3; round < times[0].Length; round++)
            {
                // 64-byte steps that differ for x and y: aligned, as a careful caller's arrays are, but at other places within the page.
                float* x = (float*)(xs + random.Next(0, 2 * page / 64) * 64), y = (float*)(ys + random.Next(0, 2 * page / 64) * 64);
                for (int i = 0; i < n; i++) (x[i], y[i]) = ((float)(random.NextDouble() * 20 - 10), 1);
                for (int k = 0; k < forms.Length; k++)
                {
                    // Another one begins in each round.
                    int f = (k + Math.Max(round, 0)) % forms.Length;
                    var run = forms[f].Item2;
                    run(x, y, n);
                    long start = Stopwatch.GetTimestamp();
                    for (int j = 0; j < repeats; j++) run(x, y, n);
                    if (round >= 0) times[f][round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeats;
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(xs);
            NativeMemory.AlignedFree(ys);
        }
    }
}
