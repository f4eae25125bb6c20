using Kernels.Testing;

namespace Kernels.Tests;

// Every function of KernelMath as a kernel: what the language functions are on each target.
static partial class MathKernels
{
    [ElementKernel] public static float ExpSingle(float x) => KernelMath.Exp(x);
    [ElementKernel] public static double ExpDouble(double x) => KernelMath.Exp(x);
    [ElementKernel] public static float Exp2Single(float x) => KernelMath.Exp2(x);
    [ElementKernel] public static double Exp2Double(double x) => KernelMath.Exp2(x);
    [ElementKernel] public static float Expm1Single(float x) => KernelMath.Expm1(x);
    [ElementKernel] public static double Expm1Double(double x) => KernelMath.Expm1(x);
    [ElementKernel] public static float LogSingle(float x) => KernelMath.Log(x);
    [ElementKernel] public static double LogDouble(double x) => KernelMath.Log(x);
    [ElementKernel] public static float Log1pSingle(float x) => KernelMath.Log1p(x);
    [ElementKernel] public static double Log1pDouble(double x) => KernelMath.Log1p(x);
    [ElementKernel] public static float Log2Single(float x) => KernelMath.Log2(x);
    [ElementKernel] public static double Log2Double(double x) => KernelMath.Log2(x);
    [ElementKernel] public static float SinSingle(float x) => KernelMath.Sin(x);
    [ElementKernel] public static double SinDouble(double x) => KernelMath.Sin(x);
    [ElementKernel] public static float CosSingle(float x) => KernelMath.Cos(x);
    [ElementKernel] public static double CosDouble(double x) => KernelMath.Cos(x);
    [ElementKernel] public static float SinPiSingle(float x) => KernelMath.SinPi(x);
    [ElementKernel] public static double SinPiDouble(double x) => KernelMath.SinPi(x);
    [ElementKernel] public static float CosPiSingle(float x) => KernelMath.CosPi(x);
    [ElementKernel] public static double CosPiDouble(double x) => KernelMath.CosPi(x);
    [ElementKernel] public static float TanhSingle(float x) => KernelMath.Tanh(x);
    [ElementKernel] public static double TanhDouble(double x) => KernelMath.Tanh(x);
    [ElementKernel] public static float RsqrtSingle(float x) => KernelMath.Rsqrt(x);
    [ElementKernel] public static double RsqrtDouble(double x) => KernelMath.Rsqrt(x);
    [ElementKernel] public static float SinhSingle(float x) => KernelMath.Sinh(x);
    [ElementKernel] public static double SinhDouble(double x) => KernelMath.Sinh(x);
    [ElementKernel] public static float CoshSingle(float x) => KernelMath.Cosh(x);
    [ElementKernel] public static double CoshDouble(double x) => KernelMath.Cosh(x);
    [ElementKernel] public static float AsinhSingle(float x) => KernelMath.Asinh(x);
    [ElementKernel] public static double AsinhDouble(double x) => KernelMath.Asinh(x);
    [ElementKernel] public static float LogGammaSingle(float x) => KernelMath.LogGamma(x);
    [ElementKernel] public static double LogGammaDouble(double x) => KernelMath.LogGamma(x);
    [ElementKernel] public static float ReciprocalGammaSingle(float x) => KernelMath.ReciprocalGamma(x);
    [ElementKernel] public static double ReciprocalGammaDouble(double x) => KernelMath.ReciprocalGamma(x);
    [ElementKernel] public static float ReciprocalGamma1pSingle(float x) => KernelMath.ReciprocalGamma1p(x);
    [ElementKernel] public static double ReciprocalGamma1pDouble(double x) => KernelMath.ReciprocalGamma1p(x);
    [ElementKernel] public static float DigammaSingle(float x) => KernelMath.Digamma(x);
    [ElementKernel] public static double DigammaDouble(double x) => KernelMath.Digamma(x);
}

public class MathOnTargetsTests
{
    delegate void Single(ReadOnlySpan<float> x, Span<float> y, KernelOptions? options);
    delegate void Double(ReadOnlySpan<double> x, Span<double> y, KernelOptions? options);

    static readonly Dictionary<string, (Single Single, Double Double, Func<float, float> PlainSingle, Func<double, double> PlainDouble)> functions = new()
    {
        ["Exp"] = (MathKernels.ExpSingle, MathKernels.ExpDouble, KernelMath.Exp, KernelMath.Exp),
        ["Exp2"] = (MathKernels.Exp2Single, MathKernels.Exp2Double, KernelMath.Exp2, KernelMath.Exp2),
        ["Expm1"] = (MathKernels.Expm1Single, MathKernels.Expm1Double, KernelMath.Expm1, KernelMath.Expm1),
        ["Log"] = (MathKernels.LogSingle, MathKernels.LogDouble, KernelMath.Log, KernelMath.Log),
        ["Log1p"] = (MathKernels.Log1pSingle, MathKernels.Log1pDouble, KernelMath.Log1p, KernelMath.Log1p),
        ["Log2"] = (MathKernels.Log2Single, MathKernels.Log2Double, KernelMath.Log2, KernelMath.Log2),
        ["Sin"] = (MathKernels.SinSingle, MathKernels.SinDouble, KernelMath.Sin, KernelMath.Sin),
        ["Cos"] = (MathKernels.CosSingle, MathKernels.CosDouble, KernelMath.Cos, KernelMath.Cos),
        ["SinPi"] = (MathKernels.SinPiSingle, MathKernels.SinPiDouble, KernelMath.SinPi, KernelMath.SinPi),
        ["CosPi"] = (MathKernels.CosPiSingle, MathKernels.CosPiDouble, KernelMath.CosPi, KernelMath.CosPi),
        ["Tanh"] = (MathKernels.TanhSingle, MathKernels.TanhDouble, KernelMath.Tanh, KernelMath.Tanh),
        ["Rsqrt"] = (MathKernels.RsqrtSingle, MathKernels.RsqrtDouble, KernelMath.Rsqrt, KernelMath.Rsqrt),
        ["Sinh"] = (MathKernels.SinhSingle, MathKernels.SinhDouble, KernelMath.Sinh, KernelMath.Sinh),
        ["Cosh"] = (MathKernels.CoshSingle, MathKernels.CoshDouble, KernelMath.Cosh, KernelMath.Cosh),
        ["Asinh"] = (MathKernels.AsinhSingle, MathKernels.AsinhDouble, KernelMath.Asinh, KernelMath.Asinh),
        ["LogGamma"] = (MathKernels.LogGammaSingle, MathKernels.LogGammaDouble, KernelMath.LogGamma, KernelMath.LogGamma),
        ["ReciprocalGamma"] = (MathKernels.ReciprocalGammaSingle, MathKernels.ReciprocalGammaDouble, KernelMath.ReciprocalGamma, KernelMath.ReciprocalGamma),
        ["Digamma"] = (MathKernels.DigammaSingle, MathKernels.DigammaDouble, KernelMath.Digamma, KernelMath.Digamma),
    };

    public static TheoryData<string> Names => [.. functions.Keys];

    static readonly double[] special = [0, -0.0, 1, -1, 0.5, 2, -2, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-310, -1e-310, 1e-40, 709.9, -745.2, 88.8, -103.9, 1e5, 1e30, -1e30, 3e38];

    static IEnumerable<double> Arguments()
    {
        foreach (double x in special) yield return x;
        var random = new Random(7);
        for (int k = 0; k < 5000; k++) yield return (random.Next(2) * 2 - 1) * Math.ScaleB(1 + random.NextDouble(), random.Next(-40, 30));
        for (int k = 0; k < 5000; k++) yield return random.NextDouble() * 40 - 20;
    }

    // Plain C# rounds every MulAdd twice, a target once or twice: both results lie within the bound of the exact one, at most 2.5 ULP, so they
    // differ by at most 5 of them; one more step covers a bound measured in the ULP of a neighbouring binade.
    const long Apart = 6;

    // The smallest value whose ULP the bound is counted in, below 0 where the functions pass 0.
    static double Least(string name, double x) => x < 0 && name == "LogGamma" ? Math.Max(1, KernelMath.LogGamma(-x)) : x < 0 && name == "Digamma" ? Math.Max(1, KernelMath.Digamma(1 - x)) : 0;

    [Theory, MemberData(nameof(Names))]
    public void A_float_function_gives_on_every_target_what_plain_CSharp_gives(string name)
    {
        float[] x = [.. Arguments().Select(v => (float)v)], y = new float[x.Length];
        foreach (var target in Targets.All)
        {
            functions[name].Single(x, y, new KernelOptions { Target = target });
            for (int k = 0; k < x.Length; k++) Assert.True(Ulp.Distance(y[k], functions[name].PlainSingle(x[k])) <= Apart, $"{target}: {name}({x[k]:R}) = {y[k]:R}, not {functions[name].PlainSingle(x[k]):R}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_double_function_gives_on_every_target_what_plain_CSharp_gives(string name)
    {
        double[] x = [.. Arguments()], y = new double[x.Length];
        foreach (var target in Targets.All)
        {
            functions[name].Double(x, y, new KernelOptions { Target = target });
            for (int k = 0; k < x.Length; k++) Assert.True(Near(y[k], functions[name].PlainDouble(x[k]), Least(name, x[k])), $"{target}: {name}({x[k]:R}) = {y[k]:R}, not {functions[name].PlainDouble(x[k]):R}");
        }
    }

    static bool Near(double a, double b, double least) => Ulp.Distance(a, b) <= Apart || Math.Abs(a - b) <= Apart * (Math.BitIncrement(least) - least) && least > 0;

    [Fact]
    public void The_reciprocal_gamma_function_about_one_gives_on_every_target_what_plain_CSharp_gives()
    {
        double[] x = [.. Enumerable.Range(-1000, 2001).Select(k => k / 2000.0)], y = new double[x.Length];
        float[] single = [.. x.Select(v => (float)v)], z = new float[x.Length];
        foreach (var target in Targets.All)
        {
            MathKernels.ReciprocalGamma1pDouble(x, y, new KernelOptions { Target = target });
            MathKernels.ReciprocalGamma1pSingle(single, z, new KernelOptions { Target = target });
            for (int k = 0; k < x.Length; k++)
            {
                Assert.True(Ulp.Distance(y[k], KernelMath.ReciprocalGamma1p(x[k])) <= Apart, $"{target}: {x[k]:R}, {y[k]:R}");
                Assert.True(Ulp.Distance(z[k], KernelMath.ReciprocalGamma1p(single[k])) <= Apart, $"{target}: {single[k]:R}, {z[k]:R}");
            }
        }
    }
}
