using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Makes a kernel over arrays of a function of scalars:
///
///     F(a, b) { result = a * b; }      =>      F(a[], b, result[]) { lanes (i in 0 .. a.Length) { a = a[i]; result = a * b; result[i] = result; } }
///
/// with b one of the arguments that stay scalar. Each result becomes a written array of its name. The arrays keep the parameters'
/// names, the locals get others. If every argument is scalar, the loop runs over the first result. Before: inlined (no Return).
/// That all arrays are as long as the first is for Bounds to find.
static class ElementToKernel
{
    public static Function Run(Function element, Sequence<bool> scalarArgument)
    {
        var names = new Names(element);
        var renamed = new Substitution();
        var parameters = new List<Parameter>();
        var loads = new List<(Local Local, Buffer Buffer)>();
        var stores = new List<(Local Local, Buffer Buffer)>();
        int argument = 0;
        foreach (var p in element.Parameters)
        {
            if (p is not ValueParameter v || scalarArgument[argument++])
            {
                parameters.Add(p);
                continue;
            }
            var buffer = new Buffer(v.Local.Name, v.Local.Type, Storage.Parameter);
            parameters.Add(new BufferParameter(buffer, Access.Read));
            loads.Add((Value(v.Local), buffer));
        }
        foreach (var r in element.Results)
        {
            var buffer = new Buffer(r.Name, r.Type, Storage.Parameter);
            parameters.Add(new BufferParameter(buffer, Access.Write));
            stores.Add((Value(r), buffer));
        }

        Local Value(Local local) => renamed.Locals[local.Name] = names.Fresh(local.Name + ".value", local.Type);

        var lane = names.Fresh("i", ScalarType.I32);
        var length = (loads.Count > 0 ? loads[0] : stores[0]).Buffer.Length();
        Sequence<Stmt> body =
        [
            .. loads.Select(x => (Stmt)new Assign(x.Local, new Load(x.Buffer, new Use(lane)))),
            .. renamed.Rewrite(element.Body),
            .. stores.Select(x => (Stmt)new Store(x.Buffer, new Use(lane), new Use(x.Local))),
        ];
        return element with
        {
            Kind = FunctionKind.Kernel,
            Parameters = parameters.ToSequence(),
            Results = [],
            Body = [new LaneLoop(lane, Make.Int(0), new Use(length), body)],
        };
    }
}
