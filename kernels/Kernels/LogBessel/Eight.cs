namespace Kernels;

/// <summary>Sums of the columns of a table with eight columns, a power of y each row, from the highest down.</summary>
/// <remarks>
/// A polynomial in two variables: a loop over the powers of one variable carries eight polynomials, so that their chains overlap and the code stays short. Tables are padded
/// with zeros where terms of high degree in both variables are left out.
/// </remarks>
struct Eight
{
    /// <summary>The columns' sums.</summary>
    public double A, B, C, D, E, F, G, H;

    /// <summary>Of the table's rows.</summary>
    public static Eight Of(ReadOnlySpan<double> table, double y)
    {
        double a = table[0], b = table[1], c = table[2], d = table[3], e = table[4], f = table[5], g = table[6], h = table[7];
        int rows = table.Length / 8;
        for (int row = 1; row < rows; row++)
        {
            a = KernelMath.MulAdd(a, y, table[8 * row]);
            b = KernelMath.MulAdd(b, y, table[8 * row + 1]);
            c = KernelMath.MulAdd(c, y, table[8 * row + 2]);
            d = KernelMath.MulAdd(d, y, table[8 * row + 3]);
            e = KernelMath.MulAdd(e, y, table[8 * row + 4]);
            f = KernelMath.MulAdd(f, y, table[8 * row + 5]);
            g = KernelMath.MulAdd(g, y, table[8 * row + 6]);
            h = KernelMath.MulAdd(h, y, table[8 * row + 7]);
        }
        return new() { A = a, B = b, C = c, D = d, E = e, F = f, G = g, H = h };
    }

    /// <summary>higher x^4 + d x^3 + c x^2 + b x + a.</summary>
    public readonly double First(double x, double higher) => Cubic(x, higher, A, B, C, D);

    /// <summary>higher x^4 + h x^3 + g x^2 + f x + e.</summary>
    public readonly double Second(double x, double higher) => Cubic(x, higher, E, F, G, H);

    static double Cubic(double x, double higher, double a, double b, double c, double d) =>
        KernelMath.MulAdd(KernelMath.MulAdd(KernelMath.MulAdd(KernelMath.MulAdd(higher, x, d), x, c), x, b), x, a);
}
