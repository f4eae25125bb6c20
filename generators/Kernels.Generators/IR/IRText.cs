using System.Globalization;
using System.Text;

namespace Kernels.Generators.IR;

/// IR as text: what a kernel library stores in its assembly for the generators of its users, and what the generator keeps between edits,
/// since text is cheap to compare. An S-expression behind a version; complete, so that Parse(Write(f)) equals f; compact, as it travels in
/// metadata. A local or buffer carries its type where its name first occurs in a function (`x:f32`, `a:f32:Parameter`) and again only if the
/// type differs. A constant without a type is I32. The type of an operation stands there only if it is not the obvious one.
static class IRText
{
    public const string Version = "kir1";

    public static string Write(Module module) => new IRWriter().Write(module);
    public static string Write(Function function) => new IRWriter().Write(function);

    /// <exception cref="FormatException">The text is not IR of this version; says where.</exception>
    public static Module ParseModule(string text) => new IRParser(text).ParseModule();
    /// <inheritdoc cref="ParseModule"/>
    public static Function ParseFunction(string text) => new IRParser(text).ParseFunction();

    /// The type of an operation whose text gives none.
    internal static ScalarType ObviousType(Op op, Sequence<Expr> args) => op switch
    {
        >= Op.Eq and <= Op.Ge or Op.Any or Op.All => ScalarType.Bool,
        Op.Select when args.Count > 1 => args[1].Type,
        _ => args.Count > 0 ? args[0].Type : ScalarType.I32,
    };
}

sealed class IRWriter
{
    readonly StringBuilder text = new();
    Dictionary<string, ScalarType> locals = [];
    Dictionary<string, Buffer> buffers = [];

    public string Write(Module m)
    {
        Atom(IRText.Version);
        List("module", () => { Function(m.Kernel); foreach (var h in m.Helpers) Function(h); });
        return text.ToString();
    }

    public string Write(Function f)
    {
        Atom(IRText.Version);
        Function(f);
        return text.ToString();
    }

    void Function(Function f)
    {
        var (outerLocals, outerBuffers) = (locals, buffers);
        (locals, buffers) = ([], []);
        List("function", () =>
        {
            Name(f.Name);
            Atom(f.Kind.ToString());
            List(f.Parameters, Parameter);
            List(f.Results, Local);
            List(f.Constants, c => List(null, () => { Buffer(c.Buffer); foreach (ulong b in c.Bits) Atom(b.ToString(CultureInfo.InvariantCulture)); }));
            var s = f.Schedule;
            if (s == new Schedule()) Null();
            else
                List(null, () =>
                {
                    foreach (int x in new[] { s.Vectors, s.Lanes, s.PrefetchBytes, Flag(s.NonTemporal), (int)s.Float, Flag(s.FastMath), Flag(s.UnrollAll), Flag(s.CpuScalar), s.Threads })
                        Int(x);
                });
            if (f.Signature is null) Null();
            else Signature(f.Signature);
            Body(f.Body);
        });
        (locals, buffers) = (outerLocals, outerBuffers);
    }

    void Signature(SpecSignature s) => List(null, () =>
    {
        Name(s.Namespace); Name(s.ContainingTypes); Name(s.Accessibility); Name(s.MethodName);
        List(s.Parameters, p => List(null, () => { Name(p.Name); Name(p.CSharpType); Name(p.Modifier); List(p.IrNames, Name); foreach (var t in p.Memory) Atom(t.ShortName()); }));
        List(s.TypeParameters, Name);
        List(s.TypeArguments, Name);
        List(s.Specializations, x => List(null, () => { Name(x.Parameter); foreach (var c in x.Values) Expr(c); }));
        Name(s.Overload);
    });

    void Parameter(Parameter p)
    {
        switch (p)
        {
            case ValueParameter v: List("val", () => { Local(v.Local); Atom(v.Role.ToString()); }); break;
            case BufferParameter b:
                List("buf", () =>
                {
                    Buffer(b.Buffer);
                    Atom(b.Access.ToString());
                    if (b.InPlaceOf is null) Null(); else Name(b.InPlaceOf);
                    Int(Flag(b.Trusted));
                    Int(Flag(b.View2));
                });
                break;
            default: throw new InvalidOperationException($"No text for the parameter {p}.");
        }
    }

    void Body(Sequence<Stmt> body)
    {
        foreach (var s in body) Stmt(s);
    }

    void Stmt(Stmt s)
    {
        switch (s)
        {
            case Assign a: List("=", () => { Local(a.Target); Expr(a.Value); }); break;
            case DeclareArray d: List("array", () => { Buffer(d.Buffer); Expr(d.Length); Optional(d.Fill); }); break;
            case Store st: List(st.Checked ? "st!" : "st", () => { Buffer(st.Buffer); Expr(st.Index); Expr(st.Value); Optional(st.Mask); }); break;
            case If i: List("if", () => { Expr(i.Condition); List(i.Then, Stmt); if (i.Else.Count > 0) List(i.Else, Stmt); }); break;
            case For f: List("for", () => { Name(f.Label); Local(f.Index); Expr(f.Begin); Expr(f.End); Int(f.Step); Body(f.Body); }); break;
            case Loop l: List("loop", () => { Name(l.Label); Body(l.Body); }); break;
            case Block b: List("block", () => { Name(b.Label); Body(b.Body); }); break;
            case Leave l: List("leave", () => Name(l.Label)); break;
            case Return: List("return", () => { }); break;
            case LaneLoop l: List(LaneHead(l.Trips), () => { Local(l.Lane); Expr(l.Begin); Expr(l.End); Body(l.Body); }); break;
            case ChunkLoop c:
                List("chunks", () => { Name(c.Label); Local(c.ChunkBegin); Local(c.ChunkEnd); Expr(c.Begin); Expr(c.End); Body(c.Body); });
                break;
            case LoadGroup g: List("ldg", () => { List(g.Targets, Local); Buffer(g.Buffer); Expr(g.Index); }); break;
            case StoreGroup g: List("stg", () => { Buffer(g.Buffer); Expr(g.Index); foreach (var e in g.Values) Expr(e); }); break;
            case Reduce r: List("reduce", () => { List(r.Targets, Local); List(r.Values, Local); Function(r.Combine); }); break;
            case Atomic a:
                List(a.Checked ? "atomic!" : "atomic", () =>
                {
                    if (a.Old is null) Null(); else Local(a.Old);
                    Atom(a.Kind.ToString());
                    Buffer(a.Buffer);
                    Expr(a.Index);
                    Expr(a.Value);
                    if (a.Comparand is null) Null(); else Expr(a.Comparand);
                    Optional(a.Mask);
                });
                break;
            case Append a: List(a.Slack ? "append.slack" : "append", () => { Buffer(a.Buffer); Local(a.Count); Expr(a.Value); Optional(a.Mask); }); break;
            case Call c:
                List("call", () =>
                {
                    List(c.Results, Local);
                    Name(c.Callee);
                    List(c.Values, Expr);
                    foreach (var x in c.Slices) List(null, () => { Buffer(x.Buffer); Expr(x.Offset); Expr(x.Length); });
                });
                break;
            case Dispatch d:
                List("dispatch", () => { List(d.Results, Local); Expr(d.Region); List(d.Values, Expr); foreach (var c in d.Cases) Function(c); });
                break;
            default: throw new InvalidOperationException($"No text for the statement {s}.");
        }
    }

    void Expr(Expr e)
    {
        switch (e)
        {
            case Const c: Atom(c.Type == ScalarType.I32 ? ConstText(c) : $"{ConstText(c)}:{c.Type.ShortName()}"); break;
            case Use u: Local(u.Local); break;
            case Load l: List(l.Checked ? "@!" : "@", () => { Buffer(l.Buffer); Expr(l.Index); Optional(l.Mask); }); break;
            case Apply a:
                bool obvious = a.Type == IRText.ObviousType(a.Op, a.Args);
                List(obvious ? a.Op.ToString() : $"{a.Op}:{a.Type.ShortName()}", () => { foreach (var x in a.Args) Expr(x); });
                break;
            case Permute p: List("Permute", () => { Expr(p.Value); foreach (int k in p.Map) Int(k); }); break;
            default: throw new InvalidOperationException($"No text for the expression {e}.");
        }
    }

    void Optional(Expr? e)
    {
        if (e is not null) Expr(e);
    }

    /// Decimal if that is shorter than the bits in hexadecimal and reads back the same; every runtime reads so few digits exactly.
    static string ConstText(Const c)
    {
        string hex = "0x" + c.Bits.ToString("x", CultureInfo.InvariantCulture);
        if ((c.Bits & ~c.Type.Mask()) != 0) return hex;
        switch (c.Type)
        {
            case ScalarType.U64: return c.Bits.ToString(CultureInfo.InvariantCulture);
            case ScalarType.F32 or ScalarType.F64:
                if (SoftFloat.IsNaN(c.Type, c.Bits) || SoftFloat.IsInfinity(c.Type, c.Bits) || c.Bits == 1UL << (c.Type.Width() - 1)) return hex;
                string text = c.Type == ScalarType.F32
                    ? SoftFloat.ToSingle((uint)c.Bits).ToString("R", CultureInfo.InvariantCulture)
                    : SoftFloat.ToDouble(c.Bits).ToString("R", CultureInfo.InvariantCulture);
                return text.Length < hex.Length && IRParser.FloatBits(c.Type, text) == c.Bits ? text : hex;
            case ScalarType.F16 or ScalarType.BF16: return hex;
            default: return c.Type.SignExtend(c.Bits).ToString(CultureInfo.InvariantCulture);
        }
    }

    void Local(Local l)
    {
        bool known = locals.TryGetValue(l.Name, out var type) && type == l.Type;
        Name(l.Name);
        if (known) return;
        locals[l.Name] = l.Type;
        text.Append(':').Append(l.Type.ShortName());
    }

    void Buffer(Buffer b)
    {
        bool known = buffers.TryGetValue(b.Name, out var before) && before == b;
        Name(b.Name);
        if (known) return;
        buffers[b.Name] = b;
        text.Append(':').Append(b.Element.ShortName()).Append(':').Append(b.Storage);
    }

    static string LaneHead(Trips t) => t switch { Trips.Any => "lanes", Trips.OneFull => "lanes.full", Trips.OnePartial => "lanes.partial", _ => "lanes.whole" };
    static int Flag(bool b) => b ? 1 : 0;
    void Int(int x) => Atom(x.ToString(CultureInfo.InvariantCulture));
    void Null() => Atom("()");

    void Name(string name)
    {
        bool plain = name.Length > 0 && (IRParser.IsLetter(name[0]) || name[0] == '_');
        foreach (char c in name) plain &= IRParser.IsPlain(c);
        Atom(plain ? name : "\"" + name.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"");
    }

    void Atom(string atom)
    {
        if (text.Length > 0 && text[text.Length - 1] is not '(') text.Append(' ');
        text.Append(atom);
    }

    void List(string? head, Action items)
    {
        Atom("(");
        if (head is not null) text.Append(head);
        items();
        text.Append(')');
    }

    void List<T>(Sequence<T> items, Action<T> write)
    {
        Atom("(");
        foreach (T item in items) write(item);
        text.Append(')');
    }
}
