using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Gpu.Tests.Shaders;

/// Runs an emitted shader through the host on arguments as the interpreter takes them.
sealed class ShaderRun : IDisposable
{
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
        long groups = ShaderMemory.Groups(layout, grid, elementCount);
        var device = GpuDevice.GetDefault();
        var buffers = new Dictionary<ulong[], GpuBuffer<byte>>(ReferenceEqualityComparer.Instance);
        using var errors = device.Allocate<uint>([0]);
        try
        {
            foreach (var b in layout.Bindings)
                if (!buffers.ContainsKey(arguments.Arrays[b.Name])) buffers[arguments.Arrays[b.Name]] = device.Allocate<byte>(ShaderMemory.Bytes(arguments.Arrays[b.Name], b.Element.Bytes()));
            List<GpuBuffer> bound = [.. layout.Bindings.Select(b => buffers[arguments.Arrays[b.Name]])];
            if (layout.ErrorBinding >= 0) bound.Add(errors);
            using var stream = device.CreateStream();
            stream.Dispatch(kernel, GpuKernel.Fold(groups), [.. bound], ShaderMemory.Push(layout, arguments, grid, (uint)groups));
            stream.Submit();
            Interlocked.Increment(ref dispatches);
            foreach (var b in layout.Bindings) ShaderMemory.Read(buffers[arguments.Arrays[b.Name]].ToArray(), arguments.Arrays[b.Name], b);
            return (int)errors.ToArray()[0];
        }
        finally
        {
            foreach (var b in buffers.Values) b.Dispose();
        }
    }
}
