using Kernels.Fuzz;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Xunit.Abstractions;

namespace Kernels.Gpu.Tests.Shaders;

/// Random programs (the CPU targets' fuzzer makes them) as shaders.
public class FuzzShaderTests(ITestOutputHelper output)
{
    const int Seeds = 300;

    /// Lanes take effect in lane order in the interpreter, in any order on a device.
    static bool DependsOnOrder(Function f) => f.Body.Statements().OfType<Generators.IR.Atomic>().GroupBy(a => a.Buffer).Any(same =>
        same.Select(a => a.Kind).Distinct().Count() > 1 || same.Any(a => a.Old is not null || a.Kind is AtomicKind.Exchange or AtomicKind.CompareExchange || a.Kind == AtomicKind.Add && a.Buffer.Element.IsFloat()));

    [GpuFact]
    public void Random_programs_do_what_the_interpreter_does()
    {
        var wrong = new List<string>();
        var refused = new SortedDictionary<string, int>();
        int programs = 0, waves = 0, before = ShaderRun.Dispatches;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var program = Generator.Program(seed);
            var f = program.Whole ? program.Prepared.Function : program.Function;
            var (shader, refusal) = SpirvEmitter.Emit(f, elements: false);
            if (refusal is not null)
            {
                string reason = Prepared.Sort(refusal.Reason);
                refused[reason] = refused.GetValueOrDefault(reason) + 1;
                continue;
            }
            if (DependsOnOrder(f)) continue;
            programs++;
            using var tree = new ShaderRun($"seed {seed}", shader!);
            using var wave = ShaderForms.Usable(ShaderForms.Emit(f, elements: false, GpuForm.Wave)) is { } other ? new ShaderRun($"seed {seed} in waves", other) : null;
            waves += wave is null ? 0 : 1;
            var oracle = new ShaderOracle(f, shader!.Layout.LocalSize, elements: false);
            foreach (int n in program.Lengths)
            {
                string? difference;
                try { difference = ShaderForms.Judge(tree, wave, oracle, () => Fuzzer.Arguments(program, n), [], 0, out _); }
                catch (WroteBehind e) { difference = e.Message; }
                if (difference is null) continue;
                wrong.Add($"seed {seed}, n = {n}: {difference}");
                break;
            }
        }
        output.WriteLine($"{programs} programs, {waves} of them in waves too, {ShaderRun.Dispatches - before} dispatches\n{string.Join("\n", refused.Select(r => $"{r.Value} refused: {r.Key}"))}");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {programs}\n{string.Join("\n", wrong.Take(40))}");
        Assert.True(programs >= Seeds / 4, $"only {programs} programs");
    }
}
