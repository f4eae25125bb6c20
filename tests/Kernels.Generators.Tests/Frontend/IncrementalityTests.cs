using System.Globalization;
using Kernels.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kernels.Generators.Tests.Frontend;

/// What an edit costs, by the reasons of the generator's steps; and that output depends on the specs alone.
public class IncrementalityTests
{
    const string First = "public static partial class A { [Kernel] public static void F(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = 2 * x[i]; } }";
    const string Second = "public static partial class B { [Kernel] public static void G(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = Help(x[i]); } [KernelFunction] public static float Help(float t) => t + 1; [ElementKernel] public static double H(double x) => x * x; }";

    static GeneratorDriver Driver() => CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Source.ParseOptions,
        driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    static Dictionary<string, List<IncrementalStepRunReason>> Reasons(Func<CSharpCompilation, CSharpCompilation> edit)
    {
        var before = Source.Files(First, Second);
        var driver = Driver().RunGenerators(before);
        Assert.Null(driver.GetRunResult().Results[0].Exception);
        return driver.RunGenerators(edit(before)).GetRunResult().Results[0].TrackedSteps.ToDictionary(s => s.Key, s => s.Value.SelectMany(x => x.Outputs).Select(o => o.Reason).ToList());
    }

    static CSharpCompilation Replace(CSharpCompilation c, string path, string before, string after)
    {
        var tree = c.SyntaxTrees.First(t => t.FilePath == path);
        string text = tree.ToString();
        Assert.Contains(before, text);
        return c.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text.Replace(before, after), Source.ParseOptions, path));
    }

    static bool Same(IncrementalStepRunReason r) => r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged;

    [Fact]
    public void A_comment_elsewhere_recompiles_nothing()
    {
        var steps = Reasons(c => Replace(c, "File1.cs", "public static partial class A", "// note\npublic static partial class A"));
        foreach (string step in new[] { KernelGenerator.Steps.Extract, KernelGenerator.Steps.ExtractElement, KernelGenerator.Steps.ExtractFunction, KernelGenerator.Steps.Functions })
            Assert.All(steps[step], r => Assert.True(Same(r), $"{step}: {r}"));
        foreach (string step in new[] { KernelGenerator.Steps.Signatures, KernelGenerator.Steps.Cores }) Assert.All(steps[step], r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Fact]
    public void A_body_edit_modifies_one_kernel()
    {
        var steps = Reasons(c => Replace(c, "File1.cs", "2 * x[i]", "3 * x[i]"));
        Assert.Equal(2, steps[KernelGenerator.Steps.Extract].Count);
        Assert.Single(steps[KernelGenerator.Steps.Extract], r => r == IncrementalStepRunReason.Modified);
        Assert.Single(steps[KernelGenerator.Steps.Signatures], r => !Same(r) || r == IncrementalStepRunReason.Unchanged);
    }

    [Fact]
    public void An_edit_of_a_helper_modifies_its_callers_alone()
    {
        var steps = Reasons(c => Replace(c, "File2.cs", "t + 1", "t + 2"));
        Assert.Single(steps[KernelGenerator.Steps.Extract], r => r == IncrementalStepRunReason.Modified);
        Assert.All(steps[KernelGenerator.Steps.ExtractElement], r => Assert.True(Same(r)));
    }

    static Dictionary<string, string> Output(params string[] files) => Driver().RunGenerators(Source.Files(files)).GetRunResult().Results[0].GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());

    [Fact]
    public void Output_is_the_same_twice_in_any_file_order_and_culture()
    {
        var once = Output(First, Second);
        Assert.True(once.Count >= 6, string.Join(" ", once.Keys));
        Assert.Equal(once, Output(First, Second));
        Assert.Equal(once, Output(Second, First));
        var culture = CultureInfo.CurrentCulture;
        try
        {
            // As tr-TR has it; the culture itself does not exist in invariant mode.
            var turkish = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            turkish.NumberFormat.NumberDecimalSeparator = ",";
            turkish.NumberFormat.NegativeSign = "\u2212";
            CultureInfo.CurrentCulture = turkish;
            Assert.Equal(once, Output(First, Second));
        }
        finally { CultureInfo.CurrentCulture = culture; }
    }

    [Fact]
    public void A_spec_beyond_a_limit_leaves_the_others_alone()
    {
        var c = Source.Files(First, "static partial class D { [Kernel] public static void Deep(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = Down(x[i], 1); } static float Down(float x, [Const] int n) => n == 0 ? 1 : x * Down(x, n + 1); }");
        var driver = Driver().RunGeneratorsAndUpdateCompilation(c, out var after, out var reported);
        Assert.Equal("KRN0098", Assert.Single(reported).Id);
        Assert.DoesNotContain(after.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        Assert.Contains(driver.GetRunResult().Results[0].GeneratedSources, s => s.HintName.StartsWith("A.F", StringComparison.Ordinal) && s.HintName.Contains("Avx2"));
    }

    [Fact]
    public void A_spec_with_errors_still_has_its_signatures()
    {
        var c = Source.Files("public static partial class A { [Kernel] public static void F(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[0] = x[i]; } static void Use(float[] a) => FKernel.Run(a, a); }");
        Driver().RunGeneratorsAndUpdateCompilation(c, out var after, out _);
        Assert.DoesNotContain(after.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
    }
}
