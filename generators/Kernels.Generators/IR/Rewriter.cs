namespace Kernels.Generators.IR;

/// Bottom-up rewriting. An untouched node is returned as the same object. Passes derive privately and override what they change.
abstract class Rewriter
{
    public virtual Function Rewrite(Function f)
    {
        var body = Rewrite(f.Body);
        return body.Equals(f.Body) ? f : f with { Body = body };
    }

    public virtual Expr Rewrite(Expr e)
    {
        switch (e)
        {
            case Load load:
                var index = Rewrite(load.Index);
                var mask = load.Mask is null ? null : Rewrite(load.Mask);
                return ReferenceEquals(index, load.Index) && ReferenceEquals(mask, load.Mask) ? e : load with { Index = index, Mask = mask };
            case Apply apply:
                var args = apply.Args.MapSame(Rewrite);
                return Same(args, apply.Args) ? e : apply with { Args = args };
            case Permute permute:
                var value = Rewrite(permute.Value);
                return ReferenceEquals(value, permute.Value) ? e : permute with { Value = value };
            default: return e; // Const, Use
        }
    }

    /// A statement may become none or several.
    public virtual Sequence<Stmt> Rewrite(Sequence<Stmt> body)
    {
        List<Stmt>? changed = null;
        for (int k = 0; k < body.Count; k++)
        {
            var rewritten = RewriteMany(body[k]);
            if (changed is null && !(rewritten.Count == 1 && ReferenceEquals(rewritten[0], body[k])))
                changed = [.. body.Take(k)];
            changed?.AddRange(rewritten);
        }
        return changed is null ? body : changed.ToSequence();
    }

    public virtual Sequence<Stmt> RewriteMany(Stmt s) => [Rewrite(s)];

    public virtual Stmt Rewrite(Stmt s)
    {
        switch (s)
        {
            case Assign a:
                var value = Rewrite(a.Value);
                return ReferenceEquals(value, a.Value) ? s : a with { Value = value };
            case DeclareArray d:
                return Keep(d, d with { Length = Rewrite(d.Length), Fill = Maybe(d.Fill) });
            case Store st:
                return Keep(st, st with { Index = Rewrite(st.Index), Value = Rewrite(st.Value), Mask = Maybe(st.Mask) });
            case If i:
                return Keep(i, i with { Condition = Rewrite(i.Condition), Then = Rewrite(i.Then), Else = Rewrite(i.Else) });
            case For f:
                return Keep(f, f with { Begin = Rewrite(f.Begin), End = Rewrite(f.End), Body = Rewrite(f.Body) });
            case Loop l:
                return Keep(l, l with { Body = Rewrite(l.Body) });
            case Block b:
                return Keep(b, b with { Body = Rewrite(b.Body) });
            case LaneLoop ll:
                return Keep(ll, ll with { Begin = Rewrite(ll.Begin), End = Rewrite(ll.End), Body = Rewrite(ll.Body) });
            case ChunkLoop c:
                return Keep(c, c with { Begin = Rewrite(c.Begin), End = Rewrite(c.End), Body = Rewrite(c.Body) });
            case LoadGroup g:
                return Keep(g, g with { Index = Rewrite(g.Index) });
            case StoreGroup g:
                return Keep(g, g with { Index = Rewrite(g.Index), Values = g.Values.MapSame(Rewrite) });
            case Atomic at:
                return Keep(at, at with { Index = Rewrite(at.Index), Value = Rewrite(at.Value), Comparand = Maybe(at.Comparand), Mask = Maybe(at.Mask) });
            case Append ap:
                return Keep(ap, ap with { Value = Rewrite(ap.Value), Mask = Maybe(ap.Mask) });
            case Call call:
                return Keep(call, call with
                {
                    Values = call.Values.MapSame(Rewrite),
                    Slices = call.Slices.Map(x => x with { Offset = Rewrite(x.Offset), Length = Rewrite(x.Length) }),
                });
            case Dispatch d:
                return Keep(d, d with { Region = Rewrite(d.Region), Values = d.Values.MapSame(Rewrite), Cases = d.Cases.MapSame(Rewrite) });
            default: return s; // Leave, Return, Reduce
        }
    }

    Expr? Maybe(Expr? e) => e is null ? null : Rewrite(e);

    static Stmt Keep<T>(T before, T after) where T : Stmt => before.Equals(after) ? before : after;

    static bool Same(Sequence<Expr> a, Sequence<Expr> b)
    {
        if (a.Count != b.Count) return false;
        for (int k = 0; k < a.Count; k++) if (!ReferenceEquals(a[k], b[k])) return false;
        return true;
    }
}

/// Reads of a function: every expression and statement, parents before children.
static class Walk
{
    /// How often each local is named.
    public static Dictionary<string, int> Occurrences(this Sequence<Stmt> body)
    {
        var counts = new Dictionary<string, int>();
        void Count(Local x) => counts[x.Name] = counts.TryGetValue(x.Name, out int n) ? n + 1 : 1;
        foreach (var s in body.Statements())
        {
            foreach (var target in s.Assigns()) Count(target);
            if (s is Reduce r) foreach (var v in r.Values) Count(v);
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree()) if (x is Use u) Count(u.Local);
        }
        return counts;
    }

    public static IEnumerable<Stmt> Statements(this Sequence<Stmt> body)
    {
        for (int k = 0; k < body.Count; k++)
        {
            yield return body[k];
            foreach (var inner in body[k].Bodies())
                foreach (var s in inner.Statements()) yield return s;
        }
    }

    /// The statement lists directly inside a statement. Not the functions of Reduce and Dispatch: they have names of their own.
    public static IEnumerable<Sequence<Stmt>> Bodies(this Stmt s) => s switch
    {
        If i => [i.Then, i.Else],
        For f => [f.Body],
        Loop l => [l.Body],
        Block b => [b.Body],
        LaneLoop l => [l.Body],
        ChunkLoop c => [c.Body],
        _ => [],
    };

    /// The expressions directly in a statement, in order of evaluation.
    public static IEnumerable<Expr> Expressions(this Stmt s)
    {
        IEnumerable<Expr?> all = s switch
        {
            Assign a => [a.Value],
            DeclareArray d => [d.Length, d.Fill],
            Store st => [st.Index, st.Value, st.Mask],
            If i => [i.Condition],
            For f => [f.Begin, f.End],
            LaneLoop l => [l.Begin, l.End],
            ChunkLoop c => [c.Begin, c.End],
            LoadGroup g => [g.Index],
            StoreGroup g => [g.Index, .. g.Values],
            Atomic a => [a.Index, a.Value, a.Comparand, a.Mask],
            Append a => [a.Value, a.Mask],
            Call c => [.. c.Values, .. c.Slices.SelectMany(x => new[] { x.Offset, x.Length })],
            Dispatch d => [d.Region, .. d.Values],
            _ => [],
        };
        foreach (var e in all) if (e is not null) yield return e;
    }

    /// The expression and everything in it.
    public static IEnumerable<Expr> Tree(this Expr e)
    {
        yield return e;
        IEnumerable<Expr> children = e switch
        {
            Load l => l.Mask is null ? [l.Index] : [l.Index, l.Mask],
            Apply a => a.Args,
            Permute p => [p.Value],
            _ => [],
        };
        foreach (var child in children)
            foreach (var x in child.Tree()) yield return x;
    }

    /// The locals that a statement itself assigns (not those of statements inside it).
    public static IEnumerable<Local> Assigns(this Stmt s) => s switch
    {
        Assign a => [a.Target],
        For f => [f.Index],
        LaneLoop l => [l.Lane],
        ChunkLoop c => [c.ChunkBegin, c.ChunkEnd],
        LoadGroup g => g.Targets,
        Reduce r => r.Targets,
        Atomic { Old: { } old } => [old],
        Append a => [a.Count],
        Call c => c.Results,
        Dispatch d => d.Results,
        _ => [],
    };
}
