using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Benchmarks.Yardsticks;

// Axpy and Dot by hand for AVX2: four vectors in flight, as neither needs many registers, and masked tails.
static unsafe class Vectors256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Mask(nint count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Axpy(float a, float* x, float* y, nint n)
    {
        Vector256<float> va = Vector256.Create(a);
        nint i = 0;
        for (; i <= n - 32; i += 32)
        {
            Vector256<float> y0 = Vector256.FusedMultiplyAdd(va, Vector256.Load(x + i), Vector256.Load(y + i));
            Vector256<float> y1 = Vector256.FusedMultiplyAdd(va, Vector256.Load(x + i + 8), Vector256.Load(y + i + 8));
            Vector256<float> y2 = Vector256.FusedMultiplyAdd(va, Vector256.Load(x + i + 16), Vector256.Load(y + i + 16));
            Vector256<float> y3 = Vector256.FusedMultiplyAdd(va, Vector256.Load(x + i + 24), Vector256.Load(y + i + 24));
            y0.Store(y + i);
            y1.Store(y + i + 8);
            y2.Store(y + i + 16);
            y3.Store(y + i + 24);
        }
        for (; i < n; i += 8)
        {
            Vector256<float> mask = Mask(n - i);
            Avx.MaskStore(y + i, mask, Vector256.FusedMultiplyAdd(va, Avx.MaskLoad(x + i, mask), Avx.MaskLoad(y + i, mask)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> Wide(float* p) => Avx.ConvertToVector256Double(Vector128.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(float* x, float* y, nint n)
    {
        Vector256<double> a = Vector256<double>.Zero, b = a, c = a, d = a;
        nint i = 0;
        for (; i <= n - 16; i += 16)
        {
            a = Vector256.FusedMultiplyAdd(Wide(x + i), Wide(y + i), a);
            b = Vector256.FusedMultiplyAdd(Wide(x + i + 4), Wide(y + i + 4), b);
            c = Vector256.FusedMultiplyAdd(Wide(x + i + 8), Wide(y + i + 8), c);
            d = Vector256.FusedMultiplyAdd(Wide(x + i + 12), Wide(y + i + 12), d);
        }
        for (; i < n; i += 8)
        {
            Vector256<float> mask = Mask(n - i), u = Avx.MaskLoad(x + i, mask), v = Avx.MaskLoad(y + i, mask);
            a = Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Double(u.GetLower()), Avx.ConvertToVector256Double(v.GetLower()), a);
            b = Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Double(u.GetUpper()), Avx.ConvertToVector256Double(v.GetUpper()), b);
        }
        a = (a + c) + (b + d);
        Vector128<double> q = a.GetLower() + a.GetUpper();
        return q.ToScalar() + q.GetElement(1);
    }
}
