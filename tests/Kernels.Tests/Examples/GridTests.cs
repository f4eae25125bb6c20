using Kernels.Examples;

namespace Kernels.Tests.Examples;

public class GridTests
{
    // The recurrence once more, on a point of its own: every operation rounded to float, as the spec promises.
    static int Escape(float cr, float ci, int limit)
    {
        float re = 0, im = 0;
        for (int k = 0; k < limit; k++)
        {
            float re2 = re * re, im2 = im * im, norm = re2 + im2;
            if (norm > 4) return k;
            float cross = 2 * re * im;
            im = cross + ci;
            float difference = re2 - im2;
            re = difference + cr;
        }
        return limit;
    }

    [Fact]
    public void Mandelbrot_counts_are_exact_at_every_width_and_place()
    {
        using Field<int> counts = new(3 * 150);
        Sweep.Run((width, place, o) =>
        {
            const float left = -2.1f, top = -0.3f, step = 0.02f;
            int[] expected = new int[3 * width];
            for (int r = 0; r < 3; r++)
                for (int i = 0; i < width; i++) expected[r * width + i] = Escape(left + i * step, top + r * step, 60);
            Calls.Escape(3, width, left, top, step, 60, counts.Poisoned(3 * width, place), o);
            counts.Check(expected, place, Sweep.At(o, width, place));
        }, 150);
    }

    [Theory]
    [InlineData(0f, 0f, 0f, 100, 100), InlineData(0f, 0f, 0f, 0, 0), InlineData(float.NaN, 0f, 0f, 50, 50), InlineData(3f, 3f, 0f, 50, 1), InlineData(float.PositiveInfinity, 0f, 0f, 50, 1), InlineData(float.MaxValue, 0f, 0f, 50, 1)]
    public void Mandelbrot_of_one_point_everywhere(float left, float top, float step, int limit, int expected) => Sweep.Each(o =>
    {
        int[] counts = new int[37];
        Calls.Escape(1, 37, left, top, step, limit, counts, o);
        Assert.All(counts, k => Assert.Equal(expected, k));
    });

    [Fact]
    public void Mandelbrot_does_not_depend_on_threads() => Sweep.Threads(o =>
    {
        int[] counts = new int[40 * 61];
        Calls.Escape(40, 61, -2, -1, 0.05f, 200, counts, o);
        return counts;
    });

    static void Products<S>(Func<double, double, double> add, Func<double, double, double> multiply, double zero, double low, Func<int, double, double> bound) where S : unmanaged, ISemiring
    {
        using Field<float> fa = new(4 * 20), fb = new(20 * 90), fc = new(4 * 90);
        foreach (int inner in new[] { 0, 1, 3, 20 })
        {
            float[] a = Data.Floats(50 + inner, 4 * inner, low, 10), b = Data.Floats(51 + inner, inner * 90, low, 10);
            Sweep.Run((columns, place, o) =>
            {
                var bs = b.AsSpan(0, inner * columns);
                var c = fc.Poisoned(4 * columns, place);
                Calls.Product<S>(4, inner, columns, fa.Put(a, place), fb.Put(bs, place), c, o);
                fc.CheckAround(4 * columns, place, Sweep.At(o, columns, place));
                for (int r = 0; r < 4; r++)
                    for (int j = 0; j < columns; j++)
                    {
                        double sum = zero, magnitude = 0;
                        for (int k = 0; k < inner; k++)
                        {
                            double p = multiply(a[r * inner + k], bs[k * columns + j]);
                            sum = add(sum, p);
                            magnitude += Math.Abs(p);
                        }
                        double error = sum.Equals(c[r * columns + j]) ? 0 : Math.Abs(c[r * columns + j] - sum);
                        if (!(error <= bound(inner, magnitude))) Assert.Fail(FormattableString.Invariant($"{Sweep.At(o, columns, place)}, inner {inner}: [{r}, {j}] is {c[r * columns + j]}, exact {sum}"));
                    }
            }, 90, n => n < 36 || n % 9 == 0);
        }
        float[] a1 = Data.Floats(52, 50 * 20, low, 10), b1 = Data.Floats(53, 20 * 33, low, 10), spec = new float[50 * 33];
        for (int r = 0; r < 50; r++) Semirings.Product<S>(r, 20, 33, a1, b1, spec);
        Sweep.Threads(o =>
        {
            float[] c = new float[50 * 33];
            Calls.Product<S>(50, 20, 33, a1, b1, c, o);
            Same.Values<float>(spec, c, $"{o.Target} against the plain C#");
            return c;
        });
    }

    // One rounding of the least sum or the largest product, at most u times itself; n products and n additions otherwise.
    [Fact]
    public void Shortest_paths() => Products<MinPlus>(Math.Min, (a, b) => a + b, double.PositiveInfinity, -10, (n, m) => 6e-8 * 20);

    [Fact]
    public void Most_probable_paths() => Products<MaxTimes>(Math.Max, (a, b) => a * b, 0, 0, (n, m) => 6e-8 * 100);

    [Fact]
    public void Ordinary_products() => Products<PlusTimes>((a, b) => a + b, (a, b) => a * b, 0, -10, (n, m) => n * 5.97e-8 * m);

    readonly struct Unknown : ISemiring
    {
        public static float Zero => 0;
        public static float Add(float a, float b) => a + b;
        public static float Multiply(float a, float b) => a * b;
    }

    [Fact]
    public void A_semiring_without_a_clone_is_named_in_the_error() =>
        Assert.Contains(nameof(Unknown), Assert.Throws<NotSupportedException>(() => Calls.Product<Unknown>(1, 1, 1, [1], [1], new float[1], KernelOptions.Default)).Message);
}
