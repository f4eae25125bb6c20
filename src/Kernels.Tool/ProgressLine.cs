namespace Kernels.Tool;

/// <summary>One line on the error stream that is written over; nothing when that stream is no terminal.</summary>
sealed class ProgressLine(TextWriter error) : IDisposable
{
    readonly bool shown = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
    int width;

    public void Show(string text)
    {
        if (!shown) return;
        error.Write("\r" + text.PadRight(width));
        error.Flush();
        width = text.Length;
    }

    public void Dispose()
    {
        Show("");
        if (shown) error.Write("\r");
    }
}
