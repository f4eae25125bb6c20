using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Kernels.Runtime;

/// <summary>For generated code: what stands between a call with device buffers and the device.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class DeviceCheck
{
    /// <summary>A buffer's length as kernels know it: in scalars of the element, an int. A missing buffer is an empty one.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="scalars">Scalars of an element.</param>
    /// <param name="parameter">Its name.</param>
    public static int Length<T>(IDeviceBuffer<T>? buffer, int scalars, string parameter) where T : unmanaged
    {
        long length = buffer?.Length ?? 0;
        return length <= int.MaxValue / scalars ? (int)length * scalars : throw new ArgumentException($"'{parameter}' has {length} elements of {scalars} numbers, more than an int can index.", parameter);
    }

    /// <summary>The number of elements of a buffer that must be there.</summary>
    public static int Count<T>(IDeviceBuffer<T> buffer, string parameter) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer, parameter);
        return Length(buffer, 1, parameter);
    }

    /// <summary>A matrix whose struct is not the default.</summary>
    public static void View<T>(DeviceView2<T> view, string parameter) where T : unmanaged
    {
        if (view.Buffer is null) throw new ArgumentException("The matrix has no buffer.", parameter);
    }

    /// <summary>A written buffer is no other argument; mayBeSame: it is allowed, and of matrices the caller has compared the strides.</summary>
    public static void Apart(IDeviceBuffer? written, IDeviceBuffer? other, bool mayBeSame, string parameter, string otherParameter)
    {
        if (written is null || written != other || mayBeSame) return;
        throw new ArgumentException($"'{parameter}' is written and must not be the buffer of '{otherParameter}'.", parameter);
    }

    /// <summary>Records the run, or where there is no stream runs it and waits.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="stream">null: one of the first array's device, submitted at once.</param>
    /// <param name="groups">How many groups.</param>
    /// <param name="arrays">In the kernel's order.</param>
    /// <param name="pushConstants">All but the last four bytes are set.</param>
    public static void Run(DeviceKernel kernel, IDeviceStream? stream, long groups, ReadOnlySpan<IDeviceBuffer?> arrays, Span<byte> pushConstants)
    {
        if (groups == 0) return;
        if (groups > int.MaxValue) throw new ArgumentException($"{kernel.Name}: {groups} groups are more than an int can number.");
        MemoryMarshal.Write(pushConstants[^4..], (int)groups);
        if (stream is not null)
        {
            stream.Dispatch(kernel, groups, arrays, pushConstants);
            return;
        }
        IDevice? device = null;
        foreach (var array in arrays) device ??= array?.Device;
        if (device is null) throw new ArgumentException($"{kernel.Name}: no array and no stream says which device is meant.");
        using var own = device.CreateStream();
        own.Dispatch(kernel, groups, arrays, pushConstants);
        own.Submit();
    }

    /// <summary>The number of groups of an element kernel.</summary>
    public static long Groups(int count, int elementsAGroup) => ((long)count + elementsAGroup - 1) / elementsAGroup;

    /// <summary>The kernel has no code for devices.</summary>
    [DoesNotReturn]
    public static void NoShader(string kernel, string reason) => throw new NotSupportedException($"{kernel} has no code for devices: {reason}");
}
