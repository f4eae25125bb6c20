using System.CommandLine;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tool;

/// <summary>A target by the name that users give it. Missing: why this machine or runtime cannot run it, null if it can.</summary>
sealed record TargetName(string Name, string Description, string? Missing)
{
    public bool Runs => Missing is null;
}

/// <summary>The names of the targets, and what this machine says about each.</summary>
static class Targets
{
    public const string Spec = "spec", Auto = "auto";

    /// <summary>From the widest down: those with code of their own.</summary>
    public static IReadOnlyList<TargetName> Emitted { get; } =
    [
        new("avx512", "512-bit vectors, 32 registers, masks", Vector512.IsHardwareAccelerated && Avx512F.VL.IsSupported ? null : "no AVX-512"),
        new("avx2", "256-bit vectors, 16 registers, FMA", Avx2.IsSupported && Fma.IsSupported ? null : "no AVX2 with FMA"),
        new("neon", "128-bit vectors of Arm64, 32 registers, FMA", AdvSimd.Arm64.IsSupported ? null : "no Arm64"),
        new("sse", "128-bit vectors, 16 registers, no FMA", Sse2.IsSupported ? null : "no SSE2"),
        new("scalar", "emitted scalar code, for any machine", null),
    ];

    public static IEnumerable<string> Names => [Auto, .. Emitted.Select(t => t.Name), Spec];

    public static Option<string> Option(string description = "The code to run.") =>
        new("--target", "-t") { Description = $"{description} One of {string.Join(", ", Names)}.", HelpName = "target", DefaultValueFactory = _ => Auto };

    /// <exception cref="Failure">There is no such target, or it does not run here.</exception>
    public static KernelOptions Options(string target)
    {
        if (!Names.Contains(target)) throw Tool.Names.Unknown("target", target, Names);
        if (Emitted.FirstOrDefault(t => t.Name == target) is { Missing: { } reason }) throw new Failure($"target {target} does not run here: {reason}");
        return new() { Target = target == Auto ? null : target };
    }
}
