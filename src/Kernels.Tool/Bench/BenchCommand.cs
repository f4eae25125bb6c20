using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Kernels.Tool;

/// <summary>A competitor and a shape: medians over the processes. Ratio: its time divided by ours; MaxUlp: the largest error, in one process.</summary>
sealed record BenchResult(string Shape, int Rows, int Cols, string Competitor, double? NsPerElement, double? Ratio, double? MaxUlp, string? Missing);

/// <summary>A large shape: passes that only read, and that copy past the caches, in the same run; Floor: what a softmax of this shape cannot be faster than.</summary>
sealed record BenchFloor(string Shape, double ReadNsPerElement, double CopyNsPerElement, double FloorNsPerElement, double PercentOfFloor);

sealed record BenchReport(MachineInfo Machine, string Family, int Processes, int Threads, IReadOnlyList<PeerInfo> Competitors, IReadOnlyList<BenchResult> Results, IReadOnlyList<BenchFloor> Floors);

/// <summary>`kernels bench`: the library against its peers on this machine. Processes of this same command measure, one after another; this one collects.</summary>
static class BenchCommand
{
    const string Process = "bench-process";
    // The stated bound of the family's float results.
    const double MaxUlps = 4.5;
    static readonly string[] Families = ["softmax"];

    public static Command Create()
    {
        var family = new Argument<string>("family") { Description = "What to measure: " + string.Join(", ", Families), Arity = ArgumentArity.ZeroOrOne };
        var quick = new Option<bool>("--quick") { Description = "Small shapes only, one process." };
        var json = new Option<string>("--json") { Description = "Write the figures to a file, too.", HelpName = "file" };
        var svg = new Option<string>("--svg") { Description = "Measure single rows of many lengths, too, and plot them to a file.", HelpName = "file" };
        var threads = new Option<int>("--threads") { Description = "The most threads of ours; the peers have one.", HelpName = "n", DefaultValueFactory = _ => 1 };
        var command = new Command("bench", "Compare the speed of a family with other libraries that are installed here.") { family, quick, json, svg, threads };
        command.SetAction(parsed =>
        {
            string? name = parsed.GetValue(family);
            if (string.IsNullOrEmpty(name)) throw new Failure($"bench needs the name of a family: {string.Join(", ", Families)}");
            if (!Families.Contains(name)) throw Names.Unknown("family", name, Families);
            int count = parsed.GetValue(threads);
            if (count < 1) throw new Failure($"--threads {count}: at least 1 is needed");
            string? jsonFile = Writable("--json", parsed.GetValue(json)), svgFile = Writable("--svg", parsed.GetValue(svg));
            if (jsonFile is not null && svgFile is not null && Path.GetFullPath(jsonFile) == Path.GetFullPath(svgFile)) throw new Failure("--json and --svg name one file");
            Targets.Chosen();
            return Run(BenchSettings.Of(parsed.GetValue(quick), count, curve: svgFile is not null), jsonFile, svgFile, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    /// <summary>The subcommand of the measuring processes: settings in JSON, the file for the result, whether to check.</summary>
    public static Command HiddenCommand()
    {
        Argument<string> settings = new("settings"), file = new("file");
        var check = new Option<bool>("--check");
        var command = new Command(Process, "Measure once, for the bench command.") { settings, file, check };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var measured = SoftmaxBench.Run(JsonSerializer.Deserialize<BenchSettings>(parsed.GetValue(settings)!, BenchSettings.Json)!, parsed.GetValue(check), shape => output.WriteLine(shape));
            File.WriteAllText(parsed.GetValue(file)!, JsonSerializer.Serialize(measured, BenchSettings.Json));
            return 0;
        });
        return command;
    }

    public static int Run(BenchSettings settings, string? json, string? svg, TextWriter output, TextWriter error)
    {
        var processes = new List<BenchProcess>();
        using (var progress = new ProgressLine(error))
            for (int p = 0; p < settings.Processes; p++) processes.Add(Measure(settings, p, progress));
        var report = Collect(settings, processes);
        Print(report, output);
        if (json is not null) Write(json, JsonSerializer.Serialize(report, BenchSettings.Json) + "\n");
        if (svg is not null) Write(svg, BenchPlot.Svg(report, CacheSizes.Here()));
        var wrong = report.Results.Where(r => r.Competitor == report.Competitors[0].Name && !(r.MaxUlp <= MaxUlps)).ToList();
        foreach (var r in wrong) error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kernels: softmax {r.Shape} errs by {r.MaxUlp:0.##} ulp"));
        return wrong.Count > 0 ? CommandLine.WrongResult : 0;
    }

    static string? Writable(string option, string? file)
    {
        if (file is null) return null;
        if (file.Length == 0) throw new Failure($"{option} needs the name of a file");
        if (Directory.Exists(file)) throw new Failure($"{option} {file}: a directory");
        return Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder) ? throw new Failure($"{file}: no such directory") : file;
    }

    static void Write(string file, string text)
    {
        try { File.WriteAllText(file, text); }
        catch (UnauthorizedAccessException e) { throw new Failure(e.Message); }
    }

    static BenchProcess Measure(BenchSettings settings, int index, ProgressLine progress)
    {
        string file = Path.GetTempFileName();
        try
        {
            var start = SelfProcess.Start([Process, JsonSerializer.Serialize(settings, BenchSettings.Json), file, .. index == 0 ? ["--check"] : Array.Empty<string>()]);
            // OpenMP reads it when a library that uses it is loaded.
            start.Environment["OMP_NUM_THREADS"] = "1";
            progress.Show($"process {index + 1} of {settings.Processes}: warm-up");
            using var child = System.Diagnostics.Process.Start(start) ?? throw new Failure($"{start.FileName} did not start");
            var errors = child.StandardError.ReadToEndAsync();
            while (child.StandardOutput.ReadLine() is { } line) progress.Show($"process {index + 1} of {settings.Processes}: {line}");
            child.WaitForExit();
            if (child.ExitCode != 0) throw new Failure($"the measuring process ended with code {child.ExitCode}: {errors.Result.ReplaceLineEndings(" ").Trim()}");
            return JsonSerializer.Deserialize<BenchProcess>(File.ReadAllText(file), BenchSettings.Json)!;
        }
        catch (System.ComponentModel.Win32Exception e) { throw new Failure($"{SelfProcess.Host} did not start: {e.Message}"); }
        finally { File.Delete(file); }
    }

    static BenchReport Collect(BenchSettings settings, List<BenchProcess> processes)
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
        return new(Machine.Describe(), Families[0], settings.Processes, settings.Threads, competitors, results, floors);
    }

    static void Print(BenchReport report, TextWriter output)
    {
        var m = report.Machine;
        output.WriteLine($"{m.Cpu}, {m.Architecture}, {m.Runtime}. {report.Processes} {(report.Processes == 1 ? "process" : "processes")}. x: the peer's time divided by ours.");
        output.WriteLine(report.Threads == 1 ? "One thread for all." : $"Ours with up to {report.Threads} threads, the peers with one.");
        output.WriteLine();
        int name = report.Competitors.Max(c => c.Name.Length);
        foreach (var c in report.Competitors)
            output.WriteLine($"  {c.Name.PadRight(name)}  {c.Missing ?? $"{c.Version ?? "version unknown"}; {c.InstructionSet}; {c.Threads?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} {(c.Threads == 1 ? "thread" : "threads")}"}");
        output.WriteLine();
        int shape = report.Results.Max(r => r.Shape.Length);
        output.WriteLine($"  {"shape".PadRight(shape)}  {"competitor".PadRight(name)}  {"ns/element",10}  {"ratio",7}  {"ulp",7}");
        foreach (var group in report.Results.GroupBy(r => r.Shape))
        {
            string label = group.Key;
            foreach (var r in group)
            {
                string figures = r.Missing ?? $"{Fixed(r.NsPerElement, 4),10}  {(r.Competitor == report.Competitors[0].Name ? "" : Fixed(r.Ratio, 2) + "x"),7}  {Fixed(r.MaxUlp, 1),7}";
                output.WriteLine($"  {label.PadRight(shape)}  {r.Competitor.PadRight(name)}  {figures}");
                label = "";
            }
            if (report.Floors.FirstOrDefault(f => f.Shape == group.Key) is { } floor)
            {
                string sum = floor.FloorNsPerElement > floor.CopyNsPerElement ? $"read {Fixed(floor.ReadNsPerElement, 4)} + copy {Fixed(floor.CopyNsPerElement, 4)} = {Fixed(floor.FloorNsPerElement, 4)}" : $"copy {Fixed(floor.CopyNsPerElement, 4)}";
                output.WriteLine($"  {"".PadRight(shape)}  floor of the memory: {sum} ns/element{(report.Threads == 1 ? "" : $" with {report.Threads} threads")}; ours reaches {Fixed(floor.PercentOfFloor, 0)} % of it");
            }
        }
    }

    static string Fixed(double? value, int digits) => value?.ToString("F" + digits, CultureInfo.InvariantCulture) ?? "-";
}
