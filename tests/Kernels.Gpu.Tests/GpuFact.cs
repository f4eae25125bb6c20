namespace Kernels.Gpu.Tests;

/// A test that needs a device; skipped, with the reason, where there is none. KERNELS_EXPECT_GPU=1 makes that a failure (DeviceTests).
sealed class GpuFactAttribute : FactAttribute
{
    public GpuFactAttribute() => Skip = GpuDevice.UnavailableReason!;
}

sealed class GpuTheoryAttribute : TheoryAttribute
{
    public GpuTheoryAttribute() => Skip = GpuDevice.UnavailableReason!;
}
