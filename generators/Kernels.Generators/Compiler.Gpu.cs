using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Targets;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators;

// The shaders of one spec.
static partial class Compiler
{
    /// Every clone of a kernel as a compute shader, or why it is none.
    public static IEnumerable<CompiledShader> Shaders(Module module) => Shaders(module.Kernel, Variants(module));

    /// From variants that have gone through the passes. One shader serves all overloads of an element kernel.
    static IEnumerable<CompiledShader> Shaders(Function spec, IEnumerable<(CoreVariant Variant, Function Function, Sequence<BoundsCheck> Checks)> variants)
    {
        var model = new HostModel(spec);
        foreach (var (variant, f, checks) in variants)
        {
            if (variant.ScalarInputs.Count > 0) continue;
            var function = model.IsElement ? Broadcast.Run(f, HostEmitter.DeviceScalars(model, f)) : f;
            var (shader, refusal) = SpirvEmitter.Emit(function, elements: model.IsElement);
            var wave = shader is null ? null : SpirvEmitter.Emit(function, elements: model.IsElement, GpuForm.Wave).Module;
            yield return new(variant, function, checks.Map(c => new HostCheck(c.Buffer.Name, c.Min, c.Max, c.When)), shader, wave is { Layout.LeastWave: > 0 } ? wave : null, refusal);
        }
    }
}

/// A clone for devices: a shader, and its wave form where that is another, or the reason why there is none.
sealed record CompiledShader(CoreVariant Variant, Function Function, Sequence<HostCheck> Checks, GpuModule? Shader, GpuModule? Wave, GpuRefusal? Refusal);
