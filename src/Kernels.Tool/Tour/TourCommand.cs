using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kernels.Gpu;

namespace Kernels.Tool;

/// <summary>`kernels tour`: every family on every target of this machine, checked, timed and compared.</summary>
static class TourCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Small shapes only, shorter measurements." };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var command = new Command("tour", "Run every kernel on every target of this machine: check, time, compare. Exit code 1 if a result is wrong.") { quick, json };
        command.SetAction(parsed =>
        {
            bool isQuick = parsed.GetValue(quick);
            return Run(TourFamilies.All(isQuick), isQuick ? TimingBudget.Quick : TimingBudget.Full, parsed.GetValue(json),
                parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    public static int Run(IReadOnlyList<TourEntry> entries, TimingBudget budget, bool json, TextWriter output, TextWriter error)
    {
        TourReport report;
        var device = GpuDevice.Enumerate().FirstOrDefault();
        using (var progress = new ProgressLine(error))
            report = new(Machine.Describe(), TourRunner.Run(entries, Targets.Here, device, budget, progress)) { Device = device?.ToString() };
        if (json) output.WriteLine(JsonSerializer.Serialize(report, JsonOptions));
        else Print(report, output);
        var wrong = report.Results.Where(r => !r.Ok).ToList();
        foreach (var r in wrong) error.WriteLine($"kernels: {r.Kernel} {r.Shape} on {r.Target}: {r.Error ?? "differs from the spec by more than its bound"}");
        return wrong.Count > 0 ? CommandLine.WrongResult : 0;
    }

    static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static void Print(TourReport report, TextWriter output)
    {
        var m = report.Machine;
        output.WriteLine($"{m.Cpu}, {m.Architecture}, {m.Runtime}. One thread. x: the peer's time divided by ours.");
        output.WriteLine(report.Device is { } device ? $"vulkan: {device}; results are checked there, nothing is timed." : "vulkan: no device; nothing is checked there.");
        int kernel = Width(r => r.Kernel, "kernel"), shape = Width(r => r.Shape, "shape");
        foreach (var family in report.Results.GroupBy(r => r.Family))
        {
            output.WriteLine();
            output.WriteLine($"{family.Key}");
            output.WriteLine($"  {"kernel".PadRight(kernel)}  {"shape".PadRight(shape)}  {"target",-7} {"check",-5} {"ulp",9}  {"ns/element",10}  against");
            (string, string) last = default;
            foreach (var r in family)
            {
                bool same = last == (r.Kernel, r.Shape);
                last = (r.Kernel, r.Shape);
                string ratios = string.Join("  ", r.Ratios.Select(p => $"{p.Key} {Number(p.Value)}x"));
                output.WriteLine($"  {(same ? "" : r.Kernel).PadRight(kernel)}  {(same ? "" : r.Shape).PadRight(shape)}  {r.Target,-7} {(r.Ok ? "ok" : "WRONG"),-5} {(r.MaxUlp is { } ulp ? ulp.ToString(ulp < 1e6 ? "0" : "0.0e0", CultureInfo.InvariantCulture) : "-"),9}  {Number(r.NsPerElement),10}  {ratios}".TrimEnd());
            }
        }

        int Width(Func<TourResult, string> text, string title) => report.Results.Select(r => text(r).Length).Append(title.Length).Max();
    }

    // Three digits that count.
    static string Number(double? value)
    {
        if (value is not { } v) return "-";
        if (v == 0) return "0";
        int digits = 2 - (int)Math.Floor(Math.Log10(Math.Abs(v)));
        if (digits is < -3 or > 6) return v.ToString("0.0e0", CultureInfo.InvariantCulture);
        v = double.Parse(v.ToString("e2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        digits = 2 - (int)Math.Floor(Math.Log10(Math.Abs(v)));
        return v.ToString("F" + Math.Clamp(digits, 0, 3), CultureInfo.InvariantCulture);
    }
}
