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
        float* lanes = stackalloc float[2 * 64];
        var state = new SoftmaxState();
        int at = 0, seen = Math.Min(n, 256);
        while (at < n)
        {
            if (state.Raise) state.RaiseTo(Max(x + at, seen - at));
            int stop = Sum(x, at, Math.Min(n, at + 65536), state.Bias, state.Low, state.High, state.Exponent, lanes);
            state.Add(lanes, 64);
            state.Raise = stop < Math.Min(n, at + 65536);
            at = stop;
            seen = Math.Min(n, at + 256);
        }
        state.Finish(out float m, out float exponent, out float low);
        Scale(x, y, n, state.Bias, low, exponent, m);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Tail(float* x, int count, float fill) =>
        Avx512F.MaskLoad(x, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle(), Vector512.Create(fill));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Max(float* x, int n)
    {
        V a = Vector512.Create(float.NegativeInfinity), b = a, c = a, d = a;
        int i = 0;
        for (; i <= n - 64; i += 64)
        {
            a = Avx512F.Max(Vector512.Load(x + i), a);
            b = Avx512F.Max(Vector512.Load(x + i + 16), b);
            c = Avx512F.Max(Vector512.Load(x + i + 32), c);
            d = Avx512F.Max(Vector512.Load(x + i + 48), d);
        }
        for (; i < n; i += 16) a = Avx512F.Max(Tail(x + i, n - i, float.NegativeInfinity), a);
        a = Avx512F.Max(Avx512F.Max(a, b), Avx512F.Max(c, d));
        Vector256<float> h = Avx.Max(a.GetLower(), a.GetUpper());
        Vector128<float> q = Sse.Max(h.GetLower(), h.GetUpper());
        q = Sse.Max(q, Vector128.Shuffle(q, Vector128.Create(2, 3, 0, 1)));
        return Sse.Max(q, Vector128.Shuffle(q, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Power(V z, V exponent)
    {
        V n = Avx512F.RoundScale(z * Vector512.Create(Log2E), 0);
        V t = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), z));
        V p = Vector512.FusedMultiplyAdd(t, Vector512.Create(0.00119437557f), Vector512.Create(0.00836713333f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.0417004004f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.16666539f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.499998719f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1f));
        return Avx512F.Scale(p, n - exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Plus(ref V sum, ref V excess, V term)
    {
        V y = term - excess, s = sum + y;
        excess = s - sum - y;
        sum = s;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Sum(float* x, int at, int end, float bias, float low, float high, float exponent, float* lanes)
    {
        V s0 = V.Zero, s1 = s0, s2 = s0, s3 = s0, e0 = s0, e1 = s0, e2 = s0, e3 = s0;
        V vbias = Vector512.Create(bias), vlow = Vector512.Create(low), vhigh = Vector512.Create(high), vexp = Vector512.Create(exponent);
        int i = at;
        for (; i <= end - 64; i += 64)
        {
            V z0 = Vector512.Load(x + i) - vbias, z1 = Vector512.Load(x + i + 16) - vbias;
            V z2 = Vector512.Load(x + i + 32) - vbias, z3 = Vector512.Load(x + i + 48) - vbias;
            V top = Avx512F.Max(Avx512F.Max(z0, z1), Avx512F.Max(z2, z3));
            if (Vector512.GreaterThanAny(top, vhigh)) goto Stop;
            Plus(ref s0, ref e0, Power(Avx512F.Max(vlow, z0), vexp));
            Plus(ref s1, ref e1, Power(Avx512F.Max(vlow, z1), vexp));
            Plus(ref s2, ref e2, Power(Avx512F.Max(vlow, z2), vexp));
            Plus(ref s3, ref e3, Power(Avx512F.Max(vlow, z3), vexp));
        }
        for (; i < end; i += 16)
        {
            V z = Tail(x + i, end - i, float.NegativeInfinity) - vbias;
            if (Vector512.GreaterThanAny(z, vhigh)) goto Stop;
            Plus(ref s0, ref e0, Power(Avx512F.Max(vlow, z), vexp));
        }
        i = end;
    Stop:
        s0.Store(lanes);
        s1.Store(lanes + 16);
        s2.Store(lanes + 32);
        s3.Store(lanes + 48);
        e0.Store(lanes + 64);
        e1.Store(lanes + 80);
        e2.Store(lanes + 96);
        e3.Store(lanes + 112);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Scaled(V x, V bias, V low, V exponent, V c0, V c1, V c2, V c3, V c4, V c5, V c6)
    {
        V z = Avx512F.Max(low, x - bias);
        V n = Avx512F.RoundScale(z * Vector512.Create(Log2E), 0);
        V t = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), z));
        V p = Vector512.FusedMultiplyAdd(t, c6, c5);
        p = Vector512.FusedMultiplyAdd(p, t, c4);
        p = Vector512.FusedMultiplyAdd(p, t, c3);
        p = Vector512.FusedMultiplyAdd(p, t, c2);
        p = Vector512.FusedMultiplyAdd(p, t, c1);
        p = Vector512.FusedMultiplyAdd(p, t, c0);
        return Avx512F.Min(Vector512.Create(1f), Avx512F.Scale(p, n - exponent));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scale(float* x, float* y, int n, float bias, float low, float exponent, float m)
    {
        V vb = Vector512.Create(bias), vl = Vector512.Create(low), ve = Vector512.Create(exponent);
        V c0 = Vector512.Create(m), c1 = c0, c2 = Vector512.Create(0.499998719f * m), c3 = Vector512.Create(0.16666539f * m);
        V c4 = Vector512.Create(0.0417004004f * m), c5 = Vector512.Create(0.00836713333f * m), c6 = Vector512.Create(0.00119437557f * m);
        int i = 0;
        for (; i <= n - 64; i += 64)
        {
            V y0 = Scaled(Vector512.Load(x + i), vb, vl, ve, c0, c1, c2, c3, c4, c5, c6);
            V y1 = Scaled(Vector512.Load(x + i + 16), vb, vl, ve, c0, c1, c2, c3, c4, c5, c6);
            V y2 = Scaled(Vector512.Load(x + i + 32), vb, vl, ve, c0, c1, c2, c3, c4, c5, c6);
            V y3 = Scaled(Vector512.Load(x + i + 48), vb, vl, ve, c0, c1, c2, c3, c4, c5, c6);
            y0.Store(y + i);
            y1.Store(y + i + 16);
            y2.Store(y + i + 32);
            y3.Store(y + i + 48);
        }
        for (; i < n; i += 16)
        {
            V mask = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(n - i)).AsSingle();
            Avx512F.MaskStore(y + i, mask, Scaled(Avx512F.MaskLoad(x + i, mask, V.Zero), vb, vl, ve, c0, c1, c2, c3, c4, c5, c6));
        }
    }
}
