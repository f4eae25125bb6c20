using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// A test that needs a C++ compiler.
sealed class CppFactAttribute : FactAttribute
{
    public CppFactAttribute() => Skip = HlslAsCpp.Missing;
}

/// What HLSL texts say, executed as C++ and compared with the interpreter on as many lanes as the group has threads, bit for bit; NaNs are one value.
[Trait("Levels", "no")]
public class HlslRunTests
{
    const string Integers = "(buf x:i32:Parameter Read () 0 0) (buf y:i32:Parameter ReadWrite () 0 0)", LoadI = "(= a:i32 (@ x:i32:Parameter i))";
    static string Lanes(string body) => $"(lanes i:i32 0 x.Length:i32 {body})";

    static Arguments Same(string body, string parameters, Func<Arguments> make)
    {
        var f = Kernel(body, parameters);
        var shader = SmallShaders.Emit(f);
        Arguments expected = make(), actual = make();
        Assert.Null(new Interpreter(f, shader.Layout.LocalSize).Run(expected).Failure);
        using (var run = new HlslAsCpp(shader)) run.Run(0, actual, []);
        foreach (var p in f.Parameters.OfType<BufferParameter>())
        {
            ulong One(ulong bits) => p.Buffer.Element.IsFloat() && SoftFloat.IsNaN(p.Buffer.Element, bits) ? SoftFloat.NaNBits(p.Buffer.Element) : bits;
            Assert.Equal(expected.Arrays[p.Buffer.Name].Select(One), actual.Arrays[p.Buffer.Name].Select(One));
        }
        return actual;
    }

    static readonly double[] doubles = [0, -0.0, 0.3, -0.3, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370495.5, -4503599627370495.5, 4503599627370496, 9007199254740993, 1e300, -1e300,
        5e-324, -5e-324, 2.2e-308, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 123456.75, -7, 8.999999999999998];

    [CppFact]
    public void Doubles_are_rounded_as_asked()
    {
        foreach (string op in new[] { "Round", "Truncate", "Floor", "Ceiling" })
            Same($"(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (st y:f64:Parameter i ({op} a)))", XY, () => new Arguments().With("x", doubles).With("y", new double[doubles.Length]));
    }

    /// HlslFunctions says 0.51 ULP. The remainder x - r² is exact in a fused multiply-add, and r is off by it over 2 r.
    [CppFact]
    public void Roots_of_double_are_within_their_bound()
    {
        var random = new Random(1);
        double[] x = [.. doubles, .. Enumerable.Range(0, 4000).Select(_ => BitConverter.UInt64BitsToDouble((ulong)random.NextInt64() & 0x7FFFFFFFFFFFFFFF)), .. Enumerable.Range(1, 500).Select(k => (double)k * k)];
        var f = Kernel("(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (st y:f64:Parameter i (Sqrt a)))");
        var shader = SmallShaders.Emit(f);
        var arguments = new Arguments().With("x", x).With("y", new double[x.Length]);
        using (var run = new HlslAsCpp(shader)) run.Run(0, arguments, []);
        double worst = 0;
        for (int k = 0; k < x.Length; k++)
        {
            double r = BitConverter.UInt64BitsToDouble(arguments.Arrays["y"][k]), right = Math.Sqrt(x[k]);
            if (!double.IsNormal(right))
            {
                Assert.True(double.IsNaN(right) ? double.IsNaN(r) : BitConverter.DoubleToInt64Bits(r) == BitConverter.DoubleToInt64Bits(right), $"the root of {x[k]:R} is {r:R}");
                continue;
            }
            double scale = x[k] < 1e-280 ? Math.ScaleB(1, 400) : 1, scaled = r * Math.Sqrt(scale); // so that the remainder does not underflow
            double rest = Math.FusedMultiplyAdd(-scaled, scaled, x[k] * scale);
            worst = Math.Max(worst, Math.Abs(rest / (2 * scaled)) / (Math.BitIncrement(scaled) - scaled));
        }
        Assert.InRange(worst, 0.1, 0.51);
    }

    [CppFact]
    public void Integers_divide_shift_and_compare_as_signed() =>
        Same(Lanes(LoadI + "(= q:i32 (Div a 7)) (= r:i32 (Rem a 7)) (= s:i32 (Shr a 3)) (= c:i32 (Select (Lt a -5) 1 0)) (st y:i32:Parameter i (Add (Mul q 31) (Add r (Xor s c))))"), Integers,
            () => new Arguments().With("x", new[] { 0, 1, -1, 6, 7, 8, -6, -7, -8, int.MaxValue, int.MinValue, 100000 }).With("y", new int[12]));

    [CppFact]
    public void Reductions_atomics_and_loops_meet_in_memory()
    {
        int[] x = [.. Enumerable.Range(0, 1000).Select(k => (k * 7919) % 1001 - 500)];
        string add = "(function add Helper ((val a:i32 Plain) (val b:i32 Plain)) (r:i32) () () () (= r (Add a b)))";
        Same($"(= s:i32 0) {Lanes(LoadI + "(= s (Add s a)) (atomic () Add y:i32:Parameter 1 a ()) (atomic () Min y 2 a ()) (atomic () Max y 3 a ())")} (reduce (t:i32) (s) {add}) (st y:i32:Parameter 0 t) "
            + "(lanes k:i32 4 y.Length:i32 (st y k (Sub (@ x:i32:Parameter k) t)))", Integers, () => new Arguments().With("x", x).With("y", new int[1000]));
    }

    [CppFact]
    public void Locals_keep_their_values_from_trip_to_trip() =>
        Same(Lanes(LoadI + "(= n:i32 0) (for l k:i32 0 6 1 (if (Eq (And k 1) 0) ((= m:i32 (Add k a))) ((= m (Sub k a)))) (if (Gt k 3) ((= n (Add n m)) (if (Gt n 40) ((leave l)))) ((= n (Xor n m))))) (st y:i32:Parameter i n)"), Integers,
            () => new Arguments().With("x", Enumerable.Range(-20, 300).ToArray()).With("y", new int[300]));
}
