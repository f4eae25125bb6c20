using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kernels.Tool;

/// <summary>Rows of equal length.</summary>
sealed record BenchShape(int Rows, int Cols)
{
    [JsonIgnore] public long Elements => (long)Rows * Cols;

    public override string ToString() => $"{Rows}x{Cols}";
}

/// <summary>What is measured and how often.</summary>
/// <param name="Shapes">In the order of the report.</param>
/// <param name="Processes">The report holds medians over them: code and data lie at other addresses in each.</param>
/// <param name="Rounds">In each of them the competitors take turns once.</param>
/// <param name="LargeRounds">The same for <see cref="IsLarge"/> shapes.</param>
/// <param name="BatchElements">A turn of small shapes repeats the call until about so many elements are done.</param>
/// <param name="Threads">Of ours; the peers have one.</param>
/// <param name="WarmUp">Whether to wait until the JIT compiler has finished: without, times mean little.</param>
sealed record BenchSettings(IReadOnlyList<BenchShape> Shapes, int Processes, int Rounds, int LargeRounds, int BatchElements, int Threads, bool WarmUp)
{
    static readonly BenchShape[] Small = [new(1, 4096), new(1, 16384), new(1, 65536), new(1024, 128), new(1024, 1024)];
    static readonly BenchShape[] Large = [new(512, 32000), new(1, 1 << 24), new(1, 1 << 26)];

    // Lengths of the plot: 2^8 to 2^26.
    const int CurveFirst = 8, CurveLast = 26, CurveLastQuick = 20;

    /// <summary>Shapes from so many elements on have their floor measured, and fewer rounds.</summary>
    public const long LargeElements = 1 << 22;

    public static BenchSettings Of(bool quick, int threads, bool curve)
    {
        List<BenchShape> shapes = [.. Small, .. quick ? [] : Large];
        if (curve) shapes.AddRange(Enumerable.Range(CurveFirst, (quick ? CurveLastQuick : CurveLast) - CurveFirst + 1).Select(e => new BenchShape(1, 1 << e)).Except(shapes));
        return new(shapes, quick ? 1 : 5, quick ? 21 : 61, quick ? 5 : 15, 1 << 19, threads, WarmUp: true);
    }

    public static bool IsLarge(BenchShape shape) => shape.Elements >= LargeElements;

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
