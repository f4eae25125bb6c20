using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;

namespace Kernels.Generators.Tests.Frontend;

/// Structs, calls and generics dissolve into scalars, and mean what they did.
public class StructTests
{
    const string Complex = """
        public readonly struct C(float re, float im)
        {
            public readonly float Re = re, Im = im;
            public static C operator *(C a, C b) => new(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);
            public C Conjugate => new(Re, -Im);
            public float Norm() => Re * Re + Im * Im;
        }
        """;

    [Fact]
    public void Operators_properties_and_methods_of_structs() =>
        Assert.Equal(25f * 5, Source.RunFloat(Complex + "static float F(float x) { C a = new(x, 4), b = new(1, 2); C p = a * b.Conjugate; return p.Norm(); }", 3f));

    [Fact]
    public void Captured_parameters_are_fields() =>
        Assert.Equal(35f, Source.RunFloat("readonly struct Line(float slope, float start) { public float At(float x) => slope * x + start; } static float F(float x) { var l = new Line(10, 5); return l.At(x); }", 3f));

    [Fact]
    public void Mutable_structs_are_changed_in_place() =>
        Assert.Equal(6, Source.RunInt("struct Counter { public int N; public int Step { get; set; } public void Add() => N += Step; } static int F(int s) { Counter c = default; c.Step = s; c.Add(); c.Add(); var d = c; d.Add(); return c.N; }", 3));

    [Fact]
    public void Records_with_and_initialisers() =>
        Assert.Equal(1 * 100 + 9 * 10 + 4, Source.RunInt("record struct P(int X, int Y) { public int Z { get; init; } = 4; } static int F(int x) { var p = new P(x, 2); var q = p with { Y = 9 }; return q.X * 100 + q.Y * 10 + q.Z; }", 1));

    [Fact]
    public void Assignments_of_several_fields_happen_at_once() =>
        Assert.Equal(21, Source.RunInt("struct P { public int A, B; public P(int a, int b) { A = a; B = b; } } static int F(int x) { var p = new P(1, 2); (p.A, p.B) = (p.B, p.A); int a = p.A, b = p.B; (a, b) = (b, a); return b * 10 + a; }", 0));

    [Fact]
    public void References_to_locals_are_results() =>
        Assert.Equal(5 * 100 + 7, Source.RunInt("static int F(int x) { int a = x; Add(ref a, 2, out int b); return a * 100 + b; } static void Add(ref int a, int by, out int sum) { a += by; sum = a + by; }", 3));

    [Fact]
    public void Static_abstract_members_are_the_type_arguments()
    {
        const string Text = """
            interface IRing<T> { static abstract T Zero { get; } static abstract T Add(T a, T b); }
            struct Max : IRing<float> { public static float Zero => float.NegativeInfinity; public static float Add(float a, float b) => a > b ? a : b; }
            static T Twice<R, T>(T a) where R : IRing<T> => R.Add(R.Add(a, a), R.Zero);
            static T Square<T>(T x) where T : INumber<T> => x * x + T.One;
            static float F(float x) => Twice<Max, float>(x) + Square(x);
            """;
        Assert.Equal(3f + 10, Source.RunFloat(Text, 3f));
    }

    [Fact]
    public void Tables_are_data_and_computed_ones_are_evaluated()
    {
        Assert.Equal(30, Source.RunInt("static readonly int[] T = [10, 20, 30]; static int F(int i) => T[i];", 2));
        Assert.Equal(3, Source.RunInt("static ReadOnlySpan<byte> T => [1, 2, 3]; static int F(int i) => T[i];", 2));
        Assert.Equal(49, Source.RunInt("static readonly int[] T = Squares(8); static int[] Squares(int n) { var t = new int[n]; for (int i = 0; i < n; i++) t[i] = Square(i); return t; } static int Square(int i) => i * i; static int F(int i) => T[i];", 7));
        Assert.Equal(8, Source.RunInt("static readonly int N = Twice(4); static int Twice(int x) => 2 * x; static int F(int i) => N;", 0));
    }

    [Fact]
    public void Local_arrays_and_parts_of_them()
    {
        const string Text = "static int F(int x) { Span<int> t = stackalloc int[8]; for (int i = 0; i < 8; i++) t[i] = i * x; var part = t[2..6]; part[0] = 100; return Sum(part) + part.Length + t[^1]; } static int Sum(ReadOnlySpan<int> s) { int n = 0; foreach (int v in s) n += v; return n; }";
        Assert.Equal(100 + 9 + 12 + 15 + 4 + 21, Source.RunInt(Text, 3));
    }

    [Fact]
    public void Recursion_on_a_Const_argument_ends() =>
        Assert.Equal(243f, Source.RunFloat("static float F(float x) => Power(x, 5); static float Power(float x, [Const] int n) => n == 0 ? 1 : x * Power(x, n - 1);", 3f));

    [Fact]
    public void A_span_of_structs_is_one_array_a_field()
    {
        var module = Source.Lower(Complex + "static float F(float x) { Span<C> t = stackalloc C[4]; for (int i = 0; i < 4; i++) t[i] = new C(x, i); return t[3].Im + t[1].Re; }");
        Assert.Equal(2, module.Kernel.Body.Statements().OfType<DeclareArray>().Count());
    }

    [Fact]
    public void Methods_that_return_a_part_of_an_array()
    {
        const string Text = "static int F(int x) { Span<int> t = stackalloc int[6]; t[4] = x; return Row(t, 2)[0]; } static Span<int> Row(Span<int> m, int r) => m.Slice(2 * r, 2);";
        Assert.Equal(9, Source.RunInt(Text, 9));
    }

    [Fact]
    public void Helpers_of_another_assembly_come_as_text()
    {
        var library = Source.Files("namespace Lib; public static class M { [KernelFunction] public static float Twice(float x) => Add(x, x); internal static float Add(float a, float b) => a + b; }").WithAssemblyName("Lib");
        var driver = Microsoft.CodeAnalysis.CSharp.CSharpGeneratorDriver.Create([new KernelGenerator().AsSourceGenerator()], parseOptions: Source.ParseOptions);
        driver.RunGeneratorsAndUpdateCompilation(library, out var built, out _);
        using var image = new MemoryStream();
        Assert.True(built.Emit(image).Success);
        var user = Source.Members("static float F(float x) => Lib.M.Twice(x) + 1;").AddReferences(Microsoft.CodeAnalysis.MetadataReference.CreateFromImage(image.ToArray()));
        var module = Source.Lower(user, "F");
        Assert.Equal(2, module.Helpers.Count);
        Assert.Equal(7f, SoftFloat.ToSingle((uint)new Interpreter(module, 1).Call([SoftFloat.Bits(3f)]).Results[0]));
    }
}
