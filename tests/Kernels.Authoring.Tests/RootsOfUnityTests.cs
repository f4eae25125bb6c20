using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Kernels.MathCheck;

namespace Kernels.Tests;

/// <summary>
/// cos and sin of rational half turns against double-double of another kind: π num/den reduced in integers here, divided from 1,400 bits of
/// π, and summed by WideTrig. Its 2^-96 decides the rounding unless the value is within 2^-42 ULP of a midpoint; the tests count those.
/// </summary>
public class RootsOfUnityTests
{
    [Fact]
    public void Every_root_of_small_order_is_correctly_rounded()
    {
        int undecided = 0, checkedRoots = 0;
        for (int den = 1; den <= 96; den++)
            for (int num = -2 * den - 1; num <= 2 * den + 1; num++, checkedRoots++)
                undecided += Undecided(num, den);
        Assert.True(checkedRoots > 18_000);
        Assert.Equal(0, undecided);
    }

    [Fact]
    public void Roots_of_any_order_are_correctly_rounded()
    {
        int undecided = 0;
        var fractions = ArbMap.Default.GeneratorFor<int>().Zip(Gen.Choose(1, int.MaxValue)).Resize(int.MaxValue);
        Prop.ForAll(fractions.ToArbitrary(), f => { undecided += Undecided(f.Item1, f.Item2); }).QuickCheckThrowOnFailure();
        foreach ((int num, int den) in new[] { (int.MaxValue, int.MaxValue), (int.MinValue, int.MaxValue), (int.MinValue, 1), (1, int.MaxValue), (int.MaxValue, 2), (1 << 30, int.MaxValue) })
            undecided += Undecided(num, den);
        Assert.Equal(0, undecided);
    }

    [Fact]
    public void Exact_values_are_exact()
    {
        for (int turn = -3; turn <= 3; turn++)
        {
            Assert.Equal(0.5, KernelMath.CosPi(1 + 6 * turn, 3));
            Assert.Equal(0.5, KernelMath.SinPi(1 + 12 * turn, 6));
            Assert.Equal(-0.5, KernelMath.CosPi(2 + 6 * turn, 3));
            Assert.Equal(0L, BitConverter.DoubleToInt64Bits(KernelMath.CosPi(1 + 2 * turn, 2)));
            Assert.Equal(0L, BitConverter.DoubleToInt64Bits(KernelMath.SinPi(turn, 1)));
            Assert.Equal(turn % 2 == 0 ? 1 : -1, KernelMath.CosPi(turn * 7, 7));
        }
        Assert.Equal(MathF.Sqrt(0.5f), KernelMath.CosPiSingle(1, 4));
        Assert.Equal(Math.Sqrt(0.5), KernelMath.SinPi(1, 4));
    }

    [Fact]
    public void A_float_root_is_rounded_once()
    {
        // Where the double lies just beside or on a midpoint between floats, rounding twice would go wrong; oracle: compare with both neighbours.
        for (int den = 1; den <= 400; den++)
            for (int num = 0; num <= den; num++)
            {
                float cos = KernelMath.CosPiSingle(num, den);
                Wide exact = Cos(num, den);
                double half = Math.Abs((double)(exact - cos));
                Assert.True(half <= Math.Abs((double)(exact - MathF.BitIncrement(cos))) && half <= Math.Abs((double)(exact - MathF.BitDecrement(cos))), $"{num}/{den}");
                Assert.Equal(KernelMath.CosPiSingle(den - 2 * num, 2 * den), KernelMath.SinPiSingle(2 * num, 2 * den));
            }
    }

    // 1 if the oracle cannot decide the rounding.
    static int Undecided(int num, int den)
    {
        double cos = KernelMath.CosPi(num, den), sin = KernelMath.SinPi(num, den);
        return Undecided(cos, Cos(num, den), $"cos {num}/{den}") + Undecided(sin, Sin(num, den), $"sin {num}/{den}");
    }

    static int Undecided(double got, Wide exact, string what)
    {
        double error = Ulp.Error(got, exact);
        Assert.True(error <= 0.5 + 1.0 / (1L << 42), $"{what}: {error} ULP.");
        return error > 0.5 - 1.0 / (1L << 42) ? 1 : 0;
    }

    static Wide Cos(int num, int den) => WideTrig.SinOfFraction(2 * (BigInteger)num + den, 2 * (BigInteger)den);
    static Wide Sin(int num, int den) => WideTrig.SinOfFraction(num, den);
}
