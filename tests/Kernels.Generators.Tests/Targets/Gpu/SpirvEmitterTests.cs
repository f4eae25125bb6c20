using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// The structure of single shaders, and what is refused.
public class SpirvEmitterTests
{
    const string Load = "(= a:f64 (@ x:f64:Parameter i))", Store = "(st y:f64:Parameter i a)";
    static string Lanes(string body) => $"(lanes i:i32 0 x.Length:i32 {body})";

    static SpirvReader Emit(string body, string parameters = XY, string schedule = "", GpuForm form = GpuForm.Tree) => new(Shader(body, parameters, schedule, form).Words);

    static GpuModule Shader(string body, string parameters = XY, string schedule = "", GpuForm form = GpuForm.Tree) => SmallShaders.Emit(Kernel(body, parameters, schedule: schedule), form: form);

    [Fact]
    public void A_barrier_stands_between_loops_that_meet_in_memory_and_nowhere_else()
    {
        Assert.Equal(0, Emit(Lanes(Load + Store)).Count(SpirvOp.ControlBarrier));
        string second = "(lanes k:i32 0 x.Length:i32 (= b:f64 (@ y:f64:Parameter (Sub (Sub x.Length:i32 k) 1))) (st y k b))";
        var words = Emit(Lanes(Load + Store) + second);
        Assert.Equal(1, words.Count(SpirvOp.ControlBarrier));
        Assert.Single(words.Decorations(SpirvDecoration.Coherent));
        Assert.Equal(0, Emit(Lanes(Load + Store) + "(lanes k:i32 0 x.Length:i32 (= b:f64 (@ x:f64:Parameter k)) (= c:f64 b))").Count(SpirvOp.ControlBarrier));
    }

    /// Thread 0 stores what all threads computed, behind a barrier if they read that array.
    [Fact]
    public void A_uniform_store_is_one_threads()
    {
        Assert.Equal(0, Emit("(st y:f64:Parameter 0 (@ x:f64:Parameter 0))" + Lanes(Load)).Count(SpirvOp.ControlBarrier));
        Assert.Equal(1, Emit("(st y:f64:Parameter 0 (Add (@ y 0) 1:f64))" + Lanes(Load)).Count(SpirvOp.ControlBarrier));
        Assert.Equal(1, Emit("(for l k:i32 0 4 1 (st y:f64:Parameter k (Add (@ y k) 1:f64)))" + Lanes("(= a:f64 1:f64)")).Count(SpirvOp.ControlBarrier) - 1); // the load in the next trip, then the store
    }

    /// Reductions in a row write to two places in turn: each waits for its own values only. In a loop the first of a trip waits for the readers of the trip before, too.
    [Fact]
    public void In_waves_a_reduction_or_a_vote_waits_once()
    {
        const string Add = "(function c Helper ((val p:f64 Plain) (val q:f64 Plain)) (z:f64) () () () (= z:f64 (Add p:f64 q:f64)))", Once = $"(reduce (r:f64) (s:f64) {Add})";
        string start = "(= s:f64 0:f64) " + Lanes(Load + "(= s:f64 (Add s:f64 a))"), vote = "(if (Any (Gt s:f64 1:f64)) ((= r:f64 1:f64))) ";
        int Barriers(string body) => Emit("(= r:f64 0:f64) " + start + body, form: GpuForm.Wave).Count(SpirvOp.ControlBarrier);
        Assert.Equal([1, 2, 3, 4], Enumerable.Range(1, 4).Select(k => Barriers(string.Concat(Enumerable.Repeat(Once, k)))));
        Assert.Equal([1, 2, 3], Enumerable.Range(1, 3).Select(k => Barriers(string.Concat(Enumerable.Repeat(vote, k)))));
        Assert.Equal(2, Barriers(Once + vote));
        Assert.Equal(2, Barriers($"(for l k:i32 0 4 1 {Once})"));
        Assert.Equal(3, Barriers($"(for l k:i32 0 4 1 {Once} {Once})"));
        Assert.Equal(4, Barriers($"{Once} (if (Gt r:f64 0:f64) ({Once}) ({Once})) {Once}"));
        Assert.Equal(6, Barriers($"{Once} (if (Gt r:f64 0:f64) ({Once}) ({Once} {Once})) {Once}")); // behind it either place may still be read
    }

    /// One place of a reduction is L values, a vote's a word for each wave of at least four threads; both have two, once there are two in a row.
    [Fact]
    public void What_waves_share_is_counted()
    {
        const string Add = "(reduce (r:f64) (s:f64) (function c Helper ((val p:f64 Plain) (val q:f64 Plain)) (z:f64) () () () (= z:f64 (Add p:f64 q:f64))))";
        string start = "(= s:f64 0:f64) " + Lanes(Load + "(= s:f64 (Add s:f64 a))"), vote = "(if (Any (Gt s:f64 1:f64)) ((= s:f64 1:f64))) ";
        int Shared(string body) => Shader(start + body, schedule: "0 64 0 0 0 0 0 0 0", form: GpuForm.Wave).Layout.SharedBytes;
        Assert.Equal([512, 1024, 1024], new[] { Add, Add + Add, Add + Add + Add }.Select(Shared));
        Assert.Equal([64, 128, 128], new[] { vote, vote + vote, vote + vote + vote }.Select(Shared));
    }

    /// Mesa decides wrongly on a widened integer and a constant: one operand is always made with a word that only the host knows.
    [Fact]
    public void No_signed_64_bit_comparison_sees_a_constant()
    {
        var words = Emit("(= t:i64 (Convert:i64 x.Length:i32)) (if (Lt t 7:i64) ((st y:f64:Parameter 0 1:f64)))" + Lanes(Load));
        uint compared = Assert.Single(words.All(SpirvOp.SLessThan).Select(c => c[3]), id => words.All(SpirvOp.BitwiseOr).Any(o => o[1] == id));
        Assert.DoesNotContain(words.All(SpirvOp.Constant), c => c[1] == compared);
    }

    [Fact]
    public void Push_constants_stand_in_order_each_at_its_alignment()
    {
        var layout = Shader(Lanes(Load + Store), "(val n:i32 Plain) (val s:f64 Plain) (val row:i32 BlockIndex) " + XY).Layout;
        (string, int)[] expected = [("n", 0), ("s", 8), ("row.Grid", 16), ("x.Length", 20), ("y.Length", 24), ("grid", 28)];
        Assert.Equal(expected, layout.PushConstants.Select(c => (c.Name, c.Offset)));
        Assert.Equal(32, layout.PushBytes);
    }

    [Fact]
    public void Leaving_an_outer_loop_from_an_inner_one_is_structured() =>
        Emit(Lanes($"{Load} (for p k:i32 0 3 1 (block b (for q m:i32 0 4 1 (if (Lt a (Convert:f64 m)) ((leave p))) (if (Gt a 9:f64) ((leave b))) (if (Eq a 5:f64) ((leave q)))) (= a (Add a 1:f64)))) {Store}"));

    [Fact]
    public void NaN_tests_look_at_bits()
    {
        var words = Emit(Lanes(Load + "(if (Ne a a) ((= a 0:f64))) " + Store));
        Assert.Equal(0, words.Count(SpirvOp.FUnordNotEqual));
    }

    /// A zero the driver knows makes 0 of 0 * infinity.
    [Fact]
    public void No_constant_is_a_float_zero_that_arithmetic_sees()
    {
        var words = Emit(Lanes(Load + "(= a (Mul a 0:f64)) " + Store));
        uint type = words.All(SpirvOp.TypeFloat).First(t => t[1] == 64)[0];
        var zeros = words.All(SpirvOp.Constant).Where(c => c[0] == type && c[2] == 0 && c[3] == 0).Select(c => c[1]).ToHashSet();
        Assert.DoesNotContain(words.Instructions, i => i.Op is SpirvOp.FMul or SpirvOp.FAdd && i.Operands.Skip(2).Any(zeros.Contains));
    }

    [Theory]
    [InlineData("(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (= a (Rem a 3:f64)) (st y:f64:Parameter i a))", "Rem of F64")]
    [InlineData("(array s:f64:Scratch x.Length:i32) (lanes i:i32 0 x.Length:i32 (st s i 1:f64))", "'s' is not a constant")]
    [InlineData("(array s:f64:Scratch 4097) (lanes i:i32 0 4 (st s i 1:f64))", "more than 32768 bytes")]
    public void What_has_no_form_is_refused_with_a_reason(string body, string reason)
    {
        var (shader, refusal) = SpirvEmitter.Emit(Kernel(body), elements: false);
        Assert.Null(shader);
        Assert.Contains(reason, refusal!.Reason);
    }

    [Fact]
    public void Too_many_push_constants_are_refused()
    {
        string many = string.Join(" ", Enumerable.Range(0, 16).Select(k => $"(val a{k}:f64 Plain)"));
        Assert.Contains("bytes of push constants", SpirvEmitter.Emit(Kernel(Lanes(Load + Store), many + " " + XY), false).Refusal!.Reason);
    }
}
