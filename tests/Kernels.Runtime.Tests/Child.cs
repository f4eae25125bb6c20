using Kernels.Testing;
using Kernels.Tests.Shared;

namespace Kernels.Runtime.Tests;

/// This assembly as a program of its own: for faults, which end a process, and for variables that are read once.
static class Child
{
    internal static ChildProcess.Result Start(string task, params (string Name, string Value)[] environment) =>
        ChildProcess.Start(typeof(Child).Assembly, task, TimeSpan.FromMinutes(1), environment);

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
