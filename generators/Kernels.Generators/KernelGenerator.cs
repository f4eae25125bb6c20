using System.Text;
using Kernels.Generators.Frontend;
using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Kernels.Generators;

/// A spec as the generator keeps it between edits: IR text alone, one for each list of type arguments. Failed: the spec has language errors,
/// which the analyzer reports; signatures without content stand for it, so that its callers still compile.
/// Mark: ends the names of its files where another spec's differ in case alone.
sealed record SpecModel(string Name, Sequence<string> Instances, bool Failed, Sequence<FunctionText> Functions, string Mark = "");

/// A function that travels with the assembly.
sealed record FunctionText(string Name, string Text);

/// A file to add to the compilation.
sealed record GeneratedFile(string HintName, string Text)
{
    /// What the author is told of the spec that the file belongs to: which message, the spec, and the reason.
    public (Message Message, string Spec, string Reason)? Notice { get; init; }
}

/// Limit: the file is no more than a stub. NoShader: there is nothing for devices.
enum Message : byte { Limit, NoShader }

/// Wiring only: find, extract IR, compile, output. Lowering runs in the transform, as it needs symbols; everything behind it sees text, and
/// runs again only for the specs whose text changed.
[Generator(LanguageNames.CSharp)]
public sealed class KernelGenerator : IIncrementalGenerator
{
    internal static class Steps
    {
        public const string Extract = nameof(Extract), ExtractElement = nameof(ExtractElement), ExtractFunction = nameof(ExtractFunction), Functions = nameof(Functions),
            Signatures = nameof(Signatures), Cores = nameof(Cores), ComputeSharp = nameof(ComputeSharp);
    }

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var kernels = Specs("Kernels.KernelAttribute", Steps.Extract);
        var elements = Specs("Kernels.ElementKernelAttribute", Steps.ExtractElement);
        var functions = context.SyntaxProvider.ForAttributeWithMetadataName("Kernels.KernelFunctionAttribute",
            static (node, _) => node is MethodDeclarationSyntax or TypeDeclarationSyntax,
            static (c, _) => Extraction.Functions(c.SemanticModel.Compilation, c.TargetSymbol)).WithTrackingName(Steps.ExtractFunction);

        var sharp = context.CompilationProvider.Select(static (c, _) => ComputeSharpEmitter.IsWanted(c));

        foreach (var specs in new[] { kernels, elements })
        {
            context.RegisterSourceOutput(specs.Select(static (s, _) => Compiler.CompileSignature(s)).WithTrackingName(Steps.Signatures), Add);
            context.RegisterImplementationSourceOutput(specs.SelectMany(static (s, _) => Cores(s)).WithTrackingName(Steps.Cores), Add);
            // Beside the signatures, as users write their names.
            context.RegisterSourceOutput(specs.Combine(sharp).SelectMany(static (x, _) => x.Right ? Structs(x.Left) : []).WithTrackingName(Steps.ComputeSharp), Add);
        }
        var all = functions.Collect().Combine(kernels.Collect()).Combine(elements.Collect())
            .Select(static (x, _) => x.Left.Left.SelectMany(f => f).Concat(x.Left.Right.Concat(x.Right).SelectMany(s => s.Functions)).ToSequence()).WithTrackingName(Steps.Functions);
        context.RegisterImplementationSourceOutput(all, static (c, f) => { if (f.Count > 0) Add(c, Extraction.AssemblyIR(f)); });

        IncrementalValuesProvider<SpecModel> Specs(string attribute, string step) => context.SyntaxProvider.ForAttributeWithMetadataName(attribute,
            static (node, _) => node is MethodDeclarationSyntax,
            static (c, cancel) => Extraction.Spec(c.SemanticModel.Compilation, (IMethodSymbol)c.TargetSymbol, cancel))
            .Where(static s => s is not null).Select(static (s, _) => s!).WithTrackingName(step);
    }

    /// One spec that meets a limit must not take the others with it: its dispatch throws.
    static Sequence<GeneratedFile> Cores(SpecModel spec)
    {
        try { return Compiler.CompileCores(spec); }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Compiler.CompileCores(spec with { Failed = true }).Select((f, k) => k == 0 ? f with { Notice = (Message.Limit, spec.Name, e.Message) } : f).ToSequence();
        }
    }

    /// What cannot be compiled at all has been reported with its cores.
    static Sequence<GeneratedFile> Structs(SpecModel spec)
    {
        try { return spec.Failed ? [] : Compiler.CompileStructs(spec); }
        catch (Passes.PassLimitException) { return []; }
    }

    static void Add(SourceProductionContext context, GeneratedFile file)
    {
        context.AddSource(file.HintName, SourceText.From(file.Text, Encoding.UTF8));
        if (file.Notice is var (message, spec, reason))
            context.ReportDiagnostic(Diagnostic.Create(message == Message.Limit ? Diagnostics.Krn.Limit : Diagnostics.Krn.NoShader, Location.None, spec, reason));
    }
}
