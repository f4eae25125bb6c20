using System.Runtime.InteropServices;
using Kernels.Runtime;

namespace Kernels;

public static partial class LogBessel
{
    /// <summary>ln |I_v(x)| and the sign of I_v(x), also for negative orders that are no integers, where I_-a = I_a + (2/π) sin(πa) K_a (DLMF 10.27.2) has zeros, and for x below 0 and integer orders.</summary>
    /// <returns>
    /// ln |I_v(x)|, within 8 units of the class's measure where both parts have one sign. Where they do not, for v in (-2, -1), (-4, -3) …, their errors, 4.5 and 6 units, are divided by
    /// |1 - smaller/larger|: near a zero of I only the place of the zero is accurate.
    /// </returns>
    /// <param name="v">The order.</param>
    /// <param name="x">The argument. I_-n(-x) = I_n(-x) = (-1)^n I_n(x); NaN for x below 0 and orders that are no integers.</param>
    /// <param name="sign">1 or -1; 0 where I is 0 (x = 0, v above 0 or a negative integer) and where the result is NaN.</param>
    public static double LogAbsI(double v, double x, out int sign)
    {
        double order = Math.Abs(v), argument = Math.Abs(x);
        return Reflected(v, x, LogI(order, argument), IsReflected(v) ? LogK(order, argument) : 0, out sign);
    }

    /// <summary>The same for each element. Time: that of LogI, and in pieces of 512 elements with a negative order that is no integer that of LogK.</summary>
    /// <param name="v">The orders.</param>
    /// <param name="x">The arguments, as many.</param>
    /// <param name="y">At least as many; v, or x, or apart from both.</param>
    /// <param name="sign">At least as many.</param>
    /// <param name="options">As for all kernels; results do not depend on the number of threads.</param>
    /// <exception cref="ArgumentException">Lengths differ, y or sign is too short, y overlaps v or x in part, or sign overlaps another.</exception>
    public static void LogAbsI(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y, Span<int> sign, KernelOptions? options = null)
    {
        Check.SameLength(x.Length, v.Length, nameof(x), nameof(v));
        Check.Destination(y.Length, v.Length, nameof(y));
        Check.Destination(sign.Length, v.Length, nameof(sign));
        y = y[..v.Length];
        if (v.Overlaps(y, out int offset) && offset != 0 || x.Overlaps(y, out offset) && offset != 0) throw new ArgumentException("Overlaps v or x in part: it must be exactly v or x, or apart from both.", nameof(y));
        var signs = MemoryMarshal.AsBytes(sign);
        if (signs.Overlaps(MemoryMarshal.AsBytes(v)) || signs.Overlaps(MemoryMarshal.AsBytes(x)) || signs.Overlaps(MemoryMarshal.AsBytes(y))) throw new ArgumentException("Overlaps v, x or y: it must be apart from them.", nameof(sign));
        const int Piece = 512;
        Span<double> orders = stackalloc double[Piece], arguments = stackalloc double[Piece], first = stackalloc double[Piece], second = stackalloc double[Piece];
        for (int begin = 0; begin < v.Length; begin += Piece)
        {
            int length = Math.Min(Piece, v.Length - begin);
            bool any = false;
            for (int k = 0; k < length; k++)
            {
                orders[k] = Math.Abs(v[begin + k]);
                arguments[k] = Math.Abs(x[begin + k]);
                any |= IsReflected(v[begin + k]);
            }
            LogI(orders[..length], arguments[..length], first, options);
            if (any) LogK(orders[..length], arguments[..length], second, options);
            Reflected(v.Slice(begin, length), x.Slice(begin, length), first[..length], second[..length], y.Slice(begin, length), sign.Slice(begin, length), options);
        }
    }

    static bool IsReflected(double v) => v < 0 && Math.Floor(v) != v;

    /// <summary>ln |I_v(x)| from log I_|v|(|x|) and log K_|v|(|x|); the second is ignored where it is not needed.</summary>
    [ElementKernel]
    internal static double Reflected(double v, double x, double first, double second, out int sign)
    {
        double order = KernelMath.Abs(v), whole = KernelMath.Floor(order);
        bool integer = whole == order && order < double.PositiveInfinity, odd = 0.5 * whole != KernelMath.Floor(0.5 * whole);
        double log = first, signed = KernelMath.Select(first == double.NegativeInfinity, 0.0, KernelMath.Select(x < 0 && odd, -1.0, 1.0));
        if (v < 0 && !integer)
        {
            // sin(πa) < 0 where ⌊a⌋ is odd.
            double other = second + KernelMath.Log(0.6366197723675814 * KernelMath.Abs(KernelMath.SinPi(order)));
            double larger = KernelMath.MaxOrSecond(first, other), gap = KernelMath.Select(first == other, 0.0, KernelMath.MinOrSecond(first, other) - larger);
            log = larger + (odd ? KernelMath.Log(-KernelMath.Expm1(gap)) : KernelMath.Log1p(KernelMath.Exp(gap)));
            signed = KernelMath.Select(odd && other >= first, KernelMath.Select(other == first, 0.0, -1.0), 1.0);
        }
        bool defined = (x >= 0 || integer && x < 0) && v > double.NegativeInfinity && KernelMath.Abs(log) >= 0;
        sign = KernelMath.ToInt32InRange(KernelMath.Select(defined, signed, 0.0));
        return KernelMath.Select(defined, log, double.NaN);
    }
}
