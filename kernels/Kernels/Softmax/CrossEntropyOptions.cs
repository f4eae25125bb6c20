namespace Kernels;

/// <summary>Options of <see cref="CrossEntropy"/>.</summary>
public sealed record CrossEntropyOptions
{
    /// <summary>No smoothing, no label ignored.</summary>
    public static CrossEntropyOptions Default { get; } = new();

    /// <summary>ε: the target is 1 - ε + ε/cols at the label and ε/cols elsewhere. From 0 to 1.</summary>
    public double LabelSmoothing { get; init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), value, "From 0 to 1."); }

    /// <summary>Rows with this label give loss 0 and gradient 0, and are not read. Null: none.</summary>
    public int? IgnoreIndex { get; init; }

    /// <summary>The gradient is multiplied by this: 1/rows for the gradient of a mean. Finite.</summary>
    public double GradientScale { get; init => field = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(GradientScale), value, "Finite."); } = 1;

    /// <summary>Threads, target, cancellation.</summary>
    public KernelOptions Kernel { get; init => field = value ?? throw new ArgumentNullException(nameof(Kernel)); } = KernelOptions.Default;
}
