using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Gpu.Tests.Shaders;

/// A kernel in every form that it has.
static class ShaderForms
{
    public static GpuModule Emit(Function f, bool elements)
    {
        var (shader, refusal) = SpirvEmitter.Emit(f, elements);
        Assert.True(shader is not null, $"{f.Name}: {refusal?.Reason}");
        return shader;
    }

    /// Runs it once. Returns the error bits.
    public static int Run(Function f, bool elements, string note, Arguments arguments, int[] grid, int count = 0)
    {
        using var run = new ShaderRun($"{f.Name}, {note}", Emit(f, elements));
        return run.Run(arguments, grid, count);
    }

    /// Runs it and compares with the interpreter. Returns the error bits.
    public static int Same(Function f, bool elements, string note, Func<Arguments> make, int[] grid, int count = 0)
    {
        var shader = Emit(f, elements);
        using var run = new ShaderRun($"{f.Name}, {note}", shader);
        var arguments = make();
        int errors = run.Run(arguments, grid, count);
        if (new ShaderOracle(f, shader.Layout.LocalSize, elements).Judge(make, grid, arguments, errors) is { } difference) Assert.Fail($"{f.Name}, {note}: {difference}");
        return errors;
    }
}
