using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector256<float>;

namespace Kernels.Benchmarks.Yardsticks;

// SoftmaxRow.Row by hand for AVX2: two vectors in flight, as 16 registers hold no more, tails by mask.
static unsafe class Softmax256
{
    const float Log2E = 1.44269502f, Ln2High = 0.693147182f, Ln2Low = -1.90465421e-9f;

    public static void Row(float* x, float* y, int n)
    {
        var state = new SoftmaxState(Max(x, Math.Min(n, 256)));
        if (!state.Near) state = new SoftmaxState(Max(x, n));
        int at = 0;
        while (at < n && state.Near)
        {
            at = Sum(x, at, n, state.Low + 18, state.High, state.Exponent, &state.Total);
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
    static V Mask(int count) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Tail(float* x, int count)
    {
        V mask = Mask(count);
        return Avx.BlendVariable(Vector256.Create(float.NegativeInfinity), Avx.MaskLoad(x, mask), mask);
    }

    // 2^n for integral n from -126 to 127: the shift drops all of the magic number's sum but the exponent.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Power2(V n) => Vector256.ShiftLeft((n + Vector256.Create(12583039f)).AsInt32(), 23).AsSingle();

    // p 2^n for n from -226 on, in two steps, so that subnormal results are rounded once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Subnormal(V p, V n)
    {
        V first = Avx.Max(n, Vector256.Create(-100f));
        return p * Power2(first) * Power2(n - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Max(float* x, int n)
    {
        V a = Vector256.Create(float.NegativeInfinity), b = Vector256.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= n - 16; i += 16)
        {
            a = Avx.Max(Vector256.Load(x + i), a);
            b = Avx.Max(Vector256.Load(x + i + 8), b);
        }
        for (; i < n; i += 8) a = Avx.Max(Tail(x + i, n - i), a);
        a = Avx.Max(a, b);
        Vector128<float> q = Sse.Max(a.GetLower(), a.GetUpper());
        q = Sse.Max(q, Vector128.Shuffle(q, Vector128.Create(2, 3, 0, 1)));
        return Sse.Max(q, Vector128.Shuffle(q, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    // The pairwise halving tree.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Fold(V a, V b)
    {
        V s = a + b;
        Vector128<float> q = s.GetLower() + s.GetUpper();
        q += Vector128.Shuffle(q, Vector128.Create(2, 3, 0, 1));
        return q.ToScalar() + q.GetElement(1);
    }

    // e^t, t = z - n*ln 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Split(V z, V n)
    {
        V t = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2Low), Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), z));
        V p = Vector256.FusedMultiplyAdd(t, Vector256.Create(0.00119437557f), Vector256.Create(0.00836713333f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.0417004004f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.16666539f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(0.499998719f));
        p = Vector256.FusedMultiplyAdd(p, t, Vector256.Create(1f));
        return Vector256.FusedMultiplyAdd(p, t, Vector256.Create(1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Power(V x, V low, V exponent)
    {
        V z = Avx.Max(low, x), n = Avx.RoundToNearestInteger(z * Vector256.Create(Log2E));
        return Split(z, n) * Power2(n - exponent);
    }

    // Adds to *total until an element is above high; returns where.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Sum(float* x, int at, int end, float low, float high, float exponent, double* total)
    {
        V vl = Vector256.Create(low), vh = Vector256.Create(high), ve = Vector256.Create(exponent);
        double sum = *total;
        int i = at;
        while (true)
        {
            V a = V.Zero, b = V.Zero;
            int stop = Math.Min(end - 15, i + 64);
            for (; i < stop; i += 16)
            {
                V x0 = Vector256.Load(x + i);
                V x1 = Vector256.Load(x + i + 8);
                if (Vector256.GreaterThanAny(Avx.Max(x0, x1), vh)) { *total = sum + Fold(a, b); return i; }
                a += Power(x0, vl, ve);
                b += Power(x1, vl, ve);
            }
            if (i > end - 16)
            {
                for (; i < end; i += 8)
                {
                    V z = Tail(x + i, end - i);
                    if (Vector256.GreaterThanAny(z, vh)) { *total = sum + Fold(a, b); return i; }
                    a += Power(z, vl, ve);
                }
                *total = sum + Fold(a, b);
                return end;
            }
            sum += Fold(a, b);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Power(V x, V low, V exponent, V m, V r, out V d)
    {
        V z = Avx.Max(low, x), n = Avx.RoundToNearestInteger(z * Vector256.Create(Log2E)), p = Split(z, n);
        d = n - exponent;
        return Vector256.FusedMultiplyAdd(p, m, p * r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scale(float* x, float* y, int n, float low, float exponent, float m, float r)
    {
        V vl = Vector256.Create(low), ve = Vector256.Create(exponent), vm = Vector256.Create(m), vr = Vector256.Create(r);
        int i = 0;
        for (; i <= n - 16; i += 16)
        {
            V y0 = Power(Vector256.Load(x + i), vl, ve, vm, vr, out V d0);
            V y1 = Power(Vector256.Load(x + i + 8), vl, ve, vm, vr, out V d1);
            if (Vector256.LessThanAny(Avx.Min(d0, d1), Vector256.Create(-126f)))
            {
                y0 = Subnormal(y0, d0);
                y1 = Subnormal(y1, d1);
            }
            else
            {
                y0 *= Power2(d0);
                y1 *= Power2(d1);
            }
            y0.Store(y + i);
            y1.Store(y + i + 8);
        }
        for (; i < n; i += 8)
        {
            V mask = Mask(n - i);
            V p = Power(Tail(x + i, n - i), vl, ve, vm, vr, out V d);
            Avx.MaskStore(y + i, mask, Subnormal(p, d));
        }
    }
}
