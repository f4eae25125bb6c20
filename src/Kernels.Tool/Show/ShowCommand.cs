using System.CommandLine;

namespace Kernels.Tool;

/// <summary>`kernels show`: what became of a spec: IR, emitted C#, machine code.</summary>
static class ShowCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("kernel") { Description = "Type.Method or the method alone, or a function of `run`; left out: the list of kernels.", Arity = ArgumentArity.ZeroOrOne };
        var target = Targets.Option("Whose code; the last three are forms of the GPU code", Emitted.ShaderForms);
        var after = new Option<string>("--after") { Description = "Print the IR behind this pass instead; 'lower' is what the target's emitter gets. An unknown name lists the passes.", HelpName = "pass" };
        Option<bool> ir = new("--ir") { Description = "The IR of the spec." }, code = new("--code") { Description = "The emitted C#." }, assembly = new("--asm") { Description = "The machine code." };
        var command = new Command("show", "Show what a kernel became: its IR, the emitted C#, the machine code; all three unless some are asked for.") { name, target, after, ir, code, assembly };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(name) is not { Length: > 0 } wanted)
            {
                List(output);
                return 0;
            }
            bool shader = Emitted.ShaderForms.Contains(parsed.GetValue(target));
            // A function of `run` stands for the kernel that does its work.
            if (RunFunctions.All.FirstOrDefault(f => f.Name == wanted) is { } function) wanted = (shader ? function.OnDevice : null) ?? function.Kernel;
            var kernel = KernelLibrary.Find(KernelLibrary.Shipped, wanted);
            if (shader)
            {
                output.WriteLine(Emitted.Shaders(kernel, parsed.GetValue(target)!));
                return 0;
            }
            var chosen = Targets.Parse(parsed.GetValue(target)!) is var t && t == KernelTarget.Auto ? Targets.Chosen() : t;
            if (chosen == KernelTarget.Spec) throw new Failure("target spec is the C# source itself: there is nothing to show");
            if (parsed.GetValue(after) is { } pass)
            {
                output.WriteLine(Emitted.After(kernel, chosen, pass));
                return 0;
            }
            (string Title, bool Asked, Func<string> Text)[] sections =
            [
                ("IR of the spec", parsed.GetValue(ir), () => Emitted.Spec(kernel)),
                ("emitted C#", parsed.GetValue(code), () => Emitted.Code(kernel, chosen)),
                ("machine code", parsed.GetValue(assembly), () => MachineCode(kernel, chosen)),
            ];
            bool all = !sections.Any(s => s.Asked);
            foreach (var (title, _, text) in sections.Where(s => all || s.Asked))
            {
                string content;
                try { content = text(); }
                catch (Failure e) when (all) { content = $"({e.Message})"; }
                output.WriteLine($"---- {kernel.Name}, {Targets.Name(chosen)}: {title}");
                output.WriteLine(content);
                output.WriteLine();
            }
            return 0;
        });
        return command;
    }

    static void List(TextWriter output)
    {
        int width = KernelLibrary.Shipped.Max(k => k.Name.Length);
        foreach (var kernel in KernelLibrary.Shipped)
            output.WriteLine($"{kernel.Name.PadRight(width)}  {(kernel.IsElement ? "element" : "kernel"),-7}  {string.Join(' ', Targets.Emitted.Where(t => kernel.Cores(t.Target).Count > 0).Select(t => Targets.Name(t.Target)))}".TrimEnd());
    }

    static string MachineCode(KernelEntry kernel, KernelTarget target)
    {
        if (!Isa.Supports(target)) throw new Failure($"this machine and runtime do not compile {Targets.Name(target)}");
        var cores = kernel.Cores(target);
        if (cores.Count == 0) throw new Failure($"{kernel.Name} has no generated code for {Targets.Name(target)}");
        return string.Join("\n\n", cores.Select(Disassembly.Of));
    }
}
