using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Kernels;

/// <summary>The kinds of code that a kernel has.</summary>
public enum KernelTarget
{
    /// <summary>What <see cref="Isa.Chosen"/> names.</summary>
    Auto,
    /// <summary>The plain C# of the spec, for debugging.</summary>
    Spec,
    /// <summary>Generated scalar code.</summary>
    Scalar,
    /// <summary>128-bit vectors, SSE4.2, no fused multiply-add.</summary>
    Sse,
    /// <summary>256-bit vectors, AVX2 and FMA, 16 registers.</summary>
    Avx2,
    /// <summary>512-bit vectors, AVX-512 F, BW, CD, DQ and VL, 32 registers.</summary>
    Avx512,
    /// <summary>128-bit vectors of 64-bit Arm.</summary>
    Neon,
}

/// <summary>
/// What this machine and this .NET runtime offer, and which code kernels run. The width is chosen by IsHardwareAccelerated, which
/// the runtime lowers on machines that slow down under wide vectors; whether a target can run at all is a question of its instructions.
/// The variable KERNELS_ISA (spec, scalar, sse, avx2, avx512, neon), read once, overrides the choice.
/// </summary>
public static class Isa
{
    /// <summary>The name of the environment variable that overrides the choice.</summary>
    public const string Variable = "KERNELS_ISA";

    static readonly Choice choice = Choose(Environment.GetEnvironmentVariable(Variable));

    // A field of its own: static readonly and of primitive type, so that code compiled after start sees a constant.
    static readonly KernelTarget chosen = choice.Target;

    /// <summary>The target of a call that asks for none.</summary>
    /// <exception cref="ArgumentException">KERNELS_ISA names no target.</exception>
    /// <exception cref="PlatformNotSupportedException">KERNELS_ISA names a target that this machine or runtime cannot run.</exception>
    public static KernelTarget Chosen
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => chosen != KernelTarget.Auto ? chosen : throw choice.Error!();
    }

    /// <summary>Why it was chosen, in words.</summary>
    public static string Reason => choice.Reason;

    /// <summary>What KERNELS_ISA held when first read; null: it was not set.</summary>
    public static string? Requested => choice.Requested;

    /// <summary>The widest vectors the runtime prefers, in bits; 0: none.</summary>
    public static int PreferredVectorBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>The targets this process can run, narrowest first.</summary>
    public static IReadOnlyList<KernelTarget> Targets { get; } = [.. Enum.GetValues<KernelTarget>().Where(t => t != KernelTarget.Auto && Supports(t))];

    /// <summary>Each instruction group that the generated code asks about, and the ones around it: name and whether it is here.</summary>
    public static IReadOnlyList<KeyValuePair<string, bool>> Features { get; } =
    [
        new("X86Base", X86Base.IsSupported), new("Sse41", Sse41.IsSupported), new("Sse42", Sse42.IsSupported), new("Popcnt", Popcnt.IsSupported),
        new("Avx", Avx.IsSupported), new("Avx2", Avx2.IsSupported), new("Fma", Fma.IsSupported), new("Bmi1", Bmi1.IsSupported), new("Bmi2", Bmi2.IsSupported),
        new("Lzcnt", Lzcnt.IsSupported), new("Avx512F", Avx512F.IsSupported), new("Avx512BW", Avx512BW.IsSupported), new("Avx512CD", Avx512CD.IsSupported),
        new("Avx512DQ", Avx512DQ.IsSupported), new("Avx512F.VL", Avx512F.VL.IsSupported), new("Avx512Vbmi", Avx512Vbmi.IsSupported),
        new("Avx512Vbmi2", Avx512Vbmi2.IsSupported), new("Avx10v1", Avx10v1.IsSupported), new("AdvSimd", AdvSimd.IsSupported),
        new("AdvSimd.Arm64", AdvSimd.Arm64.IsSupported), new("Arm.Dp", Dp.IsSupported),
        new("Vector128", Vector128.IsHardwareAccelerated), new("Vector256", Vector256.IsHardwareAccelerated), new("Vector512", Vector512.IsHardwareAccelerated),
    ];

    /// <summary>Whether this process can run a target's code. True of Auto.</summary>
    public static bool Supports(KernelTarget target) => target switch
    {
        KernelTarget.Auto or KernelTarget.Spec or KernelTarget.Scalar => true,
        KernelTarget.Sse => Sse42.IsSupported,
        KernelTarget.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        KernelTarget.Avx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported,
        KernelTarget.Neon => AdvSimd.Arm64.IsSupported,
        _ => false,
    };

    /// <summary>The target a call runs: the one it asks for, or <see cref="Chosen"/>.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine or runtime cannot run it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KernelTarget Resolve(KernelOptions? options) =>
        options is null || options.Target == KernelTarget.Auto ? Chosen : Supported(options.Target);

    static KernelTarget Supported(KernelTarget target) => Supports(target) ? target
        : throw new PlatformNotSupportedException($"The target {Name(target)} was asked for; this process can run {Available}.");

    internal static string Name(KernelTarget target) => target.ToString().ToLowerInvariant();

    static string Available => string.Join(", ", Enum.GetValues<KernelTarget>().Where(t => t != KernelTarget.Auto && Supports(t)).Select(Name));

    /// <param name="Target">Auto: the request cannot be met.</param>
    /// <param name="Error">Made anew for each throw; null when the request can be met.</param>
    internal sealed record Choice(KernelTarget Target, string Reason, string? Requested, Func<Exception>? Error = null);

    internal static Choice Choose(string? requested)
    {
        if (string.IsNullOrEmpty(requested))
        {
            var (target, reason) =
                Vector512.IsHardwareAccelerated && Supports(KernelTarget.Avx512) ? (KernelTarget.Avx512, "512-bit vectors are preferred and AVX-512 F, BW, CD, DQ and VL are here")
                : Vector256.IsHardwareAccelerated && Supports(KernelTarget.Avx2) ? (KernelTarget.Avx2, "256-bit vectors are preferred and AVX2 and FMA are here")
                : Vector128.IsHardwareAccelerated && Supports(KernelTarget.Sse) ? (KernelTarget.Sse, "128-bit vectors are preferred and SSE4.2 is here")
                : Vector128.IsHardwareAccelerated && Supports(KernelTarget.Neon) ? (KernelTarget.Neon, "64-bit Arm has NEON")
                : (KernelTarget.Scalar, "there is no vector unit that the runtime may use");
            return new(target, $"{Name(target)}: {reason}", null);
        }
        var asked = Enum.GetValues<KernelTarget>().FirstOrDefault(t => t != KernelTarget.Auto && Name(t).Equals(requested.Trim(), StringComparison.OrdinalIgnoreCase));
        if (asked == KernelTarget.Auto)
        {
            string message = $"{Variable}={requested} names no target; the targets are spec, scalar, sse, avx2, avx512 and neon, and this process can run {Available}.";
            return new(KernelTarget.Auto, message, requested, () => new ArgumentException(message));
        }
        if (!Supports(asked))
        {
            string message = $"{Variable}={requested} asks for a target that this process cannot run; it can run {Available}.";
            return new(KernelTarget.Auto, message, requested, () => new PlatformNotSupportedException(message));
        }
        return new(asked, $"{Name(asked)}: {Variable} asks for it", requested);
    }
}
