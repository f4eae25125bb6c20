namespace Kernels.Tests.SoftmaxFamily;

/// <summary>A <see cref="RowMask"/> that a test can keep, and what it means.</summary>
public sealed record MaskCase
{
    public string Name { get; init; } = "no mask";
    public int? CausalOffset { get; init; }
    public int CausalPeriod { get; init; }
    public int[]? Lengths { get; init; }
    /// <summary>cols or rows*cols elements.</summary>
    public byte[]? Keep { get; init; }
    /// <summary>cols or rows*cols elements.</summary>
    public float[]? Bias { get; init; }

    public override string ToString() => Name;

    public RowMask Mask => new() { CausalOffset = CausalOffset, CausalPeriod = CausalPeriod, Lengths = Lengths, Keep = Keep, Bias = Bias };

    /// <summary>Columns that the length and the causal bound leave to a row.</summary>
    public int Used(int row, int cols)
    {
        int used = cols;
        if (Lengths is not null) used = Math.Min(used, Lengths[row]);
        if (CausalOffset is { } offset) used = (int)Math.Min(used, (CausalPeriod > 0 ? row % CausalPeriod : row) + (long)offset + 1);
        return Math.Max(0, used);
    }

    /// <summary>What row r with elements x must give.</summary>
    public Row Row<T, E>(ReadOnlySpan<T> x, int r, double scale, FullyMaskedRows policy) where T : unmanaged where E : IElement<T>
    {
        int cols = x.Length, used = Used(r, cols);
        double[] z = new double[cols];
        Array.Fill(z, double.NegativeInfinity);
        for (int i = 0; i < used; i++)
        {
            if (Keep is not null && Keep[Keep.Length == cols ? i : r * cols + i] == 0) continue;
            z[i] = Samples.Logit<T, E>(x[i], scale, Bias is null ? 0 : Bias[Bias.Length == cols ? i : r * cols + i]);
        }
        return new(z, E.Wide, used, policy);
    }

    /// <summary>Every kind of mask for rows × cols, cols at least 2, and several at once; some rows have no column left.</summary>
    public static IEnumerable<MaskCase> All(int rows, int cols, int seed)
    {
        var random = new Random(seed);
        int[] lengths = [.. Enumerable.Range(0, rows).Select(r => r switch { 0 => cols, 1 => 0, 2 => 1, 3 => cols - 1, _ => random.Next(cols + 1) })];
        byte[] Kept(int n) => [.. Enumerable.Range(0, n).Select(_ => (byte)(random.Next(3) == 0 ? 0 : random.Next(1, 256)))];
        float[] Biases(int n) => [.. Enumerable.Range(0, n).Select(_ => random.Next(5) == 0 ? float.NegativeInfinity : (float)(4 * random.NextDouble() - 2))];
        byte[] keep = Kept(rows * cols);
        float[] bias = Biases(rows * cols);
        // A row of each without any column, and the last of each with one column.
        Array.Clear(keep, (rows - 2) * cols, 2 * cols);
        keep[^1] = 1;
        bias.AsSpan((rows - 2) * cols).Fill(float.NegativeInfinity);
        bias[^2] = 0.5f;
        return
        [
            new(),
            new() { Name = "causal", CausalOffset = 0 },
            new() { Name = "causal, offset 5", CausalOffset = 5 },
            new() { Name = "causal, offset -3", CausalOffset = -3 },
            new() { Name = "causal, offset beyond every column", CausalOffset = int.MaxValue },
            new() { Name = "causal, period 4", CausalOffset = cols / 2, CausalPeriod = 4 },
            new() { Name = "lengths", Lengths = lengths },
            new() { Name = "keep by columns", Keep = Kept(cols) },
            new() { Name = "keep by elements", Keep = keep },
            new() { Name = "bias by columns", Bias = Biases(cols) },
            new() { Name = "bias by elements", Bias = bias },
            new() { Name = "causal and lengths", CausalOffset = cols / 3, Lengths = lengths },
            new() { Name = "causal and keep", CausalOffset = cols / 3, CausalPeriod = 5, Keep = keep },
            new() { Name = "lengths and bias", Lengths = lengths, Bias = bias },
            new() { Name = "keep and bias", Keep = keep, Bias = Biases(cols) },
            new() { Name = "all four", CausalOffset = cols / 2, CausalPeriod = 7, Lengths = lengths, Keep = Kept(cols), Bias = bias },
        ];
    }
}
