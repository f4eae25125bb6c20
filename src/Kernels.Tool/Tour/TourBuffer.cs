using System.Numerics;

namespace Kernels.Tool;

/// <summary>
/// An array for a kernel with room to move: a time is that of one placement, and addresses modulo a vector, a line and a page all matter.
/// The placements are element offsets, so all that is guaranteed is what .NET arrays guarantee anyway.
/// </summary>
abstract class TourBuffer
{
    /// <summary>In elements: aligned as the array is; off a vector; off a line; half a page of floats and a little.</summary>
    protected static readonly int[] Placements = [0, 3, 17, 516, 1029];

    public const int PlacementCount = 5;

    /// <summary>Moves to the k-th placement, with the initial data.</summary>
    public abstract void Place(int k);
    /// <summary>Remembers the content as the reference.</summary>
    public abstract void Keep();
    public abstract Accuracy Compare();
}

/// <summary>Tolerance: how far element i may be from the spec's result, given (i, that result); null for equal bits.</summary>
sealed class TourBuffer<T>(T[] initial, Func<int, double, double>? tolerance = null) : TourBuffer where T : unmanaged, INumber<T>
{
    readonly T[] items = New(initial);
    T[] reference = [];
    int offset;

    static T[] New(T[] initial)
    {
        var items = GC.AllocateUninitializedArray<T>(initial.Length + Placements.Max());
        initial.CopyTo(items, 0);
        return items;
    }

    public Span<T> Span => items.AsSpan(offset, initial.Length);

    public override void Place(int k)
    {
        offset = Placements[k % Placements.Length];
        initial.CopyTo(Span);
    }

    public override void Keep() => reference = Span.ToArray();

    public override Accuracy Compare()
    {
        bool ok = true;
        double worst = 0;
        var actual = Span;
        for (int i = 0; i < actual.Length; i++)
        {
            double ulp = Ulp.Distance(actual[i], reference[i]);
            worst = Math.Max(worst, ulp);
            if (ulp != 0 && !(tolerance is not null && Math.Abs(double.CreateChecked(actual[i]) - double.CreateChecked(reference[i])) <= tolerance(i, double.CreateChecked(reference[i])))) ok = false;
        }
        return new(ok, worst);
    }
}

static class Ulp
{
    /// <summary>How many values of the type lie between the two, one of them included; between a NaN and a number as many as there are. -0 and +0 are 1 apart.</summary>
    public static double Distance<T>(T a, T b) where T : unmanaged, INumber<T>
    {
        if (T.IsNaN(a) || T.IsNaN(b)) return T.IsNaN(a) && T.IsNaN(b) ? 0 : Math.Pow(2, typeof(T) == typeof(double) ? 64 : 32);
        return (a, b) switch
        {
            (float x, float y) => Math.Abs((double)(Ordered(x) - Ordered(y))),
            (double x, double y) => (double)Int128.Abs(Ordered(x) - Ordered(y)),
            _ => Math.Abs(double.CreateChecked(a) - double.CreateChecked(b)),
        };
    }

    // Negative numbers mirrored below -1, so that -0 and +0 are neighbours.
    static long Ordered(float x) => BitConverter.SingleToInt32Bits(x) is var bits && bits < 0 ? -1L - (bits & int.MaxValue) : bits;
    static Int128 Ordered(double x) => BitConverter.DoubleToInt64Bits(x) is var bits && bits < 0 ? -1 - (Int128)(bits & long.MaxValue) : bits;
}
