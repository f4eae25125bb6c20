using Kernels.Tool;

namespace Kernels.Tests.Certificates;

/// Element kernels of storage types.
public static partial class NarrowElements
{
    [ElementKernel] public static Half Halves(Half x) => (Half)(2 * (float)x);
    [ElementKernel] public static BFloat16 BFloats(BFloat16 x) => (BFloat16)(2 * (float)x);
    [ElementKernel] public static byte Bytes(byte x) => (byte)(3 * x);
    [ElementKernel] public static short Shorts(short x) => (short)(3 * x);
}

[Trait("Levels", "no")]
public class NarrowStoreTests
{
    [Theory]
    [InlineData(typeof(NarrowElements.HalvesKernel)), InlineData(typeof(NarrowElements.BFloatsKernel)), InlineData(typeof(NarrowElements.BytesKernel)), InlineData(typeof(NarrowElements.ShortsKernel))]
    public void The_loop_of_full_vectors_calls_nothing(Type kernel)
    {
        foreach (var target in (KernelTarget[])[KernelTarget.Sse, KernelTarget.Avx2, KernelTarget.Avx512])
        {
            if (!Isa.Supports(target)) continue;
            // Code for less than AVX-512 must not need it.
            string text = Disassembly.Of(kernel.GetMethod(target.ToString())!, target == KernelTarget.Avx512 ? [] : [("DOTNET_EnableAVX512", "0")]);
            var loops = new Listing(text).VectorLoops();
            Assert.True(loops.Count > 0 && loops[0].Calls == 0, $"{target}: {string.Join("\n", loops)}"); // behind it stands the partial trip, lane by lane
        }
    }
}
