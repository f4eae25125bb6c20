namespace Kernels;

/// <summary>Marks a static method over a grid of blocks as a spec. The generator adds <c>{Method}Kernel</c> beside it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelAttribute : Attribute;

/// <summary>Marks a static method of scalars as a spec applied to each element: span overloads of the method are added beside it, destination last.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ElementKernelAttribute : Attribute;

/// <summary>The parameter is this block's place in the grid. Up to three; the last one varies fastest.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BlockAttribute : Attribute;

/// <summary>The parameter is a constant in each clone that <see cref="SpecializeAttribute"/> asks for.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ConstAttribute : Attribute;

/// <summary>
/// One clone of the kernel for each value of the parameter, chosen at run time; other values take the general clone.
/// With several attributes, one clone for each combination.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class SpecializeAttribute : Attribute
{
    /// <summary>Clones for these values of a <see cref="ConstAttribute"/> parameter.</summary>
    public SpecializeAttribute(string parameter, params object[] values) { Parameter = parameter; Values = values; Types = []; }

    /// <summary>A clone of a generic spec for these type arguments, one for each type parameter.</summary>
    public SpecializeAttribute(params Type[] types) { Parameter = ""; Values = []; Types = types; }

    /// <summary>The name of the parameter, empty for type arguments.</summary>
    public string Parameter { get; }
    /// <summary>The values that get a clone.</summary>
    public object[] Values { get; }
    /// <summary>The type arguments that get a clone.</summary>
    public Type[] Types { get; }
}

/// <summary>Every loop with constant bounds in the method is unrolled, whether or not it indexes a local array.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnrollAttribute : Attribute;

/// <summary>Fixes the number of virtual lanes, and with it the order of every reduction, for all targets. A power of two.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LanesAttribute(int count) : Attribute
{
    /// <summary>The number of virtual lanes.</summary>
    public int Count { get; } = count;
}

/// <summary>The kernel is compiled to scalar code on CPUs: the author's choice, never the compiler's.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CpuLanesAttribute(int count) : Attribute
{
    /// <summary>1.</summary>
    public int Count { get; } = count;
}

/// <summary>What an author chooses apart from the algorithm. No setting changes results beyond the order of reductions.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScheduleAttribute : Attribute
{
    /// <summary>
    /// Hardware vectors in flight in each lane loop; 0: the compiler chooses. A power of two. On a static function that a case of a
    /// <see cref="CompactAttribute"/> method calls: of that case's loop, at most 8; on the method itself: of all its cases.
    /// </summary>
    public int Vectors { get; set; }
    /// <summary>Contiguous reads are prefetched so many bytes ahead; 0: not at all.</summary>
    public int PrefetchBytes { get; set; }
    /// <summary>Contiguous stores bypass the caches: for results that are larger than the last-level cache.</summary>
    public bool NonTemporal { get; set; }
    /// <summary>Threads of a group on a GPU: the virtual lanes there, unless <see cref="LanesAttribute"/> fixes them for all targets; 0: the compiler chooses. A power of two from 1 to 1024.</summary>
    public int Threads { get; set; }
}

/// <summary>The written span may be exactly the same memory as another parameter; every access to both is at <c>[i]</c>. Given several times: as any one span of its element type.</summary>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = true)]
public sealed class InPlaceAttribute(string parameter) : Attribute
{
    /// <summary>The name of the other parameter.</summary>
    public string Parameter { get; } = parameter;
}

/// <summary>Data-dependent indices into this span are in range: the caller has validated the data they come from.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TrustedAttribute : Attribute;

/// <summary>A static method that combines two partial results; <see cref="Identity"/> names a static property or field e with Combine(e, x) = x.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReductionAttribute : Attribute
{
    /// <summary>The name of a static member of the method's type.</summary>
    public string Identity { get; set; } = "";
}

/// <summary>
/// On a static method whose body is one switch over its first parameter, an int: lanes are binned by that number and each case
/// runs on full vectors. The case bodies compute from the other parameters alone.
/// </summary>
/// <remarks>
/// Calls are binned that stand in a lane loop or an element kernel itself, not below a condition or in a loop there, and whose cases are long enough for it to pay; others
/// become branches that no lane need take. The results are the same, bit for bit.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CompactAttribute : Attribute;

/// <summary>What the compiler may do to float arithmetic beyond IEEE 754.</summary>
[Flags]
public enum FloatMode
{
    /// <summary>Every operation is rounded once, in the order written.</summary>
    Strict = 0,
    /// <summary>a*b + c may be rounded once.</summary>
    Contract = 1,
    /// <summary>No operand or result is NaN or infinite.</summary>
    Finite = 2,
    /// <summary>The sign of zero does not matter.</summary>
    NoSignedZero = 4,
    /// <summary>Sums and products may be regrouped.</summary>
    Reassociate = 8,
}

/// <summary>Relaxes float arithmetic in this method and what is inlined into it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FloatAttribute(FloatMode mode) : Attribute
{
    /// <summary>What is allowed.</summary>
    public FloatMode Mode { get; } = mode;
}

/// <summary>Transcendental functions may use the device's own instruction. On a CPU: no effect.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FastMathAttribute : Attribute;

/// <summary><see cref="Target"/> may choose the data flow, not only sizes and schedules.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PerTargetAttribute : Attribute;

/// <summary>The order in which float atomics take effect may show in the result.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NondeterministicAttribute : Attribute;

/// <summary>A spec or helper of this assembly as compiled IR, for the generators of the assemblies that reference it. Written by the generator.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
public sealed class KernelIRAttribute(string name, string text) : Attribute
{
    /// <summary>The function's name: fully qualified method name, then parameter types in parentheses.</summary>
    public string Name { get; } = name;
    /// <summary>The version of the format and the IR text.</summary>
    public string Text { get; } = text;
}

/// <summary>A static method that other assemblies' specs may call: its IR travels with this assembly. Implied for the methods of a type that carries it.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class KernelFunctionAttribute : Attribute;
