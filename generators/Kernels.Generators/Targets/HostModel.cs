using System.Text.RegularExpressions;
using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// A [Const] parameter and its value in a clone.
sealed record BoundConstant(string Parameter, Const Value);

/// One core a target: a clone, and for an element kernel which inputs are one value for all elements instead of a span.
/// Its methods are called `{Target}{Suffix}`. The general clone binds nothing.
sealed record CoreVariant(string Suffix, Sequence<string> ScalarInputs, Sequence<BoundConstant> Bound);

/// A check before a run, over value parameters, lengths and `block.Grid`: when When holds, every index Min … Max (both included) is in Buffer.
sealed record HostCheck(string Buffer, Expr Min, Expr Max, Expr? When = null);

/// Target: the member of KernelTarget, which is the core's name too.
sealed record CoreEntry(string Target, int Lanes);

/// A variant after the passes. Lowered gives the parameters of its cores and the scratch they want.
sealed record CompiledVariant(CoreVariant Variant, Function Lowered, Sequence<HostCheck> Checks, Sequence<CoreEntry> Cores);

enum HostRole : byte { Grid, Value, Buffer, Result }

/// A scalar inside a C# parameter: its IR name and type, the C# expression that reads it, and its type as a part of an array's element.
sealed record HostScalar(string IrName, string Path, ScalarType Type, ScalarType Memory);

/// A parameter of the spec, seen from the caller. Element: the C# element type of a span or view, or the type of a value.
sealed record HostParameter(string Name, string CSharpType, string Element, HostRole Role, Sequence<HostScalar> Scalars, BufferParameter? Buffer, bool Const)
{
    public string Id => ScalarPrinter.Identifier(Name);
    public HostScalar Scalar => Scalars[0];
    /// What an array of it is called behind the caller, and how many bytes an element of it has.
    public string Array => ScalarPrinter.Identifier(Scalars.Count == 1 ? Scalar.IrName : Name);
    public int Bytes => Scalars.Sum(s => s.Memory.Bytes());
}

/// What the host of a kernel is made from: the C# signature joined with the IR's parameters, for one set of type arguments.
sealed class HostModel
{
    public readonly Function Spec;
    public readonly SpecSignature Signature;
    public readonly List<HostParameter> Parameters = [], Grid = [], Values = [], Buffers = [], Results = [];
    /// In front of every other suffix: which overload, and the type arguments.
    public readonly string TypeSuffix;
    public readonly string OptionsName, StreamName;

    public bool IsElement => Spec.Kind == FunctionKind.Element;
    public bool IsGeneric => Signature.TypeParameters.Count > 0;
    /// Element kernels: what may be a span or a value.
    public IEnumerable<HostParameter> Inputs => Values.Where(v => !v.Const);
    /// Element kernels: whether the method returns a value, which is then the first result.
    public readonly bool Returns;

    public HostModel(Function spec)
    {
        Spec = spec;
        Signature = spec.Signature ?? throw new ArgumentException($"{spec.Name} has no C# signature");
        var locals = spec.Parameters.OfType<ValueParameter>().ToDictionary(p => p.Local.Name);
        var buffers = spec.Parameters.OfType<BufferParameter>().ToDictionary(p => p.Buffer.Name);
        var results = spec.Results.ToDictionary(r => r.Name);
        SpecParameter? returned = null;
        foreach (var p in Signature.Parameters)
        {
            if (p.Modifier == "return") { returned = p; continue; }
            ScalarType Memory(int k, ScalarType held) => p.Memory.Count > 0 ? p.Memory[k] : held;
            var entries = p.IrNames.Select(n => Split(p.Name, n, x => locals.ContainsKey(x) || buffers.ContainsKey(x) || results.ContainsKey(x))).ToList();
            if (entries.Count == 1 && buffers.TryGetValue(entries[0].Ir, out var buffer))
                Add(new(p.Name, p.CSharpType, ElementOf(p.CSharpType), HostRole.Buffer, [new(entries[0].Ir, p.Name, buffer.Buffer.Element, buffer.Buffer.Element)], buffer, false));
            else if (p.Modifier == "out")
            {
                Add(new(p.Name, p.CSharpType, p.CSharpType, HostRole.Result, entries.Select((e, k) => new HostScalar(e.Ir, e.Path, results[e.Ir].Type, Memory(k, results[e.Ir].Type))).ToSequence(), null, false));
                foreach (var e in entries) results.Remove(e.Ir);
            }
            else
            {
                var parameters = entries.Select(e => locals[e.Ir]).ToList();
                var role = parameters.Count == 1 && parameters[0].Role == ParameterRole.BlockIndex ? HostRole.Grid : HostRole.Value;
                Add(new(p.Name, p.CSharpType, p.CSharpType, role, entries.Select((e, k) => new HostScalar(e.Ir, e.Path, locals[e.Ir].Local.Type, Memory(k, locals[e.Ir].Local.Type))).ToSequence(), null,
                    parameters.Any(x => x.Role == ParameterRole.Const)));
            }
        }
        if (IsElement && results.Count > 0)
        {
            Returns = true;
            string type = returned?.CSharpType ?? results.Values.First().Type.CSharp();
            var first = new HostParameter(Free("destination"), type, type, HostRole.Result,
                spec.Results.Where(r => results.ContainsKey(r.Name)).Select((r, k) => new HostScalar(r.Name, "", r.Type, returned?.Memory is { Count: > 0 } memory ? memory[k] : r.Type)).ToSequence(), null, false);
            Parameters.Insert(Parameters.FindLastIndex(p => p.Role != HostRole.Result) + 1, first);
            Results.Insert(0, first);
        }
        OptionsName = Free("options");
        StreamName = Free("stream");
        TypeSuffix = Signature.Overload + string.Concat(Signature.TypeArguments.Select(a => "_" + Regex.Replace(a.Split('.', ':').Last(), "[^A-Za-z0-9]+", "")));
    }

    void Add(HostParameter p)
    {
        Parameters.Add(p);
        (p.Role switch { HostRole.Grid => Grid, HostRole.Value => Values, HostRole.Buffer => Buffers, _ => Results }).Add(p);
    }

    string Free(string name)
    {
        while (Parameters.Any(p => p.Name == name)) name = "kernel" + char.ToUpperInvariant(name[0]) + name.Substring(1);
        return name;
    }

    /// The public name of the size of a grid axis.
    public string GridName(HostParameter p) => Free(p.Name + "Count");

    /// "suffix=path": the IR name is the parameter's with the suffix.
    static (string Ir, string Path) Split(string parameter, string entry, Func<string, bool> known)
    {
        int at = entry.IndexOf('=');
        string suffix = at < 0 ? entry : entry.Substring(0, at), path = at < 0 ? parameter : entry.Substring(at + 1);
        return (known(parameter + suffix) ? parameter + suffix : known(suffix) ? suffix : parameter, path);
    }

    static string ElementOf(string type)
    {
        int open = type.IndexOf('<'), close = type.LastIndexOf('>');
        return open < 0 ? type : type.Substring(open + 1, close - open - 1).Trim();
    }

    /// A C# type with the type arguments in the places of the type parameters.
    public string Instance(string type)
    {
        for (int k = 0; k < Signature.TypeParameters.Count; k++)
            type = Regex.Replace(type, $@"(?<![\w.@]){Regex.Escape(Signature.TypeParameters[k])}(?!\w)", Signature.TypeArguments[k].Replace("$", "$$"));
        return type;
    }

    /// Every core of this kernel: combinations of span and scalar inputs, times clones; the general clone is the last of each.
    public IEnumerable<CoreVariant> Variants()
    {
        foreach (var scalars in ScalarCombinations())
        {
            string suffix = TypeSuffix + ScalarSuffix(scalars);
            foreach (var bound in Bindings(0))
                yield return new(suffix + string.Concat(bound.Select(b => $"_{b.Parameter}{ValueName(b.Value)}")), scalars.SelectMany(s => s.Scalars).Select(s => s.IrName).ToSequence(), bound.ToSequence());
        }
    }

    public string ScalarSuffix(IReadOnlyList<HostParameter> scalars) => string.Concat(scalars.Select(s => $"_s{Parameters.IndexOf(s)}"));

    /// Up to three inputs: any of them but not all may be one value each; more: at most one of them.
    public IEnumerable<IReadOnlyList<HostParameter>> ScalarCombinations() => ScalarCombinations(IsElement ? Inputs.ToList() : []);

    public static IEnumerable<IReadOnlyList<T>> ScalarCombinations<T>(List<T> inputs)
    {
        yield return [];
        if (inputs.Count <= 3)
            for (int set = 1; set < (1 << inputs.Count) - 1; set++) yield return inputs.Where((_, k) => (set >> k & 1) != 0).ToList();
        else
            foreach (var input in inputs) yield return [input];
    }

    IEnumerable<IReadOnlyList<BoundConstant>> Bindings(int k)
    {
        if (Signature.Specializations.Count == 0) { yield return []; yield break; }
        foreach (var bound in Clones(k)) yield return bound;
        yield return [];
    }

    IEnumerable<IReadOnlyList<BoundConstant>> Clones(int k)
    {
        if (k == Signature.Specializations.Count) { yield return []; yield break; }
        var s = Signature.Specializations[k];
        foreach (var value in s.Values)
            foreach (var rest in Clones(k + 1)) yield return [new(s.Parameter, value), .. rest];
    }

    static string ValueName(Const value) => value.Type switch
    {
        ScalarType.Bool => value.Bits != 0 ? "True" : "False",
        _ when value.Type.IsInteger() => value.Type.SignExtend(value.Bits) is < 0 and var negative && ScalarTable.IsSigned(value.Type)
            ? "m" + negative.ToString(System.Globalization.CultureInfo.InvariantCulture).Substring(1)
            : (value.Bits & value.Type.Mask()).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => "x" + value.Bits.ToString("X", System.Globalization.CultureInfo.InvariantCulture),
    };

    /// The file around members of `{Method}Kernel`, and members of the type that contains the spec.
    public static string File(SpecSignature signature, string kernelMembers, string outerMembers = "", string kernelSummary = "", string usings = "")
    {
        var code = new CodeWriter();
        code.Line("// <auto-generated/>").Line("#nullable enable").Line("#pragma warning disable");
        if (usings.Length > 0) code.Line().Block(usings);
        if (signature.Namespace.Length > 0) code.Line().Line($"namespace {signature.Namespace};");
        code.Line();
        void Open(Queue<string> types)
        {
            if (types.Count > 0) { code.Braces(types.Dequeue(), () => Open(types)); return; }
            if (kernelSummary.Length > 0) code.Block(kernelSummary);
            code.Braces($"{signature.Accessibility} static unsafe partial class {signature.MethodName}Kernel", () => code.Block(kernelMembers));
            if (outerMembers.Length > 0) code.Line().Block(outerMembers);
        }
        Open(new(signature.ContainingTypes.Split('|')));
        return code.ToString();
    }
}
