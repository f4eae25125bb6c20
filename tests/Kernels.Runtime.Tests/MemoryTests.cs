using Kernels.Testing;

namespace Kernels.Runtime.Tests;

public unsafe class MemoryTests
{
    [Theory]
    [InlineData(0, 64)]
    [InlineData(1, 64)]
    [InlineData(1000, 64)]
    [InlineData(3 << 20, 2 << 20)]
    public void A_native_buffer_is_aligned_zero_and_as_long_as_asked(int length, int alignment)
    {
        using var buffer = new NativeBuffer<int>(length);
        Assert.Equal(0, (nint)buffer.Pointer % alignment);
        Assert.Equal(length, buffer.Span.Length);
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept(0));
        buffer.Memory.Span.Fill(7);
        Assert.Equal(7L * length, buffer.Span.ToArray().Sum(x => (long)x));
        Assert.Throws<IndexOutOfRangeException>(() => buffer[length]);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Slice(length, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.View(length + 1, 1));
    }

    [Fact]
    public void A_disposed_or_pinned_buffer_says_so()
    {
        var buffer = new NativeBuffer<double>(10);
        var handle = buffer.Pin(3);
        Assert.Equal((nint)(buffer.Pointer + 3), (nint)handle.Pointer);
        Assert.Throws<InvalidOperationException>(buffer.Dispose);
        handle.Dispose();
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer<int>(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer<int>(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer<int>(8, 48));
    }

    [Fact]
    public void A_guard_page_faults_one_byte_past_the_end_and_not_before()
    {
        Assert.Equal(0, Child.Start("last").ExitCode);
        foreach (string side in new[] { "behind", "before" })
        {
            var result = Child.Start(side);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Equal("", result.Output);
            Assert.True(result.ExitCode is 134 or 139 or unchecked((int)0xC0000005) or -1073741819 || result.Error.Contains("AccessViolation"), $"{side}: {result.ExitCode} {result.Error}");
        }
    }

    [Theory]
    [InlineData(Guard.Behind, 0)]
    [InlineData(Guard.Behind, 13)]
    [InlineData(Guard.Before, 0)]
    [InlineData(Guard.Before, 8)]
    public void Guarded_data_lies_where_it_was_asked_for(Guard guard, int offset)
    {
        foreach (int length in new[] { 0, 1, 1000, Environment.SystemPageSize })
        {
            using var buffer = new GuardedBuffer<byte>(length, guard, offset);
            nint edge = (nint)buffer.Pointer + (guard == Guard.Behind ? length + offset : -offset);
            Assert.Equal(0, edge % Environment.SystemPageSize);
            buffer.Span.Fill(1);
            buffer.CheckCanaries();
        }
    }

    [Fact]
    public void A_write_beside_the_data_kills_a_canary()
    {
        using var buffer = new GuardedBuffer<int>(5, Guard.Behind, 4);
        foreach (int at in new[] { -1, 5, -600 })
        {
            int before = buffer.Pointer[at];
            buffer.Pointer[at] = 0;
            var e = Assert.Throws<InvalidOperationException>(buffer.CheckCanaries);
            Assert.Contains($"byte {4 * at} ", e.Message);
            buffer.Pointer[at] = before;
        }
        buffer.CheckCanaries();
    }
}
