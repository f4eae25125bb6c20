using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Kernels.Generators.Tests.Frontend;
using Kernels.Generators.Tests.Passes;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// A variant of a shipped spec, and its shader or why it has none.
sealed record ShippedShader(string Name, bool Elements, Function Function, GpuModule? Shader, GpuRefusal? Refusal);

/// Every shipped spec as shaders.
static class ShippedShaders
{
    static readonly Lazy<List<ShippedShader>> all = new(() =>
    {
        var compilation = ShippedSpecsTests.Compilation.Value;
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
                    found.Add(new($"{method.ContainingType.Name}.{method.Name}{module.Kernel.Signature!.Overload}{variant.Suffix}", elements, f, shader, refusal));
                }
            }
        Assert.True(found.Count >= 140, $"only {found.Count} kernels were found");
        return found;
    });

    public static IReadOnlyList<ShippedShader> All => all.Value;

    public static IEnumerable<(ShippedShader Kernel, GpuModule Shader)> Emitted => from k in All where k.Shader is not null select (k, k.Shader);
}
