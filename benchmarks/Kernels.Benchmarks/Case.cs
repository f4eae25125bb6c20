using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Kernels.Benchmarks.Yardsticks;
using Kernels.Examples;

namespace Kernels.Benchmarks;

/// <summary>One kernel, in every form that this process can run, on pointers: so that all forms get the same memory at the same offsets.</summary>
public sealed unsafe class Case
{
    /// <summary>Input, input and output, length. A reduction puts its result where y begins.</summary>
    public delegate void Form(float* x, float* y, int n);

    public required string Name { get; init; }
    /// <summary>The plain C#, the measure of correctness.</summary>
    public required Form Spec { get; init; }
    public required Form Hand { get; init; }
    /// <summary>Null in a build without the generated code.</summary>
    public Form? Generated { get; init; }
    /// <summary>What the .NET libraries offer; null: nothing that gives the same results.</summary>
    public Form? Library { get; init; }
    /// <summary>The largest error against the plain C#, in parts of the largest result: both are within a few u of the truth.</summary>
    public double Tolerance { get; init; } = 1e-6;

    static bool Wide => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    public static string Level => Wide ? "avx512" : Avx2.IsSupported && Fma.IsSupported ? "avx2" : throw new PlatformNotSupportedException("The yardsticks need AVX2 and FMA.");

    public static readonly Case[] All =
    [
        new()
        {
            Name = "axpy",
            Spec = (x, y, n) => Vectors.Axpy(0.5f, new(x, n), new(y, n)),
            Hand = Wide ? (x, y, n) => Vectors512.Axpy(0.5f, x, y, n) : (x, y, n) => Vectors256.Axpy(0.5f, x, y, n),
            Library = (x, y, n) => System.Numerics.Tensors.TensorPrimitives.FusedMultiplyAdd(new ReadOnlySpan<float>(x, n), 0.5f, new ReadOnlySpan<float>(y, n), new Span<float>(y, n)),
            Generated = (x, y, n) => Vectors.AxpyKernel.Run(0.5f, new(x, n), new(y, n)),
        },
        new()
        {
            Name = "dot",
            Spec = (x, y, n) => Vectors.Dot(new(x, n / 2), new(x + n / 2, n / 2), new(y, 1)),
            Hand = Wide ? (x, y, n) => *(double*)y = Vectors512.Dot(x, x + n / 2, n / 2) : (x, y, n) => *(double*)y = Vectors256.Dot(x, x + n / 2, n / 2),
            Generated = (x, y, n) => Vectors.DotKernel.Run(new(x, n / 2), new(x + n / 2, n / 2), new(y, 1)),
        },
        new()
        {
            Name = "softmax row",
            Spec = (x, y, n) => SoftmaxRow.Row(0, n, new(x, n), new(y, n)),
            Hand = Wide ? Softmax512.Row : Softmax256.Row,
            Library = (x, y, n) => System.Numerics.Tensors.TensorPrimitives.SoftMax(new ReadOnlySpan<float>(x, n), new Span<float>(y, n)),
            Generated = (x, y, n) => SoftmaxRow.Rows(new(x, n), new Span<float>(y, n), 1, n),
        },
    ];

    /// <summary>Every form against the plain C#, at lengths with every kind of tail.</summary>
    public void Check()
    {
        foreach (int n in new[] { 2, 16, 30, 62, 64, 128, 1000, 4096, 4130 })
        {
            float[] x = [.. Enumerable.Range(0, n).Select(i => MathF.Sin(i * 1.7f) * 9)], expected = [.. x.Select(v => v * 0.25f)];
            float[] start = [.. expected];
            fixed (float* px = x, pe = expected)
            {
                Spec(px, pe, n);
                foreach (var (name, form) in Forms())
                {
                    float[] y = [.. start];
                    fixed (float* py = y)
                    {
                        form(px, py, n);
                        bool single = Name == "dot";
                        if (single && !(Math.Abs(*(double*)py - *(double*)pe) <= 1e-9 * n)) throw new InvalidOperationException($"{Name}, {name}, length {n}: {*(double*)py} for {*(double*)pe}.");
                        if (single) continue;
                    }
                    double scale = expected.Max(Math.Abs);
                    for (int i = 0; i < n; i++)
                        if (!(Math.Abs(y[i] - expected[i]) <= Tolerance * scale)) throw new InvalidOperationException($"{Name}, {name}, length {n}: element {i} is {y[i]:R}, the plain C# gives {expected[i]:R}.");
                }
            }
        }
    }

    /// <summary>The forms there are, the yardstick first.</summary>
    public IEnumerable<(string Name, Form Run)> Forms()
    {
        yield return ("hand", Hand);
        if (Generated is not null) yield return ("generated", Generated);
        if (Library is not null) yield return ("library", Library);
    }
}
