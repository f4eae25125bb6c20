namespace Kernels;

/// <summary>A storage type: the upper half of a float. Convert to float to compute; converting back rounds to nearest even and keeps NaN a NaN.</summary>
public readonly struct BFloat16(ushort bits) : IEquatable<BFloat16>
{
    /// <summary>Sign, 8 exponent bits, 7 fraction bits.</summary>
    public ushort Bits { get; } = bits;

    /// <summary>Exact.</summary>
    public static explicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>To nearest, ties to even; a NaN becomes quiet and keeps its upper payload bits.</summary>
    public static explicit operator BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return new((ushort)((bits >> 16) | 0x40));
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>Bit by bit.</summary>
    public bool Equals(BFloat16 other) => Bits == other.Bits;
    /// <inheritdoc/>
    public override bool Equals(object? other) => other is BFloat16 b && Equals(b);
    /// <inheritdoc/>
    public override int GetHashCode() => Bits;
    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);
    /// <summary>Bit by bit.</summary>
    public static bool operator ==(BFloat16 a, BFloat16 b) => a.Equals(b);
    /// <summary>Bit by bit.</summary>
    public static bool operator !=(BFloat16 a, BFloat16 b) => !a.Equals(b);
}
