using Kernels.Generators.IR;
using Kernels.Generators.Passes;

namespace Kernels.Generators.Targets;

/// Uniform values in lane code: one broadcast before the loop that leaves them as they are, where the JIT would make one a trip.
sealed partial class CoreEmitter
{
    readonly Stack<LoopScope> loops = [];

    /// The text before a loop, what the loop assigns, and the names of what was broadcast there.
    sealed class LoopScope((int, int) before, HashSet<string> assigned)
    {
        public readonly List<string> Lines = [];
        readonly Dictionary<(Expr, int), string> names = [];

        public (int Position, int Depth) Before => before;
        public bool Changes(Expr e) => e.Tree().Any(x => x is Use u && assigned.Contains(u.Local.Name));

        public string? Find(Expr e, int bits) => names.TryGetValue((e, bits), out string? name) ? name : null;
        public void Add(Expr e, int bits, string name) => names.Add((e, bits), name);
    }

    /// Prints a loop; what it broadcasts goes before it.
    void PrintLoop(Stmt loop, Action print)
    {
        var assigned = new HashSet<string>(new Sequence<Stmt>([loop]).Statements().SelectMany(s => s.Assigns()).Select(x => x.Name));
        var scope = new LoopScope(code.Mark(), assigned);
        loops.Push(scope);
        print();
        loops.Pop();
        code.Insert(scope.Before, scope.Lines);
    }

    /// A register with the value in every lane. Constants stay where they are used: the JIT keeps them in registers or reads them from
    /// memory, as it has room. More broadcasts than a quarter of the registers would only be spilled.
    string Broadcast(Expr e, int bits)
    {
        string value = $"{VectorTable.V(bits)}.Create({scalar.Print(e)})";
        if (e is Const || loops.Count == 0 || !e.Tree().All(IsPure)) return value;
        var scope = loops.Peek();
        if (scope.Changes(e)) return value;
        if (scope.Find(e, bits) is { } known) return known;
        if (scope.Lines.Count >= (target.Registers + 1) / 4) return value;
        string name = Fresh("all");
        scope.Lines.Add($"{VectorTable.Register(e.Type, bits)} {name} = {value};");
        scope.Add(e, bits, name);
        return name;
    }

    /// Whether evaluation earlier, or for nothing, has no effect: a load's memory may change, integer division may trap.
    static bool IsPure(Expr e) => e is Const or Use or Apply { Op: not (Op.Any or Op.All or Op.Div or Op.Rem) };
}
