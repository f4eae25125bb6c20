using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kernels.Tool;

/// <summary>This command in another process: for what is fixed once a process has started.</summary>
static class SelfProcess
{
    /// <summary>The muxer of the runtime that this process runs on: &lt;root&gt;/shared/Microsoft.NETCore.App/&lt;version&gt;/.</summary>
    public static string Host
    {
        get
        {
            string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            string beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
            return File.Exists(beside) ? beside : name;
        }
    }

    /// <summary>How to start it: both its streams are read by the caller.</summary>
    public static ProcessStartInfo Start(params string[] arguments) =>
        new(Host, ["exec", typeof(SelfProcess).Assembly.Location, .. arguments]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
}
