using System.Text;

namespace Kernels.Generators.Targets;

/// Indented text, a statement a line: generated code is read by people.
sealed class CodeWriter(int depth = 0)
{
    readonly StringBuilder text = new();

    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0) text.Append(' ', 4 * depth).Append(line);
        text.Append('\n');
        return this;
    }

    public CodeWriter Lines(IEnumerable<string> lines)
    {
        foreach (string line in lines) Line(line);
        return this;
    }

    public CodeWriter Open(string header = "")
    {
        if (header.Length > 0) Line(header);
        Line("{");
        depth++;
        return this;
    }

    public CodeWriter Close()
    {
        depth--;
        return Line("}");
    }

    /// header { body }
    public CodeWriter Braces(string header, Action body)
    {
        Open(header);
        body();
        return Close();
    }

    /// Text of several lines, indented to here.
    public CodeWriter Block(string lines) => Lines(lines.TrimEnd('\n').Split('\n'));

    /// A place to come back to: lines that only turn out to be needed later are inserted there.
    public (int Position, int Depth) Mark() => (text.Length, depth);

    public void Insert((int Position, int Depth) mark, IEnumerable<string> lines) =>
        text.Insert(mark.Position, new CodeWriter(mark.Depth).Lines(lines).ToString());

    public override string ToString() => text.ToString();
}
