namespace Kernels.Generators.Targets.Gpu;

/// Variables, arrays, atomics, barriers.
sealed partial class HlslPrinter
{
    /// Text of a whole variable or of an element; the index is a value whose uses are the pointer's.
    sealed record Pointer(uint Variable, HlslValue? Index, string? Fixed);

    readonly Dictionary<uint, Pointer> pointers = [];
    readonly Dictionary<uint, HlslValue> lasting = [];   // variables that are given a parameter once, at the head: these stand for it

    uint Base(uint pointer)
    {
        var d = module.Definitions[pointer];
        return d.Op == SpirvOp.AccessChain ? Base(d.Args[0]) : pointer;
    }

    void AccessChain(SpirvLine line)
    {
        uint variable = line.Args[0];
        if (module.Definitions[variable].Op != SpirvOp.Variable) throw Unknown("A pointer into a pointer");
        var storage = module.StorageOf(variable);
        if (storage == SpirvStorage.PushConstant)
        {
            pointers[line.Id] = new(variable, null, memberOf[(variable, module.Integer(line.Args[1]))]);
            return;
        }
        made = new("", 0);
        var index = Use(line.Args[storage == SpirvStorage.StorageBuffer ? 2 : 1]);
        int uses = module.UsesOf(line.Id);
        if (uses == 0) return;
        if (uses > 1 && !index.Trivial && !IsConstant(line.Args[line.Args.Length - 1])) Named(index);
        // A value of its own: the operand's may have other uses left.
        var at = new HlslValue(index.Text, index.Type, index.Level) { Reads = index.Reads, Exact = index.Exact, Trivial = index.Trivial, Left = uses };
        if (at.Exact) Named(at);
        else if (at.Reads.Count > 0) pending.Add(at);
        pointers[line.Id] = new(variable, at, null);
    }

    /// The text of what a pointer points to; reads of its index are added to those of the instruction at hand.
    (string Text, uint Variable) Target(uint pointer)
    {
        if (!pointers.TryGetValue(pointer, out var p))
        {
            if (module.Definitions[pointer].Op != SpirvOp.Variable) throw Unknown("A pointer of another kind");
            return (nameOf[pointer], pointer);
        }
        if (p.Fixed is not null) return (p.Fixed, p.Variable);
        var index = p.Index!;
        index.Left--;
        if (index.Left <= 0) pending.Remove(index);
        made.Reads.UnionWith(index.Reads);
        return ($"{nameOf[p.Variable]}[{index.Text}]", p.Variable);
    }

    /// What changes when a variable does: itself, and the arrays that may be the same memory.
    IEnumerable<uint> Aliases(uint variable) => module.Has(variable, SpirvDecoration.Aliased)
        ? module.Globals.Where(g => module.Has(g.Id, SpirvDecoration.Aliased)).Select(g => g.Id)
        : [variable];

    void Load(SpirvLine line)
    {
        made = new("", 0);
        var (text, variable) = Target(line.Args[0]);
        var storage = module.StorageOf(variable);
        if (lasting.TryGetValue(variable, out var known))
        {
            Define(line, new(known.Text, line.Type) { Trivial = true });
            return;
        }
        bool element = pointers.TryGetValue(line.Args[0], out var p) && p.Fixed is null;
        bool constant = storage is SpirvStorage.Input or SpirvStorage.PushConstant or SpirvStorage.Private;
        var v = new HlslValue(signedMemory.Contains(variable) ? $"uint({text})" : text, line.Type) { Trivial = !element && storage is SpirvStorage.Function or SpirvStorage.Input or SpirvStorage.PushConstant, Reads = made.Reads };
        if (!constant) v.Reads.Add(variable);
        Define(line, v);
    }

    void Store(SpirvLine line)
    {
        uint target = line.Args[0], source = line.Args[1];
        var destination = module.Definitions[target];
        if (destination.Op == SpirvOp.Variable && module.StorageOf(target) == SpirvStorage.Function)
        {
            if (module.Pointee(target).Op == SpirvOp.TypeArray)
            {
                Fill(target, source);
                return;
            }
            made = new("", 0);
            var v = Use(source);
            if (atHead && stores[target] == 1 && v.Reads.Count == 0 && (v.Trivial || IsConstant(source)) && !v.Exact)
            {
                lasting[target] = v;
                return;
            }
            if (v.Text == nameOf[target]) return;
            if (v.Exact) exactLocals.Add(target);
            Changes(target);
            Say(new HlslAssign(target, v.Text), v.Reads);
            return;
        }
        var value = Plain(source);
        var reads = new HashSet<uint>(value.Reads);
        made = new("", 0);
        var (text, variable) = Target(target);
        reads.UnionWith(made.Reads);
        foreach (uint other in Aliases(variable)) Changes(other);
        reads.Add(variable);
        Say(new HlslLine($"{text} = {(signedMemory.Contains(variable) ? $"int({value.Text})" : value.Text)};"), reads);
    }

    readonly Dictionary<uint, HlslValue> elements = [];   // of arrays made of one value

    /// An array whose elements are one value: the emitter's private arrays start so.
    void Elements(SpirvLine line)
    {
        if (line.Args.Distinct().Count() != 1) throw Unknown("An array of several values");
        made = new("", 0);
        HlslValue v = new("", 0);
        foreach (uint id in line.Args) v = Use(id); // each is a use
        elements[line.Id] = v.Trivial || IsConstant(line.Args[0]) ? v : Named(v);
    }

    void Fill(uint target, uint source)
    {
        if (!elements.TryGetValue(source, out var v)) throw Unknown("The assignment of an array");
        string at = names.Take("at");
        Changes(target);
        Say(new HlslLine($"for (uint {at} = 0u; {at} < {module.Integer(module.Pointee(target).Args[1])}u; {at}++) {nameOf[target]}[{at}] = {v.Text};"), [target, .. v.Reads]);
    }

    // ---- what threads share ----
    bool IsShared(uint variable) => module.Definitions[variable].Op == SpirvOp.Variable && module.StorageOf(variable) is SpirvStorage.StorageBuffer or SpirvStorage.Workgroup
        && !module.Has(variable, SpirvDecoration.NonWritable);

    void Barrier(SpirvLine line)
    {
        uint semantics = module.Integer(line.Args[2]);
        if (module.Integer(line.Args[0]) != (uint)SpirvScope.Workgroup) throw Unknown("A barrier beyond the group");
        bool arrays = (semantics & SpirvSemantics.UniformMemory) != 0;
        Flush(v => v.Reads.Any(IsShared));
        Say(new HlslLine(arrays ? "AllMemoryBarrierWithGroupSync();" : "GroupMemoryBarrierWithGroupSync();"), []);
    }

    void Atomic(SpirvLine line)
    {
        if (module.Integer(line.Args[2]) != SpirvSemantics.Relaxed) throw Unknown("An atomic operation that orders others");
        var operands = line.Args.Skip(line.Op == SpirvOp.AtomicCompareExchange ? 4 : 3).Select(id => Plain(id)).ToList();
        var reads = new HashSet<uint>(operands.SelectMany(o => o.Reads));
        made = new("", 0);
        var (text, variable) = Target(line.Args[0]);
        reads.UnionWith(made.Reads);
        foreach (uint other in Aliases(variable)) Changes(other);
        bool signed = signedMemory.Contains(variable);
        string function = line.Op switch
        {
            SpirvOp.AtomicLoad or SpirvOp.AtomicOr => "Or",
            SpirvOp.AtomicExchange => "Exchange",
            SpirvOp.AtomicCompareExchange => "CompareExchange",
            SpirvOp.AtomicIAdd => "Add",
            SpirvOp.AtomicSMin or SpirvOp.AtomicUMin => "Min",
            SpirvOp.AtomicSMax or SpirvOp.AtomicUMax => "Max",
            SpirvOp.AtomicAnd => "And",
            SpirvOp.AtomicXor => "Xor",
            _ => throw Unknown($"The instruction {line.Op}"),
        };
        if (signed && line.Op is SpirvOp.AtomicUMin or SpirvOp.AtomicUMax) throw Unknown("An array with signed and unsigned minima or maxima");
        operands.Reverse(); // of a compare and exchange: HLSL compares first
        var args = line.Op == SpirvOp.AtomicLoad ? ["0u"] : operands.Select(o => o.Text).ToList();
        if (signed) args = [.. args.Select(x => $"int({x})")];
        int uses = module.UsesOf(line.Id);
        if (uses > 0 || line.Op is SpirvOp.AtomicExchange or SpirvOp.AtomicCompareExchange or SpirvOp.AtomicLoad)
        {
            string old = names.Take("old");
            Say(new HlslLine($"{(signed ? "int" : "uint")} {old};"), []);
            args.Add(old);
            values[line.Id] = new(signed ? $"uint({old})" : old, line.Type) { Trivial = true, Left = uses };
        }
        Say(new HlslLine($"Interlocked{function}({text}, {string.Join(", ", args)});"), reads);
    }
}
