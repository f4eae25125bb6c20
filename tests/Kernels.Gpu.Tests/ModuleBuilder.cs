using System.Text;

namespace Kernels.Gpu.Tests;

/// <summary>
/// Writes small SPIR-V 1.3 modules, one function each: storage buffers of one number type, push constants of uint, one group-shared array. Independent of the
/// generator's writer, so that the host is tested by words of another origin.
/// </summary>
sealed class ModuleBuilder
{
    const uint Input = 1, Workgroup = 4, Private = 6, Push = 9, Buffer = 12;
    readonly List<uint> capabilities = [], decorations = [], types = [], code = [], inputs = [];
    readonly Dictionary<uint, uint> constants = [], pointers = [];
    readonly uint voidType, boolType, vector, push, pushMembers;
    readonly (uint X, uint Y, uint Z) localSize;
    uint next = 1;

    internal ModuleBuilder((uint X, uint Y, uint Z) localSize, int bits = 32, int pushWords = 2, bool declareFloat64 = true)
    {
        this.localSize = localSize;
        Capability(1);
        if (bits == 64 && declareFloat64) Capability(10);
        NumberBytes = (uint)bits / 8;
        voidType = Type(19);
        boolType = Type(20);
        Uint = Type(21, 32, 0);
        Number = Type(22, (uint)bits);
        vector = Type(23, Uint, 3);
        if (pushWords == 0) return;
        uint block = Type(30, [.. Enumerable.Repeat(Uint, pushWords)]);
        Emit(decorations, 71, block, 2);
        for (uint i = 0; i < pushWords; i++) Emit(decorations, 72, block, i, 35, 4 * i);
        push = Variable(Push, block);
        pushMembers = Pointer(Push, Uint);
    }

    internal uint Uint { get; }
    internal uint Number { get; }
    uint NumberBytes { get; }

    internal void Capability(uint number) => Emit(capabilities, 17, number);

    internal uint Constant(uint value)
    {
        if (!constants.TryGetValue(value, out uint id)) Emit(types, 43, Uint, constants[value] = id = next++, value);
        return id;
    }

    /// An array in a storage buffer; of numbers, or of uint.
    internal uint Array(uint binding, bool ofUint = false)
    {
        uint array = Type(29, ofUint ? Uint : Number), block = Type(30, array);
        Emit(decorations, 71, array, 6, ofUint ? 4 : NumberBytes);
        Emit(decorations, 71, block, 2);
        Emit(decorations, 72, block, 0, 35, 0);
        uint variable = Variable(Buffer, block);
        Emit(decorations, 71, variable, 34, 0);
        Emit(decorations, 71, variable, 33, binding);
        pointers[variable] = Pointer(Buffer, ofUint ? Uint : Number);
        return variable;
    }

    internal uint Shared(uint length)
    {
        uint variable = Variable(Workgroup, Type(28, Number, Constant(length)));
        pointers[variable] = Pointer(Workgroup, Number);
        return variable;
    }

    internal uint Local() => Variable(Private, Uint);

    /// x, y or z of: 26 the group's number, 27 the thread's in the group, 28 the thread's of all.
    internal uint BuiltIn(uint number, uint axis = 0)
    {
        uint variable = Variable(Input, vector);
        Emit(decorations, 71, variable, 11, number);
        inputs.Add(variable);
        return Value(81, Uint, Value(61, vector, variable), axis);
    }

    internal uint PushWord(uint index) => Value(61, Uint, Value(65, pushMembers, push, Constant(index)));

    internal uint Load(uint array, uint index, bool ofUint = false) => Value(61, ofUint ? Uint : Number, Element(array, index));

    internal void Store(uint array, uint index, uint value) => Emit(code, 62, Element(array, index), value);

    internal uint Get(uint local) => Value(61, Uint, local);

    internal void Set(uint local, uint value) => Emit(code, 62, local, value);

    internal uint Value(int op, uint type, params ReadOnlySpan<uint> operands)
    {
        uint id = next++;
        Emit(code, op, [type, id, .. operands]);
        return id;
    }

    internal uint Less(uint a, uint b) => Value(176, boolType, a, b);

    internal void If(uint condition, Action then)
    {
        uint inside = next++, behind = next++;
        Emit(code, 247, behind, 0);
        Emit(code, 250, condition, inside, behind);
        Emit(code, 248, inside);
        then();
        Emit(code, 249, behind);
        Emit(code, 248, behind);
    }

    /// Runs the body so many times; the counter is a local.
    internal void Repeat(uint count, uint counter, Action body)
    {
        uint head = next++, test = next++, inside = next++, step = next++, behind = next++;
        Set(counter, Constant(0));
        Emit(code, 249, head);
        Emit(code, 248, head);
        Emit(code, 246, behind, step, 0);
        Emit(code, 249, test);
        Emit(code, 248, test);
        Emit(code, 250, Less(Get(counter), count), inside, behind);
        Emit(code, 248, inside);
        body();
        Emit(code, 249, step);
        Emit(code, 248, step);
        Set(counter, Value(128, Uint, Get(counter), Constant(1)));
        Emit(code, 249, head);
        Emit(code, 248, behind);
    }

    /// All threads of the group: shared memory is as written.
    internal void Barrier() => Emit(code, 224, Constant(2), Constant(2), Constant(0x108));

    internal uint[] Build(string entry = "main")
    {
        uint signature = Type(33, voidType), main = next++;
        byte[] name = Encoding.UTF8.GetBytes(entry);
        var text = new uint[name.Length / 4 + 1];
        System.Buffer.BlockCopy(name, 0, text, 0, name.Length);
        List<uint> words = [0x07230203, 0x00010300, 0, 0, 0, .. capabilities];
        Emit(words, 14, 0, 1);
        Emit(words, 15, [5, main, .. text, .. inputs]);
        Emit(words, 16, main, 17, localSize.X, localSize.Y, localSize.Z);
        words.AddRange(decorations);
        words.AddRange(types);
        Emit(words, 54, voidType, main, 0, signature);
        Emit(words, 248, next++);
        words.AddRange(code);
        Emit(words, 253);
        Emit(words, 56);
        words[3] = next;
        return [.. words];
    }

    uint Element(uint array, uint index) =>
        Value(65, pointers[array], IsBlock(array) ? [array, Constant(0), index] : [array, index]);

    readonly HashSet<uint> blocks = [];
    bool IsBlock(uint variable) => blocks.Contains(variable);

    uint Type(int op, params ReadOnlySpan<uint> operands)
    {
        uint id = next++;
        Emit(types, op, [id, .. operands]);
        return id;
    }

    uint Pointer(uint storage, uint type) => Type(32, storage, type);

    uint Variable(uint storage, uint type)
    {
        uint pointer = Pointer(storage, type), id = next++;
        Emit(types, 59, pointer, id, storage);
        if (storage == Buffer) blocks.Add(id);
        return id;
    }

    static void Emit(List<uint> to, int op, params ReadOnlySpan<uint> operands)
    {
        to.Add((uint)(operands.Length + 1) << 16 | (uint)op);
        to.AddRange(operands);
    }
}
