using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// Reductions and votes of the wave form: each wave (a subgroup, whose lanes exchange values without memory) makes all of the result for itself, from what every thread has put into
/// groupshared memory, behind one barrier. The result has the bits of the tree form. Waves are full and have W threads, a power of two that divides L and is known at run time only; which threads
/// of the group are a wave does not matter.
///
/// Reuse of the memory. A reduction's reads end before its thread comes to the next barrier. So the next reduction, which writes before its barrier, must write elsewhere, and the one behind that
/// may write to the first place again: all threads have passed the barrier between. Hence two places, each a class of memory of its own for Traffic, which knows whether a place may still be read. Only
/// where both may (the next trip of a loop, behind branches) a barrier stands before the write, too.
sealed partial class SpirvEmitter
{
    /// The least threads of a wave that the form is written for. The stack below has log2(L / LeastWave) places.
    const int LeastWave = 4;

    readonly GpuForm form;
    bool waves;             // a module that needs full waves

    /// The place of the two that may be written.
    string Free(string memory)
    {
        waves = true;
        if (!traffic.Touches(memory)) return memory;
        if (!traffic.Touches(memory + Other)) return memory + Other;
        Barrier();
        return memory;
    }

    uint BuiltIn(SpirvBuiltIn which)
    {
        module.Require(SpirvCapability.GroupNonUniform);
        if (!builtIns.TryGetValue(which, out uint variable))
        {
            builtIns[which] = variable = module.GlobalVariable(SpirvStorage.Input, word);
            module.Decorate(variable, SpirvDecoration.BuiltIn, (uint)which);
        }
        return module.Make(SpirvOp.Load, word, variable);
    }

    readonly Dictionary<SpirvBuiltIn, uint> builtIns = [];

    uint[] WaveReduce(Reduce r, uint[] values)
    {
        var types = r.Values.Select(v => v.Type).ToArray();
        string place = Free(Partials);
        var shared = new Slots(this, types, place);
        shared.Put(thread, values);
        Barrier();
        uint lane = BuiltIn(SpirvBuiltIn.SubgroupLocalInvocationId), width = BuiltIn(SpirvBuiltIn.SubgroupSize);
        uint[] x = Variables(types);
        Halve(r.Combine, types, x, shared, lane, module.Make(SpirvOp.UDiv, word, Word((uint)size), width));
        traffic.Read.Add(place);

        // The steps within the wave. Only lane 0 is sure to have the tree's result, so all take it from there.
        uint half = module.LocalVariable(word), mask = module.Make(SpirvOp.ISub, word, width, Word(1));
        uint Half() => module.Make(SpirvOp.Load, word, half);
        module.Do(SpirvOp.Store, half, Shift(SpirvOp.ShiftRightLogical, width, 1));
        Repeat(null, () => Compare(SpirvOp.INotEqual, Half(), Word(0)), () =>
        {
            uint other = module.Make(SpirvOp.BitwiseAnd, word, module.Make(SpirvOp.IAdd, word, lane, Half()), mask);
            uint[] mine = Values(types, x);
            Keep(x, Combined(r.Combine, mine, Shuffled(types, mine, other)));
        }, () => module.Do(SpirvOp.Store, half, Shift(SpirvOp.ShiftRightLogical, Half(), 1)));
        return Shuffled(types, Values(types, x), Word(0));
    }

    /// x = what the steps h = L/2 … W leave at v[lane]: of v[lane + j W], j < waves, a tree by halving over j. Its leaves from left to right are the j with their bits reversed, and j W with
    /// j = the reverse of k in log2(L/W) bits is the reverse of k in log2 L bits. They come one after the other; a left subtree waits on a stack, at its height, for the right one.
    void Halve(Function combine, ScalarType[] types, uint[] x, Slots shared, uint lane, uint waves)
    {
        int bits = 31 - Operations.LeadingZeros((uint)size, 32);
        var stack = new uint[Math.Max(0, bits - (31 - Operations.LeadingZeros(LeastWave, 32)))][];
        for (int h = 0; h < stack.Length; h++) stack[h] = Variables(types);
        uint at = module.LocalVariable(word);
        uint Leaf() => module.Make(SpirvOp.Load, word, at);
        module.Do(SpirvOp.Store, at, Word(0));
        Repeat(null, () => Compare(SpirvOp.ULessThan, Leaf(), waves), () =>
        {
            uint offset = Shift(SpirvOp.ShiftRightLogical, module.Make(SpirvOp.BitReverse, word, Leaf()), (uint)(32 - bits));
            Keep(x, shared.Fetch(module.Make(SpirvOp.IAdd, word, lane, offset)));
            Climb(0);
        }, () => module.Do(SpirvOp.Store, at, module.Make(SpirvOp.IAdd, word, Leaf(), Word(1))));

        void Climb(int height)
        {
            if (height == stack.Length) return;
            uint isRight = Compare(SpirvOp.INotEqual, And(Leaf(), 1u << height), Word(0));
            IfThen(isRight, () =>
            {
                Keep(x, Combined(combine, Values(types, stack[height]), Values(types, x)));
                Climb(height + 1);
            }, () => Keep(stack[height], Values(types, x)));
        }
    }

    uint[] Variables(ScalarType[] types) => [.. types.Select(t => module.LocalVariable(TypeOf(t)))];
    uint[] Values(ScalarType[] types, uint[] variables) => [.. types.Zip(variables, (t, v) => module.Make(SpirvOp.Load, TypeOf(t), v))];

    void Keep(uint[] variables, uint[] values)
    {
        for (int k = 0; k < values.Length; k++) module.Do(SpirvOp.Store, variables[k], values[k]);
    }

    /// The values of another lane, as words: 64-bit integers would need a feature of their own.
    uint[] Shuffled(ScalarType[] types, uint[] values, uint lane)
    {
        module.Require(SpirvCapability.GroupNonUniformShuffle);
        uint From(uint type, uint value) => module.Make(SpirvOp.GroupNonUniformShuffle, type, Word((uint)SpirvScope.Subgroup), value, lane);
        return [.. types.Zip(values, (t, v) => t switch
        {
            _ when t.Width() == 64 => module.Make(SpirvOp.Bitcast, TypeOf(t), From(Pair, module.Make(SpirvOp.Bitcast, Pair, v))),
            ScalarType.F32 => Bits(ScalarType.U32, t, From(word, Bits(t, ScalarType.U32, v))),
            _ => FromMemory(t, From(word, ToMemory(t, v))),
        })];
    }

    /// One word a wave; each wave looks at all of them.
    uint WaveAny(uint raise)
    {
        string place = Free(Flag);
        module.Require(SpirvCapability.GroupNonUniformVote);
        int most = Math.Max(1, size / LeastWave);
        if (!flags.TryGetValue(place, out uint all)) flags[place] = all = GroupShared(module.Type(SpirvOp.TypeArray, word, Word((uint)most)), most, ScalarType.U32);
        uint Any(uint condition) => module.Make(SpirvOp.GroupNonUniformAny, boolean, Word((uint)SpirvScope.Subgroup), condition);
        uint Place(uint wave) => module.Make(SpirvOp.AccessChain, module.Pointer(SpirvStorage.Workgroup, word), all, wave);

        uint lane = BuiltIn(SpirvBuiltIn.SubgroupLocalInvocationId), width = BuiltIn(SpirvBuiltIn.SubgroupSize), vote = ToMemory(ScalarType.Bool, Any(raise)), wave = BuiltIn(SpirvBuiltIn.SubgroupId);
        IfThen(Compare(SpirvOp.IEqual, lane, Word(0)), () => module.Do(SpirvOp.Store, Place(wave), vote));
        Barrier();
        uint waves = module.Make(SpirvOp.UDiv, word, Word((uint)size), width), at = module.LocalVariable(word), seen = module.LocalVariable(word);
        uint Here() => module.Make(SpirvOp.Load, word, at);
        module.Do(SpirvOp.Store, at, lane);
        module.Do(SpirvOp.Store, seen, Word(0));
        Repeat(null, () => Compare(SpirvOp.ULessThan, Here(), waves),
            () => module.Do(SpirvOp.Store, seen, module.Make(SpirvOp.BitwiseOr, word, module.Make(SpirvOp.Load, word, seen), module.Make(SpirvOp.Load, word, Place(Here())))),
            () => module.Do(SpirvOp.Store, at, module.Make(SpirvOp.IAdd, word, Here(), width)));
        traffic.Read.Add(place);
        return Any(Compare(SpirvOp.INotEqual, module.Make(SpirvOp.Load, word, seen), Word(0)));
    }

    readonly Dictionary<string, uint> flags = [];
}
