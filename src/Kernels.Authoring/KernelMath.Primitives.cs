using System.Runtime.CompilerServices;

namespace Kernels;

// The primitives: each is one operation of the IR. Everything else in KernelMath is written in the language.
public static partial class KernelMath
{
    /// <summary>a*b + c, rounded once on every target.</summary>
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
    /// <inheritdoc cref="Fma(float, float, float)"/>
    public static double Fma(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    /// <summary>a &lt; b ? a : b: the fast minimum, b when either is NaN.</summary>
    public static float MinOrSecond(float a, float b) => a < b ? a : b;
    /// <inheritdoc cref="MinOrSecond(float, float)"/>
    public static double MinOrSecond(double a, double b) => a < b ? a : b;

    /// <summary>a &gt; b ? a : b: the fast maximum, b when either is NaN.</summary>
    public static float MaxOrSecond(float a, float b) => a > b ? a : b;
    /// <inheritdoc cref="MaxOrSecond(float, float)"/>
    public static double MaxOrSecond(double a, double b) => a > b ? a : b;

    /// <summary>x * 2^n rounded once, gradual underflow included. |x| in [2^-20, 2^20], or x = 0, infinite or NaN; n integral, |n| at most 250; any n if x is NaN.</summary>
    public static float Scale(float x, float n)
    {
        int whole = (int)n, half = whole >> 1;
        return x * BitConverter.Int32BitsToSingle((half + 127) << 23) * BitConverter.Int32BitsToSingle((whole - half + 127) << 23);
    }

    /// <summary>x * 2^n rounded once, gradual underflow included. |x| in [2^-20, 2^20], or x = 0, infinite or NaN; n integral, |n| at most 2000; any n if x is NaN.</summary>
    public static double Scale(double x, double n)
    {
        int whole = (int)n, half = whole >> 1;
        return x * BitConverter.Int64BitsToDouble((half + 1023L) << 52) * BitConverter.Int64BitsToDouble((whole - half + 1023L) << 52);
    }

    /// <summary>(int)x where x is known to fit: without the work that saturation takes. Any integer if x is NaN.</summary>
    public static int ToInt32InRange(float x) => (int)x;
    /// <inheritdoc cref="ToInt32InRange(float)"/>
    public static int ToInt32InRange(double x) => (int)x;
    /// <summary>(long)x where x is known to fit: without the work that saturation takes. Any integer if x is NaN.</summary>
    public static long ToInt64InRange(double x) => (long)x;

    /// <summary>Correctly rounded.</summary>
    public static float Sqrt(float x) => MathF.Sqrt(x);
    /// <summary>Correctly rounded.</summary>
    public static double Sqrt(double x) => Math.Sqrt(x);
    /// <summary>To the nearest integer, ties to even.</summary>
    public static float Round(float x) => MathF.Round(x);
    /// <summary>To the nearest integer, ties to even.</summary>
    public static double Round(double x) => Math.Round(x);
    /// <summary>The largest integer not above x.</summary>
    public static float Floor(float x) => MathF.Floor(x);
    /// <summary>The largest integer not above x.</summary>
    public static double Floor(double x) => Math.Floor(x);
    /// <summary>The smallest integer not below x.</summary>
    public static float Ceiling(float x) => MathF.Ceiling(x);
    /// <summary>The smallest integer not below x.</summary>
    public static double Ceiling(double x) => Math.Ceiling(x);
    /// <summary>Towards zero.</summary>
    public static float Truncate(float x) => MathF.Truncate(x);
    /// <summary>Towards zero.</summary>
    public static double Truncate(double x) => Math.Truncate(x);
    /// <summary>|x|.</summary>
    public static float Abs(float x) => MathF.Abs(x);
    /// <summary>|x|.</summary>
    public static double Abs(double x) => Math.Abs(x);
    /// <summary>|magnitude| with the sign of the other.</summary>
    public static float CopySign(float magnitude, float sign) => MathF.CopySign(magnitude, sign);
    /// <summary>|magnitude| with the sign of the other.</summary>
    public static double CopySign(double magnitude, double sign) => Math.CopySign(magnitude, sign);
    /// <summary>IEEE 754-2019 maximum: NaN if either is NaN, -0 below +0.</summary>
    public static float Max(float a, float b) => MathF.Max(a, b);
    /// <inheritdoc cref="Max(float, float)"/>
    public static double Max(double a, double b) => Math.Max(a, b);
    /// <summary>IEEE 754-2019 minimum: NaN if either is NaN, -0 below +0.</summary>
    public static float Min(float a, float b) => MathF.Min(a, b);
    /// <inheritdoc cref="Min(float, float)"/>
    public static double Min(double a, double b) => Math.Min(a, b);
    /// <summary>condition ? a : b with both evaluated: never a branch.</summary>
    public static T Select<T>(bool condition, T a, T b) where T : unmanaged => condition ? a : b;
}
