using Kernels.Generators.IR;
using Kernels.Generators.Targets;

namespace Kernels.Fuzz;

/// A smaller program that goes wrong in the same way: statements deleted or replaced by what is inside them, expressions by an operand or a
/// constant, lengths shortened; as long as something helps, all candidates of a round in one compilation.
static class Shrinker
{
    const int Rounds = 40, Candidates = 30;

    public static string Explain(Failure f)
    {
        var small = Shrink(f);
        return $"{f}\nshrunk:\n{small}\n{IRPrinter.Print(small.Program)}{IRText.Write(new Module(small.Program.Function, small.Program.Helpers.ToSequence()))}\n";
    }

    public static Failure Shrink(Failure failure, Func<Function, CpuTarget, string>? emit = null)
    {
        if (failure.Kind == "hang") return failure;
        using var memory = new Memory();
        int runs = 0, offset = 0;
        if (failure.Length != 0 && failure.Target is not null) failure = failure with { Program = failure.Program with { Lengths = [failure.Length] } };
        for (int round = 0; round < Rounds; round++)
        {
            var all = Smaller(failure.Program).ToList();
            if (offset >= all.Count) break;
            var candidates = all.Skip(offset).Take(Candidates).ToList();
            var cores = new Cores([.. candidates.Select(c => c.Prepared.Function)], _ => Cores.Runnable, emit);
            Failure? found = null;
            for (int k = 0; k < candidates.Count && found is null; k++)
            {
                var f = Fuzzer.Check(candidates[k], cores, k, memory, ref runs);
                if (f is not null && f.Kind == failure.Kind) (found, offset) = (f, offset + k);
            }
            if (found is not null) failure = found;
            else offset += candidates.Count;
        }
        return failure;
    }

    static IEnumerable<FuzzProgram> Smaller(FuzzProgram p)
    {
        if (p.Whole && p.Helpers.Count == 0) yield return p with { Whole = false };
        foreach (var body in Bodies(p.Function.Body).Where(b => IsDefined(p.Function, b))) yield return p with { Function = p.Function with { Body = body } };
        if (p.Lengths.Length == 1)
            foreach (int n in new[] { p.Lengths[0] / 2, p.Lengths[0] - 1 })
                if (n >= 0 && n < p.Lengths[0]) yield return p with { Lengths = [n] };
        if (p.Function.Schedule != new Schedule()) yield return p with { Function = p.Function with { Schedule = new() } };
    }

    /// Whether no local is read before the text assigns it.
    static bool IsDefined(Function f, Sequence<Stmt> body)
    {
        var known = new HashSet<string>(f.Parameters.SelectMany(p => p is ValueParameter v ? [v.Local.Name]
            : ((BufferParameter)p).Buffer.Name is var name ? new[] { name + ".Length", name + ".Rows", name + ".Columns", name + ".Stride" } : []));
        foreach (var s in body.Statements())
        {
            if (s.Expressions().SelectMany(e => e.Tree()).Any(x => x is Use u && !known.Contains(u.Local.Name))) return false;
            if (s is Reduce r && r.Values.Any(v => !known.Contains(v.Name)) || s is Append a && !known.Contains(a.Count.Name)) return false;
            known.UnionWith(s.Assigns().Select(x => x.Name));
        }
        return true;
    }

    static IEnumerable<Sequence<Stmt>> Bodies(Sequence<Stmt> body)
    {
        for (int k = 0; k < body.Count; k++)
            foreach (var replacement in Statements(body[k]))
                yield return [.. body.Take(k), .. replacement, .. body.Skip(k + 1)];
    }

    static IEnumerable<Sequence<Stmt>> Statements(Stmt s)
    {
        yield return [];
        foreach (var inner in s.Bodies())
            if (s is not LaneLoop and not ChunkLoop) yield return inner;
        switch (s)
        {
            case If i:
                if (i.Else.Count > 0) yield return [i with { Else = [] }];
                foreach (var b in Bodies(i.Then)) yield return [i with { Then = b }];
                foreach (var b in Bodies(i.Else)) yield return [i with { Else = b }];
                foreach (var e in Expressions(i.Condition)) yield return [i with { Condition = e }];
                break;
            case For f: foreach (var b in Bodies(f.Body)) yield return [f with { Body = b }]; break;
            case Loop l: foreach (var b in Bodies(l.Body)) yield return [l with { Body = b }]; break;
            case Block l: foreach (var b in Bodies(l.Body)) yield return [l with { Body = b }]; break;
            case LaneLoop l: foreach (var b in Bodies(l.Body)) yield return [l with { Body = b }]; break;
            case ChunkLoop l: foreach (var b in Bodies(l.Body)) yield return [l with { Body = b }]; break;
            case Assign a: foreach (var e in Expressions(a.Value)) yield return [a with { Value = e }]; break;
            case Store st: foreach (var e in Expressions(st.Value)) yield return [st with { Value = e }]; break;
        }
    }

    /// An operand of the same type or a constant, anywhere in the expression.
    static IEnumerable<Expr> Expressions(Expr e)
    {
        if (e is Const or Use) yield break;
        if (!e.Type.IsNarrow()) yield return new Const(e.Type, 1 & e.Type.Mask());
        if (e is not Apply a) yield break;
        foreach (var arg in a.Args)
            if (arg.Type == e.Type) yield return arg;
        for (int k = 0; k < a.Args.Count; k++)
        {
            if (a.Op is Op.Scale or Op.ScaleNormal || a.Op is Op.Div or Op.Rem && k == 1) continue; // keep the domain
            int at = k;
            foreach (var smaller in Expressions(a.Args[k])) yield return a with { Args = [.. a.Args.Take(at), smaller, .. a.Args.Skip(at + 1)] };
        }
    }
}
