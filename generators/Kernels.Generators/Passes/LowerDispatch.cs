using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// A dispatch over a varying region number becomes a chain of branches:
///
///     r = dispatch (region) { f0, f1 }(x)   =>   if (region == 0) { …f0…; r = } else { …f1…; r = }
///
/// so that a case no lane takes is skipped, and a chunk of one region runs straight. On entry: cases are inlined and structured (no
/// Return). On exit: no Dispatch.
sealed class LowerDispatch : Rewriter
{
    readonly Names names;

    LowerDispatch(Function f) => names = new Names(f);

    public static Function Run(Function f) => new LowerDispatch(f).Rewrite(f);

    public override Sequence<Stmt> RewriteMany(Stmt s)
    {
        if (base.Rewrite(s) is not Dispatch d) return base.RewriteMany(s);
        var result = new List<Stmt>();
        var region = names.Fresh("region", d.Region.Type);
        result.Add(new Assign(region, d.Region));
        var values = d.Values.Map(v =>
        {
            if (v is Const or Use) return v;
            var named = names.Fresh("argument", v.Type);
            result.Add(new Assign(named, v));
            return named.Read();
        });
        Sequence<Stmt> chain = [];
        for (int k = d.Cases.Count - 1; k >= 0; k--)
        {
            var body = Body(d.Cases[k], values, d.Results);
            chain = k == d.Cases.Count - 1 ? body : [new If(Make.Compare(Op.Eq, region.Read(), Make.Int(k, region.Type)), body, chain)];
        }
        result.AddRange(Rewrite(chain));
        return result.ToSequence();
    }

    Sequence<Stmt> Body(Function f, Sequence<Expr> values, Sequence<Local> results)
    {
        var renamed = new Dictionary<string, Local>();
        var labels = new Dictionary<string, string>();
        var given = new Dictionary<string, Expr>();
        for (int k = 0; k < f.Parameters.Count; k++)
            if (f.Parameters[k] is ValueParameter p) given[p.Local.Name] = values[k];
        var assigned = new HashSet<string>(f.Body.Statements().SelectMany(s => s.Assigns()).Select(x => x.Name));
        Local To(Local x) => renamed.TryGetValue(x.Name, out var to) ? to : renamed[x.Name] = names.Fresh(x.Name, x.Type);
        string Label(string x) => labels.TryGetValue(x, out var to) ? to : labels[x] = names.Fresh(x);
        var renamer = new Renamer(To, x => given.TryGetValue(x.Name, out var e) && !assigned.Contains(x.Name) ? e : null, null, Label);
        return
        [
            .. given.Where(g => assigned.Contains(g.Key)).Select(g => new Assign(To(new(g.Key, g.Value.Type)), g.Value)),
            .. renamer.Rewrite(f.Body),
            .. f.Results.Select((r, k) => new Assign(results[k], To(r).Read())),
        ];
    }
}
