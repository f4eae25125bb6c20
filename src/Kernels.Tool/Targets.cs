using System.CommandLine;

namespace Kernels.Tool;

/// <summary>The names that users give the targets. <see cref="Isa"/> knows which of them run.</summary>
static class Targets
{
    public const string Spec = "spec", Auto = "auto";

    /// <summary>Those with code of their own, in the order of reports: target, what it is, what it needs.</summary>
    public static IReadOnlyList<(KernelTarget Target, string Description, string Needs)> Emitted { get; } =
    [
        (KernelTarget.Scalar, "emitted scalar code", "nothing"),
        (KernelTarget.Sse, "128-bit vectors, 16 registers, no fused multiply-add", "SSE4.2"),
        (KernelTarget.Avx2, "256-bit vectors, 16 registers", "AVX2 and FMA"),
        (KernelTarget.Avx512, "512-bit vectors, 32 registers, masks", "AVX-512 F, BW, CD, DQ and VL"),
        (KernelTarget.Neon, "128-bit vectors, 32 registers", "64-bit Arm"),
    ];

    /// <summary>The names of the emitted targets that run here.</summary>
    public static string[] Here => [.. Emitted.Where(t => Isa.Supports(t.Target)).Select(t => Name(t.Target))];

    public static IReadOnlyList<string> Names { get; } = [.. Emitted.Select(t => Name(t.Target)), Spec, Auto];

    public static string Name(KernelTarget target) => target.ToString().ToLowerInvariant();

    /// <param name="description">What it is for.</param>
    /// <param name="more">Names of other code, which the command knows itself.</param>
    public static Option<string> Option(string description, params string[] more) =>
        new("--target", "-t") { Description = $"{description}: {string.Join(", ", [.. Names, .. more])}.", HelpName = "target", DefaultValueFactory = _ => Auto };

    /// <exception cref="Failure">There is no such target.</exception>
    public static KernelTarget Parse(string name) =>
        Names.Contains(name) ? Enum.Parse<KernelTarget>(name, ignoreCase: true) : throw Tool.Names.Unknown("target", name, Names);

    /// <exception cref="Failure">There is no such target, or it does not run here.</exception>
    public static KernelOptions Options(string name)
    {
        var target = Parse(name);
        if (!Isa.Supports(target)) throw new Failure($"target {name} needs {Emitted.First(t => t.Target == target).Needs}; this machine and runtime run {string.Join(", ", Here)}, {Spec}");
        if (target == KernelTarget.Auto) Chosen();
        return new() { Target = target };
    }

    /// <exception cref="Failure">KERNELS_ISA asks for what is not there.</exception>
    public static KernelTarget Chosen()
    {
        try { return Isa.Chosen; }
        catch (Exception e) when (e is ArgumentException or PlatformNotSupportedException) { throw new Failure(e.Message); }
    }
}
