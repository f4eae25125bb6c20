using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// A compute shader and how a host calls it. Words: SPIR-V 1.3.
sealed record GpuModule(Sequence<uint> Words, GpuKernelLayout Layout);

/// How the threads of a group meet in reductions and votes: in steps with a barrier each, on any device; or in waves (subgroups) and over one barrier, where there are full ones.
/// Without reductions and votes the forms are the same module.
enum GpuForm { Tree, Wave }

/// Why a kernel has no GPU code: one sentence for the author.
sealed record GpuRefusal(string Kernel, string Reason);

/// What the host binds and pushes; the rules stand at the head of SpirvEmitter. PushBytes: a multiple of 4, at most 128. SharedBytes: at most 32,768.
/// ErrorBinding: of the array of one U32 that gets error bits (1: a checked index was out of range), or -1 where nothing is checked; the host sets it to 0 before.
/// LeastWave: 0, or the least threads of a subgroup that it needs, whose size divides LocalSize; the subgroups have to be full.
/// ElementsAGroup: of a kernel with one invocation an element, how many of them one group does; 0 where a group is a block.
sealed record GpuKernelLayout(Sequence<GpuBinding> Bindings, Sequence<GpuPushConstant> PushConstants, int PushBytes, int LocalSize, int SharedBytes,
    int ElementsAGroup, int ErrorBinding, bool NeedsFloat64, bool NeedsInt64, int LeastWave = 0)
{
    /// Groups in x; the rest is folded into y: both Vulkan and Direct3D 12 promise no more than this.
    public const int MaxGroupsX = 65535;
    public const int MaxPushBytes = 128, MaxSharedBytes = 32768, MaxLocalSize = 1024;
}

/// Binding k is the k-th of the list, in descriptor set 0. Element: as in the spec; elements below 4 bytes lie packed, and the host rounds the buffer up to a multiple of 4 bytes.
sealed record GpuBinding(string Name, ScalarType Element, Access Access);

/// Name: of a value parameter, "x.Length", "x.Rows" …, "row.Grid" or "grid". Type: in memory; Bool is an I32, 0 or 1.
sealed record GpuPushConstant(string Name, ScalarType Type, int Offset);
