using System.Globalization;
using System.Text;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Tool;

/// <summary>The words of a shader as text: an instruction a line, `%id = Op operands`, ids by their names where they have one.</summary>
static class SpirvText
{
    public static string Print(IReadOnlyList<uint> words)
    {
        var names = new SpirvListing(words).Names;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"; SPIR-V {words[1] >> 16}.{words[1] >> 8 & 255}, {words.Count} words, ids below {words[3]}");
        for (int at = 5; at < words.Count;)
        {
            int length = (int)(words[at] >> 16);
            var op = (SpirvOp)(words[at] & 0xFFFF);
            uint[] operands = [.. words.Skip(at + 1).Take(length - 1)];
            at += length;
            int shape = SpirvListing.Shape(op);
            if (op is SpirvOp.Name or SpirvOp.Decorate or SpirvOp.FunctionEnd) shape = 0;
            if (op == SpirvOp.Label) shape = 1;
            string result = shape == 0 ? "" : $"{Id(operands[shape - 1])} = ", type = shape == 2 ? " " + Id(operands[0]) : "";
            text.Append(result.PadLeft(16)).Append(op).Append(type);
            foreach (string operand in Operands(op, operands[shape..])) text.Append(' ').Append(operand);
            text.AppendLine();
        }
        return text.ToString();

        string Id(uint id) => names.TryGetValue(id, out string? name) ? $"%{id}.{name}" : $"%{id}";

        IEnumerable<string> Operands(SpirvOp op, uint[] o) => op switch
        {
            SpirvOp.Capability => [((SpirvCapability)o[0]).ToString()],
            SpirvOp.Extension or SpirvOp.ExtInstImport => [$"\"{SpirvListing.Text(o, 0)}\""],
            SpirvOp.Name => [$"%{o[0]}", $"\"{SpirvListing.Text(o, 1)}\""],
            SpirvOp.EntryPoint => ["GLCompute", Id(o[1]), $"\"{SpirvListing.Text(o, 2)}\""],
            SpirvOp.MemoryModel or SpirvOp.TypeInt or SpirvOp.TypeFloat => o.Select(Number),
            SpirvOp.Constant => [Constant(o)],
            SpirvOp.ExecutionMode => [Id(o[0]), ((SpirvMode)o[1]).ToString(), .. o[2..].Select(Number)],
            SpirvOp.TypePointer => [((SpirvStorage)o[0]).ToString(), Id(o[1])],
            SpirvOp.Variable => [((SpirvStorage)o[0]).ToString(), .. o[1..].Select(Id)],
            SpirvOp.Decorate => [Id(o[0]), ((SpirvDecoration)o[1]).ToString(), .. o[2..].Select(Number)],
            SpirvOp.MemberDecorate => [Id(o[0]), Number(o[1]), ((SpirvDecoration)o[2]).ToString(), .. o[3..].Select(Number)],
            SpirvOp.TypeVector or SpirvOp.CompositeExtract or SpirvOp.SelectionMerge => [Id(o[0]), .. o[1..].Select(Number)],
            SpirvOp.ExtInst => [Id(o[0]), ((GlslOp)o[1]).ToString(), .. o[2..].Select(Id)],
            SpirvOp.Function => [Number(o[0]), Id(o[1])],
            SpirvOp.LoopMerge => [Id(o[0]), Id(o[1]), Number(o[2])],
            _ => o.Select(Id),
        };

        static string Number(uint x) => x.ToString(CultureInfo.InvariantCulture);
        // The type says what the bits are; a reader looks for both.
        static string Constant(uint[] o) => "0x" + string.Concat(o.Reverse().Select(w => w.ToString("X8", CultureInfo.InvariantCulture)));
    }
}
