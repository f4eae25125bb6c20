using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// One argument of the cases of a binned dispatch: Same, if it is one value for all lanes; otherwise element `place` of an array from Start
/// on, with Wrap around it.
sealed record CaseInput(ScalarType Type, Expr? Same, Buffer? Array, Expr? Start, Func<Expr, Expr>? Wrap);

/// The parts that Binning calls: functions of their own, so that each is compiled with registers and lanes of its own.
///
///     case(n, x[], r[])            lanes (k in 0 .. n) r[k] = f(x[k]);     whole vectors: x and r go on behind n
///     pick(key, from, n, regions[], list[], found[])     the places p in from .. n with regions[p] = key, ascending, their number in found[0]
///     gather(n, list[], x[] …, to[] …)     for (k in 0 .. n) to[k] = x[list[k]], and behind these Binning.Unit times the last one
///     scatter(n, list[], from[] …, r[] …)  for (k in 0 .. n) r[list[k]] = from[k]
///
/// Elements are moved one by one, all arrays in one loop: every target can, and each place is read once.
static class BinnedCase
{
    /// The arrays among the inputs, once each.
    public static List<(Buffer Array, Expr Start)> Arrays(Sequence<CaseInput> inputs) => [.. inputs.Where(x => x.Same is null).Select(x => (x.Array!, x.Start!)).Distinct()];

    public static Function Case(Function f, Function body, Sequence<CaseInput> inputs, Sequence<Buffer> outputs, string name)
    {
        var names = new Names(body with { Constants = f.Constants });
        Buffer Parameter(Buffer b) => new(names.Fresh(b.Name), b.Element, Storage.Parameter);
        var (n, lane) = (names.Fresh("n", ScalarType.I32), names.Fresh("k", ScalarType.I32));
        var parameters = new List<Parameter> { new ValueParameter(n, ParameterRole.Plain) };
        var statements = new List<Stmt>();
        var arrays = Arrays(inputs).ConvertAll(a => (a.Array, a.Start, Own: Parameter(a.Array)));
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
            var own = arrays.First(a => (a.Array, a.Start).Equals((x.Array!, x.Start!))).Own;
            statements.Add(new Assign(to, x.Wrap!(new Load(own, lane.Read()))));
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
        var read = new HashSet<string>(Read(body));
        int vectors = body.Schedule.Vectors > 0 ? body.Schedule.Vectors : f.Schedule.Vectors;
        var part = new Function(name, FunctionKind.Kernel, parameters.ToSequence(), [], f.Constants.Where(c => read.Contains(c.Buffer.Name)).ToSequence(),
            [new LaneLoop(lane, Make.Int(0), n.Read(), statements.ToSequence(), Trips.Whole)], new Schedule(Math.Min(vectors, 8), Float: f.Schedule.Float, FastMath: f.Schedule.FastMath));
        // The scalar passes leave the private arrays of a case alone, and do not know its constant data.
        foreach (var pass in PassList.Passes)
            if (pass.Name != "unroll") part = pass.Run(part);
        return part;
    }

    /// The arrays that a function reads, those that only the functions in it read among them.
    static IEnumerable<string> Read(Function f) => f.Body.Statements().SelectMany(s => s.Expressions().SelectMany(e => e.Tree()).OfType<Load>().Select(l => l.Buffer.Name)
        .Concat(s switch { Reduce r => Read(r.Combine), Dispatch d => d.Cases.SelectMany(Read), _ => [] }));

    /// count: how many elements. arrays and outputs: those of the block, or what was gathered and is to be scattered.
    public static Call Call(Function part, Expr count, Sequence<CaseInput> inputs, IEnumerable<Slice> arrays, IEnumerable<Slice> outputs) =>
        new([], part.Name, [count, .. inputs.Where(x => x.Same is not null).Select(x => x.Same!)], [.. arrays, .. outputs]);

    public static Function Gather(string name, IReadOnlyList<ScalarType> types) =>
        Mover(name, types, Access.ReadWrite, (place, k) => (k, place), (n, to) => types.SelectMany((t, i) =>
        {
            var (j, last) = (new Local($"j{i}", ScalarType.I32), new Local($"last{i}", t));
            Expr end = Make.Binary(Op.Add, n, Make.Int(Binning.Unit)), final = new Load(to[i], Make.Binary(Op.Sub, n, Make.Int(1)));
            // What is no value, but a type of memory, goes from memory to memory.
            return t.IsNarrow() ? [new For($"rest{i}", j, n, end, 1, [new Store(to[i], j.Read(), final)])]
                : (Stmt[])[new Assign(last, final), new LaneLoop(j, n, end, [new Store(to[i], j.Read(), last.Read())])];
        }));

    public static Function Scatter(string name, IReadOnlyList<ScalarType> types) => Mover(name, types, Access.Write, (place, k) => (place, k), (_, _) => []);

    /// places: of the element written and of the one read, given list[k] and k.
    static Function Mover(string name, IReadOnlyList<ScalarType> types, Access written, Func<Expr, Expr, (Expr To, Expr From)> places, Func<Expr, List<Buffer>, IEnumerable<Stmt>> rest)
    {
        var (n, k, place) = (new Local("n", ScalarType.I32), new Local("k", ScalarType.I32), new Local("place", ScalarType.I32));
        var list = new Buffer("list", ScalarType.I32, Storage.Parameter);
        List<Buffer> from = [.. types.Select((t, i) => new Buffer($"from{i}", t, Storage.Parameter))], to = [.. types.Select((t, i) => new Buffer($"to{i}", t, Storage.Parameter))];
        var (target, source) = places(place.Read(), k.Read());
        return new(name, FunctionKind.Kernel,
            [
                new ValueParameter(n, ParameterRole.Plain), new BufferParameter(list, Access.Read), .. from.Select(b => new BufferParameter(b, Access.Read)), .. to.Select(b => new BufferParameter(b, written)),
            ], [], [],
            [
                new For("elements", k, Make.Int(0), n.Read(), 1, [new Assign(place, new Load(list, k.Read())), .. types.Select((_, i) => new Store(to[i], target, new Load(from[i], source)))]),
                .. rest(n.Read(), to),
            ], new Schedule());
    }

    public static Function Pick(string name)
    {
        Buffer Parameter(string stem) => new(stem, ScalarType.I32, Storage.Parameter);
        Local Value(string stem) => new(stem, ScalarType.I32);
        var (regions, list, found) = (Parameter("regions"), Parameter("list"), Parameter("found"));
        var (key, from, n, count, k) = (Value("key"), Value("from"), Value("n"), Value("count"), Value("k"));
        return new(name, FunctionKind.Kernel,
        [
            new ValueParameter(key, ParameterRole.Plain), new ValueParameter(from, ParameterRole.Plain), new ValueParameter(n, ParameterRole.Plain),
            new BufferParameter(regions, Access.Read), new BufferParameter(list, Access.ReadWrite), new BufferParameter(found, Access.Write),
        ], [], [],
        [
            new Assign(count, Make.Int(0)),
            new LaneLoop(k, from.Read(), n.Read(), [new Append(list, count, k.Read(), Make.Compare(Op.Eq, new Load(regions, k.Read()), key.Read()), Slack: true)]),
            new Store(found, Make.Int(0), count.Read()),
        ], new Schedule());
    }
}
