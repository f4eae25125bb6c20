using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Computes what is known, follows the branches that are decided, and drops what nobody reads:
///
///     n = 4; m = n; if (m > 2) k = m * 2; else k = x; y = k + 0      =>      y = 8
///
/// One walk in order of execution with what each local is known to hold there: a constant or another local. Where paths meet, what
/// both agree on stays; a loop forgets what its body assigns. A loop that depends on constants alone is run here and now (see
/// Evaluate). Loads from constant data at constant indices are constants. Float identities only where the bits are the same.
/// After: no constant conditions, no loop with zero or one trip, no assignment that is never read; Structure holds.
static class Fold
{
    public static Function Run(Function f)
    {
        var body = Propagate(f.Body, f.Constants, f.Schedule.Float);
        var folded = body.Equals(f.Body) ? f : f with { Body = body };
        return DeadCode.Run(Structure.Run(folded));
    }

    /// For a piece of a function: nothing is dropped.
    public static Sequence<Stmt> Propagate(Sequence<Stmt> body, Sequence<ConstantData> constants, FloatMode mode = FloatMode.Strict) =>
        new Folder(constants.ToDictionary(c => c.Buffer.Name), mode).Rewrite(body);

    sealed class Folder(Dictionary<string, ConstantData> constants, FloatMode mode) : Rewriter
    {
        Known? known = new();                                    // null: not reached
        readonly Dictionary<string, List<Known>> exits = [];     // what is known at each Leave of a label

        public override Function Rewrite(Function f) => Run(f);

        public override Expr Rewrite(Expr e)
        {
            if (e is Use u) return known?.Of(u.Local) ?? e;
            e = base.Rewrite(e);
            return e switch
            {
                Apply a => Algebra.Simplify(a, mode),
                Load { Index: Const index, Mask: null } l when constants.TryGetValue(l.Buffer.Name, out var data) && (ulong)index.Integer() < (ulong)data.Bits.Count
                    => new Const(l.Type, data.Bits[(int)index.Integer()]),
                _ => e,
            };
        }

        public override Sequence<Stmt> Rewrite(Sequence<Stmt> body)
        {
            var result = new List<Stmt>();
            foreach (var s in body)
            {
                if (known is null) break;
                result.AddRange(RewriteMany(s));
            }
            return result.Count == body.Count && result.Zip(body, ReferenceEquals).All(x => x) ? body : result.ToSequence();
        }

        public override Sequence<Stmt> RewriteMany(Stmt s)
        {
            switch (s)
            {
                case Assign a:
                    var value = Rewrite(a.Value);
                    if (value is Use same && same.Local == a.Target) return [];
                    known!.Set(a.Target, value);
                    return [ReferenceEquals(value, a.Value) ? a : a with { Value = value }];
                case If i: return Fork(i);
                case Leave l:
                    if (!exits.TryGetValue(l.Label, out var list)) exits[l.Label] = list = [];
                    list.Add(known!);
                    known = null;
                    return [s];
                case Return:
                    known = null;
                    return [s];
                case Block b:
                    if (Evaluated(b) is { } block) return block;
                    var inner = Rewrite(b.Body);
                    Join(b.Label);
                    return [inner.Equals(b.Body) ? b : b with { Body = inner }];
                case For f:
                    Expr begin = Rewrite(f.Begin), end = Rewrite(f.End);
                    if (begin is Const first && end is Const bound)
                    {
                        long trips = Unroll.Trips(first, bound, f.Step);
                        if (trips == 0) return [];
                        if (trips == 1) return Rewrite((Sequence<Stmt>)[new Block(f.Label, [new Assign(f.Index, first), .. f.Body])]);
                        if (Evaluated(f with { Begin = begin, End = end }) is { } values) return values;
                    }
                    return [Repeat(f, f with { Begin = begin, End = end }, f.Label, zeroTrips: true, (x, b) => x with { Body = b })];
                case Loop l:
                    return Evaluated(l) ?? [Repeat(l, l, l.Label, zeroTrips: false, (x, b) => x with { Body = b })];
                case LaneLoop l:
                    Expr from = Rewrite(l.Begin), to = Rewrite(l.End);
                    if (from is Const a0 && to is Const b0 && a0.Integer() >= b0.Integer()) return [];
                    return [Repeat(l, l with { Begin = from, End = to }, null, zeroTrips: true, (x, b) => x with { Body = b })];
                case ChunkLoop c:
                    return [Repeat(c, c with { Begin = Rewrite(c.Begin), End = Rewrite(c.End) }, c.Label, zeroTrips: true, (x, b) => x with { Body = b })];
                case Reduce r:
                    foreach (var target in r.Targets) known!.Forget(target);
                    var combine = Run(r.Combine);
                    return [ReferenceEquals(combine, r.Combine) ? r : r with { Combine = combine }];
                default:
                    var rewritten = base.Rewrite(s);
                    foreach (var target in s.Assigns()) known!.Forget(target);
                    return [rewritten];
            }
        }

        Sequence<Stmt> Fork(If i)
        {
            var condition = Rewrite(i.Condition);
            if (condition is Const c) return Rewrite(c.Bits != 0 ? i.Then : i.Else);
            var before = known!;
            known = before.Copy();
            known.Learn(condition, true);
            var then = Rewrite(i.Then);
            var afterThen = known;
            known = before;
            known.Learn(condition, false);
            var otherwise = Rewrite(i.Else);
            known = Known.Meet(afterThen, known);
            var after = new If(condition, then, otherwise);
            return [after.Equals(i) ? i : after];
        }

        Stmt Repeat<T>(T before, T header, string? label, bool zeroTrips, Func<T, Sequence<Stmt>, T> with) where T : Stmt
        {
            var body = header.Bodies().First();
            foreach (var target in header.Assigns().Concat(body.Statements().SelectMany(s => s.Assigns()))) known!.Forget(target);
            var outside = zeroTrips ? known!.Copy() : null;
            var after = with(header, Rewrite(body));
            known = outside;
            if (label is not null) Join(label);
            return after.Equals(before) ? before : after;
        }

        void Join(string label)
        {
            if (!exits.TryGetValue(label, out var list)) return;
            exits.Remove(label);
            foreach (var other in list) known = Known.Meet(known, other);
        }

        /// The statement's effect as assignments, if it depends on nothing but constants.
        Sequence<Stmt>? Evaluated(Stmt s)
        {
            if (Evaluate.Run(s, known!.Constant, constants) is not { } values) return null;
            var result = values.Select(v => (Stmt)new Assign(v.Key, v.Value)).ToSequence();
            foreach (var v in values) known.Set(v.Key, v.Value);
            return result;
        }
    }

    /// What locals hold at one point: a constant, or the same as another local.
    sealed class Known
    {
        readonly Dictionary<string, Expr> values;
        readonly HashSet<string> sources;    // at least the locals that others are known to equal

        public Known() => (values, sources) = ([], []);
        Known(Known other) => (values, sources) = (new(other.values), [.. other.sources]);
        public Known Copy() => new(this);

        public Expr? Of(Local local) => values.TryGetValue(local.Name, out var e) ? e : null;
        public Const? Constant(Local local) => Of(local) as Const;

        public void Set(Local local, Expr value)
        {
            Forget(local);
            if (value is not (Const or Use)) return;
            values[local.Name] = value;
            if (value is Use u) sources.Add(u.Local.Name);
        }

        public void Forget(Local local)
        {
            values.Remove(local.Name);
            if (!sources.Remove(local.Name)) return;
            foreach (string name in values.Where(v => v.Value is Use u && u.Local.Name == local.Name).Select(v => v.Key).ToList()) values.Remove(name);
        }

        public void Learn(Expr condition, bool truth)
        {
            switch (condition)
            {
                case Use u: values[u.Local.Name] = truth ? Make.True : Make.False; break;
                case Apply { Op: Op.Not } n: Learn(n.Args[0], !truth); break;
                case Apply { Op: Op.And } a when truth: Learn(a.Args[0], true); Learn(a.Args[1], true); break;
                case Apply { Op: Op.Or } o when !truth: Learn(o.Args[0], false); Learn(o.Args[1], false); break;
                case Apply { Op: Op.Eq } e when truth && e.Args[0] is Use x && e.Args[1] is Const c && !c.Type.IsFloat(): values[x.Local.Name] = c; break;
                case Apply { Op: Op.Ne } e when !truth && e.Args[0] is Use x && e.Args[1] is Const c && !c.Type.IsFloat(): values[x.Local.Name] = c; break;
            }
        }

        public static Known? Meet(Known? a, Known? b)
        {
            if (a is null || b is null) return a ?? b;
            var both = new Known();
            foreach (var v in a.values)
                if (b.values.TryGetValue(v.Key, out var other) && other.Equals(v.Value)) both.values[v.Key] = v.Value;
            both.sources.UnionWith(a.sources);
            return both;
        }
    }
}
