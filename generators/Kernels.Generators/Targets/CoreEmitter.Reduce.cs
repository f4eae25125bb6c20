using Kernels.Generators.IR;
using Kernels.Generators.Passes;

namespace Kernels.Generators.Targets;

/// Reductions: v[l] = Combine(v[l], v[l + h]) for h = L/2, L/4 … 1, whole registers first, then within one.
sealed partial class CoreEmitter
{
    void PrintReduce(Reduce r)
    {
        code.Open();
        int n = r.Values.Count;
        var current = new List<Local>();
        foreach (var value in r.Values)
        {
            var copy = Temporary("v", value.Type);
            foreach (int part in PartsInRange(value.Type)) code.Line($"{RegisterType(value.Type)} {PartName(copy, part)} = {(value.Type == ScalarType.Bool ? MaskPart(value.Read(), layout.MaskType, part) : Part(value.Read(), part))};");
            current.Add(copy);
        }
        var extremum = layout.IsScalar || !VectorTable.IsX86(target) ? null : FloatExtremum(r.Combine);
        string ordered = Fresh("ordered");
        if (extremum is not null) code.Line($"bool {ordered} = {string.Join(" & ", PartsInRange(current[0].Type).Select(part => Ordered(current[0], part)))};");
        for (int half = layout.Lanes / 2; half >= 1; half /= 2)
        {
            // Whole registers of every width: a conversion needs two registers of doubles for one of floats, however few lanes count.
            int have = toLane;
            (fromLane, toLane) = (0, Math.Max(half, layout.GroupLanes));
            hoisted.Clear();
            var upper = current.Select(value => Shifted(value, half, have)).ToList();
            current = extremum is Op op ? [Extremum(op, current[0], upper[0])] : Combine(r.Combine, current, upper);
        }
        (fromLane, toLane) = (0, layout.Lanes);
        for (int k = 0; k < n; k++)
        {
            string first = PartName(current[k], 0);
            bool isBool = r.Targets[k].Type == ScalarType.Bool;
            code.Line($"{Name(r.Targets[k].Name)} = {(layout.IsScalar ? first : isBool ? $"{first}.ToScalar() != 0" : extremum is null ? $"{first}.ToScalar()" : $"{ordered} ? {first}.ToScalar() : {current[k].Type.CSharp()}.NaN")};");
        }
        code.Close();
    }

    // Min and Max of floats, NaN if any lane is: a vector's own Min and Max test for NaN and for zeros of both signs in each of the log2 L steps, 3 dependent instructions or
    // more. Here NaN is looked for once; the x86 instruction gives the second of two zeros, so that both orders together hold both signs.

    static Op? FloatExtremum(Function combine) =>
        combine.Body.Statements().ToList() is [Assign { Value: Apply { Op: Op.Min or Op.Max, Args: [Use x, Use y], Type: ScalarType.F32 or ScalarType.F64 } a }] && x != y ? a.Op : null;

    string Ordered(Local v, int part) => $"{VectorTable.V(layout.Bits(v.Type))}.EqualsAll({PartName(v, part)}, {PartName(v, part)})";

    Local Extremum(Op op, Local a, Local b)
    {
        var result = Temporary("c", a.Type);
        var (either, both) = op == Op.Max ? (Op.MaxOrSecond, Op.And) : (Op.MinOrSecond, Op.Or);
        foreach (int part in PartsInRange(a.Type))
        {
            string Spell(Op o, string x, string y) => VectorTable.Spell(target, o, a.Type, a.Type, layout.Bits(a.Type), [x, y]);
            string x = PartName(a, part), y = PartName(b, part);
            code.Line($"{RegisterType(a.Type)} {PartName(result, part)} = {Spell(both, Spell(either, x, y), Spell(either, y, x))};");
        }
        return result;
    }

    Local Temporary(string stem, ScalarType type)
    {
        var local = names.Fresh($"{stem}_{temporaries++}", type);
        shapes.Add(local);
        return local;
    }

    /// lane l of the result is lane l + half of the value; only lanes below half matter.
    Local Shifted(Local value, int half, int have)
    {
        var type = value.Type == ScalarType.Bool ? layout.MaskType : value.Type;
        int lanes = layout.PartLanes(type);
        var shifted = Temporary("u", value.Type);
        foreach (int part in PartsInRange(type))
        {
            int source = part + half / lanes;
            string text = half >= lanes ? PartName(value, source * lanes < have ? source : part) : VectorTable.Down(PartName(value, part), type, layout.Bits(type), half);
            code.Line($"{RegisterType(value.Type)} {PartName(shifted, part)} = {text};");
        }
        return shifted;
    }

    List<Local> Combine(Function combine, List<Local> a, List<Local> b)
    {
        var given = new Dictionary<string, Local>();
        var parameters = combine.Parameters.OfType<ValueParameter>().Select(p => p.Local).ToList();
        for (int k = 0; k < parameters.Count; k++) given[parameters[k].Name] = k < a.Count ? a[k] : b[k - a.Count];
        var renamed = new Dictionary<string, Local>();
        var declared = new HashSet<string>(given.Values.Select(x => x.Name));
        Local To(Local x) => given.TryGetValue(x.Name, out var g) ? g : renamed.TryGetValue(x.Name, out var to) ? to : renamed[x.Name] = Temporary("c", x.Type);
        var body = layout.Lanes == 1 ? combine.Body : Predicate.RunVarying(combine, _ => { });
        body = new Renamer(To).Rewrite(body);
        foreach (var s in body.Statements())
            foreach (var target in s.Assigns())
                if (declared.Add(target.Name))
                    foreach (int part in PartsInRange(target.Type)) code.Line($"{RegisterType(target.Type)} {PartName(target, part)} = default;");
        Print(body);
        return combine.Results.Select(To).ToList();
    }
}
