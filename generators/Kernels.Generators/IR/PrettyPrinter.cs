using System.Globalization;
using System.Text;

namespace Kernels.Generators.IR;

/// IR as people read it, for `kernels show`: C-like, one statement a line. Complete, but not meant to be read back; see IRText for that.
static class PrettyPrinter
{
    public static string Print(Module module) =>
        string.Join("\n", module.Helpers.Select(Print).Prepend(Print(module.Kernel)));

    public static string Print(Function function) => new Printer().Print(function);
    public static string Print(Stmt statement) => new Printer().Print(statement);
    public static string Print(Expr expression) => Printer.Text(expression);

    sealed class Printer
    {
        readonly StringBuilder text = new();
        readonly HashSet<string> declared = [];
        int depth;

        public string Print(Function f)
        {
            Function(f);
            return text.ToString();
        }

        public string Print(Stmt s)
        {
            Statement(s);
            return text.ToString();
        }

        void Line(string line) => text.Append(' ', 4 * depth).Append(line).Append('\n');

        void Braces(string head, Sequence<Stmt> body, string remark = "")
        {
            Line(head + " {" + remark);
            Inside(body);
            Line("}");
        }

        void Inside(Sequence<Stmt> body)
        {
            depth++;
            foreach (var s in body) Statement(s);
            depth--;
        }

        void Function(Function f)
        {
            if (f.Schedule != new Schedule()) Line($"// {f.Schedule}");
            string results = f.Results.Count == 0 ? "" : " -> " + string.Join(", ", f.Results.Select(Declaration));
            Line($"{f.Kind.ToString().ToLowerInvariant()} {f.Name}({string.Join(", ", f.Parameters.Select(Parameter))}){results} {{");
            foreach (var c in f.Constants)
            {
                var values = c.Bits.Select(b => Constant(new(c.Buffer.Element, b)));
                Line($"    constant {c.Buffer.Element.ShortName()} {c.Buffer.Name}[{c.Bits.Count}] = {{ {string.Join(", ", values.Take(16))}{(c.Bits.Count > 16 ? ", …" : "")} }};");
            }
            foreach (var r in f.Results) declared.Add(r.Name);
            Inside(f.Body);
            Line("}");
        }

        static string Declaration(Local l) => $"{l.Type.ShortName()} {l.Name}";

        static string Parameter(Parameter p) => p switch
        {
            ValueParameter v => v.Role switch { ParameterRole.BlockIndex => "block ", ParameterRole.Const => "const ", _ => "" } + Declaration(v.Local),
            BufferParameter b => (b.Trusted ? "trusted " : "") + b.Access switch { Access.Read => "in ", Access.Write => "out ", _ => "inout " }
                + $"{b.Buffer.Element.ShortName()} {b.Buffer.Name}{(b.View2 ? "[,]" : "[]")}{(b.InPlaceOf is null ? "" : $" in place of {b.InPlaceOf}")}",
            _ => p.ToString(),
        };

        /// The first assignment shows the type.
        string Target(Local l) => declared.Add(l.Name) ? Declaration(l) : l.Name;

        string Targets(Sequence<Local> locals) => locals.Count == 1 ? Target(locals[0]) : $"({string.Join(", ", locals.Select(Target))})";

        static string List(IEnumerable<Expr> all) => string.Join(", ", all.Select(Text));

        static string When(Expr? mask) => mask is null ? "" : $" where {Text(mask)}";

        static string Checked(bool isChecked) => isChecked ? "?" : "";

        void Statement(Stmt s)
        {
            switch (s)
            {
                case Assign a: Line($"{Target(a.Target)} = {Text(a.Value)};"); break;
                case DeclareArray d:
                    Line($"{d.Buffer.Storage.ToString().ToLowerInvariant()} {d.Buffer.Element.ShortName()} {d.Buffer.Name}[{Text(d.Length)}]{(d.Fill is null ? "" : $" persistently {Text(d.Fill)}")};");
                    break;
                case Store st: Line($"{st.Buffer.Name}[{Text(st.Index)}]{Checked(st.Checked)} = {Text(st.Value)}{When(st.Mask)};"); break;
                case LoadGroup g: Line($"{Targets(g.Targets)} = {g.Buffer.Name}[{Text(g.Index)} ..+ {g.Targets.Count}];"); break;
                case StoreGroup g: Line($"{g.Buffer.Name}[{Text(g.Index)} ..+ {g.Values.Count}] = ({List(g.Values)});"); break;
                case If i:
                    Line($"if ({Text(i.Condition)}) {{");
                    Inside(i.Then);
                    if (i.Else.Count > 0)
                    {
                        Line("} else {");
                        Inside(i.Else);
                    }
                    Line("}");
                    break;
                case For f:
                    string step = f.Step.ToString(CultureInfo.InvariantCulture);
                    Braces($"{f.Label}: for ({Target(f.Index)} = {Text(f.Begin)}; {f.Index.Name} {(f.Step > 0 ? '<' : '>')} {Text(f.End)}; {f.Index.Name} += {step})", f.Body);
                    break;
                case Loop l: Braces($"{l.Label}: loop", l.Body); break;
                case Block b: Braces($"{b.Label}:", b.Body); break;
                case Leave l: Line($"leave {l.Label};"); break;
                case Return: Line("return;"); break;
                case LaneLoop l:
                    Braces($"lanes ({Target(l.Lane)} in {Text(l.Begin)} .. {Text(l.End)})", l.Body, l.Trips == Trips.Any ? "" : $" // {l.Trips}");
                    break;
                case ChunkLoop c: Braces($"{c.Label}: chunks ({Target(c.ChunkBegin)}, {Target(c.ChunkEnd)} in {Text(c.Begin)} .. {Text(c.End)})", c.Body); break;
                case Reduce r:
                    Line($"{Targets(r.Targets)} = reduce {string.Join(", ", r.Values.Select(v => v.Name))} by");
                    Nested(r.Combine);
                    break;
                case Atomic a:
                    string comparand = a.Comparand is null ? "" : $", {Text(a.Comparand)}";
                    Line($"{(a.Old is null ? "" : Target(a.Old) + " = ")}atomic{a.Kind}({a.Buffer.Name}[{Text(a.Index)}]{Checked(a.Checked)}, {Text(a.Value)}{comparand}){When(a.Mask)};");
                    break;
                case Append a: Line($"{a.Buffer.Name}[{a.Count.Name}++] = {Text(a.Value)}{When(a.Mask)};"); break;
                case Call c:
                    var slices = c.Slices.Select(x => $"{x.Buffer.Name}[{Text(x.Offset)} ..+ {Text(x.Length)}]");
                    Line($"{(c.Results.Count == 0 ? "" : Targets(c.Results) + " = ")}{c.Callee}({string.Join(", ", c.Values.Select(Text).Concat(slices))});");
                    break;
                case Dispatch d:
                    Line($"{Targets(d.Results)} = by region {Text(d.Region)} of ({List(d.Values)})");
                    foreach (var c in d.Cases) Nested(c);
                    break;
                default: Line(s.ToString()); break;
            }
        }

        /// A function in a statement: names of its own.
        void Nested(Function f)
        {
            foreach (string line in PrettyPrinter.Print(f).TrimEnd('\n').Split('\n')) Line("    " + line);
        }

        public static string Text(Expr e) => Operand(e, 0);

        /// In parentheses if it binds less than its surroundings.
        static string Operand(Expr e, int outside)
        {
            switch (e)
            {
                case Const c: return Constant(c);
                case Use u: return u.Local.Name;
                case Load l: return $"{l.Buffer.Name}[{Text(l.Index)}]{Checked(l.Checked)}{(l.Mask is null ? "" : $" where ({Text(l.Mask)})")}";
                case Permute p: return $"permute({Text(p.Value)}; {string.Join(" ", p.Map.Select(k => k.ToString(CultureInfo.InvariantCulture)))})";
                case Apply { Args.Count: 2 } a when Symbol(a.Op) is { } symbol:
                    int own = symbol.Binding;
                    string text = $"{Operand(a.Args[0], own)} {symbol.Text} {Operand(a.Args[1], own + 1)}";
                    return own < outside ? $"({text})" : text;
                case Apply { Op: Op.Neg, Args.Count: 1 } a: return $"-{Operand(a.Args[0], 10)}";
                case Apply { Op: Op.Not, Args.Count: 1 } a: return $"{(a.Type == ScalarType.Bool ? "!" : "~")}{Operand(a.Args[0], 10)}";
                case Apply { Op: Op.Select, Args.Count: 3 } a:
                    string choice = $"{Operand(a.Args[0], 1)} ? {Operand(a.Args[1], 1)} : {Text(a.Args[2])}";
                    return outside > 0 ? $"({choice})" : choice;
                case Apply { Op: Op.Convert } a: return $"{a.Type.ShortName()}({List(a.Args)})";
                case Apply { Op: Op.ConvertInRange or Op.Bits } a: return $"{a.Op}.{a.Type.ShortName()}({List(a.Args)})";
                case Apply a: return $"{a.Op}({List(a.Args)})";
                default: return e.ToString();
            }
        }

        static (string Text, int Binding)? Symbol(Op op) => op switch
        {
            Op.Or => ("|", 1),
            Op.Xor => ("^", 2),
            Op.And => ("&", 3),
            Op.Eq => ("==", 4),
            Op.Ne => ("!=", 4),
            Op.Lt => ("<", 5),
            Op.Le => ("<=", 5),
            Op.Gt => (">", 5),
            Op.Ge => (">=", 5),
            Op.Shl => ("<<", 6),
            Op.Shr => (">>", 6),
            Op.Add => ("+", 7),
            Op.Sub => ("-", 7),
            Op.Mul => ("*", 8),
            Op.Div => ("/", 8),
            Op.Rem => ("%", 8),
            _ => null,
        };

        static string Constant(Const c) => c.Type switch
        {
            ScalarType.Bool => c.Bits == 0 ? "false" : "true",
            ScalarType.U64 => c.Bits.ToString(CultureInfo.InvariantCulture) + "ul",
            ScalarType.F64 => Float(SoftFloat.ToDouble(c.Bits).ToString("R", CultureInfo.InvariantCulture)),
            ScalarType.F32 => Float(SoftFloat.ToSingle((uint)c.Bits).ToString("R", CultureInfo.InvariantCulture)) + "f",
            ScalarType.F16 or ScalarType.BF16 => $"{c.Type.ShortName()}({SoftFloat.Widen(c.Type, c.Bits).ToString("R", CultureInfo.InvariantCulture)})",
            ScalarType.I32 => ((int)c.Bits).ToString(CultureInfo.InvariantCulture),
            ScalarType.U32 => c.Bits.ToString(CultureInfo.InvariantCulture) + "u",
            ScalarType.I64 => ((long)c.Bits).ToString(CultureInfo.InvariantCulture) + "l",
            _ => $"{c.Type.ShortName()}({c.Type.SignExtend(c.Bits).ToString(CultureInfo.InvariantCulture)})",
        };

        static string Float(string digits) => digits.All(ch => ch is >= '0' and <= '9' or '-') ? digits + ".0" : digits;
    }
}
