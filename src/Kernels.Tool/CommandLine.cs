using System.CommandLine;
using System.CommandLine.Help;

namespace Kernels.Tool;

/// <summary>
/// The `kernels` command. Exit codes: 0; 1 when a check found a wrong result; 2 for bad use or bad input, with one line on the error stream.
/// </summary>
static class CommandLine
{
    public const int WrongResult = 1, BadUse = 2;

    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            var parsed = Root().Parse(args);
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction) throw new Failure(parsed.Errors[0].Message);
            var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
            return parsed.Invoke(configuration);
        }
        catch (Failure e)
        {
            error.WriteLine($"kernels: {e.Message}");
            return BadUse;
        }
        catch (IOException e) // the reader of a pipe has left
        {
            error.WriteLine($"kernels: {e.Message.ReplaceLineEndings(" ")}");
            return BadUse;
        }
    }

    static Command Root()
    {
        // Not a RootCommand: its name would be the file's.
        var root = new Command("kernels", "Numerical kernels for .NET, each compiled from one scalar C# definition: try them, see what they became.")
        {
            TourCommand.Create(), BenchCommand.Create(), RunCommand.Create(), ShowCommand.Create(), IsaCommand.Create(), Disassembly.HiddenCommand(), BenchCommand.HiddenCommand(),
            new HelpOption(), new VersionOption(),
        };
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }
}
