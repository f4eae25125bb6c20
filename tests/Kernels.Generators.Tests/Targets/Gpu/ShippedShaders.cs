using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Kernels.Generators.Tests.Frontend;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// A clone of a shipped spec, and its shader in the tree form and, where it is another, in the wave form, or why it has none.
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
                foreach (var s in Compiler.Shaders(module))
                    found.Add(new($"{method.ContainingType.Name}.{method.Name}{module.Kernel.Signature!.Overload}{s.Variant.Suffix}", elements, s.Function, s.Shader, s.Wave, s.Refusal));
            }
        Assert.True(found.Count >= 90, $"only {found.Count} kernels were found");
        return found;
    });

    public static IReadOnlyList<ShippedShader> All => all.Value;

    public static IEnumerable<(ShippedShader Kernel, GpuModule Shader)> Emitted => from k in All where k.Shader is not null select (k, k.Shader);

    public static IEnumerable<(ShippedShader Kernel, GpuModule Shader)> Forms => Emitted.Concat(from k in All where k.Wave is not null select (k, k.Wave));
}
