// The intermediate representation, whole. Meaning first, then the grammar.
//
// A Function is what one scalar C# method means. Every statement acts on the active lanes only. Outside a LaneLoop there
// is one activity, shared by all lanes (uniform code); inside, lane l of L runs iteration Begin + t*L + l in trip t, and
// all lanes run in lockstep: a statement is finished by every lane before the next one starts. A lane whose iteration does
// not exist is inactive: it reads, writes and assigns nothing.
//
// Locals. A local assigned inside a lane loop holds one value a lane ("varying"); every other local holds one value
// ("uniform"); the Count of an Append and a local that lives in one iteration and gets the same value in every lane are uniform
// too. Reading a uniform local in a lane loop broadcasts it. A varying local keeps each lane's value after the loop. Outside
// lane loops an Assign to a varying local acts on all L lanes, each reading its own values of varying locals; nothing else there
// reads those, but Reduce, Op.Any and Op.All. Names are unique in a function.
//
// Arithmetic. Integers wrap; shift counts are masked to the type's width; float is IEEE 754, each operation rounded once to
// its type, no pass may assume NaN or infinity away unless FloatMode says so. All NaNs are one value: which NaN an
// operation gives is not defined. All operands are evaluated, left to right (And, Or and Select skip none: what must not be evaluated stands in an
// If), and evaluation has no effect.
//
// Memory. A Buffer is an array of its element type; different parameter buffers never overlap (unless InPlace: then they
// are one array). Index types are I32, U32, I64 or U64. A load or store that is Checked and out of range reads 0 or
// writes nothing, and raises the function's error flag; one that is not Checked is in range, by a check in the caller.
// Two lanes storing to one element in one statement: the highest lane wins. Atomic statements act lane by lane, ascending.
//
// Narrow types (I8..U16, F16, BF16) exist in memory only: an expression of such a type is a Load, a Const or a Convert,
// and stands directly below a Convert, or below a Store or Atomic as the stored value. Bool exists in registers only.
//
// Masks. The front end produces none (Mask = null). Predication replaces varying control flow by masks: a masked statement
// acts only on the lanes that are active and whose mask is true; a masked load gives 0 in the others.

namespace Kernels.Generators.IR;

enum ScalarType : byte { Bool, I8, U8, I16, U16, I32, U32, I64, U64, F16, BF16, F32, F64 }

enum Op : byte
{
    // a + b …; operands and result of one type. Div and Rem of integers: uniform or constant divisor only.
    Add, Sub, Mul, Div, Rem, Neg, Abs,
    Min, Max,                     // floats: IEEE 754-2019 minimum / maximum: NaN if either is NaN, -0 < +0
    MinOrSecond, MaxOrSecond,     // a < b ? a : b;  a > b ? a : b  (the second operand when either is NaN or both are zeros)
    Sqrt, Floor, Ceiling, Truncate, Round /* half to even */, CopySign /* magnitude, sign */,
    Fma,                          // a*b + c rounded once, on every target
    MulAdd,                       // a*b + c rounded once or twice, as the target likes (Interpreter: Fused says)
    Scale,                        // x * 2^n, n of x's type and integral: |x| in [2^-20, 2^20] or x = 0; |n| <= 250 (F32), <= 2000 (F64); rounded once
    ScaleNormal,                  // x * 2^n, n of x's type and integral, 2^n normal; any n if x is NaN; rounded once
    And, Or, Xor, Not,            // integers bit by bit, and Bool
    Shl, Shr /* arithmetic on signed, logical on unsigned */,  // second operand: I32, count masked
    PopCount, LeadingZeros, TrailingZeros, // of 32- and 64-bit integers; result of the same type; zeros of 0 = the width
    Eq, Ne, Lt, Le, Gt, Ge,       // Type = Bool; operands of one type, integers, floats, or (Eq, Ne) Bool; unordered: only Ne is true
    Select,                       // (Bool c, a, b): c ? a : b
    Convert,                      // to Type, as C# unchecked: integers wrap, float -> integer truncates and saturates, NaN -> 0, to a float rounds to nearest even
    ConvertInRange,               // float -> I32 / I64, truncated; the value is known to fit
    Bits,                         // same-width reinterpretation: F32 <-> I32, U32; F64 <-> I64, U64; I32 <-> U32 …
    Any, All,                     // (Bool): uniform; over the active lanes in a lane loop, over all L lanes outside one
    LaneId,                       // (): I32, 0 … L-1: the virtual lane. Made by passes, never by the front end.
}

/// A name for one scalar value a lane, or one for all. Equal names are the same local.
sealed record Local(string Name, ScalarType Type);

enum Storage : byte { Parameter, Scratch /* one a block, undefined at its start */, Block /* one a block, constant length */, Lane /* one a lane, constant length */, Constant, Stack /* as Scratch, of constant length; made by passes */ }

/// An array. Its length is the local `Name.Length` (I32, uniform) for parameters, and given at its DeclareArray or Data otherwise.
sealed record Buffer(string Name, ScalarType Element, Storage Storage);

// ---- expressions: pure ----
abstract record Expr(ScalarType Type);
sealed record Const(ScalarType Type, ulong Bits) : Expr(Type);         // Bits: zero-extended from the type's width; Bool 0 or 1
sealed record Use(Local Local) : Expr(Local.Type);
sealed record Load(Buffer Buffer, Expr Index, bool Checked = false, Expr? Mask = null) : Expr(Buffer.Element);
sealed record Apply(Op Op, ScalarType Type, Sequence<Expr> Args) : Expr(Type);
sealed record Permute(Expr Value, Sequence<int> Map) : Expr(Value.Type); // lane l gets Value of lane Map[l]; L = Map.Count. Made by passes.

// ---- statements ----
abstract record Stmt;
sealed record Assign(Local Target, Expr Value) : Stmt;                  // also declares: a local's first assignment dominates its uses
sealed record DeclareArray(Buffer Buffer, Expr Length, Expr? Fill = null) : Stmt; // Scratch, Block, Lane. Lane and Block arrays start as 0. Fill: Persistent scratch
sealed record Store(Buffer Buffer, Expr Index, Expr Value, bool Checked = false, Expr? Mask = null) : Stmt;
sealed record If(Expr Condition, Sequence<Stmt> Then, Sequence<Stmt> Else) : Stmt;
sealed record For(string Label, Local Index, Expr Begin, Expr End, int Step, Sequence<Stmt> Body) : Stmt; // Index < End (Step > 0) or > End; Begin, End evaluated once; Body does not assign Index
sealed record Loop(string Label, Sequence<Stmt> Body) : Stmt;           // for ever; ends by Leave
sealed record Block(string Label, Sequence<Stmt> Body) : Stmt;          // once; may end early by Leave
sealed record Leave(string Label) : Stmt;                               // the active lanes go on behind the enclosing For, Loop or Block of that label
sealed record Return : Stmt;                                            // of helpers and element kernels; results are assigned before
sealed record LaneLoop(Local Lane, Expr Begin, Expr End, Sequence<Stmt> Body, Trips Trips = Trips.Any) : Stmt; // Lane: I32. Begin, End: I32 or I64
enum Trips : byte { Any, OneFull /* End = Begin + L */, OnePartial /* Begin < End < Begin + L */, Whole /* End - Begin is a multiple of L, or iterations behind End may run too, up to the next one */ } // what passes know; the meaning is the same
sealed record LoadGroup(Sequence<Local> Targets, Buffer Buffer, Expr Index) : Stmt;  // in a lane loop: Targets[c] = Buffer[Index + c]; Index = S*lane + uniform, S = Targets.Count. Made by passes
sealed record StoreGroup(Buffer Buffer, Expr Index, Sequence<Expr> Values) : Stmt;   // likewise: Buffer[Index + c] = Values[c]
sealed record ChunkLoop(string Label, Local ChunkBegin, Local ChunkEnd, Expr Begin, Expr End, Sequence<Stmt> Body) : Stmt; // uniform; pieces of L iterations, the last may be shorter
sealed record Reduce(Sequence<Local> Targets, Sequence<Local> Values, Function Combine) : Stmt; // Combine: (a…, b…) -> results; tree: for h = L/2 … 1: v[l] = Combine(v[l], v[l+h]), l < h; Targets = v[0]
enum AtomicKind : byte { Add, Min, Max, And, Or, Xor, Exchange, CompareExchange }
sealed record Atomic(Local? Old, AtomicKind Kind, Buffer Buffer, Expr Index, Expr Value, Expr? Comparand, bool Checked = false, Expr? Mask = null) : Stmt; // Old: the value before
sealed record Append(Buffer Buffer, Local Count, Expr Value, Expr? Mask = null, bool Slack = false) : Stmt; // ordered: active lanes ascending write Buffer[Count++]; at Length the rest is dropped and the error flag raised. Slack: never full, and Buffer[Count] … Buffer[Count + L] are there and may change
sealed record Call(Sequence<Local> Results, string Callee, Sequence<Expr> Values, Sequence<Slice> Slices) : Stmt; // gone after Inline, but for the calls of parts that Binning makes
sealed record Dispatch(Sequence<Local> Results, Expr Region, Sequence<Expr> Values, Sequence<Function> Cases) : Stmt; // [Compact]: each lane gets Cases[Region](Values); Region outside: the last case. Cases load only Constant and Lane arrays, store nothing outside them and contain no lane operation

/// A part of an array as an argument: element k of the callee's span is Buffer[Offset + k].
sealed record Slice(Buffer Buffer, Expr Offset, Expr Length);

// ---- functions ----
enum FunctionKind : byte { Helper, Kernel, Element }
enum Access : byte { Read, Write, ReadWrite }
abstract record Parameter;
sealed record ValueParameter(Local Local, ParameterRole Role) : Parameter;
enum ParameterRole : byte { Plain, BlockIndex /* the k-th [Block] parameter is grid axis k, the last axis fastest */, Const }
/// InPlaceOf: the parameter that may be the same memory; "*": any one, element by element (element kernels). Stride: View2 only: its row stride in elements (I64); then Rows, Columns are locals `Name.Rows`, `Name.Columns` and `Name.Length` does not exist.
sealed record BufferParameter(Buffer Buffer, Access Access, string? InPlaceOf = null, bool Trusted = false, bool View2 = false) : Parameter;
sealed record ConstantData(Buffer Buffer, Sequence<ulong> Bits);

[Flags] enum FloatMode : byte { Strict = 0, Contract = 1, Finite = 2, NoSignedZero = 4, Reassociate = 8 }

/// What the author chose apart from the algorithm. Vectors: in flight (0: the compiler chooses). Lanes: L for all targets (0: not fixed). CpuLanes: 1 = scalar code wanted. Threads: L on devices where Lanes is not given (0: the compiler chooses).
sealed record Schedule(int Vectors = 0, int Lanes = 0, int PrefetchBytes = 0, bool NonTemporal = false, FloatMode Float = FloatMode.Strict,
    bool FastMath = false, bool UnrollAll = false, bool CpuScalar = false, int Threads = 0);

/// Results: of helpers and element kernels, assigned before every Return. Signature: the C# declaration the generated code sits beside (null for helpers).
sealed record Function(string Name, FunctionKind Kind, Sequence<Parameter> Parameters, Sequence<Local> Results,
    Sequence<ConstantData> Constants, Sequence<Stmt> Body, Schedule Schedule, SpecSignature? Signature = null);

/// Where a kernel's generated code goes, and how its parameters read in C#.
/// ContainingTypes: outermost first, each "public static partial class A", joined by '|'. TypeParameters and TypeArguments: of a generic spec, this
/// clone's; as many of each. Accessibility: "public", "internal" or "private". Overload: what tells the generated members of this spec from those of
/// another one of its name ("_float"); empty where there is none.
sealed record SpecSignature(string Namespace, string ContainingTypes, string Accessibility, string MethodName, Sequence<SpecParameter> Parameters,
    Sequence<string> TypeParameters, Sequence<string> TypeArguments, Sequence<Specialization> Specializations, string Overload = "");
/// A [Specialize] on a [Const] parameter: one clone for each of the values.
sealed record Specialization(string Parameter, Sequence<Const> Values);
/// CSharpType: fully qualified, in terms of the type parameters. Modifier: "", "in", "out". IrNames: the IR parameter(s) it became: one, or one a field for a
/// struct, each with its C# access path: ".re=a.re"; "=a" for the whole. Modifier "return": not a parameter but what the method returns. Memory: the types
/// of these in memory (of spans, of their elements) where an element of an array is meant; empty: as in registers.
sealed record SpecParameter(string Name, string CSharpType, string Modifier, Sequence<string> IrNames, Sequence<ScalarType> Memory = default);

/// A kernel and the closure of the helpers it calls, by name.
sealed record Module(Function Kernel, Sequence<Function> Helpers);
