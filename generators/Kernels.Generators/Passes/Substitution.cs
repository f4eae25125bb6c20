using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Puts expressions for locals, parts of arrays for arrays, and new names for what is assigned, declared or left. What Inline,
/// Specialise and Unroll share.
///
///     y = p + x[k]      with p := 3, x := a from element m, y := f.y         f.y = 3 + a[m + k]
///
/// The replacing expressions must mean the same wherever the replaced local is read. The functions in a Reduce or Dispatch have
/// names of their own, but may see the arrays around them.
sealed class Substitution : Rewriter
{
    public readonly Dictionary<string, Expr> Values = [];
    public readonly Dictionary<string, Local> Locals = [];
    public readonly Dictionary<string, Slice> Slices = [];
    public readonly Dictionary<string, Buffer> Buffers = [];
    public readonly Dictionary<string, string> Labels = [];

    public override Function Rewrite(Function f)
    {
        if (Slices.Count == 0 && Buffers.Count == 0) return f;
        var own = new HashSet<string>(f.Body.Statements().OfType<DeclareArray>().Select(d => d.Buffer.Name).Concat(f.Constants.Select(c => c.Buffer.Name)));
        var arrays = new Substitution();
        foreach (var b in Buffers) if (!own.Contains(b.Key)) arrays.Buffers[b.Key] = b.Value;
        foreach (var b in Slices) if (!own.Contains(b.Key)) arrays.Slices[b.Key] = b.Value;
        var body = arrays.Rewrite(f.Body);
        return body.Equals(f.Body) ? f : f with { Body = body };
    }

    public override Expr Rewrite(Expr e)
    {
        if (e is Use use)
            return Values.TryGetValue(use.Local.Name, out var value) ? value : Locals.TryGetValue(use.Local.Name, out var local) ? new Use(local) : e;
        e = base.Rewrite(e);
        if (e is not Load load) return e;
        if (Slices.TryGetValue(load.Buffer.Name, out var slice)) return load with { Buffer = slice.Buffer, Index = Sum(slice.Offset, load.Index) };
        return Buffers.TryGetValue(load.Buffer.Name, out var buffer) ? load with { Buffer = buffer } : e;
    }

    public override Stmt Rewrite(Stmt s)
    {
        s = base.Rewrite(s);
        return s switch
        {
            Assign a => Target(a.Target) is var t && ReferenceEquals(t, a.Target) ? a : a with { Target = t },
            DeclareArray d => Array(d.Buffer) is var b && ReferenceEquals(b, d.Buffer) ? d : d with { Buffer = b },
            Store st => Slices.TryGetValue(st.Buffer.Name, out var slice) ? st with { Buffer = slice.Buffer, Index = Sum(slice.Offset, st.Index) }
                : Array(st.Buffer) is var b && ReferenceEquals(b, st.Buffer) ? st : st with { Buffer = b },
            For f => f with { Label = Label(f.Label), Index = Target(f.Index) },
            Loop l => l with { Label = Label(l.Label) },
            Block b => b with { Label = Label(b.Label) },
            Leave l => l with { Label = Label(l.Label) },
            LaneLoop l => l with { Lane = Target(l.Lane) },
            ChunkLoop c => c with { Label = Label(c.Label), ChunkBegin = Target(c.ChunkBegin), ChunkEnd = Target(c.ChunkEnd) },
            Reduce r => r with { Targets = r.Targets.MapSame(Target), Values = r.Values.MapSame(Target), Combine = Rewrite(r.Combine) },
            Atomic a => Slices.TryGetValue(a.Buffer.Name, out var slice)
                ? a with { Old = a.Old is null ? null : Target(a.Old), Buffer = slice.Buffer, Index = Sum(slice.Offset, a.Index) }
                : a with { Old = a.Old is null ? null : Target(a.Old), Buffer = Array(a.Buffer) },
            Append a => a with { Buffer = Whole(a.Buffer), Count = Target(a.Count) },
            LoadGroup g => g with { Targets = g.Targets.MapSame(Target), Buffer = Whole(g.Buffer) },
            StoreGroup g => g with { Buffer = Whole(g.Buffer) },
            Call c => c with { Results = c.Results.MapSame(Target), Slices = c.Slices.MapSame(Part) },
            Dispatch d => d with { Results = d.Results.MapSame(Target) },
            _ => s,
        };
    }

    Local Target(Local local) => Locals.TryGetValue(local.Name, out var renamed) ? renamed : local;
    Buffer Array(Buffer buffer) => Buffers.TryGetValue(buffer.Name, out var renamed) ? renamed : buffer;
    string Label(string label) => Labels.TryGetValue(label, out var renamed) ? renamed : label;

    Slice Part(Slice part) => Slices.TryGetValue(part.Buffer.Name, out var slice) ? part with { Buffer = slice.Buffer, Offset = Sum(slice.Offset, part.Offset) }
        : Buffers.TryGetValue(part.Buffer.Name, out var buffer) ? part with { Buffer = buffer } : part;

    Buffer Whole(Buffer buffer)
    {
        if (!Slices.TryGetValue(buffer.Name, out var slice)) return Array(buffer);
        return slice.Offset is Const { Bits: 0 } ? slice.Buffer : throw new PassLimitException($"'{buffer.Name}' is appended to: it must be a whole span, not a part of '{slice.Buffer.Name}'");
    }

    /// offset + index, in the wider type when they differ; both are in range of the array, so that nothing wraps.
    static Expr Sum(Expr offset, Expr index)
    {
        if (offset is Const { Bits: 0 }) return index;
        if (index is Const { Bits: 0 }) return offset;
        if (offset.Type == index.Type) return Make.Binary(Op.Add, offset, index);
        return Make.Binary(Op.Add, Make.ConvertTo(ScalarType.I64, offset), Make.ConvertTo(ScalarType.I64, index));
    }
}

/// A limit of the compiler that a spec ran into: recursion too deep, code too large. The message is for the spec's author.
sealed class PassLimitException(string message) : Exception(message);
