using System.Globalization;

namespace Kernels.Tool;

/// <summary>What the reports of all families print alike.</summary>
static class BenchText
{
    /// <summary>The machine and the competitors. Gives the width of their names.</summary>
    public static int Heading(MachineInfo machine, int processes, int threads, IReadOnlyList<PeerInfo> competitors, TextWriter output)
    {
        output.WriteLine($"{machine.Cpu}, {machine.Architecture}, {machine.Runtime}. {processes} {(processes == 1 ? "process" : "processes")}. x: the peer's time divided by ours.");
        output.WriteLine(threads == 1 ? "One thread for all." : $"Ours with up to {threads} threads, the peers with one.");
        output.WriteLine();
        int name = competitors.Max(c => c.Name.Length);
        foreach (var c in competitors)
            output.WriteLine($"  {c.Name.PadRight(name)}  {c.Missing ?? $"{c.Version ?? "version unknown"}; {c.InstructionSet}; {c.Threads?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} {(c.Threads == 1 ? "thread" : "threads")}"}");
        output.WriteLine();
        return name;
    }

    public static string Fixed(double? value, int digits) => value?.ToString("F" + digits, CultureInfo.InvariantCulture) ?? "-";
}
