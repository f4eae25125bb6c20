using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Tests.Frontend;

namespace Kernels.Generators.Tests.Passes;

/// Every spec that this repository ships keeps the rules of the IR through every pass.
public class ShippedSpecsTests
{
    [Fact]
    public void Every_pass_keeps_the_rules_on_every_shipped_spec()
    {
        var compilation = ShippedSpecs.Compilation.Value;
        int kernels = 0;
        foreach (var method in Source.Specs(compilation))
            foreach (var instance in Spec.Instances(method))
            {
                var (module, _) = Lowering.Lower(compilation, instance);
                if (module is null) continue; // a diagnostic: not a matter of passes
                foreach (var (variant, f, _) in Compiler.Variants(module))
                {
                    kernels++;
                    var violations = Verifier.Check(f, Stage.Inlined);
                    Assert.True(violations.Count == 0, $"{method.Name}{variant.Suffix}: {string.Join('\n', violations)}\n{PrettyPrinter.Print(f)}");
                }
            }
        Assert.True(kernels >= 20, $"only {kernels} kernels were found");
    }
}
