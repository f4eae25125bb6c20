using Kernels.Generators.IR;

namespace Kernels.Fuzz;

using Atomic = Kernels.Generators.IR.Atomic;
using Buffer = Kernels.Generators.IR.Buffer;

/// How often each node occurs, by type and by where it stands: uniform code, a lane loop, or under varying control in one.
sealed class Coverage
{
    public enum Place { Uniform, Lanes, Masked }

    readonly Dictionary<(string Node, Place Place), int> counts = [];

    public void Add(FuzzProgram p)
    {
        var buffers = p.Function.Parameters.OfType<BufferParameter>().ToList();
        kinds = buffers.ToDictionary(b => b.Buffer, b => $"{(b.View2 ? " of a view" : "")}{(b.InPlaceOf is not null ? " in place" : "")}{(b.Trusted ? " trusted" : "")}");
        Visit(p.Function.Body, Place.Uniform);
        if (!p.Whole) return;
        Count("whole compiler", Place.Uniform);
        foreach (var h in p.Helpers)
            foreach (var s in h.Body.Statements()) Count($"in a helper: {s.GetType().Name}", Place.Uniform);
    }

    Dictionary<Buffer, string> kinds = [];

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
                ChunkLoop c => $"ChunkLoop {c.ChunkBegin.Type}",
                DeclareArray { Fill: not null } => "DeclareArray, persistent",
                Call c => c.Slices.Count > 0 ? "Call with slices" : "Call",
                LaneLoop l when Generators.Passes.LaneOrder.Matters(l, new("", FunctionKind.Kernel, [], [], [], [], new())) => "LaneLoop, order matters",
                _ => s.GetType().Name,
            }, place);
            foreach (string how in s switch { Store st => Kind(st.Buffer), Atomic a => Kind(a.Buffer), _ => [] }) Count("Store" + how, place);
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree())
                {
                    Count(Name(x), place);
                    if (x is Load l)
                        foreach (string how in Kind(l.Buffer)) Count("Load" + how, place);
                }
            var inner = s is LaneLoop ? Place.Lanes : place == Place.Lanes && s is If or Loop or For ? Place.Masked : place;
            foreach (var b in s.Bodies()) Visit(b, inner);
        }
    }

    IEnumerable<string> Kind(Buffer b) => kinds.TryGetValue(b, out string? kind) && kind != "" ? [kind] : [];

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

    /// What a run must have met: every operation on every type it has, in all three places; loads and stores of every element type; every statement.
    public static IEnumerable<(string Node, Place Place)> Wanted()
    {
        ScalarType[] integers = [ScalarType.I32, ScalarType.U32, ScalarType.I64, ScalarType.U64], floats = [ScalarType.F32, ScalarType.F64], all = [.. integers, .. floats];
        Op[] both = [Op.Add, Op.Sub, Op.Mul, Op.Neg, Op.Abs, Op.Min, Op.Max, Op.MinOrSecond, Op.MaxOrSecond, Op.Eq, Op.Ne, Op.Lt, Op.Le, Op.Gt, Op.Ge];
        Op[] integral = [Op.And, Op.Or, Op.Xor, Op.Not, Op.Shl, Op.Shr, Op.PopCount, Op.LeadingZeros, Op.TrailingZeros, Op.Div, Op.Rem];
        Op[] real = [Op.Div, Op.Sqrt, Op.Floor, Op.Ceiling, Op.Truncate, Op.Round, Op.CopySign, Op.Fma, Op.MulAdd, Op.Scale, Op.ScaleNormal];
        var nodes = all.SelectMany(t => both.Select(op => $"{op} {t}"))
            .Concat(integers.SelectMany(t => integral.Select(op => $"{op} {t}")))
            .Concat(all.SelectMany(t => all.Where(u => u != t).Select(u => $"Convert {t} to {u}")))
            .Concat(all.SelectMany(t => new[] { $"Const {t}", $"Use {t}", $"Load {t} of Parameter" }))
            .Concat(["And Bool", "Or Bool", "Xor Bool", "Not Bool", "Eq Bool", "Ne Bool", "Select Bool", "If", "For", "Loop", "Block"]);
        foreach (string node in nodes)
            foreach (var place in Enum.GetValues<Place>()) yield return (node, place);
        foreach (var place in new[] { Place.Lanes, Place.Masked })
            foreach (var t in floats)
                foreach (var op in real) yield return ($"{op} {t}", place);
        yield return ("Leave", Place.Uniform);
        yield return ("Leave", Place.Masked);
        foreach (var t in new[] { ScalarType.I8, ScalarType.U8, ScalarType.I16, ScalarType.U16, ScalarType.F16, ScalarType.BF16 })
            foreach (var place in new[] { Place.Lanes, Place.Masked })
            {
                yield return ($"Load {t} of Parameter", place);
                yield return ($"Store {t} to Parameter", place);
                yield return ($"Load {t} of Parameter, checked", place);
            }
        foreach (var t in floats)
            foreach (var kind in new[] { AtomicKind.Add, AtomicKind.Min, AtomicKind.Max, AtomicKind.Exchange, AtomicKind.CompareExchange })
                yield return ($"Atomic {kind} {t}", Place.Lanes);
        foreach (var place in Enum.GetValues<Place>())
        {
            yield return ("Load of a view", place);
            yield return ("Store of a view", place);
            yield return ("Load trusted", place);
            yield return ("Store trusted", place);
        }
        foreach (var place in new[] { Place.Lanes, Place.Masked })
        {
            yield return ("Load in place", place);
            yield return ("Store in place", place);
            yield return ("Call with slices", place);
        }
        foreach (string node in new[] { "whole compiler", "Call", "Call with slices", "DeclareArray, persistent", "LaneLoop, order matters", "ChunkLoop I32", "ChunkLoop I64" }) yield return (node, Place.Uniform);
        foreach (string node in new[] { "Return", "For", "DeclareArray", "Call", "If" }) yield return ($"in a helper: {node}", Place.Uniform);
        foreach (var t in new[] { ScalarType.F16, ScalarType.BF16 }) yield return ($"Store {t} to Parameter", Place.Uniform);
        yield return ("Dispatch", Place.Masked);
        foreach (string node in new[] { "LaneLoop", "Reduce of 1", "Reduce of 2", "Any Bool", "All Bool", "DeclareArray" }) yield return (node, Place.Uniform);
        foreach (string node in new[] { "Dispatch", "DeclareArray" }) yield return (node, Place.Lanes);
    }
}
