using System.Globalization;
using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

/// Every access is proved, checked by the host exactly, or checked where it stands.
public class BoundsTests
{
    static (int Checks, int Checked) Counts(string body, string parameters = XY, string constants = "")
    {
        var (f, checks) = Bounds.Run(Kernel(body, parameters, constants));
        return (checks.Count, f.All().Count(e => e is Load { Checked: true }) + f.Body.Statements().Count(s => s is Store { Checked: true } or Generators.IR.Atomic { Checked: true }));
    }

    /// The host's answer for given sizes: whether it lets the kernel run.
    static bool Passes(string body, string parameters, params (string Name, long Value)[] sizes)
    {
        var (_, checks) = Bounds.Run(Kernel(body, parameters));
        long Value(Expr e)
        {
            var assign = new Function("E", FunctionKind.Helper, [.. sizes.Select(s => (Parameter)new ValueParameter(new(s.Name, s.Name.EndsWith("Stride") ? ScalarType.I64 : ScalarType.I32), ParameterRole.Plain))],
                [new("r", e.Type)], [], [new Assign(new("r", e.Type), e)], new());
            var outcome = new Interpreter(assign, 1).Call([.. sizes.Select(s => s.Name.EndsWith("Stride") ? (ulong)s.Value : (uint)s.Value)]);
            Assert.True(outcome.Failure is null, outcome.Failure);
            return (long)outcome.Results[0];
        }
        foreach (var check in checks)
        {
            if (check.When is { } when && Value(when) == 0) continue;
            if (Value(check.Min) < 0 || Value(check.Max) >= sizes.First(s => s.Name == check.Buffer.Name + ".Length").Value) return false;
        }
        return true;
    }

    [Fact]
    public void The_span_looped_over_needs_no_check_and_another_needs_one()
    {
        const string body = "(lanes i:i32 0 x.Length:i32 (st y:f64:Parameter i (@ x:f64:Parameter i)))";
        Assert.Equal((1, 0), Counts(body));
        Assert.True(Passes(body, XY, ("x.Length", 5), ("y.Length", 5)));
        Assert.True(Passes(body, XY, ("x.Length", 0), ("y.Length", 0)));
        Assert.False(Passes(body, XY, ("x.Length", 5), ("y.Length", 4)));
    }

    [Fact]
    public void Rows_of_a_matrix_are_checked_over_the_grid()
    {
        const string parameters = "(val row:i32 BlockIndex) (val n:i32 Plain) " + XY;
        const string body = "(lanes i:i32 0 n:i32 (st y:f64:Parameter (Add (Mul row:i32 n) i) (@ x:f64:Parameter (Add (Mul row n) i))))";
        Assert.Equal((2, 0), Counts(body, parameters));
        Assert.True(Passes(body, parameters, ("row.Grid", 3), ("n", 4), ("x.Length", 12), ("y.Length", 12)));
        Assert.False(Passes(body, parameters, ("row.Grid", 3), ("n", 4), ("x.Length", 12), ("y.Length", 11)));
        Assert.True(Passes(body, parameters, ("row.Grid", 3), ("n", 0), ("x.Length", 0), ("y.Length", 0)));
    }

    [Theory] // the last index is (axis - 1)*inner + j, however the loop over k is cut
    [InlineData("(for a k:i32 0 axis:i32 1 BODY)")]
    [InlineData("(for a b:i32 0 axis:i32 16 (for c k:i32 b (Min (Add b 16) axis) 1 BODY))")]
    public void A_loop_by_pieces_rejects_no_correct_run(string loops)
    {
        const string parameters = "(val inner:i32 Plain) (val axis:i32 Plain) " + XY;
        string body = $"(lanes j:i32 0 inner:i32 {loops.Replace("BODY", "(st y:f64:Parameter (Add (Mul k inner) j) (@ x:f64:Parameter (Add (Mul k inner) j)))")})";
        Assert.True(Passes(body, parameters, ("inner", 2), ("axis", 7), ("x.Length", 14), ("y.Length", 14)));
        Assert.True(Passes(body, parameters, ("inner", 3), ("axis", 33), ("x.Length", 99), ("y.Length", 99)));
    }

    [Fact]
    public void Terms_that_cancel_need_no_check()
    {
        const string body = "(array t:f64:Scratch 8) (= b:i32 (Mul row:i32 8)) (= e:i32 (Min (Add b 8) x.Length:i32)) (lanes i:i32 b e (st t (Sub i b) (@ x:f64:Parameter i))) (st y:f64:Parameter 0 (@ t 0))";
        Assert.Equal((1, 0), Counts(body, "(val row:i32 BlockIndex) " + XY)); // y[0]
    }

    [Fact]
    public void An_index_with_a_bit_flipped_stays_in_an_array_of_a_power_of_two()
    {
        static string Body(int length) => $"(array t:f64:Block {length}) (lanes i:i32 0 16 (st t i 1:f64)) (lanes j:i32 0 16 (st t j (@ t (Xor j 8))))";
        Assert.Equal((0, 0), Counts(Body(16)));
        Assert.Equal((0, 1), Counts(Body(16).Replace("(Xor j 8)", "(Xor j 16)")));
    }

    [Fact]
    public void A_condition_on_the_index_narrows_it()
    {
        const string body = "(lanes i:i32 0 x.Length:i32 (if (And (Ge (Sub i 1) 0) (Lt (Add i 1) x.Length)) ((st y:f64:Parameter 0 (Add (@ x:f64:Parameter (Sub i 1)) (@ x (Add i 1)))))))";
        Assert.Equal((1, 0), Counts(body)); // y[0]
    }

    [Fact]
    public void A_condition_on_data_makes_a_check_in_place_of_a_refusal()
    {
        const string body = "(lanes i:i32 0 x.Length:i32 (if (Lt (@ x:f64:Parameter i) 0:f64) ((st y:f64:Parameter i 1:f64))))";
        Assert.Equal((0, 1), Counts(body));
    }

    [Fact]
    public void A_uniform_condition_is_the_checks_condition()
    {
        const string parameters = "(val n:i32 Plain) " + XY;
        const string body = "(if (Gt n:i32 3) ((st y:f64:Parameter n 1:f64)))";
        Assert.Equal((1, 0), Counts(body, parameters));
        Assert.True(Passes(body, parameters, ("n", 3), ("x.Length", 0), ("y.Length", 0)));
        Assert.False(Passes(body, parameters, ("n", 4), ("x.Length", 0), ("y.Length", 4)));
    }

    [Fact]
    public void Indices_from_data_are_checked_in_place_unless_trusted()
    {
        string Parameters(int trusted) => $"(buf k:i32:Parameter Read () 0 0) (buf x:f64:Parameter Read () {trusted} 0) (buf y:f64:Parameter ReadWrite () 0 0)";
        const string body = "(lanes i:i32 0 k.Length:i32 (st y:f64:Parameter i (@ x:f64:Parameter (@ k:i32:Parameter i))))";
        Assert.Equal((1, 1), Counts(body, Parameters(0)));
        Assert.Equal((1, 0), Counts(body, Parameters(1)));
    }

    [Fact]
    public void A_byte_indexes_a_table_of_256()
    {
        const string parameters = "(buf x:u8:Parameter Read () 0 0) (buf y:i32:Parameter ReadWrite () 0 0)";
        string table = $"(t:i32:Constant {string.Join(' ', Enumerable.Range(0, 256).Select(k => k.ToString(CultureInfo.InvariantCulture)))})";
        const string body = "(lanes i:i32 0 x.Length:i32 (st y:i32:Parameter i (@ t:i32:Constant (Convert:i32 (@ x:u8:Parameter i)))))";
        Assert.Equal((1, 0), Counts(body, parameters, table));
        Assert.Equal((1, 1), Counts(body.Replace("(Convert:i32 (@ x:u8:Parameter i))", "(Add (Convert:i32 (@ x:u8:Parameter i)) 1)"), parameters, table));
    }

    [Fact]
    public void Before_a_lane_loop_under_data_one_check_does_for_all_iterations()
    {
        const string parameters = "(val n:i32 Plain) " + XY;
        const string body = "(= z:f64 0:f64) (if (Gt (@ x:f64:Parameter 0) 0:f64) ((lanes i:i32 1 n:i32 (st y:f64:Parameter (Sub i 1) (@ x i)))))";
        var (f, _) = Bounds.Run(Kernel(body, parameters));
        Assert.All(f.Body.Statements().OfType<LaneLoop>().Single().Body.Statements(), s => Assert.False(s is Store { Checked: true } || s.Expressions().Any(e => e.Tree().Any(x => x is Load { Checked: true }))));
        foreach (var (n, first, length, errors) in new[] { (5, 1.0, 4, 0), (5, 1.0, 3, 1), (5, -1.0, 0, 0), (0, 1.0, 0, 0), (6, 1.0, 9, 1) })
            foreach (int lanes in new[] { 1, 4 })
            {
                var outcome = new Interpreter(f, lanes).Run(new Arguments().With("n", n).With("x", new[] { first, 2, 3, 4, 5 }).With("y", new double[length]));
                Assert.Equal((null, errors), (outcome.Failure, outcome.Errors));
            }
    }

    [Fact]
    public void Of_neighbouring_accesses_the_outermost_are_checked()
    {
        const string body = "(lanes i:i32 0 (Div y.Length:i32 4) (st y:f64:Parameter (Mul i 4) 1:f64) (st y (Add (Mul i 4) 1) 1:f64) (st y (Add (Mul i 4) 3) 1:f64))";
        Assert.Equal((1, 0), Counts(body));
    }

    [Fact]
    public void A_loop_that_may_end_early_rejects_nothing()
    {
        const string body = "(for l k:i32 0 x.Length:i32 1 (if (Lt (@ x:f64:Parameter k) 0:f64) ((leave l))) (st y:f64:Parameter k 1:f64))";
        Assert.Equal((0, 1), Counts(body));
    }

    [Fact]
    public void A_triangle_of_loops_reaches_its_corner()
    {
        const string parameters = "(val n:i32 Plain) " + XY;
        const string body = "(for a j:i32 0 n:i32 1 (for b k:i32 0 j 1 (st y:f64:Parameter (Add (Mul j n) k) 1:f64)))";
        Assert.Equal((1, 0), Counts(body, parameters));
        Assert.True(Passes(body, parameters, ("n", 4), ("x.Length", 0), ("y.Length", 16)));
        Assert.False(Passes(body, parameters, ("n", 4), ("x.Length", 0), ("y.Length", 14)));
    }

    [Fact]
    public void Chunks_cover_their_range()
    {
        const string body = "(chunks l b:i32 e:i32 0 x.Length:i32 (lanes i:i32 b e (st y:f64:Parameter i (@ x:f64:Parameter i))))";
        Assert.Equal((1, 0), Counts(body));
    }
}
