using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tool;

// Stand-ins until Kernels.Runtime has Isa and KernelOptions.
sealed record KernelOptions { public string? Target { get; init; } public int MaxDegreeOfParallelism { get; init; } = -1; public CancellationToken CancellationToken { get; init; } }
