using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

// What the language adds to C#: lane loops, reductions, ordered compaction, atomics.
partial class FunctionLowering
{
    int laneLoopHere; // lane loops of this method around the statement: return cannot leave them

    void LowerLaneLoop(IForEachLoopOperation op, IOperation collection)
    {
        if (kind == FunctionKind.Element) throw Fail(Krn.ElementLaneLoop, op.Collection);
        if (laneDepth > 0) throw Fail(Krn.NestedLaneLoop, op.Collection);
        hasLaneLoop = true;
        var range = Lower(collection);
        jumps[op.ExitLabel] = new("", Krn.BreakLaneLoop);
        var lane = Declare(LoopVariable(op), op).Slots[0].Local!;
        frozen.Add(lane);
        laneDepth++;
        laneLoopHere++;
        var body = LoopBody(op.Body, op.ContinueLabel);
        laneDepth--;
        laneLoopHere--;
        Emit(new LaneLoop(lane, ((ScalarAtom)range.Atoms[0]).Value, ((ScalarAtom)range.Atoms[1]).Value, body.ToSequence()));
    }

    void LowerChunks(IForEachLoopOperation op, IOperation collection)
    {
        if (kind == FunctionKind.Element) throw Fail(Krn.ElementLaneLoop, op.Collection);
        if (laneDepth > 0) throw Fail(Krn.NestedLaneLoop, op.Collection);
        var range = Lower(collection);
        var exit = jumps[op.ExitLabel] = new(Fresh("chunks"));
        var chunk = Declare(LoopVariable(op), op).Slots;
        foreach (var slot in chunk) frozen.Add(slot.Local!);
        var body = LoopBody(op.Body, op.ContinueLabel);
        Emit(new ChunkLoop(exit.Label, chunk[0].Local!, chunk[1].Local!, ((ScalarAtom)range.Atoms[0]).Value, ((ScalarAtom)range.Atoms[1]).Value, body.ToSequence()));
    }

    /// Lanes.*
    Value LowerLanes(IInvocationOperation op)
    {
        var type = types.Of(op.Type!);
        string name = op.TargetMethod.Name;
        switch (name)
        {
            case "Range" or "Chunks": return new(type, [.. Operands([.. op.Arguments.Select(a => a.Value)]).SelectMany(v => v.Atoms)]);
            case "Over":
                var span = (SpanAtom)Lower(op.Arguments[0].Value).Atoms[0];
                return new(type, [new ScalarAtom(Int(0)), new ScalarAtom(span.Length)]);
            case "Append": return Append(op);
        }
        if (kind == FunctionKind.Element) throw Fail(Krn.ElementLaneLoop, op);
        if (laneDepth > 0) throw Fail(Krn.NestedLaneLoop, op);
        if (name is "Any" or "All") return new(type, Make.Apply(name == "Any" ? Op.Any : Op.All, ScalarType.Bool, ScalarOf(op.Arguments[0].Value)));

        var operand = Unwrapped(op.Arguments[0].Value);
        var value = Lower(operand);
        if (value.Atoms.Any(a => a is not ScalarAtom { Value: Use })) throw Fail(Krn.ReductionOperand, operand);
        var values = value.Atoms.Select(a => ((Use)((ScalarAtom)a).Value).Local).ToSequence();
        var targets = values.Map(v => new Local(Fresh("reduced"), v.Type));
        var combine = name == "Reduce" ? Combine(op.Arguments[1].Value) : BuiltinCombine(name, values[0].Type, op);
        Emit(new Reduce(targets, values, combine));
        return new(type, [.. targets.Select(t => (Atom)new ScalarAtom(Frozen(t)))]);
    }

    static IOperation Unwrapped(IOperation op) => op switch
    {
        IConversionOperation { IsImplicit: true, Conversion.IsIdentity: true } c => Unwrapped(c.Operand),
        IParenthesizedOperation p => Unwrapped(p.Operand),
        _ => op,
    };

    Function BuiltinCombine(string name, ScalarType type, IOperation op)
    {
        Op o = name switch { "Sum" => Op.Add, "Min" => Op.Min, "Max" => Op.Max, _ => throw Fail(Krn.Construct, op, $"Lanes.{name}", "use Sum, Min, Max, Any, All, Reduce or Append") };
        var (a, b, r) = (new Local("a", type), new Local("b", type), new Local("r", type));
        return new($"Kernels.Lanes.{name}({type})", FunctionKind.Helper, [new ValueParameter(a, ParameterRole.Plain), new ValueParameter(b, ParameterRole.Plain)], [r], [],
            [new Assign(r, Make.Binary(o, new Use(a), new Use(b)))], new Schedule());
    }

    Function Combine(IOperation op)
    {
        while (op is IConversionOperation c) op = c.Operand;
        if (op is IDelegateCreationOperation d) op = d.Target;
        var target = op switch
        {
            IMethodReferenceOperation { Method: { IsStatic: true } m } r => Resolve(m, r.ConstrainedToType, op),
            IAnonymousFunctionOperation { Symbol: { } lambda } => lambda,
            _ => throw Fail(Krn.ReductionCombine, op),
        };
        if (target.Parameters.Length != 2) throw Fail(Krn.ReductionCombine, op);
        var inner = new List<Problem>();
        Function? f;
        if (target.MethodKind == MethodKind.AnonymousFunction)
        {
            f = new FunctionLowering(module, target, types, inner).RunLambda(((IAnonymousFunctionOperation)op).Body, $"{Keys.Of(method)}.{Fresh("combine")}");
            problems.AddRange(inner);
        }
        else
        {
            f = module.Function(target, out string key, out bool found, out bool recursive);
            if (!found) throw Fail(Krn.UnknownCall, op, key);
            if (recursive) throw Fail(Krn.Recursion, op, target.Name);
        }
        return f ?? throw new LanguageException();
    }

    /// A static lambda: parameters and types are those of the method around.
    FunctionLowering(Lowering module, IMethodSymbol lambda, Types types, List<Problem> problems)
    {
        (this.module, method, kind, this.problems, this.types) = (module, lambda, FunctionKind.Helper, problems, types);
        (names, data) = ([], []);
    }

    Function? RunLambda(IBlockOperation body, string name)
    {
        try
        {
            var parameters = new List<Parameter>();
            var results = new List<Local>();
            assigned = Assigned(body);
            foreach (var p in method.Parameters) DeclareParameter(p, parameters, results);
            foreach (var leaf in LayoutOf(method.ReturnType, body)) returned.Add(new(Fresh(Join("result", leaf.Path)), leaf.Held));
            Statement(body);
            var f = Finish(parameters, returned, null) with { Name = name };
            return problems.Count > 0 ? null : f;
        }
        catch (LanguageException) { return null; }
    }

    Value Append(IInvocationOperation op)
    {
        var arguments = op.Arguments.ToDictionary(a => a.Parameter!.Name, a => a.Value);
        var span = Lower(arguments["destination"]);
        if (span.Atoms[0] is not SpanAtom { Offset: Const { Bits: 0 }, Buffers.Count: 1 } s) throw Fail(Krn.AppendDestination, arguments["destination"]);
        if (PlaceOf(arguments["count"]) is not SlotPlace { Slots: [{ Local: { } count }] } || Unwrapped(arguments["count"]) is not ILocalReferenceOperation) throw Fail(Krn.AppendDestination, arguments["count"]);
        var value = ScalarOf(arguments["value"]);
        Emit(new Append(s.Buffers[0], count, Narrow(value, s.Buffers[0].Element)));
        return new(op.Type!, []);
    }

    /// Atomic.*
    Value LowerAtomic(IInvocationOperation op, bool used)
    {
        var location = op.Arguments[0].Value;
        if (PlaceOf(location) is not ElementPlace { Buffers.Count: 1 } place || types.Memory(place.Type) is not { } element || element.IsNarrow() || types.Held(place.Type) == ScalarType.Bool)
            throw Fail(Krn.AtomicOperand, location);
        if (!Enum.TryParse(op.TargetMethod.Name, out AtomicKind atomic)) throw Fail(Krn.Construct, op, $"Atomic.{op.TargetMethod.Name}", "use one of the listed operations");
        int start = code.Count;
        var values = Operands([.. op.Arguments.Skip(1).Select(a => a.Value)]);
        place = (ElementPlace)Protect(place, start);
        var old = used ? new Local(Fresh("old"), element) : null;
        Emit(new Atomic(old, atomic, place.Buffers[0], place.Index, values[0].Scalar, values.Length > 1 ? values[1].Scalar : null));
        return old is null ? new(op.Type!, []) : new(place.Type, Frozen(old));
    }
}
