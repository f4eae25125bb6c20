namespace Kernels.Generators.Targets.Gpu;

/// Names that HLSL takes: identifiers, none of them a word of the language or a function that the printer calls, each given out once.
sealed class HlslNames
{
    readonly HashSet<string> taken = [.. Reserved.Split(' ')];

    const string Reserved =
        "AppendStructuredBuffer asm asm_fragment BlendState bool break Buffer ByteAddressBuffer case cbuffer centroid char class column_major compile compile_fragment CompileShader const " +
        "ConstantBuffer ConsumeStructuredBuffer continue ComputeShader default DepthStencilState DepthStencilView discard do double DomainShader dword else enum export extern false float for " +
        "fxgroup GeometryShader globallycoherent goto groupshared half Hullshader if in indices inline inout InputPatch int interface line lineadj linear LineStream matrix min10float min12int min16float " +
        "min16int min16uint mutable namespace new nointerpolation noperspective NULL operator out OutputPatch packoffset pass payload pixelfragment PixelShader point PointStream precise " +
        "primitives private protected public RasterizerState register RenderTargetView return row_major RWBuffer RWByteAddressBuffer RWStructuredBuffer sample sampler SamplerState " +
        "SamplerComparisonState shared short signed sizeof snorm stateblock static static_cast string struct StructuredBuffer switch tbuffer technique template texture this throw triangle TriangleStream " +
        "true try typedef typename uint union uniform unorm unsigned using vector vertexfragment VertexShader vertices virtual void volatile while main push uint2 uint3 uint64_t int64_t " +
        "abs and or asdouble asfloat asint asuint ceil countbits firstbithigh firstbitlow floor fma max min round rsqrt sqrt trunc words remainder reversebits rounded squareRoot " +
        "WaveActiveAnyTrue WaveReadLaneAt WaveReadLaneFirst WaveGetLaneCount WaveGetLaneIndex dx vk std hlsl";

    public string Take(string wanted)
    {
        string name = new([.. wanted.Select(c => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '_' ? c : '_')]);
        // Two underscores together are the implementation's; types with a number (float4, uint16_t) too many to list.
        while (name.Contains("__")) name = name.Replace("__", "_");
        if (name.Length == 0 || name[0] is >= '0' and <= '9') name = "_" + name;
        bool likeType = new[] { "float", "double", "half", "int", "uint", "bool", "min16", "min12", "min10" }.Any(t => name.StartsWith(t, StringComparison.Ordinal) && name.Length > t.Length && char.IsDigit(name[t.Length]));
        if (likeType) name += "_";
        string free = name;
        for (int k = 1; !taken.Add(free); k++) free = $"{name}_{k}";
        return free;
    }
}
