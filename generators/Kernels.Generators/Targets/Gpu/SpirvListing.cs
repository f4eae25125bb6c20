using System.Text;

namespace Kernels.Generators.Targets.Gpu;

/// One instruction. Type and Id: of its result, 0 where there is none. Args: the words behind these.
sealed record SpirvLine(SpirvOp Op, uint Type, uint Id, uint[] Args);

/// A module of SpirvEmitter's, read back: what its ids are, and the blocks of its one function.
sealed class SpirvListing
{
    public Dictionary<uint, SpirvLine> Definitions { get; } = [];
    public Dictionary<uint, string> Names { get; } = [];
    /// Module-wide variables, and those of the function, in their order.
    public List<SpirvLine> Globals { get; } = [];
    public List<SpirvLine> Locals { get; } = [];
    public Dictionary<uint, List<SpirvLine>> Blocks { get; } = [];
    public uint Entry { get; }
    public uint[] LocalSize { get; } = [1, 1, 1];
    /// How often the function's instructions name an id.
    public Dictionary<uint, int> Uses { get; } = [];
    readonly Dictionary<(uint Id, SpirvDecoration Decoration), uint> decorations = [];
    readonly Dictionary<(uint Id, uint Member), uint> offsets = [];

    public SpirvListing(IReadOnlyList<uint> words)
    {
        List<SpirvLine>? block = null;
        bool inside = false;
        for (int at = 5; at < words.Count;)
        {
            int length = (int)(words[at] >> 16);
            var op = (SpirvOp)(words[at] & 0xFFFF);
            var operands = words.Skip(at + 1).Take(length - 1).ToArray();
            at += length;
            switch (op)
            {
                case SpirvOp.Name: Names[operands[0]] = Text(operands, 1); continue;
                case SpirvOp.Decorate: decorations[(operands[0], (SpirvDecoration)operands[1])] = operands.Length > 2 ? operands[2] : 0; continue;
                case SpirvOp.MemberDecorate when operands[2] == (uint)SpirvDecoration.Offset: offsets[(operands[0], operands[1])] = operands[3]; continue;
                case SpirvOp.ExecutionMode when operands[1] == (uint)SpirvMode.LocalSize: LocalSize = [operands[2], operands[3], operands[4]]; continue;
                case SpirvOp.Function: inside = true; continue;
                case SpirvOp.FunctionEnd: return;
                case SpirvOp.Label:
                    Blocks[operands[0]] = block = [];
                    if (Entry == 0) Entry = operands[0];
                    continue;
            }
            var line = Shape(op) switch
            {
                0 => new SpirvLine(op, 0, 0, operands),
                1 => new SpirvLine(op, 0, operands[0], Behind(operands, 1)),
                _ => new SpirvLine(op, operands[0], operands[1], Behind(operands, 2)),
            };
            if (line.Id != 0) Definitions[line.Id] = line;
            if (op == SpirvOp.Variable) (inside ? Locals : Globals).Add(line);
            else if (inside)
            {
                block!.Add(line);
                foreach (uint id in Ids(line)) Uses[id] = Uses.TryGetValue(id, out int n) ? n + 1 : 1;
            }
        }
    }

    static uint[] Behind(uint[] words, int first) => [.. words.Skip(first)];

    /// Words of the result: none, its id, its type and id.
    public static int Shape(SpirvOp op) => op switch
    {
        SpirvOp.Capability or SpirvOp.Extension or SpirvOp.MemoryModel or SpirvOp.EntryPoint or SpirvOp.ExecutionMode or SpirvOp.MemberDecorate or SpirvOp.Store or SpirvOp.ControlBarrier
            or SpirvOp.LoopMerge or SpirvOp.SelectionMerge or SpirvOp.Branch or SpirvOp.BranchConditional or SpirvOp.Return or SpirvOp.Unreachable => 0,
        SpirvOp.ExtInstImport or >= SpirvOp.TypeVoid and <= SpirvOp.TypeFunction => 1,
        _ => 2,
    };

    /// The operands that are ids of values or pointers.
    static IEnumerable<uint> Ids(SpirvLine line) => line.Op switch
    {
        SpirvOp.CompositeExtract => [line.Args[0]],
        SpirvOp.ExtInst => line.Args.Skip(2),
        SpirvOp.BranchConditional => [line.Args[0]],
        SpirvOp.LoopMerge or SpirvOp.SelectionMerge or SpirvOp.Branch => [],
        _ => line.Args,
    };

    public static string Text(uint[] words, int first)
    {
        var bytes = words.Skip(first).SelectMany(w => new[] { (byte)w, (byte)(w >> 8), (byte)(w >> 16), (byte)(w >> 24) }).TakeWhile(b => b != 0).ToArray();
        return Encoding.UTF8.GetString(bytes);
    }

    public bool Has(uint id, SpirvDecoration decoration) => decorations.ContainsKey((id, decoration));
    public uint Of(uint id, SpirvDecoration decoration) => decorations[(id, decoration)];
    public uint OffsetOf(uint type, uint member) => offsets[(type, member)];
    public int UsesOf(uint id) => Uses.TryGetValue(id, out int n) ? n : 0;
    public SpirvStorage StorageOf(uint variable) => (SpirvStorage)Definitions[variable].Args[0];
    /// What a variable or pointer points to.
    public SpirvLine Pointee(uint pointer) => Definitions[Definitions[Definitions[pointer].Type].Args[1]];
    public uint Integer(uint constant) => Definitions[constant].Args[0];
}
