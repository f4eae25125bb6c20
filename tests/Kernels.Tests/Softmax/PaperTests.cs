using Kernels.Tests.Examples;

namespace Kernels.Tests.SoftmaxFamily;

/// <summary>The published two-pass form, which is there for comparison: finite rows of moderate elements, sums in float.</summary>
public class PaperTests
{
    [Fact]
    public void Finite_rows_are_exact_but_for_a_sum_in_float()
    {
        using Field<float> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        foreach (var (low, high) in new[] { (-10.0, 10.0), (-80, 80), (-1000, 1000) })
        {
            float[] all = Data.Floats(1, Sweep.Longest, low, high);
            for (int n = 1; n <= Sweep.Longest; n += n < 140 ? 1 : 41)
            {
                var row = Samples.Row<float, OfFloat>(all.AsSpan(0, n));
                foreach (var target in Sweep.Targets)
                {
                    var place = Place.All[n % Place.All.Length];
                    var y = fy.Poisoned(n, place);
                    Kernels.Softmax.Compute(fx.Put(all.AsSpan(0, n), place), y, Samples.On(target) with { Algorithm = SoftmaxAlgorithm.Paper });
                    string what = $"{target}, {n}, {place}";
                    fy.CheckAround(n, place, what);
                    float[] result = y.ToArray();
                    for (int i = 0; i < n; i++)
                    {
                        int at = i;
                        // On top of the bound, half an ULP of the sum for each addition on its longest path, if there is but one lane.
                        double slack = Check.Probability<float, OfFloat>(row.Probability[i]) + n * Check.Step<float, OfFloat>(row.Probability[i].High);
                        Check.Near<float, OfFloat>(row.Probability[i], result[i], slack, () => FormattableString.Invariant($"{what}, [{low}, {high}], {at}"));
                    }
                }
            }
        }
    }
}
