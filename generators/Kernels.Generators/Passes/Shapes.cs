using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Which locals hold one value a lane (varying) and which one for all (uniform), and how an index depends on the lane.
///
///     foreach (i in lanes) { t = 2 * n; u = x[i]; if (u > 0) s = t; }      t uniform; u, s varying
///
/// A local is varying if a lane loop assigns it something varying, or under varying control, or carries it across iterations or
/// out of the loop (lanes without an iteration keep their own value). Computed as the least fixed point over the assignments.
/// On entry: no calls. Changes nothing.
sealed class Shapes
{
    readonly HashSet<string> varying = [];
    readonly Dictionary<string, int> assignments = [];
    readonly Dictionary<string, Expr> definitions = [];
    readonly Dictionary<string, Local> lanes = [];
    readonly Dictionary<string, int> home = [];   // the lane loop that holds every occurrence of the local; 0: none does
    readonly HashSet<string> varyingLabels = [];
    readonly List<(string Label, bool Varying)> labels = [];
    int loop, loops;
    bool changed;

    public Shapes(Function f)
    {
        foreach (var p in f.Parameters)
            if (p is ValueParameter v) home[v.Local.Name] = 0;
        Survey(f.Body);
        do
        {
            changed = false;
            loops = 0;
            Visit(f.Body, control: false);
        } while (changed);
    }

    public bool IsVarying(Local local) => varying.Contains(local.Name);
    /// A varying local made by a later pass.
    public void Add(Local local)
    {
        varying.Add(local.Name);
        home[local.Name] = -1;
    }

    /// As Add, for one that outlives a lane loop.
    public void AddOuter(Local local)
    {
        varying.Add(local.Name);
        home[local.Name] = 0;
    }

    /// Whether the local lives in one lane loop, in one iteration of it: its first assignment dominates its uses.
    public bool IsInner(string name) => !home.TryGetValue(name, out int at) || at != 0;

    public bool IsVaryingLabel(string label) => varyingLabels.Contains(label);

    public bool IsVarying(Expr e) => e switch
    {
        Const => false,
        Use u => IsVarying(u.Local),
        Load l => l.Buffer.Storage == Storage.Lane || IsVarying(l.Index) || (l.Mask is not null && IsVarying(l.Mask)),
        Apply { Op: Op.Any or Op.All } => false,
        Apply { Op: Op.LaneId } => true,
        Apply a => a.Args.Any(IsVarying),
        _ => true, // Permute
    };

    /// Where every occurrence of a local lies, and what defines it.
    void Survey(Sequence<Stmt> body)
    {
        foreach (var s in body)
        {
            int outer = loop;
            if (s is LaneLoop ll)
            {
                foreach (var e in s.Expressions()) Occurs(e);
                loop = ++loops;
                lanes[ll.Lane.Name] = ll.Lane;
                varying.Add(ll.Lane.Name);
            }
            else foreach (var e in s.Expressions()) Occurs(e);
            foreach (var target in s.Assigns())
            {
                Occurs(target);
                assignments[target.Name] = assignments.TryGetValue(target.Name, out int n) ? n + 1 : 1;
                if (s is Assign a) definitions[target.Name] = a.Value;
            }
            if (s is Reduce r) foreach (var v in r.Values) Occurs(v);
            foreach (var inner in s.Bodies()) Survey(inner);
            loop = outer;
        }
    }

    void Occurs(Expr e)
    {
        foreach (var x in e.Tree()) if (x is Use u) Occurs(u.Local);
    }

    void Occurs(Local local) => home[local.Name] = home.TryGetValue(local.Name, out int at) && at != loop ? 0 : loop;

    void Mark(Local local)
    {
        if (varying.Add(local.Name)) changed = true;
    }

    void Visit(Sequence<Stmt> body, bool control)
    {
        foreach (var s in body) Visit(s, control);
    }

    void Visit(Stmt s, bool control)
    {
        int outer = loop;
        switch (s)
        {
            case Assign a: Define(a.Target, IsVarying(a.Value), control); break;
            case LoadGroup g: foreach (var t in g.Targets) Mark(t); break;
            case Atomic { Old: { } old }: Define(old, loop != 0, control); break;
            case Dispatch d: foreach (var t in d.Results) Define(t, IsVarying(d.Region) || d.Values.Any(IsVarying), control); break;
            case If i:
                bool inner = control || (loop != 0 && IsVarying(i.Condition));
                Visit(i.Then, inner);
                Visit(i.Else, inner);
                break;
            case For f:
                if (loop != 0)
                {
                    bool differs = IsVarying(f.Begin) || IsVarying(f.End);
                    if (differs && varyingLabels.Add(f.Label)) changed = true;
                    Define(f.Index, differs, control);
                    Labelled(f.Label, f.Body, control || varyingLabels.Contains(f.Label));
                }
                else Labelled(f.Label, f.Body, control);
                break;
            case Loop l: Labelled(l.Label, l.Body, control || varyingLabels.Contains(l.Label)); break;
            case Block b: Labelled(b.Label, b.Body, control || varyingLabels.Contains(b.Label)); break;
            case Leave leave:
                // The lanes part at this label if some control between here and there is varying.
                if (loop != 0 && control)
                {
                    for (int k = labels.Count - 1; k >= 0; k--)
                    {
                        if (labels[k].Label != leave.Label) continue;
                        if (!labels[k].Varying && varyingLabels.Add(leave.Label)) changed = true;
                        break;
                    }
                }
                break;
            case LaneLoop l:
                loop = ++loops;
                Visit(l.Body, false);
                break;
            case ChunkLoop c: Visit(c.Body, control); break;
        }
        loop = outer;
    }

    void Labelled(string label, Sequence<Stmt> body, bool control)
    {
        labels.Add((label, varyingLabels.Contains(label)));
        Visit(body, control);
        labels.RemoveAt(labels.Count - 1);
    }

    void Define(Local target, bool value, bool control)
    {
        if (loop != 0 && (value || control || home[target.Name] == 0)) Mark(target);
    }

    /// index = Lane * Coefficient + Uniform + Constant, exactly, as long as nothing wraps (an index that wraps is out of range: the
    /// checks are made in 64 bits). Null if it has no such form.
    public (long Coefficient, Expr? Uniform, long Constant)? Affine(Expr index, Local lane)
    {
        if (!IsVarying(index)) return index is Const k ? (0, null, k.Integer()) : (0, index, 0);
        switch (index)
        {
            case Use u when u.Local == lane: return (1, null, 0);
            case Use u when assignments.TryGetValue(u.Local.Name, out int n) && n == 1
                    && definitions.TryGetValue(u.Local.Name, out var definition) && Stable(definition):
                return Affine(definition, lane);
            case Apply { Op: Op.Convert, Type: ScalarType.I64 or ScalarType.I32 } c when c.Args[0].Type is ScalarType.I32 or ScalarType.I64:
                return Affine(c.Args[0], lane);
            case Apply { Op: Op.Add } a when Affine(a.Args[0], lane) is var (c0, u0, k0) && Affine(a.Args[1], lane) is var (c1, u1, k1):
                return (c0 + c1, Sum(Op.Add, u0, u1), k0 + k1);
            case Apply { Op: Op.Sub } a when Affine(a.Args[0], lane) is var (c0, u0, k0) && Affine(a.Args[1], lane) is var (c1, u1, k1):
                return (c0 - c1, Sum(Op.Sub, u0, u1), k0 - k1);
            case Apply { Op: Op.Mul } a when a.Args[1] is Const c && Affine(a.Args[0], lane) is var (c0, u0, k0):
                return (c0 * c.Integer(), Scaled(u0, c.Integer()), k0 * c.Integer());
            case Apply { Op: Op.Mul } a when a.Args[0] is Const c && Affine(a.Args[1], lane) is var (c1, u1, k1):
                return (c1 * c.Integer(), Scaled(u1, c.Integer()), k1 * c.Integer());
            case Apply { Op: Op.Shl } a when a.Args[1] is Const c && Affine(a.Args[0], lane) is var (c0, u0, k0):
                long factor = 1L << (int)(c.Integer() & (a.Type.Bytes() * 8 - 1));
                return (c0 * factor, Scaled(u0, factor), k0 * factor);
            default: return null;
        }
    }

    /// Whether an index is read from memory at the lane's place, and at most moved and scaled: each lane's is then best computed by scalar code.
    public bool IsLookup(Expr index, Local lane) => index switch
    {
        Load { Mask: null, Checked: false, Type: ScalarType.I32 or ScalarType.I64 } l => l.Buffer.Storage != Storage.Lane && Affine(l.Index, lane) is ( not 0, _, _),
        Apply { Op: Op.Add or Op.Sub or Op.Mul or Op.Convert, Type: ScalarType.I32 or ScalarType.I64 } a => a.Args.All(x => !IsVarying(x) || IsLookup(x, lane)) && a.Args.Any(IsVarying),
        _ => false,
    };

    /// Whether the expression means the same wherever it is in scope: its locals are assigned once.
    bool Stable(Expr e) => e.Tree().All(x => x is not Load && (x is not Use u || !assignments.TryGetValue(u.Local.Name, out int n) || n <= 1));

    static Expr? Scaled(Expr? u, long factor) =>
        u is null ? null : factor == 1 ? u : Make.Binary(Op.Mul, Make.ConvertTo(ScalarType.I64, u), Make.Int(factor, ScalarType.I64));

    static Expr? Sum(Op op, Expr? a, Expr? b)
    {
        if (b is null) return a;
        if (a is null) return op == Op.Add ? b : Make.Apply(Op.Neg, ScalarType.I64, Make.ConvertTo(ScalarType.I64, b));
        return Make.Binary(op, Make.ConvertTo(ScalarType.I64, a), Make.ConvertTo(ScalarType.I64, b));
    }
}
