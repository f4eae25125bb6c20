using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// What the host checks before anything is written: if When holds (null: always), the indices Min … Max, both included, are in
/// Buffer. I64 expressions over value parameters, lengths (`x.Length`, or `x.Rows`, `x.Columns`, `x.Stride`) and grid sizes (`block.Grid`).
sealed record BoundsCheck(Buffer Buffer, Expr Min, Expr Max, Expr? When);
