using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Which values of a lane loop's body can be had again later, in another loop over the same lanes, without being stored: what is the
/// same in all lanes, and plain reads whose place moves with the lane,
///
///     t = n * 2;  u = x[3*i + t];      =>      uniform: n * 2;   read: x at 3*i + n*2 + 0
///
/// Nothing is read again once something was written. inner: the locals that live in one iteration.
sealed class Again
{
    readonly Shapes shapes;
    readonly Local lane;
    readonly HashSet<string> inner;
    readonly Dictionary<string, Expr> definitions = [];
    readonly bool writes;

    public Again(Shapes shapes, Sequence<Stmt> before, HashSet<string> inner, Local lane)
    {
        (this.shapes, this.lane, this.inner) = (shapes, lane, inner);
        writes = before.Statements().Any(s => s is Store or StoreGroup or Atomic or Append);
        var assignments = new Dictionary<string, int>();
        foreach (var s in before.Statements())
            foreach (var x in s.Assigns()) assignments[x.Name] = assignments.TryGetValue(x.Name, out int n) ? n + 1 : 1;
        foreach (var s in before)
            if (s is Assign a && inner.Contains(a.Target.Name) && assignments[a.Target.Name] == 1) definitions[a.Target.Name] = a.Value;
    }

    /// A read: all of the value, the load in it, its index as Coefficient * lane + Uniform (I64) + Constant, and what stands around the load.
    public sealed record Place(Expr Whole, Load Load, long Coefficient, Expr Uniform, long Constant, Func<Expr, Expr> Wrap);

    /// The value in terms of what does not change in the loop; null if it is not uniform or not known.
    public Expr? Uniform(Expr e) => Expanded(e) is { } x && x.Tree().All(y => y is Const || y is Apply { Op: not (Op.Any or Op.All or Op.LaneId) }
        || y is Use u && u.Local != lane && !inner.Contains(u.Local.Name) && !shapes.IsVarying(u.Local)
        || y is Load { Checked: false, Mask: null, Buffer.Storage: Storage.Parameter or Storage.Scratch or Storage.Constant } && !writes) ? x : null;

    public Place? Read(Expr e)
    {
        if (writes || Expanded(e) is not { } whole) return null;
        Func<Expr, Expr> wrap = x => x;
        var inside = whole;
        while (inside is Apply { Op: Op.Convert or Op.Bits } a)
        {
            var outer = wrap;
            wrap = x => outer(a with { Args = [x] });
            inside = a.Args[0];
        }
        if (inside is not Load { Checked: false, Mask: null, Buffer.Storage: Storage.Parameter or Storage.Scratch or Storage.Stack } load) return null;
        if (shapes.Affine(load.Index, lane) is not ( > 0 and var coefficient, var uniform, var constant)) return null;
        Expr moved = uniform is null ? Make.Int(0, ScalarType.I64) : Make.ConvertTo(ScalarType.I64, uniform);
        return Uniform(moved) is { } known ? new(whole, load, coefficient, known, constant, wrap) : null;
    }

    /// The value with the body's own locals written out; null if one of them has no definition that holds throughout.
    Expr? Expanded(Expr e)
    {
        var expand = new Expand(this);
        var x = expand.Rewrite(e);
        return expand.Failed ? null : x;
    }

    sealed class Expand(Again again) : Rewriter
    {
        public bool Failed { get; private set; }

        public override Expr Rewrite(Expr e)
        {
            if (e is not Use u || u.Local == again.lane || !again.inner.Contains(u.Local.Name)) return base.Rewrite(e);
            if (again.definitions.TryGetValue(u.Local.Name, out var value)) return Rewrite(value);
            Failed = true;
            return e;
        }
    }
}
