using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// An instruction set: the facts that passes and the emitter ask for. What an operation is called stands in VectorTable.
/// Method: the core's name. VectorBits: 0 for scalar code. Fused: whether MulAdd is rounded once. Registers: values that can be live
/// without spilling, one operand included.
sealed record CpuTarget(string Name, string Method, int VectorBits, bool Fused, int Registers)
{
    public static readonly CpuTarget Scalar = new("scalar", "Scalar", 0, false, 15);
    public static readonly CpuTarget Sse = new("sse", "Sse", 128, false, 15);
    public static readonly CpuTarget Avx2 = new("avx2", "Avx2", 256, true, 15);
    public static readonly CpuTarget Avx512 = new("avx512", "Avx512", 512, true, 31);
    public static readonly CpuTarget Neon = new("neon", "Neon", 128, true, 30);

    public static readonly Sequence<CpuTarget> All = [Scalar, Sse, Avx2, Avx512, Neon];
}

/// How L lanes of each type lie in registers: a value is Parts(type) registers of PartLanes(type) lanes each. Types of 32 and 64 bits differ
/// in one or the other, never in what a lane is. Scalar code has one lane a part.
readonly record struct Layout(int Lanes, int VectorBits, ScalarType MaskType)
{
    public int PartLanes(ScalarType type)
    {
        if (IsScalar) return 1;
        return Math.Min(VectorBits / 8 / Bytes(type), Lanes);
    }

    public int Parts(ScalarType type) => Lanes / PartLanes(type);
    public int Bits(ScalarType type) => PartLanes(type) * Bytes(type) * 8;
    public bool IsScalar => VectorBits == 0 || Lanes < 4; // four 32-bit lanes are the smallest register

    /// Lanes of the widest register: what a partial trip is done in.
    public int GroupLanes => Math.Max(PartLanes(ScalarType.I32), PartLanes(ScalarType.I64));

    int Bytes(ScalarType type) => type == ScalarType.Bool ? MaskType.Bytes() : type.IsNarrow() ? 4 : type.Bytes();
}
