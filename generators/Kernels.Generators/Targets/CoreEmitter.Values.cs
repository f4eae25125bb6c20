using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// Values: the text of one part (register) of an expression.
sealed partial class CoreEmitter
{
    // Parts given a name in the statement being printed, because two parts of the result read them.
    readonly Dictionary<(Expr, int, ScalarType), string> hoisted = [];

    /// Part `part` of a value that is not Bool. Scalar layouts have a lane a part.
    string Part(Expr e, int part)
    {
        if (layout.IsScalar) return Lane(e, part);
        int bits = layout.Bits(e.Type);
        if (!shapes.IsVarying(e)) return Broadcast(e, bits);
        switch (e)
        {
            case Use u when u.Local == trip?.Lane: laneUsed = true; return PartName(u.Local, part);
            case Use u: return PartName(u.Local, part);
            case Load l: return LoadPart(l, part);
            case Permute p: return PermutePart(p, part);
            case ToOdd o: return NarrowTo(ScalarType.F32, ScalarType.F64, part, q => Shared(o.Value, q), "NarrowToOdd");
            case Apply { Op: Op.LaneId }: return LaneNumbers(part, "0");
            case Apply { Op: Op.Convert or Op.ConvertInRange } a: return ConvertPart(a, part);
            case Apply { Op: Op.Select } a:
                return VectorTable.Spell(target, Op.Select, a.Type, a.Type, bits,
                    [VectorTable.As(MaskPart(a.Args[0], SameWidthInteger(a.Type), part), SameWidthInteger(a.Type), a.Type), Part(a.Args[1], part), Part(a.Args[2], part)]);
            case Apply { Op: Op.Shl or Op.Shr } a:
                return shapes.IsVarying(a.Args[1])
                    ? VectorTable.Shift(a.Op, a.Type, bits, Part(a.Args[0], part), Part(Make.ConvertTo(SameWidthInteger(a.Type), a.Args[1]), part), uniform: false)
                    : VectorTable.Shift(a.Op, a.Type, bits, Part(a.Args[0], part), scalar.Print(a.Args[1]), uniform: true);
            case Apply a:
                return VectorTable.Spell(target, a.Op, a.Type, a.Args[0].Type, bits, [.. a.Args.Select(x => Part(x, part))]);
            default: throw new InvalidOperationException(e.GetType().Name);
        }
    }

    static ScalarType SameWidthInteger(ScalarType type) => type.Bytes() == 8 ? ScalarType.I64 : ScalarType.I32;

    /// A part that several parts of the result need, computed once a statement.
    string Shared(Expr e, int part)
    {
        if (hoisted.TryGetValue((e, part, e.Type), out string? name)) return name;
        string value = Part(e, part);
        if (e is not Use) value = Hoist(RegisterType(e.Type), value);
        return hoisted[(e, part, e.Type)] = value;
    }

    /// begin + 0, begin + 1 … of a part's lanes.
    string LaneNumbers(int part, string begin)
    {
        if (layout.IsScalar) return $"({begin} + {part})";
        int lanes = layout.PartLanes(ScalarType.I32), bits = layout.Bits(ScalarType.I32);
        string numbers = $"{VectorTable.V(bits)}.Create({string.Join(", ", Enumerable.Range(part * lanes, lanes))})";
        return begin == "0" ? numbers : $"({VectorTable.V(bits)}.Create({begin}) + {numbers})";
    }

    /// The value of one lane in scalar code.
    string Lane(Expr e, int lane)
    {
        switch (e)
        {
            case Use u when u.Local == trip?.Lane: return lane == 0 ? $"(int){tripBegin}" : $"((int){tripBegin} + {lane})";
            case Use u when shapes.IsVarying(u.Local): return PartName(u.Local, lane);
            case Apply { Op: Op.LaneId }: return $"{lane}";
            case Load l when shapes.IsVarying(l): return LoadLane(l, lane);
            case Permute p: return PartNameOf(p.Value, p.Map[lane]);
            case Apply a when shapes.IsVarying(a): return ScalarTable.Spell(a, [.. a.Args.Select(x => Lane(x, lane))], target.Fused);
            default: return scalar.Print(e);
        }
    }

    string PartNameOf(Expr value, int lane) => value is Use u ? PartName(u.Local, lane) : Shared(value, lane);

    // ---- masks ----

    /// Part `part`, in lanes of the carrier type (I32 or I64), of a Bool: all ones where it holds.
    string MaskPart(Expr e, ScalarType carrier, int part)
    {
        if (layout.IsScalar) return Lane(e, part);
        string register = VectorTable.Register(carrier, layout.Bits(carrier));
        if (e is Const c) return $"{register}.{(c.Bits != 0 ? "AllBitsSet" : "Zero")}";
        if (!shapes.IsVarying(e)) return $"({scalar.Print(e)} ? {register}.AllBitsSet : {register}.Zero)";
        switch (e)
        {
            case Use u: return Recarry(layout.MaskType, carrier, part, q => PartName(u.Local, q));
            case Apply { Op: Op.And or Op.Or or Op.Xor } a:
                return $"({MaskPart(a.Args[0], carrier, part)} {(a.Op == Op.And ? "&" : a.Op == Op.Or ? "|" : "^")} {MaskPart(a.Args[1], carrier, part)})";
            case Apply { Op: Op.Not } a: return $"(~{MaskPart(a.Args[0], carrier, part)})";
            case Apply { Op: Op.Select } a:
                return $"{VectorTable.V(layout.Bits(carrier))}.ConditionalSelect({MaskPart(a.Args[0], carrier, part)}, {MaskPart(a.Args[1], carrier, part)}, {MaskPart(a.Args[2], carrier, part)})";
            case Apply { Op: Op.Eq or Op.Ne } a when a.Args[0].Type == ScalarType.Bool:
                string differ = $"({MaskPart(a.Args[0], carrier, part)} ^ {MaskPart(a.Args[1], carrier, part)})";
                return a.Op == Op.Ne ? differ : $"(~{differ})";
            case Apply a when a.Op.IsCompare():
                var own = SameWidthInteger(a.Args[0].Type);
                return Recarry(own, carrier, part, q => own == carrier ? Compare(a, q) : SharedCompare(a, own, q));
            case Apply { Op: Op.Convert } a: // x != 0
                return MaskPart(Make.Compare(Op.Ne, a.Args[0], new Const(a.Args[0].Type, 0)), carrier, part);
            default: throw new InvalidOperationException($"{e} is not a mask.");
        }
    }

    string Compare(Apply a, int part)
    {
        var operand = a.Args[0].Type;
        string text = VectorTable.Spell(target, a.Op, operand, operand, layout.Bits(operand), [Part(a.Args[0], part), Part(a.Args[1], part)]);
        return VectorTable.As(text, operand, SameWidthInteger(operand));
    }

    string SharedCompare(Apply a, ScalarType own, int part)
    {
        if (hoisted.TryGetValue((a, part, own), out string? name)) return name;
        return hoisted[(a, part, own)] = Hoist(VectorTable.Register(own, layout.Bits(own)), Compare(a, part));
    }

    /// A mask in lanes of one width, from parts in lanes of the other.
    string Recarry(ScalarType from, ScalarType to, int part, Func<int, string> fromPart)
    {
        if (from == to) return fromPart(part);
        return to == ScalarType.I64 ? Widen(from, part, fromPart) : NarrowTo(to, ScalarType.I64, part, fromPart);
    }

    /// 64-bit lanes of part `part` from 32-bit ones: sign-, zero- or exactly extended.
    string Widen(ScalarType from, int part, Func<int, string> fromPart)
    {
        int narrow = layout.PartLanes(from), wide = layout.PartLanes(ScalarType.I64);
        int bits = layout.Bits(ScalarType.I64);
        return narrow == wide ? VectorTable.Widen(target, from, bits, fromPart(part), "") : VectorTable.Widen(target, from, bits, fromPart(part / 2), part % 2 == 0 ? "Lower" : "Upper");
    }

    /// 32-bit lanes from 64-bit ones: truncated, or rounded to nearest.
    string NarrowTo(ScalarType to, ScalarType from, int part, Func<int, string> fromPart, string how = "Narrow")
    {
        int narrow = layout.PartLanes(to), wide = layout.PartLanes(from);
        return narrow == wide ? $"{VectorTable.Simd}{how}({fromPart(part)})" : $"{VectorTable.Simd}{how}({fromPart(2 * part)}, {fromPart(2 * part + 1)})";
    }

    string AnyOrAll(Op op, Expr mask)
    {
        var parts = PartsInRange(ScalarType.Bool).ToList();
        if (layout.IsScalar) return $"({string.Join(op == Op.Any ? " || " : " && ", parts.Select(p => Lane(mask, p)))})";
        string all = string.Join(op == Op.Any ? " | " : " & ", parts.Select(p => MaskPart(mask, layout.MaskType, p)));
        return VectorTable.AnyOrAll(target, op, layout.MaskType, layout.Bits(layout.MaskType), all);
    }

    // ---- conversions ----

    string ConvertPart(Apply a, int part)
    {
        Expr value = a.Args[0];
        var (from, to) = (value.Type, a.Type);
        int bits = layout.Bits(to);
        bool inRange = a.Op == Op.ConvertInRange;
        if (from.IsNarrow())
        {
            // A narrow load widens to 32 bits, a narrowing conversion on its way back to 32 keeps the low bits.
            var wide = from is ScalarType.F16 or ScalarType.BF16 ? ScalarType.F32 : ScalarType.I32;
            if (to != wide) return ConvertPart(new Apply(Op.Convert, to, [new Apply(Op.Convert, wide, [value])]), part);
            return value switch
            {
                Load l => NarrowLoadPart(l, wide, part),
                Apply { Op: Op.Convert } inner => $"{VectorTable.Simd}Through{from}({Part(Widened(inner, wide), part)})",
                _ => throw new InvalidOperationException($"{value} of type {from}"),
            };
        }
        if (from == ScalarType.Bool) return Part(Make.Select(value, One(to), new Const(to, 0)), part);
        if (from.Bytes() == to.Bytes()) return VectorTable.ConvertSameWidth(from, to, bits, Part(value, part), inRange);
        // A load that is widened reads just the lanes of this part: the instruction widens from memory.
        string Wide(ScalarType of) => value is Load { Checked: false, Mask: null } l && Contiguous(l.Buffer, l.Index, part * layout.PartLanes(to)) is { } address
            ? bits == 128 ? $"{VectorTable.Simd}LoadWidex2({address})" : VectorTable.Widen(target, of, bits, VectorTable.Load(target, of, bits / 2, address), "")
            : Widen(of, part, q => Shared(value, q));
        if (to.Bytes() == 8)
        {
            switch (from, to)
            {
                case (ScalarType.I32, ScalarType.I64) or (ScalarType.U32, ScalarType.U64) or (ScalarType.F32, ScalarType.F64): return Wide(from);
                case (ScalarType.I32, ScalarType.U64): return VectorTable.As(Wide(from), ScalarType.I64, to);
                case (ScalarType.U32, ScalarType.I64): return VectorTable.As(Wide(from), ScalarType.U64, to);
                case (ScalarType.I32 or ScalarType.U32, ScalarType.F64):
                    return layout.PartLanes(from) == layout.PartLanes(to)
                        ? $"{VectorTable.Simd}ToDouble({Shared(value, part)})"
                        : $"{VectorTable.Simd}ToDouble{(part % 2 == 0 ? "Lower" : "Upper")}({Shared(value, part / 2)})";
                default: // F32 -> I64, U64: exactly through F64
                    return VectorTable.ConvertSameWidth(ScalarType.F64, to, bits, Wide(ScalarType.F32), inRange);
            }
        }
        string how = (from, to) switch
        {
            (ScalarType.F64, ScalarType.F32) => "Narrow",
            (ScalarType.F64, ScalarType.I32) => inRange ? "ToInt32InRange" : "ToInt32",
            (ScalarType.F64, ScalarType.U32) => "ToUInt32",
            (ScalarType.I64 or ScalarType.U64, ScalarType.F32) => "ToSingle",
            _ => "Narrow", // integers
        };
        string narrow = NarrowTo(to, from, part, q => Shared(value, q), how);
        bool signDiffers = !to.IsFloat() && !from.IsFloat() && from is ScalarType.I64 != (to is ScalarType.I32);
        return signDiffers ? VectorTable.As(narrow, from is ScalarType.I64 ? ScalarType.I32 : ScalarType.U32, to) : narrow;
    }

    static Const One(ScalarType type) => new(type, type switch { ScalarType.F32 => 0x3F80_0000, ScalarType.F64 => 0x3FF0_0000_0000_0000, _ => 1 });

    /// The 32-bit value behind a narrow one: a narrowing conversion of it is the only rounding.
    static Expr Widened(Expr e, ScalarType wide)
    {
        if (e is Const c && wide == ScalarType.I32) return Make.Int(c.Integer());
        if (e is not Apply { Op: Op.Convert } a) return Make.ConvertTo(wide, e);
        Expr x = a.Args[0];
        // A double or a large integer that became a float first would be rounded twice (Half overflows before an integer does).
        if (wide != ScalarType.F32 || x.Type == ScalarType.F32 || x.Type.IsNarrow() || x.Type == ScalarType.Bool || e.Type == ScalarType.F16 && !x.Type.IsFloat()) return Make.ConvertTo(wide, x);
        if (x.Type is ScalarType.I64 or ScalarType.U64) x = Sticky(x);
        return new ToOdd(Make.ConvertTo(ScalarType.F64, x));
    }

    /// A 64-bit integer that is exact as a double and lies between the same numbers of 40 bits: far from zero, one bit stands for the last 12.
    static Expr Sticky(Expr x)
    {
        Expr Int(long value) => Make.Int(value, x.Type);
        Expr last = Make.Select(Make.Compare(Op.Ne, Make.Binary(Op.And, x, Int(0xFFF)), Int(0)), Int(0x800), Int(0));
        Expr small = Make.Compare(Op.Le, Make.Apply(Op.Abs, x.Type, x), Int(1L << 53));
        if (x.Type == ScalarType.I64) small = Make.And(small, Make.Compare(Op.Ge, Make.Apply(Op.Abs, x.Type, x), Int(0))); // |least| is negative
        return Make.Select(small, x, Make.Binary(Op.Or, Make.Binary(Op.And, x, Int(~0xFFFL)), last));
    }

    /// A double as a float that a second rounding does not tell from it: made here only, to be narrowed.
    sealed record ToOdd(Expr Value) : Expr(ScalarType.F32);

    // ---- permutes ----

    string PermutePart(Permute p, int part)
    {
        int lanes = layout.PartLanes(p.Type), bits = layout.Bits(p.Type);
        var map = Enumerable.Range(part * lanes, lanes).Select(l => p.Map[l]).ToList();
        int source = map[0] / lanes;
        if (map.Any(m => m / lanes != source))
            return $"{VectorTable.V(bits)}.Create({string.Join(", ", map.Select(m => $"{Shared(p.Value, m / lanes)}.GetElement({m % lanes})"))})";
        if (map.Select((m, k) => m % lanes == k).All(same => same)) return Shared(p.Value, source);
        string index = p.Type.Bytes() == 8 ? "L" : "";
        return $"{VectorTable.V(bits)}.Shuffle({Shared(p.Value, source)}, {VectorTable.V(bits)}.Create({string.Join(", ", map.Select(m => m % lanes + index))}))";
    }
}
