using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Whether a partial trip may go register by register. Lanes meet at what Atomic and Append change; if two statements of a trip, or two
/// executions of one, change the same, the first must be finished by every lane before the second begins:
///
///     lanes { append(y, count, a); append(y, count, b); }      all a of the trip, then all b
///
/// Plain stores need no such care: no iteration touches what another one stores. Nor do updates that commute and whose old value nobody takes.
static class LaneOrder
{
    public static bool Matters(LaneLoop loop, Function f)
    {
        var alias = Aliases.Of(f);
        string Array(Buffer b) => alias.TryGetValue(b.Name, out string? other) ? other : b.Name;

        var all = loop.Body.Statements().ToList();
        var updates = all.Where(s => s is Atomic or Append).ToList();
        if (updates.Count == 0) return false;
        var changed = new Dictionary<string, AtomicKind?>(); // how, if by what commutes
        foreach (var s in updates)
        {
            AtomicKind? kind = s is Atomic a && Commutes(a) ? a.Kind : null;
            foreach (string what in s switch { Atomic x => [Array(x.Buffer)], Append x => new[] { Array(x.Buffer), "#" + x.Count.Name }, _ => [] })
            {
                if (changed.TryGetValue(what, out var before) && (before is null || before != kind)) return true;
                changed[what] = kind;
            }
        }
        foreach (var s in all)
        {
            if (s is Store st && changed.ContainsKey(Array(st.Buffer))) return true;
            if (s is StoreGroup sg && changed.ContainsKey(Array(sg.Buffer))) return true;
            if (s is LoadGroup lg && changed.ContainsKey(Array(lg.Buffer))) return true;
            if (s.Expressions().SelectMany(e => e.Tree()).Any(e => e is Load l && changed.ContainsKey(Array(l.Buffer)))) return true;
            if (s is For or Loop && s.Bodies().SelectMany(b => b.Statements()).Any(x => x is Append || x is Atomic a && !Commutes(a))) return true;
        }
        return false;
    }

    static bool Commutes(Atomic a) => a.Old is null && !a.Buffer.Element.IsFloat() && a.Kind is not (AtomicKind.Exchange or AtomicKind.CompareExchange);
}
