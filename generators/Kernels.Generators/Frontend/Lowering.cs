using System.Runtime.CompilerServices;
using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;

namespace Kernels.Generators.Frontend;

/// A language error, found where it stands.
sealed record Problem(DiagnosticDescriptor Krn, Location Location, Sequence<string> Arguments)
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(Krn, Location, [.. Arguments]);
}

/// A construct outside the language. The statement it stands in is given up; the next one is tried, so that one build shows all errors.
sealed class LanguageException : Exception;

/// From C# methods to IR: a kernel and the closure of what it calls. Helpers are lowered once a compilation, so that a hundred kernels
/// that share them pay once. Errors are in the result; only bugs throw.
sealed partial class Lowering
{
    static readonly ConditionalWeakTable<Compilation, Lowering> instances = new();

    readonly Compilation compilation;
    readonly Dictionary<string, Helper> helpers = [];
    readonly Dictionary<SyntaxTree, SemanticModel> models = [];
    readonly Dictionary<string, (Sequence<Function>? Cases, Sequence<Problem> Problems)> cases = [];
    readonly Dictionary<Function, bool> laneLoops = new(ReferenceComparer.Instance);
    readonly Dictionary<Function, HashSet<string>> appended = new(ReferenceComparer.Instance);
    readonly Dictionary<Function, HashSet<string>> divisors = new(ReferenceComparer.Instance);
    readonly HashSet<string> open = [];

    public ExternalIR External { get; }
    public Compilation Compilation => compilation;

    Lowering(Compilation compilation)
    {
        this.compilation = compilation;
        External = new(compilation);
    }

    sealed record Helper(Function? Function, Sequence<Problem> Problems);

    /// The kernel (or function for other assemblies) and its helpers; null if there are problems.
    public static (Module? Module, Sequence<Problem> Problems) Lower(Compilation compilation, IMethodSymbol method)
    {
        var lowering = instances.GetValue(compilation, c => new Lowering(c));
        lock (lowering) return lowering.Lower(method);
    }

    (Module?, Sequence<Problem>) Lower(IMethodSymbol method)
    {
        var problems = new List<Problem>();
        var kind = Spec.KindOf(method);
        var signature = kind == FunctionKind.Helper ? null : Spec.Signature(method, compilation, problems);
        var entry = LowerFunction(method, kind, signature);
        problems.AddRange(entry.Problems);
        var closure = new SortedDictionary<string, Function>(StringComparer.Ordinal);
        if (entry.Function is not null) Close(entry.Function, closure, problems);
        var distinct = problems.Distinct().ToSequence();
        if (entry.Function is null || distinct.Count > 0) return (null, distinct);
        closure.Remove(entry.Function.Name);
        return (new Module(entry.Function, closure.Values.ToSequence()), distinct);
    }

    public static bool IsExternal(Compilation compilation, string name)
    {
        var lowering = instances.GetValue(compilation, c => new Lowering(c));
        lock (lowering) return !lowering.helpers.ContainsKey(name);
    }

    /// A module of the same signature without content, for what is generated beside a spec with errors.
    public static Module? Stub(Compilation compilation, IMethodSymbol method)
    {
        var ignored = new List<Problem>();
        if (Spec.Signature(method, compilation, ignored) is not { } signature) return null;
        var lowering = instances.GetValue(compilation, c => new Lowering(c));
        lock (lowering)
        {
            var f = new FunctionLowering(lowering, method, Spec.KindOf(method), ignored).Stub(signature);
            return f is null ? null : new Module(f, []);
        }
    }

    void Close(Function f, SortedDictionary<string, Function> closure, List<Problem> problems)
    {
        foreach (string callee in Callees(f))
        {
            if (closure.ContainsKey(callee)) continue;
            var helper = helpers.TryGetValue(callee, out var own) ? own : new Helper(External.Find(callee), []);
            problems.AddRange(helper.Problems);
            if (helper.Function is null) continue;
            closure[callee] = helper.Function;
            Close(helper.Function, closure, problems);
        }
    }

    /// Names of the functions that a function calls, those of its combines and cases too.
    public static IEnumerable<string> Callees(Function f) => f.Body.Statements().SelectMany(s => s switch
    {
        Call c => [c.Callee],
        Reduce r => Callees(r.Combine),
        Dispatch d => d.Cases.SelectMany(Callees),
        _ => Enumerable.Empty<string>(),
    });

    /// The IR of a method that a spec calls; null if it has errors of its own (they are reported with it) or is unknown (found = false).
    public Function? Function(IMethodSymbol method, out string key, out bool found, out bool recursive)
    {
        key = Keys.Of(method);
        found = true;
        recursive = open.Contains(key);
        if (recursive) return null;
        if (helpers.TryGetValue(key, out var known)) return known.Function;
        if (method.DeclaringSyntaxReferences.Length == 0 && !method.IsImplicitlyDeclared || method.ContainingAssembly is { } a && !SymbolEqualityComparer.Default.Equals(a, compilation.Assembly))
        {
            var external = External.Find(key, method.ContainingAssembly);
            found = external is not null;
            return external;
        }
        open.Add(key);
        try { helpers[key] = LowerFunction(method, FunctionKind.Helper, null); }
        finally { open.Remove(key); }
        return helpers[key].Function;
    }

    /// A function lowered or read before, by its name in IR.
    public Function? Known(string key) => helpers.TryGetValue(key, out var own) ? own.Function : External.Find(key);

    /// A caller of a helper with errors has them too: it cannot be compiled either.
    public void Inherit(string key, List<Problem> problems)
    {
        if (helpers.TryGetValue(key, out var own)) problems.AddRange(own.Problems);
    }

    public bool ContainsLaneLoop(Function f)
    {
        if (laneLoops.TryGetValue(f, out bool known)) return known;
        laneLoops[f] = false; // a recursion
        return laneLoops[f] = f.Body.Statements().Any(s => s is LaneLoop or Reduce or ChunkLoop || s is Call c && Known(c.Callee) is { } callee && ContainsLaneLoop(callee));
    }

    /// The parameters that a function divides integers by, itself or in what it calls.
    public HashSet<string> Divisors(IMethodSymbol method) => helpers.TryGetValue(Keys.Of(method), out var helper) && helper.Function is { } f ? Divisors(f) : [];

    HashSet<string> Divisors(Function f)
    {
        if (divisors.TryGetValue(f, out var known)) return known;
        divisors[f] = []; // a recursion
        var wanted = new HashSet<string>();
        bool grew = true;
        void Want(Expr e) { foreach (var x in e.Tree()) if (x is Use u) grew |= wanted.Add(u.Local.Name); }
        while (grew) // backwards: from divisors to what they are computed from
        {
            grew = false;
            foreach (var s in f.Body.Statements())
            {
                foreach (var e in s.Expressions())
                    foreach (var x in e.Tree())
                        if (x is Apply { Op: Op.Div or Op.Rem } a && a.Type.IsInteger()) Want(a.Args[1]);
                if (s is Assign assign && wanted.Contains(assign.Target.Name)) Want(assign.Value);
                if (s is Call c && Known(c.Callee) is { } callee)
                {
                    var inner = Divisors(callee);
                    var parameters = callee.Parameters.OfType<ValueParameter>().ToList();
                    for (int k = 0; k < c.Values.Count; k++)
                        if (inner.Contains(parameters[k].Local.Name) || c.Results.Any(r => wanted.Contains(r.Name))) Want(c.Values[k]);
                }
            }
        }
        return divisors[f] = wanted;
    }

    /// The span parameters that a function appends to, itself or in what it calls.
    public HashSet<string> Appended(Function f)
    {
        if (appended.TryGetValue(f, out var known)) return known;
        var found = appended[f] = []; // a recursion
        foreach (var s in f.Body.Statements())
        {
            if (s is Append a) found.Add(a.Buffer.Name);
            if (s is not Call c || Known(c.Callee) is not { } callee) continue;
            var buffers = callee.Parameters.OfType<BufferParameter>().ToList();
            for (int k = 0; k < c.Slices.Count; k++)
                if (Appended(callee).Contains(buffers[k].Buffer.Name)) found.Add(c.Slices[k].Buffer.Name);
        }
        return found;
    }

    /// The cases of a [Compact] method.
    public Sequence<Function>? Cases(IMethodSymbol method, List<Problem> problems, Location site)
    {
        string key = Keys.Of(method);
        if (!cases.TryGetValue(key, out var known))
        {
            var own = new List<Problem>();
            Sequence<Function>? found = null;
            if (open.Add(key))
            {
                try { found = new FunctionLowering(this, method, FunctionKind.Helper, own).RunCases(); }
                finally { open.Remove(key); }
            }
            if (found is null && own.Count == 0) own.Add(new(Krn.CompactShape, method.Locations.FirstOrDefault(l => l.IsInSource) ?? site, []));
            cases[key] = known = (own.Count > 0 ? null : found, own.ToSequence());
        }
        problems.AddRange(known.Problems);
        return known.Cases;
    }

    Helper LowerFunction(IMethodSymbol method, FunctionKind kind, SpecSignature? signature)
    {
        var problems = new List<Problem>();
        Function? f = null;
        try { f = new FunctionLowering(this, method, kind, problems).Run(signature); }
        catch (LanguageException) { }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            problems.Add(new(Krn.Internal, method.Locations.FirstOrDefault() ?? Location.None, [$"{e.GetType().Name}: {e.Message}"]));
        }
        if (problems.Count > 0) f = null;
        return new(f, problems.ToSequence());
    }

    public SemanticModel Model(SyntaxTree tree)
    {
        if (!models.TryGetValue(tree, out var model)) models[tree] = model = compilation.GetSemanticModel(tree);
        return model;
    }
}

sealed class ReferenceComparer : IEqualityComparer<object>
{
    public static readonly ReferenceComparer Instance = new();
    bool IEqualityComparer<object>.Equals(object x, object y) => ReferenceEquals(x, y);
    int IEqualityComparer<object>.GetHashCode(object x) => RuntimeHelpers.GetHashCode(x);
}
