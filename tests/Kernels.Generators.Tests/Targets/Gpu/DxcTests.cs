using System.Text.RegularExpressions;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// Every HLSL text through Microsoft's compiler, warnings as errors. What the texts compute is not run here.
[Trait("Levels", "no")]
public class DxcTests
{
    [Fact]
    public void The_compiler_is_there_if_it_is_expected()
    {
        if (Environment.GetEnvironmentVariable("KERNELS_EXPECT_DXC") == "1") Assert.Null(Dxc.Missing);
    }

    /// With -Gis, as users are told, and once without: `precise` alone must keep the compiler from fusing, reassociating and believing that there is no NaN.
    [DxcTheory]
    [InlineData("cs_6_0", false)]
    [InlineData("cs_6_6", true)]
    public void Every_text_compiles_to_what_its_layout_says(string profile, bool strict)
    {
        var shaders = ShippedShaders.Forms.ToList();
        var listings = Dxc.Compile([.. shaders.Select(s => HlslPrinter.Print(s.Shader, s.Kernel.Name))], profile, HlslPrinter.Arguments.Where(a => strict || a != "-Gis"));
        var wrong = shaders.Zip(listings).SelectMany(x => Complaints(x.First.Shader.Layout, x.Second).Select(c => $"{x.First.Kernel.Name}{(x.First.Shader.Layout.LeastWave > 0 ? " in waves" : "")}: {c}")).ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(shaders.Count(s => s.Shader.Layout.LeastWave == 0) >= 90 && shaders.Count(s => s.Shader.Layout.LeastWave > 0) >= 40);
    }

    static IEnumerable<string> Complaints(GpuKernelLayout layout, string listing)
    {
        if (listing.StartsWith("ERROR", StringComparison.Ordinal))
        {
            yield return listing;
            yield break;
        }
        if (!listing.Contains($"; NumThreads=({layout.LocalSize},1,1)")) yield return "another number of threads";
        if (!listing.Contains($"; NumBytesGroupSharedMemory: {layout.SharedBytes}\n")) yield return $"not {layout.SharedBytes} bytes shared";
        if (listing.Contains("Double-precision floating point") != layout.NeedsFloat64) yield return $"double precision is needed: {!layout.NeedsFloat64}";
        if (listing.Contains("Wave level operations") != layout.LeastWave > 0) yield return $"wave operations are needed: {layout.LeastWave == 0}";
        if (listing.Contains("64-Bit integer") && !layout.NeedsInt64) yield return "64-bit integers";
        if (Regex.IsMatch(listing, " fast ")) yield return "float arithmetic that may be changed";
        if (layout.NeedsFloat64 && !layout.Bindings.Any(b => b.Element == ScalarType.F32) && !layout.PushConstants.Any(c => c.Type == ScalarType.F32) && Regex.IsMatch(listing, @"@dx\.op\.unary\.f32\(i32 (?!25,)"))
            yield return "float functions in double, others than the reciprocal square root that a root of double starts from";
        // What is bound is where the layout says; what the compiler found unused is left out.
        foreach (Match m in Regex.Matches(listing, @"^; (\S+) +UAV .* u(\d+) +1\r?$", RegexOptions.Multiline))
        {
            int register = int.Parse(m.Groups[2].Value);
            if (register != layout.ErrorBinding && register >= layout.Bindings.Count) yield return $"{m.Groups[1]} at u{register}";
        }
        var offsets = Regex.Matches(listing, @"^; +(?:u?int|float|double|u?int64_t) (\w+); +; Offset: +(\d+)", RegexOptions.Multiline).Select(m => int.Parse(m.Groups[2].Value)).ToList();
        if (offsets.Count > 0 && !offsets.SequenceEqual(layout.PushConstants.Select(c => c.Offset))) yield return $"push constants at {string.Join(", ", offsets)}";
    }

    /// That the checks can fail: a square root of double would be one of float.
    [DxcFact]
    public void Warnings_are_errors()
    {
        const string text = "RWStructuredBuffer<double> x : register(u0);\n[numthreads(1, 1, 1)]\nvoid main() { x[0] = sqrt(x[0]); }\n";
        Assert.StartsWith("ERROR", Assert.Single(Dxc.Compile([text], "cs_6_0", HlslPrinter.Arguments)));
    }
}
