using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace Kernels.Tool;

/// <summary>The fastest composition of <see cref="TensorPrimitives"/> that subtracts the maximum: five passes.</summary>
sealed unsafe class TensorsSafe : SoftmaxPeer
{
    public override PeerInfo Info { get; } = new("TensorPrimitives, max subtracted", TensorsSoftMax.Version, TensorsSoftMax.Width, 1);

    public override void Run(float* x, float* y)
    {
        for (int row = 0; row < Rows; row++)
        {
            var from = new ReadOnlySpan<float>(x + (nint)row * Cols, Cols);
            var to = new Span<float>(y + (nint)row * Cols, Cols);
            TensorPrimitives.Subtract(from, TensorPrimitives.Max(from), to);
            TensorPrimitives.Exp<float>(to, to);
            TensorPrimitives.Multiply(to, 1 / TensorPrimitives.Sum<float>(to), to);
        }
    }
}

/// <summary>Does not subtract the maximum: NaN or zeros for ordinary logits, such as [100, 2, 3].</summary>
sealed unsafe class TensorsSoftMax : SoftmaxPeer
{
    public static readonly string? Version = typeof(TensorPrimitives).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    public static string Width => Vector512.IsHardwareAccelerated ? "512-bit vectors" : Vector256.IsHardwareAccelerated ? "256-bit vectors" : Vector128.IsHardwareAccelerated ? "128-bit vectors" : "scalar";

    public override PeerInfo Info { get; } = new("TensorPrimitives.SoftMax (unsafe)", Version, Width, 1);

    public override void Run(float* x, float* y)
    {
        for (int row = 0; row < Rows; row++)
            TensorPrimitives.SoftMax(new ReadOnlySpan<float>(x + (nint)row * Cols, Cols), new Span<float>(y + (nint)row * Cols, Cols));
    }
}
