namespace Kernels.Generators.Targets.Gpu;

/// A statement of HLSL. Names: the variables that its own text reads, those of nested blocks left out.
abstract class HlslNode
{
    public HashSet<uint> Names { get; } = [];
}

sealed class HlslLine(string text) : HlslNode
{
    public readonly string Text = text;
}

/// variable = text;
sealed class HlslAssign(uint variable, string text) : HlslNode
{
    public readonly uint Variable = variable;
    public readonly string Text = text;
}

sealed class HlslIf(string condition, HlslBlock then, HlslBlock otherwise) : HlslNode
{
    public readonly string Condition = condition;
    public readonly HlslBlock Then = then, Else = otherwise;
}

/// if (condition) break;
sealed class HlslBreak(string condition, string opposite) : HlslNode
{
    public readonly string Condition = condition, Opposite = opposite;
}

/// Once: do { body } while (false).
sealed class HlslLoop(HlslBlock body, List<HlslNode> next, bool once) : HlslNode
{
    public readonly HlslBlock Body = body;
    public readonly List<HlslNode> Next = next;
    public readonly bool Once = once;
}

sealed class HlslBlock
{
    public readonly List<HlslNode> Nodes = [];
}

/// Prints a tree. Variables are declared where they are first assigned, if that is on every way to where they are read; else before the outermost loop around them, as 0:
/// SPIR-V's variables live as long as the function, and keep their values from one trip to the next.
sealed class HlslTreePrinter(HlslBlock root, IReadOnlyDictionary<uint, (string Name, string Declaration, string Zero)> variables)
{
    readonly Dictionary<HlslNode, List<uint>> before = [];   // declared as 0 in front of a statement
    readonly HashSet<HlslNode> declaring = [];               // assignments that declare
    readonly Dictionary<HlslNode, HashSet<uint>> all = [];   // names, nested blocks with them

    public void Print(CodeWriter to)
    {
        Collect(root);
        foreach (uint v in variables.Keys) Place(v, root, null);
        Print(root, to);
    }

    static IEnumerable<HlslBlock> Blocks(HlslNode n) => n switch { HlslIf i => [i.Then, i.Else], HlslLoop l => [l.Body], _ => [] };

    void Collect(HlslBlock b)
    {
        foreach (var n in b.Nodes)
        {
            var names = all[n] = [.. n.Names];
            if (n is HlslAssign a) names.Add(a.Variable);
            foreach (var inner in Blocks(n))
            {
                Collect(inner);
                foreach (var m in inner.Nodes) names.UnionWith(all[m]);
            }
            if (n is HlslLoop l)
                foreach (var m in l.Next)
                {
                    n.Names.UnionWith(m.Names);
                    if (m is HlslAssign step) n.Names.Add(step.Variable);
                    names.UnionWith(n.Names);
                }
        }
    }

    /// Loop: the outermost one around the block.
    void Place(uint variable, HlslBlock b, HlslNode? loop)
    {
        var found = b.Nodes.Where(n => all[n].Contains(variable)).ToList();
        if (found.Count == 0) return;
        var first = found[0];
        if (found.Count == 1 && !first.Names.Contains(variable))
        {
            var inner = Blocks(first).Where(x => x.Nodes.Any(n => all[n].Contains(variable))).ToList();
            if (inner.Count == 1)
            {
                Place(variable, inner[0], loop ?? first as HlslLoop);
                return;
            }
        }
        if (first is HlslAssign a && a.Variable == variable && !a.Names.Contains(variable)) declaring.Add(first);
        else
        {
            var place = loop ?? first;
            if (!before.TryGetValue(place, out var list)) before[place] = list = [];
            list.Add(variable);
        }
    }

    void Print(HlslBlock b, CodeWriter to)
    {
        for (int k = 0; k < b.Nodes.Count; k++)
        {
            // A loop's counter that nothing behind the loop reads is declared in its head.
            if (b.Nodes[k] is HlslAssign a && declaring.Contains(a) && k + 1 < b.Nodes.Count && b.Nodes[k + 1] is HlslLoop { Once: false, Next: [HlslAssign step] } loop && step.Variable == a.Variable
                && !before.ContainsKey(loop) && loop.Body.Nodes is [HlslBreak { Condition.Length: > 0 }, ..] && b.Nodes.Skip(k + 2).All(n => !all[n].Contains(a.Variable)))
            {
                Print(loop, to, Assignment(a));
                k++;
            }
            else Print(b.Nodes[k], to);
        }
    }

    string Assignment(HlslAssign a) => $"{(declaring.Contains(a) ? variables[a.Variable].Declaration : variables[a.Variable].Name)} = {a.Text}";

    void Print(HlslNode n, CodeWriter to)
    {
        if (before.TryGetValue(n, out var list))
            foreach (uint v in list) to.Line(variables[v].Zero.Length == 0 ? $"{variables[v].Declaration};" : $"{variables[v].Declaration} = {variables[v].Zero};");
        switch (n)
        {
            case HlslLine l: to.Line(l.Text); break;
            case HlslAssign a: to.Line(Assignment(a) + ";"); break;
            case HlslBreak k: to.Line(k.Condition.Length == 0 ? "break;" : $"if ({k.Condition}) break;"); break;
            case HlslIf i:
                to.Braces($"if ({i.Condition})", () => Print(i.Then, to));
                if (i.Else.Nodes.Count > 0) to.Braces("else", () => Print(i.Else, to));
                break;
            case HlslLoop l: Print(l, to); break;
        }
    }

    void Print(HlslLoop l, CodeWriter to, string begin = "")
    {
        var nodes = l.Body.Nodes;
        string? condition = null;
        if (nodes.Count > 0 && nodes[0] is HlslBreak { Condition.Length: > 0 } test && !l.Once)
        {
            condition = test.Opposite;
            nodes.RemoveAt(0);
        }
        void Inside()
        {
            Print(l.Body, to);
            foreach (var n in l.Next) Print(n, to);
        }
        if (l.Once)
        {
            to.Line("do").Open();
            Print(l.Body, to);
            to.Close().Line("while (false);");
        }
        else if (condition is not null && l.Next.Count == 1 && l.Next[0] is HlslAssign step) to.Braces($"for ({begin}; {condition}; {Assignment(step)})", () => Print(l.Body, to));
        else to.Braces($"while ({condition ?? "true"})", Inside);
    }
}
