using System.Text;
using Kernels.Generators.IR;
using Kernels.Generators.Targets;

namespace Kernels.Generators;

// The files of one spec.
static partial class Compiler
{
    public static GeneratedFile CompileSignature(SpecModel spec)
    {
        var instances = spec.Instances.Map(t => IRText.ParseModule(t).Kernel);
        return new(HintName(spec.Name) + ".g.cs", HostEmitter.EmitSignature(instances));
    }

    /// The dispatch and the cores. A spec with language errors has no cores: its dispatch throws.
    public static Sequence<GeneratedFile> CompileCores(SpecModel spec)
    {
        var files = new List<GeneratedFile>();
        for (int k = 0; k < spec.Instances.Count; k++)
        {
            var module = IRText.ParseModule(spec.Instances[k]);
            string name = HintName(spec.Name) + (spec.Instances.Count > 1 ? $".{k}" : "");
            files.Add(new(name + ".Dispatch.g.cs", HostEmitter.EmitDispatch(module.Kernel, [])));
        }
        return files.ToSequence();
    }

    /// Function names as file names, one to one.
    static string HintName(string name)
    {
        var hint = new StringBuilder();
        foreach (char c in name) hint.Append(char.IsLetterOrDigit(c) && c < 128 || c == '.' ? c : c switch { ' ' => '-', ',' => '+', '(' or ')' => '_', '<' => '[', '>' => ']', _ => '~' });
        return hint.ToString().TrimEnd('_');
    }
}
