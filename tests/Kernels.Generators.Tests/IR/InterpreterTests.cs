using Kernels.Generators.IR;

namespace Kernels.Generators.Tests.IR;

/// The execution model as small programs. On any number of lanes integer results agree exactly: order enters no integer sum, and what a rule forbids is found.
public class InterpreterTests
{
    static readonly int[] laneCounts = [1, 2, 4, 16, 32];

    const string Add = "(function \"add\" Helper ((val a:i32 Plain) (val b:i32 Plain)) (r:i32) () () () (= r (Add a b)))";

    /// Parameters, then the body; `more`: helpers.
    static Module Program(string parameters, string body, string results = "", string constants = "", string more = "") =>
        IRText.ParseModule($"kir1 (module (function K Kernel ({parameters}) ({results}) ({constants}) () () {body}) {more})");

    static Outcome Run(Module m, int lanes, Arguments a, bool races = true)
    {
        var outcome = new Interpreter(m, lanes, checkRaces: races).Run(a);
        Assert.True(outcome.Failure is null, outcome.Failure);
        return outcome;
    }

    /// The int arrays that the program leaves, on every number of lanes; the arguments are made anew for each.
    static void OnAllLanes(Module m, Func<Arguments> arguments, string array, int[] expected, int errors = 0)
    {
        foreach (int lanes in laneCounts)
        {
            var a = arguments();
            var outcome = Run(m, lanes, a);
            Assert.Empty(outcome.Races);
            Assert.Equal(errors, outcome.Errors);
            var actual = new int[expected.Length];
            a.CopyTo(array, actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{lanes} lanes: {string.Join(' ', actual)} instead of {string.Join(' ', expected)}");
        }
    }

    static int[] Numbers(int count, Func<int, int> f) => [.. Enumerable.Range(0, count).Select(f)];

    const string XY = "(buf x:i32:Parameter Read () 0 0) (buf y:i32:Parameter ReadWrite () 0 0)";
    static Func<Arguments> Arrays(int[] x, int[] y) => () => new Arguments().With("x", x).With("y", y);

    [Fact]
    public void A_lane_loop_covers_its_range_once_and_nothing_else()
    {
        var m = Program(XY, "(lanes i:i32 1 (Sub x.Length:i32 1) (st y i (Add (@ y i) (Mul (@ x i) 2))))");
        foreach (int n in new[] { 2, 3, 17, 32, 33, 70 })
            OnAllLanes(m, Arrays(Numbers(n, k => k), Numbers(n, _ => 5)), "y", Numbers(n, k => k == 0 || k == n - 1 ? 5 : 5 + 2 * k));
    }

    [Fact]
    public void A_reduction_from_the_identity_is_the_sum()
    {
        var m = Program(XY, $"(= s:i32 0) (lanes i:i32 0 x.Length:i32 (= s (Add s (@ x i)))) (reduce (t:i32) (s) {Add}) (st y 0 t)");
        foreach (int n in new[] { 0, 1, 31, 100 })
            OnAllLanes(m, Arrays(Numbers(n, k => k * k - 7), [0]), "y", [Enumerable.Range(0, n).Sum(k => k * k - 7)]);
    }

    [Fact]
    public void Lanes_combine_by_the_pairwise_halving_tree()
    {
        var m = IRText.ParseFunction("kir1 (function K Kernel ((buf x:f32:Parameter Read () 0 0)) (t:f32) () () () (= s:f32 0:f32) (lanes i:i32 0 8 (= s (Add s (@ x i))))"
            + " (reduce (t) (s) (function add Helper ((val a:f32 Plain) (val b:f32 Plain)) (r:f32) () () () (= r (Add a b)))))");
        float[] x = [1e8f, 1, -1e8f, 3, 5, 1e-3f, 7, 1e7f];
        var outcome = new Interpreter(m, 4).Run(new Arguments().With("x", x));
        float[] v = [0 + x[0] + x[4], 0 + x[1] + x[5], 0 + x[2] + x[6], 0 + x[3] + x[7]]; // element i belongs to lane i mod 4
        Assert.Equal(v[0] + v[2] + (v[1] + v[3]), BitConverter.UInt32BitsToSingle((uint)outcome.Results[0]));
    }

    [Fact]
    public void A_reduction_of_several_values_passes_all_first_operands_before_the_second()
    {
        // The largest value and its first place.
        var m = Program(XY, """
            (= best:i32 -1000) (= at:i32 1000)
            (lanes i:i32 0 x.Length:i32 (if (Gt (@ x i) best) ((= best (@ x i)) (= at i))))
            (reduce (b:i32 p:i32) (best at) (function later Helper ((val v:i32 Plain) (val k:i32 Plain) (val w:i32 Plain) (val l:i32 Plain)) (r:i32 q:i32) () () ()
              (= first:b (Or (Gt v w) (And (Eq v w) (Le k l)))) (= r (Select first v w)) (= q (Select first k l))))
            (st y 0 b) (st y 1 p)
            """);
        OnAllLanes(m, Arrays(Numbers(50, k => k % 9), [0, 0]), "y", [8, 8]);
    }

    [Fact]
    public void Varying_control_acts_lane_by_lane()
    {
        // Collatz steps, with an inner loop that is left at different times, a skipped iteration, and a nested condition.
        var m = Program(XY, """
            (lanes i:i32 0 x.Length:i32
              (block next (= n:i32 (@ x i)) (= c:i32 0)
                (if (Eq (And n 7) 3) ((leave next)))
                (loop more (if (Le n 1) ((leave more)))
                  (if (Eq (And n 1) 0) ((= n (Shr n 1))) ((= n (Add (Mul n 3) 1))))
                  (= c (Add c 1)))
                (st y i c)))
            """);
        int Collatz(int n)
        {
            if ((n & 7) == 3) return -1;
            int c = 0;
            for (; n > 1; c++) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
            return c;
        }
        OnAllLanes(m, Arrays(Numbers(70, k => k), Numbers(70, _ => -1)), "y", Numbers(70, Collatz));
    }

    [Fact]
    public void A_for_loop_of_varying_length_runs_each_lane_to_its_own_end()
    {
        var m = Program(XY, """
            (lanes i:i32 0 x.Length:i32 (= s:i32 0)
              (for down k:i32 (@ x i) 0 -2 (if (Eq k 5) ((leave down))) (= s (Add s k)))
              (st y i s))
            """);
        int Sum(int n)
        {
            int s = 0;
            for (int k = n; k > 0; k -= 2)
            {
                if (k == 5) break;
                s += k;
            }
            return s;
        }
        OnAllLanes(m, Arrays(Numbers(40, k => k / 2), new int[40]), "y", Numbers(40, k => Sum(k / 2)));
    }

    [Fact]
    public void A_branch_that_no_lane_takes_does_nothing()
    {
        var m = Program(XY, "(lanes i:i32 0 4 (if (Lt (@ x i) 0) ((st y (@ x i) 1)) ((st y i 2))))");
        OnAllLanes(m, Arrays([1, 2, 3, 4], new int[4]), "y", [2, 2, 2, 2]);
    }

    [Fact]
    public void Chunks_may_be_left_when_any_lane_has_found_something()
    {
        // Whether 13 occurs, and that no element far behind it was looked at.
        var m = Program(XY, """
            (= hit:b 0:b)
            (chunks search b:i32 e:i32 0 x.Length:i32
              (lanes i:i32 b e (if (Eq (@ x i) 13) ((= hit 1:b))) (st y i 1))
              (if (Any hit) ((leave search))))
            (if (Not (Any hit)) ((st y 0 -1)))
            """);
        foreach (int lanes in laneCounts)
        {
            var a = Arrays(Numbers(100, k => k == 40 ? 13 : 0), new int[100])();
            Assert.Empty(Run(m, lanes, a).Races);
            Assert.Equal(40 / lanes * lanes + lanes, a.Arrays["y"].Count(y => y == 1));
        }
    }

    [Fact]
    public void Any_and_All_in_a_lane_loop_ask_the_active_lanes()
    {
        var m = Program(XY, "(lanes i:i32 0 3 (if (Lt (@ x i) 10) ((if (All (Gt (@ x i) 0)) ((st y i 1)) ((st y i 2)))) ((if (Any (Gt (@ x i) 90)) ((st y i 3)) ((st y i 4))))))");
        var a = Arrays([5, 50, 6], new int[3])();
        Run(m, 4, a);
        Assert.Equal([1UL, 4, 1], a.Arrays["y"]);
    }

    [Fact]
    public void Atomics_are_correct_when_lanes_meet()
    {
        var m = Program(XY, "(lanes i:i32 0 x.Length:i32 (atomic () Add y (Rem (@ x i) 3) 1 ()) (atomic () Max y 3 (@ x i) ()) (atomic () Xor y 4 (@ x i) ()))");
        OnAllLanes(m, Arrays(Numbers(50, k => k), new int[5]), "y", [17, 17, 16, 49, Enumerable.Range(0, 50).Aggregate((a, b) => a ^ b)]);
    }

    [Fact]
    public void Conflicting_lanes_take_effect_in_lane_order()
    {
        var m = Program(XY, "(lanes i:i32 0 8 (atomic old:i32 Exchange x 0 (Add i 1) ()) (st y i old))");
        OnAllLanes(m, Arrays([77], new int[8]), "y", [77, 1, 2, 3, 4, 5, 6, 7]);
        var last = Program(XY, "(lanes i:i32 0 8 (st y 0 i))");
        var a = Arrays([0], [-1])();
        Assert.NotEmpty(Run(last, 8, a).Races); // not allowed, yet defined: the highest lane wins
        Assert.Equal(7UL, a.Arrays["y"][0]);
    }

    [Fact]
    public void CompareExchange_writes_only_over_the_comparand()
    {
        var m = Program(XY, "(lanes i:i32 0 6 (atomic old:i32 CompareExchange x 0 (Add i 10) 0) (st y i old))");
        OnAllLanes(m, Arrays([0], new int[6]), "y", [0, 10, 10, 10, 10, 10]);
    }

    [Fact]
    public void Append_compacts_in_lane_order_and_flags_a_full_destination()
    {
        var m = Program(XY, "(= n:i32 0) (lanes i:i32 0 x.Length:i32 (if (Gt (@ x i) 50) ((append y n (@ x i)))))");
        int[] x = Numbers(80, k => k * 37 % 101);
        int[] large = [.. x.Where(v => v > 50)];
        OnAllLanes(m, Arrays(x, new int[large.Length]), "y", large);
        OnAllLanes(m, Arrays(x, new int[5]), "y", large[..5], errors: 2);
    }

    [Fact]
    public void A_checked_index_out_of_range_reads_zero_writes_nothing_and_raises_the_flag()
    {
        var m = Program(XY, "(lanes i:i32 0 4 (st! y (@ x i) (Add (@! x (@ x i)) 100)))");
        OnAllLanes(m, Arrays([3, -1, 0, 9], [1, 2, 3, 4]), "y", [103, 2, 3, 109], errors: 1);
    }

    [Fact]
    public void An_unchecked_index_out_of_range_ends_the_run()
    {
        var m = Program(XY, "(lanes i:i32 0 4 (st y i (@ x (Add i 1))))");
        Assert.Contains("x[4]", new Interpreter(m, 4).Run(Arrays(new int[4], new int[4])()).Failure);
    }

    [Fact]
    public void Masked_accesses_act_where_the_mask_is_true()
    {
        var m = Program(XY, "(lanes i:i32 0 6 (= ok:b (Lt i 3)) (= v:i32 (@ x i ok)) (st y (Sub 5 i) (Add v 1) (Ge i 2)))");
        OnAllLanes(m, Arrays([10, 20, 30], new int[6]), "y", [1, 1, 1, 31, 0, 0]);
    }

    [Fact]
    public void Lane_arrays_are_private_and_start_as_zero()
    {
        var m = Program(XY, """
            (lanes i:i32 0 x.Length:i32 (array h:i32:Lane 4)
              (for f k:i32 0 5 1 (= j:i32 (And (Add (@ x i) (Mul k k)) 3)) (st h j (Add (@ h j) 1)))
              (st y i (Add (@ h 0) (Mul (@ h 1) 10))))
            """);
        int Histogram(int v)
        {
            var h = new int[4];
            for (int k = 0; k < 5; k++) h[v + k * k & 3]++;
            return h[0] + 10 * h[1];
        }
        OnAllLanes(m, Arrays(Numbers(37, k => k * 5), new int[37]), "y", Numbers(37, k => Histogram(k * 5)));
    }

    [Fact]
    public void A_block_array_is_shared_between_lane_loops()
    {
        var m = Program(XY, "(array t:i32:Block 32) (lanes i:i32 0 32 (st t i (Mul (@ x i) 3))) (lanes j:i32 0 32 (st y j (@ t (Xor j 5))))");
        OnAllLanes(m, Arrays(Numbers(32, k => k), new int[32]), "y", Numbers(32, k => 3 * (k ^ 5)));
    }

    [Fact]
    public void Helpers_run_uninlined_on_slices_and_lanes()
    {
        const string SumOf = """
            (function "sum(span)" Helper ((buf s:i32:Parameter Read () 0 0) (val scale:i32 Plain)) (r:i32) () () ()
              (= r 0) (for f k:i32 0 s.Length:i32 1 (if (Lt (@ s k) 0) ((= r -1) (return))) (= r (Add r (@ s k)))) (= r (Mul r scale)))
            """;
        var m = Program(XY, """(lanes i:i32 0 20 (call (t:i32) "sum(span)" ((Add i 1)) (x i (And i 3))) (st y i t))""", more: SumOf);
        int Sum(int[] x, int i)
        {
            int r = 0;
            for (int k = i; k < i + (i & 3); k++)
            {
                if (x[k] < 0) return -1;
                r += x[k];
            }
            return r * (i + 1);
        }
        int[] x = Numbers(23, k => k % 11 == 10 ? -3 : k);
        OnAllLanes(m, Arrays(x, new int[20]), "y", Numbers(20, i => Sum(x, i)));
        var uniform = Program(XY, """(call (t:i32) "sum(span)" (2) (x 1 4)) (st y 0 t)""", more: SumOf);
        OnAllLanes(uniform, Arrays(x, [0]), "y", [20]);
    }

    [Fact]
    public void Recursion_ends_by_its_arguments()
    {
        const string Factorial = """(function f Helper ((val n:i32 Plain)) (r:i32) () () () (if (Le n 1) ((= r 1) (return))) (call (t:i32) f ((Sub n 1)) ) (= r (Mul n t)))""";
        OnAllLanes(Program(XY, "(call (t:i32) f ((@ x 0))) (st y 0 t) (lanes i:i32 0 8 (call (u:i32) f (i)) (st y (Add i 1) u))", more: Factorial),
            Arrays([6], new int[9]), "y", [720, 1, 1, 2, 6, 24, 120, 720, 5040]);
        var endless = Program(XY, "(call (t:i32) f (1))", more: "(function f Helper ((val n:i32 Plain)) (r:i32) () () () (call (r) f (n)))");
        Assert.Contains("nested", new Interpreter(endless, 1).Run(Arrays([0], [0])()).Failure);
    }

    [Fact]
    public void Dispatch_gives_each_lane_its_own_case_and_the_last_one_otherwise()
    {
        string Case(string name, string value) => $"(function {name} Helper ((val v:i32 Plain)) (r:i32) () () () (= r {value}))";
        var m = Program(XY, $"(lanes i:i32 0 x.Length:i32 (dispatch (t:i32) (Sub (@ x i) 1) (i) {Case("a", "(Add v 1)")} {Case("b", "(Mul v v)")} {Case("c", "(Neg v)")}) (st y i t))");
        OnAllLanes(m, Arrays(Numbers(30, k => k % 5), new int[30]), "y", Numbers(30, k => (k % 5) switch { 1 => k + 1, 2 => k * k, _ => -k }));
    }

    [Fact]
    public void Groups_are_the_accesses_they_stand_for()
    {
        var m = Program(XY, "(lanes i:i32 0 10 (ldg (a:i32 b:i32 c:i32) x (Mul i 3)) (stg y (Mul i 2) (Add a c) b))");
        OnAllLanes(m, Arrays(Numbers(30, k => k), new int[20]), "y", Numbers(20, k => k % 2 == 0 ? 3 * k + 2 : 3 * (k / 2) + 1));
    }

    [Fact]
    public void Permute_and_LaneId_see_the_virtual_lanes()
    {
        var m = Program(XY, "(lanes i:i32 0 8 (= v:i32 (Add (@ x i) LaneIdOf)) (st y i (Permute v 1 0 3 2)))".Replace("LaneIdOf", "(LaneId)"));
        var a = Arrays(Numbers(8, k => 10 * k), new int[8])();
        Run(m, 4, a);
        Assert.Equal([11UL, 0, 33, 22, 51, 40, 73, 62], a.Arrays["y"]);
    }

    [Fact]
    public void Trips_are_held_to_what_they_say()
    {
        var m = Program(XY, "(lanes.full i:i32 0 4 (st y i 1))");
        Assert.Null(new Interpreter(m, 4).Run(Arrays([], new int[4])()).Failure);
        Assert.Contains("OneFull", new Interpreter(m, 8).Run(Arrays([], new int[4])()).Failure);
        Assert.Contains("OnePartial", new Interpreter(Program(XY, "(lanes.partial i:i32 0 4 (st y i 1))"), 4).Run(Arrays([], new int[4])()).Failure);
    }

    [Fact]
    public void Fused_decides_how_MulAdd_rounds()
    {
        var f = IRText.ParseFunction("kir1 (function K Element ((val a:f32 Plain) (val b:f32 Plain) (val c:f32 Plain)) (m:f32 f:f32) () () () (= m (MulAdd a b c)) (= f (Fma a b c)))");
        float a = 1 + 1.1920929E-07f, c = -(a * a);
        ulong[] arguments = [BitConverter.SingleToUInt32Bits(a), BitConverter.SingleToUInt32Bits(a), BitConverter.SingleToUInt32Bits(c)];
        uint once = BitConverter.SingleToUInt32Bits(MathF.FusedMultiplyAdd(a, a, c)), twice = BitConverter.SingleToUInt32Bits(a * a + c);
        Assert.NotEqual(once, twice);
        Assert.Equal([once, once], new Interpreter(f, 1, fused: true).Call(arguments).Results);
        Assert.Equal([twice, once], new Interpreter(f, 1, fused: false).Call(arguments).Results);
    }

    [Fact]
    public void Narrow_types_widen_and_narrow_in_memory()
    {
        var m = IRText.ParseFunction("kir1 (function K Kernel ((buf x:i8:Parameter Read () 0 0) (buf y:bf16:Parameter Write () 0 0)) () () () () (lanes i:i32 0 x.Length:i32 (st y i (Convert:bf16 (Convert:f32 (Convert:i32 (@ x i)))))))");
        var a = new Arguments().With("x", new sbyte[] { -3, 0, 127 }).With("y", new ushort[3]);
        Assert.Null(new Interpreter(m, 2).Run(a).Failure);
        Assert.Equal([((BFloat16)(-3f)).Bits, 0UL, ((BFloat16)127f).Bits], a.Arrays["y"]);
    }

    [Fact]
    public void Constant_data_is_readable()
    {
        var m = Program(XY, "(lanes i:i32 0 4 (st y i (@ table (And i 1))))", constants: "(table:i32:Constant 7 9)");
        OnAllLanes(m, Arrays([], new int[4]), "y", [7, 9, 7, 9]);
    }

    [Fact]
    public void Persistent_scratch_passes_from_block_to_block_and_must_be_restored()
    {
        string Body(string end) => $"(array s:i32:Scratch 3 5) (st y 0 (Add (@ s 0) (@ y 0))) (st s 0 1){end}";
        var a = Arrays([], [0])();
        Assert.Contains("not restored", Assert.Single(Run(Program(XY, Body("")), 4, a).Races));
        Run(Program(XY, Body("")), 4, a);
        Assert.Equal(6UL, a.Arrays["y"][0]);
        Assert.Empty(Run(Program(XY, Body(" (st s 0 5)")), 4, a).Races);
    }

    [Fact]
    public void A_spent_budget_is_a_clear_failure()
    {
        var outcome = new Interpreter(Program(XY, "(loop l (= a:i32 1))"), 4).Run(Arrays([], [])(), steps: 1000);
        Assert.Contains("budget", outcome.Failure);
    }

    [Fact]
    public void Division_by_zero_is_a_clear_failure() =>
        Assert.Contains("zero", new Interpreter(Program(XY, "(= a:i32 (Div 1 x.Length:i32))"), 4).Run(Arrays([], [])()).Failure);

    [Theory]
    [InlineData("(lanes i:i32 0 8 (st y (Add i 1) (@ y i)))", true)]            // i reads what i - 1 writes
    [InlineData("(lanes i:i32 0 8 (st y i (@ y 8)))", false)]
    [InlineData("(lanes i:i32 0 8 (st y i (@ y 0)))", true)]                   // all read what the first writes
    [InlineData("(lanes i:i32 0 8 (st y (And i 3) i))", true)]
    [InlineData("(lanes i:i32 0 8 (atomic () Add y 0 1 ()))", false)]
    [InlineData("(lanes i:i32 0 8 (atomic () Add y 0 1 ()) (st x i (@ y 0)))", true)]
    [InlineData("(lanes i:i32 0 8 (st y i 1)) (lanes j:i32 0 8 (st x j (@ y (Xor j 1))))", false)]
    [InlineData("(array t:i32:Scratch 8) (lanes i:i32 0 8 (st t i 1)) (lanes j:i32 0 8 (st x j (@ t j)))", false)]
    [InlineData("(array t:i32:Scratch 8) (lanes i:i32 0 7 (st t i 1)) (lanes j:i32 0 8 (st x j (@ t j)))", true)] // t[7] is not written
    public void Races_are_found_on_any_number_of_lanes(string body, bool races)
    {
        foreach (int lanes in laneCounts)
            Assert.Equal(races, Run(Program(XY, body), lanes, Arrays(new int[9], new int[9])()).Races.Count > 0);
    }

    [Theory]
    [InlineData("(lanes i:i32 0 8 (lanes j:i32 0 8 (st y j i)))")]
    [InlineData("(lanes i:i32 0 8 (return))")]
    [InlineData("(block b (lanes i:i32 0 8 (leave b)))")]
    [InlineData("(lanes i:i32 0 8 (= v:i32 i)) (st y 0 v)")]
    [InlineData("(leave b)")]
    public void What_the_rules_forbid_does_not_run(string body) =>
        Assert.NotNull(new Interpreter(Program(XY, body), 4).Run(Arrays(new int[8], new int[8])()).Failure);
}
