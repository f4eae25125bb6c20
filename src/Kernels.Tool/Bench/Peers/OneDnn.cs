using System.Runtime.InteropServices;

namespace Kernels.Tool;

/// <summary>Debian 12's oneDNN, by its C interface, version 2.</summary>
sealed unsafe class OneDnn : SoftmaxPeer
{
    const string Title = "oneDNN", Soname = "libdnnl.so.2", Package = "libdnnl2";
    const int Cpu = 1, InOrder = 1, Float32 = 3, FormatAB = 3, ForwardInference = 96, ImplementationName = 8, ArgSource = 1, ArgDestination = 17;
    // Of descriptors that only the library reads: beyond their sizes in 2.6, 696 and 1408 bytes.
    const int DescriptorBytes = 4096;

    [StructLayout(LayoutKind.Sequential)]
    struct Argument
    {
        public int Index;
        public nint Memory;
    }

    readonly nint library, engine, stream;
    readonly delegate* unmanaged<nint, nint, int, Argument*, int> execute;
    readonly delegate* unmanaged<nint, int> wait;
    readonly delegate* unmanaged<nint, void*, int> setHandle;
    nint primitive, source, destination;
    float* lastX, lastY;
    string implementation = "unknown";

    public OneDnn()
    {
        Info = new(Title, null, null, null, $"not installed: apt-get install {Package} (Debian 12)");
        if (!Native.TryLoad(Soname, out library)) return;
        try
        {
            nint made;
            Check(((delegate* unmanaged<nint*, int, nuint, int>)Export("dnnl_engine_create"))(&made, Cpu, 0), "dnnl_engine_create");
            engine = made;
            Check(((delegate* unmanaged<nint*, nint, uint, int>)Export("dnnl_stream_create"))(&made, engine, InOrder), "dnnl_stream_create");
            stream = made;
            execute = (delegate* unmanaged<nint, nint, int, Argument*, int>)Export("dnnl_primitive_execute");
            wait = (delegate* unmanaged<nint, int>)Export("dnnl_stream_wait");
            setHandle = (delegate* unmanaged<nint, void*, int>)Export("dnnl_memory_set_data_handle");
            int* version = ((delegate* unmanaged<int*>)Export("dnnl_version"))();
            int? threads = Native.TryLoad("libgomp.so.1", out nint openMp) ? ((delegate* unmanaged<int>)NativeLibrary.GetExport(openMp, "omp_get_max_threads"))() : null;
            Prepare(1, 4096);
            Info = new(Title, $"{version[0]}.{version[1]}.{version[2]}", implementation, threads);
        }
        catch (Exception e) when (e is InvalidOperationException or EntryPointNotFoundException) { Info = Info with { Missing = $"not usable: {e.Message}" }; }
    }

    public override PeerInfo Info { get; }

    public override void Prepare(int rows, int cols)
    {
        base.Prepare(rows, cols);
        Free();
        byte* md = stackalloc byte[DescriptorBytes], operation = stackalloc byte[DescriptorBytes];
        long* dimensions = stackalloc long[12];
        (dimensions[0], dimensions[1]) = (rows, cols);
        nint made;
        Check(((delegate* unmanaged<void*, int, long*, int, int, int>)Export("dnnl_memory_desc_init_by_tag"))(md, 2, dimensions, Float32, FormatAB), "dnnl_memory_desc_init_by_tag");
        Check(((delegate* unmanaged<void*, int, void*, int, int>)Export("dnnl_softmax_forward_desc_init"))(operation, ForwardInference, md, 1), "dnnl_softmax_forward_desc_init");
        nint description;
        Check(((delegate* unmanaged<nint*, void*, nint, nint, nint, int>)Export("dnnl_primitive_desc_create"))(&description, operation, 0, engine, 0), "dnnl_primitive_desc_create");
        nint name;
        if (((delegate* unmanaged<nint, int, int, void*, int>)Export("dnnl_primitive_desc_query"))(description, ImplementationName, 0, &name) == 0)
            implementation = Marshal.PtrToStringUTF8(name) ?? implementation;
        Check(((delegate* unmanaged<nint*, nint, int>)Export("dnnl_primitive_create"))(&made, description), "dnnl_primitive_create");
        primitive = made;
        ((delegate* unmanaged<nint, int>)Export("dnnl_primitive_desc_destroy"))(description);
        var memory = (delegate* unmanaged<nint*, void*, nint, void*, int>)Export("dnnl_memory_create");
        Check(memory(&made, md, engine, null), "dnnl_memory_create");
        source = made;
        Check(memory(&made, md, engine, null), "dnnl_memory_create");
        destination = made;
    }

    public override void Run(float* x, float* y)
    {
        // As a careful caller would: only when they have changed.
        if (x != lastX) Check(setHandle(source, lastX = x), "dnnl_memory_set_data_handle");
        if (y != lastY) Check(setHandle(destination, lastY = y), "dnnl_memory_set_data_handle");
        var arguments = stackalloc Argument[2];
        arguments[0] = new() { Index = ArgSource, Memory = source };
        arguments[1] = new() { Index = ArgDestination, Memory = destination };
        Check(execute(primitive, stream, 2, arguments), "dnnl_primitive_execute");
        Check(wait(stream), "dnnl_stream_wait");
    }

    public override void Dispose()
    {
        Free();
        if (stream != 0) ((delegate* unmanaged<nint, int>)Export("dnnl_stream_destroy"))(stream);
        if (engine != 0) ((delegate* unmanaged<nint, int>)Export("dnnl_engine_destroy"))(engine);
    }

    void Free()
    {
        if (primitive != 0) ((delegate* unmanaged<nint, int>)Export("dnnl_primitive_destroy"))(primitive);
        foreach (nint memory in (nint[])[source, destination])
            if (memory != 0) ((delegate* unmanaged<nint, int>)Export("dnnl_memory_destroy"))(memory);
        primitive = source = destination = 0;
        lastX = lastY = null;
    }

    nint Export(string name) => NativeLibrary.GetExport(library, name);

    static void Check(int status, string function)
    {
        if (status != 0) throw new InvalidOperationException($"{function} returned {status}");
    }
}
