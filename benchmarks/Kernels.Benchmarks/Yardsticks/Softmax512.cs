using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Kernels.Benchmarks.Yardsticks;

// SoftmaxRow.Row by hand for AVX-512: four vectors in flight, each loop in a method of its own that returns where it stopped, tails by mask.
static unsafe class Softmax512
{
    const float Log2E = 1.44269502f, Ln2High = 0.693147182f, Ln2Low = -1.90465421e-9f;

    public static void Row(float* x, float* y, int n)
    {
        var state = new SoftmaxState(Max(x, Math.Min(n, 256)));
        if (!state.Near) state = new SoftmaxState(Max(x, n));
        int at = 0;
        while (at < n && state.Near)
        {
            at = Sum(x, at, n, state.Low, state.High, state.Exponent, &state.Total);
            if (at < n) state.RaiseTo(Max(x + at, Math.Min(n - at, 256)));
        }
        if (state.Near)
        {
            state.Finish(out float m, out float r);
            Scale(x, y, n, state.Low, state.Exponent, m, r);
        }
        else SoftmaxState.Far(x, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Mask(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Tail(float* x, int count) => Avx512F.MaskLoad(x, Mask(count), Vector512.Create(float.NegativeInfinity));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Max(float* x, int n)
    {
        V a = Vector512.Create(float.NegativeInfinity), b = Vector512.Create(float.NegativeInfinity), c = Vector512.Create(float.NegativeInfinity), d = Vector512.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= n - 64; i += 64)
        {
            a = Avx512F.Max(Vector512.Load(x + i), a);
            b = Avx512F.Max(Vector512.Load(x + i + 16), b);
            c = Avx512F.Max(Vector512.Load(x + i + 32), c);
            d = Avx512F.Max(Vector512.Load(x + i + 48), d);
        }
        for (; i < n; i += 16) a = Avx512F.Max(Tail(x + i, n - i), a);
        a = Avx512F.Max(Avx512F.Max(a, c), Avx512F.Max(b, d));
        Vector256<float> h = Avx.Max(a.GetLower(), a.GetUpper());
        Vector128<float> q = Sse.Max(h.GetLower(), h.GetUpper());
        q = Sse.Max(q, Vector128.Shuffle(q, Vector128.Create(2, 3, 0, 1)));
        return Sse.Max(q, Vector128.Shuffle(q, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    // The pairwise halving tree.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Fold(V a, V b, V c, V d)
    {
        V s = (a + c) + (b + d);
        Vector256<float> h = s.GetLower() + s.GetUpper();
        Vector128<float> q = h.GetLower() + h.GetUpper();
        q += Vector128.Shuffle(q, Vector128.Create(2, 3, 0, 1));
        return q.ToScalar() + q.GetElement(1);
    }

    // e^t, t = z - n*ln 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Split(V z, V n)
    {
        V t = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), z));
        V p = Vector512.FusedMultiplyAdd(t, Vector512.Create(0.00119437557f), Vector512.Create(0.00836713333f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.0417004004f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.16666539f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.499998719f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1f));
        return Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Power(V x, V low, V exponent)
    {
        V z = Avx512F.Max(low, x), n = Avx512F.RoundScale(z * Vector512.Create(Log2E), 0);
        return Avx512F.Scale(Split(z, n), n - exponent);
    }

    // Adds to *total until an element is above high; returns where.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Sum(float* x, int at, int end, float low, float high, float exponent, double* total)
    {
        V vl = Vector512.Create(low), vh = Vector512.Create(high), ve = Vector512.Create(exponent);
        double sum = *total;
        int i = at;
        while (true)
        {
            V a = V.Zero, b = V.Zero, c = V.Zero, d = V.Zero;
            int stop = Math.Min(end - 63, i + 256);
            for (; i < stop; i += 64)
            {
                V x0 = Vector512.Load(x + i);
                V x1 = Vector512.Load(x + i + 16);
                V x2 = Vector512.Load(x + i + 32);
                V x3 = Vector512.Load(x + i + 48);
                if (Vector512.GreaterThanAny(Avx512F.Max(Avx512F.Max(x0, x1), Avx512F.Max(x2, x3)), vh)) { *total = sum + Fold(a, b, c, d); return i; }
                a += Power(x0, vl, ve);
                b += Power(x1, vl, ve);
                c += Power(x2, vl, ve);
                d += Power(x3, vl, ve);
            }
            if (i > end - 64)
            {
                for (; i < end; i += 16)
                {
                    V z = Tail(x + i, end - i);
                    if (Vector512.GreaterThanAny(z, vh)) { *total = sum + Fold(a, b, c, d); return i; }
                    a += Power(z, vl, ve);
                }
                *total = sum + Fold(a, b, c, d);
                return end;
            }
            sum += Fold(a, b, c, d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Power(V x, V low, V exponent, V m, V r)
    {
        V z = Avx512F.Max(low, x), n = Avx512F.RoundScale(z * Vector512.Create(Log2E), 0), p = Split(z, n);
        return Avx512F.Scale(Vector512.FusedMultiplyAdd(p, m, p * r), n - exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scale(float* x, float* y, int n, float low, float exponent, float m, float r)
    {
        V vl = Vector512.Create(low), ve = Vector512.Create(exponent), vm = Vector512.Create(m), vr = Vector512.Create(r);
        int i = 0;
        for (; i <= n - 64; i += 64)
        {
            V y0 = Power(Vector512.Load(x + i), vl, ve, vm, vr);
            V y1 = Power(Vector512.Load(x + i + 16), vl, ve, vm, vr);
            V y2 = Power(Vector512.Load(x + i + 32), vl, ve, vm, vr);
            V y3 = Power(Vector512.Load(x + i + 48), vl, ve, vm, vr);
            y0.Store(y + i);
            y1.Store(y + i + 16);
            y2.Store(y + i + 32);
            y3.Store(y + i + 48);
        }
        for (; i < n; i += 16)
        {
            V mask = Mask(n - i);
            Avx512F.MaskStore(y + i, mask, Power(Tail(x + i, n - i), vl, ve, vm, vr));

        }
    }
}
