using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Rows of data, options and logits of any element type.</summary>
public static class Samples
{
    /// <summary>Elements of the type nearest to uniform numbers.</summary>
    public static T[] Uniform<T, E>(int seed, int n, double low = -10, double high = 10) where T : unmanaged where E : IElement<T> =>
        Of<T, E>(Data.Doubles(seed, n, low, high));

    public static T[] Of<T, E>(params double[] values) where T : unmanaged where E : IElement<T> => Array.ConvertAll(values, E.Of);

    /// <summary>scale*x + bias with one rounding in the arithmetic's type; -infinity stays what it is. Give float a scale that is a float.</summary>
    public static double Logit<T, E>(T x, double scale, float bias) where T : unmanaged where E : IElement<T>
    {
        double v = E.Value(x);
        if (double.IsNegativeInfinity(v)) return v;
        return E.Wide ? Math.FusedMultiplyAdd(scale, v, bias) : MathF.FusedMultiplyAdd((float)scale, (float)v, bias);
    }

    /// <summary>What the row must give.</summary>
    public static Row Row<T, E>(ReadOnlySpan<T> x, double scale = 1) where T : unmanaged where E : IElement<T>
    {
        double[] z = new double[x.Length];
        for (int i = 0; i < z.Length; i++) z[i] = Logit<T, E>(x[i], scale, 0);
        return new(z, E.Wide);
    }

    public static SoftmaxOptions On(KernelTarget target, int threads = 1) => new() { Kernel = Sweep.Options(target, threads) };

    /// <summary>All but the paper's, which has tests of its own.</summary>
    public static readonly SoftmaxAlgorithm[] Algorithms = [SoftmaxAlgorithm.Auto, SoftmaxAlgorithm.Reload, SoftmaxAlgorithm.TwoPass];

    /// <summary>One row of every function that takes rows, on every target and by every algorithm, within the bounds.</summary>
    public static void Meets<T, E>(T[] x, string what, double scale = 1) where T : unmanaged where E : IElement<T>
    {
        var row = Row<T, E>(x, scale);
        T[] y = new T[x.Length];
        foreach (var target in Sweep.Targets)
        {
            foreach (var algorithm in Algorithms)
            {
                var options = On(target) with { Scale = scale, Algorithm = algorithm };
                E.Compute(x, y, options);
                Check.Probabilities<T, E>(row, y, $"{target}, {algorithm}, {what}");
            }
            var auto = On(target) with { Scale = scale };
            E.LogCompute(x, y, auto);
            Check.Logarithms<T, E>(row, y, $"{target}, {what}");
            Check.LogSumExps<T, E>(row, E.LogSumExp(x, auto), $"{target}, {what}");
        }
    }
}
