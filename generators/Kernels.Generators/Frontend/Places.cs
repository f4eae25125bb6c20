using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

partial class FunctionLowering
{
    // Initialisers and `with` assign to the members of a value under construction.
    SlotPlace? constructed;

    /// Reads of what could be assigned to, and of properties and table fields.
    Value LowerReference(IOperation op)
    {
        switch (op)
        {
            case IPropertyReferenceOperation p when !IsElement(p): return LowerProperty(p);
            case IImplicitIndexerReferenceOperation i when i.Argument.Type?.Name == "Range": return Slice(i);
            case IFieldReferenceOperation { Field.IsStatic: true } f: return StaticField(f);
            case IFieldReferenceOperation { Instance: { } instance } f when !IsPlace(instance): return FieldOf(Lower(instance), Types.FieldName(f.Field), f);
            default: return Read(PlaceOf(op), op);
        }
    }

    bool IsElement(IPropertyReferenceOperation p) => p.Property.IsIndexer && p.Instance?.Type is { } t && (Types.IsSpan(types.Of(t)) || Types.IsView(types.Of(t)));

    bool IsPlace(IOperation op) => op switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation or IInstanceReferenceOperation => true,
        IFieldReferenceOperation { Field.IsStatic: false, Instance: { } i } => IsPlace(i),
        IPropertyReferenceOperation p => IsElement(p) || p.Instance is not null && !p.Property.IsIndexer && types.IsAuto(p.Property) && IsPlace(p.Instance),
        IArrayElementReferenceOperation => true,
        IParenthesizedOperation p => IsPlace(p.Operand),
        _ => false,
    };

    Place PlaceOf(IOperation op)
    {
        switch (op)
        {
            case IParenthesizedOperation p: return PlaceOf(p.Operand);
            case ILocalReferenceOperation l:
                if (aliases.TryGetValue(l.Local, out var alias)) return alias;
                if (l.IsDeclaration && !variables.ContainsKey(l.Local)) return Declare(l.Local, op);
                if (variables.TryGetValue(l.Local, out var variable)) return variable;
                if (!SymbolEqualityComparer.Default.Equals(l.Local.ContainingSymbol.OriginalDefinition, method.OriginalDefinition) && l.Local.ContainingSymbol is IMethodSymbol) throw Fail(Krn.Capture, op, l.Local.Name);
                throw new LanguageException(); // its declaration was given up
            case IParameterReferenceOperation p:
                if (variables.TryGetValue(p.Parameter.OriginalDefinition, out var parameter)) return parameter;
                if (self is not null && p.Parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor }) return FieldOf(self, p.Parameter.Name, op);
                throw Fail(Krn.Capture, op, p.Parameter.Name);
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver } when constructed is not null: return constructed;
            case IInstanceReferenceOperation:
                return self ?? throw Fail(Krn.Capture, op, "this");
            case IFieldReferenceOperation { Field.IsStatic: true } f: throw Fail(Krn.MutableStatic, f, f.Field.Name);
            case IFieldReferenceOperation { Instance: { } instance } f: return FieldOf(PlaceOf(instance), Types.FieldName(f.Field), f);
            case IPropertyReferenceOperation p when IsElement(p): return Element(p.Instance!, [.. p.Arguments.Select(a => a.Value)], p);
            case IPropertyReferenceOperation { Instance: { } instance } p:
                var target = PlaceOf(instance);
                return types.IsAuto(p.Property) ? FieldOf(target, p.Property.Name, p) : new PropertyPlace(types.Of(p.Type!), target, p.Property);
            case IImplicitIndexerReferenceOperation i: return Element(i.Instance, [i.Argument], i);
            case IArrayElementReferenceOperation a: return Element(a.ArrayReference, [.. a.Indices], a);
            case IDeclarationExpressionOperation d: return PlaceOf(d.Expression);
            case IDiscardOperation d: return new DiscardPlace(types.Of(d.Type!));
            case IConversionOperation { Conversion.IsIdentity: true } c: return PlaceOf(c.Operand);
            default: throw Fail(Krn.Construct, op, $"'{Shorten(op.Syntax)}'", "assign to a local, a field of a local, or an element of a span");
        }
    }

    Place FieldOf(Place place, string name, IOperation op)
    {
        if (types.FieldRange(place.Type, name) is not var (start, count, type)) throw Fail(Krn.Construct, op, $"'{name}'", "use fields of the struct");
        return place switch
        {
            SlotPlace s => new SlotPlace(type, [.. s.Slots.Skip(start).Take(count)]),
            ElementPlace e => new ElementPlace(type, [.. e.Buffers.Skip(start).Take(count)], e.Index),
            _ => throw Fail(Krn.Construct, op, "This assignment", "assign the whole value"),
        };
    }

    Value FieldOf(Value value, string name, IOperation op)
    {
        if (types.FieldRange(value.Type, name) is not var (start, count, type)) throw Fail(Krn.Construct, op, $"'{name}'", "use fields of the struct");
        return value.Range(type, start, count);
    }

    // ---- elements ----

    Place Element(IOperation array, IReadOnlyList<IOperation> indices, IOperation op)
    {
        var span = types.Of(array.Type!).TypeKind == TypeKind.Array ? Table(array) : Lower(array);
        int start = code.Count;
        var type = types.Element(types.Of(array.Type!));
        switch (span.Atoms[0])
        {
            case SpanAtom s:
                var index = IndexOf(indices[0], s.Length);
                s = (SpanAtom)Protect(span, start).Atoms[0];
                return new ElementPlace(type, s.Buffers, Add(s.Offset, index));
            case ViewAtom v:
                var (row, column) = Pair(indices[0], indices[1]);
                v = (ViewAtom)Protect(span, start).Atoms[0];
                return new ElementPlace(type, v.Buffers, Add(Add(v.Offset, Multiply(row, v.Stride)), column));
            default: throw Fail(Krn.Construct, op, "This index", "index a span");
        }
    }

    Expr IndexOf(IOperation index, Expr length)
    {
        while (index is IConversionOperation { IsImplicit: true } c && c.Type?.Name == "Index") index = c.Operand;
        if (index is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } hat) return Make.Binary(Op.Sub, length, ScalarOf(hat.Operand));
        if (index.Type?.Name is "Index" or "Range") throw Fail(Krn.Construct, index, "An index as a value", "write it in the brackets");
        return ScalarOf(index);
    }

    static Expr Add(Expr a, Expr b)
    {
        if (a is Const { Bits: 0 }) return a.Type == ScalarType.I64 ? Make.ConvertTo(ScalarType.I64, b) : b;
        if (b is Const { Bits: 0 }) return a;
        if (a.Type == b.Type) return Make.Binary(Op.Add, a, b);
        return Make.Binary(Op.Add, Convert(a, ScalarType.I64), Convert(b, ScalarType.I64));
    }

    static Expr Multiply(Expr row, Expr stride) => Make.Binary(Op.Mul, Convert(row, ScalarType.I64), stride);

    /// span[a..b], as a part of the same array.
    Value Slice(IImplicitIndexerReferenceOperation op)
    {
        var span = Lower(op.Instance);
        if (span.Atoms[0] is not SpanAtom s || op.Argument is not IRangeOperation range) throw Fail(Krn.Construct, op, "This range", "write it in the brackets of a span");
        var begin = range.LeftOperand is null ? Int(0) : Stable(IndexOf(range.LeftOperand, s.Length));
        var end = range.RightOperand is null ? s.Length : Stable(IndexOf(range.RightOperand, s.Length));
        return Part(span.Type, s, begin, Subtract(end, begin));
    }

    static Expr Subtract(Expr a, Expr b) => b is Const { Bits: 0 } ? a : a is Const x && b is Const y ? Int(x.Integer() - y.Integer()) : Make.Binary(Op.Sub, a, b);

    Value Part(ITypeSymbol type, SpanAtom s, Expr offset, Expr length) => new(type, [s with { Offset = Add(s.Offset, offset), Length = length }]);

    // ---- reading and writing ----

    Value Read(Place place, IOperation op)
    {
        switch (place)
        {
            case SlotPlace s:
                if (s.Slots.Any(x => x.Local is null && x.Bound is null)) throw new LanguageException();
                return s.Value;
            case ElementPlace e:
                var leaves = LayoutOf(e.Type, op);
                return new(e.Type, [.. e.Buffers.Select((b, k) =>
                {
                    var loaded = Widen(new Load(b, e.Index));
                    return new ScalarAtom(leaves[k].Held == ScalarType.Bool ? Make.Compare(Op.Ne, loaded, Int(0)) : loaded);
                })]);
            case PropertyPlace p: return CallValues(p.Property.GetMethod!, [Read(p.Target, op)], op);
            default: return Default(place.Type, op);
        }
    }

    /// The place with an index that may be used twice.
    Place StablePlace(Place place) => place is ElementPlace e && e.Index.Tree().Any(x => x is Load || x is Use u && !frozen.Contains(u.Local)) && e.Index is not Use
        ? new ElementPlace(e.Type, e.Buffers, Temp(e.Index)) : place;

    void Assign(Place place, Value value, IOperation op)
    {
        switch (place)
        {
            case SlotPlace s:
                // Fields are assigned one by one, so a field still to be read is saved first.
                if (s.Slots.Count > 1)
                {
                    var targets = s.Slots.Select(x => x.Local).ToList();
                    int k = 0;
                    value = new(value.Type, [.. value.Atoms.Select(a => { int mine = k++; return a is ScalarAtom x && x.Value.Tree().Any(y => y is Use u && targets.IndexOf(u.Local) is >= 0 and var at && at < mine) ? new ScalarAtom(Temp(x.Value)) : a; })]);
                }
                for (int k = 0; k < s.Slots.Count; k++) Assign(s.Slots[k], value.Atoms[k], op);
                break;
            case ElementPlace e:
                var index = e.Buffers.Count > 1 ? Once(e.Index) : e.Index;
                if (e.Buffers.Count > 1) value = value.Map(x => x.Tree().Any(y => y is Load) ? Temp(x) : x);
                for (int k = 0; k < e.Buffers.Count; k++)
                    Emit(new Store(e.Buffers[k], index, Narrow(((ScalarAtom)value.Atoms[k]).Value, e.Buffers[k].Element)));
                break;
            case PropertyPlace p:
                if (p.Target is not SlotPlace target || p.Property.SetMethod is not { } setter) throw Fail(Krn.Construct, op, "This assignment", "assign a field");
                CallInstance(setter, target, [value], op);
                break;
        }
    }

    void Assign(Slot slot, Atom atom, IOperation op)
    {
        switch (atom)
        {
            case ScalarAtom s: Emit(new Assign(slot.Local!, s.Value)); break;
            case SpanAtom s when slot.Bound is SpanAtom bound && bound.Offset is Use { Local: var offset } && bound.Length is Use { Local: var length } && !frozen.Contains(offset):
                if (!bound.Buffers.Equals(s.Buffers) || s.Offset.Type != offset.Type) throw Fail(Krn.SpanBinding, op, "take a second local for another array");
                var (o, l) = (Once(s.Offset), Once(s.Length));
                Emit(new Assign(offset, o));
                Emit(new Assign(length, l));
                break;
            default:
                if (slot.Bound is not null) throw Fail(Krn.SpanBinding, op, "take a second local for another array");
                slot.Bound = atom;
                break;
        }
    }

    SlotPlace Declare(ILocalSymbol local, IOperation op)
    {
        var type = types.Of(local.Type);
        var place = new SlotPlace(type, [.. LayoutOf(type, op).Select(l => new Slot(l.Kind == LeafKind.Scalar ? new Local(Fresh(Join(local.Name, l.Path)), l.Held) : null))]);
        if (!assigned.Contains(local)) foreach (var slot in place.Slots) if (slot.Local is { } l) frozen.Add(l);
        return variables[local] = place;
    }

    /// A span local: offset and length are kept in locals, which change if the span is assigned again.
    Atom Named(Atom atom, string name, bool mutable)
    {
        Expr Keep(Expr e, string part)
        {
            if (!mutable && (e is Const || e is Use u && frozen.Contains(u.Local))) return e;
            var local = new Local(Fresh($"{name}.{part}"), e.Type);
            Emit(new Assign(local, e));
            if (!mutable) frozen.Add(local);
            return new Use(local);
        }
        return atom switch
        {
            SpanAtom s => s with { Offset = Keep(s.Offset, "Offset"), Length = Keep(s.Length, "Length") },
            ViewAtom v => v with { Offset = Keep(v.Offset, "Offset"), Rows = Keep(v.Rows, "Rows"), Columns = Keep(v.Columns, "Columns"), Stride = Keep(v.Stride, "Stride") },
            _ => atom,
        };
    }
}
