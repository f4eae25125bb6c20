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

    const string Partials = "$partials", Flag = "$flag"; // classes of the reductions' arrays and of the vote
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
            if (s is IR.Reduce) all.Read.Add(Partials);
            if (s.Expressions().SelectMany(e => e.Tree()).Any(e => e is Apply { Op: Op.Any or Op.All })) all.Read.Add(Flag);
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

    readonly Dictionary<(uint Type, int Slot), uint> partials = [];
    int combines;

    /// v[l] = Combine(v[l], v[l + h]) for h = L/2 … 1, in groupshared memory.
    void Reduce(Reduce r)
    {
        if (inLanes) throw new Refused("A reduction in a lane loop.");
        int count = r.Values.Count;
        if (size == 1)
        {
            var values = r.Values.Map(Get);
            for (int k = 0; k < count; k++) Set(r.Targets[k], values[k]);
            return;
        }
        if (traffic.Touches(Partials)) Barrier();
        var types = r.Values.Map(v => v.Type);
        var shared = new uint[count];
        for (int k = 0; k < count; k++)
        {
            uint type = MemoryType(types[k]);
            if (!partials.TryGetValue((type, k), out shared[k]))
                partials[(type, k)] = shared[k] = GroupShared(module.Type(SpirvOp.TypeArray, type, Word((uint)size)), size, types[k]);
        }
        uint Place(int k, uint at) => module.Make(SpirvOp.AccessChain, module.Pointer(SpirvStorage.Workgroup, MemoryType(types[k])), shared[k], at);
        uint Fetch(int k, uint at)
        {
            uint value = module.Make(SpirvOp.Load, MemoryType(types[k]), Place(k, at));
            return types[k] == ScalarType.Bool ? Compare(SpirvOp.INotEqual, value, Word(0)) : value;
        }
        void Put(int k, uint value) =>
            module.Do(SpirvOp.Store, Place(k, thread), types[k] == ScalarType.Bool ? Choose(ScalarType.U32, value, Word(1), Word(0)) : value);

        for (int k = 0; k < count; k++) Put(k, Get(r.Values[k]));
        Barrier();
        uint half = module.LocalVariable(word);
        uint Half() => module.Make(SpirvOp.Load, word, half);
        module.Do(SpirvOp.Store, half, Word((uint)size / 2));
        Repeat(null, () => Compare(SpirvOp.INotEqual, Half(), Word(0)), () =>
        {
            IfThen(Compare(SpirvOp.ULessThan, thread, Half()), () => Combine(r.Combine, count, Fetch, Half, Put));
            Barrier();
        }, () => module.Do(SpirvOp.Store, half, Shift(SpirvOp.ShiftRightLogical, Half(), 1)));
        for (int k = 0; k < count; k++) Set(r.Targets[k], Fetch(k, Word(0)));
        traffic.Read.Add(Partials);
    }

    void Combine(Function combine, int count, Func<int, uint, uint> fetch, Func<uint> half, Action<int, uint> put)
    {
        string outer = scope;
        var parameters = combine.Parameters.Map(p => ((ValueParameter)p).Local);
        var operands = new uint[2 * count];
        uint other = module.Make(SpirvOp.IAdd, word, thread, half());
        for (int k = 0; k < operands.Length; k++) operands[k] = fetch(k % count, k < count ? thread : other);
        scope = $"combine{++combines}.";
        inLanes = true;
        Constants(combine);
        for (int k = 0; k < operands.Length; k++) Set(parameters[k], operands[k]);
        Body(combine.Body);
        var results = combine.Results.Map(Get);
        for (int k = 0; k < count; k++) put(k, results[k]);
        inLanes = false;
        scope = outer;
    }

    uint flag;

    /// Whether the condition holds in any lane, or in all: outside lane loops every thread takes part.
    uint Vote(Op op, uint condition)
    {
        if (inLanes || elements) throw new Refused($"{op} in lane code.");
        if (size == 1) return condition;
        if (flag == 0)
        {
            sharedBytes += 4;
            if (sharedBytes > GpuKernelLayout.MaxSharedBytes) throw new Refused($"Its groupshared arrays take more than {GpuKernelLayout.MaxSharedBytes} bytes.");
            module.Name(flag = module.GlobalVariable(SpirvStorage.Workgroup, word), "flag");
        }
        uint raise = op == Op.Any ? condition : module.Make(SpirvOp.LogicalNot, boolean, condition);
        if (traffic.Touches(Flag)) Barrier();
        IfThen(Compare(SpirvOp.IEqual, thread, Word(0)), () => module.Do(SpirvOp.Store, flag, Word(0)));
        Barrier();
        IfThen(raise, () => module.Make(SpirvOp.AtomicOr, word, flag, Word((uint)SpirvScope.Workgroup), Word(SpirvSemantics.Relaxed), Word(1)));
        Barrier();
        uint raised = module.Make(SpirvOp.Load, word, flag);
        traffic.Read.Add(Flag);
        return Compare(op == Op.Any ? SpirvOp.INotEqual : SpirvOp.IEqual, raised, Word(0));
    }
}
