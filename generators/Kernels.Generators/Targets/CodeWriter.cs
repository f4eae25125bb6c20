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

    /// header { body }
    public CodeWriter Braces(string header, Action body)
    {
        if (header.Length > 0) Line(header);
        Line("{");
        depth++;
        body();
        depth--;
        return Line("}");
    }

    /// Text of several lines, indented to here.
    public CodeWriter Block(string lines)
    {
        foreach (string line in lines.TrimEnd('\n').Split('\n')) Line(line);
        return this;
    }

    public override string ToString() => text.ToString();
}
