using System.Diagnostics;
using System.Reflection;

namespace Kernels.Tests.Shared;

/// A test assembly as a program of its own: for faults, which end a process, and for what is decided once a process. Compiled into each assembly that starts itself.
static class ChildProcess
{
    internal sealed record Result(int ExitCode, string Output, string Error);

    /// The tests' own switches are not inherited.
    internal static Result Start(Assembly self, string task, TimeSpan limit, params (string Name, string Value)[] environment)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path
            : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, [self.Location, task]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("KERNELS_", StringComparison.Ordinal) || k.StartsWith("DOTNET_Enable", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(task);
        }
        return new(process.ExitCode, output.Result.Trim(), error.Result);
    }
}
