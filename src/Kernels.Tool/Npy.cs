using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Kernels.Tool;

/// <summary>The element types of the .npy files that we read. Complex numbers are held as (re, im) pairs of their component type.</summary>
enum NpyType { Boolean, Int32, Int64, Float32, Float64, Complex64, Complex128 }

/// <summary>
/// An array as NumPy means it, in C order. Data: byte[] (0 or 1), int[], long[], float[] or double[]; two array elements for one complex number.
/// </summary>
sealed record NpyArray(NpyType Type, long[] Shape, Array Data)
{
    public long Count => Npy.Product(Shape) ?? throw new OverflowException();
}

/// <summary>
/// NumPy's .npy files: a magic string and version, a Python dictionary as the header, then the elements. Written files are version 1.0, little
/// endian and in C order; read are versions 1.0, 2.0 and 3.0, either byte order and either storage order. Nothing in a file is trusted: the
/// size that the header claims is compared with the size of the file before any memory is taken for it.
/// </summary>
static class Npy
{
    const int MaxHeader = 1 << 20, MaxRank = 64, Alignment = 64, Piece = 1 << 20;
    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    public static NpyArray Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return Read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new Failure(e switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"{path}: no such file",
                UnauthorizedAccessException => $"{path}: {(Directory.Exists(path) ? "is a directory" : "no permission to read it")}",
                _ => $"{path}: {OneLine(e.Message)}",
            });
        }
    }

    /// <param name="stream">A file, or a pipe, which is read to its end first.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="Failure">It is no .npy file that we read. The message is one line with name and reason.</exception>
    public static NpyArray Read(Stream stream, string name)
    {
        if (!stream.CanSeek)
        {
            var whole = new MemoryStream();
            stream.CopyTo(whole);
            whole.Position = 0;
            stream = whole;
        }
        try { return ReadChecked(stream); }
        catch (FormatException e) { throw new Failure($"{name}: {OneLine(e.Message)}"); }
        catch (EndOfStreamException) { throw new Failure($"{name}: not a .npy file: it ends within the header"); }
        catch (OutOfMemoryException) { throw new Failure($"{name}: the array does not fit into memory"); }
    }

    static NpyArray ReadChecked(Stream stream)
    {
        Span<byte> start = stackalloc byte[8], lengthBytes = stackalloc byte[4];
        int got = stream.ReadAtLeast(start, 8, throwOnEndOfStream: false);
        if (got == 0) throw new FormatException("the file is empty");
        if (!start[..Math.Min(got, 6)].SequenceEqual(Magic[..Math.Min(got, 6)])) throw new FormatException("not a .npy file: it does not start with \\x93NUMPY");
        if (got < 8) throw new EndOfStreamException();
        (int major, int minor) = (start[6], start[7]);
        if (major is < 1 or > 3 || minor != 0) throw new FormatException($"format version {major}.{minor}; 1.0, 2.0 and 3.0 are known");
        if (major == 1) lengthBytes = lengthBytes[..2];
        stream.ReadExactly(lengthBytes);
        long headerLength = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(lengthBytes) : BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (headerLength > stream.Length - stream.Position) throw new EndOfStreamException();
        if (headerLength > MaxHeader) throw new FormatException($"a header of {headerLength} bytes; at most {MaxHeader} are accepted");
        var header = new byte[headerLength];
        stream.ReadExactly(header);
        var (descr, fortran, shape) = new NpyHeader((major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(header)).Parse();

        var (type, size, swap) = ParseType(descr);
        if (shape.Length > MaxRank) throw new FormatException($"{shape.Length} dimensions; at most {MaxRank} are accepted");
        if (shape.Any(d => d < 0)) throw new FormatException($"negative dimension in shape {Shape(shape)}");
        long count = Product(shape) ?? throw new FormatException($"shape {Shape(shape)} has too many elements");
        long present = stream.Length - stream.Position;
        if (count > long.MaxValue / size || count * size > present)
            throw new FormatException($"truncated: shape {Shape(shape)} of {descr} takes {(Int128)count * size} bytes, {present} are there");
        if (count * size < present) throw new FormatException($"{present - count * size} bytes of trailing data after shape {Shape(shape)} of {descr}");
        long length = Components(type) * count;
        if (length > Array.MaxLength) throw new FormatException($"shape {Shape(shape)} has too many elements: at most {Array.MaxLength / Components(type)} are supported");

        Array data = type switch
        {
            NpyType.Boolean => Fill<byte>(stream, length, false),
            NpyType.Int32 => Fill<int>(stream, length, swap),
            NpyType.Int64 => Fill<long>(stream, length, swap),
            NpyType.Float32 or NpyType.Complex64 => Fill<float>(stream, length, swap),
            _ => Fill<double>(stream, length, swap),
        };
        if (type == NpyType.Boolean) foreach (ref byte b in ((byte[])data).AsSpan()) b = b != 0 ? (byte)1 : (byte)0;
        if (fortran && shape.Length > 1 && count > 0)
            data = type switch
            {
                NpyType.Boolean => Transposed<byte, byte>((byte[])data, shape),
                NpyType.Int32 => Transposed<int, int>((int[])data, shape),
                NpyType.Int64 => Transposed<long, long>((long[])data, shape),
                NpyType.Float32 => Transposed<float, uint>((float[])data, shape),
                NpyType.Float64 => Transposed<double, ulong>((double[])data, shape),
                NpyType.Complex64 => Transposed<float, ulong>((float[])data, shape),
                _ => Transposed<double, UInt128>((double[])data, shape),
            };
        return new(type, shape, data);
    }

    static T[] Fill<T>(Stream stream, long length, bool swap) where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>((int)length);
        for (int i = 0; i < array.Length; i += Piece)
        {
            var piece = array.AsSpan(i, Math.Min(Piece, array.Length - i));
            stream.ReadExactly(MemoryMarshal.AsBytes(piece));
            if (swap == BitConverter.IsLittleEndian) Swap(piece);
        }
        return array;
    }

    static void Swap<T>(Span<T> items) where T : unmanaged
    {
        if (Marshal.SizeOf<T>() == 4)
        {
            var words = MemoryMarshal.Cast<T, uint>(items);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (Marshal.SizeOf<T>() == 8)
        {
            var words = MemoryMarshal.Cast<T, ulong>(items);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    /// <summary>The same array with the last index fastest instead of the first. TItem: of the size of one element of the shape.</summary>
    static T[] Transposed<T, TItem>(T[] data, long[] shape) where T : unmanaged where TItem : unmanaged
    {
        var result = GC.AllocateUninitializedArray<T>(data.Length);
        var from = MemoryMarshal.Cast<T, TItem>(data.AsSpan());
        var to = MemoryMarshal.Cast<T, TItem>(result.AsSpan());
        int rank = shape.Length;
        var strides = new int[rank];
        for (int d = 0, stride = 1; d < rank; stride *= (int)shape[d], d++) strides[d] = stride;
        var index = new long[rank];
        for (int i = 0, source = 0; i < to.Length; i++)
        {
            to[i] = from[source];
            for (int d = rank - 1; d >= 0; d--)
            {
                source += strides[d];
                if (++index[d] < shape[d]) break;
                source -= strides[d] * (int)shape[d];
                index[d] = 0;
            }
        }
        return result;
    }

    public static void Write(string path, NpyArray array)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            Write(file, array);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new Failure($"{path}: cannot be written: {OneLine(e.Message)}");
        }
    }

    public static void Write(Stream stream, NpyArray array)
    {
        if (array.Data.LongLength != array.Count * Components(array.Type)) throw new ArgumentException("The data do not have the length that the shape asks for.", nameof(array));
        string text = $"{{'descr': '{Descr(array.Type)}', 'fortran_order': False, 'shape': {Shape(array.Shape)}, }}";
        int used = Magic.Length + 4 + text.Length + 1;
        string header = text + new string(' ', (Alignment - used % Alignment) % Alignment) + "\n";
        stream.Write(Magic);
        stream.Write([1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header));
        switch (array.Data)
        {
            case byte[] a: Pour(stream, a); break;
            case int[] a: Pour(stream, a); break;
            case long[] a: Pour(stream, a); break;
            case float[] a: Pour(stream, a); break;
            case double[] a: Pour(stream, a); break;
            default: throw new ArgumentException($"Elements of type {array.Data.GetType().GetElementType()} cannot be written.", nameof(array));
        }
    }

    static void Pour<T>(Stream stream, T[] items) where T : unmanaged
    {
        for (int i = 0; i < items.Length; i += Piece)
        {
            var piece = items.AsSpan(i, Math.Min(Piece, items.Length - i));
            if (!BitConverter.IsLittleEndian) Swap(piece = piece.ToArray());
            stream.Write(MemoryMarshal.AsBytes(piece));
        }
    }

    static (NpyType, int Size, bool Swap) ParseType(string descr)
    {
        (NpyType Type, int Size) type = descr.Length < 2 ? default : descr[1..] switch
        {
            "b1" or "?" => (NpyType.Boolean, 1),
            "i4" => (NpyType.Int32, 4), "i8" => (NpyType.Int64, 8),
            "f4" => (NpyType.Float32, 4), "f8" => (NpyType.Float64, 8),
            "c8" => (NpyType.Complex64, 8), "c16" => (NpyType.Complex128, 16),
            _ => default,
        };
        if (type.Size == 0 || !(descr[0] is '<' or '>' or '=' || descr[0] == '|' && type.Size == 1))
            throw new FormatException(descr.StartsWith("|O", StringComparison.Ordinal) ? "an array of Python objects (dtype |O)" : $"dtype '{descr}'; known are f4, f8, c8, c16, i4, i8 and b1");
        return (type.Type, type.Size, descr[0] == '>');
    }

    public static string Descr(NpyType type) => type switch
    {
        NpyType.Boolean => "|b1", NpyType.Int32 => "<i4", NpyType.Int64 => "<i8", NpyType.Float32 => "<f4",
        NpyType.Float64 => "<f8", NpyType.Complex64 => "<c8", _ => "<c16",
    };

    public static int Components(NpyType type) => type is NpyType.Complex64 or NpyType.Complex128 ? 2 : 1;

    /// <summary>As Python writes a tuple.</summary>
    public static string Shape(IReadOnlyList<long> shape) => shape.Count == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";

    /// <summary>The number of elements; null if it exceeds a long.</summary>
    public static long? Product(IReadOnlyList<long> shape)
    {
        if (shape.Contains(0)) return 0;
        Int128 product = 1;
        foreach (long d in shape)
            if ((product *= d) > long.MaxValue) return null;
        return (long)product;
    }

    static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd();
}
