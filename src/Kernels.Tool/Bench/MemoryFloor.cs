using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tool;

/// <summary>What the memory takes for data beyond the caches, whatever is computed: one pass that reads, and one that reads and writes past the caches.</summary>
static unsafe class MemoryFloor
{
    // Floats of a step; addresses and, but for the last piece, lengths are multiples of it.
    const int Step = 64;

    public static void Read(float* x, long n, int threads) => Pieces(n, threads, (from, count) => Sink = Read(x + from, count));

    /// <summary>x and y are aligned to 64 bytes.</summary>
    public static void Copy(float* x, float* y, long n, int threads) => Pieces(n, threads, (from, count) => Copy(x + from, y + from, count));

    // So that no sum is dropped as unused.
    static volatile float Sink;

    static void Pieces(long n, int threads, Action<long, long> run)
    {
        if (threads == 1)
        {
            run(0, n);
            return;
        }
        long piece = (n / threads + Step - 1) / Step * Step;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, t =>
        {
            long from = Math.Min(n, t * piece);
            run(from, Math.Min(n, from + piece) - from);
        });
    }

    // Four accumulators, for as many loads in flight as the processor can have.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Read(float* x, long n)
    {
        long i = 0;
        float sum;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (; i <= n - 64; i += 64)
            {
                a += Vector512.Load(x + i);
                b += Vector512.Load(x + i + 16);
                c += Vector512.Load(x + i + 32);
                d += Vector512.Load(x + i + 48);
            }
            sum = Vector512.Sum(a + b + (c + d));
        }
        else
        {
            Vector256<float> a = default, b = default, c = default, d = default;
            for (; i <= n - 32; i += 32)
            {
                a += Vector256.Load(x + i);
                b += Vector256.Load(x + i + 8);
                c += Vector256.Load(x + i + 16);
                d += Vector256.Load(x + i + 24);
            }
            sum = Vector256.Sum(a + b + (c + d));
        }
        for (; i < n; i++) sum += x[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy(float* x, float* y, long n)
    {
        long i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i <= n - 64; i += 64)
            {
                Vector512<float> a = Vector512.Load(x + i), b = Vector512.Load(x + i + 16), c = Vector512.Load(x + i + 32), d = Vector512.Load(x + i + 48);
                Vector512.StoreAlignedNonTemporal(a, y + i);
                Vector512.StoreAlignedNonTemporal(b, y + i + 16);
                Vector512.StoreAlignedNonTemporal(c, y + i + 32);
                Vector512.StoreAlignedNonTemporal(d, y + i + 48);
            }
        else
            for (; i <= n - 32; i += 32)
            {
                Vector256<float> a = Vector256.Load(x + i), b = Vector256.Load(x + i + 8), c = Vector256.Load(x + i + 16), d = Vector256.Load(x + i + 24);
                Vector256.StoreAlignedNonTemporal(a, y + i);
                Vector256.StoreAlignedNonTemporal(b, y + i + 8);
                Vector256.StoreAlignedNonTemporal(c, y + i + 16);
                Vector256.StoreAlignedNonTemporal(d, y + i + 24);
            }
        for (; i < n; i++) y[i] = x[i];
        if (Sse.IsSupported) Sse.StoreFence();
    }
}
