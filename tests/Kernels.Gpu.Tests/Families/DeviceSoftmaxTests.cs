using Xunit.Abstractions;

namespace Kernels.Gpu.Tests.Families;

/// Softmax and cross-entropy by their public calls on device buffers.
public class DeviceSoftmaxTests(ITestOutputHelper output)
{
    const int Guard = 64;
    const float Poison = -123456;

    static readonly GpuDevice device = GpuDevice.Enumerate().FirstOrDefault()!;

    /// u = 2^-24. e^t of the reduced t, |t| <= 0.35: t errs by 0.25u (its last subtraction) and 0.11u (n times the rest of ln 2), the polynomial by 0.24u, its roundings by 0.37u, the product q t by 0.35u
    /// (0.25u, and e^t is at least 0.71), the last sum by 1u: under 2.4u, once in the numerator and once, as a mean, in the sum. Sums keep what additions lose: u for the last digits of all of it. The
    /// inverse is right to u² (a division that errs by 2.5 ULP is repaired by the remainder); p m and the sum with p r: 2u. 7.8u, and a unit in the last place is at least u of the value: 8.
    /// Pieces of a row that is taken relative to maxima of its own pieces are brought to one by a factor, 2.4u and 1u more in the sum: 12.
    static double Ulps(int cols, double top) => cols > 16384 && Math.Abs(top) > 44000 ? 12 : 8;

    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 3, 7 }, { 5, 31 }, { 5, 32 }, { 5, 33 }, { 4, 255 }, { 4, 256 }, { 4, 257 }, { 3, 1023 }, { 3, 1025 }, { 2, 16383 }, { 2, 16384 }, { 2, 16385 }, { 3, 50000 }, { 1, 300000 },
    };

    [GpuTheory, MemberData(nameof(Shapes))]
    public void Probabilities_are_right(int rows, int cols)
    {
        // Around 44000 rows begin to be taken relative to their maximum; 45000 is where arguments are cut off.
        foreach (double middle in new[] { 0, 3e4, 44000, -44000, 44990, 45000, -44950, -45000, -45010, 1e6, -3e5 })
        {
            float[] x = Values(rows * cols, middle, 20);
            output.WriteLine($"around {middle}: {Check(x, Rows(x, rows, cols), rows, cols):F2} ULP");
        }
    }

    /// 70000 groups: more than a dispatch has along one axis.
    [GpuFact]
    public void Grids_fold()
    {
        const int rows = 70000, cols = 3;
        float[] x = Values(rows * cols, 0, 5);
        Check(x, Rows(x, rows, cols), rows, cols);
    }

    [GpuTheory, InlineData(100), InlineData(1000), InlineData(40000)]
    public void Rows_may_be_in_place(int cols)
    {
        float[] x = Values(3 * cols, 0, 20);
        using var buffer = device.Allocate<float>(x);
        Softmax.Rows(buffer, buffer, 3, cols);
        Assert.Equal(Rows(x, 3, cols), buffer.ToArray());
    }

    /// Elements that are nothing beside the maximum, wherever that is.
    [GpuTheory, InlineData(3), InlineData(300), InlineData(40000)]
    public void What_vanishes_is_nothing(int cols)
    {
        foreach (float top in new[] { -43990, -44010, -44990, -45010, 44990, 45010, 1e30f })
        {
            float[] x = new float[cols];
            Array.Fill(x, float.NegativeInfinity);
            (x[0], x[cols - 1]) = (top, Math.Min(-60000, 2 * top));
            Assert.Equal([1, .. new float[cols - 1]], Rows(x, 1, cols));
            Array.Fill(x, top);
            byte[] keep = new byte[cols];
            keep[cols / 2] = 1;
            using GpuBuffer<byte> kept = device.Allocate<byte>(keep);
            Assert.Equal([.. new float[cols / 2], 1, .. new float[cols - cols / 2 - 1]], Rows(x, 1, cols, null, new() { Keep = kept }));
        }
    }

    [GpuTheory, InlineData(5), InlineData(300), InlineData(20000)]
    public void Special_values_follow_the_processors_rules(int cols)
    {
        const int rows = 6;
        float[] x = Values(rows * cols, 0, 5);
        x[0 * cols + cols / 2] = float.NaN;
        x[1 * cols] = float.PositiveInfinity;
        x[2 * cols + cols - 1] = float.NegativeInfinity;
        Array.Fill(x, float.NegativeInfinity, 3 * cols, cols);
        Array.Fill(x, float.NegativeInfinity, 4 * cols, cols);
        x[4 * cols + cols - 1] = float.NaN;
        x[5 * cols] = 3e38f; // finite, and e^x far beyond all floats
        foreach (var policy in new[] { FullyMaskedRows.Propagate, FullyMaskedRows.Zero })
        {
            float[] y = Rows(x, rows, cols, new() { FullyMasked = policy });
            Assert.All(y[..(2 * cols)], p => Assert.True(float.IsNaN(p)));
            Assert.Equal(0u, BitConverter.SingleToUInt32Bits(y[3 * cols - 1]));
            Assert.All(y[(3 * cols)..(4 * cols)], p => Assert.Equal(policy == FullyMaskedRows.Zero ? 0 : float.NaN, p));
            Assert.All(y[(4 * cols)..(5 * cols)], p => Assert.True(float.IsNaN(p)));
            Assert.Equal(1, y[5 * cols]);
            Assert.All(y[(5 * cols + 1)..], p => Assert.Equal(0, p));
            Check(x[(2 * cols)..(3 * cols)], y[(2 * cols)..(3 * cols)], 1, cols);
        }
    }

    /// With a scale and a bias z is rounded twice, |scale x| u and |z| u off, which are relative errors of e^z; the processor's own 4.5 ULP, and its z is rounded once.
    [GpuTheory, InlineData(7), InlineData(300), InlineData(20000)]
    public void Masks_are_those_of_the_processor(int cols)
    {
        const int rows = 4;
        const double Largest = 10, Scaled = 0.7 * Largest, Z = Scaled + 1; // |scale x| and |z|
        float[] x = Values(rows * cols, 0, Largest), bias = Values(cols, 0, 1);
        byte[] keep = [.. Enumerable.Range(0, rows * cols).Select(k => (byte)(k % 5 == 2 ? 0 : k))];
        int[] lengths = [cols, cols / 2, 0, 1];
        var options = new SoftmaxOptions { Scale = 0.7, FullyMasked = FullyMaskedRows.Zero };
        using GpuBuffer<float> deviceBias = device.Allocate<float>(bias);
        using GpuBuffer<byte> deviceKeep = device.Allocate<byte>(keep);
        using GpuBuffer<int> deviceLengths = device.Allocate<int>(lengths);
        (RowMaskOf Processor, DeviceRowMask Device)[] masks =
        [
            (() => new() { Bias = bias }, new() { Bias = deviceBias }),
            (() => new() { Keep = keep }, new() { Keep = deviceKeep }),
            (() => new() { Lengths = lengths }, new() { Lengths = deviceLengths }),
            (() => RowMask.Causal(1, 2), new() { CausalOffset = 1, CausalPeriod = 2 }),
            (() => new() { Keep = keep, Bias = bias, Lengths = lengths, CausalOffset = cols / 3 }, new() { Keep = deviceKeep, Bias = deviceBias, Lengths = deviceLengths, CausalOffset = cols / 3 }),
        ];
        foreach (var (processor, mask) in masks)
        {
            var expected = new float[rows * cols];
            Softmax.Rows(x, expected, rows, cols, processor(), options);
            float[] y = Rows(x, rows, cols, options, mask);
            for (int k = 0; k < y.Length; k++)
            {
                // Each rounding of z is in its own power and, as a mean, in the sum's: here two of them, on the processor one.
                double allowed = (8 + 4.5) * Step(expected[k]) + 2 * (Scaled + Z + Z) * expected[k] / (1 << 24) + 1.18e-38;
                Assert.True(Math.Abs((double)y[k] - expected[k]) <= allowed, $"{k}: {y[k]:R}, not {expected[k]:R}");
            }
        }
    }

    delegate RowMask RowMaskOf();

    [GpuFact]
    public void Doubles_are_those_of_the_processor()
    {
        const int rows = 3, cols = 1000;
        double[] x = [.. Values(rows * cols, 0, 30).Select(v => (double)v)], expected = new double[x.Length];
        Softmax.Rows(x, expected, rows, cols);
        using GpuBuffer<double> from = device.Allocate<double>(x), to = device.Allocate<double>(x.Length);
        Softmax.Rows(from, to, rows, cols);
        double[] y = to.ToArray();
        // Each within 4.5 ULP; a device's division may err by 2.5.
        for (int k = 0; k < y.Length; k++) Assert.True(Math.Abs(y[k] - expected[k]) <= 12 * (Math.BitIncrement(expected[k]) - expected[k]), $"{k}: {y[k]:R}, not {expected[k]:R}");
    }

    [GpuFact]
    public void Losses_and_gradients_are_those_of_the_processor()
    {
        const int rows = 5, cols = 700;
        float[] x = Values(rows * cols, 0, 10), losses = new float[rows], gradient = new float[x.Length];
        int[] labels = [1, 2, cols - 1, -100, 0];
        var options = new CrossEntropyOptions { LabelSmoothing = 0.1, IgnoreIndex = -100, GradientScale = 0.2 };
        CrossEntropy.Rows(x, labels, losses, gradient, rows, cols, options);
        using GpuBuffer<float> logits = device.Allocate<float>(x), toLosses = device.Allocate<float>(rows), toGradient = device.Allocate<float>(x.Length);
        using GpuBuffer<int> toLabels = device.Allocate<int>(labels);
        CrossEntropy.Rows(logits, toLabels, toLosses, toGradient, rows, cols, options);
        // Losses from 5 to 15 in steps of 2^-21 and more: powers within 2.1u, u = 2^-24, on either side leave the logarithm of their sum 4.2u apart, half a step, and each result is rounded once. The
        // gradient: probabilities below 1, within 4.5 ULP on either side, times 0.2.
        Assert.All(losses, l => Assert.True(l is 0 or > 4 and < 16));
        foreach (var (a, b) in toLosses.ToArray().Zip(losses)) Assert.True(Math.Abs((double)a - b) <= 2 * Step(b), $"{a:R}, not {b:R}");
        foreach (var (a, b) in toGradient.ToArray().Zip(gradient)) Assert.True(Math.Abs((double)a - b) <= 0.2 * 9 * Step(1), $"{a:R}, not {b:R}");

        CrossEntropy.Rows(logits, toLabels, toLosses, null, rows, cols, options);
        Assert.Equal(losses[3], toLosses.ToArray()[3]);
        toLabels.Upload([1, cols, -1, -100, int.MaxValue]); // nothing outside is read: the layer would say so, and the losses do
        CrossEntropy.Rows(logits, toLabels, toLosses, toGradient, rows, cols, options);
        Assert.Equal([false, true, true, false, true], toLosses.ToArray().Select(float.IsNaN));
    }

    [GpuFact]
    public void Nothing_runs_before_the_stream_is_submitted()
    {
        float[] x = Values(3 * 40000, 0, 5), poison = [.. Enumerable.Repeat(Poison, x.Length)];
        using GpuBuffer<float> from = device.Allocate<float>(x), to = device.Allocate<float>(poison);
        using var stream = device.CreateStream();
        Softmax.Rows(from, to, 3, 40000, stream: stream);
        Assert.True(stream.Recorded >= 3);
        Assert.Equal(poison, to.ToArray());
        stream.Submit();
        Assert.Equal(Rows(x, 3, 40000), to.ToArray());
    }

    [GpuFact]
    public void Bad_arguments_are_named()
    {
        using GpuBuffer<float> six = device.Allocate<float>(6), five = device.Allocate<float>(5);
        using GpuBuffer<int> two = device.Allocate<int>(2);
        void Throws<T>(string name, Action call) where T : ArgumentException => Assert.Equal(name, Assert.Throws<T>(call).ParamName);
        Throws<ArgumentException>("y", () => Softmax.Rows(six, five, 2, 3));
        Throws<ArgumentException>("x", () => Softmax.Rows(five, six, 2, 3));
        Throws<ArgumentNullException>("x", () => Softmax.Rows(null!, six, 2, 3));
        Throws<ArgumentException>("cols", () => Softmax.Rows(six, six, 2, 0));
        Throws<ArgumentOutOfRangeException>("rows", () => Softmax.Rows(six, six, -1, 3));
        Throws<ArgumentException>("mask", () => Softmax.Rows(six, six, 3, 2, new() { Lengths = two }));
        Throws<ArgumentException>("mask", () => Softmax.Rows(six, six, 2, 3, new() { Bias = five }));
        Throws<ArgumentException>("y", () => Softmax.Rows(six, five, 1, 5, new() { Bias = five }));
        Throws<ArgumentException>("options", () => Softmax.Rows(six, six, 2, 3, default, new() { Algorithm = SoftmaxAlgorithm.Paper }));
        Throws<ArgumentException>("losses", () => CrossEntropy.Rows(six, two, device.Allocate<float>(1), null, 2, 3));
        Softmax.Rows(five, five, 0, 3);
    }

    /// Runs with poison and a guard band behind the result; both buffers are longer than the matrix.
    static float[] Rows(float[] x, int rows, int cols, SoftmaxOptions? options = null, DeviceRowMask mask = default)
    {
        float[] longer = [.. x, .. Enumerable.Repeat(Poison, Guard)], poison = [.. Enumerable.Repeat(Poison, longer.Length)];
        using GpuBuffer<float> from = device.Allocate<float>(longer), to = device.Allocate<float>(poison);
        Softmax.Rows(from, to, rows, cols, mask, options);
        float[] y = to.ToArray();
        Assert.All(y[x.Length..], p => Assert.Equal(Poison, p));
        Assert.Equal(longer, from.ToArray());
        return y[..x.Length];
    }

    /// The largest error of normal results, in ULP.
    static double Check(float[] x, float[] y, int rows, int cols)
    {
        double worst = 0;
        for (int r = 0; r < rows; r++)
        {
            double top = double.NegativeInfinity, sum = 0;
            for (int c = 0; c < cols; c++) top = Math.Max(top, x[r * cols + c]);
            for (int c = 0; c < cols; c++) sum += Math.Exp((double)x[r * cols + c] - top);
            for (int c = 0; c < cols; c++)
            {
                // Math.Exp and the sum of doubles: 1e-12 at most. Below the normal numbers a device may give 0.
                double wanted = Math.Exp((double)x[r * cols + c] - top) / sum, allowed = wanted < 1.18e-38 ? 1.18e-38 : Ulps(cols, top) * Step(wanted);
                double error = Math.Abs(y[r * cols + c] - wanted);
                Assert.True(error <= allowed, $"{rows} x {cols}, [{r}, {c}]: {y[r * cols + c]:R}, not {wanted:R}");
                if (wanted >= 1.18e-38) worst = Math.Max(worst, error / Step(wanted));
            }
        }
        return worst;
    }

    static float[] Values(int count, double middle, double range)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(middle + range * (2 * random.NextDouble() - 1)))];
    }

    static double Step(double v) => MathF.BitIncrement((float)Math.Abs(v)) - (float)Math.Abs(v);
}
