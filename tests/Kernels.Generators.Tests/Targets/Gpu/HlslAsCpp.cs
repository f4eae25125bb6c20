using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// Runs a shader's HLSL on the processor: what the printer writes is C++ but for a few words, and g++ compiles it. The threads of a group take turns at its barriers. This tests what the text says;
/// what DXC and a driver make of it, it does not.
sealed unsafe class HlslAsCpp : IDisposable
{
    public static string? Missing { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "g++")))
        ? null : "SKIPPED: g++ is not installed; no HLSL was run.";

    readonly GpuKernelLayout layout;
    readonly nint library;
    readonly string folder = Directory.CreateTempSubdirectory("kernels-hlsl").FullName;
    readonly delegate* unmanaged<void**, byte*, uint, void> run;

    public HlslAsCpp(GpuModule shader)
    {
        layout = shader.Layout;
        string source = Path.Combine(folder, "shader.cpp"), file = Path.Combine(folder, "shader.so");
        File.WriteAllText(source, Translated(HlslPrinter.Print(shader), layout.LocalSize));
        using var compiler = Process.Start(new ProcessStartInfo("g++", ["-O1", "-w", "-fwrapv", "-ffp-contract=off", "-fno-operator-names", "-std=c++17", "-shared", "-fPIC", "-o", file, source]) { RedirectStandardError = true })!;
        string said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, said);
        run = (delegate* unmanaged<void**, byte*, uint, void>)NativeLibrary.GetExport(library = NativeLibrary.Load(file), "run");
    }

    public void Dispose()
    {
        NativeLibrary.Free(library);
        Directory.Delete(folder, true);
    }

    /// Runs all groups, and two that do not exist. Arrays by binding, in the form of the host's memory, the error bits' behind them; push constants as the layout says.
    public void Run(IReadOnlyList<byte[]> arrays, byte[] push, uint groups)
    {
        var pinned = arrays.Select(a => GCHandle.Alloc(a, GCHandleType.Pinned)).ToList();
        void** bound = stackalloc void*[arrays.Count];
        for (int k = 0; k < arrays.Count; k++) bound[k] = (void*)pinned[k].AddrOfPinnedObject();
        fixed (byte* p = push) run(bound, p, groups);
        foreach (var handle in pinned) handle.Free();
    }

    /// Runs a kernel without blocks on arguments as the interpreter takes them; arrays are written in place.
    public void Run(Arguments arguments)
    {
        var arrays = layout.Bindings.Select(b => arguments.Arrays[b.Name].SelectMany(x => BitConverter.GetBytes(x).Take(b.Element.Bytes())).Concat(new byte[4]).ToArray()).ToList();
        if (layout.ErrorBinding >= 0) arrays.Add(new byte[4]);
        var push = new byte[layout.PushBytes];
        foreach (var c in layout.PushConstants)
        {
            ulong value = c.Name == "grid" ? 1 : c.Name.EndsWith(".Length", StringComparison.Ordinal) ? (ulong)arguments.Arrays[c.Name[..^".Length".Length]].Length : arguments.Scalars[c.Name];
            BitConverter.GetBytes(value).AsSpan(0, c.Type == ScalarType.Bool ? 4 : c.Type.Bytes()).CopyTo(push.AsSpan(c.Offset));
        }
        Run(arrays, push, 1);
        for (int k = 0; k < layout.Bindings.Count; k++)
        {
            var (target, bytes) = (arguments.Arrays[layout.Bindings[k].Name], layout.Bindings[k].Element.Bytes());
            for (int i = 0; i < target.Length; i++)
            {
                var element = new byte[8];
                arrays[k].AsSpan(i * bytes, bytes).CopyTo(element);
                target[i] = BitConverter.ToUInt64(element);
            }
        }
    }

    static string Translated(string hlsl, int threads)
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
        return $"{Head}namespace shader {{\n{hlsl}\nstatic void bind(unsigned char** buffers, const unsigned char* push)\n{{\n{bind}}}\nconst int threads = {threads};\n}}\n{Tail}";
    }

    const string Head = """
        #include <cstdint>
        #include <cstring>
        #include <ucontext.h>
        #include <cstdlib>
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
        static void meet();
        static void meetWave();
        static void* slot(uint lane);
        static uint WaveGetLaneIndex();
        static uint WaveGetLaneCount();
        template <class T> static T WaveReadLaneAt(T v, uint lane) { memcpy(slot(WaveGetLaneIndex()), &v, sizeof v); meetWave(); memcpy(&v, slot(lane), sizeof v); meetWave(); return v; }
        template <class T> static T WaveReadLaneFirst(T v) { return WaveReadLaneAt(v, 0); }
        static bool WaveActiveAnyTrue(bool v) { bool any = false; for (uint k = 0; k < WaveGetLaneCount(); k++) any |= WaveReadLaneAt(v, k); return any; }
        static void AllMemoryBarrierWithGroupSync() { meet(); }
        }

        """;

    // Waves of 8 threads that all take part in what a wave does. A thread that ends while others wait at a barrier ends the process.
    const string Tail = """
        enum { Ready, AtBarrier, AtWave, Done };
        static const unsigned wave = shader::threads < 8 ? shader::threads : 8;
        static ucontext_t scheduler, fibers[1024];
        static int state[1024], current;
        static char* stacks, slots[1024][16];
        static shader::uint3 groupId;
        static void wait(int at) { state[current] = at; swapcontext(&fibers[current], &scheduler); }
        namespace shader
        {
            static void meet() { wait(AtBarrier); }
            static void meetWave() { wait(AtWave); }
            static void* slot(uint lane) { return slots[current / wave * wave + lane]; }
            static uint WaveGetLaneIndex() { return current % wave; }
            static uint WaveGetLaneCount() { return wave; }
        }
        static void entry() { shader::main_(groupId, current); wait(Done); }
        static bool all(int first, int count, int s) { for (int t = first; t < first + count; t++) if (state[t] != s) return false; return true; }
        static void release(int first, int count) { for (int t = first; t < first + count; t++) state[t] = Ready; }
        extern "C" void run(unsigned char** buffers, const unsigned char* push, unsigned groups)
        {
            shader::bind(buffers, push);
            const int stack = 65536, n = shader::threads;
            if (!stacks) stacks = (char*)malloc((size_t)stack * n);
            for (unsigned g = 0; g < groups + 2; g++)
            {
                groupId = { g % 65535, g / 65535, 0 };
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
        """;
}
