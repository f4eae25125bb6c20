using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Benchmarks.Yardsticks;

// Axpy and Dot by hand for AVX-512: four vectors in flight, one masked tail.
static unsafe class Vectors512
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Mask(nint count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Axpy(float a, float* x, float* y, nint n)
    {
        Vector512<float> va = Vector512.Create(a);
        nint i = 0;
        for (; i <= n - 64; i += 64)
        {
            Vector512<float> y0 = Vector512.FusedMultiplyAdd(va, Vector512.Load(x + i), Vector512.Load(y + i));
            Vector512<float> y1 = Vector512.FusedMultiplyAdd(va, Vector512.Load(x + i + 16), Vector512.Load(y + i + 16));
            Vector512<float> y2 = Vector512.FusedMultiplyAdd(va, Vector512.Load(x + i + 32), Vector512.Load(y + i + 32));
            Vector512<float> y3 = Vector512.FusedMultiplyAdd(va, Vector512.Load(x + i + 48), Vector512.Load(y + i + 48));
            y0.Store(y + i);
            y1.Store(y + i + 16);
            y2.Store(y + i + 32);
            y3.Store(y + i + 48);
        }
        for (; i < n; i += 16)
        {
            Vector512<float> mask = Mask(n - i), zero = Vector512<float>.Zero;
            Avx512F.MaskStore(y + i, mask, Vector512.FusedMultiplyAdd(va, Avx512F.MaskLoad(x + i, mask, zero), Avx512F.MaskLoad(y + i, mask, zero)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Wide(float* p) => Avx512F.ConvertToVector512Double(Vector256.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(float* x, float* y, nint n)
    {
        Vector512<double> a = Vector512<double>.Zero, b = a, c = a, d = a;
        nint i = 0;
        for (; i <= n - 32; i += 32)
        {
            a = Vector512.FusedMultiplyAdd(Wide(x + i), Wide(y + i), a);
            b = Vector512.FusedMultiplyAdd(Wide(x + i + 8), Wide(y + i + 8), b);
            c = Vector512.FusedMultiplyAdd(Wide(x + i + 16), Wide(y + i + 16), c);
            d = Vector512.FusedMultiplyAdd(Wide(x + i + 24), Wide(y + i + 24), d);
        }
        for (; i < n; i += 16)
        {
            Vector512<float> mask = Mask(n - i), u = Avx512F.MaskLoad(x + i, mask, Vector512<float>.Zero), v = Avx512F.MaskLoad(y + i, mask, Vector512<float>.Zero);
            a = Vector512.FusedMultiplyAdd(Avx512F.ConvertToVector512Double(u.GetLower()), Avx512F.ConvertToVector512Double(v.GetLower()), a);
            b = Vector512.FusedMultiplyAdd(Avx512F.ConvertToVector512Double(u.GetUpper()), Avx512F.ConvertToVector512Double(v.GetUpper()), b);
        }
        a = (a + c) + (b + d);
        Vector256<double> h = a.GetLower() + a.GetUpper();
        Vector128<double> q = h.GetLower() + h.GetUpper();
        return q.ToScalar() + q.GetElement(1);
    }
}
