using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
namespace Kernels.Generators.Tests.Frontend;
public class DevTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact] public void Examples()
    {
        var files = Directory.GetFiles("/work/wt/examples/kernels/Kernels/Examples", "*.cs").Select(File.ReadAllText).ToArray();
        var c = Source.Files(files);
        foreach (var d in c.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)) output.WriteLine(d.ToString());
        foreach (var m in Source.Specs(c)) foreach (var i in Spec.Instances(m))
        {
            var (module, problems) = Lowering.Lower(c, i);
            foreach (var p in problems) output.WriteLine(p.ToDiagnostic().ToString());
            if (module is not null) { output.WriteLine(PrettyPrint(module)); Assert.Equal(IRText.Write(module), IRText.Write(IRText.ParseModule(IRText.Write(module)))); }
        }
        var driver = CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Source.ParseOptions).RunGeneratorsAndUpdateCompilation(c, out var after, out var ds);
        foreach (var d in ds.Concat(after.GetDiagnostics()).Where(d => d.Severity >= DiagnosticSeverity.Warning).Take(20)) output.WriteLine(d.ToString());
        foreach (var r in driver.GetRunResult().Results) { if (r.Exception is {} e) output.WriteLine(e.ToString()); foreach (var s in r.GeneratedSources) output.WriteLine(s.HintName); }
    }
    static string PrettyPrint(Module m) => IRText.Write(m).Replace("(for ", "\n (for ").Replace("(= ","\n (= ").Replace("(st ", "\n (st ").Replace("(lanes", "\n(lanes").Replace("(if ", "\n (if ").Replace("(function", "\n\n(function").Replace("(call","\n (call");
}
