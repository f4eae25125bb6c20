namespace Kernels.Generators.Targets.Gpu;

/// Values: instructions become expressions, expressions statements.
sealed partial class HlslPrinter
{
    const int LongestLine = 120;

    readonly Dictionary<uint, HlslValue> values = [];
    readonly List<HlslValue> pending = [];
    readonly HashSet<uint> exactLocals = [];   // variables that float operations end in
    HlslValue made = new("", 0);               // what the instruction at hand adds up: reads, exactness

    /// A value that this instruction uses, for an expression.
    HlslValue Use(uint id)
    {
        if (IsConstant(id)) return Literal(id);
        var v = values.TryGetValue(id, out var known) ? known : throw Unknown($"The operand {module.Definitions[id].Op}");
        v.Left--;
        if (v.Left <= 0) pending.Remove(v);
        made.Reads.UnionWith(v.Reads);
        made.Exact |= v.Exact;
        return v;
    }

    string Text(uint id, int level = HlslValue.Conditional) => Use(id).At(level);

    /// A value for a statement that is no assignment to a variable: a float operation in it gets a `precise` variable first.
    HlslValue Plain(uint id)
    {
        made = new("", 0);
        var v = Use(id);
        return v.Exact ? Named(v) : v;
    }

    /// The value in a variable of its own.
    HlslValue Named(HlslValue v, string? type = null)
    {
        string name = names.Take("t");
        bool precise = v.Exact || IsFloat(v.Type);
        Say(new HlslLine($"{(precise ? "precise " : "")}{type ?? Type(v.Type)} {name} = {v.Text};"), v.Reads);
        (v.Text, v.Level, v.Reads, v.Exact, v.Trivial, v.Bits) = (name, 0, [], false, true, null);
        pending.Remove(v);
        return v;
    }

    /// Prints what is still to be used and reads what is about to change, or would have to be printed elsewhere.
    void Flush(Func<HlslValue, bool> which)
    {
        foreach (var v in pending.Where(v => v.Left > 0 && which(v)).ToList()) Named(v);
    }

    void Changes(uint variable) => Flush(v => v.Reads.Contains(variable));

    void Define(SpirvLine line, HlslValue v)
    {
        v.Left = module.UsesOf(line.Id);
        if (v.Left == 0) return;
        values[line.Id] = v;
        if (v.Trivial && v.Reads.Count == 0) return;
        if (!v.Trivial && (v.Left > 1 || v.Text.Length > LongestLine) && module.Definitions[line.Type].Op != SpirvOp.TypeVector) Named(v);
        else pending.Add(v);
    }

    void Do(SpirvLine line)
    {
        switch (line.Op)
        {
            case SpirvOp.Store: Store(line); return;
            case SpirvOp.Load: Load(line); return;
            case SpirvOp.AccessChain: AccessChain(line); return;
            case SpirvOp.ControlBarrier: Barrier(line); return;
            case >= SpirvOp.AtomicLoad and <= SpirvOp.AtomicXor: Atomic(line); return;
        }
        if (module.UsesOf(line.Id) == 0)
        {
            // Its operands are not used either, then; what has effects was above.
            foreach (uint id in line.Op == SpirvOp.ExtInst ? line.Args.Skip(2) : line.Op == SpirvOp.CompositeExtract ? line.Args.Take(1) : line.Args)
                if (values.ContainsKey(id)) Use(id);
            return;
        }
        if (line.Op == SpirvOp.CompositeConstruct && module.Definitions[line.Type].Op == SpirvOp.TypeArray)
        {
            Elements(line);
            return;
        }
        made = new("", 0);
        bool wave = line.Op is SpirvOp.GroupNonUniformAny or SpirvOp.GroupNonUniformShuffle;
        var (text, level) = wave ? Wave(line) : Expression(line);
        var v = new HlslValue(text, line.Type, level) { Reads = made.Reads, Exact = made.Exact, Bits = made.Bits };
        // The lanes that a wave operation meets are those of the place where it stands.
        if (wave)
        {
            v.Left = module.UsesOf(line.Id);
            values[line.Id] = Named(v);
        }
        else Define(line, v);
    }

    (string, int) Wave(SpirvLine line)
    {
        string value = Text(line.Args[1]);
        return (line.Op == SpirvOp.GroupNonUniformShuffle ? $"WaveReadLaneAt({value}, {Text(line.Args[2])})" : $"WaveActiveAnyTrue({value})", 0);
    }

    (string Text, int Level) Binary(SpirvLine line, string op, int level, bool chains = false)
    {
        string a = Text(line.Args[0], chains ? level : level - 1), b = Text(line.Args[1], level - 1);
        return ($"{a} {op} {b}", level);
    }

    /// Of bits: operands of other operators in parentheses, as compilers ask for.
    (string, int) Bitwise(SpirvLine line, string op, int level)
    {
        HlslValue a = Use(line.Args[0]), b = Use(line.Args[1]);
        string Part(HlslValue v) => v.At(v.Level == level ? level : HlslValue.Unary);
        return ($"{Part(a)} {op} {b.At(HlslValue.Unary)}", level);
    }

    /// && and || branch, and DXC loses `precise` behind a branch: with float comparisons in it the functions that do not.
    (string, int) Logical(SpirvLine line, string op, string function, int level)
    {
        HlslValue a = Use(line.Args[0]), b = Use(line.Args[1]);
        return made.Exact ? ($"{function}({a.Text}, {b.Text})", 0) : ($"{a.At(a.Level == level ? level : HlslValue.Unary)} {op} {b.At(HlslValue.Unary)}", level);
    }

    /// The float operations: these and what they make must not be changed.
    (string, int) Exact((string, int) expression)
    {
        made.Exact = true;
        return expression;
    }

    (string, int) Arithmetic(SpirvLine line, string op, int level) => Binary(line, op, level, chains: true);

    (string, int) Call(string function, params uint[] args) => ($"{function}({string.Join(", ", args.Select(a => Text(a)))})", 0);

    bool IsZero(uint id) => module.Definitions[id] is { Op: SpirvOp.Constant } c && c.Args.All(w => w == 0);

    (string, int) Same(uint id)
    {
        var v = Use(id);
        return (v.Text, v.Level);
    }

    string Int(uint type) => IsWide(type) ? "int64_t" : "int";

    /// An operand as a signed integer.
    string Signed(uint id)
    {
        uint type = module.Definitions[id].Type;
        if (module.Definitions[id] is { Op: SpirvOp.Constant } c)
        {
            long value = IsWide(type) ? (long)(c.Args[0] | (ulong)c.Args[1] << 32) : (int)c.Args[0];
            if (value is > int.MinValue and <= int.MaxValue) return value < 0 ? $"({value})" : $"{value}";
        }
        return $"{Int(type)}({Text(id)})";
    }

    (string, int) SignedCompare(SpirvLine line, string op) => ($"{Signed(line.Args[0])} {op} {Signed(line.Args[1])}", HlslValue.Relational);

    (string, int) Compare(SpirvLine line, string op, int level = HlslValue.Relational) => ($"{Text(line.Args[0], HlslValue.Add)} {op} {Text(line.Args[1], HlslValue.Add)}", level);

    (string, int) ShiftBy(SpirvLine line, string op)
    {
        uint by = line.Args[1];
        string count = IsWide(line.Type) == IsWide(module.Definitions[by].Type) ? Text(by, HlslValue.Unary) : $"{Type(line.Type)}({Text(by)})";
        return op == "asr" ? ($"{Type(line.Type)}({Int(line.Type)}({Text(line.Args[0])}) >> {(module.Definitions[by].Op == SpirvOp.Constant ? Signed(by) : $"{Int(line.Type)}({Text(by)})")})", 0)
            : ($"{Text(line.Args[0], HlslValue.Unary)} {op} {count}", HlslValue.Shift);
    }

    (string Text, int Level) Expression(SpirvLine line)
    {
        var a = line.Args;
        string type = Type(line.Type);
        switch (line.Op)
        {
            case SpirvOp.CompositeExtract: return ($"{Text(a[0], 0)}.{"xyzw"[(int)a[1]]}", 0);
            case SpirvOp.CompositeConstruct: return Call(type, a);
            case SpirvOp.ConvertFToU: return Call(type, a);
            case SpirvOp.ConvertFToS: return ($"{type}({Int(line.Type)}({Text(a[0])}))", 0);
            case SpirvOp.ConvertSToF: return ($"{type}({Signed(a[0])})", 0);
            case SpirvOp.ConvertUToF or SpirvOp.FConvert or SpirvOp.UConvert: return Call(type, a);
            case SpirvOp.SConvert: return ($"{type}({Int(line.Type)}({Signed(a[0])}))", 0);
            case SpirvOp.Bitcast: return Bitcast(line);
            case SpirvOp.FNegate: return Exact(($"-{Text(a[0], 0)}", HlslValue.Unary));
            case SpirvOp.FAdd: return Exact(Arithmetic(line, "+", HlslValue.Add));
            case SpirvOp.FSub: return Exact(Arithmetic(line, "-", HlslValue.Add));
            case SpirvOp.FMul: return Exact(Arithmetic(line, "*", HlslValue.Multiply));
            case SpirvOp.FDiv: return Exact(Arithmetic(line, "/", HlslValue.Multiply));
            case SpirvOp.IAdd when IsZero(a[0]): return Same(a[1]);
            case SpirvOp.IAdd or SpirvOp.ISub when IsZero(a[1]): return Same(a[0]);
            case SpirvOp.IAdd: return Arithmetic(line, "+", HlslValue.Add);
            case SpirvOp.ISub: return Arithmetic(line, "-", HlslValue.Add);
            case SpirvOp.IMul: return Arithmetic(line, "*", HlslValue.Multiply);
            case SpirvOp.UDiv: return Arithmetic(line, "/", HlslValue.Multiply);
            case SpirvOp.UMod: return Arithmetic(line, "%", HlslValue.Multiply);
            case SpirvOp.SDiv: return ($"{type}({Signed(a[0])} / {Signed(a[1])})", 0);
            case SpirvOp.SRem:
                called.Add(HlslFunctions.Remainder);
                string Whole(uint id) => module.Definitions[id].Op == SpirvOp.Constant ? $"{Int(line.Type)}({Signed(id)})" : Signed(id);
                return ($"{type}({HlslFunctions.Remainder}({Whole(a[0])}, {Whole(a[1])}))", 0);
            case SpirvOp.LogicalEqual or SpirvOp.IEqual: return Compare(line, "==", HlslValue.Equality);
            case SpirvOp.LogicalNotEqual or SpirvOp.INotEqual: return Compare(line, "!=", HlslValue.Equality);
            case SpirvOp.LogicalOr: return Logical(line, "||", "or", HlslValue.LogicalOr);
            case SpirvOp.LogicalAnd: return Logical(line, "&&", "and", HlslValue.LogicalAnd);
            case SpirvOp.LogicalNot:
                string opposite = Not(Use(a[0]));
                return (opposite, opposite[0] == '!' ? HlslValue.Unary : HlslValue.Conditional);
            case SpirvOp.Select: return ($"{Text(a[0], HlslValue.LogicalOr)} ? {Text(a[1], HlslValue.LogicalOr)} : {Text(a[2], HlslValue.LogicalOr)}", HlslValue.Conditional);
            case SpirvOp.UGreaterThan: return Compare(line, ">");
            case SpirvOp.UGreaterThanEqual: return Compare(line, ">=");
            case SpirvOp.ULessThan: return Compare(line, "<");
            case SpirvOp.ULessThanEqual: return Compare(line, "<=");
            case SpirvOp.SGreaterThan: return SignedCompare(line, ">");
            case SpirvOp.SGreaterThanEqual: return SignedCompare(line, ">=");
            case SpirvOp.SLessThan: return SignedCompare(line, "<");
            case SpirvOp.SLessThanEqual: return SignedCompare(line, "<=");
            // HLSL's are ordered, != unordered.
            case SpirvOp.FOrdEqual: return Exact(Compare(line, "==", HlslValue.Equality));
            case SpirvOp.FUnordNotEqual: return Exact(Compare(line, "!=", HlslValue.Equality));
            case SpirvOp.FOrdLessThan: return Exact(Compare(line, "<"));
            case SpirvOp.FOrdLessThanEqual: return Exact(Compare(line, "<="));
            case SpirvOp.FOrdGreaterThan: return Exact(Compare(line, ">"));
            case SpirvOp.FOrdGreaterThanEqual: return Exact(Compare(line, ">="));
            case SpirvOp.ShiftLeftLogical: return ShiftBy(line, "<<");
            case SpirvOp.ShiftRightLogical: return ShiftBy(line, ">>");
            case SpirvOp.ShiftRightArithmetic: return ShiftBy(line, "asr");
            case SpirvOp.BitwiseOr: return Bitwise(line, "|", HlslValue.Or);
            case SpirvOp.BitwiseXor: return Bitwise(line, "^", HlslValue.Xor);
            case SpirvOp.BitwiseAnd when a.All(id => module.Definitions[id].Op == SpirvOp.Constant) && !IsWide(line.Type): return ($"{module.Integer(a[0]) & module.Integer(a[1])}u", 0); // counts of shifts
            case SpirvOp.BitwiseAnd: return Bitwise(line, "&", HlslValue.And);
            case SpirvOp.Not: return ($"~{Text(a[0], 0)}", HlslValue.Unary);
            case SpirvOp.BitReverse: return Call("reversebits", a);
            case SpirvOp.BitCount: return Call("countbits", a);
            case SpirvOp.ExtInst: return Extended((GlslOp)a[1], line);
            default: throw Unknown($"The instruction {line.Op}");
        }
    }
}
