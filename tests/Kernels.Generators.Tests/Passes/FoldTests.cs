using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

/// What is known is computed, what is not stays bit for bit.
public class FoldTests
{
    static string Lanes(string value, string before = "") => $"{before} (lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (st y:f64:Parameter i {value}))";

    [Fact]
    public void Constants_flow_through_copies_and_decided_branches()
    {
        var f = Kernel($"(= n:i32 4) (= m:i32 n) (if (Gt m 2) ((= k:i32 (Mul m 2))) ((= k 7))) {Lanes("(Add a (Convert:f64 k))")}").SameAfter(Fold.Run, Doubles(33));
        Assert.Equal(0, f.Count<If>() + f.Count(Op.Convert) + f.Count(Op.Mul));
        Assert.Single(f.Body);
    }

    [Theory]
    [InlineData("(Mul a 1:f64)", 0)]
    [InlineData("(Sub a 0:f64)", 0)]
    [InlineData("(Add a -0:f64)", 0)]
    [InlineData("(Add a 0:f64)", 1)]       // -0 + 0 is 0
    [InlineData("(Sub a a)", 1)]           // infinity
    [InlineData("(Mul a 0:f64)", 1)]
    [InlineData("(Sub a (Neg (Mul a a)))", 2)]
    [InlineData("(Neg (Sub a 2:f64))", 2)] // not 2 - a: the zero's sign
    [InlineData("(Div a 4:f64)", 1)]
    [InlineData("(Select 1:b a (Mul a a))", 0)]
    public void Float_identities_hold_for_every_operand(string value, int operations)
    {
        var f = Kernel(Lanes(value)).SameAfter(Fold.Run, Doubles(40));
        Assert.Equal(operations, f.All().Count(e => e is Apply { Type: ScalarType.F64 }));
    }

    [Theory] // x[9] is outside: the error is the load's effect
    [InlineData("(Select 0:b (@! x 9) a)")]
    [InlineData("(Add a (Convert:f64 (And (ConvertInRange:i32 (@! x 9)) 0:i32)))")]
    public void An_operand_with_a_checked_load_is_not_dropped(string value) =>
        Assert.Contains(Kernel(Lanes(value)).SameAfter(Fold.Run, Doubles(8)).All(), e => e is Load { Checked: true });

    [Fact]
    public void Division_by_a_power_of_two_is_multiplication_also_of_subnormals()
    {
        var f = Kernel(Lanes("(Div a 1024:f64)")).SameAfter(Fold.Run, () => new Arguments().With("x", new[] { 5e-324, 1e-320, -3e-310, double.NaN, 7 }).With("y", new double[5]));
        Assert.Equal((0, 1), (f.Count(Op.Div), f.Count(Op.Mul)));
        Assert.Equal(1, Kernel(Lanes("(Div a 3:f64)")).SameAfter(Fold.Run, Doubles(9)).Count(Op.Div));
    }

    [Fact]
    public void A_loop_over_constants_is_run()
    {
        var f = Kernel($"(= k:i32 1) (= s:f64 0:f64) (loop l (if (Ge k 100) ((leave l))) (= k (Mul k 3)) (= s (Add s (Convert:f64 k)))) {Lanes("(Add a s)")}").SameAfter(Fold.Run, Doubles(9));
        Assert.Equal(0, f.Count<Loop>());
    }

    [Fact]
    public void What_a_loop_assigns_is_not_known_in_it()
    {
        var f = Kernel($"(= k:f64 1:f64) {Lanes("(Add a k)")} (for l j:i32 0 x.Length:i32 1 (st y j (Add k (@ y j))) (= k (Add k 1:f64)))").SameAfter(Fold.Run, Doubles(9));
        Assert.Equal(1, f.Count<For>());
    }

    [Fact]
    public void A_varying_branch_decides_lane_by_lane()
    {
        Kernel("(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (= s:f64 1:f64) (if (Lt a 0:f64) ((= s 2:f64)) ()) (= b:f64 s) (= s 3:f64) (st y:f64:Parameter i (Add b s)))").SameAfter(Fold.Run, Doubles(33));
    }

    [Fact]
    public void Loads_of_constant_data_and_dead_assignments_go()
    {
        var f = Kernel(Lanes("(Add a (@ t:f64:Constant 1))", "(= unused:f64 (Sqrt 2:f64))"), constants: "(t:f64:Constant 0 4607182418800017408)").SameAfter(Fold.Run, Doubles(9));
        Assert.Equal((1, 0), (f.Loads(), f.Count(Op.Sqrt)));
    }

    [Fact]
    public void Exits_that_an_else_says_too_go_and_others_stay()
    {
        var tail = Kernel("(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (block r (if (Lt a 0:f64) ((st y:f64:Parameter i 1:f64) (leave r))) (st y i a)))").SameAfter(Structure.Run, Doubles(33));
        Assert.Equal(0, tail.Count<Block>());
        var deep = Kernel("(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (block r (if (Lt a 0:f64) ((if (Lt a -1:f64) ((leave r))) (st y:f64:Parameter i 1:f64))) (st y i a)))").SameAfter(Structure.Run, Doubles(33));
        Assert.Equal(1, deep.Count<Block>());
    }

    [Fact]
    public void A_loop_that_indexes_an_array_is_unrolled_and_the_array_becomes_locals()
    {
        const string body = """
            (lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (array t:f64:Lane 4)
              (for p k:i32 0 4 1 (= v:f64 (Mul a (Convert:f64 k))) (st t k (Add v 1:f64)))
              (for q s:i32 0 2 1 (= h:i32 (Shl 1 s)) (for r j:i32 0 h 1 (st t j (Add (@ t j) (@ t (Add j h))))))
              (st y:f64:Parameter i (@ t 0)))
            """;
        var f = Kernel(body).SameAfter(x => Fold.Run(ScalarReplace.Run(Unroll.Run(Fold.Run(x)))), Doubles(33));
        Assert.Equal(0, f.Count<For>() + f.Count<DeclareArray>());
        Assert.Equal(1, f.Loads());
    }

    [Fact]
    public void A_loop_over_memory_stays_unless_the_schedule_unrolls_all()
    {
        const string body = "(for p k:i32 0 4 1 (st y:f64:Parameter k (@ x:f64:Parameter k)))";
        Assert.Equal(1, Kernel(body).SameAfter(Unroll.Run, Doubles(9)).Count<For>());
        Assert.Equal(0, Kernel(body, schedule: "0 0 0 0 0 0 1 0 0").SameAfter(Unroll.Run, Doubles(9)).Count<For>());
    }

    [Fact]
    public void An_unrolled_loop_can_be_left_early()
    {
        const string body = "(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (array t:f64:Lane 3) (for p k:i32 0 3 1 (if (Lt a (Convert:f64 k)) ((leave p))) (st t k a)) (st y:f64:Parameter i (Add (@ t 0) (Add (@ t 1) (@ t 2)))))";
        var f = Kernel(body).SameAfter(x => Fold.Run(ScalarReplace.Run(Unroll.Run(Fold.Run(x)))), Doubles(33));
        Assert.Equal(0, f.Count<For>());
    }
}
