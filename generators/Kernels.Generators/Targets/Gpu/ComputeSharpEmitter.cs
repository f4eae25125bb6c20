using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kernels.Generators.Targets.Gpu;

/// Prints a kernel as a shader struct for ComputeSharp 3.2 that describes itself (IComputeShaderDescriptor), so that nothing of ComputeSharp's own generator is needed, which could not see it. The struct is
/// one call: its constructor takes the arrays, then the values that the arrays do not tell. DXIL is made from the text when ComputeSharp first asks (Kernels.Gpu.ComputeSharp.Dxil).
/// What a caller has to know: indices are not checked before; Direct3D reads 0 outside of an array and drops what is written there.
static class ComputeSharpEmitter
{
    /// Whether a compilation can use the structs: it references ComputeSharp and Kernels.Gpu.ComputeSharp.
    public static bool IsWanted(Compilation compilation) =>
        compilation.GetTypeByMetadataName("ComputeSharp.Descriptors.IComputeShaderDescriptor`1") is not null && compilation.GetTypeByMetadataName("Kernels.Gpu.ComputeSharp.IKernelShader") is not null;

    const string Sharp = "global::ComputeSharp.";

    /// <param name="shader">The kernel.</param>
    /// <param name="kernel">Its name, for the summary.</param>
    /// <param name="name">Of the struct; no type parameters, on itself or around it.</param>
    /// <exception cref="NotSupportedException">As HlslPrinter.Print.</exception>
    /// <param name="scalars">Of an element kernel: how many numbers an element of an array has, where more than one.</param>
    public static string Emit(GpuModule shader, string kernel, string name, string accessibility = "public", IReadOnlyDictionary<string, int>? scalars = null)
    {
        var layout = shader.Layout;
        var fields = new List<(string Type, string Name, string Summary)>();
        foreach (var b in layout.Bindings) fields.Add(($"{Sharp}ReadWriteBuffer<{Element(b.Element)}>", Identifier(b.Name), b.Element.IsNarrow() ? $"elements of {b.Element}, packed in words" : b.Access.ToString().ToLowerInvariant()));
        if (layout.ErrorBinding >= 0) fields.Add(($"{Sharp}ReadWriteBuffer<uint>", "errorBits", "one word, 0 before; 1 after it: an index was out of range"));
        foreach (var c in layout.PushConstants)
            if (c.Name != "grid" && LengthOf(layout, c, scalars) is null) fields.Add((Scalar(c.Type), Identifier(c.Name), c.Name.EndsWith(".Grid", StringComparison.Ordinal) ? "blocks along this axis" : c.Name));
        if (layout.ElementsAGroup > 0) fields.Add(("int", "elements", "how many there are"));

        string descriptor = $"{Sharp}Descriptors.IComputeShaderDescriptor<{name}>", range = $"{Sharp}Interop.ResourceDescriptorRange";
        var w = new CodeWriter();
        w.Line($"/// <summary>A call of {kernel} on Direct3D 12: <c>device.Run(new {name}(…))</c>.</summary>");
        w.Line($"[{Sharp}ThreadGroupSize({layout.LocalSize}, 1, 1), global::System.Runtime.Versioning.SupportedOSPlatform(\"windows6.2\")]");
        w.Open($"{accessibility} readonly struct {name} : {Sharp}IComputeShader, global::Kernels.Gpu.ComputeSharp.IKernelShader, {descriptor}");
        foreach (var (type, field, _) in fields) w.Line($"private readonly {type} {field};");
        w.Line();
        foreach (var (_, field, summary) in fields) w.Line($"/// <param name=\"{field.TrimStart('@')}\">{summary}</param>");
        w.Braces($"public {name}({string.Join(", ", fields.Select(f => $"{f.Type} {f.Name}"))})", () =>
        {
            foreach (var (_, field, _) in fields) w.Line($"this.{field} = {field};");
        });
        w.Line().Line("/// <summary>Thread groups.</summary>").Line($"public int Groups => {Groups(layout)};");
        w.Line().Line("/// <summary>Not for the processor.</summary>");
        w.Line("public void Execute() => throw new global::System.NotSupportedException(\"A kernel's shader runs on a graphics device only; the kernel itself runs on the processor.\");").Line();
        foreach (var (member, value) in new[] { ("int ThreadsX", $"{layout.LocalSize}"), ("int ThreadsY", "1"), ("int ThreadsZ", "1"), ("int ConstantBufferSize", $"{layout.PushBytes}"), ("bool IsStaticSamplerRequired", "false") })
            w.Line($"static {member.Replace(" ", $" {descriptor}.")} => {value};");
        int bindings = layout.Bindings.Count + (layout.ErrorBinding >= 0 ? 1 : 0);
        string ranges = string.Join(", ", Enumerable.Range(0, bindings).Select(k => $"new({Sharp}Interop.ResourceDescriptorRangeType.UnorderedAccessView, {k})"));
        w.Line($"private static readonly {range}[] ranges = {{ {ranges} }};");
        w.Line($"static global::System.ReadOnlyMemory<{range}> {descriptor}.ResourceDescriptorRanges => ranges;");
        w.Line($"static string {descriptor}.HlslSource => Text;");
        w.Line($"static global::System.ReadOnlyMemory<byte> {descriptor}.HlslBytecode => global::Kernels.Gpu.ComputeSharp.Dxil.Of(Text);");
        w.Line().Braces($"static void {descriptor}.LoadConstantBuffer<TLoader>(in {name} shader, ref TLoader loader, int x, int y, int z)", () =>
        {
            w.Line($"global::System.Span<byte> data = stackalloc byte[{layout.PushBytes}];");
            foreach (var c in layout.PushConstants) w.Line($"global::System.BitConverter.TryWriteBytes(data.Slice({c.Offset}), {Word(layout, c, scalars)});");
            w.Line("loader.LoadConstantBuffer(data);");
        });
        w.Line().Braces($"static void {descriptor}.LoadGraphicsResources<TLoader>(in {name} shader, ref TLoader loader)", () =>
        {
            for (int k = 0; k < bindings; k++) w.Line($"loader.LoadGraphicsResource(shader.{fields[k].Name}, {k});");
        });
        w.Line().Line("private const string Text = \"\"\"");
        foreach (string line in HlslPrinter.Print(shader, kernel).TrimEnd('\n').Split('\n')) w.Line(line);
        w.Line("\"\"\";");
        return w.Close().ToString();
    }

    /// A push constant that is an array's length, if the struct knows it: from the buffer, but for packed ones, which are longer, in words; in element kernels all arrays have the elements that there are.
    static string? LengthOf(GpuKernelLayout layout, GpuPushConstant c, IReadOnlyDictionary<string, int>? scalars)
    {
        if (layout.Bindings.FirstOrDefault(b => c.Name == b.Name + ".Length") is not { } array) return null;
        if (layout.ElementsAGroup > 0) return scalars is not null && scalars.TryGetValue(array.Name, out int n) && n > 1 ? $"shader.elements * {n}" : "shader.elements";
        return array.Element.IsNarrow() ? null : $"shader.{Identifier(array.Name)}.Length";
    }

    static string Groups(GpuKernelLayout layout)
    {
        if (layout.ElementsAGroup > 0) return $"(int)(((long)elements + {layout.ElementsAGroup - 1}) / {layout.ElementsAGroup})";
        var axes = layout.PushConstants.Where(c => c.Name.EndsWith(".Grid", StringComparison.Ordinal)).Select(c => Identifier(c.Name)).ToList();
        return axes.Count == 0 ? "1" : axes.Count == 1 ? axes[0] : $"checked({string.Join(" * ", axes)})";
    }

    /// A push constant's value, of a type of its size.
    static string Word(GpuKernelLayout layout, GpuPushConstant c, IReadOnlyDictionary<string, int>? scalars)
    {
        if (c.Name == "grid") return "shader.Groups";
        if (LengthOf(layout, c, scalars) is { } length) return length;
        return $"shader.{Identifier(c.Name)}" + (c.Type == ScalarType.Bool ? " ? 1 : 0" : "");
    }

    static string Element(ScalarType type) => type.IsNarrow() ? "uint" : Scalar(type);

    static string Scalar(ScalarType type) => type switch
    {
        ScalarType.Bool => "bool",
        ScalarType.I32 => "int",
        ScalarType.U32 => "uint",
        ScalarType.I64 => "long",
        ScalarType.U64 => "ulong",
        ScalarType.F32 => "float",
        ScalarType.F64 => "double",
        _ => throw new NotSupportedException($"{type} as a shader's constant."),
    };

    /// "row.Grid" → rowGrid; what is a word of C# with an @.
    static string Identifier(string name)
    {
        string joined = string.Concat(name.Split('.').Select((part, k) => k == 0 ? part : char.ToUpperInvariant(part[0]) + part.Substring(1)));
        if (joined is "ranges" or "Text" or "Groups" or "Execute" or "elements" or "errorBits" or "shader" or "loader" or "data") joined += "_";
        return SyntaxFacts.GetKeywordKind(joined) != SyntaxKind.None ? "@" + joined : joined;
    }
}
