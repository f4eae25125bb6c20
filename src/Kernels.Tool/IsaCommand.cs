using System.CommandLine;

namespace Kernels.Tool;

/// <summary>`kernels isa`: what this machine and this runtime offer, which code the kernels would take, and why.</summary>
static class IsaCommand
{
    public static Command Create()
    {
        var command = new Command("isa", "Tell what this machine and runtime offer, and which code the kernels take.");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var machine = Machine.Describe();
            output.WriteLine($"machine   {machine.Cpu}, {machine.Architecture}, {machine.Cores} cores, {machine.Os}");
            output.WriteLine($"runtime   {machine.Runtime}");
            output.WriteLine($"offers    {string.Join(' ', machine.Simd)}");
            output.WriteLine();
            foreach (var target in Targets.Emitted)
                output.WriteLine($"{(target.Name == machine.Target ? '*' : ' ')} {target.Name,-8}{(target.Runs ? "runs" : "not here"),-10}{target.Description}{(target.Runs ? "" : $": {target.Missing}")}");
            output.WriteLine($"{(machine.Target == Targets.Spec ? '*' : ' ')} {Targets.Spec,-8}{"runs",-10}the plain C# of the specs, for debugging");
            output.WriteLine();
            output.WriteLine($"taken     {machine.Target}: {machine.Why}");
            return 0;
        });
        return command;
    }
}
