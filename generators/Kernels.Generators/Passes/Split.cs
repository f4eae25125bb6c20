using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// The body of a lane loop in two, with a dispatch between them, if all iterations may run the first part before any runs the second:
///
///     before; r = dispatch …; after
///
/// Inner: the locals that live in one iteration.
sealed record Split(Sequence<Stmt> Before, Dispatch Dispatch, Sequence<Stmt> After, HashSet<string> Inner)
{
    public static Split? Of(Sequence<Stmt> body, HashSet<string> inner, Func<Dispatch, bool> isWorth)
    {
        for (int k = 0; k < body.Count; k++)
        {
            if (body[k] is not Dispatch d || !isWorth(d)) continue;
            var split = new Split(body.Take(k).ToSequence(), d, body.Skip(k + 1).ToSequence(), inner);
            if (split.KeepsOrder()) return split;
        }
        return null;
    }

    bool KeepsOrder()
    {
        // What outlives the iteration is touched on one side only.
        Sequence<Stmt> first = [.. Before, Dispatch with { Results = [] }], second = [new Dispatch(Dispatch.Results, Make.Int(0), [], []), .. After];
        var (one, two) = (first.Occurrences(), second.Occurrences());
        foreach (var target in first.Concat(second).ToSequence().Statements().SelectMany(s => s.Assigns()))
            if (!Inner.Contains(target.Name) && one.ContainsKey(target.Name) && two.ContainsKey(target.Name)) return false;
        bool Updates(Sequence<Stmt> body) => body.Statements().Any(s => s is Atomic or Append);
        if (Updates(first) && Updates(second)) return false;
        // A private array stays where it is.
        var (here, there) = (Touched(first), Touched(second));
        here.IntersectWith(there);
        return here.Count == 0 && Dispatch.Cases.All(c =>
        {
            var own = new HashSet<string>(c.Body.Statements().OfType<DeclareArray>().Select(d => d.Buffer.Name));
            return Touched(c.Body).All(own.Contains);
        });
    }

    /// The private arrays that statements name.
    static HashSet<string> Touched(Sequence<Stmt> body)
    {
        var touched = new HashSet<string>();
        void Add(Buffer b)
        {
            if (b.Storage == Storage.Lane) touched.Add(b.Name);
        }
        foreach (var s in body.Statements())
        {
            if (s is DeclareArray d) Add(d.Buffer);
            if (s is Store st) Add(st.Buffer);
            if (s is Atomic a) Add(a.Buffer);
            if (s is Dispatch inner) foreach (var c in inner.Cases) touched.UnionWith(Touched(c.Body));
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree()) if (x is Load l) Add(l.Buffer);
        }
        return touched;
    }

    /// The operations that one execution takes; a loop whose trips are not known is taken to make eight.
    public static long Cost(Sequence<Stmt> body) => body.Sum(s =>
        s.Expressions().Sum(e => e.Tree().Count(x => x is Apply)) + s.Bodies().Sum(Cost) * s switch
        {
            For { Begin: Const begin, End: Const end } x => Unroll.Trips(begin, end, x.Step),
            For or Loop => 8,
            _ => 1,
        });
}
