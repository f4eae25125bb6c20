using System.Diagnostics;

namespace Kernels.Package.Tests;

/// The packages as a user gets them: packed, restored into a fresh project from a folder, used as a library and as a compiler.
[Trait("Levels", "no")]
public sealed class PackageTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("kernels-package-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Kernels.sln"))) at = at.Parent ?? throw new InvalidOperationException("not in the repository");
        return at.FullName;
    }

    static string Dotnet(string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = workingDirectory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: exit {process.ExitCode}\n{output}\n{error.Result}");
        return output;
    }

    [Fact]
    public void A_fresh_project_calls_the_library_and_compiles_a_spec_of_its_own()
    {
        string root = Root(), packages = Path.Combine(folder, "packages"), consumer = Path.Combine(folder, "consumer");
        string configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        foreach (string project in new[] { "src/Kernels.Authoring", "src/Kernels.Runtime", "src/Kernels.Gpu", "kernels/Kernels" })
            Dotnet(root, "pack", project, "-c", configuration, "--no-build", "-o", packages, "-p:Version=0.0.1-test");
        Directory.CreateDirectory(consumer);
        // Packages of this name and version come from the folder alone; whatever else the SDK wants, from where it always comes.
        File.WriteAllText(Path.Combine(consumer, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="packed" value="{packages}" /></packageSources>
              <config><add key="globalPackagesFolder" value="{Path.Combine(folder, "cache")}" /></config>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(consumer, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(consumer, "consumer.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="Kernels" Version="0.0.1-test" /><PackageReference Include="Kernels.Gpu" Version="0.0.1-test" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(consumer, "Program.cs"), """
            using Kernels;
            using Kernels.Examples;
            using Kernels.Gpu;

            float[] x = [1, 2, 3, 4, 5], y = new float[5];
            Mine.Logistic(x, y);
            for (int k = 0; k < x.Length; k++)
                if (Math.Abs(y[k] - 1 / (1 + Math.Exp(-x[k]))) > 1e-6) throw new Exception($"logistic({x[k]}) = {y[k]}");
            Vectors.AxpyKernel.Run(2, x, y);
            Console.WriteLine($"targets: {string.Join(" ", Mine.LogisticKernel.Info.Targets)}");
            Console.WriteLine($"shaders: {string.Join(" ", Mine.LogisticKernel.Shaders)}");
            if (GpuDevice.UnavailableReason is { } reason) Console.WriteLine($"no device: {reason}");
            else
            {
                GpuDevice device = GpuDevice.GetDefault();
                using GpuBuffer<float> from = device.Allocate<float>(x), to = device.Allocate<float>(x.Length);
                Mine.Logistic(from, to);
                // Twice a float's 2^-24 for the exponential and the sum, 2.5 for the quotient.
                for (int k = 0; k < x.Length; k++)
                    if (Math.Abs(to.ToArray()[k] - 1 / (1 + Math.Exp(-x[k]))) > 1e-6) throw new Exception($"on {device}: logistic({x[k]}) = {to.ToArray()[k]}");
                Console.WriteLine($"on the device: {device}");
            }

            static partial class Mine
            {
                [ElementKernel]
                public static float Logistic(float x) => 1 / (1 + KernelMath.Exp(-x));
            }
            """);
        string output = Dotnet(consumer, "run", "-c", "Release");
        Assert.Contains("targets: ", output, StringComparison.Ordinal);
        Assert.Contains("shaders: Mine.Logistic", output, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("KERNELS_EXPECT_GPU") == "1") Assert.Contains("on the device: ", output, StringComparison.Ordinal);
    }
}
