using System.Collections;
using System.Runtime.CompilerServices;

namespace Kernels.Generators.IR;

/// An immutable list compared by its elements, so that IR nodes and generator models are values.
[CollectionBuilder(typeof(Sequence), nameof(Sequence.Create))]
readonly struct Sequence<T>(T[] items) : IReadOnlyList<T>, IEquatable<Sequence<T>>
{
    readonly T[]? items = items;

    T[] Items => items ?? [];
    public int Count => Items.Length;
    public T this[int index] => Items[index];

    public Sequence<R> Map<R>(Func<T, R> f)
    {
        var mapped = new R[Count];
        for (int k = 0; k < mapped.Length; k++) mapped[k] = f(Items[k]);
        return new(mapped);
    }

    /// As Map, but the same list when every element maps to itself: rewriters return untouched nodes as they are.
    public Sequence<T> MapSame(Func<T, T> f)
    {
        T[]? changed = null;
        for (int k = 0; k < Count; k++)
        {
            T mapped = f(Items[k]);
            if (changed is null && !ReferenceEquals(mapped, Items[k]))
            {
                changed = new T[Count];
                Array.Copy(Items, changed, k);
            }
            if (changed is not null) changed[k] = mapped;
        }
        return changed is null ? this : new(changed);
    }

    public bool Equals(Sequence<T> other) => Items == other.Items || Items.SequenceEqual(other.Items);
    public override bool Equals(object? other) => other is Sequence<T> sequence && Equals(sequence);

    public override int GetHashCode()
    {
        int hash = 17;
        foreach (T item in Items) hash = unchecked(hash * 31 + (item?.GetHashCode() ?? 0));
        return hash;
    }

    public List<T>.Enumerator GetEnumerator() => new List<T>(Items).GetEnumerator();
    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();
}

static class Sequence
{
    public static Sequence<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
    public static Sequence<T> ToSequence<T>(this IEnumerable<T> items) => new(items.ToArray());
}
