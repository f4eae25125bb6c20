using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Tests.Frontend;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

/// What a binned lane loop becomes, and that it means the same on any number of lanes: maps and accumulators, bit for bit.
public class BinningTests
{
    /// Everything is worth binning, and three blocks are soon full.
    static readonly Binning.Limits all = new(Worth: 0, Block: 128);

    static string Case(string name, string value) => $"(function {name} Helper ((val {name}v:f64 Plain) (val {name}u:f64 Plain)) ({name}r:f64) () () () (= {name}r {value}))";

    /// region: of x: 0, 1, 2 by its value, out of range where it is infinite. values: two.
    static string Dispatch(string result, string region, string values, string more = "") =>
        $"(dispatch ({result}:f64) {region} ({values}) {Case("a" + more, $"(Add a{more}v 1:f64)")} {Case("b" + more, $"(Mul b{more}v b{more}u)")} {Case("c" + more, $"(Sub c{more}u c{more}v)")})";

    const string Region = "(Select (Lt (@ x i) 0:f64) 0 (Select (Lt (@ x i) 2:f64) 1 (Select (Lt (@ x i) 5:f64) 2 -7)))";

    static void Same(string body, int parts, string parameters = XY, Func<int, Func<Arguments>>? arguments = null)
    {
        var f = Kernel(body, parameters);
        var module = Binning.Run(f, all);
        Assert.True(module.Helpers.Count == parts, PrettyPrinter.Print(module.Kernel));
        Assert.Empty(Verifier.Check(f));
        Assert.Empty(Verifier.Check(module, Stage.Predicated));
        foreach (int n in new[] { 0, 1, 5, 127, 128, 129, 300 })
            foreach (int lanes in new[] { 1, 4, 16 })
            {
                Arguments one = (arguments ?? (n => Doubles(n)))(n)(), two = (arguments ?? (n => Doubles(n)))(n)();
                Outcome first = new Interpreter(f, lanes).Run(one), second = new Interpreter(module, lanes, checkRaces: true).Run(two);
                Assert.True(first.Failure is null && second.Failure is null, first.Failure + second.Failure);
                Assert.Empty(second.Races);
                foreach (string name in one.Arrays.Keys) Assert.True(one.Arrays[name].SequenceEqual(two.Arrays[name]), $"{name} differs, {n} elements on {lanes} lanes:\n{PrettyPrinter.Print(module)}");
            }
    }

    [Fact]
    public void A_loop_runs_block_by_block_and_case_by_case()
    {
        var module = Binning.Run(Kernel($"(lanes i:i32 0 x.Length:i32 {Dispatch("t", Region, "(@ x i) 3:f64")} (st y i t))"), all);
        Assert.Equal(0, module.Kernel.Count<Dispatch>());
        Assert.Equal(2, module.Kernel.Count<LaneLoop>());
        Assert.Equal(1 + 3 * 5, module.Kernel.Count<Call>()); // what most are; each case twice, and pick, gather, scatter
        Assert.Equal(["pick", "case0", "case1", "case2", "gather_f64", "scatter_f64"], module.Helpers.Select(h => h.Name));
        // x is read where it lies: of the block's arrays only the regions, the list, its length, the results, and what is gathered and scattered are there.
        Assert.Equal(6, module.Kernel.Body.Statements().OfType<DeclareArray>().Count(d => d.Buffer.Storage == Storage.Stack));
    }

    [Theory]
    [InlineData("(st y i t)")]                                                                              // a map
    [InlineData("(if (Gt t 0:f64) ((st y i (Mul t (@ x i)))))")]
    [InlineData("(st y i (Add t live))")]                                                                   // a value over the dispatch
    [InlineData("(st y i (Select flag t (Add t uniform)))")]                                                // a Bool, a uniform value
    [InlineData("(st y i t) (if (Gt t 1:f64) ((= live (Mul t 2:f64)))) (st y i live)")]                     // assigned on both sides
    public void The_rest_gets_its_values(string rest) => Same(
        $"(= n:f64 4:f64) (lanes i:i32 0 x.Length:i32 (= uniform:f64 (Mul n 3:f64)) (= live:f64 (Sqrt (Abs (@ x i)))) (= flag:b (Lt (@ x i) 1:f64)) {Dispatch("t", Region, "(Add (@ x i) live) uniform")} {rest})", 6);

    [Fact]
    public void Accumulators_add_up_in_the_same_order() => Same(
        $"(= s:f64 0:f64) (= m:f64 0:f64) (lanes i:i32 0 x.Length:i32 (= m (Max m (@ x i))) {Dispatch("t", "(Select (Lt (@ x i) 0:f64) 0 2)", "(@ x i) 0.1:f64")} (= s (Add s t)) (st y i t))" +
        " (reduce (total:f64) (s) (function \"plus\" Helper ((val p:f64 Plain) (val q:f64 Plain)) (w:f64) () () () (= w (Add p q)))) (st z 0 total)", 6,
        XY + "(buf z:f64:Parameter Write () 0 0)", n => () => new Arguments().With("x", Enumerable.Range(0, n).Select(k => Math.Sin(k)).ToArray()).With("y", new double[n]).With("z", new double[1]));

    [Fact]
    public void Dispatches_follow_each_other() => Same(
        $"(lanes i:i32 0 x.Length:i32 {Dispatch("t", Region, "(@ x i) 3:f64")} (= k:i32 (Select (Lt t 0:f64) 0 1)) {Dispatch("u", "k", "t (@ x i)", "2")} (st y i (Add u t)))", 10);

    [Fact]
    public void Elements_of_structs() => Same(
        $"(lanes i:i32 0 y.Length:i32 (= re:f64 (@ x (Mul i 2))) (= im:f64 (@ x (Add (Mul i 2) 1))) {Dispatch("t", "(Select (Lt re im) 0 1)", "re im")} (st y i t))", 6, arguments: n => Doubles(2 * n, n));

    [Fact]
    public void In_place() => Same($"(lanes i:i32 0 x.Length:i32 (= v:f64 (@ x i)) {Dispatch("t", Region, "v (@ x i)")} (st y i (Add t v)))", 6,
        "(buf x:f64:Parameter Read () 0 0) (buf y:f64:Parameter Write x 0 0)", n => () => { var a = Doubles(n)(); a.Arrays["y"] = a.Arrays["x"]; return a; });

    [Fact]
    public void A_part_of_a_range() => Same($"(= e:i32 (Sub x.Length:i32 1)) (lanes i:i32 1 e {Dispatch("t", Region, "(@ x (Add i 1)) (@ x (Sub i 1))")} (st y i t))", 6);

    [Theory]
    [InlineData("(if (Gt (@ x i) 0:f64) (DISPATCH (st y i t)))")]                        // not in the loop's own list
    [InlineData("(= s (Add s (@ x i))) DISPATCH (= s (Add s t))")]                       // an accumulator on both sides
    [InlineData("(atomic () Add y i 1:f64 ()) DISPATCH (atomic () Add y i t ())")]
    [InlineData("(array own:f64:Lane 4) (st own 0 (@ x i)) DISPATCH (st y i (@ own 0))")]
    public void What_would_change_the_order_stays(string body) =>
        Assert.Empty(Binning.Run(Kernel($"(= s:f64 0:f64) (lanes i:i32 0 x.Length:i32 {body.Replace("DISPATCH", Dispatch("t", Region, "(@ x i) 3:f64"))})"), all).Helpers);

    [Fact]
    public void Short_cases_stay_branches()
    {
        var f = Kernel($"(lanes i:i32 0 x.Length:i32 {Dispatch("t", Region, "(@ x i) 3:f64")} (st y i t))");
        Assert.Equal(f, Binning.Run(f).Kernel);
    }

    [Theory]
    [InlineData("Half")]
    [InlineData("BFloat16")]
    public void What_is_gathered_may_be_of_a_type_of_memory(string type)
    {
        var f = PassList.Run(Source.Lower($$"""
            [ElementKernel] static {{type}} F({{type}} x) => ({{type}})Piece((float)x < 0 ? 0 : 1, (float)x);
            [Compact] static float Piece(int region, float x) => region switch { 0 => 2 * x, _ => x + 1 };
            """), [false]).Function;
        var module = Binning.Run(f, all);
        Assert.NotEmpty(module.Helpers);
        Assert.Empty(Verifier.Check(module, Stage.Predicated)); // no local of such a type
    }

    [Theory]
    [InlineData("Table[KernelMath.ToInt32InRange(KernelMath.Floor(x))] + x")]
    [InlineData("Inner(x < 2 ? 0 : 1, x)")] // in a case inside the case
    public void A_case_that_reads_where_its_arguments_say_sees_only_its_own(string first)
    {
        var f = PassList.Run(Source.Lower($$"""
            static readonly double[] Table = [1, 2, 3, 4];
            [ElementKernel] static double F(double x) => Piece(x >= 0 && x < 4 ? 0 : 1, x);
            [Compact] static double Piece(int region, double x) => region switch { 0 => {{first}}, _ => x + 1 };
            [Compact] static double Inner(int region, double x) => region switch { 0 => x, _ => Table[KernelMath.ToInt32InRange(KernelMath.Floor(x))] - x };
            """), [false]).Function;
        var module = Binning.Run(f, all);
        Assert.Contains(module.Helpers, h => h.Constants.Count > 0); // once left in the case, where nothing declared it
        // Nearly all of a block is of the first region: the others' places must not be read.
        Arguments Make() => new Arguments().With("x", Enumerable.Range(0, 256).Select(k => k % 50 == 7 ? 1e9 : k % 4 + 0.25).ToArray()).With("result", new double[256]);
        Arguments one = Make(), two = Make();
        Assert.Null(new Interpreter(f, 4).Run(one).Failure);
        Assert.Null(new Interpreter(module, 4, checkRaces: true).Run(two).Failure);
        Assert.Equal(one.Arrays["result"], two.Arrays["result"]);
    }

    [Fact]
    public void A_case_has_the_vectors_of_the_function_it_calls()
    {
        var module = Source.Lower("""
            [ElementKernel] static double F(double x) => Piece(x < 0 ? 0 : x < 1 ? 1 : 2, x);
            [Compact, Schedule(Vectors = 2)] static double Piece(int region, double x) => region switch { 0 => One(x) + x, 1 => x * x, _ => 2 * One(x) };
            [Schedule(Vectors = 4)] static double One(double x) => x + 1;
            """);
        var f = PassList.Run(module, [false]).Function;
        Assert.Equal([4, 2, 4], f.Body.Statements().OfType<Dispatch>().Single().Cases.Where((_, k) => k != 3).Select(c => c.Schedule.Vectors));
        Assert.Equal([0, 4, 2, 4, 0, 0], Binning.Run(f, all).Helpers.Select(h => h.Schedule.Vectors));
    }
}
