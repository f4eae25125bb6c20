using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Targets.Gpu;

/// Prints a kernel as a Vulkan compute shader: structured IR (inlined, before strip-mining and masks) to SPIR-V words.
///
/// What a host may rely on (GpuKernelLayout says it in data):
/// - The entry point is "main". Descriptor set 0, binding k is a storage buffer with the k-th array parameter. If an access is checked, one more binding follows: one U32 for error bits.
/// - Push constants, each at its natural alignment: in the order of the parameters, a value parameter's value (Bool as I32), `x.Length` (I32) of an array or `x.Rows`, `x.Columns`
///   (I32), `x.Stride` (I64) of a View2, and for a [Block] parameter the number of blocks along its axis, `row.Grid` (I32). Then `grid` (I32), the number of groups.
/// - Groups are numbered x + 65535 * y; a group of a number from `grid` on does nothing. A group is a block; in a kernel with one invocation an element it is ElementsAGroup elements.
/// - The checks of Bounds are the host's, before the dispatch, as on a CPU.
///
/// Lanes are the threads of a group: iteration i of a lane loop is thread (i - begin) mod L's, L = the group's size, so that the result is Interpret(IR, L) but for what Vulkan leaves open
/// (division within 2.5 ULP, subnormals flushed or not, MulAdd here always unfused). Uniform code is run by every thread, each with locals of its own that hold equal values; its stores are
/// thread 0's. Barriers stand where a buffer or shared array is touched again (Traffic). Reductions and votes have two forms of the same bits (GpuForm). No thread leaves early: what does not exist is branched around, and barriers stand in uniform control flow.
/// NoContraction is on all float arithmetic, and NaN, infinities and signed zeros are asked to be kept (SPV_KHR_float_controls; a device property).
///
/// Values: integers are unsigned in SPIR-V's types, the instruction knows the sign; memory types below 32 bits are their bits in a U32.
/// What has no form yet is a GpuRefusal.
sealed partial class SpirvEmitter
{
    sealed class Refused(string reason) : Exception(reason);

    const int DefaultGroupSize = 256;
    readonly Function f;
    readonly bool elements;
    readonly int size;
    readonly SpirvModule module = new();
    readonly Dictionary<string, (uint Id, ScalarType Type)> locals = [];
    readonly List<GpuPushConstant> push = [];
    readonly uint boolean, word, thread, group;
    string scope = "";   // before the names of a combine's locals
    bool inLanes;
    int pushBytes, sharedBytes, lanesSeen;

    /// <param name="f">After the scalar passes.</param>
    /// <param name="elements">The kernel was an element kernel: each invocation does one iteration of its lane loop.</param>
    /// <param name="form">How reductions and votes are made.</param>
    public static (GpuModule? Module, GpuRefusal? Refusal) Emit(Function f, bool elements, GpuForm form = GpuForm.Tree)
    {
        try
        {
            return (new SpirvEmitter(LowerDispatch.Run(f), elements, form).Emit(), null);
        }
        catch (Refused e) { return (null, new(f.Name, e.Message)); }
    }

    SpirvEmitter(Function f, bool elements, GpuForm form)
    {
        (this.f, this.elements, this.form) = (f, elements, form);
        size = f.Schedule.Lanes > 0 ? f.Schedule.Lanes : f.Schedule.Threads > 0 ? f.Schedule.Threads : f.Body.Statements().Any(s => s is IR.LaneLoop) ? DefaultGroupSize : 1;
        if (size > GpuKernelLayout.MaxLocalSize) throw new Refused($"[Lanes({size})] asks for more than the {GpuKernelLayout.MaxLocalSize} threads of a group.");
        module.Require(SpirvCapability.Shader);
        module.Mode(SpirvMode.LocalSize, (uint)size, 1, 1);
        boolean = module.Type(SpirvOp.TypeBool);
        word = module.Type(SpirvOp.TypeInt, 32, 0);
        uint three = module.Type(SpirvOp.TypeVector, word, 3);
        uint groupId = module.GlobalVariable(SpirvStorage.Input, three), threadId = module.GlobalVariable(SpirvStorage.Input, word);
        module.Decorate(groupId, SpirvDecoration.BuiltIn, (uint)SpirvBuiltIn.WorkgroupId);
        module.Decorate(threadId, SpirvDecoration.BuiltIn, (uint)SpirvBuiltIn.LocalInvocationIndex);
        thread = module.Make(SpirvOp.Load, word, threadId);
        uint id = module.Make(SpirvOp.Load, three, groupId);
        uint x = module.Make(SpirvOp.CompositeExtract, word, id, 0), y = module.Make(SpirvOp.CompositeExtract, word, id, 1);
        group = module.Make(SpirvOp.IAdd, word, x, module.Make(SpirvOp.IMul, word, y, Word(GpuKernelLayout.MaxGroupsX)));
    }

    GpuModule Emit()
    {
        if (f.Results.Count > 0) throw new Refused("A kernel with results, which is no element kernel.");
        if (elements) CheckElements();
        Survey(f.Body);
        BindArrays();
        uint grid = Push();
        IfThen(Compare(SpirvOp.ULessThan, group, grid), () => Body(f.Body));
        module.Do(SpirvOp.Return);
        FinishMemory();
        var bindings = arrayParameters.Select(p => new GpuBinding(p.Buffer.Name, p.Buffer.Element, p.Access)).ToSequence();
        return new(new(module.ToWords()), new(bindings, push.ToSequence(), pushBytes, size, sharedBytes, elements ? size : 0, errors == 0 ? -1 : bindings.Count, float64, int64, waves ? LeastWave : 0));
    }

    /// One iteration an invocation leaves no place for uniform code that acts, or for lanes that meet.
    void CheckElements()
    {
        if (f.Body.Statements().Count(s => s is IR.LaneLoop) != 1) throw new Refused("An element kernel of other than one lane loop.");
        if (f.Parameters.Any(p => p is ValueParameter { Role: ParameterRole.BlockIndex })) throw new Refused("An element kernel with a block index.");
        var written = Uses(f.Body, false).Where(u => u.Write).Select(u => Class(u.Buffer)).ToList();
        CheckElements(f.Body, written);
    }

    void CheckElements(Sequence<Stmt> body, List<string> written)
    {
        foreach (var s in body)
        {
            if (s is not (Assign or If or IR.LaneLoop or Block or IR.Leave)) throw new Refused($"{s.GetType().Name} outside the lane loop of an element kernel.");
            if (s.Expressions().SelectMany(e => e.Tree()).Any(e => e is Apply { Op: Op.Any or Op.All } || e is Load l && written.Contains(Class(l.Buffer))))
                throw new Refused("Uniform code of an element kernel that depends on what its lanes do.");
            if (s is not IR.LaneLoop) foreach (var inner in s.Bodies()) CheckElements(inner, written);
        }
    }

    // ---- parameters ----

    /// Declares the push constants, and gives their values to the locals of the same names. Returns the number of groups.
    uint Push()
    {
        int at = 0;
        void Add(string name, ScalarType type)
        {
            int bytes = type == ScalarType.Bool ? 4 : type.Bytes();
            at = (at + bytes - 1) / bytes * bytes;
            push.Add(new(name, type, at));
            at += bytes;
        }
        foreach (var p in f.Parameters)
            switch (p)
            {
                case ValueParameter { Role: ParameterRole.BlockIndex } v: Add(v.Local.Name + ".Grid", ScalarType.I32); break;
                case ValueParameter v: Add(v.Local.Name, v.Local.Type); break;
                case BufferParameter { View2: true } b:
                    Add(b.Buffer.Name + ".Rows", ScalarType.I32);
                    Add(b.Buffer.Name + ".Columns", ScalarType.I32);
                    Add(b.Buffer.Name + ".Stride", ScalarType.I64);
                    break;
                case BufferParameter b: Add(b.Buffer.Name + ".Length", ScalarType.I32); break;
            }
        Add("grid", ScalarType.I32);
        pushBytes = at;
        if (pushBytes > GpuKernelLayout.MaxPushBytes) throw new Refused($"Its scalars and lengths take {pushBytes} bytes of push constants; devices need to have no more than {GpuKernelLayout.MaxPushBytes}.");
        uint block = module.NewStruct([.. push.Select(c => MemoryType(c.Type))]);
        module.Decorate(block, SpirvDecoration.Block);
        for (int k = 0; k < push.Count; k++) module.DecorateMember(block, (uint)k, SpirvDecoration.Offset, (uint)push[k].Offset);
        uint variable = module.GlobalVariable(SpirvStorage.PushConstant, block);
        module.Name(variable, "push");
        uint Get(int k)
        {
            uint type = MemoryType(push[k].Type);
            uint value = module.Make(SpirvOp.Load, type, module.Make(SpirvOp.AccessChain, module.Pointer(SpirvStorage.PushConstant, type), variable, Word((uint)k)));
            return push[k].Type == ScalarType.Bool ? Compare(SpirvOp.INotEqual, value, Word(0)) : value;
        }
        uint Named(string name) => Get(push.FindIndex(c => c.Name == name));
        for (int k = 0; k < push.Count - 1; k++)
            if (used.Contains(push[k].Name)) Set(new(push[k].Name, push[k].Type), Get(k));
        // Checked accesses ask for lengths that the kernel does not mention.
        uint rest = group;
        var axes = f.Parameters.OfType<ValueParameter>().Where(v => v.Role == ParameterRole.BlockIndex).Reverse().ToList();
        foreach (var axis in axes)
        {
            bool last = axis == axes[axes.Count - 1];
            uint count = last ? 0 : Named(axis.Local.Name + ".Grid");
            Set(axis.Local, last ? rest : module.Make(SpirvOp.UMod, word, rest, count));
            if (!last) rest = module.Make(SpirvOp.UDiv, word, rest, count);
        }
        pushed = Named;
        uint grid = Named("grid");
        hidden = module.Make(SpirvOp.ShiftRightLogical, word, grid, Word(31));
        return grid;
    }

    Func<string, uint> pushed = _ => 0;   // loads a push constant by its name
    uint hidden;                          // 0: the sign of `grid`

    // ---- types and constants ----
    bool float64, int64;

    /// Of a value in a register.
    uint TypeOf(ScalarType type) => type switch
    {
        ScalarType.Bool => boolean,
        ScalarType.F32 => module.Type(SpirvOp.TypeFloat, 32),
        ScalarType.F64 => Double(),
        ScalarType.I64 or ScalarType.U64 => Long(),
        _ => word,
    };

    uint MemoryType(ScalarType type) => type == ScalarType.Bool ? word : TypeOf(type);

    uint Double()
    {
        float64 = true;
        module.Require(SpirvCapability.Float64);
        return module.Type(SpirvOp.TypeFloat, 64);
    }

    uint Long()
    {
        int64 = true;
        module.Require(SpirvCapability.Int64);
        return module.Type(SpirvOp.TypeInt, 64, 0);
    }

    uint Word(uint value) => module.Constant(SpirvOp.Constant, word, value);

    uint Constant(ScalarType type, ulong bits) => type switch
    {
        ScalarType.Bool => module.Constant(bits != 0 ? SpirvOp.ConstantTrue : SpirvOp.ConstantFalse, boolean),
        ScalarType.I64 or ScalarType.U64 or ScalarType.F64 => module.Constant(SpirvOp.Constant, TypeOf(type), (uint)bits, (uint)(bits >> 32)),
        _ => module.Constant(SpirvOp.Constant, TypeOf(type), (uint)bits),
    };

    /// A constant of F32 or F64 that both have exactly.
    uint Float(ScalarType type, double value) => Constant(type, type == ScalarType.F64 ? SoftFloat.Bits(value) : SoftFloat.Bits((float)value));

    // ---- locals ----
    uint Variable(Local local)
    {
        string name = scope + local.Name;
        if (locals.TryGetValue(name, out var known)) return known.Id;
        uint id = module.LocalVariable(TypeOf(local.Type));
        module.Name(id, name);
        locals[name] = (id, local.Type);
        return id;
    }

    void Set(Local local, uint value) => module.Do(SpirvOp.Store, Variable(local), value);
    uint Get(Local local) => module.Make(SpirvOp.Load, TypeOf(local.Type), Variable(local));

    readonly HashSet<string> used = [], left = [], crossed = [];

    /// What stands anywhere: the locals that are read, the labels that are left, and those left from inside another loop.
    void Survey(Sequence<Stmt> body)
    {
        foreach (var s in body.Statements())
        {
            foreach (var e in s.Expressions()) foreach (var x in e.Tree()) if (x is Use u) used.Add(u.Local.Name);
            if (s is IR.Reduce r)
            {
                foreach (var v in r.Values) used.Add(v.Name);
                Survey(r.Combine.Body);
            }
            if (s is IR.Leave l) left.Add(l.Label);
        }
        Crossings(body, null);
    }

    void Crossings(Sequence<Stmt> body, string? innermost)
    {
        foreach (var s in body)
        {
            if (s is IR.Leave l && l.Label != innermost) crossed.Add(l.Label);
            string? inner = s switch
            {
                IR.For x => x.Label,
                Loop x => x.Label,
                IR.ChunkLoop x => x.Label,
                IR.LaneLoop => "",
                Block x when left.Contains(x.Label) => x.Label,
                _ => innermost,
            };
            foreach (var b in s.Bodies()) Crossings(b, inner);
        }
    }
}
