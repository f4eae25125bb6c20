namespace Kernels.Tool;

/// <summary>Arguments: v and x of one grid.</summary>
sealed record BesselGrid(string Name, Func<Random, (double V, double X)> Sample)
{
    /// <summary>The grids of the family's goals; docs/logbessel.md describes them.</summary>
    public static IReadOnlyList<BesselGrid> All { get; } =
    [
        new("small", r => (12 * r.NextDouble(), 20 * r.NextDouble())),
        new("medium", r => (100 * r.NextDouble(), 100 * r.NextDouble())),
        new("large", r => (100 + 9900 * r.NextDouble(), 100 + 9900 * r.NextDouble())),
        new("big x", r => (15 * r.NextDouble(), 30 + 9970 * r.NextDouble())),
        new("mixed", r => (Logarithmic(r, 1e-2, 1e5), Logarithmic(r, 1e-2, 1e5))),
        new("vMF", r => (((int[])[1023, 4095, 16383])[r.Next(3)], Logarithmic(r, 1e2, 1e5))),
    ];

    static double Logarithmic(Random r, double from, double to) => from * Math.Pow(to / from, r.NextDouble());

    /// <summary>Always the same ones.</summary>
    public (double[] V, double[] X) Points(int count)
    {
        var random = new Random(1);
        var points = Enumerable.Range(0, count).Select(_ => Sample(random)).ToArray();
        return ([.. points.Select(p => p.V)], [.. points.Select(p => p.X)]);
    }
}
