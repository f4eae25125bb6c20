using System.Runtime.InteropServices;

namespace Kernels.Gpu.ComputeSharp;

/// <summary>
/// Microsoft's shader compiler (dxcompiler.dll, interface IDxcCompiler3 of its dxcapi.h): HLSL in, DXIL out. One object may be used by one thread at a time.
/// </summary>
public sealed unsafe class Dxc : IDisposable
{
    [StructLayout(LayoutKind.Sequential)]
    struct DxcBuffer
    {
        public void* Pointer;
        public nuint Size;
        public uint Encoding;
    }

    const uint Utf8 = 65001;
    const int OutObject = 1, OutErrors = 2, OutDisassembly = 5;
    static Guid classCompiler = new("73e22d93-e6ce-47f3-b5bf-f0664f39c1b0"), compiler3 = new("228b4687-5a6a-4730-900c-9702b2203f54"),
        resultId = new("58346cda-dde7-4497-9461-6f87af5e0659"), blobId = new("8ba5fb08-5195-40e2-ac58-0d989c3a0102");

    void** compiler;

    /// <param name="library">The name or path of dxcompiler.dll.</param>
    /// <exception cref="DllNotFoundException">There is none.</exception>
    /// <exception cref="COMException">It has no IDxcCompiler3 (before 1.5).</exception>
    public Dxc(string library)
    {
        var create = (delegate* unmanaged<Guid*, Guid*, void**, int>)NativeLibrary.GetExport(NativeLibrary.Load(library), "DxcCreateInstance");
        void* made;
        fixed (Guid* c = &classCompiler, i = &compiler3) Marshal.ThrowExceptionForHR(create(c, i, &made));
        compiler = (void**)made;
    }

    /// <summary>Compiles one text.</summary>
    /// <param name="hlsl">The text.</param>
    /// <param name="arguments">As on dxc's command line: "-T", "cs_6_0", "-E", "main", "-WX" …</param>
    /// <returns>The DXIL container, or null; and what the compiler said, empty if nothing.</returns>
    public (byte[]? Dxil, string Messages) Compile(string hlsl, params string[] arguments)
    {
        ObjectDisposedException.ThrowIf(compiler is null, this);
        byte[] text = System.Text.Encoding.UTF8.GetBytes(hlsl);
        var given = new nint[arguments.Length];
        void* result = null;
        try
        {
            for (int k = 0; k < given.Length; k++) given[k] = Marshal.StringToCoTaskMemUni(arguments[k]);
            fixed (byte* source = text)
            fixed (nint* list = given)
            fixed (Guid* id = &resultId)
            {
                var buffer = new DxcBuffer { Pointer = source, Size = (nuint)text.Length, Encoding = Utf8 };
                var compile = (delegate* unmanaged<void*, DxcBuffer*, nint*, uint, void*, Guid*, void**, int>)(*(void***)compiler)[3];
                Marshal.ThrowExceptionForHR(compile(compiler, &buffer, list, (uint)given.Length, null, id, &result));
            }
            int status;
            Marshal.ThrowExceptionForHR(((delegate* unmanaged<void*, int*, int>)(*(void***)result)[3])(result, &status));
            return (status >= 0 ? Output(result, OutObject) : null, System.Text.Encoding.UTF8.GetString(Output(result, OutErrors) ?? []).TrimEnd('\0'));
        }
        finally
        {
            foreach (nint s in given) Marshal.FreeCoTaskMem(s);
            Release(result);
        }
    }

    /// <summary>The text of a DXIL container.</summary>
    public string Disassemble(byte[] dxil)
    {
        ObjectDisposedException.ThrowIf(compiler is null, this);
        void* result = null;
        try
        {
            fixed (byte* bytes = dxil)
            fixed (Guid* id = &resultId)
            {
                var buffer = new DxcBuffer { Pointer = bytes, Size = (nuint)dxil.Length };
                Marshal.ThrowExceptionForHR(((delegate* unmanaged<void*, DxcBuffer*, Guid*, void**, int>)(*(void***)compiler)[4])(compiler, &buffer, id, &result));
            }
            return System.Text.Encoding.UTF8.GetString(Output(result, OutDisassembly) ?? []).TrimEnd('\0');
        }
        finally { Release(result); }
    }

    static byte[]? Output(void* result, int kind)
    {
        void* blob = null;
        fixed (Guid* id = &blobId)
            if (((delegate* unmanaged<void*, int, Guid*, void**, void**, int>)(*(void***)result)[7])(result, kind, id, &blob, null) < 0 || blob is null) return null;
        try
        {
            void** table = *(void***)blob;
            return new ReadOnlySpan<byte>(((delegate* unmanaged<void*, void*>)table[3])(blob), (int)((delegate* unmanaged<void*, nuint>)table[4])(blob)).ToArray();
        }
        finally { Release(blob); }
    }

    static void Release(void* x)
    {
        if (x is not null) ((delegate* unmanaged<void*, uint>)(*(void***)x)[2])(x);
    }

    /// <summary>Gives the compiler back; the library stays loaded.</summary>
    public void Dispose()
    {
        Release(compiler);
        compiler = null;
    }
}
