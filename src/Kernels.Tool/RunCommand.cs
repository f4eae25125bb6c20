using System.CommandLine;
using Kernels.Gpu;

namespace Kernels.Tool;

/// <summary>`kernels run`: a kernel applied to the user's own arrays. Everything is checked and read before anything is computed, and computed before anything is written.</summary>
static class RunCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("function") { Description = "What to compute: " + string.Join("; ", RunFunctions.All.Select(Describe)), Arity = ArgumentArity.ZeroOrOne };
        var inputs = Files("--input", "-i", "An array to read, .npy; the name may be left out where the function has one input.");
        var outputs = Files("--output", "-o", "Where to write a result, .npy; the name may be left out where the function has one output.");
        var options = new Option<string[]>("--option") { Description = "A setting of the function, key=value. " + Settings() + ".", HelpName = "key=value", Arity = ArgumentArity.OneOrMore };
        var target = Targets.Option("The code to run", Devices.Vulkan);
        var command = new Command("run", "Apply a function to arrays in .npy files.") { name, inputs, outputs, options, target };
        command.SetAction(parsed =>
        {
            var function = Find(parsed.GetValue(name));
            var read = Pairs(function, "input", function.Inputs, parsed.GetValue(inputs) ?? []);
            var written = Pairs(function, "output", function.Outputs, parsed.GetValue(outputs) ?? []);
            var settings = Pairs(function, "option", function.Options, parsed.GetValue(options) ?? []);
            foreach (var wanted in function.Inputs)
                if (!read.ContainsKey(wanted.Name)) throw new Failure($"{function.Name} needs --input {wanted.Name}=FILE ({wanted.Description})");
            if (written.Count == 0) throw new Failure($"{function.Name} needs --output {function.Outputs[0].Name}=FILE ({function.Outputs[0].Description})");
            if (written.Values.Select(Path.GetFullPath).Distinct().Count() < written.Count) throw new Failure("two outputs go to one file");
            foreach (string file in written.Values)
                if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder)) throw new Failure($"{file}: no such directory");

            string wantedTarget = parsed.GetValue(target)!;
            var device = wantedTarget == Devices.Vulkan ? Devices.Default() : null;
            var call = new RunCall(function, read.ToDictionary(p => p.Key, p => Npy.Read(p.Value)), settings, device is null ? Targets.Options(wantedTarget) : KernelOptions.Default, device);
            try { function.Apply(call); }
            catch (Exception e) when (e is ArgumentException or PlatformNotSupportedException or NotSupportedException or InvalidOperationException or GpuException)
            {
                throw new Failure($"{function.Name}: {e.Message.ReplaceLineEndings(" ")}");
            }
            catch (OutOfMemoryException) { throw new Failure($"{function.Name}: the result does not fit into memory"); }
            foreach (var (key, file) in written) Npy.Write(file, call.Result(key));
            return 0;
        });
        return command;
    }

    static Option<string[]> Files(string name, string alias, string description) =>
        new(name, alias) { Description = description, HelpName = "name=FILE", Arity = ArgumentArity.OneOrMore };

    static string Settings() => string.Join("; ", RunFunctions.All.SelectMany(f => f.Options.Select(o => (Function: f.Name, Option: o))).GroupBy(p => p.Option, p => p.Function)
        .Select(g => $"{g.Key.Name} ({string.Join(", ", g)}): {g.Key.Description}"));

    static string Describe(RunFunction f) =>
        $"{f.Name} ({string.Join(", ", f.Inputs.Select(p => p.Name))} -> {string.Join(", ", f.Outputs.Select(p => p.Name))}): {f.Summary}";

    static RunFunction Find(string? name)
    {
        if (string.IsNullOrEmpty(name)) throw new Failure($"run needs the name of a function: {string.Join(", ", RunFunctions.All.Select(f => f.Name))}");
        return RunFunctions.All.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw Names.Unknown("function", name, RunFunctions.All.Select(f => f.Name));
    }

    static Dictionary<string, string> Pairs(RunFunction function, string kind, RunParameter[] known, string[] given)
    {
        var pairs = new Dictionary<string, string>();
        foreach (string text in given)
        {
            int equals = text.IndexOf('=');
            string key = equals > 0 ? text[..equals] : "", value = text[(equals + 1)..];
            if (equals < 0 && kind != "option" && known.Length == 1) key = known[0].Name;
            if (key.Length == 0) throw new Failure($"--{kind} {text}: {(kind == "option" ? "key=value" : "name=FILE")} expected");
            if (value.Length == 0) throw new Failure($"--{kind} {text}: nothing behind '='");
            if (!known.Any(p => p.Name == key)) throw Names.Unknown($"{kind} of {function.Name}", key, known.Select(p => p.Name));
            if (!pairs.TryAdd(key, value)) throw new Failure($"--{kind} {key} is given twice");
        }
        return pairs;
    }
}
