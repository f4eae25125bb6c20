using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Kernels.Gpu.ComputeSharp;

/// <summary>A shader could not be compiled: the message says what to install, or what the compiler said.</summary>
public sealed class ShaderCompileException(string message, Exception? inner = null) : InvalidOperationException(message, inner);

/// <summary>
/// DXIL of emitted shaders, compiled when first asked for and kept: in the process, and in the user's cache folder by the hash of text and arguments. <c>KERNELS_GPU_CACHE</c> names another folder, or
/// <c>off</c>. The compiler is dxcompiler.dll, which the package ComputeSharp.Dxc brings, or the file that <c>KERNELS_DXCOMPILER</c> names.
/// </summary>
public static class Dxil
{
    // As the generator's HlslPrinter.Arguments; cs_6_0 is all that its texts need.
    static readonly string[] arguments = ["-T", "cs_6_0", "-E", "main", "-HV", "2021", "-Gis", "-WX"];
    static readonly ConcurrentDictionary<string, byte[]> compiled = new(StringComparer.Ordinal);
    static readonly Lock compiling = new();

    /// <summary>The container of a text; the same memory each time.</summary>
    /// <exception cref="ShaderCompileException">There is no DXC, or it refused the text.</exception>
    public static ReadOnlyMemory<byte> Of(string hlsl)
    {
        ArgumentNullException.ThrowIfNull(hlsl);
        if (compiled.TryGetValue(hlsl, out byte[]? known)) return known;
        lock (compiling)
            return compiled.GetOrAdd(hlsl, static text =>
            {
                string? file = File(text);
                if (CacheFile.Load(file) is { Length: > 0 } kept) return kept;
                byte[] made = Compile(text);
                if (file is not null) CacheFile.Store(file, made);
                return made;
            });
    }

    static byte[] Compile(string hlsl)
    {
        string library = Environment.GetEnvironmentVariable("KERNELS_DXCOMPILER") is { Length: > 0 } named ? named : "dxcompiler";
        try
        {
            using var dxc = new Dxc(library);
            var (dxil, messages) = dxc.Compile(hlsl, arguments);
            return dxil ?? throw new ShaderCompileException($"DXC refused a shader that the generator emitted: {messages}");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or COMException)
        {
            throw new ShaderCompileException($"Shaders are compiled by dxcompiler.dll, which could not be used ({e.Message}). Add the package ComputeSharp.Dxc, or name the file in the environment variable KERNELS_DXCOMPILER.", e);
        }
    }

    /// <summary>null: no cache.</summary>
    internal static string? File(string hlsl) => CacheFile.Folder() is not { } folder ? null
        : Path.Combine(folder, "dxil", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', arguments) + "\n" + hlsl))) + ".bin");
}
