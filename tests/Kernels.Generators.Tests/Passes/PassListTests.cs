using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Passes;

/// The passes together, on programs that nobody wrote.
public class PassListTests
{
    [Fact]
    public void No_pass_changes_a_bit_of_a_random_program()
    {
        for (int seed = 0; seed < Programs; seed++)
        {
            var f = new RandomPrograms(seed).Kernel();
            var module = new Module(f, []);
            PassList.Run(module, after: (name, after, _) =>
            {
                try
                {
                    Agree(module, after, () => Doubles(21, written: 22, seed)().With("n", seed % 5 - 1));
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"Program {seed} after {name}: {e.Message}\nbefore:\n{PrettyPrinter.Print(f)}", e);
                }
            });
        }
    }

    const int Programs = 150;

    [Fact]
    public void The_runner_stops_after_a_named_pass()
    {
        var names = new List<string>();
        PassList.Run(new Module(new RandomPrograms(1).Kernel(), []), stopAfter: "unroll", after: (name, _, _) => names.Add(name));
        Assert.Equal(["inline", "fold", "unroll"], names);
    }
}
