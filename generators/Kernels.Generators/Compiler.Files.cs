using System.Text;
using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators;

// The files of one spec.
static partial class Compiler
{
    public static GeneratedFile CompileSignature(SpecModel spec)
    {
        var instances = spec.Instances.Map(t => IRText.ParseModule(t).Kernel);
        return new(HintName(spec.Name) + spec.Mark + ".g.cs", HostEmitter.EmitSignature(instances));
    }

    /// The dispatch and the cores. A spec with language errors has no cores: its dispatch throws.
    public static Sequence<GeneratedFile> CompileCores(SpecModel spec)
    {
        var files = new List<GeneratedFile>();
        for (int k = 0; k < spec.Instances.Count; k++)
        {
            var module = IRText.ParseModule(spec.Instances[k]);
            string name = HintName(spec.Name) + spec.Mark + (spec.Instances.Count > 1 ? $".{k}" : "");
            var variants = spec.Failed ? [] : Cores(module).ToList();
            var compiled = new List<CompiledVariant>();
            var cores = CpuTarget.All.Map(_ => new CodeWriter());
            foreach (var (variant, f, checks, core) in variants)
            {
                var entries = new List<CoreEntry>();
                for (int t = 0; t < cores.Count; t++)
                {
                    var (text, lanes) = core(CpuTarget.All[t]);
                    cores[t].Block(text);
                    entries.Add(new(CpuTarget.All[t].Method, lanes));
                }
                // An element kernel's host makes all arrays one length, which is what its bounds ask for.
                var wanted = module.Kernel.Kind == FunctionKind.Element ? [] : checks;
                compiled.Add(new(variant, f, wanted.Map(c => new HostCheck(c.Buffer.Name, c.Min, c.Max, c.When)), entries.ToSequence()));
            }
            if (compiled.Count > 0)
                for (int t = 0; t < cores.Count; t++)
                    files.Add(new($"{name}.{CpuTarget.All[t].Method}.g.cs", HostModel.File(module.Kernel.Signature!, cores[t].ToString(), usings: CoreUsings)));
            files.Add(new(name + ".Dispatch.g.cs", HostEmitter.EmitDispatch(module.Kernel, compiled.ToSequence())));
            if (!HostEmitter.HasDevices(module.Kernel)) continue;
            var shaders = Shaders(module.Kernel, variants.Select(v => (v.Variant, v.Function, v.Checks))).ToSequence();
            files.Add(new(name + ".Device.g.cs", HostEmitter.EmitDevice(module.Kernel, shaders))
            {
                Notice = shaders.FirstOrDefault(s => s.Refusal is not null)?.Refusal is { } refusal ? (Message.NoShader, spec.Name, refusal.Reason.TrimEnd('.')) : null,
            });
        }
        return files.ToSequence();
    }

    /// The structs that ComputeSharp runs, beside the kernels.
    public static Sequence<GeneratedFile> CompileStructs(SpecModel spec)
    {
        var files = new List<GeneratedFile>();
        for (int k = 0; k < spec.Instances.Count; k++)
        {
            var module = IRText.ParseModule(spec.Instances[k]);
            var signature = module.Kernel.Signature!;
            var text = new CodeWriter();
            string? missing = null;
            foreach (var s in Shaders(module).Where(s => s.Shader is not null))
                try { text.Block(Struct(module.Kernel, s)); }
                catch (NotSupportedException e) { missing = e.Message.TrimEnd('.'); }
            if (text.ToString() is { Length: > 0 } || missing is not null)
                files.Add(new($"{HintName(spec.Name)}{spec.Mark}{(spec.Instances.Count > 1 ? $".{k}" : "")}.ComputeSharp.g.cs", HostModel.File(signature, "", text.ToString()))
                {
                    Notice = missing is null ? null : (Message.NoShader, spec.Name, missing),
                });
        }
        return files.ToSequence();
    }

    /// Function names as file names, one to one but for long ones: those end in a hash, as file systems take 255 bytes.
    static string HintName(string name)
    {
        var hint = new StringBuilder();
        uint hash = 2166136261; // FNV-1a: the same in every process
        foreach (char c in name)
        {
            hint.Append(char.IsLetterOrDigit(c) && c < 128 || c == '.' ? c : c switch { ' ' => '-', ',' => '+', '(' or ')' => '_', '<' => '[', '>' => ']', _ => '{' });
            hash = (hash ^ c) * 16777619;
        }
        string text = hint.ToString().TrimEnd('_');
        return text.Length <= 160 ? text : $"{text.Substring(0, 150)}-{hash:x8}";
    }
}
