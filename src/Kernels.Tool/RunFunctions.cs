using Kernels.Examples;

namespace Kernels.Tool;

/// <summary>The functions of `kernels run`, in the order of the help.</summary>
static class RunFunctions
{
    public static IReadOnlyList<RunFunction> All { get; } = [Softmax];

    static RunFunction Softmax => new("softmax", "exp(x) / Σ exp(x) along the last axis",
        [new("x", "float32 or float64, one axis or more")], [new("y", "as x")], [], call =>
        {
            var x = call.Input("x");
            if (x.Shape.Length == 0) throw new Failure("softmax: x is a single number; an array of one axis or more is needed");
            int columns = (int)Math.Min(x.Shape[^1], int.MaxValue), rows = columns == 0 ? 0 : (int)(x.Count / columns);
            Array y = x.Data switch
            {
                float[] data when x.Type == NpyType.Float32 => Rows(data, rows, columns, call.Kernel),
                double[] data when x.Type == NpyType.Float64 => Rows(data, rows, columns, call.Kernel),
                _ => throw new Failure($"softmax: x has dtype {Npy.Descr(x.Type)}; <f4 or <f8 is needed"),
            };
            call.Output("y", x with { Data = y });
        });

    static float[] Rows(float[] x, int rows, int columns, KernelOptions options)
    {
        var y = new float[x.Length];
        SoftmaxRow.RowKernel.Run(rows, columns, x, y, options);
        return y;
    }

    static double[] Rows(double[] x, int rows, int columns, KernelOptions options)
    {
        var y = new double[x.Length];
        SoftmaxRow.RowDoubleKernel.Run(rows, columns, x, y, options);
        return y;
    }
}
