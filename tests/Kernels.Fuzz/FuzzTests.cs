using System.Diagnostics;
using Kernels.Generators.IR;
using Xunit.Abstractions;

namespace Kernels.Fuzz;

[Trait("Levels", "no")] // starts processes at other levels itself
public class FuzzTests(ITestOutputHelper output)
{
    const int Programs = 2000, Specs = 200, MutationPrograms = 400, CaughtAtLeast = 18;

    [Fact]
    public void Every_operation_on_every_target_means_what_the_interpreter_says()
    {
        var (wrong, rows, cores) = OpTable.Run(all: false);
        Assert.True(rows > 900 && cores > 1000, $"{rows} rows, {cores} cores");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
    }

    /// What the runtime falls back to without these instruction sets is other code of ours.
    [Theory]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public void Operations_and_programs_are_right_without(string instructions)
    {
        foreach (string[] arguments in new[] { new[] { "ops", "--quick", "--only", "F" }, ["fuzz", "--seed", "1", "--count", "100"] })
        {
            var start = new ProcessStartInfo("dotnet", [typeof(FuzzTests).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };
            start.Environment[$"DOTNET_{instructions}"] = "0";
            using var process = Process.Start(start)!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, text);
        }
    }

    [Fact]
    public void Random_programs_do_on_every_target_what_the_interpreter_does()
    {
        var report = Fuzzer.Run(Enumerable.Range(1, Programs)); // new seeds: the command line
        output.WriteLine(report.Coverage.Table());
        Assert.True(report.Failures.Count == 0, string.Join("\n", report.Failures.Take(1).Select(Shrinker.Explain).Concat(report.Failures.Skip(1).Select(f => f.ToString()))));
        Assert.True(report.Runs > 5 * Programs, $"{report.Runs} runs");
        var missing = Coverage.Wanted().Where(w => report.Coverage[w.Node, w.Place] == 0).ToList();
        Assert.True(missing.Count == 0, string.Join("\n", missing));
    }

    [Fact]
    public void Random_specs_do_on_every_target_what_the_plain_text_does()
    {
        var (wrong, runs) = SpecFuzzer.Run(Enumerable.Range(1, Specs));
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(runs >= 3 * Specs * Math.Min(Cores.Runnable.Length, 4), $"{runs} runs");
    }

    /// Programs that between them show most of the mistakes: the others are tried only if these show nothing.
    static readonly int[] Telling = [2, 6, 12, 21, 22, 24, 47];

    [Fact]
    public void A_wrong_compiler_is_caught()
    {
        int caught = 0;
        foreach (var m in Mutation.All)
        {
            var report = Fuzzer.Run(Telling, m.Emit, untilFirst: true);
            if (report.Failures.Count == 0) report = Fuzzer.Run(Enumerable.Range(1, MutationPrograms), m.Emit, untilFirst: true);
            output.WriteLine($"{m.Name}: {(report.Failures.Count > 0 ? report.Failures[0].ToString().Split('\n')[0] : "missed")}");
            if (report.Failures.Count > 0) caught++;
        }
        Assert.Equal(20, Mutation.All.Length);
        Assert.True(caught >= CaughtAtLeast, $"{caught} of {Mutation.All.Length}");
    }

    [Fact]
    public void A_failure_shrinks_to_the_statement_that_shows_it()
    {
        var mutation = Mutation.All.First(m => m.Name == "minimum for maximum");
        var failure = Fuzzer.Run(Enumerable.Range(1, MutationPrograms), mutation.Emit, untilFirst: true).Failures[0];
        var small = Shrinker.Shrink(failure, mutation.Emit);
        Assert.True(small.Program.Function.Body.Statements().Count() <= failure.Program.Function.Body.Statements().Count());
        Assert.Contains(small.Program.Function.Body.Statements().SelectMany(s => s.Expressions().Concat(s is Reduce r ? r.Combine.Body.Statements().SelectMany(x => x.Expressions()) : [])).SelectMany(e => e.Tree()), e => e is Apply { Op: Op.Max, Type: ScalarType.F32 });
    }
}
