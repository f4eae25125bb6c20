using BenchmarkDotNet.Attributes;
using Kernels.Tool;

namespace Kernels.Benchmarks;

/// <summary>log I and log K and their peers one by one under BenchmarkDotNet: its statistics, but no taking turns; ratios are those of `kernels bench log-bessel`.</summary>
public class LogBesselBenchmarks
{
    const int Values = 1000;

    double[] v = [], x = [];
    readonly double[] y = new double[Values];
    LogBesselPeer peer = new OurLogBessel(1);

    [ParamsSource(nameof(Grids))]
    public string Grid { get; set; } = "";

    [ParamsSource(nameof(Names))]
    public string Competitor { get; set; } = "";

    public static IEnumerable<string> Grids => BesselGrid.All.Select(g => g.Name);

    /// <summary>Those that are installed here.</summary>
    public static IEnumerable<string> Names => All().Where(p => p.Info.Missing is null).Select(p => p.Info.Name);

    static LogBesselPeer[] All() => [new OurLogBessel(1), .. LogBesselPeer.All()];

    [GlobalSetup]
    public void Setup()
    {
        (v, x) = BesselGrid.All.Single(g => g.Name == Grid).Points(Values);
        peer = All().Single(p => p.Info.Name == Competitor);
    }

    [Benchmark(OperationsPerInvoke = Values)]
    public void LogI() => peer.Run(true, v, x, y);

    [Benchmark(OperationsPerInvoke = Values)]
    public void LogK() => peer.Run(false, v, x, y);
}
