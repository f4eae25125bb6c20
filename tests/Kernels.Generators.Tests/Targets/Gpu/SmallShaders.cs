using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// Shaders of kernels written in the tests.
static class SmallShaders
{
    /// Verified before, and after it where spirv-val is at hand.
    public static GpuModule Emit(Function f, bool elements = false, GpuForm form = GpuForm.Tree)
    {
        Assert.Empty(Verifier.Check(f));
        var (shader, refusal) = SpirvEmitter.Emit(f, elements, form);
        Assert.True(shader is not null, refusal?.Reason);
        if (SpirvVal.Missing is null) Assert.Null(SpirvVal.Check(shader.Words));
        return shader;
    }
}
