using Kernels.Generators.IR;
using Kernels.Gpu.Tests.Shaders;
using Xunit.Abstractions;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// The HLSL of every shipped kernel, in both forms, executed as C++ (HlslAsCpp): one call each (ShippedCases.One), judged as lavapipe's runs are. Waves have 8 threads there.
[Trait("Levels", "no")]
public class HlslShippedTests(ITestOutputHelper output)
{
    /// Texts in one call of g++: its start is as long as some texts, and a long file leaves the other processors idle.
    const int Texts = 8;

    [CppFact]
    public void Shipped_kernels_do_what_the_interpreter_does()
    {
        var kernels = ShippedShaders.All.Where(k => k.Shader is not null).ToList();
        var results = kernels.Chunk(Texts).AsParallel().Select(Judge).ToList();
        var wrong = results.SelectMany(r => r.Wrong).ToList();
        int waves = kernels.Count(k => k.Wave is not null);
        output.WriteLine($"{kernels.Count} kernels, {waves} of them in waves too; {results.Sum(r => r.Equal)} with the interpreter's bits");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(kernels.Count >= 90 && waves >= 40, $"only {kernels.Count} kernels, {waves} of them in waves");
    }

    static (List<string> Wrong, int Equal) Judge(ShippedShader[] kernels)
    {
        var wrong = new List<string>();
        int equal = 0, at = 0;
        using var texts = new HlslAsCpp([.. kernels.SelectMany(k => k.Wave is null ? [k.Shader!] : new[] { k.Shader!, k.Wave })]);
        foreach (var kernel in kernels)
        {
            var c = ShippedCases.One(kernel);
            var oracle = new ShaderOracle(kernel.Function, kernel.Shader!.Layout.LocalSize, kernel.Elements);
            Arguments tree = c.Make(), wave = c.Make();
            int text = at;
            at += kernel.Wave is null ? 1 : 2;
            string? difference;
            try
            {
                int errors = texts.Run(text, tree, c.Grid, c.Elements);
                difference = oracle.Judge(c.Make, c.Grid, tree, errors);
                if (kernel.Wave is not null && (texts.Run(text + 1, wave, c.Grid, c.Elements) != errors || tree.Arrays.Any(a => !a.Value.AsSpan().SequenceEqual(wave.Arrays[a.Key])))) difference ??= "other bits in waves";
            }
            catch (WroteBehind e) { difference = e.Message; }
            if (difference is not null) wrong.Add($"{kernel.Name}, {c.Note}: {difference}");
            equal += oracle.Equal;
        }
        return (wrong, equal);
    }
}
