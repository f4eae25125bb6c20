using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Turns local arrays whose indices are all constant into locals:
///
///     double[2] t; t[0] = a; t[1] = t[0] + b;      =>      t.0 = 0; t.1 = 0; t.0 = a; t.1 = t.0 + b;
///
/// The zeros that nobody reads go with the next Fold. Takes the lane's arrays, and those arrays of the block that no lane writes.
/// Before: loops that index them are unrolled and folded. Leaves whole an array with one index that is not constant, or out of
/// range; other arrays of the block are for the pass that knows shapes.
static class ScalarReplace
{
    public static Function Run(Function f)
    {
        var lengths = new Dictionary<string, long>();
        foreach (var s in f.Body.Statements())
            if (s is DeclareArray { Buffer: { Storage: Storage.Lane or Storage.Block } buffer, Fill: null } d)
                lengths[buffer.Name] = d.Length is Const c && !buffer.Element.IsNarrow() ? c.Integer() : -1;
        Survey(f.Body, lengths, inLanes: false);
        foreach (string name in lengths.Where(x => x.Value < 0).Select(x => x.Key).ToList()) lengths.Remove(name);
        if (lengths.Count == 0) return f;
        var names = new Names(f);
        var elements = lengths.ToDictionary(x => x.Key, x => Enumerable.Range(0, (int)x.Value).Select(k => names.Fresh($"{x.Key}.{k}")).ToArray());
        return new Replacer(elements).Rewrite(f);
    }

    static void Survey(Sequence<Stmt> body, Dictionary<string, long> lengths, bool inLanes)
    {
        void Index(Buffer buffer, Expr? index, Expr? mask)
        {
            if (lengths.TryGetValue(buffer.Name, out long length) && !(index is Const c && mask is null && (ulong)c.Integer() < (ulong)length)) lengths[buffer.Name] = -1;
        }
        foreach (var s in body)
        {
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree()) if (x is Load l) Index(l.Buffer, l.Index, l.Mask);
            switch (s)
            {
                case Store st: Index(st.Buffer, inLanes && st.Buffer.Storage == Storage.Block ? null : st.Index, st.Mask); break;
                case Atomic a: Index(a.Buffer, null, null); break;
                case Append a: Index(a.Buffer, null, null); break;
                case LoadGroup g: Index(g.Buffer, null, null); break;
                case StoreGroup g: Index(g.Buffer, null, null); break;
                case Call c: foreach (var part in c.Slices) Index(part.Buffer, null, null); break;
            }
            foreach (var inner in s.Bodies()) Survey(inner, lengths, inLanes || s is LaneLoop);
        }
    }

    sealed class Replacer(Dictionary<string, string[]> elements) : Rewriter
    {
        public override Function Rewrite(Function f) => f with { Body = Rewrite(f.Body) };

        public override Expr Rewrite(Expr e) =>
            e is Load l && elements.TryGetValue(l.Buffer.Name, out var names) ? new Use(new(names[((Const)l.Index).Integer()], l.Type)) : base.Rewrite(e);

        public override Sequence<Stmt> RewriteMany(Stmt s) => s switch
        {
            DeclareArray d when elements.TryGetValue(d.Buffer.Name, out var names) =>
                [.. names.Select(name => (Stmt)new Assign(new(name, d.Buffer.Element), new Const(d.Buffer.Element, 0)))],
            Store st when elements.TryGetValue(st.Buffer.Name, out var names) =>
                [new Assign(new(names[((Const)st.Index).Integer()], st.Buffer.Element), Rewrite(st.Value))],
            _ => base.RewriteMany(s),
        };
    }
}
