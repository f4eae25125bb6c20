using Kernels.Generators.IR;
using Kernels.Generators.Passes;

namespace Kernels.Generators.Targets;

/// Uniform values in lane code: broadcasts and the beginnings of address computations stand before the loop that leaves them as they are,
/// where the JIT would make them anew in each trip.
sealed partial class CoreEmitter
{
    readonly Stack<LoopScope> loops = [];

    /// The place before a loop, what the loop assigns, and what was computed there.
    sealed class LoopScope((int, int) before, HashSet<string> assigned)
    {
        public readonly List<string> Lines = [];
        public readonly Dictionary<string, string> Names = [];

        public (int Position, int Depth) Before => before;
        public bool Changes(Expr e) => e.Tree().Any(x => x is Use u && assigned.Contains(u.Local.Name));
    }

    /// Prints a loop; what is invariant in it goes before it.
    void PrintLoop(Stmt loop, Action print)
    {
        var assigned = new HashSet<string>(new Sequence<Stmt>([loop]).Statements().SelectMany(s => s.Assigns()).Select(x => x.Name));
        var scope = new LoopScope(code.Mark(), assigned);
        loops.Push(scope);
        print();
        loops.Pop();
        code.Insert(scope.Before, scope.Lines);
    }

    /// The name of a value computed before the innermost loop, or the value itself if it may change there. No more of them than a third
    /// of the registers: beyond, the JIT would only spill them.
    string Invariant(Expr e, string type, string stem, string value)
    {
        if (loops.Count == 0 || !e.Tree().All(IsPure)) return value;
        var scope = loops.Peek();
        if (scope.Changes(e)) return value;
        if (scope.Names.TryGetValue(value, out string? known)) return known;
        if (scope.Names.Values.Count(n => n.StartsWith(stem, StringComparison.Ordinal)) >= target.Registers / 3) return value;
        string name = Fresh(stem);
        scope.Lines.Add($"{type} {name} = {value};");
        return scope.Names[value] = name;
    }

    /// Constants stay where they are used: the JIT keeps them in registers or reads them from memory, as it has room.
    string Broadcast(Expr e, int bits)
    {
        string value = $"{VectorTable.V(bits)}.Create({scalar.Print(e)})";
        return e is Const ? value : Invariant(e, VectorTable.Register(e.Type, bits), "all", value);
    }

    /// Whether evaluation earlier, or for nothing, has no effect: a load's memory may change, integer division may trap.
    static bool IsPure(Expr e) => e is Const or Use or Apply { Op: not (Op.Any or Op.All or Op.Div or Op.Rem) };
}
