using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Interleaved accesses become contiguous ones and a transpose in registers:
///
///     re = x[2*i]; im = x[2*i + 1];   =>   (re', im') = group x[2*i ..]; re = re'; im = im'
///
/// for all c = 0 … S-1 of S*i + c, S = 2, 4, 8 or 16, within one straight-line stretch of a full trip: a gap would be memory that the
/// spec does not touch. Loads need no store to the array between them, stores no access. On entry: predicated; lane loops are single trips. Other
/// strides and partial trips stay gathers and scatters.
sealed class AccessGroups
{
    readonly Shapes shapes;
    readonly Names names;
    readonly HashSet<(string, string)> aliases = [];

    AccessGroups(Function f, Shapes shapes)
    {
        this.shapes = shapes;
        foreach (var p in f.Parameters)
            if (p is BufferParameter { InPlaceOf: { } other } b)
                foreach (var q in f.Parameters)
                    if (q is BufferParameter o && (other == "*" || other == o.Buffer.Name)) aliases.UnionWith([(b.Buffer.Name, o.Buffer.Name), (o.Buffer.Name, b.Buffer.Name)]);
        names = new Names(f);
    }

    public static Function Run(Function f, Shapes shapes) => new Finder(new AccessGroups(f, shapes)).Rewrite(f);

    sealed class Finder(AccessGroups pass) : Rewriter
    {
        public override Stmt Rewrite(Stmt s) => s is LaneLoop { Trips: Trips.OneFull } l ? l with { Body = pass.Stretch(l.Body, l.Lane) } : base.Rewrite(s);
    }

    sealed record Place(Buffer Buffer, long Stride, long Base, Expr? Uniform);

    static bool IsGroupSize(long stride) => stride is 2 or 4 or 8 or 16;

    Place? Find(Buffer buffer, Expr index, bool isChecked, Expr? mask, Local lane, out long element)
    {
        element = 0;
        if (isChecked || mask is not null || buffer.Storage is Storage.Lane || buffer.Element.Bytes() < 4) return null;
        if (shapes.Affine(index, lane) is not var (stride, uniform, constant) || !IsGroupSize(stride)) return null;
        element = ((constant % stride) + stride) % stride;
        return new Place(buffer, stride, constant - element, uniform);
    }

    static Expr Index(Place place, Local lane)
    {
        Expr index = Make.Binary(Op.Mul, Make.ConvertTo(ScalarType.I64, lane.Read()), Make.Int(place.Stride, ScalarType.I64));
        if (place.Uniform is not null) index = Make.Binary(Op.Add, index, Make.ConvertTo(ScalarType.I64, place.Uniform));
        return place.Base == 0 ? index : Make.Binary(Op.Add, index, Make.Int(place.Base, ScalarType.I64));
    }

    Sequence<Stmt> Stretch(Sequence<Stmt> body, Local lane)
    {
        body = body.SelectMany(s => s.Bodies().Any() ? [Inner(s, lane)] : new[] { s }).ToSequence();
        return Stores(Loads(body, lane), lane);
    }

    Stmt Inner(Stmt s, Local lane) => s switch
    {
        If i => i with { Then = Stretch(i.Then, lane), Else = Stretch(i.Else, lane) },
        For f => f with { Body = Stretch(f.Body, lane) },
        Loop l => l with { Body = Stretch(l.Body, lane) },
        Block b => b with { Body = Stretch(b.Body, lane) },
        _ => s,
    };

    /// Whether a statement, or one inside it, may write the array.
    bool Writes(Stmt s, Buffer buffer) => new Sequence<Stmt>([s]).Statements().Any(x => x switch
    {
        Store st => MayAlias(st.Buffer, buffer),
        StoreGroup g => MayAlias(g.Buffer, buffer),
        Atomic a => MayAlias(a.Buffer, buffer),
        Append a => MayAlias(a.Buffer, buffer),
        _ => false,
    });

    /// Whether what follows the statement in its list may be skipped.
    static bool MayLeave(Stmt s)
    {
        var inside = new Sequence<Stmt>([s]).Statements().ToList();
        return inside.Any(x => x is Leave l && !inside.Any(y => Inline.LabelOf(y) == l.Label));
    }

    /// Two parameters may be one array (InPlace); nothing else overlaps.
    bool MayAlias(Buffer a, Buffer b) => a == b || aliases.Contains((a.Name, b.Name));

    Sequence<Stmt> Loads(Sequence<Stmt> body, Local lane)
    {
        // place -> the statement of the first load since the last store to the array, and which elements are read
        var open = new Dictionary<Place, (int First, HashSet<long> Elements)>();
        var done = new List<(Place Place, int First, int Last)>();
        void Close(Place place, int last)
        {
            var (first, elements) = open[place];
            open.Remove(place);
            if (elements.Count == place.Stride) done.Add((place, first, last));
        }
        for (int k = 0; k < body.Count; k++)
        {
            foreach (var e in body[k].Expressions())
                foreach (var x in e.Tree())
                    if (x is Load l && Find(l.Buffer, l.Index, l.Checked, l.Mask, lane, out long element) is { } place)
                    {
                        if (!open.TryGetValue(place, out var group)) open[place] = group = (k, []);
                        group.Elements.Add(element);
                    }
            foreach (var place in open.Keys.Where(p => MayLeave(body[k]) || Writes(body[k], p.Buffer)).ToList()) Close(place, k);
        }
        foreach (var place in open.Keys.ToList()) Close(place, body.Count - 1);
        if (done.Count == 0) return body;

        var result = new List<Stmt>();
        var current = new Dictionary<Place, Sequence<Local>>();
        for (int k = 0; k < body.Count; k++)
        {
            foreach (var (place, _, _) in done.Where(d => d.First == k))
            {
                var targets = Enumerable.Range(0, (int)place.Stride).Select(c => names.Fresh($"{place.Buffer.Name}_{c}", place.Buffer.Element)).ToSequence();
                foreach (var t in targets) shapes.Add(t);
                result.Add(new LoadGroup(targets, place.Buffer, Index(place, lane)));
                current[place] = targets;
            }
            var live = current.Where(c => done.Any(d => d.Place == c.Key && d.First <= k && k <= d.Last)).ToDictionary(c => c.Key, c => c.Value);
            result.Add(body[k].Bodies().Any() ? body[k] : new Replace(this, lane, live).Rewrite(body[k]));
        }
        return result.ToSequence();
    }

    sealed class Replace(AccessGroups pass, Local lane, Dictionary<Place, Sequence<Local>> groups) : Rewriter
    {
        public override Expr Rewrite(Expr e) =>
            e is Load l && pass.Find(l.Buffer, l.Index, l.Checked, l.Mask, lane, out long element) is { } place && groups.TryGetValue(place, out var targets)
                ? targets[(int)element].Read()
                : base.Rewrite(e);
    }

    Sequence<Stmt> Stores(Sequence<Stmt> body, Local lane)
    {
        var open = new Dictionary<Place, Dictionary<long, int>>();
        var done = new List<(Place Place, Dictionary<long, int> At)>();
        for (int k = 0; k < body.Count; k++)
        {
            var s = body[k];
            Place? own = null;
            long element = 0;
            if (s is Store st) own = Find(st.Buffer, st.Index, st.Checked, st.Mask, lane, out element);
            bool leaves = MayLeave(s);
            bool Touches(Place p) => leaves || (Writes(s, p.Buffer) && !p.Equals(own)) || Reads(s, p.Buffer);
            foreach (var place in open.Keys.Where(Touches).ToList()) open.Remove(place);
            if (own is null) continue;
            if (!open.TryGetValue(own, out var at)) open[own] = at = [];
            if (at.ContainsKey(element)) open[own] = at = [];
            at[element] = k;
            if (at.Count == own.Stride)
            {
                done.Add((own, at));
                open.Remove(own);
            }
        }
        if (done.Count == 0) return body;

        var result = new List<Stmt>();
        for (int k = 0; k < body.Count; k++)
        {
            var group = done.FirstOrDefault(d => d.At.ContainsValue(k));
            if (group.At is null) { result.Add(body[k]); continue; }
            var store = (Store)body[k];
            long element = group.At.First(p => p.Value == k).Key;
            // The value is taken where the store stood: its operands may change until the last store of the group.
            var value = held.TryGetValue((group.Place, element), out var known) ? known : names.Fresh($"{store.Buffer.Name}_{element}", store.Buffer.Element);
            held[(group.Place, element)] = value;
            shapes.Add(value);
            result.Add(new Assign(value, store.Value));
            if (group.At.Values.Max() != k) continue;
            var values = Enumerable.Range(0, (int)group.Place.Stride).Select(c => held[(group.Place, c)].Read()).ToSequence();
            result.Add(new StoreGroup(group.Place.Buffer, Index(group.Place, lane), values));
        }
        return result.ToSequence();
    }

    readonly Dictionary<(Place, long), Local> held = [];

    bool Reads(Stmt s, Buffer buffer) =>
        new Sequence<Stmt>([s]).Statements().Any(x => x is LoadGroup g && MayAlias(g.Buffer, buffer)
            || x.Expressions().Any(e => e.Tree().Any(y => y is Load l && MayAlias(l.Buffer, buffer))));
}
