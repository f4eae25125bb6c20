namespace Kernels.Runtime.Tests;

public unsafe class CheckTests
{
    static bool Overlap(Extent a, Extent b)
    {
        try { Check.Disjoint(a, b, "a", "b"); return false; }
        catch (ArgumentException e) { Assert.Contains("'a'", e.Message); Assert.Contains("'b'", e.Message); return true; }
    }

    [Fact]
    public void Views_overlap_exactly_when_they_share_an_element()
    {
        // Every pair of small windows of one matrix, against the sets of their addresses.
        const int pitch = 5;
        byte* memory = stackalloc byte[64];
        var windows = new List<View2<byte>>();
        for (int start = 0; start < 12; start++)
            for (int rows = 0; rows <= 3; rows++)
                for (int columns = 0; columns <= 4; columns++) windows.Add(new(memory + start, rows, columns, pitch));
        int disjoint = 0;
        foreach (var a in windows)
            foreach (var b in windows)
            {
                var cells = new HashSet<nint>();
                for (int r = 0; r < a.Rows; r++) for (int c = 0; c < a.Columns; c++) cells.Add((nint)(a.Origin + r * pitch + c));
                bool share = false;
                for (int r = 0; r < b.Rows; r++) for (int c = 0; c < b.Columns; c++) share |= cells.Contains((nint)(b.Origin + r * pitch + c));
                bool overlap = Overlap(Extent.Of(a), Extent.Of(b));
                // Never missed. One row against several may be taken for overlapping, as may windows that wrap around the pitch.
                Assert.True(overlap || !share);
                bool sameColumns = (int)(a.Origin - memory) % pitch + a.Columns <= pitch && (int)(b.Origin - memory) % pitch + b.Columns <= pitch;
                if (sameColumns && a.Rows > 1 && b.Rows > 1 && a.Rows == b.Rows && (a.Origin - memory) / pitch == (b.Origin - memory) / pitch) Assert.Equal(share, overlap);
                if (!overlap) disjoint++;
            }
        Assert.True(disjoint > 1000);
    }

    [Fact]
    public void In_place_means_from_the_same_element_on()
    {
        byte* p = stackalloc byte[100];
        Check.SameOrDisjoint(new(p, 50), new(p, 80), "a", "b");
        Check.SameOrDisjoint(new(p, 50), new(p + 50, 50), "a", "b");
        Check.SameOrDisjoint(new(p + 4, 0), new(p, 50), "a", "b");
        Assert.Throws<ArgumentException>(() => Check.SameOrDisjoint(new(p + 1, 49), new(p, 50), "a", "b"));
        Assert.Throws<ArgumentException>(() => Check.SameOrDisjoint(Extent.Of(new View2<byte>(p, 3, 4, 5)), Extent.Of(new View2<byte>(p, 3, 4, 6)), "a", "b"));
        Assert.Throws<ArgumentException>(() => Check.Disjoint(new(p, 50), new(p, 50), "a", "b"));
    }

    [Fact]
    public void Ranges_name_the_parameter_and_the_elements()
    {
        Check.Range(0, 9, 10, "x");
        Check.Range(5, 4, 0, "x"); // no index at all
        Check.Range(0, 5 + 8 * 2, 3, 6, 8, "m");
        Assert.Contains("0 to 10 of 'x', which has 10", Assert.Throws<ArgumentException>(() => Check.Range(0, 10, 10, "x")).Message);
        Assert.Equal("x", Assert.Throws<ArgumentException>(() => Check.Range(-1, 3, 10, "x")).ParamName);
        Assert.Throws<ArgumentException>(() => Check.Range(0, 6 + 8 * 2, 3, 6, 8, "m"));
        Assert.Throws<ArgumentException>(() => Check.Range(0, 0, 0, 6, 8, "m"));
    }

    [Fact]
    public void Grids_are_counted_in_full()
    {
        Assert.Equal(6L << 40, Check.Blocks(1 << 20, 3 << 20, 2));
        Assert.Throws<ArgumentException>(() => Check.Blocks(int.MaxValue, int.MaxValue, int.MaxValue));
        Assert.Equal("rows", Assert.Throws<ArgumentOutOfRangeException>(() => Check.Grid(-1, "rows")).ParamName);
    }

    [Fact]
    public void Error_bits_become_argument_exceptions()
    {
        Check.Errors(0, "x", "d");
        Assert.Contains("index is out of range (in x)", Assert.Throws<ArgumentException>(() => Check.Errors(3, "x", "d")).Message);
        Assert.Contains("'d' is too short", Assert.Throws<ArgumentException>(() => Check.Errors(2, "x", "d")).Message);
    }
}
