using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Frontend;

// Structs dissolve: a C# value is a flat list of atoms, one for each scalar or span in it, in the order of its type's layout. A scalar
// is a value of one atom. So fields are ranges of atoms, and nothing behind the front end knows a struct.

abstract record Atom;
sealed record ScalarAtom(Expr Value) : Atom;
/// Element k is Buffers[f][Offset + k], one buffer a leaf f of the element type.
sealed record SpanAtom(Sequence<Buffer> Buffers, Expr Offset, Expr Length) : Atom;
/// Element (r, c) is Buffers[f][Offset + r*Stride + c].
sealed record ViewAtom(Sequence<Buffer> Buffers, Expr Offset, Expr Rows, Expr Columns, Expr Stride) : Atom;

sealed class Value(ITypeSymbol type, IReadOnlyList<Atom> atoms)
{
    public ITypeSymbol Type { get; } = type;
    public IReadOnlyList<Atom> Atoms { get; } = atoms;
    public Value(ITypeSymbol type, Expr scalar) : this(type, [new ScalarAtom(scalar)]) { }
    public Expr Scalar => ((ScalarAtom)Atoms[0]).Value;
    public bool HasSpans => Atoms.Any(a => a is not ScalarAtom);
    public Value As(ITypeSymbol type) => new(type, Atoms);
    public Value Range(ITypeSymbol type, int start, int count) => new(type, [.. Atoms.Skip(start).Take(count)]);
    public Value Map(Func<Expr, Expr> f) => new(Type, [.. Atoms.Select(a => a switch
    {
        ScalarAtom s => new ScalarAtom(f(s.Value)),
        SpanAtom s => s with { Offset = f(s.Offset), Length = f(s.Length) },
        ViewAtom v => v with { Offset = f(v.Offset), Rows = f(v.Rows), Columns = f(v.Columns), Stride = f(v.Stride) },
        _ => a,
    })]);
}

/// Where an atom of a variable lives: scalars in a local of the IR; spans nowhere: the name stands for a part of an array.
sealed class Slot(Local? local)
{
    public Local? Local { get; } = local;
    public Atom? Bound { get; set; }
    public Atom Read() => Local is null ? Bound! : new ScalarAtom(new Use(Local));
}

/// What can be assigned to.
abstract class Place(ITypeSymbol type)
{
    public ITypeSymbol Type { get; } = type;
}

/// A variable, or fields of it.
sealed class SlotPlace(ITypeSymbol type, IReadOnlyList<Slot> slots) : Place(type)
{
    public IReadOnlyList<Slot> Slots { get; } = slots;
    public Value Value => new(Type, [.. Slots.Select(s => s.Read())]);
}

/// An element of an array, or fields of it.
sealed class ElementPlace(ITypeSymbol type, IReadOnlyList<Buffer> buffers, Expr index) : Place(type)
{
    public IReadOnlyList<Buffer> Buffers { get; } = buffers;
    public Expr Index { get; } = index;
}

/// A property with a setter of its own.
sealed class PropertyPlace(ITypeSymbol type, Place target, IPropertySymbol property) : Place(type)
{
    public Place Target { get; } = target;
    public IPropertySymbol Property { get; } = property;
}

sealed class DiscardPlace(ITypeSymbol type) : Place(type);
