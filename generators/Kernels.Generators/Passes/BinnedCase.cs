using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// One argument of the cases of a binned dispatch: Same, if it is one value for all lanes; otherwise element Coefficient * place + Constant
/// of an array from Start on, with Wrap around it.
sealed record CaseInput(ScalarType Type, Expr? Same, Buffer? Array, long Coefficient, long Constant, Func<Expr, Expr>? Wrap, Expr? Start = null);

/// The parts that Binning calls: functions of their own, so that each is compiled with registers and lanes of its own.
///
///     straight(n, x[], r[])        lanes (k in 0 .. n) r[k] = f(x[k]);               n a multiple of Binning.Unit
///     listed(n, list, x[], r[])    lanes (k in 0 .. n) r[list[k]] = f(x[list[k]]);   the list goes on with its last place
///     pick(key, from, n, regions, list, found)     the places p in from .. n with regions[p] = key, ascending, their number in found[0]
static class BinnedCase
{
    /// The arrays among the inputs, once each, with the least constant that is added to an index of it.
    static List<(Buffer Array, long Coefficient, Expr Start, long Least, long Most)> Arrays(Sequence<CaseInput> inputs) =>
        [.. inputs.Where(x => x.Same is null).GroupBy(x => (x.Array, x.Coefficient, x.Start)).Select(g => (g.Key.Array!, g.Key.Coefficient, g.Key.Start!, g.Min(x => x.Constant), g.Max(x => x.Constant)))];

    public static Function Straight(Function f, Function body, Sequence<CaseInput> inputs, Sequence<Buffer> outputs, string name)
    {
        var names = new Names(body with { Constants = f.Constants });
        Buffer Parameter(Buffer b) => new(names.Fresh(b.Name), b.Element, Storage.Parameter);
        var (n, lane) = (names.Fresh("n", ScalarType.I32), names.Fresh("k", ScalarType.I32));
        var parameters = new List<Parameter> { new ValueParameter(n, ParameterRole.Plain) };
        var statements = new List<Stmt>();
        var arrays = Arrays(inputs).ConvertAll(a => (a.Array, a.Coefficient, a.Start, a.Least, Own: Parameter(a.Array)));
        var values = new List<Parameter>();
        for (int k = 0; k < inputs.Count; k++)
        {
            var (x, to) = (inputs[k], ((ValueParameter)body.Parameters[k]).Local);
            if (x.Same is not null)
            {
                var same = names.Fresh("same", x.Type);
                values.Add(new ValueParameter(same, ParameterRole.Plain));
                statements.Add(new Assign(to, same.Read()));
                continue;
            }
            var (_, coefficient, _, least, own) = arrays.First(a => (a.Array, a.Coefficient, a.Start).Equals((x.Array!, x.Coefficient, x.Start!)));
            Expr index = lane.Read();
            if (coefficient != 1) index = Make.Binary(Op.Mul, index, Make.Int(coefficient));
            if (x.Constant != least) index = Make.Binary(Op.Add, index, Make.Int(x.Constant - least));
            statements.Add(new Assign(to, x.Wrap!(new Load(own, index))));
        }
        parameters.AddRange(values);
        parameters.AddRange(arrays.Select(a => new BufferParameter(a.Own, Access.Read)));
        statements.AddRange(body.Body);
        for (int k = 0; k < outputs.Count; k++)
        {
            var own = Parameter(outputs[k]);
            parameters.Add(new BufferParameter(own, Access.Write));
            statements.Add(new Store(own, lane.Read(), Make.Narrow(body.Results[k].Read(), own.Element)));
        }
        var read = new HashSet<string>(body.Body.Statements().SelectMany(s => s.Expressions()).SelectMany(e => e.Tree()).OfType<Load>().Select(l => l.Buffer.Name));
        int vectors = body.Schedule.Vectors > 0 ? body.Schedule.Vectors : f.Schedule.Vectors;
        var part = new Function(name, FunctionKind.Kernel, parameters.ToSequence(), [], f.Constants.Where(c => read.Contains(c.Buffer.Name)).ToSequence(),
            [new LaneLoop(lane, Make.Int(0), n.Read(), statements.ToSequence(), Trips.Whole)], new Schedule(Math.Min(vectors, 8), Float: f.Schedule.Float, FastMath: f.Schedule.FastMath));
        // The scalar passes leave the private arrays of a case alone, and do not know its constant data.
        foreach (var pass in PassList.Passes)
            if (pass.Name != "unroll") part = pass.Run(part);
        return part;
    }

    public static Function Listed(Function straight, Buffer list, string name)
    {
        var loop = straight.Body.Statements().OfType<LaneLoop>().Single();
        var own = new Buffer(new Names(straight).Fresh(list.Name), list.Element, Storage.Parameter);
        var places = new Substitution();
        var lane = new Names(straight).Fresh("k", ScalarType.I32);
        places.Values[loop.Lane.Name] = new Load(own, lane.Read());
        var listed = loop with { Lane = lane, Body = places.Rewrite(loop.Body) };
        return straight with
        {
            Name = name,
            Parameters = [.. straight.Parameters, new BufferParameter(own, Access.Read)],
            Body = straight.Body.Map(s => s == loop ? listed : s),
        };
    }

    /// The call of either: n elements, list null for straight. count: the elements of the block.
    public static Call Call(Function part, Local n, Sequence<CaseInput> inputs, Sequence<Buffer> outputs, Buffer? list, Local count, Binning.Limits limits)
    {
        var slices = new List<Slice>();
        foreach (var (array, coefficient, start, least, most) in Arrays(inputs))
        {
            bool own = array.Storage == Storage.Stack;
            Expr length = own ? Make.Int(limits.Room)
                : Make.Binary(Op.Add, Make.Binary(Op.Mul, Make.Binary(Op.Sub, count.Read(), Make.Int(1)), Make.Int(coefficient)), Make.Int(most - least + 1));
            slices.Add(new(array, least == 0 ? start : Make.Binary(Op.Add, start, Make.Int(least, ScalarType.I64)), length));
        }
        slices.AddRange(outputs.Concat(list is null ? [] : [list]).Select(b => new Slice(b, Make.Int(0), Make.Int(limits.Room))));
        return new([], part.Name, [n.Read(), .. inputs.Where(x => x.Same is not null).Select(x => x.Same!)], slices.ToSequence());
    }

    public static Function Pick(string name, Schedule schedule)
    {
        Buffer Parameter(string stem) => new(stem, ScalarType.I32, Storage.Parameter);
        Local Value(string stem) => new(stem, ScalarType.I32);
        var (regions, list, found) = (Parameter("regions"), Parameter("list"), Parameter("found"));
        var (key, from, n, count, last, k, j) = (Value("key"), Value("from"), Value("n"), Value("count"), Value("last"), Value("k"), Value("j"));
        return new(name, FunctionKind.Kernel,
        [
            new ValueParameter(key, ParameterRole.Plain), new ValueParameter(from, ParameterRole.Plain), new ValueParameter(n, ParameterRole.Plain),
            new BufferParameter(regions, Access.Read), new BufferParameter(list, Access.ReadWrite), new BufferParameter(found, Access.Write),
        ], [], [],
        [
            new Assign(count, Make.Int(0)),
            new LaneLoop(k, from.Read(), n.Read(), [new Append(list, count, k.Read(), Make.Compare(Op.Eq, new Load(regions, k.Read()), key.Read()), Slack: true)]),
            new Store(found, Make.Int(0), count.Read()),
            new If(Make.Compare(Op.Gt, count.Read(), Make.Int(0)),
            [
                new Assign(last, new Load(list, Make.Binary(Op.Sub, count.Read(), Make.Int(1)))),
                new LaneLoop(j, count.Read(), Make.Binary(Op.Add, count.Read(), Make.Int(Binning.Unit)), [new Store(list, j.Read(), last.Read())]),
            ], []),
        ], new Schedule());
    }
}
