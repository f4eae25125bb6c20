using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Kernels.Runtime;
using Kernels.Tool;

namespace Kernels.Benchmarks;

/// <summary>Softmax and its peers one by one under BenchmarkDotNet: its statistics, but no taking turns; ratios are those of `kernels bench softmax`.</summary>
[Config(typeof(OneThread))]
public unsafe class SoftmaxBenchmarks
{
    // OpenMP reads it when a library that uses it is loaded.
    sealed class OneThread : ManualConfig
    {
        public OneThread() => AddJob(Job.Default.WithEnvironmentVariable("OMP_NUM_THREADS", "1"));
    }

    NativeBuffer<float> x = new(0), y = new(0);
    SoftmaxPeer peer = new Ours(1);

    [Params("1x4096", "1x65536", "1024x128", "1024x1024", "512x32000", "1x16777216")]
    public string Shape { get; set; } = "";

    [ParamsSource(nameof(Names))]
    public string Competitor { get; set; } = "";

    /// <summary>Those that are installed here.</summary>
    public static IEnumerable<string> Names => All().Where(p => p.Info.Missing is null).Select(p => p.Info.Name);

    static SoftmaxPeer[] All() => [new Ours(1), .. SoftmaxPeer.All()];

    [GlobalSetup]
    public void Setup()
    {
        int[] sizes = [.. Shape.Split('x').Select(int.Parse)];
        long elements = (long)sizes[0] * sizes[1];
        // Places in the page that differ: equal ones slow some competitors down.
        x = new(elements);
        y = new(elements + 256);
        var random = new Random(1);
        foreach (ref float v in x.Span) v = (float)(random.NextDouble() * 20 - 10);
        peer = All().Single(p => p.Info.Name == Competitor);
        peer.Prepare(sizes[0], sizes[1]);
    }

    [Benchmark]
    public void Softmax() => peer.Run(x.Pointer, y.Pointer + 256);

    [GlobalCleanup]
    public void Cleanup()
    {
        peer.Dispose();
        x.Dispose();
        y.Dispose();
    }
}
