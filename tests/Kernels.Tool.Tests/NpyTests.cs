using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kernels.Tool.Tests;

// The bytes are laid out by hand after the public description of the format: \x93NUMPY, version, little-endian header length (2 bytes in
// version 1.0, 4 in 2.0 and 3.0), header padded with spaces to a multiple of 64 and ended by a newline, elements.
public class NpyTests
{
    static byte[] File(string header, byte[] elements, int major = 1)
    {
        int prefix = major == 1 ? 10 : 12;
        header = header.PadRight((prefix + header.Length + 1 + 63) / 64 * 64 - prefix - 1) + "\n";
        byte[] length = new byte[prefix - 8];
        if (major == 1) BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        else BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)header.Length);
        return [0x93, .. "NUMPY"u8, (byte)major, 0, .. length, .. (major == 3 ? Encoding.UTF8 : Encoding.Latin1).GetBytes(header), .. elements];
    }

    static string Header(string descr, string shape, string fortran = "False") => $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}";

    static NpyArray Read(byte[] file) => Npy.Read(new MemoryStream(file), "x.npy");

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Each_header_version_is_read(int major)
    {
        var array = Read(File(Header("<f4", "(3,)"), [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x40, 0x40], major));
        Assert.Equal(NpyType.Float32, array.Type);
        Assert.Equal([3L], array.Shape);
        Assert.Equal([1f, -2f, 3f], (float[])array.Data);
    }

    [Fact]
    public void Each_element_type_is_read()
    {
        Assert.Equal([1.5], (double[])Read(File(Header("<f8", "(1,)"), [0, 0, 0, 0, 0, 0, 0xF8, 0x3F])).Data);
        Assert.Equal([1f, 2f], (float[])Read(File(Header("<c8", "(1,)"), [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])).Data);
        Assert.Equal([1.5, 2.0], (double[])Read(File(Header("<c16", "()"), [0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40])).Data);
        Assert.Equal([-2, 258], (int[])Read(File(Header("<i4", "(2,)"), [0xFE, 0xFF, 0xFF, 0xFF, 2, 1, 0, 0])).Data);
        Assert.Equal([-2L], (long[])Read(File(Header("<i8", "(1, 1)"), [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])).Data);
        Assert.Equal(new byte[] { 1, 0, 1 }, (byte[])Read(File(Header("|b1", "(3,)"), [1, 0, 2])).Data);
    }

    [Fact]
    public void Big_endian_elements_are_swapped_component_by_component()
    {
        Assert.Equal([1f, 2f], (float[])Read(File(Header(">c8", "(1,)"), [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0])).Data);
        Assert.Equal([258], (int[])Read(File(Header(">i4", "()"), [0, 0, 1, 2])).Data);
        Assert.Equal([1.5], (double[])Read(File(Header(">f8", "()"), [0x3F, 0xF8, 0, 0, 0, 0, 0, 0])).Data);
    }

    [Fact]
    public void Fortran_order_is_read_into_C_order_and_keeps_the_shape()
    {
        // a[i, j, k] = 100 i + 10 j + k of shape (2, 3, 2), first index fastest.
        byte[] bytes = [.. from k in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 2)
                           from b in BitConverter.GetBytes(100 * i + 10 * j + k) select b];
        var array = Read(File(Header("<i4", "(2, 3, 2)", "True"), bytes));
        Assert.Equal([2L, 3, 2], array.Shape);
        Assert.Equal([0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121], (int[])array.Data);

        var complex = Read(File(Header("<c8", "(2, 2)", "True"), [.. new float[] { 1, -1, 3, -3, 2, -2, 4, -4 }.SelectMany(BitConverter.GetBytes)]));
        Assert.Equal([1f, -1, 2, -2, 3, -3, 4, -4], (float[])complex.Data);
    }

    [Theory]
    [InlineData("{\"shape\": (2L,) , \"descr\" : \"<i4\",\"fortran_order\":False}")]
    [InlineData("{'fortran_order':False,'shape':(2,),'descr':'<i4'}")]
    [InlineData("{ 'descr': '=i4', 'fortran_order': False, 'shape': ( 2 , 1 ), }")]
    public void Other_spellings_of_the_dictionary_are_read(string header) =>
        Assert.Equal([7, 8], (int[])Read(File(header, [7, 0, 0, 0, 8, 0, 0, 0])).Data);

    [Fact]
    public void An_empty_array_may_have_any_other_dimensions()
    {
        var array = Read(File(Header("<f8", "(9223372036854775807, 0, 4611686018427387904)"), []));
        Assert.Equal(0, array.Count);
        Assert.Equal(3, array.Shape.Length);
    }

    [Theory]
    [InlineData("|O", "(1,)", 8, "Python objects")]
    [InlineData("<f2", "(1,)", 2, "dtype '<f2'")]
    [InlineData("|S3", "(1,)", 3, "dtype '|S3'")]
    [InlineData("|f4", "(1,)", 4, "dtype '|f4'")]
    [InlineData("", "(1,)", 4, "dtype ''")]
    [InlineData("<f4", "(2,)", 7, "truncated: shape (2,) of <f4 takes 8 bytes, 7 are there")]
    [InlineData("<f4", "(2,)", 9, "1 bytes of trailing data")]
    [InlineData("<f4", "(-1,)", 0, "negative dimension")]
    [InlineData("<f4", "(-1, -4)", 16, "negative dimension")]
    [InlineData("<f4", "(4294967296, 4294967296)", 0, "too many elements")]
    [InlineData("<f8", "(2305843009213693952,)", 0, "truncated")]
    [InlineData("<f4", "(1000000000000,)", 16, "truncated")]
    [InlineData("<f4", "(99999999999999999999,)", 0, "too large")]
    [InlineData("<f4", "4", 16, "'(' expected")]
    [InlineData("<f4", "(4)", 16, "not a tuple")]
    [InlineData("<f4", "(4, 'x')", 16, "integer expected")]
    [InlineData("<f4", "(4,", 16, "bad header")]
    public void A_file_that_claims_what_it_does_not_hold_is_refused(string descr, string shape, int bytes, string reason) =>
        Refused(File(Header(descr, shape), new byte[bytes]), reason);

    [Theory]
    [InlineData("", "'{' expected")]
    [InlineData("{}", "'descr' is missing")]
    [InlineData("{'descr': '<f4', 'shape': ()}", "'fortran_order' is missing")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "neither True nor False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}", "unknown key 'more'")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", "occurs twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", "follows the dictionary")]
    [InlineData("{'descr': '<f4", "does not end")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", "structures")]
    [InlineData("{'descr': '<f\n4', 'fortran_order': False, 'shape': ()}", "control character")]
    public void A_header_that_is_no_such_dictionary_is_refused(string header, string reason) => Refused(File(header, new byte[4]), reason);

    [Fact]
    public void Every_strict_prefix_of_a_file_is_refused()
    {
        byte[] file = File(Header("<f4", "(3,)"), new byte[12]);
        for (int length = 0; length < file.Length; length++) Refused(file[..length], "");
    }

    [Fact]
    public void Other_magic_versions_and_header_lengths_are_refused()
    {
        byte[] file = File(Header("<f4", "(3,)"), new byte[12]);
        Refused([.. "PK\x03\x04 a zip archive"u8], "does not start with");
        Refused([.. file[..6], 4, .. file[7..]], "version 4.0");
        Refused([.. file[..7], 1, .. file[8..]], "version 1.1");
        Refused([.. file[..6], 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. file[10..]], "ends within the header");
        Refused(File(Header("<f4", "()") + new string(' ', 1 << 20), new byte[4], 2), "header of");
        Refused(File(Header("<f4", $"({string.Concat(Enumerable.Repeat("1, ", 65))})"), new byte[4]), "65 dimensions");
    }

    static void Refused(byte[] file, string reason)
    {
        var failure = Assert.Throws<Failure>(() => Read(file));
        Assert.StartsWith("x.npy: ", failure.Message);
        Assert.Contains(reason, failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void The_written_header_is_version_1_aligned_to_64_bytes()
    {
        var stream = new MemoryStream();
        Npy.Write(stream, new(NpyType.Float32, [2, 3], new float[6]));
        byte[] bytes = stream.ToArray();
        Assert.Equal(File("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", new byte[24]), bytes);
        Assert.Equal(0, (bytes.Length - 24) % 64);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var arrays = from type in Gen.Elements(Enum.GetValues<NpyType>())
                     from rank in Gen.Choose(0, 4)
                     from shape in Gen.Choose(0, 5).ArrayOf(rank)
                     from bits in ArbMap.Default.GeneratorFor<int>().ArrayOf(2 * shape.Aggregate(1, (a, b) => a * b))
                     select Make(type, [.. shape.Select(d => (long)d)], bits);
        Prop.ForAll(arrays.ToArbitrary(), array =>
        {
            var stream = new MemoryStream();
            Npy.Write(stream, array);
            stream.Position = 0;
            var back = Npy.Read(stream, "x.npy");
            return back.Type == array.Type && back.Shape.SequenceEqual(array.Shape) && Equal(back.Data, array.Data);
        }).QuickCheckThrowOnFailure();
    }

    // Any bit pattern, NaN payloads included.
    static NpyArray Make(NpyType type, long[] shape, int[] bits)
    {
        var words = bits.Take(bits.Length / 2 * Npy.Components(type));
        return new(type, shape, type switch
        {
            NpyType.Boolean => words.Select(b => (byte)(b & 1)).ToArray(),
            NpyType.Int32 => words.ToArray(),
            NpyType.Int64 => words.Select(b => b * 0x100000001L).ToArray(),
            NpyType.Float32 or NpyType.Complex64 => words.Select(b => BitConverter.Int32BitsToSingle(b * 0x10001)).ToArray(),
            _ => words.Select(b => BitConverter.Int64BitsToDouble(b * 0x1000100010001L)).ToArray(),
        });
    }

    static bool Equal(Array a, Array b)
    {
        if (a.GetType() != b.GetType() || a.Length != b.Length) return false;
        byte[] x = new byte[Buffer.ByteLength(a)], y = new byte[x.Length];
        Buffer.BlockCopy(a, 0, x, 0, x.Length);
        Buffer.BlockCopy(b, 0, y, 0, y.Length);
        return x.AsSpan().SequenceEqual(y);
    }

    [Fact]
    public void A_pipe_is_read_to_its_end()
    {
        using var pipe = new System.IO.Compression.BrotliStream(Compressed(File(Header("<i4", "()"), [5, 0, 0, 0])), System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal([5], (int[])Npy.Read(pipe, "x.npy").Data);

        static MemoryStream Compressed(byte[] bytes)
        {
            var stream = new MemoryStream();
            using (var brotli = new System.IO.Compression.BrotliStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(bytes);
            stream.Position = 0;
            return stream;
        }
    }
}
