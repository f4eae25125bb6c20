namespace Kernels;

public static partial class KernelMath
{
    /// <summary>x * 2^n rounded once, gradual underflow included, where 2^n is normal: n integral in [-126, 127]. Any n if x is NaN. Costs less than <see cref="Scale(float, float)"/>.</summary>
    public static float ScaleNormal(float x, float n) => x * BitConverter.Int32BitsToSingle(((int)n + 127) << 23);

    /// <summary>x * 2^n rounded once, gradual underflow included, where 2^n is normal: n integral in [-1022, 1023]. Any n if x is NaN. Costs less than <see cref="Scale(double, double)"/>.</summary>
    public static double ScaleNormal(double x, double n) => x * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
}
