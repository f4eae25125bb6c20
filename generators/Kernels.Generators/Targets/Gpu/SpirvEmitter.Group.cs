using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Targets.Gpu;

/// Where the threads of a group meet: barriers, reductions, votes.
sealed partial class SpirvEmitter
{
    /// What the group has touched since its last barrier, by class of memory. Lanes: written by the lanes of a lane loop; Solo: by thread 0, in uniform code.
    sealed class Traffic
    {
        public HashSet<string> Read { get; } = [];
        public HashSet<string> Lanes { get; } = [];
        public HashSet<string> Solo { get; } = [];

        public bool Written(string c) => Lanes.Contains(c) || Solo.Contains(c);
        public bool Touches(string c) => Read.Contains(c) || Written(c);

        public void Add(Traffic other)
        {
            Read.UnionWith(other.Read);
            Lanes.UnionWith(other.Lanes);
            Solo.UnionWith(other.Solo);
        }

        public Traffic Copy()
        {
            var copy = new Traffic();
            copy.Add(this);
            return copy;
        }
    }

    const string Partials = "$partials", Flag = "$flag", Other = "$other"; // classes of the reductions' arrays and of the votes; Other: behind the name, of the wave form's second place
    Traffic traffic = new();
    readonly HashSet<string> coherent = [];
    HashSet<string> atomic = [];                 // classes that the current lane loop changes atomically: its loads of them are atomic too

    void Barrier()
    {
        module.Do(SpirvOp.ControlBarrier, Word((uint)SpirvScope.Workgroup), Word((uint)SpirvScope.Workgroup),
            Word(SpirvSemantics.AcquireRelease | SpirvSemantics.UniformMemory | SpirvSemantics.WorkgroupMemory));
        traffic = new();
    }

    /// Every access to memory that threads share. Lanes: in a lane loop.
    static IEnumerable<(Buffer Buffer, bool Write, bool Lanes)> Uses(Sequence<Stmt> body, bool lanes)
    {
        foreach (var s in body)
        {
            foreach (var b in Reads(s)) yield return (b, false, lanes);
            Buffer? written = s switch { Store x => x.Buffer, IR.Atomic x => x.Buffer, Append x => x.Buffer, DeclareArray { Buffer.Storage: Storage.Block } x => x.Buffer, _ => null };
            if (written is not null && IsShared(written))
            {
                yield return (written, true, lanes || s is DeclareArray);
                if (s is IR.Atomic) yield return (written, false, lanes);
            }
            foreach (var inner in s.Bodies())
                foreach (var use in Uses(inner, lanes || s is IR.LaneLoop)) yield return use;
        }
    }

    static bool IsShared(Buffer b) => b.Storage is Storage.Parameter or Storage.Scratch or Storage.Block or Storage.Stack;
    static IEnumerable<Buffer> Reads(Stmt s) => s.Expressions().SelectMany(e => e.Tree()).OfType<Load>().Select(l => l.Buffer).Where(IsShared);

    Traffic AllOf(Sequence<Stmt> body)
    {
        var all = new Traffic();
        foreach (var (buffer, write, lanes) in Uses(body, false)) (write ? lanes ? all.Lanes : all.Solo : all.Read).Add(Class(buffer));
        foreach (var s in body.Statements())
        {
            if (s is IR.Reduce) all.Read.UnionWith([Partials, Partials + Other]);
            if (s.Expressions().SelectMany(e => e.Tree()).Any(e => e is Apply { Op: Op.Any or Op.All })) all.Read.UnionWith([Flag, Flag + Other]);
        }
        return all;
    }

    /// Before uniform code reads.
    void Before(Stmt s)
    {
        if (elements) return;
        foreach (var b in Reads(s).ToList()) Reading(Class(b));
    }

    void Reading(string c)
    {
        if (traffic.Written(c))
        {
            coherent.Add(c);
            Barrier();
        }
        traffic.Read.Add(c);
    }

    /// Around uniform code that runs any number of times, or ends anywhere.
    void Uncertain(Sequence<Stmt> body, Action run)
    {
        if (inLanes || elements)
        {
            run();
            return;
        }
        var all = AllOf(body);
        traffic.Add(all);
        run();
        traffic.Add(all);
    }

    /// Before a lane loop.
    void Enter(Sequence<Stmt> body)
    {
        atomic = [.. body.Statements().OfType<IR.Atomic>().Select(a => Class(a.Buffer))];
        if (elements) return;
        var uses = Uses(body, true).Select(u => (Class: Class(u.Buffer), u.Write)).ToList();
        bool meets = false;
        foreach (var (c, write) in uses)
        {
            if (!write && traffic.Written(c)) coherent.Add(c);
            meets |= write ? traffic.Touches(c) : traffic.Written(c);
        }
        if (meets) Barrier();
        foreach (var (c, write) in uses) (write ? traffic.Lanes : traffic.Read).Add(c);
    }

    /// A write: every lane's own in lane code, thread 0's in uniform code.
    void Alone(Memory m, Action write)
    {
        if (inLanes || m.Storage == SpirvStorage.Function)
        {
            write();
            return;
        }
        if (traffic.Read.Contains(m.Class) || traffic.Lanes.Contains(m.Class)) Barrier();
        IfThen(Compare(SpirvOp.IEqual, thread, Word(0)), write);
        traffic.Solo.Add(m.Class);
    }

    /// What one thread writes and another reads behind a barrier has to leave the first one's cache.
    void FinishMemory()
    {
        foreach (var p in arrayParameters)
            if (coherent.Contains(Class(p.Buffer))) module.Decorate(arrays[p.Buffer.Name].Id, SpirvDecoration.Coherent);
    }

    readonly Dictionary<(uint Type, int Slot, string Class), uint> partials = [];
    int combines;

    /// v[l] = Combine(v[l], v[l + h]) for h = L/2 … 1.
    void Reduce(Reduce r)
    {
        if (inLanes) throw new Refused("A reduction in a lane loop.");
        uint[] values = [.. r.Values.Select(Get)];
        if (size > 1) values = form == GpuForm.Wave ? WaveReduce(r, values) : TreeReduce(r, values);
        for (int k = 0; k < values.Length; k++) Set(r.Targets[k], values[k]);
    }

    /// In groupshared memory, with a barrier a step.
    uint[] TreeReduce(Reduce r, uint[] values)
    {
        if (traffic.Touches(Partials)) Barrier();
        var shared = new Slots(this, [.. r.Values.Select(v => v.Type)], Partials);
        shared.Put(thread, values);
        Barrier();
        uint half = module.LocalVariable(word);
        uint Half() => module.Make(SpirvOp.Load, word, half);
        module.Do(SpirvOp.Store, half, Word((uint)size / 2));
        Repeat(null, () => Compare(SpirvOp.INotEqual, Half(), Word(0)), () =>
        {
            IfThen(Compare(SpirvOp.ULessThan, thread, Half()),
                () => shared.Put(thread, Combined(r.Combine, shared.Fetch(thread), shared.Fetch(module.Make(SpirvOp.IAdd, word, thread, Half())))));
            Barrier();
        }, () => module.Do(SpirvOp.Store, half, Shift(SpirvOp.ShiftRightLogical, Half(), 1)));
        traffic.Read.Add(Partials);
        return shared.Fetch(Word(0));
    }

    /// Groupshared arrays of one element a thread, for the values of a reduction; reductions of the same types share them.
    sealed class Slots
    {
        readonly SpirvEmitter emitter;
        readonly ScalarType[] types;
        readonly uint[] arrays;

        public Slots(SpirvEmitter emitter, ScalarType[] types, string memory)
        {
            (this.emitter, this.types) = (emitter, types);
            arrays = new uint[types.Length];
            for (int k = 0; k < arrays.Length; k++)
            {
                uint type = emitter.MemoryType(types[k]);
                if (!emitter.partials.TryGetValue((type, k, memory), out arrays[k]))
                    emitter.partials[(type, k, memory)] = arrays[k] = emitter.GroupShared(emitter.module.Type(SpirvOp.TypeArray, type, emitter.Word((uint)emitter.size)), emitter.size, types[k]);
            }
        }

        uint Place(int k, uint at) => emitter.module.Make(SpirvOp.AccessChain, emitter.module.Pointer(SpirvStorage.Workgroup, emitter.MemoryType(types[k])), arrays[k], at);

        public uint[] Fetch(uint at)
        {
            var values = new uint[arrays.Length];
            for (int k = 0; k < values.Length; k++) values[k] = emitter.FromMemory(types[k], emitter.module.Make(SpirvOp.Load, emitter.MemoryType(types[k]), Place(k, at)));
            return values;
        }

        public void Put(uint at, uint[] values)
        {
            for (int k = 0; k < values.Length; k++) emitter.module.Do(SpirvOp.Store, Place(k, at), emitter.ToMemory(types[k], values[k]));
        }
    }

    uint FromMemory(ScalarType type, uint value) => type == ScalarType.Bool ? Compare(SpirvOp.INotEqual, value, Word(0)) : value;
    uint ToMemory(ScalarType type, uint value) => type == ScalarType.Bool ? Choose(ScalarType.U32, value, Word(1), Word(0)) : value;

    uint[] Combined(Function combine, uint[] left, uint[] right)
    {
        string outer = scope;
        var parameters = combine.Parameters.Map(p => ((ValueParameter)p).Local);
        scope = $"combine{++combines}.";
        inLanes = true;
        Constants(combine);
        for (int k = 0; k < parameters.Count; k++) Set(parameters[k], k < left.Length ? left[k] : right[k - left.Length]);
        Body(combine.Body);
        uint[] results = [.. combine.Results.Select(Get)];
        inLanes = false;
        scope = outer;
        return results;
    }

    uint flag;

    /// Whether the condition holds in any lane, or in all: outside lane loops every thread takes part.
    uint Vote(Op op, uint condition)
    {
        if (inLanes || elements) throw new Refused($"{op} in lane code.");
        if (size == 1) return condition;
        uint raise = op == Op.Any ? condition : module.Make(SpirvOp.LogicalNot, boolean, condition), raised = form == GpuForm.Wave ? WaveAny(raise) : TreeAny(raise);
        return op == Op.Any ? raised : module.Make(SpirvOp.LogicalNot, boolean, raised);
    }

    /// A flag in groupshared memory.
    uint TreeAny(uint raise)
    {
        if (flag == 0)
        {
            sharedBytes += 4;
            if (sharedBytes > GpuKernelLayout.MaxSharedBytes) throw new Refused($"Its groupshared arrays take more than {GpuKernelLayout.MaxSharedBytes} bytes.");
            module.Name(flag = module.GlobalVariable(SpirvStorage.Workgroup, word), "flag");
        }
        if (traffic.Touches(Flag)) Barrier();
        IfThen(Compare(SpirvOp.IEqual, thread, Word(0)), () => module.Do(SpirvOp.Store, flag, Word(0)));
        Barrier();
        IfThen(raise, () => module.Make(SpirvOp.AtomicOr, word, flag, Word((uint)SpirvScope.Workgroup), Word(SpirvSemantics.Relaxed), Word(1)));
        Barrier();
        traffic.Read.Add(Flag);
        return Compare(SpirvOp.INotEqual, module.Make(SpirvOp.Load, word, flag), Word(0));
    }
}
