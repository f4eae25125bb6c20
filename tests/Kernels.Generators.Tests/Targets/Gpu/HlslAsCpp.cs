using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Kernels.Gpu.Tests.Shaders;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// Runs shaders' HLSL on the processor: what the printer writes is C++ but for a few words, and g++ compiles it, several texts at a time. The threads of a group take turns at its barriers.
/// This tests what the text says; what DXC and a driver make of it, it does not. An instance is for one thread at a time.
sealed unsafe class HlslAsCpp : IDisposable
{
    public static string? Missing { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "g++")))
        ? null : "SKIPPED: g++ is not installed; no HLSL was run.";

    readonly GpuKernelLayout[] layouts;
    readonly nint library;
    readonly string folder = Directory.CreateTempSubdirectory("kernels-hlsl").FullName;

    public HlslAsCpp(params IReadOnlyList<GpuModule> shaders)
    {
        layouts = [.. shaders.Select(s => s.Layout)];
        string source = Path.Combine(folder, "shaders.cpp"), file = Path.Combine(folder, "shaders.so");
        File.WriteAllText(source, Head + string.Concat(shaders.Select((s, k) => Translated(HlslPrinter.Print(s), s.Layout.LocalSize, k))));
        using var compiler = Process.Start(new ProcessStartInfo("g++", ["-O1", "-w", "-fwrapv", "-ffp-contract=off", "-fno-operator-names", "-std=c++17", "-shared", "-fPIC", "-o", file, source]) { RedirectStandardError = true })!;
        string said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, said);
        library = NativeLibrary.Load(file);
    }

    public void Dispose()
    {
        NativeLibrary.Free(library);
        Directory.Delete(folder, true);
    }

    /// Runs all groups of a shader, and two that do not exist, on arguments as the interpreter takes them; arrays are written in place. Two names that have the same array get the same memory. Returns the error bits.
    /// <param name="shader">Which of the constructor's.</param>
    /// <param name="grid">Blocks along each axis; without axes, and for elements, empty.</param>
    /// <param name="elements">Of an element kernel: how many there are.</param>
    public int Run(int shader, Arguments arguments, int[] grid, int elements = 0)
    {
        var layout = layouts[shader];
        uint groups = (uint)ShaderMemory.Groups(layout, grid, elements);
        var memory = new Dictionary<ulong[], byte[]>(ReferenceEqualityComparer.Instance);
        foreach (var b in layout.Bindings) memory.TryAdd(arguments.Arrays[b.Name], ShaderMemory.Bytes(arguments.Arrays[b.Name], b.Element.Bytes()));
        var errors = new byte[4];
        List<byte[]> arrays = [.. layout.Bindings.Select(b => memory[arguments.Arrays[b.Name]])];
        if (layout.ErrorBinding >= 0) arrays.Add(errors);
        var pinned = arrays.Select(a => GCHandle.Alloc(a, GCHandleType.Pinned)).ToList();
        void** bound = stackalloc void*[arrays.Count];
        for (int k = 0; k < arrays.Count; k++) bound[k] = (void*)pinned[k].AddrOfPinnedObject();
        var run = (delegate* unmanaged<void**, byte*, uint, void>)NativeLibrary.GetExport(library, $"run{shader}");
        fixed (byte* push = ShaderMemory.Push(layout, arguments, grid, groups)) run(bound, push, groups);
        foreach (var handle in pinned) handle.Free();
        foreach (var b in layout.Bindings) ShaderMemory.Read(memory[arguments.Arrays[b.Name]], arguments.Arrays[b.Name], b);
        return BitConverter.ToInt32(errors);
    }

    static string Translated(string hlsl, int threads, int index)
    {
        var bind = new StringBuilder();
        hlsl = Regex.Replace(hlsl, @"RWStructuredBuffer<(\w+)> (\w+) : register\(u(\d+)\);", m =>
        {
            bind.Append($"{m.Groups[2]} = ({m.Groups[1]}*)buffers[{m.Groups[3]}];\n");
            return $"static {m.Groups[1]}* {m.Groups[2]};";
        });
        hlsl = Regex.Replace(hlsl, @"cbuffer push : register\(b0\)\s*\{([^}]*)\}", m => Regex.Replace(m.Groups[1].Value, @"(\w+) (\w+) : packoffset\(c(\d+)\.(\w)\);", c =>
        {
            int offset = int.Parse(c.Groups[3].Value) * 16 + "xyzw".IndexOf(c.Groups[4].Value[0]) * 4;
            bind.Append($"memcpy(&{c.Groups[2]}, push + {offset}, sizeof({c.Groups[2]}));\n");
            return $"static {c.Groups[1]} {c.Groups[2]};";
        }));
        hlsl = Regex.Replace(hlsl, @"\[numthreads\(.*\)\]", "");
        hlsl = Regex.Replace(hlsl, @"void main\(.*\)", "static void main_(uint3 group, uint thread)");
        hlsl = Regex.Replace(hlsl, @"(\d\.\d+(?:E[+-]\d+)?|\dE[+-]\d+)L\b", "$1"); // doubles
        return $$"""
            namespace shader { namespace k{{index}} {
            {{hlsl}}
            static void bind(unsigned char** buffers, const unsigned char* push)
            {
            {{bind}}}
            static void entry() { main_({ machine::group % 65535, machine::group / 65535, 0 }, machine::current); }
            } }
            extern "C" void run{{index}}(unsigned char** buffers, const unsigned char* push, unsigned groups) { shader::k{{index}}::bind(buffers, push); machine::run(shader::k{{index}}::entry, {{threads}}, groups); }

            """;
    }

    // Waves of 8 threads that all take part in what a wave does. A thread that ends while others wait at a barrier ends the process.
    const string Head = """
        #include <cstdint>
        #include <cstring>
        #include <ucontext.h>
        #include <cstdlib>
        namespace machine {
        enum { Ready, AtBarrier, AtWave, Done };
        static ucontext_t scheduler, fibers[1024];
        static int state[1024], current, wave;
        static unsigned group;
        static char slots[1024][16], *stacks;
        static void (*body)();
        static void wait(int at) { state[current] = at; swapcontext(&fibers[current], &scheduler); }
        static void entry() { body(); wait(Done); }
        static bool all(int first, int count, int s) { for (int t = first; t < first + count; t++) if (state[t] != s) return false; return true; }
        static void release(int first, int count) { for (int t = first; t < first + count; t++) state[t] = Ready; }
        static void run(void (*shader)(), int n, unsigned groups)
        {
            const int stack = 65536;
            if (!stacks) stacks = (char*)malloc((size_t)stack * 1024);
            body = shader;
            wave = n < 8 ? n : 8;
            for (group = 0; group < groups + 2; group++)
            {
                release(0, n);
                for (int t = 0; t < n; t++)
                {
                    getcontext(&fibers[t]);
                    fibers[t].uc_stack.ss_sp = stacks + (size_t)stack * t; fibers[t].uc_stack.ss_size = stack; fibers[t].uc_link = &scheduler;
                    makecontext(&fibers[t], entry, 0);
                }
                while (!all(0, n, Done))
                {
                    bool ran = false;
                    for (current = 0; current < n; current++) if (state[current] == Ready) { swapcontext(&scheduler, &fibers[current]); ran = true; }
                    for (int w = 0; w < n; w += wave) if (all(w, wave, AtWave)) { release(w, wave); ran = true; }
                    if (ran) continue;
                    if (!all(0, n, AtBarrier)) abort();
                    release(0, n);
                }
            }
        }
        }
        namespace shader {
        using ::memcpy;
        typedef unsigned int uint; typedef unsigned long long uint64_t; typedef long long int64_t;
        struct uint2 { uint x, y; uint2() {} uint2(uint a, uint b) : x(a), y(b) {} };
        struct uint3 { uint x, y, z; };
        #define precise
        #define groupshared static
        static uint asuint(float x) { uint r; memcpy(&r, &x, 4); return r; }
        static float asfloat(uint x) { float r; memcpy(&r, &x, 4); return r; }
        static void asuint(double x, uint& lo, uint& hi) { uint64_t r; memcpy(&r, &x, 8); lo = uint(r); hi = uint(r >> 32); }
        static double asdouble(uint lo, uint hi) { uint64_t r = uint64_t(hi) << 32 | lo; double d; memcpy(&d, &r, 8); return d; }
        static bool and(bool a, bool b) { return a & b; }
        static bool or(bool a, bool b) { return a | b; }
        static float abs(float x) { return __builtin_fabsf(x); }
        static double abs(double x) { return __builtin_fabs(x); }
        static float floor(float x) { return __builtin_floorf(x); }
        static float ceil(float x) { return __builtin_ceilf(x); }
        static float trunc(float x) { return __builtin_truncf(x); }
        static float round(float x) { return __builtin_nearbyintf(x); }
        static float sqrt(float x) { return __builtin_sqrtf(x); }
        static float rsqrt(float x) { return asfloat(asuint(1 / __builtin_sqrtf(x)) + 1); } // as far off as Direct3D lets it be
        static double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
        static uint countbits(uint x) { return __builtin_popcount(x); }
        static uint firstbithigh(uint x) { return x ? 31 - __builtin_clz(x) : ~0u; }
        static uint firstbitlow(uint x) { return x ? __builtin_ctz(x) : ~0u; }
        template <class T> struct same { typedef T type; };
        #define ATOMIC(name, e) template <class T> static void name(T& d, typename same<T>::type v, T& o) { o = d; d = e; } template <class T> static void name(T& d, typename same<T>::type v) { T o; name(d, v, o); }
        ATOMIC(InterlockedAdd, d + v) ATOMIC(InterlockedMin, v < d ? v : d) ATOMIC(InterlockedMax, v > d ? v : d) ATOMIC(InterlockedAnd, d & v) ATOMIC(InterlockedOr, d | v) ATOMIC(InterlockedXor, d ^ v) ATOMIC(InterlockedExchange, v)
        template <class T> static void InterlockedCompareExchange(T& d, typename same<T>::type c, typename same<T>::type v, T& o) { o = d; if (d == c) d = v; }
        static uint reversebits(uint x) { uint r = 0; for (int k = 0; k < 32; k++) r |= (x >> k & 1) << (31 - k); return r; }
        static void* slot(uint lane) { return machine::slots[machine::current / machine::wave * machine::wave + lane]; }
        static uint WaveGetLaneIndex() { return machine::current % machine::wave; }
        static uint WaveGetLaneCount() { return machine::wave; }
        template <class T> static T WaveReadLaneAt(T v, uint lane) { memcpy(slot(WaveGetLaneIndex()), &v, sizeof v); machine::wait(machine::AtWave); memcpy(&v, slot(lane), sizeof v); machine::wait(machine::AtWave); return v; }
        static bool WaveActiveAnyTrue(bool v) { bool any = false; for (uint k = 0; k < WaveGetLaneCount(); k++) any |= WaveReadLaneAt(v, k); return any; }
        static void AllMemoryBarrierWithGroupSync() { machine::wait(machine::AtBarrier); }
        }

        """;
}
