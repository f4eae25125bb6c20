namespace Kernels.Generators.IR;

/// The bits of the scalar types: their width, their meaning in a constant, and the types' names in IR text.
static class ScalarTypes
{
    static readonly string[] names = ["b", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f16", "bf16", "f32", "f64"];

    /// The name in IR text.
    public static string ShortName(this ScalarType t) => names[(int)t];

    public static bool TryParse(string shortName, out ScalarType t)
    {
        int k = Array.IndexOf(names, shortName);
        t = (ScalarType)Math.Max(k, 0);
        return k >= 0;
    }

    /// Bits in memory; 1 for Bool, which has no memory form.
    public static int Width(this ScalarType t) => t switch
    {
        ScalarType.Bool => 1,
        ScalarType.I8 or ScalarType.U8 => 8,
        ScalarType.I16 or ScalarType.U16 or ScalarType.F16 or ScalarType.BF16 => 16,
        ScalarType.I32 or ScalarType.U32 or ScalarType.F32 => 32,
        _ => 64,
    };

    public static bool IsInteger(this ScalarType t) => t is >= ScalarType.I8 and <= ScalarType.U64;

    /// The low Width bits: all that a Const of the type may have.
    public static ulong Mask(this ScalarType t) => t.Width() == 64 ? ulong.MaxValue : (1UL << t.Width()) - 1;

    /// The integer that bits of an integer type stand for; of U64, its bits.
    public static long SignExtend(this ScalarType t, ulong bits) => t switch
    {
        ScalarType.I8 => (sbyte)bits,
        ScalarType.I16 => (short)bits,
        ScalarType.I32 => (int)bits,
        _ => (long)bits,
    };
}
