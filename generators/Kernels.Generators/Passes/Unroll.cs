using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Unrolls loops with constant bounds that index a local array, or all of them if the schedule says so:
///
///     for (k = 0; k < 2; k++) t[k] = a[k];      =>      t[0] = a[0]; t[1] = a[1];
///
/// A loop indexes an array also by what is computed from its variable, as the bound of an inner loop for example. What lives within
/// one iteration gets a name an iteration; a loop that is left early becomes a Block. Between rounds the function is folded, for an
/// outer index to become an inner bound. Before: folded. After: no local array is indexed by a loop variable, unless the loop was
/// too long: it then stays a loop, and its array in memory. Linear in the unrolled size.
static class Unroll
{
    // The largest unrolled body in nodes: transforms of 64 points make 10,000, and a method may hold about 2,400 vector
    // operations; so the limit never binds on what one method could hold.
    const int MaxNodes = 20_000;

    public static Function Run(Function f)
    {
        while (true)
        {
            int size = Size(f.Body);
            var body = new Unroller(f, MaxNodes - size).Rewrite(f.Body);
            if (body.Equals(f.Body)) return f;
            f = Fold.Run(f with { Body = body });
        }
    }

    /// The number of iterations of a For with constant bounds.
    public static long Trips(Const begin, Const end, int step)
    {
        long a = begin.Integer(), b = end.Integer();
        return step > 0 ? (a < b ? (b - a + step - 1) / step : 0) : a > b ? (a - b - step - 1) / -step : 0;
    }

    static int Size(Sequence<Stmt> body) => body.Statements().Sum(s => 1 + s.Expressions().Sum(e => e.Tree().Count()));

    sealed class Unroller(Function f, int budget) : Rewriter
    {
        readonly Names names = new(f);
        readonly Dictionary<string, int> occurrences = f.Body.Occurrences();

        public override Function Rewrite(Function f) => Unroll.Run(f);

        public override Sequence<Stmt> RewriteMany(Stmt s)
        {
            if (s is not For { Begin: Const begin, End: Const end } loop || !(f.Schedule.UnrollAll || IndexesArray(loop))) return [Rewrite(s)];
            long trips = Trips(begin, end, loop.Step);
            long cost = trips * Math.Max(Size(loop.Body), 1);
            if (cost > budget) return [Rewrite(s)];
            budget -= (int)cost;

            // Locals, arrays and labels of the body alone are the iteration's.
            var inside = loop.Body.Occurrences();
            var own = loop.Body.Statements().SelectMany(x => x.Assigns()).Distinct().Where(x => inside[x.Name] == Of(occurrences, x.Name)).ToList();
            var arrays = loop.Body.Statements().OfType<DeclareArray>().Select(d => d.Buffer).ToList();
            var labels = loop.Body.Statements().Select(Inline.LabelOf).Where(x => x is not null).ToList();
            var result = new List<Stmt>();
            for (long k = 0; k < trips; k++)
            {
                var substitution = new Substitution();
                substitution.Values[loop.Index.Name] = Make.Int(begin.Integer() + k * loop.Step, loop.Index.Type);
                if (k > 0)
                {
                    foreach (var local in own) substitution.Locals[local.Name] = names.Fresh(local.Name, local.Type);
                    foreach (var array in arrays) substitution.Buffers[array.Name] = array with { Name = names.Fresh(array.Name) };
                    foreach (var label in labels) substitution.Labels[label!] = names.Fresh(label!);
                }
                result.AddRange(substitution.Rewrite(loop.Body));
            }
            return Structure.Leaves(loop.Body, loop.Label) ? [new Block(loop.Label, result.ToSequence())] : result.ToSequence();
        }

        static int Of(Dictionary<string, int> counts, string name) => counts.TryGetValue(name, out int n) ? n : 0;

        static bool IndexesArray(For loop)
        {
            var derived = new HashSet<string> { loop.Index.Name };
            bool Depends(Expr e) => e.Tree().Any(x => x is Use u && derived.Contains(u.Local.Name));
            bool Local(Buffer b, Expr index) => b.Storage is Storage.Lane or Storage.Block && Depends(index);
            for (int before = 0; before != derived.Count;)
            {
                before = derived.Count;
                foreach (var s in loop.Body.Statements())
                    if (s is Assign or For && s.Expressions().Any(Depends))
                        foreach (var target in s.Assigns()) derived.Add(target.Name);
            }
            foreach (var s in loop.Body.Statements())
            {
                if (s is Store st && Local(st.Buffer, st.Index)) return true;
                if (s is Atomic a && Local(a.Buffer, a.Index)) return true;
                foreach (var e in s.Expressions())
                    foreach (var x in e.Tree()) if (x is Load l && Local(l.Buffer, l.Index)) return true;
            }
            return false;
        }
    }
}
