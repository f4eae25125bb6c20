using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kernels.Runtime;

/// <summary>
/// For generated code: the checks that stand before a kernel writes anything, and the one after it has run. The tests are inlined, the throws
/// are not. Every message names the parameter and the rule.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class Check
{
    /// <summary>A core's answer: a checked index was out of range.</summary>
    public const int IndexOutOfRange = 1;
    /// <summary>A core's answer: the destination of an append was full.</summary>
    public const int DestinationFull = 2;

    /// <summary>A grid size is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Grid(int size, string parameter)
    {
        if (size < 0) Negative(size, parameter);
    }

    /// <summary>The number of blocks of a grid.</summary>
    public static long Blocks(int a, int b, int c)
    {
        Int128 blocks = (Int128)a * b * c;
        return blocks <= long.MaxValue ? (long)blocks : throw new ArgumentException($"The grid {a} x {b} x {c} has more than 2^63 blocks.");
    }

    /// <summary>Two inputs of one element kernel are equally long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SameLength(int length, int expected, string parameter, string first)
    {
        if (length != expected) Lengths(length, expected, parameter, first);
    }

    /// <summary>A destination has room for every result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Destination(int length, int needed, string parameter)
    {
        if (length < needed) TooShort(length, needed, parameter);
    }

    /// <summary>An array of structs can be seen as one of their scalars: the fields fill the struct, and their number fits an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Structs(int length, int size, int scalars, int scalarSize, string parameter)
    {
        if (size != scalars * scalarSize || length > int.MaxValue / scalars) NotScalars(length, size, scalars, scalarSize, parameter);
    }

    /// <summary>Every index from min to max, both included, is in a span of this length; min above max: no index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Range(long min, long max, long length, string parameter)
    {
        if (min <= max && (min < 0 || max >= length)) Outside(min, max, length, parameter);
    }

    /// <summary>As <see cref="Range"/>, for the elements of a view: it is as long as its last element says.</summary>
    public static void Range(long min, long max, int rows, int columns, long stride, string parameter) =>
        Range(min, max, rows == 0 || columns == 0 ? 0 : (rows - 1) * stride + columns, parameter);

    /// <summary>A written array shares no memory with another one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Disjoint(Extent written, Extent other, string parameter, string otherParameter)
    {
        if (written.MayOverlap(other) && written.Overlaps(other)) Overlapping(parameter, otherParameter);
    }

    /// <summary>A written array shares no memory with another one, or starts where the other does, with the same row stride: then element i is element i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SameOrDisjoint(Extent written, Extent other, string parameter, string otherParameter)
    {
        if (written.MayOverlap(other) && !written.SameElements(other) && written.Overlaps(other)) PartlyOverlapping(parameter, otherParameter);
    }

    /// <summary>A length of scratch memory is not negative.</summary>
    public static long Scratch(long length, string name) =>
        length >= 0 ? length : throw new ArgumentException($"The arguments give the scratch memory '{name}' the negative length {length}.");

    /// <summary>Turns a core's answer into an exception.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Errors(int bits, string indexed, string destination)
    {
        if (bits != 0) Failed(bits, indexed, destination);
    }

    /// <summary>The target has no code in this kernel.</summary>
    [DoesNotReturn]
    public static void NoCore(KernelTarget target, string kernel) =>
        throw new PlatformNotSupportedException($"{kernel} has no code for the target {target.ToString().ToLowerInvariant()}.");

    /// <summary>The generic kernel has no clone for the type arguments.</summary>
    [DoesNotReturn]
    public static void NoInstance(string kernel, params ReadOnlySpan<Type> arguments) =>
        throw new NotSupportedException($"{kernel} is not compiled for {string.Join(", ", arguments.ToArray().Select(t => t.Name))}: add [Specialize(typeof(...))] to the spec.");

    [DoesNotReturn]
    static void Negative(int size, string parameter) => throw new ArgumentOutOfRangeException(parameter, size, "A grid size must not be negative.");

    [DoesNotReturn]
    static void Lengths(int length, int expected, string parameter, string first) =>
        throw new ArgumentException($"'{parameter}' has {length} elements and '{first}' has {expected}; they must have as many.", parameter);

    [DoesNotReturn]
    static void TooShort(int length, int needed, string parameter) =>
        throw new ArgumentException($"The destination '{parameter}' is too short: it has {length} elements and needs {needed}.", parameter);

    [DoesNotReturn]
    static void NotScalars(int length, int size, int scalars, int scalarSize, string parameter) => throw (size != scalars * scalarSize
        ? new NotSupportedException($"The elements of '{parameter}' have {size} bytes, and {scalars} fields of {scalarSize}: only fields one after the other, without gaps, can be vectorised.")
        : new ArgumentException($"'{parameter}' has {length} elements of {scalars} numbers, more than an int can index; pass parts of it.", parameter));

    [DoesNotReturn]
    static void Outside(long min, long max, long length, string parameter) =>
        throw new ArgumentException($"The kernel uses the elements {min} to {max} of '{parameter}', which has {length}.", parameter);

    [DoesNotReturn]
    static void Overlapping(string parameter, string other) =>
        throw new ArgumentException($"'{parameter}' is written and must not overlap '{other}'.", parameter);

    [DoesNotReturn]
    static void PartlyOverlapping(string parameter, string other) =>
        throw new ArgumentException($"'{parameter}' is written and must not overlap '{other}' in part: they may only be the same memory, from the first element on.", parameter);

    [DoesNotReturn]
    static void Failed(int bits, string indexed, string destination) => throw ((bits & IndexOutOfRange) != 0
        ? new ArgumentException($"A data-dependent index is out of range{(indexed.Length > 0 ? $" (in {indexed})" : "")}. The access was left out; the rest has been computed.")
        : new ArgumentException($"The destination{(destination.Length > 0 ? $" '{destination}'" : "")} is too short. What fits has been written.", destination.Length > 0 ? destination : null));
}
