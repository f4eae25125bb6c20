using System.Reflection;
using System.Text;
using Kernels.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kernels.Fuzz;

/// Random specs as C# text: through the front end and all of the compiler, and run as the plain C# that they are. Nothing in them depends on
/// the number of lanes: each iteration has its own elements, only integers are reduced, and no operation is left to the target.
sealed class SpecText
{
    static readonly string[] types = ["int", "uint", "long", "float", "double"];
    readonly Random random;
    readonly StringBuilder text = new();
    readonly List<(string Type, string Name)> values = [], assignable = [];
    readonly List<(string Type, string Name)> helpers = [];
    string? lane;          // null: uniform code
    bool inHelper;
    int names, depth, indent = 2;
    readonly List<(string Type, string Name, string How)> sums = [];

    SpecText(int seed) => random = new(seed);

    bool Chance(int oneIn) => random.Next(oneIn) == 0;
    T Pick<T>(params IReadOnlyList<T> items) => items[random.Next(items.Count)];
    string Fresh(string stem) => $"{stem}{names++}";
    void Line(string line) => text.Append(' ', 4 * indent).Append(line).Append('\n');
    void Open(string line) { Line(line); Line("{"); indent++; }
    void Close() { indent--; Line("}"); }

    /// A class of one kernel with a driver that takes its arrays boxed; options null: the plain C#.
    public static string Make(int seed) => new SpecText(seed).Class($"Spec{seed}");

    const string Parameters = "int n, int pi, long pl, float pf, double pd, ReadOnlySpan<int> ai, ReadOnlySpan<uint> au, ReadOnlySpan<long> al, ReadOnlySpan<float> af, ReadOnlySpan<double> ad, "
        + "Span<int> oi, Span<uint> ou, Span<long> ol, Span<float> of, Span<double> od, Span<long> totals, Span<int> counts, Span<int> kept";

    string Class(string name)
    {
        text.Append("public static unsafe partial class ").Append(name).Append("\n{\n");
        indent = 1;
        Line("struct Pair");
        Line("{");
        Line("    public float X; public int Y;");
        Line("    public Pair(float x, int y) { X = x; Y = y; }");
        Line($"    public static Pair operator +(Pair a, Pair b) => new Pair(a.X {Pick("+", "*", "-")} b.X, a.Y {Pick("^", "+", "|")} b.Y);");
        Line($"    public float Value() => X {Pick("+", "*")} (float)Y;");
        Line("}");
        for (int k = random.Next(3); k > 0; k--) Helper();
        Line("[Kernel]");
        Open($"public static void K({Parameters})");
        values.AddRange([("int", "n"), ("int", "pi"), ("long", "pl"), ("float", "pf"), ("double", "pd")]);
        for (int k = random.Next(1, 4); k > 0; k--)
        {
            string t = Pick(types), u = Fresh("u");
            Line($"{t} {u} = {E(t, 2)};");
            values.Add((t, u));
        }
        int loops = random.Next(1, 3);
        bool appended = false;
        int total = 0;
        for (int k = 0; k < loops; k++)
        {
            sums.Clear();
            for (int j = random.Next(3); j > 0; j--)
            {
                var (t, how) = (Pick("int", "uint", "long"), Pick("Sum", "Min", "Max"));
                if (t == "uint" && how != "Sum") how = "Sum";
                sums.Add((t, Fresh("s"), how));
                Line($"{t} {sums[^1].Name} = {(how == "Sum" ? "0" : how == "Min" ? t + ".MaxValue" : t + ".MinValue")};");
            }
            bool append = !appended && Chance(3);
            if (append) Line("int found = 0;");
            lane = Fresh("i");
            Open($"foreach (int {lane} in Lanes.Range({(Chance(3) ? "pi & 7" : "0")}, n))");
            int scope = values.Count;
            assignable.Clear();
            Body(random.Next(2, 7));
            foreach (var s in sums) Accumulate(s);
            if (append) Line($"if ({E("bool", 2)}) Lanes.Append(kept, ref found, {E("int", 2)});");
            // Updates of one kind commute.
            if (Chance(3)) Line($"Atomic.{(loops > 1 ? "Add" : Pick("Add", "Max", "Xor"))}(ref counts[{E("int", 1)} & 15], {E("int", 1)});");
            values.RemoveRange(scope, values.Count - scope);
            Close();
            lane = null;
            foreach (var (t, s, how) in sums)
                if (total < 6) Line($"totals[{total++}] = (long)Lanes.{how}({s});");
            if (append) { Line("totals[7] = found;"); appended = true; }
        }
        Close();
        Open("public static void Drive(object[] x, KernelOptions options)");
        string arguments = "(int)x[0], (int)x[1], (long)x[2], (float)x[3], (double)x[4], (int[])x[5], (uint[])x[6], (long[])x[7], (float[])x[8], (double[])x[9], (int[])x[10], (uint[])x[11], (long[])x[12], (float[])x[13], (double[])x[14], (long[])x[15], (int[])x[16], (int[])x[17]";
        Line($"if (options is null) K({arguments}); else KKernel.Run({arguments}, options);");
        Close();
        return text.Append("}\n").ToString();
    }

    void Helper()
    {
        string t = Pick(types), name = Fresh("Help");
        Open($"static {t} {name}({t} x, int k, float f)");
        values.AddRange([(t, "x"), ("int", "k"), ("float", "f")]);
        inHelper = true;
        if (Chance(2)) Line($"if ({E("bool", 2)}) return {E(t, 2)};");
        Line($"{t} r = {E(t, 2)};");
        values.Add((t, "r"));
        assignable.Add((t, "r"));
        Body(random.Next(1, 3));
        Line($"return {E(t, 2)};");
        inHelper = false;
        values.Clear();
        assignable.Clear();
        Close();
        helpers.Add((t, name));
    }

    void Body(int count)
    {
        int scope = values.Count, targets = assignable.Count;
        depth++;
        for (int k = 0; k < count; k++) Statement();
        depth--;
        if (depth == 0) return; // the caller's expressions may still read these
        values.RemoveRange(scope, values.Count - scope);
        assignable.RemoveRange(targets, assignable.Count - targets);
    }

    void Accumulate((string Type, string Name, string How) s) =>
        Line(s.How == "Sum" ? $"{s.Name} += {E(s.Type, 2)};" : $"{s.Name} = Math.{s.How}({s.Name}, {E(s.Type, 2)});");

    void Statement()
    {
        switch (random.Next(depth > 3 ? 7 : 13))
        {
            case 0 or 1 or 2:
                string t = Chance(8) ? "bool" : Pick(types), v = Fresh("v");
                Line($"{t} {v} = {E(t, 3)};");
                values.Add((t, v));
                assignable.Add((t, v));
                return;
            case 3 when assignable.Count > 0:
                var (type, target) = Pick(assignable);
                if (type != "bool" && Chance(3)) Line($"{target} {Pick("+=", "-=", "*=")} {E(type, 2)};");
                else Line($"{target} = {E(type, 2)};");
                return;
            case 4 or 5 when lane is not null:
                int o = random.Next(5);
                Line($"{new[] { "oi", "ou", "ol", "of", "od" }[o]}[{lane}] = {E(types[o], 3)};");
                return;
            case 6 when lane is not null && sums.Count > 0:
                Accumulate(Pick(sums));
                return;
            case 7 or 8:
                Open($"if ({E("bool", 2)})");
                Body(random.Next(1, 3));
                Close();
                if (Chance(2)) return;
                Open("else");
                Body(random.Next(1, 3));
                Close();
                return;
            case 9:
                string k = Fresh("k");
                Open($"for (int {k} = {(Chance(3) ? $"{E("int", 1)} & 1" : "0")}; {k} < {(Chance(2) ? $"{random.Next(1, 5)}" : $"({E("int", 1)} & 3)")}; {k}++)");
                values.Add(("int", k));
                if (Chance(3)) Line($"if ({E("bool", 1)}) {Pick("break", "continue")};");
                Body(random.Next(1, 3));
                values.Remove(("int", k));
                Close();
                return;
            case 10:
                string w = Fresh("w");
                Line($"int {w} = 0;");
                Open($"while ({w} < 4 && {E("bool", 1)})");
                Line($"{w}++;");
                Body(random.Next(1, 3));
                Close();
                return;
            case 11 when lane is not null:
                string p = Fresh("p");
                Line($"Pair {p} = new Pair({E("float", 1)}, {E("int", 1)}) + new Pair({E("float", 1)}, {E("int", 1)});");
                values.Add(("float", $"{p}.Value()"));
                values.Add(("int", $"{p}.Y"));
                return;
            case 12 when lane is not null && depth == 1:
                string a = Fresh("t"), e = Pick("int", "float", "double"), j = Fresh("j");
                Line($"Span<{e}> {a} = stackalloc {e}[4];");
                values.Add(("int", j));
                string element = E(e, 2);
                values.Remove(("int", j));
                Line($"for (int {j} = 0; {j} < 4; {j}++) {a}[{j}] = {element};");
                values.Add((e, $"{a}[{random.Next(4)}]"));
                if (Chance(2)) values.Add((e, $"{a}[{Named("int")} & 3]"));
                return;
        }
    }

    /// A value whose bits the C# compiler does not know: constants are never folded into an overflow.
    string Named(string t)
    {
        var known = values.Where(v => v.Type == t).Select(v => v.Name).ToList();
        if (lane is not null && Chance(2) && t != "bool")
        {
            string array = t switch { "int" => "ai", "uint" => "au", "long" => "al", "float" => "af", _ => "ad" };
            return Chance(4) ? $"{array}[{E("int", 0)} & 15]" : $"{array}[{lane}{(Chance(2) ? "" : $" + {random.Next(1, 9)}")}]";
        }
        if (lane is not null && t == "int" && Chance(4)) return lane;
        if (known.Count > 0) return Pick(known);
        if (t == "bool") return $"({Named("int")} {Pick("<", ">=", "==")} {Constant("int")})";
        var other = values.Where(v => v.Type != "bool" && v.Type != t).ToList();
        return other.Count > 0 ? $"({t}){Pick(other).Name}" : $"({t}){Named("int")}";
    }

    string Constant(string t) => t switch
    {
        "int" => Pick("0", "1", "2", "3", "7", "31", "-1", "-5", "1000003", "int.MaxValue", "int.MinValue"),
        "uint" => Pick("0u", "1u", "2u", "9u", "255u", "4000000000u", "uint.MaxValue"),
        "long" => Pick("0L", "1L", "-3L", "12L", "5000000000L", "long.MaxValue", "long.MinValue"),
        "float" => Pick("0f", "1f", "-2.5f", "0.1f", "1e20f", "3e-39f", "16777217f"),
        "double" => Pick("0.0", "1.0", "-2.5", "0.1", "1e200", "5e-324", "4503599627370497.5"),
        _ => Pick("true", "false"),
    };

    string E(string t, int d)
    {
        if (d <= 0) return Chance(4) ? Constant(t) : Named(t);
        string X(string type) => E(type, d - 1);
        string L(string type) => d <= 1 ? Named(type) : E0(type, d - 1);
        if (t == "bool")
            switch (random.Next(6))
            {
                case 0: return $"({L("bool")} {Pick("&&", "||", "&", "|", "^")} {X("bool")})";
                case 1: return $"(!{L("bool")})";
                default:
                    string of = Pick(types);
                    return $"({L(of)} {Pick("<", "<=", ">", ">=", "==", "!=")} {X(of)})";
            }
        return E0(t, d);
    }

    /// As E, and no constant.
    string E0(string t, int d)
    {
        if (d <= 0) return Named(t);
        if (t == "bool") return E(t, d);
        string X() => E(t, d - 1);
        string L() => E0(t, d - 1);
        if (Chance(7)) return $"({E0("bool", d - 1)} ? {L()} : {X()})";
        if (Chance(7)) return $"(({t}){E0(Pick(types), d - 1)})";
        if (Chance(8) && helpers.Where(h => h.Type == t).ToList() is { Count: > 0 } callees && !inHelper) return $"{Pick(callees).Name}({L()}, {E("int", d - 1)}, {E("float", d - 1)})";
        if (t is "float" or "double")
            switch (random.Next(8))
            {
                case 0: return $"KernelMath.{Pick("Sqrt", "Abs", "Floor", "Ceiling", "Truncate", "Round")}({L()})";
                case 1: return $"KernelMath.{Pick("Min", "Max", "MinOrSecond", "MaxOrSecond")}({L()}, {X()})";
                case 2: return $"KernelMath.Fma({L()}, {X()}, {X()})";
                case 3: return $"(-{L()})";
                default: return $"({L()} {Pick("+", "-", "*", "*", "/")} {X()})";
            }
        switch (random.Next(8))
        {
            case 0: return $"({L()} {Pick("<<", ">>")} {(Chance(2) ? $"{random.Next(0, 40)}" : E0("int", 0))})";
            case 1: return $"({L()} {Pick("/", "%")} {(t == "uint" ? Pick("3u", "8u", "10u") : t == "long" ? Pick("3L", "-7L", "16L") : Pick("3", "-7", "16", "1"))})";
            case 2: return t == "uint" ? $"(~{L()})" : $"({Pick("-", "~")}{L()})";
            case 3: return $"Math.{Pick("Min", "Max")}({L()}, {X()})";
            case 4: return $"({L()} {Pick("&", "|", "^")} {X()})";
            default: return $"({L()} {Pick("+", "-", "*")} {X()})";
        }
    }
}

/// Specs by the batch: one assembly, compiled as a user's project is.
static class SpecFuzzer
{
    const string Usings = "global using System; global using Kernels;";
    static readonly CSharpParseOptions parse = new(LanguageVersion.Preview);

    public static (List<string> Wrong, int Runs) Run(IEnumerable<int> seeds, int batch = 50)
    {
        var wrong = new List<string>();
        int all = 0;
        Parallel.ForEach(seeds.Chunk(batch), new ParallelOptions { MaxDegreeOfParallelism = 2 }, some =>
        {
            var found = new List<string>();
            int runs = 0;
            Batch(some, found, ref runs);
            lock (wrong) { wrong.AddRange(found); all += runs; }
        });
        return (wrong, all);
    }

    static void Batch(int[] seeds, List<string> wrong, ref int runs)
    {
        var trees = seeds.Select(s => CSharpSyntaxTree.ParseText(SpecText.Make(s), parse, $"{s}.cs")).ToList();
        while (trees.Count > 0)
        {
            var compilation = CSharpCompilation.Create("Specs" + Guid.NewGuid().ToString("N"), trees.Prepend(CSharpSyntaxTree.ParseText(Usings, parse)), Cores.References,
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release, concurrentBuild: false));
            CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: parse).RunGeneratorsAndUpdateCompilation(compilation, out var full, out var reported);
            using var image = new MemoryStream();
            var result = full.Emit(image);
            var errors = reported.Concat(result.Diagnostics).Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
            if (!result.Success)
            {
                // A spec that does not compile goes, with its generated files; the others stay.
                var gone = new HashSet<string>();
                foreach (var d in errors)
                {
                    string path = d.Location.SourceTree?.FilePath ?? "";
                    string name = System.Text.RegularExpressions.Regex.Match(path, @"(?:Spec)?(\d+)(?=\.)").Groups[1].Value;
                    if (gone.Add(name)) wrong.Add($"spec {name}: does not compile: {d}\n{d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line]}");
                }
                int left = trees.RemoveAll(t => gone.Contains(Path.GetFileNameWithoutExtension(t.FilePath)));
                if (left == 0) return;
                continue;
            }
            foreach (var d in new Microsoft.CodeAnalysis.Diagnostics.CompilationWithAnalyzers(compilation, [new Generators.Diagnostics.KernelAnalyzer()], new Microsoft.CodeAnalysis.Diagnostics.CompilationWithAnalyzersOptions(new([]), null, false, false))
                .GetAnalyzerDiagnosticsAsync().Result.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start))
            {
                if (trees.FirstOrDefault(t => t.FilePath == d.Location.SourceTree!.FilePath) is not { } tree) continue;
                trees.Remove(tree);
                wrong.Add($"spec {Path.GetFileNameWithoutExtension(tree.FilePath)}: not in the language: {d.Id} {d.GetMessage(null)}\n{tree.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line]}");
            }
            var assembly = Assembly.Load(image.ToArray());
            foreach (var tree in trees)
            {
                int seed = int.Parse(Path.GetFileNameWithoutExtension(tree.FilePath));
                if (Check(assembly.GetType($"Spec{seed}")!.GetMethod("Drive")!.CreateDelegate<Action<object[], KernelOptions?>>(), seed, ref runs) is { } problem) wrong.Add($"spec {seed}: {problem}");
            }
            return;
        }
    }

    static string? Check(Action<object[], KernelOptions?> drive, int seed, ref int runs)
    {
        foreach (int n in new[] { seed % 5, 17 + seed % 40, 128 })
        {
            object[] expected = Arguments(seed, n);
            try { drive(expected, null); }
            catch (Exception e) { return $"the plain C# throws: {e}"; }
            foreach (var target in Cores.Runnable)
            {
                object[] got = Arguments(seed, n);
                try { drive(got, new KernelOptions { Target = Enum.Parse<KernelTarget>(target.Method) }); }
                catch (Exception e) { return $"{target.Name}, n = {n}: {e.GetType().Name}: {e.Message}"; }
                runs++;
                for (int k = 5; k < got.Length; k++)
                {
                    var (a, b) = ((Array)expected[k], (Array)got[k]);
                    for (int i = 0; i < a.Length; i++)
                        if (!a.GetValue(i)!.Equals(b.GetValue(i)) || a.GetValue(i) is 0f or 0.0 && 1 / Convert.ToDouble(a.GetValue(i)) != 1 / Convert.ToDouble(b.GetValue(i)))
                            return $"{target.Name}, n = {n}: array {k}[{i}] = {b.GetValue(i)}, not {a.GetValue(i)}";
                }
            }
        }
        return null;
    }

    static object[] Arguments(int seed, int n)
    {
        var random = new Random(seed * 31 + n);
        T[] Fill<T>(int length, Generators.IR.ScalarType type) => [.. Enumerable.Range(0, length).Select(_ => (T)Values.Boxed(type, Values.Any(type, random)))];
        int more = n + 24;
        return
        [
            n, random.Next(-100, 100), random.NextInt64(-1L << 40, 1L << 40), (float)random.Next(-9, 9) / 4, random.NextDouble(),
            Fill<int>(more, Generators.IR.ScalarType.I32), Fill<uint>(more, Generators.IR.ScalarType.U32), Fill<long>(more, Generators.IR.ScalarType.I64), Fill<float>(more, Generators.IR.ScalarType.F32), Fill<double>(more, Generators.IR.ScalarType.F64),
            new int[n], new uint[n], new long[n], new float[n], new double[n], new long[8], new int[16], new int[n],
        ];
    }
}
