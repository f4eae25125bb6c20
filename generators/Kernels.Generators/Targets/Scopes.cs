using Kernels.Generators.IR;
using Kernels.Generators.Passes;

namespace Kernels.Generators.Targets;

/// Where each local is declared in C#: at its first assignment, when everything else about it comes later in the same braces;
/// otherwise at the head of its unit, which is the trip of a lane loop for locals that live in one, and the method for all others.
sealed class Scopes
{
    readonly HashSet<Stmt> inPlace = new(ByReference.Instance);
    readonly Dictionary<Stmt, List<Local>> heads = new(ByReference.Instance);
    public List<Local> Method { get; } = [];

    public Scopes(Function f, Shapes shapes)
    {
        var parameters = new HashSet<string>(f.Parameters.OfType<ValueParameter>().Select(p => p.Local.Name));
        var seen = new HashSet<string>();
        Unit(f.Body, f.Body.Occurrences(), name => !parameters.Contains(name), Method, seen);
        foreach (var loop in f.Body.Statements().OfType<LaneLoop>())
        {
            var head = new List<Local>();
            // Both copies of a strip-mined body assign the same names: each trip is a unit of its own.
            Unit(loop.Body, loop.Body.Occurrences(), shapes.IsInner, head, []);
            heads[loop] = head;
        }
        Method.RemoveAll(x => shapes.IsInner(x.Name));
    }

    public bool DeclaresHere(Stmt assign) => inPlace.Contains(assign);
    public List<Local> Head(LaneLoop loop) => heads[loop];

    void Unit(Sequence<Stmt> body, Dictionary<string, int> total, Func<string, bool> mine, List<Local> head, HashSet<string> seen)
    {
        var here = body.Occurrences();
        foreach (var s in body)
        {
            foreach (var target in s.Assigns())
            {
                if (s is For or LaneLoop || !mine(target.Name) || !seen.Add(target.Name)) continue;
                bool first = s is Assign a && here[target.Name] == total[target.Name] && !a.Value.Tree().Any(x => x is Use u && u.Local == target);
                if (first) inPlace.Add(s);
                else head.Add(target);
            }
            foreach (var inner in s.Bodies()) Unit(inner, total, mine, head, seen);
        }
    }

    sealed class ByReference : IEqualityComparer<Stmt>
    {
        public static readonly ByReference Instance = new();
        public bool Equals(Stmt a, Stmt b) => ReferenceEquals(a, b);
        public int GetHashCode(Stmt s) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(s);
    }
}
