using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

/// Calls disappear, early returns become branches, and the program computes what it did.
public class InlineTests
{
    const string Square = "(function square Helper ((val x:f64 Plain)) (r:f64) () () () (= r (Mul x x)))";
    const string Clip = "(function clip Helper ((val x:f64 Plain)) (r:f64) () () () (if (Lt x 1:f64) ((= r 1:f64) (return))) (if (Gt x 2:f64) ((= r 2:f64) (return))) (= x (Add x 0.5:f64)) (= r x) (return))";
    const string Power = """
        (function power Helper ((val n:i32 Plain) (val x:f64 Plain)) (r:f64) () () ()
          (if (Eq n 0) ((= r 1:f64) (return))) (= m:i32 (Sub n 1)) (call (p:f64) power (m x)) (= r (Mul p x)))
        """;
    const string Scale = "(function scale Helper ((buf a:f64:Parameter ReadWrite () 0 0) (val f:f64 Plain)) () () () () (lanes i:i32 0 a.Length:i32 (st a i (Mul (@ a i) f))))";

    static Function Inlined(Module m, Func<Arguments> arguments)
    {
        var f = Inline.Run(m);
        Assert.Equal(0, f.Count<Call>() + f.Count<Return>());
        Agree(m, f, arguments);
        return f;
    }

    [Fact]
    public void Two_calls_get_locals_of_their_own()
    {
        var m = Program("(lanes i:i32 0 x.Length:i32 (call (a:f64) square ((@ x:f64:Parameter i))) (call (b:f64) square ((Add a 1:f64))) (st y:f64:Parameter i b))", helpers: Square);
        Assert.Equal(2, Inlined(m, Doubles(37)).Count(Op.Mul));
    }

    [Fact]
    public void The_length_of_a_part_is_not_that_of_the_parameter_of_its_name()
    {
        var m = Program("(call () scale (2:f64) (y 0 (Sub x.Length:i32 2))) (call () scale (3:f64) (y 0 (Sub y.Length:i32 1)))", helpers: Scale.Replace("a:f64", "y:f64").Replace("a.Length", "y.Length").Replace(" a i", " y i"));
        Assert.DoesNotContain(Inlined(m, Doubles(9)).Body.Statements().OfType<Assign>(), a => a.Target.Name == "y.Length");
    }

    [Fact]
    public void Early_returns_become_branches()
    {
        var m = Program("(lanes i:i32 0 x.Length:i32 (call (a:f64) clip ((@ x:f64:Parameter i))) (st y:f64:Parameter i a))", helpers: Clip);
        var f = Inlined(m, Doubles(37));
        Assert.Equal(0, f.Count<Block>() + f.Count<Leave>());
        Assert.Equal(2, f.Count<If>());
    }

    [Fact]
    public void Recursion_on_a_constant_ends()
    {
        var m = Program("(lanes i:i32 0 x.Length:i32 (call (a:f64) power (5 (@ x:f64:Parameter i))) (st y:f64:Parameter i a))", helpers: Power);
        Assert.Equal(4, Fold.Run(Inlined(m, Doubles(20))).Count(Op.Mul)); // 1 * x is x
    }

    [Fact]
    public void Recursion_on_data_is_refused_with_its_name()
    {
        var m = Program("(call (a:f64) power (x.Length:i32 2:f64)) (st y:f64:Parameter 0 a)", helpers: Power);
        Assert.Contains("power", Assert.Throws<PassLimitException>(() => Inline.Run(m)).Message);
    }

    [Fact]
    public void A_part_of_a_span_becomes_an_offset()
    {
        var m = Program("(lanes i:i32 0 x.Length:i32 (st y:f64:Parameter i (@ x:f64:Parameter i))) (call () scale (2:f64) (y (Add 1 2) 5))", helpers: Scale);
        Inlined(m, Doubles(20));
    }

    [Fact]
    public void An_array_of_a_helper_is_the_lanes_where_the_call_is_in_a_lane_loop()
    {
        const string helper = "(function h Helper ((val x:f64 Plain)) (r:f64) () () () (array t:f64:Block 2) (st t 0 x) (st t 1 (Add x x)) (= r (Mul (@ t 0) (@ t 1))))";
        var m = Program("(lanes i:i32 0 x.Length:i32 (call (a:f64) h ((@ x:f64:Parameter i))) (st y:f64:Parameter i a)) (call (b:f64) h (3:f64)) (st y 0 b)", helpers: helper);
        var f = Inline.Run(m);
        Assert.Equal([Storage.Lane, Storage.Block], f.Body.Statements().OfType<DeclareArray>().Select(d => d.Buffer.Storage));
    }

    [Fact]
    public void Constant_data_of_helpers_is_merged()
    {
        const string helper = "(function h Helper ((val k:i32 Plain)) (r:f64) ((t:f64:Constant 0 4607182418800017408 4611686018427387904)) () () (= r (@ t:f64:Constant k)))";
        var m = Program("(call (a:f64) h (1)) (call (b:f64) h (x.Length:i32)) (st y:f64:Parameter 0 (Add a b))", helpers: helper);
        Assert.Single(Inlined(m, Doubles(2)).Constants);
    }

    [Fact]
    public void A_clone_knows_its_constant()
    {
        var f = Kernel("(lanes i:i32 0 x.Length:i32 (st y:f64:Parameter i (Mul (@ x:f64:Parameter i) (Convert:f64 (Mul n:i32 2)))))", "(val n:i32 Const) " + XY);
        var clone = Fold.Run(Specialise.Run(f, "n", new Const(ScalarType.I32, 4)));
        Assert.Equal(2, clone.Parameters.Count);
        Assert.Equal(0, clone.Count(Op.Convert));
        Assert.Contains(clone.All(), e => e is Const c && c.Bits == BitConverter.DoubleToUInt64Bits(8));
    }

    [Fact]
    public void An_element_function_becomes_a_loop_over_spans()
    {
        var m = new Module(IRText.ParseFunction("kir1 (function F Element ((val a:f64 Plain) (val b:f64 Plain)) (result:f64) () () () (if (Lt a 0:f64) ((= result 0:f64) (return))) (= result (Mul a b)))"), []);
        var f = ElementToKernel.Run(Inline.Run(m), [false, true]);
        Assert.Empty(Verifier.Check(f, Stage.Inlined));
        var arguments = new Arguments().With("a", new[] { -1.0, 2, 3 }).With("b", 10.0).With("result", new double[3]);
        Assert.Null(new Interpreter(f, 4).Run(arguments).Failure);
        var y = new double[3];
        arguments.CopyTo("result", y);
        Assert.Equal([0, 20, 30], y);
    }
}
