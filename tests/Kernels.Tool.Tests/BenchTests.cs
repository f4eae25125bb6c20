using System.Text.Json;
using System.Xml.Linq;

namespace Kernels.Tool.Tests;

public class BenchTests
{
    // Enough to pass through every part; the times mean nothing. The last shape is large, so that it has a floor.
    static BenchSettings Tiny(int processes = 1, int threads = 1, bool large = false) =>
        new([new(1, 256), new(3, 100), new(1, 1000), .. large ? [new BenchShape(1, (int)BenchSettings.LargeElements)] : Array.Empty<BenchShape>()], processes, 3, 1, 1000, threads, WarmUp: false);

    static readonly string[] Competitors = ["Kernels", "TensorPrimitives, max subtracted", "TensorPrimitives.SoftMax (unsafe)", "oneDNN", "XNNPACK"];

    [Theory]
    [InlineData("bench needs the name of a family: softmax, log-bessel", "bench")]
    [InlineData("unknown family 'sofmax'; did you mean 'softmax'? known: log-bessel, softmax", "bench", "sofmax")]
    [InlineData("--threads 0: at least 1 is needed", "bench", "softmax", "--threads", "0")]
    [InlineData("two", "bench", "softmax", "--threads", "two")]
    [InlineData("'--json'", "bench", "softmax", "--json")]
    [InlineData("no such directory", "bench", "softmax", "--json", "no-such-directory/x.json")]
    [InlineData("no such directory", "bench", "softmax", "--svg", "no-such-directory/x.svg")]
    [InlineData("a directory", "bench", "softmax", "--json", ".")]
    [InlineData("--json and --svg name one file", "bench", "softmax", "--json", "x", "--svg", "x")]
    [InlineData("--qick", "bench", "softmax", "--qick")]
    [InlineData("--svg: log-bessel has no plot", "bench", "log-bessel", "--svg", "x.svg")]
    public void Bad_use_is_told_before_anything_is_measured(string part, params string[] args) => Cli.Run(args).FailsWith(part);

    [Fact]
    public void The_figures_of_all_competitors_are_printed_and_written()
    {
        using var folder = new TempFolder();
        StringWriter output = new(), error = new();
        Assert.Equal((0, ""), (new SoftmaxReport().Run(Tiny(), folder["x.json"], folder["x.svg"], output, error), error.ToString()));

        var json = JsonDocument.Parse(File.ReadAllText(folder["x.json"])).RootElement;
        Assert.Equal(["machine", "family", "processes", "threads", "competitors", "results", "floors"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(Competitors, json.GetProperty("competitors").EnumerateArray().Select(c => c.GetProperty("name").GetString()!));
        Assert.Equal(3 * Competitors.Length, json.GetProperty("results").GetArrayLength());
        foreach (var r in json.GetProperty("results").EnumerateArray())
        {
            Assert.Equal(["shape", "rows", "cols", "competitor", "nsPerElement", "ratio", "maxUlp", "missing"], r.EnumerateObject().Select(p => p.Name));
            if (r.GetProperty("missing").GetString() is { } missing)
            {
                Assert.Contains(r.GetProperty("competitor").GetString(), (string[])["oneDNN", "XNNPACK"]);
                Assert.Contains(missing, output.ToString());
                Assert.Equal(JsonValueKind.Null, r.GetProperty("nsPerElement").ValueKind);
                continue;
            }
            Assert.True(r.GetProperty("nsPerElement").GetDouble() > 0);
            Assert.True(r.GetProperty("ratio").GetDouble() > 0);
            Assert.InRange(r.GetProperty("maxUlp").GetDouble(), 0, 100); // all compute softmax of this data
        }
        foreach (var c in json.GetProperty("competitors").EnumerateArray().Where(c => c.GetProperty("missing").ValueKind == JsonValueKind.Null))
            Assert.Equal(1, c.GetProperty("threads").GetInt32());
        foreach (string name in Competitors) Assert.Matches($@"(?m)^.* {System.Text.RegularExpressions.Regex.Escape(name)} +([0-9.]+ +([0-9.]+x)? +[0-9.]+|not )", output.ToString());

        var svg = XDocument.Load(folder["x.svg"]).Root!;
        Assert.Equal("svg", svg.Name.LocalName);
        Assert.Equal(json.GetProperty("competitors").EnumerateArray().Count(c => c.GetProperty("missing").ValueKind == JsonValueKind.Null), svg.Elements().Count(e => e.Name.LocalName == "polyline"));
    }

    [Fact]
    public void A_large_shape_has_a_floor_and_threads_are_told()
    {
        using var folder = new TempFolder();
        StringWriter output = new(), error = new();
        Assert.Equal((0, ""), (new SoftmaxReport().Run(Tiny(processes: 2, threads: 2, large: true), folder["x.json"], null, output, error), error.ToString()));
        Assert.Contains("Ours with up to 2 threads, the peers with one.", output.ToString());
        Assert.Contains("floor of the memory: read ", output.ToString());
        var floor = Assert.Single(JsonDocument.Parse(File.ReadAllText(folder["x.json"])).RootElement.GetProperty("floors").EnumerateArray());
        Assert.Equal($"1x{BenchSettings.LargeElements}", floor.GetProperty("shape").GetString());
        Assert.Equal(floor.GetProperty("floorNsPerElement").GetDouble(), floor.GetProperty("readNsPerElement").GetDouble() + floor.GetProperty("copyNsPerElement").GetDouble(), 1e-9);
        Assert.True(floor.GetProperty("percentOfFloor").GetDouble() > 0);
    }

    [Fact]
    public void The_shapes_of_the_quick_run_are_small()
    {
        Assert.DoesNotContain(BenchSettings.Of(quick: true, 1, curve: true).Shapes, BenchSettings.IsLarge);
        var full = BenchSettings.Of(quick: false, 1, curve: true);
        Assert.Equal(full.Shapes.Count, full.Shapes.Distinct().Count());
        Assert.Equal((1 << 8, 1 << 26), (full.Shapes.Where(s => s.Rows == 1).Min(s => s.Cols), full.Shapes.Max(s => s.Cols)));
        Assert.True(full.Processes >= 5);
    }

    [Fact]
    public void A_plot_marks_the_caches_within_its_range()
    {
        BenchResult[] results = [.. Enumerable.Range(8, 11).Select(e => new BenchResult($"1x{1 << e}", 1, 1 << e, "a<b", 0.1 * e, 1, 1, null))];
        string svg = BenchPlot.Svg(new(Machine.Describe(), "softmax", 1, 1, [new("a<b", null, null, 1)], results, []), [(1, 48 << 10), (2, 1 << 20), (3, 32 << 20)]);
        XDocument.Parse(svg);
        Assert.Contains("L1d 48 KB", svg);
        Assert.Contains("L2 1 MB", svg);
        Assert.DoesNotContain("L3", svg); // its 2^22 elements lie beyond the longest row
    }

    [Fact]
    public void Log_Bessel_functions_on_their_grids()
    {
        using var folder = new TempFolder();
        StringWriter output = new(), error = new();
        Assert.Equal((0, ""), (new LogBesselReport().Run(new(["small", "mixed"], 1, 3, 300, 1e6, 1, WarmUp: false), folder["x.json"], output, error), error.ToString()));
        var json = JsonDocument.Parse(File.ReadAllText(folder["x.json"])).RootElement;
        string[] competitors = ["Kernels", "the paper's algorithm, C++", "the paper's algorithm, Kernels", "Boost.Math", "GSL", "Math.NET Numerics"];
        Assert.Equal(competitors, json.GetProperty("competitors").EnumerateArray().Select(c => c.GetProperty("name").GetString()!));
        var results = json.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(2 * 2 * competitors.Length, results.Count);
        foreach (var r in results)
        {
            Assert.Equal(["function", "grid", "competitor", "nsPerValue", "ratio", "nonFinite", "difference", "missing"], r.EnumerateObject().Select(p => p.Name));
            if (r.GetProperty("missing").GetString() is { } missing)
            {
                Assert.Contains("benchmarks/peers/build.sh", missing);
                continue;
            }
            Assert.True(r.GetProperty("nsPerValue").GetDouble() > 0);
            Assert.InRange(r.GetProperty("nonFinite").GetDouble(), 0, r.GetProperty("competitor").GetString() == "Kernels" ? 0 : 1);
            // The least exact where they are finite: GSL near integer orders, below 1e-8; the paper's integral, 6e-10 for x from 0.01 on.
            Assert.InRange(r.GetProperty("difference").GetDouble(), 0, 1e-8);
        }
    }
}
