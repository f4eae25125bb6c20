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
        for (int half = layout.Lanes / 2; half >= 1; half /= 2)
        {
            // Whole registers of every width: a conversion needs two registers of doubles for one of floats, however few lanes count.
            int have = toLane;
            (fromLane, toLane) = (0, Math.Max(half, layout.GroupLanes));
            hoisted.Clear();
            var upper = current.Select(value => Shifted(value, half, have)).ToList();
            current = Combine(r.Combine, current, upper);
        }
        (fromLane, toLane) = (0, layout.Lanes);
        for (int k = 0; k < n; k++)
        {
            string first = PartName(current[k], 0);
            bool isBool = r.Targets[k].Type == ScalarType.Bool;
            code.Line($"{Name(r.Targets[k].Name)} = {(layout.IsScalar ? first : isBool ? $"{first}.ToScalar() != 0" : $"{first}.ToScalar()")};");
        }
        code.Close();
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
