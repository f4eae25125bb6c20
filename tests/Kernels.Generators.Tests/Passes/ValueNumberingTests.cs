using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

/// Equal values are computed once, and only where they are needed.
public class ValueNumberingTests
{
    static string Lanes(string body) => $"(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) {body})";

    static Function Numbered(string body, Func<Arguments>? arguments = null, string parameters = XY, string schedule = "") =>
        Kernel(body, parameters, schedule: schedule).SameAfter(ValueNumbering.Run, arguments ?? Doubles(33));

    [Fact]
    public void Equal_products_are_computed_once() =>
        Assert.Equal(1, Numbered(Lanes("(= b:f64 (Add a 1:f64)) (st y:f64:Parameter i (Add (Mul a b) (Mul b a)))")).Count(Op.Mul));

    [Fact]
    public void Differences_do_not_commute() =>
        Assert.Equal(3, Numbered(Lanes("(= b:f64 (Mul a 2:f64)) (st y:f64:Parameter i (Sub (Sub a b) (Sub b a)))")).Count(Op.Sub));

    [Fact]
    public void A_new_value_of_a_local_is_not_the_old_one() =>
        Assert.Equal(2, Numbered(Lanes("(= b:f64 a) (= c:f64 (Sqrt b)) (= b (Add b 3:f64)) (= d:f64 (Sqrt b)) (st y:f64:Parameter i (Add c d))")).Count(Op.Sqrt));

    [Fact]
    public void A_load_is_repeated_only_behind_a_store_to_its_array()
    {
        Assert.Equal(1, Numbered("(lanes i:i32 0 x.Length:i32 (st y:f64:Parameter i (@ x:f64:Parameter i)) (st y i (Add (@ x i) (@ x i))))").Loads());
        Assert.Equal(2, Numbered("(lanes i:i32 0 x.Length:i32 (st y:f64:Parameter i (Add (@ y i) 1:f64)) (st y i (Add (@ y i) (@ y i))))", Doubles(9)).Loads());
    }

    [Fact]
    public void In_place_arrays_are_one()
    {
        const string both = "(buf x:f64:Parameter Read () 0 0) (buf y:f64:Parameter ReadWrite x 0 0)";
        var f = Kernel("(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (st y:f64:Parameter i (Add a 1:f64)) (st y i (Add a (@ x i))))", both);
        Assert.Equal(2, ValueNumbering.Run(f).Loads());
    }

    [Fact]
    public void What_a_branch_computes_stays_there_and_is_not_known_behind_it()
    {
        var f = Numbered(Lanes("(= s:f64 a) (if (Lt a 0:f64) ((= s (Sqrt (Mul a a)))) ()) (st y:f64:Parameter i (Add s (Sqrt (Mul a a))))"));
        Assert.Equal(2, f.Count(Op.Sqrt));
        Assert.Contains(f.Body.Statements().OfType<If>().Single().Then.Statements(), s => s.Expressions().Any(e => e.Tree().Any(x => x is Apply { Op: Op.Sqrt })));
    }

    [Fact]
    public void What_a_loop_does_not_change_is_computed_before_it()
    {
        var f = Numbered(Lanes("(= b:f64 (Sqrt (Convert:f64 x.Length:i32))) (st y:f64:Parameter i (Mul a b))"));
        Assert.DoesNotContain(f.Body.OfType<LaneLoop>().Single().Body.Statements(), s => s.Expressions().Any(e => e.Tree().Any(x => x is Apply { Op: Op.Sqrt })));
    }

    [Fact]
    public void An_accumulator_keeps_its_name_and_its_sum()
    {
        const string add = "(function add Helper ((val a:f64 Plain) (val b:f64 Plain)) (r:f64) () () () (= r (Add a b)))";
        var f = Numbered($"(= s:f64 0:f64) {Lanes("(= t:f64 (Mul a a)) (= s (Add s t)) ")} (reduce (r:f64) (s) {add}) (st y:f64:Parameter 0 r)",
            () => new Arguments().With("x", Enumerable.Range(0, 50).Select(k => k * 0.25).ToArray()).With("y", new double[1]));
        var loop = f.Body.OfType<LaneLoop>().Single();
        Assert.Single(loop.Body.OfType<Assign>(), x => x.Target.Name == "s" && x.Value is Apply { Op: Op.Add });
    }

    [Fact]
    public void A_value_used_once_stands_where_it_is_used()
    {
        var f = Numbered(Lanes("(= b:f64 (Mul a 3:f64)) (= c:f64 (Add b 2:f64)) (= d:f64 (Div 1:f64 c)) (st y:f64:Parameter i d)"));
        Assert.Empty(f.Body.OfType<LaneLoop>().Single().Body.OfType<Assign>());
    }

    [Fact]
    public void Swapped_locals_keep_their_values() =>
        Numbered(Lanes("(= b:f64 (Mul a 2:f64)) (for l k:i32 0 3 1 (= t:f64 a) (= a b) (= b (Add t b))) (st y:f64:Parameter i (Sub a (Mul b 8:f64)))"));

    [Fact]
    public void Narrow_loads_stay_below_their_conversion()
    {
        const string parameters = "(buf x:u8:Parameter Read () 0 0) (buf y:i32:Parameter ReadWrite () 0 0)";
        var f = Numbered("(lanes i:i32 0 x.Length:i32 (= a:i32 (Convert:i32 (@ x:u8:Parameter i))) (st y:i32:Parameter i (Mul (Convert:i32 (@ x i)) a)))",
            () => new Arguments().With("x", new byte[] { 1, 200, 255 }).With("y", new int[3]), parameters);
        Assert.Equal(1, f.Loads());
    }

    [Fact]
    public void Products_join_sums_only_where_the_author_allows()
    {
        string body = Lanes("(st y:f64:Parameter i (Add (Mul a a) (@ y:f64:Parameter i)))");
        Assert.Equal(0, Contract.Run(Kernel(body)).Count(Op.MulAdd));
        var f = Contract.Run(ValueNumbering.Run(Kernel(body, schedule: "0 0 0 0 1 0 0 0 0")));
        Assert.Equal((1, 0), (f.Count(Op.MulAdd), f.Count(Op.Mul)));
    }
}
