using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

static partial class HostEmitter
{
    /// The dispatch file of one instance: from checked, pinned arguments to the core of the right clone and target.
    sealed class DispatchEmitter(HostModel model, Sequence<CompiledVariant> variants)
    {
        /// What one worker takes of an element kernel at a time: 64 KiB of doubles, a quarter of a mid-size second-level cache.
        const int ElementsABlock = 8192;

        readonly ScalarPrinter printer = new();

        public string Emit()
        {
            var code = new CodeWriter();
            foreach (var scalars in model.ScalarCombinations())
            {
                var names = scalars.SelectMany(s => s.Scalars).Select(s => s.IrName).ToSequence();
                var mine = variants.Where(v => v.Variant.ScalarInputs.Equals(names)).ToList();
                Choose(code, scalars, mine);
                foreach (var variant in mine)
                {
                    code.Line();
                    Start(code, scalars, variant);
                }
                code.Line();
            }
            var cores = variants.SelectMany(v => v.Cores).Distinct().ToList();
            code.Braces($"static partial void Describe{model.TypeSuffix}(global::System.Collections.Generic.List<{Runtime}KernelCore> __cores, global::System.Collections.Generic.List<string> __clones)", () =>
            {
                foreach (var core in cores)
                    code.Line($"if (!__cores.Exists(__c => __c.Target == {TargetType}.{core.Target})) __cores.Add(new({TargetType}.{core.Target}, {core.Lanes}));");
                foreach (var v in variants.Where(v => v.Variant.Suffix.Length > model.Signature.Overload.Length)) code.Line($"__clones.Add(\"{v.Variant.Suffix}\");");
            });
            return HostModel.File(model.Signature, code.ToString());
        }

        /// Dispatch: the clone whose constants are the arguments, else the general one.
        void Choose(CodeWriter code, IReadOnlyList<HostParameter> scalars, List<CompiledVariant> mine) =>
            code.Braces($"static partial void {DispatchName(model, scalars)}({DispatchParameters(model, scalars)})", () =>
            {
                string arguments = string.Join(", ", ["__target", .. HostFields(model, scalars).Select(f => f.Name), "__options"]);
                foreach (var v in mine.Where(v => v.Variant.Bound.Count > 0))
                {
                    string condition = string.Join(" && ", v.Variant.Bound.Select(b => $"{ScalarPrinter.Identifier(b.Parameter)} == {ScalarTable.Literal(b.Value)}"));
                    code.Line($"if ({condition}) {{ Start{v.Variant.Suffix}({arguments}); return; }}");
                }
                var general = mine.FirstOrDefault(v => v.Variant.Bound.Count == 0);
                code.Line(general is null ? $"{Runtime}Check.NoCore(__target, \"{model.Signature.MethodName}\");" : $"Start{general.Variant.Suffix}({arguments});");
            });

        void Start(CodeWriter code, IReadOnlyList<HostParameter> scalars, CompiledVariant variant)
        {
            string suffix = variant.Variant.Suffix;
            var scratch = Scratch(variant.Lowered);
            bool direct = !model.IsElement && model.Grid.Count == 0 && scratch.Count == 0;
            var fields = HostFields(model, scalars).ToList();
            var (indexed, appended) = Blamed(variant.Lowered);

            code.Braces($"static void Start{suffix}({DispatchParameters(model, scalars)})", () => code.Braces("unchecked", () =>
            {
                Checks(code, model, variant.Checks, printer);
                code.Line("int __errors = 0;");
                if (direct)
                {
                    code.Line("__options?.CancellationToken.ThrowIfCancellationRequested();");
                    Switch(code, variant, core => $"__errors = {core.Target}{suffix}({CoreArguments(variant, x => x, [], "")});");
                }
                else
                {
                    if (model.IsElement) code.Line("if (__count == 0) return;");
                    if (model.IsElement && scratch.Count == 0)
                        code.Braces($"if (__count <= {ElementsABlock} || __options is null)", () =>
                        {
                            code.Line("__options?.CancellationToken.ThrowIfCancellationRequested();");
                            Switch(code, variant, core => $"__errors = {core.Target}{suffix}({CoreArguments(variant, x => x, [], "__count")});");
                            code.Line($"{Runtime}Check.Errors(__errors, \"{indexed}\", \"{appended}\");").Line("return;");
                        });
                    code.Line($"Arguments{suffix} __a;");
                    code.Lines(fields.Select(f => $"__a.{f.Name} = {f.Name};"));
                    if (scratch.Count > 0)
                    {
                        code.Line($"global::System.Span<{Runtime}ScratchRequest> __requests = stackalloc {Runtime}ScratchRequest[{scratch.Count}];");
                        for (int k = 0; k < scratch.Count; k++)
                        {
                            var s = scratch[k];
                            string fill = s.Fill is null ? "" : $", {FillBits(s.Fill)}";
                            code.Line($"__requests[{k}] = new({Runtime}Check.Scratch((long){printer.Print(s.Length)}, \"{s.Buffer.Name}\"), {s.Buffer.Element.Width() / 8}{fill});");
                        }
                    }
                    code.Line("delegate*<void*, long, long, void**, int> __blocks = null;");
                    Switch(code, variant, core => $"__blocks = &{core.Target}{suffix}_Blocks;");
                    string count = model.IsElement ? $"((long)__count + {ElementsABlock - 1}) / {ElementsABlock}" : BlockCount(model.Grid.Select(g => ScalarPrinter.Identifier(g.Scalar.IrName + ".Grid")));
                    code.Line($"__errors = {Runtime}Grid.Run({count}, __blocks, &__a, {(scratch.Count > 0 ? "__requests" : "default")}, __options);");
                }
                code.Line($"{Runtime}Check.Errors(__errors, \"{indexed}\", \"{appended}\");");
            }));
            if (direct) return;

            code.Line().Line($"struct Arguments{suffix} {{ {string.Concat(fields.Select(f => $"public {f.Type} {f.Name}; "))}}}");
            foreach (var core in variant.Cores) Blocks(code, variant, core, scratch);
        }

        /// The body that the grid runs: a range of blocks on one core.
        void Blocks(CodeWriter code, CompiledVariant variant, CoreEntry core, List<DeclareArray> scratch)
        {
            string suffix = variant.Variant.Suffix;
            string[] memory = [.. scratch.Select((s, k) => $"({s.Buffer.Element.CSharp()}*)__memory[{k}]")];
            code.Line().Braces($"static int {core.Target}{suffix}_Blocks(void* __args, long __begin, long __end, void** __memory)", () =>
            {
                code.Line($"Arguments{suffix}* __a = (Arguments{suffix}*)__args;");
                if (model.IsElement)
                {
                    code.Line($"long __first = __begin * {ElementsABlock};");
                    code.Line($"int __part = (int)(global::System.Math.Min(__end * {ElementsABlock}, __a->__count) - __first);");
                    code.Line($"return {core.Target}{suffix}({CoreArguments(variant, x => $"__a->{x}", memory, "__part", "__first")});");
                    return;
                }
                code.Line("int __errors = 0;");
                BlockLoop(code, model.Grid.Count, k => $"__a->{ScalarPrinter.Identifier(model.Grid[k].Scalar.IrName + ".Grid")}",
                    place => $"__errors |= {core.Target}{suffix}({CoreArguments(variant, x => $"__a->{x}", memory, "", "", place)});");
                code.Line("return __errors;");
            });
        }

        /// What a core is called with: its parameters in order, then its scratch. Those of an element kernel all have one length.
        string CoreArguments(CompiledVariant variant, Func<string, string> host, string[] memory, string count, string offset = "", string[]? place = null)
        {
            var arguments = new List<string>();
            var arrays = new Queue<HostParameter>(model.IsElement ? model.Inputs.Where(i => !variant.Variant.ScalarInputs.Contains(i.Scalar.IrName)).Concat(model.Results) : []);
            foreach (var p in variant.Lowered.Parameters)
            {
                if (p is ValueParameter v)
                {
                    int axis = model.Grid.FindIndex(g => g.Scalar.IrName == v.Local.Name);
                    arguments.Add(axis >= 0 ? place![axis] : host(ScalarPrinter.Identifier(v.Local.Name)));
                    continue;
                }
                var buffer = (BufferParameter)p;
                string name = buffer.Buffer.Name;
                if (model.IsElement)
                {
                    // The passes name arrays as they like: they stand in the order of the parameters, then the results.
                    var array = arrays.Dequeue();
                    int scalars = array.Scalars.Count;
                    arguments.Add(host(array.Array) + (offset.Length == 0 ? "" : scalars == 1 ? $" + {offset}" : $" + {scalars} * {offset}"));
                    arguments.Add(scalars == 1 ? count : $"{scalars} * {count}");
                    continue;
                }
                string[] parts = buffer.View2 ? ["", ".Rows", ".Columns", ".Stride"] : ["", ".Length"];
                arguments.AddRange(parts.Select(part => host(ScalarPrinter.Identifier(name + part))));
            }
            return string.Join(", ", [.. arguments, .. memory]);
        }

        void Switch(CodeWriter code, CompiledVariant variant, Func<CoreEntry, string> statement) => code.Braces("switch (__target)", () =>
        {
            foreach (var core in variant.Cores) code.Line($"case {TargetType}.{core.Target}: {statement(core)} break;");
            code.Line($"default: {Runtime}Check.NoCore(__target, \"{model.Signature.MethodName}\"); break;");
        });

        /// Scratch in order of declaration, lengths and fills in terms of parameters: locals assigned once before are written out.
        List<DeclareArray> Scratch(Function f)
        {
            var known = new Dictionary<string, Expr>();
            var all = new List<DeclareArray>();
            var parameters = new HashSet<string>(model.Values.SelectMany(v => v.Scalars).Select(x => x.IrName));
            foreach (var s in f.Body.Statements())
                if (s is Assign a)
                {
                    bool pure = a.Value.Tree().All(e => e is Const or Apply || (e is Use u && (known.ContainsKey(u.Local.Name) || parameters.Contains(u.Local.Name) || u.Local.Name.Contains('.'))));
                    if (pure && !known.ContainsKey(a.Target.Name)) known[a.Target.Name] = new Substitute(known).Rewrite(a.Value);
                    else known.Remove(a.Target.Name);
                }
                else if (s is DeclareArray { Buffer.Storage: Storage.Scratch } d)
                    all.Add(d with { Length = new Substitute(known).Rewrite(d.Length), Fill = d.Fill is null ? null : new Substitute(known).Rewrite(d.Fill) });
            return all;
        }

        sealed class Substitute(Dictionary<string, Expr> known) : Rewriter
        {
            public override Expr Rewrite(Expr e) => e is Use u && known.TryGetValue(u.Local.Name, out var value) ? value : base.Rewrite(e);
        }

        string FillBits(Expr fill) => fill switch
        {
            Const c => $"0x{c.Bits:X}ul",
            { Type: ScalarType.F32 } => $"global::System.BitConverter.SingleToUInt32Bits({printer.Print(fill)})",
            { Type: ScalarType.F64 } => $"global::System.BitConverter.DoubleToUInt64Bits({printer.Print(fill)})",
            _ => $"(ulong){printer.Print(fill)}",
        };
    }
}
