using Kernels.Generators.Passes;
using Kernels.Generators.Targets;
using Kernels.Generators.Tests.Frontend;
using Kernels.Testing;

namespace Kernels.Generators.Tests.Targets;

/// Binned cores against the same cores with branches, bit for bit: both compute each element by the same operations. Arrays end at guard pages.
public unsafe class BinnedCoresTests
{
    // Cases with a loop over a table, an if, several results, and one that ignores its arguments; the region number is x itself.
    const string Text = """
        [ElementKernel] static double F(double v, double x, out double second)
        {
            double scaled = v * 0.5;
            double r = Piece((int)x, v, x, scaled, out double other);
            second = other + scaled;
            return r;
        }
        static double Piece(int region, double v, double x, double scaled, out double other)
        {
            var both = Pieces(region, v, x, scaled);
            other = both.Item2;
            return both.Item1;
        }
        static readonly double[] table = [1, 0.5, 0.25, 0.125, -0.3, 0.7, 0.01, -2, 3, 0.6, 0.9, -0.11, 0.13, 0.17, 0.19, 0.23, 0.29, 0.31, 0.37, 0.41];
        [Compact, Schedule(Vectors = 2)] static (double, double) Pieces(int region, double v, double x, double scaled)
        {
            switch (region)
            {
                case 0: return (Series(v), x);
                case 1: return (KernelMath.Exp(v) * KernelMath.Log(x + v), v - x);
                case 2: return (Root(v), v);
                case 4: return (3, 4);
                default: return (-x, Series(scaled));
            }
        }
        [Schedule(Vectors = 4)] static double Series(double v) { double s = 0; for (int k = 0; k < 20; k++) s = KernelMath.MulAdd(s, v, table[k]); return s; }
        [Schedule(Vectors = 1)] static double Root(double v) { double r = KernelMath.Sqrt(KernelMath.Abs(v)); if (v < 0) r = -KernelMath.Exp(r) / (1 + r); return r; }
        """;

    static readonly CompiledCores cores = Compile();

    static CompiledCores Compile()
    {
        var f = Compiler.Variants(Source.Lower(Text)).First(v => v.Variant.ScalarInputs.Count == 0).Function;
        var text = new System.Text.StringBuilder("#pragma warning disable\n" + Compiler.CoreUsings);
        foreach (var (name, limits) in new[] { ("F0", Binning.Limits.Default), ("F1", new Binning.Limits(Worth: int.MaxValue)) })
        {
            text.Append($"public static unsafe class {name} {{\n");
            foreach (var target in CpuTarget.All) text.Append(Compiler.Core(f, target, limits: limits));
            text.Append("}\n");
        }
        foreach (var target in CpuTarget.All.Where(t => t.VectorBits > 0)) Assert.Equal(6 + 3, Compiler.Lower(f, target).Parts.Count);
        return CompiledCores.Compile(text.ToString());
    }

    /// Both results, one behind the other.
    static ulong[] Run(int core, CpuTarget target, double[] v, double[] x, bool inPlace = false)
    {
        int n = v.Length;
        using GuardedBuffer<double> a = new(n), b = new(n), c = new(n), d = new(n);
        v.CopyTo(a.Span);
        x.CopyTo(b.Span);
        var (y, z) = inPlace ? (a, b) : (c, d);
        Assert.Equal(0, cores.Run(core, target, (nint)a.Pointer, n, (nint)b.Pointer, n, (nint)y.Pointer, n, (nint)z.Pointer, n));
        foreach (var buffer in new[] { a, b, c, d }) buffer.CheckCanaries();
        return [.. y.Span.ToArray().Concat(z.Span.ToArray()).Select(BitConverter.DoubleToUInt64Bits)];
    }

    static double[] Make(int n, Func<int, double> f) => [.. Enumerable.Range(0, n).Select(f)];

    public static TheoryData<string, Func<int, Random, double>> Regions => new()
    {
        { "all equal", (_, _) => 1.25 },
        { "alternating", (k, _) => k % 2 },
        { "random, some outside", (_, r) => r.Next(-2, 8) + r.NextDouble() },
        { "one lane different", (k, _) => k % 29 == 17 ? 2 : 0.5 },
        { "one different far away", (k, _) => k == 2500 ? 3 : 1.5 },
        { "blocks of one region each", (k, _) => k / 2048 },
    };

    [Theory]
    [MemberData(nameof(Regions))]
    public void Binned_is_branched_bit_for_bit(string name, Func<int, Random, double> region)
    {
        Assert.NotEmpty(name);
        foreach (var target in CompiledCores.Runnable())
            foreach (int n in Enumerable.Range(0, 71).Concat([127, 128, 129, 255, 1023, 2047, 2048, 2049, 2200, 4096, 4097, 5300]))
            {
                var r = new Random(n);
                double[] v = Make(n, _ => 4 * r.NextDouble() - 2), x = Make(n, k => region(k, r));
                var expected = Run(1, target, v, x);
                Assert.True(expected.SequenceEqual(Run(0, target, v, x)), $"{target.Name}, {n} elements");
                Assert.True(expected.SequenceEqual(Run(0, target, v, x, inPlace: true)), $"{target.Name}, {n} elements in place");
            }
    }

    [Fact]
    public void Elements_do_not_see_each_other()
    {
        foreach (var target in CompiledCores.Runnable())
        {
            const int N = 3500;
            var r = new Random(7);
            double[] v = Make(N, _ => 4 * r.NextDouble() - 2), x = Make(N, _ => 6 * r.NextDouble());
            var plain = Run(0, target, v, x);
            int[] order = [.. Enumerable.Range(0, N).OrderBy(_ => r.Next())];
            var permuted = Run(0, target, Make(N, k => v[order[k]]), Make(N, k => x[order[k]]));
            for (int k = 0; k < N; k++) Assert.True(plain[order[k]] == permuted[k] && plain[N + order[k]] == permuted[N + k], $"{target.Name}: {k}");
            for (int k = 0; k < N; k += 311)
            {
                double[] spoilt = [.. v];
                spoilt[k] = double.NaN;
                var other = Run(0, target, spoilt, x);
                for (int j = 0; j < N; j++) Assert.True(j == k || plain[j] == other[j] && plain[N + j] == other[N + j], $"{target.Name}: NaN at {k} changes {j}");
            }
        }
    }
}
