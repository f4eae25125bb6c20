using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tool;

/// <summary>Where a measurement was made: enough to know whether two are comparable.</summary>
sealed record MachineInfo(string Cpu, string Architecture, int Cores, string Os, string Runtime, IReadOnlyList<string> Simd, string Target, string Why);

static class Machine
{
    public static MachineInfo Describe()
    {
        var (target, why) = Chosen();
        return new(Cpu(), RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), Environment.ProcessorCount,
            RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, [.. Simd()], target, why);
    }

    static (string, string) Chosen() => (Targets.Emitted.First(t => t.Runs).Name, "the widest that runs here");

    static IEnumerable<string> Simd()
    {
        (string, bool)[] sets =
        [
            ("sse2", Sse2.IsSupported), ("sse4.2", Sse42.IsSupported), ("avx", Avx.IsSupported), ("avx2", Avx2.IsSupported), ("fma", Fma.IsSupported),
            ("bmi2", Bmi2.IsSupported), ("avx512f", Avx512F.IsSupported), ("avx512bw", Avx512BW.IsSupported), ("avx512dq", Avx512DQ.IsSupported),
            ("avx512cd", Avx512CD.IsSupported), ("avx512vl", Avx512F.VL.IsSupported), ("avx512vbmi", Avx512Vbmi.IsSupported),
            ("avx10.1", Avx10v1.IsSupported), ("neon", AdvSimd.Arm64.IsSupported), ("dotprod", Dp.IsSupported), ("sve", Sve.IsSupported),
        ];
        return sets.Where(s => s.Item2).Select(s => s.Item1);
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
