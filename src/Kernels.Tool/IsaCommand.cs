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
            foreach (var (target, description, needs) in Targets.Emitted)
                Line(target, description + (Isa.Supports(target) ? "" : $"; needs {needs}"));
            Line(KernelTarget.Spec, "the plain C# of the specs, for debugging");
            output.WriteLine();
            output.WriteLine($"taken     {machine.Why}");
            return 0;

            void Line(KernelTarget target, string text)
            {
                string name = Targets.Name(target);
                output.WriteLine($"{(name == machine.Target ? '*' : ' ')} {name,-8}{(Isa.Supports(target) ? "runs" : "not here"),-10}{text}");
            }
        });
        return command;
    }
}
