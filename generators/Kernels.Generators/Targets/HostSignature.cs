using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

static partial class HostEmitter
{
    /// The signature file: the public surface, and the plain C# path.
    sealed partial class SignatureEmitter(IReadOnlyList<HostModel> instances)
    {
        readonly HostModel model = instances[0];

        string Method => model.Signature.MethodName;
        string TypeParameters => model.IsGeneric ? $"<{string.Join(", ", model.Signature.TypeParameters)}>" : "";
        string Constraints => string.Concat(model.Signature.TypeParameters.Select(t => $" where {t} : unmanaged"));

        public string Emit()
        {
            CodeWriter inner = new(), outer = new();
            if (model.IsElement)
                foreach (var scalars in model.ScalarCombinations())
                {
                    Element(inner, outer, scalars);
                    inner.Line();
                    outer.Line();
                }
            else
            {
                Run(inner);
                inner.Line();
            }
            Device(inner, outer);
            Info(inner);
            return HostModel.File(model.Signature, inner.ToString(), outer.ToString().TrimEnd(),
                $"/// <summary>The compiled forms of <c>{Method}</c>: <c>Run</c> picks one, checks the arguments and starts it; each core is public.</summary>");
        }

        void Run(CodeWriter code)
        {
            code.Line($"/// <summary>Runs <c>{Method}</c>{(model.Grid.Count > 0 ? " on every block of a grid" : "")}. Nothing is written when an argument is rejected.</summary>");
            foreach (var g in model.Grid) code.Line($"/// <param name=\"{model.GridName(g)}\">The number of blocks along <c>{g.Name}</c>.</param>");
            foreach (var p in model.Parameters.Where(p => p.Role != HostRole.Grid)) code.Line($"/// <param name=\"{p.Name}\">{Describe(p)}</param>");
            code.Line($"/// <param name=\"{model.OptionsName}\">Threads, target, cancellation; null: one thread, the best target.</param>");
            code.Line("/// <exception cref=\"global::System.ArgumentException\">A grid size is negative, a buffer is too short, a written one overlaps another, or a data-dependent index was out of range.</exception>");
            code.Line("/// <exception cref=\"global::System.OperationCanceledException\">Cancelled; some blocks may have run.</exception>");
            string parameters = string.Join(", ", [
                .. model.Grid.Select(g => $"int {model.GridName(g)}"),
                .. model.Parameters.Where(p => p.Role != HostRole.Grid).Select(p => $"{p.CSharpType} {p.Id}"),
                $"{Options} {model.OptionsName} = null"]);
            code.Braces($"public static void Run{TypeParameters}({parameters}){Constraints}", () =>
            {
                foreach (var g in model.Grid) code.Line($"{Runtime}Check.Grid({model.GridName(g)}, \"{model.GridName(g)}\");");
                code.Line($"{TargetType} __target = global::Kernels.Isa.Resolve({model.OptionsName});");
                var spans = model.Buffers.Where(b => !b.Buffer!.View2).ToList();
                code.Lines(spans.Select(s => $"fixed ({s.Element}* __{s.Name} = {s.Id})"));
                code.Braces("", () =>
                {
                    Overlaps(code);
                    Instances(code, m => SpecCall(m), m => $"{DispatchName(m, [])}({DispatchArguments(m, [])});");
                });
            });
            foreach (var m in instances)
            {
                code.Line().Line($"static partial void {DispatchName(m, [])}({DispatchParameters(m, [])});").Line();
                SpecRunner(code, m);
            }
        }

        /// For each instance: the plain C# when asked for, else the cores. A generic kernel compares its type arguments: constants when compiled.
        void Instances(CodeWriter code, Func<HostModel, string> spec, Func<HostModel, string> dispatch) => Instances(code, m =>
        {
            code.Line($"if (__target == {TargetType}.Spec) {spec(m)}");
            code.Line($"else {dispatch(m)}");
        });

        void Instances(CodeWriter code, Action<HostModel> one)
        {
            if (!model.IsGeneric) { one(model); return; }
            foreach (var m in instances)
            {
                string condition = string.Join(" && ", m.Signature.TypeParameters.Select((t, k) => $"typeof({t}) == typeof({m.Signature.TypeArguments[k]})"));
                code.Braces($"if ({condition})", () => { one(m); code.Line("return;"); });
            }
            code.Line($"{Runtime}Check.NoInstance(\"{Method}\", {string.Join(", ", model.Signature.TypeParameters.Select(t => $"typeof({t})"))});");
        }

        void Overlaps(CodeWriter code)
        {
            foreach (var (w, o, inPlace) in Pairs())
                code.Line($"{Runtime}Check.{(inPlace ? "SameOrDisjoint" : "Disjoint")}({Extent(w)}, {Extent(o)}, \"{w.Name}\", \"{o.Name}\");");
        }

        /// What is written with each other array, and whether it may be that.
        IEnumerable<(HostParameter Written, HostParameter Other, bool InPlace)> Pairs()
        {
            for (int i = 0; i < model.Buffers.Count; i++)
                for (int j = 0; j < model.Buffers.Count; j++)
                {
                    HostParameter w = model.Buffers[i], o = model.Buffers[j];
                    if (i == j || w.Buffer!.Access == Access.Read || (o.Buffer!.Access != Access.Read && j < i)) continue;
                    yield return (w, o, MayBe(w, o) || MayBe(o, w));
                }
        }

        static bool MayBe(HostParameter p, HostParameter o) => p.Buffer!.InPlaceOf is { } other && (other == o.Scalar.IrName || other == "*" && p.Element == o.Element);

        static string Extent(HostParameter p) => p.Buffer!.View2
            ? $"{Runtime}Extent.Of({p.Id})"
            : $"new {Runtime}Extent(__{p.Name}, (long){p.Id}.Length * sizeof({p.Element}))";

        string DispatchArguments(HostModel m, IReadOnlyList<HostParameter> scalars) => string.Join(", ", ["__target", .. Arguments(m, scalars), model.OptionsName]);

        IEnumerable<string> Arguments(HostModel m, IReadOnlyList<HostParameter> scalars)
        {
            if (m.IsElement) yield return "__count";
            foreach (var p in m.Parameters)
            {
                string pointer = $"({p.Scalars.FirstOrDefault()?.Memory.CSharp()}*)";
                // A span of structs is an array of their scalars.
                string size = p.Role == HostRole.Buffer ? $"sizeof({p.Element}) / {p.Scalar.Type.Width() / 8}" : "";
                bool plain = !m.IsGeneric && p.Role == HostRole.Buffer && p.Element == p.Scalar.Type.CSharp();
                switch (p.Role)
                {
                    case HostRole.Grid: yield return m.GridName(p); break;
                    case HostRole.Buffer when p.Buffer!.View2:
                        yield return $"{pointer}{p.Id}.Origin";
                        yield return $"{p.Id}.Rows";
                        yield return plain ? $"{p.Id}.Columns" : $"checked({p.Id}.Columns * ({size}))";
                        yield return plain ? $"{p.Id}.RowStride" : $"checked({p.Id}.RowStride * ({size}))";
                        break;
                    case HostRole.Buffer:
                        yield return $"{pointer}__{p.Name}";
                        yield return plain ? $"{p.Id}.Length" : $"checked({p.Id}.Length * ({size}))";
                        break;
                    case HostRole.Result: yield return $"{pointer}__{p.Name}"; break;
                    default:
                        if (m.IsElement && !p.Const && !scalars.Contains(p)) { yield return $"{pointer}__{p.Name}"; break; }
                        foreach (string value in ValueArguments(m, p)) yield return value;
                        break;
                }
            }
        }

        static IEnumerable<string> ValueArguments(HostModel m, HostParameter p)
        {
            foreach (var s in p.Scalars)
            {
                string type = s.Type.CSharp();
                // A path that begins with the parameter's name reads a field of the type that this instance knows it to be.
                string path = m.IsGeneric && s.Path.StartsWith(p.Id, StringComparison.Ordinal) ? $"(*({m.Instance(p.CSharpType)}*)&{p.Id}){s.Path.Substring(p.Id.Length)}" : s.Path;
                yield return !m.IsGeneric && p.CSharpType == type ? path : $"({type})({path})";
            }
        }

        // ---- the plain C# ----

        static string Qualified(HostModel m) => $"global::{(m.Signature.Namespace.Length > 0 ? m.Signature.Namespace + "." : "")}"
            + string.Join(".", m.Signature.ContainingTypes.Split('|').Select(t => t.Split(' ').Last())) + "." + m.Signature.MethodName
            + (m.IsGeneric ? $"<{string.Join(", ", m.Signature.TypeArguments)}>" : "");

        string SpecCall(HostModel m) => $"Spec{m.TypeSuffix}({string.Join(", ", [.. m.Parameters.Select(p => p.Role switch
        {
            HostRole.Grid => m.GridName(p),
            HostRole.Buffer when p.Buffer!.View2 => m.IsGeneric ? $"*({m.Instance(p.CSharpType)}*)&{p.Id}" : p.Id,
            HostRole.Buffer => $"({m.Instance(p.Element)}*)__{p.Name}, {p.Id}.Length",
            _ => m.IsGeneric ? $"*({m.Instance(p.CSharpType)}*)&{p.Id}" : p.Id,
        }), model.OptionsName])});";

        static IEnumerable<(string Type, string Name)> SpecFields(HostModel m, HostParameter p) => p.Role switch
        {
            HostRole.Grid => [("int", p.Id)],
            HostRole.Buffer when !p.Buffer!.View2 => [(m.Instance(p.Element) + "*", p.Id), ("int", p.Name + "_Length")],
            _ => [(m.Instance(p.CSharpType), p.Id)],
        };

        static void SpecRunner(CodeWriter code, HostModel m)
        {
            var fields = m.Parameters.SelectMany(p => SpecFields(m, p)).ToList();
            string arguments = $"SpecArguments{m.TypeSuffix}", blocks = $"SpecBlocks{m.TypeSuffix}";
            code.Line($"struct {arguments} {{ {string.Concat(fields.Select(f => $"public {f.Type} {f.Name}; "))}}}").Line();
            code.Braces($"static void Spec{m.TypeSuffix}({string.Join(", ", [.. fields.Select(f => $"{f.Type} {f.Name}"), $"{Options} __options"])})", () =>
            {
                code.Line($"{arguments} __a;");
                code.Lines(fields.Select(f => $"__a.{f.Name} = {f.Name};"));
                code.Line($"{Runtime}Grid.Run({BlockCount(m.Grid.Select(g => g.Id))}, &{blocks}, &__a, default, __options);");
            });
            code.Line();
            code.Braces($"static int {blocks}(void* __args, long __begin, long __end, void** __memory)", () =>
            {
                code.Line($"{arguments}* __a = ({arguments}*)__args;");
                BlockLoop(code, m.Grid.Count, k => $"__a->{m.Grid[k].Id}", place =>
                {
                    int axis = 0;
                    return $"{Qualified(m)}({string.Join(", ", m.Parameters.Select(p => p.Role switch
                    {
                        HostRole.Grid => place[axis++],
                        HostRole.Buffer when !p.Buffer!.View2 => $"new {m.Instance(p.CSharpType)}(__a->{p.Id}, __a->{p.Name}_Length)",
                        _ => $"__a->{p.Id}",
                    }))});";
                });
                code.Line("return 0;");
            });
        }

        // ---- element kernels ----

        void Element(CodeWriter inner, CodeWriter outer, IReadOnlyList<HostParameter> scalars)
        {
            bool IsSpan(HostParameter p) => p.Role == HostRole.Value && !p.Const && !scalars.Contains(p);
            string Declared(HostParameter p) => p.Role == HostRole.Result ? $"global::System.Span<{p.Element}> {p.Id}"
                : IsSpan(p) ? $"global::System.ReadOnlySpan<{p.Element}> {p.Id}" : $"{p.CSharpType} {p.Id}";
            var inputs = model.Parameters.Where(IsSpan).ToList();
            var ordered = model.Parameters.Where(p => p.Role != HostRole.Result).Concat(model.Results).ToList(); // destinations last
            string parameters = string.Join(", ", ordered.Select(Declared));

            void Document(CodeWriter code)
            {
                string value = $"{Method}({string.Join(", ", model.Values.Select(v => IsSpan(v) ? v.Name + "[i]" : v.Name))})";
                code.Line($"/// <summary>Applies <c>{Method}</c> to each element: {string.Join(", ", model.Results.Select(r => r.Name + "[i]"))} from <c>{value}</c>.</summary>");
                foreach (var p in ordered)
                    code.Line($"/// <param name=\"{p.Name}\">{(p.Role == HostRole.Result ? "Written: at least as long as the inputs. The same memory as an input of its element size, or memory that overlaps none."
                        : IsSpan(p) ? inputs[0] == p ? "An element for each result." : $"As long as <paramref name=\"{inputs[0].Name}\"/>." : "One value for all elements.")}</param>");
                code.Line($"/// <param name=\"{model.OptionsName}\">Threads, target, cancellation; null: one thread, the best target.</param>");
                code.Line("/// <exception cref=\"global::System.ArgumentException\">Lengths do not fit or spans overlap in part. Nothing has been written.</exception>");
            }

            Document(outer);
            outer.Line($"{model.Signature.Accessibility} static void {Method}{TypeParameters}({parameters}, {Options} {model.OptionsName} = null){Constraints} =>");
            outer.Line($"    {Method}Kernel.Run{TypeParameters}({string.Join(", ", ordered.Select(p => p.Id))}, {model.OptionsName});");

            Document(inner);
            inner.Braces($"public static void Run{TypeParameters}({parameters}, {Options} {model.OptionsName} = null){Constraints}", () =>
            {
                if (inputs.Count > 0)
                    inner.Line($"int __count = {inputs[0].Id}.Length;");
                else
                    inner.Line($"int __count = {model.Results[0].Id}.Length;");
                foreach (var p in inputs.Skip(1)) inner.Line($"{Runtime}Check.SameLength({p.Id}.Length, __count, \"{p.Name}\", \"{inputs[0].Name}\");");
                foreach (var r in model.Results) inner.Line($"{Runtime}Check.Destination({r.Id}.Length, __count, \"{r.Name}\");");
                inner.Line($"{TargetType} __target = global::Kernels.Isa.Resolve({model.OptionsName});");
                inner.Lines(inputs.Concat(model.Results).Select(s => $"fixed ({s.Element}* __{s.Name} = {s.Id})"));
                inner.Braces("", () =>
                {
                    string Extent(HostParameter p) => $"new {Runtime}Extent(__{p.Name}, (long)__count * sizeof({p.Element}))";
                    for (int k = 0; k < model.Results.Count; k++)
                    {
                        var r = model.Results[k];
                        foreach (var other in inputs.Concat(model.Results.Skip(k + 1)))
                        {
                            // In place an element must replace an element: of the same size.
                            bool same = other.Role != HostRole.Result && other.Bytes == r.Bytes;
                            inner.Line($"{Runtime}Check.{(same ? "SameOrDisjoint" : "Disjoint")}({Extent(r)}, {Extent(other)}, \"{r.Name}\", \"{other.Name}\");");
                        }
                    }
                    Instances(inner,
                        m => $"Spec{m.TypeSuffix}{m.ScalarSuffix(Same(m))}({string.Join(", ", ["__count", .. m.Parameters.Select(p => p.Role == HostRole.Result || IsSpan(model.Parameters[m.Parameters.IndexOf(p)])
                            ? $"({m.Instance(p.Element)}*)__{p.Name}" : m.IsGeneric ? $"*({m.Instance(p.CSharpType)}*)&{p.Id}" : p.Id), model.OptionsName])});",
                        m => $"{{ {Structs(m)}{DispatchName(m, Same(m))}({DispatchArguments(m, Same(m))}); }}");
                });
            });

            // A core sees structs as their scalars, one after the other, and indexes these by an int.
            string Structs(HostModel m) => string.Concat(m.Parameters.Where(p => p.Scalars.Count > 1 && (p.Role == HostRole.Result || IsSpan(model.Parameters[m.Parameters.IndexOf(p)])))
                .Select(p => $"{Runtime}Check.Structs(__count, sizeof({m.Instance(p.Element)}), {p.Scalars.Count}, {p.Scalar.Memory.Bytes()}, \"{p.Name}\"); "));

            IReadOnlyList<HostParameter> Same(HostModel m) => [.. scalars.Select(s => m.Parameters[model.Parameters.IndexOf(s)])];

            foreach (var m in instances)
            {
                var mine = Same(m);
                inner.Line().Line($"static partial void {DispatchName(m, mine)}({DispatchParameters(m, mine)});").Line();
                bool Span(HostParameter p) => p.Role == HostRole.Result || (!p.Const && !mine.Contains(p));
                string declared = string.Join(", ", ["int __count", .. m.Parameters.Select(p => $"{m.Instance(p.Element)}{(Span(p) ? "*" : "")} {p.Id}"), $"{Options} __options"]);
                inner.Braces($"static void Spec{m.TypeSuffix}{m.ScalarSuffix(mine)}({declared})", () =>
                {
                    inner.Line("__options?.CancellationToken.ThrowIfCancellationRequested();");
                    var returned = m.Returns ? m.Results[0] : null;
                    string call = $"{Qualified(m)}({string.Join(", ", m.Parameters.Where(p => p != returned).Select(p => (p.Role == HostRole.Result ? "out " : "") + p.Id + (Span(p) ? "[__i]" : "")))})";
                    inner.Line("for (int __i = 0; __i < __count; __i++)").Line($"    {(returned is null ? "" : $"{returned.Id}[__i] = ")}{call};");
                });
            }
        }

        void Info(CodeWriter code)
        {
            code.Line($"/// <summary>The targets {(model.Signature.Overload.Length > 0 ? "this overload" : "this kernel")} is compiled for, and their lanes.</summary>");
            code.Braces($"public static {Runtime}KernelInfo Info{model.Signature.Overload}", () => code.Braces("get", () =>
            {
                code.Line($"var __cores = new global::System.Collections.Generic.List<{Runtime}KernelCore>();");
                code.Line("var __clones = new global::System.Collections.Generic.List<string>();");
                code.Lines(instances.Select(m => $"Describe{m.TypeSuffix}(__cores, __clones);"));
                string name = string.Join(".", Qualified(model).Substring("global::".Length).Split('<')[0]);
                code.Line($"return new(\"{name}\", __cores, {model.Grid.Count}, {(model.IsElement ? "true" : "false")}, __clones);");
            }));
            foreach (var m in instances)
                code.Line().Line($"static partial void Describe{m.TypeSuffix}(global::System.Collections.Generic.List<{Runtime}KernelCore> __cores, global::System.Collections.Generic.List<string> __clones);");
        }

        static string Describe(HostParameter p)
        {
            if (p.Buffer is not { } b) return p.Const ? "Some values have code of their own." : "The same for all blocks.";
            string access = b.Access switch { Access.Read => "Read.", Access.Write => "Written; may overlap nothing", _ => "Read and written; may overlap nothing" };
            return access + (b.Access == Access.Read ? "" : b.InPlaceOf is { } other ? $", or be the same memory as <paramref name=\"{other}\"/>." : ".");
        }
    }

    static string BlockCount(IEnumerable<string> sizes)
    {
        var all = sizes.ToList();
        return all.Count switch { 0 => "1", 1 => all[0], _ => $"{Runtime}Check.Blocks({string.Join(", ", [.. all, .. Enumerable.Repeat("1", 3 - all.Count)])})" };
    }
}
