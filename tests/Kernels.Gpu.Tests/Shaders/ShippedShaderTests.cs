using Kernels.Generators.Tests.Targets.Gpu;
using Xunit.Abstractions;

namespace Kernels.Gpu.Tests.Shaders;

/// Every shipped kernel that has a shader, executed.
public class ShippedShaderTests(ITestOutputHelper output)
{
    [GpuFact]
    public void Element_kernels_do_what_the_interpreter_does() => All(k => k.Elements, 20);

    [GpuFact]
    public void Block_kernels_do_what_the_interpreter_does() => All(k => !k.Elements, 70);

    void All(Func<ShippedShader, bool> which, int atLeast)
    {
        var wrong = new List<string>();
        int kernels = 0, waves = 0, cases = 0, equal = 0, flushed = 0, before = ShaderRun.Dispatches;
        foreach (var (kernel, shader) in ShippedShaders.Emitted.Where(e => which(e.Kernel)))
        {
            kernels++;
            var oracle = new ShaderOracle(kernel.Function, shader.Layout.LocalSize, kernel.Elements);
            using var tree = new ShaderRun(kernel.Name, shader);
            using var wave = kernel.Wave is not null && ShaderForms.Usable(kernel.Wave) is { } other ? new ShaderRun(kernel.Name + " in waves", other) : null;
            waves += wave is null ? 0 : 1;
            foreach (var c in ShippedCases.Of(kernel))
            {
                cases++;
                if (ShaderForms.Judge(tree, wave, oracle, c.Make, c.Grid, c.Elements, out _) is { } difference) wrong.Add($"{kernel.Name}, {c.Note}: {difference}");
            }
            (equal, flushed) = (equal + oracle.Equal, flushed + oracle.Flushed);
        }
        output.WriteLine($"{kernels} kernels, {waves} of them in waves too, {cases} cases, {ShaderRun.Dispatches - before} dispatches, {equal} cases with the interpreter's bits, {flushed} others with those of a device that flushes");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases}\n{string.Join("\n", wrong.Take(60))}");
        Assert.True(kernels >= atLeast && ShaderRun.Dispatches - before >= cases, $"{kernels} kernels, {ShaderRun.Dispatches - before} dispatches");
    }
}

/// The same, each once, under the validation layer; beside the others in time.
public class ShippedShaderValidationTests
{
    /// The layer checks every access against its buffer, and what is read against what was written, by its synchronisation checks.
    [GpuFact]
    public void The_validation_layer_has_nothing_to_say()
    {
        var result = Child.Start("shaders", ("KERNELS_GPU_VALIDATION", "1"));
        if (DeviceTests.NoLayer(result)) return;
        int kernels = ShippedShaders.Forms.Count(f => f.Shader.Layout.LeastWave == 0 || ShaderForms.Usable(f.Shader) is not null);
        Assert.Equal((0, $"{kernels} kernels, {kernels} dispatches, 0 messages"), (result.ExitCode, result.Output));
    }

    /// Runs each form of each once.
    internal static int OneOfEach()
    {
        int kernels = 0;
        foreach (var (kernel, shader) in ShippedShaders.Forms)
        {
            if (shader.Layout.LeastWave > 0 && ShaderForms.Usable(shader) is null) continue;
            using var run = new ShaderRun(kernel.Name, shader);
            var c = ShippedCases.One(kernel);
            run.Run(c.Make(), c.Grid, c.Elements);
            kernels++;
        }
        return kernels;
    }
}
