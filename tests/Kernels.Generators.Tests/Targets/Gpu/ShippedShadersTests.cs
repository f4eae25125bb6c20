using Kernels.Generators.Frontend;
using Kernels.Generators.Targets.Gpu;
using Kernels.Generators.Tests.Frontend;

namespace Kernels.Generators.Tests.Targets.Gpu;

public class ShippedShadersTests
{
    static readonly Lazy<List<(string Name, GpuModule? Shader, GpuRefusal? Refusal)>> shaders = new(() =>
    {
        var all = new List<(string, GpuModule?, GpuRefusal?)>();
        foreach (var method in Source.Specs(Passes.ShippedSpecsTests.Compilation.Value))
            foreach (var instance in Spec.Instances(method))
            {
                var (module, _) = Lowering.Lower(Passes.ShippedSpecsTests.Compilation.Value, instance);
                if (module is null) continue;
                string types = string.Join(",", module.Kernel.Signature!.TypeArguments.Select(t => t.Split('.').Last()));
                foreach (var (variant, shader, refusal) in Compiler.Shaders(module))
                    all.Add(($"{method.ContainingType.Name}.{method.Name}{(types == "" ? "" : $"<{types}>")}{module.Kernel.Signature.Overload}{variant.Suffix}", shader, refusal));
            }
        return all;
    });

    [Fact]
    public void Print()
    {
        var text = new System.Text.StringBuilder();
        foreach (var (name, shader, refusal) in shaders.Value)
            text.AppendLine($"{name} | {(shader is null ? refusal!.Reason : $"{shader.Words.Count} words, {shader.Layout.LocalSize} threads, {shader.Layout.SharedBytes} shared {(shader is not null ? SpirvVal.Check([.. shader.Words]) : "")}")}");
        File.WriteAllText("/tmp/spirv-table.txt", text.ToString());
    }
}
