using System.Text;

namespace Kernels.Generators.Targets.Gpu;

/// Writes the words of one SPIR-V 1.3 module with one compute entry point "main": sections in the order that the format asks for, types and constants
/// interned (two types of one meaning are an error there), ids given out. Knows the format, nothing of kernels.
sealed class SpirvModule
{
    public const uint Magic = 0x0723_0203, Version = 0x0001_0300;
    readonly List<uint> capabilities = [], extensions = [], imports = [], modes = [], names = [], decorations = [], globals = [];
    readonly List<uint> interfaces = [], variables = [], code = [];
    readonly Dictionary<string, uint> interned = [];
    readonly HashSet<string> once = [];
    uint last;
    readonly uint main;

    public SpirvModule() => main = NewId();

    public uint NewId() => ++last;

    static void Write(List<uint> to, SpirvOp op, IReadOnlyList<uint> operands)
    {
        to.Add((uint)(operands.Count + 1) << 16 | (uint)op);
        to.AddRange(operands);
    }

    /// UTF-8, closed by at least one zero byte, four bytes a word.
    static uint[] Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var words = new uint[bytes.Length / 4 + 1];
        for (int k = 0; k < bytes.Length; k++) words[k / 4] |= (uint)bytes[k] << 8 * (k % 4);
        return words;
    }

    static string Key(SpirvOp op, IReadOnlyList<uint> operands) => $"{op} {string.Join(" ", operands)}";

    // ---- head ----
    public void Require(SpirvCapability capability)
    {
        if (once.Add($"capability {capability}")) Write(capabilities, SpirvOp.Capability, [(uint)capability]);
    }

    public void Extend(string extension)
    {
        if (once.Add($"extension {extension}")) Write(extensions, SpirvOp.Extension, Text(extension));
    }

    public void Mode(SpirvMode mode, params uint[] operands)
    {
        if (once.Add($"mode {mode} {string.Join(" ", operands)}")) Write(modes, SpirvOp.ExecutionMode, [main, (uint)mode, .. operands]);
    }

    public uint Import(string set)
    {
        if (interned.TryGetValue($"import {set}", out uint id)) return id;
        Write(imports, SpirvOp.ExtInstImport, [id = NewId(), .. Text(set)]);
        return interned[$"import {set}"] = id;
    }

    public void Name(uint id, string name) => Write(names, SpirvOp.Name, [id, .. Text(name)]);

    public void Decorate(uint id, SpirvDecoration decoration, params uint[] operands)
    {
        if (once.Add($"decorate {id} {decoration}")) Write(decorations, SpirvOp.Decorate, [id, (uint)decoration, .. operands]);
    }

    public void DecorateMember(uint id, uint member, SpirvDecoration decoration, params uint[] operands)
    {
        if (once.Add($"decorate {id} {member} {decoration}")) Write(decorations, SpirvOp.MemberDecorate, [id, member, (uint)decoration, .. operands]);
    }

    // ---- types, constants, variables ----
    public uint Type(SpirvOp op, params uint[] operands)
    {
        string key = Key(op, operands);
        if (interned.TryGetValue(key, out uint id)) return id;
        Write(globals, op, [id = NewId(), .. operands]);
        return interned[key] = id;
    }

    /// A struct of its own, whatever others there are: for decorations that others must not have.
    public uint NewStruct(params uint[] members)
    {
        uint id = NewId();
        Write(globals, SpirvOp.TypeStruct, [id, .. members]);
        return id;
    }

    public uint Pointer(SpirvStorage storage, uint type) => Type(SpirvOp.TypePointer, (uint)storage, type);

    public uint Constant(SpirvOp op, uint type, params uint[] operands)
    {
        string key = $"{Key(op, operands)} of {type}";
        if (interned.TryGetValue(key, out uint id)) return id;
        Write(globals, op, [type, id = NewId(), .. operands]);
        return interned[key] = id;
    }

    public uint GlobalVariable(SpirvStorage storage, uint type, uint? initializer = null)
    {
        uint pointer = Pointer(storage, type), id = NewId();
        Write(globals, SpirvOp.Variable, initializer is { } value ? [pointer, id, (uint)storage, value] : [pointer, id, (uint)storage]);
        if (storage == SpirvStorage.Input) interfaces.Add(id);
        return id;
    }

    /// At the head of main, wherever it is asked for.
    public uint LocalVariable(uint type)
    {
        uint pointer = Pointer(SpirvStorage.Function, type), id = NewId();
        Write(variables, SpirvOp.Variable, [pointer, id, (uint)SpirvStorage.Function]);
        return id;
    }

    // ---- the body of main ----
    public void Do(SpirvOp op, params uint[] operands) => Write(code, op, operands);

    /// An instruction with a result.
    public uint Make(SpirvOp op, uint type, params uint[] operands)
    {
        uint id = NewId();
        Write(code, op, [type, id, .. operands]);
        return id;
    }

    public uint[] ToWords()
    {
        uint nothing = Type(SpirvOp.TypeVoid), signature = Type(SpirvOp.TypeFunction, nothing), entry = NewId();
        var words = new List<uint> { Magic, Version, 0, last + 1, 0 };
        words.AddRange(capabilities);
        words.AddRange(extensions);
        words.AddRange(imports);
        Write(words, SpirvOp.MemoryModel, [0 /* Logical */, 1 /* GLSL450 */]);
        Write(words, SpirvOp.EntryPoint, [5 /* GLCompute */, main, .. Text("main"), .. interfaces]);
        words.AddRange(modes);
        words.AddRange(names);
        words.AddRange(decorations);
        words.AddRange(globals);
        Write(words, SpirvOp.Function, [nothing, main, 0, signature]);
        Write(words, SpirvOp.Label, [entry]);
        words.AddRange(variables);
        words.AddRange(code);
        Write(words, SpirvOp.FunctionEnd, []);
        return [.. words];
    }
}
