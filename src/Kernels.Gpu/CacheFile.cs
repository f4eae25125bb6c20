using System.Security.Cryptography;

namespace Kernels.Gpu;

/// <summary>
/// Files in the user's cache folder (XDG_CACHE_HOME or ~/.cache, on Windows the local application data): kernels/gpu. The environment variable KERNELS_GPU_CACHE names another folder; `off`: no cache. A
/// folder that cannot be written, or a file that was damaged, costs time, nothing else. Kernels.Gpu.ComputeSharp compiles this file too.
/// </summary>
static class CacheFile
{
    internal const string Variable = "KERNELS_GPU_CACHE";

    /// <summary>The folder; null: no cache.</summary>
    internal static string? Folder()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (named == "off") return null;
        if (!string.IsNullOrEmpty(named)) return named;
        string root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache") : "";
        return root.Length > 0 ? Path.Combine(root, "kernels", "gpu") : null;
    }

    /// <summary>What was kept; empty: nothing. Who reads it need not survive damaged data, so its hash stands before it.</summary>
    internal static byte[] Load(string? file)
    {
        try
        {
            if (file is null || !File.Exists(file)) return [];
            byte[] all = File.ReadAllBytes(file);
            int head = SHA256.HashSizeInBytes;
            return all.Length > head && SHA256.HashData(all.AsSpan(head)).AsSpan().SequenceEqual(all.AsSpan(0, head)) ? all[head..] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; }
    }

    /// <summary>Keeps data, if it can. Other processes see the old file or the new one, whole.</summary>
    internal static void Store(string file, ReadOnlySpan<byte> data)
    {
        string part = $"{file}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(part, [.. SHA256.HashData(data), .. data]);
            File.Move(part, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
