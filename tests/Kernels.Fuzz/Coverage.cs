using Kernels.Generators.IR;

namespace Kernels.Fuzz;

using Atomic = Kernels.Generators.IR.Atomic;

/// How often each node occurs, by type and by where it stands: uniform code, a lane loop, or under varying control in one.
sealed class Coverage
{
    public enum Place { Uniform, Lanes, Masked }

    readonly Dictionary<(string Node, Place Place), int> counts = [];

    public void Add(Function f) => Visit(f.Body, Place.Uniform);

    void Count(string node, Place place) => counts[(node, place)] = counts.GetValueOrDefault((node, place)) + 1;

    void Visit(Sequence<Stmt> body, Place place)
    {
        foreach (var s in body)
        {
            Count(s switch
            {
                Store st => $"Store {st.Buffer.Element} to {st.Buffer.Storage}{(st.Checked ? ", checked" : "")}",
                Atomic a => $"Atomic {a.Kind} {a.Buffer.Element}",
                Append a => $"Append {a.Buffer.Element}",
                Assign a => $"Assign {a.Target.Type}",
                Reduce r => $"Reduce of {r.Values.Count}",
                _ => s.GetType().Name,
            }, place);
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree()) Count(Name(x), place);
            var inner = s is LaneLoop ? Place.Lanes : place == Place.Lanes && s is If or Loop or For ? Place.Masked : place;
            foreach (var b in s.Bodies()) Visit(b, inner);
        }
    }

    static string Name(Expr e) => e switch
    {
        Load l => $"Load {l.Buffer.Element} of {l.Buffer.Storage}{(l.Checked ? ", checked" : "")}",
        Apply { Op: Op.Convert or Op.Bits or Op.ConvertInRange } a => $"{a.Op} {a.Args[0].Type} to {a.Type}",
        Apply a => $"{a.Op} {a.Args[0].Type}",
        _ => $"{e.GetType().Name} {e.Type}",
    };

    public string Table() => string.Join("\n", counts.GroupBy(c => c.Key.Node).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => $"{g.Key,-36}" + string.Concat(Enum.GetValues<Place>().Select(p => $"{counts.GetValueOrDefault((g.Key, p)),9}"))));

    public int this[string node, Place place] => counts.GetValueOrDefault((node, place));
}
