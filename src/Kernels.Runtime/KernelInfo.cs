namespace Kernels.Runtime;

/// <summary>What a generated kernel is: the type of <c>FKernel.Info</c>.</summary>
/// <param name="Name">The spec's full name.</param>
/// <param name="Targets">The generated cores. <see cref="KernelTarget.Spec"/>, the method itself, always runs and is not listed.</param>
/// <param name="GridDimensions">The number of [Block] parameters.</param>
/// <param name="IsElement">Whether it is applied to each element.</param>
/// <param name="Clones">The suffixes of the specialised cores; empty: only the general one.</param>
public sealed record KernelInfo(string Name, IReadOnlyList<KernelCore> Targets, int GridDimensions, bool IsElement, IReadOnlyList<string> Clones)
{
    /// <summary>The core of a target; null: the kernel has none.</summary>
    public KernelCore? Core(KernelTarget target) => Targets.FirstOrDefault(c => c.Target == target);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {string.Join(", ", Targets.Select(c => $"{Isa.Name(c.Target)} x{c.Lanes}"))}";
}

/// <summary>One target's code of a kernel.</summary>
/// <param name="Target">What it runs on.</param>
/// <param name="Lanes">The virtual lanes L: with them, the order of every reduction.</param>
public sealed record KernelCore(KernelTarget Target, int Lanes);
