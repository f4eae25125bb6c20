using Microsoft.CodeAnalysis;

namespace Kernels.Generators.Diagnostics;

/// Every language error, with what to write instead. Its entry in docs/errors.md has the smallest spec that provokes it and the repaired one.
static class Krn
{
    const string Category = "Kernels";

    static DiagnosticDescriptor Error(string id, string title, string message) => new(id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true,
        helpLinkUri: $"docs/errors.md#{id.ToLowerInvariant()}");

    // What the language does not have.
    public static readonly DiagnosticDescriptor Construct = Error("KRN0001", "Not part of the spec language", "{0} is not part of the spec language; {1}");
    public static readonly DiagnosticDescriptor Type = Error("KRN0002", "Type without a place in a spec", "A spec cannot hold a '{0}'; use bool, int, uint, long, ulong, float, double, a struct or tuple of these, or a span");
    public static readonly DiagnosticDescriptor Heap = Error("KRN0003", "Heap allocation", "A spec allocates nothing on the heap; use 'stackalloc' with a constant length, Scratch<T>, or a struct instead of '{0}'");
    public static readonly DiagnosticDescriptor Exception = Error("KRN0004", "Exception", "A spec neither throws nor catches; return a NaN, or check the arguments in the caller");
    public static readonly DiagnosticDescriptor Text = Error("KRN0005", "Text", "A spec has no strings or characters; use integers");
    public static readonly DiagnosticDescriptor Delegate = Error("KRN0006", "Delegate", "Only a static method or static lambda given to Lanes.Reduce may stand here; call a static method");
    public static readonly DiagnosticDescriptor Goto = Error("KRN0007", "Goto", "A spec has no goto; use a loop with break or continue");
    public static readonly DiagnosticDescriptor Checked = Error("KRN0008", "Checked arithmetic", "Integers wrap in a spec; take the 'checked' away, or test the operands");
    public static readonly DiagnosticDescriptor UnknownCall = Error("KRN0009", "Unknown callee", "'{0}' has no definition that the compiler can read; write it as a static method of this project, or mark it [KernelFunction] where it is defined");
    public static readonly DiagnosticDescriptor UseKernelMath = Error("KRN0010", "Function without vector code", "'{0}' differs between machines and has no vector form; use KernelMath.{1}");
    public static readonly DiagnosticDescriptor Recursion = Error("KRN0011", "Recursion", "'{0}' calls itself; write a loop, or recurse on a [Const] parameter");
    public static readonly DiagnosticDescriptor Virtual = Error("KRN0012", "Virtual call", "'{0}' is chosen at run time; use a type parameter with static abstract members");
    public static readonly DiagnosticDescriptor Remainder = Error("KRN0015", "Remainder of floats", "A spec has no '%' on floats; write x - y * KernelMath.Truncate(x / y), which is near it");
    public static readonly DiagnosticDescriptor HalfArithmetic = Error("KRN0016", "Arithmetic on a storage type", "'{0}' is for storage; convert the operands to float, compute, and convert back");

    // Lanes (DESIGN: the rules).
    public static readonly DiagnosticDescriptor ImplicitDouble = Error("KRN0013", "Implicit conversion to double", "A float becomes a double here, at half the speed; write (double) if that is meant, or an f after the constant");
    public static readonly DiagnosticDescriptor VaryingDivision = Error("KRN0014", "Integer division by a varying value", "No target divides integers lane by lane; divide by a constant or a value that is the same in all lanes, or compute in double");
    public static readonly DiagnosticDescriptor BreakLaneLoop = Error("KRN0017", "Break out of a lane loop", "Lanes cannot leave a lane loop one by one; use Lanes.Chunks, and break after Lanes.Any");
    public static readonly DiagnosticDescriptor ReturnLaneLoop = Error("KRN0018", "Return out of a lane loop", "Lanes cannot leave a lane loop one by one; use Lanes.Chunks, and break after Lanes.Any");
    public static readonly DiagnosticDescriptor NestedLaneLoop = Error("KRN0019", "Lane loop in a lane loop", "A lane loop or reduction cannot stand in a lane loop; make the inner one a 'for' loop");
    public static readonly DiagnosticDescriptor ElementLaneLoop = Error("KRN0020", "Lane loop in an element kernel", "An element kernel runs on one lane already; make the method a [Kernel] over spans, or use a 'for' loop");
    public static readonly DiagnosticDescriptor ReductionStart = Error("KRN0021", "Start of a reduction", "'{0}' must hold the identity of its reduction before the lane loop: {1}; add a start value after the reduction");
    public static readonly DiagnosticDescriptor ReductionOperand = Error("KRN0022", "Operand of a reduction", "A reduction combines what a lane loop left in a local, one value a lane; assign the operand to a local in the lane loop");
    public static readonly DiagnosticDescriptor ReductionCombine = Error("KRN0023", "Combine of a reduction", "The combine must be a static method or static lambda of two parameters; a method carries [Reduction(Identity = …)]");
    public static readonly DiagnosticDescriptor DeadVarying = Error("KRN0024", "Varying local read after its loop", "'{0}' has a value of its own in each lane here; combine them by Lanes.Sum, Min, Max, Any, All or Reduce");
    public static readonly DiagnosticDescriptor PartialValue = Error("KRN0025", "Partial value used", "'{0}' is a part of a reduction until the loop ends; in the loop it may only be accumulated");
    public static readonly DiagnosticDescriptor UniformWrite = Error("KRN0026", "Uniform local assigned by lanes", "'{0}' is the same in all lanes (it counts Lanes.Append); in the lane loop only Lanes.Append may change it");
    public static readonly DiagnosticDescriptor SameAddress = Error("KRN0027", "Lanes write one address", "All lanes write the same element; index by the lane, use Atomic, or reduce and write after the loop");
    public static readonly DiagnosticDescriptor LoopDependency = Error("KRN0028", "Iterations depend on each other", "This reads '{0}' where another iteration of the lane loop writes it; write to another array, or make it a 'for' loop");
    public static readonly DiagnosticDescriptor FloatAtomic = Error("KRN0042", "Order of float atomics", "Blocks add floats in an order that varies from run to run; mark the method [Nondeterministic], or reduce");

    // Attributes and signatures.
    public static readonly DiagnosticDescriptor InPlaceName = Error("KRN0029", "Unknown name in [InPlace]", "'{0}' is no span parameter of this method with the same element type; name one with nameof");
    public static readonly DiagnosticDescriptor LaneCount = Error("KRN0030", "Number of lanes", "{0} must be a power of two from 1 to 1024");
    public static readonly DiagnosticDescriptor SpecShape = Error("KRN0031", "Shape of a spec", "A {0} {1}");
    public static readonly DiagnosticDescriptor Parameter = Error("KRN0032", "Parameter of a spec", "The parameter '{0}' {1}");
    public static readonly DiagnosticDescriptor ConstParameter = Error("KRN0033", "[Specialize] without [Const]", "'{0}' is no [Const] parameter of this method that can hold the values");
    public static readonly DiagnosticDescriptor TypeArguments = Error("KRN0034", "Type arguments of a spec", "A generic spec needs [Specialize(typeof(…))] with one type for each type parameter that meets its constraints");
    public static readonly DiagnosticDescriptor BlockParameter = Error("KRN0043", "[Block] parameter", "The parameter '{0}' cannot be a block index: {1}");
    public static readonly DiagnosticDescriptor Overload = Error("KRN0047", "Overload of a spec", "'{0}' has an overload {1}");
    public static readonly DiagnosticDescriptor GenericContainer = Error("KRN0048", "Spec in a generic type", "A spec stands in a type without type parameters; make '{0}' one, and its specs generic methods with [Specialize(typeof(…))]");
    public static readonly DiagnosticDescriptor CpuLanes = Error("KRN0044", "[CpuLanes]", "[CpuLanes] takes 1: scalar code; otherwise leave it out");

    // Memory.
    public static readonly DiagnosticDescriptor ArrayLength = Error("KRN0035", "Length of a local array", "The length of a local array must be a constant or computed from [Const] parameters; use Scratch<T> for other lengths");
    public static readonly DiagnosticDescriptor SpanBinding = Error("KRN0036", "Span that changes its array", "A span local names one array; {0}");
    public static readonly DiagnosticDescriptor AppendDestination = Error("KRN0037", "Operands of Lanes.Append", "Lanes.Append takes a whole span and 'ref' an int local of the block");
    public static readonly DiagnosticDescriptor AtomicOperand = Error("KRN0038", "Operand of Atomic", "Atomic acts on an element of a span of 4- or 8-byte numbers: write 'ref x[i]'");
    public static readonly DiagnosticDescriptor Capture = Error("KRN0039", "Captured variable", "'{0}' belongs to the method around; make the function static and pass it as an argument");
    public static readonly DiagnosticDescriptor ConstantData = Error("KRN0040", "Table that cannot be evaluated", "'{0}' is no table that the compiler can evaluate; give it a literal initialiser, or one that calls pure static methods of constants");
    public static readonly DiagnosticDescriptor CompactShape = Error("KRN0041", "Shape of a [Compact] method", "The body of a [Compact] method is one switch over its first parameter, an int, with constant cases and a default; the cases compute from the other parameters, which are scalars");
    public static readonly DiagnosticDescriptor MutableStatic = Error("KRN0045", "Static variable", "'{0}' can change; make it const or static readonly, or pass it as a parameter");
    public static readonly DiagnosticDescriptor ScratchPlace = Error("KRN0046", "Scratch in a lane loop", "Scratch belongs to the block; allocate it outside the lane loop");
    public static readonly DiagnosticDescriptor NoShader = new("KRN0097", "No GPU code", "'{0}' has no GPU code, only that for processors ({1})", Category, DiagnosticSeverity.Info, isEnabledByDefault: true,
        helpLinkUri: "docs/errors.md#krn0097");
    public static readonly DiagnosticDescriptor Limit = Error("KRN0098", "Limit of the compiler", "'{0}' is beyond what the compiler can make code of ({1}); split it, or unroll less");
    public static readonly DiagnosticDescriptor Internal = Error("KRN0099", "The compiler failed", "The compiler failed here ({0}); please report it with this spec");
}
