namespace Kernels.Generators.IR;

/// Expressions: operand types, memory types only where memory is, varying values only where lanes are.
sealed partial class FunctionVerifier
{
    void Index(Expr e, bool uniform = false) =>
        Value(e, e.Type is >= ScalarType.I32 and <= ScalarType.U64 ? e.Type : ScalarType.I32, "an index or a length", allowVarying: inLanes && !uniform);

    void Mask(Expr? mask)
    {
        if (mask is null) return;
        Require(stage == Stage.Predicated, "A mask before predication.");
        Value(mask, ScalarType.Bool, "a mask");
    }

    /// An operand of a statement.
    void Value(Expr e, ScalarType type, string what, bool stored = false, bool? allowVarying = null)
    {
        Require(e.Type == type, $"{what} is {e.Type} instead of {type}.");
        Expression(e, stored, allowVarying ?? inLanes);
    }

    void Read(Local l, bool allowVarying = false)
    {
        Name(l);
        Require(assigned is null || assigned.Contains(l.Name), $"'{l.Name}' is read where it may not be assigned.");
        Require(allowVarying || inLanes || !varying.Contains(l.Name), $"'{l.Name}' differs from lane to lane, but uniform code reads it.");
    }

    void Expression(Expr e, bool memoryType, bool allowVarying)
    {
        Require(memoryType || !e.Type.IsNarrow(), $"A value of the memory type {e.Type} stands below something else than a Convert or a store.");
        switch (e)
        {
            case Const c: Require((c.Bits & ~c.Type.Mask()) == 0, $"A constant of type {c.Type} is wider than that."); break;
            case Use u: Read(u.Local, allowVarying); break;
            case Load l:
                Require(l.Index.Type is >= ScalarType.I32 and <= ScalarType.U64, $"An index of '{l.Buffer.Name}' is {l.Index.Type}.");
                Touch(l.Buffer, read: true, write: false);
                Require(allowVarying || MayRunOnLanes || l.Buffer.Storage != Storage.Lane, $"'{l.Buffer.Name}' is private to the lanes, but uniform code reads it.");
                Expression(l.Index, false, allowVarying);
                if (l.Mask is null) break;
                Require(stage == Stage.Predicated, "A mask before predication.");
                Require(l.Mask.Type == ScalarType.Bool, $"a mask is {l.Mask.Type} instead of {ScalarType.Bool}.");
                Expression(l.Mask, false, allowVarying);
                break;
            case Permute p:
                Require(stage != Stage.Frontend, "A permutation of lanes before there is any.");
                Require(IsPower(p.Map.Count) && p.Map.All(k => k >= 0 && k < p.Map.Count), "A permutation is no map of a power of two of lanes into themselves.");
                Expression(p.Value, false, allowVarying);
                break;
            case Apply a:
                bool acrossLanes = a.Op is Op.Any or Op.All;
                foreach (var x in a.Args) Expression(x, memoryType: a.Op == Op.Convert, allowVarying || acrossLanes);
                string? violation = Types(a);
                if (violation is not null) Report(violation);
                if (a.Op == Op.LaneId) Require(stage != Stage.Frontend && allowVarying, "LaneId is made by passes, for lane code.");
                // Masked loads of one element for all lanes make a divisor look varying.
                if (stage != Stage.Predicated && a.Op is (Op.Div or Op.Rem) && a.Type.IsInteger() && a.Args.Count == 2) Require(IsUniform(a.Args[1]), $"{a.Op} of integers by a varying divisor.");
                break;
        }
    }

    bool IsUniform(Expr e) => e.Tree().All(x => x switch
    {
        Use u => !varying.Contains(u.Local.Name) || IsUniformIndex(u.Local.Name),
        Load l => l.Buffer.Storage != Storage.Lane,
        Apply { Op: Op.LaneId } or Permute => false,
        _ => true,
    });

    /// A local that lives in one iteration and has the same value in every lane is uniform: those that a lane loop assigns only uniform values, under any control.
    bool IsUniformIndex(string name)
    {
        if (!resolving.Add(name)) return true;
        bool uniform = function.Body.Statements().Where(s => s.Assigns().Any(l => l.Name == name)).All(s => s switch
        {
            Assign a => IsUniform(a.Value),
            For f => IsUniform(f.Begin) && IsUniform(f.End),
            ChunkLoop => true,
            _ => false,
        });
        resolving.Remove(name);
        return uniform;
    }

    readonly HashSet<string> resolving = [];

    /// What is wrong with the types of an operation, or null.
    static string? Types(Apply a)
    {
        var t = a.Type;
        int expected = a.Op switch
        {
            Op.LaneId => 0,
            Op.Neg or Op.Abs or Op.Sqrt or Op.Floor or Op.Ceiling or Op.Truncate or Op.Round or Op.Not or Op.PopCount or Op.LeadingZeros or Op.TrailingZeros
                or Op.Convert or Op.ConvertInRange or Op.Bits or Op.Any or Op.All => 1,
            Op.Fma or Op.MulAdd or Op.Select => 3,
            _ => 2,
        };
        if (a.Args.Count != expected) return $"{a.Op} has {a.Args.Count} operands instead of {expected}.";
        string wrong = $"{a.Op} of {string.Join(", ", a.Args.Select(x => x.Type))} to {t}.";
        if (expected == 0) return t == ScalarType.I32 ? null : wrong;
        var first = a.Args[0].Type;
        bool same = a.Args.All(x => x.Type == t), wide = !t.IsNarrow() && t != ScalarType.Bool, isFloat = t is ScalarType.F32 or ScalarType.F64;
        bool right = a.Op switch
        {
            Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Rem or Op.Neg or Op.Abs or Op.Min or Op.Max => same && wide,
            Op.MinOrSecond or Op.MaxOrSecond => same && wide,
            Op.Sqrt or Op.Floor or Op.Ceiling or Op.Truncate or Op.Round or Op.CopySign or Op.Fma or Op.MulAdd or Op.Scale or Op.ScaleNormal => same && isFloat,
            Op.And or Op.Or or Op.Xor or Op.Not => same && (t == ScalarType.Bool || wide && !isFloat),
            Op.Shl or Op.Shr => first == t && wide && !isFloat && a.Args[1].Type == ScalarType.I32,
            Op.PopCount or Op.LeadingZeros or Op.TrailingZeros => same && wide && !isFloat,
            Op.Eq or Op.Ne => t == ScalarType.Bool && first == a.Args[1].Type && !first.IsNarrow(),
            Op.Lt or Op.Le or Op.Gt or Op.Ge => t == ScalarType.Bool && first == a.Args[1].Type && !first.IsNarrow() && first != ScalarType.Bool,
            Op.Select => first == ScalarType.Bool && a.Args[1].Type == t && a.Args[2].Type == t && !t.IsNarrow(),
            Op.Convert => t != ScalarType.Bool && first != ScalarType.Bool,
            Op.ConvertInRange => first is ScalarType.F32 or ScalarType.F64 && t is ScalarType.I32 or ScalarType.I64 && first.IsFloat(),
            Op.Bits => first.Width() == t.Width() && wide && !first.IsNarrow(),
            Op.Any or Op.All => t == ScalarType.Bool && first == ScalarType.Bool,
            _ => false,
        };
        return right ? null : wrong;
    }
}
