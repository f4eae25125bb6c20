using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators;

// The shaders of one spec.
static partial class Compiler
{
    /// Every variant of a kernel as a compute shader, or why it is none.
    public static IEnumerable<(CoreVariant Variant, GpuModule? Shader, GpuRefusal? Refusal)> Shaders(Module module)
    {
        foreach (var (variant, f, _) in Variants(module))
        {
            var (shader, refusal) = SpirvEmitter.Emit(f, elements: module.Kernel.Kind == FunctionKind.Element);
            yield return (variant, shader, refusal);
        }
    }
}
