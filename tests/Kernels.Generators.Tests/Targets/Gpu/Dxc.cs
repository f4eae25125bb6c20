using System.Diagnostics;
using System.Text;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// Microsoft's shader compiler, run by tests/Kernels.Dxc: on Windows as it is, elsewhere under wine. KERNELS_DXC names Kernels.Dxc.exe, KERNELS_DXCOMPILER dxcompiler.dll.
static class Dxc
{
    static readonly string? runner = Environment.GetEnvironmentVariable("KERNELS_DXC"), compiler = Environment.GetEnvironmentVariable("KERNELS_DXCOMPILER");
    static readonly string? wine = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/lib/wine").SelectMany(p => new[] { Path.Combine(p, "wine64"), Path.Combine(p, "wine") }).FirstOrDefault(File.Exists);

    public static string? Missing { get; } =
        !File.Exists(compiler) ? "SKIPPED: KERNELS_DXCOMPILER names no dxcompiler.dll (the npm package webgpu has one); no HLSL was compiled."
        : !File.Exists(runner) ? "SKIPPED: KERNELS_DXC names no Kernels.Dxc.exe (dotnet publish tests/Kernels.Dxc -r win-x64 --self-contained); no HLSL was compiled."
        : !OperatingSystem.IsWindows() && wine is null ? "SKIPPED: wine is not installed (Debian: apt-get install wine64); no HLSL was compiled."
        : null;

    /// For each text the disassembly, or what the compiler said, behind "ERROR". A process each processor.
    public static string[] Compile(IReadOnlyList<string> texts, string profile, IEnumerable<string> arguments)
    {
        int size = (texts.Count + Environment.ProcessorCount - 1) / Environment.ProcessorCount;
        string given = $"-T {profile} {string.Join(" ", arguments)}";
        return [.. texts.Chunk(Math.Max(size, 1)).AsParallel().AsOrdered().Select(part => Compile(part, given)).SelectMany(x => x)];
    }

    static string[] Compile(string[] texts, string arguments)
    {
        string folder = Directory.CreateTempSubdirectory("kernels-dxc").FullName;
        try
        {
            string list = Path.Combine(folder, "list");
            string Of(int k, string kind) => Path.Combine(folder, $"{k}.{kind}");
            // wine shows this file system as drive Z.
            string Seen(string path) => OperatingSystem.IsWindows() ? path : "Z:" + path;
            for (int k = 0; k < texts.Length; k++) File.WriteAllText(Of(k, "hlsl"), texts[k]);
            File.WriteAllLines(list, Enumerable.Range(0, texts.Length).Select(k => $"{Seen(Of(k, "hlsl"))}\t{Seen(Of(k, "txt"))}\t{arguments}"));
            string[] given = [Seen(compiler!), Seen(list)];
            var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? runner! : wine!, OperatingSystem.IsWindows() ? given : [runner!, .. given]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["WINEDEBUG"] = "-all";
            if (Environment.GetEnvironmentVariable("WINEPREFIX") is null) start.Environment["WINEPREFIX"] = Path.Combine(Path.GetTempPath(), "kernels-wine");
            using var process = Process.Start(start)!;
            var said = new StringBuilder();
            process.ErrorDataReceived += (_, e) => said.AppendLine(e.Data);
            process.BeginErrorReadLine();
            said.Append(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
            return [.. Enumerable.Range(0, texts.Length).Select(k => File.Exists(Of(k, "txt")) ? File.ReadAllText(Of(k, "txt")) : $"ERROR\nthe compiler ended with {process.ExitCode}: {said}")];
        }
        finally { Directory.Delete(folder, true); }
    }
}

/// A test that needs DXC. KERNELS_EXPECT_DXC=1 makes its absence a failure (DxcTests).
sealed class DxcFactAttribute : FactAttribute
{
    public DxcFactAttribute() => Skip = Dxc.Missing;
}

/// As DxcFact, with data.
sealed class DxcTheoryAttribute : TheoryAttribute
{
    public DxcTheoryAttribute() => Skip = Dxc.Missing;
}
