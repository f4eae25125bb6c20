using Kernels.Generators.IR;
using static Kernels.Generators.IR.ScalarType;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Fuzz;

using Atomic = Kernels.Generators.IR.Atomic;

/// An array of a program: Scale * n + Slack elements; with Rows, as many a row, and Pad between the rows. Fill: of persistent scratch.
sealed record Room(Buffer Buffer, int Scale, int Slack, int Rows = 0, int Pad = 0, Const? Fill = null)
{
    public int Columns(int n) => Scale * n + Slack;
    public long Stride(int n) => Columns(n) + Pad;
    public int Length(int n) => Rows == 0 ? Columns(n) : (Rows - 1) * (Columns(n) + Pad) + Columns(n);
}

/// A random kernel that keeps the rules: it ends, stays in range, and no iteration of a lane loop touches what another one writes.
sealed record FuzzProgram(int Seed, Function Function, IReadOnlyList<Room> Rooms, IReadOnlyList<Room> Scratch, int[] Lengths)
{
    /// What it calls; only whole programs call.
    public IReadOnlyList<Function> Helpers { get; init; } = [];
    /// Whether it goes through the scalar passes, too.
    public bool Whole { get; init; }

    Prepared? prepared;
    Function? preparedOf;
    public Prepared Prepared
    {
        get
        {
            if (prepared is null || !ReferenceEquals(preparedOf, Function)) (prepared, preparedOf) = (Prepared.Of(this), Function);
            return prepared;
        }
    }
}

/// Makes programs. Everything derives from the seed.
sealed class Generator
{
    static readonly ScalarType[] arithmetic = [I32, U32, I64, U64, F32, F64], narrow = [I8, U8, I16, U16, F16, BF16], integers = [I32, U32, I64, U64];
    const int Small = 24; // what constant ranges and slack reach to

    readonly Random random;
    readonly int seed;
    readonly List<Local> uniforms = [];                    // readable anywhere
    readonly List<Local> uniformVariables = [];            // assignable in uniform code
    readonly List<Local> accumulators = [];                // varying, made in uniform code
    readonly List<Room> rooms = [], scratch = [];
    readonly List<ConstantData> constants = [];
    readonly HashSet<Buffer> blockArrays = [];
    readonly Dictionary<Buffer, Room> views = [];
    readonly List<Room> tied = [];                         // an array and the one that may be in its place: touched at [Scale * i + c] only
    readonly List<Helper> helpers = [];
    readonly bool whole;

    /// A function to call. OfLanes: from lane code, otherwise from uniform code. All slices are of at least SliceLength elements.
    sealed record Helper(Function Function, bool OfLanes);
    const int SliceLength = 4;
    readonly List<string> labels = [];
    List<Local> lanes = [];                                // varying locals in scope, in lane code
    List<Buffer> laneArrays = [];
    readonly Dictionary<Buffer, int> laneLengths = [];
    LoopPlan? plan;
    int names, depth, budget;
    readonly Local n = new("n", I32), offset = new("o", I32);

    /// What a lane loop does with the arrays it writes. One pattern each: which elements belong to an iteration.
    sealed class LoopPlan
    {
        public required Local Lane;
        public required int Limit;   // lanes < Limit if constant, else < n
        public readonly Dictionary<Buffer, Pattern> Writes = [];
        public readonly Dictionary<Buffer, (AtomicKind Kind, bool Done)> Atomics = [];
        public readonly Dictionary<Buffer, Local> Appends = [];
        public readonly List<Local> Counts = [];
        public readonly HashSet<Buffer> Appended = []; // an array has one count, or iterations would meet
        public readonly HashSet<Buffer> Taken = []; // by atomics and appends: not read in the loop
        public int InnerLoops;
    }

    /// Elements Stride * i + Base + c, c below Stride; or (i ^ Xor); or n - 1 - i (Stride -1).
    sealed record Pattern(int Stride, int Base, int Xor, bool Checked);

    Generator(int seed)
    {
        this.seed = seed;
        random = new Random(seed);
        whole = seed % 3 == 0;
    }

    public static FuzzProgram Program(int seed) => new Generator(seed).Make();

    T Pick<T>(params IReadOnlyList<T> items) => items[random.Next(items.Count)];
    bool Chance(int oneIn) => random.Next(oneIn) == 0;
    Local Fresh(ScalarType type, string stem = "v") => new($"{stem}{names++}", type);

    FuzzProgram Make()
    {
        var parameters = new List<Parameter> { new ValueParameter(n, ParameterRole.Plain), new ValueParameter(offset, ParameterRole.Plain) };
        uniforms.AddRange([n, offset]);
        foreach (var t in arithmetic)
            if (Chance(2))
            {
                var p = Fresh(t, "p");
                parameters.Add(new ValueParameter(p, ParameterRole.Plain));
                uniforms.Add(p);
            }
        int count = random.Next(3, 7);
        for (int k = 0; k < count; k++)
        {
            var type = Chance(3) ? Pick(narrow) : Pick(arithmetic);
            int scale = Chance(2) ? 1 : Pick(2, 2, 4, 4, 8, 16, 3, 9, 0, 0);
            var room = new Room(new($"{"abcdefgh"[k]}", type, Storage.Parameter), scale, scale == 0 ? Small + random.Next(8) : Pick(0, 0, Small));
            if (Chance(8)) views[room.Buffer] = room = room with { Rows = 4, Pad = Pick(0, 1, 5) };
            rooms.Add(room);
        }
        if (Chance(4))
        {
            var type = Chance(4) ? Pick(narrow) : Pick(arithmetic);
            int scale = Pick(1, 1, 1, 2, 4, 3);
            tied.AddRange([new(new("y", type, Storage.Parameter), scale, 0), new(new("z", type, Storage.Parameter), scale, 0)]);
        }
        List<Room> parameterRooms = [.. rooms, .. tied];
        var setup = new List<Stmt>();
        if (Chance(3))
        {
            var t = Chance(4) ? Pick(narrow) : Pick(arithmetic);
            var data = new Buffer("table", t, Storage.Constant);
            constants.Add(new(data, Enumerable.Range(0, Small).Select(_ => Values.Any(t, random)).ToSequence()));
        }
        if (Chance(3))
        {
            var b = new Buffer("block", Pick(arithmetic), Storage.Block);
            int length = Pick(4, 8, 16, Small);
            setup.Add(new DeclareArray(b, Generators.IR.Make.Int(length)));
            blockArrays.Add(b);
            rooms.Add(new(b, 0, length));
        }
        if (Chance(3))
        {
            var room = new Room(new("scratch", Chance(4) ? Pick(narrow) : Pick(arithmetic), Storage.Scratch), 1, Small);
            if (Chance(2)) room = room with { Fill = new Const(room.Buffer.Element, Chance(2) ? 0 : Values.Any(room.Buffer.Element, random)) };
            setup.Add(new DeclareArray(room.Buffer, Add(n.Read(), Int(Small)), room.Fill));
            scratch.Add(room);
            rooms.Add(room);
        }
        if (whole)
            for (int k = random.Next(1, 4); k > 0; k--) MakeHelper();
        budget = random.Next(4, 14);
        setup.AddRange(Uniform(atTop: true));
        foreach (var room in scratch.Where(x => x.Fill is not null)) // as its rule says
        {
            var lane = Fresh(I32, "i");
            setup.Add(new LaneLoop(lane, Int(0), Add(n.Read(), Int(Small)), [new Store(room.Buffer, lane.Read(), room.Fill!)]));
        }
        var schedule = random.Next(8) switch
        {
            0 => new Schedule(Lanes: Pick(4, 8)),
            1 => new Schedule(Lanes: Pick(16, 4, 8, 2)),
            2 => new Schedule(Vectors: Pick(1, 2, 4)),
            3 => new Schedule(CpuScalar: true),
            4 => new Schedule(PrefetchBytes: 256, NonTemporal: true),
            5 or 6 => new Schedule(Vectors: 1),
            _ => new Schedule(),
        };
        var written = setup.ToSequence().Statements().SelectMany(x => x switch
        {
            Store st => [st.Buffer],
            Atomic at => [at.Buffer],
            Append ap => [ap.Buffer],
            Call c => c.Slices.Select(y => y.Buffer),
            _ => Enumerable.Empty<Buffer>(),
        }).ToHashSet();
        foreach (var r in parameterRooms)
            parameters.Add(new BufferParameter(r.Buffer, written.Contains(r.Buffer) ? Access.ReadWrite : Access.Read, r.Buffer.Name == "z" ? "y" : null, Chance(5), r.Rows > 0));
        var f = new Function("Fuzz", FunctionKind.Kernel, parameters.ToSequence(), [], constants.ToSequence(), setup.ToSequence(), schedule);
        int[] lengths = [random.Next(0, 4), random.Next(4, 20), random.Next(20, 140), Pick(4, 8, 16, 32, 64, 128)];
        return new(seed, f, parameterRooms, scratch, lengths) { Helpers = [.. helpers.Select(h => h.Function)], Whole = whole };
    }

    static Expr Int(long x, ScalarType t = I32) => Generators.IR.Make.Int(x, t);
    static Expr Add(Expr a, Expr b) => Generators.IR.Make.Binary(Op.Add, a, b);
    static Expr Of(Op op, ScalarType t, params Expr[] args) => new Apply(op, t, new(args));
    static Expr To(ScalarType t, Expr e) => e.Type == t ? e
        : e.Type == Bool ? Of(Op.Select, t, e, new Const(t, Operations.Evaluate(Op.Convert, t, I32, 1, 0, 0, false)), new Const(t, 0))
        : t == Bool ? Of(Op.Ne, Bool, e, new Const(e.Type, 0))
        : new Apply(Op.Convert, t, [e]);

    /// The index in an array that may have rows.
    Expr At(Buffer b, Expr index, Expr? row = null) => !views.TryGetValue(b, out var view) ? index
        : Add(Of(Op.Mul, I64, row ?? Row(view), new Use(new(b.Name + ".Stride", I64))), To(I64, index));

    Expr Row(Room view) => Chance(5) ? Of(Op.And, I64, E(I64, 1, uniform: true), Int(view.Rows - 1, I64)) : Int(random.Next(view.Rows), I64);

    // ---- helpers ----

    void MakeHelper()
    {
        bool ofLanes = Chance(2) || Chance(2);
        var values = Enumerable.Range(0, random.Next(3)).Select(j => new Local($"q{j}", Pick(arithmetic))).ToList();
        var slices = Enumerable.Range(0, random.Next(3)).Select(j => new BufferParameter(new($"s{j}", Pick(rooms).Buffer.Element, Storage.Parameter), Chance(2) ? Access.Read : Access.ReadWrite)).ToList();
        var results = Enumerable.Range(0, random.Next(1, 3)).Select(j => new Local($"h{j}", Pick(arithmetic))).ToList();
        var (outerLanes, outerUniforms, outerArrays) = (lanes, uniforms.ToList(), laneArrays);
        lanes = [.. values];
        laneArrays = [];
        uniforms.Clear();
        inCombine = inCase = true;
        helperSlices = slices;
        var body = new List<Stmt>();
        Expr Any(ScalarType t) => E(t, 2, false);
        foreach (var r in results) { body.Add(new Assign(r, Any(r.Type))); lanes.Add(r); }
        if (Chance(2))
        {
            var own = new Buffer("own", Pick(arithmetic), ofLanes ? Storage.Lane : Storage.Block);
            body.Add(new DeclareArray(own, Int(SliceLength)));
            laneArrays.Add(own);
            laneLengths[own] = SliceLength;
            body.Add(Sweep(own));
        }
        for (int k = random.Next(1, 4); k > 0; k--)
        {
            var r = Pick(results);
            switch (random.Next(6))
            {
                case 0 or 1 when slices.Count > 0:
                    var slice = Pick(slices);
                    var index = Fresh(I32, "k");
                    string label = Enter("for");
                    lanes.Add(index);
                    Expr element = To(r.Type, new Load(slice.Buffer, index.Read()));
                    var inner = new List<Stmt> { new Assign(r, Chance(2) ? Of(Op.Add, r.Type, r.Read(), element) : Of(Op.Min, r.Type, element, Any(r.Type))) };
                    if (slice.Access == Access.ReadWrite) inner.Add(new Store(slice.Buffer, index.Read(), Stored(slice.Buffer.Element, 2, false)));
                    if (Chance(3)) inner.Add(new If(E(Bool, 1, false), [Chance(2) ? new Return() : new Leave(label)], []));
                    lanes.Remove(index);
                    Leave(label);
                    body.Add(new For(label, index, Int(0), slice.Buffer.Length().Read(), 1, inner.ToSequence()));
                    break;
                case 2: body.Add(new If(E(Bool, 2, false), [new Assign(r, Any(r.Type)), new Return()], [])); break;
                case 3 when CallOf(ofLanes, true) is { } call: body.AddRange(call); break;
                default: body.Add(new If(E(Bool, 2, false), [new Assign(r, Any(r.Type))], Chance(2) ? [] : [new Assign(r, Any(r.Type))])); break;
            }
        }
        helperSlices = null;
        inCombine = inCase = false;
        (lanes, laneArrays) = (outerLanes, outerArrays);
        uniforms.AddRange(outerUniforms);
        helpers.Add(new(new($"Help{helpers.Count}", FunctionKind.Helper, [.. values.Select(v => (Parameter)new ValueParameter(v, ParameterRole.Plain)), .. slices], results.ToSequence(),
            constants.ToSequence(), body.ToSequence(), new()), ofLanes));
    }

    List<BufferParameter>? helperSlices; // of the helper that is being made

    /// A loop over a small array that unrolling may dissolve.
    For Sweep(Buffer array)
    {
        var index = Fresh(I32, "k");
        string label = Enter("for");
        lanes.Add(index);
        Sequence<Stmt> body = [new Store(array, index.Read(), E(array.Element, 2, false))];
        lanes.Remove(index);
        Leave(label);
        return new(label, index, Int(0), Int(laneLengths[array]), 1, body);
    }

    /// A call of one of the helpers, if there are arrays for its slices. The results are new locals, or old ones.
    List<Stmt>? CallOf(bool ofLanes, bool inHelper)
    {
        var choices = helpers.Where(h => h.OfLanes == ofLanes).ToList();
        if (choices.Count == 0) return null;
        var callee = Pick(choices).Function;
        var taken = new HashSet<Buffer>();
        var slices = new List<Slice>();
        foreach (var p in callee.Parameters.OfType<BufferParameter>())
        {
            bool write = p.Access != Access.Read;
            var found = new List<Slice>();
            foreach (var array in laneArrays)
                if (laneLengths[array] is >= SliceLength and var length) found.Add(Chance(2) ? new(array, Int(0), Int(length)) : new(array, Int(length - SliceLength, I64), Int(SliceLength)));
            if (inHelper)
                foreach (var s in helperSlices!.Where(s => !write || s.Access != Access.Read)) found.Add(new(s.Buffer, Int(0), Chance(2) ? Int(SliceLength) : s.Buffer.Length().Read()));
            else if (ofLanes)
                foreach (var room in rooms.Where(r => !plan!.Taken.Contains(r.Buffer)))
                {
                    if (plan!.Writes.TryGetValue(room.Buffer, out var own))
                    {
                        if (own is { Stride: >= SliceLength, Checked: false, Xor: 0 }) found.Add(new(room.Buffer, At(room.Buffer, Index(own, 0)), Int(own.Stride)));
                    }
                    else if (!write && room.Slack >= 8) found.Add(new(room.Buffer, At(room.Buffer, Of(Op.And, I32, E(I32, 1, false), Int(3))), Int(SliceLength)));
                    else if (!write && plan.Limit == 0 && room.Scale >= SliceLength) found.Add(new(room.Buffer, At(room.Buffer, Index(new(room.Scale, 0, 0, false), 0)), Int(SliceLength)));
                }
            else
                foreach (var room in rooms.Where(r => r.Slack >= 8)) found.Add(new(room.Buffer, At(room.Buffer, Of(Op.And, I32, E(I32, 1, true), Int(3))), Int(Pick(4, 5))));
            found = [.. found.Where(s => s.Buffer.Element == p.Buffer.Element && !taken.Contains(s.Buffer))];
            if (found.Count == 0) return null;
            slices.Add(Pick(found));
            taken.Add(slices[^1].Buffer);
        }
        var values = callee.Parameters.OfType<ValueParameter>().Select(v => E(v.Local.Type, 2, uniform: !ofLanes && !inHelper)).ToList();
        var results = new List<Local>();
        foreach (var r in callee.Results)
        {
            var old = inHelper || !ofLanes || Chance(2) ? [] : lanes.Where(x => x.Type == r.Type && x != plan!.Lane && !x.Name.StartsWith('k') && !results.Contains(x)).ToList();
            results.Add(old.Count > 0 ? Pick(old) : Fresh(r.Type, ofLanes || inHelper ? "v" : "u"));
        }
        return [new Call(results.ToSequence(), callee.Name, values.ToSequence(), slices.ToSequence())];
    }

    // ---- uniform code ----

    List<Stmt> Uniform(bool atTop = false)
    {
        var body = new List<Stmt>();
        int count = atTop ? random.Next(2, 5) : random.Next(1, 4);
        HashSet<Local> scope = [.. uniforms], variables = [.. uniformVariables], accumulated = [.. accumulators]; // a chunk loop inside may have taken some away
        depth++;
        for (int k = 0; k < count && (budget > 0 || atTop && k < 2); k++) UniformStatement(body, atTop);
        if (atTop)
            foreach (var a in accumulators.ToList()) ReduceAndStore(body, [a]);
        depth--;
        // What was declared here is out of scope: its assignment does not dominate what follows.
        uniforms.RemoveAll(u => !scope.Contains(u));
        uniformVariables.RemoveAll(u => !variables.Contains(u));
        accumulators.RemoveAll(u => !accumulated.Contains(u));
        return body;
    }

    void UniformStatement(List<Stmt> body, bool atTop)
    {
        budget--;
        int kind = random.Next(depth > 3 ? 12 : 20);
        switch (kind)
        {
            case 0 or 1:
                var v = Fresh(Chance(8) ? Bool : Pick(arithmetic), "u");
                body.Add(new Assign(v, E(v.Type, 3, uniform: true)));
                uniforms.Add(v);
                uniformVariables.Add(v);
                return;
            case 2 when uniformVariables.Count > 0:
                var old = Pick(uniformVariables);
                body.Add(new Assign(old, E(old.Type, 2, uniform: true)));
                return;
            case 3: UniformStore(body); return;
            case 4 when accumulators.Count > 0:
                var acc = Pick(accumulators);
                body.Add(new Assign(acc, Chance(2) ? E(acc.Type, 2, uniform: true) : With(accumulators, () => E(acc.Type, 2, uniform: false))));
                return;
            case 5 or 6 when accumulators.Count > 0:
                ReduceAndStore(body, [.. accumulators.OrderBy(_ => random.Next()).Take(random.Next(1, 4))]);
                return;
            case 12: body.Add(new If(E(Bool, 2, uniform: true), [.. Uniform()], Chance(2) ? [] : [.. Uniform()])); return;
            case 13:
                string label = Enter("for");
                var index = Fresh(Pick(I32, I64), "k");
                int step = Pick(1, 1, 2, -1);
                Expr small = Of(Op.And, index.Type, E(index.Type, 1, uniform: true), Int(3, index.Type));
                uniforms.Add(index);
                var inner = Uniform();
                uniforms.Remove(index);
                Leave(label);
                body.Add(new For(label, index, step > 0 ? Int(0, index.Type) : small, step > 0 ? small : Int(-1, index.Type), step, inner.ToSequence()));
                return;
            case 14:
                string loop = Enter("loop");
                var counter = Fresh(I32, "c");
                body.Add(new Assign(counter, Int(0)));
                uniforms.Add(counter);
                List<Stmt> statements =
                [
                    new If(Of(Op.Ge, Bool, counter.Read(), Int(random.Next(1, 4))), [new Leave(loop)], []),
                    new Assign(counter, Add(counter.Read(), Int(1))),
                    .. Uniform(),
                ];
                Leave(loop);
                body.Add(new Loop(loop, statements.ToSequence()));
                uniforms.Remove(counter);
                return;
            case 15:
                string block = Enter("block");
                List<Stmt> all = [.. Uniform(), new If(E(Bool, 2, uniform: true), [new Leave(Pick(labels))], []), .. Uniform()];
                Leave(block);
                body.Add(new Block(block, all.ToSequence()));
                return;
            case 16 or 17: Chunks(body); return;
            case 18 when whole && CallOf(false, false) is { } call:
                body.AddRange(call);
                uniforms.AddRange(((Call)call[0]).Results);
                return;
            default: Lanes(body, null); return;
        }
    }

    T With<T>(List<Local> readable, Func<T> make)
    {
        var outer = lanes;
        lanes = [.. readable];
        var result = make();
        lanes = outer;
        return result;
    }

    string Enter(string stem)
    {
        string label = $"{stem}{names++}";
        labels.Add(label);
        return label;
    }

    void Leave(string label) => labels.Remove(label);

    void UniformStore(List<Stmt> body)
    {
        var targets = rooms.Where(r => r.Slack >= 4).ToList();
        if (targets.Count == 0) return;
        var room = Pick(targets);
        bool isChecked = room.Buffer.Storage == Storage.Parameter && Chance(4);
        Expr index = isChecked ? E(Pick(integers), 1, uniform: true) : At(room.Buffer, Int(random.Next(Math.Min(room.Slack, Small))));
        if (room.Buffer.Storage == Storage.Parameter && Chance(4) && !room.Buffer.Element.IsNarrow())
        {
            var kind = Kind(room.Buffer.Element);
            var old = Chance(2) ? Fresh(room.Buffer.Element, "u") : null;
            if (old is not null) body.Add(new Assign(old, new Const(old.Type, 0)));
            body.Add(new Atomic(old, kind, room.Buffer, index, E(room.Buffer.Element, 1, true), kind == AtomicKind.CompareExchange ? Comparand(room.Buffer.Element, true) : null, isChecked));
            if (old is not null) uniforms.Add(old);
            return;
        }
        body.Add(new Store(room.Buffer, index, Stored(room.Buffer.Element, 2, true), isChecked));
    }

    AtomicKind Kind(ScalarType t) => Generators.IR.Make.IsFloat(t)
        ? Pick(AtomicKind.Add, AtomicKind.Min, AtomicKind.Max, AtomicKind.Exchange, AtomicKind.CompareExchange)
        : Pick(AtomicKind.Add, AtomicKind.Min, AtomicKind.Max, AtomicKind.And, AtomicKind.Or, AtomicKind.Xor, AtomicKind.Exchange, AtomicKind.CompareExchange);

    Expr Comparand(ScalarType t, bool uniform) => Generators.IR.Make.IsFloat(t) ? Ordered(E(t, 1, uniform)) : E(t, 1, uniform);

    void ReduceAndStore(List<Stmt> body, List<Local> values)
    {
        var targets = values.Select(v => Fresh(v.Type, "r")).ToSequence();
        body.Add(new Reduce(targets, values.ToSequence(), Combine(values)));
        uniforms.AddRange(targets);
        foreach (var t in targets)
        {
            var room = rooms.FirstOrDefault(r => r.Slack >= 4 && r.Buffer.Element == t.Type);
            if (room is not null) body.Add(new Store(room.Buffer, At(room.Buffer, Int(random.Next(4))), t.Read()));
            else if (rooms.FirstOrDefault(r => r.Slack >= 4 && arithmetic.Contains(r.Buffer.Element)) is { } other) body.Add(new Store(other.Buffer, At(other.Buffer, Int(random.Next(4))), To(other.Buffer.Element, t.Read())));
        }
    }

    Function Combine(List<Local> values)
    {
        var a = values.Select((v, k) => new Local($"x{k}", v.Type)).ToList();
        var b = values.Select((v, k) => new Local($"y{k}", v.Type)).ToList();
        var results = values.Select((v, k) => new Local($"z{k}", v.Type)).ToList();
        var body = new List<Stmt>();
        var (outerLanes, outerUniforms, outerAcc, outerArrays) = (lanes, uniforms.ToList(), accumulators.ToList(), laneArrays);
        lanes = [.. a, .. b];
        laneArrays = [];
        uniforms.Clear();
        accumulators.Clear();
        inCombine = true;
        if (values.Count > 1 && Chance(2))
        {
            Expr first = Of(Pick(Op.Lt, Op.Gt, Op.Eq, Op.Ge), Bool, [.. values[0].Type == Bool ? new[] { To(I32, a[0].Read()), To(I32, b[0].Read()) } : [a[0].Read(), b[0].Read()]]);
            body.Add(new If(first, results.Select((r, k) => (Stmt)new Assign(r, a[k].Read())).ToSequence(), results.Select((r, k) => (Stmt)new Assign(r, Chance(3) ? E(r.Type, 2, false) : b[k].Read())).ToSequence()));
        }
        else
            for (int k = 0; k < results.Count; k++)
            {
                var t = results[k].Type;
                Expr x = a[k].Read(), y = b[k].Read();
                body.Add(new Assign(results[k], random.Next(3) == 0 ? E(t, 3, false)
                    : t == Bool ? Of(Pick(Op.And, Op.Or, Op.Xor), t, x, y) : Of(Pick(Op.Add, Op.Min, Op.Max, Op.Mul, Op.Sub), t, x, y)));
            }
        inCombine = false;
        lanes = outerLanes;
        laneArrays = outerArrays;
        uniforms.AddRange(outerUniforms);
        accumulators.AddRange(outerAcc);
        return new("Combine", FunctionKind.Helper, [.. a.Concat(b).Select(x => (Parameter)new ValueParameter(x, ParameterRole.Plain))], results.ToSequence(), [], body.ToSequence(), new());
    }

    bool inCombine, inCase, inChunks;

    void Chunks(List<Stmt> body)
    {
        if (inChunks) return;
        inChunks = true;
        string label = Enter("chunks");
        var type = Chance(3) ? I64 : I32;
        Local begin = Fresh(type, "b"), end = Fresh(type, "e");
        var found = Fresh(Bool, "found");
        bool breaks = Chance(2);
        if (breaks)
        {
            body.Add(new Assign(found, Generators.IR.Make.False));
            accumulators.Add(found);
        }
        var inner = new List<Stmt>();
        uniforms.AddRange([begin, end]);
        depth++;
        int accumulated = accumulators.Count;
        if (Chance(3)) UniformStatement(inner, false);
        for (int k = random.Next(1, 3); k > 0; k--) Lanes(inner, (begin, end));
        if (breaks) inner.Add(new If(Of(Pick(Op.Any, Op.All), Bool, With(accumulators, () => Chance(2) ? found.Read() : E(Bool, 1, false))), [new Leave(label)], []));
        if (Chance(3)) UniformStatement(inner, false);
        depth--;
        uniforms.RemoveAll(u => inner.SelectMany(s => s.Assigns()).Contains(u));
        uniformVariables.RemoveAll(u => inner.SelectMany(s => s.Assigns()).Contains(u) && !uniforms.Contains(u));
        uniforms.Remove(begin);
        uniforms.Remove(end);
        accumulators.RemoveRange(accumulated, accumulators.Count - accumulated);
        Leave(label);
        inChunks = false;
        body.Add(new ChunkLoop(label, begin, end, Int(0, type), To(type, n.Read()), inner.ToSequence()));
    }

    // ---- lane code ----

    void Lanes(List<Stmt> body, (Local Begin, Local End)? chunk)
    {
        if (chunk is null && Chance(2))
        {
            var acc = Fresh(Chance(6) ? Bool : Pick(arithmetic), "acc");
            body.Add(new Assign(acc, Chance(2) ? new Const(acc.Type, 0) : E(acc.Type, 1, true)));
            accumulators.Add(acc);
        }
        var lane = Fresh(I32, "i");
        bool constant = chunk is null && Chance(5);
        int limit = constant ? Pick(4, 8, 16, Small, 1) : 0;
        Expr begin = Int(0), end = constant ? Int(limit) : n.Read();
        if (chunk is { } c) (begin, end) = (c.Begin.Read(), c.End.Read());
        else if (Chance(4)) begin = constant ? Int(random.Next(limit)) : offset.Read();
        else if (!constant && Chance(8)) end = Of(Op.Sub, I32, n.Read(), offset.Read());
        if (chunk is null && Chance(5)) (begin, end) = (To(I64, begin) is var b && begin is Const k ? Int(k.Integer(), I64) : b, end is Const l ? Int(l.Integer(), I64) : To(I64, end));
        plan = new LoopPlan { Lane = lane, Limit = limit };
        foreach (var room in rooms.OrderBy(_ => random.Next()).ToList()) Plan(room, body);
        lanes = [lane, .. accumulators];
        laneArrays = [];
        var outerLabels = labels.ToList();
        labels.Clear();
        var inner = new List<Stmt>();
        if (Chance(4))
        {
            var array = new Buffer($"l{names++}", Pick(arithmetic), Storage.Lane);
            int length = Pick(2, 4, 8, 3);
            inner.Add(new DeclareArray(array, Int(length)));
            laneArrays.Add(array);
            laneLengths[array] = length;
        }
        inner.AddRange(LaneBody(random.Next(1, 5)));
        labels.AddRange(outerLabels);
        lanes = [];
        laneArrays = [];
        var counts = plan.Counts;
        plan = null;
        body.Add(new LaneLoop(lane, begin, end, inner.ToSequence()));
        uniforms.AddRange(counts);
    }

    void Plan(Room room, List<Stmt> before)
    {
        int role = random.Next(8);
        var element = room.Buffer.Element;
        bool fits = plan!.Limit == 0 ? room.Scale > 0 : room.Slack >= plan.Limit;
        if (role <= 3 && fits)
        {
            int stride = plan.Limit > 0 ? 1 : room.Scale;
            if (stride > 1 && Chance(4)) stride = Pick(1, 2, 4, 8);
            if (stride > room.Scale && plan.Limit == 0) stride = room.Scale;
            bool slack = room.Slack >= Small && plan.Limit == 0;
            bool isChecked = room.Buffer.Storage == Storage.Parameter && Chance(6);
            var pattern = isChecked ? new Pattern(stride, random.Next(-5, 8), 0, true)
                : slack && stride == 1 && Chance(5) ? new Pattern(1, 0, Pick(1, 2, 3, 7), false)
                : stride == 1 && plan.Limit == 0 && Chance(6) ? new Pattern(-1, 0, 0, false)
                : new Pattern(stride, slack ? Pick(0, 0, 1, 3, 8) : 0, 0, false);
            plan.Writes[room.Buffer] = pattern;
        }
        if (plan.Writes.ContainsKey(room.Buffer)) return;
        if (role == 4 && room.Slack >= 8 && !element.IsNarrow() && !(room.Buffer.Storage == Storage.Block)) plan.Atomics[room.Buffer] = (Kind(element), false);
        else if (role == 5 && !blockArrays.Contains(room.Buffer) && room.Rows == 0)
        {
            var count = Fresh(I32, "count");
            before.Add(new Assign(count, Chance(2) ? Int(0) : Of(Op.Min, I32, offset.Read(), room.Scale == 0 ? Int(room.Slack) : Of(Op.Add, I32, n.Read(), Int(room.Slack)))));
            plan.Appends[room.Buffer] = count;
        }
        if (plan.Atomics.ContainsKey(room.Buffer) || plan.Appends.ContainsKey(room.Buffer)) plan.Taken.Add(room.Buffer);
    }

    Sequence<Stmt> LaneBody(int count)
    {
        var outer = lanes.ToList();
        var body = new List<Stmt>();
        depth++;
        for (int k = 0; k < count; k++) LaneStatement(body);
        depth--;
        lanes = outer;
        return body.ToSequence();
    }

    void LaneStatement(List<Stmt> body)
    {
        budget--;
        int kind = random.Next(depth > 4 || budget < -3 ? 12 : 20);
        var lane = plan!.Lane;
        switch (kind)
        {
            case 0 or 1 or 2:
                var v = Fresh(Chance(6) ? Bool : Pick(arithmetic));
                body.Add(new Assign(v, E(v.Type, Pick(1, 2, 2, 3), false)));
                lanes.Add(v);
                return;
            case 3 or 4 when !whole || kind == 3:
                var assignable = lanes.Where(x => x != lane && !x.Name.StartsWith('k')).ToList();
                if (assignable.Count == 0) return;
                var target = Pick(assignable);
                body.Add(new Assign(target, E(target.Type, 2, false)));
                return;
            case 5 when Chance(2): GroupStore(body); return;
            case 5 or 6 or 7 or 8 or 9:
                LaneStore(body);
                return;
            case 4 or 10 when whole && CallOf(true, false) is { } call:
                body.AddRange(call);
                lanes.AddRange(((Call)call[0]).Results.Where(r => !lanes.Contains(r)));
                return;
            case 10:
                if (laneArrays.Count == 0) { LaneStore(body); return; }
                var array = Pick(laneArrays);
                body.Add(new Store(array, LaneArrayIndex(array), E(array.Element, 2, false)));
                return;
            case 12 or 13:
                Expr condition = E(Bool, 2, uniform: Chance(5));
                var then = LaneBody(random.Next(1, 4));
                if (labels.Count > 0 && Chance(3)) then = [.. then, new Leave(Pick(labels))];
                body.Add(new If(condition, then, Chance(2) ? [] : LaneBody(random.Next(1, 3))));
                return;
            case 14 or 15 when whole && laneArrays.Count > 0 && Chance(2): body.Add(Sweep(Pick(laneArrays))); return;
            case 14:
            {
                string label = Enter("for");
                var index = new Local($"k{names++}", Pick(I32, I64, U32));
                bool up = Chance(2) || index.Type == U32, uniform = Chance(2);
                Expr low = Of(Op.And, index.Type, E(index.Type, 1, uniform), Int(1, index.Type)), high = Of(Op.And, index.Type, E(index.Type, 1, uniform), Int(5, index.Type));
                lanes.Add(index);
                plan.InnerLoops++;
                var inner = LaneBody(random.Next(1, 4));
                plan.InnerLoops--;
                lanes.Remove(index);
                Leave(label);
                body.Add(new For(label, index, up ? low : high, up ? high : low, up ? Pick(1, 2, 3) : Pick(-1, -2), inner));
                return;
            }
            case 15 or 16:
            {
                string label = Enter("loop");
                var counter = Fresh(Pick(I32, I64, U32), "k");
                body.Add(new Assign(counter, Int(0, counter.Type)));
                Expr bound = Chance(3) ? Int(random.Next(1, 4), counter.Type) : Of(Op.And, counter.Type, E(counter.Type, 1, uniform: Chance(4)), Int(5, counter.Type));
                if (bound is not Const)
                {
                    var limit = Fresh(counter.Type, "k");
                    body.Add(new Assign(limit, bound));
                    bound = limit.Read();
                }
                Stmt exit = new If(Of(Op.Ge, Bool, counter.Read(), bound), [new Leave(label)], []);
                Stmt advance = new Assign(counter, Add(counter.Read(), Int(1, counter.Type)));
                lanes.Add(counter);
                plan.InnerLoops++;
                Sequence<Stmt> inner = LaneBody(random.Next(1, 4));
                inner = Chance(2) ? [exit, advance, .. inner] : [advance, .. Chance(2) ? LaneBody(1) : [], exit, .. inner];
                plan.InnerLoops--;
                lanes.Remove(counter);
                Leave(label);
                body.Add(new Loop(label, inner));
                return;
            }
            case 17:
            {
                string label = Enter("block");
                Sequence<Stmt> inner = [.. LaneBody(random.Next(1, 3)), new If(E(Bool, 2, uniform: Chance(5)), [new Leave(Pick(labels))], []), .. LaneBody(random.Next(1, 3))];
                Leave(label);
                body.Add(new Block(label, inner));
                return;
            }
            case 18 when Chance(2): Dispatched(body); return;
            case 18 or 11: GroupLoad(body); return;
            default: GroupStore(body); return;
        }
    }

    void LaneStore(List<Stmt> body)
    {
        if (plan!.Atomics.Count > 0 && Chance(3))
        {
            var (buffer, (kind, done)) = Pick(plan.Atomics.ToList());
            if (done && Chance(2)) kind = Kind(buffer.Element);
            bool isChecked = buffer.Storage == Storage.Parameter && Chance(5);
            var old = Chance(2) ? Fresh(buffer.Element) : null;
            plan.Atomics[buffer] = (kind, true);
            Expr index = isChecked ? Of(Op.And, I32, E(I32, 2, false), Int(31)) : Of(Op.And, I32, E(I32, 2, false), Int(7));
            if (isChecked && Chance(2)) index = Of(Op.Sub, I32, index, Int(4));
            Expr value = E(buffer.Element, 2, false);
            if (old is not null) body.Add(new Assign(old, E(old.Type, 1, false)));
            body.Add(new Atomic(old, kind, buffer, isChecked ? To(Pick(I32, I64), index) : At(buffer, To(Pick(I32, I64), index)), value, kind == AtomicKind.CompareExchange ? Comparand(buffer.Element, false) : null, isChecked));
            if (old is not null) lanes.Add(old);
            return;
        }
        if (plan.Appends.Count > 0 && Chance(3))
        {
            var (buffer, count) = Pick(plan.Appends.ToList());
            if (!plan.Appended.Contains(buffer) && Chance(3)) // one count for several arrays, whose beginnings are in all of them; one that runs past a shorter array would be out of range
                count = Pick(plan.Appends.Where(x => rooms.First(r => r.Buffer == x.Key) is var other && rooms.First(r => r.Buffer == buffer) is var room
                    && other.Scale == room.Scale && other.Slack == room.Slack).Select(x => x.Value).ToList());
            plan.Appends[buffer] = count;
            plan.Appended.Add(buffer);
            if (!plan.Counts.Contains(count)) plan.Counts.Add(count);
            body.Add(new Append(buffer, count, Stored(buffer.Element, 2, false)));
            return;
        }
        if (tied.Count > 0 && plan.Limit == 0 && Chance(2))
        {
            var room = Pick(tied);
            int c = random.Next(room.Scale);
            for (int k = Chance(2) ? room.Scale : 1; k > 0; k--, c = (c + 1) % room.Scale)
                body.Add(new Store(room.Buffer, Index(new(room.Scale, 0, 0, false), c), Stored(room.Buffer.Element, 2, false)));
            return;
        }
        if (plan.Writes.Count == 0) return;
        var (to, pattern) = Pick(plan.Writes.ToList());
        body.Add(new Store(to, At(to, Index(pattern, random.Next(Math.Abs(pattern.Stride)))), Stored(to.Element, Pick(1, 2, 2, 3), false), pattern.Checked));
    }

    void GroupStore(List<Stmt> body)
    {
        var wide = plan!.Writes.Where(w => w.Value is { Stride: > 1, Checked: false }).ToList();
        if (wide.Count == 0) { LaneStore(body); return; }
        var (to, pattern) = Pick(wide);
        var row = views.TryGetValue(to, out var view) ? Row(view) : null;
        bool apart = !Chance(4) && plan.Taken.Add(to); // a load between would keep the stores single
        foreach (int c in Enumerable.Range(0, pattern.Stride).OrderBy(_ => Chance(4) ? random.Next() : 0))
            body.Add(new Store(to, At(to, Index(pattern, c), row), Stored(to.Element, pattern.Stride > 4 ? 1 : 2, false)));
        if (apart) plan.Taken.Remove(to);
    }

    void GroupLoad(List<Stmt> body)
    {
        if (plan!.Limit > 0) return;
        var wide = rooms.Where(r => r.Scale > 1 && !plan.Taken.Contains(r.Buffer) && !r.Buffer.Element.IsNarrow()
            && (!plan.Writes.TryGetValue(r.Buffer, out var w) || w is { Xor: 0, Stride: > 1, Checked: false })).ToList();
        if (wide.Count == 0) return;
        var room = Pick(wide);
        var pattern = plan.Writes.TryGetValue(room.Buffer, out var own) ? own : new Pattern(room.Scale, 0, 0, false);
        var row = views.TryGetValue(room.Buffer, out var view) ? Row(view) : null;
        for (int c = 0; c < pattern.Stride; c++)
        {
            var v = Fresh(room.Buffer.Element);
            body.Add(new Assign(v, new Load(room.Buffer, At(room.Buffer, Index(pattern, c), row))));
            lanes.Add(v);
        }
    }

    /// The element c of this iteration.
    Expr Index(Pattern p, int c)
    {
        Expr i = plan!.Lane.Read();
        if (p.Xor != 0) return Of(Op.Xor, I32, i, Int(p.Xor));
        if (p.Stride == -1) return Of(Op.Sub, I32, Of(Op.Sub, I32, n.Read(), Int(1)), i);
        var type = Pick(I32, I32, I64, U32, U64);
        if (p.Checked && type is U32) type = I32;
        if (Chance(2)) i = To(type, i);
        Expr index = p.Stride == 1 ? i : Chance(4) && (p.Stride & (p.Stride - 1)) == 0
            ? Of(Op.Shl, i.Type, i, Int(System.Numerics.BitOperations.Log2((uint)p.Stride)))
            : Chance(2) ? Of(Op.Mul, i.Type, i, Int(p.Stride, i.Type)) : Of(Op.Mul, i.Type, Int(p.Stride, i.Type), i);
        int constant = p.Base + c;
        if (constant != 0) index = constant < 0 && Chance(2) ? Of(Op.Sub, i.Type, index, Int(-constant, i.Type)) : Of(Op.Add, i.Type, index, Int(constant, i.Type));
        return index;
    }

    Expr LaneArrayIndex(Buffer array) => laneLengths[array] is var length && Chance(3) && length != 3
        ? Of(Op.And, I32, E(I32, 1, false), Int(length - 1))
        : Int(random.Next(length));

    void Dispatched(List<Stmt> body)
    {
        var values = Enumerable.Range(0, random.Next(1, 3)).Select(_ => E(Pick(arithmetic), 2, false)).ToList();
        var results = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Fresh(Pick(arithmetic))).ToList();
        foreach (var r in results) body.Add(new Assign(r, new Const(r.Type, 0)));
        var cases = new List<Function>();
        var (outerLanes, outerUniforms, outerAcc, outerLabels, outerArrays) = (lanes, uniforms.ToList(), accumulators.ToList(), labels.ToList(), laneArrays);
        for (int k = random.Next(2, 4); k > 0; k--)
        {
            var parameters = values.Select((v, j) => new Local($"q{j}", v.Type)).ToList();
            lanes = [.. parameters];
            laneArrays = [];
            uniforms.Clear();
            accumulators.Clear();
            labels.Clear();
            inCombine = inCase = true;
            var statements = new List<Stmt>();
            var t = new Local("t", Pick(arithmetic));
            statements.Add(new Assign(t, E(t.Type, 2, false)));
            lanes.Add(t);
            if (Chance(2)) statements.Add(new If(E(Bool, 1, false), [new Assign(t, E(t.Type, 2, false))], []));
            var own = results.Select((r, j) => new Local($"s{j}", r.Type)).ToList();
            foreach (var r in own) statements.Add(new Assign(r, E(r.Type, 2, false)));
            cases.Add(new($"Case{k}", FunctionKind.Helper, [.. parameters.Select(x => (Parameter)new ValueParameter(x, ParameterRole.Plain))], own.ToSequence(), [], statements.ToSequence(), new()));
            inCombine = inCase = false;
        }
        (lanes, laneArrays) = (outerLanes, outerArrays);
        uniforms.AddRange(outerUniforms);
        accumulators.AddRange(outerAcc);
        labels.AddRange(outerLabels);
        body.Add(new Dispatch(results.ToSequence(), Of(Op.And, I32, E(I32, 2, false), Int(3)), values.ToSequence(), cases.ToSequence()));
        lanes.AddRange(results);
    }

    // ---- expressions ----

    /// What a store to an array of the type takes.
    Expr Stored(ScalarType type, int d, bool uniform)
    {
        if (!type.IsNarrow()) return E(type, d, uniform);
        return Chance(8) ? new Const(type, Values.Any(type, random)) : new Apply(Op.Convert, type, [E(Pick(arithmetic), d, uniform)]);
    }

    /// A float whose NaN, if it is one, has no bits to look at.
    Expr Ordered(Expr e) => Of(Op.Select, e.Type, Of(Op.Eq, Bool, e, e), e, new Const(e.Type, 0));

    Expr E(ScalarType t, int d, bool uniform)
    {
        if (d <= 0 || Chance(6)) return Leaf(t, uniform);
        Expr X(ScalarType type) => E(type, d - 1, uniform);
        Expr Binary(Op op) => Of(op, t, X(t), X(t));
        Expr Unary(Op op) => Of(op, t, X(t));
        if (Chance(8)) return Of(Op.Select, t, X(Bool), X(t), X(t));
        if (t == Bool)
        {
            switch (random.Next(6))
            {
                case 0: return Of(Pick(Op.And, Op.Or, Op.Xor), Bool, X(Bool), X(Bool));
                case 1: return Of(Op.Not, Bool, X(Bool));
                case 2: return Of(Pick(Op.Eq, Op.Ne), Bool, X(Bool), X(Bool));
                case 3 when uniform && plan is null && accumulators.Count > 0 && !inCombine: return Of(Pick(Op.Any, Op.All), Bool, With(accumulators, () => E(Bool, d - 1, false)));
                default:
                    var operand = Pick(arithmetic);
                    return Of(Pick(Op.Eq, Op.Ne, Op.Lt, Op.Le, Op.Gt, Op.Ge), Bool, X(operand), X(operand));
            }
        }
        if (Chance(8)) return To(t, X(Chance(5) ? Bool : Pick(arithmetic)));
        if (Chance(20)) return new Apply(Op.Convert, t, [new Apply(Op.Convert, Pick(narrow), [X(Pick(arithmetic))])]);
        if (Chance(12))
        {
            var from = Pick([.. arithmetic.Where(a => a.Bytes() == t.Bytes())]);
            Expr e = X(from);
            return Of(Op.Bits, t, Generators.IR.Make.IsFloat(from) ? Ordered(e) : e);
        }
        if (Generators.IR.Make.IsFloat(t))
        {
            switch (random.Next(14))
            {
                case 0: return Of(Pick(Op.Sqrt, Op.Floor, Op.Ceiling, Op.Truncate, Op.Round), t, X(t));
                case 1: return Unary(Pick(Op.Neg, Op.Abs));
                case 2: return Binary(Pick(Op.Min, Op.Max));
                case 3: return Binary(Pick(Op.MinOrSecond, Op.MaxOrSecond));
                case 4: return Of(Op.CopySign, t, X(t), Ordered(X(t)));
                case 5: return Of(Op.Fma, t, X(t), X(t), X(t));
                case 6: return Of(Op.MulAdd, t, X(t), X(t), X(t));
                case 7: return Binary(Op.Div);
                case 8: // |x| in [1, 2)
                    var bits = t == F32 ? I32 : I64;
                    Expr x = Of(Op.Bits, t, Of(Op.Or, bits, Of(Op.And, bits, X(bits), Int(t == F32 ? unchecked((int)0x807FFFFF) : unchecked((long)0x800FFFFFFFFFFFFF), bits)), Int(t == F32 ? 0x3F800000 : 0x3FF0000000000000, bits)));
                    if (Chance(2)) return Of(Op.ScaleNormal, t, x, To(t, Of(Op.Sub, I32, Of(Op.And, I32, X(I32), Int(t == F32 ? 127 : 1023)), Int(t == F32 ? 63 : 511))));
                    return Of(Op.Scale, t, x, To(t, Of(Op.Sub, I32, Of(Op.And, I32, X(I32), Int(t == F32 ? 255 : 2047)), Int(t == F32 ? 128 : 1024))));
                case 9 when Chance(4): return Binary(Op.Rem);
                default: return Binary(Pick(Op.Add, Op.Sub, Op.Mul));
            }
        }
        switch (random.Next(12))
        {
            case 0: return Of(Pick(Op.Neg, Op.Abs, Op.Not), t, X(t));
            case 1: return Binary(Pick(Op.Min, Op.Max, Op.MinOrSecond, Op.MaxOrSecond));
            case 2 or 3: return Binary(Pick(Op.And, Op.Or, Op.Xor));
            case 4: return Of(Pick(Op.Shl, Op.Shr), t, X(t), E(I32, Chance(2) ? 0 : d - 1, uniform || Chance(2)));
            case 5: return Unary(Pick(Op.PopCount, Op.LeadingZeros, Op.TrailingZeros));
            case 6 when Chance(2):
                Expr divisor = Chance(2) ? Int(Pick<long>(1, 2, 3, 7, 10, -3, -1, 64), t) : Of(Op.Or, t, E(t, 1, uniform: true), Int(1, t));
                return Of(Pick(Op.Div, Op.Rem), t, X(t), divisor);
            case 7 when t is I32 or I64:
                var f = Pick(F32, F64);
                return Of(Op.ConvertInRange, t, Of(Op.Mul, f, To(f, Of(Op.Sub, I32, Of(Op.And, I32, X(I32), Int(0xFFFF)), Int(0x7FFF))), new Const(f, Operations.Evaluate(Op.Convert, f, F64, (ulong)BitConverter.DoubleToInt64Bits(0.37), 0, 0, false))));
            default: return Binary(Pick(Op.Add, Op.Sub, Op.Mul));
        }
    }

    Expr Leaf(ScalarType t, bool uniform)
    {
        int kind = random.Next(8);
        if (kind < 4)
        {
            var candidates = (uniform ? uniforms : [.. uniforms, .. lanes, .. lanes]).Where(x => x.Type == t).ToList();
            if (candidates.Count > 0) return Pick(candidates).Read();
        }
        if (kind < 7 && t != Bool && Loaded(t, uniform) is { } load) return load;
        return new Const(t, Chance(2) ? Values.Any(t, random) : Operations.Evaluate(Op.Convert, t, I32, (uint)random.Next(t == Bool ? 2 : 9), 0, 0, false));
    }

    /// Something loaded, converted to the type; null if no array will do.
    Expr? Loaded(ScalarType t, bool uniform)
    {
        if (helperSlices is { Count: > 0 } && !uniform && Chance(3) && Pick(helperSlices).Buffer is var part && Matching(part, t))
            return To(t, new Load(part, Chance(2) ? Int(random.Next(SliceLength)) : Of(Op.And, I32, E(I32, 1, uniform), Int(SliceLength - 1))));
        if (helperSlices is not null && !uniform && laneArrays.Count > 0 && Chance(3)) return To(t, new Load(laneArrays[0], LaneArrayIndex(laneArrays[0])));
        if (inCombine)
        {
            if (constants.Count == 0 || uniform || !inCase) return null;
            return Matching(constants[0].Buffer, t) ? To(t, new Load(constants[0].Buffer, Of(Op.And, I32, lanes.FirstOrDefault(x => x.Type == I32)?.Read() ?? Int(5), Int(15)))) : null;
        }
        if (!uniform && plan is not null && laneArrays.Count > 0 && Chance(3))
        {
            var array = Pick(laneArrays);
            return To(t, new Load(array, LaneArrayIndex(array)));
        }
        if (constants.Count > 0 && Chance(5) && Matching(constants[0].Buffer, t)) return To(t, new Load(constants[0].Buffer, Of(Op.And, I32, E(I32, 1, uniform), Int(15))));
        bool inLanes = plan is not null;
        if (!uniform && inLanes && plan!.Limit == 0 && tied.Count > 0 && Chance(3))
        {
            var pair = Pick(tied);
            if (Matching(pair.Buffer, t)) return To(t, new Load(pair.Buffer, Index(new(pair.Scale, 0, 0, false), random.Next(pair.Scale))));
        }
        var candidates = rooms.Where(r => Matching(r.Buffer, t) && (!inLanes || !plan!.Taken.Contains(r.Buffer))).ToList();
        if (candidates.Count == 0) return null;
        var room = Pick(candidates);
        var buffer = room.Buffer;
        bool parameter = buffer.Storage == Storage.Parameter;
        if (!uniform && inLanes)
        {
            if (plan!.Writes.TryGetValue(buffer, out var own)) return To(t, new Load(buffer, At(buffer, Index(own, random.Next(Math.Abs(own.Stride)))), own.Checked));
            if (plan.Limit == 0 && room.Scale > 0 && !Chance(4))
            {
                int stride = Chance(2) ? room.Scale : 1;
                bool slack = room.Slack >= Small;
                Expr index = Chance(8) ? Index(new(-1, 0, 0, false), 0)
                    : Index(new(stride, 0, 0, false), stride > 1 ? random.Next(stride) : slack ? random.Next(8) : 0);
                if (slack && stride == 1 && Chance(5)) index = Of(Op.Add, index.Type, index, To(index.Type, offset.Read()));
                return To(t, new Load(buffer, At(buffer, index)));
            }
            if (plan.Limit > 0 && room.Slack >= plan.Limit && Chance(2)) return To(t, new Load(buffer, At(buffer, plan.Lane.Read())));
            if (plan.Limit > 0 && room.Slack >= 16 && plan.Limit <= 16 && Chance(2)) return To(t, new Load(buffer, At(buffer, Of(Op.Xor, I32, plan.Lane.Read(), Int(random.Next(plan.Limit))))));
            if (parameter && Chance(4)) return To(t, new Load(buffer, Chance(2) ? Of(Op.Sub, I32, plan.Lane.Read(), Int(3)) : E(Pick(integers), 1, false), true));
            if (room.Slack >= 4) return To(t, new Load(buffer, At(buffer, To(Pick(integers), Of(Op.And, I32, E(I32, 1, false), Int(room.Slack >= 16 ? 15 : 3))))));
            return null;
        }
        // One element for all lanes: not of an array that this loop writes.
        if (inLanes && plan!.Writes.ContainsKey(buffer)) return null;
        if (parameter && Chance(4)) return To(t, new Load(buffer, E(Pick(integers), 1, true), true));
        if (room.Slack < 4) return null;
        return To(t, new Load(buffer, At(buffer, Chance(2) ? Int(random.Next(Math.Min(room.Slack, Small))) : Of(Op.And, I32, E(I32, 1, true), Int(room.Slack >= 16 ? 15 : 3)))));
    }

    bool Matching(Buffer b, ScalarType t) => b.Element == t || b.Element.IsNarrow() || Chance(8);
}
