using Kernels.MathCheck;

namespace Kernels.Tests;

/// <summary>The runs over all floats are recorded, of this source text, and within the bounds that the documentation states.</summary>
public class ExhaustiveRecordTests
{
    public static TheoryData<string> Single => [.. Functions.Single.Where(f => !f.RoundedDouble || Exhaustive.Load().Any(r => r.Function == f.Name)).Select(f => f.Name)];

    [Theory, MemberData(nameof(Single))]
    public void A_run_over_all_floats_is_recorded_for_the_present_source(string name)
    {
        SingleFunction f = Functions.Single.Single(f => f.Name == name);
        string command = $"Run: dotnet run -c Release --project tests/Kernels.MathCheck -- exhaustive {name}";
        ExhaustiveRecord? record = Exhaustive.Load().SingleOrDefault(r => r.Function == name);
        Assert.True(record is not null, $"No record of {name} in docs/math-exhaustive.json. {command}");
        Assert.True(record.SourceHash == Exhaustive.SourceHash(f), $"The source of {name} has changed since its record. {command}");
        Assert.Equal(1L << 32, record.Count);
        Assert.InRange(record.MaxUlp, 0.5, f.Bound);
    }
}
