using Kernels.Generators.IR;
using Kernels.Generators.Passes;

namespace Kernels.Generators.Targets;

/// A core with one value for all elements of an input, in terms of the core of arrays: an array of that value, used again and again.
/// For element kernels whose cases are parts (see Binning): their text is long, and the reads saved by a core of its own are nothing beside them.
static class BroadcastCore
{
    static readonly int Most = Binning.Limits.Default.Block;

    /// whole: the function with arrays only, as the passes left it.
    public static bool Serves(HostModel model, CoreVariant variant, Function whole, Func<CpuTarget, Lowered> lowered) =>
        variant.ScalarInputs.Count > 0 && Scalars(model, variant).All(p => p.Scalars.All(s => s.Type == s.Memory))
        && !whole.Body.Statements().OfType<DeclareArray>().Any(d => d.Buffer.Storage == Storage.Scratch)
        && CpuTarget.All.Any(t => lowered(t).Parts.Count > 0);

    static IEnumerable<HostParameter> Scalars(HostModel model, CoreVariant variant) => model.Inputs.Where(i => variant.ScalarInputs.Contains(i.Scalar.IrName));

    /// own, whole: the functions of this variant and of the one with arrays only, called wholeMethod.
    public static string Emit(HostModel model, CoreVariant variant, Function own, Function whole, string method, string wholeMethod)
    {
        var scalars = Scalars(model, variant).ToList();
        var arrays = new Queue<HostParameter>(model.Inputs.Except(scalars).Concat(model.Results));
        var first = arrays.Peek();
        // The names of the own function's arrays, by the host's.
        var names = new Dictionary<HostParameter, string>();
        var parameters = own.Parameters.Select(p =>
        {
            if (p is ValueParameter v) return $"{v.Local.Type.CSharp()} {ScalarPrinter.Identifier(v.Local.Name)}";
            var array = arrays.Dequeue();
            string name = names[array] = ScalarPrinter.Identifier(((BufferParameter)p).Buffer.Name);
            return $"{array.Scalar.Memory.CSharp()}* {name}, int {name}_Length";
        }).ToList();

        var all = new Queue<HostParameter>(model.Inputs.Concat(model.Results));
        var arguments = whole.Parameters.Select(p =>
        {
            if (p is ValueParameter v) return ScalarPrinter.Identifier(v.Local.Name);
            var array = all.Dequeue();
            string times = array.Scalars.Count == 1 ? "" : $"{array.Scalars.Count} * ";
            return names.TryGetValue(array, out string? name) ? $"{name} + {times}__at, {times}__n" : $"__{scalars.IndexOf(array)}, {times}__n";
        });

        var code = new CodeWriter();
        code.Line($"/// <summary><c>{wholeMethod}</c> with an array of one value for {string.Join(" and ", scalars.Select(s => $"<c>{s.Name}</c>"))}.</summary>");
        code.Line("[SkipLocalsInit]");
        code.Braces($"public static int {method}({string.Join(", ", parameters)})", () => code.Braces("unchecked", () =>
        {
            string count = names[first] + "_Length" + (first.Scalars.Count == 1 ? "" : $" / {first.Scalars.Count}");
            code.Line($"int __errors = 0, __count = {count}, __same = global::System.Math.Min(__count, {Most});");
            for (int k = 0; k < scalars.Count; k++)
            {
                var fields = scalars[k].Scalars;
                string type = fields[0].Memory.CSharp();
                code.Line($"{type}* __{k} = stackalloc {type}[{fields.Count * Most}];");
                if (fields.Count == 1) code.Line($"new Span<{type}>(__{k}, __same).Fill({ScalarPrinter.Identifier(fields[0].IrName)});");
                else code.Line($"for (int __i = 0; __i < __same; __i++) {{ {string.Concat(fields.Select((f, j) => $"__{k}[{fields.Count} * __i + {j}] = {ScalarPrinter.Identifier(f.IrName)}; "))}}}");
            }
            code.Braces($"for (long __at = 0; __at < __count; __at += {Most})", () =>
            {
                code.Line($"int __n = (int)global::System.Math.Min({Most}, __count - __at);");
                code.Line($"__errors |= {wholeMethod}({string.Join(", ", arguments)});");
            });
            code.Line("return __errors;");
        }));
        return code.ToString();
    }
}
