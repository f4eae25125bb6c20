using FsCheck;
using FsCheck.Fluent;
using Kernels.Examples;

namespace Kernels.Tests.Examples;

public class IndexTests
{
    [Fact]
    public void Gather_and_scatter_are_exact_at_every_length_and_place()
    {
        float[] x = Data.Wild(30, Sweep.Longest);
        int[][] permutations = [.. Enumerable.Range(0, Sweep.Longest + 1).Select(n => Data.Permutation(n, n))];
        using Field<float> fx = new(Sweep.Longest), fy = new(Sweep.Longest);
        using Field<int> fi = new(Sweep.Longest);
        float[] gathered = new float[Sweep.Longest], scattered = new float[Sweep.Longest];
        Sweep.Run((n, place, o) =>
        {
            int[] p = permutations[n];
            for (int i = 0; i < n; i++) (gathered[i], scattered[p[i]]) = (x[p[i]], x[i]);
            var source = fx.Put(x.AsSpan(0, n), place);
            var index = fi.Put(p, place);
            string at = Sweep.At(o, n, place);
            Calls.Gather(source, index, fy.Poisoned(n, place), o);
            fy.Check(gathered.AsSpan(0, n), place, at);
            Calls.GatherChecked(source, index, fy.Poisoned(n, place), o);
            fy.Check(gathered.AsSpan(0, n), place, at);
            Calls.Scatter(source, index, fy.Poisoned(n, place), o);
            fy.Check(scattered.AsSpan(0, n), place, at);
            Calls.ScatterChecked(source, index, fy.Poisoned(n, place), o);
            fy.Check(scattered.AsSpan(0, n), place, at);
        }, lengths: n => n < 200 || n % 7 == 0);
    }

    [Theory]
    [InlineData(-1), InlineData(100), InlineData(int.MinValue), InlineData(int.MaxValue)]
    public void A_checked_index_out_of_range_is_reported_reads_0_and_writes_nothing(int wild)
    {
        float[] x = Data.Floats(31, 100);
        foreach (int at in new[] { 0, 15, 16, 77, 99 })
            foreach (var target in Testing.Targets.All)
            {
                int[] index = Data.Permutation(32, 100);
                index[at] = wild;
                using Field<float> fx = new(100), fy = new(100);
                float[] gathered = [.. index.Select(i => i == wild ? 0 : x[i])], scattered = new float[100];
                Array.Fill(scattered, 5f);
                for (int i = 0; i < 100; i++) if (i != at) scattered[index[i]] = x[i];
                var place = Place.All[0];
                Assert.Throws<ArgumentException>(() => Calls.GatherChecked(fx.Put(x, place), index, fy.Poisoned(100, place), Sweep.Options(target)));
                fy.Check(gathered, place, target.ToString());
                float[] fives = new float[100];
                Array.Fill(fives, 5f);
                Assert.Throws<ArgumentException>(() => Calls.ScatterChecked(x, index, fy.Put(fives, place), Sweep.Options(target)));
                fy.Check(scattered, place, target.ToString());
            }
    }

    [Fact]
    public void A_full_destination_is_reported_and_holds_the_first_elements() => Sweep.Each(o =>
    {
        if (o.Target == KernelTarget.Spec) return;
        float[] x = Data.Floats(33, 200, 1, 2), kept = new float[77], behind = [9];
        int[] where = new int[200], count = new int[1];
        Assert.Throws<ArgumentException>(() => Calls.Above(x, 0, kept, where, count, o));
        Same.Values<float>(x.AsSpan(0, 77), kept, o.Target.ToString());
    });

    [Fact]
    public void Filter_keeps_order_at_every_length_and_place()
    {
        float[] x = Data.Wild(34, Sweep.Longest);
        using Field<float> fx = new(Sweep.Longest), fk = new(Sweep.Longest);
        using Field<int> fw = new(Sweep.Longest), fc = new(1);
        foreach (float threshold in new[] { 0f, float.NegativeInfinity, float.PositiveInfinity, 1e5f })
        {
            int[] all = [.. Enumerable.Range(0, x.Length).Where(i => x[i] > threshold)];
            Sweep.Run((n, place, o) =>
            {
                int[] where = [.. all.TakeWhile(i => i < n)];
                // No slack: what is kept just fits.
                Calls.Above(fx.Put(x.AsSpan(0, n), place), threshold, fk.Poisoned(where.Length, place), fw.Poisoned(where.Length, place), fc.Poisoned(1, place), o);
                string at = Sweep.At(o, n, place);
                fk.Check([.. where.Select(i => x[i])], place, at);
                fw.Check(where, place, at);
                fc.Check([where.Length], place, at);
            }, lengths: n => n < 140 || n % 13 == 0);
        }
    }

    [Fact]
    public void Histogram_counts_each_number_in_range_once() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(ArbMap.Default.ArbFor<float[]>(), data =>
    {
        float[] x = [.. data, .. data.Select(v => v % 10), .. Data.Specials, -3, 3, 2.9999998f, .. Data.Floats(data.Length, 100, -4, 4)];
        const int bins = 12;
        int[] expected = new int[bins];
        // (v + 3) * 2 in float, rounded as the formula says; the additions here are exact or rounded once, as there.
        foreach (float v in x) if (v is >= -3 and < 3) expected[Math.Min((int)MathF.Floor((v + 3f) * 2f), bins - 1)]++;
        foreach (int length in new[] { 1, 7, 64, 1000 })
            Sweep.Threads(o =>
            {
                int[] counts = new int[bins];
                Calls.Count((x.Length + length - 1) / length, length, x, -3, 3, 2, counts, o);
                Assert.Equal(expected, counts);
                return counts;
            });
    }));

    [Fact]
    public void Histogram_of_bytes_is_exact_at_every_length_and_place()
    {
        var random = new Random(35);
        byte[] x = [.. Enumerable.Range(0, Sweep.Longest).Select(i => i % 3 == 0 ? (byte)255 : (byte)random.Next(256))];
        int[][] expected = new int[Sweep.Longest + 1][];
        expected[0] = [.. Enumerable.Range(0, 256)];
        for (int i = 0; i < x.Length; i++)
        {
            expected[i + 1] = [.. expected[i]];
            expected[i + 1][x[i]]++;
        }
        using Field<byte> fx = new(Sweep.Longest);
        using Field<int> fb = new(256);
        Sweep.Run((n, place, o) =>
        {
            Calls.CountBytes((n + 299) / 300, 300, fx.Put(x.AsSpan(0, n), place), fb.Put(expected[0], place), o);
            fb.Check(expected[n], place, Sweep.At(o, n, place));
        }, lengths: n => n < 140 || n % 29 == 0);
        byte[] many = [.. Enumerable.Range(0, 100_000).Select(_ => (byte)random.Next(4))];
        Sweep.Threads(o =>
        {
            int[] counts = new int[256];
            Calls.CountBytes(100, 1000, many, counts, o);
            return counts;
        });
    }

    static (int[] Starts, int[] Keys) Rows(int seed, int rows, int longest, int range)
    {
        var random = new Random(seed);
        int[] lengths = [.. Enumerable.Range(0, rows).Select(r => r % 5 == 0 ? 0 : random.Next(longest + 1))], starts = new int[rows + 1];
        for (int r = 0; r < rows; r++) starts[r + 1] = starts[r] + lengths[r];
        // Multiples of 64 fall on few slots of a poor hash, and neighbours on one vector.
        return (starts, [.. Enumerable.Range(0, starts[rows]).Select(k => random.Next(range) * (k % 2 == 0 ? 1 : 64))]);
    }

    [Theory]
    [InlineData(1, 40, 100, 3), InlineData(2, 40, 100, 40), InlineData(3, 60, 128, 100000), InlineData(4, 300, 17, 10), InlineData(5, 3, 0, 1), InlineData(6, 25, 1100, 800)]
    public void Hash_insert_finds_what_a_set_finds_and_leaves_the_table_empty(int seed, int rows, int longest, int range)
    {
        var (starts, keys) = Rows(seed, rows, longest, range);
        int[] distinct = new int[rows];
        byte[] first = new byte[keys.Length];
        for (int r = 0; r < rows; r++)
        {
            var set = new HashSet<int>();
            for (int k = starts[r]; k < starts[r + 1]; k++) first[k] = set.Add(keys[k]) ? (byte)1 : (byte)0;
            distinct[r] = set.Count;
        }
        // Full to the last slot where a row has as many different keys as the table has slots. A table that a row leaves dirty shows in the next one.
        int capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, distinct.Max()));
        Sweep.Threads(o =>
        {
            int[] actual = new int[rows];
            byte[] flags = new byte[keys.Length];
            Testing.Poison.Fill<byte>(flags);
            Calls.Distinct(rows, capacity, longest, starts, keys, flags, actual, o);
            Assert.Equal(distinct, actual);
            Assert.Equal(first, flags);
            return actual;
        });
    }

    [Fact]
    public void A_row_with_more_keys_than_slots_gives_minus_one_and_spoils_no_other_row() => Sweep.Each(o =>
    {
        int[] starts = [0, 4, 40, 44], keys = [5, 6, 5, 6, .. Enumerable.Range(0, 36), 5, 6, 5, 7], distinct = new int[3];
        Calls.Distinct(3, 8, 36, starts, keys, new byte[44], distinct, o);
        Assert.Equal([2, -1, 3], distinct);
    });
}
