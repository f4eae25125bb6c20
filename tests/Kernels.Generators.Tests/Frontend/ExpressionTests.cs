using System.Numerics;
using Kernels.Generators.IR;

namespace Kernels.Generators.Tests.Frontend;

/// C# expressions mean in IR what they mean in C#: each is lowered, run, and compared with the value C# gives here.
public class ExpressionTests
{
    [Fact]
    public void Integers_wrap_shift_and_convert_as_in_CSharp()
    {
        unchecked
        {
            int a = int.MaxValue, b = -7;
            Assert.Equal((a + 1) * b - (a >> 3) + (a >>> 2) + (b << 33), Source.RunInt("static int F(int a, int b) => (a + 1) * b - (a >> 3) + (a >>> 2) + (b << 33);", a, b));
            Assert.Equal(b >>> 1, Source.RunInt("static int F(int b) => b >>> 1;", b));
            Assert.Equal((byte)b + (sbyte)a + (short)(a - 5) + (ushort)b, Source.RunInt("static int F(int a, int b) => (byte)b + (sbyte)a + (short)(a - 5) + (ushort)b;", a, b));
            Assert.Equal(~a & b | 12 ^ a, Source.RunInt("static int F(int a, int b) => ~a & b | 12 ^ a;", a, b));
            Assert.Equal((ulong)b % 1000, Source.Run("static ulong F(int b) => (ulong)b % 1000;", b)[0]);
            Assert.Equal((uint)(long)b / 3u, (uint)Source.Run("static uint F(int b) => (uint)(long)b / 3u;", b)[0]);
        }
    }

    [Theory]
    [InlineData(1e10f), InlineData(float.NaN), InlineData(-3.7f), InlineData(255.5f)]
    public void Floats_convert_to_integers_by_saturation(float x)
    {
        Assert.Equal((int)x, Source.RunInt("static int F(float x) => (int)x;", x));
        Assert.Equal((double)x, Source.RunDouble("static double F(float x) => x;".Replace("=> x", "=> (double)x"), x));
        Assert.Equal((float)(Half)x, Source.RunFloat("static float F(float x) => (float)(Half)x;", x));
    }

    [Fact]
    public void Compound_assignment_reads_before_its_right_side()
    {
        const string F = "static int F(int a) { int b = a; b += b++ + (b = 5); b -= a++ - --b; return b * 10 + a; }";
        int a = 3, b = a;
        b += b++ + (b = 5);
        b -= a++ - --b;
        Assert.Equal(b * 10 + a, Source.RunInt(F, 3));
    }

    [Fact]
    public void A_side_effect_does_not_change_what_was_read_before_it()
    {
        Assert.Equal(3 + 4 + 4, Source.RunInt("static int F(int a) { return a + Next(ref a) + a; } static int Next(ref int x) { x++; return x; }", 3));
        Assert.Equal(3 * 10 + 7, Source.RunInt("static int F(int a) => a * 10 + (a = 7);", 3));
    }

    [Fact]
    public void A_right_side_that_reads_memory_is_skipped()
    {
        var body = Source.Lower("[Kernel] static void F(ReadOnlySpan<float> x, int n, Span<int> y) { foreach (int i in Lanes.Over(y)) y[i] = i < n && x[i] > 0 ? 1 : 0; }").Kernel.Body;
        Assert.Contains(body.Statements(), s => s is If);
        Assert.DoesNotContain(body.Statements().OfType<Assign>().Where(a => a.Value is Apply { Op: Op.And }), _ => true);
    }

    [Fact]
    public void Cheap_conditions_are_selects()
    {
        var body = Source.Lower("static float F(float a, float b) => a > 0 && b < 2 || a == b ? a : -b;").Kernel.Body;
        Assert.Single(body);
        Assert.Equal(4f, Source.RunFloat("static float F(float a, float b) => a > 0 && b < 2 || a == b ? a : -b;", -1f, -4f));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(9), InlineData(-4)]
    public void Switches_choose_the_first_match(int x)
    {
        int expected = x switch { 0 => 10, > 1 and < 5 => 20, < 0 or 9 => 30, _ => 40 };
        Assert.Equal(expected, Source.RunInt("static int F(int x) => x switch { 0 => 10, > 1 and < 5 => 20, < 0 or 9 => 30, _ => 40 };", x));
        Assert.Equal(expected, Source.RunInt("static int F(int x) { int r = 40; switch (x) { case 0: r = 10; break; case > 1 and < 5: r = 20; break; case < 0: case 9: if (x == 9) { r = 30; break; } r = 30; break; } return r; }", x));
    }

    [Fact]
    public void Functions_of_the_framework_are_operations()
    {
        Assert.Equal(BitOperations.RotateLeft(0x80000001u, 5) + (uint)BitOperations.PopCount(255u) + (uint)BitOperations.LeadingZeroCount(1u) + (uint)BitOperations.Log2(1000u),
            (uint)Source.Run("static uint F(uint x) => BitOperations.RotateLeft(x, 5) + (uint)BitOperations.PopCount(255u) + (uint)BitOperations.LeadingZeroCount(1u) + (uint)BitOperations.Log2(1000u);", 0x80000001u)[0]);
        Assert.Equal(MathF.Max(2, MathF.Abs(-3)) + MathF.Sqrt(16) + MathF.Round(2.5f) + Math.Clamp(7f, 0, 5), Source.RunFloat("static float F(float x) => MathF.Max(2, MathF.Abs(x)) + MathF.Sqrt(16 + 0 * x) + MathF.Round(2.5f) + Math.Clamp(7f, 0, 5);", -3f));
        Assert.Equal(1, Source.RunInt("static int F(float x) => float.IsNaN(x) && !float.IsFinite(x) ? 1 : 0;", float.NaN));
        Assert.Equal(BitConverter.SingleToInt32Bits(1.5f), Source.RunInt("static int F(float x) => BitConverter.SingleToInt32Bits(x);", 1.5f));
    }

    [Theory]
    [InlineData(5), InlineData(0)]
    public void Loops_run_as_often_as_in_CSharp(int n)
    {
        const string F = "static int F(int n) { int s = 0; for (int i = 0; i < n; i++) { if (i == 1) continue; s += i; if (s > 5) break; } for (int j = n; j >= 0; j -= 2) s += 100; int k = 0; while (k < n) k++; do { s++; } while (s < k); for (int m = 0; m < n; m++) { m++; s += 1000; } return s; }";
        int s = 0;
        for (int i = 0; i < n; i++) { if (i == 1) continue; s += i; if (s > 5) break; }
        for (int j = n; j >= 0; j -= 2) s += 100;
        int k = 0;
        while (k < n) k++;
        do { s++; } while (s < k);
        for (int m = 0; m < n; m++) { m++; s += 1000; }
        Assert.Equal(s, Source.RunInt(F, n));
    }

    [Fact]
    public void A_counted_loop_is_a_For_and_one_that_changes_its_bound_is_not()
    {
        Assert.Contains(Source.Lower("static int F(int n) { int s = 0; for (int i = 0; i < n; i += 2) s += i; return s; }").Kernel.Body, s => s is For { Step: 2 });
        Assert.Contains(Source.Lower("static int F(int n) { int s = 0; for (int i = 0; i < n; i++) n--; return s; }").Kernel.Body, s => s is Loop);
    }

    [Fact]
    public void Returns_inside_loops_leave_the_function() =>
        Assert.Equal(14, Source.RunInt("static int F(int n) { for (int i = 0; i < n; i++) { if (i * i > 40) return i * 2; } return -1; }", 100));
}
