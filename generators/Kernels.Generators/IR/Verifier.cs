namespace Kernels.Generators.IR;

/// How far a function has come; each stage allows what the ones before it do, but for what it has removed.
enum Stage : byte { Frontend, Inlined /* no Call */, Predicated /* masks, groups and lane operations; a branch may be skipped where its lanes do not need it */ }

/// The grammar's unwritten half: whether a function keeps the rules of IR.cs. Runs between passes in tests; a violation is a bug in the pass before.
static class Verifier
{
    /// One sentence for each violation; empty if there is none.
    public static IReadOnlyList<string> Check(Function function, Stage stage = Stage.Frontend) => new FunctionVerifier(function, stage, []).Check();

    public static IReadOnlyList<string> Check(Module module, Stage stage = Stage.Frontend)
    {
        var found = new List<string>(Check(module.Kernel, stage));
        foreach (var h in module.Helpers)
            foreach (string violation in Check(h, stage)) found.Add($"{h.Name}: {violation}");
        foreach (var f in module.Helpers.Append(module.Kernel))
            foreach (var call in f.Body.Statements().OfType<Call>())
            {
                var callee = module.Helpers.FirstOrDefault(h => h.Name == call.Callee);
                if (callee is null) { found.Add($"{f.Name}: no helper '{call.Callee}'."); continue; }
                var values = callee.Parameters.OfType<ValueParameter>().Select(p => p.Local.Type);
                var elements = callee.Parameters.OfType<BufferParameter>().Select(p => p.Buffer.Element);
                if (!values.SequenceEqual(call.Values.Select(v => v.Type)) || !elements.SequenceEqual(call.Slices.Select(s => s.Buffer.Element))
                    || !callee.Results.Select(r => r.Type).SequenceEqual(call.Results.Select(r => r.Type)))
                    found.Add($"{f.Name}: the call of '{call.Callee}' does not fit its parameters and results.");
            }
        return found;
    }
}

sealed partial class FunctionVerifier(Function function, Stage stage, IEnumerable<Buffer> outer)
{
    readonly List<string> found = [];
    readonly Dictionary<string, ScalarType> types = [];
    readonly Dictionary<string, Buffer> buffers = [];
    readonly Dictionary<string, Access> access = [];
    readonly HashSet<string> varying = [], counts = [], indices = [];
    readonly List<(string Label, bool InLanes, List<HashSet<string>> Leaves)> labels = [];
    HashSet<string>? assigned = []; // null: not reached
    bool inLanes;

    void Report(string violation) => found.Add(violation);
    void Require(bool holds, string violation)
    {
        if (!holds) Report(violation);
    }

    public IReadOnlyList<string> Check()
    {
        foreach (var b in outer) buffers[b.Name] = b;
        foreach (var s in function.Body.Statements())
        {
            if (s is Append a) counts.Add(a.Count.Name);
            if (s is not LaneLoop loop) continue;
            varying.Add(loop.Lane.Name);
            foreach (var inner in loop.Body.Statements())
                if (inner is not Append)
                    foreach (var local in inner.Assigns()) varying.Add(local.Name);
        }
        foreach (string count in counts) Require(!varying.Contains(count), $"The count '{count}' of an Append is assigned in a lane loop.");
        foreach (var p in function.Parameters) Parameter(p);
        foreach (var c in function.Constants)
        {
            Declare(c.Buffer, c.Buffer.Storage == Storage.Constant);
            Require(c.Bits.All(b => (b & ~c.Buffer.Element.Mask()) == 0), $"Data of '{c.Buffer.Name}' are wider than {c.Buffer.Element}.");
        }
        foreach (var r in function.Results) Name(r);
        Require(function.Kind != FunctionKind.Kernel || function.Results.Count == 0 || stage == Stage.Frontend, "A kernel has results.");
        Require(IsPower(function.Schedule.Lanes) && IsPower(function.Schedule.Vectors) && IsPower(function.Schedule.Threads), "Lanes and vectors of the schedule are powers of two.");
        Body(function.Body);
        AtReturn();
        return found;
    }

    static bool IsPower(int x) => x >= 0 && (x & x - 1) == 0;

    void Parameter(Parameter p)
    {
        switch (p)
        {
            case ValueParameter v:
                Assigned(v.Local);
                Require(v.Role != ParameterRole.BlockIndex || v.Local.Type is ScalarType.I32, $"The block index '{v.Local.Name}' is not an I32.");
                break;
            case BufferParameter b:
                Declare(b.Buffer, b.Buffer.Storage == Storage.Parameter);
                access[b.Buffer.Name] = b.Access;
                string name = b.Buffer.Name;
                if (!b.View2) Assigned(new(name + ".Length", ScalarType.I32));
                else
                {
                    Assigned(new(name + ".Rows", ScalarType.I32));
                    Assigned(new(name + ".Columns", ScalarType.I32));
                    Assigned(new(name + ".Stride", ScalarType.I64));
                }
                Require(b.InPlaceOf is null or "*" || function.Parameters.OfType<BufferParameter>().Any(o => o.Buffer.Name == b.InPlaceOf && o.Buffer.Element == b.Buffer.Element),
                    $"'{name}' is in place of '{b.InPlaceOf}', which is no parameter of its type.");
                break;
        }
    }

    /// A local has one type wherever it stands, and no type that exists in memory only.
    void Name(Local l)
    {
        if (types.TryGetValue(l.Name, out var type)) Require(type == l.Type, $"'{l.Name}' is {type} and {l.Type}.");
        else
        {
            types[l.Name] = l.Type;
            Require(!l.Type.IsNarrow(), $"The local '{l.Name}' has the memory type {l.Type}.");
            Require(!buffers.ContainsKey(l.Name), $"'{l.Name}' is a local and an array.");
        }
    }

    void Assigned(Local l)
    {
        Name(l);
        assigned?.Add(l.Name);
    }

    /// An assignment by a statement.
    void Target(Local l)
    {
        Require(!indices.Contains(l.Name), $"The loop index '{l.Name}' is assigned in its loop.");
        Assigned(l);
    }

    void Declare(Buffer b, bool rightStorage)
    {
        Require(rightStorage, $"'{b.Name}' is declared as {b.Storage}.");
        Require(b.Element != ScalarType.Bool, $"'{b.Name}' is an array of Bool, which exists in registers only.");
        Require(!types.ContainsKey(b.Name), $"'{b.Name}' is a local and an array.");
        Require(!buffers.TryGetValue(b.Name, out var before) || before == b, $"'{b.Name}' is two different arrays.");
        buffers[b.Name] = b;
    }

    void Touch(Buffer b, bool read, bool write)
    {
        if (!buffers.TryGetValue(b.Name, out var declared)) Report($"The array '{b.Name}' is not declared.");
        else Require(declared == b, $"'{b.Name}' is two different arrays.");
        if (access.TryGetValue(b.Name, out var allowed))
            Require(!(write && allowed == Access.Read) && !(read && allowed == Access.Write), $"'{b.Name}' is {(write ? "written" : "read")}; its access is {allowed}.");
        Require(!write || b.Storage != Storage.Constant, $"The constant '{b.Name}' is written.");
    }

    void Body(Sequence<Stmt> body)
    {
        foreach (var s in body) Statement(s);
    }

    void AtReturn()
    {
        if (assigned is null) return;
        foreach (var r in function.Results) Require(assigned.Contains(r.Name), $"The result '{r.Name}' is not assigned on every path.");
    }

    HashSet<string>? Snapshot() => assigned is null ? null : [.. assigned];

    static HashSet<string>? Both(HashSet<string>? a, HashSet<string>? b) => a is null ? b : b is null ? a : [.. a.Intersect(b)];

    void Statement(Stmt s)
    {
        switch (s)
        {
            case Assign a:
                // A blend keeps in the lanes outside its mask what nobody has assigned and nobody reads.
                if (stage == Stage.Predicated && a.Value is Apply { Op: Op.Select } blend && blend.Args[2] is Use kept && kept.Local == a.Target) assigned?.Add(a.Target.Name);
                Value(a.Value, a.Target.Type, "the value of an assignment", allowVarying: inLanes || varying.Contains(a.Target.Name));
                Target(a.Target);
                break;
            case DeclareArray d:
                Index(d.Length, uniform: true);
                Require(d.Buffer.Storage == Storage.Scratch || d.Length is Const, $"The length of '{d.Buffer.Name}' is not a constant.");
                if (d.Fill is not null) Value(d.Fill, d.Buffer.Element, "a fill", stored: true);
                Require(d.Fill is null || d.Buffer.Storage == Storage.Scratch, $"'{d.Buffer.Name}' has a fill but is no scratch.");
                Require(!inLanes || d.Buffer.Storage == Storage.Lane, $"'{d.Buffer.Name}' is declared in a lane loop but is not private to the lanes.");
                Declare(d.Buffer, d.Buffer.Storage is Storage.Scratch or Storage.Block or Storage.Lane or Storage.Stack);
                break;
            case Store st:
                Index(st.Index);
                Value(st.Value, st.Buffer.Element, "the value of a store", stored: true);
                Mask(st.Mask);
                Written(st.Buffer);
                break;
            case LoadGroup g:
                Group();
                Index(g.Index);
                Touch(g.Buffer, read: true, write: false);
                foreach (var t in g.Targets)
                {
                    Require(t.Type == g.Buffer.Element, $"'{t.Name}' gets an element of type {g.Buffer.Element}.");
                    Target(t);
                }
                break;
            case StoreGroup g:
                Group();
                Index(g.Index);
                foreach (var v in g.Values) Value(v, g.Buffer.Element, "the value of a store", stored: true);
                Written(g.Buffer);
                break;
            case Atomic a: Atomic(a); break;
            case Append a:
                Value(a.Value, a.Buffer.Element, "the value of an Append", stored: true);
                Mask(a.Mask);
                Written(a.Buffer);
                Require(a.Count.Type == ScalarType.I32, $"The count '{a.Count.Name}' is not an I32.");
                Read(a.Count);
                Target(a.Count);
                break;
            case If i: If(i); break;
            case For f:
                Require(f.Index.Type is >= ScalarType.I32 and <= ScalarType.U64, $"The loop index '{f.Index.Name}' is {f.Index.Type}.");
                Require(f.Step != 0, $"The loop over '{f.Index.Name}' has step 0.");
                Value(f.Begin, f.Index.Type, "the begin of a loop");
                Value(f.End, f.Index.Type, "the end of a loop");
                Enclosed(f.Label, f.Body, mayEnd: true, mayRepeat: true, f.Index);
                break;
            case Loop l: Enclosed(l.Label, l.Body, mayEnd: false, mayRepeat: true); break;
            case Block b: Enclosed(b.Label, b.Body, mayEnd: true, mayRepeat: false); break;
            case ChunkLoop c:
                Require(!inLanes, "A chunk loop stands in a lane loop.");
                Bound(c.Begin, c.ChunkBegin);
                Bound(c.End, c.ChunkEnd);
                Enclosed(c.Label, c.Body, mayEnd: true, mayRepeat: true, c.ChunkBegin, c.ChunkEnd);
                break;
            case LaneLoop l: LaneLoop(l); break;
            case Leave l:
                int at = labels.FindLastIndex(x => x.Label == l.Label);
                if (at < 0) Report($"Nothing encloses the leave of '{l.Label}'.");
                else
                {
                    Require(labels[at].InLanes == inLanes, $"'{l.Label}' is left out of a lane loop.");
                    if (assigned is not null) labels[at].Leaves.Add([.. assigned]);
                }
                assigned = null;
                break;
            case Return:
                Require(!inLanes, "A return out of a lane loop.");
                AtReturn();
                assigned = null;
                break;
            case Reduce r: Reduce(r); break;
            case Call c:
                Require(stage != Stage.Inlined, $"A call of '{c.Callee}' after inlining.");
                foreach (var v in c.Values) Value(v, v.Type, "an argument");
                foreach (var x in c.Slices)
                {
                    Index(x.Offset);
                    Index(x.Length);
                    Touch(x.Buffer, read: false, write: false);
                }
                foreach (var r in c.Results) Target(r);
                break;
            case Dispatch d: Dispatch(d); break;
        }
    }

    void Group()
    {
        Require(inLanes, "A group of accesses stands outside of a lane loop.");
        Require(stage != Stage.Frontend, "A group of accesses before there are any.");
    }

    /// A helper, a case or an element kernel is lane code or not by where it is called.
    bool MayRunOnLanes => inLanes || function.Kind != FunctionKind.Kernel;

    void Written(Buffer b)
    {
        Touch(b, read: false, write: true);
        Require(MayRunOnLanes || b.Storage != Storage.Lane, $"'{b.Name}' is private to the lanes, but uniform code writes it.");
    }

    void Atomic(Atomic a)
    {
        var element = a.Buffer.Element;
        Index(a.Index);
        Value(a.Value, element, "the value of an atomic operation", stored: true);
        Require(a.Comparand is not null == (a.Kind == AtomicKind.CompareExchange), "A comparand belongs to CompareExchange, and to nothing else.");
        if (a.Comparand is not null) Value(a.Comparand, element, "a comparand", stored: true);
        Mask(a.Mask);
        Touch(a.Buffer, read: true, write: true);
        Require(!element.IsNarrow(), $"An atomic operation on {element}.");
        Require(a.Kind is not (AtomicKind.And or AtomicKind.Or or AtomicKind.Xor) || !element.IsFloat(), $"{a.Kind} of {element}.");
        if (a.Old is null) return;
        Require(a.Old.Type == element, $"'{a.Old.Name}' gets an element of type {element}.");
        Target(a.Old);
    }

    void If(If i)
    {
        Value(i.Condition, ScalarType.Bool, "a condition");
        var before = Snapshot();
        Body(i.Then);
        var then = assigned;
        assigned = before;
        Body(i.Else);
        // Once predicated, a skipped branch leaves values that no lane with a true mask reads.
        if (stage == Stage.Predicated && then is not null) (assigned ??= []).UnionWith(then);
        else assigned = Both(then, assigned);
    }

    /// mayEnd: control also goes on behind the statement when the body ends, or when no iteration is left.
    void Enclosed(string label, Sequence<Stmt> body, bool mayEnd, bool mayRepeat, params Local[] locals)
    {
        Require(!labels.Any(l => l.Label == label), $"Two statements of label '{label}' enclose each other.");
        var leaves = new List<HashSet<string>>();
        var before = Snapshot();
        foreach (var l in locals) Target(l);
        foreach (var l in locals) indices.Add(l.Name);
        labels.Add((label, inLanes, leaves));
        Body(body);
        labels.RemoveAt(labels.Count - 1);
        foreach (var l in locals) indices.Remove(l.Name);
        var after = !mayEnd ? null : mayRepeat ? before : assigned;
        foreach (var leave in leaves) after = Both(after, leave);
        assigned = after;
    }

    void LaneLoop(LaneLoop l)
    {
        Require(!inLanes, "A lane loop stands in a lane loop.");
        Require(l.Lane.Type == ScalarType.I32, $"The lane index '{l.Lane.Name}' is {l.Lane.Type}.");
        foreach (var bound in new[] { l.Begin, l.End })
        {
            Require(bound.Type is ScalarType.I32 or ScalarType.I64, $"A lane loop's bound is {bound.Type}.");
            Value(bound, bound.Type, "the bound of a lane loop");
        }
        var before = Snapshot();
        Target(l.Lane);
        indices.Add(l.Lane.Name);
        inLanes = true;
        Body(l.Body);
        inLanes = false;
        indices.Remove(l.Lane.Name);
        assigned = before;
    }

    void Bound(Expr e, Local of)
    {
        Require(of.Type is ScalarType.I32 or ScalarType.I64, $"The chunk bound '{of.Name}' is {of.Type}.");
        Value(e, of.Type, "the bound of a chunk loop");
    }

    void Reduce(Reduce r)
    {
        Require(!inLanes, "A reduction stands in a lane loop.");
        foreach (var v in r.Values) Read(v, allowVarying: true);
        var expected = r.Values.Select(v => v.Type).ToArray();
        Require(r.Targets.Select(t => t.Type).SequenceEqual(expected), "The targets of a reduction differ in type from its values.");
        Require(r.Combine.Results.Select(t => t.Type).SequenceEqual(expected), "The results of a combine differ in type from the values.");
        Inner(r.Combine, [.. expected, .. expected]);
        foreach (var t in r.Targets) Target(t);
    }

    void Dispatch(Dispatch d)
    {
        Value(d.Region, ScalarType.I32, "a region");
        foreach (var v in d.Values) Value(v, v.Type, "an argument");
        Require(d.Cases.Count > 0, "A dispatch without cases.");
        foreach (var c in d.Cases)
        {
            Require(c.Results.Select(r => r.Type).SequenceEqual(d.Results.Select(r => r.Type)), $"The results of the case '{c.Name}' differ in type.");
            Inner(c, [.. d.Values.Select(v => v.Type)]);
        }
        foreach (var r in d.Results) Target(r);
    }

    void Inner(Function f, ScalarType[] parameters)
    {
        Require(f.Parameters.Select(p => (p as ValueParameter)?.Local.Type).SequenceEqual(parameters.Select(t => (ScalarType?)t)), $"The parameters of '{f.Name}' do not fit.");
        foreach (string violation in new FunctionVerifier(f, stage, buffers.Values).Check()) Report($"{f.Name}: {violation}");
        Require(!f.Body.Statements().Any(s => s is IR.LaneLoop or ChunkLoop or IR.Reduce or Append), $"'{f.Name}' runs on lanes, but has lane loops of its own.");
    }
}
