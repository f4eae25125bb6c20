using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Kernels.Generators.Tests.Frontend;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// A variant of a shipped spec, and its shader in the tree form and in the wave form, or why it has none.
sealed record ShippedShader(string Name, bool Elements, Function Function, GpuModule? Shader, GpuModule? Wave, GpuRefusal? Refusal);

/// Every shipped spec as shaders.
static class ShippedShaders
{
    static readonly Lazy<List<ShippedShader>> all = new(() =>
    {
        var compilation = ShippedSpecs.Compilation.Value;
        var found = new List<ShippedShader>();
        foreach (var method in Source.Specs(compilation))
            foreach (var instance in Spec.Instances(method))
            {
                var (module, _) = Lowering.Lower(compilation, instance);
                Assert.NotNull(module);
                bool elements = module.Kernel.Kind == FunctionKind.Element;
                foreach (var (variant, f, _) in Compiler.Variants(module))
                {
                    var (shader, refusal) = SpirvEmitter.Emit(f, elements);
                    var (wave, waveRefusal) = SpirvEmitter.Emit(f, elements, GpuForm.Wave);
                    Assert.Equal(refusal, waveRefusal);
                    found.Add(new($"{method.ContainingType.Name}.{method.Name}{module.Kernel.Signature!.Overload}{variant.Suffix}", elements, f, shader, wave, refusal));
                }
            }
        Assert.True(found.Count >= 140, $"only {found.Count} kernels were found");
        return found;
    });

    public static IReadOnlyList<ShippedShader> All => all.Value;

    public static IEnumerable<(ShippedShader Kernel, GpuModule Shader)> Emitted => from k in All where k.Shader is not null select (k, k.Shader);

    /// Both forms of all, and the wave form only where it is another module.
    public static IEnumerable<(ShippedShader Kernel, GpuModule Shader)> Forms => Emitted.Concat(from k in All where k.Wave is { Layout.LeastWave: > 0 } select (k, k.Wave));
}
