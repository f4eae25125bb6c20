namespace Kernels.Tool;

/// <summary>
/// One line group of the tour: a kernel at one shape. Prepare allocates and fills; it is called when the entry's turn comes, so that the
/// tour never holds more than one shape's memory. Elements: what times are divided by.
/// </summary>
sealed record TourEntry(string Family, string Kernel, string Shape, long Elements, Func<TourCase> Prepare);

/// <summary>Another way to do the same work, for comparison.</summary>
sealed record TourPeer(string Name, Action Run);

/// <summary>A kernel with its arguments: the emitted code, the spec as plain C#, and what both read and write.</summary>
/// <param name="Buffers">Every array that the calls read or write.</param>
/// <param name="Kernel">The generated method, with the options that choose the target.</param>
/// <param name="Spec">The same work by the spec as plain C#: the reference, and the peer "spec".</param>
/// <param name="Peers">What .NET offers for the same work, if anything.</param>
sealed record TourCase(IReadOnlyList<TourBuffer> Buffers, Action<KernelOptions> Kernel, Action Spec, params IReadOnlyList<TourPeer> Peers)
{
    /// <summary>The same call with device buffers, from the buffers' arrays to them; null: there is none.</summary>
    public Action<IDevice>? Device { get; init; }

    /// <summary>The kernel on a device against the spec.</summary>
    public Accuracy Check(IDevice device)
    {
        Place(0);
        Spec();
        foreach (var buffer in Buffers) buffer.Keep();
        Place(0);
        Device!(device);
        return Buffers.Aggregate(new Accuracy(true, 0), (a, b) => a.And(b.Compare(onDevice: true)));
    }

    /// <summary>The kernel on a target against the spec, from the same initial data, at two placements.</summary>
    public Accuracy Check(KernelOptions options)
    {
        var accuracy = new Accuracy(true, 0);
        for (int k = 0; k < 2; k++)
        {
            Place(k);
            Spec();
            foreach (var buffer in Buffers) buffer.Keep();
            Place(k);
            Kernel(options);
            accuracy = Buffers.Aggregate(accuracy, (a, b) => a.And(b.Compare()));
        }
        return accuracy;
    }

    /// <summary>Puts the buffers at the k-th placement, with their initial data.</summary>
    public void Place(int k)
    {
        for (int b = 0; b < Buffers.Count; b++) Buffers[b].Place(k + 2 * b);
    }
}

/// <summary>MaxUlp: the largest distance to the reference in units in the last place, 0 for equal bits (all NaNs are one value).</summary>
readonly record struct Accuracy(bool Ok, double MaxUlp)
{
    public Accuracy And(Accuracy other) => new(Ok && other.Ok, Math.Max(MaxUlp, other.MaxUlp));
}
