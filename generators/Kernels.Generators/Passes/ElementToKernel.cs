using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Makes a kernel over arrays of a function of scalars:
///
///     F(a, b) { result = a * b; }      =>      F(a[], b, result[]) { lanes (i in 0 .. a.Length) { a = a[i]; result = a * b; result[i] = result; } }
///
/// with b one of the arguments that stay scalar. Each result becomes a written array of its name. The arrays keep the parameters'
/// names, the locals get others. A struct of n scalars is an array of these, element i at n*i. Arrays are of the types in memory, which the signature knows.
/// If every argument is scalar, the loop runs over the first result. Before: inlined (no Return). That all arrays are as long as the first is
/// for Bounds to find.
static class ElementToKernel
{
    /// An array, and the locals that one element of it is.
    sealed record Elements(Buffer Buffer, List<Local> Fields);

    public static Function Run(Function element, Sequence<bool> scalarArgument)
    {
        var names = new Names(element);
        var renamed = new Substitution();
        var parameters = new List<Parameter>();
        var inputs = new List<Elements>();
        var outputs = new List<Elements>();
        var signature = new Queue<SpecParameter>((element.Signature?.Parameters ?? []).Where(p => p.Modifier is not ("out" or "return")));
        var results = new Queue<SpecParameter>((element.Signature?.Parameters ?? []).Where(p => p.Modifier == "return").Concat((element.Signature?.Parameters ?? []).Where(p => p.Modifier == "out")));
        for (int k = 0; k < element.Parameters.Count;)
        {
            var p = signature.Count > 0 ? signature.Dequeue() : null;
            var fields = element.Parameters.Skip(k).Take(Math.Max(p?.IrNames.Count ?? 1, 1)).OfType<ValueParameter>().ToList();
            if (scalarArgument[k])
                parameters.AddRange(fields);
            else
            {
                inputs.Add(Array(fields.Select(f => f.Local).ToList(), p));
                parameters.Add(new BufferParameter(inputs[inputs.Count - 1].Buffer, Access.Read));
            }
            k += fields.Count;
        }
        for (int k = 0; k < element.Results.Count;)
        {
            var p = results.Count > 0 ? results.Dequeue() : null;
            outputs.Add(Array(element.Results.Skip(k).Take(Math.Max(p?.IrNames.Count ?? 1, 1)).ToList(), p));
            k += outputs[outputs.Count - 1].Fields.Count;
        }
        // With several stores a load of an element must not wait until behind the first of them.
        string? inPlace = element.Results.Count > 1 ? "*" : null;
        parameters.AddRange(outputs.Select(o => new BufferParameter(o.Buffer, Access.Write, inPlace)));

        Elements Array(List<Local> fields, SpecParameter? p)
        {
            string name = fields.Count == 1 ? fields[0].Name : names.Fresh(p!.Modifier == "return" ? "result" : p.Name);
            foreach (var f in fields) renamed.Locals[f.Name] = names.Fresh(f.Name + ".value", f.Type);
            return new(new(name, p?.Memory is { Count: > 0 } memory ? memory[0] : fields[0].Type, Storage.Parameter), fields);
        }

        var lane = names.Fresh("i", ScalarType.I32);
        Expr Index(Elements e, int field) => e.Fields.Count == 1 ? new Use(lane)
            : Make.Binary(Op.Add, Make.Binary(Op.Mul, new Use(lane), Make.Int(e.Fields.Count)), Make.Int(field));
        var first = inputs.Count > 0 ? inputs[0] : outputs[0];
        Expr length = new Use(first.Buffer.Length());
        if (first.Fields.Count > 1) length = Make.Binary(Op.Div, length, Make.Int(first.Fields.Count));
        Sequence<Stmt> body =
        [
            .. inputs.SelectMany(x => x.Fields.Select((f, k) => (Stmt)new Assign(renamed.Locals[f.Name], Make.Widen(new Load(x.Buffer, Index(x, k)), f.Type)))),
            .. renamed.Rewrite(element.Body),
            .. outputs.SelectMany(x => x.Fields.Select((f, k) => (Stmt)new Store(x.Buffer, Index(x, k), Make.Narrow(new Use(renamed.Locals[f.Name]), x.Buffer.Element)))),
        ];
        return element with
        {
            Kind = FunctionKind.Kernel,
            Parameters = parameters.ToSequence(),
            Results = [],
            Body = [new LaneLoop(lane, Make.Int(0), length, body)],
        };
    }
}
