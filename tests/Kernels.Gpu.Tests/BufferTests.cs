using Kernels.Testing;

namespace Kernels.Gpu.Tests;

public unsafe class BufferTests
{
    static GpuDevice Device => GpuDevice.GetDefault();

    /// Mapped, as on unified memory, and not, as on a discrete GPU, on whatever device there is.
    static GpuBuffer<T> Make<T>(long length, bool map) where T : unmanaged => new(Device, length, map && Device.Capabilities.UnifiedMemory);

    [GpuTheory]
    [InlineData(0, true), InlineData(0, false), InlineData(1, true), InlineData(1, false), InlineData(65537, true), InlineData(65537, false)]
    [InlineData((16 << 20) + 3, true), InlineData((16 << 20) + 3, false)]
    public void What_is_uploaded_comes_back_and_nothing_beside_it(int length, bool map)
    {
        using var buffer = Make<int>(length, map);
        using GuardedBuffer<int> from = new(length, Guard.Behind, 4), to = new(length, Guard.Before, 4);
        for (int i = 0; i < length; i++) from.Span[i] = i * 7919;
        buffer.Upload(from.Span);
        buffer.Download(to.Span);
        Assert.True(from.Span.SequenceEqual(to.Span));
        to.CheckCanaries();
        Assert.Equal((length, 4L * length), (buffer.Length, buffer.Bytes));

        using var copy = Make<int>(length, map);
        buffer.CopyTo(copy);
        Assert.True(from.Span.SequenceEqual(copy.ToArray()));
    }

    [GpuTheory, InlineData(true), InlineData(false)]
    public void Parts_are_written_and_read_where_they_belong(bool map)
    {
        using var buffer = Make<byte>(1000, map);
        buffer.Upload(new byte[1000]);
        buffer.Upload([1, 2, 3], 997);
        buffer.Upload([4, 5], 1);
        buffer.CopyTo(buffer, 996, 10, 4);
        var all = buffer.ToArray();
        var expected = new byte[1000];
        (expected[1], expected[2], expected[11], expected[12], expected[13], expected[997], expected[998], expected[999]) = (4, 5, 1, 2, 3, 1, 2, 3);
        Assert.Equal(expected, all);
        var part = new byte[2];
        buffer.Download(part, 998);
        Assert.Equal([2, 3], part);
    }

    [GpuTheory, InlineData(true), InlineData(false)]
    public void Ranges_outside_the_buffer_are_refused_by_name(bool map)
    {
        using var buffer = Make<float>(10, map);
        using var shorter = Make<float>(9, map);
        void Refused(string parameter, Action call) => Assert.Equal(parameter, Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);
        Refused("elements", () => buffer.Upload(new float[11]));
        Refused("elements", () => buffer.Download(new float[2], 9));
        Refused("start", () => buffer.Upload(new float[1], -1));
        Refused("start", () => buffer.Download([], 11));
        Refused("length", () => buffer.CopyTo(shorter));
        Refused("destinationStart", () => buffer.CopyTo(shorter, 0, 10, 0));
        Refused("length", () => buffer.CopyTo(shorter, 5, 0, 6));
        Assert.Equal("destinationStart", Assert.Throws<ArgumentException>(() => buffer.CopyTo(buffer, 0, 4, 5)).ParamName);
        Assert.Throws<ArgumentNullException>(() => buffer.CopyTo(null!));
        buffer.Upload([], 10);

    }

    [GpuFact]
    public void Lengths_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Allocate<double>(-1));
        long most = Device.Capabilities.MaxBufferBytes;
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => Device.Allocate<double>(most / 8 + 1));
        Assert.Contains(most.ToString(), thrown.Message);
        Assert.Contains((most / 8 + 1).ToString(), thrown.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Allocate<double>(long.MaxValue));
        Assert.Throws<ArgumentNullException>(() => new GpuBuffer<int>(null!, 1, false));
    }

    [GpuFact]
    public void Memory_that_is_not_there_is_a_typed_error()
    {
        var thrown = Assert.Throws<GpuOutOfMemoryException>(() => DeviceMemory.Allocate(Device, 1L << 46, [0], map: false));
        Assert.Equal(1L << 46, thrown.RequestedBytes);
        Assert.Contains((1L << 46).ToString(), thrown.Message);
    }

    [GpuFact]
    public void A_disposed_buffer_says_so()
    {
        var buffer = Device.Allocate<int>([1, 2, 3]);
        using var other = Device.Allocate<int>(3);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Upload([1]));
        Assert.Throws<ObjectDisposedException>(() => buffer.ToArray());
        Assert.Throws<ObjectDisposedException>(() => other.CopyTo(buffer));
    }
}
