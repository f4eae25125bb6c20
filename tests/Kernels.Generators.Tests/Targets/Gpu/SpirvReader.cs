using System.Diagnostics;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// One instruction of a module: its words behind the first.
sealed record SpirvInstruction(SpirvOp Op, uint[] Operands);

/// Reads a module's words back: the format only, written apart from the writer.
sealed class SpirvReader
{
    public List<SpirvInstruction> Instructions { get; } = [];
    public uint Bound { get; }

    public SpirvReader(IReadOnlyList<uint> words)
    {
        Assert.Equal(0x07230203u, words[0]);
        Assert.Equal(0x00010300u, words[1]);
        Bound = words[3];
        for (int at = 5; at < words.Count;)
        {
            int length = (int)(words[at] >> 16);
            Assert.InRange(length, 1, words.Count - at);
            Instructions.Add(new((SpirvOp)(words[at] & 0xFFFF), [.. words.Skip(at + 1).Take(length - 1)]));
            at += length;
        }
    }

    public IEnumerable<uint[]> All(SpirvOp op) => Instructions.Where(i => i.Op == op).Select(i => i.Operands);
    public int Count(SpirvOp op) => All(op).Count();

    public uint[] LocalSize => Assert.Single(All(SpirvOp.ExecutionMode), m => m[1] == (uint)SpirvMode.LocalSize)[2..];

    public IEnumerable<uint> Decorations(SpirvDecoration decoration) => All(SpirvOp.Decorate).Where(d => d[1] == (uint)decoration).Select(d => d.Length > 2 ? d[2] : 0);

    public bool Has(SpirvCapability capability) => All(SpirvOp.Capability).Any(c => c[0] == (uint)capability);

    /// Bytes of the groupshared variables, from their types.
    public int SharedBytes => All(SpirvOp.Variable).Where(v => v[2] == (uint)SpirvStorage.Workgroup).Sum(v => Bytes(Definition(SpirvOp.TypePointer, v[0])[2]));

    uint[] Definition(SpirvOp op, uint id) => All(op).First(d => d[0] == id);

    int Bytes(uint type)
    {
        var t = Instructions.First(i => i.Op is SpirvOp.TypeInt or SpirvOp.TypeFloat or SpirvOp.TypeArray && i.Operands[0] == type);
        if (t.Op != SpirvOp.TypeArray) return (int)t.Operands[1] / 8;
        return Bytes(t.Operands[1]) * (int)All(SpirvOp.Constant).First(c => c[1] == t.Operands[2])[2];
    }
}

/// The validator of SPIRV-Tools. Where it is not installed the tests that ask for it are skipped, and say so.
static class SpirvVal
{
    static readonly string? tool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, "spirv-val")).FirstOrDefault(File.Exists);

    public static string? Missing => tool is null ? "SKIPPED: spirv-val is not installed (Debian: apt-get install spirv-tools); no module was validated." : null;

    /// The complaint about a module, or null.
    public static string? Check(IReadOnlyList<uint> words)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, [.. words.SelectMany(BitConverter.GetBytes)]);
            using var process = Process.Start(new ProcessStartInfo(tool!, ["--target-env", "vulkan1.1", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            string text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : text;
        }
        finally { File.Delete(file); }
    }
}

/// A test that needs spirv-val.
sealed class SpirvValFactAttribute : FactAttribute
{
    public SpirvValFactAttribute() => Skip = SpirvVal.Missing;
}
