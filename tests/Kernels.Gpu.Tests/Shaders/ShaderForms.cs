using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Gpu.Tests.Shaders;

/// A kernel in both forms.
static class ShaderForms
{
    public static GpuModule Emit(Function f, bool elements, GpuForm form = GpuForm.Tree)
    {
        var (shader, refusal) = SpirvEmitter.Emit(f, elements, form);
        Assert.True(shader is not null, $"{f.Name}: {refusal?.Reason}");
        return shader;
    }

    /// The wave form, where it is another module and the device can run it.
    public static GpuModule? Usable(GpuModule wave) =>
        wave.Layout.LeastWave > 0 && GpuDevice.GetDefault().Capabilities.RunsWaves(wave.Layout.LocalSize, wave.Layout.LeastWave) ? wave : null;

    /// Runs the tree form once. Returns the error bits.
    public static int Run(Function f, bool elements, string note, Arguments arguments, int[] grid, int count = 0)
    {
        using var run = new ShaderRun($"{f.Name}, {note}", Emit(f, elements));
        return run.Run(arguments, grid, count);
    }

    /// Runs both forms and compares with the interpreter. Returns the error bits.
    public static int Same(Function f, bool elements, string note, Func<Arguments> make, int[] grid, int count = 0)
    {
        var shader = Emit(f, elements);
        using var tree = new ShaderRun($"{f.Name}, {note}", shader);
        using var wave = Usable(Emit(f, elements, GpuForm.Wave)) is { } other ? new ShaderRun($"{f.Name}, {note}, waves", other) : null;
        if (Judge(tree, wave, new(f, shader.Layout.LocalSize, elements), make, grid, count, out int errors) is { } difference) Assert.Fail($"{f.Name}, {note}: {difference}");
        return errors;
    }

    /// null, or what is wrong with the tree form, or where the wave form has other bits.
    public static string? Judge(ShaderRun tree, ShaderRun? wave, ShaderOracle oracle, Func<Arguments> make, int[] grid, int count, out int errors)
    {
        var arguments = make();
        errors = tree.Run(arguments, grid, count);
        if (oracle.Judge(make, grid, arguments, errors) is { } difference) return difference;
        if (wave is null) return null;
        var other = make();
        int otherErrors = wave.Run(other, grid, count);
        if (errors != otherErrors) return $"in waves, error bits {otherErrors}, not {errors}";
        foreach (var (name, bits) in arguments.Arrays)
            if (bits.AsSpan().CommonPrefixLength(other.Arrays[name]) is var k && k < bits.Length) return $"in waves, {name}[{k}] is 0x{other.Arrays[name][k]:X}, not 0x{bits[k]:X}";
        return null;
    }
}
