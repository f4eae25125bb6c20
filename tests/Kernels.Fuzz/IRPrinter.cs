using System.Text;
using Kernels.Generators.IR;

namespace Kernels.Fuzz;

using Atomic = Kernels.Generators.IR.Atomic;

/// A program as its author would want to read it.
static class IRPrinter
{
    public static string Print(FuzzProgram p)
    {
        var text = new StringBuilder();
        text.AppendLine($"seed {p.Seed}, lengths {string.Join(" ", p.Lengths)}, {p.Function.Schedule}");
        foreach (var q in p.Function.Parameters) text.AppendLine($"  {(q is ValueParameter v ? $"{v.Local.Type} {v.Local.Name}" : q is BufferParameter b ? $"{b.Buffer.Element}* {b.Buffer.Name}  [{p.Rooms.First(r => r.Buffer == b.Buffer).Scale}*n + {p.Rooms.First(r => r.Buffer == b.Buffer).Slack}]" : "")}");
        foreach (var h in p.Helpers)
        {
            text.AppendLine($"helper {h.Name}({string.Join(", ", h.Parameters.Select(x => x is ValueParameter v ? $"{v.Local.Type} {v.Local.Name}" : $"{((BufferParameter)x).Buffer.Element}* {((BufferParameter)x).Buffer.Name}"))}) -> {string.Join(", ", h.Results.Select(r => r.Name))}");
            Body(h.Body, 2, text);
        }
        Body(p.Function.Body, 1, text);
        return text.ToString();
    }

    public static string Print(Sequence<Stmt> body)
    {
        var text = new StringBuilder();
        Body(body, 1, text);
        return text.ToString();
    }

    static void Body(Sequence<Stmt> body, int depth, StringBuilder text)
    {
        foreach (var s in body) Statement(s, depth, text);
    }

    static void Statement(Stmt s, int depth, StringBuilder text)
    {
        void Line(string line) => text.Append(' ', 2 * depth).AppendLine(line);
        string Under(Expr? mask) => mask is null ? "" : $" under {E(mask)}";
        switch (s)
        {
            case Assign a: Line($"{a.Target.Name}:{a.Target.Type} = {E(a.Value)}"); break;
            case Store st: Line($"{st.Buffer.Name}[{E(st.Index)}] = {E(st.Value)}{(st.Checked ? " checked" : "")}{Under(st.Mask)}"); break;
            case DeclareArray d: Line($"{d.Buffer.Storage} {d.Buffer.Element} {d.Buffer.Name}[{E(d.Length)}]"); break;
            case If i:
                Line($"if {E(i.Condition)}");
                Body(i.Then, depth + 1, text);
                if (i.Else.Count > 0) { Line("else"); Body(i.Else, depth + 1, text); }
                break;
            case For f: Line($"for {f.Label}: {f.Index.Name}:{f.Index.Type} = {E(f.Begin)} to {E(f.End)} step {f.Step}"); Body(f.Body, depth + 1, text); break;
            case Loop l: Line($"loop {l.Label}:"); Body(l.Body, depth + 1, text); break;
            case Block b: Line($"block {b.Label}:"); Body(b.Body, depth + 1, text); break;
            case Leave l: Line($"leave {l.Label}"); break;
            case LaneLoop l: Line($"lanes {l.Lane.Name} = {E(l.Begin)} .. {E(l.End)} {(l.Trips == Trips.Any ? "" : l.Trips)}"); Body(l.Body, depth + 1, text); break;
            case ChunkLoop c: Line($"chunks {c.Label}: {c.ChunkBegin.Name}, {c.ChunkEnd.Name} of {E(c.Begin)} .. {E(c.End)}"); Body(c.Body, depth + 1, text); break;
            case Reduce r:
                Line($"{string.Join(", ", r.Targets.Select(x => x.Name))} = reduce {string.Join(", ", r.Values.Select(x => x.Name))}");
                Body(r.Combine.Body, depth + 2, text);
                break;
            case Atomic a: Line($"{a.Old?.Name} = atomic {a.Kind} {a.Buffer.Name}[{E(a.Index)}], {E(a.Value)}{(a.Comparand is null ? "" : ", " + E(a.Comparand))}{(a.Checked ? " checked" : "")}{Under(a.Mask)}"); break;
            case Append a: Line($"append {a.Buffer.Name}[{a.Count.Name}++] = {E(a.Value)}{Under(a.Mask)}"); break;
            case Dispatch d:
                Line($"{string.Join(", ", d.Results.Select(x => x.Name))} = dispatch {E(d.Region)} ({string.Join(", ", d.Values.Select(E))})");
                foreach (var c in d.Cases) { Line($" case {string.Join(", ", c.Results.Select(x => x.Name))} ="); Body(c.Body, depth + 2, text); }
                break;
            case Call c: Line($"{string.Join(", ", c.Results.Select(x => x.Name))} = {c.Callee}({string.Join(", ", c.Values.Select(E).Concat(c.Slices.Select(x => $"{x.Buffer.Name}[{E(x.Offset)} .. +{E(x.Length)}]")))})"); break;
            default: Line(s.ToString()); break;
        }
    }

    static string E(Expr e) => e switch
    {
        Const c => c.Type == ScalarType.Bool ? c.Bits != 0 ? "true" : "false" : Values.Text(c.Type, c.Bits).Split(' ')[0] + (c.Type == ScalarType.I32 ? "" : $":{c.Type}"),
        Use u => u.Local.Name,
        Load l => $"{l.Buffer.Name}[{E(l.Index)}]{(l.Checked ? "?" : "")}{(l.Mask is null ? "" : $"|{E(l.Mask)}")}",
        Permute p => $"permute({E(p.Value)}; {string.Join(" ", p.Map)})",
        Apply { Op: Op.Convert or Op.Bits or Op.ConvertInRange } a => $"{a.Op}.{a.Type}({E(a.Args[0])})",
        Apply a => $"{a.Op}({string.Join(", ", a.Args.Select(E))})",
        _ => e.ToString(),
    };
}
