namespace Kernels.Generators.Targets.Gpu;

/// Control flow: blocks and merges back to statements.
sealed partial class HlslPrinter
{
    sealed record LoopFrame(uint Merge, uint Continue);

    HlslBlock block = new();
    readonly Stack<LoopFrame> loops = new();
    readonly Dictionary<uint, int> stores = [];   // to whole local variables
    bool atHead = true;                           // no control flow yet: what is written here is so ever after

    HlslBlock Function()
    {
        foreach (var line in module.Blocks.Values.SelectMany(b => b))
            if (line.Op == SpirvOp.Store) stores[line.Args[0]] = stores.TryGetValue(line.Args[0], out int n) ? n + 1 : 1;
        Chain(module.Entry, 0);
        return block;
    }

    IReadOnlyDictionary<uint, (string, string, string)> Locals() => module.Locals.ToDictionary(v => v.Id, v =>
    {
        var type = module.Pointee(v.Id);
        uint scalar = type.Op == SpirvOp.TypeArray ? type.Args[0] : type.Id;
        string precise = IsFloat(scalar) || exactLocals.Contains(v.Id) ? "precise " : "";
        return (nameOf[v.Id], precise + Declaration(type, nameOf[v.Id], false), Zero(type));
    });

    void Say(HlslNode node, IEnumerable<uint> reads)
    {
        foreach (uint id in reads) if (module.Definitions[id].Op == SpirvOp.Variable && module.StorageOf(id) == SpirvStorage.Function) node.Names.Add(id);
        block.Nodes.Add(node);
    }

    /// Everything from a label to a stop, where the caller goes on; false: the flow does not come there.
    bool Chain(uint label, uint stop)
    {
        while (label != stop)
        {
            var lines = module.Blocks[label];
            var end = lines[lines.Count - 1];
            var merge = lines.Count > 1 && lines[lines.Count - 2] is { Op: SpirvOp.SelectionMerge or SpirvOp.LoopMerge } m ? m : null;
            foreach (var line in lines.Take(lines.Count - (merge is null ? 1 : 2))) Do(line);
            switch (merge?.Op, end.Op)
            {
                case (SpirvOp.LoopMerge, SpirvOp.Branch):
                    if (lines.Count != 2) throw Unknown("A loop whose head computes");
                    Loop(end.Args[0], new(merge!.Args[0], merge.Args[1]), label);
                    label = merge.Args[0];
                    break;
                case (SpirvOp.SelectionMerge, SpirvOp.BranchConditional):
                    Select(end, merge!.Args[0]);
                    label = merge.Args[0];
                    break;
                case (null, SpirvOp.BranchConditional):
                    // The test of a loop: on, or out.
                    if (loops.Count == 0 || end.Args[2] != loops.Peek().Merge) throw Unknown("A branch that is neither a selection's nor a loop's test");
                    var condition = Plain(end.Args[0]);
                    Say(new HlslBreak(Not(condition), condition.Text), condition.Reads);
                    Flush(_ => true);
                    label = end.Args[1];
                    break;
                case (null, SpirvOp.Branch):
                    Flush(_ => true);
                    uint target = end.Args[0];
                    if (target != stop && loops.Count > 0 && target == loops.Peek().Merge)
                    {
                        Say(new HlslBreak("", ""), []);
                        return false;
                    }
                    if (target != stop && !module.Blocks[target].Any(l => l.Op == SpirvOp.LoopMerge)) throw Unknown("A branch to another construct");
                    label = target;
                    break;
                case (null, SpirvOp.Return) when stop == 0: return true;
                case (null, SpirvOp.Unreachable): return false;
                default: throw Unknown($"A block that ends with {merge?.Op} {end.Op}");
            }
        }
        return true;
    }

    /// The opposite: with a ! in front, or without the one that is there and its parentheses.
    static string Not(HlslValue v)
    {
        if (v.Level != HlslValue.Unary || v.Text[0] != '!') return "!" + v.At(0);
        return v.Text[1] == '(' ? v.Text.Substring(2, v.Text.Length - 3) : v.Text.Substring(1);
    }

    HlslBlock Inside(Action print)
    {
        var outer = block;
        var inner = block = new();
        print();
        block = outer;
        return inner;
    }

    void Select(SpirvLine branch, uint merge)
    {
        var condition = Plain(branch.Args[0]);
        var reads = condition.Reads;
        Flush(_ => true);
        atHead = false;
        var (yes, no) = (branch.Args[1], branch.Args[2]);
        var then = Inside(() => { if (yes != merge) Chain(yes, merge); Flush(_ => true); });
        var otherwise = Inside(() => { if (no != merge) Chain(no, merge); Flush(_ => true); });
        if (then.Nodes.Count > 0) Say(new HlslIf(condition.Text, then, otherwise), reads);
        else if (otherwise.Nodes.Count > 0) Say(new HlslIf(Not(condition), otherwise, then), reads);
    }

    void Loop(uint first, LoopFrame frame, uint headLabel)
    {
        Flush(_ => true);
        atHead = false;
        loops.Push(frame);
        bool repeats = false;
        var body = Inside(() => repeats = Chain(first, frame.Continue));
        var next = repeats ? Inside(() => Chain(frame.Continue, headLabel)) : new();
        loops.Pop();
        block.Nodes.Add(new HlslLoop(body, next.Nodes, once: !repeats));
    }
}
