using Kernels.Generators.IR;
using Kernels.Generators.Passes;

namespace Kernels.Generators.Tests.Passes;

/// What the tests of passes share: programs as IR text, counts of what a pass leaves, and runs before and after it on several numbers of lanes.
static class PassTest
{
    public const string XY = "(buf x:f64:Parameter Read () 0 0) (buf y:f64:Parameter ReadWrite () 0 0)";

    public static Module Program(string body, string parameters = XY, string constants = "", string helpers = "", string schedule = "") =>
        IRText.ParseModule($"kir1 (module (function K Kernel ({parameters}) () ({constants}) ({schedule}) () {body}) {helpers})");

    public static Function Kernel(string body, string parameters = XY, string constants = "", string schedule = "") => Program(body, parameters, constants, "", schedule).Kernel;

    public static IEnumerable<Expr> All(this Function f) => f.Body.Statements().SelectMany(s => s.Expressions()).SelectMany(e => e.Tree());
    public static int Count(this Function f, Op op) => f.All().Count(e => e is Apply a && a.Op == op);
    public static int Loads(this Function f) => f.All().Count(e => e is Load);
    public static int Count<T>(this Function f) where T : Stmt => f.Body.Statements().Count(s => s is T);

    /// The pass changes no bit of y, on any number of lanes, and breaks no rule of the IR.
    public static Function SameAfter(this Function before, Func<Function, Function> pass, Func<Arguments> arguments)
    {
        var after = pass(before);
        Agree(new Module(before, []), after, arguments);
        return after;
    }

    public static void Agree(Module before, Function after, Func<Arguments> arguments)
    {
        Assert.Empty(Verifier.Check(before));
        var violations = Verifier.Check(after, Stage.Inlined);
        Assert.True(violations.Count == 0, string.Join('\n', violations.Append(PrettyPrinter.Print(after))));
        foreach (int lanes in new[] { 1, 4, 16 })
        {
            Arguments a = arguments(), b = arguments();
            Outcome first = new Interpreter(before, lanes).Run(a), second = new Interpreter(after, lanes).Run(b);
            Assert.True(first.Failure is null, first.Failure);
            Assert.True(second.Failure is null, second.Failure + "\n" + PrettyPrinter.Print(after));
            Assert.Equal(first.Errors, second.Errors);
            foreach (string name in a.Arrays.Keys)
                Assert.True(a.Arrays[name].AsSpan().SequenceEqual(b.Arrays[name]), $"{name} differs on {lanes} lanes:\n{PrettyPrinter.Print(after)}");
        }
    }

    /// Values that make signed zeros, infinities and roundings matter.
    public static Func<Arguments> Doubles(int count, int written = -1, int seed = 1) => () =>
    {
        var random = new Random(seed);
        var x = Enumerable.Range(0, count).Select(k => k % 7 == 3 ? -0.0 : k % 11 == 5 ? double.PositiveInfinity : random.NextDouble() * 8 - 4).ToArray();
        return new Arguments().With("x", x).With("y", new double[written < 0 ? count : written]);
    };
}
