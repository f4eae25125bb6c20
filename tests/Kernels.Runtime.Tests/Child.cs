using System.Diagnostics;
using Kernels.Testing;

namespace Kernels.Runtime.Tests;

/// This assembly as a program of its own: for faults, which end a process, and for variables that are read once.
static class Child
{
    internal sealed record Result(int ExitCode, string Output, string Error);

    internal static Result Start(string task, params (string Name, string Value)[] environment)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path
            : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, [typeof(Child).Assembly.Location, task]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("KERNELS_", StringComparison.Ordinal) || k.StartsWith("DOTNET_Enable", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(60_000)) { process.Kill(); throw new TimeoutException(task); }
        return new(process.ExitCode, output.Trim(), error.Result);
    }

    static unsafe int Main(string[] arguments)
    {
        using var behind = new GuardedBuffer<float>(5);
        using var before = new GuardedBuffer<float>(5, Guard.Before);
        switch (arguments.FirstOrDefault())
        {
            case "last": Console.WriteLine(behind.Pointer[4] + before.Pointer[0]); return 0;
            case "behind": Console.WriteLine(behind.Pointer[5]); return 0;
            case "before": before.Pointer[-1] = 0; Console.WriteLine("written"); return 0;
            case "isa":
                try { Console.WriteLine($"{Isa.Chosen} {Targets.Level} {Isa.Resolve(null)}"); return 0; }
                catch (Exception e) { Console.WriteLine($"{e.GetType().Name}: {e.Message}"); return 3; }
            case "level": Targets.AssertLevel(); return 0;
            default: return 2;
        }
    }
}
