namespace Kernels;

/// <summary>How log I and log K are computed.</summary>
public enum LogBesselAlgorithm
{
    /// <summary>The family's own formulas.</summary>
    Auto,
    /// <summary>The algorithm of Plesner, Sørensen and Hauberg, "Accurate Computation of the Logarithm of Modified Bessel Functions on GPUs" (ICS 2024), for comparison: its errors, up to 0.3 in log K, are its own.</summary>
    Paper,
}

public static partial class LogBessel
{
    /// <summary>ln I_v(x) of each pair, by the algorithm named.</summary>
    /// <inheritdoc cref="LogI(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, KernelOptions?)"/>
    public static void LogI(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> result, LogBesselAlgorithm algorithm, KernelOptions? options = null)
    {
        if (Paper(algorithm)) PaperLogI(v, x, result, options);
        else LogI(v, x, result, options);
    }

    /// <summary>ln K_v(x) of each pair, by the algorithm named.</summary>
    /// <inheritdoc cref="LogK(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double}, KernelOptions?)"/>
    public static void LogK(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> result, LogBesselAlgorithm algorithm, KernelOptions? options = null)
    {
        if (Paper(algorithm)) PaperLogK(v, x, result, options);
        else LogK(v, x, result, options);
    }

    static bool Paper(LogBesselAlgorithm algorithm) => algorithm switch
    {
        LogBesselAlgorithm.Auto => false,
        LogBesselAlgorithm.Paper => true,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "It is Auto or Paper."),
    };

    [ElementKernel]
    internal static double PaperLogI(double v, double x) => PaperI(PaperAlgorithm.Region(v, x), v, x);

    [ElementKernel]
    internal static double PaperLogK(double v, double x) => PaperK(PaperAlgorithm.Region(v, x), v, x);

    [Compact]
    static double PaperI(int region, double v, double x) => region switch
    {
        0 => PaperAlgorithm.HankelI(v, x, 3),
        1 => PaperAlgorithm.HankelI(v, x, 20),
        2 => PaperAlgorithm.DebyeI(v, x, 4),
        3 => PaperAlgorithm.DebyeI(v, x, 6),
        4 => PaperAlgorithm.DebyeI(v, x, 9),
        5 => PaperAlgorithm.DebyeI(v, x, 13),
        6 => PaperAlgorithm.SeriesI(v, x),
        _ => OuterRegion.LogI(v, x, false),
    };

    [Compact]
    static double PaperK(int region, double v, double x) => region switch
    {
        0 => PaperAlgorithm.HankelK(v, x, 3),
        1 => PaperAlgorithm.HankelK(v, x, 20),
        2 => PaperAlgorithm.DebyeK(v, x, 4),
        3 => PaperAlgorithm.DebyeK(v, x, 6),
        4 => PaperAlgorithm.DebyeK(v, x, 9),
        5 => PaperAlgorithm.DebyeK(v, x, 13),
        6 => PaperAlgorithm.IntegralK(v, x),
        _ => OuterRegion.LogK(v, x, false),
    };
}
