using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// One name for all arrays that may be the same memory.
static class Aliases
{
    public static Dictionary<string, string> Of(Function f)
    {
        var buffers = f.Parameters.OfType<BufferParameter>().ToList();
        if (buffers.Any(b => b.InPlaceOf == "*")) return buffers.ToDictionary(b => b.Buffer.Name, _ => "*");
        return buffers.Where(b => b.InPlaceOf is not null).ToDictionary(b => b.Buffer.Name, b => b.InPlaceOf!);
    }
}
