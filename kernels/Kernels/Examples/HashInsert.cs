namespace Kernels.Examples;

/// <summary>Open addressing in memory of the block: lanes that race for one slot, and a table that each block leaves as it found it.</summary>
public static partial class HashInsert
{
    /// <summary>What an unused slot holds: no key may be it.</summary>
    public const int Empty = -1;

    /// <summary>
    /// For the keys of row r, keys[starts[r] … starts[r + 1] - 1]: distinct[r] = how many differ, and first[i] = 1 where key i is the
    /// first of its value in the row, else 0. distinct[r] = -1 (and first undefined) if more than capacity differ.
    /// </summary>
    /// <param name="row">r.</param>
    /// <param name="capacity">Slots of the table: a power of two.</param>
    /// <param name="longest">At least the length of every row.</param>
    /// <param name="starts">rows + 1 offsets, ascending, from 0 to keys.Length: the caller has checked.</param>
    /// <param name="keys">The keys of all rows; none is <see cref="Empty"/>.</param>
    /// <param name="first">As long as keys.</param>
    /// <param name="distinct">rows elements.</param>
    [Kernel]
    public static void Distinct([Block] int row, int capacity, int longest, ReadOnlySpan<int> starts, [Trusted] ReadOnlySpan<int> keys,
        [Trusted] Span<byte> first, Span<int> distinct)
    {
        var table = Scratch<int>.Persistent(capacity, Empty);
        var taken = new Scratch<int>(longest);
        int begin = starts[row], end = starts[row + 1], mask = capacity - 1;
        int added = 0;
        bool full = false;
        foreach (int i in Lanes.Range(begin, end))
        {
            int key = keys[i], slot = Hash(key) & mask, mine = Empty;
            bool placed = false;
            for (int probe = 0; probe < capacity; probe++)
            {
                int before = Atomic.CompareExchange(ref table[slot], key, Empty);
                if (before == Empty) mine = slot;
                if (before == Empty || before == key)
                {
                    placed = true;
                    break;
                }
                slot = (slot + 1) & mask;
            }
            taken[i - begin] = mine;
            first[i] = (byte)(mine == Empty ? 0 : 1);
            added += mine == Empty ? 0 : 1;
            full |= !placed;
        }
        int count = Lanes.Sum(added);
        distinct[row] = Lanes.Any(full) ? -1 : count;
        foreach (int i in Lanes.Range(begin, end))
        {
            int slot = taken[i - begin];
            if (slot != Empty) table[slot] = Empty;
        }
    }

    // Neighbouring keys go far apart: the golden ratio's multiple, its upper bits folded onto the lower ones that the mask keeps.
    static int Hash(int key)
    {
        uint h = (uint)key * 0x9E3779B9u;
        return (int)(h ^ (h >> 15));
    }
}
