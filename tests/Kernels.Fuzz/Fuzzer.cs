using System.Collections.Concurrent;
using System.Reflection;
using Kernels.Generators;
using Kernels.Generators.IR;
using Kernels.Generators.Passes;
using Kernels.Generators.Targets;
using Kernels.Testing;
using Module = Kernels.Generators.IR.Module;

namespace Kernels.Fuzz;

/// What went wrong with a program. Kind: the same for the same sort of mistake, for counting and for shrinking.
sealed record Failure(FuzzProgram Program, string Kind, string Detail, CpuTarget? Target = null, int Length = 0)
{
    public override string ToString() => $"seed {Program.Seed}: {Kind}: {(Target is null ? "" : $"{Target.Name}, n = {Length}: ")}{Detail}";
}

/// A program behind the scalar passes, if it goes through them. Failure: what the verifier or a pass said.
sealed record Prepared(Function Function, Sequence<BoundsCheck> Checks, (string Kind, string Detail)? Failure = null)
{
    public static Prepared Of(FuzzProgram p)
    {
        var module = new Module(p.Function, p.Helpers.ToSequence());
        string pass = "the input";
        try
        {
            if (Verifier.Check(module) is { Count: > 0 } wrong) return new(p.Function, [], ("invalid: " + Sort(wrong[0]), wrong[0]));
            if (!p.Whole) return new(p.Function, []);
            (string, string)? violation = null;
            var (f, checks) = PassList.Run(module, after: (name, after, _) =>
            {
                pass = name;
                if (violation is null && Verifier.Check(after, Stage.Inlined) is { Count: > 0 } broken) violation = ($"{name} breaks a rule: {Sort(broken[0])}", broken[0]);
            });
            return new(f, checks, violation);
        }
        catch (Exception e) { return new(p.Function, [], ($"throws behind {pass}: {e.GetType().Name}", e.ToString())); }
    }

    /// Without the names, which differ from program to program.
    public static string Sort(string violation) => System.Text.RegularExpressions.Regex.Replace(violation, "'[^']*'|[0-9]+", "_");

    /// The check that the host of a correct program must not fail, or null.
    public string? Rejected(FuzzProgram p, int n, Arguments arguments)
    {
        ulong Value(Expr e) => e switch
        {
            Const c => c.Bits,
            Use u => arguments.Scalars.TryGetValue(u.Local.Name, out ulong x) ? x : (ulong)p.Rooms.First(r => r.Buffer.Name + ".Length" == u.Local.Name).Length(n),
            Apply a => Operations.Evaluate(a.Op, a.Type, a.Args[0].Type, Value(a.Args[0]), a.Args.Count > 1 ? Value(a.Args[1]) : 0, a.Args.Count > 2 ? Value(a.Args[2]) : 0, false),
            _ => throw new InvalidOperationException($"{e} is not for the host"),
        };
        foreach (var c in Checks)
        {
            if (c.When is { } when && Value(when) == 0) continue;
            long min = (long)Value(c.Min), max = (long)Value(c.Max);
            if (min < 0 || max >= p.Rooms.First(r => r.Buffer == c.Buffer).Length(n)) return $"{c.Buffer.Name}[{min} .. {max}], n = {n}";
        }
        return null;
    }
}

sealed record FuzzReport(List<Failure> Failures, Coverage Coverage, int Runs);

/// Programs by the batch: one assembly for all targets, then each core against the interpreter with its lanes and its MulAdd.
static class Fuzzer
{
    const int Batch = 100, HangSeconds = 30;
    public const long StepBudget = 2_000_000;

    /// Every fourth program runs on all targets, the others on two of them that take turns: most of the time goes into compiling.
    public static IEnumerable<CpuTarget> Targets(FuzzProgram p) =>
        p.Seed % 4 == 0 || Cores.Runnable.Length < 3 ? Cores.Runnable : Cores.Runnable.Where((_, k) => k == p.Seed / 4 % Cores.Runnable.Length || k == (p.Seed / 4 + p.Seed % 4) % Cores.Runnable.Length);

    public static FuzzReport Run(IEnumerable<int> seeds, Func<Function, CpuTarget, string>? emit = null, int threads = 2, bool untilFirst = false) =>
        Run([.. seeds.Select(s => (Func<FuzzProgram>)(() => Generator.Program(s)))], emit, threads, untilFirst);

    public static FuzzReport Run(IReadOnlyList<Func<FuzzProgram>> programs, Func<Function, CpuTarget, string>? emit = null, int threads = 2, bool untilFirst = false)
    {
        var batches = new ConcurrentQueue<Func<FuzzProgram>[]>(programs.Chunk(untilFirst ? 20 : Batch));
        var failures = new List<Failure>();
        var coverage = new Coverage();
        int runs = 0, working = 0, failed = 0;
        var workers = new List<Worker>();
        void Start()
        {
            var worker = new Worker();
            lock (workers) workers.Add(worker);
            Interlocked.Increment(ref working);
            new Thread(() =>
            {
                using var memory = new Memory(guarded: !untilFirst); // a wrong compiler shall not end the process
                while (!worker.Abandoned && !(untilFirst && Volatile.Read(ref failed) > 0) && batches.TryDequeue(out var batch)) Work(batch, worker, memory);
                if (!worker.Abandoned) Interlocked.Decrement(ref working);
            }, 16 << 20) { IsBackground = true }.Start();
        }

        void Work(Func<FuzzProgram>[] makers, Worker worker, Memory memory)
        {
            var all = makers.Select(m => m()).ToArray();
            var cores = new Cores([.. all.Select(p => p.Prepared.Function)], k => Targets(all[k]), emit, k => all[k].Seed >= 0 ? $"Seed{all[k].Seed}_{k}" : $"Program{k}");
            for (int k = 0; k < all.Length && !worker.Abandoned && !(untilFirst && Volatile.Read(ref failed) > 0); k++)
            {
                worker.Begin(all[k], makers[(k + 1)..]);
                var failure = Check(all[k], cores, k, memory, ref runs, targets: Targets(all[k]), worker: worker);
                if (worker.Abandoned) return;
                worker.End();
                lock (failures)
                {
                    if (failure is not null) { failures.Add(failure); failed++; }
                    coverage.Add(all[k]);
                }
            }
        }

        for (int t = 0; t < threads; t++) Start();
        while (Volatile.Read(ref working) > 0)
        {
            Thread.Sleep(5);
            Worker[] current;
            lock (workers) current = [.. workers];
            foreach (var w in current)
            {
                if (w.Abandoned || w.Since is not { } since || (DateTime.UtcNow - since).TotalSeconds < (untilFirst ? HangSeconds / 3 : HangSeconds)) continue;
                w.Abandoned = true; // it spins for ever: a thread cannot be stopped
                lock (failures) failures.Add(new(w.Program!, "hang", "does not end", w.Target, w.Length));
                failed++;
                if (w.Rest.Length > 0) batches.Enqueue(w.Rest);
                Interlocked.Decrement(ref working);
                Start();
            }
        }
        lock (failures) return new(failures, coverage, runs);
    }

    public sealed class Worker
    {
        public volatile bool Abandoned;
        public FuzzProgram? Program;
        public Func<FuzzProgram>[] Rest = [];
        object? since;
        public DateTime? Since => (DateTime?)Volatile.Read(ref since);
        public CpuTarget? Target;
        public int Length;
        public void At(CpuTarget target, int n) => (Target, Length) = (target, n);
        public void Begin(FuzzProgram p, Func<FuzzProgram>[] rest) { (Program, Rest, Target) = (p, rest, null); Volatile.Write(ref since, DateTime.UtcNow); }
        public void End() => Volatile.Write(ref since, null);
    }

    /// Every dispatch that can be binned is, in blocks that the longer lengths pass.
    public static readonly Binning.Limits Limits = new(Worth: 0, Block: 128);

    /// The first thing wrong with a program, or null.
    public static Failure? Check(FuzzProgram p, Cores cores, int at, Memory memory, ref int runs, bool races = true, IEnumerable<CpuTarget>? targets = null, Worker? worker = null)
    {
        if (p.Prepared.Failure is var (kind, detail)) return new(p, kind, detail);
        if (cores.Failure(at) is { } failure)
            return new(p, failure.StartsWith("compiler", StringComparison.Ordinal) ? "does not compile: " + failure.Split('\n')[0].Split(": ")[2] : "emitter throws: " + failure.Split('\n')[0].Replace("emitter: ", ""), failure);
        targets ??= Cores.Runnable;
        var interpreters = new Dictionary<(int, bool), Interpreter>();
        var module = new Module(p.Function, p.Helpers.ToSequence());
        var layouts = new Dictionary<string, int>();
        foreach (var target in targets)
        {
            var lowered = Compiler.Lower(p.Prepared.Function, target, Limits);
            layouts[target.Name] = lowered.Layout.Lanes;
            foreach (var f in lowered.Parts.Append(lowered))
                if (Verifier.Check(f.Function, Stage.Predicated) is { Count: > 0 } broken) return new(p, "lowered breaks a rule: " + Prepared.Sort(broken[0]), broken[0], target);
        }
        bool checkedRaces = !races;
        foreach (int n in p.Lengths)
        {
            var expected = new Dictionary<(int, bool), (Arguments Arguments, Outcome Outcome)>();
            foreach (var target in targets)
            {
                var key = (layouts[target.Name], target.Fused);
                if (!interpreters.TryGetValue(key, out var interpreter)) interpreters[key] = interpreter = new Interpreter(module, key.Item1, key.Fused);
                if (!expected.TryGetValue(key, out var reference))
                {
                    var arguments = Arguments(p, n);
                    Outcome outcome;
                    try { outcome = interpreter.Run(arguments, StepBudget); }
                    catch (Exception e) { return new(p, "interpreter throws", e.ToString()); }
                    expected[key] = reference = (arguments, outcome);
                    if (outcome.Failure is { } f) return new(p, "invalid: " + new string([.. f.Where(c => !char.IsAsciiDigit(c))]), f);
                }
                if (p.Prepared.Rejected(p, n, reference.Arguments) is { } rejected) return new(p, "the host rejects a correct program", rejected);
                if (!checkedRaces && n > 8)
                {
                    checkedRaces = true;
                    var found = new Interpreter(module, 4, false, checkRaces: true).Run(Arguments(p, n), 4 * StepBudget).Races.Where(r => !r.Contains("before anything was written", StringComparison.Ordinal)).ToList();
                    if (found.Count > 0) return new(p, "invalid: races", found[0]);
                }
                Interlocked.Increment(ref runs);
                worker?.At(target, n);
                if (memory.Run(p, n, cores[at, target], reference.Arguments, reference.Outcome) is { } wrong) return new(p, "differs", wrong, target, n);
            }
        }
        return null;
    }

    public static Arguments Arguments(FuzzProgram p, int n)
    {
        var random = new Random(p.Seed * 31 + n);
        var arguments = new Arguments().With("n", n).With("o", random.Next(8));
        foreach (var v in p.Function.Parameters.OfType<ValueParameter>())
            if (v.Local.Name.StartsWith('p')) arguments.Scalars[v.Local.Name] = Values.Any(v.Local.Type, random);
        foreach (var room in p.Rooms)
        {
            arguments.Arrays[room.Buffer.Name] = SharedWith(p, room, n) is { } other ? arguments.Arrays[other.Buffer.Name]
                : [.. Enumerable.Range(0, room.Length(n)).Select(_ => Values.Any(room.Buffer.Element, random))];
            if (room.Rows == 0) continue;
            arguments.With(room.Buffer.Name + ".Rows", room.Rows).With(room.Buffer.Name + ".Columns", room.Columns(n)).With(room.Buffer.Name + ".Stride", room.Stride(n));
        }
        return arguments;
    }

    /// The array whose memory this one is in this run: an in-place parameter has memory of its own in every third.
    public static Room? SharedWith(FuzzProgram p, Room room, int n) => (p.Seed + n) % 3 == 0 ? null
        : p.Function.Parameters.OfType<BufferParameter>().FirstOrDefault(b => b.Buffer == room.Buffer)?.InPlaceOf is { } other ? p.Rooms.First(r => r.Buffer.Name == other) : null;
}

/// The arrays of one run, each against a page without access.
sealed unsafe class Memory(bool guarded = true) : IDisposable
{
    const int Size = 1 << 17, Canaries = 64;
    const byte Canary = 0xC5;
    readonly List<(GuardedBuffer<byte> Behind, GuardedBuffer<byte> Before)> buffers = [];

    public string? Run(FuzzProgram p, int n, MethodInfo core, Arguments expected, Outcome outcome)
    {
        var inputs = Fuzzer.Arguments(p, n);
        var places = new List<(Room Room, nint Address, bool Behind)>();
        byte* Place(Room room)
        {
            int k = places.Count, bytes = room.Length(n) * room.Buffer.Element.Bytes();
            while (buffers.Count <= k) buffers.Add((new(Size), new(Size, Guard.Before)));
            bool behind = ((p.Seed + n + k) & 3) != 0;
            byte* start = !guarded ? buffers[k].Before.Pointer + Size / 4 : behind ? buffers[k].Behind.Pointer + Size - bytes : buffers[k].Before.Pointer;
            behind &= guarded;
            new Span<byte>(behind ? start - Canaries : start + bytes, Canaries).Fill(Canary);
            places.Add((room, (nint)start, behind));
            return start;
        }
        var arguments = new List<object>();
        foreach (var parameter in p.Function.Parameters)
            switch (parameter)
            {
                case ValueParameter v: arguments.Add(Values.Boxed(v.Local.Type, inputs.Scalars[v.Local.Name])); break;
                case BufferParameter b:
                    var room = p.Rooms.First(r => r.Buffer == b.Buffer);
                    byte* start = Fuzzer.SharedWith(p, room, n) is { } shared ? (byte*)places.First(x => x.Room == shared).Address : Place(room);
                    var data = inputs.Arrays[b.Buffer.Name];
                    for (int k = 0; k < data.Length; k++) Values.Write(start, b.Buffer.Element, k, data[k]);
                    arguments.Add((nint)start);
                    if (b.View2) arguments.AddRange([room.Rows, room.Columns(n), room.Stride(n)]);
                    else arguments.Add(room.Length(n));
                    break;
            }
        foreach (var room in p.Scratch)
        {
            byte* start = Place(room);
            for (int k = 0; k < room.Length(n); k++) Values.Write(start, room.Buffer.Element, k, room.Fill?.Bits ?? 0xDEAD_BEEF_DEAD_BEEF & room.Buffer.Element.Mask());
            arguments.Add((nint)start);
        }
        int errors;
        try { errors = Cores.Run(core, [.. arguments]); }
        catch (Exception e) { return $"throws {e.GetType().Name}: {e.Message}"; }
        foreach (var (room, address, behind) in places)
        {
            int bytes = room.Length(n) * room.Buffer.Element.Bytes();
            var canaries = new Span<byte>(behind ? (byte*)address - Canaries : (byte*)address + bytes, Canaries);
            if (canaries.IndexOfAnyExcept(Canary) >= 0) return $"{room.Buffer.Name}: a byte {(behind ? "before" : "behind")} the array is written";
            if (room.Fill is { } fill)
                for (int k = 0; k < room.Length(n); k++)
                    if (Values.Read((byte*)address, room.Buffer.Element, k) != fill.Bits) return $"{room.Buffer.Name}[{k}] is not restored";
            if (room.Buffer.Storage != Storage.Parameter) continue;
            var wanted = expected.Arrays[room.Buffer.Name];
            for (int k = 0; k < wanted.Length; k++)
            {
                ulong got = Values.Read((byte*)address, room.Buffer.Element, k);
                if (!Values.Same(room.Buffer.Element, got, wanted[k])) return $"{room.Buffer.Name}[{k}] = {Values.Text(room.Buffer.Element, got)}, not {Values.Text(room.Buffer.Element, wanted[k])}";
            }
        }
        return errors == outcome.Errors ? null : $"error bits {errors}, not {outcome.Errors}";
    }

    public void Dispose()
    {
        foreach (var (behind, before) in buffers) { behind.Dispose(); before.Dispose(); }
    }
}
