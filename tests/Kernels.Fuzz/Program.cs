using System.Globalization;
using Kernels.Fuzz;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

switch (args.FirstOrDefault())
{
    case "ops":
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var (wrong, rows, cores) = OpTable.Run(Option("--only"), !args.Contains("--quick"));
        foreach (string line in wrong.Order(StringComparer.Ordinal).Take(int.Parse(Option("--show") ?? "40"))) Console.WriteLine(line.Length > 600 ? line[..600] : line);
        Console.WriteLine($"{rows} rows, {cores} cores, {wrong.Count} wrong, {watch.Elapsed.TotalSeconds:F1} s on {string.Join(", ", Cores.Runnable.Select(t => t.Name))}");
        return wrong.Count == 0 ? 0 : 1;
    case "fuzz":
    {
        int seed = int.Parse(Option("--seed") ?? $"{Environment.TickCount & 0xFFFFFF}"), count = int.Parse(Option("--count") ?? "2000");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var report = Fuzzer.Run(Enumerable.Range(seed, count));
        foreach (var f in report.Failures.Take(int.Parse(Option("--show") ?? "10")))
            Console.WriteLine(args.Contains("--shrink") ? Shrinker.Explain(f) : f.ToString());
        foreach (var g in report.Failures.GroupBy(f => f.Kind).OrderByDescending(g => g.Count())) Console.WriteLine($"{g.Count(),5} {g.Key}");
        if (args.Contains("--coverage")) Console.WriteLine(report.Coverage.Table());
        Console.WriteLine($"{count} programs from seed {seed}, {report.Runs} runs, {report.Failures.Count} wrong, {clock.Elapsed.TotalSeconds:F1} s");
        return report.Failures.Count == 0 ? 0 : 1;
    }
    case "mutations":
    {
        int caught = 0;
        foreach (var m in Mutation.All.Where(m => Option("--only") is not { } only || m.Name.Contains(only, StringComparison.Ordinal)))
        {
            var report = Fuzzer.Run(Enumerable.Range(1, int.Parse(Option("--count") ?? "400")), m.Emit, untilFirst: true);
            if (report.Failures.Count > 0) caught++;
            Console.WriteLine($"{(report.Failures.Count > 0 ? "caught" : "MISSED"),-8}{m.Name}: {(report.Failures.Count > 0 ? report.Failures[0].ToString().Split('\n')[0] : "")}");
        }
        Console.WriteLine($"{caught} of {Mutation.All.Length} caught");
        return 0;
    }
    case "specs":
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int seed = int.Parse(Option("--seed") ?? "1"), count = int.Parse(Option("--count") ?? "200");
        var (bad, runs) = SpecFuzzer.Run(Enumerable.Range(seed, count));
        foreach (string line in bad.Take(int.Parse(Option("--show") ?? "10"))) Console.WriteLine(line);
        if (args.Contains("--text")) Console.WriteLine(SpecText.Make(seed));
        Console.WriteLine($"{count} specs from seed {seed}, {runs} runs, {bad.Count} wrong, {clock.Elapsed.TotalSeconds:F1} s");
        return bad.Count == 0 ? 0 : 1;
    }
    case "show":
        var shown = Generator.Program(int.Parse(Option("--seed")!));
        Console.WriteLine(IRPrinter.Print(shown));
        if (Option("--target") is { } name) Console.WriteLine(Kernels.Generators.Compiler.Core(shown.Function, Kernels.Generators.Targets.CpuTarget.All.First(t => t.Name == name)));
        return 0;
    default:
        Console.WriteLine("ops [--only NAME] [--show N] [--quick]    every operation on every target against the interpreter's");
        return 2;
}
