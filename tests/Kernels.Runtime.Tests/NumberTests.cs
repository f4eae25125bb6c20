using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Kernels.Testing;

namespace Kernels.Runtime.Tests;

public class NumberTests
{
    [Fact]
    public void Ulp_counts_the_steps_between_floats()
    {
        Assert.Equal(0, Ulp.Distance(1f, 1f));
        Assert.Equal(1, Ulp.Distance(1f, float.BitIncrement(1f)));
        Assert.Equal(2, Ulp.Distance(-float.Epsilon, float.Epsilon));
        Assert.Equal(0, Ulp.Distance(-0f, 0f));
        Assert.Equal(1, Ulp.Distance(-0f, 0f, signedZero: true));
        Assert.Equal(3, Ulp.Distance(-float.Epsilon, float.Epsilon, signedZero: true));
        Assert.Equal(1, Ulp.Distance(float.MaxValue, float.PositiveInfinity));
        Assert.Equal(0, Ulp.Distance(float.NaN, -float.NaN));
        Assert.Equal(long.MaxValue, Ulp.Distance(double.NaN, 1));
        Assert.Equal(long.MaxValue, Ulp.Distance(double.NegativeInfinity, double.PositiveInfinity)); // more than a long holds
        Assert.Equal(4, Ulp.Distance(BitConverter.UInt16BitsToHalf(2), BitConverter.UInt16BitsToHalf(0x8002)));
        Assert.Equal(0.5, Ulp.Error(1f, 1 + Math.ScaleB(1, -24)));
        Assert.Equal(double.PositiveInfinity, Ulp.Error(float.NaN, 1));
    }

    [Fact]
    public void Steps_up_are_counted_one_by_one() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(), Gen.Choose(0, 40).ToArbitrary(), (bits, steps) =>
        {
            float x = BitConverter.Int32BitsToSingle(bits), y = x;
            if (float.IsNaN(x)) return true;
            int taken = 0;
            for (; taken < steps && !float.IsPositiveInfinity(y); taken++) y = float.BitIncrement(y);
            return Ulp.Distance(x, y) == taken && Ulp.Distance(-y, -x) == taken;
        }).QuickCheckThrowOnFailure();

    /// The nearest BFloat16 of an integer of 256 or more, by exact comparison with both neighbours, ties to the even one.
    static ushort Nearest(BigInteger value)
    {
        var magnitude = BigInteger.Abs(value);
        int low = 0, high = 0x7F7F;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Value(middle) <= magnitude) low = middle; else high = middle;
        }
        BigInteger below = magnitude - Value(low), above = Value(high) - magnitude;
        int nearest = below < above || (below == above && low % 2 == 0) ? low : high;
        return (ushort)(nearest | (value < 0 ? 0x8000 : 0));

        static BigInteger Value(int bits) => new(BitConverter.UInt32BitsToSingle((uint)bits << 16));
    }

    [Fact]
    public void Integers_become_the_nearest_16_bit_float()
    {
        // Ties and their neighbours at every size: where rounding twice would differ.
        for (int shift = 0; shift < 54; shift++)
            for (long top = 0x101; top < 0x200; top += 2)
                foreach (long d in new[] { -1L, 0, 1 })
                {
                    long value = (top << shift) + d;
                    Assert.Equal(Nearest(value), Narrow.ToBFloat16(value));
                    Assert.Equal(Nearest(-value), Narrow.ToBFloat16(-value));
                    Assert.Equal(Nearest((ulong)value << 1), Narrow.ToBFloat16((ulong)value << 1));
                }
        Assert.Equal(Nearest(long.MaxValue), Narrow.ToBFloat16(long.MaxValue));
        Assert.Equal(Nearest(long.MinValue), Narrow.ToBFloat16(long.MinValue));
        Assert.Equal(Nearest(ulong.MaxValue), Narrow.ToBFloat16(ulong.MaxValue));
    }

    [Fact]
    public void Doubles_become_the_nearest_16_bit_float()
    {
        foreach (double tie in new[] { 1.00390625, 1.01171875, 255.5, -1.00390625, Math.ScaleB(3, -134), Math.ScaleB(1, -134) })
            foreach (double value in new[] { tie, Math.BitIncrement(tie), Math.BitDecrement(tie) })
                Assert.Equal(Closer(value), Narrow.ToBFloat16(value));
        Assert.Equal(0x7F80, Narrow.ToBFloat16(double.MaxValue));
        Assert.Equal(0x8000, Narrow.ToBFloat16(-double.Epsilon));
        Assert.True(float.IsNaN(Narrow.FromBFloat16(Narrow.ToBFloat16(double.NaN))));

        // The distances to both neighbours are exact in double.
        static ushort Closer(double v)
        {
            int down = (int)(BitConverter.SingleToUInt32Bits((float)v) >> 16);
            if (Math.Abs(Narrow.FromBFloat16((ushort)down)) > Math.Abs(v)) down--;
            double below = Math.Abs(v - Narrow.FromBFloat16((ushort)down)), above = Math.Abs(Narrow.FromBFloat16((ushort)(down + 1)) - v);
            return (ushort)(below < above || (below == above && down % 2 == 0) ? down : down + 1);
        }
    }

    [Fact]
    public void Poison_tells_written_from_unwritten()
    {
        var data = new int[100];
        Poison.Fill<int>(data);
        Assert.Equal(-1, Poison.FirstWritten<int>(data));
        Assert.Equal(0, Poison.FirstUnwritten<int>(data));
        data[17] ^= 1 << 9;
        Assert.Equal(17, Poison.FirstWritten<int>(data));
        data.AsSpan().Fill(1);
        Assert.Equal(-1, Poison.FirstUnwritten<int>(data));
    }

    [Fact]
    public void The_kernel_test_finds_what_it_is_for()
    {
        static void Copy(ReadOnlySpan<float> x, Span<float> y, KernelOptions o, Action<int, float[]>? spoil)
        {
            x.CopyTo(y);
            if (o.Target == KernelTarget.Spec || spoil is null) return;
            var changed = y.ToArray();
            spoil(y.Length, changed);
            changed.CopyTo(y);
        }
        void Run(Action<int, float[]>? spoil, long ulps = 0, IEnumerable<int>? lengths = null) => KernelTest.Run(
            (n, memory, o) => Copy(memory.Input(n, r => r.NextSingle() + 1), memory.Output<float>(n), o, spoil), lengths ?? [0, 1, 5, 33], ulps);
        Run(null);
        Assert.Contains("length 33", Assert.Throws<InvalidOperationException>(() => Run((n, y) => { if (n == 33) y[32] = 0; })).Message);
        Assert.Throws<InvalidOperationException>(() => Run((n, y) => { if (n > 0) y[0] = float.BitIncrement(y[0]); }));
        Run((n, y) => { if (n > 0) y[0] = float.BitIncrement(y[0]); }, ulps: 1);
        Assert.Throws<InvalidOperationException>(() => Run(null, lengths: [])); // nothing ran
        Assert.Throws<InvalidOperationException>(() => KernelTest.Run((n, m, o) => m.Input<int>(n, r => r.Next()), [3])); // nothing compared
        Assert.Contains("was changed", Assert.Throws<InvalidOperationException>(() => KernelTest.Run((n, m, o) => { m.Input<int>([1, 2, 3])[2] = 0; m.Output<int>(1); }, [3])).Message);
        Assert.Contains("outside", Assert.Throws<InvalidOperationException>(() => KernelTest.Run((n, m, o) =>
            System.Runtime.CompilerServices.Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(m.Output<int>(3)), -1) = 0, [3])).Message);
    }
}
