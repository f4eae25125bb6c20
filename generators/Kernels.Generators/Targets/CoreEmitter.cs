using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Targets;

/// Prints a predicated function as one leaf method of C# for one target. It decides nothing: what needs a choice was chosen by a pass or
/// stands in a table. A varying local x of type T is Parts(T) registers named x__0, x__1 …; every statement is printed for all parts
/// before the next one, which is what interleaves the vectors in flight.
sealed partial class CoreEmitter
{
    readonly Function f;
    readonly string method;
    readonly Sequence<Lowered> parts;
    readonly CpuTarget target;
    readonly Layout layout;
    readonly Shapes shapes;
    readonly Scopes scopes;
    readonly Names names;
    readonly CodeWriter code = new();
    readonly ScalarPrinter scalar;
    readonly Dictionary<string, string> identifiers = [];
    readonly HashSet<string> taken = [];
    readonly Dictionary<string, string> labels = [];
    readonly HashSet<string> usedLabels = [];
    readonly List<string> stack = [];
    int temporaries;

    // The lane loop being printed, and the lanes of it.
    LaneLoop? trip;
    string tripBegin = "";
    int fromLane, toLane;
    bool laneUsed;

    CoreEmitter(Lowered lowered, string method, CpuTarget target)
    {
        (f, layout, shapes, parts) = lowered;
        this.method = method;
        this.target = target;
        scopes = new Scopes(f, shapes);
        names = new Names(f);
        scalar = new Uniform(this);
        toLane = layout.Lanes;
    }

    string Method(bool isPart)
    {
        var parameters = Parameters().ToList();
        string lanes = $"{layout.Lanes} virtual lane{(layout.Lanes == 1 ? "" : "s")}";
        code.Line(isPart ? $"// {f.Name}: {lanes}" : $"/// <summary>One block of <c>{f.Name.Replace("<", "&lt;").Replace(">", "&gt;")}</c> for {target.Name}, {lanes}. Checks nothing.</summary>");
        code.Line("[SkipLocalsInit]");
        code.Line($"[MethodImpl(MethodImplOptions.{(isPart ? "NoInlining | MethodImplOptions." : "")}AggressiveOptimization)]");
        code.Open($"{(isPart ? "" : "public ")}static int {method}({string.Join(", ", parameters)})");
        code.Open("unchecked");
        var head = code.Mark();
        foreach (var constant in f.Constants)
            code.Line($"{constant.Buffer.Element.CSharp()}* {Name(constant.Buffer.Name)} = ({constant.Buffer.Element.CSharp()}*)Unsafe.AsPointer(ref MemoryMarshal.GetReference({DataName(method, constant)}));");
        foreach (var local in scopes.Method) Declare(local);
        foreach (var view in f.Parameters.OfType<BufferParameter>().Where(p => p.View2))
            if (IsChecked(view.Buffer))
                code.Line($"long {Name(view.Buffer.Length().Name)} = {Name(view.Buffer.Name + ".Rows")} > 0 ? ({Name(view.Buffer.Name + ".Rows")} - 1) * {Name(view.Buffer.Name + ".Stride")} + {Name(view.Buffer.Name + ".Columns")} : 0;");
        Print(f.Body);
        if (f.Schedule.NonTemporal && !layout.IsScalar) code.Line($"{VectorTable.Simd}StoreFence();");
        code.Line("return errors;");
        code.Insert(head, ["int errors = 0;", .. stack]);
        code.Close();
        code.Close();
        foreach (var constant in f.Constants)
        {
            string type = constant.Buffer.Element.CSharp();
            string data = string.Join(", ", constant.Bits.Select(b => ScalarTable.Literal(new(constant.Buffer.Element, b))));
            code.Line("");
            code.Line($"static ReadOnlySpan<{type}> {DataName(method, constant)} => new {type}[] {{ {data} }};");
        }
        return code.ToString();
    }

    bool IsChecked(Buffer b) => f.Body.Statements().Any(s => s is Store { Checked: true } st && st.Buffer == b || s is Atomic { Checked: true } at && at.Buffer == b || s is Append ap && ap.Buffer == b
        || s.Expressions().SelectMany(e => e.Tree()).Any(e => e is Load { Checked: true } l && l.Buffer == b));

    string DataName(string method, ConstantData constant) => $"{method}_{Name(constant.Buffer.Name).TrimStart('@')}_data";

    IEnumerable<string> Parameters()
    {
        foreach (var p in f.Parameters)
        {
            switch (p)
            {
                case ValueParameter v:
                    yield return $"{v.Local.Type.CSharp()} {Name(v.Local.Name)}";
                    break;
                case BufferParameter { View2: true } b:
                    yield return $"{b.Buffer.Element.CSharp()}* {Name(b.Buffer.Name)}, int {Name(b.Buffer.Name + ".Rows")}, int {Name(b.Buffer.Name + ".Columns")}, long {Name(b.Buffer.Name + ".Stride")}";
                    break;
                case BufferParameter b:
                    yield return $"{b.Buffer.Element.CSharp()}* {Name(b.Buffer.Name)}, int {Name(b.Buffer.Name + ".Length")}";
                    break;
            }
        }
        foreach (var scratch in f.Body.Statements().OfType<DeclareArray>().Where(d => d.Buffer.Storage == Storage.Scratch).Select(d => d.Buffer).Distinct())
            yield return $"{scratch.Element.CSharp()}* {Name(scratch.Name)}";
    }

    /// A C# name for an IR name: the same one as far as C# allows, and no two alike.
    string Name(string irName)
    {
        if (identifiers.TryGetValue(irName, out string? known)) return known;
        string name = ScalarPrinter.Identifier(irName);
        if (irName is "errors") name = "errors_";
        while (!taken.Add(name)) name += "_";
        return identifiers[irName] = name;
    }

    /// A C# name that nothing in the function has.
    string Fresh(string stem)
    {
        string name;
        do name = $"{stem}{temporaries++}"; while (!taken.Add(name));
        return name;
    }

    string PartName(Local local, int part) => $"{Name(local.Name)}__{part}";

    string RegisterType(ScalarType type) => type == ScalarType.Bool
        ? layout.IsScalar ? "bool" : VectorTable.Register(layout.MaskType, layout.Bits(layout.MaskType))
        : layout.IsScalar ? type.CSharp() : VectorTable.Register(type, layout.Bits(type));

    void Declare(Local local)
    {
        if (!shapes.IsVarying(local)) code.Line($"{local.Type.CSharp()} {Name(local.Name)} = default;");
        else for (int part = 0; part < layout.Parts(local.Type); part++) code.Line($"{RegisterType(local.Type)} {PartName(local, part)} = default;");
    }

    string Hoist(string type, string value)
    {
        string name = Fresh("t");
        code.Line($"{type} {name} = {value};");
        return name;
    }

    /// Room on the stack for the whole call: allocated once, however often the statement that wants it runs.
    string Stack(string type, string length, string stem)
    {
        string name = Fresh(stem);
        stack.Add($"{type}* {name} = stackalloc {type}[{length}];");
        return name;
    }

    IEnumerable<int> PartsInRange(ScalarType type)
    {
        int lanes = layout.PartLanes(type);
        for (int part = fromLane / lanes; part * lanes < toLane; part++) yield return part;
    }

    // ---- statements ----

    void Print(Sequence<Stmt> body)
    {
        foreach (var s in body)
        {
            hoisted.Clear();
            Print(s);
        }
    }

    void Print(Stmt s)
    {
        switch (s)
        {
            case Assign a: PrintAssign(a); break;
            case Store st: PrintStore(st); break;
            case LoadGroup g: PrintLoadGroup(g); break;
            case StoreGroup g: PrintStoreGroup(g); break;
            case Atomic a: PrintAtomic(a); break;
            case Append a: PrintAppend(a); break;
            case DeclareArray d: PrintDeclare(d); break;
            case Call c: PrintCall(c); break;
            case Reduce r: PrintReduce(r); break;
            case LaneLoop l: PrintTrip(l); break;
            case If i:
                code.Open($"if ({Condition(i.Condition)})");
                Print(i.Then);
                code.Close();
                if (i.Else.Count > 0)
                {
                    code.Open("else");
                    Print(i.Else);
                    code.Close();
                }
                break;
            case Block b: Labelled(b.Label, () => { code.Open(); Print(b.Body); code.Close(); }); break;
            case Loop l: Labelled(l.Label, () => PrintLoop(l, () => PrintLoop(l))); break;
            case For x: Labelled(x.Label, () => PrintLoop(x, () => PrintFor(x))); break;
            case Leave l:
                usedLabels.Add(labels[l.Label]);
                code.Line($"goto {labels[l.Label]};");
                break;
            default: throw new InvalidOperationException($"{s.GetType().Name} is not for an emitter.");
        }
    }

    /// C# labels are unique in a method; the two copies of a strip-mined body share theirs.
    void Labelled(string label, Action print)
    {
        labels.TryGetValue(label, out string? outer);
        string name = $"{ScalarPrinter.Identifier(label).TrimStart('@')}_{temporaries++}";
        labels[label] = name;
        print();
        if (usedLabels.Contains(name)) code.Line($"{name}: ;");
        if (outer is not null) labels[label] = outer;
    }

    void PrintLoop(Loop l)
    {
        var body = l.Body;
        string head = "while (true)";
        if (body.Count > 0 && body[0] is If { Then: { Count: 1 } then, Else.Count: 0 } test && then[0] is Leave leave && leave.Label == l.Label && !shapes.IsVarying(test.Condition) && !HasLanes(test.Condition))
        {
            head = $"while ({scalar.Print(Make.Not(test.Condition))})";
            body = body.Skip(1).ToSequence();
        }
        code.Open(head);
        Print(body);
        code.Close();
    }

    static bool HasLanes(Expr e) => e.Tree().Any(x => x is Apply { Op: Op.Any or Op.All });

    void PrintFor(For x)
    {
        // Only code for one lane keeps a loop whose bounds differ from lane to lane.
        string index = shapes.IsVarying(x.Index) ? PartName(x.Index, 0) : Name(x.Index.Name), type = x.Index.Type.CSharp();
        string Bound(Expr e) => shapes.IsVarying(e) ? Lane(e, 0) : scalar.Print(e);
        string end = x.End is Const ? scalar.Print(x.End) : Hoist(type, Bound(x.End));
        string step = x.Step is 1 or -1 ? (x.Step > 0 ? "++" : "--") : x.Step > 0 ? $" += {x.Step}" : $" -= {-x.Step}";
        code.Open($"for ({type} {index} = {Bound(x.Begin)}; {index} {(x.Step > 0 ? "<" : ">")} {end}; {index}{step})");
        Print(x.Body);
        code.Close();
    }

    string Condition(Expr e) => layout.IsScalar && shapes.IsVarying(e) ? Lane(e, fromLane) : scalar.Print(e);

    void PrintAssign(Assign a)
    {
        bool declares = scopes.DeclaresHere(a);
        if (!shapes.IsVarying(a.Target))
        {
            string value = scalar.Print(a.Value);
            code.Line($"{(declares ? a.Target.Type.CSharp() + " " : "")}{Name(a.Target.Name)} = {value};");
            return;
        }
        // All parts are computed before any is assigned where a part of the value reads another part (conversions, permutes).
        var type = a.Target.Type == ScalarType.Bool ? layout.MaskType : a.Target.Type;
        foreach (int part in PartsInRange(a.Target.Type))
        {
            string value = a.Target.Type == ScalarType.Bool ? MaskPart(a.Value, layout.MaskType, part) : Part(a.Value, part);
            code.Line($"{(declares ? RegisterType(a.Target.Type) + " " : "")}{PartName(a.Target, part)} = {value};");
        }
    }

    void PrintTrip(LaneLoop l)
    {
        (trip, tripBegin, laneUsed) = (l, l.Begin is Const ? scalar.Print(l.Begin) : Hoist("long", $"(long){scalar.Print(l.Begin)}"), false);
        if (l.Trips == Trips.OneFull || layout.Lanes == layout.GroupLanes || LaneOrder.Matters(l, f)) PrintLanes(l, 0, layout.Lanes);
        else
        {
            // A partial trip goes register by register, and stops behind the last lane that exists.
            string end = Hoist("long", $"(long){scalar.Print(l.End)} - {tripBegin}");
            for (int lane = 0; lane < layout.Lanes; lane += layout.GroupLanes)
            {
                if (lane > 0) code.Open($"if ({end} > {lane})");
                PrintLanes(l, lane, lane + layout.GroupLanes);
                if (lane > 0) code.Close();
            }
        }
        trip = null;
        (fromLane, toLane) = (0, layout.Lanes);
    }

    void PrintLanes(LaneLoop l, int from, int to)
    {
        (fromLane, toLane, laneUsed) = (from, to, false);
        code.Open();
        var head = code.Mark();
        foreach (var local in scopes.Head(l)) Declare(local);
        Print(l.Body);
        if (laneUsed)
        {
            hoisted.Clear();
            code.Insert(head, PartsInRange(ScalarType.I32).Select(part =>
                $"{RegisterType(ScalarType.I32)} {PartName(l.Lane, part)} = {LaneNumbers(part, $"(int){tripBegin}")};").ToList());
        }
        code.Close();
    }

    void PrintDeclare(DeclareArray d)
    {
        var (storage, type) = (d.Buffer.Storage, d.Buffer.Element.CSharp());
        if (storage == Storage.Scratch) return;
        string name = Name(d.Buffer.Name);
        if (storage == Storage.Stack)
        {
            // Vectors of a cache line are not to straddle two.
            string room = Stack("byte", $"{((Const)d.Length).Integer() * d.Buffer.Element.Bytes() + 63}", "stack");
            stack.Add($"{type}* {name} = ({type}*)(((nuint){room} + 63) & ~(nuint)63);");
            return;
        }
        long length = ((Const)d.Length).Integer() * (storage == Storage.Lane ? layout.Lanes : 1);
        string declaration = $"{type}* {name} = stackalloc {type}[{Math.Max(length, 1)}];";
        if (!stack.Contains(declaration)) stack.Add(declaration);
        code.Line($"Unsafe.InitBlockUnaligned({name}, 0, {length * d.Buffer.Element.Bytes()}u);");
    }

    /// Uniform expressions. Any and All look at registers.
    sealed class Uniform(CoreEmitter emitter) : ScalarPrinter(emitter.target.Fused)
    {
        public override string Name(Local local) => emitter.Name(local.Name);

        public override string Load(Load load) => emitter.UniformLoad(load, Print(load.Index));

        public override string Print(Expr e) => e is Apply { Op: Op.Any or Op.All } a && emitter.shapes.IsVarying(a.Args[0])
            ? emitter.AnyOrAll(a.Op, a.Args[0])
            : base.Print(e);
    }
}
