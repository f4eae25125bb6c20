using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// The code between a caller and the cores: `FKernel.Run`, the span overloads of an element kernel, the checks and the dispatch.
///
/// Two files. The signature file needs the C# signature alone, so that an editor can offer `Run` while nothing is compiled: it
/// checks lengths and overlap, pins, runs the plain C# when asked to, and otherwise calls `static partial void Dispatch…`,
/// which may lack a body. The dispatch file is that body: bounds, clones, scratch, target, grid.
/// Names that begin with two underscores are the host's; every other name comes from the spec.
static partial class HostEmitter
{
    const string Runtime = "global::Kernels.Runtime.", Options = "global::Kernels.KernelOptions?", TargetType = "global::Kernels.KernelTarget";

    /// Every core that a kernel needs, by suffix.
    public static Sequence<CoreVariant> Variants(Function spec) => new HostModel(spec).Variants().ToSequence();

    /// The signature file. Instances: the kernel, or one for each list of type arguments of a generic one.
    public static string EmitSignature(Sequence<Function> instances) => new SignatureEmitter([.. instances.Select(f => new HostModel(f))]).Emit();

    /// The dispatch file of one instance. A variant that is missing, or has no core for a target, throws when it is asked for.
    public static string EmitDispatch(Function spec, Sequence<CompiledVariant> variants) => new DispatchEmitter(new(spec), variants).Emit();

    static string DispatchName(HostModel model, IReadOnlyList<HostParameter> scalars) => "Dispatch" + model.TypeSuffix + model.ScalarSuffix(scalars);

    /// The parameters of Dispatch: the grid, then each parameter as a core takes it (element kernels: one length for all), then the options.
    static string DispatchParameters(HostModel model, IReadOnlyList<HostParameter> scalars) =>
        string.Join(", ", [$"{TargetType} __target", .. HostFields(model, scalars).Select(f => $"{f.Type} {f.Name}"), $"{Options} __options"]);

    /// The values that Dispatch passes on, with their C# types. array: the type of an array, where it is no pointer.
    static IEnumerable<(string Type, string Name)> HostFields(HostModel model, IReadOnlyList<HostParameter> scalars, string? array = null)
    {
        if (model.IsElement) yield return ("int", "__count");
        foreach (var p in model.Parameters)
            foreach (var field in HostFields(model, scalars, p, array)) yield return field;
    }

    static IEnumerable<(string Type, string Name)> HostFields(HostModel model, IReadOnlyList<HostParameter> scalars, HostParameter p, string? array)
    {
        string Id(string irName) => ScalarPrinter.Identifier(irName);
        switch (p.Role)
        {
            case HostRole.Grid: yield return ("int", Id(p.Scalar.IrName + ".Grid")); break;
            case HostRole.Buffer:
                string x = p.Scalar.IrName;
                yield return (array ?? p.Scalar.Type.CSharp() + "*", Id(x));
                if (p.Buffer!.View2)
                {
                    yield return ("int", Id(x + ".Rows"));
                    yield return ("int", Id(x + ".Columns"));
                    yield return ("long", Id(x + ".Stride"));
                }
                else yield return ("int", Id(x + ".Length"));
                break;
            case HostRole.Result: yield return (array ?? p.Scalar.Memory.CSharp() + "*", p.Array); break;
            default:
                if (model.IsElement && !p.Const && !scalars.Contains(p)) yield return (array ?? p.Scalar.Memory.CSharp() + "*", p.Array);
                else foreach (var s in p.Scalars) yield return (s.Type.CSharp(), Id(s.IrName));
                break;
        }
    }

    /// From a range of block numbers to their places in the grid, the last axis fastest. size(k): the size of axis k; block: a statement, given the places.
    static void BlockLoop(CodeWriter code, int axes, Func<int, string> size, Func<string[], string> block)
    {
        if (axes <= 1)
        {
            code.Line("for (long __b = __begin; __b < __end; __b++)").Line("    " + block(axes == 0 ? [] : ["(int)__b"]));
            return;
        }
        string[] place = [.. Enumerable.Range(0, axes).Select(k => $"__i{k}")];
        code.Line("long __rest = __begin;");
        for (int k = axes - 1; k >= 0; k--)
            code.Line(k == 0 ? $"int {place[0]} = (int)__rest;" : $"int {place[k]} = (int)(__rest % {size(k)}); __rest /= {size(k)};");
        code.Braces("for (long __b = __begin; __b < __end; __b++)", () =>
        {
            code.Line(block(place));
            string step = $"++{place[0]};";
            for (int k = 1; k < axes; k++) step = $"if (++{place[k]} == {size(k)}) {{ {place[k]} = 0; {step} }}";
            code.Line(step);
        });
    }
}
