namespace Kernels.Examples;

/// <summary>Three numbers.</summary>
public readonly struct Vector3(float x, float y, float z)
{
    /// <summary>A component.</summary>
    public readonly float X = x, Y = y, Z = z;

    /// <summary>The three elements from offset on.</summary>
    public static Vector3 Load(ReadOnlySpan<float> from, int offset) => new(from[offset], from[offset + 1], from[offset + 2]);

    /// <summary>Writes the three elements from offset on.</summary>
    public void Store(Span<float> to, int offset)
    {
        to[offset] = X;
        to[offset + 1] = Y;
        to[offset + 2] = Z;
    }

    /// <summary>Component by component.</summary>
    public static Vector3 operator +(Vector3 a, Vector3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    /// <summary>The inner product, added from X to Z.</summary>
    public static float operator *(Vector3 a, Vector3 b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;
}

/// <summary>A 3x3 matrix by rows.</summary>
public readonly struct Matrix3
{
    /// <summary>A row.</summary>
    public readonly Vector3 Row0, Row1, Row2;

    /// <summary>From its rows.</summary>
    public Matrix3(Vector3 row0, Vector3 row1, Vector3 row2)
    {
        Row0 = row0;
        Row1 = row1;
        Row2 = row2;
    }

    /// <summary>The nine elements from offset on, row by row.</summary>
    public static Matrix3 Load(ReadOnlySpan<float> from, int offset) =>
        new(Vector3.Load(from, offset), Vector3.Load(from, offset + 3), Vector3.Load(from, offset + 6));

    /// <summary>The linear map.</summary>
    public static Vector3 operator *(Matrix3 m, Vector3 v) => new(m.Row0 * v, m.Row1 * v, m.Row2 * v);
}

/// <summary>Arrays of structs: strides 9 and 3, transposed in registers; structs and their operators dissolve.</summary>
public static partial class Matrices
{
    /// <summary>y[i] = m[i] * x[i] + t, where m[i] is the 3x3 matrix at [9i], x[i] and y[i] are the vectors at [3i].</summary>
    /// <param name="m">9n floats.</param>
    /// <param name="x">3n floats.</param>
    /// <param name="t">Added to every result.</param>
    /// <param name="y">3n floats; a rest that is no whole vector stays as it is.</param>
    /// <remarks>A component is rounded six times: error at most 4u (Σ|m x| + |t|) / (1 - 4u), u = 2^-24, plus 3 * 2^-150 where products are subnormal.</remarks>
    [Kernel]
    public static void Transform(ReadOnlySpan<float> m, ReadOnlySpan<float> x, Vector3 t, Span<float> y)
    {
        foreach (int i in Lanes.Range(0, y.Length / 3))
            (Matrix3.Load(m, 9 * i) * Vector3.Load(x, 3 * i) + t).Store(y, 3 * i);
    }
}
