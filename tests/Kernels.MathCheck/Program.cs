using System.Diagnostics;
using System.Globalization;
using Kernels.MathCheck;

// exhaustive FUNCTION…: all floats, recorded in docs/math-exhaustive.json.  sample: every 4099th float, and
// 20,000 doubles of each binade from 2^-8 to 2^11, to the screen.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["exhaustive", .. var names] && names.Length > 0 && names.All(n => n == "all" || Functions.Single.Any(f => f.Name == n)))
{
    bool ok = true;
    foreach (SingleFunction f in Functions.Single.Where(f => names.Contains(f.Name) || names.Contains("all")))
    {
        var clock = Stopwatch.StartNew();
        int shown = -1;
        ExhaustiveRecord record = Exhaustive.Run(f, share =>
        {
            if ((int)(share * 20) == shown) return;
            shown = (int)(share * 20);
            Console.Error.Write($"\r{f.Name}: {share:P0} {clock.Elapsed.TotalSeconds:F0} s ");
        });
        Exhaustive.Save(record);
        Console.WriteLine($"\r{record.Function}: {record.MaxUlp} ULP at {record.WorstInput}, {record.Count} arguments, bound {f.Bound}");
        ok &= record.MaxUlp <= f.Bound;
    }
    return ok ? 0 : 1;
}
if (args is ["sample", .. var wanted])
{
    foreach (SingleFunction f in Functions.Single.Where(f => wanted.Length == 0 || wanted.Contains(f.Name)))
        Console.WriteLine($"float {f.Name}: {Exhaustive.Measure(f, 0, 1L << 32, 4099)}, bound {f.Bound}");
    foreach (DoubleFunction f in Functions.Double.Where(f => wanted.Length == 0 || wanted.Contains(f.Name)))
        Console.WriteLine($"double {f.Name}: {DoubleSample.Measure(f, 20_000)}, bound {f.Bound}");
    return 0;
}
Console.Error.WriteLine($"exhaustive (all | {string.Join(" | ", Functions.Single.Select(f => f.Name))})…\nsample FUNCTION…");
return 2;
