using Kernels.Generators.Tests.Targets.Gpu;
using Xunit.Abstractions;

namespace Kernels.Gpu.Tests.Shaders;

/// Every shipped kernel that has a shader, executed.
public class ShippedShaderTests(ITestOutputHelper output)
{
    [GpuFact]
    public void Element_kernels_do_what_the_interpreter_does() => All(k => k.Elements, 75);

    [GpuFact]
    public void Block_kernels_do_what_the_interpreter_does() => All(k => !k.Elements, 70);

    /// The layer checks every access against its buffer, and what is read against what was written, by its synchronisation checks.
    [GpuFact]
    public void The_validation_layer_has_nothing_to_say()
    {
        var result = Child.Start("shaders", ("KERNELS_GPU_VALIDATION", "1"));
        if (DeviceTests.NoLayer(result)) return;
        int kernels = ShippedShaders.Emitted.Count();
        Assert.Equal((0, $"{kernels} kernels, {kernels} dispatches, 0 messages"), (result.ExitCode, result.Output));
    }

    /// Runs each once.
    internal static int OneOfEach()
    {
        int kernels = 0;
        foreach (var (kernel, shader) in ShippedShaders.Emitted)
        {
            using var run = new ShaderRun(kernel.Name, shader);
            var c = ShippedCases.One(kernel);
            run.Run(c.Make(), c.Grid, c.Elements);
            kernels++;
        }
        return kernels;
    }

    void All(Func<ShippedShader, bool> which, int atLeast)
    {
        var wrong = new List<string>();
        int kernels = 0, cases = 0, before = ShaderRun.Dispatches, equal = ShaderOracle.BitForBit;
        foreach (var (kernel, shader) in ShippedShaders.Emitted.Where(e => which(e.Kernel)))
        {
            kernels++;
            var oracle = new ShaderOracle(kernel.Function, shader.Layout.LocalSize, kernel.Elements);
            using var run = new ShaderRun(kernel.Name, shader);
            foreach (var c in ShippedCases.Of(kernel))
            {
                cases++;
                var arguments = c.Make();
                int errors = run.Run(arguments, c.Grid, c.Elements);
                if (oracle.Judge(c.Make, c.Grid, arguments, errors) is { } difference) wrong.Add($"{kernel.Name}, {c.Note}: {difference}");
            }
        }
        output.WriteLine($"{kernels} kernels, {cases} cases, {ShaderRun.Dispatches - before} dispatches, {ShaderOracle.BitForBit - equal} with the interpreter's bits");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases}\n{string.Join("\n", wrong.Take(60))}");
        Assert.True(kernels >= atLeast && ShaderRun.Dispatches - before >= cases, $"{kernels} kernels, {ShaderRun.Dispatches - before} dispatches");
    }
}
