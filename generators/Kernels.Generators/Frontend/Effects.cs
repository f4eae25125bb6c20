using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Frontend;

/// What statements change: asked for expressions that were read before them and stand behind them.
sealed class Effects
{
    readonly HashSet<Local> assigned = [];
    readonly bool writes;

    public Effects(List<Stmt> code, int start)
    {
        foreach (var s in code.Skip(start).ToSequence().Statements())
        {
            foreach (var local in s.Assigns()) assigned.Add(local);
            writes |= s is Store or Atomic or Append || s is Call { Slices.Count: > 0 };
        }
    }

    public bool Disturb(Expr e) => e is not Const && e.Tree().Any(x => x is Use u && assigned.Contains(u.Local) || writes && x is Load);
}

/// How a body uses its parameter buffers, callees included.
sealed class BufferAccess
{
    readonly HashSet<string> read = [], written = [];

    public BufferAccess(Sequence<Stmt> body, Lowering module)
    {
        foreach (var s in body.Statements())
        {
            foreach (var e in s.Expressions())
                foreach (var x in e.Tree())
                    if (x is Load l) read.Add(l.Buffer.Name);
            switch (s)
            {
                case Store st: written.Add(st.Buffer.Name); break;
                case Append a: written.Add(a.Buffer.Name); break;
                case Atomic a: read.Add(a.Buffer.Name); written.Add(a.Buffer.Name); break;
                case Call c:
                    var parameters = module.Known(c.Callee)?.Parameters.OfType<BufferParameter>().ToList();
                    for (int k = 0; k < c.Slices.Count; k++)
                    {
                        var access = parameters is null ? Access.ReadWrite : parameters[k].Access;
                        if (access != Access.Write) read.Add(c.Slices[k].Buffer.Name);
                        if (access != Access.Read) written.Add(c.Slices[k].Buffer.Name);
                    }
                    break;
            }
        }
    }

    public Access Of(Buffer b, Access declared) => declared == Access.Read || !written.Contains(b.Name) ? Access.Read : read.Contains(b.Name) ? Access.ReadWrite : Access.Write;
}
