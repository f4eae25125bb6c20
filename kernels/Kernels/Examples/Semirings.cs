namespace Kernels.Examples;

/// <summary>Two operations on floats: Add is associative and commutative, Zero its identity; Multiply distributes over it.</summary>
public interface ISemiring
{
    /// <summary>Add(Zero, a) = a.</summary>
    static abstract float Zero { get; }
    /// <summary>⊕.</summary>
    static abstract float Add(float a, float b);
    /// <summary>⊗.</summary>
    static abstract float Multiply(float a, float b);
}

/// <summary>Shortest paths: (min, +). Where an operand of the minimum is NaN, the second one counts.</summary>
public readonly struct MinPlus : ISemiring
{
    /// <inheritdoc/>
    public static float Zero => float.PositiveInfinity;
    /// <inheritdoc/>
    public static float Add(float a, float b) => KernelMath.MinOrSecond(a, b);
    /// <inheritdoc/>
    public static float Multiply(float a, float b) => a + b;
}

/// <summary>Most probable paths: (max, *) on numbers from 0 on. NaN if any term is.</summary>
public readonly struct MaxTimes : ISemiring
{
    /// <inheritdoc/>
    public static float Zero => 0;
    /// <inheritdoc/>
    public static float Add(float a, float b) => KernelMath.Max(a, b);
    /// <inheritdoc/>
    public static float Multiply(float a, float b) => a * b;
}

/// <summary>Ordinary arithmetic.</summary>
public readonly struct PlusTimes : ISemiring
{
    /// <inheritdoc/>
    public static float Zero => 0;
    /// <inheritdoc/>
    public static float Add(float a, float b) => a + b;
    /// <inheritdoc/>
    public static float Multiply(float a, float b) => a * b;
}

/// <summary>A dense product over any semiring: the user's own struct, inlined into one clone a type.</summary>
public static partial class Semirings
{
    /// <summary>c[row, j] = ⊕_k a[row, k] ⊗ b[k, j], k ascending, row-major.</summary>
    /// <param name="row">A row of c.</param>
    /// <param name="inner">Columns of a, rows of b. 0 gives Zero everywhere.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="a">rows*inner elements.</param>
    /// <param name="b">inner*columns elements.</param>
    /// <param name="c">rows*columns elements.</param>
    /// <remarks>No reduction across lanes: equal bits on every target. MinPlus errs by the rounding of one sum, MaxTimes of one product, PlusTimes by at most inner u Σ|a b| / (1 - inner u), u = 2^-24.</remarks>
    [Kernel, Specialize(typeof(MinPlus)), Specialize(typeof(MaxTimes)), Specialize(typeof(PlusTimes))]
    public static void Product<TSemiring>([Block] int row, int inner, int columns, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c)
        where TSemiring : struct, ISemiring
    {
        foreach (int j in Lanes.Range(0, columns))
        {
            float sum = TSemiring.Zero;
            for (int k = 0; k < inner; k++) sum = TSemiring.Add(sum, TSemiring.Multiply(a[row * inner + k], b[k * columns + j]));
            c[row * columns + j] = sum;
        }
    }
}
