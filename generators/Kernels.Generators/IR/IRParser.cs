using System.Globalization;
using System.Text;
using static Kernels.Generators.IR.ScalarTypes;

namespace Kernels.Generators.IR;

/// Reads what IRWriter writes, by recursive descent; a local's or buffer's type is remembered from where its name first occurs.
sealed class IRParser(string text)
{
    int at;
    Dictionary<string, ScalarType> locals = [];
    Dictionary<string, Buffer> buffers = [];

    public Module ParseModule()
    {
        Header();
        Open("module");
        var kernel = Function();
        var helpers = Rest(Function);
        Close();
        End();
        return new(kernel, helpers);
    }

    public Function ParseFunction()
    {
        Header();
        var f = Function();
        End();
        return f;
    }

    void Header()
    {
        string version = Word();
        if (version != IRText.Version) throw Error($"version {IRText.Version} expected, not '{version}'", 0);
    }

    void End()
    {
        Space();
        if (at < text.Length) throw Error("end of text expected", at);
    }

    Function Function()
    {
        var (outerLocals, outerBuffers) = (locals, buffers);
        (locals, buffers) = ([], []);
        Open("function");
        string name = Name();
        var kind = Choice<FunctionKind>();
        var parameters = List(Parameter);
        var results = List(Local);
        var constants = List(() =>
        {
            Open();
            var c = new ConstantData(Buffer(), Rest(() => Number(ulong.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong x), x)));
            Close();
            return c;
        });
        var schedule = Null() ? new Schedule() : Schedule();
        var signature = Null() ? null : Signature();
        var body = Rest(Stmt);
        Close();
        (locals, buffers) = (outerLocals, outerBuffers);
        return new(name, kind, parameters, results, constants, body, schedule, signature);
    }

    Schedule Schedule()
    {
        Open();
        var s = new Schedule(Int(), Int(), Int(), Flag(), (FloatMode)Int(), Flag(), Flag(), Flag(), Int());
        Close();
        return s;
    }

    SpecSignature Signature()
    {
        Open();
        var s = new SpecSignature(Name(), Name(), Name(), Name(),
            List(() => { Open(); var p = new SpecParameter(Name(), Name(), Name(), List(Name), Rest(MemoryType)); Close(); return p; }),
            List(Name), List(Name),
            List(() => { Open(); var x = new Specialization(Name(), Rest(Const)); Close(); return x; }),
            Name());
        Close();
        return s;
    }

    ScalarType MemoryType()
    {
        int start = Here();
        return TryParse(Word(), out var t) ? t : throw Error("unknown type", start);
    }

    Const Const()
    {
        int start = Here();
        return Expr() as Const ?? throw Error("constant expected", start);
    }

    Parameter Parameter()
    {
        Open();
        int start = Here();
        Parameter p = Word() switch
        {
            "val" => new ValueParameter(Local(), Choice<ParameterRole>()),
            "buf" => new BufferParameter(Buffer(), Choice<Access>(), Null() ? null : Name(), Flag(), Flag()),
            string other => throw Error($"unknown parameter '{other}'", start),
        };
        Close();
        return p;
    }

    Stmt Stmt()
    {
        Open();
        int start = Here();
        string head = Word();
        Stmt s = head switch
        {
            "=" => new Assign(Local(), Expr()),
            "array" => new DeclareArray(Buffer(), Expr(), Optional()),
            "st" or "st!" => Store(head == "st!"),
            "if" => new If(Expr(), List(Stmt), AtClose() ? [] : List(Stmt)),
            "for" => new For(Name(), Local(), Expr(), Expr(), Int(), Rest(Stmt)),
            "loop" => new Loop(Name(), Rest(Stmt)),
            "block" => new Block(Name(), Rest(Stmt)),
            "leave" => new Leave(Name()),
            "return" => new Return(),
            "lanes" => new LaneLoop(Local(), Expr(), Expr(), Rest(Stmt)),
            "lanes.full" => new LaneLoop(Local(), Expr(), Expr(), Rest(Stmt), Trips.OneFull),
            "lanes.partial" => new LaneLoop(Local(), Expr(), Expr(), Rest(Stmt), Trips.OnePartial),
            "lanes.whole" => new LaneLoop(Local(), Expr(), Expr(), Rest(Stmt), Trips.Whole),
            "ldg" => new LoadGroup(List(Local), Buffer(), Expr()),
            "stg" => new StoreGroup(Buffer(), Expr(), Rest(Expr)),
            "chunks" => new ChunkLoop(Name(), Local(), Local(), Expr(), Expr(), Rest(Stmt)),
            "reduce" => new Reduce(List(Local), List(Local), Function()),
            "atomic" or "atomic!" => Atomic(head == "atomic!"),
            "append" or "append.slack" => new Append(Buffer(), Local(), Expr(), Optional(), head == "append.slack"),
            "call" => new Call(List(Local), Name(), List(Expr), Rest(Slice)),
            "dispatch" => new Dispatch(List(Local), Expr(), List(Expr), Rest(Function)),
            _ => throw Error($"unknown statement '{head}'", start),
        };
        Close();
        return s;
    }

    Store Store(bool isChecked)
    {
        var (buffer, index, value) = (Buffer(), Expr(), Expr());
        return new(buffer, index, value, isChecked, Optional());
    }

    Atomic Atomic(bool isChecked)
    {
        var old = Null() ? null : Local();
        var (kind, buffer, index, value) = (Choice<AtomicKind>(), Buffer(), Expr(), Expr());
        return new(old, kind, buffer, index, value, Null() ? null : Expr(), isChecked, Optional());
    }

    Slice Slice()
    {
        Open();
        var s = new Slice(Buffer(), Expr(), Expr());
        Close();
        return s;
    }

    Expr? Optional() => AtClose() ? null : Expr();

    Expr Expr()
    {
        Space();
        if (at >= text.Length) throw Error("expression expected", at);
        if (text[at] != '(') return text[at] == '-' || IsDigit(text[at]) ? Literal() : new Use(Local());
        Open();
        int start = Here();
        string head = Word();
        Expr e;
        if (head is "@" or "@!")
        {
            var (buffer, index) = (Buffer(), Expr());
            e = new Load(buffer, index, head == "@!", Optional());
        }
        else if (head == "Permute") e = new Permute(Expr(), Rest(Int));
        else
        {
            string[] parts = head.Split(':');
            ScalarType type = default;
            if (parts.Length > 2 || !Known(parts[0], out Op op) || parts.Length == 2 && !TryParse(parts[1], out type))
                throw Error($"unknown operation '{head}'", start);
            var args = Rest(Expr);
            e = new Apply(op, parts.Length == 2 ? type : IRText.ObviousType(op, args), args);
        }
        Close();
        return e;
    }

    Const Literal()
    {
        int start = Here();
        string[] parts = Word().Split(':');
        var type = ScalarType.I32;
        if (parts.Length > 2 || parts.Length == 2 && !TryParse(parts[1], out type)) throw Error("unknown type of a constant", start);
        string digits = parts[0];
        if (digits.StartsWith("0x", StringComparison.Ordinal))
            return new(type, Number(ulong.TryParse(digits.Substring(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits), bits));
        if (type.IsFloat()) return new(type, FloatBits(type, digits) ?? throw Error($"'{digits}' is not a number", start));
        if (type == ScalarType.U64)
            return new(type, Number(ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong u), u));
        long x = Number(long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value), value);
        if (type.SignExtend((ulong)x & type.Mask()) != x) throw Error($"{digits} is out of the range of {type}", start);
        return new(type, (ulong)x & type.Mask());
    }

    internal static ulong? FloatBits(ScalarType type, string digits)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (type == ScalarType.F32 && float.TryParse(digits, Style, CultureInfo.InvariantCulture, out float f)) return SoftFloat.Bits(f);
        if (type == ScalarType.F64 && double.TryParse(digits, Style, CultureInfo.InvariantCulture, out double d)) return SoftFloat.Bits(d);
        return null;
    }

    Local Local()
    {
        int start = Here();
        string name = Name();
        if (Colon())
        {
            string type = Word();
            locals[name] = TryParse(type, out var t) ? t : throw Error($"unknown type '{type}'", start);
        }
        return new(name, locals.TryGetValue(name, out var known) ? known : throw Error($"the local '{name}' has no type", start));
    }

    Buffer Buffer()
    {
        int start = Here();
        string name = Name();
        if (Colon())
        {
            string[] parts = Word().Split(':');
            if (parts.Length != 2 || !TryParse(parts[0], out var element) || !Known(parts[1], out Storage storage))
                throw Error($"the buffer '{name}' needs an element type and a storage", start);
            buffers[name] = new(name, element, storage);
        }
        return buffers.TryGetValue(name, out var known) ? known : throw Error($"the buffer '{name}' has no type", start);
    }

    bool Colon()
    {
        if (at >= text.Length || text[at] != ':') return false;
        at++;
        return true;
    }

    int Int() => Number(int.TryParse(Word(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int x), x);

    bool Flag() => Int() switch { 0 => false, 1 => true, _ => throw Error("0 or 1 expected", at) };

    T Number<T>(bool valid, T value) => valid ? value : throw Error("number expected", at);

    T Choice<T>() where T : struct, Enum
    {
        int start = Here();
        string word = Word();
        return Known(word, out T value) ? value : throw Error($"'{word}' is not one of {string.Join(", ", Enum.GetNames(typeof(T)))}", start);
    }

    static bool Known<T>(string word, out T value) where T : struct, Enum => Enum.TryParse(word, out value) && value.ToString() == word;

    /// A name, plain or quoted; stops before a colon.
    string Name()
    {
        int start = Here();
        if (at < text.Length && text[at] == '"')
        {
            var name = new StringBuilder();
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                if (text[at] == '\\') at++;
                if (at < text.Length) name.Append(text[at]);
            }
            if (at >= text.Length) throw Error("a quoted name does not end", start);
            at++;
            return name.ToString();
        }
        while (at < text.Length && IsPlain(text[at])) at++;
        return at > start ? text.Substring(start, at - start) : throw Error("name expected", start);
    }

    /// Everything up to a space or parenthesis.
    string Word()
    {
        int start = Here();
        while (at < text.Length && text[at] is not (' ' or '\n' or '\r' or '\t' or '(' or ')')) at++;
        return at > start ? text.Substring(start, at - start) : throw Error("word expected", start);
    }

    int Here()
    {
        Space();
        return at;
    }

    void Space()
    {
        while (at < text.Length && text[at] is ' ' or '\n' or '\r' or '\t') at++;
    }

    void Open(string? head = null)
    {
        Space();
        if (at >= text.Length || text[at] != '(') throw Error("( expected", at);
        at++;
        int start = Here();
        if (head is not null && Word() != head) throw Error($"({head} expected", start);
    }

    bool AtClose()
    {
        Space();
        return at >= text.Length || text[at] == ')';
    }

    void Close()
    {
        if (!AtClose() || at >= text.Length) throw Error(") expected", at);
        at++;
    }

    bool Null()
    {
        Space();
        if (at + 1 >= text.Length || text[at] != '(' || text[at + 1] != ')') return false;
        at += 2;
        return true;
    }

    Sequence<T> Rest<T>(Func<T> item)
    {
        var items = new List<T>();
        while (!AtClose()) items.Add(item());
        return items.ToSequence();
    }

    Sequence<T> List<T>(Func<T> item)
    {
        Open();
        var items = Rest(item);
        Close();
        return items;
    }

    internal static bool IsLetter(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z';
    internal static bool IsDigit(char c) => c is >= '0' and <= '9';
    internal static bool IsPlain(char c) => IsLetter(c) || IsDigit(c) || c is '_' or '.';

    FormatException Error(string what, int position) => new(
        $"IR text, position {position.ToString(CultureInfo.InvariantCulture)}: {what}, at '{text.Substring(Math.Min(position, text.Length), Math.Min(24, text.Length - Math.Min(position, text.Length)))}'.");
}
