namespace Kernels.Tool;

/// <summary>What to say about a name that is none of those known: the nearest one, if it is near, and the list.</summary>
static class Names
{
    /// <param name="near">The nearest, where the caller knows better than <see cref="Nearest"/>.</param>
    /// <param name="order">Whether the list is sorted; else it stays as given.</param>
    public static Failure Unknown(string kind, string name, IEnumerable<string> known, string? near = null, bool order = true)
    {
        string[] names = [.. order ? known.Order(StringComparer.OrdinalIgnoreCase) : known];
        near ??= Nearest(name, names);
        string nearest = near is not null ? $"; did you mean '{near}'?" : ";";
        return new($"unknown {kind} '{name}'{nearest} known: {(names.Length == 0 ? "none" : string.Join(", ", names))}");
    }

    /// <summary>The name within a third of its length of edits, or of which the given one is a part; null if there is none.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var best = known.Select(k => (Name: k, Edits: Edits(name.ToLowerInvariant(), k.ToLowerInvariant()))).OrderBy(k => k.Edits).ThenBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault();
        if (best.Name is not null && best.Edits <= Math.Max(1, Math.Max(name.Length, best.Name.Length) / 3)) return best.Name;
        return name.Length < 2 ? null : known.Where(k => k.Contains(name, StringComparison.OrdinalIgnoreCase)).OrderBy(k => k.Length).FirstOrDefault();
    }

    // Levenshtein's distance, one row at a time.
    static int Edits(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                (row[j], diagonal) = (Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)), row[j]);
        }
        return row[^1];
    }
}
