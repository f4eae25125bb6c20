namespace Kernels.MathCheck;

/// <summary>
/// |got - exact| in units in the last place of exact: 2^(e - 23), e the exponent of exact, at least -126 (double: 52, -1022). ±∞ counts as
/// ±2^128 (±2^1024), and so does an exact value beyond, so that a threshold of overflow is measured like any other result.
/// </summary>
public static class Ulp
{
    public static double Error(float got, double exact)
    {
        if (double.IsNaN(exact) || float.IsNaN(got)) return double.IsNaN(exact) && float.IsNaN(got) ? 0 : double.PositiveInfinity;
        if (got == exact) return 0;
        const double Beyond = 340282366920938463463374607431768211456.0;
        double value = float.IsInfinity(got) ? Math.CopySign(Beyond, got) : got;
        exact = Math.Clamp(exact, -Beyond, Beyond);
        int exponent = (int)(BitConverter.DoubleToInt64Bits(exact) >> 52 & 0x7FF) - 1023;
        double perUlp = BitConverter.Int64BitsToDouble((long)(1023 + 23 - Math.Clamp(exponent, -126, 127)) << 52);
        return Math.Abs(value - exact) * perUlp;
    }

    public static double Error(double got, Wide exact) => Error(got, new WideMath.Scaled(exact, 0));

    /// <param name="least">The unit is at least the ulp of this.</param>
    public static double Error(double got, WideMath.Scaled exact, double least = 0)
    {
        Wide e = exact.Significand;
        if (double.IsNaN(e.High) || double.IsNaN(got)) return double.IsNaN(e.High) && double.IsNaN(got) ? 0 : double.PositiveInfinity;
        if (double.IsInfinity(e.High) || e.High == 0) return got == e.High ? 0 : double.PositiveInfinity;
        int exponent = Math.ILogB(e.High) + exact.Exponent;
        if (exponent > 1023) return double.IsInfinity(got) && Math.Sign(got) == Math.Sign(e.High) ? 0 : double.PositiveInfinity;
        int ulp = Math.Max(Math.Max(exponent, -1022), least > 0 ? Math.ILogB(least) : -1022) - 52;
        // Both sides in units of the ulp: got / ulp is below 2^53 and exact.
        double value = double.IsInfinity(got) ? Math.CopySign(Math.ScaleB(1, 1024 - ulp), got) : Math.ScaleB(Math.ScaleB(got, -ulp / 2), -ulp - -ulp / 2);
        return Math.Abs((double)(Wide.Scale(e, exact.Exponent - ulp) - value));
    }
}
