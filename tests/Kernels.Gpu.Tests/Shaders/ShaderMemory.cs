using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Gpu.Tests.Shaders;

/// A shader wrote behind an array.
sealed class WroteBehind(string message) : Exception(message);

/// Arguments as the interpreter takes them as the bytes that a shader is given, and back. Every array is larger than the length that the shader is told, and what lies behind must stay as it was.
static class ShaderMemory
{
    const int Guard = 64;
    const byte GuardByte = 0xA5;

    /// <param name="grid">Blocks along each axis; without axes, and for elements, empty.</param>
    /// <param name="elements">Of an element kernel: how many there are.</param>
    public static long Groups(GpuKernelLayout layout, int[] grid, int elements) =>
        layout.ElementsAGroup > 0 ? Math.Max(1, (elements + layout.ElementsAGroup - 1) / layout.ElementsAGroup) : grid.Aggregate(1L, (a, b) => a * b);

    public static byte[] Bytes(ulong[] data, int size)
    {
        var bytes = new byte[(data.Length + Guard) * size];
        bytes.AsSpan(data.Length * size).Fill(GuardByte);
        for (int k = 0; k < data.Length; k++)
            for (int j = 0; j < size; j++) bytes[k * size + j] = (byte)(data[k] >> 8 * j);
        return bytes;
    }

    public static void Read(byte[] bytes, ulong[] data, GpuBinding binding)
    {
        int size = binding.Element.Bytes();
        for (int k = 0; k < data.Length; k++)
        {
            data[k] = 0;
            for (int j = 0; j < size; j++) data[k] |= (ulong)bytes[k * size + j] << 8 * j;
        }
        int behind = bytes.AsSpan(data.Length * size).IndexOfAnyExcept(GuardByte);
        if (behind >= 0) throw new WroteBehind($"byte {behind} behind the {data.Length} elements of '{binding.Name}' ({binding.Element}) was written");
    }

    /// The push constants.
    public static byte[] Push(GpuKernelLayout layout, Arguments arguments, int[] grid, uint groups)
    {
        var push = new byte[layout.PushBytes];
        int axis = 0;
        foreach (var c in layout.PushConstants)
        {
            ulong value = c.Name == "grid" ? groups
                : c.Name.EndsWith(".Grid", StringComparison.Ordinal) ? (uint)grid[axis++]
                : arguments.Scalars.TryGetValue(c.Name, out ulong given) ? given
                : c.Name.EndsWith(".Length", StringComparison.Ordinal) ? (uint)arguments.Arrays[c.Name[..^".Length".Length]].Length
                : throw new InvalidOperationException($"the shader wants '{c.Name}'");
            for (int j = 0; j < (c.Type == ScalarType.Bool ? 4 : c.Type.Bytes()); j++) push[c.Offset + j] = (byte)(value >> 8 * j);
        }
        return push;
    }
}
