using System.CommandLine;

namespace Kernels.Tool;

/// <summary>A family that `kernels bench` can measure. Its processes get settings and give figures as JSON.</summary>
abstract class BenchFamily
{
    public static IReadOnlyList<BenchFamily> All { get; } = [new SoftmaxReport(), new LogBesselReport()];

    public abstract string Name { get; }
    public abstract bool Plots { get; }

    /// <summary>Measures in processes of their own, prints, writes what was asked for; the exit code.</summary>
    public abstract int Run(bool quick, int threads, string? json, string? svg, TextWriter output, TextWriter error);

    /// <summary>Measures in this process.</summary>
    /// <param name="settings">As the collecting process wrote them.</param>
    /// <param name="check">Whether to look at the results, too.</param>
    /// <param name="progress">Called with what is measured next.</param>
    public abstract string Measure(string settings, bool check, Action<string> progress);
}

/// <summary>`kernels bench`: the library against its peers on this machine. Processes of this same command measure, one after another; this one collects.</summary>
static class BenchCommand
{
    const string Process = "bench-process";
    static IEnumerable<string> Families => BenchFamily.All.Select(f => f.Name);

    public static Command Create()
    {
        var family = new Argument<string>("family") { Description = "What to measure: " + string.Join(", ", Families), Arity = ArgumentArity.ZeroOrOne };
        var quick = new Option<bool>("--quick") { Description = "Fewer and smaller cases, one process." };
        var json = new Option<string>("--json") { Description = "Write the figures to a file, too.", HelpName = "file" };
        var svg = new Option<string>("--svg") { Description = "softmax: measure single rows of many lengths, too, and plot them to a file.", HelpName = "file" };
        var threads = new Option<int>("--threads") { Description = "The most threads of ours; the peers have one.", HelpName = "n", DefaultValueFactory = _ => 1 };
        var command = new Command("bench", "Compare the speed of a family with other libraries that are installed here.") { family, quick, json, svg, threads };
        command.SetAction(parsed =>
        {
            string? name = parsed.GetValue(family);
            if (string.IsNullOrEmpty(name)) throw new Failure($"bench needs the name of a family: {string.Join(", ", Families)}");
            var found = BenchFamily.All.FirstOrDefault(f => f.Name == name) ?? throw Names.Unknown("family", name, [.. Families]);
            int count = parsed.GetValue(threads);
            if (count < 1) throw new Failure($"--threads {count}: at least 1 is needed");
            string? jsonFile = Writable("--json", parsed.GetValue(json)), svgFile = Writable("--svg", parsed.GetValue(svg));
            if (svgFile is not null && !found.Plots) throw new Failure($"--svg: {name} has no plot");
            if (jsonFile is not null && svgFile is not null && Path.GetFullPath(jsonFile) == Path.GetFullPath(svgFile)) throw new Failure("--json and --svg name one file");
            Targets.Chosen();
            return found.Run(parsed.GetValue(quick), count, jsonFile, svgFile, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    /// <summary>The subcommand of the measuring processes: the family, its settings in JSON, the file for the result, whether to check.</summary>
    public static Command HiddenCommand()
    {
        Argument<string> family = new("family"), settings = new("settings"), file = new("file");
        var check = new Option<bool>("--check");
        var command = new Command(Process, "Measure once, for the bench command.") { family, settings, file, check };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            File.WriteAllText(parsed.GetValue(file)!, BenchFamily.All.Single(f => f.Name == parsed.GetValue(family)).Measure(parsed.GetValue(settings)!, parsed.GetValue(check), output.WriteLine));
            return 0;
        });
        return command;
    }

    static string? Writable(string option, string? file)
    {
        if (file is null) return null;
        if (file.Length == 0) throw new Failure($"{option} needs the name of a file");
        if (Directory.Exists(file)) throw new Failure($"{option} {file}: a directory");
        return Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder) ? throw new Failure($"{file}: no such directory") : file;
    }

    public static void Write(string file, string text)
    {
        try { File.WriteAllText(file, text); }
        catch (UnauthorizedAccessException e) { throw new Failure(e.Message); }
    }

    /// <summary>What processes of the family measured, one after another. The first one checks results.</summary>
    public static List<T> Collect<T>(BenchFamily family, string settings, int processes, Func<string, T> read, TextWriter error)
    {
        using var progress = new ProgressLine(error);
        return [.. Enumerable.Range(0, processes).Select(p => read(MeasureApart(family, settings, $"process {p + 1} of {processes}", p == 0, progress)))];
    }

    static string MeasureApart(BenchFamily family, string settings, string label, bool check, ProgressLine progress)
    {
        string file = Path.GetTempFileName();
        try
        {
            var start = SelfProcess.Start([Process, family.Name, settings, file, .. check ? ["--check"] : Array.Empty<string>()]);
            // OpenMP reads it when a library that uses it is loaded.
            start.Environment["OMP_NUM_THREADS"] = "1";
            progress.Show($"{label}: warm-up");
            using var child = System.Diagnostics.Process.Start(start) ?? throw new Failure($"{start.FileName} did not start");
            var errors = child.StandardError.ReadToEndAsync();
            while (child.StandardOutput.ReadLine() is { } line) progress.Show($"{label}: {line}");
            child.WaitForExit();
            if (child.ExitCode != 0) throw new Failure($"the measuring process ended with code {child.ExitCode}: {errors.Result.ReplaceLineEndings(" ").Trim()}");
            return File.ReadAllText(file);
        }
        catch (System.ComponentModel.Win32Exception e) { throw new Failure($"{SelfProcess.Host} did not start: {e.Message}"); }
        finally { File.Delete(file); }
    }
}
