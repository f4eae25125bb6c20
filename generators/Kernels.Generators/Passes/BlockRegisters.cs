using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// A block-scope array with one element a lane lives in registers:
///
///     v = array[16]; foreach (i in 0..16) v[i] = x[i]; foreach (i in 0..16) w[i] = v[i ^ 4] + v[i];
///     =>  v = 0; lanes (i) v = x[i]; lanes (i) w = permute(v, i ^ 4) + v
///
/// when its length is L, every access stands in a lane loop over exactly its indices, every index is made of the lane and constants, and
/// stores are at the lane's own index. On entry: strip-mined (such loops are single full trips), not yet predicated. On exit: those arrays are varying locals,
/// their reads permutes. Other block arrays stay in memory.
sealed class BlockRegisters : Rewriter
{
    readonly Dictionary<Buffer, Local> registers = [];
    readonly Shapes shapes;
    Local? lane;

    BlockRegisters(Shapes shapes) => this.shapes = shapes;

    /// The L that would put a function's block arrays in registers: their common length, if it is a power of two from 4 to MostLanes and every lane
    /// loop that touches one runs over it. 0 if there is none.
    public static int Lanes(Function f)
    {
        int lanes = 0;
        foreach (var d in f.Body.Statements().OfType<DeclareArray>().Where(d => d.Buffer.Storage == Storage.Block))
        {
            if (d.Length is not Const c || c.Integer() is < 4 or > MostLanes || (c.Integer() & (c.Integer() - 1)) != 0) continue;
            int length = (int)c.Integer();
            if (Candidate(f, d.Buffer, length) && length > lanes) lanes = length;
        }
        return lanes;
    }

    /// 512 float lanes are all 32 registers of the largest file.
    const int MostLanes = 512;

    public static Function Run(Function f, Shapes shapes, int lanes)
    {
        var pass = new BlockRegisters(shapes);
        var names = new Names(f);
        foreach (var d in f.Body.Statements().OfType<DeclareArray>().Where(d => d.Buffer.Storage == Storage.Block).ToList())
        {
            if (d.Length is not Const c || c.Integer() != lanes || d.Buffer.Element.IsNarrow() || !Candidate(f, d.Buffer, lanes)) continue;
            var register = names.Fresh(d.Buffer.Name + "_lanes", d.Buffer.Element);
            shapes.AddOuter(register);
            pass.registers[d.Buffer] = register;
        }
        return pass.registers.Count == 0 ? f : pass.Rewrite(f);
    }

    static bool Candidate(Function f, Buffer buffer, int lanes)
    {
        bool Good(Sequence<Stmt> body, LaneLoop? loop)
        {
            foreach (var s in body)
            {
                foreach (var e in s.Expressions())
                    foreach (var x in e.Tree())
                        if (x is Load l && l.Buffer == buffer && (loop is null || Map(l.Index, loop.Lane, lanes) is null)) return false;
                if (s is Store st && st.Buffer == buffer && (loop is null || st.Index != loop.Lane.Read())) return false;
                if (s is Atomic a && a.Buffer == buffer || s is Append p && p.Buffer == buffer) return false;
                var inner = loop;
                if (s is LaneLoop { Begin: Const b, End: Const e2 } l2 && b.Integer() == 0 && e2.Integer() == lanes) inner = l2;
                else if (s is LaneLoop) inner = null;
                foreach (var nested in s.Bodies()) if (!Good(nested, inner)) return false;
            }
            return true;
        }
        return Good(f.Body, null);
    }

    /// The element that each lane reads; null if it is not a function of the lane alone, or out of range.
    static Sequence<int>? Map(Expr index, Local lane, int lanes)
    {
        var map = new int[lanes];
        for (int k = 0; k < lanes; k++)
        {
            if (Evaluate(index, lane, k) is not { } at || at < 0 || at >= lanes) return null;
            map[k] = (int)at;
        }
        return new(map);
    }

    static long? Evaluate(Expr e, Local lane, int k) => e switch
    {
        Const c => c.Integer(),
        Use u when u.Local == lane => k,
        Apply { Op: Op.Convert, Type: ScalarType.I32 or ScalarType.I64 } a => Evaluate(a.Args[0], lane, k),
        Apply { Args.Count: 2 } a when a.Type is ScalarType.I32 or ScalarType.I64 && Evaluate(a.Args[0], lane, k) is { } x && Evaluate(a.Args[1], lane, k) is { } y => a.Op switch
        {
            Op.Add => x + y,
            Op.Sub => x - y,
            Op.Mul => x * y,
            Op.And => x & y,
            Op.Or => x | y,
            Op.Xor => x ^ y,
            Op.Shl => x << (int)(y & 31),
            Op.Shr => x >> (int)(y & 31),
            _ => null,
        },
        _ => null,
    };

    public override Expr Rewrite(Expr e)
    {
        if (e is not Load l || !registers.TryGetValue(l.Buffer, out var register)) return base.Rewrite(e);
        var map = Map(l.Index, lane!, Count(l.Buffer))!.Value;
        return map.Select((m, k) => m == k).All(same => same) ? register.Read() : new Permute(register.Read(), map);
    }

    readonly Dictionary<Buffer, int> counts = [];
    int Count(Buffer buffer) => counts[buffer];

    public override Stmt Rewrite(Stmt s)
    {
        switch (s)
        {
            case DeclareArray d when registers.TryGetValue(d.Buffer, out var register):
                counts[d.Buffer] = (int)((Const)d.Length).Integer();
                return new Assign(register, new Const(register.Type, 0));
            case Store st when registers.TryGetValue(st.Buffer, out var register):
                return new Assign(register, Rewrite(st.Value));
            case LaneLoop l:
                lane = l.Lane;
                var rewritten = base.Rewrite(s);
                lane = null;
                return rewritten;
            default: return base.Rewrite(s);
        }
    }
}
