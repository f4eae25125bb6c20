using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

static partial class HostEmitter
{
    const string DeviceBuffer = "global::Kernels.IDeviceBuffer", DeviceStream = "global::Kernels.IDeviceStream?";

    /// Whether there are overloads on device buffers: a kernel without arrays has nothing to give a device.
    public static bool HasDevices(Function spec) => HasDevices(new HostModel(spec));

    static bool HasDevices(HostModel model) => model.IsElement ? model.Results.Count > 0 : model.Buffers.Count > 0;

    static string DeviceName(HostModel model, IReadOnlyList<HostParameter> scalars) => "Device" + model.TypeSuffix + model.ScalarSuffix(scalars);

    static string DeviceParameters(HostModel model, IReadOnlyList<HostParameter> scalars) =>
        string.Join(", ", [.. HostFields(model, scalars, DeviceBuffer + "?").Select(f => $"{f.Type} {f.Name}"), $"{DeviceStream} __stream"]);

    /// What a device takes as one value for all elements: inputs that are one number, of a type that registers have.
    static bool MayBeOne(HostParameter p) => p.Scalars.Count == 1 && p.Scalar.Type == p.Scalar.Memory;

    static IEnumerable<IReadOnlyList<HostParameter>> DeviceCombinations(HostModel model) => model.ScalarCombinations().Where(scalars => scalars.All(MayBeOne));

    sealed partial class SignatureEmitter
    {
        /// The overloads on device buffers.
        void Device(CodeWriter inner, CodeWriter outer)
        {
            if (!HasDevices(model)) return;
            if (model.IsElement)
                foreach (var scalars in DeviceCombinations(model)) DeviceElement(inner, outer, scalars);
            else DeviceRun(inner);
            foreach (var m in instances)
            {
                foreach (var scalars in DeviceCombinations(m)) inner.Line($"static partial void {DeviceName(m, scalars)}({DeviceParameters(m, scalars)});");
                inner.Line($"static partial void ListShaders{m.TypeSuffix}(global::System.Collections.Generic.List<global::Kernels.DeviceKernel> __shaders);");
            }
            inner.Line();
            inner.Line("/// <summary>The forms that devices run; empty where there is none.</summary>");
            inner.Braces($"public static global::System.Collections.Generic.IReadOnlyList<global::Kernels.DeviceKernel> Shaders{model.Signature.Overload}", () => inner.Braces("get", () =>
            {
                inner.Line("var __shaders = new global::System.Collections.Generic.List<global::Kernels.DeviceKernel>();");
                inner.Lines(instances.Select(m => $"ListShaders{m.TypeSuffix}(__shaders);"));
                inner.Line("return __shaders;");
            }));
            inner.Line();
        }

        void DocumentDevice(CodeWriter code, string rules)
        {
            code.Line($"/// <param name=\"{model.StreamName}\">Where the run is recorded: nothing happens before the stream is submitted. null: it runs now, and the call waits.</param>");
            code.Line($"/// <exception cref=\"global::System.ArgumentException\">{rules} Nothing has been recorded.</exception>");
            code.Line("/// <exception cref=\"global::System.NotSupportedException\">The kernel has no code for devices.</exception>");
            // What fits spans too, such as new(pointer, length), means them.
            code.Line("[global::System.Runtime.CompilerServices.OverloadResolutionPriority(-1)]");
        }

        void DeviceRun(CodeWriter code)
        {
            code.Line($"/// <summary>Runs <c>{Method}</c>{(model.Grid.Count > 0 ? " on every block of a grid" : "")} on a device.</summary>");
            foreach (var g in model.Grid) code.Line($"/// <param name=\"{model.GridName(g)}\">The number of blocks along <c>{g.Name}</c>.</param>");
            foreach (var p in model.Parameters.Where(p => p.Role != HostRole.Grid)) code.Line($"/// <param name=\"{p.Name}\">{Describe(p)}{(p.Role == HostRole.Buffer && !p.Buffer!.View2 ? " null: empty." : "")}</param>");
            DocumentDevice(code, "A grid size is negative, a buffer is too short, or a written one is given twice.");
            string Type(HostParameter p) => p.Role != HostRole.Buffer ? p.CSharpType : p.Buffer!.View2 ? $"global::Kernels.DeviceView2<{p.Element}>" : $"{DeviceBuffer}<{p.Element}>?";
            string parameters = string.Join(", ", [
                .. model.Grid.Select(g => $"int {model.GridName(g)}"),
                .. model.Parameters.Where(p => p.Role != HostRole.Grid).Select(p => $"{Type(p)} {p.Id}"),
                $"{DeviceStream} {model.StreamName} = null"]);
            code.Braces($"public static void Run{TypeParameters}({parameters}){Constraints}", () =>
            {
                foreach (var g in model.Grid) code.Line($"{Runtime}Check.Grid({model.GridName(g)}, \"{model.GridName(g)}\");");
                foreach (var b in model.Buffers.Where(b => b.Buffer!.View2)) code.Line($"{Runtime}DeviceCheck.View({b.Id}, \"{b.Name}\");");
                string Array(HostParameter p) => p.Buffer!.View2 ? p.Id + ".Buffer" : p.Id;
                foreach (var (w, o, inPlace) in Pairs())
                {
                    string same = !inPlace ? "false" : w.Buffer!.View2 && o.Buffer!.View2 ? $"{w.Id}.RowStride == {o.Id}.RowStride" : w.Buffer.View2 == o.Buffer!.View2 ? "true" : "false";
                    code.Line($"{Runtime}DeviceCheck.Apart({Array(w)}, {Array(o)}, {same}, \"{w.Name}\", \"{o.Name}\");");
                }
                Instances(code, m => code.Line($"{DeviceName(m, [])}({string.Join(", ", [.. DeviceArguments(m, []), model.StreamName])});"));
            });
        }

        /// Arrays of Arguments, as device buffers.
        IEnumerable<string> DeviceArguments(HostModel m, IReadOnlyList<HostParameter> scalars)
        {
            if (m.IsElement) yield return "__count";
            foreach (var p in m.Parameters)
            {
                string scalarsOf = $"sizeof({p.Element}) / {p.Scalar.Type.Width() / 8}";
                switch (p.Role)
                {
                    case HostRole.Buffer when p.Buffer!.View2:
                        yield return $"{p.Id}.Buffer";
                        yield return $"{p.Id}.Rows";
                        yield return $"checked({p.Id}.Columns * ({scalarsOf}))";
                        yield return $"checked({p.Id}.RowStride * ({scalarsOf}))";
                        break;
                    case HostRole.Buffer:
                        yield return p.Id;
                        yield return $"{Runtime}DeviceCheck.Length({p.Id}, {scalarsOf}, \"{p.Name}\")";
                        break;
                    case HostRole.Result: yield return p.Id; break;
                    case HostRole.Value when m.IsElement && !p.Const && !scalars.Contains(p): yield return p.Id; break;
                    case HostRole.Grid: yield return m.GridName(p); break;
                    default: foreach (string value in ValueArguments(m, p)) yield return value; break;
                }
            }
        }

        void DeviceElement(CodeWriter inner, CodeWriter outer, IReadOnlyList<HostParameter> scalars)
        {
            bool IsArray(HostParameter p) => p.Role == HostRole.Result || p.Role == HostRole.Value && !p.Const && !scalars.Contains(p);
            var inputs = model.Parameters.Where(p => p.Role != HostRole.Result && IsArray(p)).ToList();
            var ordered = model.Parameters.Where(p => p.Role != HostRole.Result).Concat(model.Results).ToList(); // destinations last
            string parameters = string.Join(", ", ordered.Select(p => IsArray(p) ? $"{DeviceBuffer}<{p.Element}> {p.Id}" : $"{p.CSharpType} {p.Id}"));

            void Document(CodeWriter code)
            {
                code.Line($"/// <summary>Applies <c>{Method}</c> to each element on a device.</summary>");
                foreach (var p in ordered)
                    code.Line($"/// <param name=\"{p.Name}\">{(p.Role == HostRole.Result ? "Written: at least as long as the inputs. An input of its element size, or another buffer."
                        : !IsArray(p) ? "One value for all elements." : inputs[0] == p ? "An element for each result." : $"As long as <paramref name=\"{inputs[0].Name}\"/>.")}</param>");
                DocumentDevice(code, "Lengths do not fit, or a result is given twice.");
            }

            Document(outer);
            outer.Line($"{model.Signature.Accessibility} static void {Method}{TypeParameters}({parameters}, {DeviceStream} {model.StreamName} = null){Constraints} =>");
            outer.Line($"    {Method}Kernel.Run{TypeParameters}({string.Join(", ", ordered.Select(p => p.Id))}, {model.StreamName});").Line();

            Document(inner);
            inner.Braces($"public static void Run{TypeParameters}({parameters}, {DeviceStream} {model.StreamName} = null){Constraints}", () =>
            {
                var first = inputs.Concat(model.Results).First();
                inner.Line($"int __count = {Runtime}DeviceCheck.Count({first.Id}, \"{first.Name}\");");
                foreach (var p in inputs.Skip(1)) inner.Line($"{Runtime}Check.SameLength({Runtime}DeviceCheck.Count({p.Id}, \"{p.Name}\"), __count, \"{p.Name}\", \"{first.Name}\");");
                foreach (var r in model.Results) inner.Line($"{Runtime}Check.Destination({Runtime}DeviceCheck.Count({r.Id}, \"{r.Name}\"), __count, \"{r.Name}\");");
                for (int k = 0; k < model.Results.Count; k++)
                    foreach (var other in inputs.Where(i => i.Bytes != model.Results[k].Bytes).Concat(model.Results.Skip(k + 1)))
                        inner.Line($"{Runtime}DeviceCheck.Apart({model.Results[k].Id}, {other.Id}, false, \"{model.Results[k].Name}\", \"{other.Name}\");");
                Instances(inner, m =>
                {
                    foreach (var p in m.Parameters.Where(p => p.Scalars.Count > 1 && IsArray(model.Parameters[m.Parameters.IndexOf(p)])))
                        inner.Line($"{Runtime}Check.Structs(__count, sizeof({m.Instance(p.Element)}), {p.Scalars.Count}, {p.Scalar.Memory.Bytes()}, \"{p.Name}\");");
                    IReadOnlyList<HostParameter> mine = [.. scalars.Select(s => m.Parameters[model.Parameters.IndexOf(s)])];
                    inner.Line($"{DeviceName(m, mine)}({string.Join(", ", [.. DeviceArguments(m, mine), model.StreamName])});");
                });
            });
        }
    }
}
