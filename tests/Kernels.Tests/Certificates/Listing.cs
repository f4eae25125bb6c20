using System.Text.RegularExpressions;

namespace Kernels.Tests.Certificates;

/// <summary>What a loop of a listing holds. Stack: operands in the frame, which in a loop of a leaf method are spills.</summary>
sealed record LoopFigures(int Instructions, int Fma, int Loads, int Stores, int Stack, int Calls);

/// <summary>
/// A listing of the JIT compiler (DOTNET_JitDisasm), as far as code quality goes: the instructions with their jumps, and the natural loops among
/// them. Backward jumps alone would not do: the compiler moves blocks, and a rare path then lies between the blocks of a hot loop.
/// </summary>
sealed partial class Listing
{
    readonly List<(string Name, string Operands)> instructions = [];
    readonly List<int> starts = [];                 // of the blocks
    readonly List<List<int>> successors = [];

    public bool IsFullyOptimised { get; }

    public Listing(string text)
    {
        IsFullyOptimised = text.Contains("; FullOpts code", StringComparison.Ordinal) && !text.Contains("MinOpts", StringComparison.Ordinal) && !text.Contains("Tier0", StringComparison.Ordinal);
        var labels = new Dictionary<string, int>();
        foreach (string line in text.Split('\n'))
            if (Label().Match(line) is { Success: true } label) labels[label.Groups[1].Value] = instructions.Count;
            else if (Instruction().Match(line) is { Success: true } i && i.Groups[1].Value != "align") instructions.Add((i.Groups[1].Value, i.Groups[2].Value.Trim()));
        int? Target(int k) => instructions[k].Name[0] == 'j' && JumpTarget().Match(instructions[k].Operands) is { Success: true } t && labels.TryGetValue(t.Value, out int at) && at < instructions.Count ? at : null;
        var leaders = new SortedSet<int> { 0 };
        for (int k = 0; k < instructions.Count; k++)
        {
            if (Target(k) is { } target) leaders.Add(target);
            if (instructions[k].Name is ['j', ..] or "ret" && k + 1 < instructions.Count) leaders.Add(k + 1);
        }
        starts.AddRange(leaders);
        for (int b = 0; b < starts.Count; b++)
        {
            int last = End(b) - 1;
            var next = new List<int>();
            if (Target(last) is { } target) next.Add(starts.BinarySearch(target));
            if (instructions[last].Name is not ("jmp" or "ret") && b + 1 < starts.Count) next.Add(b + 1);
            successors.Add(next);
        }
    }

    int End(int block) => block + 1 < starts.Count ? starts[block + 1] : instructions.Count;

    /// <summary>The innermost loops that touch vectors in memory, in the order of their heads.</summary>
    public IReadOnlyList<LoopFigures> VectorLoops()
    {
        var loops = NaturalLoops();
        var innermost = loops.Where(l => !loops.Any(other => other.Key != l.Key && l.Value.Contains(other.Key)));
        return [.. innermost.OrderBy(l => l.Key).Select(l => Figures(l.Value)).Where(f => f.Loads + f.Stores > 0)];
    }

    /// <summary>Head -> blocks. A back edge goes to a block that dominates its start.</summary>
    Dictionary<int, HashSet<int>> NaturalLoops()
    {
        var predecessors = starts.Select(_ => new List<int>()).ToList();
        for (int b = 0; b < starts.Count; b++) foreach (int s in successors[b]) predecessors[s].Add(b);
        var dominators = starts.Select((_, b) => b == 0 ? [0] : Enumerable.Range(0, starts.Count).ToHashSet()).ToList();
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int b = 1; b < starts.Count; b++)
            {
                if (predecessors[b].Count == 0) continue;
                var common = new HashSet<int>(dominators[predecessors[b][0]]);
                foreach (int p in predecessors[b].Skip(1)) common.IntersectWith(dominators[p]);
                common.Add(b);
                if (common.Count == dominators[b].Count) continue;
                dominators[b] = common;
                changed = true;
            }
        }
        var loops = new Dictionary<int, HashSet<int>>();
        for (int b = 0; b < starts.Count; b++)
            foreach (int head in successors[b].Where(s => dominators[b].Contains(s)))
            {
                if (!loops.TryGetValue(head, out var blocks)) loops[head] = blocks = [head];
                var open = new Stack<int>([b]);
                while (open.TryPop(out int at))
                    if (blocks.Add(at)) foreach (int p in predecessors[at]) open.Push(p);
            }
        return loops;
    }

    LoopFigures Figures(HashSet<int> blocks)
    {
        var all = blocks.SelectMany(b => instructions.GetRange(starts[b], End(b) - starts[b])).ToList();
        bool Stack(string operands) => Frame().IsMatch(operands);
        var memory = all.Where(i => i.Name[0] == 'v' && i.Operands.Contains('[') && !i.Operands.Contains("reloc", StringComparison.Ordinal) && !Stack(i.Operands)).ToList();
        int stores = memory.Count(i => i.Operands.IndexOf('[') < i.Operands.IndexOf(','));
        return new(all.Count, all.Count(i => Fused().IsMatch(i.Name)), memory.Count - stores, stores, all.Count(i => Stack(i.Operands)), all.Count(i => i.Name == "call"));
    }

    [GeneratedRegex(@"^(G_M\w+):")]
    private static partial Regex Label();

    [GeneratedRegex(@"^\s+([a-z]\w*)(?:\s+(.*))?$")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"G_M\w+")]
    private static partial Regex JumpTarget();

    [GeneratedRegex(@"\[r[sb]p\b")]
    private static partial Regex Frame();

    [GeneratedRegex(@"^vfn?m(add|sub)")]
    private static partial Regex Fused();
}
