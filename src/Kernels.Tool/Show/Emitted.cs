using System.Reflection;
using System.Text;
using Kernels.Generators;
using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Targets;
using Kernels.Generators.Targets.Gpu;
using Module = Kernels.Generators.IR.Module;

namespace Kernels.Tool;

/// <summary>
/// What the generator made of a kernel, made again from the IR that the kernel's assembly carries: the generator's own passes and emitter run here,
/// so nothing but the IR has to be shipped.
/// </summary>
static class Emitted
{
    public static string Spec(KernelEntry kernel) => PrettyPrinter.Print(Load(kernel)).TrimEnd();

    /// <summary>Every core of the target: the general one and the clones.</summary>
    public static string Code(KernelEntry kernel, KernelTarget target)
    {
        var cpu = Cpu(target);
        return string.Join("\n", Compiler.Cores(Load(kernel)).Select(v => v.Core(cpu).Text));
    }

    public static readonly string[] ShaderForms = ["spirv", "hlsl", "computesharp"];

    /// <summary>Every clone's shader in one of the forms; the wave form behind the other where there is one.</summary>
    /// <exception cref="Failure">The kernel has no GPU code.</exception>
    public static string Shaders(KernelEntry kernel, string form)
    {
        var text = new StringBuilder();
        var module = Load(kernel);
        foreach (var s in Compiler.Shaders(module))
        {
            if (s.Shader is null) throw new Failure($"{kernel.Name} has no GPU code: {s.Refusal!.Reason}");
            string name = module.Kernel.Signature!.MethodName + s.Variant.Suffix;
            foreach (var (shader, waves) in (IEnumerable<(GpuModule?, string)>)[(s.Shader, ""), (form == "computesharp" ? null : s.Wave, ", in waves")])
                if (shader is not null)
                    text.AppendLine($"---- {name}, {form}{waves}").AppendLine(form switch { "spirv" => SpirvText.Print(shader.Words), "hlsl" => HlslPrinter.Print(shader, name), _ => Compiler.Struct(module.Kernel, s) });
        }
        return text.ToString().TrimEnd();
    }

    /// <summary>The general core's IR behind a pass of the list; "lower" is what the target's emitter gets.</summary>
    public static string After(KernelEntry kernel, KernelTarget target, string pass)
    {
        var stages = new Dictionary<string, Func<string>>();
        var (function, _) = PassList.Run(Load(kernel), after: (name, f, _) => stages[name] = () => PrettyPrinter.Print(f));
        stages["lower"] = () => Compiler.Lower(function, Cpu(target)) is var lowered ? string.Join("\n", lowered.Parts.Prepend(lowered).Select(l => PrettyPrinter.Print(l.Function))) : "";
        return stages.GetValueOrDefault(pass) is { } print ? print().TrimEnd() : throw Names.Unknown("pass", pass, stages.Keys, order: false);
    }

    static CpuTarget Cpu(KernelTarget target) => CpuTarget.All.First(t => t.Name == Targets.Name(target));

    static Module Load(KernelEntry kernel)
    {
        var texts = new Dictionary<string, string>();
        foreach (var assembly in (Assembly[])[kernel.Spec.Module.Assembly, typeof(KernelMath).Assembly])
            foreach (var a in assembly.GetCustomAttributes<KernelIRAttribute>()) texts.TryAdd(a.Name, a.Text);
        var own = KernelLibrary.IR(kernel.Spec.Module.Assembly, kernel.FullName[..^kernel.Overload.Length]).Select(a => Parse(a.Text, kernel.Name));
        var function = own.FirstOrDefault(f => (f.Signature?.Overload ?? "") == kernel.Overload) ?? throw new Failure($"{kernel.Name}: {kernel.Spec.Module.Assembly.GetName().Name} carries no IR of it");
        var helpers = new Dictionary<string, Function>();
        var open = new Queue<Function>([function]);
        while (open.TryDequeue(out var f))
            foreach (string callee in Callees(f))
                if (!helpers.ContainsKey(callee))
                    open.Enqueue(helpers[callee] = Parse(texts.GetValueOrDefault(callee) ?? throw new Failure($"{kernel.Name}: no IR of {callee}"), callee));
        return new(function, helpers.Values.ToSequence());
    }

    static Function Parse(string text, string name)
    {
        try { return IRText.ParseFunction(text); }
        catch (FormatException e) { throw new Failure($"{name}: {e.Message.ReplaceLineEndings(" ")}"); }
    }

    static IEnumerable<string> Callees(Function f)
    {
        var found = new CalleeFinder();
        found.Rewrite(f);
        return found.Names;
    }

    sealed class CalleeFinder : Rewriter
    {
        public readonly HashSet<string> Names = [];

        public override Stmt Rewrite(Stmt s)
        {
            if (s is Call call) Names.Add(call.Callee);
            if (s is Reduce reduce) Rewrite(reduce.Combine);
            return base.Rewrite(s);
        }
    }
}
