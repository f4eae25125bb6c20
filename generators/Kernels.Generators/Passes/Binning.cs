using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// A lane loop that ends in cases by a varying region number runs block by block, and in a block case by case, on full vectors:
///
///     lanes (i in b .. e) { before; r = dispatch (region) { f0, f1 }(x); after }
///
///  => for (at = b; at < e; at += Block) {
///         lanes (i in at .. end) { before; regions[i - at] = region; x'[i - at] = x; }     what the rest needs goes to arrays on the stack
///         lowest, highest = min, max of the regions
///         (almost) one region: the whole vectors of the block, straight:     f0(x', r')
///         for each other region: list = the places of its elements;          t = x'[list]; f1(t, u); r'[list] = u
///         lanes (i in at .. end) { after, with r'[i - at] }
///     }
///
/// Each case is a function of its own (a part, see BinnedCase): it has the registers, and its own number of vectors in flight. What is
/// a plain read at the lane's place is read again instead of stored. All regions of a block are known before anything behind the dispatch runs.
/// On entry: the scalar passes have run. On exit: a module; its helpers are the parts. A dispatch stays one (LowerDispatch makes branches
/// of it) where the cases are too short to be worth it, where it does not stand in the lane loop's own list of statements, in chunks, and
/// where the order of effects would change: an accumulator, a private array, or atomics and appends on both sides.
sealed class Binning
{
    /// Worth: operations of all cases but the longest, from where on binning pays: it costs about as much as 40 vector operations. Block: elements a block.
    /// Each region of a block has a last vector that is not full and a few calls (measured, 6 regions: 0.3 ns an element at 1024, half of it at 2048);
    /// the arrays of a block, on the stack, are to stay in the nearest caches: 17 KB for each double that is gathered, and 34 for each result.
    public sealed record Limits(int Worth = 40, int Block = 2048)
    {
        public static readonly Limits Default = new();
        /// What an array of a block's elements holds: a list goes on behind its end.
        public int Room => Block + Unit;
    }

    /// Lists and straight runs are in multiples of this: no lane count of a part is larger. Block is a multiple of it.
    public const int Unit = 128;

    readonly Function f;
    readonly Limits limits;
    readonly Shapes shapes;
    readonly Names names;
    readonly List<Function> parts = [];
    readonly List<Buffer> arrays = [];
    readonly Dictionary<string, Function> movers = [];
    readonly Dictionary<(ScalarType Type, int Number), Buffer> stages = [];
    readonly Dictionary<string, int> everywhere;
    Buffer? list, found;
    string pick = "";

    Binning(Function f, Limits limits)
    {
        (this.f, this.limits) = (f, limits);
        shapes = new Shapes(f);
        names = new Names(f);
        everywhere = f.Body.Occurrences();
    }

    public static Module Run(Function f, Limits? given = null)
    {
        // Element i of the loop stays on its lane if the lanes divide a block.
        var limits = given ?? Limits.Default;
        bool fits = !f.Schedule.CpuScalar && f.Schedule.Lanes <= limits.Block && f.Schedule.Vectors * 16 <= limits.Block && BlockRegisters.Lanes(f) == 0;
        if (!fits || !f.Body.Statements().Any(s => s is Dispatch)) return new(f, []);
        var pass = new Binning(f, limits);
        var body = pass.Uniform(f.Body);
        if (pass.parts.Count == 0) return new(f, []);
        return new(f with { Body = [.. pass.arrays.Select(b => new DeclareArray(b, Make.Int(pass.Length(b)))), .. body] }, pass.parts.ToSequence());
    }

    Sequence<Stmt> Uniform(Sequence<Stmt> body) => body.SelectMany(Uniform).ToSequence();

    IEnumerable<Stmt> Uniform(Stmt s) => s switch
    {
        If i => [i with { Then = Uniform(i.Then), Else = Uniform(i.Else) }],
        For x => [x with { Body = Uniform(x.Body) }],
        Loop l => [l with { Body = Uniform(l.Body) }],
        Block b => [b with { Body = Uniform(b.Body) }],
        LaneLoop { Trips: Trips.Any } l => Blocks(l),
        _ => [s],
    };

    bool IsWorth(Dispatch d)
    {
        var costs = d.Cases.Select(c => Split.Cost(c.Body)).ToList();
        return d.Cases.Count > 1 && costs.Sum() - costs.Max() >= limits.Worth && shapes.IsVarying(d.Region);
    }

    IEnumerable<Stmt> Blocks(LaneLoop l)
    {
        if (l is { Begin: Const b, End: Const e } && e.Integer() - b.Integer() < Unit) return [l];
        var here = ((Sequence<Stmt>)[l]).Occurrences();
        var inner = new HashSet<string>(l.Body.Statements().SelectMany(s => s.Assigns()).Select(x => x.Name).Where(x => here[x] == everywhere[x]));
        if (Split.Of(l.Body, inner, IsWorth) is not { } split) return [l];

        var (at, stop, end, n) = (names.Fresh(l.Lane.Name + "_block", ScalarType.I64), names.Fresh(l.Lane.Name + "_stop", ScalarType.I64),
            names.Fresh(l.Lane.Name + "_end", ScalarType.I64), names.Fresh(l.Lane.Name + "_count", ScalarType.I32));
        string label = names.Fresh(l.Lane.Name + "_blocks");
        Expr next = Make.Binary(Op.Add, at.Read(), Make.Int(limits.Block, ScalarType.I64));
        return
        [
            new Assign(at, Make.ConvertTo(ScalarType.I64, l.Begin)),
            new Assign(stop, Make.ConvertTo(ScalarType.I64, l.End)),
            new Loop(label,
            [
                new If(Make.Compare(Op.Ge, at.Read(), stop.Read()), [new Leave(label)], []),
                new Assign(end, Make.Binary(Op.Min, next, stop.Read())),
                new Assign(n, Make.ConvertTo(ScalarType.I32, Make.Binary(Op.Sub, end.Read(), at.Read()))),
                .. Cases(split, l.Lane, new Place(at, end, n)),
                new Assign(at, next),
            ]),
        ];
    }

    /// A block's elements begin at At and end before End; Count of them.
    sealed record Place(Local At, Local End, Local Count)
    {
        public Expr Index(Local lane) => Make.Binary(Op.Sub, Make.ConvertTo(ScalarType.I64, lane.Read()), At.Read());
    }

    IEnumerable<Stmt> Cases(Split split, Local lane, Place place)
    {
        var d = split.Dispatch;
        int last = d.Cases.Count - 1;
        var again = new Again(shapes, split.Before, split.Inner, lane);
        var kept = new Kept(this, again, lane, place);
        var inputs = d.Values.Map(v => kept.Input(v));
        var rest = Rest(split, lane, kept, out var restLane);

        var (lo, hi, lowest, highest) = (names.Fresh("lo", ScalarType.I32), names.Fresh("hi", ScalarType.I32), names.Fresh("lowest", ScalarType.I32), names.Fresh("highest", ScalarType.I32));
        var (given, region) = (names.Fresh("given", ScalarType.I32), names.Fresh("region", ScalarType.I32));
        var regions = Array("regions", ScalarType.I32);
        Expr known = Make.And(Make.Compare(Op.Ge, given.Read(), Make.Int(0)), Make.Compare(Op.Lt, given.Read(), Make.Int(last)));
        var result = new List<Stmt> { new Assign(lo, Make.Int(last)), new Assign(hi, Make.Int(0)) };
        result.AddRange(kept.Uniform);
        result.Add(new LaneLoop(lane, place.At.Read(), place.End.Read(),
        [
            .. split.Before,
            new Assign(given, d.Region),
            new Assign(region, Make.Select(known, given.Read(), Make.Int(last))),
            new Assign(lo, Make.Binary(Op.Min, lo.Read(), region.Read())),
            new Assign(hi, Make.Binary(Op.Max, hi.Read(), region.Read())),
            new Store(regions, place.Index(lane), region.Read()),
            .. kept.Stores,
        ]));
        result.Add(Reduced(Op.Min, lo, lowest));
        result.Add(Reduced(Op.Max, hi, highest));

        var (most, from, first, count) = (names.Fresh("most", ScalarType.I32), names.Fresh("from", ScalarType.I32), names.Fresh("first", ScalarType.I32), names.Fresh("picked", ScalarType.I32));
        var outputs = d.Results.Map(r => Array(r.Name, InMemory(r.Type)));
        Pick();
        var used = new Dictionary<ScalarType, int>();
        var sources = BinnedCase.Arrays(inputs).ConvertAll(a =>
            (Slice: new Slice(a.Array, a.Start, a.Array.Storage == Storage.Stack ? Make.Int(limits.Room) : place.Count.Read()), Stage: Stage(a.Array.Element, used)));
        var outputStages = outputs.Map(r => Stage(r.Element, used));

        // Before from, all elements run through the case of most of them, whatever their own: right ones overwrite those results.
        Stmt whole = new Assign(from, Make.Binary(Op.And, place.Count.Read(), Make.Int(-Unit)));
        long pure = last < 32 ? Enumerable.Range(0, last + 1).Where(k => RunsAnywhere(d.Cases[k])).Sum(k => 1L << k) : 0;
        Expr isPure = Make.Compare(Op.Ne, Make.Binary(Op.And, Make.Binary(Op.Shr, Make.Int((int)pure), most.Read()), Make.Int(1)), Make.Int(0));
        Expr enough = Make.Compare(Op.Ge, Make.Binary(Op.Mul, new Load(found!, Make.Int(0)), Make.Int(8)), Make.Binary(Op.Mul, place.Count.Read(), Make.Int(7)));
        result.Add(new Assign(from, Make.Int(0)));
        result.Add(new Assign(most, lowest.Read()));
        result.Add(new If(Make.Compare(Op.Eq, lowest.Read(), highest.Read()), [whole],
        [
            new Assign(most, new Load(regions, Make.Binary(Op.Div, place.Count.Read(), Make.Int(2)))),
            .. pure == 0 ? [] : (Stmt[])[new If(isPure, [Picked(most.Read(), Make.Int(0)), new If(enough, [whole], [])], [])],
        ]));
        var cases = d.Cases.Select((c, k) => BinnedCase.Case(f, c, inputs, outputs, names.Fresh($"case{k}"))).ToList();
        parts.AddRange(cases);
        result.Add(new If(Make.Compare(Op.Gt, from.Read(), Make.Int(0)),
            cases.Select((c, k) => (Stmt)new If(Make.Compare(Op.Eq, most.Read(), Make.Int(k)), [BinnedCase.Call(c, from.Read(), inputs, sources.Select(s => s.Slice), outputs.Select(Whole))], [])).ToSequence(), []));
        for (int k = 0; k <= last; k++)
            result.Add(new If(Make.And(Make.Compare(Op.Le, lowest.Read(), Make.Int(k)), Make.Compare(Op.Ge, highest.Read(), Make.Int(k))),
            [
                new Assign(first, Make.Select(Make.Compare(Op.Eq, most.Read(), Make.Int(k)), from.Read(), Make.Int(0))),
                new If(Make.Compare(Op.Lt, first.Read(), place.Count.Read()),
                [
                    Picked(Make.Int(k), first.Read()),
                    new Assign(count, new Load(found!, Make.Int(0))),
                    new If(Make.Compare(Op.Gt, count.Read(), Make.Int(0)),
                    [
                        Move("gather", count, sources.Select(s => s.Slice), sources.Select(s => Whole(s.Stage))),
                        BinnedCase.Call(cases[k], count.Read(), inputs, sources.Select(s => Whole(s.Stage)), outputStages.Select(Whole)),
                        Move("scatter", count, outputStages.Select(Whole), outputs.Select(Whole)),
                    ], []),
                ], []),
            ], []));

        Call Picked(Expr key, Expr begin) => new([], pick, [key, begin, place.Count.Read()], [Whole(regions), Whole(list!), Whole(found!)]);
        var results = d.Results.Select((r, k) => (Stmt)new Assign(rest.Renamed(r), FromMemory(new Load(outputs[k], place.Index(restLane)), r.Type)));
        Sequence<Stmt> after = [.. results, .. rest.Body];
        if (Split.Of(after, rest.Inner, IsWorth) is { } more) result.AddRange(Cases(more, restLane, place));
        else if (after.Count > 0) result.Add(new LaneLoop(restLane, place.At.Read(), place.End.Read(), after));
        return result;
    }

    /// What follows the dispatch as the body of a lane loop of its own: what both sides name gets a second name, and the values of the
    /// first side at the head.
    (Sequence<Stmt> Body, HashSet<string> Inner, Func<Local, Local> Renamed) Rest(Split split, Local lane, Kept kept, out Local restLane)
    {
        var used = ((Sequence<Stmt>)[split.Dispatch with { Results = [] }, .. split.Before]).Occurrences();
        var assigned = new HashSet<string>(split.Before.Statements().SelectMany(s => s.Assigns()).Select(x => x.Name));
        var to = new Dictionary<string, Local>();
        var other = restLane = names.Fresh(lane.Name, ScalarType.I32);
        to[lane.Name] = other;
        shapes.Add(other);
        Local Renamed(Local x)
        {
            if (to.TryGetValue(x.Name, out var known)) return known;
            if (!split.Inner.Contains(x.Name) || !used.ContainsKey(x.Name)) return x;
            var fresh = to[x.Name] = names.Fresh(x.Name, x.Type);
            if (shapes.IsVarying(x)) shapes.Add(fresh);
            return fresh;
        }
        var body = new Renamer(Renamed).Rewrite(split.After);
        var head = new List<Stmt>();
        var results = new HashSet<string>(split.Dispatch.Results.Select(r => r.Name));
        var given = new HashSet<string>();
        foreach (var s in split.After.Statements())
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree())
                    if (x is Use u && assigned.Contains(u.Local.Name) && split.Inner.Contains(u.Local.Name) && !results.Contains(u.Local.Name) && given.Add(u.Local.Name))
                        head.Add(new Assign(Renamed(u.Local), new Renamer(x => x == lane ? other : x).Rewrite(kept.Value(u))));
        return ([.. head, .. body], [.. split.Inner, .. to.Values.Select(x => x.Name)], Renamed);
    }

    Reduce Reduced(Op op, Local value, Local target)
    {
        var (a, b, r) = (names.Fresh("a", value.Type), names.Fresh("b", value.Type), names.Fresh("r", value.Type));
        return new([target], [value], new($"{op}", FunctionKind.Helper, [new ValueParameter(a, ParameterRole.Plain), new ValueParameter(b, ParameterRole.Plain)], [r], [],
            [new Assign(r, Make.Binary(op, a.Read(), b.Read()))], new()));
    }

    Buffer Array(string stem, ScalarType element)
    {
        var array = new Buffer(names.Fresh(stem), element, Storage.Stack);
        arrays.Add(array);
        return array;
    }

    /// Found is one number.
    int Length(Buffer b) => b == found ? 1 : limits.Room;

    Slice Whole(Buffer b) => new(b, Make.Int(0), Make.Int(Length(b)));

    /// The part that lists the places of one region.
    void Pick()
    {
        if (list is not null) return;
        (list, found, pick) = (Array("list", ScalarType.I32), Array("found", ScalarType.I32), names.Fresh("pick"));
        parts.Add(BinnedCase.Pick(pick));
    }

    /// What one region's elements are gathered into; every dispatch has the same arrays.
    Buffer Stage(ScalarType type, Dictionary<ScalarType, int> used)
    {
        var key = (type, used.TryGetValue(type, out int n) ? n : 0);
        used[type] = key.Item2 + 1;
        if (!stages.TryGetValue(key, out var stage)) stages[key] = stage = Array("stage", type);
        return stage;
    }

    Call Move(string kind, Local count, IEnumerable<Slice> from, IEnumerable<Slice> to)
    {
        var types = from.Select(x => x.Buffer.Element).ToList();
        string stem = string.Join("_", [kind, .. types.Select(t => t.ToString().ToLowerInvariant())]);
        if (!movers.TryGetValue(stem, out var mover))
        {
            movers[stem] = mover = kind == "gather" ? BinnedCase.Gather(names.Fresh(stem), types) : BinnedCase.Scatter(names.Fresh(stem), types);
            parts.Add(mover);
        }
        return new([], mover.Name, [count.Read()], [Whole(list!), .. from, .. to]);
    }

    /// Whether a case may run on what is not its own: it ends, and reads no place that its arguments decide; nor does a case inside it.
    static bool RunsAnywhere(Function c)
    {
        var trips = new HashSet<string>(c.Body.Statements().OfType<For>().Select(x => x.Index.Name));
        return c.Body.Statements().All(s => s is not Loop && (s is not For x || x is { Begin: Const, End: Const }) && (s is not Dispatch d || d.Cases.All(RunsAnywhere)))
            && c.Body.Statements().SelectMany(s => s.Expressions()).SelectMany(e => e.Tree()).OfType<Load>().All(l => l.Index.Tree().All(x => x is not Load && (x is not Use u || trips.Contains(u.Local.Name))));
    }

    static ScalarType InMemory(ScalarType type) => type == ScalarType.Bool ? ScalarType.I32 : type;
    static Expr FromMemory(Expr e, ScalarType type) => type == ScalarType.Bool ? Make.Compare(Op.Ne, e, Make.Int(0)) : e;

    /// How later loops get at the first one's values: uniform ones as they are, reads by reading again, others from the stack.
    sealed class Kept(Binning pass, Again again, Local lane, Place place)
    {
        readonly Dictionary<Expr, Buffer> stored = [];
        readonly Dictionary<Expr, Local> uniform = [];
        public readonly List<Stmt> Stores = [], Uniform = [];

        /// The value as a case gets it.
        public CaseInput Input(Expr e)
        {
            if (again.Uniform(e) is { } same) return new(e.Type, Named(same), null, null, null);
            if (again.Read(e) is { Coefficient: 1 } read)
            {
                Expr start = Make.Binary(Op.Add, place.At.Read(), read.Uniform);
                return new(e.Type, null, read.Load.Buffer, read.Constant == 0 ? start : Make.Binary(Op.Add, start, Make.Int(read.Constant, ScalarType.I64)), read.Wrap);
            }
            return new(e.Type, null, Stored(e), Make.Int(0, ScalarType.I64), x => FromMemory(x, e.Type));
        }

        /// The value in a later loop over the same lane.
        public Expr Value(Use u) => again.Uniform(u) is { } same ? Named(same) : again.Read(u) is { } read ? read.Whole : FromMemory(new Load(Stored(u), place.Index(lane)), u.Type);

        Expr Named(Expr e)
        {
            if (e is Const or Use) return e;
            if (!uniform.TryGetValue(e, out var local))
            {
                uniform[e] = local = pass.names.Fresh("same", e.Type);
                Uniform.Add(new Assign(local, e));
            }
            return local.Read();
        }

        Buffer Stored(Expr e)
        {
            if (stored.TryGetValue(e, out var known)) return known;
            var array = stored[e] = pass.Array(e is Use u ? u.Local.Name : "value", InMemory(e.Type));
            Stores.Add(new Store(array, place.Index(lane), Make.Narrow(e, array.Element)));
            return array;
        }
    }
}
