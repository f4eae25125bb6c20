using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Kernels.Tool;

/// <summary>
/// The machine code that this runtime's JIT compiler makes of a method. Only a process that starts with the JIT's switches prints it, so the
/// command starts itself again, with a hidden subcommand that compiles the one method and ends.
/// </summary>
static class Disassembly
{
    const string Prepare = "compile-method";

    public static Command HiddenCommand()
    {
        Argument<string> path = new("assembly"), type = new("type"), method = new("method");
        var command = new Command(Prepare, "Compile one method, for the JIT's listing.") { path, type, method };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(parsed.GetValue(path)!);
            var found = assembly.GetType(parsed.GetValue(type)!, throwOnError: true)!
                .GetMethod(parsed.GetValue(method)!, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static) ?? throw new Failure("no such method");
            foreach (var m in WithParts(found)) RuntimeHelpers.PrepareMethod(m.MethodHandle);
            return 0;
        });
        return command;
    }

    public static string Of(MethodInfo method) => Of(method, []);

    /// <param name="method">A static method.</param>
    /// <param name="switches">Further runtime switches, as environment variables.</param>
    /// <exception cref="Failure">The child process did not start, or printed nothing.</exception>
    public static string Of(MethodInfo method, (string Name, string Value)[] switches)
    {
        string listing = Path.GetTempFileName();
        try
        {
            var type = method.DeclaringType!;
            var start = SelfProcess.Start(Prepare, type.Assembly.Location, type.FullName!, method.Name);
            foreach (var (name, value) in Switches(type, method, listing).Concat(switches)) start.Environment[name] = value;
            using var child = Process.Start(start) ?? throw new Failure($"{start.FileName} did not start");
            var output = child.StandardOutput.ReadToEndAsync();
            string errors = child.StandardError.ReadToEnd();
            child.WaitForExit();
            output.Wait();
            string text = File.ReadAllText(listing);
            if (child.ExitCode != 0) throw new Failure($"the disassembling process ended with code {child.ExitCode}: {errors.ReplaceLineEndings(" ").Trim()}");
            return text.Length > 0 ? text.Trim() : throw new Failure($"the JIT compiler printed nothing for {type.Name}.{method.Name}");
        }
        catch (System.ComponentModel.Win32Exception e) { throw new Failure($"{SelfProcess.Host} did not start: {e.Message}"); }
        finally { File.Delete(listing); }
    }

    /// <summary>A core and the methods that its binned cases are.</summary>
    static IEnumerable<MethodInfo> WithParts(MethodInfo core) => core.DeclaringType!.GetMethods(BindingFlags.NonPublic | BindingFlags.Static)
        .Where(m => m.Name.StartsWith(core.Name + "_", StringComparison.Ordinal) && (m.MethodImplementationFlags & MethodImplAttributes.AggressiveOptimization) != 0).Prepend(core);

    static (string, string)[] Switches(Type type, MethodInfo method, string listing) =>
    [
        ("DOTNET_JitDisasm", string.Join(' ', WithParts(method).Select(m => $"*{type.Name}:{m.Name}"))), ("DOTNET_JitStdOutFile", listing),
        ("DOTNET_TieredCompilation", "0"), ("DOTNET_JitDisasmDiffable", "1"),
    ];
}
