using System.CommandLine;

namespace Kernels.Tool;

static class ShowCommand
{
    public static Command Create() => new("show", "Show what a kernel became: its IR, the emitted C#, the machine code.");
    public static IEnumerable<Command> Hidden() => [];
}
