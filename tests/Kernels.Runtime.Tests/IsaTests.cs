using Kernels.Testing;

namespace Kernels.Runtime.Tests;

[Trait("Levels", "no")] // its child processes set levels of their own
public class IsaTests
{
    static Kernels.Tests.Shared.ChildProcess.Result Isa_(params (string, string)[] environment) => Child.Start("isa", environment);

    [Fact]
    public void The_choice_is_the_widest_level_here()
    {
        // As long as nobody narrows the preferred width, what is chosen without a request is the widest target.
        if (Isa.PreferredVectorBits >= 256) Assert.Equal(Targets.Level, Isa.Choose(null).Target);
        Assert.Contains(KernelTarget.Spec, Isa.Targets);
        Assert.All(Isa.Targets, t => Assert.True(Isa.Supports(t)));
        Assert.Equal(Targets.Level.ToString(), Isa_().Output.Split(' ')[0]);
    }

    [Theory]
    [InlineData("spec", "Spec")]
    [InlineData("scalar", "Scalar")]
    [InlineData("SCALAR", "Scalar")]
    public void The_variable_overrides_the_choice(string value, string expected) => Assert.StartsWith(expected + " ", Isa_((Isa.Variable, value)).Output);

    [Fact]
    public void Each_target_of_this_machine_can_be_asked_for() =>
        Assert.All(Targets.All, t => Assert.Equal(t, Isa.Choose(t.ToString().ToLowerInvariant()).Target));

    [Fact]
    public void An_unknown_name_throws_at_first_use_and_names_the_targets()
    {
        var result = Isa_((Isa.Variable, "mmx"));
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("ArgumentException:", result.Output);
        Assert.Contains("mmx", result.Output);
        Assert.Contains("scalar", result.Output);
    }

    [Fact]
    public void A_target_of_another_machine_throws_and_both_are_named()
    {
        string foreign = Isa.Supports(KernelTarget.Neon) ? "avx2" : "neon";
        var result = Isa_((Isa.Variable, foreign));
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("PlatformNotSupportedException:", result.Output);
        Assert.Contains($"{Isa.Variable}={foreign}", result.Output);
        Assert.Contains(Targets.Level.ToString().ToLowerInvariant(), result.Output);
        var e = Assert.Throws<PlatformNotSupportedException>(() => Isa.Resolve(new() { Target = Enum.Parse<KernelTarget>(foreign, ignoreCase: true) }));
        Assert.Contains(foreign, e.Message);
    }

    [Fact]
    public void Switched_off_instructions_lower_the_level()
    {
        if (!Isa.Supports(KernelTarget.Sse)) return; // the switches below are x64's
        Assert.StartsWith("Scalar Scalar", Isa_(("DOTNET_EnableHWIntrinsic", "0")).Output);
        Assert.StartsWith("Sse Sse", Isa_(("DOTNET_EnableAVX", "0")).Output);
        if (Isa.Supports(KernelTarget.Avx512))
        {
            Assert.StartsWith("Avx2 Avx2", Isa_(("DOTNET_EnableAVX512", "0")).Output);
            // The width is the runtime's preference, the instructions stay.
            Assert.StartsWith("Avx2 Avx512", Isa_(("DOTNET_PreferredVectorBitWidth", "256")).Output);
            Assert.StartsWith("Avx512 Avx512", Isa_(("DOTNET_EnableAVX512F", "0")).Output); // ignored by the runtime: why levels are asserted
        }
    }

    [Fact]
    public void An_expected_level_that_is_not_active_fails()
    {
        string other = Targets.Level == KernelTarget.Scalar ? "sse" : "scalar";
        Assert.Equal(0, Child.Start("level", (Targets.Variable, Targets.Level.ToString())).ExitCode);
        var result = Child.Start("level", (Targets.Variable, other));
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("active level is " + Targets.Level, result.Error);
        Assert.Throws<InvalidOperationException>(() => Targets.AssertLevel("mmx"));
        Assert.Throws<InvalidOperationException>(() => Targets.AssertLevel("3"));
    }

    [Fact]
    public void This_run_is_at_the_level_it_expects() => Targets.AssertLevel();

    [Fact]
    public void Options_are_validated()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KernelOptions { MaxDegreeOfParallelism = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new KernelOptions { MaxDegreeOfParallelism = -2 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new KernelOptions { Target = (KernelTarget)99 });
        Assert.Equal(Environment.ProcessorCount, new KernelOptions { MaxDegreeOfParallelism = -1 }.Threads);
    }
}
