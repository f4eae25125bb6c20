using System.Text.Json;

namespace Kernels.Tool.Tests;

public class TourTests
{
    static readonly TimingBudget Tiny = new(TimeSpan.FromMicroseconds(20), 2, 2);

    // y = x + 1, wrong by `error` where the target is one of these.
    static TourEntry Entry(float error = 0, double tolerance = 0, params KernelTarget[] wrong) => new("made", "Add.One", "100", 100, () =>
    {
        var x = new TourBuffer<float>(Samples.Floats(100, 1, 2));
        var y = new TourBuffer<float>(new float[100], tolerance == 0 ? null : (_, _) => tolerance);
        return new([x, y], o => Add(1 + (wrong.Contains(o.Target) ? error : 0)), () => Add(1), new TourPeer("peer", () => Add(2)));

        void Add(float one)
        {
            if (float.IsNaN(one)) throw new InvalidOperationException("cannot");
            for (int i = 0; i < x.Span.Length; i++) y.Span[i] = x.Span[i] + one;
        }
    });

    static (int ExitCode, JsonElement Json, string Error) Json(params TourEntry[] entries)
    {
        StringWriter output = new(), error = new();
        int exit = TourCommand.Run(entries, Tiny, json: true, output, error);
        return (exit, JsonDocument.Parse(output.ToString()).RootElement, error.ToString());
    }

    [Fact]
    public void The_report_has_one_result_for_each_target_that_runs_here()
    {
        var (exit, json, error) = Json(Entry());
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(["machine", "results", "device"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(Environment.ProcessorCount, json.GetProperty("machine").GetProperty("cores").GetInt32());
        var results = json.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(Targets.Here, results.Select(r => r.GetProperty("target").GetString()!));
        foreach (var r in results)
        {
            Assert.Equal(["family", "kernel", "target", "shape", "ok", "maxUlp", "nsPerElement", "ratios"], r.EnumerateObject().Select(p => p.Name));
            Assert.Equal(("made", "Add.One", "100"), (r.GetProperty("family").GetString(), r.GetProperty("kernel").GetString(), r.GetProperty("shape").GetString()));
            Assert.True(r.GetProperty("ok").GetBoolean());
            Assert.Equal(0, r.GetProperty("maxUlp").GetDouble());
            Assert.True(r.GetProperty("nsPerElement").GetDouble() > 0);
            Assert.Equal(["spec", "peer"], r.GetProperty("ratios").EnumerateObject().Select(p => p.Name));
            Assert.All(r.GetProperty("ratios").EnumerateObject(), p => Assert.True(p.Value.GetDouble() > 0));
        }
    }

    [Fact]
    public void A_wrong_result_is_reported_not_timed_and_ends_in_exit_code_1()
    {
        var (exit, json, error) = Json(Entry(), Entry(0.5f, 0, KernelTarget.Scalar));
        Assert.Equal(CommandLine.WrongResult, exit);
        Assert.Contains("Add.One 100 on scalar: differs", error);
        var wrong = Assert.Single(json.GetProperty("results").EnumerateArray(), r => !r.GetProperty("ok").GetBoolean());
        Assert.Equal("scalar", wrong.GetProperty("target").GetString());
        Assert.True(wrong.GetProperty("maxUlp").GetDouble() > 1e6); // half of 1 … 3 is millions of floats
        Assert.Equal(JsonValueKind.Null, wrong.GetProperty("nsPerElement").ValueKind);
    }

    [Fact]
    public void A_kernel_that_throws_is_wrong_and_says_why()
    {
        var (exit, json, error) = Json(Entry(float.NaN, 0, KernelTarget.Scalar));
        Assert.Equal(CommandLine.WrongResult, exit);
        Assert.Contains("InvalidOperationException: cannot", error);
        var wrong = json.GetProperty("results")[0];
        Assert.Contains("cannot", wrong.GetProperty("error").GetString());
        Assert.Equal(JsonValueKind.Null, wrong.GetProperty("maxUlp").ValueKind);
    }

    [Fact]
    public void A_difference_within_the_tolerance_is_right_and_its_ulps_are_told()
    {
        const float step = 1f / (1 << 20); // 4 to 8 units of results from 2 to 4, and of 1 + step itself
        Assert.All(Json(Entry(step, 2 * step, KernelTarget.Scalar)).Json.GetProperty("results").EnumerateArray(), r => Assert.True(r.GetProperty("ok").GetBoolean()));
        Assert.InRange(Json(Entry(step, 2 * step, KernelTarget.Scalar)).Json.GetProperty("results")[0].GetProperty("maxUlp").GetDouble(), 3, 9);
        Assert.Equal(CommandLine.WrongResult, Json(Entry(step, step / 4, KernelTarget.Scalar)).ExitCode);
    }

    [Fact]
    public void The_table_has_a_line_for_each_result()
    {
        StringWriter output = new(), error = new();
        Assert.Equal(1, TourCommand.Run([Entry(0.5f, 0, KernelTarget.Scalar)], Tiny, json: false, output, error));
        foreach (string target in Targets.Here) Assert.Matches($@"(?m)^.* {target} +{(target == "scalar" ? "WRONG" : "ok +0 +[0-9.]+ .*spec [0-9.e]+x  peer [0-9.e]+x")}", output.ToString());
    }

    [Fact]
    public void A_buffer_keeps_its_content_apart_from_its_place()
    {
        var buffer = new TourBuffer<int>([1, 2, 3]);
        for (int k = 0; k < TourBuffer.PlacementCount; k++)
        {
            buffer.Place(k);
            Assert.Equal([1, 2, 3], buffer.Span.ToArray());
            buffer.Keep();
            Assert.True(buffer.Compare().Ok);
            buffer.Span[2]++;
            Assert.Equal(new Accuracy(false, 1), buffer.Compare());
        }
    }

    [Fact]
    public void Zeros_differ_by_their_sign_and_NaNs_do_not_differ()
    {
        var buffer = new TourBuffer<float>([0, float.NaN]);
        buffer.Keep();
        buffer.Span[1] = -float.NaN;
        Assert.Equal(new Accuracy(true, 0), buffer.Compare());
        buffer.Span[0] = -0f;
        Assert.Equal(new Accuracy(false, 1), buffer.Compare());
        buffer.Span[1] = 0;
        Assert.False(buffer.Compare().Ok);
    }

    [Fact]
    public void Every_shipped_kernel_is_on_the_tour()
    {
        var visited = TourFamilies.All(quick: true).Select(e => e.Kernel.Split('<')[0]).ToHashSet();
        // Of internal specs the tour visits what calls them.
        Assert.Empty(KernelLibrary.Shipped.Where(k => k.Spec.IsPublic && k.Spec.DeclaringType!.IsPublic).Select(k => k.Name).Except(visited));
        Assert.Superset(new HashSet<string>(["Softmax.Rows", "LogSoftmax.Rows", "LogSumExp.Rows", "StableMax.Rows", "VonMisesFisher.LogNormalizer", "VonMisesFisher.FitKappa"]), visited);
    }

    [Fact]
    public void Halves_are_neighbours_one_step_apart()
    {
        var buffer = new TourBuffer<Half>([(Half)1]);
        buffer.Keep();
        buffer.Span[0] = Half.BitIncrement((Half)1);
        Assert.Equal(new Accuracy(false, 1), buffer.Compare());
    }

    [Fact]
    public void The_quick_tour_finds_every_kernel_right_on_every_target()
    {
        StringWriter output = new(), error = new();
        Assert.Equal(0, TourCommand.Run(TourFamilies.All(quick: true), Tiny, json: true, output, error));
        Assert.Equal("", error.ToString());
        var results = JsonDocument.Parse(output.ToString()).RootElement.GetProperty("results").EnumerateArray().ToList();
        var onDevice = results.Where(r => r.GetProperty("target").GetString() == Devices.Vulkan).ToList();
        Assert.Equal(TourFamilies.All(quick: true).Count * Targets.Here.Length, results.Count - onDevice.Count);
        Assert.Equal(Gpu.GpuDevice.IsAvailable ? 21 : 0, onDevice.Count); // Softmax.Rows at two shapes, the log-Bessel functions
        Assert.All(results, r => Assert.True(r.GetProperty("ok").GetBoolean()));
    }
}
