using System.Globalization;
using System.Text.Json;

namespace Kernels.Tool;

/// <summary>A function on a grid by one competitor: medians over the processes. Ratio: its time divided by ours; shares and differences: of one process.</summary>
sealed record LogBesselResult(string Function, string Grid, string Competitor, double? NsPerValue, double? Ratio, double? NonFinite, double? Difference, string? Missing);

sealed record LogBesselFigures(MachineInfo Machine, string Family, int Processes, int Threads, IReadOnlyList<PeerInfo> Competitors, IReadOnlyList<LogBesselResult> Results);

/// <summary>The log-Bessel family: log I and log K in double on the grids of its goals.</summary>
sealed class LogBesselReport : BenchFamily
{
    public override string Name => "log-bessel";
    public override bool Plots => false;

    public override int Run(bool quick, int threads, string? json, string? svg, TextWriter output, TextWriter error) =>
        Run(new([.. BesselGrid.All.Select(g => g.Name)], quick ? 1 : 5, quick ? 11 : 31, 20_000, 5e6, threads, WarmUp: true), json, output, error);

    public override string Measure(string settings, bool check, Action<string> progress) =>
        JsonSerializer.Serialize(LogBesselBench.Run(JsonSerializer.Deserialize<LogBesselSettings>(settings, BenchSettings.Json)!, check, progress), BenchSettings.Json);

    public int Run(LogBesselSettings settings, string? json, TextWriter output, TextWriter error)
    {
        var processes = BenchCommand.Collect(this, JsonSerializer.Serialize(settings, BenchSettings.Json), settings.Processes, text => JsonSerializer.Deserialize<LogBesselProcess>(text, BenchSettings.Json)!, error);
        var competitors = processes[0].Competitors;
        var results = new List<LogBesselResult>();
        for (int t = 0; t < processes[0].Times.Count; t++)
            for (int c = 0; c < competitors.Count; c++)
            {
                var times = processes[0].Times[t];
                results.Add(new(times.Function, times.Grid, competitors[c].Name, Median(p => p.NsPerValue[c]), Median(p => p.Ratios[c]), times.NonFinite[c], times.Differences[c], competitors[c].Missing));

                double? Median(Func<LogBesselTimes, double?> figure) =>
                    processes.Select(p => figure(p.Times[t])).OfType<double>().ToArray() is { Length: > 0 } figures ? SoftmaxBench.Median(figures) : null;
            }
        var report = new LogBesselFigures(Machine.Describe(), Name, settings.Processes, settings.Threads, competitors, results);
        Print(report, output);
        if (json is not null) BenchCommand.Write(json, JsonSerializer.Serialize(report, BenchSettings.Json) + "\n");
        var wrong = results.Where(r => r.Competitor == competitors[0].Name && r.NonFinite > 0).ToList();
        foreach (var r in wrong) error.WriteLine($"kernels: {r.Function}, {r.Grid}: values that are not finite");
        return wrong.Count > 0 ? CommandLine.WrongResult : 0;
    }

    static void Print(LogBesselFigures report, TextWriter output)
    {
        int name = BenchText.Heading(report.Machine, report.Processes, report.Threads, report.Competitors, output);
        output.WriteLine("not finite: the share of such values. difference: the largest |theirs - ours| / max(1, |ours|) among the others.");
        output.WriteLine();
        output.WriteLine($"  {"",-13}  {"competitor".PadRight(name)}  {"ns/value",9}  {"ratio",8}  {"not finite",10}  {"difference",10}");
        foreach (var group in report.Results.GroupBy(r => $"{r.Function}, {r.Grid}"))
        {
            string label = group.Key;
            foreach (var r in group)
            {
                bool ours = r.Competitor == report.Competitors[0].Name;
                string difference = ours ? "" : r.Difference?.ToString("0.0e+0", CultureInfo.InvariantCulture) ?? "-";
                string figures = r.Missing ?? $"{BenchText.Fixed(r.NsPerValue, 2),9}  {(ours ? "" : BenchText.Fixed(r.Ratio, 1) + "x"),8}  {BenchText.Fixed(100 * r.NonFinite, 1) + " %",10}  {difference,10}";
                output.WriteLine($"  {label,-13}  {r.Competitor.PadRight(name)}  {figures}");
                label = "";
            }
        }
    }
}
