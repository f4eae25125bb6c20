using Kernels.Testing;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Wrong arguments are rejected by name before anything is written; empty jobs are none.</summary>
public class ArgumentTests
{
    const int Size = 120;
    readonly float[] x = Examples.Data.Floats(1, Size), y = new float[Size], shared = new float[Size + 8];

    // The call throws, names the parameter, and leaves the outputs as they are.
    void Rejects(string names, Action call)
    {
        Poison.Fill<float>(y);
        Poison.Fill<float>(shared);
        Check.Rejects(names, call);
        Assert.Equal(-1, Poison.FirstWritten<float>(y));
        Assert.Equal(-1, Poison.FirstWritten<float>(shared));
    }

    [Fact]
    public void A_scale_beyond_float_is_refused_for_floats_and_not_for_doubles()
    {
        var options = new SoftmaxOptions { Scale = 1e300 };
        float[] y = [7, 7];
        var thrown = Assert.Throws<ArgumentException>(() => Softmax.Compute([1f, 2f], y, options));
        Assert.Equal("options", thrown.ParamName);
        Assert.Equal([7, 7], y);
        Softmax.Compute([1.0, 2.0], new double[2], options);
    }

    [Fact]
    public void Sizes()
    {
        foreach (var rows in new Action<int, int, int, int>[]
        {
            (r, c, from, to) => Softmax.Rows(x.AsSpan(0, from), y.AsSpan(0, to), r, c),
            (r, c, from, to) => LogSoftmax.Rows(x.AsSpan(0, from), y.AsSpan(0, to), r, c),
            (r, c, from, to) => StableMax.Rows(x.AsSpan(0, from), y.AsSpan(0, to), r, c),
        })
        {
            Rejects("rows", () => rows(-1, 10, Size, Size));
            Rejects("cols", () => rows(1, -1, Size, Size));
            Rejects("cols", () => rows(1, 0, Size, Size));
            Rejects("x", () => rows(10, 12, Size - 1, Size));
            Rejects("y", () => rows(10, 12, Size, Size - 1));
            Rejects("x|rows|cols", () => rows(65536, 65536, Size, Size));
            Rejects("x|rows|cols", () => rows(int.MaxValue, int.MaxValue, Size, Size));
            Poison.Fill<float>(y);
            rows(0, 10, Size, Size);
            rows(0, 0, 0, 0);
            rows(0, int.MaxValue, 0, 0);
            Assert.Equal(-1, Poison.FirstWritten<float>(y));
        }
        Rejects("result", () => LogSumExp.Rows(x, y.AsSpan(0, 9), 10, 12));
        Rejects("x", () => LogSumExp.Rows(x.AsSpan(1), y, 10, 12));
        Rejects("rows", () => LogSumExp.Rows(x, y, -1, 12));
        Rejects("cols", () => LogSumExp.Rows(x, y, 1, 0));
        LogSumExp.Rows(x, y, 0, 0);
    }

    [Fact]
    public void Empty_and_short_spans()
    {
        float[] none = [];
        Rejects("x", () => Softmax.Compute(none, y));
        Rejects("x", () => LogSoftmax.Compute(none, y));
        Rejects("x", () => StableMax.Compute(none, y));
        Rejects("x", () => LogSumExp.Compute(none));
        // A part of a row may be empty.
        Assert.Equal(SoftmaxPartial.Empty, SoftmaxPartial.Compute(none));
        Rejects("x", () => Softmax.Compute(Array.Empty<double>(), new double[1]));
        Rejects("x", () => Softmax.Compute(Array.Empty<Half>(), new Half[1]));
        Rejects("x", () => Softmax.Compute(Array.Empty<BFloat16>(), new BFloat16[1]));
        Rejects("y", () => Softmax.Compute(x, y.AsSpan(1)));
        Rejects("y", () => LogSoftmax.Compute(x, y.AsSpan(1)));
        Rejects("y", () => StableMax.Compute(x, y.AsSpan(1)));
        Rejects("y", () => SoftmaxPartial.Compute(x).Write(x, y.AsSpan(1)));
    }

    [Fact]
    public void Strides()
    {
        foreach (var rows in new Action<int, int, int, int>[]
        {
            (xs, ys, r, c) => Softmax.Rows(x, xs, y, ys, r, c),
            (xs, ys, r, c) => LogSoftmax.Rows(x, xs, y, ys, r, c),
        })
        {
            Rejects("xStride", () => rows(9, 10, 3, 10));
            Rejects("yStride", () => rows(10, 9, 3, 10));
            Rejects("xStride", () => rows(-10, 10, 3, 10));
            Rejects("x", () => rows(60, 10, 3, 10));
            Rejects("y", () => rows(10, 60, 3, 10));
            Rejects("x|xStride|rows", () => rows(int.MaxValue, 10, 3, 10));
            Rejects("y|yStride|rows", () => rows(10, int.MaxValue, 3, 10));
            // The last row needs no padding behind it.
            rows(55, 10, 3, 10);
        }
    }

    [Fact]
    public void Overlap()
    {
        foreach (int by in new[] { 1, 3, 7 })
        {
            Rejects("x|y", () => Softmax.Compute(shared.AsSpan(0, Size), shared.AsSpan(by, Size)));
            Rejects("x|y", () => Softmax.Compute(shared.AsSpan(by, Size), shared.AsSpan(0, Size)));
            Rejects("x|y", () => Softmax.Rows(shared.AsSpan(0, Size), shared.AsSpan(by, Size), 10, 12));
            Rejects("x|y", () => LogSoftmax.Rows(shared.AsSpan(by, Size), shared.AsSpan(0, Size), 10, 12));
            Rejects("x|y", () => StableMax.Rows(shared.AsSpan(by, Size), shared.AsSpan(0, Size), 10, 12));
            Rejects("x|y", () => Softmax.Axis(shared.AsSpan(by, Size), shared.AsSpan(0, Size), 2, 5, 12));
            Rejects("dx|y", () => Softmax.Backward(shared.AsSpan(by, Size), x, shared.AsSpan(0, Size), 10, 12));
            Rejects("dx|dy", () => Softmax.Backward(x, shared.AsSpan(by, Size), shared.AsSpan(0, Size), 10, 12));
            Rejects("dx|dy", () => LogSoftmax.Backward(x, shared.AsSpan(by, Size), shared.AsSpan(0, Size), 10, 12));
            Rejects("gradient|logits", () => CrossEntropy.Rows(shared.AsSpan(by, Size), new int[10], new float[10], shared.AsSpan(0, Size), 10, 12));
            Rejects("x|result", () => LogSumExp.Rows(shared.AsSpan(0, Size), shared.AsSpan(by, 10), 10, 12));
        }
        // The same memory with another stride: rows would be written over before they are read.
        Rejects("x|y|xStride|yStride", () => Softmax.Rows(shared.AsSpan(), 12, shared, 11, 5, 10));
    }

    [Fact]
    public void Masks()
    {
        Rejects("mask|Lengths", () => Softmax.Rows(x, y, 10, 12, new() { Lengths = new int[9] }));
        Rejects("mask|Lengths", () => Softmax.Rows(x, y, 10, 12, new() { Lengths = new int[11] }));
        foreach (int bad in new[] { -1, 13 })
        {
            int[] lengths = new int[10];
            lengths[9] = bad;
            Rejects("mask|Lengths", () => Softmax.Rows(x, y, 10, 12, new() { Lengths = lengths }));
            Rejects("mask|Lengths", () => LogSoftmax.Rows(x, y, 10, 12, new() { Lengths = lengths }));
            Rejects("mask|Lengths", () => LogSumExp.Rows(x, y, 10, 12, new() { Lengths = lengths }));
        }
        foreach (int length in new[] { 1, 11, 13, 119, 121 })
        {
            Rejects("mask|Keep", () => Softmax.Rows(x, y, 10, 12, new() { Keep = new byte[length] }));
            Rejects("mask|Bias", () => Softmax.Rows(x, y, 10, 12, new() { Bias = new float[length] }));
            Rejects("mask|Keep", () => LogSumExp.Rows(x, y, 10, 12, new() { Keep = new byte[length] }));
        }
        Rejects("mask|CausalPeriod", () => Softmax.Rows(x, y, 10, 12, RowMask.Causal(0, -1)));
    }

    [Fact]
    public void Algorithms()
    {
        var paper = new SoftmaxOptions { Algorithm = SoftmaxAlgorithm.Paper };
        Rejects("options", () => Softmax.Rows(x, y, 10, 12, RowMask.Causal(), paper));
        Rejects("options", () => Softmax.Rows(x, y, 10, 12, new() { Keep = new byte[12] }, paper));
        Rejects("options", () => Softmax.Rows(x, y, 10, 12, new() { Lengths = new int[10] }, paper));
        Rejects("options", () => Softmax.Rows(x, y, 10, 12, new() { Bias = new float[12] }, paper));
        double[] u = new double[5], v = new double[5];
        Rejects("options", () => Softmax.Compute(u, v, paper));
        Rejects("options", () => Softmax.Compute(new Half[5], new Half[5], paper));
        Rejects("options", () => Softmax.Compute(new BFloat16[5], new BFloat16[5], paper));
        Assert.All(v, e => Assert.Equal(0.0, e));
    }

    [Fact]
    public void Options()
    {
        foreach (double bad in new[] { double.NaN, double.PositiveInfinity, -1, -1e-300 }) Check.Rejects("Scale", () => new SoftmaxOptions { Scale = bad });
        Check.Rejects("Algorithm", () => new SoftmaxOptions { Algorithm = (SoftmaxAlgorithm)9 });
        Check.Rejects("FullyMasked", () => new SoftmaxOptions { FullyMasked = (FullyMaskedRows)9 });
        Check.Rejects("Kernel", () => new SoftmaxOptions { Kernel = null! });
        foreach (double bad in new[] { double.NaN, -0.1, 1.1 }) Check.Rejects("LabelSmoothing", () => new CrossEntropyOptions { LabelSmoothing = bad });
        foreach (double bad in new[] { double.NaN, double.NegativeInfinity }) Check.Rejects("GradientScale", () => new CrossEntropyOptions { GradientScale = bad });
        Check.Rejects("Kernel", () => new CrossEntropyOptions { Kernel = null! });
    }

    [Fact]
    public void Labels()
    {
        float[] losses = new float[10];
        foreach (int bad in new[] { -1, 12, int.MinValue, int.MaxValue })
        {
            int[] labels = new int[10];
            labels[9] = bad;
            Rejects("labels", () => CrossEntropy.Rows(x, labels, losses, y, 10, 12));
            Rejects("labels", () => CrossEntropy.Rows(x, labels, losses, 10, 12, new() { IgnoreIndex = -100 }));
        }
        Rejects("labels", () => CrossEntropy.Rows(x, new int[9], losses, y, 10, 12));
        Rejects("losses", () => CrossEntropy.Rows(x, new int[10], losses.AsSpan(1), y, 10, 12));
        Rejects("gradient", () => CrossEntropy.Rows(x, new int[10], losses, y.AsSpan(1), 10, 12));
        Rejects("logits", () => CrossEntropy.Rows(x.AsSpan(1), new int[10], losses, y, 10, 12));
        Rejects("cols", () => CrossEntropy.Rows(x, new int[10], losses, y, 10, 0));
        Rejects("rows", () => CrossEntropy.Rows(x, new int[10], losses, y, -1, 12));
        Assert.All(losses, v => Assert.Equal(0f, v));
        CrossEntropy.Rows(x, [], losses, y, 0, 12);
    }

    [Fact]
    public void Gradients_and_axes()
    {
        foreach (var backward in new Action<int, int, int, int, int>[]
        {
            (r, c, a, b, d) => Softmax.Backward(x.AsSpan(0, a), x.AsSpan(0, b), y.AsSpan(0, d), r, c),
            (r, c, a, b, d) => LogSoftmax.Backward(x.AsSpan(0, a), x.AsSpan(0, b), y.AsSpan(0, d), r, c),
        })
        {
            Rejects("rows", () => backward(-1, 12, Size, Size, Size));
            Rejects("cols", () => backward(1, 0, Size, Size, Size));
            Rejects("y", () => backward(10, 12, Size - 1, Size, Size));
            Rejects("dy", () => backward(10, 12, Size, Size - 1, Size));
            Rejects("dx", () => backward(10, 12, Size, Size, Size - 1));
            backward(0, 12, Size, Size, Size);
        }
        foreach (var axis in new Action<int, int, int, int, int>[]
        {
            (o, a, i, from, to) => Softmax.Axis(x.AsSpan(0, from), y.AsSpan(0, to), o, a, i),
            (o, a, i, from, to) => LogSoftmax.Axis(x.AsSpan(0, from), y.AsSpan(0, to), o, a, i),
        })
        {
            Rejects("outer", () => axis(-1, 3, 4, Size, Size));
            Rejects("axis", () => axis(1, 0, 4, Size, Size));
            Rejects("axis", () => axis(1, -3, 4, Size, Size));
            Rejects("inner", () => axis(1, 3, -4, Size, Size));
            Rejects("x", () => axis(2, 5, 12, Size - 1, Size));
            Rejects("y", () => axis(2, 5, 12, Size, Size - 1));
            Rejects("x|outer|axis|inner", () => axis(65536, 65536, 65536, Size, Size));
            Poison.Fill<float>(y);
            axis(0, 3, 4, Size, Size);
            axis(2, 3, 0, Size, Size);
            Assert.Equal(-1, Poison.FirstWritten<float>(y));
        }
    }
}
