using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tool;

/// <summary>Where a measurement was made: enough to know whether two are comparable.</summary>
sealed record MachineInfo(string Cpu, string Architecture, int Cores, string Os, string Runtime, IReadOnlyList<string> Simd, string Target, string Why);

static class Machine
{
    public static MachineInfo Describe()
    {
        return new(Cpu(), RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), Environment.ProcessorCount,
            RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, [.. Isa.Features.Where(f => f.Value).Select(f => f.Key)], Targets.Name(Targets.Chosen()), Isa.Reason);
    }

    static string Cpu()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                foreach (string line in File.ReadLines("/proc/cpuinfo"))
                    if (line.StartsWith("model name", StringComparison.Ordinal)) return line[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (IOException) { }
        catch (UnauthorizedAccessException) { }
        return X86Base.IsSupported ? Brand() : "unknown processor";
    }

    // The brand string is leaves 0x80000002 to 0x80000004, 16 characters each.
    static string Brand()
    {
        if ((uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < 0x80000004) return "unknown processor";
        var words = new List<int>();
        for (int leaf = 2; leaf <= 4; leaf++)
        {
            var (a, b, c, d) = X86Base.CpuId(unchecked((int)0x80000000) + leaf, 0);
            words.AddRange([a, b, c, d]);
        }
        return System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words.ToArray().AsSpan())).Trim('\0', ' ');
    }
}
