using Kernels.Testing;

namespace Kernels.Tests.LogBesselFamily;

/// <summary>The float overloads against the double ones, rounded.</summary>
public class SingleTests
{
    delegate void Single(ReadOnlySpan<float> v, ReadOnlySpan<float> x, Span<float> y, KernelOptions? options);
    delegate void Double(ReadOnlySpan<double> v, ReadOnlySpan<double> x, Span<double> y, KernelOptions? options);

    // The double results err by 2^-50 of kappa, the float computation by 2^-30: a quarter of an ULP where the result is kappa/16 or more, and half of one for the rounding.
    static void Agrees(Single single, Double wide, Func<double, double, double> kappa, string name)
    {
        var random = new Random(11);
        const int Count = 60_000;
        float[] v = new float[Count], x = new float[Count], y = new float[Count];
        for (int k = 0; k < Count; k++)
            (v[k], x[k]) = (k % 4) switch
            {
                0 => ((float)(20 * random.NextDouble()), (float)(35 * random.NextDouble())),
                1 => (k % 8 == 1 ? 0 : (float)Math.Pow(10, 4 * random.NextDouble() - 2), (float)Math.Pow(10, 4 * random.NextDouble() - 2)),
                2 => ((float)Math.Pow(10, 3 * random.NextDouble()), (float)Math.Pow(10, 3 * random.NextDouble())),
                _ => ((float)Math.Pow(10, 60 * random.NextDouble() - 30), (float)Math.Pow(10, 60 * random.NextDouble() - 30)),
            };
        double[] exact = new double[Count];
        wide([.. v.Select(a => (double)a)], [.. x.Select(a => (double)a)], exact, null);
        foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
        {
            single(v, x, y, new() { Target = target });
            for (int k = 0; k < Count; k++)
            {
                double size = Math.Abs(exact[k]);
                if (size < kappa(v[k], x[k]) / 16) continue;
                bool close = size > float.MaxValue ? Math.Abs(y[k]) >= 3.4e38f : Math.Abs(y[k] - exact[k]) <= 1.0 * (MathF.BitIncrement((float)size) - (double)(float)size);
                Assert.True(close, FormattableString.Invariant($"{name} on {target} at {v[k]:R}, {x[k]:R}: {y[k]:R}, not {exact[k]:R}"));
            }
        }
    }

    [Fact] public void LogI() => Agrees(LogBessel.LogI, LogBessel.LogI, (v, x) => Criterion.Kappa(v, x), "LogI");
    [Fact] public void LogK() => Agrees(LogBessel.LogK, LogBessel.LogK, (v, x) => Criterion.Kappa(v, x), "LogK");
    [Fact] public void LogIScaled() => Agrees(LogBessel.LogIScaled, LogBessel.LogIScaled, (v, x) => Criterion.Kappa(v, x, true), "LogIScaled");
    [Fact] public void LogKScaled() => Agrees(LogBessel.LogKScaled, LogBessel.LogKScaled, (v, x) => Criterion.Kappa(v, x, true), "LogKScaled");
    [Fact] public void RatioI() => Agrees(LogBessel.RatioI, LogBessel.RatioI, (_, _) => 0, "RatioI");
    [Fact] public void RatioK() => Agrees(LogBessel.RatioK, LogBessel.RatioK, (_, _) => 0, "RatioK");

    [Fact]
    public void Special_values_are_those_of_double()
    {
        float[] values = [float.NaN, 0, -0.0f, 1, -1, -0.5f, -2.5f, 3, 30, 1e30f, float.Epsilon, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity];
        float[] v = [.. values.SelectMany(a => values.Select(_ => a))], x = [.. values.SelectMany(_ => values)], y = new float[v.Length];
        double[] exact = new double[v.Length];
        foreach (var (single, wide) in new (Single, Double)[] { (LogBessel.LogI, LogBessel.LogI), (LogBessel.LogK, LogBessel.LogK), (LogBessel.LogIScaled, LogBessel.LogIScaled),
            (LogBessel.LogKScaled, LogBessel.LogKScaled), (LogBessel.RatioI, LogBessel.RatioI), (LogBessel.RatioK, LogBessel.RatioK) })
        {
            wide([.. v.Select(a => (double)a)], [.. x.Select(a => (double)a)], exact, null);
            foreach (var target in (KernelTarget[])[KernelTarget.Spec, .. Targets.All])
            {
                single(v, x, y, new() { Target = target });
                for (int k = 0; k < v.Length; k++)
                    Assert.True(((float)exact[k]).Equals(y[k]) || y[k] == (float)exact[k] || Math.Abs(y[k] - exact[k]) <= 1.3e-7 * Math.Abs(exact[k]), FormattableString.Invariant($"{target}: {v[k]}, {x[k]}: {y[k]}, not {exact[k]}"));
            }
        }
    }
}
