using System.Text;

namespace Kernels.Generators.Targets;

/// Lines of C#, indented by their braces.
sealed class CodeWriter
{
    readonly StringBuilder text = new();
    int depth;

    public void Line(string line)
    {
        if (line.Length > 0) text.Append(' ', 4 * depth).Append(line);
        text.Append('\n');
    }

    public void Open(string? head = null)
    {
        if (head is not null) Line(head);
        Line("{");
        depth++;
    }

    public void Close(string tail = "")
    {
        depth--;
        Line("}" + tail);
    }

    /// A place to come back to: lines that only turn out to be needed later are inserted there.
    public (int Position, int Depth) Mark() => (text.Length, depth);

    public void Insert((int Position, int Depth) mark, IEnumerable<string> lines)
    {
        var inserted = new StringBuilder();
        foreach (string line in lines) inserted.Append(' ', 4 * mark.Depth).Append(line).Append('\n');
        text.Insert(mark.Position, inserted.ToString());
    }

    public override string ToString() => text.ToString();
}
