using System.Globalization;
using System.Text.Json;

namespace Kernels.Tool;

/// <summary>A competitor and a shape: medians over the processes. Ratio: its time divided by ours; MaxUlp: the largest error, in one process.</summary>
sealed record BenchResult(string Shape, int Rows, int Cols, string Competitor, double? NsPerElement, double? Ratio, double? MaxUlp, string? Missing);

/// <summary>A large shape: passes that only read, and that copy past the caches, in the same run; Floor: what a softmax of this shape cannot be faster than.</summary>
sealed record BenchFloor(string Shape, double ReadNsPerElement, double CopyNsPerElement, double FloorNsPerElement, double PercentOfFloor);

sealed record BenchReport(MachineInfo Machine, string Family, int Processes, int Threads, IReadOnlyList<PeerInfo> Competitors, IReadOnlyList<BenchResult> Results, IReadOnlyList<BenchFloor> Floors);

/// <summary>The softmax family: by shape, with the floor of the memory for large ones.</summary>
sealed class SoftmaxReport : BenchFamily
{
    // The stated bound of the family's float results.
    const double MaxUlps = 4.5;

    public override string Name => "softmax";
    public override bool Plots => true;

    public override int Run(bool quick, int threads, string? json, string? svg, TextWriter output, TextWriter error) =>
        Run(BenchSettings.Of(quick, threads, curve: svg is not null), json, svg, output, error);

    public override string Measure(string settings, bool check, Action<string> progress) =>
        JsonSerializer.Serialize(SoftmaxBench.Run(JsonSerializer.Deserialize<BenchSettings>(settings, BenchSettings.Json)!, check, shape => progress(shape.ToString())), BenchSettings.Json);

    public int Run(BenchSettings settings, string? json, string? svg, TextWriter output, TextWriter error)
    {
        var processes = BenchCommand.Collect(this, JsonSerializer.Serialize(settings, BenchSettings.Json), settings.Processes, text => JsonSerializer.Deserialize<BenchProcess>(text, BenchSettings.Json)!, error);
        var report = Collect(settings, processes);
        Print(report, output);
        if (json is not null) BenchCommand.Write(json, JsonSerializer.Serialize(report, BenchSettings.Json) + "\n");
        if (svg is not null) BenchCommand.Write(svg, BenchPlot.Svg(report, CacheSizes.Here()));
        var wrong = report.Results.Where(r => r.Competitor == report.Competitors[0].Name && !(r.MaxUlp <= MaxUlps)).ToList();
        foreach (var r in wrong) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kernels: softmax {r.Shape} errs by {r.MaxUlp:0.##} ulp"));
        return wrong.Count > 0 ? CommandLine.WrongResult : 0;
    }

    BenchReport Collect(BenchSettings settings, List<BenchProcess> processes)
    {
        var competitors = processes[0].Competitors;
        List<BenchResult> results = [];
        List<BenchFloor> floors = [];
        for (int s = 0; s < settings.Shapes.Count; s++)
        {
            var shape = settings.Shapes[s];
            for (int c = 0; c < competitors.Count; c++)
                results.Add(new(shape.ToString(), shape.Rows, shape.Cols, competitors[c].Name, Median(t => t.NsPerElement[c]), Median(t => t.Ratios[c]), processes[0].Times[s].Ulps[c], competitors[c].Missing));
            if (Median(t => t.ReadNs) is not { } read || Median(t => t.CopyNs) is not { } copy || Median(t => t.NsPerElement[0]) is not { } ours) continue;
            // A row that stays in the caches comes from memory once, a longer one twice.
            double floor = shape.Rows == 1 ? read + copy : copy;
            floors.Add(new(shape.ToString(), read, copy, floor, 100 * floor / ours));

            double? Median(Func<BenchTimes, double?> figure)
            {
                double[] figures = [.. processes.Select(p => figure(p.Times[s])).OfType<double>()];
                return figures.Length == 0 ? null : SoftmaxBench.Median(figures);
            }
        }
        return new(Machine.Describe(), Name, settings.Processes, settings.Threads, competitors, results, floors);
    }

    static void Print(BenchReport report, TextWriter output)
    {
        int name = BenchText.Heading(report.Machine, report.Processes, report.Threads, report.Competitors, output);
        int shape = report.Results.Max(r => r.Shape.Length);
        output.WriteLine($"  {"shape".PadRight(shape)}  {"competitor".PadRight(name)}  {"ns/element",10}  {"ratio",7}  {"ulp",7}");
        foreach (var group in report.Results.GroupBy(r => r.Shape))
        {
            string label = group.Key;
            foreach (var r in group)
            {
                string figures = r.Missing ?? $"{BenchText.Fixed(r.NsPerElement, 4),10}  {(r.Competitor == report.Competitors[0].Name ? "" : BenchText.Fixed(r.Ratio, 2) + "x"),7}  {BenchText.Fixed(r.MaxUlp, 1),7}";
                output.WriteLine($"  {label.PadRight(shape)}  {r.Competitor.PadRight(name)}  {figures}");
                label = "";
            }
            if (report.Floors.FirstOrDefault(f => f.Shape == group.Key) is { } floor)
            {
                string sum = floor.FloorNsPerElement > floor.CopyNsPerElement ? $"read {BenchText.Fixed(floor.ReadNsPerElement, 4)} + copy {BenchText.Fixed(floor.CopyNsPerElement, 4)} = {BenchText.Fixed(floor.FloorNsPerElement, 4)}" : $"copy {BenchText.Fixed(floor.CopyNsPerElement, 4)}";
                output.WriteLine($"  {"".PadRight(shape)}  floor of the memory: {sum} ns/element{(report.Threads == 1 ? "" : $" with {report.Threads} threads")}; ours reaches {BenchText.Fixed(floor.PercentOfFloor, 0)} % of it");
            }
        }
    }
}
