using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Finds what must hold for every access to be in range:
///
///     lanes (i in 0 .. x.Length) y[i] = x[i] + t[k[i]]
///
/// x[i] is in range; y[i] gives one check for the host, x.Length - 1 in y; t[k[i]] depends on data and becomes Checked. A check is made
/// only where every index of the range occurs: in loops, under conditions that bound a loop variable and under conditions the host can
/// evaluate (its When). Below any other condition, or in a loop that may end early, an access is either proved or Checked, so that no
/// correct program is rejected. Index arithmetic is exact here: a spec whose indices overflow on the way is rejected.
/// Where a lane loop is reached only under such a condition, or runs between bounds that depend on data, one check before it does for
/// what all its iterations access:
///
///     if (data) lanes (i in 0 .. n) s += x[i]      =>      if (data) { inside = n <= 0 | n - 1 < x.Length; if (inside) lanes … else x[-1], checked }
///
/// Trusted parameters keep the checks that can be made and are believed otherwise. Before: inlined, folded. Masked accesses are the
/// business of predication, later.
static partial class Bounds
{
    public static (Function Function, Sequence<BoundsCheck> Checks) Run(Function f)
    {
        var finder = new Finder(f);
        var body = finder.Rewrite(f.Body);
        return (body.Equals(f.Body) ? f : f with { Body = body }, finder.Checks());
    }

    sealed partial class Finder : Rewriter
    {
        readonly List<(Buffer Buffer, IndexRange Min, IndexRange Max, Expr When)> checks = [];
        readonly Names names;
        Guard? guard;
        readonly Dictionary<Expr, Symbol> atoms = [];
        readonly HashSet<string> hostLocals = [];
        readonly Dictionary<string, BufferParameter> parameters = [];
        readonly Dictionary<string, IndexRange?> limits = [];     // of declared arrays and constant data: the length
        Dictionary<string, IndexRange?> values = [];              // of integer locals, here
        readonly Dictionary<Symbol, Symbol> refined = [];         // by the conditions around
        readonly List<Symbol> loops = [];                         // the variables of the loops around
        Expr? when;                                               // the host conditions around
        int uncertain;                                            // conditions around that say nothing usable
        int symbols;

        public Finder(Function f)
        {
            names = new(f);
            foreach (var p in f.Parameters)
            {
                if (p is BufferParameter b)
                {
                    parameters[b.Buffer.Name] = b;
                    foreach (string suffix in b.View2 ? new[] { ".Rows", ".Columns", ".Stride" } : [".Length"]) hostLocals.Add(b.Buffer.Name + suffix);
                }
                if (p is not ValueParameter v || !v.Local.Type.IsInteger()) continue;
                if (v.Role == ParameterRole.BlockIndex)
                {
                    var grid = Atom(new Use(new(v.Local.Name + ".Grid", ScalarType.I32)));
                    values[v.Local.Name] = IndexRange.Of(Variable(IndexRange.Of(0), IndexRange.Add(IndexRange.Of(grid), -1)!));
                }
                else hostLocals.Add(v.Local.Name);
            }
            foreach (var s in f.Body.Statements())
                foreach (var target in s.Assigns()) hostLocals.Remove(target.Name);
            foreach (var c in f.Constants) limits[c.Buffer.Name] = IndexRange.Of(c.Bits.Count);
        }

        Symbol Atom(Expr e)
        {
            if (atoms.TryGetValue(e, out var known)) return known;
            long least = e is Use u && u.Local.Name.EndsWith(".Grid", StringComparison.Ordinal) ? 1
                : e is Use { Local.Name: var name } && hostLocals.Contains(name) && name.Contains('.') ? 0
                : e is Apply { Op: Op.Div or Op.Shr or Op.And } a && a.Args[1] is Const c && c.Integer() > 0 && Value(a.Args[0]) is { } x && IsNotNegative(x) ? 0
                : long.MinValue;
            return atoms[e] = new(symbols++, e, least);
        }

        Symbol Variable(IndexRange low, IndexRange high, bool exact = true, int? order = null) =>
            new(order ?? symbols++, null, IsNotNegative(low) ? 0 : long.MinValue, low, high, exact);

        IndexRange? Bound(IndexRange? range, bool upper) => IndexRange.Bound(range, upper, Refined);
        bool IsNotNegative(IndexRange? range) => IndexRange.IsNotNegative(Bound(range, upper: false));

        bool OfHost(Expr e) => e switch
        {
            Const => true,
            Use u => hostLocals.Contains(u.Local.Name) || u.Local.Name.EndsWith(".Grid", StringComparison.Ordinal),
            Apply a => a.Op is not (Op.Any or Op.All or Op.LaneId) && a.Args.All(OfHost),
            _ => false,
        };

        // ---- values ----

        IndexRange? Value(Expr e)
        {
            if (!e.Type.IsInteger()) return null;
            switch (e)
            {
                case Const c: return IndexRange.Of(c.Integer());
                case Use u when values.TryGetValue(u.Local.Name, out var value): return value;
                case Use when OfHost(e): return IndexRange.Of(Atom(e));
                case Use u when guard is not null && !guard.Assigned.Contains(u.Local.Name): return IndexRange.Of(Atom(e));
                case Load l when l.Type is ScalarType.U8 or ScalarType.U16: return Opaque(IndexRange.Of(0), IndexRange.Of((long)l.Type.Mask()));
                case Apply a: return Value(a) ?? (OfHost(a) ? IndexRange.Of(Atom(a)) : null);
                default: return null;
            }
        }

        IndexRange? Value(Apply a)
        {
            IndexRange? X(int k) => Value(a.Args[k]);
            var second = a.Args.Count > 1 ? a.Args[1] as Const : null;
            switch (a.Op)
            {
                case Op.Add: return IndexRange.Add(X(0), X(1));
                case Op.Sub: return IndexRange.Subtract(X(0), X(1));
                case Op.Neg: return IndexRange.Negate(X(0));
                case Op.Mul: return IndexRange.Multiply(X(0), X(1));
                case Op.Shl when second is { } s: return IndexRange.Multiply(X(0), IndexRange.Of(1L << ((int)s.Bits & 31)));
                case Op.Min or Op.Max or Op.MinOrSecond or Op.MaxOrSecond when X(0) is { } x && X(1) is { } y:
                    return a.Op is Op.Min or Op.MinOrSecond ? IndexRange.Min(x, y) : IndexRange.Max(x, y);
                case Op.Convert or Op.Bits when a.Args[0].Type.IsInteger(): return X(0);
                case Op.And when second is { } s && s.Integer() >= 0 && !OfHost(a): return Opaque(IndexRange.Of(0), IndexRange.Of(s.Integer()));
                // Bits of two numbers below a power of two stay below it.
                case Op.Xor or Op.Or when second is { } s && s.Integer() >= 0 && !OfHost(a) && X(0) is { } x && IsNotNegative(x) && Bound(x, true) is { } most && most.IsConstant(out long top):
                    long below = 1;
                    while (below <= Math.Max(top, s.Integer())) below *= 2;
                    return Opaque(IndexRange.Of(0), IndexRange.Of(below - 1));
                case Op.Rem when second is { } s && s.Integer() > 0 && !OfHost(a):
                    bool positive = X(0) is { } dividend && IsNotNegative(dividend);
                    return Opaque(IndexRange.Of(positive ? 0 : 1 - s.Integer()), IndexRange.Of(s.Integer() - 1));
                case Op.Shr or Op.Div when second is { } s && !OfHost(a) && X(0) is { } x && Bound(x, false) is { } low && Bound(x, true) is { } high
                                       && low.IsConstant(out long l) && high.IsConstant(out long h) && l >= 0 && s.Integer() > 0:
                    return a.Op == Op.Shr ? Opaque(IndexRange.Of(l >> (int)s.Bits), IndexRange.Of(h >> (int)s.Bits)) : Opaque(IndexRange.Of(l / s.Integer()), IndexRange.Of(h / s.Integer()));
                case Op.Select when X(1) is { } x && X(2) is { } y: return Opaque(IndexRange.Min(x, y), IndexRange.Max(x, y));
                default: return null;
            }
        }

        IndexRange Opaque(IndexRange low, IndexRange high) => IndexRange.Of(Variable(low, high, exact: false));

        // ---- accesses ----

        public override Expr Rewrite(Expr e)
        {
            e = base.Rewrite(e);
            return e is Load { Checked: false, Mask: null } l && MustCheck(l.Buffer, l.Index) ? l with { Checked = true } : e;
        }

        /// Whether the access needs a check of its own; if not, it is proved, or the host's check is noted.
        bool MustCheck(Buffer buffer, Expr index)
        {
            bool trusted = parameters.TryGetValue(buffer.Name, out var parameter) && parameter.Trusted;
            if (Value(index)?.Replace(Refined) is not { } range) return !trusted;
            bool low = IsNotNegative(range);
            bool high = Limit(buffer) is { } limit && IsNotNegative(IndexRange.Subtract(IndexRange.Add(limit, -1), range));
            if (low && high) return false;
            if (guard is not null && !guard.Wanted.Contains((buffer, Bare.Of(index)))) return false;
            if (guard is null ? parameter is null : !Guarded(buffer)) return !trusted;
            // A guard that is too strict only takes the slower way.
            if (uncertain > 0 || guard is null && range.Symbols.Any(s => !s.Exact)) return !trusted;
            if (Bound(range, upper: false) is not { } min || Bound(range, upper: true) is not { } max) return !trusted;
            if (Happens() is not { } happens) return !trusted;
            Add(guard?.Checks ?? checks, (buffer, low ? IndexRange.Of(0) : min, max, happens));
            return false;
        }

        /// A check that another one implies is not made.
        static void Add(List<(Buffer Buffer, IndexRange Min, IndexRange Max, Expr When)> list, (Buffer Buffer, IndexRange Min, IndexRange Max, Expr When) check)
        {
            static bool Implies((Buffer Buffer, IndexRange Min, IndexRange Max, Expr When) a, (Buffer Buffer, IndexRange Min, IndexRange Max, Expr When) b) =>
                a.Buffer == b.Buffer && (a.When.Equals(b.When) || a.When.Equals(Make.True))
                && IndexRange.IsNotNegative(IndexRange.Subtract(b.Min, a.Min)) && IndexRange.IsNotNegative(IndexRange.Subtract(a.Max, b.Max));
            if (list.Any(known => Implies(known, check))) return;
            list.RemoveAll(known => Implies(check, known));
            list.Add(check);
        }

        public Sequence<BoundsCheck> Checks() => checks.Select(c => new BoundsCheck(c.Buffer, c.Min.ToExpr(), c.Max.ToExpr(), c.When.Equals(Make.True) ? null : c.When)).ToSequence();

        /// Whether code before a lane loop can say that an index is in range.
        bool Guarded(Buffer b) => b.Storage != Storage.Lane && !(parameters.TryGetValue(b.Name, out var p) && p.View2) && Limit(b) is { } limit && limit.Symbols.All(s => s.Atom is not null);

        Symbol Refined(Symbol s)
        {
            while (refined.TryGetValue(s, out var other)) s = other;
            return s;
        }

        IndexRange? Limit(Buffer buffer)
        {
            if (limits.TryGetValue(buffer.Name, out var limit)) return limit;
            if (!parameters.TryGetValue(buffer.Name, out var p)) return null;
            IndexRange Of(string suffix, ScalarType type) => IndexRange.Of(Atom(new Use(new(buffer.Name + suffix, type))));
            if (!p.View2) return Of(".Length", ScalarType.I32);
            return IndexRange.Add(IndexRange.Multiply(IndexRange.Add(Of(".Rows", ScalarType.I32), -1), Of(".Stride", ScalarType.I64)), Of(".Columns", ScalarType.I32));
        }

        /// The loops around have iterations and the host conditions around hold; null if the host cannot say.
        Expr? Happens()
        {
            var all = when;
            foreach (var loop in loops)
            {
                var s = Refined(loop);
                var size = IndexRange.Subtract(s.High, s.Low)?.Replace(Refined);
                if (IsNotNegative(size)) continue;
                if (Bound(size, upper: true) is not { } most) return null;
                all = Make.And(all, Make.Compare(Op.Ge, most.ToExpr(), Make.Int(0, ScalarType.I64)));
            }
            return all ?? Make.True;
        }

        // ---- statements ----

        public override Function Rewrite(Function f) => f;

        public override Stmt Rewrite(Stmt s)
        {
            switch (s)
            {
                case Assign a:
                    var assigned = base.Rewrite(a);
                    values[a.Target.Name] = Value(a.Value);
                    return assigned;
                case DeclareArray d:
                    limits[d.Buffer.Name] = Value(d.Length);
                    return base.Rewrite(s);
                case Store { Checked: false, Mask: null } st:
                    st = (Store)base.Rewrite(st);
                    return MustCheck(st.Buffer, st.Index) ? st with { Checked = true } : st;
                case Atomic { Checked: false, Mask: null } at:
                    at = (Atomic)base.Rewrite(at);
                    Forget(s);
                    return MustCheck(at.Buffer, at.Index) ? at with { Checked = true } : at;
                case If i: return Fork(i);
                case Block b when Structure.Leaves(b.Body, b.Label):
                    int k = 0;
                    while (!Mentions(b.Body[k], b.Label)) k++;
                    var head = Rewrite(b.Body.Take(k).ToSequence());
                    uncertain++;
                    var body = (Sequence<Stmt>)[.. head, .. Rewrite(b.Body.Skip(k).ToSequence())];
                    uncertain--;
                    foreach (var inner in b.Body.Skip(k)) ForgetAll(inner);
                    return body.Equals(b.Body) ? b : b with { Body = body };
                case For f:
                    IndexRange? from = Value(f.Begin), to = Value(f.End);
                    var (low, high) = f.Step > 0 ? (from, IndexRange.Add(to, -1)) : (IndexRange.Add(to, 1), from);
                    var header = f with { Begin = Rewrite(f.Begin), End = Rewrite(f.End) };
                    // With another step the last index is only bounded by the end, unless the bounds say which it is.
                    bool exact = Math.Abs(f.Step) == 1;
                    if (!exact && f is { Begin: Const b0, End: Const e0 } && Unroll.Trips(b0, e0, f.Step) is > 0 and var trips)
                    {
                        var last = IndexRange.Of(b0.Integer() + (trips - 1) * f.Step);
                        (low, high, exact) = (f.Step > 0 ? low : last, f.Step > 0 ? last : high, true);
                    }
                    return Repeat(f, header, f.Index, low, high, exact, Exits(f.Body, [f.Label], true), b => header with { Body = b });
                case LaneLoop l:
                    var lanes = l with { Begin = Rewrite(l.Begin), End = Rewrite(l.End) };
                    return Repeat(l, lanes, l.Lane, Value(l.Begin), IndexRange.Add(Value(l.End), -1), true, false, b => lanes with { Body = b });
                case ChunkLoop c:
                    var chunks = c with { Begin = Rewrite(c.Begin), End = Rewrite(c.End) };
                    return Chunks(c, chunks);
                case Loop l:
                    uncertain++;
                    ForgetAll(l);
                    var again = Rewrite(l.Body);
                    ForgetAll(l);
                    uncertain--;
                    return again.Equals(l.Body) ? l : l with { Body = again };
                default:
                    var rewritten = base.Rewrite(s);
                    Forget(s);
                    return rewritten;
            }
        }

        static bool Mentions(Stmt s, string label) => s is Leave l ? l.Label == label : s.Bodies().Any(b => Structure.Leaves(b, label));

        /// Something in the body leaves it early: by its own label, or by one outside of it.
        static bool Exits(Sequence<Stmt> body, HashSet<string> own, bool ownCounts)
        {
            var inside = new HashSet<string>(body.Statements().Select(Inline.LabelOf).OfType<string>());
            return body.Statements().Any(s => s is Leave l && (ownCounts || !own.Contains(l.Label)) && !inside.Contains(l.Label));
        }

        void Forget(Stmt s)
        {
            foreach (var target in s.Assigns()) values[target.Name] = null;
        }

        void ForgetAll(Stmt s)
        {
            Forget(s);
            foreach (var body in s.Bodies())
                foreach (var inner in body.Statements()) Forget(inner);
        }

        Stmt Repeat(Stmt before, Stmt header, Local index, IndexRange? low, IndexRange? high, bool exact, bool early, Func<Sequence<Stmt>, Stmt> with)
        {
            ForgetAll(before);
            var variable = low is null || high is null ? null : Variable(low, high, exact);
            values[index.Name] = variable is null ? null : IndexRange.Of(variable);
            if (variable is not null) loops.Add(variable);
            if (variable is null || early) uncertain++;
            var body = Rewrite(before.Bodies().First());
            if (variable is null || early) uncertain--;
            if (variable is not null) loops.RemoveAt(loops.Count - 1);
            ForgetAll(before);
            var after = with(body);
            return after.Equals(before) ? before : after;
        }

        /// Between ChunkBegin and ChunkEnd lies one piece of Begin … End; all pieces together are the whole range.
        Stmt Chunks(ChunkLoop c, ChunkLoop header)
        {
            ForgetAll(c);
            bool early = guard is null && Exits(c.Body, [c.Label], true); // a guard is for the whole range, and has another way out
            if (early) uncertain++;
            if (Value(c.Begin) is { } begin && Value(c.End) is { } end)
            {
                var first = Variable(begin, IndexRange.Add(end, -1)!, exact: false);
                values[c.ChunkBegin.Name] = IndexRange.Of(first);
                values[c.ChunkEnd.Name] = IndexRange.Of(Variable(IndexRange.Add(IndexRange.Of(first), 1)!, end, exact: false));
                var body = OverPieces(c, begin, end);
                if (early) uncertain--;
                ForgetAll(c);
                header = header with { Body = body };
                return header.Equals(c) ? c : header;
            }
            uncertain++;
            var unknown = Rewrite(c.Body);
            uncertain -= early ? 2 : 1;
            ForgetAll(c);
            header = header with { Body = unknown };
            return header.Equals(c) ? c : header;
        }

        /// A lane loop over exactly a piece runs, over all pieces, through the whole range.
        Sequence<Stmt> OverPieces(ChunkLoop c, IndexRange begin, IndexRange end)
        {
            var result = new List<Stmt>();
            foreach (var s in c.Body)
            {
                if (uncertain == 0 && s is LaneLoop l && l.Begin is Use b && b.Local == c.ChunkBegin && l.End is Use e && e.Local == c.ChunkEnd)
                    result.Add(Repeat(l, l, l.Lane, begin, IndexRange.Add(end, -1), true, false, body => l with { Body = body }));
                else result.AddRange(RewriteMany(s));
            }
            return result.ToSequence();
        }

        Stmt Fork(If i)
        {
            var condition = Rewrite(i.Condition);
            var before = values;
            values = new(before);
            var then = Under(i.Condition, true, i.Then);
            var afterThen = values;
            values = new(before);
            var otherwise = Under(i.Condition, false, i.Else);
            foreach (string name in values.Keys.Concat(afterThen.Keys).Distinct().ToList())
            {
                values.TryGetValue(name, out var a);
                afterThen.TryGetValue(name, out var b);
                values[name] = a is not null && b is not null ? (a.Same(b) ? a : Opaque(IndexRange.Min(a, b), IndexRange.Max(a, b))) : null;
            }
            var after = new If(condition, then, otherwise);
            return after.Equals(i) ? i : after;
        }
    }
}
