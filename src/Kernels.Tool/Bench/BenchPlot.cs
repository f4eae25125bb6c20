using System.Globalization;
using System.Text;

namespace Kernels.Tool;

/// <summary>Time against length of single rows, as an SVG of lines and text.</summary>
static class BenchPlot
{
    const int Width = 760, Height = 420, Left = 52, Right = 16, Top = 56, Bottom = 46;
    // Colours that people who confuse red and green tell apart (Okabe, Ito 2008); ours first.
    static readonly string[] Colours = ["#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7"];
    const int BytesPerElement = 2 * sizeof(float);

    public static string Svg(BenchReport report, IReadOnlyList<(int Level, long Bytes)> caches)
    {
        var lines = report.Competitors.Select((c, k) => (c.Name, Colour: Colours[k % Colours.Length], Points: report.Results
            .Where(r => r.Rows == 1 && r.Competitor == c.Name && r.NsPerElement is not null)
            .Select(r => (X: Math.Log2(r.Cols), Y: r.NsPerElement!.Value)).OrderBy(p => p.X).ToArray())).Where(l => l.Points.Length > 0).ToArray();
        if (lines.Length == 0) throw new Failure("--svg: no row was measured");
        double first = Math.Floor(lines.Min(l => l.Points[0].X)), last = Math.Max(first + 1, Math.Ceiling(lines.Max(l => l.Points[^1].X)));
        double most = lines.Max(l => l.Points.Max(p => p.Y)), tick = Tick(most), top = Math.Ceiling(most / tick) * tick;

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>softmax of one row, float, {report.Machine.Cpu}</title>\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        for (double y = 0; y <= top + tick / 2; y += tick)
        {
            Line(X(first), Y(y), X(last), Y(y), "#ddd");
            Text(Left - 6, Y(y) + 4, "end", y.ToString("0.0##", CultureInfo.InvariantCulture));
        }
        for (int x = (int)first; x <= last; x += 2)
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">2<tspan dy=\"-5\" font-size=\"9\">{x}</tspan></text>\n");
        foreach (var (level, bytes) in caches)
            if (Math.Log2((double)bytes / BytesPerElement) is var x && x > first && x < last)
            {
                Line(X(x), Y(top), X(x), Y(0), "#888", " stroke-dasharray=\"4 3\"");
                Text(X(x) + 4, Y(top) + 12, "start", $"{(level == 1 ? "L1d" : $"L{level}")} {Size(bytes)}");
            }
        foreach (var (_, colour, points) in lines)
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")))}\"/>\n");
        for (int k = 0; k < lines.Length; k++)
        {
            double x = Left + k % 3 * 236, y = 18 + k / 3 * 18;
            Line(x, y - 4, x + 18, y - 4, lines[k].Colour, " stroke-width=\"3\"");
            Text(x + 24, y, "start", lines[k].Name);
        }
        Text((Left + Width - Right) / 2.0, Height - 8, "middle", "elements of the row (dashed: input and output fill the cache)");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(13 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">ns/element</text>\n</svg>\n");
        return svg.ToString();

        double X(double v) => Left + (v - first) / (last - first) * (Width - Left - Right);
        double Y(double v) => Height - Bottom - v / top * (Height - Top - Bottom);
        void Line(double x1, double y1, double x2, double y2, string colour, string more = "") =>
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" stroke=\"{colour}\"{more}/>\n");
        void Text(double x, double y, string anchor, string text) =>
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\">{System.Security.SecurityElement.Escape(text)}</text>\n");
    }

    // 1, 2 or 5 times a power of ten; at most eight of them up to the largest value.
    static double Tick(double most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(most / 8)));
        return new[] { 1, 2, 5, 10 }.Select(k => k * power).First(t => t >= most / 8 * (1 - 1e-9));
    }

    static string Size(long bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MB" : $"{bytes >> 10} KB";
}
