using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Targets.Gpu;

/// Arrays. What several threads see (storage buffers, groupshared) is of 32-bit words, so that every element can be changed atomically, but for 64-bit elements, which keep their
/// type; what one thread sees has the elements' own types. In storage buffers elements below 32 bits are packed, as on the host, and a store of one is two atomic operations on its word.
sealed partial class SpirvEmitter
{
    /// Length: of arrays that a parameter does not give. Class: of all that may be the same memory.
    sealed record Memory(uint Id, SpirvStorage Storage, ScalarType Element, int Length, string Class)
    {
        public bool Packed => Storage == SpirvStorage.StorageBuffer && Element.IsNarrow();
        public bool Shared => Storage is SpirvStorage.StorageBuffer or SpirvStorage.Workgroup;
        public SpirvScope Scope => Storage == SpirvStorage.Workgroup ? SpirvScope.Workgroup : SpirvScope.Device;
    }

    readonly Dictionary<string, Memory> arrays = [];
    readonly Dictionary<string, string> classes = [];
    readonly HashSet<string> rewritten = [];   // classes of packed arrays that are written: their words change while others read them
    List<BufferParameter> arrayParameters = [];
    uint errors;                               // the array of error bits, once something is checked

    string Class(Buffer b) => b.Storage == Storage.Parameter && classes.TryGetValue(b.Name, out string? c) ? c : b.Name;

    void BindArrays()
    {
        arrayParameters = [.. f.Parameters.OfType<BufferParameter>()];
        // The array that a parameter is in place of may come behind it: what is connected gets one name.
        foreach (var p in arrayParameters) classes[p.Buffer.Name] = p.Buffer.Name;
        foreach (var p in arrayParameters)
            foreach (var other in arrayParameters)
                if (p.InPlaceOf == "*" ? other.Buffer.Element == p.Buffer.Element : p.InPlaceOf == other.Buffer.Name)
                {
                    var (from, to) = (classes[other.Buffer.Name], classes[p.Buffer.Name]);
                    foreach (string name in classes.Keys.ToList()) if (classes[name] == from) classes[name] = to;
                }
        for (int k = 0; k < arrayParameters.Count; k++)
        {
            var p = arrayParameters[k];
            uint id = StorageBuffer((uint)k, p.Buffer.Element);
            module.Name(id, p.Buffer.Name);
            if (classes.Values.Count(c => c == Class(p.Buffer)) > 1) module.Decorate(id, SpirvDecoration.Aliased);
            else if (p.Access == Access.Read) module.Decorate(id, SpirvDecoration.NonWritable);
            arrays[p.Buffer.Name] = new(id, SpirvStorage.StorageBuffer, p.Buffer.Element, 0, Class(p.Buffer));
            if (p.Buffer.Element.IsNarrow() && p.Access != Access.Read) rewritten.Add(Class(p.Buffer));
        }
        Constants(f);
    }

    uint StorageBuffer(uint binding, ScalarType type)
    {
        uint element = ElementType(SpirvStorage.StorageBuffer, type), array = module.Type(SpirvOp.TypeRuntimeArray, element), block = module.Type(SpirvOp.TypeStruct, array);
        module.Decorate(array, SpirvDecoration.ArrayStride, (uint)Math.Max(type.Bytes(), 4));
        module.Decorate(block, SpirvDecoration.Block);
        module.DecorateMember(block, 0, SpirvDecoration.Offset, 0);
        uint id = module.GlobalVariable(SpirvStorage.StorageBuffer, block);
        module.Decorate(id, SpirvDecoration.DescriptorSet, 0);
        module.Decorate(id, SpirvDecoration.Binding, binding);
        return id;
    }

    void Constants(Function function)
    {
        foreach (var c in function.Constants)
        {
            uint type = TypeOf(c.Buffer.Element), array = module.Type(SpirvOp.TypeArray, type, Word((uint)Math.Max(c.Bits.Count, 1)));
            uint data = c.Bits.Count == 0 ? module.Constant(SpirvOp.ConstantNull, array) : module.Constant(SpirvOp.ConstantComposite, array, [.. c.Bits.Select(b => Constant(c.Buffer.Element, b))]);
            uint id = module.GlobalVariable(SpirvStorage.Private, array, data);
            module.Name(id, c.Buffer.Name);
            arrays[scope + c.Buffer.Name] = new(id, SpirvStorage.Private, c.Buffer.Element, c.Bits.Count, c.Buffer.Name);
        }
    }

    void Declare(DeclareArray d)
    {
        if (d.Fill is not null) throw new Refused($"'{d.Buffer.Name}' is persistent scratch, which a group does not have.");
        if (d.Length is not Const { } c || c.Integer() is < 0 or > int.MaxValue) throw new Refused($"The length of '{d.Buffer.Name}' is not a constant: groupshared arrays need one.");
        int length = (int)c.Integer();
        string name = scope + d.Buffer.Name;
        bool mine = d.Buffer.Storage == Storage.Lane;
        var storage = mine ? SpirvStorage.Function : SpirvStorage.Workgroup;
        if (!mine && (inLanes || elements)) throw new Refused($"'{d.Buffer.Name}' is shared by lanes that run apart.");
        if (!arrays.TryGetValue(name, out var memory))
        {
            uint array = module.Type(SpirvOp.TypeArray, ElementType(storage, d.Buffer.Element), Word((uint)Math.Max(length, 1)));
            uint id = mine ? module.LocalVariable(array) : GroupShared(array, length, d.Buffer.Element);
            module.Name(id, name);
            arrays[name] = memory = new(id, storage, d.Buffer.Element, length, d.Buffer.Name);
        }
        if (memory.Length != length || memory.Element != d.Buffer.Element) throw new Refused($"'{name}' is declared with two lengths or types.");
        if (mine)
        {
            uint array = module.Type(SpirvOp.TypeArray, ElementType(storage, d.Buffer.Element), Word((uint)Math.Max(length, 1)));
            uint zero = d.Buffer.Element is ScalarType.F32 or ScalarType.F64 ? WithHidden(d.Buffer.Element, 0) : Constant(d.Buffer.Element, 0);
            module.Do(SpirvOp.Store, memory.Id, module.Make(SpirvOp.CompositeConstruct, array, [.. Enumerable.Repeat(zero, Math.Max(length, 1))]));
        }
        if (d.Buffer.Storage != Storage.Block) return;
        // Block arrays start as 0: all threads fill.
        if (traffic.Touches(memory.Class)) Barrier();
        uint at = module.LocalVariable(word);
        uint Here() => module.Make(SpirvOp.Load, word, at);
        module.Do(SpirvOp.Store, at, thread);
        Repeat(null, () => Compare(SpirvOp.ULessThan, Here(), Word((uint)length)),
            () => module.Do(SpirvOp.Store, At(memory, Here()), module.Constant(SpirvOp.ConstantNull, ElementType(storage, memory.Element))),
            () => module.Do(SpirvOp.Store, at, module.Make(SpirvOp.IAdd, word, Here(), Word((uint)size))));
        traffic.Lanes.Add(memory.Class);
    }

    uint GroupShared(uint array, int length, ScalarType element)
    {
        long bytes = sharedBytes + (long)length * Math.Max(element.Bytes(), 4);
        if (bytes > GpuKernelLayout.MaxSharedBytes) throw new Refused($"Its groupshared arrays take more than {GpuKernelLayout.MaxSharedBytes} bytes.");
        sharedBytes = (int)bytes;
        return module.GlobalVariable(SpirvStorage.Workgroup, array);
    }

    uint ElementType(SpirvStorage storage, ScalarType type) => type == ScalarType.F32 && storage is SpirvStorage.StorageBuffer or SpirvStorage.Workgroup ? word : TypeOf(type);

    Memory Find(Buffer b) => arrays.TryGetValue(scope + b.Name, out var m) || arrays.TryGetValue(b.Name, out m) ? m : throw new Refused($"The array '{b.Name}' is not declared here.");

    /// A pointer to an element; of packed ones, to a word.
    uint At(Memory m, uint index)
    {
        uint pointer = module.Pointer(m.Storage, ElementType(m.Storage, m.Element));
        return m.Storage == SpirvStorage.StorageBuffer ? module.Make(SpirvOp.AccessChain, pointer, m.Id, Word(0), index) : module.Make(SpirvOp.AccessChain, pointer, m.Id, index);
    }

    /// An index in range as a word: a storage buffer has less than 2^32 elements.
    uint Index(Expr e) => Converted(e.Type, ScalarType.U32, Value(e));

    uint Load(Load l)
    {
        if (l.Mask is not null) throw new Refused("A masked load.");
        var m = Find(l.Buffer);
        if (!l.Checked) return Fetch(m, Index(l.Index));
        uint result = module.LocalVariable(TypeOf(l.Type));
        module.Do(SpirvOp.Store, result, Constant(l.Type, 0));
        InRange(m, l.Buffer, l.Index, index => module.Do(SpirvOp.Store, result, Fetch(m, index)));
        return module.Make(SpirvOp.Load, TypeOf(l.Type), result);
    }

    uint Fetch(Memory m, uint index)
    {
        if (!inLanes) traffic.Read.Add(m.Class); // again: a vote in the same expression has barriers of its own
        uint place = m.Packed ? Shift(SpirvOp.ShiftRightLogical, index, m.Element.Bytes() == 1 ? 2u : 1) : index, pointer = At(m, place);
        uint value = m.Shared && (atomic.Contains(m.Class) && m.Element.Bytes() <= 4 || m.Packed && rewritten.Contains(m.Class))
            ? module.Make(SpirvOp.AtomicLoad, word, pointer, Word((uint)m.Scope), Word(SpirvSemantics.Relaxed))
            : module.Make(SpirvOp.Load, ElementType(m.Storage, m.Element), pointer);
        if (m.Packed) return module.Make(SpirvOp.BitwiseAnd, word, module.Make(SpirvOp.ShiftRightLogical, word, value, BitOf(m, index)), Word((uint)m.Element.Mask()));
        return m.Shared && m.Element == ScalarType.F32 ? Bits(ScalarType.U32, ScalarType.F32, value) : value;
    }

    /// The first bit of a packed element in its word.
    uint BitOf(Memory m, uint index) => m.Element.Bytes() == 1
        ? Shift(SpirvOp.ShiftLeftLogical, module.Make(SpirvOp.BitwiseAnd, word, index, Word(3)), 3)
        : Shift(SpirvOp.ShiftLeftLogical, module.Make(SpirvOp.BitwiseAnd, word, index, Word(1)), 4);

    void Put(Memory m, uint index, uint value)
    {
        if (!m.Packed)
        {
            module.Do(SpirvOp.Store, At(m, index), m.Shared && m.Element == ScalarType.F32 ? Bits(ScalarType.F32, ScalarType.U32, value) : value);
            return;
        }
        uint pointer = At(m, Shift(SpirvOp.ShiftRightLogical, index, m.Element.Bytes() == 1 ? 2u : 1)), bit = BitOf(m, index), scope = Word((uint)m.Scope), relaxed = Word(SpirvSemantics.Relaxed);
        uint others = module.Make(SpirvOp.Not, word, module.Make(SpirvOp.ShiftLeftLogical, word, Word((uint)m.Element.Mask()), bit));
        module.Make(SpirvOp.AtomicAnd, word, pointer, scope, relaxed, others);
        module.Make(SpirvOp.AtomicOr, word, pointer, scope, relaxed, module.Make(SpirvOp.ShiftLeftLogical, word, value, bit));
    }

    void Store(Store s)
    {
        if (s.Mask is not null) throw new Refused("A masked store.");
        var m = Find(s.Buffer);
        uint value = Value(s.Value);
        if (s.Checked) Alone(m, () => InRange(m, s.Buffer, s.Index, index => Put(m, index, value)));
        else
        {
            uint index = Index(s.Index);
            Alone(m, () => Put(m, index, value));
        }
    }

    /// Runs what follows if an index is in range, else raises the error flag.
    void InRange(Memory m, Buffer b, Expr e, Action<uint> inside)
    {
        var wide = e.Type.Width() == 64 || m.Length == 0 && b.Storage == Storage.Parameter && IsView(b) ? ScalarType.I64 : ScalarType.I32;
        uint index = Converted(e.Type, wide, Value(e)), length = Length(m, b, wide);
        if (errors == 0) module.Name(errors = StorageBuffer((uint)arrayParameters.Count, ScalarType.U32), "errors");
        IfThen(Compare(SpirvOp.ULessThan, index, length), () => inside(Converted(wide, ScalarType.U32, index)), () =>
            module.Make(SpirvOp.AtomicOr, word, module.Make(SpirvOp.AccessChain, module.Pointer(SpirvStorage.StorageBuffer, word), errors, Word(0), Word(0)),
                Word((uint)SpirvScope.Device), Word(SpirvSemantics.Relaxed), Word(1)));
    }

    bool IsView(Buffer b) => arrayParameters.Any(p => p.Buffer.Name == b.Name && p.View2);

    /// The number of elements, in I32 or I64.
    uint Length(Memory m, Buffer b, ScalarType type)
    {
        if (b.Storage != Storage.Parameter) return Constant(type, (ulong)m.Length);
        if (!IsView(b)) return Converted(ScalarType.I32, type, pushed(b.Name + ".Length"));
        uint t = TypeOf(type), rows = Converted(ScalarType.I32, type, pushed(b.Name + ".Rows")), columns = Converted(ScalarType.I32, type, pushed(b.Name + ".Columns")), one = Constant(type, 1);
        uint extent = module.Make(SpirvOp.IAdd, t, module.Make(SpirvOp.IMul, t, module.Make(SpirvOp.ISub, t, rows, one), pushed(b.Name + ".Stride")), columns);
        return Choose(type, Ordered(Op.Gt, type, rows, Constant(type, 0)), extent, Constant(type, 0));
    }

    void Atomic(Atomic a)
    {
        var m = Find(a.Buffer);
        if (a.Mask is not null) throw new Refused("A masked atomic operation.");
        if (!m.Shared) throw new Refused($"An atomic operation on '{a.Buffer.Name}', which no other lane sees.");
        if (m.Element.Bytes() > 4) throw new Refused($"An atomic operation on {m.Element}: devices have 64-bit ones as an extra that is not asked for yet.");
        if (!inLanes && a.Old is not null) throw new Refused("The old value of an atomic operation in uniform code.");
        uint value = Value(a.Value);
        uint? comparand = a.Comparand is null ? null : Value(a.Comparand);
        if (a.Checked)
        {
            if (a.Old is not null) Set(a.Old, Constant(a.Old.Type, 0));
            Alone(m, () => InRange(m, a.Buffer, a.Index, index => Update(a, m, index, value, comparand)));
        }
        else
        {
            uint index = Index(a.Index);
            Alone(m, () => Update(a, m, index, value, comparand));
        }
    }

    void Update(Atomic a, Memory m, uint index, uint value, uint? comparand)
    {
        var type = m.Element;
        uint pointer = At(m, index), scope = Word((uint)m.Scope), relaxed = Word(SpirvSemantics.Relaxed), old;
        if (a.Kind == AtomicKind.CompareExchange)
            old = module.Make(SpirvOp.AtomicCompareExchange, word, pointer, scope, relaxed, relaxed, Bits(type, ScalarType.U32, value), Bits(type, ScalarType.U32, comparand!.Value));
        else if (type == ScalarType.F32 && a.Kind != AtomicKind.Exchange)
        {
            // No float atomics in the core of Vulkan: compare and exchange until nobody came between.
            uint seen = module.LocalVariable(word), done = module.LocalVariable(boolean);
            module.Do(SpirvOp.Store, seen, module.Make(SpirvOp.AtomicLoad, word, pointer, scope, relaxed));
            module.Do(SpirvOp.Store, done, Constant(ScalarType.Bool, 0));
            Repeat(null, () => module.Make(SpirvOp.LogicalNot, boolean, module.Make(SpirvOp.Load, boolean, done)), () =>
            {
                uint before = module.Make(SpirvOp.Load, word, seen), x = Bits(ScalarType.U32, type, before);
                uint after = FloatOperation(a.Kind switch { AtomicKind.Add => Op.Add, AtomicKind.Min => Op.Min, _ => Op.Max }, type, [x, value]);
                uint found = module.Make(SpirvOp.AtomicCompareExchange, word, pointer, scope, relaxed, relaxed, Bits(type, ScalarType.U32, after), before);
                module.Do(SpirvOp.Store, done, Compare(SpirvOp.IEqual, found, before));
                module.Do(SpirvOp.Store, seen, found);
            });
            old = module.Make(SpirvOp.Load, word, seen);
        }
        else
        {
            bool signed = type.IsSigned();
            old = module.Make(a.Kind switch
            {
                AtomicKind.Add => SpirvOp.AtomicIAdd,
                AtomicKind.Min => signed ? SpirvOp.AtomicSMin : SpirvOp.AtomicUMin,
                AtomicKind.Max => signed ? SpirvOp.AtomicSMax : SpirvOp.AtomicUMax,
                AtomicKind.And => SpirvOp.AtomicAnd,
                AtomicKind.Or => SpirvOp.AtomicOr,
                AtomicKind.Xor => SpirvOp.AtomicXor,
                _ => SpirvOp.AtomicExchange,
            }, word, pointer, scope, relaxed, Bits(type, ScalarType.U32, value));
        }
        if (a.Old is not null) Set(a.Old, Bits(ScalarType.U32, type, old));
    }
}
