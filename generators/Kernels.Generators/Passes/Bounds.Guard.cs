using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

// One check before a lane or chunk loop for what all its iterations access.
static partial class Bounds
{
    sealed partial class Finder
    {
        /// What is checked before a loop. Wanted: the accesses that would be Checked. Assigned: what changes in the loop; all else has its value already.
        sealed class Guard(HashSet<(Buffer, Expr)> wanted, HashSet<string> assigned)
        {
            public readonly HashSet<(Buffer, Expr)> Wanted = wanted;
            public readonly HashSet<string> Assigned = assigned;
            public readonly List<(Buffer Buffer, IndexRange Min, IndexRange Max, Expr When)> Checks = [];
        }

        bool withoutGuards;

        public override Sequence<Stmt> RewriteMany(Stmt s)
        {
            if (s is not (LaneLoop or ChunkLoop) || guard is not null || withoutGuards) return [Rewrite(s)];
            withoutGuards = true;
            var plain = Rewrite(s);
            withoutGuards = false;
            // A chunk loop may be left before it reaches what is out of range: then its pieces are checked one by one.
            var fallback = s is ChunkLoop ? Rewrite(s) : plain;
            var wanted = Wanted(plain);
            if (wanted.Count == 0) return [fallback];

            // Again, with every local that the loop does not change as a value of its own, and no condition around.
            var (outerValues, outerWhen, outerUncertain) = (values, when, uncertain);
            var outerLoops = loops.ToList();
            loops.Clear();
            guard = new(wanted, [.. new Sequence<Stmt>([s]).Statements().SelectMany(x => x.Assigns()).Select(x => x.Name)]);
            (values, when, uncertain) = ([], null, 0);
            var guarded = Rewrite(s);
            var found = guard.Checks;
            guard = null;
            (values, when, uncertain) = (outerValues, outerWhen, outerUncertain);
            loops.Clear();
            loops.AddRange(outerLoops);
            if (found.Count == 0) return [fallback];

            var result = new List<Stmt>();
            var raise = new List<Stmt>();
            Expr? all = null;
            foreach (var byBuffer in found.GroupBy(c => c.Buffer))
            {
                Expr? inside = null;
                foreach (var c in byBuffer)
                {
                    var zero = Make.Int(0, ScalarType.I64);
                    var fits = Make.And(Make.Compare(Op.Ge, c.Min.ToExpr(), zero), Make.Compare(Op.Lt, c.Max.ToExpr(), Limit(byBuffer.Key)!.ToExpr()));
                    inside = Make.And(inside, c.When.Equals(Make.True) ? fits : Make.Or(Make.Not(c.When), fits));
                }
                var holds = names.Fresh("inside", ScalarType.Bool);
                result.Add(new Assign(holds, inside!));
                all = Make.And(all, new Use(holds));
                raise.Add(new If(Make.Not(new Use(holds)), [Raise(byBuffer.Key)], []));
            }
            return [.. result, new If(all!, [guarded], s is ChunkLoop ? [fallback] : raise.ToSequence())];
        }

        static HashSet<(Buffer, Expr)> Wanted(Stmt loop)
        {
            var wanted = new HashSet<(Buffer, Expr)>();
            foreach (var x in new Sequence<Stmt>([loop]).Statements())
            {
                if (x is Atomic { Checked: true } at) wanted.Add((at.Buffer, Bare.Of(at.Index)));
                if (x is Store { Checked: true } st) wanted.Add((st.Buffer, Bare.Of(st.Index)));
                foreach (var e in x.Expressions())
                    foreach (var y in e.Tree()) if (y is Load { Checked: true } l) wanted.Add((l.Buffer, Bare.Of(l.Index)));
            }
            return wanted;
        }

        /// An access that is out of range, for the error it raises.
        Stmt Raise(Buffer b)
        {
            var outside = Make.Int(-1);
            if (parameters.TryGetValue(b.Name, out var p) ? p.Access != Access.Read : b.Storage != Storage.Constant) return new Store(b, outside, new Const(b.Element, 0), Checked: true);
            var type = !b.Element.IsNarrow() ? b.Element : b.Element.IsFloat() ? ScalarType.F32 : ScalarType.I32;
            return new Assign(names.Fresh("outside", type), Make.ConvertTo(type, new Load(b, outside, Checked: true)));
        }

        /// Without the marks of what is checked.
        sealed class Bare : Rewriter
        {
            static readonly Bare instance = new();
            public static Expr Of(Expr e) => instance.Rewrite(e);
            public override Expr Rewrite(Expr e)
            {
                e = base.Rewrite(e);
                return e is Load { Checked: true } l ? l with { Checked = false } : e;
            }
        }
    }
}
