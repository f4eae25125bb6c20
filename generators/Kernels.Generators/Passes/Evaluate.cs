using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Runs a statement at compile time if it depends on constants alone, within a budget of steps:
///
///     k = 1; while (k < 100) k = k * 3;      =>      k = 243
///
/// Reads locals that are known, constant data and the arrays the statement itself declares; anything else ends the attempt and
/// nothing is changed. The result is what each assigned local holds afterwards.
static class Evaluate
{
    // A correctly rounded cosine takes a few hundred steps, a table some thousands; an attempt that goes on for longer is
    // more likely a loop that should stay one.
    const int MaxSteps = 100_000;

    public static Dictionary<Local, Const>? Run(Stmt s, Func<Local, Const?> known, Dictionary<string, ConstantData> constants)
    {
        var machine = new Machine(known, constants);
        return machine.Run(s) is Outcome.Next ? machine.Assigned : null;
    }

    enum Outcome { Next, Left, Failed }

    sealed class Machine(Func<Local, Const?> known, Dictionary<string, ConstantData> constants)
    {
        public readonly Dictionary<Local, Const> Assigned = [];
        readonly Dictionary<string, ulong[]> arrays = [];
        string left = "";
        int steps;

        Outcome Run(Sequence<Stmt> body)
        {
            foreach (var s in body)
                if (Run(s) is var outcome && outcome != Outcome.Next) return outcome;
            return Outcome.Next;
        }

        public Outcome Run(Stmt s)
        {
            if (++steps > MaxSteps) return Outcome.Failed;
            switch (s)
            {
                case Assign a when Value(a.Value) is { } value:
                    Assigned[a.Target] = value;
                    return Outcome.Next;
                case If i when Value(i.Condition) is { } condition:
                    return Run(condition.Bits != 0 ? i.Then : i.Else);
                case Leave l:
                    left = l.Label;
                    return Outcome.Left;
                case Block b:
                    return At(Run(b.Body), b.Label, out _);
                case Loop l:
                    while (true)
                        if (At(Run(l.Body), l.Label, out bool done) is var outcome && (done || outcome != Outcome.Next)) return outcome;
                        else if (++steps > MaxSteps) return Outcome.Failed;
                case For f when Value(f.Begin) is { } begin && Value(f.End) is { } end:
                    for (long k = begin.Integer(); f.Step > 0 ? k < end.Integer() : k > end.Integer(); k += f.Step)
                    {
                        Assigned[f.Index] = (Const)Make.Int(k, f.Index.Type);
                        if (At(Run(f.Body), f.Label, out bool done) is var outcome && (done || outcome != Outcome.Next)) return outcome;
                        if (++steps > MaxSteps) return Outcome.Failed;
                    }
                    return Outcome.Next;
                case DeclareArray { Buffer.Storage: Storage.Lane or Storage.Block, Fill: null } d when Value(d.Length) is { } length && length.Integer() is >= 0 and <= 4096:
                    arrays[d.Buffer.Name] = new ulong[length.Integer()];
                    return Outcome.Next;
                case Store { Mask: null } st when arrays.TryGetValue(st.Buffer.Name, out var array) && Value(st.Index) is { } at && Value(st.Value) is { } v
                                             && (ulong)at.Integer() < (ulong)array.Length:
                    array[at.Integer()] = v.Bits;
                    return Outcome.Next;
                default: return Outcome.Failed;
            }
        }

        Outcome At(Outcome outcome, string label, out bool done)
        {
            done = outcome == Outcome.Left && left == label;
            return done ? Outcome.Next : outcome;
        }

        Const? Value(Expr e)
        {
            if (++steps > MaxSteps) return null;
            switch (e)
            {
                case Const c: return c;
                case Use u: return Assigned.TryGetValue(u.Local, out var value) ? value : known(u.Local);
                case Load { Mask: null } l when Value(l.Index) is { } index:
                    ulong at = (ulong)index.Integer();
                    if (arrays.TryGetValue(l.Buffer.Name, out var array)) return at < (ulong)array.Length ? new Const(l.Type, array[at]) : null;
                    return constants.TryGetValue(l.Buffer.Name, out var data) && at < (ulong)data.Bits.Count ? new Const(l.Type, data.Bits[(int)at]) : null;
                case Apply a when a.Op is not (Op.Any or Op.All or Op.LaneId):
                    var args = new Const[a.Args.Count];
                    for (int k = 0; k < args.Length; k++)
                    {
                        if (Value(a.Args[k]) is not { } arg) return null;
                        args[k] = arg;
                    }
                    return Algebra.Evaluate(a.Op, a.Type, args);
                default: return null;
            }
        }
    }
}
