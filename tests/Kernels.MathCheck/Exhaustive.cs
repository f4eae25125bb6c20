using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Kernels.MathCheck;

/// <summary>The worst of a set of arguments, over both flavours of MulAdd.</summary>
public readonly record struct Measured(double MaxUlp, float WorstInput, long Count)
{
    public static Measured operator +(Measured a, Measured b) =>
        (a.MaxUlp >= b.MaxUlp ? a : b) with { Count = a.Count + b.Count };
}

/// <summary>One line of docs/math-exhaustive.json: what a run over all floats found, and of which source text.</summary>
public sealed record ExhaustiveRecord(string Function, string SourceHash, double MaxUlp, string WorstInput, long Count);

/// <summary>Measures float functions over bit patterns, and keeps the records.</summary>
public static class Exhaustive
{
    static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Every step-th bit pattern, from first on, below end.</summary>
    public static Measured Measure(SingleFunction function, long first, long end, int step)
    {
        double worst = -1;
        float worstInput = 0;
        long count = 0;
        for (long bits = first; bits < end; bits += step, count++)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            float plain = function.Plain(x), fused = function.Fused(x);
            double exact = function.Oracle(x);
            // Correctly rounded both ways: nothing above half an ulp to find.
            float rounded = (float)exact;
            if (plain == rounded && fused == rounded && worst >= 0.5) continue;
            double error = Math.Max(Ulp.Error(plain, exact), Ulp.Error(fused, exact));
            if (error > worst) (worst, worstInput) = (error, x);
        }
        return new(worst, worstInput, count);
    }

    /// <summary>All 2^32 bit patterns on two threads.</summary>
    public static ExhaustiveRecord Run(SingleFunction function, Action<double> progress)
    {
        const int Pieces = 1024;
        const long Piece = (1L << 32) / Pieces;
        Measured total = new(-1, 0, 0);
        int done = 0;
        Lock gate = new();
        Parallel.For(0, Pieces, new ParallelOptions { MaxDegreeOfParallelism = 2 }, piece =>
        {
            Measured part = Measure(function, piece * Piece, (piece + 1) * Piece, 1);
            lock (gate)
            {
                total += part;
                progress(++done / (double)Pieces);
            }
        });
        return new(function.Name, SourceHash(function), Math.Round(total.MaxUlp, 4), total.WorstInput.ToString("R", CultureInfo.InvariantCulture), total.Count);
    }

    /// <summary>Of the code lines (comments, blank lines and indentation aside) of the function's files and the primitives'.</summary>
    public static string SourceHash(SingleFunction function)
    {
        var text = new StringBuilder();
        foreach (string file in function.Files.Append("Primitives").Append("MulAdd"))
            foreach (string line in File.ReadLines(Path.Combine(Root, "src", "Kernels.Authoring", $"KernelMath.{file}.cs")).Select(l => l.Trim()))
                if (line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)) text.Append(line).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    /// <summary>The records as committed.</summary>
    public static List<ExhaustiveRecord> Load() =>
        File.Exists(RecordFile) ? JsonSerializer.Deserialize<List<ExhaustiveRecord>>(File.ReadAllText(RecordFile), Json)! : [];

    /// <summary>Replaces the record of the same function.</summary>
    public static void Save(ExhaustiveRecord record)
    {
        var records = Load().Where(r => r.Function != record.Function).Append(record).OrderBy(r => r.Function, StringComparer.Ordinal);
        File.WriteAllText(RecordFile, JsonSerializer.Serialize(records, Json).ReplaceLineEndings("\n") + "\n");
    }

    static string RecordFile => Path.Combine(Root, "docs", "math-exhaustive.json");

    static string Root => FindRoot();

    static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
