using System.Reflection;

namespace Kernels.Tool;

/// <summary>The library's own.</summary>
sealed unsafe class Ours(int threads) : SoftmaxPeer
{
    readonly KernelOptions options = new() { MaxDegreeOfParallelism = threads };

    public override PeerInfo Info { get; } = new("Kernels", typeof(KernelOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
        Isa.Chosen.ToString().ToLowerInvariant(), threads);

    public override void Run(float* x, float* y) => Examples.SoftmaxRow.Rows(new(x, Rows * Cols), new Span<float>(y, Rows * Cols), Rows, Cols, options);
}
