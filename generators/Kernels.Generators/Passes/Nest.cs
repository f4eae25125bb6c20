using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Puts a value that is used once where it is used:
///
///     v = a * b; y = v + c; z = y; (z assigned elsewhere too)      =>      z = a * b + c;
///
/// if the use is in a later statement of the same list, and what the value reads does not change between. A copy to a local that
/// then stays the same takes the local's name (y = …; z = y; … y … becomes z = …; … z …). Nothing enters or leaves a branch or a loop.
static class Nest
{
    public static Function Run(Function f)
    {
        var body = new Nester(f).List(f.Body);
        return body.Equals(f.Body) ? f : f with { Body = body };
    }

    sealed class Nester
    {
        readonly Dictionary<string, int> uses = [], assigns = [];
        readonly Dictionary<string, string> alias;

        public Nester(Function f)
        {
            alias = Aliases.Of(f);
            void Count(Dictionary<string, int> counts, string name) => counts[name] = counts.TryGetValue(name, out int n) ? n + 1 : 1;
            foreach (var p in f.Parameters)
            {
                if (p is ValueParameter v) assigns[v.Local.Name] = 2;
            }
            foreach (var s in f.Body.Statements())
            {
                foreach (var target in s.Assigns()) Count(assigns, target.Name);
                if (s is Reduce r) foreach (var v in r.Values) { uses[v.Name] = 2; }
                if (s is Append a) uses[a.Count.Name] = 2;
                foreach (var e in s.Expressions())
                    foreach (var x in e.Tree()) if (x is Use u) Count(uses, u.Local.Name);
            }
            foreach (var r in f.Results) uses[r.Name] = 2;
        }

        /// A value that waits for its use: where it stands, and what it reads.
        sealed record Pending(int At, Expr Value, HashSet<string> Reads, bool Checked);

        public Sequence<Stmt> List(Sequence<Stmt> body)
        {
            var renamed = Coalesce(body);
            var output = new List<Stmt?>();
            var pending = new Dictionary<string, Pending>();
            foreach (var s in renamed)
            {
                var put = new Put(pending, output);
                var nested = put.Own(s);
                nested = Inside(nested);
                Change(nested, pending);
                output.Add(nested);
                if (nested is Assign a && uses.TryGetValue(a.Target.Name, out int n) && n == 1 && assigns[a.Target.Name] == 1)
                    pending[a.Target.Name] = new(output.Count - 1, a.Value, Reads(a.Value), a.Value.Tree().Any(x => x is Load { Checked: true }));
            }
            var result = output.Where(s => s is not null).Select(s => s!).ToSequence();
            return result.Equals(body) ? body : result;
        }

        Stmt Inside(Stmt s) => s switch
        {
            If i => i with { Then = List(i.Then), Else = List(i.Else) },
            For f => f with { Body = List(f.Body) },
            Loop l => l with { Body = List(l.Body) },
            Block b => b with { Body = List(b.Body) },
            LaneLoop l => l with { Body = List(l.Body) },
            ChunkLoop c => c with { Body = List(c.Body) },
            _ => s,
        };

        string Array(Buffer b) => "@" + (alias.TryGetValue(b.Name, out string? other) ? other : b.Name);

        HashSet<string> Reads(Expr e)
        {
            var set = new HashSet<string>();
            foreach (var x in e.Tree())
            {
                if (x is Use u) set.Add(u.Local.Name);
                if (x is Load l) set.Add(Array(l.Buffer));
                // Which lanes are active may differ at the use: stays.
                if (x is Permute or Apply { Op: Op.Any or Op.All }) set.Add("!");
            }
            return set;
        }

        void Change(Stmt s, Dictionary<string, Pending> pending)
        {
            if (pending.Count == 0) return;
            bool plain = s is Assign;
            var changed = new HashSet<string>();
            void Add(Stmt x)
            {
                foreach (var target in x.Assigns()) changed.Add(target.Name);
                Buffer? written = x switch { Store y => y.Buffer, StoreGroup y => y.Buffer, Atomic y => y.Buffer, Append y => y.Buffer, DeclareArray y => y.Buffer, _ => null };
                if (written is not null) changed.Add(Array(written));
            }
            Add(s);
            foreach (var body in s.Bodies())
                foreach (var inner in body.Statements()) Add(inner);
            if (!plain) changed.Add("!");
            foreach (string name in pending.Where(p => p.Value.Reads.Overlaps(changed) || (p.Value.Checked && !plain)).Select(p => p.Key).ToList()) pending.Remove(name);
        }

        /// Puts pending values into the expressions of a statement itself.
        sealed class Put(Dictionary<string, Pending> pending, List<Stmt?> output) : Rewriter
        {
            public Stmt Own(Stmt s) => pending.Count == 0 || s is For or LaneLoop or ChunkLoop ? s : Rewrite(s); // a loop's bounds stay names: its lowering repeats them

            public override Expr Rewrite(Expr e)
            {
                if (e is not Use u || !pending.TryGetValue(u.Local.Name, out var p)) return base.Rewrite(e);
                pending.Remove(u.Local.Name);
                output[p.At] = null;
                return p.Value;
            }

            public override Sequence<Stmt> Rewrite(Sequence<Stmt> body) => body;
            public override Function Rewrite(Function f) => f;
        }

        /// t = e; x = t; … t …  with t from here on only in this list, and x not assigned in the rest of it:  x = e; … x …
        Sequence<Stmt> Coalesce(Sequence<Stmt> body)
        {
            for (int k = 0; k + 1 < body.Count; k++)
            {
                if (body[k] is not Assign a || body[k + 1] is not Assign { Value: Use u } b || u.Local != a.Target || assigns[a.Target.Name] != 1 || uses[a.Target.Name] < 2) continue;
                var rest = body.Skip(k + 2).ToSequence();
                if (rest.Statements().Any(s => s.Assigns().Contains(b.Target) || s is Reduce r && r.Values.Contains(a.Target))) continue;
                int inRest = rest.Statements().Sum(s => s.Expressions().Sum(e => e.Tree().Count(x => x is Use y && y.Local == a.Target)));
                if (inRest + 1 != uses[a.Target.Name]) continue;
                var substitution = new Substitution();
                substitution.Values[a.Target.Name] = new Use(b.Target);
                uses[b.Target.Name] = (uses.TryGetValue(b.Target.Name, out int n) ? n : 0) + inRest;
                body = [.. body.Take(k), new Assign(b.Target, a.Value), .. substitution.Rewrite(rest)];
            }
            return body;
        }
    }
}
