using Kernels.Generators.IR;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Targets;

/// Memory: contiguous registers where the index is the lane plus something uniform, lane by lane elsewhere.
sealed partial class CoreEmitter
{
    bool IsPrivate(Buffer buffer) => buffer.Storage == Storage.Lane;

    string LengthOf(Buffer buffer) => buffer.Storage switch
    {
        Storage.Parameter => Name(buffer.Length().Name),
        Storage.Constant => f.Constants.First(c => c.Buffer == buffer).Bits.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => scalar.Print(f.Body.Statements().OfType<DeclareArray>().First(d => d.Buffer == buffer).Length),
    };

    /// The address of element [Lane + uniform] for the first lane of a part, if the index is of that form.
    string? Contiguous(Buffer buffer, Expr index, int firstLane)
    {
        if (IsPrivate(buffer))
            return shapes.IsVarying(index) ? null : $"({Name(buffer.Name)} + (long)({scalar.Print(index)}) * {layout.Lanes} + {firstLane})";
        if (trip is null || shapes.Affine(index, trip.Lane) is not (1, var uniform, var constant)) return null;
        return Address(buffer, tripBegin, uniform, constant + firstLane);
    }

    string Address(Buffer buffer, string start, Expr? uniform, long constant)
    {
        string text = Name(buffer.Name);
        if (uniform is not null) text = Invariant(uniform, $"{buffer.Element.CSharp()}*", "from", $"{text} + (long)({scalar.Print(uniform)})");
        text += $" + {start}";
        return constant == 0 ? $"({text})" : constant > 0 ? $"({text} + {constant})" : $"({text} - {-constant})";
    }

    string LoadText(ScalarType type, string address) => VectorTable.Load(target, type, layout.Bits(type), address);
    string StoreText(ScalarType type, string address, string value) => VectorTable.Store(target, type, layout.Bits(type), address, value);

    string UniformLoad(Load l, string index)
    {
        if (l.Checked) return $"{VectorTable.Simd}LoadChecked({Name(l.Buffer.Name)}, {LengthOf(l.Buffer)}, {index}, true, ref errors)";
        return $"{Name(l.Buffer.Name)}[{index}]";
    }

    string LoadPart(Load l, int part)
    {
        int lanes = layout.PartLanes(l.Type), bits = layout.Bits(l.Type);
        var carrier = SameWidthInteger(l.Type);
        if (!l.Checked && Contiguous(l.Buffer, l.Index, part * lanes) is { } address)
        {
            if (l.Mask is not null && !IsPrivate(l.Buffer)) return VectorTable.MaskLoad(target, l.Type, bits, address, MaskPart(l.Mask, carrier, part), carrier);
            Prefetch(l, address);
            return LoadText(l.Type, address);
        }
        return Gather(l, l.Type, part);
    }

    void Prefetch(Load l, string address)
    {
        if (f.Schedule.PrefetchBytes > 0 && trip?.Trips == Trips.OneFull && l.Buffer.Storage == Storage.Parameter)
            code.Line($"{VectorTable.Simd}Prefetch((byte*){address} + {f.Schedule.PrefetchBytes});");
    }

    /// A register of a 32-bit type from a narrow array.
    string NarrowLoadPart(Load l, ScalarType wide, int part)
    {
        if (layout.IsScalar) return ScalarTable.Spell((Apply)Make.ConvertTo(wide, l), [LoadLane(l, part)], target.Fused);
        int lanes = layout.PartLanes(wide), bits = layout.Bits(wide);
        if (!l.Checked && l.Mask is null && Contiguous(l.Buffer, l.Index, part * lanes) is { } address)
        {
            Prefetch(l, address);
            return $"{VectorTable.Simd}Load{l.Type}x{lanes}({address})";
        }
        return Gather(l, wide, part);
    }

    /// Scalar loads put together: faster than the gather instruction on the processors measured, and halves of 256 bits than one
    /// creation of 512, which the JIT makes of memory.
    string Gather(Load l, ScalarType type, int part)
    {
        int lanes = layout.PartLanes(type), bits = layout.Bits(type);
        if (l.Mask is not null || l.Checked) return GatherActive(l, type, part);
        string Create(int from, int count, int width) => width == 512
            ? $"{Create(from, count / 2, 256)}.ToVector512Unsafe().WithUpper({Create(from + count / 2, count / 2, 256)})"
            : $"{VectorTable.V(width)}.Create({string.Join(", ", Enumerable.Range(from, count).Select(Element))})";
        string Element(int lane) => l.Type == type ? LoadLane(l, lane) : ScalarTable.Spell((Apply)Make.ConvertTo(type, l), [LoadLane(l, lane)], target.Fused);
        return Create(part * lanes, lanes, bits);
    }

    /// The active lanes one after the other, through the stack. A loop and not a list of conditional loads: dozens of those use up what the JIT is willing to
    /// inline in the whole method, hot loops included.
    string GatherActive(Load l, ScalarType type, int part)
    {
        int lanes = layout.PartLanes(type), maskLanes = layout.PartLanes(ScalarType.Bool), first = part * lanes;
        var key = (l.Index, -1, ScalarType.Bool);
        if (!hoisted.TryGetValue(key, out string? index)) hoisted[key] = index = SpillIndex(l.Index, l.Checked);
        uint all = lanes == 32 ? uint.MaxValue : (1u << lanes) - 1;
        string active = $"{all}u";
        if (l.Mask is not null && !shapes.IsVarying(l.Mask)) active = $"({scalar.Print(l.Mask)} ? {all}u : 0u)";
        else if (l.Mask is not null)
        {
            string bits = $"{VectorTable.Simd}Bits({MaskPart(l.Mask, layout.MaskType, first / maskLanes)})";
            active = first % maskLanes == 0 && lanes == maskLanes ? bits : $"({bits} >> {first % maskLanes}) & {all}u";
        }
        string slot = Stack(type.CSharp(), $"{lanes}", "gather"), left = Fresh("b"), lane = Fresh("l");
        code.Line($"{StoreText(type, slot, $"{RegisterType(type)}.Zero")};");
        code.Open($"for (uint {left} = {active}; {left} != 0; {left} &= {left} - 1)");
        code.Line($"int {lane} = BitOperations.TrailingZeroCount({left}){(first == 0 ? "" : $" + {first}")};");
        string place = index.Replace("$lane", lane);
        string at = IsPrivate(l.Buffer) ? $"(long)({place}) * {layout.Lanes} + {lane}" : place;
        string element = $"{Name(l.Buffer.Name)}[{at}]";
        if (l.Type != type) element = ScalarTable.Spell((Apply)Make.ConvertTo(type, l), [element], target.Fused);
        string store = $"{slot}[{lane}{(first == 0 ? "" : $" - {first}")}] = {element};";
        code.Line(l.Checked ? $"if ((ulong)(long)({place}) < (ulong){LengthOf(l.Buffer)}) {store} else errors |= 1;" : store);
        code.Close();
        return LoadText(type, slot);
    }

    /// One lane of a load, as a scalar.
    string LoadLane(Load l, int lane)
    {
        string index = IndexOf(l.Index, lane, l.Checked), buffer = Name(l.Buffer.Name);
        if (IsPrivate(l.Buffer))
        {
            string element = $"{buffer}[(long)({index}) * {layout.Lanes} + {lane}]";
            string inRange = $"{VectorTable.Simd}InRange({index}, {LengthOf(l.Buffer)}, {(l.Mask is null ? "true" : LaneHolds(l.Mask, lane))}, ref errors)";
            return l.Checked ? $"({inRange} ? {element} : ({l.Type.CSharp()})0)" : l.Mask is null ? element : $"({LaneHolds(l.Mask, lane)} ? {element} : ({l.Type.CSharp()})0)";
        }
        if (l.Checked) return $"{VectorTable.Simd}LoadChecked({buffer}, {LengthOf(l.Buffer)}, {index}, {(l.Mask is null ? "true" : LaneHolds(l.Mask, lane))}, ref errors)";
        return l.Mask is null ? $"{buffer}[{index}]" : $"({LaneHolds(l.Mask, lane)} ? {buffer}[{index}] : ({l.Type.CSharp()})0)";
    }

    /// One lane of an index. Unchecked ones do not wrap (they would be out of range), so that they are computed in 64 bits; checked ones mean what they say.
    string IndexOf(Expr e, int lane, bool isChecked)
    {
        if (isChecked || trip is null || !shapes.IsVarying(e) || shapes.Affine(e, trip.Lane) is not var (coefficient, uniform, constant)) return LaneOf(e, lane);
        string text = coefficient == 1 ? tripBegin : $"{coefficient} * {tripBegin}";
        if (uniform is not null) text += $" + (long)({scalar.Print(uniform)})";
        return $"({text} + {coefficient * lane + constant})";
    }

    /// One lane of a value that is not Bool, in vector code or scalar.
    string LaneOf(Expr e, int lane)
    {
        if (!shapes.IsVarying(e)) return scalar.Print(e);
        if (layout.IsScalar) return Lane(e, lane);
        if (IsLookup(e)) return e is Load l ? LoadLane(l, lane) : ScalarTable.Spell((Apply)e, [.. ((Apply)e).Args.Select(x => LaneOf(x, lane))], target.Fused);
        int lanes = layout.PartLanes(e.Type);
        return $"{Shared(e, lane / lanes)}.GetElement({lane % lanes})";
    }

    bool IsLookup(Expr e) => trip is not null && shapes.IsLookup(e, trip.Lane);

    string LaneHolds(Expr mask, int lane)
    {
        if (layout.IsScalar) return Lane(mask, lane);
        if (!shapes.IsVarying(mask)) return scalar.Print(mask);
        int lanes = layout.PartLanes(ScalarType.Bool), part = lane / lanes;
        var key = (mask, part, ScalarType.Bool);
        if (!hoisted.TryGetValue(key, out string? bits))
            hoisted[key] = bits = Hoist("uint", $"{VectorTable.Simd}Bits({MaskPart(mask, layout.MaskType, part)})");
        return $"(({bits} & {1u << lane % lanes}u) != 0)";
    }

    void PrintStore(Store st)
    {
        if (trip is null || layout.IsScalar && layout.Lanes == 1)
        {
            PrintScalarStore(st);
            return;
        }
        var type = st.Buffer.Element;
        bool narrow = type.IsNarrow();
        var wide = !narrow ? type : type is ScalarType.F16 or ScalarType.BF16 ? ScalarType.F32 : ScalarType.I32;
        int lanes = layout.PartLanes(wide);
        bool contiguous = !layout.IsScalar && !st.Checked && (!narrow || st.Mask is null) && Contiguous(st.Buffer, st.Index, 0) is not null;
        if (!contiguous && !layout.IsScalar && st is { Checked: false, Mask: null } && !IsPrivate(st.Buffer) && IsLookup(st.Index))
        {
            string stored = Spill(st.Value);
            for (int lane = fromLane; lane < toLane; lane++)
                code.Line($"{Name(st.Buffer.Name)}[{LaneOf(st.Index, lane)}] = {stored.Replace("$lane", $"{lane}")};");
            return;
        }
        if (!contiguous)
        {
            LaneByLane(st.Index, st.Checked, st.Mask, [st.Value], (index, values, lane) =>
            {
                string place = IsPrivate(st.Buffer) ? $"(long)({index}) * {layout.Lanes} + {lane}" : index;
                string element = $"{Name(st.Buffer.Name)}[{place}] = {values[0]};";
                code.Line(st.Checked ? $"if ((ulong)(long)({index}) < (ulong){LengthOf(st.Buffer)}) {element} else errors |= 1;" : element);
            });
            return;
        }
        // All parts of the value first: a chunk's loads come before its stores.
        var parts = PartsInRange(wide).ToList();
        Expr value = narrow ? Widened(st.Value, wide) : st.Value;
        var values = parts.Select(p => parts.Count > 1 && value is not Use ? Hoist(RegisterType(wide), Part(value, p)) : Part(value, p)).ToList();
        for (int k = 0; k < parts.Count; k++)
        {
            string address = Contiguous(st.Buffer, st.Index, parts[k] * lanes)!;
            if (narrow) code.Line($"{VectorTable.Simd}Store{type}({values[k]}, {address});");
            else if (st.Mask is not null && !IsPrivate(st.Buffer)) code.Line($"{VectorTable.MaskStore(target, wide, layout.Bits(wide), address, MaskPart(st.Mask, SameWidthInteger(wide), parts[k]), SameWidthInteger(wide), values[k])};");
            else if (st.Mask is not null) code.Line($"{StoreText(wide, address, Blend(st.Mask, values[k], address, wide, parts[k]))};");
            else if (f.Schedule.NonTemporal && trip.Trips == Trips.OneFull && st.Buffer.Storage == Storage.Parameter) code.Line($"{VectorTable.Simd}StoreNonTemporal({values[k]}, {address});");
            else code.Line($"{StoreText(wide, address, values[k])};");
        }
    }

    string Blend(Expr mask, string value, string address, ScalarType type, int part) =>
        $"{VectorTable.V(layout.Bits(type))}.ConditionalSelect({VectorTable.As(MaskPart(mask, SameWidthInteger(type), part), SameWidthInteger(type), type)}, {value}, {LoadText(type, address)})";

    void PrintScalarStore(Store st)
    {
        string index = trip is null ? scalar.Print(st.Index) : IndexOf(st.Index, 0, st.Checked);
        string value = trip is null ? scalar.Print(st.Value) : Lane(st.Value, 0);
        string element = $"{Name(st.Buffer.Name)}[{index}] = {value};";
        if (st.Checked) element = $"if ((ulong)(long)({index}) < (ulong){LengthOf(st.Buffer)}) {element} else errors |= 1;";
        code.Line(st.Mask is null ? element : $"if ({Lane(st.Mask, 0)}) {{ {element} }}");
    }

    /// The active lanes one after the other, ascending: the index and the values of each are scalars read back from the stack.
    void LaneByLane(Expr? index, bool isChecked, Expr? mask, IReadOnlyList<Expr> values, Action<string, IReadOnlyList<string>, string> print)
    {
        if (layout.IsScalar)
        {
            for (int lane = fromLane; lane < toLane; lane++)
            {
                if (mask is not null) code.Open($"if ({Lane(mask, lane)})");
                string at = index is null ? "" : IndexOf(index, lane, isChecked);
                print(at, [.. values.Select(v => LaneOf(v, lane))], $"{lane}");
                if (mask is not null) code.Close();
                hoisted.Clear();
            }
            return;
        }
        var spilled = values.Select(v => Spill(v)).ToList();
        string? position = index is null ? null : SpillIndex(index, isChecked);
        int lanes = layout.PartLanes(ScalarType.Bool);
        foreach (int part in PartsInRange(ScalarType.Bool))
        {
            string all = lanes == 32 ? "uint.MaxValue" : $"{(1u << lanes) - 1}u";
            string bits = Fresh("b"), lane = Fresh("l");
            string start = mask is null ? all : $"{VectorTable.Simd}Bits({MaskPart(mask, layout.MaskType, part)})";
            code.Open($"for (uint {bits} = {start}; {bits} != 0; {bits} &= {bits} - 1)");
            code.Line($"int {lane} = BitOperations.TrailingZeroCount({bits}){(part == 0 ? "" : $" + {part * lanes}")};");
            string At(string? at) => at is null ? "" : at.Replace("$lane", lane);
            print(At(position), [.. spilled.Select(At)], lane);
            code.Close();
        }
    }

    /// As IndexOf, `$lane` standing for the lane's number.
    string SpillIndex(Expr e, bool isChecked)
    {
        if (isChecked || trip is null || !shapes.IsVarying(e) || shapes.Affine(e, trip.Lane) is not var (coefficient, uniform, constant)) return Spill(e);
        string text = $"{coefficient} * ({tripBegin} + $lane) + {constant}";
        return uniform is null ? $"({text})" : $"({text} + (long)({scalar.Print(uniform)}))";
    }

    /// A scalar text for one lane, `$lane` standing for its number.
    string Spill(Expr e)
    {
        if (!shapes.IsVarying(e)) return scalar.Print(e);
        if (e.Type.IsNarrow()) // a narrowing conversion of a 32-bit value
        {
            Expr from = e is Apply { Op: Op.Convert } a && !a.Args[0].Type.IsNarrow() && a.Args[0].Type != ScalarType.Bool ? a.Args[0]
                : Widened(e, e.Type is ScalarType.F16 or ScalarType.BF16 ? ScalarType.F32 : ScalarType.I32);
            return ScalarTable.Spell((Apply)Make.ConvertTo(e.Type, from), [Spill(from)], target.Fused);
        }
        string slot = Stack(e.Type.CSharp(), $"{layout.Lanes}", "lanes");
        foreach (int part in PartsInRange(e.Type))
            code.Line($"{StoreText(e.Type, $"{slot} + {part * layout.PartLanes(e.Type)}", Part(e, part))};");
        return $"{slot}[$lane]";
    }

    // ---- access groups: log2 S stages of unzipping or zipping pairs of registers ----

    void PrintLoadGroup(LoadGroup g)
    {
        var (start, uniform, constant) = GroupStart(g.Index, g.Targets.Count);
        int count = g.Targets.Count, lanes = layout.PartLanes(g.Buffer.Element);
        foreach (int part in PartsInRange(g.Buffer.Element))
        {
            if (layout.IsScalar)
            {
                for (int c = 0; c < count; c++)
                    code.Line($"{PartName(g.Targets[c], part)} = *{Address(g.Buffer, start, uniform, constant + part * count + c)};");
                continue;
            }
            var rows = Enumerable.Range(0, count).Select(r => Hoist(RegisterType(g.Buffer.Element),
                LoadText(g.Buffer.Element, Address(g.Buffer, start, uniform, constant + (part * count + r) * lanes)))).ToList();
            // Unzipping all pairs halves the stride; after log2 S times register c holds residue c.
            for (int stride = count; stride > 1; stride /= 2)
            {
                var next = new string[count];
                int half = count / 2;
                for (int pair = 0; pair < half; pair++)
                {
                    next[pair] = Hoist(RegisterType(g.Buffer.Element), $"{VectorTable.Simd}UnzipEven({rows[2 * pair]}, {rows[2 * pair + 1]})");
                    next[pair + half] = Hoist(RegisterType(g.Buffer.Element), $"{VectorTable.Simd}UnzipOdd({rows[2 * pair]}, {rows[2 * pair + 1]})");
                }
                rows = [.. next];
            }
            for (int c = 0; c < count; c++)
                code.Line($"{PartName(g.Targets[c], part)} = {rows[c]};");
        }
    }

    void PrintStoreGroup(StoreGroup g)
    {
        var (start, uniform, constant) = GroupStart(g.Index, g.Values.Count);
        int count = g.Values.Count, lanes = layout.PartLanes(g.Buffer.Element);
        foreach (int part in PartsInRange(g.Buffer.Element))
        {
            if (layout.IsScalar)
            {
                for (int c = 0; c < count; c++)
                    code.Line($"*{Address(g.Buffer, start, uniform, constant + part * count + c)} = {Part(g.Values[c], part)};");
                continue;
            }
            var rows = new string[count];
            for (int c = 0; c < count; c++) rows[c] = Shared(g.Values[c], part);
            for (int stride = 2; stride <= count; stride *= 2)
            {
                var next = new string[count];
                int half = count / 2;
                for (int pair = 0; pair < half; pair++)
                {
                    next[2 * pair] = Hoist(RegisterType(g.Buffer.Element), $"{VectorTable.Simd}ZipLower({rows[pair]}, {rows[pair + half]})");
                    next[2 * pair + 1] = Hoist(RegisterType(g.Buffer.Element), $"{VectorTable.Simd}ZipUpper({rows[pair]}, {rows[pair + half]})");
                }
                rows = next;
            }
            for (int r = 0; r < count; r++)
                code.Line($"{StoreText(g.Buffer.Element, Address(g.Buffer, start, uniform, constant + (part * count + r) * lanes), rows[r])};");
        }
    }

    (string Start, Expr? Uniform, long Constant) GroupStart(Expr index, int stride)
    {
        if (shapes.Affine(index, trip!.Lane) is not var (coefficient, uniform, constant) || coefficient != stride)
            throw new InvalidOperationException("an access group strides by its size");
        return ($"{stride} * {tripBegin}", uniform, constant);
    }

    // ---- atomics and ordered compaction ----

    void PrintAtomic(Atomic a)
    {
        bool shared = a.Buffer.Storage == Storage.Parameter;
        string method = $"{(shared ? "SharedAtomic" : "LocalAtomic")}.{a.Kind}";
        string Text(string index, string value, string? comparand) =>
            $"{method}(ref {Name(a.Buffer.Name)}[{index}], {value}{(comparand is null ? "" : ", " + comparand)})";
        if (trip is null)
        {
            string call = Text(scalar.Print(a.Index), scalar.Print(a.Value), a.Comparand is null ? null : scalar.Print(a.Comparand));
            string target = a.Old is null ? "" : $"{Name(a.Old.Name)} = ";
            if (!a.Checked) { code.Line($"{target}{call};"); return; }
            code.Line($"if ((ulong)(long)({scalar.Print(a.Index)}) < (ulong){LengthOf(a.Buffer)}) {target}{call};");
            code.Line(a.Old is null ? "else errors |= 1;" : $"else {{ {target}default; errors |= 1; }}");
            return;
        }
        List<Expr> values = a.Comparand is null ? [a.Value] : [a.Value, a.Comparand];
        string? old = a.Old is null || layout.IsScalar ? null : Stack(a.Old.Type.CSharp(), $"{layout.Lanes}", "old");
        if (old is not null) // inactive lanes keep theirs
            foreach (int part in PartsInRange(a.Old!.Type))
                code.Line($"{StoreText(a.Old.Type, $"{old} + {part * layout.PartLanes(a.Old.Type)}", PartName(a.Old, part))};");
        int scalarLane = fromLane;
        if (old is not null) values.Add(new Apply(Op.LaneId, ScalarType.I32, []));
        LaneByLane(a.Index, a.Checked, a.Mask, values, (index, texts, _) =>
        {
            string call = Text(index, texts[0], a.Comparand is null ? null : texts[1]);
            string target = old is not null ? $"{old}[{texts[texts.Count - 1]}] = " : a.Old is not null ? $"{PartName(a.Old, scalarLane++)} = " : "";
            string outside = target == "" ? "errors |= 1;" : $"{{ {target}default; errors |= 1; }}"; // out of range reads 0
            code.Line(a.Checked ? $"if ((ulong)(long)({index}) < (ulong){LengthOf(a.Buffer)}) {target}{call}; else {outside}" : $"{target}{call};");
        });
        if (old is not null)
            foreach (int part in PartsInRange(a.Old!.Type))
                code.Line($"{PartName(a.Old, part)} = {LoadText(a.Old.Type, $"{old} + {part * layout.PartLanes(a.Old.Type)}")};");
    }

    void PrintAppend(Append a)
    {
        string buffer = Name(a.Buffer.Name), count = Name(a.Count.Name);
        string length = LengthOf(a.Buffer);
        if (trip is not null && !layout.IsScalar && !a.Buffer.Element.IsNarrow())
        {
            var carrier = SameWidthInteger(a.Buffer.Element);
            string room = Stack(a.Buffer.Element.CSharp(), $"{layout.PartLanes(a.Buffer.Element)}", "room");
            foreach (int part in PartsInRange(a.Buffer.Element))
            {
                string mask = a.Mask is null ? $"{VectorTable.Register(carrier, layout.Bits(carrier))}.AllBitsSet" : MaskPart(a.Mask, carrier, part);
                if (a.Slack && a.Buffer.Element == ScalarType.I32 && carrier == ScalarType.I32) code.Line($"{count} = {VectorTable.Simd}AppendSlack({buffer}, {count}, {Part(a.Value, part)}, {mask});");
                else code.Line($"{count} = {VectorTable.Simd}Append({buffer}, {count}, {length}, {Part(a.Value, part)}, {mask}, {room}, ref errors);");
            }
            return;
        }
        if (trip is null)
        {
            string value = Evaluated(scalar.Print(a.Value));
            code.Line($"if ((uint){count} < (uint){length}) {buffer}[{count}++] = {value}; else errors |= 2;");
            return;
        }
        LaneByLane(null, false, a.Mask, [a.Value], (_, values, _) =>
        {
            string value = Evaluated(values[0]);
            code.Line($"if ((uint){count} < (uint){length}) {buffer}[{count}++] = {value}; else errors |= 2;");
        });

        // An out-of-range index in the value raises its flag where the destination is full, too.
        string Evaluated(string text) => a.Value.Tree().Any(x => x is Load { Checked: true }) ? Hoist(a.Value.Type.CSharp(), text) : text;
    }
}
