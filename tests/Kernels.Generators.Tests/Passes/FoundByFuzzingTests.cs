using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Targets;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

/// Programs that the fuzzer made and the compiler got wrong, cut down.
public class FoundByFuzzingTests
{
    [Fact]
    public void What_lanes_left_in_a_local_gets_no_name_in_uniform_code() =>
        Kernel("(= acc:b 1:b) (lanes i:i32 0 x.Length:i32 (= acc (Lt (@ x i) 0.0:f64))) (for f k:i32 0 2 1 (lanes j:i32 0 x.Length (st y j (Add (@ x j) (Convert:f64 (Select acc 1 0))))))")
            .SameAfter(ValueNumbering.Run, Doubles(21));

    [Fact]
    public void A_dead_store_keeps_the_error_its_value_raises() =>
        Kernel("(array t:f64:Block 4) (st t 0 (@! x 100))").SameAfter(DeadCode.Run, Doubles(21));

    [Fact]
    public void A_checked_store_keeps_its_array() =>
        Kernel("(array t:f64:Block 4) (st! t 7 (@ x 0))").SameAfter(DeadCode.Run, Doubles(21));

    [Fact]
    public void A_loop_without_effect_keeps_the_error_its_bounds_raise() =>
        Kernel("(for f k:i32 0 (Convert:i32 (@! x 100)) 1 (= t:i32 k))").SameAfter(DeadCode.Run, Doubles(21));

    [Fact]
    public void A_branch_without_statements_keeps_the_error_its_condition_raises() =>
        Kernel("(block b (if (Lt (@! x 100) 0.0:f64) ((leave b))))").SameAfter(f => f with { Body = Structure.Run(f.Body) }, Doubles(21));

    [Fact]
    public void Stores_on_both_sides_of_a_leave_are_no_group()
    {
        var f = Kernel("(lanes i:i32 0 (Div x.Length:i32 2) (block b (st y (Mul i 2) 1.0:f64) (if 1:b ((leave b))) (st y (Add (Mul i 2) 1) 2.0:f64)))");
        Assert.Equal(0, Compiler.Lower(f, CpuTarget.Avx2).Function.Count<StoreGroup>());
    }

    [Fact]
    public void Chunks_may_have_bounds_of_64_bits() =>
        Assert.Empty(Verifier.Check(StripMine.Run(Kernel("(chunks c b:i64 e:i64 0:i64 (Convert:i64 x.Length:i32) (lanes i:i32 b e (st y i (@ x i))))"), 4), Stage.Inlined));

    [Fact]
    public void A_checked_access_of_a_view_knows_how_far_the_view_reaches()
    {
        var f = Kernel("(st y 0 (@! x (Convert:i64 (@ y 1))))", "(buf x:f64:Parameter Read () 0 1) (buf y:f64:Parameter ReadWrite () 0 0)");
        Assert.Contains("long x_Length = x_Rows > 0 ? (x_Rows - 1) * x_Stride + x_Columns : 0;", Compiler.Core(f, CpuTarget.Scalar));
    }

    [Theory]
    [InlineData("(append y n (@ x i)) (append y n (@ x i))", true)]
    [InlineData("(append y n (@ x i))", false)]
    [InlineData("(atomic old:f64 Exchange y 0 (@ x i) ())", false)]
    [InlineData("(atomic old:f64 Exchange y 0 (@ x i) ()) (atomic () Exchange y 1 (@ x i) ())", true)]
    [InlineData("(for f k:i32 0 2 1 (atomic () Exchange y 0 (@ x i) ()))", true)]
    public void Lanes_finish_a_statement_before_the_next_where_they_meet(string body, bool matters)
    {
        var f = Kernel($"(= n:i32 0) (lanes i:i32 0 x.Length:i32 {body})");
        Assert.Equal(matters, LaneOrder.Matters(f.Body.OfType<LaneLoop>().Single(), f));
    }
}
