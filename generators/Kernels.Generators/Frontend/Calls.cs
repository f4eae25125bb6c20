using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

partial class FunctionLowering
{
    Value Lower(IInvocationOperation op) => Invoke(op, used: true);

    Value Invoke(IInvocationOperation op, bool used)
    {
        var m = op.TargetMethod;
        if (m.MethodKind == MethodKind.DelegateInvoke) throw Fail(Krn.Delegate, op);
        var type = m.ContainingType;
        if (Types.Is(type, "Kernels", "Lanes")) return LowerLanes(op);
        if (Types.Is(type, "Kernels", "Atomic")) return LowerAtomic(op, used);
        if (Types.IsSpan(types.Of(type)) || Types.IsView(types.Of(type))) return SpanMethod(op);
        if (Types.Is(type, "System", "MemoryExtensions")) return SpanMethod(op);
        if (op.Instance is not null && !m.IsStatic && op.Instance.Type is { IsReferenceType: true }) throw Fail(Krn.Virtual, op, m.Name);
        if (m.IsStatic && Intrinsic(m, op.ConstrainedToType, op) is { } value) return value;

        var target = Resolve(m, op.ConstrainedToType ?? (op.Instance?.Type is ITypeParameterSymbol p ? p : null), op);
        foreach (var a in op.Arguments)
            if (a.ArgumentKind == ArgumentKind.ParamArray || a.ArgumentKind == ArgumentKind.ParamCollection) throw Fail(Krn.Heap, a, a.Syntax.ToString());
        if (IsCompact(target)) return Dispatch(target, op);

        // Everything that C# evaluates before the call, in order: the receiver, then the arguments.
        Place? receiver = null;
        Value? instance = null;
        if (op.Instance is not null)
        {
            if (IsPlace(op.Instance) && !(target.IsReadOnly || target.ContainingType.IsReadOnly)) receiver = StablePlace(PlaceOf(op.Instance));
            else instance = Lower(op.Instance);
        }
        var places = new Place?[op.Arguments.Length];
        var values = new Value?[op.Arguments.Length];
        for (int k = 0; k < places.Length; k++)
        {
            var a = op.Arguments[k];
            int start = code.Count;
            if (a.Parameter!.RefKind is RefKind.Ref or RefKind.Out)
            {
                places[k] = StablePlace(PlaceOf(a.Value));
                if (a.Parameter.RefKind == RefKind.Ref) values[k] = Read(places[k]!, a);
            }
            else values[k] = Lower(a.Value);
            if (code.Count == start) continue;
            for (int j = 0; j < k; j++)
            {
                int before = code.Count;
                if (values[j] is { } v && places[j] is null) values[j] = Protect(v, start);
                start += code.Count - before;
            }
            if (instance is not null) instance = Protect(instance, start);
        }
        return CallMethod(target, receiver, instance, [.. op.Arguments.Select((a, k) => (a.Parameter!.Ordinal, places[k], values[k]))], op);
    }

    Value CallMethod(IMethodSymbol target, Place? receiver, Value? instance, List<(int Ordinal, Place? Place, Value? Value)> arguments, IOperation op)
    {
        arguments.Sort((a, b) => a.Ordinal.CompareTo(b.Ordinal));
        instance ??= receiver is null ? null : Read(receiver, op);
        var given = new List<Value>();
        if (instance is not null) given.Add(instance);
        var references = new List<Place>();
        bool writesThis = instance is not null && !(target.IsReadOnly || target.ContainingType.IsReadOnly);
        if (writesThis) references.Add(receiver ?? new DiscardPlace(instance!.Type));
        foreach (var (ordinal, place, value) in arguments)
        {
            if (value is not null) given.Add(target.Parameters[ordinal].RefKind is RefKind.None ? value.As(target.Parameters[ordinal].Type) : value);
            if (place is not null) references.Add(place);
        }
        bool returnsSpan = !target.ReturnsVoid && LayoutOf(target.ReturnType, op).Any(l => l.Kind != LeafKind.Scalar);
        if (returnsSpan) return InPlace(target, given, op);
        if (target.ReturnsByRef || target.ReturnsByRefReadonly) throw Fail(Krn.Construct, op, "A method that returns a reference", "return an index");

        var results = CallFunction(target, given, op);
        int at = target.ReturnsVoid ? 0 : LayoutOf(target.ReturnType, op).Length;
        var result = new Value(types.Of(target.ReturnType), [.. results.Take(at).Select(l => (Atom)new ScalarAtom(new Use(l)))]);
        foreach (var place in references)
        {
            int count = LayoutOf(place.Type, op).Count(l => l.Kind == LeafKind.Scalar);
            if (place is not DiscardPlace)
            {
                var slice = results.Skip(at).Take(count).ToList();
                if (place is SlotPlace s) // spans among the fields stay what they are
                {
                    int k = 0;
                    foreach (var slot in s.Slots) if (slot.Local is not null) Emit(new Assign(slot.Local, new Use(slice[k++])));
                }
                else Assign(place, new Value(place.Type, [.. slice.Select(l => (Atom)new ScalarAtom(new Use(l)))]), op);
            }
            at += count;
        }
        return result;
    }

    Value CallValues(IMethodSymbol target, IReadOnlyList<Value> values, IOperation op)
    {
        if (target.IsStatic && IntrinsicOperator(target, values) is { } intrinsic) return intrinsic;
        if (LayoutOf(target.ReturnType, op).Any(l => l.Kind != LeafKind.Scalar)) return InPlace(target, values, op);
        var results = CallFunction(target, values, op);
        return new(types.Of(target.ReturnType), [.. results.Take(LayoutOf(target.ReturnType, op).Length).Select(l => (Atom)new ScalarAtom(new Use(l)))]);
    }

    void CallInstance(IMethodSymbol target, Place receiver, IReadOnlyList<Value> values, IOperation op) =>
        CallMethod(target, receiver, null, [.. values.Select((v, k) => (k, (Place?)null, (Value?)v))], op);

    /// Emits the call; its results in the callee's order.
    List<Local> CallFunction(IMethodSymbol target, IReadOnlyList<Value> given, IOperation op)
    {
        var f = Callee(target, op);
        if (laneDepth > 0 && module.ContainsLaneLoop(f)) throw Fail(Krn.NestedLaneLoop, op);
        if (kind == FunctionKind.Element && module.ContainsLaneLoop(f)) throw Fail(Krn.ElementLaneLoop, op);
        var values = new List<Expr>();
        var slices = new List<Slice>();
        var appended = module.Appended(f);
        var buffers = f.Parameters.OfType<BufferParameter>().ToList();
        foreach (var (value, atom) in given.SelectMany((v, k) => v.Atoms.Select(a => (k, a))))
        {
            if (atom is SpanAtom { Offset: not Const { Bits: 0 } } && appended.Contains(buffers[slices.Count].Buffer.Name))
                throw Fail(Krn.AppendDestination, op is IInvocationOperation { Instance: null } i ? i.Arguments.First(a => a.Parameter!.Ordinal == value).Value : op);
            switch (atom)
            {
                case ScalarAtom s: values.Add(s.Value); break;
                case SpanAtom s:
                    var length = s.Buffers.Count > 1 ? Once(s.Length) : s.Length;
                    foreach (var b in s.Buffers) slices.Add(new(b, s.Offset, length));
                    break;
                case ViewAtom v:
                    foreach (var b in v.Buffers) slices.Add(new(b, v.Offset, Int(int.MaxValue)));
                    values.AddRange([v.Rows, v.Columns, v.Stride]);
                    break;
            }
        }
        var results = f.Results.Map(r => new Local(Fresh(StemOf(target) + r.Name.Substring(Math.Max(0, r.Name.IndexOf('.')))), r.Type));
        if (!f.Results.Any(r => r.Name.Contains('.'))) results = f.Results.Map(r => new Local(Fresh(StemOf(target)), r.Type));
        foreach (var r in results) frozen.Add(r);
        Emit(new Call(results, f.Name, values.ToSequence(), slices.ToSequence()));
        return [.. results];
    }

    static string StemOf(IMethodSymbol m)
    {
        string name = m.MethodKind == MethodKind.Constructor ? m.ContainingType.Name : m.Name.StartsWith("op_", StringComparison.Ordinal) || m.Name.StartsWith("get_", StringComparison.Ordinal) ? m.Name.Substring(m.Name.IndexOf('_') + 1) : m.Name;
        return char.ToLowerInvariant(name[0]) + name.Substring(1);
    }

    Function Callee(IMethodSymbol target, IOperation op)
    {
        if (target.IsAbstract || target.IsVirtual && target.ContainingType.TypeKind == TypeKind.Interface && !target.IsStatic) throw Fail(Krn.Virtual, op, target.Name);
        var f = module.Function(target, out string key, out bool found, out bool recursive);
        // Recursion on a [Const] argument ends when calls are inlined, as the bodies are folded. Its own shape is all that is known here.
        if (recursive) return target.Parameters.Any(p => Spec.Has(p, "ConstAttribute")) && new FunctionLowering(module, target, FunctionKind.Helper, problems).Stub(null) is { } shape ? shape : throw Fail(Krn.Recursion, op, target.Name);
        if (!found) throw Fail(Krn.UnknownCall, op, key);
        if (f is null) module.Inherit(key, problems);
        return f ?? throw new LanguageException();
    }

    /// A method that returns a span: its code in the caller's, as spans are names for parts of arrays.
    Value InPlace(IMethodSymbol target, IReadOnlyList<Value> given, IOperation op)
    {
        var inner = new FunctionLowering(this, target);
        if (inner.Body(target) is not { } body) return target.MethodKind == MethodKind.Constructor ? throw Fail(Krn.UnknownCall, op, Keys.Of(target)) : throw Fail(Krn.UnknownCall, op, Keys.Of(target));
        inner.assigned = Assigned(body);
        int at = 0;
        if (!target.IsStatic) inner.self = Bind(given[at++], "this");
        foreach (var p in target.Parameters) inner.variables[p.OriginalDefinition] = Bind(given[at++], p.Name);
        inner.code = code;
        inner.Statement(body);
        return inner.spanResult ?? throw new LanguageException();

        SlotPlace Bind(Value value, string name) => new(value.Type, [.. value.Atoms.Select(a =>
        {
            if (a is not ScalarAtom s) return new Slot(null) { Bound = Named(a, name, false) };
            var local = new Local(Fresh(name), s.Value.Type);
            Emit(new Assign(local, s.Value));
            return new Slot(local);
        })]);
    }

    // ---- which method ----

    /// The method that runs: type arguments bound, static abstract members resolved to the concrete type's.
    IMethodSymbol Resolve(IMethodSymbol m, ITypeSymbol? constrained, IOperation op)
    {
        if (m.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction)
            return m.TypeArguments.Length == 0 ? m : m.OriginalDefinition.Construct([.. m.TypeArguments.Select(types.Of)]);
        var container = (INamedTypeSymbol)types.Of(m.ContainingType);
        var member = Member(m, container);
        if (member.TypeArguments.Length > 0) member = member.OriginalDefinition is var d && Types.Same(d.ContainingType, container) ? d.Construct([.. m.TypeArguments.Select(types.Of)]) : member.ConstructedFrom.Construct([.. m.TypeArguments.Select(types.Of)]);
        if (container.TypeKind != TypeKind.Interface) return member;
        var concrete = constrained is null ? null : types.Of(constrained);
        if (concrete is not INamedTypeSymbol { TypeKind: TypeKind.Struct } named) throw Fail(Krn.Virtual, op, m.Name);
        var found = named.FindImplementationForInterfaceMember(member.ConstructedFrom) as IMethodSymbol ?? throw Fail(Krn.Virtual, op, m.Name);
        return found.TypeParameters.Length > 0 ? found.Construct([.. member.TypeArguments]) : found;
    }

    /// The same method in the container with bound type arguments.
    static IMethodSymbol Member(IMethodSymbol m, INamedTypeSymbol container)
    {
        if (Types.Same(m.ContainingType, container)) return m;
        foreach (var candidate in container.GetMembers(m.Name))
            if (candidate is IMethodSymbol c && SymbolEqualityComparer.Default.Equals(c.OriginalDefinition, m.OriginalDefinition)) return c;
        return m;
    }

    // ---- [Compact] ----

    static bool IsCompact(IMethodSymbol m) => Spec.Has(m, "CompactAttribute");

    Value Dispatch(IMethodSymbol target, IInvocationOperation op)
    {
        var values = Operands([.. op.Arguments.OrderBy(a => a.Parameter!.Ordinal).Select(a => a.Value)]);
        if (op.Arguments.Any(a => a.Parameter!.RefKind is RefKind.Ref or RefKind.Out) || target.ReturnsVoid || !target.IsStatic) throw Fail(Krn.CompactShape, op);
        if (values.Skip(1).Any(v => v.HasSpans)) throw Fail(Krn.CompactShape, op);
        var cases = module.Cases(target, problems, op.Syntax.GetLocation());
        if (cases is null) throw new LanguageException();
        var results = cases.Value[0].Results.Map(r => new Local(Fresh(StemOf(target)), r.Type));
        foreach (var r in results) frozen.Add(r);
        Emit(new Dispatch(results, values[0].Scalar, values.Skip(1).SelectMany(v => v.Atoms).Select(a => ((ScalarAtom)a).Value).ToSequence(), cases.Value));
        return new(types.Of(target.ReturnType), [.. results.Select(l => (Atom)new ScalarAtom(new Use(l)))]);
    }

    /// The case bodies of a [Compact] method by region number, the default last; null if it has another shape.
    public Sequence<Function>? RunCases()
    {
        var body = Body(method);
        if (body is IBlockOperation { Operations: [var only] }) body = only;
        if (method.Parameters.Length == 0 || method.Parameters[0].Type.SpecialType != SpecialType.System_Int32) return null;
        var bodies = new SortedDictionary<int, Func<FunctionLowering, Action>>();
        Func<FunctionLowering, Action>? otherwise = null;
        bool OnRegion(IOperation value) => Unwrapped(value) is IParameterReferenceOperation p && p.Parameter.Ordinal == 0;
        switch (body)
        {
            case ISwitchOperation s when OnRegion(s.Value):
                foreach (var section in s.Cases)
                    foreach (var clause in section.Clauses)
                    {
                        var statements = SectionBody(section, s.ExitLabel);
                        Func<FunctionLowering, Action> lower = f => () => f.Statements(statements);
                        if (clause is IDefaultCaseClauseOperation) otherwise = lower;
                        else if (clause is ISingleValueCaseClauseOperation { Value.ConstantValue: { HasValue: true, Value: int k } }) bodies[k] = lower;
                        else return null;
                    }
                break;
            case IReturnOperation { ReturnedValue: { } returnedValue } when Unwrapped(returnedValue) is ISwitchExpressionOperation s && OnRegion(s.Value):
                foreach (var arm in s.Arms)
                {
                    Func<FunctionLowering, Action> lower = f => () => f.AssignResults(f.Lower(arm.Value));
                    if (arm.Guard is not null) return null;
                    if (arm.Pattern is IDiscardPatternOperation) otherwise = lower;
                    else if (arm.Pattern is IConstantPatternOperation { Value.ConstantValue: { HasValue: true, Value: int k } }) bodies[k] = lower;
                    else return null;
                }
                break;
            default: return null;
        }
        int last = bodies.Count == 0 ? -1 : bodies.Keys.Max();
        if (otherwise is null || bodies.Count == 0 || bodies.Keys.Min() < 0 || last > 63) return null;
        var cases = new List<Function>();
        for (int k = 0; k <= last + 1; k++)
        {
            var lower = bodies.TryGetValue(k, out var b) ? b : otherwise;
            var f = new FunctionLowering(module, method, FunctionKind.Helper, problems).RunCase(lower, $"{Keys.Of(method)}.case{k}");
            if (f is not null) cases.Add(f);
        }
        return cases.Count == last + 2 ? cases.ToSequence() : null;
    }

    void AssignResults(Value value)
    {
        for (int k = 0; k < returned.Count; k++) Emit(new Assign(returned[k], ((ScalarAtom)value.Atoms[k]).Value));
    }

    Function? RunCase(Func<FunctionLowering, Action> body, string name)
    {
        try
        {
            var parameters = new List<Parameter>();
            var results = new List<Local>();
            if (Body(method) is { } whole) assigned = Assigned(whole);
            foreach (var p in method.Parameters.Skip(1)) DeclareParameter(p, parameters, results);
            foreach (var leaf in LayoutOf(method.ReturnType, Where())) returned.Add(new(Fresh(Join("result", leaf.Path)), leaf.Held));
            body(this)();
            return Finish(parameters, returned, null) with { Name = name };
        }
        catch (LanguageException) { return null; }
    }
}
