using Kernels.Generators;
using Kernels.Generators.IR;
using Kernels.Generators.Tests.Frontend;
using Kernels.Generators.Tests.Passes;

namespace Kernels.Gpu.Tests.Shaders;

/// Constructs of the language that no shipped kernel has, executed.
public class LanguageShaderTests
{
    static readonly int[] lengths = [0, 1, 2, 63, 64, 255, 256, 257, 1025];

    /// Runs a spec for each length, and returns the error bits of the last.
    static int Same(string members, Func<int, Arguments> make, Func<int, int[]>? grid = null)
    {
        var module = Source.Lower(members);
        var (_, f, _) = Assert.Single(Compiler.Variants(module));
        int errors = 0;
        foreach (int n in lengths)
        {
            int[] blocks = grid?.Invoke(n) ?? [];
            errors = ShaderForms.Same(f, elements: false, $"n = {n}", () => make(n), blocks);
        }
        return errors;
    }

    static float[] Floats(int n, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, n).Select(_ => (float)Values.Usual(random))];
    }

    static int[] Integers(int n, int below) => [.. Enumerable.Range(0, n).Select(k => (int)((uint)k * 2654435761u >> 8) % below)];

    /// Rows further apart than they are long, of a matrix that only a data-dependent index reaches, now and then wrongly.
    [GpuFact]
    public void Views_are_read_and_written_by_row_and_column()
    {
        const string Spec = """
            [Kernel] public static void F([Block] int r, View2<float> m, View2<double> d, ReadOnlySpan<int> index)
            {
                foreach (int c in Lanes.Range(0, m.Columns)) d[r, c] = (double)m[r, index[c]];
            }
            """;
        int errors = Same(Spec, n =>
        {
            int[] index = Integers(n, Math.Max(n, 1));
            if (n > 64) index[64] = 4 * (n + 7);
            return new Arguments().With("m", Floats(3 * (n + 7) + n)).With("m.Rows", 4).With("m.Columns", n).With("m.Stride", (long)(n + 7))
                .With("d", new double[3 * (n + 2) + n]).With("d.Rows", 4).With("d.Columns", n).With("d.Stride", (long)(n + 2)).With("index", index);
        }, n => [4]);
        Assert.Equal(1, errors);
    }

    [GpuFact]
    public void Integer_atomics_of_every_kind_meet()
    {
        const string Spec = """
            [Kernel] public static void F([Block] int r, int length, ReadOnlySpan<int> x, Span<int> least, Span<int> most, Span<uint> sum, Span<uint> bits)
            {
                foreach (int i in Lanes.Range(r * length, Math.Min(r * length + length, x.Length)))
                {
                    int v = x[i], at = v & 7;
                    Atomic.Min(ref least[at], v - 500);
                    Atomic.Max(ref most[at], v - 500);
                    Atomic.Add(ref sum[at], (uint)v);
                    Atomic.Or(ref bits[at], 1u << (v & 31));
                }
            }
            """;
        // Checked indices: nothing says that there are 8 elements.
        Assert.Equal(0, Same(Spec, n => new Arguments().With("length", Math.Max(n / 2, 1)).With("x", Integers(n, 1000)).With("least", new int[8]).With("most", new int[8]).With("sum", new uint[8]).With("bits", new uint[8]), _ => [3]));
        Assert.Equal(1, Same(Spec, n => new Arguments().With("length", Math.Max(n / 2, 1)).With("x", Integers(n, 1000)).With("least", new int[8]).With("most", new int[5]).With("sum", new uint[8]).With("bits", new uint[8]), _ => [3]));
    }

    /// Sums of small integers are exact in any order.
    [GpuFact]
    public void Float_atomics_add_and_compare()
    {
        const string Spec = """
            [Kernel, Nondeterministic] public static void F([Block] int r, ReadOnlySpan<float> x, [Trusted] Span<float> sum, [Trusted] Span<float> most)
            {
                foreach (int i in Lanes.Over(x))
                {
                    Atomic.Add(ref sum[i & 3], x[i]);
                    Atomic.Max(ref most[i & 3], x[i]);
                }
            }
            """;
        Same(Spec, n => new Arguments().With("x", Integers(n, 100).Select(k => (float)k - 50).ToArray()).With("sum", new float[4]).With("most", new float[4]), _ => [5]);
    }

    /// A hash table in scratch; what comes out does not show the order.
    [GpuFact]
    public void Compare_exchange_inserts_once()
    {
        const string Spec = """
            [Kernel] public static void F([Block] int r, ReadOnlySpan<int> keys, Span<int> distinct, Span<int> largest)
            {
                var table = new Scratch<int>(4096);
                foreach (int s in Lanes.Range(0, 4096)) table[s] = -1;
                int added = 0;
                int top = int.MinValue;
                foreach (int i in Lanes.Over(keys))
                {
                    int key = keys[i] + r, slot = (int)(((uint)key * 0x9E3779B9u) >> 20);
                    for (int probe = 0; probe < 4096; probe++)
                    {
                        int before = Atomic.CompareExchange(ref table[slot & 4095], key, -1);
                        if (before == -1) added++;
                        if (before == -1 || before == key) break;
                        slot++;
                    }
                    top = Math.Max(top, key);
                }
                distinct[r] = Lanes.Sum(added);
                largest[r] = Lanes.Max(top);
            }
            """;
        Same(Spec, n => new Arguments().With("keys", Integers(n, 700)).With("distinct", new int[3]).With("largest", new int[3]), _ => [3]);
    }

    /// A combine of three values of different types, used twice in a row, with votes between.
    [GpuFact]
    public void Reductions_of_several_values_and_votes_share_their_memory()
    {
        const string Spec = """
            readonly struct Best(float value, int at, bool any)
            {
                public readonly float Value = value;
                public readonly int At = at;
                public readonly bool Any = any;
                public static Best None => new(float.NegativeInfinity, int.MaxValue, false);
                [Reduction(Identity = nameof(None))]
                public static Best Larger(Best a, Best b) =>
                    new(a.Value > b.Value || a.Value == b.Value && a.At < b.At ? a.Value : b.Value, a.Value > b.Value || a.Value == b.Value && a.At < b.At ? a.At : b.At, a.Any | b.Any);
            }

            [Kernel] public static void F([Block] int r, int length, ReadOnlySpan<float> x, Span<float> value, Span<int> place, Span<int> flags)
            {
                int begin = r * length, end = Math.Min(begin + length, x.Length);
                Best best = Best.None;
                foreach (int i in Lanes.Range(begin, end)) best = Best.Larger(best, new(x[i], i, x[i] == 2.5f));
                Best first = Lanes.Reduce(best, Best.Larger);
                Best second = Best.None;
                foreach (int i in Lanes.Range(begin, end)) second = Best.Larger(second, i == first.At ? Best.None : new(x[i], i, x[i] < -5));
                Best next = Lanes.Reduce(second, Best.Larger);
                bool near = false;
                foreach (LaneRange piece in Lanes.Chunks(begin, end))
                {
                    bool far = false, small = true;
                    foreach (int i in piece) { far |= x[i] > 5.9f; }
                    if (Lanes.Any(far)) { near = true; break; }
                }
                value[2 * r] = first.Value;
                value[2 * r + 1] = next.Value;
                place[2 * r] = first.At;
                place[2 * r + 1] = next.At;
                flags[r] = (first.Any ? 1 : 0) + (next.Any ? 2 : 0) + (near ? 4 : 0);
            }
            """;
        Same(Spec, n =>
        {
            float[] x = Floats(3 * n, n);
            if (n > 2) (x[1], x[n + 2], x[n]) = (2.5f, x[n], x[n]); // a tie, and what the flag looks for
            return new Arguments().With("length", n).With("x", x).With("value", new float[6]).With("place", new int[6]).With("flags", new int[3]);
        }, _ => [3]);
    }

    /// Mesa 22.3 gets `i64(n) < 7` wrong, and so whatever is made of it.
    [GpuTheory]
    [InlineData("(if (Lt 7:i64 t) ((st y:i32:Parameter 2 7)))"), InlineData("(if (Gt t 2:i64) ((st y:i32:Parameter 2 7)))"), InlineData("(if (Ge 2:i64 t) ((st y:i32:Parameter 2 7)))")]
    [InlineData("(if (Le t 2:i64) ((st y:i32:Parameter 2 7)))"), InlineData("(if (Ne t 2:i64) ((st y:i32:Parameter 2 7)))"), InlineData("(if (And (Ge t 0:i64) (Lt t 24:i64)) ((st y:i32:Parameter 2 7)))")]
    [InlineData("(if (Lt (Convert:i64 (Convert:i16 n:i32)) 7:i64) ((st y:i32:Parameter 2 7)))"), InlineData("(st y:i32:Parameter 2 (Convert:i32 (Min t 3:i64)))"), InlineData("(st y:i32:Parameter 2 (Convert:i32 (Max 3:i64 t)))")]
    [InlineData("(lanes i:i32 1:i64 t (st y:i32:Parameter (And i 3) 3))"), InlineData("(for l k:i64 1:i64 t 1 (st y:i32:Parameter (Convert:i32 (And k 3:i64)) 3))")]
    [InlineData("(chunks l b:i64 e:i64 1:i64 t (lanes i:i32 b e (st y:i32:Parameter (And i 3) 3)))"), InlineData("(st! y:i32:Parameter t 3)"), InlineData("(st! y:i32:Parameter 5:i64 3)")]
    public void Widened_integers_compare_with_constants(string body)
    {
        var f = PassTest.Kernel($"(= t:i64 (Convert:i64 n:i32)) {body}", "(val n:i32 Plain) (buf y:i32:Parameter ReadWrite () 0 0)");
        foreach (int n in new[] { -70000, -1, 0, 1, 2, 6, 7, 8, 23, 24, 100, 70000 })
            ShaderForms.Same(f, elements: false, $"n = {n}", () => new Arguments().With("n", n).With("y", new int[5]), []);
    }

    /// Mesa 22.3 makes 0 of a zero that it knows times anything, and of such a zero by anything: also of one that comes out of integers.
    [GpuTheory]
    [InlineData("(Bits:f64 (Sub k:i64 k:i64))"), InlineData("(Convert:f64 (Sub k:i64 k:i64))"), InlineData("(Bits:f64 (And k:i64 0:i64))"), InlineData("(Convert:f64 (Bits:f32 (And n:i32 0)))"), InlineData("0:f64"), InlineData("-0.0:f64")]
    [InlineData("(Select (Lt n:i32 n:i32) 1:f64 0:f64)")]
    public void Zeros_that_a_driver_may_know_are_zeros(string zero)
    {
        double[] x = [1, -2, 0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e308];
        foreach (string operation in new[] { "(Mul a z:f64)", "(Div z:f64 a)", "(Add a z:f64)", "(Sub z:f64 a)", "(Div a z:f64)", "(Fma a z:f64 z)", "(Sqrt z:f64)", "(Neg z:f64)" })
        {
            var f = PassTest.Kernel($"(= k:i64 (Convert:i64 n:i32)) (lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (= z:f64 {zero}) (st y:f64:Parameter i {operation}))", "(val n:i32 Plain) " + PassTest.XY);
            ShaderForms.Same(f, elements: false, operation, () => new Arguments().With("n", 5).With("x", x).With("y", new double[x.Length]), []);
        }
    }

    /// More groups than stand along one axis.
    [GpuFact]
    public void Grids_beyond_65535_groups_are_folded()
    {
        const int Elements = 65536 * 256 + 300, Blocks = 65535 + 300;
        var clamp = Source.Lower("[ElementKernel] public static float F(float x, float low) => x < low ? low : x;");
        var (_, f, _) = Compiler.Variants(clamp).First(v => v.Variant.ScalarInputs is ["low"]);
        var floats = new Arguments().With("low", 1000f).With("x", Enumerable.Range(0, Elements).Select(i => (float)i).ToArray());
        floats.Arrays["result"] = Values.Poisoned(ScalarType.F32, Elements);
        ShaderForms.Run(f, elements: true, "folded elements", floats, [], Elements);
        for (int i = 0; i < Elements; i++)
            if (floats.Arrays["result"][i] != SoftFloat.Bits(Math.Max(i, 1000f))) Assert.Fail($"element {i} is {SoftFloat.ToSingle((uint)floats.Arrays["result"][i])}");

        var blocks = Source.Lower("[Kernel, Lanes(4)] public static void F([Block] int b, Span<int> y) { foreach (int i in Lanes.Range(0, 4)) y[4 * b + i] = 3 * b + i; }");
        var integers = new Arguments();
        integers.Arrays["y"] = Values.Poisoned(ScalarType.I32, 4 * Blocks);
        ShaderForms.Run(Assert.Single(Compiler.Variants(blocks)).Function, elements: false, "folded blocks", integers, [Blocks]);
        for (int i = 0; i < 4 * Blocks; i++)
            if ((int)integers.Arrays["y"][i] != 3 * (i / 4) + i % 4) Assert.Fail($"element {i} is {(int)integers.Arrays["y"][i]}");
    }
}
