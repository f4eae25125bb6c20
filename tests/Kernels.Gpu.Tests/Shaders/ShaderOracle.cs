using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Gpu.Tests.Shaders;

/// What a shader should have done: the interpreter, on as many lanes as the group has threads. Bit for bit (all NaNs being one value) where Vulkan defines every operation; an element may also be what
/// a device gives that flushes subnormals; and where there are divisions or roots it may be off by a bound:
///
/// Let each of the m divisions and roots that an element depends on err by at most e_s. To first order the element errs by Σ c_s e_s, at most sqrt(m) sqrt(Σ (c_s e_s)²). Draws of the interpreter
/// with errors of exactly ±e_s, the signs at random, deviate by Σ ±c_s e_s, whose mean square is Σ (c_s e_s)²: of 16 draws the largest is below its root once in 500 cases (0.68^16, a normal
/// distribution; with one operation it is equal to it). The bound is that largest deviation times 2 sqrt(m): the 2 is for what is not of first order, the other roundings, which now fall differently.
/// m is the number of divisions and roots in the text; the shipped specs have none in inner loops.
sealed class ShaderOracle(Function function, int lanes, bool elements)
{
    const int Draws = 16;
    readonly int inexact = function.Body.Statements().Concat(function.Body.Statements().OfType<Reduce>().SelectMany(r => r.Combine.Body.Statements()))
        .SelectMany(s => s.Expressions()).SelectMany(e => e.Tree()).OfType<Apply>().Count(DeviceArithmetic.IsInexact);

    /// How many runs gave the interpreter's bits; and how many others those of a device that flushes.
    public int Equal { get; private set; }
    public int Flushed { get; private set; }

    /// null: the run is right. Otherwise the first difference.
    public string? Judge(Func<Arguments> make, int[] grid, Arguments actual, int actualErrors)
    {
        var (exact, errors) = Run(make, grid, DeviceArithmetic.Exact);
        if (errors != actualErrors) return $"error bits {actualErrors}, not {errors}";
        if (First(actual, [exact]) is null)
        {
            Equal++;
            return null;
        }
        List<Arguments> allowed = [exact, Run(make, grid, DeviceArithmetic.Flushing(false)).Arguments, Run(make, grid, DeviceArithmetic.Flushing(true)).Arguments];
        if (First(actual, allowed) is not { } difference)
        {
            Flushed++;
            return null;
        }
        if (inexact == 0) return difference;
        var signs = new Random(1); // one for all draws: generators of neighbouring seeds are alike
        return First(actual, allowed, Enumerable.Range(0, Draws).Select(_ => Run(make, grid, DeviceArithmetic.Erring(signs)).Arguments).ToList());
    }

    /// All blocks, one after the other.
    public (Arguments Arguments, int Errors) Run(Func<Arguments> make, int[] grid, Evaluation arithmetic)
    {
        var arguments = make();
        var interpreter = new Interpreter(function, lanes) { Evaluate = arithmetic };
        var axes = elements ? [] : function.Parameters.OfType<ValueParameter>().Where(p => p.Role == ParameterRole.BlockIndex).Select(p => p.Local.Name).ToList();
        Assert.Equal(axes.Count, grid.Length);
        int errors = 0;
        for (int block = 0, blocks = grid.Aggregate(1, (a, b) => a * b); block < blocks; block++)
        {
            int rest = block;
            for (int k = axes.Count - 1; k >= 0; k--)
            {
                arguments.With(axes[k], rest % grid[k]);
                rest /= grid[k];
            }
            var outcome = interpreter.Run(arguments);
            Assert.True(outcome.Failure is null, $"{function.Name}, interpreted: {outcome.Failure}");
            errors |= outcome.Errors;
        }
        return (arguments, errors);
    }

    string? First(Arguments actual, List<Arguments> allowed, List<Arguments>? draws = null)
    {
        foreach (var p in function.Parameters.OfType<BufferParameter>())
        {
            var (name, type, got) = (p.Buffer.Name, p.Buffer.Element, actual.Arrays[p.Buffer.Name]);
            for (int k = 0; k < got.Length; k++)
            {
                if (allowed.Any(a => Same(type, a.Arrays[name][k], got[k]))) continue;
                string beyond = "";
                if (draws is not null)
                {
                    double right = Number(type, allowed[0].Arrays[name][k]), off = Math.Abs(Number(type, got[k]) - right);
                    double most = draws.Max(d => Math.Abs(Number(type, d.Arrays[name][k]) - right));
                    if (off <= 2 * Math.Sqrt(inexact) * most) continue;
                    beyond = $", and beyond 2 sqrt({inexact}) {most:R}";
                }
                return $"{name}[{k}] is {Text(type, got[k])}, not {Text(type, allowed[0].Arrays[name][k])}{beyond}";
            }
        }
        return null;
    }

    /// All NaNs are one value, but not the poison: where it should have stayed it has to.
    static bool Same(ScalarType type, ulong expected, ulong got) =>
        expected == got || type.IsFloat() && expected != Values.Poison(type) && SoftFloat.IsNaN(type, expected) && SoftFloat.IsNaN(type, got);

    static double Number(ScalarType type, ulong bits) => type.IsFloat() ? SoftFloat.Widen(type, bits) : type.SignExtend(bits);

    static string Text(ScalarType type, ulong bits) => type.IsFloat() ? $"{SoftFloat.Widen(type, bits):R} (0x{bits:X})" : $"{type.SignExtend(bits)}";
}
