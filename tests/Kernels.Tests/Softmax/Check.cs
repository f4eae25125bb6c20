using Kernels.Testing;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>The bounds of the family, and comparisons of results with what is exact.</summary>
public static class Check
{
    /// <summary>
    /// ULP of a probability, in the arithmetic's type: the bound that the family states. Its own power errs by 2.1u, the sum's powers by as much, the last rounding by
    /// half an ULP: 4.7 if all were largest and of one sign, and the additions on top (docs/softmax.md). 4.5 is asserted of what is tried here; it is not proved.
    /// </summary>
    public const double Ulps = 4.5;

    /// <summary>u of the sum of powers, and so of its logarithm, absolutely: 1.9 of the powers and 2.5 of the additions, and the total's own rounding.</summary>
    public const double SumUnits = 5;

    /// <summary>
    /// ULP of a logarithm of a probability, (z - max) - ln Σ: both parts have one sign, so their errors are relative to the result: half for the difference, two for the
    /// logarithm, half for the result. The error of the sum comes on top, absolutely: it is all there is where the result is near 0.
    /// </summary>
    public const double LogUlps = 3;

    static int Digits<T, E>() where T : unmanaged where E : IElement<T> => E.Wide ? 53 : 24;
    static int Least<T, E>() where T : unmanaged where E : IElement<T> => E.Wide ? -1022 : -126;

    /// <summary>The step between neighbours at v in a type of so many digits.</summary>
    public static double Step(double v, int digits, int leastExponent) =>
        Math.ScaleB(1, (v == 0 ? leastExponent : Math.Max(leastExponent, Math.ILogB(v))) - digits + 1);

    /// <summary>u of the arithmetic: half the step at 1.</summary>
    public static double Unit<T, E>() where T : unmanaged where E : IElement<T> => Math.ScaleB(1, -Digits<T, E>());

    /// <summary>The step at v of the arithmetic's type.</summary>
    public static double Step<T, E>(double v) where T : unmanaged where E : IElement<T> => Step(v, Digits<T, E>(), Least<T, E>());

    /// <summary>How far a probability may be off: the bound; one step more where it is subnormal, for that is rounded once more (and half a one for the oracle of double, rounded itself).</summary>
    public static double Probability<T, E>(DoubleDouble exact) where T : unmanaged where E : IElement<T>
    {
        double step = Step<T, E>(exact.High);
        return Ulps * step + (exact.High < Math.ScaleB(1, Least<T, E>()) ? step * (E.Wide ? 1.5 : 1) : 0);
    }

    public static double Logarithm<T, E>(DoubleDouble exact) where T : unmanaged where E : IElement<T> => LogUlps * Step<T, E>(exact.High) + SumUnits * Unit<T, E>();

    /// <summary>max + ln Σ: the sum's error, 2 ULP of its logarithm, and the last addition; ln Σ + n ln 2 may round at the magnitude of max.</summary>
    public static double LogSumExp<T, E>(Row row) where T : unmanaged where E : IElement<T> =>
        SumUnits * Unit<T, E>() + 2 * Step<T, E>(row.LogSum.High) + Step<T, E>(row.Max) + Step<T, E>(row.LogSumExp.High);

    /// <summary>
    /// Equal where exact is infinite, NaN or beyond the type; else off by no more than slack, and by half a step of T more if T is narrower than its arithmetic. Zeros are +0.
    /// </summary>
    public static void Near<T, E>(DoubleDouble exact, T actual, double slack, Func<string> what) where T : unmanaged where E : IElement<T>
    {
        double value = E.Value(actual);
        bool good;
        if (!double.IsFinite(exact.High) || double.IsInfinity(value)) good = E.Value(E.Of(exact.High)).Equals(value);
        else
        {
            if (E.Digits < 24) slack += Step(exact.High, E.Digits, E.LeastExponent) / 2;
            good = Math.Abs((value - exact).High) <= slack;
        }
        if (!good)
        {
            double step = double.IsFinite(exact.High) ? Step(exact.High, E.Digits, E.LeastExponent) : 1;
            Assert.Fail(FormattableString.Invariant($"{what()}: {value:R}, exact {exact.High:R}, off by {(value - exact.High) / step} ULP of {typeof(T).Name}, allowed {slack / step}"));
        }
    }

    public static void Probabilities<T, E>(Row row, ReadOnlySpan<T> actual, string what) where T : unmanaged where E : IElement<T>
    {
        Assert.Equal(row.Probability.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            int at = i;
            string Where() => FormattableString.Invariant($"{what}, probability {at} of {row.Probability.Length}");
            Near<T, E>(row.Probability[i], actual[i], Probability<T, E>(row.Probability[i]), Where);
            double value = E.Value(actual[i]);
            if (value is < 0 or > 1 || value == 0 && double.IsNegative(value)) Assert.Fail($"{Where()}: {value}");
            if (row.Logarithm[i].High == double.NegativeInfinity && value != 0 && !double.IsNaN(row.Probability[i].High)) Assert.Fail($"{Where()}: {value} where masked");
        }
    }

    public static void Logarithms<T, E>(Row row, ReadOnlySpan<T> actual, string what) where T : unmanaged where E : IElement<T>
    {
        Assert.Equal(row.Logarithm.Length, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            int at = i;
            Near<T, E>(row.Logarithm[i], actual[i], Logarithm<T, E>(row.Logarithm[i]), () => FormattableString.Invariant($"{what}, logarithm {at} of {row.Logarithm.Length}"));
            if (E.Value(actual[i]) > 0) Assert.Fail($"{what}, logarithm {i}: {E.Value(actual[i])} is above 0");
        }
    }

    /// <summary>The result has the type of the arithmetic.</summary>
    public static void LogSumExps<T, E>(Row row, double actual, string what) where T : unmanaged where E : IElement<T>
    {
        if (E.Wide) Near<double, OfDouble>(row.LogSumExp, actual, LogSumExp<T, E>(row), () => what + ", LogSumExp");
        else Near<float, OfFloat>(row.LogSumExp, (float)actual, LogSumExp<T, E>(row), () => what + ", LogSumExp");
    }

    /// <summary>An ArgumentException that names one of the parameters (separated by |).</summary>
    public static void Rejects(string names, Action call)
    {
        var e = Assert.ThrowsAny<ArgumentException>(call);
        Assert.Contains(e.ParamName, names.Split('|'));
    }
}
