using Kernels.Generators.IR;

namespace Kernels.Gpu.Tests.Shaders;

/// Elements as bits.
static class Values
{
    static readonly double[] specials =
    [
        0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -1e-310, 2.2250738585072014e-308, 1e-40, -1.5e-39, 1.1754943508222875e-38,
        3.4028234663852886e38, -3.4028234663852886e38, 1e300, -1e300, double.MaxValue, 1, -1, 0.5, 3, 1e-30, 1e30, 65504, -87.5, 88.7, 709.5, -745.2,
    ];

    /// What outputs hold before a run: a NaN that arithmetic does not give, or 0xDEADBEEF.
    public static ulong Poison(ScalarType type) => type switch
    {
        ScalarType.F64 => 0x7FF8_DEAD_BEEF_DEAD,
        ScalarType.F32 => 0x7FC0_DEAD,
        ScalarType.F16 => 0x7EAD,
        ScalarType.BF16 => 0x7FDE,
        _ => 0xDEAD_BEEF_DEAD_BEEF & type.Mask(),
    };

    public static ulong[] Poisoned(ScalarType type, int count) => [.. Enumerable.Repeat(Poison(type), count)];

    public static ulong Of(ScalarType type, double x) => type.IsFloat() ? SoftFloat.Narrow(type, x) : (ulong)(long)x & type.Mask();

    /// Magnitudes over many powers of two, both signs, and one special value in seven.
    public static double Any(Random random) =>
        random.Next(7) == 0 ? specials[random.Next(specials.Length)] : Math.Exp(random.NextDouble() * 16 - 8) * (random.Next(3) == 0 ? -1 : 1);

    /// Logits and the like: a few units, now and then none (-infinity).
    public static double Usual(Random random) => random.Next(40) == 0 ? double.NegativeInfinity : random.NextDouble() * 12 - 6;

    public static ulong[] Array(ScalarType type, int count, Func<double> value)
    {
        var bits = new ulong[count];
        for (int k = 0; k < count; k++) bits[k] = Of(type, value());
        return bits;
    }
}
