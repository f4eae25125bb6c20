namespace Kernels.Generators.Targets.Gpu;

/// A value as text, not yet printed. Type: its id in the module. Level: how loosely its outermost operator binds.
sealed class HlslValue(string text, uint type, int level = 0)
{
    public const int Unary = 1, Multiply = 2, Add = 3, Shift = 4, Relational = 5, Equality = 6, And = 7, Xor = 8, Or = 9, LogicalAnd = 10, LogicalOr = 11, Conditional = 12;

    public string Text = text;
    public int Level = level;
    public readonly uint Type = type;
    /// Variables and arrays that it reads: it must be printed before they change.
    public HashSet<uint> Reads = [];
    /// A float operation is in it: it ends in a `precise` variable.
    public bool Exact;
    /// Costs nothing to repeat.
    public bool Trivial;
    /// Of a float made from a word's bits: that word.
    public HlslValue? Bits;
    /// Uses to come.
    public int Left;

    /// As an operand of an operator that binds at a level.
    public string At(int most) => Level <= most ? Text : $"({Text})";
}
