using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Frontend;

/// One method to one Function. Expressions become pure IR expressions; what has an effect (calls, assignments inside expressions) is
/// emitted as statements before them, and what was read earlier is then saved from it (Protect). The other files of this class have a
/// subject each: Expressions, Operators, Conversions, Places, Statements, Loops, LaneConstructs, Calls, Structs, Intrinsics, Constants.
sealed partial class FunctionLowering
{
    readonly Lowering module;
    readonly Types types;
    readonly IMethodSymbol method;
    readonly FunctionKind kind;
    readonly List<Problem> problems;
    readonly HashSet<string> names;
    readonly HashSet<Local> frozen = [];
    readonly Dictionary<ISymbol, SlotPlace> variables = new(SymbolEqualityComparer.Default);
    readonly Dictionary<ISymbol, Place> aliases = new(SymbolEqualityComparer.Default);
    readonly Dictionary<ISymbol, ConstantData> constants = new(SymbolEqualityComparer.Default);
    readonly List<ConstantData> data;
    HashSet<ISymbol> assigned = new(SymbolEqualityComparer.Default);
    List<Stmt> code = [];
    SlotPlace? self;
    int laneDepth;
    bool hasLaneLoop;

    // What return does: assigns these and leaves.
    readonly List<Local> returned = [];
    string? exit;
    bool exitUsed;
    Value? spanResult;
    readonly bool inlined;

    public FunctionLowering(Lowering module, IMethodSymbol method, FunctionKind kind, List<Problem> problems)
    {
        (this.module, this.method, this.kind, this.problems) = (module, method, kind, problems);
        types = new(module.Compilation, Types.Bind(method));
        names = [];
        data = [];
    }

    /// A callee that returns a span is lowered in place: names and code are the caller's.
    FunctionLowering(FunctionLowering caller, IMethodSymbol method)
    {
        (module, this.method, kind, problems) = (caller.module, method, FunctionKind.Helper, caller.problems);
        types = new(module.Compilation, Types.Bind(method));
        (names, data, code, frozen, laneDepth, constants, inlined) = (caller.names, caller.data, caller.code, caller.frozen, caller.laneDepth, caller.constants, true);
    }

    public Function? Run(SpecSignature? signature)
    {
        var parameters = new List<Parameter>();
        var results = new List<Local>();
        var body = Body(method);
        if (body is not null) assigned = Assigned(body);
        DeclareSelf(parameters, results);
        foreach (var p in method.Parameters) DeclareParameter(p, parameters, results);
        if (!method.ReturnsVoid && method.MethodKind != MethodKind.Constructor) DeclareResults();
        results.InsertRange(0, returned); // the order of results: what is returned, this, ref and out parameters
        if (method.MethodKind == MethodKind.Constructor) LowerConstructor(body);
        else if (body is null) LowerSynthesized();
        else LowerBody(body);
        if (body is not null) LaneRules.Check(body, method, kind, problems, module);
        return Finish(parameters, results, signature);
    }

    Function Finish(List<Parameter> parameters, List<Local> results, SpecSignature? signature)
    {
        if (code.Count > 0 && code[code.Count - 1] is Return) code.RemoveAt(code.Count - 1);
        var body = exitUsed ? [new Block(exit!, code.ToSequence())] : code.ToSequence();
        var access = new BufferAccess(body, module);
        return new(Keys.Of(method), kind, parameters.Select(p => p is BufferParameter b ? b with { Access = access.Of(b.Buffer, b.Access) } : p).ToSequence(),
            results.ToSequence(), data.ToSequence(), body, Spec.ScheduleOf(method), signature);
    }

    /// The signature's function with results but no content.
    public Function? Stub(SpecSignature? signature)
    {
        try
        {
            var parameters = new List<Parameter>();
            var results = new List<Local>();
            DeclareSelf(parameters, results);
            foreach (var p in method.Parameters) DeclareParameter(p, parameters, results);
            if (!method.ReturnsVoid) DeclareResults();
            results.InsertRange(0, returned);
            foreach (var r in results) Emit(new Assign(r, Zero(r.Type)));
            return Finish(parameters, results, signature is null ? null : signature with { Specializations = [] });
        }
        catch (LanguageException) { return null; }
    }

    // ---- parameters ----

    void DeclareSelf(List<Parameter> parameters, List<Local> results)
    {
        if (method.IsStatic || method.MethodKind is MethodKind.LocalFunction or MethodKind.AnonymousFunction) return;
        var type = method.ContainingType;
        var leaves = LayoutOf(type, Where());
        bool constructor = method.MethodKind == MethodKind.Constructor, writes = constructor || !(method.IsReadOnly || type.IsReadOnly);
        var slots = new List<Slot>();
        foreach (var leaf in leaves)
        {
            string name = Join("this", leaf.Path);
            if (leaf.Kind != LeafKind.Scalar)
            {
                slots.Add(constructor ? new Slot(null) : DeclareBuffers(name, leaf, parameters, Access.ReadWrite, null));
                continue;
            }
            if (!writes) { slots.Add(new(DeclareScalar(name, leaf.Held, parameters))); continue; }
            var local = new Local(Fresh(name), leaf.Held);
            if (constructor) Emit(new Assign(local, Zero(leaf.Held)));
            else
            {
                var before = new Local(Fresh(name + ".in"), leaf.Held);
                parameters.Add(new ValueParameter(before, ParameterRole.Plain));
                Emit(new Assign(local, new Use(before)));
            }
            results.Add(local);
            slots.Add(new(local));
        }
        self = new(type, slots);
    }

    Local DeclareScalar(string name, ScalarType type, List<Parameter> parameters, ParameterRole role = ParameterRole.Plain)
    {
        var local = new Local(Fresh(name), type);
        parameters.Add(new ValueParameter(local, role));
        frozen.Add(local);
        return local;
    }

    void DeclareParameter(IParameterSymbol p, List<Parameter> parameters, List<Local> results)
    {
        var type = types.Of(p.Type);
        var leaves = LayoutOf(type, p.Locations.FirstOrDefault() ?? Where());
        if (kind != FunctionKind.Helper) CheckStruct(p, type, leaves);
        var slots = new List<Slot>();
        foreach (var leaf in leaves)
        {
            string name = Join(p.Name, leaf.Path);
            if (leaf.Kind != LeafKind.Scalar)
            {
                if (p.RefKind is RefKind.Ref or RefKind.Out) throw Fail(Krn.Parameter, p.Locations[0], p.Name, "is a span by reference; pass it by value");
                slots.Add(DeclareBuffers(name, leaf, parameters, Types.IsReadOnlySpan(leaf.Type) ? Access.Read : Access.ReadWrite, p));
                continue;
            }
            if (p.RefKind is RefKind.Ref or RefKind.Out)
            {
                // The local that is read and assigned is itself the result: it holds the value at every Return.
                Local? before = p.RefKind == RefKind.Ref ? DeclareScalar(name, leaf.Held, parameters) : null;
                var local = new Local(Fresh(before is null ? name : name + ".out"), leaf.Held);
                Emit(new Assign(local, before is null ? Zero(leaf.Held) : new Use(before)));
                results.Add(local);
                slots.Add(new(local));
            }
            else
            {
                var role = Spec.RoleOf(p, kind);
                var parameter = DeclareScalar(name, leaf.Held, parameters, role);
                if (!assigned.Contains(p)) { slots.Add(new(parameter)); continue; }
                var local = new Local(Fresh(name), leaf.Held);
                Emit(new Assign(local, new Use(parameter)));
                slots.Add(new(local));
            }
        }
        variables[p.OriginalDefinition] = new(type, slots);
    }

    /// What a struct must be for the generated code to take it apart.
    void CheckStruct(IParameterSymbol p, ITypeSymbol type, Leaf[] leaves)
    {
        if (types.Held(type) is not null || Types.IsSpan(type) || Types.IsView(type)) return;
        if (leaves.Any(l => l.Kind != LeafKind.Scalar)) throw Fail(Krn.Parameter, p.Locations[0], p.Name, "is a struct that contains a span; take the span as a parameter of its own");
        if (types.Packed(type) is not null) return;
        if (kind == FunctionKind.Element && !Spec.Has(p, "ConstAttribute")) throw Fail(Krn.Parameter, p.Locations[0], p.Name, "is a struct that is no array of one type in memory; use a struct of fields of one scalar type, or take the fields one by one");
        if (!types.IsReadable(type)) throw Fail(Krn.Parameter, p.Locations[0], p.Name, "is a struct with private fields; make them internal, or take them as parameters");
    }

    /// The results of a method, as locals; those of an element kernel become elements of an array.
    void DeclareResults()
    {
        var leaves = LayoutOf(method.ReturnType, Where());
        if (kind == FunctionKind.Element && types.Packed(method.ReturnType) is null)
        {
            var syntax = method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as MethodDeclarationSyntax;
            throw Fail(Krn.SpecShape, syntax?.ReturnType.GetLocation() ?? Where(), "element kernel", "returns what is an array of one type in memory; use a struct of fields of one scalar type, or out parameters");
        }
        foreach (var leaf in leaves) returned.Add(new(Fresh(Join("result", leaf.Path)), leaf.Held));
    }

    Slot DeclareBuffers(string name, Leaf leaf, List<Parameter> parameters, Access access, IParameterSymbol? p)
    {
        var element = types.Element(leaf.Type);
        var elements = LayoutOf(element, p?.Locations.FirstOrDefault() ?? Where());
        if (elements.Length == 0) throw Fail(Krn.Parameter, p?.Locations[0] ?? Where(), p?.Name ?? name, "is a span of structs without fields; take its length as an int");
        if (kind != FunctionKind.Helper && elements.Length != 1)
            throw Fail(Krn.Parameter, p?.Locations[0] ?? Where(), p?.Name ?? name, $"is a span of structs; take a span of {elements[0].Type.ToDisplayString()} and index it by {elements.Length}*i + k");
        bool view = leaf.Kind == LeafKind.View && kind != FunctionKind.Helper;
        var buffers = new List<Buffer>();
        foreach (var e in elements)
        {
            var buffer = new Buffer(Fresh(Join(name, e.Path)), types.Memory(e.Type)!.Value, Storage.Parameter);
            names.Add(buffer.Name + ".Length");
            buffers.Add(buffer);
            parameters.Add(new BufferParameter(buffer, access, p is null ? null : Spec.InPlaceOf(p, problems), p is not null && Spec.Has(p, "TrustedAttribute"), view));
        }
        string first = buffers[0].Name;
        if (leaf.Kind == LeafKind.Span)
            return new(null) { Bound = new SpanAtom(buffers.ToSequence(), Int(0), Frozen(new($"{first}.Length", ScalarType.I32))) };
        Expr Part(string part, ScalarType t) => view ? Frozen(new($"{first}.{part}", t)) : new Use(DeclareScalar($"{name}.{part}", t, parameters));
        return new(null) { Bound = new ViewAtom(buffers.ToSequence(), Int(0, ScalarType.I64), Part("Rows", ScalarType.I32), Part("Columns", ScalarType.I32), Part("Stride", ScalarType.I64)) };
    }

    Expr Frozen(Local local)
    {
        frozen.Add(local);
        return new Use(local);
    }

    // ---- names, code ----

    string Fresh(string stem)
    {
        if (names.Add(stem)) return stem;
        for (int k = 1; ; k++)
            if (names.Add($"{stem}_{k}")) return $"{stem}_{k}";
    }

    static string Join(string name, string path) => name + path;

    void Emit(Stmt s) => code.Add(s);

    /// Statements that a lowering emits, apart.
    List<Stmt> Aside(Action lower)
    {
        var outer = code;
        code = [];
        try
        {
            lower();
            return code;
        }
        finally { code = outer; }
    }

    Expr Temp(Expr value, string stem = "t")
    {
        var local = new Local(Fresh(stem), value.Type);
        Emit(new Assign(local, value));
        return Frozen(local);
    }

    /// An expression that may stand twice: constants and locals that never change as they are, everything else in a new local.
    Expr Stable(Expr value, string stem = "t") => value is Const || value is Use u && frozen.Contains(u.Local) ? value : Temp(value, stem);

    /// The same, for a value that is used at once: a plain local need not be copied.
    Expr Once(Expr value) => value is Const or Use ? value : Temp(value);

    /// A value read before the statements from `start` on ran: what they change is saved in front of them.
    Value Protect(Value value, int start)
    {
        if (code.Count == start) return value;
        var effects = new Effects(code, start);
        return value.Map(e =>
        {
            if (!effects.Disturb(e)) return e;
            var local = new Local(Fresh("t"), e.Type);
            code.Insert(start++, new Assign(local, e));
            return Frozen(local);
        });
    }

    Expr Protect(Expr e, int start) => Protect(new Value(method.ContainingType, e), start).Scalar;

    Place Protect(Place place, int start) => place is ElementPlace e ? new ElementPlace(e.Type, e.Buffers, Protect(e.Index, start)) : place;

    /// Values in order of evaluation.
    Value[] Operands(IReadOnlyList<IOperation> operations)
    {
        var values = new Value[operations.Count];
        for (int k = 0; k < values.Length; k++)
        {
            int start = code.Count;
            values[k] = Lower(operations[k]);
            for (int j = 0; j < k; j++) { int before = code.Count; values[j] = Protect(values[j], start); start += code.Count - before; }
        }
        return values;
    }

    (Expr, Expr) Pair(IOperation a, IOperation b)
    {
        var v = Operands([a, b]);
        return (v[0].Scalar, v[1].Scalar);
    }

    // ---- errors ----

    Location Where() => method.Locations.FirstOrDefault() ?? Location.None;

    LanguageException Fail(DiagnosticDescriptor krn, Location where, params string[] arguments)
    {
        Report(krn, where, arguments);
        return new();
    }

    LanguageException Fail(DiagnosticDescriptor krn, IOperation where, params string[] arguments) => Fail(krn, where.Syntax.GetLocation(), arguments);

    void Report(DiagnosticDescriptor krn, Location where, params string[] arguments) => problems.Add(new(krn, where, new(arguments)));

    Leaf[] LayoutOf(ITypeSymbol type, Location where)
    {
        if (types.Layout(type) is { } layout) return layout;
        var t = types.Of(type);
        if (t.SpecialType is SpecialType.System_String or SpecialType.System_Char) throw Fail(Krn.Text, where);
        if (t.TypeKind == TypeKind.Delegate) throw Fail(Krn.Delegate, where);
        throw Fail(Krn.Type, where, t.ToDisplayString());
    }

    Leaf[] LayoutOf(ITypeSymbol type, IOperation where) => LayoutOf(type, where.Syntax.GetLocation());

    // ---- constants ----

    static Expr Int(long value, ScalarType type = ScalarType.I32) => Make.Int(value, type);
    static Expr Zero(ScalarType type) => new Const(type, 0);

    // ---- bodies ----

    /// The operation of a method's body; null if the compiler writes it.
    IOperation? Body(IMethodSymbol m)
    {
        foreach (var reference in m.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax();
            if (syntax is TypeDeclarationSyntax or ParameterSyntax) return null;
            var operation = module.Model(syntax.SyntaxTree).GetOperation(syntax);
            switch (operation)
            {
                case IMethodBodyOperation b when (b.BlockBody ?? b.ExpressionBody) is { } block: return block;
                case IConstructorBodyOperation c: return c;
                case ILocalFunctionOperation l when l.Body is { } block: return block;
                case IBlockOperation block: return block;
                case IAnonymousFunctionOperation a: return a.Body;
            }
        }
        return null;
    }

    void LowerBody(IOperation body)
    {
        if (kind == FunctionKind.Kernel) exit = Fresh("exit");
        Statement(body);
    }

    /// Locals and parameters that a body assigns after their declaration.
    static HashSet<ISymbol> Assigned(IOperation body)
    {
        var found = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var op in body.DescendantsAndSelf())
        {
            switch (op)
            {
                case IAssignmentOperation a: Add(a.Target); break;
                case IIncrementOrDecrementOperation i: Add(i.Target); break;
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } a: Add(a.Value); break;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } } v: Add(v.Value); break;
                case IInvocationOperation { Instance: { } instance, TargetMethod.IsReadOnly: false } when instance.Type is { IsReadOnly: false }: Add(instance); break;
            }
        }
        return found;

        void Add(IOperation target)
        {
            switch (target)
            {
                case ILocalReferenceOperation l: found.Add(l.Local); break;
                case IParameterReferenceOperation p: found.Add(p.Parameter.OriginalDefinition); break;
                case IFieldReferenceOperation { Instance: { } f }: Add(f); break;
                case IPropertyReferenceOperation { Instance: { } i, Property.ReturnsByRef: false }: Add(i); break;
                case ITupleOperation t: foreach (var e in t.Elements) Add(e); break;
                case IDeclarationExpressionOperation d: Add(d.Expression); break;
                case IParenthesizedOperation p: Add(p.Operand); break;
                case IConversionOperation c: Add(c.Operand); break;
            }
        }
    }
}
