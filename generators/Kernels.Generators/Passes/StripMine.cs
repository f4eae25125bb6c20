using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Lane loops become uniform loops over trips of exactly L iterations, and one partial trip:
///
///     foreach (i in b .. e) body    =>    at = b; while (at <= e - L) { lanes (i in at .. at + L) body; at += L; }
///                                         if (at < e) lanes (i in at .. e) body
///
/// Chunk loops become the same pair of loops around their whole body, in which lane loops over the chunk are single trips.
/// On entry: no calls. On exit: every lane loop is OneFull or OnePartial; there is no chunk loop. Bodies are written twice (once when
/// L = 1, the range is a constant multiple of L or the loop Whole): a local may be assigned in both copies, and both have the same labels.
sealed class StripMine
{
    readonly int lanes;
    readonly Names names;

    StripMine(Function f, int lanes)
    {
        this.lanes = lanes;
        names = new Names(f);
    }

    public static Function Run(Function f, int lanes)
    {
        var pass = new StripMine(f, lanes);
        return f with { Body = pass.Visit(f.Body, null) };
    }

    /// The chunk that a lane loop may be one trip of.
    sealed record Chunk(Local Begin, Local End, Trips Trips);

    Sequence<Stmt> Visit(Sequence<Stmt> body, Chunk? chunk) => body.SelectMany(s => Visit(s, chunk)).ToSequence();

    IEnumerable<Stmt> Visit(Stmt s, Chunk? chunk) => s switch
    {
        If i => [i with { Then = Visit(i.Then, chunk), Else = Visit(i.Else, chunk) }],
        For f => [f with { Body = Visit(f.Body, chunk) }],
        Loop l => [l with { Body = Visit(l.Body, chunk) }],
        Block b => [b with { Body = Visit(b.Body, chunk) }],
        LaneLoop l when chunk is not null && l.Begin == new Use(chunk.Begin) && l.End == new Use(chunk.End) => [l with { Trips = chunk.Trips }],
        LaneLoop { Trips: IR.Trips.Whole } l => Mine(l.Lane.Name, l.Begin, l.End, (at, end, trips) => [new LaneLoop(l.Lane, at.Read(), end, l.Body, trips)], whole: true),
        LaneLoop l => Trips(l),
        ChunkLoop c => Chunks(c),
        _ => [s],
    };

    IEnumerable<Stmt> Trips(LaneLoop l)
    {
        if (l.Begin is Const b && l.End is Const e)
        {
            long count = e.Integer() - b.Integer();
            if (count <= 0) return [];
            if (count == lanes) return [l with { Trips = IR.Trips.OneFull }];
            if (count < lanes) return [l with { Trips = IR.Trips.OnePartial }];
        }
        return Mine(l.Lane.Name, l.Begin, l.End, (at, end, trips) => [new LaneLoop(l.Lane, at.Read(), end, l.Body, trips)]);
    }

    IEnumerable<Stmt> Chunks(ChunkLoop c)
    {
        var loops = Mine(c.ChunkBegin.Name, c.Begin, c.End, (at, end, trips) =>
        [
            new Assign(c.ChunkBegin, Make.ConvertTo(c.ChunkBegin.Type, at.Read())),
            new Assign(c.ChunkEnd, Make.ConvertTo(c.ChunkEnd.Type, end)),
            .. Visit(c.Body, new Chunk(c.ChunkBegin, c.ChunkEnd, trips)),
        ]);
        return [new Block(c.Label, loops.ToSequence())];
    }

    /// The position is 64 bits wide: no overflow near int.MaxValue, and no extension at each access.
    IEnumerable<Stmt> Mine(string stem, Expr begin, Expr end, Func<Local, Expr, Trips, IEnumerable<Stmt>> trip, bool whole = false)
    {
        var at = names.Fresh(stem + "_at", ScalarType.I64);
        string label = names.Fresh(stem + "_trips");
        yield return new Assign(at, Make.ConvertTo(ScalarType.I64, begin));
        Expr last = Make.ConvertTo(ScalarType.I64, end);
        bool constant = begin is Const && end is Const;
        if (last is not Const)
        {
            var stop = names.Fresh(stem + "_end", ScalarType.I64);
            yield return new Assign(stop, last);
            last = stop.Read();
        }
        Expr step = Make.Int(lanes, ScalarType.I64), next = Make.Binary(Op.Add, at.Read(), step);
        Expr lastFull = last is Const c ? Make.Int(c.Integer() - lanes, ScalarType.I64) : Make.Binary(Op.Sub, last, step);
        yield return new Loop(label,
        [
            new If(whole ? Make.Compare(Op.Ge, at.Read(), last) : Make.Compare(Op.Gt, at.Read(), lastFull), [new Leave(label)], []),
            .. trip(at, next, IR.Trips.OneFull),
            new Assign(at, next),
        ]);
        whole |= lanes == 1 || (constant && (((Const)end).Integer() - ((Const)begin).Integer()) % lanes == 0);
        if (!whole)
            yield return new If(Make.Compare(Op.Lt, at.Read(), last), trip(at, last, IR.Trips.OnePartial).ToSequence(), []);
    }
}
