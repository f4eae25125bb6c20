using System.Numerics;
using Kernels.Testing;

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
    /// <param name="onDevice">Of a device's result.</param>
    public abstract Accuracy Compare(bool onDevice = false);
}

/// <summary>Tolerance: how far element i may be from the spec's result, given (i, that result); null for equal bits. OnDevice: of a device's result, if that is another.</summary>
sealed class TourBuffer<T>(T[] initial, Func<int, double, double>? tolerance = null, Func<int, double, double>? onDevice = null) : TourBuffer where T : unmanaged, INumber<T>
{
    readonly T[] items = New(initial);
    readonly Func<int, double, double>? deviceTolerance = onDevice ?? tolerance;
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

    public override Accuracy Compare(bool onDevice = false)
    {
        var allowed = onDevice ? deviceTolerance : tolerance;
        bool ok = true;
        double worst = 0;
        var actual = Span;
        for (int i = 0; i < actual.Length; i++)
        {
            double ulp = Distance(actual[i], reference[i]);
            worst = Math.Max(worst, ulp);
            if (ulp != 0 && !(allowed is not null && Math.Abs(double.CreateChecked(actual[i]) - double.CreateChecked(reference[i])) <= allowed(i, double.CreateChecked(reference[i])))) ok = false;
        }
        return new(ok, worst);
    }

    // All NaNs are one value, the zeros are two.
    static double Distance(T a, T b) => (a, b) switch
    {
        (float x, float y) => Ulp.Distance(x, y, signedZero: true),
        (double x, double y) => Ulp.Distance(x, y, signedZero: true),
        (Half x, Half y) => Ulp.Distance(x, y, signedZero: true),
        _ => Math.Abs(double.CreateChecked(a) - double.CreateChecked(b)),
    };
}
