namespace Kernels.Generators.IR;

/// Runs a compiled statement; takes the lanes that leave or return out of `active`. In uniform code only active[0] counts.
delegate void Exec(Frame frame, bool[] active);

/// A compiled function: frames for its runs, which a call reuses, and how arguments get into them.
sealed class Code(Interpreter interpreter, Function function)
{
    readonly Stack<Frame> free = new();

    public required Exec Body { get; init; }
    public required Dictionary<string, (bool Varying, int Index)> Slots { get; init; }
    public required Dictionary<string, int> Arrays { get; init; }
    public required int Scalars { get; init; }
    public required int Vectors { get; init; }
    public required int Masks { get; init; }

    public Function Function => function;

    public Frame Rent(Machine machine)
    {
        machine.Enter();
        var frame = free.Count > 0 ? free.Pop() : new Frame(interpreter.Lanes, Scalars, Vectors, Masks, Arrays.Count);
        frame.Machine = machine;
        Array.Clear(frame.Scalars, 0, frame.Scalars.Length);
        Array.Clear(frame.Arrays, 0, frame.Arrays.Length);
        foreach (var (varying, index) in Slots.Values)
            if (varying) Array.Clear(frame.Vectors[index], 0, interpreter.Lanes);
        foreach (var c in function.Constants)
            if (Arrays.TryGetValue(c.Buffer.Name, out int slot))
                frame.Arrays[slot] = new ArrayView { Memory = machine.Memory(c.Buffer, DataOf(c)), Length = c.Bits.Count };
        return frame;
    }

    readonly Dictionary<string, ulong[]> data = [];
    ulong[] DataOf(ConstantData c) => data.TryGetValue(c.Buffer.Name, out var bits) ? bits : data[c.Buffer.Name] = [.. c.Bits];

    public void Return(Frame frame)
    {
        frame.Machine.Leave();
        free.Push(frame);
    }

    /// Sets a local in all lanes; nothing if the function does not mention it.
    public void Set(Frame frame, string local, ulong value)
    {
        if (!Slots.TryGetValue(local, out var slot)) return;
        if (!slot.Varying) { frame.Scalars[slot.Index] = value; return; }
        ulong[] lanes = frame.Vectors[slot.Index];
        for (int l = 0; l < lanes.Length; l++) lanes[l] = value;
    }

    public ulong[] Run(Machine machine, Arguments arguments)
    {
        var frame = Rent(machine);
        foreach (var p in function.Parameters)
            switch (p)
            {
                case ValueParameter v: Set(frame, v.Local.Name, Scalar(v.Local.Name) & v.Local.Type.Mask()); break;
                case BufferParameter b:
                    string name = b.Buffer.Name;
                    if (!arguments.Arrays.TryGetValue(name, out var array)) throw new InterpreterException($"No argument '{name}'.");
                    if (Arrays.TryGetValue(name, out int slot))
                        frame.Arrays[slot] = new ArrayView { Memory = machine.Memory(b.Buffer, array), Length = array.Length };
                    if (!b.View2) Set(frame, name + ".Length", (uint)array.Length);
                    else
                        foreach (string part in new[] { ".Rows", ".Columns", ".Stride" }) Set(frame, name + part, Scalar(name + part));
                    break;
            }
        frame.Masks[0][0] = true;
        Body(frame, frame.Masks[0]);
        var results = new ulong[function.Results.Count];
        for (int k = 0; k < results.Length; k++) results[k] = Result(frame, function.Results[k]);
        Return(frame);
        return results;

        ulong Scalar(string name) => arguments.Scalars.TryGetValue(name, out ulong x) ? x : throw new InterpreterException($"No argument '{name}'.");
    }

    public ulong Result(Frame frame, Local result) =>
        !Slots.TryGetValue(result.Name, out var slot) ? 0 : slot.Varying ? frame.Vectors[slot.Index][0] : frame.Scalars[slot.Index];

    /// The lanes of a result of a function compiled for lane code.
    public ulong[] Results(Frame frame, Local result) => Slots.TryGetValue(result.Name, out var slot) ? frame.Vectors[slot.Index] : new ulong[interpreter.Lanes];
}

/// Functions inside functions: calls, the cases of a Dispatch, the combine of a Reduce.
sealed partial class FunctionCompiler
{
    Exec Call(Call call)
    {
        // The callee is compiled when it first runs: it may call itself, on arguments that end the recursion.
        bool lanes = inLanes;
        var values = call.Values.Map(Expression);
        var slices = call.Slices.Map(x => (Array: ArraySlot(x.Buffer), x.Buffer.Name, Offset: Expression(x.Offset), Length: Expression(x.Length), OffsetType: x.Offset.Type));
        var store = Stores(call.Results);
        if (!lanes)
        {
            var scalars = values.Map(x => x.Scalar);
            return (f, m) =>
            {
                var code = interpreter.Helper(call.Callee, false);
                var frame = code.Rent(f.Machine);
                int v = 0, s = 0;
                foreach (var p in code.Function.Parameters)
                    if (p is ValueParameter value) code.Set(frame, value.Local.Name, scalars[v++](f, m));
                    else if (p is BufferParameter buffer)
                    {
                        var (array, name, offset, length, type) = slices[s++];
                        var outer = View(f, array, name);
                        var view = new ArrayView
                        {
                            Memory = outer.Memory, LaneStride = outer.LaneStride,
                            Offset = outer.Offset + type.SignExtend(offset.Scalar(f, m)), Length = (int)length.Scalar(f, m),
                        };
                        if (code.Arrays.TryGetValue(buffer.Buffer.Name, out int slot)) frame.Arrays[slot] = view;
                        code.Set(frame, buffer.Buffer.Name + ".Length", (uint)view.Length);
                    }
                frame.Masks[0][0] = true;
                code.Body(frame, frame.Masks[0]);
                for (int k = 0; k < store.Length; k++) store[k](f, m, 0, code.Result(frame, code.Function.Results[k]));
                code.Return(frame);
            };
        }
        var vectorValues = values.Map(Broadcast);
        var vectorSlices = slices.Map(x => (x.Array, x.Name, Offset: Broadcast(x.Offset), Length: Broadcast(x.Length), x.OffsetType));
        return (f, m) =>
        {
            var code = interpreter.Helper(call.Callee, true);
            var frame = code.Rent(f.Machine);
            int v = 0, s = 0, n = interpreter.Lanes;
            foreach (var p in code.Function.Parameters)
                if (p is ValueParameter value) SetLanes(code, frame, value.Local.Name, vectorValues[v++](f, m));
                else if (p is BufferParameter buffer)
                {
                    var (array, name, offset, length, type) = vectorSlices[s++];
                    var outer = View(f, array, name);
                    ulong[] from = offset(f, m), count = length(f, m);
                    var view = new ArrayView { Memory = outer.Memory, LaneStride = outer.LaneStride, Offsets = new long[n], Lengths = new long[n] };
                    for (int l = 0; l < n; l++)
                        if (m[l])
                        {
                            view.Offsets[l] = outer.OffsetOf(l) - l * outer.LaneStride + type.SignExtend(from[l]);
                            view.Lengths[l] = (int)count[l];
                        }
                    if (code.Arrays.TryGetValue(buffer.Buffer.Name, out int slot)) frame.Arrays[slot] = view;
                    SetLanes(code, frame, buffer.Buffer.Name + ".Length", count);
                }
            Array.Copy(m, frame.Masks[0], n);
            code.Body(frame, frame.Masks[0]);
            for (int k = 0; k < store.Length; k++)
            {
                ulong[] result = code.Results(frame, code.Function.Results[k]);
                for (int l = 0; l < n; l++)
                    if (m[l]) store[k](f, m, l, result[l]);
            }
            code.Return(frame);
        };
    }

    static void SetLanes(Code code, Frame frame, string local, ulong[] values)
    {
        if (code.Slots.TryGetValue(local, out var slot)) Array.Copy(values, frame.Vectors[slot.Index], values.Length);
    }

    /// An array that a case does not declare is the enclosing function's.
    Action<Frame, Frame> Inherit(Code code)
    {
        var shared = new List<(int Inner, int Outer)>();
        foreach (var array in code.Arrays)
        {
            // The enclosing function may use the array nowhere else: it gets a slot all the same.
            if (!arrays.TryGetValue(array.Key, out int outer)) arrays[array.Key] = outer = arrays.Count;
            shared.Add((array.Value, outer));
        }
        return (from, to) =>
        {
            foreach (var (inner, outer) in shared) to.Arrays[inner] ??= from.Arrays[outer];
        };
    }

    Exec Dispatch(Dispatch d)
    {
        bool lanes = inLanes;
        var region = Expression(d.Region);
        var values = d.Values.Map(Expression);
        var store = Stores(d.Results);
        var cases = d.Cases.Map(c => new FunctionCompiler(interpreter, c, lanes).Compile());
        var inherit = cases.Map(Inherit);
        int Case(ulong r) => (uint)r < (uint)cases.Count ? (int)r : cases.Count - 1;
        if (!lanes)
        {
            var choice = region.Scalar;
            var scalars = values.Map(x => x.Scalar);
            return (f, m) =>
            {
                int chosen = Case(choice(f, m));
                var code = cases[chosen];
                var frame = code.Rent(f.Machine);
                inherit[chosen](f, frame);
                int v = 0;
                foreach (var p in code.Function.Parameters) code.Set(frame, ((ValueParameter)p).Local.Name, scalars[v++](f, m));
                frame.Masks[0][0] = true;
                code.Body(frame, frame.Masks[0]);
                for (int k = 0; k < store.Length; k++) store[k](f, m, 0, code.Result(frame, code.Function.Results[k]));
                code.Return(frame);
            };
        }
        var choices = Broadcast(region);
        var vectorValues = values.Map(Broadcast);
        int n = interpreter.Lanes;
        return (f, m) =>
        {
            // Copies: the results may be locals that the region or a later case's values come from.
            var chosen = (ulong[])choices(f, m).Clone();
            var arguments = vectorValues.Map(v => (ulong[])v(f, m).Clone());
            for (int c = 0; c < cases.Count; c++)
            {
                var code = cases[c];
                bool any = false;
                for (int l = 0; l < n; l++) any |= m[l] && Case(chosen[l]) == c;
                if (!any) continue;
                var frame = code.Rent(f.Machine);
                inherit[c](f, frame);
                for (int l = 0; l < n; l++) frame.Masks[0][l] = m[l] && Case(chosen[l]) == c;
                int v = 0;
                foreach (var p in code.Function.Parameters) SetLanes(code, frame, ((ValueParameter)p).Local.Name, arguments[v++]);
                code.Body(frame, frame.Masks[0]);
                for (int k = 0; k < store.Length; k++)
                {
                    ulong[] result = code.Results(frame, code.Function.Results[k]);
                    for (int l = 0; l < n; l++)
                        if (m[l] && Case(chosen[l]) == c) store[k](f, m, l, result[l]);
                }
                code.Return(frame);
            }
        };
    }

    Exec Reduce(Reduce r)
    {
        if (inLanes) throw new InterpreterException("A reduction stands in lane code.");
        var values = r.Values.Map(x => Broadcast(Read(x)));
        var store = Stores(r.Targets);
        var combine = new FunctionCompiler(interpreter, r.Combine, inLanes: true).Compile();
        int lanes = interpreter.Lanes;
        if ((lanes & lanes - 1) != 0) throw new InterpreterException($"{lanes} lanes are not a power of two.");
        return (f, m) =>
        {
            var work = values.Map(v => (ulong[])v(f, f.Machine.All).Clone());
            for (int h = lanes / 2; h >= 1; h /= 2)
            {
                var frame = combine.Rent(f.Machine);
                for (int k = 0; k < 2 * work.Count; k++)
                {
                    ulong[] operand = work[k % work.Count];
                    if (k >= work.Count)
                    {
                        var upper = new ulong[lanes];
                        Array.Copy(operand, h, upper, 0, h);
                        operand = upper;
                    }
                    SetLanes(combine, frame, ((ValueParameter)r.Combine.Parameters[k]).Local.Name, operand);
                }
                for (int l = 0; l < lanes; l++) frame.Masks[0][l] = l < h;
                combine.Body(frame, frame.Masks[0]);
                for (int k = 0; k < work.Count; k++) Array.Copy(combine.Results(frame, r.Combine.Results[k]), work[k], h);
                combine.Return(frame);
            }
            for (int k = 0; k < store.Length; k++) store[k](f, m, 0, work[k][0]);
        };
    }
}
