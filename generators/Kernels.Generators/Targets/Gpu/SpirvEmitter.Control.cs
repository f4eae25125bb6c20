using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// Control flow. SPIR-V leaves only the innermost loop: a Leave of an outer one sets that one's flag, which is asked behind each loop on the way out.
sealed partial class SpirvEmitter
{
    /// A loop, or a block that is left (a loop of one trip). Flag: of crossed labels. Outer: those left through this one.
    sealed class Construct(string? label, uint merge, uint flag)
    {
        public readonly string? Label = label;
        public readonly uint Merge = merge, Flag = flag;
        public readonly List<Construct> Outer = [];
        public bool IsLeft;
    }

    readonly List<Construct> constructs = [];
    bool open = true;   // the block being written has not ended

    void Begin(uint label)
    {
        module.Do(SpirvOp.Label, label);
        open = true;
    }

    void Branch(uint label)
    {
        module.Do(SpirvOp.Branch, label);
        open = false;
    }

    /// Nothing comes here.
    void Close()
    {
        module.Do(SpirvOp.Unreachable);
        open = false;
    }

    void Body(Sequence<Stmt> body)
    {
        foreach (var s in body)
        {
            if (!open) return;
            Statement(s);
        }
    }

    void IfThen(uint condition, Action then, Action? otherwise = null)
    {
        uint yes = module.NewId(), no = module.NewId(), merge = otherwise is null ? no : module.NewId();
        module.Do(SpirvOp.SelectionMerge, merge, 0);
        module.Do(SpirvOp.BranchConditional, condition, yes, no);
        bool reached = otherwise is null;
        foreach (var (label, arm) in new[] { (yes, then), (no, otherwise) })
        {
            if (arm is null) continue;
            Begin(label);
            arm();
            reached |= open;
            if (open) Branch(merge);
        }
        Begin(merge);
        if (!reached) Close();
    }

    /// while (condition) { body; next }; no condition: for ever; once: the body, which may be left.
    void Repeat(string? label, Func<uint>? condition, Action body, Action? next = null, bool once = false)
    {
        uint flag = 0;
        if (label is not null && crossed.Contains(label))
        {
            flag = module.LocalVariable(boolean);
            module.Do(SpirvOp.Store, flag, Constant(ScalarType.Bool, 0));
        }
        uint head = module.NewId(), first = module.NewId(), advance = module.NewId(), merge = module.NewId();
        var construct = new Construct(label, merge, flag);
        constructs.Add(construct);
        Branch(head);
        Begin(head);
        module.Do(SpirvOp.LoopMerge, merge, advance, 0);
        if (condition is null) Branch(first);
        else
        {
            uint test = module.NewId();
            Branch(test);
            Begin(test);
            module.Do(SpirvOp.BranchConditional, condition(), first, merge);
        }
        Begin(first);
        body();
        bool ends = open;
        if (open) Branch(once ? merge : advance);
        Begin(advance);
        next?.Invoke();
        Branch(head);
        constructs.RemoveAt(constructs.Count - 1);
        Begin(merge);
        foreach (var outer in construct.Outer)
        {
            var innermost = constructs[constructs.Count - 1];
            IfThen(module.Make(SpirvOp.Load, boolean, outer.Flag), () =>
            {
                if (outer == innermost) outer.IsLeft = true;
                Branch(innermost.Merge);
            });
        }
        if (condition is null && !construct.IsLeft && !(once && ends)) Close();
    }

    void Leave(string label)
    {
        int at = constructs.FindLastIndex(c => c.Label == label);
        var (target, innermost) = (constructs[at], constructs[constructs.Count - 1]);
        for (int k = at + 1; k < constructs.Count; k++)
            if (!constructs[k].Outer.Contains(target)) constructs[k].Outer.Add(target);
        if (target == innermost) target.IsLeft = true;
        else module.Do(SpirvOp.Store, target.Flag, Constant(ScalarType.Bool, 1));
        Branch(innermost.Merge);
    }

    void Statement(Stmt s)
    {
        if (!inLanes) Before(s);
        switch (s)
        {
            case Assign a: Set(a.Target, Value(a.Value)); break;
            case DeclareArray d: Declare(d); break;
            case Store st: Store(st); break;
            case Atomic a: Atomic(a); break;
            case Append: throw new Refused("Append: ordered compaction needs a prefix count over the group, which is not written yet.");
            case If i:
                uint condition = Value(i.Condition);
                Traffic before = traffic.Copy();
                Traffic? after = null;
                IfThen(condition, () => Body(i.Then), i.Else.Count == 0 ? null : () =>
                {
                    (after, traffic) = (traffic, before.Copy());
                    Body(i.Else);
                });
                traffic.Add(after ?? before);
                break;
            case For x: For(x); break;
            case Loop l: Uncertain(l.Body, () => Repeat(l.Label, null, () => Body(l.Body))); break;
            case Block b when left.Contains(b.Label): Uncertain(b.Body, () => Repeat(b.Label, null, () => Body(b.Body), once: true)); break;
            case Block b: Body(b.Body); break;
            case Leave l: Leave(l.Label); break;
            case LaneLoop l: LaneLoop(l); break;
            case ChunkLoop c: ChunkLoop(c); break;
            case Reduce r: Reduce(r); break;
            default: throw new Refused($"{s.GetType().Name} where the structured IR has none.");
        }
    }

    void For(For x)
    {
        var type = x.Index.Type;
        uint end = Value(x.End), at = TypeOf(type), step = Constant(type, (ulong)(long)x.Step & type.Mask());
        Set(x.Index, Value(x.Begin));
        Uncertain(x.Body, () => Repeat(x.Label,
            () => Ordered(x.Step > 0 ? Op.Lt : Op.Gt, type, Get(x.Index), end),
            () => Body(x.Body),
            () => Set(x.Index, module.Make(SpirvOp.IAdd, at, Get(x.Index), step))));
    }

    /// Iterations are counted from 0, so that no bound can overflow.
    void LaneLoop(LaneLoop l)
    {
        if (++lanesSeen > 0 && inLanes) throw new Refused("A lane loop in a lane loop.");
        var type = l.Begin.Type == ScalarType.I64 || l.End.Type == ScalarType.I64 ? ScalarType.I64 : ScalarType.I32;
        uint t = TypeOf(type), begin = Converted(l.Begin.Type, type, Value(l.Begin)), end = Converted(l.End.Type, type, Value(l.End)), length = Constant(type, (ulong)size);
        uint count = module.Make(SpirvOp.Select, t, Ordered(Op.Lt, type, begin, end), module.Make(SpirvOp.ISub, t, end, begin), Constant(type, 0));
        Enter(l.Body);
        inLanes = true;
        void Iteration(uint k)
        {
            Set(l.Lane, Converted(type, ScalarType.I32, module.Make(SpirvOp.IAdd, t, begin, k)));
            Body(l.Body);
        }
        if (elements)
        {
            uint place = Converted(ScalarType.U32, type, module.Make(SpirvOp.IAdd, word, module.Make(SpirvOp.IMul, word, group, Word((uint)size)), thread));
            IfThen(Compare(SpirvOp.ULessThan, place, count), () => Iteration(place));
        }
        else
        {
            uint at = module.LocalVariable(t);
            uint Here() => module.Make(SpirvOp.Load, t, at);
            module.Do(SpirvOp.Store, at, Converted(ScalarType.U32, type, thread));
            Repeat(null, () => Compare(SpirvOp.ULessThan, Here(), count), () => Iteration(Here()), () => module.Do(SpirvOp.Store, at, Next(t, Here(), count, length)));
        }
        inLanes = false;
    }

    /// at + length, or end where that is beyond it (at < end, unsigned distances).
    uint Next(uint type, uint at, uint end, uint length) =>
        module.Make(SpirvOp.Select, type, Compare(SpirvOp.ULessThanEqual, module.Make(SpirvOp.ISub, type, end, at), length), end, module.Make(SpirvOp.IAdd, type, at, length));

    void ChunkLoop(ChunkLoop c)
    {
        var type = c.Begin.Type == ScalarType.I64 || c.End.Type == ScalarType.I64 ? ScalarType.I64 : ScalarType.I32;
        uint t = TypeOf(type), end = Converted(c.End.Type, type, Value(c.End)), length = Constant(type, (ulong)size), at = module.LocalVariable(t), next = module.LocalVariable(t);
        module.Do(SpirvOp.Store, at, Converted(c.Begin.Type, type, Value(c.Begin)));
        Uncertain(c.Body, () => Repeat(c.Label, () => Ordered(Op.Lt, type, module.Make(SpirvOp.Load, t, at), end),
            () =>
            {
                uint here = module.Make(SpirvOp.Load, t, at), behind = Next(t, here, end, length);
                module.Do(SpirvOp.Store, next, behind);
                Set(c.ChunkBegin, Converted(type, c.ChunkBegin.Type, here));
                Set(c.ChunkEnd, Converted(type, c.ChunkEnd.Type, behind));
                Body(c.Body);
            },
            () => module.Do(SpirvOp.Store, at, module.Make(SpirvOp.Load, t, next))));
    }
}
