using System.Globalization;
using System.Text;

namespace Kernels.Tool;

/// <summary>
/// The header of a .npy file, a Python dictionary literal of exactly the keys descr, fortran_order and shape, in any order. Only literals of the
/// kinds that these keys take are read; what other writers leave out or add (spaces, a last comma, Python 2's 3L) is accepted.
/// </summary>
sealed class NpyHeader(string text)
{
    int at;

    public (string Descr, bool Fortran, long[] Shape) Parse()
    {
        string? descr = null;
        bool? fortran = null;
        long[]? shape = null;
        Expect('{');
        while (!Take('}'))
        {
            string key = String();
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null: descr = Descr(); break;
                case "fortran_order" when fortran is null: fortran = Boolean(); break;
                case "shape" when shape is null: shape = Tuple(); break;
                case "descr" or "fortran_order" or "shape": throw Bad($"'{key}' occurs twice");
                default: throw Bad($"unknown key '{key}'");
            }
            if (Take(',')) continue;
            Expect('}');
            break;
        }
        Spaces();
        if (at < text.Length) throw Bad("something follows the dictionary");
        return (descr ?? throw Bad("'descr' is missing"), fortran ?? throw Bad("'fortran_order' is missing"), shape ?? throw Bad("'shape' is missing"));
    }

    string Descr()
    {
        Spaces();
        if (at < text.Length && text[at] is '[' or '(') throw new FormatException("an array of structures; known are f4, f8, c8, c16, i4, i8 and b1");
        return String();
    }

    string String()
    {
        Spaces();
        if (at >= text.Length || text[at] is not ('\'' or '"')) throw Bad($"a string expected at position {at}");
        char quote = text[at++];
        int end = text.IndexOf(quote, at);
        if (end < 0) throw Bad("a string does not end");
        string value = text[at..end];
        if (value.Contains('\\') || value.Any(char.IsControl)) throw Bad("an escape or control character in a string");
        at = end + 1;
        return value;
    }

    bool Boolean()
    {
        Spaces();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
            if (string.CompareOrdinal(text, at, word, 0, word.Length) == 0) { at += word.Length; return value; }
        throw Bad("'fortran_order' is neither True nor False");
    }

    long[] Tuple()
    {
        var items = new List<long>();
        Expect('(');
        while (!Take(')'))
        {
            items.Add(Integer());
            if (Take(',')) continue;
            if (items.Count == 1) throw Bad("'shape' is a number, not a tuple");
            Expect(')');
            break;
        }
        return [.. items];
    }

    long Integer()
    {
        Spaces();
        int start = at;
        if (at < text.Length && text[at] is '-' or '+') at++;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        string digits = text[start..at];
        if (digits.Length == 0 || !char.IsAsciiDigit(digits[^1])) throw Bad($"an integer expected at position {start}");
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)) throw Bad($"dimension {digits} is too large");
        if (at < text.Length && text[at] == 'L') at++;
        return value;
    }

    void Expect(char c)
    {
        if (!Take(c)) throw Bad($"'{c}' expected at position {at}");
    }

    bool Take(char c)
    {
        Spaces();
        if (at >= text.Length || text[at] != c) return false;
        at++;
        return true;
    }

    void Spaces()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r') at++;
    }

    static FormatException Bad(string reason) => new("bad header: " + reason);
}
