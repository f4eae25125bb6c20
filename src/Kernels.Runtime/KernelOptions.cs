namespace Kernels;

/// <summary>How a kernel runs. Nothing here changes results, but for the order of float sums where <see cref="Target"/> has another lane count.</summary>
public sealed record KernelOptions
{
    /// <summary>One thread, the target that <see cref="Isa.Chosen"/> names, no cancellation.</summary>
    public static KernelOptions Default { get; } = new();

    /// <summary>The most threads that work on one call, the caller's among them; -1: one for each processor.</summary>
    public int MaxDegreeOfParallelism
    {
        get;
        init => field = value == -1 || value >= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxDegreeOfParallelism), value, "At least 1, or -1 for the number of processors.");
    } = 1;

    /// <summary>The code to run; <see cref="KernelTarget.Auto"/>: what <see cref="Isa.Chosen"/> names.</summary>
    public KernelTarget Target
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Target), value, "Not a target.");
    }

    /// <summary>Asked before each block. What has been written by then stays written.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary><see cref="MaxDegreeOfParallelism"/> as a count of threads.</summary>
    internal int Threads => MaxDegreeOfParallelism == -1 ? Environment.ProcessorCount : MaxDegreeOfParallelism;
}
