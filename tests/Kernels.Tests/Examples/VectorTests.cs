using FsCheck;
using FsCheck.Fluent;
using Kernels.Testing;

namespace Kernels.Tests.Examples;

public class VectorTests
{
    // MulAdd rounds once or twice: |error| ≤ u|a x| + u|y'|, and half a subnormal step each where product or result is subnormal.
    static double AxpyBound(double product, double result) => 5.9604645e-8 * 1.000001 * (Math.Abs(product) + Math.Abs(result)) + 1.5e-45;

    [Fact]
    public void Axpy_meets_its_bound_at_every_length_and_place()
    {
        float[] x = Data.Floats(1, Sweep.Longest), y = Data.Floats(2, Sweep.Longest);
        const float a = -1.2345678f;
        using Field<float> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        foreach (var target in Sweep.Targets)
        {
            // The whole array once against the oracle; the other lengths and places must give the same bits, element by element.
            float[] expected = [.. y];
            Calls.Axpy(a, x, expected, Sweep.Options(target));
            for (int i = 0; i < x.Length; i++)
            {
                double product = (double)a * x[i], exact = product + y[i];
                Assert.True(Math.Abs(expected[i] - exact) <= AxpyBound(product, exact), $"{target}, element {i}");
            }
            foreach (var place in Place.All)
                for (int n = 0; n <= Sweep.Longest; n++)
                {
                    Calls.Axpy(a, fx.Put(x.AsSpan(0, n), place), fy.Put(y.AsSpan(0, n), place), Sweep.Options(target));
                    // On scalar code that rounds twice and vector code that rounds once, tails may differ from the body.
                    fy.CheckAround(n, place, $"{target}, length {n}, {place}");
                    var result = fy.Written(n, place);
                    if (result.SequenceEqual(expected.AsSpan(0, n))) continue;
                    for (int i = 0; i < n; i++)
                    {
                        double product = (double)a * x[i], exact = product + y[i];
                        Assert.True(Math.Abs(result[i] - exact) <= AxpyBound(product, exact), $"{target}, length {n}, {place}, element {i}");
                    }
                }
        }
    }

    [Fact]
    public void Axpy_in_double_meets_its_bound()
    {
        double[] x = Data.Doubles(3, 1003), y = Data.Doubles(4, 1003);
        Sweep.Each(o =>
        {
            double[] z = [.. y];
            Calls.AxpyDouble(1 / 3.0, x, z, o);
            for (int i = 0; i < z.Length; i++)
            {
                // a x = p + e exactly, p + y = s + f exactly; the result differs from s by little, so that the subtraction is exact.
                double p = 1 / 3.0 * x[i], e = Math.FusedMultiplyAdd(1 / 3.0, x[i], -p), s = p + y[i], b = s - p, f = p - (s - b) + (y[i] - b);
                Assert.True(Math.Abs(s - z[i] + (e + f)) <= 1.1102231e-16 * (Math.Abs(p) + Math.Abs(z[i])), $"{o.Target}, element {i}");
            }
        });
    }

    [Fact]
    public void Axpy_keeps_IEEE_special_values()
    {
        float[] x = Data.Wild(5, 1009), y = Data.Wild(6, 1009);
        foreach (float a in new[] { 0f, -0f, 1f, float.NaN, float.PositiveInfinity, float.MaxValue, 1e-38f })
            Sweep.Each(o =>
            {
                float[] z = [.. y];
                Calls.Axpy(a, x, z, o);
                for (int i = 0; i < z.Length; i++)
                {
                    // One rounding or two: products that overflow on their own are the only place where these differ in kind.
                    float once = MathF.FusedMultiplyAdd(a, x[i], y[i]), twice = a * x[i] + y[i];
                    Assert.True(Ulp.Distance(z[i], once) == 0 || Ulp.Distance(z[i], twice) == 0, FormattableString.Invariant($"{o.Target}: {a} * {x[i]} + {y[i]} = {z[i]}"));
                }
            });
    }

    [Fact]
    public void Axpy_on_its_own_input_gives_the_same_and_writes_no_further()
    {
        float[] x = Data.Floats(7, 517);
        Sweep.Each(o =>
        {
            float[] apart = [.. x], inPlace = [.. x, 7f];
            Calls.Axpy(2.5f, x, apart, o);
            Calls.Axpy(2.5f, inPlace.AsSpan(0, 517), inPlace.AsSpan(0, 517), o);
            Same.Values<float>([.. apart, 7f], inPlace, o.Target.ToString());
        });
    }

    [Fact]
    public void Dot_meets_its_bound_at_every_length_and_place()
    {
        float[] x = Data.Floats(8, Sweep.Longest, -1e3, 1e3), y = Data.Floats(9, Sweep.Longest);
        // Exact to 2^-100: products of floats are exact in double, sums compensated.
        double[] exact = new double[Sweep.Longest + 1], magnitude = new double[Sweep.Longest + 1];
        double sum = 0, low = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double p = (double)x[i] * y[i], s = sum + p, b = s - sum;
            low += sum - (s - b) + (p - b);
            sum = s;
            exact[i + 1] = sum + low;
            magnitude[i + 1] = magnitude[i] + Math.Abs(p);
        }
        using Field<float> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        using Field<double> fr = new(1);
        Sweep.Run((n, place, o) =>
        {
            var result = fr.Poisoned(1, place);
            Calls.Dot(fx.Put(x.AsSpan(0, n), place), fy.Put(y.AsSpan(0, n), place), result, o);
            // (n - 1) additions, u = 2^-53, in any order; and the rounding of the oracle itself.
            Assert.True(Math.Abs(result[0] - exact[n]) <= (n + 1) * 1.1102231e-16 * magnitude[n], Sweep.At(o, n, place));
            fr.CheckAround(1, place, Sweep.At(o, n, place));
        });
    }

    [Fact]
    public void Dot_of_small_integers_is_exact_whatever_the_order() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(200),
        Prop.ForAll(ArbMap.Default.ArbFor<sbyte[]>(), ArbMap.Default.ArbFor<sbyte[]>(), (a, b) =>
        {
            float[] x = [.. a.Select(v => (float)v)], y = [.. Enumerable.Range(0, a.Length).Select(i => b.Length == 0 ? 1f : b[i % b.Length])];
            double exact = Enumerable.Range(0, a.Length).Sum(i => (double)x[i] * y[i]);
            Sweep.Each(o =>
            {
                double[] r = [double.NaN];
                Calls.Dot(x, y, r, o);
                Assert.Equal(exact, r[0]);
            });
        }));

    [Theory]
    [InlineData(float.NaN, 1f, double.NaN)]
    [InlineData(float.PositiveInfinity, 0f, double.NaN)]
    [InlineData(float.PositiveInfinity, -2f, double.NegativeInfinity)]
    [InlineData(float.MaxValue, float.MaxValue, 3.4028234663852886e38 * 3.4028234663852886e38)]
    [InlineData(float.Epsilon, float.Epsilon, 1.401298464324817e-45 * 1.401298464324817e-45)]
    public void One_special_product_decides_the_dot(float x, float y, double expected) => Sweep.Each(o =>
    {
        foreach (int at in new[] { 0, 15, 16, 63, 64, 98 })
        {
            float[] a = new float[99], b = new float[99];
            (a[at], b[at]) = (x, y);
            double[] r = [7];
            Calls.Dot(a, b, r, o);
            Assert.Equal(expected, r[0]);
        }
    });

    [Fact]
    public void Dot_of_bytes_is_exact_at_every_length_and_place()
    {
        var random = new Random(10);
        sbyte[] x = new sbyte[Sweep.Longest], y = new sbyte[Sweep.Longest];
        for (int i = 0; i < x.Length; i++) (x[i], y[i]) = (i % 5 == 0 ? sbyte.MinValue : (sbyte)random.Next(-128, 128), i % 3 == 0 ? sbyte.MinValue : (sbyte)random.Next(-128, 128));
        long[] exact = new long[Sweep.Longest + 1];
        for (int i = 0; i < x.Length; i++) exact[i + 1] = exact[i] + (long)x[i] * y[i];
        using Field<sbyte> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        using Field<int> fr = new(1);
        Sweep.Run((n, place, o) =>
        {
            Calls.DotBytes(fx.Put(x.AsSpan(0, n), place), fy.Put(y.AsSpan(0, n), place), fr.Poisoned(1, place), o);
            fr.Check([(int)exact[n]], place, Sweep.At(o, n, place));
        });
    }

    [Fact]
    public void Partial_overlap_and_short_spans_are_rejected_before_anything_is_written()
    {
        float[] memory = Data.Floats(11, 100), before = [.. memory];
        foreach (int shift in new[] { 1, 3, 16 })
        {
            Assert.Throws<ArgumentException>(() => Calls.Axpy(2, memory.AsSpan(0, 50), memory.AsSpan(shift, 50), KernelOptions.Default));
            Assert.Throws<ArgumentException>(() => Calls.Axpy(2, memory.AsSpan(shift, 50), memory.AsSpan(0, 50), KernelOptions.Default));
        }
        Assert.Throws<ArgumentException>(() => Calls.Axpy(2, before, memory.AsSpan(0, 99), KernelOptions.Default));
        Assert.Throws<ArgumentException>(() => Calls.Dot(memory, before.AsSpan(0, 99), new double[1], KernelOptions.Default));
        Assert.Throws<ArgumentException>(() => Calls.Dot(memory, before, [], KernelOptions.Default));
        Assert.Equal(before, memory);
    }
}
