using System.Reflection;
using Kernels.Examples;
using Kernels.Tool;

namespace Kernels.Tests.Certificates;

/// <summary>
/// The machine code of hot loops, from the JIT compiler's own listing: optimised, and no more instructions, spills and calls than recorded here. Speed
/// depends on the machine; these figures depend on the compiler alone, so they fail where a benchmark would only be slower.
/// </summary>
[Trait("Levels", "no")]
public class CodeCertificateTests
{
    // Recorded with .NET 10.0.12, a loop a row in the order of the listing: instructions, fused multiply-adds, loads and stores of vectors, stack
    // operands, calls. The last two belong to be 0. The fifth loop of a row's code runs only where an index check failed; what AVX2 code has on the stack in the
    // third is a broadcast constant too many for 16 registers.
    static readonly Dictionary<(string Kernel, KernelTarget Target), LoopFigures[]> budgets = new()
    {
        [("AxpyKernel", KernelTarget.Avx512)] = [new(20, 4, 8, 4, 0, 0)],
        [("AxpyKernel", KernelTarget.Avx2)] = [new(20, 4, 8, 4, 0, 0)],
        [("DotKernel", KernelTarget.Avx512)] = [new(27, 8, 16, 0, 0, 0)],
        [("DotKernel", KernelTarget.Avx2)] = [new(27, 8, 16, 0, 0, 0)],
        [("RowKernel", KernelTarget.Avx512)] =
        [
            new(11, 0, 4, 0, 0, 0), new(11, 0, 4, 0, 0, 0), new(116, 32, 4, 0, 0, 0), new(12, 0, 4, 0, 0, 0), new(145, 32, 8, 0, 1, 0),
            new(11, 0, 4, 0, 0, 0), new(115, 36, 4, 4, 0, 0), new(12, 0, 4, 4, 0, 0), new(82, 36, 4, 4, 0, 0),
        ],
        [("RowKernel", KernelTarget.Avx2)] =
        [
            new(7, 0, 2, 0, 0, 0), new(7, 0, 2, 0, 0, 0), new(79, 16, 2, 0, 1, 0), new(8, 0, 2, 0, 0, 0), new(103, 16, 4, 0, 6, 0),
            new(7, 0, 2, 0, 0, 0), new(83, 18, 2, 2, 0, 0), new(8, 0, 2, 2, 0, 0), new(68, 18, 2, 2, 0, 0),
        ],
    };

    static MethodInfo Core(Type kernel, KernelTarget target) =>
        kernel.GetMethod(target.ToString(), BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) ?? throw new InvalidOperationException($"{kernel.Name} has no core for {target}");

    [Theory]
    [InlineData(typeof(Vectors.AxpyKernel), KernelTarget.Avx512), InlineData(typeof(Vectors.AxpyKernel), KernelTarget.Avx2)]
    [InlineData(typeof(Vectors.DotKernel), KernelTarget.Avx512), InlineData(typeof(Vectors.DotKernel), KernelTarget.Avx2)]
    [InlineData(typeof(SoftmaxRow.RowKernel), KernelTarget.Avx512), InlineData(typeof(SoftmaxRow.RowKernel), KernelTarget.Avx2)]
    public void Hot_loops_are_optimised_and_stay_within_their_budgets(Type kernel, KernelTarget target)
    {
        if (!Isa.Supports(target)) return; // the figures are of a processor that has the instructions
        // With AVX-512 there, AVX2 code gets 32 registers.
        string text = Disassembly.Of(Core(kernel, target), target == KernelTarget.Avx2 ? [("DOTNET_EnableAVX512", "0")] : []);
        var listing = new Listing(text);
        Assert.True(listing.IsFullyOptimised, text[..Math.Min(text.Length, 400)]);
        var loops = listing.VectorLoops();
        string found = string.Join("\n", loops);
        var budget = budgets.GetValueOrDefault((kernel.Name, target)) ?? [];
        Assert.True(loops.Count == budget.Length, $"{loops.Count} vector loops instead of {budget.Length}:\n{found}");
        for (int k = 0; k < loops.Count; k++)
        {
            var (is_, may) = (loops[k], budget[k]);
            Assert.True(is_.Calls <= may.Calls && is_.Stack <= may.Stack && is_.Instructions <= may.Instructions && is_.Fma == may.Fma && is_.Loads <= may.Loads && is_.Stores <= may.Stores,
                $"loop {k}: {is_}, budget {may}; all:\n{found}");
        }
    }

    [Fact]
    public void A_rare_path_between_the_blocks_of_a_loop_is_not_in_it()
    {
        var listing = new Listing("""
            ; FullOpts code
            G_M000_IG01:
                   xor      eax, eax
            G_M000_IG02:
                   vmovups  ymm0, ymmword ptr [rdi+4*rax]
                   vptest   ymm0, ymm0
                   je       SHORT G_M000_IG04
            G_M000_IG03:
                   call     [Rare]
                   vmovups  ymmword ptr [rbp-0x30], ymm0
                   jmp      SHORT G_M000_IG05
            G_M000_IG04:
                   vfmadd231ps ymm0, ymm1, ymm1
                   vmovups  ymmword ptr [rsi+4*rax], ymm0
                   add      rax, 8
                   cmp      rax, rcx
                   jl       SHORT G_M000_IG02
            G_M000_IG05:
                   ret
            """);
        Assert.True(listing.IsFullyOptimised);
        Assert.Equal([new LoopFigures(8, 1, 1, 1, 0, 0)], listing.VectorLoops());
    }
}
