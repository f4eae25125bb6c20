namespace Kernels;

// The rare path of sin and cos: x modulo a turn by an integer product with the bits of 2/π that matter (Payne and Hanek 1983).
//
// |x| = M 2^e, M of 53 bits. Bits of 2/π above 2^(1-e) give multiples of four quarter turns; the 192 bits below give x modulo four
// quarters to 2^-137. Doubles keep at least 2^-61 away from a multiple of π/2 (Kahan's search; Muller 2016, section 11.2), which leaves
// 2^-64 of r after the product is cut at 128 bits.
public static partial class KernelMath
{
    // 2/π, 64 bits a word from 2^-1 on, after one word of zeros.
    static readonly ulong[] TwoOverPiBits =
    {
        0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561,
        0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41,
        0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7,
        0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB,
    };

    // x = turn π/2 + r - low, |r| <= π/4, turn modulo 4. x is finite, |x| >= 1/2.
    static void ReduceHuge(double x, out double r, out double low, out long turn)
    {
        ulong bits = (ulong)BitConverter.DoubleToInt64Bits(x);
        ulong significand = (bits & 0x000FFFFFFFFFFFFFUL) | 0x0010000000000000UL;
        ulong position = ((bits >> 52) & 0x7FFUL) - 1013UL;
        long word = (long)(position >> 6);
        int shift = (int)(position & 63UL), rest = 63 - shift;
        ulong a = TwoOverPiBits[word], b = TwoOverPiBits[word + 1L], c = TwoOverPiBits[word + 2L], d = TwoOverPiBits[word + 3L];
        ulong w2 = (a << shift) | ((b >> 1) >> rest), w1 = (b << shift) | ((c >> 1) >> rest), w0 = (c << shift) | ((d >> 1) >> rest);

        ulong carried = MultiplyHigh(significand, w0), p1 = significand * w1 + carried;
        ulong p2 = significand * w2 + MultiplyHigh(significand, w1) + Select(p1 < carried, 1UL, 0UL);

        // The fraction, -1/2 to 1/2 quarter turns, in units of 2^-64: four pieces of 32 bits, the first signed, summed without loss of what counts.
        ulong fraction = (p2 << 2) | (p1 >> 62), below = p1 << 2;
        double f1 = (double)((long)fraction >> 32) * 4294967296.0, f2 = (double)(long)(fraction & 0xFFFFFFFFUL);
        double f3 = (double)(long)(below >> 32) * 2.3283064365386963e-10, f4 = (double)(long)(below & 0xFFFFFFFFUL) * 5.421010862427522e-20;
        double s = f1 + f2, t = s + f3;
        double lost = ((f2 - (s - f1)) + (f3 - (t - s))) + f4;
        double high = t + lost, tail = lost - (high - t);

        // Times π/2 2^-64, in two doubles.
        const double Unit = 8.515303950216386e-20, UnitTail = 3.319411800407449e-36;
        double sign = CopySign(1.0, x);
        double product = high * Unit;
        double error = Fma(high, Unit, -product) + MulAdd(high, UnitTail, tail * Unit);
        r = sign * product;
        low = -sign * error;
        long quarters = (long)((p2 + 0x2000000000000000UL) >> 62);
        turn = Select(x < 0.0, -quarters, quarters);
    }

    // sin(|x| + offset) = ± sin r with the sign in flip, and the sign of x on top: float, M of 24 bits, half turns: 1/π, M 2^e modulo 2
    // from 96 bits, to 2^-63. offset: in units of 2^-63 half turns. x is finite, |x| >= 2^24.
    static void ReduceHuge(float x, ulong offset, out double r, out long flip)
    {
        int bits = BitConverter.SingleToInt32Bits(x);
        ulong significand = (ulong)((bits & 0x007FFFFF) | 0x00800000);
        int position = ((bits >> 23) & 0xFF) - 151, shift = position & 63, rest = 63 - shift;
        bool second = position >= 64;
        ulong a = Select(second, 0xFE13ABE8FA9A6EE0UL, 0x517CC1B727220A94UL);
        ulong b = Select(second, 0x6DB14ACC9E21C820UL, 0xFE13ABE8FA9A6EE0UL);
        ulong c = Select(second, 0xFF28B1D5EF5DE2B0UL, 0x6DB14ACC9E21C820UL);
        ulong high = (a << shift) | ((b >> 1) >> rest), low = (b << shift) | ((c >> 1) >> rest);
        ulong product = significand * high + ((significand * (low >> 32)) >> 32) + offset;
        r = (double)(long)(product << 1) * 1.7030607900432772e-19;
        flip = (long)(((product + 0x4000000000000000UL) & 0x8000000000000000UL) ^ ((ulong)(long)(bits & int.MinValue) << 32));
    }

    // The upper 64 bits of a * b.
    static ulong MultiplyHigh(ulong a, ulong b)
    {
        ulong a0 = a & 0xFFFFFFFFUL, a1 = a >> 32, b0 = b & 0xFFFFFFFFUL, b1 = b >> 32;
        ulong middle = a1 * b0 + ((a0 * b0) >> 32), other = a0 * b1 + (middle & 0xFFFFFFFFUL);
        return a1 * b1 + (middle >> 32) + (other >> 32);
    }
}
