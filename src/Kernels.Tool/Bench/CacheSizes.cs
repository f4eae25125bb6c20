using System.Globalization;

namespace Kernels.Tool;

/// <summary>The data caches that the first processor uses.</summary>
static class CacheSizes
{
    /// <summary>Level and bytes, the nearest first; empty where the system does not tell.</summary>
    public static IReadOnlyList<(int Level, long Bytes)> Here()
    {
        var sizes = new List<(int, long)>();
        try
        {
            foreach (string folder in Directory.EnumerateDirectories("/sys/devices/system/cpu/cpu0/cache", "index*"))
            {
                if (Text("type") != "Instruction" && int.TryParse(Text("level"), out int level) && Parse(Text("size")) is { } bytes) sizes.Add((level, bytes));

                string Text(string name) => File.ReadAllText(Path.Combine(folder, name)).Trim();
            }
        }
        catch (IOException) { }
        catch (UnauthorizedAccessException) { }
        sizes.Sort();
        return sizes;
    }

    // "48K", "32M", "512".
    static long? Parse(string text)
    {
        int shift = text.EndsWith('K') ? 10 : text.EndsWith('M') ? 20 : 0;
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value << shift : null;
    }
}
