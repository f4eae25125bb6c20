// The public types of ComputeSharp 3.2 that emitted shaders and src/Kernels.Gpu.ComputeSharp use, re-declared from its documentation: signatures, and nothing behind them. It is not ComputeSharp, runs
// nothing, and exists so that code against ComputeSharp can be compiled where its package cannot be restored.
using ComputeSharp.Descriptors;
using ComputeSharp.Interop;

namespace ComputeSharp
{
    public sealed class GraphicsDevice;

    public struct ComputeContext;

    public interface IGraphicsResource
    {
        GraphicsDevice GraphicsDevice { get; }
    }

    public interface IComputeShader
    {
        void Execute();
    }

    [AttributeUsage(AttributeTargets.Struct)]
    public sealed class ThreadGroupSizeAttribute(int threadsX, int threadsY, int threadsZ) : Attribute
    {
        public int ThreadsX { get; } = threadsX;
        public int ThreadsY { get; } = threadsY;
        public int ThreadsZ { get; } = threadsZ;
    }

    public sealed class ReadWriteBuffer<T> : Resources.StructuredBuffer<T> where T : unmanaged
    {
        internal ReadWriteBuffer() { }
    }

    public static class GraphicsDeviceExtensions
    {
        public static void For<T>(this GraphicsDevice device, int x, int y, in T shader) where T : struct, IComputeShader, IComputeShaderDescriptor<T> => throw Contract.Only;
    }

    public static class ComputeContextExtensions
    {
        public static void For<T>(this ref readonly ComputeContext context, int x, int y, in T shader) where T : struct, IComputeShader, IComputeShaderDescriptor<T> => throw Contract.Only;
    }

    static class Contract
    {
        public static Exception Only => new NotSupportedException("This is the contract of ComputeSharp's types, not ComputeSharp.");
    }
}

namespace ComputeSharp.Resources
{
    public abstract class Buffer<T> : IGraphicsResource where T : unmanaged
    {
        private protected Buffer() { }
        public GraphicsDevice GraphicsDevice => throw Contract.Only;
        public int Length { get; }
    }

    public abstract class StructuredBuffer<T> : Buffer<T> where T : unmanaged
    {
        private protected StructuredBuffer() { }
    }
}

namespace ComputeSharp.Interop
{
    public enum ResourceDescriptorRangeType { ShaderResourceView, UnorderedAccessView, ConstantBufferView }

    public readonly struct ResourceDescriptorRange(ResourceDescriptorRangeType type, uint register)
    {
        public ResourceDescriptorRangeType Type { get; } = type;
        public uint Register { get; } = register;
    }
}

namespace ComputeSharp.Descriptors
{
    public interface IConstantBufferLoader
    {
        void LoadConstantBuffer(ReadOnlySpan<byte> data);
    }

    public interface IGraphicsResourceLoader
    {
        void LoadGraphicsResource(IGraphicsResource resource, uint index);
    }

    public interface IComputeShaderDescriptor<T> where T : struct
    {
        static abstract int ThreadsX { get; }
        static abstract int ThreadsY { get; }
        static abstract int ThreadsZ { get; }
        static abstract int ConstantBufferSize { get; }
        static abstract bool IsStaticSamplerRequired { get; }
        static abstract ReadOnlyMemory<ResourceDescriptorRange> ResourceDescriptorRanges { get; }
        static abstract string HlslSource { get; }
        static abstract ReadOnlyMemory<byte> HlslBytecode { get; }
        static abstract void LoadConstantBuffer<TLoader>(in T shader, ref TLoader loader, int x, int y, int z) where TLoader : struct, IConstantBufferLoader;
        static abstract void LoadGraphicsResources<TLoader>(in T shader, ref TLoader loader) where TLoader : struct, IGraphicsResourceLoader;
    }
}
