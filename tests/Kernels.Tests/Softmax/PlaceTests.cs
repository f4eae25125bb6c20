using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>Every length from 1 to 1100, 16 alignments, guard pages at either end: nothing outside is touched, and the bits depend on neither.</summary>
public class PlaceTests
{
    delegate void Call<T>(ReadOnlySpan<T> x, Span<T> y, SoftmaxOptions options);

    // The first place against the oracle, every length; at the others the same bits: short rows at all of them, long ones at some, so that each length meets each end.
    static void Everywhere<T, E>(string name, Call<T> call, Action<Row, T[], string> check) where T : unmanaged where E : IElement<T>
    {
        T[] x = Samples.Uniform<T, E>(60, Sweep.Longest, -15, 15);
        // The oracle of double is slow.
        var rows = new Row?[Sweep.Longest + 1];
        for (int n = 1; n < rows.Length; n++)
            if (!E.Wide || n < 200 || n % 7 == 0) rows[n] = Samples.Row<T, E>(x.AsSpan(0, n));
        using Field<T> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        foreach (var target in Sweep.Targets)
        {
            var options = Samples.On(target);
            var first = new T[Sweep.Longest + 1][];
            foreach (var place in target == KernelTarget.Spec ? Place.All[..1] : Place.All)
                for (int n = 1; n <= Sweep.Longest; n++)
                {
                    if (place != Place.All[0] && n > 160 && n % 8 != place.Shift % 8) continue;
                    if (target == KernelTarget.Spec && n > 160 && n % 8 != 0) continue;
                    var y = fy.Poisoned(n, place);
                    call(fx.Put(x.AsSpan(0, n), place), y, options);
                    string at = $"{name}, {target}, length {n}, {place}";
                    fy.CheckAround(n, place, at);
                    if (first[n] is { } before) Same.Values<T>(before, y, at);
                    else
                    {
                        first[n] = y.ToArray();
                        if (rows[n] is { } row) check(row, first[n], at);
                    }
                }
        }
    }

    static void Functions<T, E>() where T : unmanaged where E : IElement<T>
    {
        foreach (var algorithm in Samples.Algorithms)
            Everywhere<T, E>($"Softmax, {algorithm}", (x, y, o) => E.Compute(x, y, o with { Algorithm = algorithm }), (row, y, at) => Check.Probabilities<T, E>(row, y, at));
        Everywhere<T, E>("LogSoftmax", (x, y, o) => E.LogCompute(x, y, o), (row, y, at) => Check.Logarithms<T, E>(row, y, at));
        if (!E.Wide) return;
        // y has a result's place, not its type.
        Everywhere<T, E>("LogSumExp", (x, y, o) => y.Fill(E.Of(E.LogSumExp(x, o))), (row, y, at) => Check.LogSumExps<T, E>(row, E.Value(y[0]), at));
    }

    [Fact] public void Float_is_computed_within_its_memory() => Functions<float, OfFloat>();
    [Fact] public void Double_is_computed_within_its_memory() => Functions<double, OfDouble>();
    [Fact] public void Half_is_computed_within_its_memory() => Functions<Half, OfHalf>();
    [Fact] public void BFloat16_is_computed_within_its_memory() => Functions<BFloat16, OfBFloat16>();

    [Fact]
    public void LogSumExp_of_float_is_computed_within_its_memory() =>
        Everywhere<float, OfFloat>("LogSumExp", (x, y, o) => y.Fill(Kernels.LogSumExp.Compute(x, o)), (row, y, at) => Check.LogSumExps<float, OfFloat>(row, y[0], at));
}
