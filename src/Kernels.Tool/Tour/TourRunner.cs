namespace Kernels.Tool;

/// <summary>NsPerElement: null where the check failed. Ratios: the peer's time divided by this target's, above 1 where the kernel is faster.</summary>
sealed record TourResult(string Family, string Kernel, string Target, string Shape, bool Ok, double? MaxUlp, double? NsPerElement,
    IReadOnlyDictionary<string, double> Ratios, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Error = null);

/// <summary>Device: name and kind of the Vulkan device, or null.</summary>
sealed record TourReport(MachineInfo Machine, IReadOnlyList<TourResult> Results)
{
    public string? Device { get; init; }
}

/// <summary>Runs the entries: first every check of every entry, which also warms up, then the times of what is right. Times are of one thread.</summary>
static class TourRunner
{
    /// <param name="device">Its results are checked too, where an entry has a form for devices; nothing is timed there.</param>
    public static IReadOnlyList<TourResult> Run(IReadOnlyList<TourEntry> entries, IReadOnlyList<string> targets, IDevice? device, TimingBudget budget, ProgressLine progress)
    {
        var checks = new Dictionary<(TourEntry, string), (Accuracy Accuracy, string? Error)>();
        foreach (var entry in entries)
        {
            progress.Show($"checking {entry.Kernel} {entry.Shape}");
            var prepared = entry.Prepare();
            foreach (string target in targets) checks[(entry, target)] = Check(() => prepared.Check(Options(target)));
            if (device is not null && prepared.Device is not null) checks[(entry, Devices.Vulkan)] = Check(() => prepared.Check(device));
        }

        // The smallest shape of a kernel reaches the same methods as the others.
        Timing.WarmUp([.. entries.GroupBy(e => (e.Family, e.Kernel)).Select(g => g.MinBy(e => e.Elements)!)
            .SelectMany(e => Subjects(e.Prepare(), targets.Where(t => checks[(e, t)].Error is null)).Select(s => s.Run))], progress);

        var results = new List<TourResult>();
        for (int e = 0; e < entries.Count; e++)
        {
            var entry = entries[e];
            progress.Show($"{e + 1} of {entries.Count}: {entry.Kernel} {entry.Shape}");
            var prepared = entry.Prepare();
            var subjects = Subjects(prepared, targets.Where(t => checks[(entry, t)].Accuracy.Ok));
            var times = Timing.Measure([.. subjects.Select(s => s.Run)], prepared.Place, budget);
            var ns = subjects.Zip(times).ToDictionary(p => p.First.Name, p => p.Second);
            foreach (string target in targets)
            {
                var (accuracy, error) = checks[(entry, target)];
                double? time = accuracy.Ok ? ns[target] : null;
                var ratios = subjects.Where(s => s.IsPeer && time is not null).ToDictionary(s => s.Name, s => ns[s.Name] / time!.Value);
                results.Add(new(entry.Family, entry.Kernel, target, entry.Shape, accuracy.Ok, error is null ? accuracy.MaxUlp : null, time / entry.Elements, ratios, error));
            }
            if (checks.TryGetValue((entry, Devices.Vulkan), out var there))
                results.Add(new(entry.Family, entry.Kernel, Devices.Vulkan, entry.Shape, there.Accuracy.Ok, there.Error is null ? there.Accuracy.MaxUlp : null, null, new Dictionary<string, double>(), there.Error));
        }
        return results;
    }

    static (Accuracy, string?) Check(Func<Accuracy> check)
    {
        try { return (check(), null); }
        catch (Exception e) when (e is not (OutOfMemoryException or StackOverflowException)) { return (new(false, 0), $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}"); }
    }

    static List<(string Name, bool IsPeer, Action Run)> Subjects(TourCase prepared, IEnumerable<string> targets)
    {
        var subjects = new List<(string, bool, Action)>();
        foreach (string target in targets)
        {
            var options = Options(target);
            subjects.Add((target, false, () => prepared.Kernel(options)));
        }
        subjects.Add((Targets.Spec, true, prepared.Spec));
        foreach (var peer in prepared.Peers) subjects.Add((peer.Name, true, peer.Run));
        return subjects;
    }

    static KernelOptions Options(string target) => Targets.Options(target) with { MaxDegreeOfParallelism = 1 };
}
