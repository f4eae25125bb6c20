namespace Kernels.Tool.Tests;

public class RunTests
{
    static readonly string[] Any = [Targets.Spec, .. Targets.Here];

    static void Write(string path, NpyType type, long[] shape, Array data) => Npy.Write(path, new(type, shape, data));

    // The definition in double, by the maximum; the tests' tolerances cover its own error of a few units.
    static double[] Softmax(IEnumerable<double> row)
    {
        double[] x = [.. row];
        double max = x.Max(), sum = x.Sum(v => Math.Exp(v - max));
        return [.. x.Select(v => Math.Exp(v - max) / sum)];
    }

    [Fact]
    public void Softmax_runs_along_the_last_axis_on_every_target()
    {
        using var folder = new TempFolder();
        float[] x = Samples.Floats(2 * 3 * 37, -30, 30);
        double[] exact = [.. x.Chunk(37).SelectMany(row => Softmax(row.Select(v => (double)v)))];
        Write(folder["x.npy"], NpyType.Float32, [2, 3, 37], x);
        foreach (string target in Any)
        {
            var run = Cli.Run("run", "softmax", "--input", "x=" + folder["x.npy"], "--output", "y=" + folder["y.npy"], "--target", target);
            Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
            var y = Npy.Read(folder["y.npy"]);
            Assert.Equal((NpyType.Float32, 3), (y.Type, y.Shape.Length));
            Assert.Equal([2L, 3, 37], y.Shape);
            // The kernel's 4.5 ULP, one step more where it is subnormal.
            foreach (var (actual, wanted) in ((float[])y.Data).Zip(exact)) Assert.InRange(actual, wanted * (1 - 6e-7) - 2e-45, wanted * (1 + 6e-7) + 2e-45);
        }
    }

    [Fact]
    public void Softmax_of_doubles_is_double_and_names_may_be_left_out()
    {
        using var folder = new TempFolder();
        double[] x = Samples.Doubles(41, -30, 30), exact = Softmax(x);
        Write(folder["x.npy"], NpyType.Float64, [41], x);
        foreach (string target in Any)
        {
            var run = Cli.Run("run", "Softmax", "-i", folder["x.npy"], "-o", folder["y.npy"], "-t", target);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            var y = (double[])Npy.Read(folder["y.npy"]).Data;
            // The kernel's 4.5 ULP and as much for the reference: two rounded exponentials, a sum of 41, a division.
            for (int i = 0; i < x.Length; i++) Assert.InRange(y[i], exact[i] * (1 - 1e-14), exact[i] * (1 + 1e-14));
        }
    }

    // The functions of rows in double, and how far a result in float32 or float64 may be from them: what the library states (LogSumExp: 1 ULP, and 4e-7 or 1e-15 of the
    // logarithm, at most 4 here; LogSoftmax: 3 ULP of numbers below 64, and the sum's; Softmax 4.5 and StableMax 1 ULP), and for float64 as much again for this arithmetic.
    static readonly (string Name, Func<double[], double[]> Exact, double Relative, double Absolute)[] Functions =
    [
        ("softmax", Softmax, 6e-7, 0),
        ("log-softmax", x => [.. x.Select(v => v - LogSumExp(x))], 0, 1.5e-5),
        ("logsumexp", x => [LogSumExp(x)], 0, 4e-6),
        ("stablemax", x => [.. x.Select(v => Growth(v) / x.Sum(Growth))], 1.5e-7, 0),
    ];

    static double LogSumExp(double[] x) => x.Max() + Math.Log(x.Sum(v => Math.Exp(v - x.Max())));
    static double Growth(double v) => v >= 0 ? v + 1 : 1 / (1 - v);

    [Theory, InlineData("softmax"), InlineData("log-softmax"), InlineData("logsumexp"), InlineData("stablemax")]
    public void A_function_of_rows_is_that_of_plain_arithmetic_with_and_without_a_scale(string name)
    {
        var (_, exact, relative, absolute) = Functions.Single(f => f.Name == name);
        using var folder = new TempFolder();
        float[] x = Samples.Floats(2 * 3 * 37, -30, 30);
        Write(folder["4.npy"], NpyType.Float32, [2, 3, 37], x);
        Write(folder["8.npy"], NpyType.Float64, [2, 3, 37], Array.ConvertAll(x, v => (double)v));
        foreach (string target in Any)
            foreach (double scale in new[] { 1, 0.5, 0 })
                foreach (string bytes in new[] { "4", "8" })
                {
                    string[] option = scale == 1 ? [] : ["--option", FormattableString.Invariant($"scale={scale}")];
                    var run = Cli.Run(["run", name, "-i", folder[bytes + ".npy"], "-o", folder["y.npy"], "-t", target, .. option]);
                    Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
                    var y = Npy.Read(folder["y.npy"]);
                    Assert.Equal(bytes == "4" ? NpyType.Float32 : NpyType.Float64, y.Type);
                    Assert.Equal(name == "logsumexp" ? [2L, 3] : [2L, 3, 37], y.Shape);
                    double[] wanted = [.. x.Chunk(37).SelectMany(row => exact([.. row.Select(v => scale * v)]))];
                    double[] actual = y.Data as double[] ?? Array.ConvertAll((float[])y.Data, v => (double)v);
                    Assert.Equal(wanted.Length, actual.Length);
                    double unit = bytes == "4" ? 1 : 2.0 / (1 << 29);
                    for (int i = 0; i < wanted.Length; i++)
                    {
                        double allowed = unit * (relative * Math.Abs(wanted[i]) + absolute);
                        Assert.InRange(actual[i], wanted[i] - allowed, wanted[i] + allowed);
                    }
                }
    }

    [Fact]
    public void The_algorithms_of_softmax_agree()
    {
        using var folder = new TempFolder();
        float[] x = Samples.Floats(3 * 203, -30, 30);
        double[] exact = [.. x.Chunk(203).SelectMany(row => Softmax(row.Select(v => (double)v)))];
        Write(folder["x.npy"], NpyType.Float32, [3, 203], x);
        foreach (string algorithm in (string[])["auto", "reload", "twopass", "paper"])
            foreach (string target in Any)
            {
                var run = Cli.Run("run", "softmax", "-i", folder["x.npy"], "-o", folder["y.npy"], "--option", "algorithm=" + algorithm, "-t", target);
                Assert.Equal((0, ""), (run.ExitCode, run.Error));
                var y = (float[])Npy.Read(folder["y.npy"]).Data;
                // 4.5 ULP; the paper's form adds a sum of up to 203 in float: half an ULP for each addition, if there is but one lane.
                double tolerance = algorithm == "paper" ? 6e-7 + 203 * 6e-8 : 6e-7;
                for (int i = 0; i < y.Length; i++) Assert.InRange(y[i], exact[i] * (1 - tolerance), exact[i] * (1 + tolerance));
            }
    }

    [Fact]
    public void Options_out_of_range_are_one_line_and_write_nothing()
    {
        using var folder = new TempFolder();
        Write(folder["4.npy"], NpyType.Float32, [2], new float[2]);
        Write(folder["8.npy"], NpyType.Float64, [2], new double[2]);
        foreach (string scale in (string[])["half", "-1", "nan", "Infinity", "1e999"])
            foreach (var function in RunFunctions.All.Where(f => f.Options.Any(o => o.Name == "scale"))) Run(function.Name, "4", "scale=" + scale).FailsWith($"{function.Name}: scale={scale}; a finite number of at least 0");
        Run("softmax", "4", "scale=1e39").FailsWith("beyond float32");
        Run("softmax", "4", "algorithm=twpass").FailsWith("unknown algorithm 'twpass'; did you mean 'twopass'?", "auto, reload, twopass, paper");
        Run("softmax", "4", "algorithm=1").FailsWith("unknown algorithm '1'");
        Run("softmax", "8", "algorithm=paper").FailsWith("softmax: ", "paper", "float");
        Run("stablemax", "4", "algorithm=reload").FailsWith("unknown option of stablemax 'algorithm'", "known: scale");
        Assert.False(File.Exists(folder["y.npy"]));

        Cli Run(string function, string file, string option) => Cli.Run("run", function, "-i", folder[file + ".npy"], "-o", folder["y.npy"], "--option", option);
    }

    [Fact]
    public void The_help_has_every_function_and_option()
    {
        string help = string.Join(' ', Cli.Run("run", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (string part in (string[])["softmax (x -> y)", "log-softmax (x -> y)", "logsumexp (x -> y)", "stablemax (x -> y)", "scale (softmax, log-softmax, logsumexp, stablemax)", "algorithm (softmax)", "twopass"])
            Assert.Contains(part, help);
    }

    [Fact]
    public void Empty_arrays_stay_empty()
    {
        using var folder = new TempFolder();
        foreach (var function in RunFunctions.All)
            foreach (long[] shape in (long[][])[[0], [3, 0], [0, 5], [0, 0]])
            {
                Write(folder["x.npy"], NpyType.Float32, shape, new float[0]);
                var run = Cli.Run(["run", function.Name, .. function.Inputs.SelectMany(i => (string[])["-i", $"{i.Name}={folder["x.npy"]}"]), "-o", folder["y.npy"], "-t", "spec"]);
                if (function.Name == "logsumexp" && shape is ([0] or [3, 0])) run.FailsWith("logsumexp: the last axis of x has no elements");
                else
                {
                    Assert.Equal((0, ""), (run.ExitCode, run.Error));
                    Assert.Equal(function.Name == "logsumexp" ? shape[..^1] : shape, Npy.Read(folder["y.npy"]).Shape);
                }
            }
    }

    [Fact]
    public void One_axis_has_one_logarithm()
    {
        using var folder = new TempFolder();
        Write(folder["x.npy"], NpyType.Float64, [2], new[] { 3.0, 3 });
        Assert.Equal(0, Cli.Run("run", "logsumexp", "-i", folder["x.npy"], "-o", folder["y.npy"]).ExitCode);
        var y = Npy.Read(folder["y.npy"]);
        Assert.Empty(y.Shape);
        Assert.Equal(3 + Math.Log(2), Assert.Single((double[])y.Data), 2e-15);
    }

    [Fact]
    public void An_output_may_replace_the_input()
    {
        using var folder = new TempFolder();
        Write(folder["x.npy"], NpyType.Float32, [1], new[] { 3f });
        Assert.Equal(0, Cli.Run("run", "softmax", "-i", folder["x.npy"], "-o", folder["x.npy"], "-t", "spec").ExitCode);
        Assert.Equal([1f], (float[])Npy.Read(folder["x.npy"]).Data);
    }

    [Fact]
    public void Bad_use_is_one_line_that_says_what_to_change()
    {
        using var folder = new TempFolder();
        Write(folder["x.npy"], NpyType.Float32, [2], new float[2]);
        string x = "x=" + folder["x.npy"], y = "y=" + folder["y.npy"];
        Cli.Run("run").FailsWith("name of a function", "softmax");
        Cli.Run("run", "sofmax", "--input", x, "--output", y).FailsWith("unknown function 'sofmax'; did you mean 'softmax'?");
        Cli.Run("run", "softmax", "--output", y).FailsWith("needs --input x=FILE");
        Cli.Run("run", "softmax", "--input", x).FailsWith("needs --output y=FILE");
        Cli.Run("run", "softmax", "--input", x, "--input", x, "--output", y).FailsWith("--input x is given twice");
        Cli.Run("run", "softmax", "--input", "z=" + folder["x.npy"], "--output", y).FailsWith("unknown input of softmax 'z'", "known: x");
        Cli.Run("run", "softmax", "--input", "x=", "--output", y).FailsWith("nothing behind '='");
        Cli.Run("run", "softmax", "--input", x, "--output", y, "--option", "axis=0").FailsWith("unknown option of softmax 'axis'");
        Cli.Run("run", "softmax", "--input", x, "--output", y, "--target", "sse9").FailsWith("unknown target 'sse9'; did you mean 'sse'?");
        Cli.Run("run", "softmax", "--input", x, "--output", "y=" + Path.Combine(folder["none"], "y.npy")).FailsWith("no such directory");
        foreach (var (target, _, needs) in Targets.Emitted.Where(t => !Isa.Supports(t.Target)))
            Cli.Run("run", "softmax", "--input", x, "--output", y, "--target", Targets.Name(target)).FailsWith("needs " + needs);
        Assert.False(File.Exists(folder["y.npy"]));
    }

    [Fact]
    public void Bad_files_are_one_line_that_names_the_file()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["text.npy"], "1 2 3");
        Write(folder["ints.npy"], NpyType.Int32, [2], new int[2]);
        Write(folder["number.npy"], NpyType.Float32, [], new float[1]);
        Softmax("none.npy").FailsWith("none.npy: no such file");
        Softmax("text.npy").FailsWith("text.npy: not a .npy file");
        Softmax("ints.npy").FailsWith("dtype <i4");
        Softmax("number.npy").FailsWith("single number");
        Softmax(".").FailsWith("is a directory");

        Cli Softmax(string file) => Cli.Run("run", "softmax", "-i", folder[file], "-o", folder["y.npy"]);
    }

    [Fact]
    public void Log_Bessel_functions_of_a_half_order_have_closed_forms()
    {
        using var folder = new TempFolder();
        double[] x = Samples.Doubles(41, 0.5, 30);
        Write(folder["x.npy"], NpyType.Float64, [41], x);
        Write(folder["v.npy"], NpyType.Float64, [], new[] { 0.5 });
        // I_1/2 = √(2/πx) sinh x, K_1/2 = √(π/2x) e^-x, DLMF 10.39; I_3/2/I_1/2 = coth x - 1/x, K_3/2/K_1/2 = 1 + 1/x.
        foreach (var (name, exact) in ((string, Func<double, double>)[])
        [
            ("log-bessel-i", x => 0.5 * Math.Log(2 / (Math.PI * x)) + Math.Log(Math.Sinh(x))), ("log-bessel-i-scaled", x => 0.5 * Math.Log(2 / (Math.PI * x)) + Math.Log(Math.Sinh(x)) - x),
            ("log-bessel-k", x => 0.5 * Math.Log(Math.PI / (2 * x)) - x), ("log-bessel-k-scaled", x => 0.5 * Math.Log(Math.PI / (2 * x))),
            ("bessel-ratio-i", x => 1 / Math.Tanh(x) - 1 / x), ("bessel-ratio-k", x => 1 + 1 / x),
        ])
            foreach (string target in Any)
            {
                var run = Cli.Run("run", name, "-i", "v=" + folder["v.npy"], "-i", "x=" + folder["x.npy"], "-o", folder["y.npy"], "-t", target);
                Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
                var y = (double[])Npy.Read(folder["y.npy"]).Data;
                // Units of the condition number, at most 31, with the family's 8 at most, and a few for the closed form, whose terms are below 31.
                for (int i = 0; i < x.Length; i++) Assert.InRange(y[i] - exact(x[i]), -5e-14, 5e-14);
            }
    }

    [Fact]
    public void Orders_and_arguments_of_different_shapes_are_refused()
    {
        using var folder = new TempFolder();
        Write(folder["x.npy"], NpyType.Float64, [4], new double[4]);
        Write(folder["v.npy"], NpyType.Float64, [3], new double[3]);
        Write(folder["f.npy"], NpyType.Float32, [4], new float[4]);
        Cli.Run("run", "log-bessel-i", "-i", "v=" + folder["v.npy"], "-i", "x=" + folder["x.npy"], "-o", folder["y.npy"]).FailsWith("v has the shape (3) and x (4)");
        Cli.Run("run", "log-bessel-i", "-i", "v=" + folder["f.npy"], "-i", "x=" + folder["x.npy"], "-o", folder["y.npy"]).FailsWith("v has dtype <f4 and x has <f8");
    }
}
