namespace Kernels.Generators.Targets.Gpu;

/// What SPIR-V has and HLSL has not: functions in front of main, those that are called and what they call.
static class HlslFunctions
{
    public const string Words = "words", Remainder = "remainder", Rounded = "rounded", SquareRoot = "squareRoot";

    static readonly (string Name, string[] Calls, string Text)[] all =
    [
        (Words, [], """
            uint2 words(double x)
            {
                uint low, high;
                asuint(x, low, high);
                return uint2(low, high);
            }
            """),
        // % is defined for operands of one sign only.
        (Remainder, [], """
            int remainder(int a, int b) { return a - a / b * b; }
            int64_t remainder(int64_t a, int64_t b) { return a - a / b * b; }
            """),
        // HLSL's round, trunc, floor and ceil are of floats.
        (Rounded, [Words], """
            // how: 0 to even, 1 to zero, 2 down, 3 up.
            double rounded(double x, uint how)
            {
                uint2 w = words(x);
                uint sign = w.y & 0x80000000u;
                bool integral = (w.y & 0x7FFFFFFFu) >= 0x43300000u; // from 2^52 on; infinities and NaN too
                precise double size = asdouble(w.x, w.y & 0x7FFFFFFFu);
                precise double even = (size + 4503599627370496.0L) - 4503599627370496.0L;
                bool away = how == 2u ? sign != 0u : how == 3u && sign == 0u;
                precise double directed = away ? (even < size ? even + 1.0L : even) : (even > size ? even - 1.0L : even);
                precise double result = how == 0u ? even : directed;
                uint2 r = words(result);
                precise double signedResult = asdouble(r.x, r.y | sign);
                precise double whole = integral ? x : signedResult;
                return whole;
            }
            """),
        // HLSL's sqrt is of floats. rsqrt of x = m 4^k gives 22 bits, two steps of Newton's all, and one more of the root itself, with an exact remainder, what rounding took: within 0.51 ULP.
        (SquareRoot, [Words], """
            double squareRoot(double x)
            {
                uint2 given = words(x);
                bool tiny = (given.y & 0x7FF00000u) == 0u;
                precise double normal = tiny ? x * 18014398509481984.0L : x; // 2^54
                uint2 w = words(normal);
                int exponent = int(w.y >> 20 & 0x7FFu) - 1023;
                int k = (exponent >> 1) - (tiny ? 27 : 0);
                precise double m = asdouble(w.x, (w.y & 0x000FFFFFu) | uint(1023 + (exponent & 1)) << 20);
                precise double y = double(rsqrt(float(m)));
                y = y + y * (0.5L - 0.5L * m * y * y);
                y = y + y * (0.5L - 0.5L * m * y * y);
                precise double root = m * y;
                precise double rest = fma(-root, root, m);
                root = fma(rest, 0.5L * y, root);
                precise double scaled = root * asdouble(0u, uint(1023 + k) << 20);
                bool zero = ((given.y & 0x7FFFFFFFu) | given.x) == 0u;
                precise double special = zero || given.y < 0x80000000u ? x : asdouble(0u, 0x7FF80000u); // 0, infinity, NaN; else of a negative number
                precise double result = !zero && given.y < 0x7FF00000u ? scaled : special;
                return result;
            }
            """),
    ];

    public static IEnumerable<string> Texts(ICollection<string> called)
    {
        var needed = new HashSet<string>(called.Concat(all.Where(f => called.Contains(f.Name)).SelectMany(f => f.Calls)));
        return all.Where(f => needed.Contains(f.Name)).Select(f => f.Text);
    }
}
