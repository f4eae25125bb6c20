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
    default:
        Console.WriteLine("ops [--only NAME] [--show N] [--quick]    every operation on every target against the interpreter's");
        return 2;
}
