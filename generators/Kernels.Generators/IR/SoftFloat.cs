namespace Kernels.Generators.IR;

/// Float arithmetic that gives the same bits wherever the compiler runs.
static unsafe partial class SoftFloat
{
    public static uint Bits(float x) => *(uint*)&x;
    public static ulong Bits(double x) => *(ulong*)&x;
    public static float ToSingle(uint bits) => *(float*)&bits;
    public static double ToDouble(ulong bits) => *(double*)&bits;

    /// (fraction bits, exponent bits) of a float type.
    public static (int Fraction, int Exponent) Layout(ScalarType type) => type switch
    {
        ScalarType.F16 => (10, 5),
        ScalarType.BF16 => (7, 8),
        ScalarType.F32 => (23, 8),
        _ => (52, 11),
    };

    public static ulong InfinityBits(ScalarType type)
    {
        var (fraction, exponent) = Layout(type);
        return ((1UL << exponent) - 1) << fraction;
    }

    static ulong Magnitude(ScalarType type, ulong bits) => bits & (type.Mask() >> 1);
    public static bool IsNaN(ScalarType type, ulong bits) => Magnitude(type, bits) > InfinityBits(type);
    public static bool IsInfinity(ScalarType type, ulong bits) => Magnitude(type, bits) == InfinityBits(type);
}
