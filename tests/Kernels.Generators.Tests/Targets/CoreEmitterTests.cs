using Kernels.Generators.IR;
using Kernels.Generators.Targets;
using Buffer = Kernels.Generators.IR.Buffer;

namespace Kernels.Generators.Tests.Targets;

public class CoreEmitterTests
{
    static readonly Schedule plain = new();

    static Local I32(string name) => new(name, ScalarType.I32);
    static Local F32(string name) => new(name, ScalarType.F32);
    static Buffer Array(string name, ScalarType type = ScalarType.F32) => new(name, type, Storage.Parameter);
    static Expr Add(Expr a, Expr b) => Make.Binary(Op.Add, a, b);
    static Expr Mul(Expr a, Expr b) => Make.Binary(Op.Mul, a, b);

    static Function Kernel(IEnumerable<Parameter> parameters, params Stmt[] body) =>
        new("Test", FunctionKind.Kernel, parameters.ToSequence(), [], [], new(body), plain);

    [Fact]
    public unsafe void A_scaled_sum_of_two_arrays_is_right_on_every_target_at_every_length()
    {
        Local a = F32("a"), i = I32("i");
        Buffer x = Array("x"), y = Array("y");
        var axpy = Kernel([new ValueParameter(a, ParameterRole.Plain), new BufferParameter(x, Access.Read), new BufferParameter(y, Access.ReadWrite)],
            new LaneLoop(i, Make.Int(0), x.Length().Read(), [new Store(y, i.Read(), Add(Mul(a.Read(), new Load(x, i.Read())), new Load(y, i.Read())))]));
        var cores = CompiledCores.Compile([axpy], CpuTarget.All);
        foreach (var target in CompiledCores.Runnable())
            for (int n = 0; n < 200; n++)
            {
                var xs = Enumerable.Range(0, n + 1).Select(k => k * 0.37f).ToArray();
                var ys = Enumerable.Range(0, n + 1).Select(k => 5f - k).ToArray();
                var expected = ys.Select((v, k) => k < n ? 2.5f * xs[k] + v : v).ToArray();
                fixed (float* px = xs, py = ys) Assert.Equal(0, cores.Run(0, target, 2.5f, (nint)px, n, (nint)py, n));
                Assert.Equal(expected, ys);
            }
    }

    [Fact]
    public unsafe void A_sum_with_a_varying_while_is_right_on_every_target()
    {
        // steps[i] = Collatz steps of i + 1; total = their sum
        Local i = I32("i"), n = I32("n"), steps = I32("steps"), sum = I32("sum"), total = I32("total"), a = I32("a"), b = I32("b"), r = I32("r");
        Buffer y = Array("y", ScalarType.I32), t = Array("t", ScalarType.I32);
        Expr even = Make.Compare(Op.Eq, Make.And(n.Read(), Make.Int(1)), Make.Int(0));
        var combine = new Function("Plus", FunctionKind.Helper, [new ValueParameter(a, ParameterRole.Plain), new ValueParameter(b, ParameterRole.Plain)], [r], [],
            [new Assign(r, Add(a.Read(), b.Read()))], plain);
        var f = Kernel([new BufferParameter(y, Access.Write), new BufferParameter(t, Access.Write)],
            new Assign(sum, Make.Int(0)),
            new LaneLoop(i, Make.Int(0), y.Length().Read(),
            [
                new Assign(n, Add(i.Read(), Make.Int(1))),
                new Assign(steps, Make.Int(0)),
                new Loop("while",
                [
                    new If(Make.Compare(Op.Eq, n.Read(), Make.Int(1)), [new Leave("while")], []),
                    new If(even, [new Assign(n, Make.Binary(Op.Shr, n.Read(), Make.Int(1)))], [new Assign(n, Add(Mul(n.Read(), Make.Int(3)), Make.Int(1)))]),
                    new Assign(steps, Add(steps.Read(), Make.Int(1))),
                ]),
                new Store(y, i.Read(), steps.Read()),
                new Assign(sum, Add(sum.Read(), steps.Read())),
            ]),
            new Reduce([total], [sum], combine),
            new Store(t, Make.Int(0), total.Read()));
        var cores = CompiledCores.Compile([f], CpuTarget.All);
        foreach (var target in CompiledCores.Runnable())
            foreach (int length in new[] { 0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100 })
            {
                var ys = new int[length];
                var ts = new int[1];
                fixed (int* py = ys, pt = ts) cores.Run(0, target, (nint)py, length, (nint)pt, 1);
                var expected = Enumerable.Range(1, length).Select(Collatz).ToArray();
                Assert.Equal(expected, ys);
                Assert.Equal(expected.Sum(), ts[0]);
            }
    }

    static int Collatz(int n)
    {
        int steps = 0;
        for (; n != 1; steps++) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
        return steps;
    }
}
