using System.Text.RegularExpressions;
using Kernels.Generators.Diagnostics;
using Kernels.Generators.Tests.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Kernels.Generators.Tests.Diagnostics;

/// docs/errors.md is the list of what is tested here: under a snippet's line, carets mark the span that its entry's code must point at.
public partial class ErrorIndexTests
{
    sealed record Entry(string Code, string Title, string Broken, string Repaired);

    static readonly Dictionary<string, Entry> entries = Read();

    public static TheoryData<string> Codes => [.. entries.Keys];

    static Dictionary<string, Entry> Read()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Kernels.sln"))) folder = folder.Parent!;
        var found = new Dictionary<string, Entry>();
        foreach (string section in Regex.Split(File.ReadAllText(Path.Combine(folder.FullName, "docs", "errors.md")).ReplaceLineEndings("\n"), "^## ", RegexOptions.Multiline).Skip(1))
        {
            var blocks = Regex.Matches(section, "```csharp\n(.*?)```", RegexOptions.Singleline);
            string code = section[..7], title = Regex.Match(section, @"\*\*(.*?)\.\*\*").Groups[1].Value;
            if (blocks.Count == 2) found.Add(code, new(code, title, blocks[0].Groups[1].Value, blocks[1].Groups[1].Value));
        }
        return found;
    }

    static async Task<List<Diagnostic>> Analyze(string members)
    {
        var compilation = Source.Members(members);
        var errors = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error);
        Assert.Empty(errors);
        return [.. await compilation.WithAnalyzers([new KernelAnalyzer()]).GetAnalyzerDiagnosticsAsync()];
    }

    [Fact]
    public void Every_code_has_an_entry_of_its_title()
    {
        var rules = new KernelAnalyzer().SupportedDiagnostics;
        Assert.True(rules.Length > 40);
        Assert.Equal(rules.Length, rules.Select(r => r.Id).Distinct().Count());
        foreach (var rule in rules.Where(r => r != Krn.Internal && r != Krn.Limit && r != Krn.NoShader)) Assert.Equal(rule.Title.ToString(), entries.GetValueOrDefault(rule.Id)?.Title);
        Assert.Equal(rules.Length - 3, entries.Count);
        Assert.All(rules, r => Assert.EndsWith("errors.md#" + r.Id.ToLowerInvariant(), r.HelpLinkUri));
    }

    [Theory, MemberData(nameof(Codes))]
    public async Task A_broken_spec_gets_its_code_on_the_marked_span(string code)
    {
        string text = entries[code].Broken;
        string[] lines = text.Split('\n');
        var expected = new List<string>();
        for (int k = 1; k < lines.Length; k++)
            if (Carets().Match(lines[k]) is { Success: true } m) expected.Add($"{code} '{lines[k - 1].Substring(m.Groups[1].Index, m.Groups[1].Length)}' line {k}");
        Assert.NotEmpty(expected);
        var source = SourceText.From(text);
        var found = await Analyze(text);
        // Members stands two lines above the snippet.
        Assert.Equal(expected.Order(), found.Select(d => $"{d.Id} '{d.Location.SourceTree!.GetText().ToString(d.Location.SourceSpan)}' line {d.Location.GetLineSpan().StartLinePosition.Line - 1}").Order());
    }

    [Fact]
    public async Task A_varying_divisor_is_found_behind_calls()
    {
        const string Helpers = "static int Half(int a, int d) => Divide(a, d + 1); static int Divide(int a, int d) => a / d;";
        var found = Assert.Single(await Analyze(Helpers + "[Kernel] static void F(ReadOnlySpan<int> x, int n, Span<int> y) { foreach (int i in Lanes.Over(x)) y[i] = Half(x[i], n) + Half(1, x[i]); }"));
        Assert.Equal("KRN0014", found.Id);
        Assert.Equal("x[i]", found.Location.SourceTree!.GetText().ToString(found.Location.SourceSpan));
        Assert.EndsWith("Half(1, ", found.Location.SourceTree!.GetText().ToString()[..found.Location.SourceSpan.Start]);
    }

    [Theory, MemberData(nameof(Codes))]
    public async Task A_repaired_spec_gets_none(string code) => Assert.Empty(await Analyze(entries[code].Repaired));

    [GeneratedRegex(@"^// *(\^+)$")]
    private static partial Regex Carets();
}
