using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Targets;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators;

// The shaders of one spec.
static partial class Compiler
{
    /// Every clone of a kernel as a compute shader, or why it is none.
    public static IEnumerable<CompiledShader> Shaders(Module module) => Shaders(module.Kernel, Variants(module, HasShader));

    // One shader serves all overloads of an element kernel.
    static bool HasShader(CoreVariant variant) => variant.ScalarInputs.Count == 0;

    /// From variants that have gone through the passes.
    static IEnumerable<CompiledShader> Shaders(Function spec, IEnumerable<(CoreVariant Variant, Function Function, Sequence<BoundsCheck> Checks)> variants)
    {
        var model = new HostModel(spec);
        foreach (var (variant, f, checks) in variants.Where(v => HasShader(v.Variant)))
        {
            var function = model.IsElement ? Broadcast.Run(f, HostEmitter.DeviceScalars(model, f)) : f;
            var (shader, refusal) = SpirvEmitter.Emit(function, elements: model.IsElement);
            var wave = shader is null ? null : SpirvEmitter.Emit(function, elements: model.IsElement, GpuForm.Wave).Module;
            yield return new(variant, function, checks.Map(c => new HostCheck(c.Buffer.Name, c.Min, c.Max, c.When)), shader, wave is { Layout.LeastWave: > 0 } ? wave : null, refusal);
        }
    }

    /// The struct that ComputeSharp runs: `FShader`, or with the suffix of a clone.
    /// <exception cref="NotSupportedException">As HlslPrinter.Print.</exception>
    public static string Struct(Function spec, CompiledShader s)
    {
        var (model, signature) = (new HostModel(spec), spec.Signature!);
        return ComputeSharpEmitter.Emit(s.Shader!, signature.MethodName + s.Variant.Suffix, $"{signature.MethodName}Shader{s.Variant.Suffix}", signature.Accessibility == "public" ? "public" : "internal",
            model.IsElement ? HostEmitter.ElementArrays(model, s.Function).ToDictionary(a => a.Array.Name, a => a.Host.Scalars.Count) : null);
    }
}

/// A clone for devices: a shader, and its wave form where that is another, or the reason why there is none.
sealed record CompiledShader(CoreVariant Variant, Function Function, Sequence<HostCheck> Checks, GpuModule? Shader, GpuModule? Wave, GpuRefusal? Refusal);
