using System.Runtime.Versioning;
using ComputeSharp;
using ComputeSharp.Descriptors;

namespace Kernels.Gpu.ComputeSharp;

/// <summary>A shader that the generator emitted from a kernel: a value of such a struct is one call, its arrays and scalars filled in.</summary>
public interface IKernelShader
{
    /// <summary>Thread groups to run: blocks, or of a kernel over elements parts of them.</summary>
    int Groups { get; }
}

/// <summary>Runs kernels on ComputeSharp's devices.</summary>
public static class KernelShader
{
    /// <summary>What Direct3D 12 takes in one direction; groups beyond are rows of these.</summary>
    internal const int MostGroups = 65535;

    /// <summary>The threads in x and y that ComputeSharp is asked for, whole groups: the shader numbers groups x + 65535 y and leaves alone those from <paramref name="groups"/> on.</summary>
    internal static (int X, int Y) Threads(int groups, int threadsX) => (Math.Min(groups, MostGroups) * threadsX, (groups + MostGroups - 1) / MostGroups);

    /// <summary>Runs a call and waits for it. Nothing happens if it has no groups.</summary>
    /// <exception cref="ShaderCompileException">DXC is missing, or refused the shader.</exception>
    [SupportedOSPlatform("windows6.2")]
    public static void Run<T>(this GraphicsDevice device, in T shader) where T : struct, IKernelShader, IComputeShader, IComputeShaderDescriptor<T>
    {
        ArgumentNullException.ThrowIfNull(device);
        if (shader.Groups == 0) return;
        var (x, y) = Threads(shader.Groups, T.ThreadsX);
        device.For(x, y, in shader);
    }

    /// <summary>Adds a call to a context; barriers between calls that share arrays are the caller's, as everywhere in ComputeSharp.</summary>
    /// <exception cref="ShaderCompileException">DXC is missing, or refused the shader.</exception>
    [SupportedOSPlatform("windows6.2")]
    public static void Run<T>(this ref readonly ComputeContext context, in T shader) where T : struct, IKernelShader, IComputeShader, IComputeShaderDescriptor<T>
    {
        if (shader.Groups == 0) return;
        var (x, y) = Threads(shader.Groups, T.ThreadsX);
        context.For(x, y, in shader);
    }
}
