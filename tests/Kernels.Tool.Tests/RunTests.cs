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
            // The kernel's 4 ULP, one step where it is subnormal.
            foreach (var (actual, wanted) in ((float[])y.Data).Zip(exact)) Assert.InRange(actual, wanted * (1 - 5e-7) - 2e-45, wanted * (1 + 5e-7) + 2e-45);
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
            // The kernel's 4 ULP and as much for the reference: two rounded exponentials, a sum of 41, a division.
            for (int i = 0; i < x.Length; i++) Assert.InRange(y[i], exact[i] * (1 - 1e-14), exact[i] * (1 + 1e-14));
        }
    }

    [Fact]
    public void Empty_arrays_stay_empty()
    {
        using var folder = new TempFolder();
        foreach (long[] shape in (long[][])[[0], [3, 0], [0, 5]])
        {
            Write(folder["x.npy"], NpyType.Float32, shape, new float[0]);
            Assert.Equal(0, Cli.Run("run", "softmax", "-i", folder["x.npy"], "-o", folder["y.npy"], "-t", "spec").ExitCode);
            Assert.Equal(shape, Npy.Read(folder["y.npy"]).Shape);
        }
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
}
