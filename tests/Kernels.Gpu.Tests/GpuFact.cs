// What a device does has nothing to do with the processor's instruction set.
[assembly: AssemblyTrait("Levels", "no")]

namespace Kernels.Gpu.Tests;

/// A test that needs a device; skipped, with the reason, where there is none. KERNELS_EXPECT_GPU=1 makes that a failure (DeviceTests).
sealed class GpuFactAttribute : FactAttribute
{
    public GpuFactAttribute() => Skip = GpuDevice.UnavailableReason!;
}

/// As <see cref="GpuFactAttribute"/>, with data.
sealed class GpuTheoryAttribute : TheoryAttribute
{
    public GpuTheoryAttribute() => Skip = GpuDevice.UnavailableReason!;
}
