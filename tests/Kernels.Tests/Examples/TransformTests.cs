using Kernels.Examples;
using Kernels.Testing;

namespace Kernels.Tests.Examples;

public class TransformTests
{
    const double U = 5.9604645e-8;

    [Fact]
    public void Complex_product_has_the_bits_of_the_formula_at_every_length_and_place()
    {
        float[] x = Data.Wild(40, Sweep.Longest), y = Data.Wild(41, Sweep.Longest), spec = new float[Sweep.Longest];
        ComplexProduct.Multiply(x, y, spec);
        using Field<float> fx = new(Sweep.Longest), fy = new(Sweep.Longest), fz = new(Sweep.Longest);
        Sweep.Run((n, place, o) =>
        {
            // An odd last float is no number: it keeps what it held.
            var z = fz.Poisoned(n, place);
            float rest = n == 0 ? 0 : z[^1];
            Calls.Multiply(fx.Put(x.AsSpan(0, n), place), fy.Put(y.AsSpan(0, n), place), z, o);
            fz.Check(n % 2 == 0 ? spec.AsSpan(0, n) : [.. spec.AsSpan(0, n - 1), rest], place, Sweep.At(o, n, place));
        });
    }

    [Fact]
    public void Complex_product_meets_its_bound() => Sweep.Each(o =>
    {
        float[] x = Data.Floats(42, 1000), y = Data.Floats(43, 1000), z = new float[1000];
        Calls.Multiply(x, y, z, o);
        for (int k = 0; k < 1000; k += 2)
        {
            // Products of floats are exact in double; their sum is rounded by 2^-53, which the margin covers.
            double ac = (double)x[k] * y[k], bd = (double)x[k + 1] * y[k + 1], ad = (double)x[k] * y[k + 1], bc = (double)x[k + 1] * y[k];
            Assert.True(Math.Abs(z[k] - (ac - bd)) <= 2.000001 * U * (Math.Abs(ac) + Math.Abs(bd)), $"{o.Target}, real part {k}");
            Assert.True(Math.Abs(z[k + 1] - (ad + bc)) <= 2.000001 * U * (Math.Abs(ad) + Math.Abs(bc)), $"{o.Target}, imaginary part {k}");
        }
    });

    [Fact]
    public void Walsh_Hadamard_has_the_spec_s_bits_at_every_place_and_in_place()
    {
        const int blocks = 68;
        float[] x = Data.Floats(44, 16 * blocks), spec = new float[16 * blocks];
        for (int b = 0; b < blocks; b++) WalshHadamard.Transform16(b, x, spec);
        using Field<float> fx = new(16 * blocks), fy = new(16 * blocks);
        Sweep.Run((n, place, o) =>
        {
            Calls.Transform16(n, fx.Put(x.AsSpan(0, 16 * n), place), fy.Poisoned(16 * n, place), o);
            fy.Check(spec.AsSpan(0, 16 * n), place, Sweep.At(o, n, place));
            var both = fy.Put(x.AsSpan(0, 16 * n), place);
            Calls.Transform16(n, both, both, o);
            fy.Check(spec.AsSpan(0, 16 * n), place, Sweep.At(o, n, place) + ", in place");
        }, blocks);
        Sweep.Threads(o =>
        {
            float[] y = new float[16 * blocks];
            Calls.Transform16(blocks, x, y, o);
            return y;
        });
    }

    [Fact]
    public void Walsh_Hadamard_meets_its_bound_and_is_exact_for_integers() => Sweep.Each(o =>
    {
        foreach (bool integers in new[] { false, true })
        {
            float[] x = Data.Floats(45, 160), y = new float[160];
            if (integers) x = [.. x.Select(v => MathF.Round(v * 1000))];
            Calls.Transform16(10, x, y, o);
            for (int k = 0; k < 160; k++)
            {
                double sum = 0, magnitude = 0;
                for (int j = 0; j < 16; j++)
                {
                    double v = x[k / 16 * 16 + j];
                    sum += int.IsOddInteger(System.Numerics.BitOperations.PopCount((uint)(k % 16 & j))) ? -v : v;
                    magnitude += Math.Abs(v);
                }
                Assert.True(Math.Abs(y[k] - sum) <= (integers ? 0 : 4.00001 * U * magnitude), $"{o.Target}, {k}");
            }
        }
    });

    [Fact]
    public void Matrices_transform_with_the_spec_s_bits_at_every_length_and_place()
    {
        const int most = 130;
        float[] m = Data.Wild(46, 9 * most), x = Data.Wild(47, 3 * most), spec = new float[3 * most + 2];
        var t = new Vector3(1, -2, 1e-3f);
        Matrices.Transform(m, x, t, spec);
        using Field<float> fm = new(9 * most), fx = new(3 * most), fy = new(3 * most + 2);
        Sweep.Run((n, place, o) =>
        {
            Calls.Transform(fm.Put(m.AsSpan(0, 9 * n), place), fx.Put(x.AsSpan(0, 3 * n), place), t, fy.Poisoned(3 * n, place), o);
            fy.Check(spec.AsSpan(0, 3 * n), place, Sweep.At(o, n, place));
        }, most);
    }

    [Fact]
    public void Matrices_meet_their_bound() => Sweep.Each(o =>
    {
        float[] m = Data.Floats(48, 900), x = Data.Floats(49, 300), y = new float[300];
        float[] t = [0.5f, -7, 3];
        Calls.Transform(m, x, new Vector3(t[0], t[1], t[2]), y, o);
        for (int k = 0; k < 300; k++)
        {
            double sum = t[k % 3], magnitude = Math.Abs(sum);
            for (int j = 0; j < 3; j++)
            {
                double p = (double)m[3 * k + j] * x[k / 3 * 3 + j];
                sum += p;
                magnitude += Math.Abs(p);
            }
            Assert.True(Math.Abs(y[k] - sum) <= 4.00001 * U * magnitude, $"{o.Target}, {k}");
        }
    });
}
