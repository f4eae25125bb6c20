using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Varying control flow becomes masks, and branches on whether any lane is left:
///
///     if (c) { x = a; y[i] = b; }   =>   m = c; if (any(m)) { x = m ? a : x; y[i] = b under m; }
///     while (c) body                =>   m = true; for ever { m = m & c; if (!any(m)) leave; body under m; }
///     leave block                   =>   left = left | m, and what follows runs under m & !left
///
/// On entry: lane loops are single trips (StripMine), no calls, no dispatches. On exit: inside lane loops, control flow is uniform;
/// statements that need it carry a mask; a partial trip computes the mask of its existing lanes first. Invariant: a region under a
/// mask is entered only if some lane is active, so that reads at uniform indices need no mask.
/// Left out: code for one lane (L = 1) keeps its branches and does not come here.
sealed class Predicate
{
    readonly Func<Expr, bool> varies;
    readonly Func<string, bool> labelVaries;
    readonly Action<Local> created;
    readonly Names names;
    readonly Dictionary<string, Local> left = [];
    Dictionary<string, int> occurrences = [];
    Func<string, bool> inner = _ => true;

    /// Beyond so many operations a branch that no lane takes is worth a test. A test and its branch cost about as much as 6 to 10
    /// operations on the machines measured (jit-rules: mask to integer, test, branch), and both sides of it schedule apart.
    const int CheapOperations = 12;

    Predicate(Names names, Func<Expr, bool> varies, Func<string, bool> labelVaries, Action<Local> created)
    {
        this.names = names;
        this.varies = varies;
        this.labelVaries = labelVaries;
        this.created = created;
    }

    /// shapes: of the function before strip-mining. It learns the masks made here.
    public static Function Run(Function f, Shapes shapes)
    {
        var pass = new Predicate(new Names(f), shapes.IsVarying, shapes.IsVaryingLabel, shapes.Add) { inner = shapes.IsInner };
        return f with { Body = pass.Uniform(f.Body) };
    }

    /// The body of a function whose values all vary: the combine of a reduction. created: told of each local made.
    public static Sequence<Stmt> RunVarying(Function f, Action<Local> created)
    {
        var pass = new Predicate(new Names(f), e => e is not Const, _ => true, created);
        pass.occurrences = f.Body.Occurrences();
        foreach (var r in f.Results) pass.occurrences[r.Name] = int.MaxValue;
        return pass.Region(f.Body, null);
    }

    Sequence<Stmt> Uniform(Sequence<Stmt> body) => body.SelectMany(Uniform).ToSequence();

    IEnumerable<Stmt> Uniform(Stmt s)
    {
        switch (s)
        {
            case If i: return [i with { Then = Uniform(i.Then), Else = Uniform(i.Else) }];
            case For f: return [f with { Body = Uniform(f.Body) }];
            case Loop l: return [l with { Body = Uniform(l.Body) }];
            case Block b: return [b with { Body = Uniform(b.Body) }];
            case LaneLoop { Trips: Trips.OneFull } l:
                occurrences = l.Body.Occurrences();
                return [l with { Body = Region(l.Body, null) }];
            case LaneLoop { Trips: Trips.OnePartial } l:
                occurrences = l.Body.Occurrences();
                var mask = Mask("exists");
                Expr count = Make.ConvertTo(ScalarType.I32, Make.Binary(Op.Sub, l.End, l.Begin));
                Stmt exists = new Assign(mask, Make.Compare(Op.Lt, new Apply(Op.LaneId, ScalarType.I32, []), count));
                return [l with { Body = [exists, .. Region(l.Body, mask.Read())] }];
            default: return [s];
        }
    }

    Local Mask(string stem)
    {
        var mask = names.Fresh(stem, ScalarType.Bool);
        created(mask);
        return mask;
    }

    /// The locals that live in these statements alone: the other lanes' values of those are never looked at.
    HashSet<string> Private(Sequence<Stmt> body)
    {
        var here = new HashSet<string>();
        foreach (var pair in body.Occurrences())
            if (inner(pair.Key) && occurrences.TryGetValue(pair.Key, out int n) && n == pair.Value) here.Add(pair.Key);
        return here;
    }

    Sequence<Stmt> Region(Sequence<Stmt> body, Expr? mask) => Region(body, mask, mask is null ? [] : Private(body));

    Sequence<Stmt> Region(Sequence<Stmt> body, Expr? mask, HashSet<string> privates)
    {
        var result = new List<Stmt>();
        for (int k = 0; k < body.Count; k++)
        {
            Visit(body[k], mask, privates, result);
            if (body[k] is Leave) break;
            var exits = VaryingExits(body[k]);
            if (exits.Count == 0 || k + 1 == body.Count) continue;
            var rest = body.Skip(k + 1).ToSequence();
            var staying = Mask("staying");
            result.Add(new Assign(staying, Without(mask, exits)));
            result.Add(new If(Make.Any(staying.Read()), Region(rest, staying.Read()), []));
            break;
        }
        return result.ToSequence();
    }

    Expr Without(Expr? mask, IEnumerable<string> exits)
    {
        Expr? result = mask;
        foreach (string label in exits) result = Make.And(result, Make.Not(left[label].Read()));
        return result!;
    }

    /// The varying labels around s that lanes inside s may leave for.
    HashSet<string> VaryingExits(Stmt s)
    {
        var exits = new HashSet<string>();
        void Collect(Stmt x)
        {
            if (x is Leave l && labelVaries(l.Label)) exits.Add(l.Label);
            foreach (var b in x.Bodies()) foreach (var y in b) Collect(y);
            if (x is Loop { Label: var a }) exits.Remove(a);
            if (x is Block { Label: var c }) exits.Remove(c);
            if (x is For { Label: var d }) exits.Remove(d);
        }
        Collect(s);
        return exits;
    }

    void Visit(Stmt s, Expr? mask, HashSet<string> privates, List<Stmt> to)
    {
        switch (s)
        {
            case Assign a: Set(a.Target, Masked(a.Value, mask), mask, privates, to); break;
            case Store st: to.Add(st with { Index = Masked(st.Index, mask), Value = Masked(st.Value, mask), Mask = mask }); break;
            case Atomic at:
                to.Add(at with { Index = Masked(at.Index, mask), Value = Masked(at.Value, mask), Comparand = at.Comparand is null ? null : Masked(at.Comparand, mask), Mask = mask });
                break;
            case Append ap: to.Add(ap with { Value = Masked(ap.Value, mask), Mask = ap.Mask is null ? mask : Make.And(mask, Masked(ap.Mask, mask)) }); break;
            case DeclareArray: to.Add(s); break;
            case If i: VisitIf(i, mask, privates, to); break;
            case Block b:
                if (!labelVaries(b.Label)) { to.Add(b with { Body = Region(b.Body, mask, privates) }); break; }
                Clear(b.Label, to);
                to.AddRange(Region(b.Body, mask, privates));
                break;
            case Loop l: VisitLoop(l.Label, l.Body, mask, to, body => new Loop(l.Label, body)); break;
            case For f when varies(f.Index.Read()): VisitLoop(f, mask, privates, to); break;
            case For f: VisitLoop(f.Label, f.Body, mask, to, body => f with { Body = body }); break;
            case Leave l:
                if (!labelVaries(l.Label)) to.Add(l);
                else to.Add(new Assign(left[l.Label], mask is null ? Make.True : Make.Or(left[l.Label].Read(), mask)));
                break;
            default: throw new InvalidOperationException($"{s.GetType().Name} does not stand in a lane loop here.");
        }
    }

    void Clear(string label, List<Stmt> to)
    {
        if (!left.ContainsKey(label)) left[label] = Mask("left");
        to.Add(new Assign(left[label], Make.False));
    }

    void Set(Local target, Expr value, Expr? mask, HashSet<string> privates, List<Stmt> to)
    {
        bool blend = mask is not null && !privates.Contains(target.Name) && varies(target.Read());
        to.Add(new Assign(target, blend ? Make.Select(mask!, value, target.Read()) : value));
    }

    Expr Masked(Expr e, Expr? mask) => mask is null ? e : new MaskLoads(varies, mask).Rewrite(e);

    sealed class MaskLoads(Func<Expr, bool> varies, Expr mask) : Rewriter
    {
        public override Expr Rewrite(Expr e) => base.Rewrite(e) is var rewritten && rewritten is Load l && varies(l.Index) ? l with { Mask = mask } : rewritten;
    }

    void VisitIf(If i, Expr? mask, HashSet<string> privates, List<Stmt> to)
    {
        if (!varies(i.Condition))
        {
            to.Add(i with { Condition = Masked(i.Condition, mask), Then = Region(i.Then, mask, privates), Else = Region(i.Else, mask, privates) });
            return;
        }
        Expr condition = Masked(i.Condition, mask);
        // x = a in one branch and x = b in the other is one select.
        if (i.Then.Count == 1 && i.Else.Count == 1 && i.Then[0] is Assign a && i.Else[0] is Assign b && a.Target == b.Target
            && varies(a.Target.Read()) && Cheap(i.Then) && Cheap(i.Else))
        {
            Set(a.Target, Make.Select(condition, a.Value, b.Value), mask, privates, to);
            return;
        }
        var holds = Mask("holds");
        to.Add(new Assign(holds, condition));
        Expr then = mask is null ? holds.Read() : Make.And(mask, holds.Read());
        Expr otherwise = Make.And(mask, Make.Not(holds.Read()));
        if (i.Then.Count > 0 && i.Else.Count > 0 && mask is not null)
        {
            // The masks are taken before either branch runs: a branch may change what they are made of.
            then = Named("then", then, to);
            otherwise = Named("else", otherwise, to);
        }
        Branch(i.Then, then, to);
        Branch(i.Else, otherwise, to);
    }

    Expr Named(string stem, Expr value, List<Stmt> to)
    {
        if (value is Use) return value;
        var mask = Mask(stem);
        to.Add(new Assign(mask, value));
        return mask.Read();
    }

    void Branch(Sequence<Stmt> body, Expr mask, List<Stmt> to)
    {
        if (body.Count == 0) return;
        mask = Named("when", mask, to);
        var region = Region(body, mask);
        if (Cheap(region)) to.AddRange(region);
        else to.Add(new If(Make.Any(mask), region, []));
    }

    static bool Cheap(Sequence<Stmt> body)
    {
        int operations = 0;
        foreach (var s in body)
        {
            if (s is not Assign a) return false;
            foreach (var e in a.Value.Tree())
            {
                if (e is Load || e is Apply { Op: Op.Div or Op.Rem } d && !d.Type.IsFloat()) return false;
                if (e is Apply) operations++;
            }
        }
        return operations <= CheapOperations;
    }

    /// A loop that lanes leave at different times, or a uniform one that stays as it is.
    void VisitLoop(string label, Sequence<Stmt> body, Expr? mask, List<Stmt> to, Func<Sequence<Stmt>, Stmt> rebuild)
    {
        var outer = new HashSet<string>(body.SelectMany(VaryingExits));
        outer.Remove(label);
        if (!labelVaries(label) && outer.Count == 0)
        {
            to.Add(rebuild(Region(body, mask)));
            return;
        }
        var active = Mask("active");
        to.Add(new Assign(active, mask ?? Make.True));
        Clear(label, to);
        string end = names.Fresh(label + "_end");
        Stmt leaveWhenNone = new If(Make.Not(Make.Any(active.Read())), [new Leave(end)], []);
        var trip = new List<Stmt>();

        // A test at the head of the body takes lanes out of the mask directly.
        int k = 0;
        bool headTest = false;
        for (; k < body.Count && IsExitTest(body[k], label); k++)
        {
            var test = (If)body[k];
            trip.Add(new Assign(active, Make.And(active.Read(), Make.Not(Masked(test.Condition, active.Read())))));
            trip.Add(leaveWhenNone);
            headTest = true;
        }
        var rest = body.Skip(k).ToSequence();
        bool later = rest.SelectMany(VaryingExits).Any();
        if (!headTest || later) trip.Insert(0, leaveWhenNone);
        if (later) trip.Insert(0, new Assign(left[label], Make.False));
        trip.AddRange(Region(rest, active.Read()));
        if (later) trip.Add(new Assign(active, Without(active.Read(), outer.Append(label).Where(left.ContainsKey))));
        to.Add(new Block(end, [rebuild(trip.ToSequence())]));
    }

    bool IsExitTest(Stmt s, string label) =>
        s is If { Then: { Count: 1 } then, Else.Count: 0 } i && then[0] is Leave l && l.Label == label && varies(i.Condition);

    /// A for whose bounds differ from lane to lane counts in a varying index.
    void VisitLoop(For f, Expr? mask, HashSet<string> privates, List<Stmt> to)
    {
        var end = names.Fresh(f.Index.Name + "_end", f.Index.Type);
        created(end);
        Set(f.Index, Masked(f.Begin, mask), mask, privates, to);
        to.Add(new Assign(end, Masked(f.End, mask)));
        Expr done = Make.Compare(f.Step > 0 ? Op.Ge : Op.Le, f.Index.Read(), end.Read());
        Sequence<Stmt> loop =
        [
            new If(done, [new Leave(f.Label)], []),
            .. f.Body,
            new Assign(f.Index, Make.Binary(Op.Add, f.Index.Read(), Make.Int(f.Step, f.Index.Type))),
        ];
        occurrences[f.Index.Name] = int.MaxValue; // carried from trip to trip
        VisitLoop(f.Label, loop, mask, to, b => new Loop(f.Label, b));
    }
}
