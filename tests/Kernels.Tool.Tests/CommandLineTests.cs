namespace Kernels.Tool.Tests;

public class CommandLineTests
{
    [Fact]
    public void Without_arguments_the_help_is_printed()
    {
        var run = Cli.Run();
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("", run.Error);
        foreach (string part in (string[])["kernels [command]", "tour", "run", "show", "isa"]) Assert.Contains(part, run.Output);
        Assert.DoesNotContain("compile-method", run.Output);
        Assert.Equal(run, Cli.Run("--help"));
    }

    [Theory, InlineData("tour", "--quick"), InlineData("bench", "--svg"), InlineData("run", "softmax"), InlineData("show", "--after"), InlineData("isa", "machine")]
    public void Each_command_has_help(string command, string part)
    {
        var run = Cli.Run(command, "--help");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(part, run.Output);
    }

    [Theory, InlineData("tuor"), InlineData("tour", "--qick"), InlineData("isa", "extra"), InlineData("run", "softmax", "--input")]
    public void Bad_use_is_one_line(params string[] args) => Cli.Run(args).FailsWith();

    [Fact]
    public void Isa_names_every_target_and_marks_the_one_taken()
    {
        var run = Cli.Run("isa");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (string name in Targets.Names.Where(n => n != Targets.Auto)) Assert.Matches($@"(?m)^[* ] {name} +(runs|not here) ", run.Output);
        Assert.Matches($@"(?m)^\* {Targets.Name(Isa.Chosen)} +runs ", run.Output);
        Assert.Contains(Isa.Reason, run.Output);
    }

    [Theory]
    [InlineData("axpi", "Vectors.Axpy")]
    [InlineData("Vectors.Axpi", "Vectors.Axpy")]
    [InlineData("mandelbrot.escap", "Mandelbrot.Escape")]
    [InlineData("dotbyte", "Vectors.DotBytes")]
    public void An_unknown_kernel_gets_the_nearest_one_and_the_list(string name, string nearest) =>
        Cli.Run("show", name).FailsWith($"unknown kernel '{name}'; did you mean '{nearest}'? known: ", "SoftmaxRow.Row,", "Histogram.Count,");

    [Fact]
    public void Show_alone_lists_the_kernels()
    {
        var run = Cli.Run("show");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"(?m)^Elementwise\.Clamp +element", run.Output);
        Assert.Matches(@"(?m)^HashInsert\.Distinct +kernel", run.Output);
    }

    [Fact]
    public void Show_knows_the_targets() => Cli.Run("show", "axpy", "--target", "avx1024").FailsWith("unknown target 'avx1024'", "avx512");

    [Fact]
    public void Show_prints_IR_code_and_machine_code_of_the_target()
    {
        var run = Cli.Run("show", "Axpy", "--target", "scalar");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(3, run.Output.Split("---- Vectors.Axpy, scalar: ").Length - 1);
        Assert.Contains("public static int Scalar(", run.Output);
        Assert.Contains("FullOpts", run.Output);
        Assert.Equal(run.Output[..run.Output.IndexOf("---- Vectors.Axpy, scalar: emitted C#", StringComparison.Ordinal)], Cli.Run("show", "Axpy", "--target", "scalar", "--ir").Output);
    }

    [Fact]
    public void Show_stops_after_a_pass()
    {
        Assert.DoesNotContain("lanes (", After("inline"));
        Assert.Contains("lanes (", After("element-to-kernel"));
        Assert.Contains("LaneId()", After("lower")); // the tail's mask
        Cli.Run("show", "Clamp", "--after", "unrol").FailsWith("unknown pass 'unrol'; did you mean 'unroll'?", "inline", "lower");

        static string After(string pass)
        {
            var run = Cli.Run("show", "Clamp", "--target", "avx2", "--after", pass);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            return run.Output;
        }
    }

    [Fact]
    public void Every_kernel_has_IR_and_code_for_every_target()
    {
        foreach (var kernel in KernelLibrary.Shipped)
        {
            Assert.NotEmpty(Emitted.Spec(kernel));
            foreach (var (target, _, _) in Targets.Emitted) Assert.Contains($"public static int {target}", Emitted.Code(kernel, target));
        }
    }

    [Fact]
    public void The_disassembly_is_that_of_the_optimised_method()
    {
        string text = Disassembly.Of(typeof(CommandLineTests).GetMethod(nameof(Twice), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!);
        Assert.Contains(nameof(Twice), text);
        Assert.Contains("FullOpts", text);
        Assert.Contains("ret", text);
    }

    static int Twice(int x) => 2 * x;

    [Theory, InlineData("kitten", "sitting", null), InlineData("avx", "avx2", "avx2"), InlineData("AXPY", "Axpy", "Axpy"), InlineData("soft", "softmax", "softmax"), InlineData("", "sse", null)]
    public void A_name_is_near_within_a_third_of_its_length_or_as_a_part(string name, string known, string? nearest) => Assert.Equal(nearest, Names.Nearest(name, [known]));
}
