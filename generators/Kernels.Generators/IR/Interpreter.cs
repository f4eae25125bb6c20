namespace Kernels.Generators.IR;

/// Runs IR as IR.cs defines it, on L lanes in lockstep: the oracle of compiler tests, and the evaluator of constants. A function is compiled
/// once to a tree of delegates; a run then takes arguments by name. Un-inlined modules run too.
/// Values are bits, zero-extended from the width of their type (see Operations). Not for several threads at once.
sealed class Interpreter(Module module, int lanes, bool fused = false, bool checkRaces = false)
{
    readonly Dictionary<(string, bool), Code> codes = [];
    internal int Lanes { get; } = lanes;
    internal bool CheckRaces { get; } = checkRaces;

    /// What an expression's operation computes: Operations.Evaluate, unless a test asks what another arithmetic would give (of a device that flushes subnormals, say).
    public Evaluation Evaluate { get; init; } = (op, type, operand, a, b, c) => Operations.Evaluate(op, type, operand, a, b, c, fused);

    /// <param name="checkRaces">Report iterations of one lane loop that touch an element which another of them writes, and reads of scratch that nothing has written.</param>
    public Interpreter(Function function, int lanes, bool fused = false, bool checkRaces = false)
        : this(new Module(function, []), lanes, fused, checkRaces) { }

    /// Runs the kernel once, for one block. What goes wrong, a budget that is spent included, is the outcome's Failure.
    public Outcome Run(Arguments arguments, long steps = 1L << 32)
    {
        var machine = new Machine(this, arguments, steps);
        try // of a run that fails, frames are not handed back: the next one makes new ones
        {
            var results = Root().Run(machine, arguments);
            foreach (var problem in machine.Unrestored()) machine.Report(problem);
            return new(results, machine.Errors, null, machine.Races, machine.Used);
        }
        catch (InterpreterException e) { return new([], machine.Errors, e.Message, machine.Races, machine.Used); }
        catch (DivideByZeroException) { return new([], machine.Errors, "Division of an integer by zero.", machine.Races, machine.Used); }
        catch (ArgumentException e) { return new([], machine.Errors, e.Message, machine.Races, machine.Used); }
    }

    /// A function of scalars: its value parameters in order.
    public Outcome Call(ulong[] values, long steps = 1L << 32)
    {
        var arguments = new Arguments();
        int k = 0;
        foreach (var p in module.Kernel.Parameters)
            if (p is ValueParameter v) arguments.Scalars[v.Local.Name] = values[k++];
        return Run(arguments, steps);
    }

    Code Root()
    {
        if (!codes.TryGetValue(("", false), out var code)) codes[("", false)] = code = new FunctionCompiler(this, module.Kernel, inLanes: false).Compile();
        return code;
    }

    /// A helper, for calls in uniform code or in lane code.
    internal Code Helper(string name, bool inLanes)
    {
        if (codes.TryGetValue((name, inLanes), out var code)) return code;
        foreach (var h in module.Helpers)
            if (h.Name == name) return codes[(name, inLanes)] = new FunctionCompiler(this, h, inLanes).Compile();
        throw new InterpreterException($"No function '{name}' in the module.");
    }
}

/// As Operations.Evaluate, of values of these types.
delegate ulong Evaluation(Op op, ScalarType type, ScalarType operand, ulong a, ulong b, ulong c);

sealed class InterpreterException(string message) : Exception(message);

/// Results in the function's order. Errors: 1 = a checked index was out of range, 2 = the destination of an Append was full. Failure: why the run
/// stopped, or null. Races: what checkRaces found.
sealed record Outcome(ulong[] Results, int Errors, string? Failure, IReadOnlyList<string> Races, long Steps);

/// Arguments by parameter name. Arrays hold an element's bits in each entry and are written in place; of an [InPlace] pair both names have
/// the same array. A View2 x has an array and the scalars x.Rows, x.Columns, x.Stride. Persistent keeps the persistent scratch from run to run.
sealed class Arguments
{
    public Dictionary<string, ulong> Scalars { get; } = [];
    public Dictionary<string, ulong[]> Arrays { get; } = [];
    public Dictionary<string, ulong[]> Persistent { get; } = [];

    public Arguments With(string name, int value) { Scalars[name] = (uint)value; return this; }
    public Arguments With(string name, long value) { Scalars[name] = (ulong)value; return this; }
    public Arguments With(string name, float value) { Scalars[name] = SoftFloat.Bits(value); return this; }
    public Arguments With(string name, double value) { Scalars[name] = SoftFloat.Bits(value); return this; }

    /// An array of primitives (ushort for F16 and BF16): a copy of its bits, see CopyTo.
    public Arguments With(string name, Array items)
    {
        Arrays[name] = ToBits(items);
        return this;
    }

    /// What a run left in an array, to an array of primitives of the same length.
    public void CopyTo(string name, Array items)
    {
        ulong[] bits = Arrays[name];
        int size = items.Length == 0 ? 1 : System.Buffer.ByteLength(items) / items.Length;
        var bytes = new byte[size * bits.Length];
        for (int k = 0; k < bits.Length; k++)
            for (int b = 0; b < size; b++) bytes[k * size + b] = (byte)(bits[k] >> (8 * b));
        System.Buffer.BlockCopy(bytes, 0, items, 0, bytes.Length);
    }

    public static ulong[] ToBits(Array items)
    {
        var bits = new ulong[items.Length];
        if (bits.Length == 0) return bits;
        var bytes = new byte[System.Buffer.ByteLength(items)];
        System.Buffer.BlockCopy(items, 0, bytes, 0, bytes.Length);
        int size = bytes.Length / bits.Length;
        for (int k = 0; k < bits.Length; k++)
            for (int b = size - 1; b >= 0; b--) bits[k] = bits[k] << 8 | bytes[k * size + b];
        return bits;
    }
}

/// One run: its budget, its error flag, and where it stands in a lane loop.
sealed class Machine
{
    const int MaxReports = 20, MaxDepth = 256;
    const long MaxElements = 1 << 28;
    readonly Arguments arguments;
    readonly long budget;
    readonly Dictionary<ulong[], Memory> memories = [];
    readonly List<(string Name, ulong[] Data, ulong Fill)> persistent = [];
    readonly List<string> races = [];
    int depth;

    public Machine(Interpreter interpreter, Arguments arguments, long budget)
    {
        (Interpreter, this.arguments, this.budget) = (interpreter, arguments, budget);
        All = new bool[interpreter.Lanes];
        for (int l = 0; l < All.Length; l++) All[l] = true;
    }

    public Interpreter Interpreter { get; }
    public bool[] All { get; }
    public IReadOnlyList<string> Races => races;
    public long Used { get; private set; }
    public int Errors;
    public int LoopId, Loops;      // LoopId: which execution of a lane loop runs, 0 outside of them
    public long FirstIteration;    // lane 0's, counted from the loop's begin

    public void Step()
    {
        if (++Used > budget) throw new InterpreterException("The step budget is spent.");
    }

    public void Enter()
    {
        if (++depth > MaxDepth) throw new InterpreterException("Calls are nested too deeply.");
    }

    public void Leave() => depth--;

    public void Report(string race)
    {
        if (races.Count < MaxReports && !races.Contains(race)) races.Add(race);
    }

    /// One Memory for one array, so that an in-place pair shares its history.
    public Memory Memory(Buffer buffer, ulong[] data)
    {
        if (!memories.TryGetValue(data, out var memory)) memories[data] = memory = new Memory(this, buffer, data, written: true);
        return memory;
    }

    public Memory Declare(Buffer buffer, long length, ulong? fill)
    {
        if (length < 0 || length > MaxElements) throw new InterpreterException($"'{buffer.Name}' would have {length} elements.");
        if (fill is { } value)
        {
            if (!arguments.Persistent.TryGetValue(buffer.Name, out var kept) || kept.Length != length)
            {
                arguments.Persistent[buffer.Name] = kept = new ulong[length];
                for (int k = 0; k < kept.Length; k++) kept[k] = value;
            }
            persistent.Add((buffer.Name, kept, value));
            return Memory(buffer, kept);
        }
        var data = new ulong[length];
        bool undefined = buffer.Storage is Storage.Scratch or Storage.Stack;
        if (undefined)
            for (int k = 0; k < data.Length; k++) data[k] = 0xDEAD_BEEF_DEAD_BEEF & buffer.Element.Mask();
        return new Memory(this, buffer, data, written: !undefined);
    }

    public IEnumerable<string> Unrestored() =>
        from p in persistent where p.Data.Any(x => x != p.Fill) select $"Persistent scratch '{p.Name}' is not restored at the end of the block.";
}

/// An array and, when races are checked, who touched each element in the lane loop that runs.
sealed class Memory(Machine machine, Buffer buffer, ulong[] data, bool written)
{
    const int Nobody = -1, Several = -2;

    struct Touch { public int Loop; public long Reader, Writer, Updater; }

    readonly Touch[]? touches = machine.Interpreter.CheckRaces && buffer.Storage != Storage.Lane ? new Touch[data.Length] : null;
    readonly bool[]? isWritten = machine.Interpreter.CheckRaces && !written ? new bool[data.Length] : null;

    public readonly ulong[] Data = data;

    public ulong Read(long index, int lane)
    {
        if (isWritten is not null && !isWritten[index]) machine.Report($"'{buffer.Name}[{index}]' is read before anything was written to it.");
        if (touches is not null && machine.LoopId != 0)
        {
            ref Touch t = ref At(index);
            long me = machine.FirstIteration + lane;
            if (Other(t.Writer, me) || Other(t.Updater, me)) Race(index);
            t.Reader = t.Reader == Nobody || t.Reader == me ? me : Several;
        }
        return Data[index];
    }

    public void Write(long index, int lane, ulong value)
    {
        if (isWritten is not null) isWritten[index] = true;
        if (touches is not null && machine.LoopId != 0)
        {
            ref Touch t = ref At(index);
            long me = machine.FirstIteration + lane;
            if (Other(t.Writer, me) || Other(t.Updater, me) || Other(t.Reader, me)) Race(index);
            t.Writer = t.Writer == Nobody || t.Writer == me ? me : Several;
        }
        Data[index] = value;
    }

    /// The read and the write of an atomic operation.
    public ulong Update(long index, int lane)
    {
        if (isWritten is not null && !isWritten[index]) machine.Report($"'{buffer.Name}[{index}]' is updated before anything was written to it.");
        if (touches is not null && machine.LoopId != 0)
        {
            ref Touch t = ref At(index);
            long me = machine.FirstIteration + lane;
            if (Other(t.Writer, me) || Other(t.Reader, me)) Race(index);
            t.Updater = t.Updater == Nobody || t.Updater == me ? me : Several;
        }
        return Data[index];
    }

    ref Touch At(long index)
    {
        ref Touch t = ref touches![index];
        if (t.Loop != machine.LoopId) t = new Touch { Loop = machine.LoopId, Reader = Nobody, Writer = Nobody, Updater = Nobody };
        return ref t;
    }

    static bool Other(long who, long me) => who != Nobody && who != me;

    void Race(long index) => machine.Report($"Two iterations of a lane loop meet at '{buffer.Name}[{index}]', and one of them writes.");
}

/// A buffer as a function sees it: all of a memory or a part, which may differ from lane to lane.
sealed class ArrayView
{
    public Memory Memory = null!;
    public long LaneStride;           // from one lane's private array to the next
    public long Offset, Length;
    public long[]? Offsets, Lengths;  // one a lane, instead of Offset and Length

    public long OffsetOf(int lane) => lane * LaneStride + (Offsets is null ? Offset : Offsets[lane]);
    public long LengthOf(int lane) => Lengths is null ? Length : Lengths[lane];
}

/// The values of a function's locals and temporaries while it runs.
sealed class Frame(int lanes, int scalars, int vectors, int masks, int arrays)
{
    public Machine Machine = null!;
    public readonly ulong[] Scalars = new ulong[scalars];
    public readonly ulong[][] Vectors = Allocate<ulong>(vectors, lanes);
    public readonly bool[][] Masks = Allocate<bool>(masks, lanes);
    public readonly ArrayView?[] Arrays = new ArrayView?[arrays];

    static T[][] Allocate<T>(int count, int length)
    {
        var all = new T[count][];
        for (int k = 0; k < count; k++) all[k] = new T[length];
        return all;
    }
}
