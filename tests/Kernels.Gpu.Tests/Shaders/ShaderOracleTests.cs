using Kernels.Generators;
using Kernels.Generators.IR;
using Kernels.Generators.Tests.Frontend;

namespace Kernels.Gpu.Tests.Shaders;

/// The judge, on devices that are made up: what Vulkan allows passes, and no more.
public class ShaderOracleTests
{
    const string Quotient = "[Kernel] public static void F(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = 1 / (x[i] + 3) - KernelMath.Sqrt(x[i]) / 7; }";
    const string Product = "[Kernel] public static void F(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = x[i] * x[i] + 0.1f * x[i]; }";

    static string? Judge(string spec, Func<float, float> value, Evaluation device, Action<Arguments>? change = null)
    {
        var f = Assert.Single(Compiler.Variants(Source.Lower(spec))).Function;
        var oracle = new ShaderOracle(f, 256, elements: false);
        Arguments Make() => new Arguments().With("x", Enumerable.Range(1, 300).Select(i => value(i)).ToArray()).With("y", new float[300]);
        var (arguments, errors) = oracle.Run(Make, [], device);
        change?.Invoke(arguments);
        return oracle.Judge(Make, [], arguments, errors);
    }

    static void Right(string? judgement) => Assert.True(judgement is null, judgement);

    static Evaluation OffBy(Op wrong, int places) => (op, type, operand, a, b, c) =>
    {
        ulong exact = DeviceArithmetic.Exact(op, type, operand, a, b, c);
        return op == wrong ? DeviceArithmetic.Move(type, exact, places) : exact;
    };

    [Fact]
    public void Divisions_and_roots_may_be_off_by_their_bounds()
    {
        foreach (int places in new[] { 0, 1, -3, DeviceArithmetic.DivisionPlaces }) Right(Judge(Quotient, x => x, OffBy(Op.Div, places)));
        foreach (int places in new[] { 2, -DeviceArithmetic.RootPlaces }) Right(Judge(Quotient, x => x, OffBy(Op.Sqrt, places)));
        Right(Judge(Quotient, x => x, DeviceArithmetic.Erring(new(99))));
    }

    [Fact]
    public void And_by_no_more()
    {
        Assert.NotNull(Judge(Quotient, x => x, OffBy(Op.Div, 100)));
        Assert.NotNull(Judge(Quotient, x => x, OffBy(Op.Sqrt, -200)));
        Assert.NotNull(Judge(Quotient, x => x, OffBy(Op.Add, 100)));
    }

    [Fact]
    public void What_is_defined_exactly_may_not_be_off_at_all()
    {
        Right(Judge(Product, x => x, DeviceArithmetic.Exact));
        foreach (var op in new[] { Op.Mul, Op.Add }) Assert.NotNull(Judge(Product, x => x, OffBy(op, 1)));
        Assert.NotNull(Judge(Product, x => x, DeviceArithmetic.Exact, a => a.Arrays["y"][299] ^= 1));
    }

    [Fact]
    public void Subnormals_may_be_flushed()
    {
        float Tiny(float x) => x * 1e-21f; // squares are subnormal
        Right(Judge(Product, Tiny, DeviceArithmetic.Flushing(doubles: false)));
        Assert.NotNull(Judge(Product, Tiny, DeviceArithmetic.Exact, a => a.Arrays["y"][7] = 0));
        var f = Assert.Single(Compiler.Variants(Source.Lower("[Kernel] public static void F(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = x[i] * 1e-30f; }"))).Function;
        var (flushed, _) = new ShaderOracle(f, 256, false).Run(() => new Arguments().With("x", new[] { 1e-9f }).With("y", new[] { 1f }), [], DeviceArithmetic.Flushing(doubles: false));
        Assert.Equal(0ul, flushed.Arrays["y"][0]);
    }

    /// A store that is missing, or one too many.
    [Fact]
    public void Poison_has_to_stay_and_nothing_else_is_poison()
    {
        const string Half = "[Kernel] public static void F(ReadOnlySpan<float> x, Span<float> y) { foreach (int i in Lanes.Range(0, x.Length / 2)) y[i] = x[i] - x[i] / 0; }"; // NaN
        var f = Assert.Single(Compiler.Variants(Source.Lower(Half))).Function;
        var oracle = new ShaderOracle(f, 256, elements: false);
        Arguments Make()
        {
            var a = new Arguments().With("x", new float[10]);
            a.Arrays["y"] = Values.Poisoned(ScalarType.F32, 10);
            return a;
        }
        var (right, _) = oracle.Run(Make, [], DeviceArithmetic.Exact);
        Assert.Null(oracle.Judge(Make, [], right, 0));
        Assert.NotNull(oracle.Judge(Make, [], right, 1));
        right.Arrays["y"][7] = SoftFloat.NaNBits(ScalarType.F32);
        Assert.Contains("y[7]", oracle.Judge(Make, [], right, 0));
    }
}
