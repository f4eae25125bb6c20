using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Drops assignments whose value no path reads, arrays that nobody loads from, and statements left without any effect:
///
///     t = a * b; t = c; y = t      =>      t = c; y = t
///
/// Liveness backwards over the statements; a loop's body is walked until its entry no longer changes. A Checked load stays, for it
/// may raise the error flag. Lanes need no care: whether a later read sees an assignment is decided lane by lane, as in scalar code.
static class DeadCode
{
    public static Function Run(Function f)
    {
        while (true)
        {
            var loaded = new HashSet<string>();
            foreach (var s in f.Body.Statements())
            {
                foreach (var e in s.Expressions())
                    foreach (var x in e.Tree()) if (x is Load l) loaded.Add(l.Buffer.Name);
                if (s is Store st && (st.Checked || Liveness.HasChecked(st))) loaded.Add(st.Buffer.Name); // it stays
                if (s is LoadGroup g) loaded.Add(g.Buffer.Name);
                if (s is Atomic a) loaded.Add(a.Buffer.Name);
                if (s is Call c) foreach (var slice in c.Slices) loaded.Add(slice.Buffer.Name);
            }
            var body = new Liveness(f, loaded).Run();
            if (body.Equals(f.Body)) return f;
            f = f with { Body = body };
        }
    }

    sealed class Liveness(Function f, HashSet<string> loaded)
    {
        HashSet<string> live = [];
        readonly Dictionary<string, HashSet<string>> exits = [];

        public Sequence<Stmt> Run()
        {
            foreach (var r in f.Results) live.Add(r.Name);
            return Visit(f.Body);
        }

        Sequence<Stmt> Visit(Sequence<Stmt> body)
        {
            var result = new List<Stmt>();
            bool same = true;
            for (int k = body.Count - 1; k >= 0; k--)
            {
                var kept = Visit(body[k]);
                same &= ReferenceEquals(kept, body[k]);
                if (kept is not null) result.Add(kept);
            }
            if (same) return body;
            result.Reverse();
            return result.ToSequence();
        }

        Stmt? Visit(Stmt s)
        {
            switch (s)
            {
                case Assign a:
                    if (!live.Remove(a.Target.Name) && !HasChecked(a.Value)) return null;
                    Read(s);
                    return s;
                case DeclareArray { Buffer.Storage: Storage.Lane or Storage.Block } d when !loaded.Contains(d.Buffer.Name): return null;
                case Store { Buffer.Storage: Storage.Lane or Storage.Block, Checked: false } st when !loaded.Contains(st.Buffer.Name): return null;
                case If i:
                    var after = live;
                    live = [.. after];
                    var otherwise = Visit(i.Else);
                    var liveElse = live;
                    live = after;
                    var then = Visit(i.Then);
                    live.UnionWith(liveElse);
                    if (then.Count == 0 && otherwise.Count == 0 && !HasChecked(i.Condition)) return null;
                    Read(s);
                    return Keep(i, i with { Then = then, Else = otherwise });
                case Leave l:
                    live = exits.TryGetValue(l.Label, out var exit) ? [.. exit] : live;
                    return s;
                case Return:
                    live = [.. f.Results.Select(r => r.Name)];
                    return s;
                case Block b:
                    exits[b.Label] = [.. live];
                    var inner = Visit(b.Body);
                    exits.Remove(b.Label);
                    return inner.Count == 0 ? null : Keep(b, b with { Body = inner });
                case For x: return Repeat(x, x.Label, true, x.Body, body => x with { Body = body });
                case LaneLoop x: return Repeat(x, null, true, x.Body, body => x with { Body = body });
                case ChunkLoop x: return Repeat(x, x.Label, true, x.Body, body => x with { Body = body });
                case Loop x: return Repeat(x, x.Label, false, x.Body, body => x with { Body = body });
                default:
                    foreach (var target in s.Assigns()) if (s is not Append) live.Remove(target.Name);
                    if (s is Append ap) live.Add(ap.Count.Name);
                    if (s is Reduce r) foreach (var v in r.Values) live.Add(v.Name);
                    Read(s);
                    return s;
            }
        }

        /// At the end of the body live: what its start reads, and, unless the loop ends by Leave alone, what follows the loop.
        Stmt? Repeat(Stmt loop, string? label, bool ends, Sequence<Stmt> body, Func<Sequence<Stmt>, Stmt> with)
        {
            HashSet<string> behind = [.. live], entry = ends ? [.. live] : [];
            Sequence<Stmt> visited;
            while (true)
            {
                if (label is not null) exits[label] = behind;
                live = [.. entry];
                visited = Visit(body);
                int count = entry.Count;
                foreach (var local in loop.Assigns()) live.Remove(local.Name);
                entry.UnionWith(live);
                if (entry.Count == count) break;
            }
            live = entry;
            if (label is not null) exits.Remove(label);
            if (visited.Count == 0 && ends && !HasChecked(loop)) { live = behind; return null; }
            Read(loop);
            return visited.Equals(body) ? loop : with(visited);
        }

        void Read(Stmt s)
        {
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree()) if (x is Use u) live.Add(u.Local.Name);
        }

        public static bool HasChecked(Stmt s) => s.Expressions().Any(HasChecked);
        static bool HasChecked(Expr e) => e.Tree().Any(x => x is Load { Checked: true });
        static Stmt Keep(Stmt before, Stmt after) => before.Equals(after) ? before : after;
    }
}
