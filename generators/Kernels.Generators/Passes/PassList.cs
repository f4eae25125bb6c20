using System.Diagnostics;
using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// The scalar passes in their order, and what runs them. What follows (shapes, strip-mining, predication) belongs to a target.
static class PassList
{
    public sealed record Pass(string Name, Func<Function, Function> Run);

    /// Behind Inline, which needs the module, and ElementToKernel, which needs to know the scalar arguments.
    public static readonly Sequence<Pass> Passes =
    [
        new("fold", Fold.Run),
        new("unroll", Unroll.Run),               // folds between its rounds
        new("scalar-replace", ScalarReplace.Run),
        new("fold-elements", Fold.Run),          // the elements' values are known only now, and the arrays' zeros are dead
        // Here Bounds: conditions still compare indices, which value numbering will give names.
        new("value-numbering", ValueNumbering.Run),
        new("contract", Contract.Run),           // needs the nesting that value numbering makes
    ];

    /// A kernel ready for a target, and the checks its host makes. Called once a clone (Specialise.Clones) and, for an element kernel,
    /// once a set of scalar arguments. stopAfter: the name of a pass. after: called with each pass's name, result and time, to print or verify.
    public static (Function Function, Sequence<BoundsCheck> Checks) Run(Module module, Sequence<bool>? scalarArguments = null, string? stopAfter = null,
        Action<string, Function, TimeSpan>? after = null)
    {
        Sequence<BoundsCheck> checks = [];
        var f = module.Kernel;
        List<Pass> all = [new("inline", x => Inline.Run(module with { Kernel = x }))];
        if (f.Kind == FunctionKind.Element)
            all.Add(new("element-to-kernel", x => ElementToKernel.Run(x, scalarArguments ?? x.Parameters.Map(_ => false))));
        foreach (var pass in Passes)
        {
            if (pass.Name == "value-numbering")
                all.Add(new("bounds", x =>
                {
                    (x, checks) = Bounds.Run(x);
                    return x;
                }));
            all.Add(pass);
        }
        foreach (var pass in all)
        {
            var clock = Stopwatch.StartNew();
            f = pass.Run(f);
            after?.Invoke(pass.Name, f, clock.Elapsed);
            if (pass.Name == stopAfter) break;
        }
        return (f, checks);
    }
}
