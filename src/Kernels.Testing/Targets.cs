namespace Kernels.Testing;

/// <summary>
/// The generated targets this process can run. A switch like DOTNET_EnableAVX512=0 that a runtime ignores would make "AVX2 tests" run AVX-512, so a test run that
/// means to be at a level says so in KERNELS_EXPECT_ISA, and <see cref="AssertLevel"/> compares it with what the runtime reports.
/// </summary>
public static class Targets
{
    /// <summary>The variable that names the expected level: scalar, sse, avx2, avx512 or neon.</summary>
    public const string Variable = "KERNELS_EXPECT_ISA";

    /// <summary>Every target but the plain C#, narrowest first.</summary>
    public static IReadOnlyList<KernelTarget> All { get; } = [.. Isa.Targets.Where(t => t != KernelTarget.Spec)];

    /// <summary>The widest of them.</summary>
    public static KernelTarget Level => All[^1];

    /// <summary>Nothing is expected, or exactly the expected level is active.</summary>
    /// <exception cref="InvalidOperationException">Another level is active, or the name is unknown.</exception>
    public static void AssertLevel() => AssertLevel(Environment.GetEnvironmentVariable(Variable));

    internal static void AssertLevel(string? expected)
    {
        if (string.IsNullOrEmpty(expected)) return;
        if (!Enum.TryParse(expected, ignoreCase: true, out KernelTarget target) || target < KernelTarget.Scalar || char.IsDigit(expected[0]))
            throw new InvalidOperationException($"{Variable}={expected} names no level.");
        if (Level != target)
            throw new InvalidOperationException($"{Variable}={expected}, but the active level is {Level}: {string.Join(" ", Isa.Features.Where(f => f.Value).Select(f => f.Key))}.");
    }
}
