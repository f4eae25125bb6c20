using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Targets.Gpu;

/// Lets the caller of an element kernel give one value for all elements of an input: one shader for all overloads.
///
///     lanes (i) { y[i] = x[i] + 1; }     ->     lanes (i) { if (x.Single) x.element = x.One; else x.element = x[i]; y[i] = x.element + 1; }
///
/// x.Single and x.One are value parameters. The array that is bound in its place is not read.
static class Broadcast
{
    public const string Single = ".Single", One = ".One";

    /// Inputs that are read elsewhere than at the lane's own place, and those of types that exist in memory only, stay as they are.
    public static Function Run(Function f, IEnumerable<Buffer> inputs)
    {
        var loops = f.Body.Statements().OfType<LaneLoop>().ToList();
        if (loops.Count != 1) return f;
        var loop = loops[0];
        foreach (var x in inputs)
        {
            if (x.Element.IsNarrow()) continue;
            var read = new Load(x, loop.Lane.Read());
            if (f.Body.Statements().SelectMany(s => s.Expressions()).SelectMany(e => e.Tree()).Any(e => e is Load l && l.Buffer == x && !l.Equals(read))) continue;
            Local single = new(x.Name + Single, ScalarType.Bool), one = new(x.Name + One, x.Element), element = new(x.Name + ".element", x.Element);
            var body = new Replace(read, element.Read()).Rewrite(loop.Body);
            var replaced = loop with { Body = [new If(single.Read(), [new Assign(element, one.Read())], [new Assign(element, read)]), .. body] };
            f = f with { Parameters = [.. f.Parameters, new ValueParameter(single, ParameterRole.Plain), new ValueParameter(one, ParameterRole.Plain)], Body = new ReplaceLoop(loop, replaced).Rewrite(f.Body) };
            loop = replaced;
        }
        return f;
    }

    sealed class Replace(Load read, Expr by) : Rewriter
    {
        public override Expr Rewrite(Expr e) => e.Equals(read) ? by : base.Rewrite(e);
    }

    sealed class ReplaceLoop(LaneLoop loop, LaneLoop by) : Rewriter
    {
        public override Stmt Rewrite(Stmt s) => ReferenceEquals(s, loop) ? by : base.Rewrite(s);
    }
}
