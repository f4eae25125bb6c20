namespace Kernels.Generators.Targets.Gpu;

/// The instructions that the emitter writes (SPIR-V specification 3.52, unified1), by number.
enum SpirvOp : ushort
{
    Name = 5, Extension = 10, ExtInstImport = 11, ExtInst = 12, MemoryModel = 14, EntryPoint = 15, ExecutionMode = 16, Capability = 17,
    TypeVoid = 19, TypeBool = 20, TypeInt = 21, TypeFloat = 22, TypeVector = 23, TypeArray = 28, TypeRuntimeArray = 29, TypeStruct = 30, TypePointer = 32, TypeFunction = 33,
    ConstantTrue = 41, ConstantFalse = 42, Constant = 43, ConstantComposite = 44, ConstantNull = 46,
    Function = 54, FunctionEnd = 56, Variable = 59, Load = 61, Store = 62, AccessChain = 65, Decorate = 71, MemberDecorate = 72, CompositeConstruct = 80, CompositeExtract = 81,
    ConvertFToU = 109, ConvertFToS = 110, ConvertSToF = 111, ConvertUToF = 112, UConvert = 113, SConvert = 114, FConvert = 115, Bitcast = 124,
    FNegate = 127, IAdd = 128, FAdd = 129, ISub = 130, FSub = 131, IMul = 132, FMul = 133, UDiv = 134, SDiv = 135, FDiv = 136, UMod = 137, SRem = 138,
    LogicalEqual = 164, LogicalNotEqual = 165, LogicalOr = 166, LogicalAnd = 167, LogicalNot = 168, Select = 169,
    IEqual = 170, INotEqual = 171, UGreaterThan = 172, SGreaterThan = 173, UGreaterThanEqual = 174, SGreaterThanEqual = 175,
    ULessThan = 176, SLessThan = 177, ULessThanEqual = 178, SLessThanEqual = 179,
    FOrdEqual = 180, FUnordNotEqual = 183, FOrdLessThan = 184, FOrdGreaterThan = 186, FOrdLessThanEqual = 188, FOrdGreaterThanEqual = 190,
    ShiftRightLogical = 194, ShiftRightArithmetic = 195, ShiftLeftLogical = 196, BitwiseOr = 197, BitwiseXor = 198, BitwiseAnd = 199, Not = 200, BitReverse = 204, BitCount = 205,
    ControlBarrier = 224, AtomicLoad = 227, AtomicExchange = 229, AtomicCompareExchange = 230, AtomicIAdd = 234,
    AtomicSMin = 236, AtomicUMin = 237, AtomicSMax = 238, AtomicUMax = 239, AtomicAnd = 240, AtomicOr = 241, AtomicXor = 242,
    LoopMerge = 246, SelectionMerge = 247, Label = 248, Branch = 249, BranchConditional = 250, Return = 253, Unreachable = 255,
    GroupNonUniformAny = 335, GroupNonUniformShuffle = 345,
}

/// Of the extended set GLSL.std.450: exact functions only. Its exp, log, pow and trigonometry are of unspecified accuracy, and of 32 bits.
enum GlslOp : uint { RoundEven = 2, Trunc = 3, FAbs = 4, Floor = 8, Ceil = 9, Sqrt = 31, FindILsb = 73, FindUMsb = 75 }

enum SpirvStorage : uint { Input = 1, Workgroup = 4, Private = 6, Function = 7, PushConstant = 9, StorageBuffer = 12 }

enum SpirvDecoration : uint { Block = 2, ArrayStride = 6, BuiltIn = 11, Aliased = 20, Coherent = 23, NonWritable = 24, Binding = 33, DescriptorSet = 34, Offset = 35, NoContraction = 42 }

enum SpirvBuiltIn : uint { WorkgroupId = 26, LocalInvocationIndex = 29, SubgroupSize = 36, SubgroupId = 40, SubgroupLocalInvocationId = 41 }

enum SpirvCapability : uint { Shader = 1, Float64 = 10, Int64 = 11, GroupNonUniform = 61, GroupNonUniformVote = 62, GroupNonUniformShuffle = 65, SignedZeroInfNanPreserve = 4466, RoundingModeRTE = 4467 }

enum SpirvMode : uint { LocalSize = 17, SignedZeroInfNanPreserve = 4461, RoundingModeRTE = 4462 }

enum SpirvScope : uint { Device = 1, Workgroup = 2, Subgroup = 3 }

/// Bits of a memory-semantics operand.
static class SpirvSemantics
{
    public const uint Relaxed = 0, AcquireRelease = 8, UniformMemory = 0x40, WorkgroupMemory = 0x100;
}
