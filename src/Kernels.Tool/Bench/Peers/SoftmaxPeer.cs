using System.Runtime.InteropServices;

namespace Kernels.Tool;

/// <summary>One way to compute softmax by rows.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Version">Of the library.</param>
/// <param name="InstructionSet">The code it runs.</param>
/// <param name="Threads">How many threads it uses.</param>
/// <param name="Missing">Why it cannot be measured here, and what would change that; null: it can.</param>
sealed record PeerInfo(string Name, string? Version, string? InstructionSet, int? Threads, string? Missing = null);

/// <summary>One way to compute softmax by rows, on pointers: all get the same memory at the same offsets.</summary>
abstract unsafe class SoftmaxPeer : IDisposable
{
    public abstract PeerInfo Info { get; }

    /// <summary>What depends on the shape alone, which a library may do once for many calls.</summary>
    public virtual void Prepare(int rows, int cols) => (Rows, Cols) = (rows, cols);

    protected int Rows { get; private set; }

    protected int Cols { get; private set; }

    /// <summary>x and y: the matrices of the prepared shape, row after row; they do not overlap.</summary>
    public abstract void Run(float* x, float* y);

    public virtual void Dispose() { }

    /// <summary>The peers, whether they are there or not. The environment must have OMP_NUM_THREADS=1 when this process starts: native libraries read it once.</summary>
    public static SoftmaxPeer[] All() => [new TensorsSafe(), new TensorsSoftMax(), new OneDnn(), new XnnPack()];
}

/// <summary>Native libraries by their sonames.</summary>
static class Native
{
    public static bool TryLoad(string soname, out nint library)
    {
        library = 0;
        return OperatingSystem.IsLinux() && NativeLibrary.TryLoad(soname, out library);
    }

    /// <summary>The version of an installed Debian package: some libraries do not tell theirs.</summary>
    public static string? PackageVersion(string package)
    {
        try
        {
            bool found = false;
            foreach (string line in File.ReadLines("/var/lib/dpkg/status"))
            {
                if (line.StartsWith("Package: ", StringComparison.Ordinal)) found = line["Package: ".Length..] == package;
                else if (found && line.StartsWith("Version: ", StringComparison.Ordinal)) return line["Version: ".Length..];
            }
        }
        catch (IOException) { }
        catch (UnauthorizedAccessException) { }
        return null;
    }
}
