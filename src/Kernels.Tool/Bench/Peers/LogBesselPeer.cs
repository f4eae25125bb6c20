using System.Reflection;
using System.Runtime.InteropServices;
using MathNet.Numerics;

namespace Kernels.Tool;

/// <summary>One way to compute log I and log K in double.</summary>
abstract class LogBesselPeer
{
    public abstract PeerInfo Info { get; }

    /// <summary>y[i] = log I or log K of order v[i] at x[i].</summary>
    public abstract void Run(bool first, ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y);

    /// <summary>The peers, whether they are there or not.</summary>
    public static LogBesselPeer[] All() =>
    [
        new NativeLogBessel("paper", "the paper's algorithm, C++", _ => "ICS 2024"), new OurPaperLogBessel(), new NativeLogBessel("boost", "Boost.Math", shim => shim.Text("boost_version")),
        new NativeLogBessel("gsl", "GSL", shim => shim.Text("gsl_version_text")), new MathNetLogBessel(),
    ];
}

/// <summary>The library's own.</summary>
sealed class OurLogBessel(int threads) : LogBesselPeer
{
    readonly KernelOptions options = new() { MaxDegreeOfParallelism = threads };

    public override PeerInfo Info { get; } = new("Kernels", typeof(KernelOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
        Isa.Chosen.ToString().ToLowerInvariant(), threads);

    public override void Run(bool first, ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y)
    {
        if (first) LogBessel.LogI(v, x, y, options);
        else LogBessel.LogK(v, x, y, options);
    }
}

/// <summary>The library's own form of the paper's algorithm.</summary>
sealed class OurPaperLogBessel : LogBesselPeer
{
    public override PeerInfo Info { get; } = new("the paper's algorithm, Kernels", "ICS 2024", Isa.Chosen.ToString().ToLowerInvariant(), 1);

    public override void Run(bool first, ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y)
    {
        if (first) LogBessel.LogI(v, x, y, LogBesselAlgorithm.Paper);
        else LogBessel.LogK(v, x, y, LogBesselAlgorithm.Paper);
    }
}

/// <summary>Math.NET Numerics: the logarithm of its scaled functions.</summary>
sealed class MathNetLogBessel : LogBesselPeer
{
    public override PeerInfo Info { get; } = new("Math.NET Numerics", typeof(SpecialFunctions).Assembly.GetName().Version?.ToString(3), "scalar C#", 1);

    public override void Run(bool first, ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y)
    {
        for (int i = 0; i < v.Length; i++)
            y[i] = first ? Math.Log(SpecialFunctions.BesselIScaled(v[i], x[i])) + x[i] : Math.Log(SpecialFunctions.BesselKScaled(v[i], x[i])) - x[i];
    }
}

/// <summary>What benchmarks/peers/build.sh has built.</summary>
sealed unsafe class NativeLogBessel : LogBesselPeer
{
    const string Variable = "KERNELS_PEERS";
    readonly delegate* unmanaged<double*, double*, double*, int, void> logI, logK;

    public NativeLogBessel(string prefix, string name, Func<NativeLogBessel.Shim, string?> version)
    {
        if (Shim.Loaded is not { } shim)
        {
            Info = new(name, null, null, 1, $"not built: run benchmarks/peers/build.sh and set {Variable} to the folder it names");
            return;
        }
        logI = (delegate* unmanaged<double*, double*, double*, int, void>)shim.Export($"{prefix}_log_i");
        logK = (delegate* unmanaged<double*, double*, double*, int, void>)shim.Export($"{prefix}_log_k");
        Info = new(name, version(shim), "g++ -O3 -march=native", 1);
    }

    public override PeerInfo Info { get; }

    public override void Run(bool first, ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y)
    {
        fixed (double* pv = v, px = x, py = y) (first ? logI : logK)(pv, px, py, v.Length);
    }

    /// <summary>The shared library of the C++ peers.</summary>
    public sealed class Shim(nint library)
    {
        public static Shim? Loaded { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder && NativeLibrary.TryLoad(Path.Combine(folder, "libkernels_peers_logbessel.so"), out nint library) ? new(library) : null;

        public nint Export(string name) => NativeLibrary.GetExport(library, name);

        public string? Text(string function) => Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Export(function))());
    }
}
