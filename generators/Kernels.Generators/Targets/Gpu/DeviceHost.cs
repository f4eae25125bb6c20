using System.IO.Compression;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Targets;

static partial class HostEmitter
{
    /// The device file of one instance: from checked arguments to a dispatch of the right clone.
    public static string EmitDevice(Function spec, Sequence<CompiledShader> shaders) => new DeviceEmitter(new(spec), shaders).Emit();

    /// The inputs of an element kernel that one value may stand for, as the passes named their arrays.
    public static IEnumerable<Buffer> DeviceScalars(HostModel model, Function f) =>
        from a in ElementArrays(model, f) where a.Host.Role == HostRole.Value && MayBeOne(a.Host) select a.Array;

    /// The passes name arrays as they like: they stand in the order of the parameters, then the results.
    public static IEnumerable<(Buffer Array, HostParameter Host)> ElementArrays(HostModel model, Function f) =>
        f.Parameters.OfType<BufferParameter>().Zip(model.Inputs.Concat(model.Results), (b, p) => (b.Buffer, p));

    sealed class DeviceEmitter(HostModel model, Sequence<CompiledShader> shaders)
    {
        const string DeviceCheck = Runtime + "DeviceCheck.";
        readonly ScalarPrinter printer = new();

        public string Emit()
        {
            var code = new CodeWriter();
            foreach (var scalars in DeviceCombinations(model))
            {
                Choose(code, scalars);
                code.Line();
                foreach (var s in shaders.Where(s => s.Shader is not null))
                {
                    Start(code, scalars, s, s.Shader!.Layout);
                    code.Line();
                }
            }
            code.Braces($"static partial void ListShaders{model.TypeSuffix}(global::System.Collections.Generic.List<global::Kernels.DeviceKernel> __shaders)", () =>
                code.Lines(shaders.Where(s => s.Shader is not null).Select(s => $"__shaders.Add(Shader{s.Variant.Suffix});")));
            foreach (var s in shaders.Where(s => s.Shader is not null)) Shader(code.Line(), s, s.Shader!);
            return HostModel.File(model.Signature, code.ToString());
        }

        /// The clone whose constants are the arguments, else the general one.
        void Choose(CodeWriter code, IReadOnlyList<HostParameter> scalars) =>
            code.Braces($"static partial void {DeviceName(model, scalars)}({DeviceParameters(model, scalars)})", () =>
            {
                string arguments = string.Join(", ", [.. HostFields(model, scalars).Select(f => f.Name), "__stream"]);
                foreach (var s in shaders.Where(s => s.Variant.Bound.Count > 0))
                {
                    string condition = string.Join(" && ", s.Variant.Bound.Select(b => $"{ScalarPrinter.Identifier(b.Parameter)} == {ScalarTable.Literal(b.Value)}"));
                    code.Line($"if ({condition}) {{ {Call(s)} return; }}");
                }
                code.Line(shaders.FirstOrDefault(s => s.Variant.Bound.Count == 0) is { } general ? Call(general) : $"{DeviceCheck}NoShader(\"{model.Signature.MethodName}\", \"it did not compile.\");");

                string Call(CompiledShader s) => s.Shader is null ? $"{DeviceCheck}NoShader(\"{model.Signature.MethodName}\", {Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(s.Refusal!.Reason, true)});"
                    : Missing(s, scalars) is { } missing ? $"{DeviceCheck}NoShader(\"{model.Signature.MethodName}\", \"its input '{missing}' has to be a buffer.\");"
                    : $"Start{StartSuffix(scalars, s)}({arguments});";
            });

        /// An input that is given as one value, but not read as the shader could replace it.
        string? Missing(CompiledShader s, IReadOnlyList<HostParameter> scalars) =>
            scalars.FirstOrDefault(p => !s.Shader!.Layout.PushConstants.Any(c => c.Name == Array(s, p).Name + Broadcast.Single))?.Name;

        Buffer Array(CompiledShader s, HostParameter p) => ElementArrays(model, s.Function).First(a => a.Host == p).Array;

        string StartSuffix(IReadOnlyList<HostParameter> scalars, CompiledShader s) => "OnDevice" + model.ScalarSuffix(scalars) + s.Variant.Suffix;

        void Start(CodeWriter code, IReadOnlyList<HostParameter> scalars, CompiledShader s, GpuKernelLayout layout)
        {
            if (Missing(s, scalars) is not null) return;
            code.Braces($"static void Start{StartSuffix(scalars, s)}({DeviceParameters(model, scalars)})", () => code.Braces("unchecked", () =>
            {
                Checks(code, model, s.Checks, printer);
                code.Line($"global::System.Span<byte> __push = stackalloc byte[{layout.PushBytes}];");
                var values = Values(s, scalars);
                foreach (var c in layout.PushConstants.Take(layout.PushConstants.Count - 1)) // DeviceCheck.Run sets the number of groups
                    if (values(c.Name) is { } value)
                        code.Line($"global::System.Runtime.InteropServices.MemoryMarshal.Write(__push.Slice({c.Offset}), {(c.Type == ScalarType.Bool ? $"{value} ? 1 : 0" : $"({c.Type.CSharp()}){value}")});");
                string groups = model.IsElement ? $"{DeviceCheck}Groups(__count, {layout.ElementsAGroup})" : BlockCount(model.Grid.Select(g => ScalarPrinter.Identifier(g.Scalar.IrName + ".Grid")));
                code.Line($"{DeviceCheck}Run(Shader{s.Variant.Suffix}, __stream, {groups}, [{string.Join(", ", Arrays(s, scalars))}], __push);");
            }));
        }

        /// A push constant's value in C#; null: it does not matter.
        Func<string, string?> Values(CompiledShader s, IReadOnlyList<HostParameter> scalars)
        {
            if (!model.IsElement) return ScalarPrinter.Identifier;
            var values = new Dictionary<string, string?>();
            foreach (var (array, host) in ElementArrays(model, s.Function))
            {
                bool one = scalars.Contains(host);
                values[array.Name + ".Length"] = host.Scalars.Count == 1 ? "__count" : $"({host.Scalars.Count} * __count)";
                values[array.Name + Broadcast.Single] = one ? "true" : "false";
                values[array.Name + Broadcast.One] = one ? ScalarPrinter.Identifier(host.Scalar.IrName) : null;
            }
            return name => values.TryGetValue(name, out string? value) ? value : ScalarPrinter.Identifier(name);
        }

        IEnumerable<string> Arrays(CompiledShader s, IReadOnlyList<HostParameter> scalars) => model.IsElement
            ? ElementArrays(model, s.Function).Select(a => scalars.Contains(a.Host) ? "null" : a.Host.Array)
            : s.Shader!.Layout.Bindings.Select(b => ScalarPrinter.Identifier(b.Name));

        void Shader(CodeWriter code, CompiledShader s, GpuModule shader)
        {
            var layout = shader.Layout;
            string Yes(bool value) => value ? "true" : "false";
            string name = (model.Signature.Namespace.Length > 0 ? model.Signature.Namespace + "." : "") + string.Join(".", model.Signature.ContainingTypes.Split('|').Select(t => t.Split(' ').Last())) + "." + model.Signature.MethodName + s.Variant.Suffix;
            code.Line($"static readonly global::Kernels.DeviceKernel Shader{s.Variant.Suffix} = new(\"{name}\",");
            code.Line($"    new(Arrays: {layout.Bindings.Count}, PushConstantBytes: {layout.PushBytes}, GroupSize: {layout.LocalSize}, SharedBytes: {layout.SharedBytes}, HasErrors: {Yes(layout.ErrorBinding >= 0)}, Float64: {Yes(layout.NeedsFloat64)}, Int64: {Yes(layout.NeedsInt64)}),");
            code.Line($"    \"{Blamed(s.Function).Indexed}\", static () => \"{Pack(shader.Words)}\"u8)");
            if (s.Wave is { } wave) code.Line($"    {{ Waves = new({wave.Layout.LeastWave}, {wave.Layout.SharedBytes}, static () => \"{Pack(wave.Words)}\"u8) }}");
            code.Line("    ;");
        }

        /// Deflate makes a third of the words (of the shipped kernels), and one literal is read faster than thousands.
        static string Pack(Sequence<uint> words)
        {
            var bytes = new byte[4 * words.Count];
            for (int k = 0; k < words.Count; k++)
                for (int b = 0; b < 4; b++) bytes[4 * k + b] = (byte)(words[k] >> 8 * b);
            using var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(bytes, 0, bytes.Length);
            return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
        }
    }
}
