using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Targets;

namespace Kernels.Generators;

/// IR in, C# out: the whole path behind the front end, without Roslyn.
static partial class Compiler
{
    /// At the head of every file with cores: what their text takes for granted.
    public const string CoreUsings = """
        using System;
        using System.Numerics;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        using System.Runtime.Intrinsics;
        using X86Avx = global::System.Runtime.Intrinsics.X86.Avx;
        using X86Avx2 = global::System.Runtime.Intrinsics.X86.Avx2;
        using X86Avx512F = global::System.Runtime.Intrinsics.X86.Avx512F;
        using X86Sse = global::System.Runtime.Intrinsics.X86.Sse;
        using X86Sse2 = global::System.Runtime.Intrinsics.X86.Sse2;
        using Simd = global::Kernels.Runtime.Simd;
        using SharedAtomic = global::Kernels.Runtime.SharedAtomic;
        using LocalAtomic = global::Kernels.Runtime.LocalAtomic;

        """;

    /// Every core variant of a kernel, or those that are wanted, through the scalar passes, with what the host checks before it.
    public static IEnumerable<(CoreVariant Variant, Function Function, Sequence<BoundsCheck> Checks)> Variants(Module module, Func<CoreVariant, bool>? wanted = null)
    {
        foreach (var variant in HostEmitter.Variants(module.Kernel).Where(wanted ?? (_ => true)))
        {
            var kernel = variant.Bound.Aggregate(module.Kernel, (f, b) => Specialise.Run(f, b.Parameter, b.Value));
            var scalars = kernel.Parameters.OfType<ValueParameter>().Select(p => variant.ScalarInputs.Contains(p.Local.Name) || p.Role == ParameterRole.Const).ToSequence();
            var (function, checks) = PassList.Run(module with { Kernel = kernel }, scalars);
            yield return (variant, function, checks);
        }
    }

    /// The variants with the text and the lanes of their cores.
    public static IEnumerable<(CoreVariant Variant, Function Function, Sequence<BoundsCheck> Checks, Func<CpuTarget, (string Text, int Lanes)> Core)> Cores(Module module)
    {
        var model = new HostModel(module.Kernel);
        var wholes = new List<(CoreVariant Variant, Function Function, Func<CpuTarget, Lowered> Lowered)>();
        foreach (var (variant, f, checks) in Variants(module))
        {
            // The variant with arrays only comes first of all with the same constants.
            if (variant.ScalarInputs.Count == 0) wholes.Add((variant, f, Once(f)));
            var whole = wholes.Find(w => w.Variant.Bound.Equals(variant.Bound));
            bool broadcast = BroadcastCore.Serves(model, variant, whole.Function, whole.Lowered);
            yield return (variant, f, checks, target =>
            {
                var lowered = broadcast || variant == whole.Variant ? whole.Lowered(target) : Lower(f, target);
                return (broadcast ? BroadcastCore.Emit(model, variant, f, whole.Function, target.Method + variant.Suffix, target.Method + whole.Variant.Suffix)
                    : CoreEmitter.Emit(lowered, target.Method + variant.Suffix, target), lowered.Layout.Lanes);
            });
        }
    }

    static Func<CpuTarget, Lowered> Once(Function f)
    {
        var known = new Dictionary<string, Lowered>();
        return target => known.TryGetValue(target.Name, out var lowered) ? lowered : known[target.Name] = Lower(f, target);
    }

    /// The function as one target's emitter sees it: single trips, masks, access groups. limits: of binning, for tests.
    public static Lowered Lower(Function f, CpuTarget target, Binning.Limits? limits = null)
    {
        if (target.VectorBits == 0) return One(f, target);
        var module = Binning.Run(f, limits);
        return One(module.Kernel, target) with
        {
            Parts = module.Helpers.Map(part =>
            {
                var lowered = One(part, target);
                return lowered with { Function = Interleave.Run(lowered.Function, lowered.Layout, lowered.Shapes) };
            }),
        };
    }

    static Lowered One(Function f, CpuTarget target)
    {
        f = LowerDispatch.Run(f);
        var shapes = new Shapes(f);
        var layout = LaneCount.Choose(f, shapes, target);
        f = StripMine.Run(f, layout.Lanes);
        f = TripConstants.Run(f);
        f = BlockRegisters.Run(f, shapes, layout.Lanes);
        if (layout.Lanes > 1)
        {
            f = Predicate.Run(f, shapes);
            f = AccessGroups.Run(f, shapes);
        }
        return new(f, layout, shapes, []);
    }

    /// One leaf method, and its parts.
    public static string Core(Function f, CpuTarget target, string suffix = "", Binning.Limits? limits = null) =>
        CoreEmitter.Emit(Lower(f, target, limits), target.Method + suffix, target);
}

/// A function ready to be printed for a target. Parts: the functions that it calls (see Binning), each with lanes of its own.
sealed record Lowered(Function Function, Layout Layout, Shapes Shapes, Sequence<Lowered> Parts);
