using Kernels.Generators.IR;
using Kernels.Generators.Tests.Targets.Gpu;

namespace Kernels.Gpu.Tests.Shaders;

/// A call of a shader. Make gives the same arguments each time. Grid: blocks along each axis; Elements: of an element kernel.
sealed record ShaderCase(string Note, Func<Arguments> Make, int[] Grid, int Elements = 0);

/// Calls of the shipped kernels: what their parameters' names mean, and the shapes.
static class ShippedCases
{
    /// Around the group's size of 256, and beyond four groups.
    static readonly int[] lengths = [0, 1, 2, 255, 256, 257, 512, 1023, 1025];
    const int Rows = 3;

    enum Data { Usual, Special, Huge }

    public static IEnumerable<ShaderCase> Of(ShippedShader kernel)
    {
        if (kernel.Elements)
        {
            foreach (int n in lengths) yield return new($"n = {n}", () => Elements(kernel.Function, n), [], n);
            yield break;
        }
        foreach (int n in lengths.Where(n => n > 0 || !kernel.Name.Contains(".Losses", StringComparison.Ordinal))) // whose rows have a label each
            yield return Block(kernel, n, Data.Usual, false, inPlace: false);
        if (kernel.Name.Contains("Masked", StringComparison.Ordinal))
            foreach (int n in new[] { 1, 257, 1025 }) yield return Block(kernel, n, Data.Usual, true, inPlace: false);
        yield return Block(kernel, 300, Data.Special, false, inPlace: false);
        yield return Block(kernel, 300, Data.Huge, false, inPlace: false);
        if (kernel.Function.Parameters.OfType<BufferParameter>().Any(p => p.InPlaceOf is not null)) yield return Block(kernel, 300, Data.Usual, false, inPlace: true);
    }

    /// One of middling size, for a run that is slow.
    public static ShaderCase One(ShippedShader kernel) => kernel.Elements ? new("n = 300", () => Elements(kernel.Function, 300), [], 300) : Block(kernel, 300, Data.Usual, false, inPlace: false);

    static Arguments Elements(Function f, int n)
    {
        var random = new Random(n);
        var arguments = new Arguments();
        foreach (var p in f.Parameters)
            if (p is ValueParameter v) arguments.Scalars[v.Local.Name] = Values.Of(v.Local.Type, Values.Any(random));
            else if (p is BufferParameter b) arguments.Arrays[b.Buffer.Name] = b.Access == Access.Write ? Values.Poisoned(b.Buffer.Element, n) : Values.Array(b.Buffer.Element, n, () => Values.Any(random));
        return arguments;
    }

    static ShaderCase Block(ShippedShader kernel, int n, Data data, bool masked, bool inPlace)
    {
        var f = kernel.Function;
        var shape = Shape.Of(kernel.Name, n, data, masked, inPlace);
        return new($"n = {n}, {data}{(masked ? ", masked" : "")}{(inPlace ? ", in place" : "")}", Make, shape.Grid);

        Arguments Make()
        {
            var random = new Random(n + (int)data);
            // Log-probabilities are negative: with more their powers are beyond what Scale is defined for.
            double sign = kernel.Name.Contains(".LogBackward", StringComparison.Ordinal) ? -1 : 1;
            double Value() => data switch { Data.Usual => Values.Usual(random), Data.Special => Values.Any(random), _ => sign * (2e5 + 1e4 * random.NextDouble()) };
            var arguments = new Arguments();
            foreach (var p in f.Parameters)
                if (p is ValueParameter { Role: not ParameterRole.BlockIndex } v) arguments.Scalars[v.Local.Name] = Values.Of(v.Local.Type, shape.Scalar(v.Local.Name));
                else if (p is BufferParameter b)
                    arguments.Arrays[b.Buffer.Name] = shape.Integers(b.Buffer.Name, random) is { } integers ? [.. integers.Select(x => (ulong)(long)x & b.Buffer.Element.Mask())]
                        : b.Access == Access.Write || shape.IsOutput(b.Buffer.Name) ? Values.Poisoned(b.Buffer.Element, shape.Length(b.Buffer.Name))
                        : Values.Array(b.Buffer.Element, shape.Length(b.Buffer.Name), Value);
            if (inPlace)
                foreach (var p in f.Parameters.OfType<BufferParameter>())
                    if (p.InPlaceOf is { } of) arguments.Arrays[p.Buffer.Name] = arguments.Arrays[of != "*" ? of : f.Parameters.OfType<BufferParameter>().First(o => o.Buffer.Element == p.Buffer.Element).Buffer.Name];
            return arguments;
        }
    }

    /// The shape of a block kernel's call: its grid, and by name its scalars and its arrays.
    sealed record Shape(int[] Grid, Func<string, double> Scalar, Func<string, int> Length)
    {
        public Func<string, Random, int[]?> Integers { get; init; } = (_, _) => null;
        public Func<string, bool> IsOutput { get; init; } = _ => false;

        public static Shape Of(string name, int n, Data data, bool masked, bool inPlace)
        {
            string type = name[..name.IndexOf('.')], method = name[(type.Length + 1)..].Split('_')[0];
            return $"{type}.{method}" switch
            {
                "VonMisesFisherSpecs.InverseLengths" => new([Rows], _ => n, a => a == "x" ? Rows * n : Rows),
                "VonMisesFisherSpecs.WeightedSum" => new([(n + 511) / 512], s => s == "rows" ? Rows : n, a => a switch { "x" => Rows * n, "factors" => Rows, _ => n }) { IsOutput = a => a == "sum" },
                "Semirings.Product" => new([Rows], s => s == "inner" ? 7 : n, a => a switch { "a" => Rows * 7, "b" => 7 * n, _ => Rows * n }),
                "Matrices.Transform" => new([], _ => 1.5, a => a == "m" ? 9 * n : 3 * n),
                "Vectors.Dot" or "Vectors.DotBytes" => new([], _ => 0, a => a == "result" ? 1 : n) { Integers = (a, random) => method == "DotBytes" && a != "result" ? [.. Enumerable.Range(0, n).Select(_ => random.Next(-128, 128))] : null },
                "Vectors.Axpy" or "Vectors.AxpyDouble" => new([], _ => 1.75, _ => n),
                "Mandelbrot.Escape" => new([Rows], s => s switch { "width" => n, "left" => -2, "top" => -0.3, "step" => 3.0 / Math.Max(n, 1), _ => 60 }, _ => Rows * n),
                "SoftmaxRow.Row" or "SoftmaxRow.RowDouble" => new([Rows], _ => n, _ => Rows * n) { IsOutput = a => a == "y" },
                "Histogram.Count" => new([Rows], s => s switch { "length" => n, "low" => -5, "high" => 5, _ => 3.7 }, a => a == "bins" ? 37 : Math.Max(Rows * n - 1, 0))
                    { Integers = (a, _) => a == "bins" ? [.. Enumerable.Range(0, 37)] : null },
                "Histogram.CountBytes" => new([Rows], _ => n, a => a == "bins" ? 256 : Math.Max(Rows * n - 1, 0))
                    { Integers = (a, random) => a == "bins" ? [.. Enumerable.Range(0, 256)] : [.. Enumerable.Range(0, Math.Max(Rows * n - 1, 0)).Select(_ => random.Next(256) & random.Next(256))] },
                "WalshHadamard.Transform16" => new([n], _ => 0, _ => 16 * n),
                "ComplexProduct.Multiply" => new([], _ => 0, _ => 2 * n),
                "Permutation.Gather" or "Permutation.Scatter" => new([], _ => 0, _ => n) { Integers = (a, random) => a == "index" ? Permuted(n, random) : null },
                // Every ninth index is out of range, on either side: an error bit, and nothing touched.
                "Permutation.GatherChecked" or "Permutation.ScatterChecked" => new([], _ => 0, _ => n)
                    { Integers = (a, random) => a == "index" ? [.. Permuted(n, random).Select((p, k) => k % 9 != 4 ? p : k % 2 == 0 ? n + k : -1 - k)] : null },
                _ => Softmax(method, n, data, masked, inPlace),
            };
        }

        static int[] Permuted(int n, Random random)
        {
            int[] p = [.. Enumerable.Range(0, n)];
            random.Shuffle(p);
            return p;
        }

        /// Floats of a sum in memory.
        const int SumLength = 5;

        /// Rows with gaps between them, unless source and destination are one.
        static Shape Softmax(string method, int n, Data data, bool masked, bool inPlace)
        {
            const int Inner = 130, Pieces = 3; // of a row on a device
            bool ofDevice = method.StartsWith("Device", StringComparison.Ordinal);
            int rows = method == "Short" ? 6 : Rows, stride = inPlace || method is "Stable" or "Losses" or "Backward" or "LogBackward" ? n : n + 5, mask = masked ? n : 0;
            bool pieces = method is "PieceSums" or "WritePieces", axis = method is "Axis" or "LogAxis";
            if (axis && n > 300) n = 40; // rows along the axis, 130 beside each other
            int total = axis ? 2 * n * Inner : pieces ? Math.Max(Rows * n - n / 2, 0) : rows * stride;
            return new(axis ? [2, 1] : method == "Short" ? [2] : method is "DevicePieceSums" or "DeviceWritePieces" ? [Rows, Pieces] : [Rows],
                s => s switch
                {
                    "pieces" => Pieces,
                    "length" when ofDevice => n / Pieces + 1,
                    "rows" => rows,
                    "columns" or "length" or "axis" or "shape.Columns" => n,
                    "inner" => Inner,
                    "xStride" or "yStride" or "shape.XStride" or "shape.YStride" => stride,
                    "shape.KeepColumns" or "shape.KeepStride" or "shape.BiasColumns" => mask, // one bias for all rows
                    "shape.Causal" or "shape.HasLengths" or "hasKeep" or "hasBias" or "zero" or "shape.Zero" => masked ? 1 : 0,
                    "shape.Offset" => n / 2,
                    "shape.Period" => 2,
                    "shape.Misalignment" or "head" => 5,
                    "scale" => masked ? 0.7 : 1,
                    "ignored" => -100,
                    "ignores" or "wantsGradient" => 1,
                    "smoothing" => 0.1,
                    "gradientScale" => 1.0 / Rows,
                    // What the pieces' sum may be: NaN as soon as there is one or +infinity.
                    "sum.Total" => data == Data.Special ? double.NaN : 37.25,
                    "sum.Exponent" => 3,
                    "sum.Shift" => data == Data.Huge ? 2.1e5 : 0,
                    "shape.BiasStride" => 0,
                    _ => throw new InvalidOperationException($"{method} has '{s}'"),
                },
                a => a switch
                {
                    "keep" or "bias" => !masked ? 0 : axis ? Inner : pieces ? total : method == "Losses" || a == "bias" ? n : rows * n,
                    "lengths" => masked ? rows : 0,
                    "sums" => SumLength * Rows * (method == "DeviceWritePieces" ? 1 : Pieces),
                    "merged" => SumLength * Rows,
                    "labels" or "losses" or "result" or "totals" or "exponents" or "shifts" => rows,
                    _ => total,
                })
            {
                IsOutput = a => a is "y" && method is not ("Backward" or "LogBackward"),
                Integers = (a, random) => a switch
                {
                    "keep" when masked => [.. Enumerable.Range(0, axis ? Inner : pieces ? total : method == "Losses" ? n : rows * n).Select(k => k % 7 == 3 ? 0 : 1 + random.Next(255))],
                    "lengths" when masked => [n, n / 3, 0],
                    "labels" => [n / 2, -100, n - 1], // one that is ignored
                    // Top, High, Low, Exponent, Shift: as pieces of rows give them.
                    "sums" when method != "DevicePieceSums" => [.. Enumerable.Range(0, Rows * (method == "DeviceWritePieces" ? 1 : Pieces)).SelectMany(k => (float[])
                        (data == Data.Huge ? [2.1e5f, 7.5f, 3e-7f, 2, 2.1e5f] : data == Data.Special && (k == 1 || method == "DeviceWritePieces") ? [1, float.NaN, 0, 1, 0] : [2 + k, 1.7f, 1e-7f, 3 + k, 0])).Select(BitConverter.SingleToInt32Bits)],
                    _ => null,
                },
            };
        }
    }
}
