using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Kernels.Generators.Tests.Passes;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// Every shipped spec as a shader, or the reason why not. That they compute what they should is for tests with a Vulkan device.
public class ShippedShadersTests
{
    static IEnumerable<(ShippedShader Kernel, GpuModule Shader)> Emitted => ShippedShaders.Forms;

    [Fact]
    public void All_are_emitted_but_those_that_need_what_is_not_written()
    {
        // Change this table with what it describes.
        (string Name, string Reason)[] expected =
        [
            ("HashInsert.Distinct", "'table' is persistent scratch, which a group does not have."),
            ("Filter.Above", "Append: ordered compaction needs a prefix count over the group, which is not written yet."),
        ];
        Assert.Equal(expected, ShippedShaders.All.Where(k => k.Refusal is not null).Select(k => (k.Name, k.Refusal!.Reason)));
    }

    [SpirvValFact]
    public void Every_module_is_valid()
    {
        var wrong = Emitted.Select(e => (e.Kernel.Name, Complaint: SpirvVal.Check(e.Shader.Words))).Where(x => x.Complaint is not null).ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void The_words_say_what_the_layout_says()
    {
        foreach (var (kernel, shader) in Emitted)
        {
            var (words, layout, name) = (new SpirvReader(shader.Words), shader.Layout, kernel.Name);
            var lanes = kernel.Function.Body.Statements().Any(s => s is LaneLoop);
            var schedule = kernel.Function.Schedule;
            int size = schedule.Lanes > 0 ? schedule.Lanes : schedule.Threads > 0 ? schedule.Threads : lanes ? 256 : 1;
            Assert.Equal([(uint)size, 1, 1], words.LocalSize);
            Assert.Equal(size, layout.LocalSize);
            Assert.Equal(kernel.Elements ? size : 0, layout.ElementsAGroup);
            Assert.True(words.SharedBytes == layout.SharedBytes && layout.SharedBytes <= 32768, $"{name}: {words.SharedBytes} bytes are shared, {layout.SharedBytes} in the layout");

            var arrays = kernel.Function.Parameters.OfType<BufferParameter>().ToList();
            Assert.Equal(arrays.Select(p => p.Buffer.Name), layout.Bindings.Select(b => b.Name));
            int bindings = arrays.Count + (layout.ErrorBinding >= 0 ? 1 : 0);
            Assert.Equal(Enumerable.Range(0, bindings).Select(k => (uint)k), words.Decorations(SpirvDecoration.Binding).Order());
            Assert.True(layout.ErrorBinding == -1 || layout.ErrorBinding == arrays.Count, name);
            Assert.Equal(Checked(kernel.Function), layout.ErrorBinding >= 0);

            Assert.Equal(layout.NeedsFloat64, words.Has(SpirvCapability.Float64));
            Assert.Equal(layout.NeedsInt64, words.Has(SpirvCapability.Int64));
            Assert.Equal("grid", layout.PushConstants[^1].Name);
            Assert.True(layout.PushBytes <= 128 && layout.PushBytes % 4 == 0, name);
        }
    }

    /// Waves are for reductions and votes: without them the forms are one module, with them the barriers are fewer, and the threads, the bindings and the push constants the same.
    [Fact]
    public void The_wave_form_differs_where_threads_combine()
    {
        int waves = 0;
        foreach (var (kernel, tree) in ShippedShaders.Emitted)
        {
            bool combines = kernel.Function.Body.Statements().Any(s => s is Reduce) || kernel.Function.All().Any(e => e is Apply { Op: Op.Any or Op.All });
            Assert.Equal(0, tree.Layout.LeastWave);
            Assert.Equal(combines, kernel.Wave is not null);
            if (kernel.Wave is not { } wave) continue;
            Assert.True(wave.Layout.LeastWave > 0);
            var (words, treeWords) = (new SpirvReader(wave.Words), new SpirvReader(tree.Words));
            SpirvCapability[] needed = [SpirvCapability.GroupNonUniform, SpirvCapability.GroupNonUniformShuffle, SpirvCapability.GroupNonUniformVote];
            Assert.DoesNotContain(needed, treeWords.Has);
            Assert.True(words.Has(SpirvCapability.GroupNonUniform));
            Assert.Equal(words.Count(SpirvOp.GroupNonUniformShuffle) > 0, words.Has(SpirvCapability.GroupNonUniformShuffle));
            Assert.Equal(words.Count(SpirvOp.GroupNonUniformAny) > 0, words.Has(SpirvCapability.GroupNonUniformVote));
            Assert.True(words.Count(SpirvOp.ControlBarrier) < treeWords.Count(SpirvOp.ControlBarrier), kernel.Name);
            Assert.Equal(tree.Layout with { SharedBytes = wave.Layout.SharedBytes, LeastWave = wave.Layout.LeastWave }, wave.Layout);
            waves++;
        }
        Assert.True(waves >= 40, $"only {waves} kernels have a wave form");
    }

    static bool Checked(Function f) => f.Body.Statements().Any(s => s is Store { Checked: true } or Kernels.Generators.IR.Atomic { Checked: true }) || f.All().Any(e => e is Load { Checked: true });

    /// An element kernel meets nobody, so it waits for nobody.
    [Fact]
    public void Element_kernels_have_no_barriers()
    {
        foreach (var (kernel, shader) in Emitted.Where(e => e.Kernel.Elements))
        {
            Assert.Equal(0, new SpirvReader(shader.Words).Count(SpirvOp.ControlBarrier));
            Assert.Equal(0, shader.Layout.SharedBytes);
        }
    }

    /// Kernels that compute in double all through convert no float: nothing was computed at less.
    [Fact]
    public void Kernels_in_double_never_pass_through_float()
    {
        int found = 0;
        foreach (var (kernel, shader) in Emitted)
        {
            if (kernel.Function.All().Any(e => e.Type is ScalarType.F32 or ScalarType.F16 or ScalarType.BF16) || !shader.Layout.NeedsFloat64) continue;
            Assert.Equal(0, new SpirvReader(shader.Words).Count(SpirvOp.FConvert));
            found++;
        }
        Assert.True(found >= 30, $"only {found} kernels in double");
    }

    /// Rounded where it stands: no float arithmetic without the decoration, and of GLSL's functions none but the exact ones and the square root.
    [Fact]
    public void No_arithmetic_may_be_contracted()
    {
        foreach (var (kernel, shader) in Emitted)
        {
            var words = new SpirvReader(shader.Words);
            var decorated = words.All(SpirvOp.Decorate).Where(d => d[1] == (uint)SpirvDecoration.NoContraction).Select(d => d[0]).ToHashSet();
            var arithmetic = words.Instructions.Where(i => i.Op is SpirvOp.FAdd or SpirvOp.FSub or SpirvOp.FMul or SpirvOp.FDiv).ToList();
            Assert.True(arithmetic.All(i => decorated.Contains(i.Operands[1])), kernel.Name);
            Assert.True(words.All(SpirvOp.ExtInst).All(e => Enum.IsDefined((GlslOp)e[3])), kernel.Name);
        }
    }
}
