using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Kernels.Generators.Tests.Passes;

namespace Kernels.Gpu.Tests.Shaders;

/// The wave form against the tree form and the interpreter: groups of every size, values of every type, and memory used again in every order.
public class WaveFormTests
{
    static readonly int[] groups = [4, 8, 16, 64, 256, 1024];

    /// A combine that tells every order from every other: not associative, not commutative; and not growing.
    const string Ordered = "(function c Helper ((val p:f64 Plain) (val q:f64 Plain)) (z:f64) () () () (= z:f64 (Sub (Mul p:f64 0.625:f64) (Mul q:f64 0.25:f64))))";

    static string Combine(string type, string op) => $"(function c Helper ((val p:{type} Plain) (val q:{type} Plain)) (z:{type}) () () () (= z:{type} ({op} p:{type} q:{type})))";

    static string Lanes(string body) => $"(lanes i:i32 0 x.Length:i32 {body})";

    /// Finite: with NaN or infinity among them all results would be alike.
    static Func<Arguments> Doubles(int n) => () =>
    {
        var random = new Random(n);
        return new Arguments().With("x", Enumerable.Range(0, n).Select(_ => random.NextDouble() * 8 - 4).ToArray()).With("y", new double[n + 40]);
    };

    /// Runs a kernel over x and y of doubles. Returns how many group sizes had a wave form here.
    static int Same(string body)
    {
        int waves = 0;
        foreach (int size in groups)
        {
            var f = PassTest.Kernel(body, schedule: $"0 {size} 0 0 0 0 0 0 0");
            foreach (int n in new[] { 0, 1, 3, size - 1, size, size + 1, 3 * size + 2 })
                ShaderForms.Same(f, elements: false, $"{size} threads, n = {n}", Doubles(n), []);
            if (ShaderForms.Usable(ShaderForms.Emit(f, false, GpuForm.Wave)) is not null) waves++;
        }
        return waves;
    }

    const string Load = "(= a:f64 (@ x:f64:Parameter i))", Sum = "(= s:f64 0:f64) ";
    static string Store(int at, string value = "r:f64") => $"(st y:f64:Parameter (Add x.Length:i32 {at}) {value})";

    [GpuFact]
    public void The_order_of_the_combine_is_the_trees() =>
        Expect(Same($"{Sum} {Lanes(Load + "(= s:f64 (Add s:f64 a))")} (reduce (r:f64) (s:f64) {Ordered}) {Store(0)}"));

    [GpuTheory, InlineData("i32", "Add"), InlineData("u32", "Max"), InlineData("i64", "Min"), InlineData("u64", "Add"), InlineData("f32", "Add"), InlineData("f64", "MaxOrSecond"), InlineData("b", "Xor")]
    public void Values_of_every_type_are_exchanged(string type, string op)
    {
        var (value, start, back) = type == "b" ? ("(Lt a:f64 1:f64)", "(Lt 1:f64 0:f64)", "(Select r:b 1:f64 2:f64)") : ($"(Convert:{type} (Mul a:f64 30:f64))", $"(Convert:{type} 0)", $"(Convert:f64 r:{type})");
        if (type == "f64") (value, start, back) = ("a:f64", "0:f64", "r:f64");
        Expect(Same($"(= s:{type} {start}) {Lanes($"{Load} (= s:{type} {value})")} (reduce (r:{type}) (s:{type}) {Combine(type, op)}) {Store(0, back)}"));
    }

    /// The two places take turns, in straight lines, loops and branches.
    [GpuFact]
    public void Memory_is_used_again()
    {
        string once = $"(reduce (r:f64) (s:f64) {Ordered})", fill = Lanes(Load + "(= s:f64 (Add (Mul s:f64 0.25:f64) (Mul a r:f64)))");
        string start = $"{Sum} (= r:f64 1:f64) {fill} {once}";
        Expect(Same(start + Store(0) + fill + once + Store(1) + fill + once + Store(2)));
        Expect(Same(start + $"(for l k:i32 0 5 1 {fill} {once} (st y:f64:Parameter (Add x.Length:i32 k:i32) r:f64) {fill} {once}) {Store(6)}"));
        Expect(Same(start + $"(if (Lt r:f64 0:f64) ({fill} {once} {fill} {once}) ({fill} {once})) {fill} {once} {Store(0)}"));
        Expect(Same(start + $"(for l k:i32 0 5 1 {fill} {once} (if (Lt r:f64 0:f64) ({fill} {once}))) {Store(0)}"));
    }

    /// One lane, in the first wave or the last, makes them differ; every thread shows what it was told.
    [GpuFact]
    public void Votes_are_counted_over_all_waves()
    {
        string flag(string which) => $"(= any:b (Lt 1:f64 0:f64)) (= all:b (Lt 0:f64 1:f64)) {Lanes($"(= any:b (Or any:b (Eq i {which}))) (= all:b (And all:b (Ne i {which})))")}";
        string count = "(= c:f64 (Add (Mul c:f64 3:f64) (Select (Any any:b) 1:f64 0:f64))) (= c:f64 (Add (Mul c:f64 3:f64) (Select (All all:b) 1:f64 0:f64)))";
        string told = Lanes("(st y:f64:Parameter i c:f64)"), nobody = "1048576", last = "(Sub x.Length:i32 1)";
        Expect(Same($"(= c:f64 0:f64) {flag("0")} {count} {flag(nobody)} {count} {flag(last)} {count} {told}"));
        Expect(Same($"(= c:f64 0:f64) (for l k:i32 0 4 1 {flag("0")} {count} {flag(nobody)} {count} (if (Any any:b) ({flag(last)} {count}) ({flag("0")} {count}))) {told}"));
    }

    /// Waves of four threads, which lavapipe has with narrower vectors. (Its other sizes it does not have; 32 and 64 were run on no device.)
    [GpuFact]
    public void No_size_of_waves_is_taken_for_granted()
    {
        if (!GpuDevice.GetDefault().Capabilities.Driver.StartsWith("llvmpipe", StringComparison.Ordinal)) return;
        var result = Child.Start("waves", ("LP_NATIVE_VECTOR_WIDTH", "128"));
        Assert.Equal((0, $"4: {All()}"), (result.ExitCode, result.Output));
    }

    /// Everything above but the types; 'all right' if something was dispatched.
    internal static string All()
    {
        var tests = new WaveFormTests();
        int before = ShaderRun.Dispatches;
        tests.The_order_of_the_combine_is_the_trees();
        tests.Memory_is_used_again();
        tests.Votes_are_counted_over_all_waves();
        return ShaderRun.Dispatches > before ? "all right" : "nothing was run";
    }

    static void Expect(int waves)
    {
        var device = GpuDevice.GetDefault().Capabilities;
        Assert.Equal(groups.Count(size => device.RunsWaves(size, 4)), waves);
    }
}
