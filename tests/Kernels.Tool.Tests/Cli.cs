namespace Kernels.Tool.Tests;

/// <summary>The command in this process, with what it printed.</summary>
sealed record Cli(int ExitCode, string Output, string Error)
{
    public static Cli Run(params string[] args)
    {
        StringWriter output = new(), error = new();
        return new(CommandLine.Run(args, output, error), output.ToString(), error.ToString());
    }

    /// <summary>Bad use or input: exit code 2, nothing on the output, one line on the error stream that holds the parts.</summary>
    public void FailsWith(params string[] parts)
    {
        Assert.Equal(CommandLine.BadUse, ExitCode);
        Assert.Equal("", Output);
        Assert.StartsWith("kernels: ", Error);
        Assert.Equal(Error.Length - Environment.NewLine.Length, Error.IndexOf(Environment.NewLine, StringComparison.Ordinal));
        foreach (string part in parts) Assert.Contains(part, Error);
    }
}

/// <summary>A folder that is gone after the test.</summary>
sealed class TempFolder : IDisposable
{
    readonly string path = Directory.CreateTempSubdirectory("kernels-tests-").FullName;

    public string this[string name] => Path.Combine(path, name);

    public void Dispose() => Directory.Delete(path, recursive: true);
}
