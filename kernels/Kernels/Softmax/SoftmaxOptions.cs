namespace Kernels;

/// <summary>What a row gives in which every element is masked or -infinity.</summary>
public enum FullyMaskedRows
{
    /// <summary>NaN throughout, as 0/0: a row that should not have been there shows. LogSumExp: -infinity.</summary>
    Propagate,
    /// <summary>0 throughout (probabilities); -infinity throughout (logarithms).</summary>
    Zero,
}

/// <summary>How rows are computed. All agree within the stated error.</summary>
public enum SoftmaxAlgorithm
{
    /// <summary>By the size of the job and the length of a row.</summary>
    Auto,
    /// <summary>Maximum; powers stored and added; scaled in place. Fastest while x and y stay in the caches.</summary>
    Reload,
    /// <summary>Sum relative to a reference that is raised when an element exceeds it by far; powers again, scaled. Fastest from memory.</summary>
    TwoPass,
    /// <summary>Sum as pairs (mantissa, exponent), the form of Dukhan and Ablavatski, "Two-Pass Softmax Algorithm" (2020), section 4: for comparison. Float without masks only.</summary>
    Paper,
}

/// <summary>Options of the softmax family.</summary>
public sealed record SoftmaxOptions
{
    /// <summary>Scale 1, NaN for fully masked rows, one thread.</summary>
    public static SoftmaxOptions Default { get; } = new();

    /// <summary>Elements are multiplied by this before a mask's bias is added: 1/temperature. Finite, at least 0. -infinity stays -infinity even at 0.</summary>
    public double Scale
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Scale), value, "Finite and at least 0.");
    } = 1;

    /// <summary>What fully masked rows give.</summary>
    public FullyMaskedRows FullyMasked { get; init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(FullyMasked), value, "Not a policy."); }

    /// <summary>How rows are computed.</summary>
    public SoftmaxAlgorithm Algorithm { get; init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Algorithm), value, "Not an algorithm."); }

    /// <summary>Threads, target, cancellation.</summary>
    public KernelOptions Kernel { get; init => field = value ?? throw new ArgumentNullException(nameof(Kernel)); } = KernelOptions.Default;
}
