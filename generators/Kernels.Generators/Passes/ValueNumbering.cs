using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Computes equal values once, and what a loop does not change before the loop:
///
///     lanes (i) { y[i] = x[i]*n*2 + k*m; z[i] = x[i]*n*2; }      =>      v1 = k*m; lanes (i) { v = x[i]*n*2; y[i] = v + v1; z[i] = v; }
///
/// Each operation gets a name, or the name of an equal one that was computed on every path to here; Nest then puts back what is used
/// once. Equal up to the order of commuting operands; a load equals another if no store to its array lies between (arrays differ
/// unless InPlace). A local that is assigned again invalidates what was computed from it. Nothing leaves a branch: only what a loop
/// computes in every iteration moves before it, and no load does. Cheap index arithmetic stays in its index, where addressing does it
/// for free and access analysis sees it; so do negations. Before: folded, bounds found. After: no local only copies another.
static class ValueNumbering
{
    public static Function Run(Function f) => Nest.Run(DeadCode.Run(new Numbering(f).Run(f)));

    sealed class Scope(bool loop, bool lanes = false)
    {
        public readonly bool Loop = loop, Lanes = lanes;
        public readonly List<Stmt> Output = [];
        public readonly Dictionary<Expr, Expr> Values = [];
        public readonly HashSet<string> Assigned = [];
    }

    sealed class Numbering
    {
        readonly Names names;
        readonly FloatMode mode;
        readonly Dictionary<string, string> alias;
        readonly Dictionary<string, int> assignments = [];
        readonly List<Scope> scopes = [new(false)];
        readonly Dictionary<string, int> depth = [];                               // the scope in which a local last changed
        readonly Dictionary<string, List<(Scope Scope, Expr Key)>> mentions = [];  // of locals, and of arrays with a leading '@'

        readonly HashSet<string> varying = [];
        int lanes;   // how many lane loops are around

        Scope Top => scopes[scopes.Count - 1];

        public Numbering(Function f)
        {
            names = new(f);
            mode = f.Schedule.Float;
            alias = Aliases.Of(f);
            foreach (var s in f.Body.Statements())
                foreach (var target in s.Assigns())
                    assignments[target.Name] = assignments.TryGetValue(target.Name, out int n) ? n + 1 : 1;
            foreach (var l in f.Body.Statements().OfType<LaneLoop>())
                foreach (var s in l.Body.Statements())
                    if (s is not Append) varying.UnionWith(s.Assigns().Select(x => x.Name));
            // A parameter or a Count has a value before its assignment.
            foreach (var p in f.Parameters.OfType<ValueParameter>()) assignments[p.Local.Name] = 2;
        }

        public Function Run(Function f)
        {
            foreach (var s in f.Body) Visit(s);
            return f with { Body = Top.Output.ToSequence() };
        }

        // ---- what is known ----

        Expr? Lookup(Expr key)
        {
            for (int k = scopes.Count - 1; k >= 0; k--)
                if (scopes[k].Values.TryGetValue(key, out var value)) return value;
            return null;
        }

        void Know(Scope scope, Expr key, Expr value)
        {
            scope.Values[key] = value;
            foreach (var e in key.Tree().Concat(value.Tree()))
            {
                string? name = e is Use u ? u.Local.Name : e is Load l ? "@" + Array(l.Buffer) : null;
                if (name is null) continue;
                if (!mentions.TryGetValue(name, out var list)) mentions[name] = list = [];
                list.Add((scope, key));
            }
        }

        string Array(Buffer b) => alias.TryGetValue(b.Name, out string? other) ? other : b.Name;

        void Kill(string name)
        {
            if (!mentions.TryGetValue(name, out var list)) return;
            mentions.Remove(name);
            foreach (var (scope, key) in list) scope.Values.Remove(key);
        }

        void Assigned(Local local)
        {
            Kill(local.Name);
            depth[local.Name] = scopes.Count - 1;
            Top.Assigned.Add(local.Name);
        }

        static IEnumerable<Buffer> Writes(Stmt s) => s switch
        {
            Store x => [x.Buffer],
            StoreGroup x => [x.Buffer],
            Atomic x => [x.Buffer],
            Append x => [x.Buffer],
            DeclareArray x => [x.Buffer],
            Call x => x.Slices.Select(p => p.Buffer),
            _ => [],
        };

        // ---- expressions ----

        /// The expression as one that costs nothing to repeat: a constant, a local, or the negation of one.
        Expr Value(Expr e, string stem = "temp", Local? holder = null)
        {
            switch (e)
            {
                case Const: return e;
                case Use u: return Lookup(e) ?? e;
                // Behind a lane loop a lane's value has no name to be given: only lane code may name a lane's value.
                case Permute or Apply { Op: Op.Any or Op.All or Op.LaneId }: return Name(lanes > 0 ? Operands(e) : e, stem, holder, shared: false);
            }
            e = Operands(e);
            if (e is Apply a) e = Algebra.Simplify(a, mode);
            if (e is Const || e is Use || e.Type.IsNarrow() || e is Apply { Op: Op.Neg or Op.Not } n && n.Args[0] is Use or Const) return e;
            // Simplification may have made a new operand.
            if (e is Apply again && again.Args.Any(x => x is Apply inner && !Free(inner))) e = Operands(e);
            return Lookup(Key(e)) ?? Name(e, stem, holder, shared: true);
        }

        static bool Free(Apply a) => a.Op is Op.Neg or Op.Not && a.Args[0] is Use or Const;

        Expr Operands(Expr e) => e switch
        {
            Load l => l with { Index = Index(l.Index), Mask = l.Mask is null ? null : Value(l.Mask) },
            Permute p => p with { Value = Value(p.Value) },
            Apply a => a with { Args = a.Args.MapSame(x => Value(x)) },
            _ => e,
        };

        /// An index: cheap arithmetic stays a tree.
        Expr Index(Expr e)
        {
            switch (e)
            {
                case Use: return Lookup(e) is Use or Const ? Lookup(e)! : e;
                case Apply { Op: Op.Add or Op.Sub or Op.Mul or Op.Shl or Op.Neg or Op.Convert or Op.Bits or Op.And or Op.Or or Op.Xor or Op.Shr } a when a.Args.All(x => x.Type.IsInteger() && !x.Type.IsNarrow()):
                    return Algebra.Simplify(a with { Args = a.Args.MapSame(Index) }, mode);
                default: return Value(e, "index");
            }
        }

        /// One form for expressions that are equal though written differently.
        static Expr Key(Expr e)
        {
            if (e is not Apply { Args.Count: >= 2 } a) return e;
            var (x, y) = (a.Args[0], a.Args[1]);
            if (a.Op is Op.Gt or Op.Ge) return a with { Op = a.Op == Op.Gt ? Op.Lt : Op.Le, Args = [y, x] };
            return Algebra.Commutes(a.Op) && Compare(x, y) > 0 ? a with { Args = a.Args.Count == 2 ? [y, x] : [y, x, a.Args[2]] } : e;
        }

        static int Compare(Expr x, Expr y) => (x, y) switch
        {
            (Use u, Use v) => string.CompareOrdinal(u.Local.Name, v.Local.Name),
            (Const c, Const d) => c.Bits.CompareTo(d.Bits),
            (Apply a, Apply b) => Compare(a.Args[0], b.Args[0]),
            _ => Rank(x) - Rank(y),
        };

        static int Rank(Expr e) => e switch { Use => 0, Apply => 1, Load => 2, _ => 3 };

        /// Whether the value may differ between the lanes: in uniform code no new local can hold it.
        bool Varies(Expr e) => e.Tree().Any(x => x is Use u && varying.Contains(u.Local.Name));

        Expr Name(Expr e, string stem, Local? holder, bool shared)
        {
            if (holder is null && lanes == 0 && e is not Apply { Op: Op.Any or Op.All } && Varies(e)) return e;
            int at = shared && Hoistable(e) ? Home(e) : scopes.Count - 1;
            var scope = scopes[at];
            var local = holder ?? names.Fresh(stem, e.Type);
            scope.Output.Add(new Assign(local, e));
            if (holder is not null) Assigned(local);
            depth[local.Name] = at;
            var value = new Use(local);
            if (shared) Know(scope, Key(e), value);
            return value;
        }

        /// Neither a load nor something that may trap or depends on which lanes are active.
        static bool Hoistable(Expr e) => e is Apply a && !(a.Op is Op.Div or Op.Rem && a.Type.IsInteger() && a.Args[1] is not Const) && a.Tree().All(x => x is not (Load or Permute));

        /// The outermost scope, through loops alone, in which all operands have their values.
        int Home(Expr e)
        {
            int needed = e.Tree().OfType<Use>().Select(u => depth.TryGetValue(u.Local.Name, out int d) ? d : 0).DefaultIfEmpty(0).Max();
            int at = scopes.Count - 1;
            bool varies = Varies(e);
            while (at > needed && scopes[at].Loop && !(varies && scopes[at].Lanes)) at--;
            return at;
        }

        // ---- statements ----

        Sequence<Stmt> Inside(Sequence<Stmt> body, bool loop, IEnumerable<Local> header, bool lanes = false)
        {
            scopes.Add(new(loop, lanes));
            if (loop)
            {
                foreach (var target in header.Concat(body.Statements().SelectMany(s => s.Assigns()))) Assigned(target);
                foreach (var s in body.Statements())
                    foreach (var b in Writes(s)) Kill("@" + Array(b));
            }
            foreach (var s in body) Visit(s);
            var inner = Top;
            scopes.RemoveAt(scopes.Count - 1);
            foreach (string name in inner.Assigned)
            {
                Kill(name);
                depth[name] = scopes.Count - 1;
                Top.Assigned.Add(name);
            }
            return inner.Output.ToSequence();
        }

        void Visit(Stmt s)
        {
            var output = Top.Output;
            switch (s)
            {
                case Assign a:
                    bool once = assignments[a.Target.Name] == 1;
                    var value = once ? Value(a.Value, a.Target.Name, a.Target) : Value(a.Value, a.Target.Name);
                    if (value is Use u && u.Local == a.Target) break;
                    output.Add(a with { Value = value });
                    Assigned(a.Target);
                    if (value is Use or Const) Know(Top, new Use(a.Target), value);
                    break;
                case If i:
                    var condition = Value(i.Condition, "test");
                    var then = Inside(i.Then, false, []);
                    var otherwise = Inside(i.Else, false, []);
                    output.Add(new If(condition, then, otherwise));
                    break;
                case Block b: output.Add(b with { Body = Inside(b.Body, false, []) }); break;
                case Loop l: output.Add(l with { Body = Inside(l.Body, true, []) }); break;
                case For f:
                    var forHead = f with { Begin = Index(f.Begin), End = Index(f.End) };
                    output.Add(forHead with { Body = Inside(f.Body, true, [f.Index]) });
                    break;
                case LaneLoop l:
                    var laneHead = l with { Begin = Index(l.Begin), End = Index(l.End) };
                    lanes++;
                    output.Add(laneHead with { Body = Inside(l.Body, true, [l.Lane], lanes: true) });
                    lanes--;
                    break;
                case ChunkLoop c:
                    var chunkHead = c with { Begin = Index(c.Begin), End = Index(c.End) };
                    output.Add(chunkHead with { Body = Inside(c.Body, true, [c.ChunkBegin, c.ChunkEnd]) });
                    break;
                default:
                    output.Add(s switch
                    {
                        DeclareArray d => d with { Length = Index(d.Length) },
                        Store st => st with { Index = Index(st.Index), Value = Stored(st.Value), Mask = st.Mask is null ? null : Value(st.Mask) },
                        Atomic at => at with { Index = Index(at.Index), Value = Stored(at.Value), Comparand = at.Comparand is null ? null : Stored(at.Comparand) },
                        Append ap => ap with { Value = Stored(ap.Value) },
                        LoadGroup g => g with { Index = Index(g.Index) },
                        StoreGroup g => g with { Index = Index(g.Index), Values = g.Values.MapSame(Stored) },
                        Reduce r => ValueNumbering.Run(r.Combine) is var combine && combine.Equals(r.Combine) ? r : r with { Combine = combine },
                        Dispatch d => d with { Region = Value(d.Region), Values = d.Values.MapSame(x => Value(x)), Cases = d.Cases.MapSame(ValueNumbering.Run) },
                        _ => s,
                    });
                    foreach (var target in s.Assigns()) Assigned(target);
                    foreach (var b in Writes(s)) Kill("@" + Array(b));
                    break;
            }
        }

        /// A stored value: a narrowing stays at its store.
        Expr Stored(Expr e) => e.Type.IsNarrow() ? Operands(e) : Value(e);
    }
}
