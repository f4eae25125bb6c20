using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// A core and the methods it calls: the parts that Binning made of it.
sealed partial class CoreEmitter
{
    /// The core, and behind it its parts: methods of their own, which stay calls.
    public static string Emit(Lowered lowered, string method, CpuTarget target)
    {
        string text = new CoreEmitter(lowered, method, target).Method(isPart: false);
        foreach (var part in lowered.Parts) text += "\n" + new CoreEmitter(part, PartMethod(method, part.Function.Name), target).Method(isPart: true);
        return text;
    }

    static string PartMethod(string method, string part) => $"{method}_{part}";

    /// Arguments in the order of the part's parameters, as Parameters prints them.
    void PrintCall(Call c)
    {
        var (values, slices) = (new Queue<Expr>(c.Values), new Queue<Slice>(c.Slices));
        var arguments = parts.First(p => p.Function.Name == c.Callee).Function.Parameters.Select(p =>
        {
            if (p is ValueParameter) return scalar.Print(values.Dequeue());
            var part = slices.Dequeue();
            return $"{Name(part.Buffer.Name)} + (long)({scalar.Print(part.Offset)}), (int)({scalar.Print(part.Length)})";
        });
        code.Line($"errors |= {PartMethod(method, c.Callee)}({string.Join(", ", arguments)});");
    }
}
