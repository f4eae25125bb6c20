namespace Kernels.Generators.IR;

/// A copy of statements with other names: locals and arrays by a map, or by an expression where a local is only read.
sealed class Renamer(Func<Local, Local> rename, Func<Local, Expr?>? replace = null, Func<Buffer, Buffer>? buffers = null, Func<string, string>? labels = null) : Rewriter
{
    Buffer To(Buffer b) => buffers is null ? b : buffers(b);
    string To(string label) => labels is null ? label : labels(label);

    public override Expr Rewrite(Expr e) => base.Rewrite(e) switch
    {
        Use u => replace?.Invoke(u.Local) ?? (rename(u.Local) is var to && to == u.Local ? u : new Use(to)),
        Load l when To(l.Buffer) != l.Buffer => l with { Buffer = To(l.Buffer) },
        var other => other,
    };

    /// The cases of a Dispatch have names of their own.
    public override Function Rewrite(Function f) => f;

    public override Stmt Rewrite(Stmt s) => base.Rewrite(s) switch
    {
        Assign a => a with { Target = rename(a.Target) },
        DeclareArray d => d with { Buffer = To(d.Buffer) },
        Store st => st with { Buffer = To(st.Buffer) },
        For f => f with { Index = rename(f.Index), Label = To(f.Label) },
        Loop l => l with { Label = To(l.Label) },
        Block b => b with { Label = To(b.Label) },
        Leave l => l with { Label = To(l.Label) },
        LaneLoop l => l with { Lane = rename(l.Lane) },
        ChunkLoop c => c with { ChunkBegin = rename(c.ChunkBegin), ChunkEnd = rename(c.ChunkEnd), Label = To(c.Label) },
        LoadGroup g => g with { Targets = g.Targets.Map(rename), Buffer = To(g.Buffer) },
        StoreGroup g => g with { Buffer = To(g.Buffer) },
        Reduce r => r with { Targets = r.Targets.Map(rename), Values = r.Values.Map(rename) },
        Atomic a => a with { Old = a.Old is null ? null : rename(a.Old), Buffer = To(a.Buffer) },
        Append a => a with { Count = rename(a.Count), Buffer = To(a.Buffer) },
        Call c => c with { Results = c.Results.Map(rename), Slices = c.Slices.Map(x => x with { Buffer = To(x.Buffer) }) },
        Dispatch d => d with { Results = d.Results.Map(rename) },
        var other => other,
    };
}
