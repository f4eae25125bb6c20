using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>NaN, infinities, rows without a number: the table of special values, for every function, type and algorithm.</summary>
public class SpecialValueTests
{
    static void Table<T, E>() where T : unmanaged where E : IElement<T>
    {
        const double inf = double.PositiveInfinity;
        foreach (int n in new[] { 1, 2, 17, 64, 300, 1000 })
            for (int at = 0; at < n; at += at < 20 ? 1 : 61)
                foreach (double value in new[] { double.NaN, inf, -inf })
                {
                    T[] x = Samples.Uniform<T, E>(n, n);
                    x[at] = E.Of(value);
                    Samples.Meets<T, E>(x, FormattableString.Invariant($"{value} at {at} of {n}"));
                }
        double[] several = [1, inf, 2, double.NaN, -inf, 3];
        Samples.Meets<T, E>(Samples.Of<T, E>(several), "NaN and infinities");
        Samples.Meets<T, E>(Samples.Of<T, E>([inf, inf, -inf, .. several[..1]]), "infinities of both signs");
    }

    [Fact] public void Special_floats_meet_the_table() => Table<float, OfFloat>();
    [Fact] public void Special_doubles_meet_the_table() => Table<double, OfDouble>();
    [Fact] public void Special_Halfs_meet_the_table() => Table<Half, OfHalf>();
    [Fact] public void Special_BFloat16s_meet_the_table() => Table<BFloat16, OfBFloat16>();

    static void Nothing<T, E>() where T : unmanaged where E : IElement<T>
    {
        foreach (int n in new[] { 1, 2, 3, 16, 33, 64, 300, 1000 })
            foreach (double scale in new[] { 0, 1, 0.25 })
            {
                T[] x = new T[n], y = new T[n];
                Array.Fill(x, E.Of(double.NegativeInfinity));
                foreach (var target in Sweep.Targets)
                    foreach (var algorithm in Samples.Algorithms)
                        foreach (var policy in Enum.GetValues<FullyMaskedRows>())
                        {
                            bool zero = policy == FullyMaskedRows.Zero;
                            string what = $"{target}, {algorithm}, {policy}, {n}";
                            var options = Samples.On(target) with { Algorithm = algorithm, FullyMasked = policy, Scale = scale };
                            E.Compute(x, y, options);
                            foreach (T v in y) Assert.True(zero ? BitConverter.DoubleToInt64Bits(E.Value(v)) == 0 : double.IsNaN(E.Value(v)), $"{what}: {v}");
                            E.LogCompute(x, y, options);
                            foreach (T v in y) Assert.True(zero ? double.IsNegativeInfinity(E.Value(v)) : double.IsNaN(E.Value(v)), $"{what}, logarithm: {v}");
                            Assert.Equal(double.NegativeInfinity, E.LogSumExp(x, options));
                        }
            }
    }

    [Fact]
    public void Rows_of_minus_infinity_follow_the_policy()
    {
        Nothing<float, OfFloat>();
        Nothing<double, OfDouble>();
        Nothing<Half, OfHalf>();
        Nothing<BFloat16, OfBFloat16>();
    }

    [Fact]
    public void Scale_0_leaves_masked_elements_masked_and_NaN_NaN()
    {
        const double inf = double.PositiveInfinity;
        Samples.Meets<float, OfFloat>([1, float.NegativeInfinity, 3, -7e37f], "scale 0", 0);
        Samples.Meets<double, OfDouble>([1, -inf, 3, -7e307], "scale 0", 0);
        Samples.Meets<float, OfFloat>([1, float.NaN, 3], "scale 0", 0);
        // 0 * infinity is NaN.
        Samples.Meets<float, OfFloat>([1, float.PositiveInfinity, 3], "scale 0", 0);
    }

    [Fact]
    public void A_product_with_the_scale_beyond_the_type_is_infinite()
    {
        Samples.Meets<float, OfFloat>([1, float.MaxValue, 3], "overflow", 2);
        Samples.Meets<float, OfFloat>([1, float.MinValue, 3], "overflow below", 2);
        Samples.Meets<double, OfDouble>([1, double.MinValue, 3], "overflow below", 2);
    }

    [Fact]
    public void Results_below_the_normal_numbers_underflow_gradually()
    {
        Samples.Meets<float, OfFloat>([.. Enumerable.Range(0, 2500).Select(i => i * -0.05f)], "to e^-125");
        Samples.Meets<double, OfDouble>([.. Enumerable.Range(0, 900).Select(i => -i * 0.9)], "to e^-810");
        Samples.Meets<Half, OfHalf>([.. Enumerable.Range(0, 300).Select(i => (Half)(i * -0.1f))], "to e^-30");
        Samples.Meets<BFloat16, OfBFloat16>([.. Enumerable.Range(0, 1200).Select(i => (BFloat16)(i * -0.1f))], "to e^-120");
    }
}
