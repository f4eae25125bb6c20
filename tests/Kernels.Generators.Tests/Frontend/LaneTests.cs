using Kernels.Generators.IR;

namespace Kernels.Generators.Tests.Frontend;

/// Kernels over arrays, lowered and interpreted on one lane and on four: the lane count changes nothing that these compute.
public class LaneTests
{
    static readonly int[] laneCounts = [1, 4];

    static Outcome Run(string members, int lanes, Arguments arguments)
    {
        var f = Kernels.Generators.Passes.Inline.Run(Source.Lower(members));
        var outcome = new Interpreter(f, lanes, checkRaces: true).Run(arguments);
        Assert.True(outcome.Failure is null, outcome.Failure);
        Assert.Empty(outcome.Races);
        return outcome;
    }

    [Fact]
    public void Reductions_of_scalars_and_structs()
    {
        const string Text = """
            public readonly struct Range(float low, float high)
            {
                public readonly float Low = low, High = high;
                public static Range Empty => new(float.PositiveInfinity, float.NegativeInfinity);
                [Reduction(Identity = nameof(Empty))]
                public static Range Join(Range a, Range b) => new(MathF.Min(a.Low, b.Low), MathF.Max(a.High, b.High));
            }
            [Kernel] static void F(ReadOnlySpan<float> x, Span<float> y)
            {
                var range = Range.Empty;
                float sum = 0;
                foreach (int i in Lanes.Over(x))
                {
                    range = Range.Join(range, new Range(x[i], x[i]));
                    sum += x[i];
                }
                var all = Lanes.Reduce(range, Range.Join);
                y[0] = all.Low;
                y[1] = all.High;
                y[2] = Lanes.Sum(sum);
                y[3] = Lanes.Any(sum > 100) ? 1 : 0;
            }
            """;
        foreach (int lanes in laneCounts)
        {
            float[] y = new float[4];
            var arguments = new Arguments().With("x", new float[] { 3, -1, 8, 2, 2, -7 }).With("y", y);
            Run(Text, lanes, arguments);
            arguments.CopyTo("y", y);
            Assert.Equal([-7, 8, 7, 0], y);
        }
    }

    [Fact]
    public void Compaction_keeps_the_order()
    {
        const string Text = "[Kernel] static void F(ReadOnlySpan<int> x, Span<byte> y, Span<int> n) { int count = 0; foreach (int i in Lanes.Over(x)) { if (x[i] % 2 == 0) continue; Lanes.Append(y, ref count, (byte)x[i]); } n[0] = count; }";
        foreach (int lanes in laneCounts)
        {
            byte[] y = new byte[8];
            int[] n = new int[1];
            var arguments = new Arguments().With("x", new[] { 2, 5, 7, 4, 300 + 1, 9, 6 }).With("y", y).With("n", n);
            Run(Text, lanes, arguments);
            arguments.CopyTo("y", y);
            arguments.CopyTo("n", n);
            Assert.Equal([5, 7, 45, 9], y[..4]);
            Assert.Equal(4, n[0]);
        }
    }

    [Fact]
    public void Chunks_are_left_by_break()
    {
        const string Text = "[Kernel] static void F(ReadOnlySpan<int> x, Span<int> y) { int done = 0; foreach (var chunk in Lanes.Chunks(0, x.Length)) { bool negative = false; foreach (int i in chunk) { y[i] = x[i] + 1; negative |= x[i] < 0; } done = chunk.End; if (Lanes.Any(negative)) break; } y[x.Length] = done; }";
        foreach (int lanes in laneCounts)
        {
            int[] y = new int[9];
            var arguments = new Arguments().With("x", new[] { 1, 2, -3, 4, 5, 6, 7, 8 }).With("y", y);
            Run(Text, lanes, arguments);
            arguments.CopyTo("y", y);
            Assert.Equal(lanes == 1 ? 3 : 4, y[8]);
            Assert.Equal(0, y[5]);
            Assert.Equal(-2, y[2]);
        }
    }

    [Fact]
    public void Atomics_scratch_and_helpers_over_parts_of_arrays()
    {
        const string Text = """
            [Kernel] static void F([Block] int row, int columns, ReadOnlySpan<byte> x, Span<int> histogram)
            {
                var counts = Scratch<int>.Persistent(4, 0);
                Count(x.Slice(row * columns, columns), counts);
                foreach (int b in Lanes.Range(0, 4)) { histogram[4 * row + b] = counts[b]; counts[b] = 0; }
            }
            static void Count(ReadOnlySpan<byte> x, Span<int> counts)
            {
                foreach (int i in Lanes.Over(x)) Atomic.Add(ref counts[x[i] & 3], 1);
            }
            """;
        foreach (int lanes in laneCounts)
        {
            int[] h = new int[8];
            var arguments = new Arguments().With("row", 1).With("columns", 5).With("x", new byte[] { 9, 9, 9, 9, 9, 0, 1, 1, 3, 5 }).With("histogram", h);
            Run(Text, lanes, arguments);
            arguments.CopyTo("histogram", h);
            Assert.Equal([0, 0, 0, 0, 1, 3, 0, 1], h);
        }
    }

    [Fact]
    public void Views_have_long_strides()
    {
        const string Text = "[Kernel] static void F([Block] int r, View2<float> m, Span<float> y) { foreach (int c in Lanes.Range(0, m.Columns)) y[c] = m[r, c] + m.Row(r)[c]; }";
        float[] y = new float[2];
        var arguments = new Arguments().With("r", 1).With("m", new float[] { 1, 2, 99, 3, 4, 99 }).With("m.Rows", 2).With("m.Columns", 2).With("m.Stride", 3L).With("y", y);
        Run(Text, 4, arguments);
        arguments.CopyTo("y", y);
        Assert.Equal([6, 8], y);
        var p = Source.Lower(Text).Kernel.Parameters.OfType<BufferParameter>().First();
        Assert.True(p.View2 && p.Access == Access.Read);
    }

    [Fact]
    public void Regions_are_dispatched()
    {
        const string Text = "[ElementKernel] static float F(float x) => Piece(x < 0 ? 0 : x < 1 ? 2 : 9, x); [Compact] static float Piece(int region, float x) => region switch { 0 => -x, 2 => x * x, _ => 1 };";
        Assert.Single(Source.Lower(Text).Kernel.Body.Statements().OfType<Dispatch>(), d => d.Cases.Count == 4);
        foreach (var (x, y) in new[] { (-3f, 3f), (0.5f, 0.25f), (7f, 1f) }) Assert.Equal(y, Source.RunFloat(Text, x));
    }

    [Fact]
    public void Schedules_and_clones_are_read()
    {
        var f = Source.Lower("[Kernel, Lanes(8), Schedule(Vectors = 2, PrefetchBytes = 512, Threads = 64), Float(Kernels.FloatMode.Contract), Unroll, Specialize(\"n\", 4, 8)] static void F([Const] int n, [Trusted] ReadOnlySpan<float> x, [InPlace(nameof(x))] Span<float> y) { foreach (int i in Lanes.Over(x)) y[i] = n * x[i]; }").Kernel;
        Assert.Equal(new Schedule(Vectors: 2, Lanes: 8, PrefetchBytes: 512, Float: Kernels.Generators.IR.FloatMode.Contract, UnrollAll: true, Threads: 64), f.Schedule);
        Assert.Equal([4UL, 8UL], f.Signature!.Specializations[0].Values.Select(v => v.Bits));
        Assert.Contains(f.Parameters, p => p is ValueParameter { Role: ParameterRole.Const });
        Assert.Contains(f.Parameters, p => p is BufferParameter { Trusted: true, Access: Access.Read });
        Assert.Contains(f.Parameters, p => p is BufferParameter { InPlaceOf: "x", Access: Access.Write });
    }

    [Fact]
    public void IR_survives_its_text()
    {
        foreach (string text in new[] { "static float F(float x) => x > 0 ? MathF.Sqrt(x) : (float)(Half)x;", "[Kernel] static void F(ReadOnlySpan<float> x, Span<float> y) { float s = 0; foreach (int i in Lanes.Over(x)) s += x[i]; y[0] = Lanes.Sum(s); }" })
        {
            var module = Source.Lower(text);
            Assert.Equal(module, IRText.ParseModule(IRText.Write(module)));
        }
    }
}
