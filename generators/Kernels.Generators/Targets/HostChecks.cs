using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

// What hosts of cores and of shaders check and say in the same words.
static partial class HostEmitter
{
    static void Checks(CodeWriter code, HostModel model, Sequence<HostCheck> checks, ScalarPrinter printer)
    {
        if (model.IsElement) return; // its indices are those of the inputs, whose lengths Run has compared with the destinations'
        // An empty grid reads nothing, and bounds over its blocks mean nothing.
        if (model.Grid.Count > 0)
            code.Line($"if ({string.Join(" || ", model.Grid.Select(g => $"{ScalarPrinter.Identifier(g.Scalar.IrName + ".Grid")} == 0"))}) return;");
        // In a clone a bound parameter is a constant that the checks may still name.
        foreach (var check in checks)
        {
            var buffer = model.Buffers.First(b => b.Scalar.IrName == check.Buffer);
            string x = check.Buffer;
            string size = buffer.Buffer!.View2
                ? $"{ScalarPrinter.Identifier(x + ".Rows")}, {ScalarPrinter.Identifier(x + ".Columns")}, {ScalarPrinter.Identifier(x + ".Stride")}"
                : ScalarPrinter.Identifier(x + ".Length");
            string call = $"{Runtime}Check.Range((long){printer.Print(check.Min)}, (long){printer.Print(check.Max)}, {size}, \"{buffer.Name}\");";
            code.Line(check.When is null ? call : $"if ({printer.Print(check.When)}) {call}");
        }
    }

    /// The C# names of the parameters that error bits can be about.
    static (string Indexed, string Appended) Blamed(Function f)
    {
        var indexed = new List<string>();
        var appended = new List<string>();
        foreach (var s in f.Body.Statements())
        {
            if (s is Append a) appended.Add(a.Buffer.Name);
            if (s is Store { Checked: true } st) indexed.Add(st.Buffer.Name);
            if (s is Atomic { Checked: true } at) indexed.Add(at.Buffer.Name);
            foreach (var e in s.Expressions())
                indexed.AddRange(e.Tree().OfType<Load>().Where(l => l.Checked).Select(l => l.Buffer.Name));
        }
        return (string.Join(", ", indexed.Distinct()), string.Join(", ", appended.Distinct()));
    }
}
