using System.Globalization;
using Kernels.Generators.IR;

namespace Kernels.Generators.Targets.Gpu;

/// Prints a compute shader as HLSL of shader model 6.0, from the words of its SPIR-V module: what Direct3D 12 is given says what Vulkan executes. Array k is register(uk), push constants are
/// a constant buffer at b0 with the same offsets; the entry point is "main". To be compiled by DXC with Arguments.
///
/// - Values used once stand where they are used, if nothing between could change them; others are t1, t2 …
/// - What a float operation made ends in a `precise` variable, wherever it goes on to: without it the compiler may fuse and reassociate, and believes that no value is NaN.
/// - Integers are unsigned, as in the module, and signed where an instruction is.
/// - A load that is atomic in the module is an InterlockedOr of 0: HLSL has no other that must look again.
/// - Arrays are not globallycoherent where the module says Coherent: in Direct3D a barrier of the group makes them coherent within it, and no more is asked of them.
/// An instruction that is not known here is a bug, and throws.
sealed partial class HlslPrinter
{
    /// What DXC is to be given besides the profile. -Gis, IEEE everywhere, says again what `precise` says.
    public static readonly string[] Arguments = ["-E", "main", "-HV", "2021", "-Gis", "-WX"];

    readonly SpirvListing module;
    readonly GpuKernelLayout layout;
    readonly HlslNames names = new();
    readonly Dictionary<uint, string> nameOf = [];          // variables; members of the push constants' block by name
    readonly HashSet<string> called = [];
    readonly HashSet<uint> signedMemory = [];               // variables on which signed minima and maxima are taken: their elements are int
    readonly CodeWriter head = new();

    /// <param name="shader">What SpirvEmitter made.</param>
    /// <param name="kernel">Its name, for the first line.</param>
    /// <exception cref="NotSupportedException">The module has an instruction or type that has no HLSL yet.</exception>
    public static string Print(GpuModule shader, string kernel = "A kernel") => new HlslPrinter(shader).Print(kernel);

    HlslPrinter(GpuModule shader) => (module, layout) = (new(shader.Words), shader.Layout);

    static NotSupportedException Unknown(string what) => new($"{what} has no form in HLSL yet.");

    string Print(string kernel)
    {
        foreach (var line in module.Blocks.Values.SelectMany(b => b))
            if (line.Op is SpirvOp.AtomicSMin or SpirvOp.AtomicSMax) signedMemory.Add(Base(line.Args[0]));
        Describe(kernel);
        foreach (var v in module.Globals) Global(v);
        foreach (var v in module.Locals) nameOf[v.Id] = names.Take(module.Names.TryGetValue(v.Id, out string? name) ? name : "k");
        var body = Function();
        foreach (string text in HlslFunctions.Texts(called)) head.Line().Block(text);
        head.Line().Line($"[numthreads({string.Join(", ", module.LocalSize)})]");
        head.Line($"void main({string.Join(", ", parameters)})").Open();
        new HlslTreePrinter(body, Locals()).Print(head);
        return head.Close().ToString();
    }

    void Describe(string kernel)
    {
        string what = layout.ElementsAGroup > 0 ? $"{layout.ElementsAGroup} elements a group" : $"a group of {layout.LocalSize} threads a block";
        head.Line($"// {kernel}: {what}, groups numbered x + {GpuKernelLayout.MaxGroupsX} y, {layout.SharedBytes} bytes shared. Made from its SPIR-V; compile with dxc -T cs_6_0 {string.Join(" ", Arguments)}.");
        for (int k = 0; k < layout.Bindings.Count; k++)
        {
            var b = layout.Bindings[k];
            string packed = b.Element.IsNarrow() ? ", packed in words" : b.Element is ScalarType.F32 ? ", by its bits" : "";
            head.Line($"// u{k} {b.Name}: {b.Element}{packed}, {b.Access.ToString().ToLowerInvariant()}");
        }
        if (layout.ErrorBinding >= 0) head.Line($"// u{layout.ErrorBinding}: one word of error bits, 0 before");
        head.Line();
    }

    // ---- declarations ----
    readonly List<string> parameters = [];
    string thread = "";

    void Global(SpirvLine v)
    {
        string Named(string otherwise) => nameOf[v.Id] = names.Take(module.Names.TryGetValue(v.Id, out string? name) ? name : otherwise);
        var pointee = module.Pointee(v.Id);
        switch (module.StorageOf(v.Id))
        {
            case SpirvStorage.Input:
                switch (module.Of(v.Id, SpirvDecoration.BuiltIn))
                {
                    case (uint)SpirvBuiltIn.WorkgroupId: parameters.Add($"uint3 {Named("group")} : SV_GroupID"); break;
                    case (uint)SpirvBuiltIn.LocalInvocationIndex: parameters.Add($"uint {thread = Named("thread")} : SV_GroupIndex"); break;
                    case (uint)SpirvBuiltIn.SubgroupSize: nameOf[v.Id] = "WaveGetLaneCount()"; break;
                    // Direct3D numbers no waves. Those of a group in one dimension are of consecutive threads on all devices known; no rule says so.
                    case (uint)SpirvBuiltIn.SubgroupId: nameOf[v.Id] = $"({thread} / WaveGetLaneCount())"; break;
                    case (uint)SpirvBuiltIn.SubgroupLocalInvocationId: nameOf[v.Id] = "WaveGetLaneIndex()"; break;
                    default: throw Unknown($"The built-in value {module.Of(v.Id, SpirvDecoration.BuiltIn)}");
                }
                break;
            case SpirvStorage.StorageBuffer:
                string element = Type(module.Definitions[pointee.Args[0]].Args[0]); // of the block's one member
                uint binding = module.Of(v.Id, SpirvDecoration.Binding);
                head.Line($"RWStructuredBuffer<{(signedMemory.Contains(v.Id) ? "int" : element)}> {Named("buffer")} : register(u{binding});");
                break;
            case SpirvStorage.PushConstant: PushConstants(v, pointee); break;
            case SpirvStorage.Workgroup: head.Line($"groupshared {Declaration(pointee, Named("shared"), signedMemory.Contains(v.Id))};"); break;
            case SpirvStorage.Private:
                var data = module.Definitions[v.Args[1]];
                int length = (int)module.Integer(pointee.Args[1]);
                var values = data.Op == SpirvOp.ConstantNull ? Enumerable.Repeat(Zero(module.Definitions[pointee.Args[0]]), length) : data.Args.Select(id => Literal(id).Text);
                head.Line($"static const {Declaration(pointee, Named("data"), false)} = {{ {string.Join(", ", values)} }};");
                break;
            default: throw Unknown($"A variable of storage class {module.StorageOf(v.Id)}");
        }
    }

    /// Scalars at their natural alignment never cross a row of 16 bytes, so that both APIs put them at the same offsets.
    void PushConstants(SpirvLine v, SpirvLine block)
    {
        head.Line("cbuffer push : register(b0)").Open();
        for (int k = 0; k < block.Args.Length; k++)
        {
            uint offset = module.OffsetOf(block.Id, (uint)k);
            var type = module.Definitions[block.Args[k]];
            uint size = type.Op == SpirvOp.TypeBool ? 4 : type.Args[0] / 8;
            if (offset % size != 0 || offset % 4 != 0) throw Unknown($"The push constant '{layout.PushConstants[k].Name}' at byte {offset}");
            string name = names.Take(layout.PushConstants[k].Name);
            memberOf[(v.Id, (uint)k)] = name;
            head.Line($"{Type(type.Id)} {name} : packoffset(c{offset / 16}.{"xyzw"[(int)(offset % 16 / 4)]});");
        }
        head.Close().Line();
    }

    readonly Dictionary<(uint Variable, uint Member), string> memberOf = [];

    string Declaration(SpirvLine type, string name, bool signed) => type.Op == SpirvOp.TypeArray
        ? $"{(signed ? "int" : Type(type.Args[0]))} {name}[{module.Integer(type.Args[1])}]"
        : $"{(signed ? "int" : Type(type.Id))} {name}";

    // ---- types and literals ----
    string Type(uint id)
    {
        var t = module.Definitions[id];
        return t.Op switch
        {
            SpirvOp.TypeBool => "bool",
            SpirvOp.TypeInt => t.Args[0] == 64 ? "uint64_t" : "uint",
            SpirvOp.TypeFloat => t.Args[0] == 64 ? "double" : "float",
            SpirvOp.TypeVector => Type(t.Args[0]) + t.Args[1],
            _ => throw Unknown($"A value of {t.Op}"),
        };
    }

    bool IsFloat(uint type) => module.Definitions[type].Op == SpirvOp.TypeFloat;
    bool IsWide(uint type) => module.Definitions[type] is { Op: SpirvOp.TypeInt or SpirvOp.TypeFloat } t && t.Args[0] == 64;

    static string Zero(SpirvLine type) => type.Op switch
    {
        SpirvOp.TypeBool => "false",
        SpirvOp.TypeFloat => type.Args[0] == 64 ? "0.0L" : "0.0f",
        SpirvOp.TypeInt => type.Args[0] == 64 ? "0ull" : "0u",
        _ => "",
    };

    bool IsConstant(uint id) => module.Definitions[id].Op is SpirvOp.Constant or SpirvOp.ConstantTrue or SpirvOp.ConstantFalse or SpirvOp.ConstantNull;

    HlslValue Literal(uint id)
    {
        var c = module.Definitions[id];
        if (c.Op != SpirvOp.Constant) return new(c.Op switch
        {
            SpirvOp.ConstantTrue => "true",
            SpirvOp.ConstantFalse => "false",
            SpirvOp.ConstantNull => Zero(module.Definitions[c.Type]),
            _ => throw Unknown(c.Op.ToString()),
        }, c.Type);
        ulong bits = IsWide(c.Type) ? c.Args[0] | (ulong)c.Args[1] << 32 : c.Args[0];
        if (!IsFloat(c.Type)) return new(IsWide(c.Type) ? (bits < 1UL << 31 ? $"{bits}ull" : $"0x{bits:X}ull") : bits < 1UL << 31 ? $"{bits}u" : $"0x{bits:X8}u", c.Type);
        string text = IsWide(c.Type) ? Double(bits) : Single((uint)bits);
        return new(text, c.Type, text[0] == '-' ? HlslValue.Unary : 0);
    }

    static string Single(uint bits)
    {
        float x = SoftFloat.ToSingle(bits);
        if ((bits & 0x7F80_0000) is not (0 or 0x7F80_0000))
            foreach (string format in new[] { "G6", "G7", "G8", "G9" })
            {
                string text = x.ToString(format, CultureInfo.InvariantCulture);
                if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float parsed) && parsed == x) return Point(text) + "f";
            }
        return bits == 0 ? "0.0f" : $"asfloat(0x{bits:X8}u)";
    }

    static string Double(ulong bits)
    {
        double x = SoftFloat.ToDouble(bits);
        if ((bits >> 52 & 0x7FF) is not (0 or 0x7FF))
            foreach (string format in new[] { "G15", "G16", "G17" })
            {
                string text = x.ToString(format, CultureInfo.InvariantCulture);
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) && parsed == x) return Point(text) + "L";
            }
        return bits == 0 ? "0.0L" : $"asdouble(0x{(uint)bits:X8}u, 0x{(uint)(bits >> 32):X8}u)";
    }

    static string Point(string number) => number.IndexOfAny(['.', 'E']) < 0 ? number + ".0" : number;
}
