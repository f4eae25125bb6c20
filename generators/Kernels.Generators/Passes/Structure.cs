using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Removes early exits that an if/else says as well, so that predication sees plain ifs:
///
///     r: { if (c) { y = 1; leave r; } y = 2; }      =>      if (c) y = 1; else y = 2;
///
/// What follows an exit is dropped, a block that nobody leaves is dissolved, an if without statements goes. After: every Block
/// has a Leave. Nothing is duplicated: an exit from two ifs deep with work left between stays a Leave. Linear.
static class Structure
{
    public static Function Run(Function f)
    {
        var body = Run(f.Body);
        return body.Equals(f.Body) ? f : f with { Body = body };
    }

    public static Sequence<Stmt> Run(Sequence<Stmt> body) => Simplify(body, []);

    /// exits: the labels whose Leave at the end of this list does what falling off its end does.
    static Sequence<Stmt> Simplify(Sequence<Stmt> body, HashSet<string> exits)
    {
        var result = new List<Stmt>();
        for (int k = 0; k < body.Count; k++)
        {
            bool last = k == body.Count - 1;
            HashSet<string> tail = last ? exits : [];
            switch (body[k])
            {
                case Leave leave:
                    if (!exits.Contains(leave.Label)) result.Add(leave);
                    return Done(result, body);
                case Return:
                    result.Add(body[k]);
                    return Done(result, body);
                case If i:
                    bool then = Escapes(i.Then, exits), otherwise = Escapes(i.Else, exits);
                    if (!last && (then || otherwise) && !(then && otherwise))
                    {
                        var rest = body.Skip(k + 1);
                        var merged = then ? i with { Else = [.. i.Else, .. rest] } : i with { Then = [.. i.Then, .. rest] };
                        Add(result, merged with { Then = Simplify(merged.Then, exits), Else = Simplify(merged.Else, exits) }, merged);
                        return Done(result, body);
                    }
                    if (then && otherwise) tail = exits;
                    Add(result, i with { Then = Simplify(i.Then, tail), Else = Simplify(i.Else, tail) }, i);
                    break;
                case Block b:
                    var inner = Simplify(b.Body, [.. tail, b.Label]);
                    if (Leaves(inner, b.Label)) result.Add(inner.Equals(b.Body) ? b : b with { Body = inner });
                    else result.AddRange(inner);
                    break;
                case For f:
                    Keep(result, f, f with { Body = Simplify(f.Body, []) });
                    break;
                case Loop l:
                    Keep(result, l, l with { Body = Simplify(l.Body, []) });
                    break;
                case LaneLoop l:
                    Keep(result, l, l with { Body = Simplify(l.Body, []) });
                    break;
                case ChunkLoop c:
                    Keep(result, c, c with { Body = Simplify(c.Body, []) });
                    break;
                default: result.Add(body[k]); break;
            }
            if (result.Count > 0 && Diverts(result[result.Count - 1])) return Done(result, body);
        }
        return Done(result, body);
    }

    static Sequence<Stmt> Done(List<Stmt> result, Sequence<Stmt> body)
    {
        if (result.Count != body.Count) return result.ToSequence();
        for (int k = 0; k < body.Count; k++) if (!ReferenceEquals(result[k], body[k])) return result.ToSequence();
        return body;
    }

    static void Keep(List<Stmt> result, Stmt before, Stmt after) => result.Add(before.Equals(after) ? before : after);

    static void Add(List<Stmt> result, If after, If before)
    {
        bool raises = after.Condition.Tree().Any(e => e is Load { Checked: true });
        if (after.Then.Count == 0 && after.Else.Count == 0 && !raises) return;
        if (after.Then.Count == 0 && after.Else.Count > 0) after = new(Make.Not(after.Condition), after.Else, []);
        Keep(result, before, after);
    }

    /// The list ends in a Leave of one of the labels on every path, and falls through on none.
    static bool Escapes(Sequence<Stmt> body, HashSet<string> exits) => body.Count > 0 && body[body.Count - 1] switch
    {
        Leave l => exits.Contains(l.Label),
        If i => Escapes(i.Then, exits) && Escapes(i.Else, exits),
        _ => false,
    };

    /// Nothing behind the statement is ever reached.
    static bool Diverts(Stmt s) => s switch
    {
        Leave or Return => true,
        If i => i.Then.Count > 0 && i.Else.Count > 0 && Diverts(i.Then[i.Then.Count - 1]) && Diverts(i.Else[i.Else.Count - 1]),
        Loop l => !Leaves(l.Body, l.Label),
        _ => false,
    };

    public static bool Leaves(Sequence<Stmt> body, string label) => body.Statements().Any(s => s is Leave l && l.Label == label);
}
