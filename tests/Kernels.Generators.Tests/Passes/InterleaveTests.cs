using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Targets;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

public class InterleaveTests
{
    static string Steps(int n) => n == 0 ? "(@ x i)" : $"(MulAdd {Steps(n - 1)} (@ x i) 0.5:f64)";

    [Theory]
    [InlineData(4, 20, 4)]  // four vectors: 3 pieces of 6 operations, and the rest with the store
    [InlineData(4, 5, 1)]
    [InlineData(1, 20, 1)]  // one vector has nothing to interleave with
    public void Long_expressions_are_cut_where_several_vectors_fly(int vectors, int steps, int statements)
    {
        var f = Kernel($"(lanes i:i32 0 x.Length:i32 (= t:f64 {Steps(steps)}) (st y i t) (st y i t))", schedule: "");
        var shapes = new Shapes(f);
        var layout = new Layout(8 * vectors, 512, ScalarType.I64);
        var cut = f.SameAfter(g => Interleave.Run(g, layout, shapes), Doubles(50));
        Assert.Equal(statements, cut.Count<Assign>());
    }
}
