using System.Buffers.Text;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Kernels;

/// <summary>The code of a kernel for a device, as the generator wrote it.</summary>
public delegate ReadOnlySpan<byte> DeviceCode();

/// <summary>How a kernel is called on a device: array k is binding k of descriptor set 0, a storage buffer; the push constants are one block of bytes.</summary>
/// <param name="Arrays">The number of arrays.</param>
/// <param name="PushConstantBytes">A multiple of 4; the last four are the number of groups.</param>
/// <param name="GroupSize">Threads of a group.</param>
/// <param name="SharedBytes">Bytes that a group shares.</param>
/// <param name="HasErrors">One more array follows: a uint, 0 before the run, with a bit set where a checked index was out of range.</param>
/// <param name="Float64">It computes with double.</param>
/// <param name="Int64">It computes with long or ulong.</param>
public sealed record DeviceKernelLayout(int Arrays, int PushConstantBytes, int GroupSize, int SharedBytes, bool HasErrors, bool Float64, bool Int64);

/// <summary>The form of a kernel whose reductions go through waves (subgroups), with the bits of the other form.</summary>
/// <param name="LeastWave">Threads that a wave has at least; all of them run, and a whole number of waves is a group.</param>
/// <param name="SharedBytes">Bytes that a group shares: up to twice those of the other form.</param>
/// <param name="Spirv">SPIR-V 1.3, deflated, in Base64.</param>
public sealed record DeviceWaves(int LeastWave, int SharedBytes, DeviceCode Spirv);

/// <summary>A generated kernel as devices run it. One object stands for it as long as the process lives, so that hosts can keep what they compile.</summary>
/// <param name="name">The spec's full name and the suffix of the variant.</param>
/// <param name="layout">How it is called.</param>
/// <param name="indexed">The arrays whose indices are checked, for the message when one is out of range.</param>
/// <param name="spirv">SPIR-V 1.3, deflated, in Base64.</param>
public sealed class DeviceKernel(string name, DeviceKernelLayout layout, string indexed, DeviceCode spirv)
{
    /// <summary>The spec's full name and the suffix of the variant.</summary>
    public string Name => name;

    /// <summary>How it is called.</summary>
    public DeviceKernelLayout Layout => layout;

    /// <summary>The arrays whose indices are checked.</summary>
    public string Indexed => indexed;

    /// <summary>The form for devices with full waves, where it is another.</summary>
    public DeviceWaves? Waves { get; init; }

    /// <summary>The words of its SPIR-V module, unpacked anew at each call.</summary>
    /// <param name="waves">Of the form for waves.</param>
    /// <exception cref="InvalidOperationException">There is no form for waves.</exception>
    public uint[] Spirv(bool waves = false)
    {
        var text = !waves ? spirv() : Waves is not null ? Waves.Spirv() : throw new InvalidOperationException($"{name} has one form.");
        byte[] packed = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        Base64.DecodeFromUtf8(text, packed, out _, out int length);
        using var inflate = new DeflateStream(new MemoryStream(packed, 0, length), CompressionMode.Decompress);
        var words = new MemoryStream();
        inflate.CopyTo(words);
        return MemoryMarshal.Cast<byte, uint>(words.GetBuffer().AsSpan(0, (int)words.Length)).ToArray();
    }

    /// <inheritdoc/>
    public override string ToString() => name;
}
