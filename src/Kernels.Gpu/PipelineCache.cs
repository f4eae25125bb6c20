using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kernels.Gpu;

/// <summary>
/// What drivers compiled, one file a kernel, in the user's cache folder (XDG_CACHE_HOME or ~/.cache, on Windows the local application data): kernels/gpu/device and
/// driver/hash of the words and the layout. The environment variable KERNELS_GPU_CACHE names another folder; `off`: no cache. A folder
/// that cannot be written, or a file that was damaged, costs time, nothing else.
/// </summary>
static class PipelineCache
{
    internal const string Variable = "KERNELS_GPU_CACHE";

    /// <summary>The file of a kernel; null: no cache.</summary>
    internal static string? File(GpuCapabilities device, KernelLayout layout, ReadOnlySpan<uint> words)
    {
        if (Folder() is not { } folder) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(words));
        hash.AppendData(MemoryMarshal.AsBytes<int>([layout.Bindings, layout.PushConstantBytes, layout.LeastSubgroup]));
        return Path.Combine(folder, device.Id, Convert.ToHexStringLower(hash.GetHashAndReset()) + ".bin");
    }

    /// <summary>The driver's data; empty: none. Drivers need not survive damaged data, so its hash stands before it.</summary>
    internal static byte[] Load(string? file)
    {
        try
        {
            if (file is null || !System.IO.File.Exists(file)) return [];
            byte[] all = System.IO.File.ReadAllBytes(file);
            int head = SHA256.HashSizeInBytes;
            return all.Length > head && SHA256.HashData(all.AsSpan(head)).AsSpan().SequenceEqual(all.AsSpan(0, head)) ? all[head..] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }

    /// <summary>Keeps the driver's data, if it can. Other processes see the old file or the new one, whole.</summary>
    internal static void Store(string file, ReadOnlySpan<byte> data)
    {
        string part = $"{file}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            System.IO.File.WriteAllBytes(part, [.. SHA256.HashData(data), .. data]);
            System.IO.File.Move(part, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    static string? Folder()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (named == "off") return null;
        if (!string.IsNullOrEmpty(named)) return named;
        string root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache") : "";
        return root.Length > 0 ? Path.Combine(root, "kernels", "gpu") : null;
    }
}
