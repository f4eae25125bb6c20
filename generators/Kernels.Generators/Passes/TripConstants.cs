using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// A constant that all lanes hold when a full trip begins is that constant in the trip:
///
///     above = false; lanes (full trip) above = above | x[i] > t;   =>   above = false; lanes (full trip) above = x[i] > t;
///
/// With that, a flag of a chunk is the comparison itself, which the machine keeps in a mask register. On entry: strip-mined, not yet
/// predicated. Looks at trips that stand in the same list of statements as the assignment.
sealed class TripConstants : Rewriter
{
    public static Function Run(Function f) => new TripConstants().Rewrite(f);

    public override Sequence<Stmt> Rewrite(Sequence<Stmt> body)
    {
        var known = new Dictionary<string, Const>();
        var result = new List<Stmt>();
        foreach (var s in body)
        {
            if (s is Assign { Value: Const c } a)
            {
                known[a.Target.Name] = c;
                result.Add(s);
                continue;
            }
            result.Add(s is LaneLoop { Trips: Trips.OneFull } l && known.Count > 0 ? l with { Body = Trip(l.Body, new(known)) } : Rewrite(s));
            foreach (var inner in new Sequence<Stmt>([s]).Statements())
                foreach (var target in inner.Assigns()) known.Remove(target.Name);
        }
        var rewritten = result.ToSequence();
        return rewritten.Equals(body) ? body : rewritten;
    }

    static Sequence<Stmt> Trip(Sequence<Stmt> body, Dictionary<string, Const> known)
    {
        var result = new List<Stmt>();
        foreach (var s in body)
        {
            var assigned = new Sequence<Stmt>([s]).Statements().SelectMany(x => x.Assigns()).Select(x => x.Name).ToList();
            // What a statement with parts of its own changes may be read after the change.
            if (s.Bodies().Any()) foreach (string name in assigned) known.Remove(name);
            result.Add(new Replace(known).Rewrite(s));
            foreach (string name in assigned) known.Remove(name);
        }
        return result.ToSequence();
    }

    sealed class Replace(Dictionary<string, Const> known) : Rewriter
    {
        public override Expr Rewrite(Expr e) => base.Rewrite(e) switch
        {
            Use u when known.TryGetValue(u.Local.Name, out var c) => c,
            Apply a when a.Args.Any(x => x is Const) => Algebra.Simplify(a, FloatMode.Strict),
            var other => other,
        };
    }
}
