using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Gpu.Tests.Shaders;

/// A shader wrote behind an array.
sealed class WroteBehind(string message) : Exception(message);

/// Runs an emitted shader through the host on arguments as the interpreter takes them. Every buffer is larger than the length that the shader is told, and what lies behind must stay as it was.
sealed class ShaderRun : IDisposable
{
    const int Guard = 64;
    const byte GuardByte = 0xA5;

    readonly GpuModule shader;
    readonly GpuKernel kernel;

    /// How many dispatches there were in this process: a suite that ran none has tested nothing.
    public static int Dispatches => dispatches;
    static int dispatches;

    public ShaderRun(string name, GpuModule shader)
    {
        this.shader = shader;
        var layout = shader.Layout;
        kernel = GpuDevice.GetDefault().CreateKernel(name, shader.Words.ToArray(), new(layout.Bindings.Count + (layout.ErrorBinding >= 0 ? 1 : 0), layout.PushBytes, layout.LocalSize, LeastSubgroup: layout.LeastWave));
    }

    public void Dispose() => kernel.Dispose();

    /// Runs it for all blocks of a grid, or all elements; arrays are written in place. Two names that have the same array get the same buffer. Returns the error bits.
    /// <param name="grid">Blocks along each axis, in the order of the parameters; without axes, and for elements, empty.</param>
    /// <param name="elementCount">Of an element kernel: how many there are.</param>
    public int Run(Arguments arguments, int[] grid, int elementCount = 0)
    {
        var layout = shader.Layout;
        long groups = layout.ElementsAGroup > 0 ? Math.Max(1, (elementCount + layout.ElementsAGroup - 1) / layout.ElementsAGroup) : grid.Aggregate(1L, (a, b) => a * b);
        var device = GpuDevice.GetDefault();
        var buffers = new Dictionary<ulong[], GpuBuffer<byte>>(ReferenceEqualityComparer.Instance);
        using var errors = device.Allocate<uint>([0]);
        try
        {
            foreach (var b in layout.Bindings)
                if (!buffers.ContainsKey(arguments.Arrays[b.Name])) buffers[arguments.Arrays[b.Name]] = device.Allocate<byte>(Bytes(arguments.Arrays[b.Name], b.Element.Bytes()));
            List<GpuBuffer> bound = [.. layout.Bindings.Select(b => buffers[arguments.Arrays[b.Name]])];
            if (layout.ErrorBinding >= 0) bound.Add(errors);
            using var stream = device.CreateStream();
            stream.Dispatch(kernel, GpuKernel.Fold(groups), [.. bound], Push(arguments, grid, (uint)groups));
            stream.Submit();
            Interlocked.Increment(ref dispatches);
            foreach (var b in layout.Bindings) Read(buffers[arguments.Arrays[b.Name]].ToArray(), arguments.Arrays[b.Name], b);
            return (int)errors.ToArray()[0];
        }
        finally
        {
            foreach (var b in buffers.Values) b.Dispose();
        }
    }

    static byte[] Bytes(ulong[] data, int size)
    {
        var bytes = new byte[(data.Length + Guard) * size];
        bytes.AsSpan(data.Length * size).Fill(GuardByte);
        for (int k = 0; k < data.Length; k++)
            for (int j = 0; j < size; j++) bytes[k * size + j] = (byte)(data[k] >> 8 * j);
        return bytes;
    }

    static void Read(byte[] bytes, ulong[] data, GpuBinding binding)
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

    byte[] Push(Arguments arguments, int[] grid, uint groups)
    {
        var push = new byte[shader.Layout.PushBytes];
        int axis = 0;
        foreach (var c in shader.Layout.PushConstants)
        {
            ulong value = c.Name == "grid" ? groups
                : c.Name.EndsWith(".Grid", StringComparison.Ordinal) ? (uint)grid[axis++]
                : arguments.Scalars.TryGetValue(c.Name, out ulong given) ? given
                : c.Name.EndsWith(".Length", StringComparison.Ordinal) ? (uint)arguments.Arrays[c.Name[..^".Length".Length]].Length
                : throw new InvalidOperationException($"{kernel.Name} wants '{c.Name}'");
            for (int j = 0; j < (c.Type == ScalarType.Bool ? 4 : c.Type.Bytes()); j++) push[c.Offset + j] = (byte)(value >> 8 * j);
        }
        return push;
    }
}
