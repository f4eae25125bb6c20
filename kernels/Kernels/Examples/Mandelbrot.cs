namespace Kernels.Examples;

/// <summary>Escape times: lanes that leave one loop at different trips. Strict arithmetic makes the counts equal on every target.</summary>
public static partial class Mandelbrot
{
    /// <summary>
    /// counts[row*width + i] = the least k ≤ limit with |z_k| > 2, or limit if there is none: z_0 = 0, z_(k+1) = z_k² + c,
    /// c = (left + i*step, top + row*step).
    /// </summary>
    /// <param name="row">The row of pixels.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="left">The real part of c in column 0.</param>
    /// <param name="top">The imaginary part of c in row 0.</param>
    /// <param name="step">From one pixel to the next.</param>
    /// <param name="limit">At most so many steps.</param>
    /// <param name="counts">rows*width elements.</param>
    /// <remarks>Exactly what the float recurrence gives, each operation rounded once. A c that is NaN never escapes: limit.</remarks>
    [Kernel]
    public static void Escape([Block] int row, int width, float left, float top, float step, int limit, Span<int> counts)
    {
        float ci = top + row * step;
        foreach (int i in Lanes.Range(0, width))
        {
            float cr = left + i * step, re = 0, im = 0;
            int k = 0;
            while (k < limit)
            {
                float re2 = re * re, im2 = im * im;
                if (re2 + im2 > 4) break;
                im = 2 * re * im + ci;
                re = re2 - im2 + cr;
                k++;
            }
            counts[row * width + i] = k;
        }
    }
}
