using Kernels.Generators.IR;

namespace Kernels.Generators.Tests.IR;

/// One program for each rule, wrong in that alone: the verifier says so, and says nothing else.
public class VerifierTests
{
    const string Parameters = "(buf x:f32:Parameter Read () 0 0) (buf y:f32:Parameter Write () 0 0) (buf z:i32:Parameter ReadWrite () 0 0) (buf h:f16:Parameter ReadWrite () 0 0) (val n:i32 Plain)";

    static Function Kernel(string body, string parameters = Parameters) => IRText.ParseFunction($"kir1 (function K Kernel ({parameters}) () () () () {body})");

    const string Add = "(function add Helper ((val a:f32 Plain) (val b:f32 Plain)) (r:f32) () () () (= r (Add a b)))";

    [Theory]
    [InlineData("(= s:f32 0:f32) (lanes i:i32 0 n (= s (Add s (@ x i)))) (reduce (t:f32) (s) ADD) (lanes j:i32 0 n (st y j (Mul (@ x j) t)))")]
    [InlineData("(lanes i:i32 0 n (st h i (Convert:f16 (Add (Convert:f32 (@ h i)) 1:f32))))")]
    [InlineData("(lanes i:i32 0 n (block b (if (Gt (@ x i) 0:f32) ((= v:f32 1:f32)) ((leave b))) (st y i v)))")]
    [InlineData("(= c:i32 0) (lanes i:i32 0 n (append z c i))")]
    [InlineData("(loop l (= v:i32 1) (if (Gt n 3) ((leave l))) (leave l)) (st z 0 v)")]
    [InlineData("(= hit:b 0:b) (chunks c p:i32 q:i32 0 n (lanes i:i32 p q (= hit (Or hit (Lt (@ x i) 0:f32)))) (if (Any hit) ((leave c))))")]
    [InlineData("(lanes i:i32 0 n (for f k:i32 1 9 1 (st z i (Rem i k))))")]
    [InlineData("(array t:f32:Scratch n) (lanes i:i32 0 n (array a:f32:Lane 4) (st a (And i 3) (@ x i)) (st t i (@ a 0)))")]
    public void A_right_program_has_no_violation(string body)
    {
        foreach (var stage in Enum.GetValues<Stage>()) Assert.Empty(Verifier.Check(Kernel(body.Replace("ADD", Add)), stage));
    }

    [Theory]
    [InlineData("(= a:f32 (Add:f32 n n))", "Add of I32, I32 to F32")]
    [InlineData("(= a:i32 (Add n 1:i64))", "Add of I32, I64")]
    [InlineData("(= a:f32 (Neg 1:f32 2:f32))", "Neg has 2 operands")]
    [InlineData("(= a:i32 (Shl n 1:u32))", "Shl of I32, U32")]
    [InlineData("(= a:i32 (Sqrt n))", "Sqrt of I32")]
    [InlineData("(= a:b (Lt 1:b 0:b))", "Lt of Bool")]
    [InlineData("(= a:i32 (Select n n n))", "Select of I32")]
    [InlineData("(= a:i64 (Bits:i64 n))", "Bits of I32 to I64")]
    [InlineData("(= a:i32 (ConvertInRange:i32 n))", "ConvertInRange of I32")]
    [InlineData("(= a:f32 n)", "the value of an assignment is I32 instead of F32")]
    [InlineData("(= a:i32 0x100000000)", "is wider than that")]
    [InlineData("(= a:i32 1) (= a:f32 1:f32)", "'a' is I32 and F32")]
    [InlineData("(= a:f16 (@ h 0))", "memory type F16")]
    [InlineData("(lanes i:i32 0 n (st h i (Select (Lt i 3) (@ h i) (@ h i))))", "memory type F16", "Select of Bool, F16")]
    [InlineData("(st z 0 a:i32)", "'a' is read where it may not be assigned")]
    [InlineData("(if (Gt n 3) ((= a:i32 1))) (st z 0 a:i32)", "'a' is read where")]
    [InlineData("(for f k:i32 0 n 1 (= a:i32 1)) (st z 0 a)", "'a' is read where")]
    [InlineData("(leave out)", "Nothing encloses")]
    [InlineData("(block b (lanes i:i32 0 n (leave b)))", "left out of a lane loop")]
    [InlineData("(block b (block b))", "enclose each other")]
    [InlineData("(lanes i:i32 0 n (return))", "return out of a lane loop")]
    [InlineData("(lanes i:i32 0 n (lanes j:i32 0 n))", "lane loop stands in a lane loop")]
    [InlineData("(lanes i:i32 0 n (chunks c p:i32 q:i32 0 n))", "chunk loop stands in a lane loop")]
    [InlineData("(= s:f32 0:f32) (lanes i:i32 0 n (= s (@ x i)) (reduce (t:f32) (s) ADD))", "reduction stands in a lane loop")]
    [InlineData("(= s:f32 0:f32) (reduce (t:f64) (s) ADD)", "targets of a reduction")]
    [InlineData("(= s:f64 0:f64) (reduce (t:f64) (s) ADD)", "combine", "parameters of 'add'")]
    [InlineData("(= v:b 0:b) (lanes i:i32 0 n (= v (Lt i 3))) (if v ((lanes j:i32 0 n)))", "'v' differs from lane to lane")]
    [InlineData("(lanes i:f32 0 n)", "The lane index 'i' is F32")]
    [InlineData("(lanes i:i32 0:i8 n)", "bound is I8", "memory type I8")]
    [InlineData("(for f k:f32 0:f32 1:f32 1)", "The loop index 'k' is F32")]
    [InlineData("(for f k:i32 0 n 0)", "step 0")]
    [InlineData("(for f k:i32 0 n 1 (= k 3))", "The loop index 'k' is assigned")]
    [InlineData("(if n ())", "a condition is I32")]
    [InlineData("(= a:f32 (@ x 1:f32))", "An index of 'x' is F32")]
    [InlineData("(= a:f32 (@ q:f32:Parameter 0))", "'q' is not declared")]
    [InlineData("(st x 0 1:f32)", "'x' is written; its access is Read")]
    [InlineData("(= a:f32 (@ y 0))", "'y' is read; its access is Write")]
    [InlineData("(st y 0 1)", "the value of a store is I32")]
    [InlineData("(array t:b:Block 4)", "array of Bool")]
    [InlineData("(array t:i32:Block n)", "length of 't' is not a constant")]
    [InlineData("(array t:i32:Block 4 1)", "has a fill")]
    [InlineData("(array t:i32:Parameter 4)", "declared as Parameter")]
    [InlineData("(array t:i32:Lane 4) (st t 0 1)", "uniform code writes it")]
    [InlineData("(lanes i:i32 0 n (array t:i32:Block 4))", "not private to the lanes")]
    [InlineData("(atomic () Add h 0 (Convert:f16 1:f32) ())", "atomic operation on F16")]
    [InlineData("(atomic () Add z 0 1 2)", "comparand belongs")]
    [InlineData("(lanes i:i32 0 n (= c:i32 0) (append z c i))", "count 'c' of an Append is assigned")]
    [InlineData("(lanes i:i32 1 n (st z i (Div n i)))", "varying divisor")]
    [InlineData("(lanes i:i32 0 n (st y i 1:f32 (Lt i 3)))", "mask before predication")]
    [InlineData("(lanes i:i32 0 n (st z i (LaneId)))", "LaneId is made by passes")]
    [InlineData("(lanes i:i32 0 n (= v:i32 (Permute i 1 0)))", "permutation of lanes before")]
    [InlineData("(lanes i:i32 0 n (ldg (a:f32 b:f32) x (Mul i 2)))", "group of accesses before")]
    [InlineData("(= x:i32 3)", "'x' is a local and an array")]
    [InlineData("(dispatch (r:f32) 0 (1:f32))", "without cases")]
    [InlineData("(dispatch (r:f32) 0 (1:f32) ADD)", "parameters of 'add'")]
    public void A_violation_is_named(string body, params string[] expected)
    {
        var found = Verifier.Check(Kernel(body.Replace("ADD", Add)));
        foreach (string e in expected) Assert.Contains(found, v => v.Contains(e));
        Assert.All(found, v => Assert.Contains(expected, e => v.Contains(e)));
    }

    [Fact]
    public void A_call_is_gone_after_inlining()
    {
        var f = Kernel("(call () f ())");
        Assert.Empty(Verifier.Check(f, Stage.Frontend));
        Assert.Contains("after inlining", Assert.Single(Verifier.Check(f, Stage.Inlined)));
    }

    [Fact]
    public void A_mask_is_a_Bool()
    {
        Assert.Empty(Verifier.Check(Kernel("(lanes i:i32 0 n (st y i (@ x i (Lt i 3)) (Lt i 3)))"), Stage.Predicated));
        Assert.Contains("a mask is I32", Assert.Single(Verifier.Check(Kernel("(lanes i:i32 0 n (st y i (@ x i) i))"), Stage.Predicated)));
        Assert.Contains("a mask is I32", Assert.Single(Verifier.Check(Kernel("(lanes i:i32 0 n (st y i (@ x i i)))"), Stage.Predicated)));
    }

    [Fact]
    public void A_helper_assigns_its_results_on_every_path()
    {
        var f = IRText.ParseFunction("kir1 (function f Helper ((val n:i32 Plain)) (r:i32) () () () (if (Gt n 0) ((return))) (= r 1))");
        Assert.Contains("result 'r'", Assert.Single(Verifier.Check(f)));
    }

    [Fact]
    public void A_call_fits_a_helper_of_its_module()
    {
        static Module Calling(string arguments) => IRText.ParseModule($"kir1 (module (function K Kernel () () () () () (call (t:f32) add ({arguments}))) {Add})");
        Assert.Empty(Verifier.Check(Calling("1:f32 2:f32")));
        Assert.Contains("does not fit", Assert.Single(Verifier.Check(Calling("1:f32"))));
        Assert.Contains("no helper", Assert.Single(Verifier.Check(IRText.ParseModule("kir1 (module (function K Kernel () () () () () (call () gone ())))"))));
    }

    [Fact]
    public void An_in_place_parameter_names_another() =>
        Assert.Contains("in place of 'w'", Assert.Single(Verifier.Check(Kernel("", "(buf x:f32:Parameter Write w 0 0)"))));
}
