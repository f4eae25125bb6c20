using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Tool;

/// <summary>Debian 12's XNNPACK, by its C interface of February 2022.</summary>
sealed unsafe class XnnPack : SoftmaxPeer
{
    const string Title = "XNNPACK", Soname = "libXNNPACK.so.0", Package = "libxnnpack0";

    // It does not tell; this is what the source of that version chooses (src/init.c). It asks the processor, whatever .NET's switches are.
    static string Code => !X86Base.IsSupported ? "unknown"
        : (X86Base.CpuId(7, 0).Ebx >> 16 & 1) != 0 ? "sse2, last pass avx512" : (X86Base.CpuId(1, 0).Ecx >> 28 & 1) != 0 ? "sse2, last pass avx" : "sse2";

    readonly nint library;
    readonly delegate* unmanaged<nuint, nuint, nuint, uint, nint*, int> create;
    readonly delegate* unmanaged<nint, nuint, float*, float*, nint, int> setup;
    readonly delegate* unmanaged<nint, nint, int> run;
    readonly delegate* unmanaged<nint, int> delete;
    nint op;

    public XnnPack()
    {
        Info = new(Title, null, null, null, $"not installed: apt-get install {Package} (Debian 12)");
        if (!Native.TryLoad(Soname, out library)) return;
        try
        {
            // Later versions keep the soname and give these functions other parameters; what came with them tells.
            if (NativeLibrary.TryGetExport(library, "xnn_reshape_softmax_nc_f32", out _))
            {
                Info = Info with { Missing = $"another version than Debian 12's {Package}" };
                return;
            }
            var initialize = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "xnn_initialize");
            create = (delegate* unmanaged<nuint, nuint, nuint, uint, nint*, int>)NativeLibrary.GetExport(library, "xnn_create_softmax_nc_f32");
            setup = (delegate* unmanaged<nint, nuint, float*, float*, nint, int>)NativeLibrary.GetExport(library, "xnn_setup_softmax_nc_f32");
            run = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "xnn_run_operator");
            delete = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "xnn_delete_operator");
            int status = initialize(0);
            // No thread pool is passed: it runs on the caller's thread.
            Info = status == 0 ? new(Title, Native.PackageVersion(Package), Code, 1) : Info with { Missing = $"xnn_initialize returned {status}" };
        }
        catch (EntryPointNotFoundException e) { Info = Info with { Missing = $"not usable: {e.Message}" }; }
    }

    public override PeerInfo Info { get; }

    public override void Prepare(int rows, int cols)
    {
        base.Prepare(rows, cols);
        Free();
        nint created;
        Check(create((nuint)cols, (nuint)cols, (nuint)cols, 0, &created), "xnn_create_softmax_nc_f32");
        op = created;
    }

    public override void Run(float* x, float* y)
    {
        Check(setup(op, (nuint)Rows, x, y, 0), "xnn_setup_softmax_nc_f32");
        Check(run(op, 0), "xnn_run_operator");
    }

    public override void Dispose() => Free();

    void Free()
    {
        if (op != 0) delete(op);
        op = 0;
    }

    static void Check(int status, string function)
    {
        if (status != 0) throw new InvalidOperationException($"{function} returned {status}");
    }
}
