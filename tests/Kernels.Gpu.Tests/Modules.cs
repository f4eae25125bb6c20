namespace Kernels.Gpu.Tests;

/// The kernels of the tests.
static class Modules
{
    internal const int Threads = 64;

    internal static KernelLayout AxpyLayout => new(2, 8, Threads);

    /// y[i] = 2 x[i] + y[i], i < n; push constants: n, unused. Float or double.
    internal static uint[] Axpy(int bits = 32, (uint, uint, uint)? localSize = null, string entry = "main", bool declareFloat64 = true, uint? capability = null)
    {
        var m = new ModuleBuilder(localSize ?? (Threads, 1, 1), bits, 2, declareFloat64);
        if (capability is { } number) m.Capability(number);
        uint x = m.Array(0), y = m.Array(1), i = m.BuiltIn(28);
        m.If(m.Less(i, m.PushWord(0)), () =>
        {
            uint value = m.Load(x, i);
            m.Store(y, i, m.Value(129, m.Number, m.Value(129, m.Number, value, value), m.Load(y, i)));
        });
        return m.Build(entry);
    }

    /// y[g] = the sum of x[64 g] … x[64 g + 63], in shared memory, by halving.
    internal static uint[] GroupSum(uint sharedLength = Threads)
    {
        var m = new ModuleBuilder((Threads, 1, 1), pushWords: 0);
        uint x = m.Array(0), y = m.Array(1), shared = m.Shared(sharedLength), thread = m.BuiltIn(27), group = m.BuiltIn(26);
        m.Store(shared, thread, m.Load(x, m.Value(128, m.Uint, m.Value(132, m.Uint, group, m.Constant(Threads)), thread)));
        for (uint half = Threads / 2; half > 0; half /= 2)
        {
            m.Barrier();
            m.If(m.Less(thread, m.Constant(half)), () =>
                m.Store(shared, thread, m.Value(129, m.Number, m.Load(shared, thread), m.Load(shared, m.Value(128, m.Uint, thread, m.Constant(half))))));
        }
        m.If(m.Less(thread, m.Constant(1)), () => m.Store(y, group, m.Load(shared, m.Constant(0))));
        return m.Build();
    }

    /// Group g = x + 65535 y, g < n, adds g + 1 to y[g]; push constants: n, unused.
    internal static uint[] Folded()
    {
        var m = new ModuleBuilder((1, 1, 1));
        uint y = m.Array(0, ofUint: true), variable = m.Local();
        m.Set(variable, m.Value(128, m.Uint, m.BuiltIn(26), m.Value(132, m.Uint, m.BuiltIn(26, 1), m.Constant(65535))));
        m.If(m.Less(m.Get(variable), m.PushWord(0)), () =>
            m.Store(y, m.Get(variable), m.Value(128, m.Uint, m.Load(y, m.Get(variable), ofUint: true), m.Value(128, m.Uint, m.Get(variable), m.Constant(1)))));
        return m.Build();
    }

    /// Group g of one thread: n steps of a random number generator, then y[k + g] = 1 | the number; push constants: k, n. A slow dispatch needs several groups: llvmpipe
    /// (Mesa 22.3) ends a thread's loops, without a word, when it has made 65535 iterations in all of them together.
    internal static uint[] Slow()
    {
        var m = new ModuleBuilder((1, 1, 1));
        uint y = m.Array(0, ofUint: true), counter = m.Local(), state = m.Local(), place = m.Value(128, m.Uint, m.PushWord(0), m.BuiltIn(26));
        m.Set(state, place);
        m.Repeat(m.PushWord(1), counter, () =>
            m.Set(state, m.Value(128, m.Uint, m.Value(132, m.Uint, m.Get(state), m.Constant(1664525)), m.Constant(1013904223))));
        m.Store(y, place, m.Value(197, m.Uint, m.Get(state), m.Constant(1)));
        return m.Build();
    }

    internal const int SlowGroups = 16, SlowSteps = 60_000;

    internal static KernelLayout SlowLayout => new(1, 8, 1);
}
