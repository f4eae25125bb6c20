using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

// Construction of structs, their properties, `with`; the members that the C# compiler writes.
partial class FunctionLowering
{
    Value Lower(IObjectCreationOperation op)
    {
        var type = types.Of(op.Type!);
        if (Types.Is(type, "Kernels", "Scratch")) return Scratch(op, type, null);
        if (type.IsReferenceType) throw Fail(type.TypeKind == TypeKind.Delegate ? Krn.Delegate : Krn.Heap, op, op.Syntax.ToString());
        if (Types.IsSpan(type) || Types.IsView(type)) throw Fail(Krn.SpanBinding, op, "make one by stackalloc, Scratch<T>, or as a part of another");
        if (Types.Is(type, "Kernels", "BFloat16") || types.Held(type) is not null && op.Arguments.Length > 0) throw Fail(Krn.HalfArithmetic, op, type.Name);
        Value value;
        var constructor = op.Constructor!;
        if (op.Arguments.Length == 0 && constructor.IsImplicitlyDeclared) value = Default(type, op);
        else if (type is INamedTypeSymbol { IsTupleType: true }) value = new(type, [.. Operands([.. op.Arguments.Select(a => a.Value)]).SelectMany(v => v.Atoms)]);
        else
        {
            var arguments = op.Arguments.OrderBy(a => a.Parameter!.Ordinal).ToList();
            foreach (var a in op.Arguments)
                if (a.Parameter!.RefKind is RefKind.Ref or RefKind.Out) throw Fail(Krn.Construct, a, "A reference given to a constructor", "pass values");
            var values = Operands([.. op.Arguments.Select(a => a.Value)]);
            var ordered = arguments.Select(a => values[op.Arguments.IndexOf(a)]).ToList();
            var target = Resolve(constructor, null, op);
            value = LayoutOf(type, op).Any(l => l.Kind != LeafKind.Scalar) ? ConstructInPlace(target, ordered, op)
                : new(type, [.. CallFunction(target, ordered, op).Select(l => (Atom)new ScalarAtom(new Use(l)))]);
        }
        return op.Initializer is null ? value : Initialize(value, op.Initializer);
    }

    /// A struct that holds spans: constructed in the caller's code, where the spans are known.
    Value ConstructInPlace(IMethodSymbol target, IReadOnlyList<Value> given, IOperation op)
    {
        var inner = new FunctionLowering(this, target) { code = code };
        var body = inner.Body(target);
        if (body is not null) inner.assigned = Assigned(body);
        inner.DeclareSelf([], []);
        for (int k = 0; k < given.Count; k++)
            inner.variables[target.Parameters[k].OriginalDefinition] = new(given[k].Type, [.. given[k].Atoms.Select(a => a is ScalarAtom s ? new Slot(((Use)Temp(s.Value)).Local) : new Slot(null) { Bound = Named(a, target.Parameters[k].Name, false) })]);
        inner.LowerConstructor(body);
        if (inner.self!.Slots.Any(s => s.Local is null && s.Bound is null)) throw Fail(Krn.SpanBinding, op, "the constructor gives every one its array");
        return inner.self.Value;
    }

    Value Initialize(Value value, IObjectOrCollectionInitializerOperation initializer)
    {
        var (outer, place) = (constructed, new SlotPlace(value.Type, [.. value.Atoms.Select(a => a is ScalarAtom s ? new Slot(new Local(Fresh("new"), s.Value.Type)) : new Slot(null) { Bound = a })]));
        for (int k = 0; k < place.Slots.Count; k++) if (place.Slots[k].Local is { } l) Emit(new Assign(l, ((ScalarAtom)value.Atoms[k]).Value));
        foreach (var member in initializer.Initializers)
        {
            constructed = place;
            try
            {
                if (member is ISimpleAssignmentOperation a)
                {
                    var target = PlaceOf(a.Target);
                    constructed = outer; // the values do not see the object
                    Assign(target, Lower(a.Value), a);
                }
                else throw Fail(Krn.Construct, member, "This initialiser", "assign members one by one");
            }
            finally { constructed = outer; }
        }
        return place.Value;
    }

    Value Lower(IWithOperation op)
    {
        var value = Lower(op.Operand);
        return op.Initializer is null ? value : Initialize(value, op.Initializer);
    }

    Value LowerProperty(IPropertyReferenceOperation op)
    {
        var p = op.Property;
        if (p.IsStatic) return StaticProperty(op);
        var type = types.Of(op.Instance!.Type!);
        if (types.Of(p.ContainingType) is var container && (Types.IsSpan(container) || Types.IsView(container))) return SpanProperty(op);
        if (type.TypeKind == TypeKind.Array) return SpanProperty(op);
        if (type.IsReferenceType) throw Fail(Krn.Virtual, op, p.Name);
        if (Types.IsRange(type) || type is INamedTypeSymbol { IsTupleType: true } || types.IsAuto(p)) return FieldOf(Lower(op.Instance), p.Name, op);
        var getter = Resolve(p.GetMethod!, op.Instance.Type, op);
        var place = IsPlace(op.Instance) ? PlaceOf(op.Instance) : null;
        var values = Operands([.. (place is null ? [op.Instance] : Array.Empty<IOperation>()), .. op.Arguments.Select(a => a.Value)]);
        return CallMethod(getter, place, place is null ? values[0] : null, [.. values.Skip(place is null ? 1 : 0).Select((v, k) => (k, (Place?)null, (Value?)v))], op);
    }

    // ---- constructors ----

    void LowerConstructor(IOperation? body)
    {
        var type = method.ContainingType;
        var syntax = method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        bool primary = syntax is TypeDeclarationSyntax;
        var initializer = (body as IConstructorBodyOperation)?.Initializer;
        while (initializer is IExpressionStatementOperation e) initializer = e.Operation;
        if (primary)
        {
            foreach (var p in method.Parameters)
                if (types.FieldRange(type, p.Name) is not null && (type.IsRecord || !DeclaresMember(type, p.Name)))
                    Assign(FieldOf(self!, p.Name, null!), variables[p.OriginalDefinition].Value, null!);
        }
        if (initializer is IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Constructor } other } call && !other.IsImplicitlyDeclared)
        {
            var values = Operands([.. call.Arguments.OrderBy(a => a.Parameter!.Ordinal).Select(a => a.Value)]);
            var results = CallFunction(Resolve(other, null, call), values, call);
            Assign(self!, new Value(type, [.. results.Select(l => (Atom)new ScalarAtom(new Use(l)))]), call);
        }
        else MemberInitializers(type);
        if (body is IConstructorBodyOperation c)
        {
            if (c.BlockBody is not null) Statement(c.BlockBody);
            if (c.ExpressionBody is not null) Statement(c.ExpressionBody);
        }
    }

    static bool DeclaresMember(INamedTypeSymbol type, string name) => type.GetMembers(name).Length > 0;

    void MemberInitializers(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is not TypeDeclarationSyntax declaration) continue;
            foreach (var member in declaration.Members)
            {
                if (member.Modifiers.Any(m => m.ValueText is "static" or "const")) continue;
                if (member is FieldDeclarationSyntax f)
                {
                    foreach (var v in f.Declaration.Variables)
                        if (v.Initializer is not null) Set(v.Identifier.ValueText, v.Initializer);
                }
                else if (member is PropertyDeclarationSyntax { Initializer: { } init } p) Set(p.Identifier.ValueText, init);
            }
        }

        void Set(string name, EqualsValueClauseSyntax syntax)
        {
            if (module.Model(syntax.SyntaxTree).GetOperation(syntax) is not ISymbolInitializerOperation { Value: { } value }) return;
            try { Assign(FieldOf(self!, name, value), Lower(value), value); }
            catch (LanguageException) { }
        }
    }

    /// Members without a body in C#: accessors of automatic properties.
    void LowerSynthesized()
    {
        if (method.AssociatedSymbol is IPropertySymbol p && self is not null && types.FieldRange(self.Type, p.Name) is var (start, count, type))
        {
            if (method.MethodKind == MethodKind.PropertyGet)
                for (int k = 0; k < count; k++) Emit(new Assign(returned[k], new Use(self.Slots[start + k].Local!)));
            else
                Assign(new SlotPlace(type, [.. self.Slots.Skip(start).Take(count)]), variables[method.Parameters[0].OriginalDefinition].Value, null!);
            return;
        }
        throw Fail(Krn.UnknownCall, Where(), Keys.Of(method));
    }
}
