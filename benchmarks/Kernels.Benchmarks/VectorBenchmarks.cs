using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;

namespace Kernels.Benchmarks;

/// <summary>The cases one by one under BenchmarkDotNet: slower than the comparer, with its statistics.</summary>
public unsafe class VectorBenchmarks
{
    float* x, y;
    Case item = Case.All[0];

    [Params(4096, 65536, 1 << 20)]
    public int Length { get; set; }

    [Params("axpy", "dot", "softmax row")]
    public string Kernel { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        item = Case.All.Single(c => c.Name == Kernel);
        item.Check();
        x = (float*)NativeMemory.AlignedAlloc((nuint)Length * 4, 64);
        y = (float*)NativeMemory.AlignedAlloc((nuint)Length * 4, 64);
        for (int i = 0; i < Length; i++) (x[i], y[i]) = (MathF.Sin(i) * 10, 1);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        NativeMemory.AlignedFree(x);
        NativeMemory.AlignedFree(y);
    }

    [Benchmark(Baseline = true)]
    public void Hand() => item.Hand(x, y, Length);

    [Benchmark]
    public void PlainCSharp() => item.Spec(x, y, Length);

    [Benchmark]
    public void Generated() => item.Generated!(x, y, Length);
}
