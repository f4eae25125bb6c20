using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Passes;

/// Replaces every call by the callee's body:
///
///     y = Square(a + 1)      =>      x = a + 1; r = x * x; y = r;
///
/// A constant or a plain local stands for its parameter where the callee does not assign it; part of an array as an argument
/// becomes an offset; what the callee names gets a fresh name; Return becomes the Leave of a Block, which Structure then removes.
/// Recursion ends because the body is folded, with its constant arguments in place, before its own calls are looked at.
/// After: no Call and no Return, here and in the functions of Reduce and Dispatch; all constants are the function's. An array
/// declared in a helper is the lane's if the call stands in a lane loop, and the block's otherwise.
static class Inline
{
    // Recursion that has not ended by then will not: a depth of log2 n, or one for each coefficient of a series, is far below.
    const int MaxDepth = 128;
    // Beyond, no backend will make one method of it (about 2,400 vector operations are the limit, after folding).
    const int MaxStatements = 200_000;

    public static Function Run(Module module)
    {
        var f = new Inliner(module).Whole(module.Kernel, lane: module.Kernel.Kind == FunctionKind.Element);
        return new InnerNames(f).Rewrite(f);
    }

    sealed class Inliner
    {
        readonly Dictionary<string, Function> helpers = [];
        readonly Dictionary<string, Function> flat = [];
        readonly HashSet<string> late = [];     // reach a recursion: to be expanded with arguments in place
        int statements;

        public Inliner(Module module)
        {
            foreach (var h in module.Helpers) helpers[h.Name] = h;
            var callees = helpers.Values.ToDictionary(h => h.Name, Callees);
            var reach = helpers.Keys.ToDictionary(name => name, name => Reach(name, callees));
            foreach (string name in helpers.Keys)
                if (reach[name].Append(name).Any(x => reach.TryGetValue(x, out var r) && r.Contains(x))) late.Add(name);
        }

        static HashSet<string> Callees(Function f)
        {
            var set = new HashSet<string>();
            foreach (var s in f.Body.Statements())
            {
                if (s is Call c) set.Add(c.Callee);
                if (s is Reduce r) set.UnionWith(Callees(r.Combine));
                if (s is Dispatch d) foreach (var x in d.Cases) set.UnionWith(Callees(x));
            }
            return set;
        }

        static HashSet<string> Reach(string name, Dictionary<string, HashSet<string>> callees)
        {
            var seen = new HashSet<string>();
            var todo = new Stack<string>();
            todo.Push(name);
            while (todo.Count > 0)
                if (callees.TryGetValue(todo.Pop(), out var next))
                    foreach (string x in next) if (seen.Add(x)) todo.Push(x);
            return seen;
        }

        public Function Whole(Function f, bool lane, int depth = 0)
        {
            var called = Callees(f);
            if (called.Count == 0 && !f.Body.Statements().Any(s => s is Return || HasConstants(s))) return f;
            var context = new Context(f);
            var body = Exits(f.Body, context);
            if (called.Any(late.Contains)) body = Fold.Propagate(body, f.Constants);
            body = Structure.Run(Expand(body, context, lane, depth));
            return f with { Body = body, Constants = context.Constants.ToSequence() };
        }

        Function Flat(Function callee)
        {
            if (!flat.TryGetValue(callee.Name, out var done)) flat[callee.Name] = done = Whole(callee, lane: false);
            return done;
        }

        static Sequence<Stmt> Exits(Sequence<Stmt> body, Context context)
        {
            if (!body.Statements().Any(s => s is Return)) return body;
            string label = context.Names.Fresh("return");
            return Structure.Run([new Block(label, new Returns(label).Rewrite(body))]);
        }

        Sequence<Stmt> Expand(Sequence<Stmt> body, Context context, bool lane, int depth)
        {
            var result = new List<Stmt>();
            foreach (var s in body)
            {
                switch (s)
                {
                    case Call call: result.AddRange(Expand(call, context, lane, depth)); break;
                    case If i: result.Add(i with { Then = Expand(i.Then, context, lane, depth), Else = Expand(i.Else, context, lane, depth) }); break;
                    case For f: result.Add(f with { Body = Expand(f.Body, context, lane, depth) }); break;
                    case Loop l: result.Add(l with { Body = Expand(l.Body, context, lane, depth) }); break;
                    case Block b: result.Add(b with { Body = Expand(b.Body, context, lane, depth) }); break;
                    case LaneLoop l: result.Add(l with { Body = Expand(l.Body, context, true, depth) }); break;
                    case ChunkLoop c: result.Add(c with { Body = Expand(c.Body, context, lane, depth) }); break;
                    case Reduce r: result.Add(r with { Combine = Inner(r.Combine, context, depth) }); break;
                    case Dispatch d: result.Add(d with { Cases = d.Cases.MapSame(x => Inner(Scheduled(x), context, depth)) }); break;
                    default: result.Add(s); break;
                }
            }
            return result.ToSequence();
        }

        /// A case has the vectors in flight of the first function it calls that states them.
        Function Scheduled(Function f)
        {
            foreach (var call in f.Body.Statements().OfType<Call>())
                if (helpers.TryGetValue(call.Callee, out var callee) && callee.Schedule.Vectors is > 0 and var vectors) return f with { Schedule = f.Schedule with { Vectors = vectors } };
            return f;
        }

        static bool HasConstants(Stmt s) => s is Reduce r && HasConstants(r.Combine) || s is Dispatch d && d.Cases.Any(HasConstants);
        static bool HasConstants(Function f) => f.Constants.Count > 0 || f.Body.Statements().Any(HasConstants);

        /// The function of a Reduce or a Dispatch; its constant data becomes the enclosing function's.
        Function Inner(Function f, Context context, int depth)
        {
            f = Whole(f, lane: true, depth);
            if (f.Constants.Count == 0) return f;
            var data = new Substitution();
            foreach (var c in f.Constants) data.Buffers[c.Buffer.Name] = context.Constant(c);
            return f with { Body = data.Rewrite(f.Body), Constants = [] };
        }

        IEnumerable<Stmt> Expand(Call call, Context context, bool lane, int depth)
        {
            if (!helpers.TryGetValue(call.Callee, out var callee)) throw new PassLimitException($"'{call.Callee}' is called, but its code is not known");
            bool isLate = late.Contains(callee.Name);
            if (depth > MaxDepth) throw new PassLimitException($"'{callee.Name}' recurses more than {MaxDepth} deep: its recursion must end on constant arguments");
            if (!isLate) callee = Flat(callee);

            var before = new List<Stmt>();
            var body = Instantiate(callee, call, context, lane, before, out var results);
            if (isLate) body = Expand(Fold.Propagate(Exits(body, context), context.Constants.ToSequence()), context, lane, depth + 1);
            statements += body.Statements().Count();
            if (statements > MaxStatements) throw new PassLimitException($"'{callee.Name}' and what it calls make more than {MaxStatements} statements");
            var after = call.Results.Select((r, k) => (Stmt)new Assign(r, new Use(results[k])));
            return [.. before, .. body, .. after];
        }

        static Sequence<Stmt> Instantiate(Function callee, Call call, Context context, bool lane, List<Stmt> before, out List<Local> results)
        {
            var substitution = new Substitution();
            var assigned = new HashSet<string>(callee.Body.Statements().SelectMany(s => s.Assigns()).Select(x => x.Name));

            int value = 0, slice = 0;
            foreach (var p in callee.Parameters)
            {
                switch (p)
                {
                    case ValueParameter v:
                        var argument = call.Values[value++];
                        if (assigned.Contains(v.Local.Name) || argument is not (Const or Use))
                        {
                            var local = context.Names.Fresh(v.Local.Name, v.Local.Type);
                            before.Add(new Assign(local, argument));
                            substitution.Locals[v.Local.Name] = local;
                        }
                        else substitution.Values[v.Local.Name] = argument;
                        break;
                    case BufferParameter b:
                        var part = call.Slices[slice++];
                        string name = b.Buffer.Name;
                        part = part with { Offset = Named(part.Offset, name + ".Offset"), Length = Named(part.Length, name + ".Length") };
                        substitution.Slices[name] = part;
                        substitution.Values[name + ".Length"] = Make.ConvertTo(ScalarType.I32, part.Length);
                        if (b.View2)
                            foreach (var (suffix, type) in new[] { (".Rows", ScalarType.I32), (".Columns", ScalarType.I32), (".Stride", ScalarType.I64) })
                                substitution.Values[name + suffix] = new Use(new(part.Buffer.Name + suffix, type));
                        break;
                }
            }

            Expr Named(Expr e, string stem)
            {
                if (e is Const or Use) return e;
                var local = context.Names.Fresh(stem, e.Type);
                before.Add(new Assign(local, e));
                return new Use(local);
            }

            foreach (var local in callee.Body.Statements().SelectMany(s => s.Assigns()).Concat(callee.Results))
                if (!substitution.Locals.ContainsKey(local.Name)) substitution.Locals[local.Name] = context.Names.Fresh(local.Name, local.Type);
            Rename(callee.Body, substitution, context, lane, inLaneLoop: false);
            foreach (var data in callee.Constants) substitution.Buffers[data.Buffer.Name] = context.Constant(data);
            results = [.. callee.Results.Select(r => substitution.Values.TryGetValue(r.Name, out var e) && e is Use u ? u.Local : substitution.Locals[r.Name])];
            return substitution.Rewrite(callee.Body);
        }

        static void Rename(Sequence<Stmt> body, Substitution substitution, Context context, bool lane, bool inLaneLoop)
        {
            foreach (var s in body)
            {
                if (s is DeclareArray d)
                    substitution.Buffers[d.Buffer.Name] = new(context.Names.Fresh(d.Buffer.Name), d.Buffer.Element, d.Buffer.Storage switch
                    {
                        Storage.Lane or Storage.Block => lane || inLaneLoop ? Storage.Lane : Storage.Block,
                        var other => other,
                    });
                if (LabelOf(s) is { } label) substitution.Labels[label] = context.Names.Fresh(label);
                foreach (var inner in s.Bodies()) Rename(inner, substitution, context, lane, inLaneLoop || s is LaneLoop);
            }
        }
    }

    public static string? LabelOf(Stmt s) => s switch { For f => f.Label, Loop l => l.Label, Block b => b.Label, ChunkLoop c => c.Label, _ => null };

    /// What grows in the function that is inlined into.
    sealed class Context(Function f)
    {
        public readonly Names Names = new(f);
        public readonly List<ConstantData> Constants = [.. f.Constants];

        public Buffer Constant(ConstantData data)
        {
            foreach (var known in Constants)
                if (known.Buffer.Element == data.Buffer.Element && known.Bits.Equals(data.Bits)) return known.Buffer;
            var buffer = data.Buffer with { Name = Names.Fresh(data.Buffer.Name) };
            Constants.Add(data with { Buffer = buffer });
            return buffer;
        }
    }

    /// The functions of Reduce and Dispatch see the arrays around them, so their locals must not have those names, nor those of an
    /// element function's parameters and results, which become arrays.
    sealed class InnerNames(Function f) : Rewriter
    {
        readonly Names names = new(f);

        public override Stmt Rewrite(Stmt s) => base.Rewrite(s) switch
        {
            Reduce r => r with { Combine = Rewrite(r.Combine) },
            var other => other,
        };

        public override Function Rewrite(Function inner)
        {
            if (ReferenceEquals(inner, f)) return base.Rewrite(inner);
            var fresh = new Substitution();
            Local Fresh(Local local) => fresh.Locals.TryGetValue(local.Name, out var known) ? known : fresh.Locals[local.Name] = names.Fresh(local.Name, local.Type);
            var parameters = inner.Parameters.Map(p => p is ValueParameter v ? v with { Local = Fresh(v.Local) } : p);
            foreach (var s in inner.Body.Statements())
                foreach (var target in s.Assigns()) Fresh(target);
            return inner with { Parameters = parameters, Results = inner.Results.Map(Fresh), Body = fresh.Rewrite(inner.Body) };
        }
    }

    sealed class Returns(string label) : Rewriter
    {
        public override Stmt Rewrite(Stmt s) => s is Return ? new Leave(label) : base.Rewrite(s);
        public override Function Rewrite(Function f) => f;
    }
}
